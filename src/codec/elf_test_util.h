/* SPDX-License-Identifier: Apache-2.0 */
/* A writer of the smallest ELF file with one loaded segment, for tests. */
#pragma once

#include "base/buf.h"

#define CM_ELF_TEST_ADDRESS ((uint64_t)0x400000)

static inline void cm_elf_put(struct cm_buf *to, bool big, int bytes, uint64_t v)
{
        for (int i = 0; i < bytes; i++) {
                int byte = big ? bytes - 1 - i : i;
                cm_buf_put_u8(to, byte < 8 ? (uint8_t)(v >> 8 * byte) : 0);
        }
}

/* The segment is `payload`; its first byte is at CM_ELF_TEST_ADDRESS, at file offset 128. */
static inline struct cm_sv cm_elf_make(struct cm_arena *arena, bool is_64, bool big,
                                       struct cm_sv payload)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_MIB(1));
        int word = is_64 ? 8 : 4;
        cm_buf_put_str(&out, "\x7f"
                             "ELF");
        cm_buf_put_u8(&out, is_64 ? 2 : 1);
        cm_buf_put_u8(&out, big ? 2 : 1);
        cm_elf_put(&out, big, 2, 0x0101);
        cm_elf_put(&out, big, 8, 0);
        cm_elf_put(&out, big, 8, 0); /* type, machine, version */
        cm_elf_put(&out, big, word, 0);
        cm_elf_put(&out, big, word, is_64 ? 64 : 52); /* program headers */
        cm_elf_put(&out, big, word, 0);
        cm_elf_put(&out, big, 6, 0);
        cm_elf_put(&out, big, 2, is_64 ? 56 : 32);
        cm_elf_put(&out, big, 2, 1);
        cm_elf_put(&out, big, 6, 0);
        cm_elf_put(&out, big, 4, 1); /* PT_LOAD */
        if (is_64)
                cm_elf_put(&out, big, 4, 0);
        cm_elf_put(&out, big, word, 128);
        cm_elf_put(&out, big, word, CM_ELF_TEST_ADDRESS);
        cm_elf_put(&out, big, word, CM_ELF_TEST_ADDRESS);
        cm_elf_put(&out, big, word, payload.len);
        cm_elf_put(&out, big, word, payload.len);
        while (out.len < 128)
                cm_buf_put_u8(&out, 0);
        cm_buf_put_sv(&out, payload);
        return cm_sv_dup(arena, cm_buf_sv(&out));
}
