/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RPM packages: the sqlite database of rpm 4.16 and later, and the manifest of distroless Azure
 * Linux images. The older Berkeley DB and NDB files are recognised and reported as unreadable, so
 * that nobody takes their packages for absent. sqlite works on the captured bytes only: no file is
 * opened, nothing is written, and the schema of the database is not trusted.
 */
#include <sqlite3.h>

#include "base/cursor.h"
#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "codec/rpmhdr.h"
#include "inventory/cataloger.h"

enum {
        BLOB_BYTES_MAX = 64 << 20,
        SQL_BYTES_MAX = 10000,
        STEPS_MAX = 100000000
};

struct dirs {
        struct cm_sv *items;
        size_t count;
        size_t capacity;
};

static bool is_host_only(struct cm_sv name)
{
        return cm_sv_eq(name, CM_SV("kernel")) || cm_sv_has_prefix(name, CM_SV("kernel-")) ||
               cm_sv_has_prefix(name, CM_SV("linux-firmware"));
}

/* "bash-5.1.8-9.el9.src.rpm" -> bash, 5.1.8-9.el9 */
static void set_source(struct cm_arena *arena, struct cm_pkg *pkg, struct cm_sv source)
{
        struct cm_sv name, version, release;
        if (!cm_sv_has_suffix(source, CM_SV(".src.rpm")) &&
            !cm_sv_has_suffix(source, CM_SV(".nosrc.rpm")))
                return;
        source.len -= cm_sv_has_suffix(source, CM_SV(".nosrc.rpm")) ? 10 : 8;
        if (!cm_sv_cut_last(source, '-', &name, &release) ||
            !cm_sv_cut_last(name, '-', &name, &version))
                return;
        pkg->source_name = name;
        pkg->source_version =
                cm_sv_printf(arena, "%.*s-%.*s", CM_SV_ARG(version), CM_SV_ARG(release));
}

/* Folders of a package, to be named by index; CM_E_LIMIT when there are too many. */
static int read_dirs(struct cm_arena *arena, const struct cm_rpmhdr *h, struct dirs *ret,
                     struct cm_err *err)
{
        struct cm_rpmhdr_strings it = { .begun = false };
        struct cm_sv text;
        while (cm_rpmhdr_next_string(h, CM_RPM_DIRNAMES, &it, &text)) {
                if (ret->count == CM_RPM_FILES_MAX)
                        return CM_RAISE(err, CM_E_LIMIT,
                                        "package owns more folders than limit rpm_files_max");
                *CM_VEC_PUSH(arena, ret) = text;
        }
        return 0;
}

/* Joined in place: a long folder name counts once per file, so copies could be large. */
static bool join_path(char *buf, size_t buf_bytes, struct cm_sv dir, struct cm_sv name,
                      struct cm_sv *ret)
{
        while (dir.len > 0 && dir.ptr[0] == '/')
                dir = cm_sv_skip(dir, 1);
        if (dir.len + name.len == 0 || name.len > buf_bytes || dir.len > buf_bytes - name.len)
                return false;
        if (dir.len > 0)
                memcpy(buf, dir.ptr, dir.len);
        if (name.len > 0)
                memcpy(buf + dir.len, name.ptr, name.len);
        *ret = cm_sv_make(buf, dir.len + name.len);
        return true;
}

