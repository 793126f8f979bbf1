/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tar state machine of tar.h. A header block is collected in `block` (it may straddle pieces);
 * extension entries (pax x and g, GNU L and K) are collected in `extra` and applied to the entry
 * that follows. Numbers and text of headers are only read after the checksum held.
 */
#include "codec/tar.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "codec/filecaps.h"

enum {
        BLOCK = 512
};

enum state {
        HEADER,
        EXTRA,
        SPARSE_MAP,
        DATA,
        PADDING,
        ENDED
};

/* What extension entries say about the next entry. */
struct overrides {
        struct cm_buf path;
        struct cm_buf link;
        bool has_path;
        bool has_link;
        bool has_size;
        bool has_uid;
        bool has_gid;
        bool has_mtime;
        bool is_sparse;
        char caps[CM_FILECAPS_BYTES_MAX + 1]; /* one more: too long stays too long */
        size_t caps_len;
        uint64_t size_bytes;
        uint64_t uid;
        uint64_t gid;
        int64_t mtime_s;
};

struct cm_tar {
        enum state state;
        char block[BLOCK];
        size_t block_len;
        struct cm_buf extra; /* data of the extension entry being read */
        char extra_type;
        uint64_t left_bytes;    /* of data, extra or padding */
        uint64_t padding_bytes; /* after the current data */
        bool one_zero_block;
        bool entry_open; /* ENTRY was given, ENTRY_END not yet */
        uint64_t offset;
        uint64_t entries;
        struct overrides next;
        struct cm_buf path_joined; /* prefix + '/' + name */
        struct cm_tar_entry entry;
};

struct cm_tar *cm_tar_new(void)
{
        struct cm_tar *tar = calloc(1, sizeof(*tar));
        CM_ASSERT(tar != NULL);
        cm_buf_init(&tar->extra, CM_TAR_PAX_BYTES_MAX);
        cm_buf_init(&tar->next.path, CM_TAR_PAX_BYTES_MAX);
        cm_buf_init(&tar->next.link, CM_TAR_PAX_BYTES_MAX);
        cm_buf_init(&tar->path_joined, BLOCK);
        return tar;
}

struct cm_tar *cm_tar_free(struct cm_tar *tar)
{
        if (tar == NULL)
                return NULL;
        cm_buf_fini(&tar->extra);
        cm_buf_fini(&tar->next.path);
        cm_buf_fini(&tar->next.link);
        cm_buf_fini(&tar->path_joined);
        free(tar);
        return NULL;
}

void cm_tar_freep(struct cm_tar **tar)
{
        *tar = cm_tar_free(*tar);
}

static struct cm_sv text_field(const char *p, size_t len)
{
        return cm_sv_make(p, strnlen(p, len));
}

/* Octal with blanks around, or base-256 when the top bit is set. */
static bool number_field(const char *p, size_t len, uint64_t *ret)
{
        if ((unsigned char)p[0] & 0x80) {
                if ((unsigned char)p[0] & 0x40)
                        return false; /* negative */
                uint64_t v = (unsigned char)p[0] & 0x3f;
                for (size_t i = 1; i < len; i++) {
                        if (v >> 55 != 0)
                                return false;
                        v = v << 8 | (unsigned char)p[i];
                }
                *ret = v;
                return true;
        }
        struct cm_sv s = cm_sv_trim(text_field(p, len));
        uint64_t v = 0;
        for (size_t i = 0; i < s.len; i++) {
                if (s.ptr[i] < '0' || s.ptr[i] > '7' || v >> 60 != 0)
                        return false;
                v = v << 3 | (uint64_t)(s.ptr[i] - '0');
        }
        *ret = v;
        return true;
}

struct byte_sums {
        uint64_t bytes;
        uint64_t high; /* bytes of 0x80 and more: as signed characters they count 256 less */
};

