/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version orders. Each is one file version_<name>.c and one row here. A comparison is total and
 * never fails: text that the order's grammar does not allow is still ordered (how, says the file),
 * and cm_version_is_valid() tells. Pure, allocation-free, linear in the input; thread-safe.
 */
#pragma once

#include "base/sv.h"

/* enumerator, name on the command line */
#define CM_VERSION_ORDERS(X)                                                      \
        X(DPKG, dpkg)     /* deb-version(7) */                                    \
        X(RPM, rpm)       /* [epoch:]version[-release], rpmvercmp with ~ and ^ */ \
        X(APK, apk)       /* apk-tools 3 version.c; see version_apk.c for 2.x */  \
        X(SEMVER, semver) /* semver.org 2.0.0, leading "v" ignored */             \
        X(NPM, npm)       /* node-semver: semver, loosely parsed */               \
        X(PEP440, pep440) /* packaging.version, legacy text before all */         \
        X(MAVEN, maven)   /* ComparableVersion of maven-artifact 3.x */           \
        X(GO, go)         /* golang.org/x/mod/semver, pseudo-versions, "go1.19.8" */

enum cm_version_order {
#define X(order, name) CM_VERSION_##order,
        CM_VERSION_ORDERS(X)
#undef X
        CM_VERSION_ORDER_COUNT
};

/* -1, 0 or 1. */
int cm_version_cmp(enum cm_version_order order, struct cm_sv a, struct cm_sv b);
bool cm_version_is_valid(enum cm_version_order order, struct cm_sv v);

const char *cm_version_order_to_string(enum cm_version_order order);
bool cm_version_order_from_string(struct cm_sv s, enum cm_version_order *ret);

/*
 * Whether `version` satisfies an npm range ("^1.2.3 || >=2 <3", "1.x", "~1.2", "1.0 - 2.0", "*").
 * Returns: 1 satisfied, 0 not; CM_E_MALFORMED when the range has no meaning.
 * Spec:    node-semver "Ranges" (advisory ranges include pre-releases: pass include_prerelease).
 */
CM_MUST_CHECK int cm_npm_range_has(struct cm_sv range, struct cm_sv version,
                                   bool include_prerelease, struct cm_err *err);
