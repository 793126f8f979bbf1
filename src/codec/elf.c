/* SPDX-License-Identifier: Apache-2.0 */
/* ELF program headers; see elf.h. */
#include "codec/elf.h"

#include "base/cursor.h"

enum {
        PT_LOAD_TYPE = 1,
        PF_X_FLAG = 1,
        PF_W_FLAG = 2
};

bool cm_elf_is(struct cm_sv head)
{
        return cm_sv_has_prefix(head, CM_SV("\x7f"
                                            "ELF"));
}

static uint64_t word(struct cm_cursor *c, const struct cm_elf *elf, int bytes)
{
        if (bytes == 2)
                return elf->is_big_endian ? cm_cursor_be16(c) : cm_cursor_le16(c);
        if (bytes == 4)
                return elf->is_big_endian ? cm_cursor_be32(c) : cm_cursor_le32(c);
        return elf->is_big_endian ? cm_cursor_be64(c) : cm_cursor_le64(c);
}

static uint64_t address(struct cm_cursor *c, const struct cm_elf *elf)
{
        return word(c, elf, elf->is_64 ? 8 : 4);
}

static void read_segment(struct cm_cursor *c, struct cm_sv content, struct cm_elf *elf)
{
        struct cm_elf_segment s = { 0 };
        uint64_t type = word(c, elf, 4);
        uint64_t flags = elf->is_64 ? word(c, elf, 4) : 0;
        s.offset = address(c, elf);
        s.address = address(c, elf);
        (void)address(c, elf); /* physical */
        s.file_bytes = address(c, elf);
        if (!elf->is_64) {
                cm_cursor_skip(c, 4); /* size in memory */
                flags = word(c, elf, 4);
        }
        s.is_writable = (flags & PF_W_FLAG) != 0;
        s.is_code = (flags & PF_X_FLAG) != 0 && !s.is_writable;
        if (s.offset < content.len)
                s.bytes = cm_sv_slice(cm_sv_skip(content, (size_t)s.offset), 0,
                                      (size_t)CM_MIN(s.file_bytes, (uint64_t)content.len));
        if (!c->failed && type == PT_LOAD_TYPE && elf->segment_count < CM_ELF_SEGMENTS_MAX)
                elf->segments[elf->segment_count++] = s;
}

int cm_elf_parse(struct cm_sv content, struct cm_elf *ret, struct cm_err *err)
{
        struct cm_elf elf = { 0 };
        struct cm_cursor c = cm_cursor_make(content);
        struct cm_sv ident = cm_cursor_take(&c, 16);
        if (c.failed || !cm_elf_is(ident))
                return CM_RAISE(err, CM_E_MALFORMED, "file is not ELF");
        elf.is_64 = ident.ptr[4] == 2;
        elf.is_big_endian = ident.ptr[5] == 2;
        cm_cursor_skip(&c, 8);   /* type, machine, version */
        (void)address(&c, &elf); /* entry */
        uint64_t table = address(&c, &elf);
        (void)address(&c, &elf); /* sections */
        cm_cursor_skip(&c, 6);   /* flags, header size */
        uint64_t entry_bytes = word(&c, &elf, 2);
        uint64_t count = word(&c, &elf, 2);
        int r = cm_cursor_check(&c, "ELF header", err);
        if (r < 0)
                return r;
        uint64_t least = elf.is_64 ? 56 : 32;
        if (count > 0 && entry_bytes < least)
                return CM_RAISE(err, CM_E_MALFORMED, "ELF program headers are too small");
        for (uint64_t i = 0; i < count; i++) {
                uint64_t at = 0;
                if (__builtin_add_overflow(table, i * entry_bytes, &at))
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "ELF program headers are out of range");
                struct cm_cursor header = cm_cursor_at(content, at, least);
                read_segment(&header, content, &elf);
                r = cm_cursor_check(&header, "ELF program header", err);
                if (r < 0)
                        return r;
        }
        *ret = elf;
        return 0;
}

bool cm_elf_at(const struct cm_elf *elf, uint64_t address_wanted, uint64_t len, struct cm_sv *ret)
{
        for (size_t i = 0; i < elf->segment_count; i++) {
                const struct cm_elf_segment *s = &elf->segments[i];
                if (address_wanted < s->address)
                        continue;
                uint64_t into = address_wanted - s->address;
                if (into > s->bytes.len || len > s->bytes.len - into)
                        continue;
                *ret = cm_sv_slice(s->bytes, (size_t)into, (size_t)(into + len));
                return true;
        }
        return false;
}