static int emit_files(struct cm_arena *arena, const struct cm_cat_file *file,
                      const struct cm_rpmhdr *h, struct cm_sv package, struct cm_sink *sink,
                      struct cm_err *err)
{
        struct dirs dirs = { 0 };
        struct cm_err problem = CM_ERR_INIT;
        if (read_dirs(arena, h, &dirs, &problem) < 0)
                return sink->unreadable(sink, file->path, problem.text, err);
        struct cm_rpmhdr_strings names = { .begun = false };
        struct cm_sv name, path;
        struct cm_sv ints = cm_rpmhdr_ints(h, CM_RPM_DIRINDEXES);
        struct cm_cursor indexes = cm_cursor_make(ints);
        char buf[CM_TAR_PATH_BYTES_MAX];
        size_t broken = 0;
        while (cm_rpmhdr_next_string(h, CM_RPM_BASENAMES, &names, &name)) {
                uint32_t dir = cm_cursor_be32(&indexes);
                if (indexes.failed || dir >= dirs.count ||
                    !join_path(buf, sizeof(buf), dirs.items[dir], name, &path)) {
                        broken++;
                        continue;
                }
                const struct cm_owned_file owned = { .path = path,
                                                     .type = CM_PKG_RPM,
                                                     .package = package };
                int r = sink->owned(sink, &owned, err);
                if (r < 0)
                        return r;
        }
        if (broken == 0 && names.left == 0)
                return 0;
        struct cm_sv what = cm_sv_printf(arena, "package '%s': files without a valid path%c",
                                         cm_escape(arena, package), '\0');
        return sink->unreadable(sink, file->path, what.ptr, err);
}

static int emit_header(struct cm_arena *arena, const struct cm_cat_file *file, struct cm_sv blob,
                       struct cm_sink *sink, struct cm_err *err)
{
        struct cm_rpmhdr h;
        struct cm_err problem = CM_ERR_INIT;
        if (cm_rpmhdr_parse(blob, &h, &problem) < 0)
                return sink->unreadable(sink, file->path, problem.text, err);
        struct cm_pkg pkg = { .type = CM_PKG_RPM, .path = file->path };
        pkg.name = cm_rpmhdr_string(&h, CM_RPM_NAME);
        if (cm_sv_eq(pkg.name, CM_SV("gpg-pubkey")))
                return 0; /* a key that rpm keeps like a package */
        struct cm_sv version = cm_rpmhdr_string(&h, CM_RPM_VERSION);
        struct cm_sv release = cm_rpmhdr_string(&h, CM_RPM_RELEASE);
        if (pkg.name.len == 0 || version.len == 0)
                return sink->unreadable(sink, file->path, "package without name or version", err);
        uint32_t epoch = 0;
        (void)cm_rpmhdr_int(&h, CM_RPM_EPOCH, 0, &epoch);
        struct cm_sv prefix = epoch > 0 ? cm_sv_printf(arena, "%u:", epoch) : CM_SV("");
        pkg.version = cm_sv_printf(arena, "%.*s%.*s%s%.*s", CM_SV_ARG(prefix), CM_SV_ARG(version),
                                   release.len > 0 ? "-" : "", CM_SV_ARG(release));
        pkg.arch = cm_rpmhdr_string(&h, CM_RPM_ARCH);
        pkg.vendor = cm_rpmhdr_string(&h, CM_RPM_VENDOR);
        pkg.licence = cm_rpmhdr_string(&h, CM_RPM_LICENSE);
        pkg.module = cm_rpmhdr_string(&h, CM_RPM_MODULARITYLABEL);
        set_source(arena, &pkg, cm_rpmhdr_string(&h, CM_RPM_SOURCERPM));
        pkg.flags = is_host_only(pkg.name) ? CM_PKG_HOST_ONLY : 0;
        int r = sink->pkg(sink, &pkg, err);
        return r < 0 ? r : emit_files(arena, file, &h, pkg.name, sink, err);
}

static int stop_when_long(void *ctx)
{
        size_t *steps = ctx;
        return ++*steps > STEPS_MAX / 1000;
}

static void confine(sqlite3 *db, size_t *steps)
{
        sqlite3_drop_modules(db, NULL);
        sqlite3_limit(db, SQLITE_LIMIT_LENGTH, BLOB_BYTES_MAX);
        sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, SQL_BYTES_MAX);
        sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
        sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
        sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
        sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
        sqlite3_progress_handler(db, 1000, stop_when_long, steps);
        sqlite3_exec(db, "PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON", NULL, NULL, NULL);
}

