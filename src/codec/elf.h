/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few things about an ELF file that catalogers need: is it one, and where in the file is a
 * virtual address. Bounds-checked, both classes, both byte orders. Pure.
 * Spec: System V ABI, "Object Files" and "Program Loading"; elf(5).
 */
#pragma once

#include "base/err.h"
#include "base/sv.h"

enum {
        CM_ELF_SEGMENTS_MAX = 64
};

struct cm_elf_segment {
        uint64_t offset;
        uint64_t address;
        uint64_t file_bytes; /* as the header says */
        bool is_code;        /* executable and not writable */
        bool is_writable;
        struct cm_sv bytes; /* what of it there is: borrowed, up to file_bytes */
};

struct cm_elf {
        bool is_64;
        bool is_big_endian;
        struct cm_elf_segment segments[CM_ELF_SEGMENTS_MAX]; /* PT_LOAD */
        size_t segment_count;
};

bool cm_elf_is(struct cm_sv head);
/*
 * Input:  the file from its first byte; may be cut after the program headers: segments past its end
 *         are kept with the bytes that are there (a caller that has them elsewhere sets them).
 * Errors: CM_E_MALFORMED.
 */
CM_MUST_CHECK int cm_elf_parse(struct cm_sv content, struct cm_elf *ret, struct cm_err *err);
/* `len` bytes at a virtual address; false when no segment has them. */
bool cm_elf_at(const struct cm_elf *elf, uint64_t address, uint64_t len, struct cm_sv *ret);
