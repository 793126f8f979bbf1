/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding of layer records; see record.h. */
#include "image/record.h"

#include "base/hash.h"
#include "base/limits.h"

enum {
        OWNED_HASH_BYTES = 6,
        OWNED_GROUP_BYTES_MAX = OWNED_HASH_BYTES * 65536
};

static const uint64_t path_hash_seed = 0x636f616d696e6731U;

uint64_t cm_record_path_hash(struct cm_sv path)
{
        return cm_hash64(path, path_hash_seed) & (UINT64_MAX >> (64 - 8 * OWNED_HASH_BYTES));
}

bool cm_record_owned_hash(struct cm_sv *hashes, uint64_t *ret_hash)
{
        if (hashes->len < OWNED_HASH_BYTES)
                return false;
        struct cm_cursor c = cm_cursor_make(*hashes);
        uint64_t low = cm_cursor_le32(&c);
        *ret_hash = low | (uint64_t)cm_cursor_le16(&c) << 32;
        *hashes = cm_sv_slice(*hashes, OWNED_HASH_BYTES, hashes->len);
        return true;
}

void cm_records_init(struct cm_records *records, size_t bytes_max)
{
        cm_buf_init(&records->buf, bytes_max);
        cm_buf_init(&records->owned_hashes, OWNED_GROUP_BYTES_MAX);
        cm_buf_init(&records->owned_package, CM_NAME_BYTES_MAX);
        records->owned_type = CM_PKG_UNKNOWN;
}

void cm_records_fini(struct cm_records *records)
{
        cm_buf_fini(&records->buf);
        cm_buf_fini(&records->owned_hashes);
        cm_buf_fini(&records->owned_package);
}

static void flush_owned(struct cm_records *records)
{
        if (records->owned_hashes.len == 0)
                return;
        cm_buf_put_u8(&records->buf, CM_RECORD_OWNED);
        cm_buf_put_varint(&records->buf, (uint64_t)records->owned_type);
        cm_buf_put_bytes(&records->buf, cm_buf_sv(&records->owned_package));
        cm_buf_put_bytes(&records->buf, cm_buf_sv(&records->owned_hashes));
        cm_buf_clear(&records->owned_hashes);
}

static void begin(struct cm_records *records, enum cm_record_type type)
{
        flush_owned(records);
        cm_buf_put_u8(&records->buf, (uint8_t)type);
}

void cm_records_put_path(struct cm_records *records, enum cm_record_type type, struct cm_sv path)
{
        begin(records, type);
        cm_buf_put_bytes(&records->buf, path);
}

void cm_records_put_file(struct cm_records *records, struct cm_sv path, uint32_t mode)
{
        cm_records_put_path(records, CM_RECORD_FILE, path);
        cm_buf_put_varint(&records->buf, mode);
}

void cm_records_put_pkg(struct cm_records *records, const struct cm_pkg *pkg)
{
        begin(records, CM_RECORD_PKG);
        struct cm_buf *buf = &records->buf;
        cm_buf_put_varint(buf, (uint64_t)pkg->type);
        cm_buf_put_varint(buf, pkg->flags);
        const struct cm_sv texts[] = { pkg->name,        pkg->version,        pkg->arch,
                                       pkg->source_name, pkg->source_version, pkg->module,
                                       pkg->licence,     pkg->vendor,         pkg->digest,
                                       pkg->inner_path };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                cm_buf_put_bytes(buf, texts[i]);
}

void cm_records_put_os(struct cm_records *records, const struct cm_os_release *os)
{
        begin(records, CM_RECORD_OS);
        struct cm_buf *buf = &records->buf;
        cm_buf_put_varint(buf, os->rank);
        const struct cm_sv texts[] = { os->id,     os->version_id, os->codename,
                                       os->pretty, os->id_like,    os->variant };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                cm_buf_put_bytes(buf, texts[i]);
}

static void add_owned_path(struct cm_records *records, struct cm_sv path)
{
        uint64_t hash = cm_record_path_hash(path);
        cm_buf_put_le32(&records->owned_hashes, (uint32_t)hash);
        cm_buf_put_le16(&records->owned_hashes, (uint16_t)(hash >> 32));
}

