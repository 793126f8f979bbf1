/* SPDX-License-Identifier: Apache-2.0 */
/* A writer of small zip files for tests, which also writes what no honest writer would. */
#pragma once

#include <isa-l/crc.h>

#include "base/buf.h"

struct cm_zip_writer {
        struct cm_buf members;
        struct cm_buf directory;
        unsigned count;
};

struct cm_zip_member {
        const char *name;
        struct cm_sv data;  /* as stored: packed when method is 8 */
        struct cm_sv plain; /* what the checksum is of; NULL = data */
        uint16_t method;
        uint16_t flags;
        uint32_t size_bytes; /* stated; 0 = length of what is plain */
        uint32_t wrong_crc;  /* bits to flip */
        bool at_first;       /* the directory points at the first member again */
        uint16_t unix_mode;  /* 0: another system made it */
};

static inline void cm_zip_writer_init(struct cm_zip_writer *w)
{
        *w = (struct cm_zip_writer){ .count = 0 };
        cm_buf_init(&w->members, CM_MIB(64));
        cm_buf_init(&w->directory, CM_MIB(64));
}

static inline void cm_zip_writer_fini(struct cm_zip_writer *w)
{
        cm_buf_fini(&w->members);
        cm_buf_fini(&w->directory);
}

/* The fields that a local header and a directory entry have in common. */
static inline void cm_zip_put_common(struct cm_buf *to, const struct cm_zip_member *m)
{
        struct cm_sv plain = m->plain.ptr != NULL ? m->plain : m->data;
        cm_buf_put_le16(to, 20);
        cm_buf_put_le16(to, m->flags);
        cm_buf_put_le16(to, m->method);
        cm_buf_put_le32(to, 0);
        cm_buf_put_le32(to, crc32_gzip_refl(0, (const unsigned char *)plain.ptr, plain.len) ^
                                    m->wrong_crc);
        cm_buf_put_le32(to, (uint32_t)m->data.len);
        cm_buf_put_le32(to, m->size_bytes > 0 ? m->size_bytes : (uint32_t)plain.len);
        cm_buf_put_le16(to, (uint16_t)cm_sv_from_cstr(m->name).len);
        cm_buf_put_le16(to, 0);
}

static inline void cm_zip_add(struct cm_zip_writer *w, const struct cm_zip_member *m)
{
        uint32_t at = m->at_first ? 0 : (uint32_t)w->members.len;
        if (!m->at_first) {
                cm_buf_put_str(&w->members, "PK\3\4");
                cm_zip_put_common(&w->members, m);
                cm_buf_put_str(&w->members, m->name);
                cm_buf_put_sv(&w->members, m->data);
        }
        cm_buf_put_str(&w->directory, "PK\1\2");
        cm_buf_put_le16(&w->directory, m->unix_mode != 0 ? 20 | 3 << 8 : 20);
        cm_zip_put_common(&w->directory, m);
        cm_buf_put_le32(&w->directory, 0);
        cm_buf_put_le32(&w->directory, 0);
        cm_buf_put_le16(&w->directory, m->unix_mode);
        cm_buf_put_le32(&w->directory, at);
        cm_buf_put_str(&w->directory, m->name);
        w->count++;
}

/* The whole archive behind `prefix`, with a zip64 end record if asked for. */
static inline struct cm_sv cm_zip_finish(struct cm_zip_writer *w, struct cm_arena *arena,
                                         const char *prefix, bool zip64, const char *comment)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_MIB(64));
        cm_buf_put_str(&out, prefix);
        cm_buf_put_sv(&out, cm_buf_sv(&w->members));
        cm_buf_put_sv(&out, cm_buf_sv(&w->directory));
        if (zip64) {
                uint64_t at = w->members.len + w->directory.len;
                cm_buf_put_str(&out, "PK\6\6");
                cm_buf_put_le64(&out, 44);
                cm_buf_put_le32(&out, 45 | 45 << 16);
                cm_buf_put_le64(&out, 0);
                cm_buf_put_le64(&out, w->count);
                cm_buf_put_le64(&out, w->count);
                cm_buf_put_le64(&out, w->directory.len);
                cm_buf_put_le64(&out, w->members.len);
                cm_buf_put_str(&out, "PK\6\7");
                cm_buf_put_le32(&out, 0);
                cm_buf_put_le64(&out, at);
                cm_buf_put_le32(&out, 1);
        }
        cm_buf_put_str(&out, "PK\5\6");
        cm_buf_put_le32(&out, 0);
        cm_buf_put_le16(&out, zip64 ? 0xffff : (uint16_t)w->count);
        cm_buf_put_le16(&out, zip64 ? 0xffff : (uint16_t)w->count);
        cm_buf_put_le32(&out, zip64 ? 0xffffffff : (uint32_t)w->directory.len);
        cm_buf_put_le32(&out, zip64 ? 0xffffffff : (uint32_t)w->members.len);
        cm_buf_put_le16(&out, (uint16_t)cm_sv_from_cstr(comment).len);
        cm_buf_put_str(&out, comment);
        return cm_sv_dup(arena, cm_buf_sv(&out));
}