static int walk(struct cm_arena *arena, const struct cm_cat_file *file, sqlite3 *db,
                struct cm_sink *sink, struct cm_err *err)
{
        sqlite3_stmt *statement = NULL;
        /* No ORDER BY: a schema that has another key would make sqlite keep all rows to sort them. */
        if (sqlite3_prepare_v2(db, "SELECT blob FROM Packages", -1, &statement, NULL) != SQLITE_OK)
                return CM_RAISE(err, CM_E_MALFORMED, "rpm database: %s",
                                cm_escape(arena, cm_sv_from_cstr(sqlite3_errmsg(db))));
        int r = 0;
        int step = SQLITE_ROW;
        size_t total_bytes = 0;
        /* Each header has memory of its own: a database has thousands. */
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(256));
        while (r == 0 && (step = sqlite3_step(statement)) == SQLITE_ROW) {
                const void *bytes = sqlite3_column_blob(statement, 0);
                struct cm_sv blob = CM_SV("");
                if (bytes != NULL)
                        blob = cm_sv_make(bytes, (size_t)sqlite3_column_bytes(statement, 0));
                /* Headers lie side by side: more than the file has are computed, or read twice. */
                total_bytes += blob.len;
                if (total_bytes > file->content.len)
                        r = CM_RAISE(err, CM_E_MALFORMED,
                                     "rpm database: headers are larger than the file of %zu bytes",
                                     file->content.len);
                else
                        r = emit_header(scratch, file, blob, sink, err);
                cm_arena_reset(scratch);
        }
        if (r == 0 && step != SQLITE_DONE)
                r = CM_RAISE(err, CM_E_MALFORMED, "rpm database: %s",
                             cm_escape(arena, cm_sv_from_cstr(sqlite3_errmsg(db))));
        sqlite3_finalize(statement);
        return r;
}