void cm_records_put_owned(struct cm_records *records, const struct cm_owned_file *file)
{
        bool same = records->owned_hashes.len > 0 && records->owned_type == file->type &&
                    cm_sv_eq(cm_buf_sv(&records->owned_package), file->package);
        if (!same || records->owned_hashes.len + 64 > OWNED_GROUP_BYTES_MAX) {
                flush_owned(records);
                cm_buf_clear(&records->owned_package);
                cm_buf_put_sv(&records->owned_package,
                              cm_sv_slice(file->package, 0, CM_NAME_BYTES_MAX));
                records->owned_type = file->type;
        }
        add_owned_path(records, file->path);
        /* Package databases may say /lib where a merged-/usr image has usr/lib. */
        static const char *const merged[] = { "bin/", "sbin/", "lib/", "lib64/" };
        for (size_t i = 0; i < CM_ARRAY_LEN(merged); i++) {
                char usr[CM_TAR_PATH_BYTES_MAX];
                if (!cm_sv_has_prefix(file->path, cm_sv_from_cstr(merged[i])) ||
                    file->path.len + 4 > sizeof(usr))
                        continue;
                memcpy(usr, "usr/", 4);
                memcpy(usr + 4, file->path.ptr, file->path.len);
                add_owned_path(records, cm_sv_make(usr, file->path.len + 4));
        }
}

void cm_records_put_unreadable(struct cm_records *records, struct cm_sv path, struct cm_sv by,
                               struct cm_sv reason)
{
        cm_records_put_path(records, CM_RECORD_UNREADABLE, path);
        cm_buf_put_bytes(&records->buf, by);
        cm_buf_put_bytes(&records->buf, reason);
}

void cm_records_put_hash(struct cm_records *records, struct cm_sv path, uint32_t mode,
                         uint64_t size_bytes, const unsigned char digest[32])
{
        cm_records_put_path(records, CM_RECORD_HASH, path);
        cm_buf_put_varint(&records->buf, mode);
        cm_buf_put_varint(&records->buf, size_bytes);
        cm_buf_put(&records->buf, digest, 32);
}

void cm_records_put_link(struct cm_records *records, struct cm_sv path, struct cm_sv target)
{
        cm_records_put_path(records, CM_RECORD_LINK, path);
        cm_buf_put_bytes(&records->buf, target);
}

void cm_records_put_fact(struct cm_records *records, struct cm_sv path, const struct cm_fact *fact)
{
        cm_records_put_path(records, CM_RECORD_FACT, path);
        cm_buf_put_varint(&records->buf, fact->kinds);
        cm_buf_put_varint(&records->buf, (uint64_t)fact->type);
        cm_buf_put_varint(&records->buf, fact->mode);
        cm_buf_put_varint(&records->buf, fact->uid);
        cm_buf_put_varint(&records->buf, fact->gid);
        cm_buf_put_varint(&records->buf, fact->size_bytes);
        cm_buf_put_bytes(&records->buf, fact->caps);
}

void cm_records_put_cut(struct cm_records *records, uint32_t kinds, uint64_t uid)
{
        begin(records, CM_RECORD_CUT);
        cm_buf_put_varint(&records->buf, kinds);
        cm_buf_put_varint(&records->buf, uid);
}

void cm_records_put_account(struct cm_records *records, const struct cm_account *account)
{
        begin(records, CM_RECORD_ACCOUNT);
        cm_buf_put_bytes(&records->buf, account->name);
        cm_buf_put_varint(&records->buf, account->uid);
        cm_buf_put_varint(&records->buf, account->gid);
        cm_buf_put_bytes(&records->buf, account->home);
        cm_buf_put_bytes(&records->buf, account->shell);
        cm_buf_put_varint(&records->buf, (uint64_t)account->password);
}

int cm_records_finish(struct cm_records *records, struct cm_err *err)
{
        flush_owned(records);
        return cm_buf_check(&records->buf, "records of one layer", err);
}

static void read_pkg(struct cm_cursor *c, struct cm_pkg *pkg)
{
        uint64_t type = cm_cursor_varint(c);
        c->failed = c->failed || type >= CM_PKG_TYPE_COUNT;
        pkg->type = c->failed ? CM_PKG_UNKNOWN : (enum cm_pkg_type)type;
        pkg->flags = (uint32_t)cm_cursor_varint(c);
        struct cm_sv *const texts[] = { &pkg->name,        &pkg->version,        &pkg->arch,
                                        &pkg->source_name, &pkg->source_version, &pkg->module,
                                        &pkg->licence,     &pkg->vendor,         &pkg->digest,
                                        &pkg->inner_path };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                *texts[i] = cm_cursor_bytes(c);
}

static void read_os(struct cm_cursor *c, struct cm_os_release *os)
{
        os->rank = (uint32_t)cm_cursor_varint(c);
        struct cm_sv *const texts[] = { &os->id,     &os->version_id, &os->codename,
                                        &os->pretty, &os->id_like,    &os->variant };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                *texts[i] = cm_cursor_bytes(c);
}

