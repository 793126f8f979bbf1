/* SPDX-License-Identifier: Apache-2.0 */
/*
 * npm lock files of all versions: package-lock.json, npm-shrinkwrap.json. Versions 2 and 3 have a
 * flat "packages" table; version 1 a tree of "dependencies", which is walked with a stack of its
 * own. Links to folders of the project and the project itself are not packages.
 * Spec: docs.npmjs.com "package-lock.json".
 */
#include "base/limits.h"
#include "base/vec.h"
#include "codec/json.h"
#include "inventory/cataloger.h"
#include "inventory/npm_name.h"

struct lock {
        struct cm_arena *arena;
        const struct cm_cat_file *file;
        struct cm_sink *sink;
};

/* "node_modules/a/node_modules/@s/b" -> "@s/b". */
static struct cm_sv name_of_path(struct cm_sv path)
{
        struct cm_sv marker = CM_SV("node_modules/");
        struct cm_sv name = CM_SV("");
        for (;;) {
                ptrdiff_t at = cm_sv_find(path, marker);
                if (at < 0)
                        return name;
                path = cm_sv_skip(path, (size_t)at + marker.len);
                name = path;
        }
}

/* "npm:real-name@1.2.3" (an alias) -> both parts. */
static bool split_alias(struct cm_sv version, struct cm_sv *name, struct cm_sv *real_version)
{
        if (!cm_sv_has_prefix(version, CM_SV("npm:")))
                return false;
        return cm_sv_cut_last(cm_sv_skip(version, 4), '@', name, real_version) && name->len > 0;
}

static int add(struct lock *l, struct cm_sv name, const struct cm_json *entry, struct cm_err *err)
{
        struct cm_sv version = cm_json_get_string(entry, "version");
        struct cm_sv real_name = cm_json_get_string(entry, "name"); /* v3 alias */
        if (real_name.len > 0)
                name = real_name;
        (void)split_alias(version, &name, &version);
        if (name.len == 0 || version.len == 0 || cm_json_bool(cm_json_get(entry, "link"), false))
                return 0;
        if (!cm_npm_version_is_valid(version))
                version = CM_SV(""); /* "git+https://...", "file:../x": there, of no release */
        struct cm_pkg pkg = { .type = CM_PKG_NPM,
                              .name = name,
                              .version = version,
                              .path = l->file->path,
                              .digest = cm_json_get_string(entry, "integrity"),
                              .licence = cm_json_get_string(entry, "license") };
        /* Not "devOptional": those are also optional dependencies of what goes to production. */
        if (cm_json_bool(cm_json_get(entry, "dev"), false))
                pkg.flags |= CM_PKG_DEV;
        return l->sink->pkg(l->sink, &pkg, err);
}

static int read_flat(struct lock *l, const struct cm_json *packages, struct cm_err *err)
{
        for (struct cm_json_iter it = cm_json_iter_first(packages); it.value;
             cm_json_iter_next(&it)) {
                struct cm_sv name = name_of_path(it.key);
                if (name.len == 0)
                        continue; /* "" is the project, "packages/x" a workspace folder */
                int r = add(l, name, it.value, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int read_tree(struct lock *l, const struct cm_json *root, struct cm_err *err)
{
        CM_VEC(const struct cm_json *) stack = { 0 };
        *CM_VEC_PUSH(l->arena, &stack) = root;
        while (stack.count > 0) {
                const struct cm_json *level = stack.items[--stack.count];
                for (struct cm_json_iter it = cm_json_iter_first(level); it.value;
                     cm_json_iter_next(&it)) {
                        int r = add(l, it.key, it.value, err);
                        if (r < 0)
                                return r;
                        const struct cm_json *below = cm_json_get(it.value, "dependencies");
                        if (cm_json_count(below) > 0 && cm_json_is_object(below))
                                *CM_VEC_PUSH(l->arena, &stack) = below;
                }
        }
        return 0;
}

static int npm_lock_parse(struct cm_arena *arena, const struct cm_cat_file *file,
                          struct cm_sink *sink, struct cm_err *err)
{
        struct lock l = { arena, file, sink };
        const struct cm_json *doc = NULL;
        int r = cm_json_parse(arena, file->content, &doc, err);
        if (r < 0)
                return r;
        const struct cm_json *packages = cm_json_get(doc, "packages");
        const struct cm_json *tree = cm_json_get(doc, "dependencies");
        if (cm_json_is_object(packages))
                return read_flat(&l, packages, err);
        if (tree != NULL && !cm_json_is_object(tree))
                return CM_RAISE(err, CM_E_MALFORMED, "lock file: dependencies is not an object");
        if (!cm_json_is_object(doc))
                return CM_RAISE(err, CM_E_MALFORMED, "lock file is not an object");
        return read_tree(&l, tree, err);
}

const struct cm_cataloger cm_cataloger_npm_lock = {
        .name = "npm_lock",
        .summary = "npm packages of package-lock.json and npm-shrinkwrap.json",
        .doc = "catalogers.md#npm_lock",
        .contexts = CM_CONTEXT_SOURCE,
        .globs = (const char *const[]){ "**/package-lock.json", "**/npm-shrinkwrap.json", NULL },
        .file_bytes_max = CM_MIB(128),
        .parse = npm_lock_parse,
};