/* Eight bytes at a time, in lanes that `len` (a multiple of 8, at most 512) cannot overflow. */
static struct byte_sums sums_of(const char *p, size_t len)
{
        const uint64_t low_bytes = UINT64_C(0x00ff00ff00ff00ff);
        const uint64_t low_bits = UINT64_C(0x0101010101010101);
        uint64_t pairs = 0;
        uint64_t high = 0;
        for (size_t i = 0; i < len; i += 8) {
                uint64_t w;
                memcpy(&w, p + i, sizeof(w));
                pairs += (w & low_bytes) + (w >> 8 & low_bytes);
                high += w >> 7 & low_bits;
        }
        struct byte_sums sums = { 0 };
        for (unsigned shift = 0; shift < 64; shift += 16)
                sums.bytes += pairs >> shift & 0xffff;
        for (unsigned shift = 0; shift < 64; shift += 8)
                sums.high += high >> shift & 0xff;
        return sums;
}

/* Some old writers summed signed characters; both sums are accepted, as GNU tar does. */
static bool checksum_holds(const char *block)
{
        uint64_t stated = 0;
        if (!number_field(block + 148, 8, &stated))
                return false;
        struct byte_sums all = sums_of(block, BLOCK);
        struct byte_sums field = sums_of(block + 148, 8);
        uint64_t sum = all.bytes - field.bytes + 8 * ' ';
        return stated == sum ||
               (int64_t)stated == (int64_t)sum - 256 * (int64_t)(all.high - field.high);
}

bool cm_tar_is_header(struct cm_sv block)
{
        return block.len >= BLOCK && block.ptr[0] != '\0' && checksum_holds(block.ptr);
}

static bool is_zero_block(const char *block)
{
        return block[0] == '\0' && memcmp(block, block + 1, BLOCK - 1) == 0;
}

static void set_text(struct cm_buf *buf, bool *has, struct cm_sv value)
{
        cm_buf_clear(buf);
        cm_buf_put_sv(buf, value);
        *has = true;
}

static bool parse_number(struct cm_sv s, uint64_t *ret)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv whole, fraction;
        cm_sv_cut(s, '.', &whole, &fraction); /* "mtime=1.5" */
        return cm_parse_u64(whole, 0, INT64_MAX, ret, &err) == 0;
}

static int pax_record(struct overrides *next, struct cm_sv key, struct cm_sv value,
                      struct cm_err *err)
{
        uint64_t v = 0;
        bool ok = true;
        if (cm_sv_eq(key, CM_SV("path"))) {
                set_text(&next->path, &next->has_path, value);
        } else if (cm_sv_eq(key, CM_SV("GNU.sparse.name"))) {
                set_text(&next->path, &next->has_path, value);
                next->is_sparse = true;
        } else if (cm_sv_eq(key, CM_SV("linkpath"))) {
                set_text(&next->link, &next->has_link, value);
        } else if (cm_sv_eq(key, CM_SV("size"))) {
                ok = parse_number(value, &next->size_bytes);
                next->has_size = true;
        } else if (cm_sv_eq(key, CM_SV("uid"))) {
                ok = parse_number(value, &next->uid);
                next->has_uid = true;
        } else if (cm_sv_eq(key, CM_SV("gid"))) {
                ok = parse_number(value, &next->gid);
                next->has_gid = true;
        } else if (cm_sv_eq(key, CM_SV("mtime"))) {
                if (parse_number(value, &v)) { /* negative times are legal and of no use here */
                        next->mtime_s = (int64_t)v;
                        next->has_mtime = true;
                }
        } else if (cm_sv_eq(key, CM_SV("SCHILY.xattr.security.capability"))) {
                next->caps_len = CM_MIN(value.len, sizeof(next->caps));
                memcpy(next->caps, value.ptr, next->caps_len);
        } else if (cm_sv_has_prefix(key, CM_SV("GNU.sparse."))) {
                next->is_sparse = true;
        }
        if (!ok)
                return CM_RAISE(err, CM_E_MALFORMED, "tar pax record '%.*s' has no valid number",
                                (int)CM_MIN(key.len, (size_t)20), key.ptr);
        return 0;
}

