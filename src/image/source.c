/* SPDX-License-Identifier: Apache-2.0 */
/* Target recognition of source.h. */
#include "image/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"

static const struct {
        const char *prefix;
        enum cm_source_kind kind;
        bool is_path;
} prefixes[] = {
        { "archive", CM_SOURCE_ARCHIVE, true },
        { "docker-archive", CM_SOURCE_ARCHIVE, true },
        { "oci-archive", CM_SOURCE_ARCHIVE, true },
        { "layout", CM_SOURCE_LAYOUT, true },
        { "oci-dir", CM_SOURCE_LAYOUT, true },
        { "rootfs", CM_SOURCE_ROOTFS, true },
        { "dir", CM_SOURCE_DIR, true },
        { "docker", CM_SOURCE_DOCKER, false },
        { "podman", CM_SOURCE_PODMAN, false },
        { "registry", CM_SOURCE_REGISTRY, false },
};

const char *cm_source_kind_to_string(enum cm_source_kind kind)
{
        static const char *const names[] = { "archive", "layout", "rootfs",   "dir",
                                             "docker",  "podman", "registry", "engine" };
        return names[kind];
}

static bool exists(const char *dir, const char *name)
{
        char path[4096];
        int n = snprintf(path, sizeof(path), "%s/%s", dir, name);
        return n > 0 && (size_t)n < sizeof(path) && access(path, F_OK) == 0;
}

static enum cm_source_kind kind_of_dir(const char *dir)
{
        if (exists(dir, "oci-layout") && exists(dir, "index.json"))
                return CM_SOURCE_LAYOUT;
        static const char *const marks[] = { "etc/os-release", "usr/lib/os-release",
                                             "var/lib/dpkg",   "lib/apk/db",
                                             "var/lib/rpm",    "usr/lib/sysimage/rpm" };
        for (size_t i = 0; i < CM_ARRAY_LEN(marks); i++)
                if (exists(dir, marks[i]))
                        return CM_SOURCE_ROOTFS;
        return CM_SOURCE_DIR;
}

/* "DIR", "DIR:TAG", "DIR@sha256:...": the longest part that is a directory wins. */
static void split_layout(struct cm_arena *arena, struct cm_source *source)
{
        struct stat st;
        if (stat(source->name, &st) == 0)
                return;
        struct cm_sv name = cm_sv_from_cstr(source->name);
        ptrdiff_t at = cm_sv_find(name, CM_SV("@sha"));
        struct cm_sv head, tail;
        if (at > 0) {
                head = cm_sv_slice(name, 0, (size_t)at);
                source->choice.digest = cm_sv_skip(name, (size_t)at + 1);
        } else if (cm_sv_cut_last(name, ':', &head, &tail)) {
                source->choice.tag = tail;
        } else {
                return;
        }
        source->name = cm_sv_printf(arena, "%.*s", CM_SV_ARG(head)).ptr;
}

static int check_path(const struct cm_source *source, struct cm_err *err)
{
        struct stat st;
        if (stat(source->name, &st) != 0)
                return CM_RAISE_ERRNO(err, CM_E_NOT_FOUND, errno, "could not open '%.200s'",
                                      source->name);
        bool wants_dir = source->kind != CM_SOURCE_ARCHIVE;
        if (wants_dir != (bool)S_ISDIR(st.st_mode))
                return CM_RAISE(err, CM_E_USAGE, "'%.200s' is %sa directory; %s: needs %s",
                                source->name, wants_dir ? "not " : "",
                                cm_source_kind_to_string(source->kind),
                                wants_dir ? "one" : "a file");
        return 0;
}

int cm_source_parse(struct cm_arena *arena, const char *text, struct cm_source *ret,
                    struct cm_err *err)
{
        struct cm_source source = { .name = text };
        if (*text == '\0')
                return CM_RAISE(err, CM_E_USAGE, "target is empty");
        struct cm_sv prefix, rest;
        bool has_prefix = cm_sv_cut(cm_sv_from_cstr(text), ':', &prefix, &rest);
        for (size_t i = 0; has_prefix && i < CM_ARRAY_LEN(prefixes); i++) {
                if (!cm_sv_eq(prefix, cm_sv_from_cstr(prefixes[i].prefix)))
                        continue;
                source.kind = prefixes[i].kind;
                source.name = text + prefix.len + 1;
                if (*source.name == '\0')
                        return CM_RAISE(err, CM_E_USAGE, "'%s' names nothing after the prefix",
                                        cm_escape(arena, cm_sv_from_cstr(text)));
                if (source.kind == CM_SOURCE_LAYOUT)
                        split_layout(arena, &source);
                *ret = source;
                return prefixes[i].is_path ? check_path(&source, err) : 0;
        }
        struct stat st;
        if (stat(text, &st) == 0) {
                source.kind = S_ISDIR(st.st_mode) ? kind_of_dir(text) : CM_SOURCE_ARCHIVE;
        } else {
                source.kind = CM_SOURCE_ENGINE;
                if (text[0] == '/' || text[0] == '.')
                        return CM_RAISE_ERRNO(err, CM_E_NOT_FOUND, errno, "could not open '%.200s'",
                                              text);
        }
        *ret = source;
        return 0;
}
