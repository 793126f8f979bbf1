/* SPDX-License-Identifier: Apache-2.0 */
/* Entry of every role; what a role does is in its own folder. */
#include "base/macros.h"

int main(void)
{
        return 0;
}