static int read_sqlite(struct cm_arena *arena, const struct cm_cat_file *file, struct cm_sink *sink,
                       struct cm_err *err)
{
        sqlite3 *db = NULL;
        size_t steps = 0;
        if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
            SQLITE_OK) {
                sqlite3_close(db);
                return CM_RAISE(err, CM_E_INTERNAL, "could not start sqlite");
        }
        /* A database in write-ahead mode (bytes 18 and 19) wants a log beside it: the copy reads as
         * an ordinary one. sqlite wants memory of its own that it may not write. */
        unsigned char *bytes = sqlite3_malloc64(file->content.len);
        int r = 0;
        if (bytes == NULL) {
                r = CM_RAISE(err, CM_E_LIMIT, "no memory for an rpm database of %zu bytes",
                             file->content.len);
        } else {
                memcpy(bytes, file->content.ptr, file->content.len);
                bytes[18] = bytes[19] = 1;
                if (sqlite3_deserialize(db, "main", bytes, (sqlite3_int64)file->content.len,
                                        (sqlite3_int64)file->content.len,
                                        SQLITE_DESERIALIZE_FREEONCLOSE |
                                                SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
                        r = CM_RAISE(err, CM_E_MALFORMED, "rpm database is not sqlite");
        }
        if (r == 0) {
                confine(db, &steps);
                r = walk(arena, file, db, sink, err);
        }
        sqlite3_close(db);
        return r;
}

/* rpm writes "(none)" for what a package does not have. */
static struct cm_sv stated(struct cm_sv s)
{
        return cm_sv_eq(s, CM_SV("(none)")) ? CM_SV("") : s;
}

/*
 * Lines of ten fields between tabs: name, version-release, time of installation and of build,
 * vendor, epoch, size, architecture, epoch as a number, source package.
 */
static int read_manifest(struct cm_arena *arena, const struct cm_cat_file *file,
                         struct cm_sink *sink, struct cm_err *err)
{
        struct cm_sv rest = file->content;
        struct cm_sv line;
        for (size_t number = 1; cm_sv_next_line(&rest, &line); number++) {
                struct cm_sv fields[10] = { 0 };
                size_t count = 0;
                int r = 0;
                if (cm_sv_trim(line).len == 0)
                        continue;
                while (count < CM_ARRAY_LEN(fields) &&
                       cm_sv_next_field(&line, '\t', &fields[count]))
                        count++;
                if (count < 8 || fields[0].len == 0 || fields[1].len == 0) {
                        struct cm_sv what = cm_sv_printf(
                                arena, "line %zu is no package of a manifest%c", number, '\0');
                        r = sink->unreadable(sink, file->path, what.ptr, err);
                        if (r < 0)
                                return r;
                        continue;
                }
                struct cm_pkg pkg = { .type = CM_PKG_RPM,
                                      .name = fields[0],
                                      .version = fields[1],
                                      .vendor = stated(fields[4]),
                                      .arch = stated(fields[7]),
                                      .path = file->path };
                struct cm_sv epoch = stated(fields[5]);
                if (epoch.len > 0 && !cm_sv_eq(epoch, CM_SV("0")))
                        pkg.version = cm_sv_printf(arena, "%.*s:%.*s", CM_SV_ARG(epoch),
                                                   CM_SV_ARG(pkg.version));
                set_source(arena, &pkg, stated(fields[9]));
                pkg.flags = is_host_only(pkg.name) ? CM_PKG_HOST_ONLY : 0;
                r = sink->pkg(sink, &pkg, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Berkeley DB: its magic number at byte 12, in the byte order of the machine that wrote it. */
static bool is_berkeley_db(struct cm_sv content)
{
        struct cm_cursor c = cm_cursor_at(content, 12, 4);
        struct cm_sv magic = cm_cursor_take(&c, 4);
        static const char *const known[] = { "\x61\x15\x06", "\x62\x31\x05", "\x53\x22\x04" };
        for (size_t i = 0; i < CM_ARRAY_LEN(known); i++) {
                const char *k = known[i];
                const char little[4] = { k[0], k[1], k[2], 0 };
                const char big[4] = { 0, k[2], k[1], k[0] };
                if (cm_sv_eq(magic, cm_sv_make(little, 4)) || cm_sv_eq(magic, cm_sv_make(big, 4)))
                        return true;
        }
        return false;
}

static int rpm_parse(struct cm_arena *arena, const struct cm_cat_file *file, struct cm_sink *sink,
                     struct cm_err *err)
{
        if (cm_sv_has_suffix(file->path, CM_SV("container-manifest-2")))
                return read_manifest(arena, file, sink, err);
        if (file->content.len >= 100 && cm_sv_has_prefix(file->content, CM_SV("SQLite format 3\0")))
                return read_sqlite(arena, file, sink, err);
        if (is_berkeley_db(file->content))
                return sink->unreadable(sink, file->path,
                                        "rpm database is in Berkeley DB format, which is not read",
                                        err);
        if (cm_sv_has_prefix(file->content, CM_SV("RpmP")))
                return sink->unreadable(sink, file->path,
                                        "rpm database is in NDB format, which is not read", err);
        return CM_RAISE(err, CM_E_MALFORMED, "file is no rpm database");
}

const struct cm_cataloger cm_cataloger_rpm = {
        .name = "rpm",
        .summary = "RPM packages from rpm's sqlite database",
        .doc = "catalogers.md#rpm",
        .contexts = CM_CONTEXT_INSTALLED,
        .globs = (const char *const[]){ "var/lib/rpm/rpmdb.sqlite",
                                        "usr/lib/sysimage/rpm/rpmdb.sqlite",
                                        "usr/share/rpm/rpmdb.sqlite", "var/lib/rpm/Packages",
                                        "usr/lib/sysimage/rpm/Packages", "usr/share/rpm/Packages",
                                        "var/lib/rpm/Packages.db",
                                        "usr/lib/sysimage/rpm/Packages.db",
                                        "usr/share/rpm/Packages.db",
                                        "var/lib/rpmmanifest/container-manifest-2", NULL },
        .file_bytes_max = CM_MIB(256),
        .parse = rpm_parse,
};
