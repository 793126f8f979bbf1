/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/zip.h: forms of the format, and archives that lie. */
#include "base/arena.h"
#include "codec/zip.h"
#include "codec/zip_test_util.h"
#include "tests/harness.h"

/* Raw deflate of 26 times "a" and of nothing. */
#define PACKED_A26     CM_SV("\x4b\x4c\xc4\x05\x00")
#define PACKED_NOTHING CM_SV("\x03\x00")
#define A26            CM_SV("aaaaaaaaaaaaaaaaaaaaaaaaaa")

/* Opens, finds the last member and reads it; the code of the first error, or 0. */
static int read_last(struct cm_arena *arena, struct cm_sv content, uint64_t bytes_max,
                     struct cm_sv *ret)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_zip zip;
        struct cm_zip_entry e, last = { 0 };
        int r = cm_zip_open(arena, content, CM_KIB(64), &zip, &err);
        while (r == 0 && (r = cm_zip_next(&zip, &e, &err)) == 0)
                last = e;
        if (r == 1)
                r = cm_zip_read(&zip, arena, &last, bytes_max, ret, &err);
        CM_CHECK_INT(r, -(int)err.code);
        return (int)err.code;
}

static int read_one(struct cm_zip_member member, uint64_t bytes_max, struct cm_sv want)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(4));
        struct cm_zip_writer w CM_CLEANUP(cm_zip_writer_fini);
        cm_zip_writer_init(&w);
        cm_zip_add(&w, &member);
        struct cm_sv got = CM_SV("");
        int code = read_last(arena, cm_zip_finish(&w, arena, "", false, ""), bytes_max, &got);
        CM_CHECK(code != 0 || cm_sv_eq(got, want));
        return code;
}

CM_TEST(zip_stored_and_deflated)
{
        CM_CHECK_INT(read_one((struct cm_zip_member){ "s", CM_SV("data") }, 100, CM_SV("data")), 0);
        CM_CHECK_INT(read_one((struct cm_zip_member){ "e", CM_SV("") }, 100, CM_SV("")), 0);
        CM_CHECK_INT(read_one((struct cm_zip_member){ "a/d", PACKED_A26, A26, 8 }, 26, A26), 0);
        CM_CHECK_INT(
                read_one((struct cm_zip_member){ "n", PACKED_NOTHING, CM_SV(""), 8 }, 0, CM_SV("")),
                0);
}

CM_TEST(zip_members_that_lie)
{
        const int malformed = CM_E_MALFORMED;
        struct cm_zip_member m = { "a", PACKED_A26, A26, 8 };
        struct cm_zip_member bad = m;
        bad.size_bytes = 25; /* the stream gives more */
        CM_CHECK_INT(read_one(bad, 100, A26), malformed);
        bad.size_bytes = 27; /* the stream gives less */
        CM_CHECK_INT(read_one(bad, 100, A26), malformed);
        bad.size_bytes = 60000; /* more than deflate can do */
        CM_CHECK_INT(read_one(bad, 60000, A26), malformed);
        bad = m;
        bad.wrong_crc = 1;
        CM_CHECK_INT(read_one(bad, 100, A26), malformed);
        bad = m;
        bad.data = CM_SV("\x4b\x4c\xc4"); /* cut */
        CM_CHECK_INT(read_one(bad, 100, A26), malformed);
        bad = m;
        bad.data = CM_SV("\xff\xff\xff\xff");
        CM_CHECK_INT(read_one(bad, 100, A26), malformed);
        bad = m;
        bad.method = 12;
        CM_CHECK_INT(read_one(bad, 100, A26), CM_E_UNSUPPORTED);
        bad = m;
        bad.flags = 1;
        CM_CHECK_INT(read_one(bad, 100, A26), CM_E_UNSUPPORTED);
        CM_CHECK_INT(read_one(m, 25, A26), CM_E_LIMIT);
}

CM_TEST(zip_names)
{
        static const char *const bad[] = { "", "/a", "../a", "a/../b", "a/..", "a\\b" };
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++)
                CM_CHECK_INT(read_one((struct cm_zip_member){ bad[i], CM_SV("x") }, 9, CM_SV("x")),
                             CM_E_MALFORMED);
        static const char *const good[] = { "..a", "a..b/c..", "a/.b", "META-INF/MANIFEST.MF" };
        for (size_t i = 0; i < CM_ARRAY_LEN(good); i++)
                CM_CHECK_INT(read_one((struct cm_zip_member){ good[i], CM_SV("x") }, 9, CM_SV("x")),
                             0);
}

CM_TEST(zip_prefix_zip64_and_comment)
{
        for (int i = 0; i < 8; i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(4));
                struct cm_zip_writer w CM_CLEANUP(cm_zip_writer_fini);
                cm_zip_writer_init(&w);
                cm_zip_add(&w, &(struct cm_zip_member){ "a", CM_SV("1") });
                cm_zip_add(&w, &(struct cm_zip_member){ "b", CM_SV("22") });
                struct cm_sv content =
                        cm_zip_finish(&w, arena, (i & 1) != 0 ? "#!/bin/sh\n" : "", (i & 2) != 0,
                                      (i & 4) != 0 ? "has PK\5\6 in it, and more of "
                                                     "it follows"
                                                   : "");
                struct cm_sv got = CM_SV("");
                CM_CHECK_INT(read_last(arena, content, 100, &got), 0);
                CM_CHECK_SV(got, "22");
        }
}

CM_TEST(zip_members_that_overlap)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(4));
        struct cm_zip_writer w CM_CLEANUP(cm_zip_writer_fini);
        cm_zip_writer_init(&w);
        struct cm_zip_member m = { "a", CM_SV("0123456789") };
        cm_zip_add(&w, &m);
        m.at_first = true;
        cm_zip_add(&w, &m);
        struct cm_sv got;
        CM_CHECK_INT(read_last(arena, cm_zip_finish(&w, arena, "", false, ""), 100, &got),
                     CM_E_MALFORMED);
}

/* Cut or changed anywhere: an error or another content, never a read outside (sanitizers). */
CM_TEST(zip_cut_anywhere)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(4));
        struct cm_zip_writer w CM_CLEANUP(cm_zip_writer_fini);
        cm_zip_writer_init(&w);
        cm_zip_add(&w, &(struct cm_zip_member){ "a", PACKED_A26, A26, 8 });
        struct cm_sv whole = cm_zip_finish(&w, arena, "", true, "");
        for (size_t n = 0; n < whole.len; n++) {
                struct cm_sv got;
                CM_CHECK(read_last(arena, cm_sv_dup(arena, cm_sv_slice(whole, 0, n)), 100, &got) !=
                         0);
        }
}

CM_TEST(zip_end_record_offset_wraps)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(4));
        struct cm_zip_writer w CM_CLEANUP(cm_zip_writer_fini);
        cm_zip_writer_init(&w);
        struct cm_sv whole = cm_zip_finish(&w, arena, "", true, "");
        struct cm_buf bytes CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&bytes, CM_KIB(4));
        /* The locator alone, so that nothing stands right before it. */
        cm_buf_put_sv(&bytes, cm_sv_skip(whole, 56));
        memset(bytes.ptr + 8, 0xff, 8);
        struct cm_sv got;
        CM_CHECK_INT(read_last(arena, cm_buf_sv(&bytes), 100, &got), CM_E_MALFORMED);
}
