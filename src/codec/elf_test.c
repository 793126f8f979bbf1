/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/elf.h: both classes and byte orders, headers that point outside. */
#include "base/arena.h"
#include "codec/elf.h"
#include "codec/elf_test_util.h"
#include "tests/harness.h"

CM_TEST(elf_finds_addresses)
{
        for (int i = 0; i < 4; i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(1));
                struct cm_err err = CM_ERR_INIT;
                struct cm_elf elf;
                struct cm_sv got;
                struct cm_sv file =
                        cm_elf_make(arena, (i & 1) != 0, (i & 2) != 0, CM_SV("payload"));
                CM_CHECK_OK(cm_elf_parse(file, &elf, &err), &err);
                CM_CHECK_INT(elf.segment_count, 1);
                CM_CHECK(cm_elf_at(&elf, CM_ELF_TEST_ADDRESS, 7, &got));
                CM_CHECK_SV(got, "payload");
                CM_CHECK(cm_elf_at(&elf, CM_ELF_TEST_ADDRESS + 7, 0, &got));
                CM_CHECK(!cm_elf_at(&elf, CM_ELF_TEST_ADDRESS, 8, &got));
                CM_CHECK(!cm_elf_at(&elf, CM_ELF_TEST_ADDRESS + 8, 0, &got));
                CM_CHECK(!cm_elf_at(&elf, CM_ELF_TEST_ADDRESS - 1, 1, &got));
                CM_CHECK(!cm_elf_at(&elf, CM_ELF_TEST_ADDRESS + 1, UINT64_MAX, &got));
                CM_CHECK(!cm_elf_at(&elf, UINT64_MAX, UINT64_MAX, &got));
        }
}

CM_TEST(elf_cut_headers)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        for (int i = 0; i < 4; i++) {
                bool is_64 = (i & 1) != 0;
                struct cm_sv file = cm_elf_make(arena, is_64, (i & 2) != 0, CM_SV("payload"));
                size_t headers = is_64 ? 64 + 56 : 52 + 32;
                for (size_t n = 0; n <= file.len; n++) {
                        struct cm_err err = CM_ERR_INIT;
                        struct cm_elf elf;
                        struct cm_sv cut = cm_sv_dup(arena, cm_sv_slice(file, 0, n));
                        CM_CHECK_INT(cm_elf_parse(cut, &elf, &err) == 0, n >= headers);
                }
        }
}

CM_TEST(elf_segments_outside_the_file)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        struct cm_err err = CM_ERR_INIT;
        struct cm_elf elf;
        struct cm_sv got;
        struct cm_sv file = cm_elf_make(arena, true, false, CM_SV("payload"));
        CM_CHECK_OK(cm_elf_parse(cm_sv_slice(file, 0, file.len - 3), &elf, &err), &err);
        CM_CHECK(cm_elf_at(&elf, CM_ELF_TEST_ADDRESS, 4, &got));
        CM_CHECK(!cm_elf_at(&elf, CM_ELF_TEST_ADDRESS, 5, &got));
        elf.segments[0].offset = UINT64_MAX - 1;
        CM_CHECK(!cm_elf_at(&elf, CM_ELF_TEST_ADDRESS + 4, 1, &got));
}
