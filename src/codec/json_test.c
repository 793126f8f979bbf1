/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/json.h: totality of getters, limits, positions. */
#include "base/arena.h"
#include "codec/json.h"
#include "tests/harness.h"

CM_TEST(getters_are_total)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_json *v = NULL;
        CM_CHECK_OK(
                cm_json_parse(arena, CM_SV("{\"a\":[1,\"x\",{\"b\":true}],\"c\":1.5}"), &v, &err),
                &err);
        CM_CHECK_INT(cm_json_int(cm_json_at(cm_json_get(v, "a"), 0), -1), 1);
        CM_CHECK_SV(cm_json_string(cm_json_at(cm_json_get(v, "a"), 1)), "x");
        CM_CHECK(cm_json_bool(cm_json_get(cm_json_at(cm_json_get(v, "a"), 2), "b"), false));
        CM_CHECK_SV(cm_json_string(cm_json_path(v, "a", "b", "c", NULL)), "");
        CM_CHECK_INT(cm_json_int(cm_json_get(v, "c"), -1), -1);
        size_t members = 0;
        for (struct cm_json_iter it = cm_json_iter_first(v); it.value; cm_json_iter_next(&it))
                members++;
        CM_CHECK_INT(members, 2);
}

CM_TEST(depth_and_syntax_are_refused)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_json *v = NULL;
        char deep[4096];
        memset(deep, '[', sizeof(deep));
        CM_CHECK(cm_json_parse(arena, cm_sv_make(deep, sizeof(deep)), &v, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_LIMIT);
        cm_err_clear(&err);
        CM_CHECK(cm_json_parse(arena, CM_SV("{\"a\":\n nope}"), &v, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_MALFORMED);
        CM_CHECK(cm_sv_find(cm_sv_from_cstr(err.text), CM_SV("line 2")) >= 0);
}
