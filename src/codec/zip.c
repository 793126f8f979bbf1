/* SPDX-License-Identifier: Apache-2.0 */
/* Central-directory reader of zip.h; deflate by ISA-L. */
#include "codec/zip.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "base/limits.h"

enum {
        END_BYTES = 22,
        END_SEARCH = 65535 + END_BYTES,
        LOCATOR_BYTES = 20,
        END64_BYTES = 56,
        ENTRY_BYTES = 46,
        LOCAL_BYTES = 30,
        METHOD_STORED = 0,
        METHOD_DEFLATE = 8,
        EXTRA_ZIP64 = 1,
        MADE_BY_UNIX = 3,
        MADE_BY_MACOS = 19,
};

static bool has_magic(struct cm_sv content, uint64_t at, const char *magic)
{
        /* `at` comes from the file: adding to it could wrap. */
        return content.len >= 4 && at <= content.len - 4 && memcmp(content.ptr + at, magic, 4) == 0;
}

/*
 * The end record is the last one whose comment reaches exactly the end of the file: a mark inside a
 * comment must not hide the real one. Without such a record (bytes were appended) the last mark.
 */
static bool find_end(struct cm_sv content, size_t *ret)
{
        bool found = false;
        if (content.len < END_BYTES)
                return false;
        size_t lowest = content.len > END_SEARCH ? content.len - END_SEARCH : 0;
        for (size_t at = content.len - END_BYTES + 1; at > lowest; at--) {
                if (!has_magic(content, at - 1, "PK\5\6"))
                        continue;
                struct cm_cursor c = cm_cursor_at(content, at - 1 + END_BYTES - 2, 2);
                bool exact = cm_cursor_le16(&c) == content.len - (at - 1) - END_BYTES;
                if (!found || exact)
                        *ret = at - 1;
                if (exact)
                        return true;
                found = true;
        }
        return found;
}

/* What an end record says, and where it begins: the directory ends there. */
struct end {
        uint64_t at;
        uint64_t count;
        uint64_t bytes;
        uint64_t offset;
};

static int read_end64(struct cm_sv content, struct end *e, struct cm_err *err)
{
        if (e->at < LOCATOR_BYTES || !has_magic(content, e->at - LOCATOR_BYTES, "PK\6\7"))
                return 0;
        struct cm_cursor c = cm_cursor_at(content, e->at - LOCATOR_BYTES + 8, 8);
        uint64_t at = cm_cursor_le64(&c);
        /* What stands before the archive is not in that offset: then it is right before. */
        if (!has_magic(content, at, "PK\6\6") && e->at >= LOCATOR_BYTES + END64_BYTES)
                at = e->at - LOCATOR_BYTES - END64_BYTES;
        if (at > e->at || !has_magic(content, at, "PK\6\6"))
                return CM_RAISE(err, CM_E_MALFORMED, "zip64 end record is not where it should be");
        c = cm_cursor_at(content, at, END64_BYTES);
        cm_cursor_skip(&c, 32);
        e->at = at;
        e->count = cm_cursor_le64(&c);
        e->bytes = cm_cursor_le64(&c);
        e->offset = cm_cursor_le64(&c);
        return cm_cursor_check(&c, "zip64 end record", err);
}

static int read_end(struct cm_sv content, struct end *ret, struct cm_err *err)
{
        size_t at = 0;
        if (!find_end(content, &at))
                return CM_RAISE(err, CM_E_MALFORMED, "zip has no end record");
        struct cm_cursor c = cm_cursor_at(content, at, END_BYTES);
        cm_cursor_skip(&c, 10);
        struct end e = { .at = at };
        e.count = cm_cursor_le16(&c);
        e.bytes = cm_cursor_le32(&c);
        e.offset = cm_cursor_le32(&c);
        int r = cm_cursor_check(&c, "zip end record", err);
        if (r == 0 && (e.count == 0xffff || e.bytes == 0xffffffff || e.offset == 0xffffffff))
                r = read_end64(content, &e, err);
        if (r < 0)
                return r;
        if (e.count > CM_ZIP_ENTRIES_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "zip is over limit zip_entries_max (%zu)",
                                CM_ZIP_ENTRIES_MAX);
        if (e.bytes > e.at || e.count * ENTRY_BYTES > e.bytes)
                return CM_RAISE(err, CM_E_MALFORMED, "zip directory does not fit the file");
        *ret = e;
        return 0;
}

/* Bytes that one member takes up, from its local header on. */
struct span {
        uint64_t begin;
        uint64_t end;
};

static int span_cmp(const void *a, const void *b)
{
        const struct span *x = a;
        const struct span *y = b;
        return (x->begin > y->begin) - (x->begin < y->begin);
}

/*
 * Members that share bytes are a bomb: every one of a million entries could be the same archive,
 * nested in itself. With disjoint members the work is bounded by the size of the file.
 */
