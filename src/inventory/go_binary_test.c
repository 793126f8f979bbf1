/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of inventory/go_binary.c: both formats of the build information, and damage. */
#include "codec/elf_test_util.h"
#include "inventory/probe_util.h"
#include "tests/harness.h"

extern const struct cm_cataloger cm_cataloger_go_binary;

#define MODULES                                                                         \
        "path\tm/cmd\nmod\tm\t(devel)\t\ndep\ta.org/x\tv1.0.0\th1:x=\ndep\tb\tv2.0.0\n" \
        "=>\tfork\tv2.0.1\th1:y=\ndep\tc\tv3.0.0\n=>\t./c\t(devel)\t\nbuild\t-x=y\n"
#define WANT "stdlib 1.19.8\nm  main\na.org/x v1.0.0\nfork v2.0.1\nc \n"

static void put_mark(struct cm_buf *to, uint8_t pointer_bytes, uint8_t flags)
{
        cm_buf_put_str(to, "\xff Go buildinf:");
        cm_buf_put_u8(to, pointer_bytes);
        cm_buf_put_u8(to, flags);
}

/* The text as the linker stores it: between two marks of 16 bytes. */
static struct cm_sv framed(struct cm_arena *arena, const char *modules)
{
        return cm_sv_printf(arena, "0123456789abcdef%s0123456789abcdef", modules);
}

static struct cm_sv inline_info(struct cm_arena *arena, const char *version, const char *modules)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_MIB(1));
        put_mark(&out, 8, 2);
        cm_elf_put(&out, false, 8, 0);
        cm_elf_put(&out, false, 8, 0);
        cm_buf_put_bytes(&out, cm_sv_from_cstr(version));
        cm_buf_put_bytes(&out, framed(arena, modules));
        return cm_sv_dup(arena, cm_buf_sv(&out));
}

/* Mark, two pointers, two string headers, two texts. */
static struct cm_sv pointer_info(struct cm_arena *arena, int word, bool big, const char *version)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_MIB(1));
        struct cm_sv text = framed(arena, MODULES);
        uint64_t headers = CM_ELF_TEST_ADDRESS + 32;
        uint64_t texts = headers + 4 * 8;
        size_t len = cm_sv_from_cstr(version).len;
        put_mark(&out, (uint8_t)word, big ? 1 : 0);
        cm_elf_put(&out, big, word, headers);
        cm_elf_put(&out, big, word, headers + 2 * (uint64_t)word);
        while (out.len < 32)
                cm_buf_put_u8(&out, 0);
        cm_elf_put(&out, big, word, texts);
        cm_elf_put(&out, big, word, len);
        cm_elf_put(&out, big, word, texts + len);
        cm_elf_put(&out, big, word, text.len);
        while (out.len < 64)
                cm_buf_put_u8(&out, 0);
        cm_buf_put_str(&out, version);
        cm_buf_put_sv(&out, text);
        return cm_sv_dup(arena, cm_buf_sv(&out));
}

static struct cm_sv run(struct cm_arena *arena, struct cm_sv content)
{
        return cm_probe_text(arena, &cm_cataloger_go_binary, "usr/bin/x", content);
}

CM_TEST(go_binary_both_formats)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(4));
        for (int i = 0; i < 4; i++) {
                bool is_64 = (i & 1) != 0, big = (i & 2) != 0;
                struct cm_sv old = pointer_info(arena, is_64 ? 8 : 4, big, "go1.19.8");
                struct cm_sv new = inline_info(arena, "go1.19.8", MODULES);
                CM_CHECK_SV(run(arena, cm_elf_make(arena, is_64, big, old)), WANT);
                CM_CHECK_SV(run(arena, cm_elf_make(arena, is_64, big, new)), WANT);
        }
}

CM_TEST(go_binary_versions)
{
        static const struct {
                const char *version, *want;
        } cases[] = {
                { "go1.22.1 X:boringcrypto", "stdlib 1.22.1\n" },
                { "go1.21.6-fips", "stdlib 1.21.6\n" },
                { "go1.21rc2", "stdlib 1.21rc2\n" },
                { "devel go1.22-0123456 Mon", "" },
                { "rubbish", "" },
                { "", "" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(1));
                struct cm_sv info = inline_info(arena, cases[i].version, "");
                CM_CHECK_SV(run(arena, cm_elf_make(arena, true, false, info)), cases[i].want);
        }
}

/* Go's own tools hold the mark as a constant before their real information. */
CM_TEST(go_binary_passes_over_a_mark_alone)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_sv constant = CM_SV("\xff Go buildinf:abcdefghijklmnopqr");
        CM_CHECK_INT(constant.len, 32);
        CM_CHECK_SV(run(arena, cm_elf_make(arena, true, false, constant)), "");
        struct cm_sv both = cm_sv_join(arena, constant, inline_info(arena, "go1.19.8", MODULES));
        CM_CHECK_SV(run(arena, cm_elf_make(arena, true, false, both)), WANT);
}