/* "LEN key=value\n" records. */
static int pax_parse(struct overrides *next, struct cm_sv text, struct cm_err *err)
{
        while (text.len > 0) {
                struct cm_sv number, rest, key, value;
                uint64_t len = 0;
                struct cm_err ignored = CM_ERR_INIT;
                if (!cm_sv_cut(text, ' ', &number, &rest) ||
                    cm_parse_u64(number, 1, text.len, &len, &ignored) < 0 || len < number.len + 3 ||
                    text.ptr[len - 1] != '\n')
                        return CM_RAISE(err, CM_E_MALFORMED, "tar pax header has a broken record");
                struct cm_sv record = cm_sv_slice(text, number.len + 1, (size_t)len - 1);
                if (!cm_sv_cut(record, '=', &key, &value))
                        return CM_RAISE(err, CM_E_MALFORMED, "tar pax record has no '='");
                int r = pax_record(next, key, value, err);
                if (r < 0)
                        return r;
                text = cm_sv_skip(text, (size_t)len);
        }
        return 0;
}

static int extra_done(struct cm_tar *tar, struct cm_err *err)
{
        struct cm_sv text = cm_buf_sv(&tar->extra);
        int r = 0;
        if (tar->extra_type == 'x')
                r = pax_parse(&tar->next, text, err);
        else if (tar->extra_type == 'L')
                set_text(&tar->next.path, &tar->next.has_path, text_field(text.ptr, text.len));
        else if (tar->extra_type == 'K')
                set_text(&tar->next.link, &tar->next.has_link, text_field(text.ptr, text.len));
        cm_buf_clear(&tar->extra);
        return r;
}

static enum cm_tar_type type_of(char flag, struct cm_sv path)
{
        switch (flag) {
        case '1':
                return CM_TAR_HARDLINK;
        case '2':
                return CM_TAR_SYMLINK;
        case '3':
                return CM_TAR_CHAR;
        case '4':
                return CM_TAR_BLOCK;
        case '5':
                return CM_TAR_DIR;
        case '6':
                return CM_TAR_FIFO;
        case '\0':
        case '0':
                /* v7 marks directories by a trailing slash only. */
                return cm_sv_has_suffix(path, CM_SV("/")) ? CM_TAR_DIR : CM_TAR_FILE;
        case '7':
        case 'S':
                return CM_TAR_FILE;
        default:
                return CM_TAR_OTHER;
        }
}

static struct cm_sv header_path(struct cm_tar *tar)
{
        struct cm_sv name = text_field(tar->block, 100);
        struct cm_sv prefix = text_field(tar->block + 345, 155);
        /* GNU's old format ("ustar  ") uses the prefix field for other things. */
        if (memcmp(tar->block + 257, "ustar\0", 6) != 0 || prefix.len == 0)
                return name;
        cm_buf_clear(&tar->path_joined);
        cm_buf_put_sv(&tar->path_joined, prefix);
        cm_buf_put_char(&tar->path_joined, '/');
        cm_buf_put_sv(&tar->path_joined, name);
        return cm_buf_sv(&tar->path_joined);
}

/* Hard links and the like may state a size and still have no data; GNU and bsdtar agree. */
static bool has_data(enum cm_tar_type type)
{
        return type == CM_TAR_FILE || type == CM_TAR_OTHER;
}

static int entry_begin(struct cm_tar *tar, uint64_t size, struct cm_err *err)
{
        struct overrides *next = &tar->next;
        struct cm_tar_entry *e = &tar->entry;
        *e = (struct cm_tar_entry){ .is_sparse = next->is_sparse,
                                    .caps = cm_sv_make(next->caps, next->caps_len) };
        uint64_t mode = 0;
        uint64_t mtime = 0;
        if (!number_field(tar->block + 100, 8, &mode) ||
            !number_field(tar->block + 108, 8, &e->uid) ||
            !number_field(tar->block + 116, 8, &e->gid))
                return CM_RAISE(err, CM_E_MALFORMED,
                                "tar header at byte %llu has no valid mode or owner",
                                (unsigned long long)tar->offset - BLOCK);
        if (number_field(tar->block + 136, 12, &mtime))
                e->mtime_s = (int64_t)mtime;
        e->mode = (uint32_t)mode & 07777U;
        e->path = next->has_path ? cm_buf_sv(&next->path) : header_path(tar);
        e->link = next->has_link ? cm_buf_sv(&next->link) : text_field(tar->block + 157, 100);
        e->uid = next->has_uid ? next->uid : e->uid;
        e->gid = next->has_gid ? next->gid : e->gid;
        e->mtime_s = next->has_mtime ? next->mtime_s : e->mtime_s;
        e->type = type_of(tar->block[156], e->path);
        e->is_sparse = e->is_sparse || tar->block[156] == 'S';
        if (next->has_size)
                size = next->size_bytes;
        e->size_bytes = has_data(e->type) ? size : 0;
        if (e->path.len >= CM_TAR_PATH_BYTES_MAX || e->link.len >= CM_TAR_PATH_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "tar entry path of %zu bytes is over limit "
                                "tar_path_bytes_max (%zu)",
                                CM_MAX(e->path.len, e->link.len), CM_TAR_PATH_BYTES_MAX);
        if (++tar->entries > CM_TAR_ENTRIES_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "tar stream is over limit tar_entries_max (%llu)",
                                (unsigned long long)CM_TAR_ENTRIES_MAX);
        tar->left_bytes = e->size_bytes;
        tar->padding_bytes = (BLOCK - e->size_bytes % BLOCK) % BLOCK;
        return 0;
}

