/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: documents of all kinds, judged by all built-in checks, with their fixes. */
#include "check/fix_document.h"
#include "check/library.h"
#include "tests/lsan_fyaml.h"

struct collecting_sink {
        struct cm_check_sink sink; /* first */
        struct cm_check_fixes fixes;
};

static int put(struct cm_check_sink *sink, const struct cm_check_result *r, struct cm_err *err)
{
        (void)err;
        CM_ASSERT(r->check.len > 0 && r->state < CM_CHECK_STATE_COUNT);
        cm_check_fixes_add(&((struct collecting_sink *)(void *)sink)->fixes, r);
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct cm_check_library_options options = { .all = true,
                                                                 .settings.with_fixes = true };
        static struct cm_check_library *library;
        struct cm_check_counts counts = { 0 };
        struct cm_err err = CM_ERR_INIT;
        if (library == NULL)
                CM_IGNORE(
                        cm_check_library_new(cm_arena_new(CM_MIB(256)), &options, &library, &err));
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        struct collecting_sink s = { { put }, { .arena = arena } };
        struct cm_check_fixed fixed;
        struct cm_sv text = cm_sv_make(data, size);
        struct cm_check_provider *provider = cm_check_library_provider(library);
        provider->joins = cm_check_joins_new(arena);
        int r = cm_check_text(provider, arena, CM_SV("x"), text, &s.sink, &counts, &err);
        if (r == 0)
                cm_check_fix_document(provider, &s.fixes, CM_SV("x"), text, &fixed);
        if (r == 0)
                CM_IGNORE(cm_check_joined(provider, arena, &s.sink, &counts, &err));
        cm_arena_free(arena);
        return 0;
}
