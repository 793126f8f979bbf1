/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of base/: views, numbers, errors, arena, buffers, cursor, map, time, escapes. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/time.h"
#include "base/vec.h"
#include "tests/harness.h"

CM_TEST(cut_and_trim)
{
        struct cm_sv head, tail;
        CM_CHECK(cm_sv_cut(CM_SV("a=b=c"), '=', &head, &tail));
        CM_CHECK_SV(head, "a");
        CM_CHECK_SV(tail, "b=c");
        static const char *const words[] = { "one", "two", NULL };
        CM_CHECK(cm_sv_is_any(CM_SV("two"), words));
        CM_CHECK(!cm_sv_is_any(CM_SV("tw"), words) && !cm_sv_is_any(CM_SV(""), words + 2));
        CM_CHECK_SV(cm_sv_base_name(CM_SV("a/b/c")), "c");
        CM_CHECK_SV(cm_sv_base_name(CM_SV("c")), "c");
        CM_CHECK_SV(cm_sv_base_name(CM_SV("a/")), "");
        CM_CHECK(cm_sv_cut_last(CM_SV("a=b=c"), '=', &head, &tail));
        CM_CHECK_SV(head, "a=b");
        CM_CHECK(!cm_sv_cut(CM_SV("abc"), '=', &head, &tail));
        CM_CHECK_SV(head, "abc");
        CM_CHECK_INT(tail.len, 0);
        CM_CHECK_SV(cm_sv_trim(CM_SV(" \t x y \n")), "x y");
        CM_CHECK_INT(cm_sv_cmp(CM_SV("ab"), CM_SV("abc")), -1);
        CM_CHECK(cm_sv_has_suffix(CM_SV("x.jar"), CM_SV(".jar")));
        CM_CHECK(!cm_sv_has_suffix(CM_SV("r"), CM_SV(".jar")));
}

CM_TEST(lines)
{
        struct cm_sv rest = CM_SV("one\r\n\ntwo");
        struct cm_sv line;
        CM_CHECK(cm_sv_next_line(&rest, &line));
        CM_CHECK_SV(line, "one");
        CM_CHECK(cm_sv_next_line(&rest, &line));
        CM_CHECK_SV(line, "");
        CM_CHECK(cm_sv_next_line(&rest, &line));
        CM_CHECK_SV(line, "two");
        CM_CHECK(!cm_sv_next_line(&rest, &line));
}

CM_TEST(numbers)
{
        struct cm_err err = CM_ERR_INIT;
        uint64_t v = 0;
        CM_CHECK_OK(cm_parse_u64(CM_SV("18446744073709551615"), 0, UINT64_MAX, &v, &err), &err);
        CM_CHECK(v == UINT64_MAX);
        CM_CHECK(cm_parse_u64(CM_SV("18446744073709551616"), 0, UINT64_MAX, &v, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_MALFORMED);
        cm_err_clear(&err);
        CM_CHECK(cm_parse_u64(CM_SV(""), 0, 9, &v, &err) < 0);
        cm_err_clear(&err);
        CM_CHECK(cm_parse_u64(CM_SV("+1"), 0, 9, &v, &err) < 0);
        cm_err_clear(&err);
        int64_t i = 0;
        CM_CHECK_OK(cm_parse_i64(CM_SV("-9223372036854775808"), INT64_MIN, INT64_MAX, &i, &err),
                    &err);
        CM_CHECK(i == INT64_MIN);
        CM_CHECK(cm_parse_i64(CM_SV("9223372036854775808"), INT64_MIN, INT64_MAX, &i, &err) < 0);
        cm_err_clear(&err);
        CM_CHECK(cm_parse_i64(CM_SV("-9223372036854775809"), INT64_MIN, INT64_MAX, &i, &err) < 0);
        cm_err_clear(&err);
        CM_CHECK_OK(cm_parse_i64(CM_SV("-7"), -10, 10, &i, &err), &err);
        CM_CHECK_INT(i, -7);
}

CM_TEST(errors_gain_context_and_are_cut)
{
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_INT(CM_RAISE(&err, CM_E_LIMIT, "x is over limit y"), -(int)CM_E_LIMIT);
        CM_CHECK_INT(cm_err_context(&err, "layer %d", 3), -(int)CM_E_LIMIT);
        CM_CHECK_SV(cm_sv_from_cstr(err.text), "layer 3: x is over limit y");
        char big[700];
        memset(big, 'a', sizeof(big) - 1);
        big[sizeof(big) - 1] = '\0';
        cm_err_context(&err, "%s", big);
        CM_CHECK_INT(strlen(err.text), CM_ERR_TEXT_BYTES - 1);
        CM_CHECK(cm_sv_has_suffix(cm_sv_from_cstr(err.text), CM_SV("...")));
        CM_CHECK_INT(cm_err_exit_status(err.code), 5);
}

CM_TEST(arena_limit_is_exact_and_soft_with_try)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        size_t got = 0;
        while (cm_arena_try_alloc(arena, 1000, 8) != NULL)
                got += 1000;
        CM_CHECK(got > 900 * 1024 && got <= CM_MIB(1));
        cm_arena_reset(arena);
        CM_CHECK(cm_arena_try_alloc(arena, 1000, 64) != NULL);
        CM_CHECK(cm_arena_try_alloc(arena, SIZE_MAX - 10, 1) == NULL);
}

