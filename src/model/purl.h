/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package URLs. Spec: package-url/purl-spec (type, namespace, name normalisation, percent-encoding,
 * qualifiers sorted by key).
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"
#include "model/package.h"

/* Taken apart and percent-decoded; qualifiers stay encoded text ("arch=amd64&epoch=1"). */
struct cm_purl {
        struct cm_sv type;
        struct cm_sv namespace;
        struct cm_sv name;
        struct cm_sv version;
        struct cm_sv qualifiers;
        struct cm_sv subpath;
};

/*
 * The purl of a package; `os` (may be NULL) gives namespace and distro qualifier of OS packages:
 * "pkg:deb/debian/curl@7.88.1-10%2Bdeb12u5?arch=amd64&distro=debian-12".
 */
struct cm_sv cm_purl_from_pkg(struct cm_arena *arena, const struct cm_pkg *pkg,
                              const struct cm_os_release *os);
CM_MUST_CHECK int cm_purl_parse(struct cm_arena *arena, struct cm_sv text, struct cm_purl *ret,
                                struct cm_err *err);