static int check_overlap(struct cm_zip zip, struct cm_arena *arena, struct cm_err *err)
{
        struct span *spans = cm_arena_try_alloc(
                arena, ((size_t)zip.entry_count + 1) * sizeof(*spans), _Alignof(struct span));
        if (spans == NULL)
                return CM_RAISE(err, CM_E_LIMIT, "zip directory is over the memory limit");
        size_t count = 0;
        struct cm_zip_entry e;
        int r = 0;
        while ((r = cm_zip_next(&zip, &e, err)) == 0) {
                struct span s = { e.header_offset, 0 };
                if (__builtin_add_overflow(s.begin, LOCAL_BYTES + e.name.len, &s.end) ||
                    __builtin_add_overflow(s.end, e.packed_bytes, &s.end))
                        return CM_RAISE(err, CM_E_MALFORMED, "zip member is out of range");
                spans[count++] = s;
        }
        if (r < 0)
                return r;
        qsort(spans, count, sizeof(*spans), span_cmp);
        for (size_t i = 1; i < count; i++)
                if (spans[i].begin < spans[i - 1].end)
                        return CM_RAISE(err, CM_E_MALFORMED, "zip members overlap at byte %llu",
                                        (unsigned long long)spans[i].begin);
        return 0;
}

int cm_zip_open(struct cm_arena *arena, struct cm_sv content, uint64_t inflate_bytes_max,
                struct cm_zip *ret, struct cm_err *err)
{
        struct end end = { 0 };
        int r = read_end(content, &end, err);
        if (r < 0)
                return r;
        /* Something may stand before the archive (self-starting jars): offsets count from it. */
        uint64_t at = end.at - end.bytes;
        if (!has_magic(content, at, "PK\1\2") && end.count > 0) {
                at = end.offset;
                if (at > end.at || end.bytes > end.at - at || !has_magic(content, at, "PK\1\2"))
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "zip directory is not where it should be");
        }
        struct cm_zip zip = { .content = content, .entry_count = end.count };
        zip.directory = cm_sv_slice(content, (size_t)at, (size_t)(at + end.bytes));
        zip.rest = zip.directory;
        zip.prefix_bytes = at >= end.offset ? at - end.offset : 0;
        zip.inflate_left = inflate_bytes_max;
        r = check_overlap(zip, arena, err);
        if (r == 0)
                *ret = zip;
        return r;
}

/* Names end up in reports as places inside the file; such as these exist to deceive. */
static bool name_is_valid(struct cm_sv name)
{
        if (name.len == 0 || name.len > CM_TAR_PATH_BYTES_MAX || name.ptr[0] == '/' ||
            cm_sv_find_char(name, '\0') >= 0 || cm_sv_find_char(name, '\\') >= 0)
                return false;
        struct cm_sv component;
        while (cm_sv_next_field(&name, '/', &component))
                if (cm_sv_eq(component, CM_SV("..")))
                        return false;
        return true;
}

static void read_zip64_extra(struct cm_sv extra, struct cm_zip_entry *e)
{
        struct cm_cursor c = cm_cursor_make(extra);
        while (c.len >= 4) {
                uint16_t id = cm_cursor_le16(&c);
                struct cm_cursor field = cm_cursor_make(cm_cursor_take(&c, cm_cursor_le16(&c)));
                if (id != EXTRA_ZIP64)
                        continue;
                if (e->size_bytes == 0xffffffff)
                        e->size_bytes = cm_cursor_le64(&field);
                if (e->packed_bytes == 0xffffffff)
                        e->packed_bytes = cm_cursor_le64(&field);
                if (e->header_offset == 0xffffffff)
                        e->header_offset = cm_cursor_le64(&field);
        }
}

int cm_zip_next(struct cm_zip *zip, struct cm_zip_entry *ret, struct cm_err *err)
{
        if (zip->next_index == zip->entry_count)
                return 1;
        struct cm_cursor c = cm_cursor_make(zip->rest);
        struct cm_zip_entry e = { 0 };
        if (!has_magic(zip->rest, 0, "PK\1\2"))
                return CM_RAISE(err, CM_E_MALFORMED, "zip directory entry %llu is damaged",
                                (unsigned long long)zip->next_index);
        cm_cursor_skip(&c, 4);
        uint16_t made_by = cm_cursor_le16(&c);
        cm_cursor_skip(&c, 2);
        uint16_t flags = cm_cursor_le16(&c);
        e.method = cm_cursor_le16(&c);
        cm_cursor_skip(&c, 4); /* time */
        e.crc32 = cm_cursor_le32(&c);
        e.packed_bytes = cm_cursor_le32(&c);
        e.size_bytes = cm_cursor_le32(&c);
        uint16_t name_len = cm_cursor_le16(&c);
        uint16_t extra_len = cm_cursor_le16(&c);
        uint16_t comment_len = cm_cursor_le16(&c);
        cm_cursor_skip(&c, 4); /* disk, internal attributes */
        uint32_t attributes = cm_cursor_le32(&c);
        e.header_offset = cm_cursor_le32(&c);
        e.name = cm_cursor_take(&c, name_len);
        struct cm_sv extra = cm_cursor_take(&c, extra_len);
        cm_cursor_skip(&c, comment_len);
        int r = cm_cursor_check(&c, "zip directory", err);
        if (r < 0)
                return r;
        read_zip64_extra(extra, &e);
        e.is_encrypted = (flags & 1) != 0;
        if (made_by >> 8 == MADE_BY_UNIX || made_by >> 8 == MADE_BY_MACOS)
                e.unix_mode = attributes >> 16;
        e.is_name_valid = name_is_valid(e.name);
        zip->rest = cm_sv_skip(zip->rest, c.offset);
        zip->next_index++;
        *ret = e;
        return 0;
}

