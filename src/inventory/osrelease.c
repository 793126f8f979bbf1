/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which release of which system: os-release first, then the files that systems had before it.
 * Ranks (higher wins when several files are there):
 *   50 etc/os-release   45 usr/lib/os-release   40 a distribution's own file that is more exact
 *   (alpine-release)    30 *-release of the RHEL family   25 redhat-release (those that are built
 *   from Red Hat's sources have it too, with Red Hat's name)   20 lsb-release   10 debian_version
 */
#include "base/escape.h"
#include "inventory/cataloger.h"

enum {
        RANK_ETC = 50,
        RANK_USR = 45,
        RANK_OWN = 40,
        RANK_RHEL = 30,
        RANK_REDHAT = 25,
        RANK_LSB = 20,
        RANK_DEBIAN = 10
};

/* "KEY="value"" with shell quoting: quotes and backslashes go. */
static struct cm_sv shell_value(struct cm_arena *arena, struct cm_sv v)
{
        v = cm_sv_trim(v);
        if (v.len == 0)
                return v;
        char *out = cm_arena_alloc(arena, v.len, 1);
        size_t len = 0;
        for (size_t i = 0; i < v.len; i++) {
                if (v.ptr[i] == '"' || v.ptr[i] == '\'')
                        continue;
                if (v.ptr[i] == '\\' && i + 1 < v.len)
                        i++;
                out[len++] = v.ptr[i];
        }
        return cm_sv_make(out, len);
}

struct keys {
        struct cm_sv id;
        struct cm_sv version_id;
        struct cm_sv codename;
        struct cm_sv pretty;
        struct cm_sv id_like;
        struct cm_sv name;
};

/* As a shell would read it: the last assignment of a variable counts. */
static void read_keys(struct cm_arena *arena, struct cm_sv text, bool is_lsb, struct keys *k)
{
        const struct {
                const char *key;
                const char *lsb_key;
                struct cm_sv *to;
        } wanted[] = {
                { "ID", "DISTRIB_ID", &k->id },
                { "VERSION_ID", "DISTRIB_RELEASE", &k->version_id },
                { "VERSION_CODENAME", "DISTRIB_CODENAME", &k->codename },
                { "PRETTY_NAME", "DISTRIB_DESCRIPTION", &k->pretty },
                { "ID_LIKE", NULL, &k->id_like },
                { "NAME", NULL, &k->name },
        };
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv key, value;
                if (!cm_sv_cut(cm_sv_trim(line), '=', &key, &value))
                        continue;
                for (size_t i = 0; i < CM_ARRAY_LEN(wanted); i++) {
                        const char *name = is_lsb ? wanted[i].lsb_key : wanted[i].key;
                        if (name != NULL && cm_sv_eq(key, cm_sv_from_cstr(name)))
                                *wanted[i].to = shell_value(arena, value);
                }
        }
}

static bool contains(struct cm_sv text, const char *word)
{
        return cm_sv_find(text, cm_sv_from_cstr(word)) >= 0;
}

static const struct {
        const char *phrase;
        const char *id;
} phrases[] = {
        { "CentOS", "centos" },
        { "Rocky Linux", "rocky" },
        { "AlmaLinux", "almalinux" },
        { "Oracle Linux", "ol" },
        { "Fedora", "fedora" },
        { "Red Hat Enterprise Linux", "rhel" },
        { "Amazon Linux", "amzn" },
        { "Photon", "photon" },
        { "Mariner", "mariner" },
        { "Microsoft Azure Linux", "azurelinux" },
        { "openEuler", "openeuler" },
        { "Virtuozzo", "virtuozzo" },
        { "Scientific Linux", "scientific" },
};

/* The id of the system that a line of text names, or "". */
static struct cm_sv id_of_phrase(struct cm_sv text)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(phrases); i++)
                if (contains(text, phrases[i].phrase))
                        return cm_sv_from_cstr(phrases[i].id);
        return CM_SV("");
}

/* Debian's testing and unstable have no VERSION_ID: "PRETTY_NAME="Debian GNU/Linux trixie/sid"". */
static void fix_debian(struct cm_os_release *os, const struct keys *k)
{
        if (os->version_id.len == 0 && os->codename.len == 0 && contains(k->pretty, "sid"))
                os->codename = CM_SV("sid");
}

static int emit_keys(struct cm_arena *arena, const struct cm_cat_file *file, struct cm_sink *sink,
                     uint32_t rank, struct cm_err *err)
{
        struct keys k = { 0 };
        read_keys(arena, file->content, rank == RANK_LSB, &k);
        if (k.id.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "release file has no ID");
        struct cm_os_release os = { .id = cm_sv_lower(arena, k.id),
                                    .version_id = k.version_id,
                                    .codename = k.codename,
                                    .pretty = k.pretty,
                                    .id_like = k.id_like,
                                    .path = file->path,
                                    .rank = rank };
        /* lsb-release has the name as people write it: "VMware Photon OS". */
        if (rank == RANK_LSB && id_of_phrase(k.id).len > 0)
                os.id = id_of_phrase(k.id);
        if (cm_sv_eq(os.id, CM_SV("debian")))
                fix_debian(&os, &k);
        if (cm_sv_eq(os.id, CM_SV("alpine")) &&
            (contains(os.version_id, "_alpha") || contains(os.pretty, "edge")))
                os.variant = CM_SV("edge");
        if (cm_sv_eq(os.id, CM_SV("centos")) && contains(k.name, "Stream"))
                os.variant = CM_SV("stream");
        if (os.pretty.len == 0)
                os.pretty = cm_sv_printf(arena, "%.*s %.*s", CM_SV_ARG(os.id),
                                         CM_SV_ARG(os.version_id));
        return sink->os(sink, &os, err);
}

