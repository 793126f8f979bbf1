/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reader of db.h over LMDB. LMDB itself trusts the pages of its file; what can be checked in a
 * constant number of reads is checked before it sees them (meta pages, sizes), and every value goes
 * through db_decode.c. Databases from elsewhere are taken by digest or signature
 * (docs/threat-model.md).
 */
#include "advisory/db.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "advisory/db_decode.h"
#include "advisory/db_format.h"
#include "base/vec.h"

struct cm_db {
        MDB_env *env;
        MDB_txn *txn;
        MDB_dbi dbi;
        struct cm_db_tables tables;
        struct cm_db_info info;
};

struct cm_db *cm_db_close(struct cm_db *db)
{
        if (db == NULL)
                return NULL;
        if (db->txn != NULL)
                mdb_txn_abort(db->txn);
        if (db->env != NULL)
                mdb_env_close(db->env);
        free(db);
        return NULL;
}

void cm_db_closep(struct cm_db **db)
{
        *db = cm_db_close(*db);
}

static int lmdb_failed(int rc, const char *what, struct cm_err *err)
{
        if (rc == MDB_VERSION_MISMATCH)
                return CM_RAISE(err, CM_E_UNSUPPORTED, "%s: %s", what, mdb_strerror(rc));
        if (rc == ENOENT)
                return CM_RAISE(err, CM_E_NOT_FOUND, "%s: %s", what, mdb_strerror(rc));
        if (rc > 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, rc, "%s", what);
        return CM_RAISE(err, CM_E_MALFORMED, "%s: %s", what, mdb_strerror(rc));
}

enum {
        PAGE_BYTES = 4096,
        PAGE_HEAD_BYTES = 16,
        PAGE_FLAG_META = 8,
        META_ROOTS_BYTES = 96,
        LMDB_VERSION = 1
};
#define LMDB_MAGIC 0xBEEFC0DEU

/* One meta page: our own page size, and no more pages than the file has. */
static bool meta_is_sane(struct cm_sv page, uint64_t file_bytes)
{
        struct cm_cursor c = cm_cursor_make(page);
        cm_cursor_skip(&c, 10);
        uint16_t flags = cm_cursor_le16(&c);
        cm_cursor_skip(&c, 4);
        uint32_t magic = cm_cursor_le32(&c);
        uint32_t version = cm_cursor_le32(&c);
        cm_cursor_skip(&c, 16);
        struct cm_cursor roots = c;
        uint32_t page_bytes = cm_cursor_le32(&roots);
        cm_cursor_skip(&c, META_ROOTS_BYTES / 2);
        cm_cursor_skip(&c, META_ROOTS_BYTES / 2 - 8);
        uint64_t root = cm_cursor_le64(&c);
        uint64_t last = cm_cursor_le64(&c);
        uint64_t pages = file_bytes / PAGE_BYTES;
        if (c.failed || (flags & PAGE_FLAG_META) == 0 || magic != LMDB_MAGIC ||
            version != LMDB_VERSION || page_bytes != PAGE_BYTES)
                return false;
        return last < pages && (root == UINT64_MAX || root < pages);
}

static int check_file(const char *path, uint64_t *ret_bytes, struct cm_err *err)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, errno == ENOENT ? CM_E_NOT_FOUND : CM_E_IO, errno,
                                      "could not open advisory database");
        char pages[2 * PAGE_BYTES];
        struct stat st = { 0 };
        bool fits = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
                    pread(fd, pages, sizeof(pages), 0) == (ssize_t)sizeof(pages);
        close(fd);
        if (!fits)
                return CM_RAISE(err, CM_E_MALFORMED, "file is not an advisory database of coaming");
        uint64_t bytes = (uint64_t)st.st_size;
        if (!meta_is_sane(cm_sv_make(pages, PAGE_BYTES), bytes) ||
            !meta_is_sane(cm_sv_make(pages + PAGE_BYTES, PAGE_BYTES), bytes))
                return CM_RAISE(err, CM_E_MALFORMED,
                                "file is not an advisory database of coaming, or is cut short");
        *ret_bytes = bytes;
        return 0;
}

/* Returns: 1 found, 0 not there. */
static int get(const struct cm_db *db, struct cm_sv key, struct cm_sv *ret, struct cm_err *err)
{
        if (key.len > CM_DB_KEY_BYTES_MAX)
                return 0; /* the builder refuses such names */
        MDB_val k = { .mv_size = key.len, .mv_data = (void *)(uintptr_t)key.ptr };
        MDB_val v = { 0 };
        int rc = mdb_get(db->txn, db->dbi, &k, &v);
        if (rc == MDB_NOTFOUND)
                return 0;
        if (rc != 0)
                return lmdb_failed(rc, "reading advisory database", err);
        *ret = cm_sv_make(v.mv_data, v.mv_size);
        return 1;
}

