/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of spaces (model/advisory.h) and of packages in them, as feeds spell them, brought into
 * one form. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

/*
 * Canonical space of an OSV ecosystem string: "Ubuntu:22.04:LTS" -> "Ubuntu:22.04",
 * "Ubuntu:Pro:18.04:LTS" -> "Ubuntu:Pro:18.04", "Alpine:3.20" -> "Alpine:v3.20",
 * "Packagist:https://packages.drupal.org/8" -> "Packagist" (its packages are "drupal/..."),
 * "AlmaLinux:9.2" -> "AlmaLinux:9"; others as they are.
 * Returns: 1 and *ret; 0 when a distribution comes without its release, which matches nothing.
 */
int cm_space_from_osv(struct cm_arena *arena, struct cm_sv ecosystem, struct cm_sv *ret);
/* PEP 503 for PyPI; lower case for NuGet and Packagist; others keep their spelling. */
struct cm_sv cm_space_package_name(struct cm_arena *arena, struct cm_sv space, struct cm_sv name);
/* "bookworm" -> "Debian:12", "sid" -> "Debian:sid"; false for others. */
bool cm_space_from_debian_codename(struct cm_sv codename, struct cm_sv *ret);
