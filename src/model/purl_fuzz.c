/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: purl parser; and that what a package's purl says is read back. */
#include "model/purl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        struct cm_purl purl;
        struct cm_sv text = cm_sv_make(data, size);
        CM_IGNORE(cm_purl_parse(arena, text, &purl, &err));
        struct cm_pkg pkg = { .type = CM_PKG_DEB };
        cm_sv_cut(text, '@', &pkg.name, &pkg.version);
        if (pkg.name.len > 0 && size < 1024) {
                cm_err_clear(&err);
                int r = cm_purl_parse(arena, cm_purl_from_pkg(arena, &pkg, NULL), &purl, &err);
                CM_ASSERT(r == 0 && cm_sv_eq(purl.name, pkg.name));
                CM_ASSERT(cm_sv_eq(purl.version, pkg.version));
        }
        cm_arena_free(arena);
        return 0;
}