static int get_table(const struct cm_db *db, char key, struct cm_sv *ret, struct cm_err *err)
{
        int r = get(db, cm_sv_make(&key, 1), ret, err);
        if (r == 0)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "advisory database is damaged: table '%c' is missing", key);
        return r < 0 ? r : 0;
}

static int load_tables(struct cm_db *db, struct cm_err *err)
{
        struct cm_sv info = CM_SV_NULL;
        struct cm_db_tables *t = &db->tables;
        int r = get_table(db, CM_DB_KEY_INFO, &info, err);
        if (r == 0)
                r = cm_db_decode_info(info, &db->info, err);
        if (r == 0)
                r = get_table(db, CM_DB_KEY_STRINGS, &t->strings, err);
        if (r == 0)
                r = get_table(db, CM_DB_KEY_ADVISORIES, &t->advisories, err);
        if (r == 0)
                r = get_table(db, CM_DB_KEY_OFFSETS, &t->offsets, err);
        if (r == 0)
                r = get_table(db, CM_DB_KEY_SPACES, &t->spaces, err);
        if (r == 0 && db->info.advisory_count != t->offsets.len / 4 - (t->offsets.len >= 4))
                return CM_RAISE(err, CM_E_MALFORMED, "advisory database is damaged: counts differ");
        return r;
}

static int open_env(struct cm_db *db, const char *path, uint64_t bytes, struct cm_err *err)
{
        int rc = mdb_env_create(&db->env);
        if (rc == 0)
                rc = mdb_env_set_mapsize(db->env, (size_t)bytes);
        if (rc == 0)
                rc = mdb_env_open(db->env, path, MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS,
                                  0);
        if (rc == 0)
                rc = mdb_txn_begin(db->env, NULL, MDB_RDONLY, &db->txn);
        if (rc == 0)
                rc = mdb_dbi_open(db->txn, NULL, 0, &db->dbi);
        return rc == 0 ? 0 : lmdb_failed(rc, "could not open advisory database", err);
}

int cm_db_open(const char *path, struct cm_db **ret, struct cm_err *err)
{
        struct cm_db *db CM_CLEANUP(cm_db_closep)
        = calloc(1, sizeof(*db));
        CM_ASSERT(db != NULL);
        uint64_t bytes = 0;
        int r = check_file(path, &bytes, err);
        if (r == 0)
                r = open_env(db, path, bytes, err);
        if (r == 0)
                r = load_tables(db, err);
        if (r < 0)
                return cm_err_context(err, "'%s'", path);
        *ret = CM_TAKE(db);
        return 0;
}

const struct cm_db_info *cm_db_info(const struct cm_db *db)
{
        return &db->info;
}

/* A key of one or two parts: letter, part, NUL, part. False when it cannot be one. */
static bool make_key(char letter, struct cm_sv a, const struct cm_sv *b,
                     char key[CM_DB_KEY_BYTES_MAX], struct cm_sv *ret)
{
        size_t len = 1 + a.len + (b == NULL ? 0 : 1 + b->len);
        if (a.len > CM_DB_KEY_BYTES_MAX || (b != NULL && b->len > CM_DB_KEY_BYTES_MAX) ||
            len > CM_DB_KEY_BYTES_MAX)
                return false;
        key[0] = letter;
        if (a.len > 0)
                memcpy(key + 1, a.ptr, a.len);
        if (b != NULL) {
                key[1 + a.len] = '\0';
                if (b->len > 0)
                        memcpy(key + 2 + a.len, b->ptr, b->len);
        }
        *ret = cm_sv_make(key, len);
        return true;
}

int cm_db_lookup(const struct cm_db *db, struct cm_arena *arena, struct cm_sv space,
                 struct cm_sv name, const struct cm_affected **ret, size_t *ret_count,
                 struct cm_err *err)
{
        char bytes[CM_DB_KEY_BYTES_MAX];
        struct cm_sv key = CM_SV_NULL;
        struct cm_sv value = CM_SV_NULL;
        *ret = NULL;
        *ret_count = 0;
        if (!make_key(CM_DB_KEY_PACKAGE, space, &name, bytes, &key))
                return 0;
        int r = get(db, key, &value, err);
        if (r <= 0)
                return r;
        return cm_db_decode_statements(&db->tables, arena, value, ret, ret_count, err);
}

int cm_db_advisory(const struct cm_db *db, struct cm_arena *arena, uint32_t index,
                   struct cm_advisory *ret, struct cm_err *err)
{
        struct cm_db_advisory_record record;
        int r = cm_db_decode_advisory(&db->tables, arena, index, &record, err);
        if (r == 0)
                *ret = record.advisory;
        return r;
}