static int packed_data(const struct cm_zip *zip, const struct cm_zip_entry *e, struct cm_sv *ret,
                       struct cm_err *err)
{
        uint64_t at = 0;
        if (__builtin_add_overflow(e->header_offset, zip->prefix_bytes, &at) ||
            !has_magic(zip->content, at, "PK\3\4"))
                return CM_RAISE(err, CM_E_MALFORMED,
                                "zip member's header is not where it should be");
        struct cm_cursor c = cm_cursor_at(zip->content, at, LOCAL_BYTES);
        cm_cursor_skip(&c, 26);
        uint64_t skip = cm_cursor_le16(&c);
        skip += cm_cursor_le16(&c);
        struct cm_cursor data =
                cm_cursor_at(zip->content, at + LOCAL_BYTES + skip, e->packed_bytes);
        int r = cm_cursor_check(&data, "zip member", err);
        if (r == 0)
                *ret = cm_cursor_take(&data, data.len);
        return r;
}

/* `out` has room for one byte more than `size`. */
static int inflate_raw(struct cm_sv packed, char *out, size_t size, struct cm_err *err)
{
        struct inflate_state *state = malloc(sizeof(*state));
        CM_ASSERT(state != NULL);
        isal_inflate_init(state);
        state->crc_flag = ISAL_DEFLATE;
        state->next_in = (uint8_t *)(uintptr_t)packed.ptr;
        state->avail_in = (uint32_t)packed.len;
        state->next_out = (uint8_t *)out;
        /* One byte more than stated, so that a stream that gives more is told from one that ends. */
        state->avail_out = (uint32_t)size + 1;
        int r = isal_inflate(state);
        bool whole = r == ISAL_DECOMP_OK && state->total_out == size &&
                     state->block_state == ISAL_BLOCK_FINISH;
        free(state);
        if (!whole)
                return CM_RAISE(err, CM_E_MALFORMED, "zip member's deflate data is damaged");
        return 0;
}

int cm_zip_read(struct cm_zip *zip, struct cm_arena *arena, const struct cm_zip_entry *e,
                uint64_t bytes_max, struct cm_sv *ret, struct cm_err *err)
{
        struct cm_sv packed = CM_SV("");
        if (!e->is_name_valid)
                return CM_RAISE(err, CM_E_MALFORMED, "zip member's name is not valid");
        if (e->is_encrypted)
                return CM_RAISE(err, CM_E_UNSUPPORTED, "zip member is encrypted");
        if (e->size_bytes > bytes_max || e->size_bytes > zip->inflate_left)
                return CM_RAISE(err, CM_E_LIMIT, "zip member of %llu bytes is over its limit",
                                (unsigned long long)e->size_bytes);
        int r = packed_data(zip, e, &packed, err);
        if (r < 0)
                return r;
        if (e->method == METHOD_STORED) {
                if (e->size_bytes != packed.len)
                        return CM_RAISE(err, CM_E_MALFORMED, "stored zip member has two sizes");
                *ret = packed;
        } else if (e->method == METHOD_DEFLATE) {
                /* deflate cannot do better than 1032 to 1: more is a lie about the size */
                if (packed.len > UINT32_MAX || e->size_bytes >= UINT32_MAX ||
                    e->size_bytes / 1032 > packed.len)
                        return CM_RAISE(err, CM_E_MALFORMED, "zip member's sizes cannot be true");
                char *out = cm_arena_try_alloc(arena, (size_t)e->size_bytes + 1, 1);
                if (out == NULL)
                        return CM_RAISE(err, CM_E_LIMIT,
                                        "zip member of %llu bytes is over the memory limit",
                                        (unsigned long long)e->size_bytes);
                zip->inflate_left -= e->size_bytes; /* also when it turns out damaged */
                r = inflate_raw(packed, out, (size_t)e->size_bytes, err);
                if (r < 0)
                        return r;
                *ret = cm_sv_make(out, (size_t)e->size_bytes);
        } else {
                return CM_RAISE(err, CM_E_UNSUPPORTED, "zip member has compression method %u",
                                (unsigned)e->method);
        }
        uint32_t crc = crc32_gzip_refl(0, (const unsigned char *)ret->ptr, ret->len);
        if (crc != e->crc32)
                return CM_RAISE(err, CM_E_MALFORMED, "zip member's checksum does not match");
        return 0;
}
