/* SPDX-License-Identifier: Apache-2.0 */
/* What a file is by its name where that says credentials or the folder of a repository. Pure. */
#pragma once

#include "base/sv.h"

/* "ssh private key", "environment file" of a path without '/' at its start; "" for others, and for
 * examples and test data of libraries. */
const char *cm_credential_file(struct cm_sv path);
/* "git": the file by which a repository is known; "" for others. */
const char *cm_repository_file(struct cm_sv path);