int cm_db_find_id(const struct cm_db *db, struct cm_arena *arena, struct cm_sv id,
                  const uint32_t **ret, size_t *ret_count, struct cm_err *err)
{
        char bytes[CM_DB_KEY_BYTES_MAX];
        struct cm_sv key = CM_SV_NULL;
        struct cm_sv value = CM_SV_NULL;
        *ret = NULL;
        *ret_count = 0;
        if (!make_key(CM_DB_KEY_ID, id, NULL, bytes, &key))
                return 0;
        int r = get(db, key, &value, err);
        if (r <= 0)
                return r;
        return cm_db_decode_ids(arena, value, ret, ret_count, err);
}

int cm_db_packages_of(const struct cm_db *db, struct cm_arena *arena, uint32_t index,
                      const struct cm_db_package **ret, size_t *ret_count, struct cm_err *err)
{
        struct cm_db_advisory_record record;
        const struct cm_db_space *spaces = NULL;
        size_t space_count = 0;
        CM_VEC(struct cm_db_package) found = { 0 };
        int r = cm_db_decode_advisory(&db->tables, arena, index, &record, err);
        if (r == 0)
                r = cm_db_decode_spaces(arena, db->tables.spaces, &spaces, &space_count, err);
        for (size_t i = 0; r == 0 && i < record.package_count; i++) {
                const struct cm_db_package_ref *p = &record.packages[i];
                if (p->space >= space_count)
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "advisory database is damaged: number of a space");
                struct cm_sv space = spaces[p->space].space;
                const struct cm_affected *list = NULL;
                size_t n = 0;
                r = cm_db_lookup(db, arena, space, p->name, &list, &n, err);
                for (size_t k = 0; r == 0 && k < n; k++)
                        if (list[k].advisory_index == index)
                                *CM_VEC_PUSH(arena, &found) =
                                        (struct cm_db_package){ space, p->name, list[k] };
        }
        if (r < 0)
                return r;
        *ret = found.items;
        *ret_count = found.count;
        return 0;
}

int cm_db_cve(const struct cm_db *db, struct cm_sv cve, struct cm_cve_facts *ret,
              struct cm_err *err)
{
        char bytes[CM_DB_KEY_BYTES_MAX];
        struct cm_sv key = CM_SV_NULL;
        struct cm_sv value = CM_SV_NULL;
        if (!make_key(CM_DB_KEY_CVE, cve, NULL, bytes, &key))
                return 0;
        int r = get(db, key, &value, err);
        if (r <= 0)
                return r;
        r = cm_db_decode_cve(value, ret, err);
        return r < 0 ? r : 1;
}

int cm_db_eol(const struct cm_db *db, struct cm_arena *arena, struct cm_sv product,
              struct cm_sv cycle, struct cm_eol *ret, struct cm_err *err)
{
        char bytes[CM_DB_KEY_BYTES_MAX];
        struct cm_sv key = CM_SV_NULL;
        struct cm_sv value = CM_SV_NULL;
        if (!make_key(CM_DB_KEY_EOL, product, &cycle, bytes, &key))
                return 0;
        int r = get(db, key, &value, err);
        if (r <= 0)
                return r;
        r = cm_db_decode_eol(value, ret, err);
        if (r < 0)
                return r;
        ret->product = cm_sv_dup(arena, product);
        ret->cycle = cm_sv_dup(arena, cycle);
        return 1;
}

int cm_db_spaces(const struct cm_db *db, struct cm_arena *arena, const struct cm_db_space **ret,
                 size_t *ret_count, struct cm_err *err)
{
        return cm_db_decode_spaces(arena, db->tables.spaces, ret, ret_count, err);
}

int cm_db_space(const struct cm_db *db, struct cm_sv space, struct cm_db_space *ret,
                struct cm_err *err)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        const struct cm_db_space *list = NULL;
        size_t n = 0;
        int r = cm_db_decode_spaces(arena, db->tables.spaces, &list, &n, err);
        for (size_t i = 0; r == 0 && i < n; i++) {
                if (cm_sv_eq(list[i].space, space)) {
                        *ret = list[i];
                        return 1;
                }
        }
        return r;
}

int cm_db_sources(const struct cm_db *db, struct cm_arena *arena, const struct cm_adv_source **ret,
                  size_t *ret_count, struct cm_err *err)
{
        struct cm_sv value = CM_SV_NULL;
        int r = get_table(db, CM_DB_KEY_SOURCES, &value, err);
        return r < 0 ? r : cm_db_decode_sources(arena, value, ret, ret_count, err);
}
