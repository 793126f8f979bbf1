/* SPDX-License-Identifier: Apache-2.0 */
/* Entry of the program: a role when argv[0] names one, the command line otherwise. */
#include "cmd/command.h"
#include "cmd/roles.h"

int main(int argc, char **argv)
{
        if (cm_role_is(argc, argv))
                return cm_role_main(argc, argv);
        return cm_command_main(argc, argv);
}