/* The first number with dots: "CentOS Linux release 7.9.2009 (Core)" -> "7.9.2009". */
static struct cm_sv first_version(struct cm_sv line)
{
        size_t i = 0;
        while (i < line.len && !cm_is_digit(line.ptr[i]))
                i++;
        size_t end = i;
        while (end < line.len && (cm_is_digit(line.ptr[end]) || line.ptr[end] == '.'))
                end++;
        return cm_sv_slice(line, i, end);
}

static int emit_line(struct cm_arena *arena, const struct cm_cat_file *file, struct cm_sink *sink,
                     struct cm_err *err)
{
        struct cm_sv rest = file->content;
        struct cm_sv line = CM_SV("");
        cm_sv_next_line(&rest, &line);
        line = cm_sv_trim(line);
        if (line.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "release file is empty");
        struct cm_os_release os = { .id = id_of_phrase(line),
                                    .version_id = first_version(line),
                                    .pretty = line,
                                    .path = file->path,
                                    .rank = RANK_RHEL };
        if (os.id.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "release file names no known system: '%s'",
                                cm_escape(arena, line));
        if (cm_sv_has_suffix(file->path, CM_SV("/redhat-release")))
                os.rank = RANK_REDHAT;
        if (contains(line, "Stream"))
                os.variant = CM_SV("stream");
        return sink->os(sink, &os, err);
}

static int emit_alpine(struct cm_arena *arena, const struct cm_cat_file *file, struct cm_sink *sink,
                       struct cm_err *err)
{
        struct cm_sv version = cm_sv_trim(file->content);
        if (version.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "release file is empty");
        const struct cm_os_release os = {
                .id = CM_SV("alpine"),
                .version_id = version,
                .pretty = cm_sv_printf(arena, "Alpine Linux %.*s", CM_SV_ARG(version)),
                .variant = contains(version, "_alpha") || contains(version, "edge") ? CM_SV("edge")
                                                                                    : CM_SV(""),
                .path = file->path,
                .rank = RANK_OWN,
        };
        return sink->os(sink, &os, err);
}

/* "12.7", or "trixie/sid". Ubuntu has this file too, with Debian's name in it: lowest rank. */
static int emit_debian(struct cm_arena *arena, const struct cm_cat_file *file, struct cm_sink *sink,
                       struct cm_err *err)
{
        struct cm_sv text = cm_sv_trim(file->content);
        if (text.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "release file is empty");
        struct cm_os_release os = { .id = CM_SV("debian"),
                                    .path = file->path,
                                    .rank = RANK_DEBIAN };
        os.pretty = cm_sv_printf(arena, "Debian GNU/Linux %.*s", CM_SV_ARG(text));
        struct cm_sv rest;
        if (cm_is_digit(text.ptr[0]))
                os.version_id = text;
        else if (cm_sv_has_suffix(text, CM_SV("/sid")))
                os.codename = CM_SV("sid");
        else
                cm_sv_cut(text, '/', &os.codename, &rest);
        return sink->os(sink, &os, err);
}

static int osrelease_parse(struct cm_arena *arena, const struct cm_cat_file *file,
                           struct cm_sink *sink, struct cm_err *err)
{
        struct cm_sv dir, base;
        cm_sv_cut_last(file->path, '/', &dir, &base);
        if (cm_sv_eq(base, CM_SV("os-release")))
                return emit_keys(arena, file, sink,
                                 cm_sv_eq(dir, CM_SV("etc")) ? RANK_ETC : RANK_USR, err);
        if (cm_sv_eq(base, CM_SV("lsb-release")))
                return contains(file->content, "DISTRIB_ID")
                               ? emit_keys(arena, file, sink, RANK_LSB, err)
                               : 0; /* LSB_VERSION alone says nothing */
        if (cm_sv_eq(base, CM_SV("alpine-release")))
                return emit_alpine(arena, file, sink, err);
        if (cm_sv_eq(base, CM_SV("debian_version")))
                return emit_debian(arena, file, sink, err);
        return emit_line(arena, file, sink, err);
}

const struct cm_cataloger cm_cataloger_osrelease = {
        .name = "osrelease",
        .summary = "release of the operating system",
        .doc = "catalogers.md#osrelease",
        .contexts = CM_CONTEXT_INSTALLED,
        .globs = (const char *const[]){ "etc/os-release",         "usr/lib/os-release",
                                        "etc/alpine-release",     "etc/debian_version",
                                        "etc/lsb-release",        "etc/system-release",
                                        "etc/centos-release",     "etc/redhat-release",
                                        "etc/rocky-release",      "etc/almalinux-release",
                                        "etc/oracle-release",     "etc/fedora-release",
                                        "etc/amazon-release",     "etc/photon-release",
                                        "etc/mariner-release",    "etc/azurelinux-release",
                                        "usr/lib/centos-release", "usr/lib/redhat-release",
                                        "usr/lib/fedora-release", NULL },
        .file_bytes_max = CM_KIB(64),
        .parse = osrelease_parse,
};
