/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry of the roles: what runs when argv[0] is "coaming-worker" and the like. A role that is
 * started by hand, without its channel, says so and ends.
 */
#pragma once

#include "base/macros.h"

bool cm_role_is(int argc, char **argv);
int cm_role_main(int argc, char **argv);
