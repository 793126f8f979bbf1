/* SPDX-License-Identifier: Apache-2.0 */
/* What npm accepts as names and versions; shared by its catalogers. */
#pragma once

#include "base/sv.h"

/* Spec: npm "package.json", name: at most 214 characters, "@scope/name" or "name". */
bool cm_npm_name_is_valid(struct cm_sv name);
/* A version of three numbers with optional pre-release and build. */
bool cm_npm_version_is_valid(struct cm_sv version);