static void read_owned(struct cm_cursor *c, struct cm_record *rec)
{
        uint64_t type = cm_cursor_varint(c);
        c->failed = c->failed || type >= CM_PKG_TYPE_COUNT;
        rec->pkg.type = c->failed ? CM_PKG_UNKNOWN : (enum cm_pkg_type)type;
        rec->by = cm_cursor_bytes(c);
        rec->hashes = cm_cursor_bytes(c);
        c->failed = c->failed || rec->hashes.len % OWNED_HASH_BYTES != 0;
}

static void read_fact(struct cm_cursor *c, struct cm_fact *fact)
{
        fact->kinds = (uint32_t)cm_cursor_varint(c);
        uint64_t type = cm_cursor_varint(c);
        c->failed = c->failed || type > CM_TAR_OTHER;
        fact->type = c->failed ? CM_TAR_OTHER : (enum cm_tar_type)type;
        fact->mode = (uint32_t)cm_cursor_varint(c);
        fact->uid = cm_cursor_varint(c);
        fact->gid = cm_cursor_varint(c);
        fact->size_bytes = cm_cursor_varint(c);
        fact->caps = cm_cursor_bytes(c);
}

static void read_account(struct cm_cursor *c, struct cm_account *account)
{
        account->name = cm_cursor_bytes(c);
        account->uid = cm_cursor_varint(c);
        account->gid = cm_cursor_varint(c);
        account->home = cm_cursor_bytes(c);
        account->shell = cm_cursor_bytes(c);
        uint64_t password = cm_cursor_varint(c);
        c->failed = c->failed || password >= CM_PASSWORD_COUNT;
        account->password = c->failed ? CM_PASSWORD_SET : (enum cm_password)password;
}

static void read_path_record(struct cm_cursor *c, struct cm_record *rec)
{
        rec->path = cm_cursor_bytes(c);
        if (rec->type == CM_RECORD_FILE || rec->type == CM_RECORD_HASH)
                rec->mode = (uint32_t)cm_cursor_varint(c);
        if (rec->type == CM_RECORD_HASH) {
                rec->size_bytes = cm_cursor_varint(c);
                rec->text = cm_cursor_take(c, 32);
        } else if (rec->type == CM_RECORD_UNREADABLE) {
                rec->by = cm_cursor_bytes(c);
                rec->text = cm_cursor_bytes(c);
        } else if (rec->type == CM_RECORD_LINK) {
                rec->text = cm_cursor_bytes(c);
        } else if (rec->type == CM_RECORD_FACT) {
                read_fact(c, &rec->fact);
        }
}

int cm_record_next(struct cm_cursor *c, struct cm_record *ret, struct cm_err *err)
{
        if (c->len == 0 && !c->failed)
                return 1;
        struct cm_record rec = { 0 };
        uint8_t type = cm_cursor_u8(c);
        if (type < CM_RECORD_FILE || type > CM_RECORD_REPLACED_TREE)
                return CM_RAISE(err, CM_E_MALFORMED, "layer record at byte %zu has no known type",
                                c->offset);
        rec.type = (enum cm_record_type)type;
        if (rec.type == CM_RECORD_PKG)
                read_pkg(c, &rec.pkg);
        else if (rec.type == CM_RECORD_OS)
                read_os(c, &rec.os);
        else if (rec.type == CM_RECORD_OWNED)
                read_owned(c, &rec);
        else if (rec.type == CM_RECORD_ACCOUNT)
                read_account(c, &rec.account);
        else if (rec.type == CM_RECORD_CUT) {
                rec.fact.kinds = (uint32_t)cm_cursor_varint(c);
                rec.fact.uid = cm_cursor_varint(c);
        } else
                read_path_record(c, &rec);
        int r = cm_cursor_check(c, "layer record", err);
        if (r < 0)
                return r;
        *ret = rec;
        return 0;
}

int cm_records_condense(struct cm_sv records, size_t bytes_max, struct cm_records *ret,
                        struct cm_err *err)
{
        cm_records_init(ret, bytes_max);
        struct cm_cursor c = cm_cursor_make(records);
        struct cm_record rec;
        int r = 0;
        while ((r = cm_record_next(&c, &rec, err)) == 0)
                if (cm_record_is_entry(&rec))
                        cm_records_put_file(ret, rec.path, 0);
        if (r > 0 && ret->buf.len == 0)
                cm_records_put_path(ret, CM_RECORD_OPAQUE, CM_SV("\x01"));
        return r < 0 ? r : cm_records_finish(ret, err);
}
