/* SPDX-License-Identifier: Apache-2.0 */
/* See history.h. */
#include "store/history.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/vec.h"

enum {
        SCHEMA_VERSION = 1,
        APPLICATION_ID = 0x434d4869, /* "CMHi" */
        BUSY_MS = 10000
};

/* Of the table of runs, from `unknown` on. */
static const enum cm_check_state columns[] = { CM_CHECK_UNKNOWN,        CM_CHECK_FAIL,
                                               CM_CHECK_WAIVED,         CM_CHECK_MANUAL,
                                               CM_CHECK_NOT_APPLICABLE, CM_CHECK_PASS };

struct cm_history {
        sqlite3 *db;
};

static const char schema_text[] =
        "CREATE TABLE run (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,"
        " tool TEXT NOT NULL, framework TEXT NOT NULL, check_set TEXT NOT NULL,"
        " unknown INTEGER NOT NULL, fail INTEGER NOT NULL, waived INTEGER NOT NULL,"
        " manual INTEGER NOT NULL, not_applicable INTEGER NOT NULL, pass INTEGER NOT NULL) STRICT;"
        "CREATE TABLE looked (run INTEGER NOT NULL REFERENCES run, check_id TEXT NOT NULL,"
        " PRIMARY KEY (run, check_id)) STRICT, WITHOUT ROWID;"
        "CREATE TABLE item (run INTEGER NOT NULL REFERENCES run, position INTEGER NOT NULL,"
        " fingerprint TEXT NOT NULL, check_id TEXT NOT NULL, state TEXT NOT NULL,"
        " severity TEXT NOT NULL, document TEXT NOT NULL, kind TEXT NOT NULL,"
        " grp TEXT NOT NULL, name TEXT NOT NULL, message TEXT NOT NULL,"
        " PRIMARY KEY (run, position)) STRICT, WITHOUT ROWID;"
        "CREATE INDEX item_fingerprint ON item (fingerprint, run);"
        "PRAGMA application_id = 1129138281; PRAGMA user_version = 1;";

static int fail(struct cm_history *h, const char *what, struct cm_err *err)
{
        int code = sqlite3_errcode(h->db) & 0xff;
        bool damaged = code == SQLITE_NOTADB || code == SQLITE_CORRUPT;
        return CM_RAISE(err, damaged ? CM_E_MALFORMED : CM_E_IO, "could not %s the history: %s",
                        what, sqlite3_errmsg(h->db));
}

