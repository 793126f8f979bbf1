/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RPM packages: the sqlite database of rpm 4.16 and later, and the manifest of distroless Azure
 * Linux images. The older Berkeley DB and NDB files are recognised and reported as unreadable, so
 * that nobody takes their packages for absent. sqlite works on the captured bytes only: no file is
 * opened, nothing is written, and the schema of the database is not trusted.
 */
#include <sqlite3.h>

#include "base/escape.h"
#include "base/vec.h"
#include "codec/rpmhdr.h"
#include "inventory/cataloger.h"

enum {
        BLOB_BYTES_MAX = 64 << 20,
        SQL_BYTES_MAX = 10000,
        STEPS_MAX = 100000000
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

static int emit_files(struct cm_arena *arena, const struct cm_rpmhdr *h, struct cm_sv package,
                      struct cm_sink *sink, struct cm_err *err)
{
        CM_VEC(struct cm_sv) dirs = { 0 };
        struct cm_rpmhdr_strings it = { .begun = false };
        struct cm_sv text;
        while (cm_rpmhdr_next_string(h, CM_RPM_DIRNAMES, &it, &text))
                *CM_VEC_PUSH(arena, &dirs) = text;
        struct cm_rpmhdr_strings names = { .begun = false };
        for (size_t i = 0; cm_rpmhdr_next_string(h, CM_RPM_BASENAMES, &names, &text); i++) {
                uint32_t dir = 0;
                if (!cm_rpmhdr_int(h, CM_RPM_DIRINDEXES, i, &dir) || dir >= dirs.count)
                        continue;
                struct cm_sv path = cm_sv_join(arena, dirs.items[dir], text);
                while (path.len > 0 && path.ptr[0] == '/')
                        path = cm_sv_skip(path, 1);
                const struct cm_owned_file owned = { .path = path,
                                                     .type = CM_PKG_RPM,
                                                     .package = package };
                int r = path.len > 0 ? sink->owned(sink, &owned, err) : 0;
                if (r < 0)
                        return r;
        }
        return 0;
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
        return r < 0 ? r : emit_files(arena, &h, pkg.name, sink, err);
}

static int stop_when_long(void *ctx)
{
        size_t *steps = ctx;
        return ++*steps > STEPS_MAX / 1000;
}

static void confine(sqlite3 *db, size_t *steps)
{
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
        if (sqlite3_prepare_v2(db, "SELECT blob FROM Packages ORDER BY hnum", -1, &statement,
                               NULL) != SQLITE_OK)
                return CM_RAISE(err, CM_E_MALFORMED, "rpm database: %s",
                                cm_escape(arena, cm_sv_from_cstr(sqlite3_errmsg(db))));
        int r = 0;
        int step = SQLITE_ROW;
        /* Each header has memory of its own: a database has thousands. */
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(256));
        while (r == 0 && (step = sqlite3_step(statement)) == SQLITE_ROW) {
                const void *bytes = sqlite3_column_blob(statement, 0);
                int len = sqlite3_column_bytes(statement, 0);
                r = emit_header(scratch, file, cm_sv_make(bytes, bytes == NULL ? 0 : (size_t)len),
                                sink, err);
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

/* Tab-separated: name, version-release, install time, build time, vendor, (epoch), size, arch, ... */
static int read_manifest(const struct cm_cat_file *file, struct cm_sink *sink, struct cm_err *err)
{
        struct cm_sv rest = file->content;
        struct cm_sv line;
        while (cm_sv_next_line(&rest, &line)) {
                struct cm_sv fields[10];
                size_t count = 0;
                while (count < CM_ARRAY_LEN(fields) &&
                       cm_sv_next_field(&line, '\t', &fields[count]))
                        count++;
                if (count < 2)
                        continue;
                struct cm_pkg pkg = { .type = CM_PKG_RPM,
                                      .name = fields[0],
                                      .version = fields[1],
                                      .path = file->path };
                if (count > 7)
                        pkg.arch = fields[7];
                int r = sink->pkg(sink, &pkg, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int rpm_parse(struct cm_arena *arena, const struct cm_cat_file *file, struct cm_sink *sink,
                     struct cm_err *err)
{
        if (cm_sv_has_suffix(file->path, CM_SV("container-manifest-2")))
                return read_manifest(file, sink, err);
        if (file->content.len >= 100 && cm_sv_has_prefix(file->content, CM_SV("SQLite format 3\0")))
                return read_sqlite(arena, file, sink, err);
        if (cm_sv_has_suffix(file->path, CM_SV("/Packages")))
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "rpm database in Berkeley DB format is not read yet");
        if (cm_sv_has_suffix(file->path, CM_SV("/Packages.db")))
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "rpm database in NDB format is not read yet");
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
                                        "var/lib/rpmmanifest/container-manifest-2", NULL },
        .file_bytes_max = CM_MIB(256),
        .parse = rpm_parse,
};