static void overrides_clear(struct overrides *next)
{
        struct cm_buf path = next->path;
        struct cm_buf link = next->link;
        *next = (struct overrides){ .path = path, .link = link };
}

/* Works on one whole header block. *ret_event stays NEED_MORE when nothing is to be told. */
static int header_done(struct cm_tar *tar, enum cm_tar_event *ret_event, struct cm_err *err)
{
        tar->block_len = 0;
        if (is_zero_block(tar->block)) {
                if (tar->one_zero_block) {
                        tar->state = ENDED;
                        *ret_event = CM_TAR_END;
                }
                tar->one_zero_block = true;
                return 0;
        }
        unsigned long long at = (unsigned long long)tar->offset - BLOCK;
        if (!checksum_holds(tar->block))
                return CM_RAISE(err, CM_E_MALFORMED, "tar header at byte %llu has a wrong checksum",
                                at);
        tar->one_zero_block = false;
        uint64_t size = 0;
        if (!number_field(tar->block + 124, 12, &size) || size > INT64_MAX - BLOCK)
                return CM_RAISE(err, CM_E_MALFORMED, "tar header at byte %llu has no valid size",
                                at);
        char flag = tar->block[156];
        if (flag == 'x' || flag == 'g' || flag == 'L' || flag == 'K') {
                if (size > CM_TAR_PAX_BYTES_MAX)
                        return CM_RAISE(err, CM_E_LIMIT,
                                        "tar extended header of %llu bytes is over limit "
                                        "tar_pax_bytes_max (%zu)",
                                        (unsigned long long)size, CM_TAR_PAX_BYTES_MAX);
                tar->extra_type = flag;
                tar->left_bytes = size;
                tar->padding_bytes = (BLOCK - size % BLOCK) % BLOCK;
                tar->state = EXTRA;
                return 0;
        }
        int r = entry_begin(tar, size, err);
        if (r < 0)
                return r;
        /* Old GNU sparse maps continue in blocks of their own while this byte is set. */
        tar->state = flag == 'S' && tar->block[482] != '\0' ? SPARSE_MAP : DATA;
        tar->entry_open = true;
        *ret_event = CM_TAR_ENTRY;
        return 0;
}

static bool collect_block(struct cm_tar *tar, struct cm_sv *in)
{
        size_t n = CM_MIN(in->len, BLOCK - tar->block_len);
        memcpy(tar->block + tar->block_len, in->ptr, n);
        tar->block_len += n;
        tar->offset += n;
        *in = cm_sv_skip(*in, n);
        return tar->block_len == BLOCK;
}

static struct cm_sv take(struct cm_tar *tar, struct cm_sv *in, uint64_t *left)
{
        size_t n = (size_t)CM_MIN((uint64_t)in->len, *left);
        struct cm_sv piece = cm_sv_slice(*in, 0, n);
        *in = cm_sv_skip(*in, n);
        *left -= n;
        tar->offset += n;
        return piece;
}