CM_TEST(go_binary_damaged)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        CM_CHECK_SV(run(arena, CM_SV("")), "");
        CM_CHECK_SV(run(arena, CM_SV("\x7f"
                                     "ELF")),
                    "");
        CM_CHECK_SV(run(arena, inline_info(arena, "go1.19.8", MODULES)), "error malformed");
        struct cm_sv old = cm_elf_make(arena, false, true, pointer_info(arena, 4, true, "go1.9"));
        struct cm_sv new = cm_elf_make(arena, true, false, inline_info(arena, "go1.9", MODULES));
        for (size_t n = 0; n < old.len; n++)
                (void)run(arena, cm_sv_dup(arena, cm_sv_slice(old, 0, n)));
        for (size_t n = 0; n < new.len; n++)
                CM_CHECK_SV(run(arena, cm_sv_dup(arena, cm_sv_slice(new, 0, n))), "");
}

CM_TEST(go_binary_cut_says_so)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_sv info = inline_info(arena, "go1.19.8", MODULES);
        struct cm_sv whole = cm_elf_make(arena, true, false, info);
        struct cm_cat_file file = { CM_SV("x"), cm_sv_slice(whole, 0, whole.len - 20), true, 0755 };
        struct cm_err err = CM_ERR_INIT;
        struct cm_probe probe;
        CM_CHECK(cm_probe_run(&probe, arena, &cm_cataloger_go_binary, &file, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_LIMIT);
        cm_buf_fini(&probe.lines);
        cm_err_clear(&err);
        file.content = cm_sv_join(arena, whole, CM_SV("more"));
        CM_CHECK_OK(cm_probe_run(&probe, arena, &cm_cataloger_go_binary, &file, &err), &err);
        CM_CHECK_SV(cm_buf_sv(&probe.lines), WANT);
        cm_buf_fini(&probe.lines);
}

/* Head, code and data far apart: what ranges() asks for is enough, and code is not asked for. */
CM_TEST(go_binary_by_parts)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        const uint64_t data_at = 1 << 20;
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_MIB(4));
        const struct {
                uint64_t flags, offset, len;
        } segments[] = { { 4, 0, 5000 }, { 5, 8192, 900000 }, { 6, data_at + 8, 4088 } };
        cm_buf_put_str(&out, "\x7f"
                             "ELF\2\1");
        cm_elf_put(&out, false, 8, 0);
        cm_elf_put(&out, false, 18, 0);
        cm_elf_put(&out, false, 8, 64);
        cm_elf_put(&out, false, 14, 0);
        cm_elf_put(&out, false, 2, 56);
        cm_elf_put(&out, false, 2, CM_ARRAY_LEN(segments));
        cm_elf_put(&out, false, 6, 0);
        for (size_t i = 0; i < CM_ARRAY_LEN(segments); i++) {
                cm_elf_put(&out, false, 4, 1);
                cm_elf_put(&out, false, 4, segments[i].flags);
                cm_elf_put(&out, false, 8, segments[i].offset);
                cm_elf_put(&out, false, 16, 0x400000 + segments[i].offset);
                cm_elf_put(&out, false, 16, segments[i].len);
                cm_elf_put(&out, false, 8, 4096);
        }
        while (out.len < data_at + 64)
                cm_buf_put_u8(&out, 0);
        cm_buf_put_sv(&out, inline_info(arena, "go1.19.8", MODULES));
        while (out.len < data_at + 4096 + 1000000)
                cm_buf_put_u8(&out, 'd'); /* debug information */
        struct cm_sv file = cm_buf_sv(&out);
        CM_CHECK_SV(cm_probe_text(arena, &cm_cataloger_go_binary, "x", file), WANT);

        struct cm_file_range ranges[CM_FILE_RANGES_MAX];
        size_t count = cm_cataloger_go_binary.ranges(cm_sv_slice(file, 0, 4096), ranges);
        CM_CHECK_INT(count, 2);
        struct cm_buf parts CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&parts, CM_MIB(1));
        for (size_t i = 0; i < count; i++)
                cm_buf_put_sv(&parts, cm_sv_slice(file, (size_t)ranges[i].offset,
                                                  (size_t)(ranges[i].offset + ranges[i].len)));
        CM_CHECK_INT(parts.len, 5000 + 4088);
        const struct cm_cat_file in_parts = { .path = CM_SV("x"),
                                              .content = cm_buf_sv(&parts),
                                              .is_cut = true,
                                              .range_count = count,
                                              .ranges = ranges };
        struct cm_err err = CM_ERR_INIT;
        struct cm_probe probe;
        CM_CHECK_OK(cm_probe_run(&probe, arena, &cm_cataloger_go_binary, &in_parts, &err), &err);
        CM_CHECK_SV(cm_buf_sv(&probe.lines), WANT);
        cm_buf_fini(&probe.lines);
}
