/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/yaml.h: typing of scalars, refusals with their place, limits. */
#include <stdlib.h>

#include "codec/yaml.h"
#include "tests/harness.h"

static const struct cm_json *parse(struct cm_arena *arena, const char *text, struct cm_err *err)
{
        const struct cm_json *v = NULL;
        cm_err_clear(err);
        CM_CHECK_OK(cm_yaml_parse(arena, cm_sv_from_cstr(text), &v, err), err);
        return v;
}

static void refuse(struct cm_sv text, enum cm_err_code code, const char *words)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_json *v = NULL;
        CM_CHECK(cm_yaml_parse(arena, text, &v, &err) < 0);
        CM_CHECK_INT(err.code, code);
        if (cm_sv_find(cm_sv_from_cstr(err.text), cm_sv_from_cstr(words)) < 0)
                cm_test_fail(__FILE__, __LINE__, "'%s' does not say '%s'", err.text, words);
}

CM_TEST(scalars)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_json *v =
                parse(arena,
                      "{i: 7, r: 1.5, ten: 1.10, octal: 007, hex: 0x1f, exp: 2e3, no: no, t: True, "
                      "n: ~, q: \"7\", date: 2024-01-01, neg: -3, e: , zero: 0, nan: .nan}",
                      &err);
        CM_CHECK_INT(cm_json_int(cm_json_get(v, "i"), 0), 7);
        CM_CHECK_INT(cm_json_type(cm_json_get(v, "r")), CM_JSON_REAL);
        CM_CHECK_SV(cm_json_get_string(v, "ten"), "1.10");
        CM_CHECK_SV(cm_json_get_string(v, "octal"), "007");
        CM_CHECK_SV(cm_json_get_string(v, "hex"), "0x1f");
        CM_CHECK_SV(cm_json_get_string(v, "exp"), "2e3");
        CM_CHECK_SV(cm_json_get_string(v, "no"), "no");
        CM_CHECK(cm_json_bool(cm_json_get(v, "t"), false));
        CM_CHECK_INT(cm_json_type(cm_json_get(v, "n")), CM_JSON_NULL);
        CM_CHECK_SV(cm_json_get_string(v, "q"), "7");
        CM_CHECK_SV(cm_json_get_string(v, "date"), "2024-01-01");
        CM_CHECK_INT(cm_json_int(cm_json_get(v, "neg"), 0), -3);
        CM_CHECK_INT(cm_json_type(cm_json_get(v, "e")), CM_JSON_NULL);
        CM_CHECK_INT(cm_json_int(cm_json_get(v, "zero"), 9), 0);
        CM_CHECK_SV(cm_json_get_string(v, "nan"), ".nan");
}

CM_TEST(blocks)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_json *v = parse(
                arena, "# c\na:\n- x\n- y: [1, 2]\nb: |\n  one\n  two\nc: >-\n  p\n  q\n", &err);
        CM_CHECK_INT(cm_json_count(cm_json_get(v, "a")), 2);
        CM_CHECK_SV(cm_json_get_string(v, "b"), "one\ntwo\n");
        CM_CHECK_SV(cm_json_get_string(v, "c"), "p q");
        CM_CHECK(parse(arena, "", &err) == NULL);
}

CM_TEST(refused)
{
        refuse(CM_SV("a: 1\na: 2\n"), CM_E_MALFORMED, "line 2 column 1: key appears twice");
        refuse(CM_SV("a: &x 1\nb: *x\n"), CM_E_LIMIT, "line 2");
        refuse(CM_SV("a: b\0c"), CM_E_MALFORMED, "NUL");
        refuse(CM_SV("x\n%\xd7\x10"
                     "2"),
               CM_E_MALFORMED, "line 2 column 1: directives");
        refuse(CM_SV("\xd7\x10"), CM_E_MALFORMED, "UTF-8");
        refuse(CM_SV("a: [1\n"), CM_E_MALFORMED, "YAML");
        refuse(CM_SV("a: b: c\n"), CM_E_MALFORMED, "YAML line 1");
        refuse(CM_SV("--- 1\n--- 2\n"), CM_E_MALFORMED, "second document");
        refuse(CM_SV("[1]: 2\n"), CM_E_MALFORMED, "key is not a scalar");
}

CM_TEST(depth_is_limited_and_keys_are_cheap)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_json *v = NULL;
        char deep[400];
        memset(deep, '[', sizeof(deep));
        CM_CHECK(cm_yaml_parse(arena, cm_sv_make(deep, sizeof(deep)), &v, &err) < 0);
        char *keys = malloc(60000 * 10);
        size_t n = 0;
        for (int i = 0; i < 60000; i++) {
                static const char digits[] = "0123456789";
                keys[n++] = 'k';
                for (int d = 10000; d > 0; d /= 10)
                        keys[n++] = digits[i / d % 10];
                memcpy(keys + n, ": 1\n", 4);
                n += 4;
        }
        cm_err_clear(&err);
        CM_CHECK_OK(cm_yaml_parse(arena, cm_sv_make(keys, n), &v, &err), &err);
        CM_CHECK_INT(cm_json_count(v), 60000);
        free(keys);
}

CM_TEST(front_matter)
{
        struct cm_sv m = CM_SV_NULL;
        CM_CHECK(cm_yaml_front_matter(CM_SV("---\na: 1\n---\ntext"), &m));
        CM_CHECK_SV(m, "a: 1\n");
        CM_CHECK(!cm_yaml_front_matter(CM_SV("a\n---\n"), &m));
        CM_CHECK(!cm_yaml_front_matter(CM_SV("---\na: 1\n"), &m));
        CM_CHECK(!cm_yaml_front_matter(CM_SV(""), &m));
}
