/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of the rpm cataloger on databases that are made to cost time or memory. */
#include <sqlite3.h>
#include <stdlib.h>

#include "inventory/probe_util.h"
#include "tests/harness.h"

extern const struct cm_cataloger cm_cataloger_rpm;

enum {
        TYPE_INT32 = 4,
        TYPE_STRING = 6,
        TYPE_STRING_ARRAY = 8
};

/* A header that is written piece by piece: index and data grow side by side. */
struct header {
        struct cm_buf index;
        struct cm_buf data;
        uint32_t entries;
};

static void header_init(struct header *h)
{
        h->entries = 0;
        cm_buf_init(&h->index, CM_MIB(64));
        cm_buf_init(&h->data, CM_MIB(64));
}

static void entry(struct header *h, uint32_t tag, uint32_t type, uint32_t count)
{
        cm_buf_put_be32(&h->index, tag);
        cm_buf_put_be32(&h->index, type);
        cm_buf_put_be32(&h->index, (uint32_t)h->data.len);
        cm_buf_put_be32(&h->index, count);
        h->entries++;
}

static void string(struct header *h, uint32_t tag, const char *text)
{
        entry(h, tag, TYPE_STRING, 1);
        cm_buf_put(&h->data, text, strlen(text) + 1);
}

static void header_finish(struct header *h, struct cm_buf *ret)
{
        cm_buf_init(ret, CM_MIB(128));
        cm_buf_put_be32(ret, h->entries);
        cm_buf_put_be32(ret, (uint32_t)h->data.len);
        cm_buf_put_sv(ret, cm_buf_sv(&h->index));
        cm_buf_put_sv(ret, cm_buf_sv(&h->data));
        CM_CHECK(!ret->overflow && !h->index.overflow && !h->data.overflow);
        cm_buf_fini(&h->index);
        cm_buf_fini(&h->data);
}

static void exec(sqlite3 *db, const char *sql)
{
        if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
                cm_test_fail(sql, 0, "%s", sqlite3_errmsg(db));
}

/* What the cataloger says of a database made by `sql`, with `blob` in its table unless NULL. */
static struct cm_sv catalog(struct cm_arena *arena, const char *sql, const struct cm_buf *blob)
{
        sqlite3 *db = NULL;
        CM_CHECK(sqlite3_open(":memory:", &db) == SQLITE_OK);
        exec(db, sql);
        if (blob != NULL) {
                sqlite3_stmt *insert = NULL;
                CM_CHECK(sqlite3_prepare_v2(db, "INSERT INTO Packages(blob) VALUES(?)", -1, &insert,
                                            NULL) == SQLITE_OK);
                sqlite3_bind_blob64(insert, 1, blob->ptr, blob->len, SQLITE_STATIC);
                CM_CHECK(sqlite3_step(insert) == SQLITE_DONE);
                sqlite3_finalize(insert);
        }
        sqlite3_int64 size = 0;
        unsigned char *bytes = sqlite3_serialize(db, "main", &size, 0);
        CM_CHECK(bytes != NULL);
        struct cm_sv text = cm_probe_text(arena, &cm_cataloger_rpm, "var/lib/rpm/rpmdb.sqlite",
                                          cm_sv_make(bytes, (size_t)size));
        sqlite3_free(bytes);
        sqlite3_close(db);
        return text;
}

static const char *const table =
        "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)";

/* Looking the folder's number up in the index for each file is 9 * 10^10 steps here. */
CM_TEST(many_files_and_a_long_index_take_linear_time)
{
        const uint32_t many = 300000;
        struct header h;
        struct cm_buf blob;
        header_init(&h);
        string(&h, 1000, "many");
        string(&h, 1001, "1");
        for (uint32_t i = 0; i < many; i++)
                entry(&h, 1500, TYPE_INT32, 0);
        entry(&h, 1117, TYPE_STRING_ARRAY, many);
        for (uint32_t i = 0; i < many; i++)
                cm_buf_put(&h.data, "f", 2);
        entry(&h, 1118, TYPE_STRING_ARRAY, 1);
        cm_buf_put(&h.data, "/d/", 4);
        entry(&h, 1116, TYPE_INT32, many);
        for (uint32_t i = 0; i < many; i++)
                cm_buf_put_be32(&h.data, 0);
        header_finish(&h, &blob);
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        CM_CHECK_SV(catalog(arena, table, &blob), "many 1\n");
        cm_buf_fini(&blob);
}

/* One folder name of 1 MB that 1000 files use would be 1 GB of paths. */
CM_TEST(long_folder_names_take_no_memory_per_file)
{
        struct header h;
        struct cm_buf blob;
        header_init(&h);
        string(&h, 1000, "long");
        string(&h, 1001, "1");
        entry(&h, 1117, TYPE_STRING_ARRAY, 1000);
        for (uint32_t i = 0; i < 1000; i++)
                cm_buf_put(&h.data, "f", 2);
        entry(&h, 1118, TYPE_STRING_ARRAY, 1);
        for (uint32_t i = 0; i < 1000000; i++)
                cm_buf_put_char(&h.data, 'd');
        cm_buf_put_char(&h.data, '\0');
        entry(&h, 1116, TYPE_INT32, 1000);
        for (uint32_t i = 0; i < 1000; i++)
                cm_buf_put_be32(&h.data, 0);
        header_finish(&h, &blob);
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        CM_CHECK_SV(catalog(arena, table, &blob),
                    "long 1\nunreadable package 'long': files without a valid path\n");
        cm_buf_fini(&blob);
}

CM_TEST(too_many_folders_are_a_limit)
{
        struct header h;
        struct cm_buf blob;
        header_init(&h);
        string(&h, 1000, "dirs");
        string(&h, 1001, "1");
        entry(&h, 1118, TYPE_STRING_ARRAY, 4000000);
        for (uint32_t i = 0; i < 4000000; i++)
                cm_buf_put_char(&h.data, '\0');
        header_finish(&h, &blob);
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        CM_CHECK_SV(catalog(arena, table, &blob),
                    "dirs 1\nunreadable package owns more folders than limit rpm_files_max\n");
        cm_buf_fini(&blob);
}

/* Few bytes on disk must not become many headers: computed columns, tables that are computed. */
CM_TEST(computed_headers_are_refused)
{
        static const char computed_column[] =
                "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, n, blob AS (zeroblob(n)));"
                "INSERT INTO Packages(n) VALUES (60000000)";
        static const char *const schemas[] = {
                computed_column,
                "CREATE TABLE t (x); CREATE VIEW Packages AS SELECT 1 AS hnum, zeroblob(9) AS blob",
                "CREATE VIRTUAL TABLE Packages USING fts5(blob)",
        };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        for (size_t i = 0; i < CM_ARRAY_LEN(schemas); i++)
                CM_CHECK_SV(catalog(arena, schemas[i], NULL), "error malformed");
}
