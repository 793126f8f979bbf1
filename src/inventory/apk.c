/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alpine's installed database: one-letter fields, packages separated by empty lines. Advisories
 * speak of the origin (o:), so that is the source name.
 * Spec: apk-tools "installed database" format (P V A L o m F R Z).
 */
#include "base/buf.h"
#include "base/limits.h"
#include "inventory/cataloger.h"

struct state {
        struct cm_arena *arena;
        struct cm_sink *sink;
        struct cm_pkg pkg;
        struct cm_sv dir; /* current F: */
        size_t line;      /* number of the one being read */
        bool is_database; /* a package name was seen */
        bool told;        /* of a malformed line */
};

static bool is_host_only(struct cm_sv name)
{
        return cm_sv_eq(name, CM_SV("linux-headers")) || cm_sv_eq(name, CM_SV("linux-lts")) ||
               cm_sv_eq(name, CM_SV("linux-virt")) ||
               cm_sv_has_prefix(name, CM_SV("linux-firmware"));
}

static int package_end(struct state *s, const struct cm_cat_file *file, struct cm_err *err)
{
        struct cm_pkg pkg = s->pkg;
        s->pkg = (struct cm_pkg){ .type = CM_PKG_APK, .path = file->path };
        s->dir = CM_SV("");
        if (pkg.name.len == 0 && pkg.version.len == 0)
                return 0;
        if (pkg.name.len == 0 || pkg.version.len == 0)
                return s->sink->unreadable(s->sink, file->path, "package without name or version",
                                           err);
        if (is_host_only(pkg.name))
                pkg.flags |= CM_PKG_HOST_ONLY;
        return s->sink->pkg(s->sink, &pkg, err);
}

static int owned_file(struct state *s, struct cm_sv name, struct cm_err *err)
{
        char path[CM_TAR_PATH_BYTES_MAX];
        if (s->dir.len + 1 + name.len >= sizeof(path) || name.len == 0)
                return 0;
        size_t len = 0;
        if (s->dir.len > 0) {
                memcpy(path, s->dir.ptr, s->dir.len);
                path[s->dir.len] = '/';
                len = s->dir.len + 1;
        }
        memcpy(path + len, name.ptr, name.len);
        const struct cm_owned_file owned = { .path = cm_sv_make(path, len + name.len),
                                             .type = CM_PKG_APK,
                                             .package = s->pkg.name };
        return s->sink->owned(s->sink, &owned, err);
}

/* One bad line must not hide the packages after it; a file without a package before is no database. */
static int malformed_line(struct state *s, const struct cm_cat_file *file, struct cm_err *err)
{
        if (!s->is_database)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "line is not of the form 'X:value' of an apk database");
        if (s->told)
                return 0;
        s->told = true;
        struct cm_sv what =
                cm_sv_printf(s->arena, "line %zu is not of the form 'X:value'", s->line);
        return s->sink->unreadable(s->sink, file->path, what.ptr, err);
}

static int apk_parse(struct cm_arena *arena, const struct cm_cat_file *file, struct cm_sink *sink,
                     struct cm_err *err)
{
        struct state s = { .arena = arena,
                           .sink = sink,
                           .pkg = { .type = CM_PKG_APK, .path = file->path } };
        struct cm_sv rest = file->content;
        struct cm_sv line;
        while (cm_sv_next_line(&rest, &line)) {
                int r = 0;
                s.line++;
                if (line.len == 0) {
                        r = package_end(&s, file, err);
                } else if (line.len >= 2 && line.ptr[1] == ':') {
                        struct cm_sv value = cm_sv_skip(line, 2);
                        switch (line.ptr[0]) {
                        case 'P':
                                s.pkg.name = value;
                                s.is_database = true;
                                break;
                        case 'V':
                                s.pkg.version = value;
                                break;
                        case 'A':
                                s.pkg.arch = value;
                                break;
                        case 'L':
                                s.pkg.licence = value;
                                break;
                        case 'o':
                                s.pkg.source_name = value;
                                break;
                        case 'm':
                                s.pkg.vendor = value;
                                break;
                        case 'F':
                                s.dir = value;
                                break;
                        case 'R':
                                r = owned_file(&s, value, err);
                                break;
                        default:
                                break;
                        }
                } else {
                        r = malformed_line(&s, file, err);
                }
                if (r < 0)
                        return r;
        }
        return package_end(&s, file, err);
}

const struct cm_cataloger cm_cataloger_apk = {
        .name = "apk",
        .summary = "Alpine packages from apk's installed database",
        .doc = "catalogers.md#apk",
        .contexts = CM_CONTEXT_INSTALLED,
        .globs = (const char *const[]){ "lib/apk/db/installed", "usr/lib/apk/db/installed", NULL },
        .file_bytes_max = CM_MIB(128),
        .parse = apk_parse,
};