static void set_flag(void *ctx)
{
        *(int *)ctx += 1;
}

CM_TEST(arena_hooks_run_once)
{
        int flag = 0;
        struct cm_arena *arena = cm_arena_new(CM_MIB(1));
        cm_arena_on_free(arena, set_flag, &flag);
        cm_arena_reset(arena);
        CM_CHECK_INT(flag, 1);
        arena = cm_arena_free(arena);
        CM_CHECK_INT(flag, 1);
        CM_CHECK(arena == NULL);
}

CM_TEST(frames_round_trip_and_fail_sticky)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, 1000);
        cm_buf_put_u8(&buf, 7);
        cm_buf_put_le16(&buf, 0x1234);
        cm_buf_put_be32(&buf, 0xdeadbeef);
        cm_buf_put_varint(&buf, UINT64_MAX);
        cm_buf_put_bytes(&buf, CM_SV("hello"));
        struct cm_cursor c = cm_cursor_make(cm_buf_sv(&buf));
        CM_CHECK_INT(cm_cursor_u8(&c), 7);
        CM_CHECK_INT(cm_cursor_le16(&c), 0x1234);
        CM_CHECK_INT(cm_cursor_be32(&c), 0xdeadbeef);
        CM_CHECK(cm_cursor_varint(&c) == UINT64_MAX);
        CM_CHECK_SV(cm_cursor_bytes(&c), "hello");
        CM_CHECK(!c.failed);
        CM_CHECK_INT(cm_cursor_le64(&c), 0);
        CM_CHECK(c.failed);
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK(cm_cursor_check(&c, "frame", &err) < 0);
}

CM_TEST(buffer_refuses_more_than_its_maximum)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, 5);
        cm_buf_put_str(&buf, "hello");
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_OK(cm_buf_check(&buf, "text", &err), &err);
        cm_buf_put_char(&buf, '!');
        CM_CHECK(cm_buf_check(&buf, "text", &err) < 0);
        CM_CHECK_INT(err.code, CM_E_LIMIT);
}

CM_TEST(map_keeps_order_and_replaces)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(64));
        struct cm_map map;
        cm_map_init(&map, arena);
        for (int i = 0; i < 10000; i++)
                CM_CHECK(cm_map_put(&map, cm_sv_printf(arena, "key%d", i), arena));
        CM_CHECK(!cm_map_put(&map, CM_SV("key7"), &map));
        CM_CHECK(cm_map_get(&map, CM_SV("key7")) == (void *)&map);
        CM_CHECK(!cm_map_has(&map, CM_SV("key10000")));
        CM_CHECK_SV(map.entries[9999].key, "key9999");
        struct cm_u64set set = { 0 };
        for (uint64_t i = 0; i < 5000; i++)
                CM_CHECK(cm_u64set_add(&set, i * 2));
        CM_CHECK(cm_u64set_has(&set, 0) && cm_u64set_has(&set, 9998) && !cm_u64set_has(&set, 9999));
        cm_u64set_fini(&set);
}

CM_TEST(times)
{
        struct cm_err err = CM_ERR_INIT;
        int64_t t = 0;
        char text[CM_TIME_TEXT_BYTES];
        CM_CHECK_OK(cm_time_parse(CM_SV("2026-11-24T08:33:26Z"), &t, &err), &err);
        CM_CHECK_INT(t, 1795509206);
        CM_CHECK_SV(cm_sv_from_cstr(cm_time_format(t, text)), "2026-11-24T08:33:26Z");
        CM_CHECK_OK(cm_time_parse(CM_SV("2000-02-29T00:00:00.25+01:30"), &t, &err), &err);
        CM_CHECK_SV(cm_sv_from_cstr(cm_time_format(t, text)), "2000-02-28T22:30:00Z");
        CM_CHECK_OK(cm_time_parse(CM_SV("0001-01-01T00:00:00Z"), &t, &err), &err);
        CM_CHECK_SV(cm_sv_from_cstr(cm_date_format(t, text)), "0001-01-01");
        CM_CHECK(cm_time_parse(CM_SV("2026-13-01"), &t, &err) < 0);
        cm_err_clear(&err);
        CM_CHECK(cm_time_parse(CM_SV("yesterday"), &t, &err) < 0);
}

CM_TEST(escapes)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        CM_CHECK_SV(cm_sv_from_cstr(cm_escape(arena, CM_SV("a\x1b[31m\xff"))), "a\\x1b[31m\\xff");
        CM_CHECK_SV(cm_sv_from_cstr(cm_escape(arena, CM_SV("\xe2\x80\xae"))), "\\u202e");
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, 1000);
        cm_buf_put_json(&buf, CM_SV("a\"\\\n\x01\xc3\xa9\xc3"));
        CM_CHECK_SV(cm_buf_sv(&buf), "\"a\\\"\\\\\\n\\u0001\xc3\xa9\xef\xbf\xbd\"");
}