static int execute(struct cm_history *h, const char *sql, const char *what, struct cm_err *err)
{
        return sqlite3_exec(h->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(h, what, err);
}

static int64_t pragma(struct cm_history *h, const char *sql)
{
        sqlite3_stmt *s = NULL;
        int64_t value = -1;
        if (sqlite3_prepare_v2(h->db, sql, -1, &s, NULL) == SQLITE_OK &&
            sqlite3_step(s) == SQLITE_ROW)
                value = sqlite3_column_int64(s, 0);
        sqlite3_finalize(s);
        return value;
}

/* The file may come from somebody else: nothing in it is run, and it must be what it claims. */
static int prepare(struct cm_history *h, struct cm_err *err)
{
        _Static_assert(APPLICATION_ID == 1129138281, "as in schema_text");
        sqlite3_busy_timeout(h->db, BUSY_MS);
        sqlite3_limit(h->db, SQLITE_LIMIT_ATTACHED, 0);
        sqlite3_db_config(h->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(h->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        sqlite3_db_config(h->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
        sqlite3_db_config(h->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
        int r = execute(h,
                        "PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; BEGIN IMMEDIATE",
                        "open", err);
        if (r < 0)
                return r;
        int64_t id = pragma(h, "PRAGMA application_id");
        int64_t version = pragma(h, "PRAGMA user_version");
        int64_t tables = pragma(h, "SELECT count(*) FROM sqlite_master");
        if (id == 0 && version == 0 && tables == 0)
                r = execute(h, schema_text, "make", err);
        else if (id != APPLICATION_ID)
                r = CM_RAISE(err, CM_E_MALFORMED, "the file is no history");
        else if (version != SCHEMA_VERSION)
                r = CM_RAISE(err, CM_E_MALFORMED,
                             "the history has version %lld, this program knows %d",
                             (long long)version, SCHEMA_VERSION);
        struct cm_err ignored = CM_ERR_INIT;
        if (r < 0)
                CM_IGNORE(execute(h, "ROLLBACK", "close", &ignored));
        return r < 0 ? r : execute(h, "COMMIT", "make", err);
}

int cm_history_open(const char *path, bool may_create, struct cm_history **ret, struct cm_err *err)
{
        struct cm_history *h = calloc(1, sizeof(*h));
        CM_ASSERT(h != NULL);
        if (!may_create && access(path, F_OK) != 0) {
                free(h);
                return CM_RAISE(err, CM_E_USAGE, "there is no history '%.200s'", path);
        }
        int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
        int r = sqlite3_open_v2(path, &h->db, flags, NULL) == SQLITE_OK ? prepare(h, err)
                                                                        : fail(h, "open", err);
        if (r < 0) {
                cm_history_close(h);
                return cm_err_context(err, "'%.200s'", path);
        }
        *ret = h;
        return 0;
}

struct cm_history *cm_history_close(struct cm_history *h)
{
        if (h != NULL)
                sqlite3_close(h->db);
        free(h);
        return NULL;
}

void cm_history_closep(struct cm_history **h)
{
        *h = cm_history_close(*h);
}

static void bind(sqlite3_stmt *s, int at, struct cm_sv text)
{
        sqlite3_bind_text(s, at, text.len > 0 ? text.ptr : "", (int)text.len, SQLITE_TRANSIENT);
}

static int prepare_sql(struct cm_history *h, const char *sql, sqlite3_stmt **ret,
                       struct cm_err *err)
{
        return sqlite3_prepare_v2(h->db, sql, -1, ret, NULL) == SQLITE_OK ? 0
                                                                          : fail(h, "read", err);
}

static int add_run(struct cm_history *h, const struct cm_check_record *r, uint64_t *ret,
                   struct cm_err *err)
{
        sqlite3_stmt *s = NULL;
        int result = prepare_sql(h, "INSERT INTO run VALUES (NULL,?,?,?,?,?,?,?,?,?,?)", &s, err);
        if (result < 0)
                return result;
        sqlite3_bind_int64(s, 1, r->at_s);
        bind(s, 2, r->tool);
        bind(s, 3, r->framework);
        bind(s, 4, r->check_set);
        for (size_t i = 0; i < CM_ARRAY_LEN(columns); i++)
                sqlite3_bind_int64(s, 5 + (int)i, (sqlite3_int64)r->totals[columns[i]]);
        if (sqlite3_step(s) != SQLITE_DONE)
                result = fail(h, "write", err);
        sqlite3_finalize(s);
        *ret = (uint64_t)sqlite3_last_insert_rowid(h->db);
        return result;
}

static int add_looked(struct cm_history *h, const struct cm_check_record *r, uint64_t number,
                      struct cm_err *err)
{
        sqlite3_stmt *s = NULL;
        int result = prepare_sql(h, "INSERT OR IGNORE INTO looked VALUES (?,?)", &s, err);
        for (size_t i = 0; i < r->looked_count && result == 0; i++) {
                sqlite3_bind_int64(s, 1, (sqlite3_int64)number);
                bind(s, 2, r->looked[i]);
                if (sqlite3_step(s) != SQLITE_DONE)
                        result = fail(h, "write", err);
                sqlite3_reset(s);
        }
        sqlite3_finalize(s);
        return result;
}

static int add_items(struct cm_history *h, const struct cm_check_record *r, uint64_t number,
                     struct cm_err *err)
{
        sqlite3_stmt *s = NULL;
        int result = prepare_sql(h, "INSERT INTO item VALUES (?,?,?,?,?,?,?,?,?,?,?)", &s, err);
        for (size_t i = 0; i < r->item_count && result == 0; i++) {
                const struct cm_check_item *item = &r->items[i];
                sqlite3_bind_int64(s, 1, (sqlite3_int64)number);
                sqlite3_bind_int64(s, 2, (sqlite3_int64)i);
                bind(s, 3, item->fingerprint);
                bind(s, 4, item->check);
                bind(s, 5, cm_sv_from_cstr(cm_check_state_to_string(item->state)));
                bind(s, 6, cm_sv_from_cstr(cm_severity_to_string(item->severity)));
                bind(s, 7, item->document);
                bind(s, 8, item->kind);
                bind(s, 9, item->group);
                bind(s, 10, item->name);
                bind(s, 11, item->message);
                if (sqlite3_step(s) != SQLITE_DONE)
                        result = fail(h, "write", err);
                sqlite3_reset(s);
        }
        sqlite3_finalize(s);
        return result;
}

int cm_history_add(struct cm_history *h, const struct cm_check_record *record, uint64_t *ret_number,
                   struct cm_err *err)
{
        uint64_t number = 0;
        int r = execute(h, "BEGIN IMMEDIATE", "lock", err);
        if (r < 0)
                return r;
        r = add_run(h, record, &number, err);
        if (r == 0)
                r = add_looked(h, record, number, err);
        if (r == 0)
                r = add_items(h, record, number, err);
        if (r == 0)
                r = execute(h, "COMMIT", "write", err);
        if (r < 0) {
                struct cm_err ignored = CM_ERR_INIT;
                CM_IGNORE(execute(h, "ROLLBACK", "leave", &ignored));
                return r;
        }
        *ret_number = number;
        return 0;
}

static struct cm_sv text_of(struct cm_arena *arena, sqlite3_stmt *s, int column)
{
        const unsigned char *text = sqlite3_column_text(s, column);
        int len = sqlite3_column_bytes(s, column);
        return cm_sv_dup(arena, cm_sv_make(text, len > 0 ? (size_t)len : 0));
}

static void read_run(struct cm_arena *arena, sqlite3_stmt *s, struct cm_check_record *ret)
{
        *ret = (struct cm_check_record){
                .number = (uint64_t)sqlite3_column_int64(s, 0),
                .at_s = sqlite3_column_int64(s, 1),
                .tool = text_of(arena, s, 2),
                .framework = text_of(arena, s, 3),
                .check_set = text_of(arena, s, 4),
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(columns); i++) {
                int64_t n = sqlite3_column_int64(s, 5 + (int)i);
                ret->totals[columns[i]] = n < 0 ? 0 : (uint64_t)n;
        }
}

int cm_history_list(struct cm_history *h, struct cm_arena *arena, struct cm_check_record **ret,
                    size_t *ret_count, struct cm_err *err)
{
        CM_VEC(struct cm_check_record) runs = { 0 };
        sqlite3_stmt *s = NULL;
        int r = prepare_sql(h, "SELECT * FROM run ORDER BY number", &s, err);
        if (r < 0)
                return r;
        int step = 0;
        while ((step = sqlite3_step(s)) == SQLITE_ROW)
                read_run(arena, s, CM_VEC_PUSH(arena, &runs));
        if (step != SQLITE_DONE)
                r = fail(h, "read", err);
        sqlite3_finalize(s);
        *ret = runs.items;
        *ret_count = runs.count;
        return r;
}

static int read_looked(struct cm_history *h, struct cm_arena *arena, struct cm_check_record *ret,
                       struct cm_err *err)
{
        CM_VEC(struct cm_sv) ids = { 0 };
        sqlite3_stmt *s = NULL;
        int r = prepare_sql(h, "SELECT check_id FROM looked WHERE run = ?", &s, err);
        if (r < 0)
                return r;
        sqlite3_bind_int64(s, 1, (sqlite3_int64)ret->number);
        int step = 0;
        while ((step = sqlite3_step(s)) == SQLITE_ROW)
                *CM_VEC_PUSH(arena, &ids) = text_of(arena, s, 0);
        if (step != SQLITE_DONE)
                r = fail(h, "read", err);
        sqlite3_finalize(s);
        ret->looked = ids.items;
        ret->looked_count = ids.count;
        return r;
}

static int read_items(struct cm_history *h, struct cm_arena *arena, struct cm_check_record *ret,
                      struct cm_err *err)
{
        CM_VEC(struct cm_check_item) items = { 0 };
        sqlite3_stmt *s = NULL;
        int r = prepare_sql(h,
                            "SELECT fingerprint, check_id, state, severity, document, kind, grp, "
                            "name, message FROM item WHERE run = ? ORDER BY position",
                            &s, err);
        if (r < 0)
                return r;
        sqlite3_bind_int64(s, 1, (sqlite3_int64)ret->number);
        int step = 0;
        while (r == 0 && (step = sqlite3_step(s)) == SQLITE_ROW) {
                struct cm_check_item *item = CM_VEC_PUSH(arena, &items);
                *item = (struct cm_check_item){ .fingerprint = text_of(arena, s, 0),
                                                .check = text_of(arena, s, 1),
                                                .document = text_of(arena, s, 4),
                                                .kind = text_of(arena, s, 5),
                                                .group = text_of(arena, s, 6),
                                                .name = text_of(arena, s, 7),
                                                .message = text_of(arena, s, 8) };
                if (!cm_check_state_from_string(text_of(arena, s, 2), &item->state) ||
                    !cm_severity_from_string(text_of(arena, s, 3), &item->severity))
                        r = CM_RAISE(err, CM_E_MALFORMED,
                                     "the history has an item that is damaged");
        }
        if (r == 0 && step != SQLITE_DONE)
                r = fail(h, "read", err);
        sqlite3_finalize(s);
        ret->items = items.items;
        ret->item_count = items.count;
        return r;
}

int cm_history_read(struct cm_history *h, struct cm_arena *arena, uint64_t number,
                    struct cm_check_record *ret, struct cm_err *err)
{
        sqlite3_stmt *s = NULL;
        int r = prepare_sql(h, "SELECT * FROM run WHERE number = ?", &s, err);
        if (r < 0)
                return r;
        sqlite3_bind_int64(s, 1, (sqlite3_int64)number);
        int step = sqlite3_step(s);
        if (step == SQLITE_ROW)
                read_run(arena, s, ret);
        else
                r = step == SQLITE_DONE ? 1 : fail(h, "read", err);
        sqlite3_finalize(s);
        if (r == 0)
                r = read_looked(h, arena, ret, err);
        return r == 0 ? read_items(h, arena, ret, err) : r;
}
