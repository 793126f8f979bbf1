/* SPDX-License-Identifier: Apache-2.0 */
/* See zip_store.h. */
#include "codec/zip_store.h"

#include <isa-l/crc.h>

enum {
        VERSION = 20,         /* 2.0: directories and stored members */
        DATE = 1 << 5 | 1,    /* 1980-01-01, the first that the format knows */
        MEMBERS_MAX = 0xfffe, /* 0xffff means zip64 */
        DIRECTORY_BYTES_MAX = 64 << 20
};

void cm_zip_store_init(struct cm_zip_store *zip, struct cm_buf *out)
{
        CM_ASSERT(out->len == 0);
        *zip = (struct cm_zip_store){ .out = out };
        cm_buf_init(&zip->directory, DIRECTORY_BYTES_MAX);
}

void cm_zip_store_fini(struct cm_zip_store *zip)
{
        cm_buf_fini(&zip->directory);
}

/* The fields that a local header and a directory entry have in common. */
static void put_common(struct cm_buf *to, struct cm_sv name, struct cm_sv content)
{
        cm_buf_put_le16(to, VERSION);
        cm_buf_put_le16(to, 0); /* flags */
        cm_buf_put_le16(to, 0); /* stored */
        cm_buf_put_le16(to, 0); /* time */
        cm_buf_put_le16(to, DATE);
        cm_buf_put_le32(to, crc32_gzip_refl(0, (const unsigned char *)content.ptr, content.len));
        cm_buf_put_le32(to, (uint32_t)content.len);
        cm_buf_put_le32(to, (uint32_t)content.len);
        cm_buf_put_le16(to, (uint16_t)name.len);
        cm_buf_put_le16(to, 0); /* extra */
}

void cm_zip_store_add(struct cm_zip_store *zip, struct cm_sv name, struct cm_sv content)
{
        CM_ASSERT(name.len > 0 && name.len < UINT16_MAX);
        uint32_t at = (uint32_t)zip->out->len;
        cm_buf_put_str(zip->out, "PK\3\4");
        put_common(zip->out, name, content);
        cm_buf_put_sv(zip->out, name);
        cm_buf_put_sv(zip->out, content);
        cm_buf_put_str(&zip->directory, "PK\1\2");
        cm_buf_put_le16(&zip->directory, VERSION);
        put_common(&zip->directory, name, content);
        cm_buf_put_le16(&zip->directory, 0); /* comment */
        cm_buf_put_le16(&zip->directory, 0); /* disk */
        cm_buf_put_le16(&zip->directory, 0); /* attributes inside */
        cm_buf_put_le32(&zip->directory, 0); /* attributes outside */
        cm_buf_put_le32(&zip->directory, at);
        cm_buf_put_sv(&zip->directory, name);
        zip->count++;
}

int cm_zip_store_end(struct cm_zip_store *zip, struct cm_err *err)
{
        uint64_t at = zip->out->len;
        uint64_t bytes = zip->directory.len;
        if (zip->count > MEMBERS_MAX || at + bytes >= UINT32_MAX || zip->directory.overflow)
                return CM_RAISE(err, CM_E_LIMIT, "archive is too large: %zu members, %llu bytes",
                                zip->count, (unsigned long long)(at + bytes));
        cm_buf_put_sv(zip->out, cm_buf_sv(&zip->directory));
        cm_buf_put_str(zip->out, "PK\5\6");
        cm_buf_put_le32(zip->out, 0); /* disks */
        cm_buf_put_le16(zip->out, (uint16_t)zip->count);
        cm_buf_put_le16(zip->out, (uint16_t)zip->count);
        cm_buf_put_le32(zip->out, (uint32_t)bytes);
        cm_buf_put_le32(zip->out, (uint32_t)at);
        cm_buf_put_le16(zip->out, 0); /* comment */
        return cm_buf_check(zip->out, "archive", err);
}