static int step(struct cm_tar *tar, struct cm_sv *in, enum cm_tar_event *ret_event,
                struct cm_sv *ret_data, struct cm_err *err)
{
        switch (tar->state) {
        case HEADER:
                return collect_block(tar, in) ? header_done(tar, ret_event, err) : 0;
        case EXTRA:
                cm_buf_put_sv(&tar->extra, take(tar, in, &tar->left_bytes));
                if (tar->left_bytes > 0)
                        return 0;
                tar->state = PADDING;
                return extra_done(tar, err);
        case SPARSE_MAP:
                if (collect_block(tar, in)) {
                        tar->block_len = 0;
                        if (tar->block[504] == '\0')
                                tar->state = DATA;
                }
                return 0;
        case DATA:
                *ret_data = take(tar, in, &tar->left_bytes);
                if (ret_data->len > 0)
                        *ret_event = CM_TAR_DATA;
                return 0;
        case PADDING:
                (void)take(tar, in, &tar->padding_bytes);
                if (tar->padding_bytes == 0)
                        tar->state = HEADER;
                return 0;
        case ENDED:
                tar->offset += in->len;
                *in = cm_sv_skip(*in, in->len);
                return 0;
        }
        return 0;
}

/* States that go on without taking a byte. */
static bool advance(struct cm_tar *tar, enum cm_tar_event *ret_event)
{
        if (tar->state == DATA && tar->left_bytes == 0) {
                tar->state = tar->padding_bytes > 0 ? PADDING : HEADER;
                tar->entry_open = false;
                overrides_clear(&tar->next);
                *ret_event = CM_TAR_ENTRY_END;
                return true;
        }
        if (tar->state == PADDING && tar->padding_bytes == 0)
                tar->state = HEADER;
        return false;
}

int cm_tar_next(struct cm_tar *tar, struct cm_sv *in, enum cm_tar_event *ret_event,
                const struct cm_tar_entry **ret_entry, struct cm_sv *ret_data, struct cm_err *err)
{
        *ret_event = CM_TAR_NEED_MORE;
        *ret_entry = &tar->entry;
        *ret_data = CM_SV_NULL;
        if (advance(tar, ret_event))
                return 0;
        while (in->len > 0 || (tar->state == EXTRA && tar->left_bytes == 0)) {
                int r = step(tar, in, ret_event, ret_data, err);
                if (r < 0 || *ret_event != CM_TAR_NEED_MORE)
                        return r;
                if (advance(tar, ret_event))
                        return 0;
        }
        return 0;
}

int cm_tar_finish(const struct cm_tar *tar, struct cm_err *err)
{
        if (tar->state == ENDED || (tar->state == HEADER && tar->block_len == 0 && tar->offset > 0))
                return 0;
        return CM_RAISE(err, CM_E_MALFORMED, "tar stream is cut short at byte %llu",
                        (unsigned long long)tar->offset);
}

uint64_t cm_tar_offset(const struct cm_tar *tar)
{
        return tar->offset;
}

void cm_tar_skip_data(struct cm_tar *tar, uint64_t *ret_skip_bytes)
{
        CM_ASSERT(tar->state == DATA);
        *ret_skip_bytes = tar->left_bytes + tar->padding_bytes;
        tar->offset += *ret_skip_bytes;
        tar->left_bytes = 0;
        tar->padding_bytes = 0;
}

int cm_tar_clean_path(struct cm_sv path, char *out, struct cm_sv *ret, struct cm_err *err)
{
        CM_ASSERT(path.len < CM_TAR_PATH_BYTES_MAX);
        if (cm_sv_find_char(path, '\0') >= 0)
                return CM_RAISE(err, CM_E_MALFORMED, "tar entry path holds a NUL byte");
        size_t len = 0;
        size_t at = 0;
        while (at < path.len) {
                size_t end = at;
                while (end < path.len && path.ptr[end] != '/')
                        end++;
                size_t n = end - at;
                const char *component = path.ptr + at;
                if (n == 2 && component[0] == '.' && component[1] == '.')
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "tar entry path holds '..': it could leave the root");
                if (n > 0 && !(n == 1 && component[0] == '.')) {
                        if (len > 0)
                                out[len++] = '/';
                        memcpy(out + len, component, n);
                        len += n;
                }
                at = end + 1;
        }
        *ret = cm_sv_make(out, len);
        return 0;
}
