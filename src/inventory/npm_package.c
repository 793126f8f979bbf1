/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installed npm packages: the package.json of each. Files that merely are called so (test data,
 * templates) have no valid name and version, and are passed over.
 */
#include "codec/json.h"
#include "inventory/cataloger.h"
#include "inventory/npm_name.h"

/* "MIT", {"type": "MIT"}, [{"type": "MIT"}, "BSD"]. */
static struct cm_sv licence_of(struct cm_arena *arena, const struct cm_json *doc)
{
        const struct cm_json *v = cm_json_get(doc, "license");
        if (v == NULL)
                v = cm_json_get(doc, "licenses");
        if (!cm_json_is_array(v)) {
                struct cm_sv text = cm_json_string(v);
                return text.len > 0 ? text : cm_json_get_string(v, "type");
        }
        struct cm_sv all = CM_SV("");
        for (size_t i = 0; i < cm_json_count(v) && i < 16; i++) {
                const struct cm_json *one = cm_json_at(v, i);
                struct cm_sv text = cm_json_string(one);
                if (text.len == 0)
                        text = cm_json_get_string(one, "type");
                if (text.len > 0)
                        all = cm_sv_printf(arena, "%.*s%s%.*s", CM_SV_ARG(all),
                                           all.len > 0 ? " OR " : "", CM_SV_ARG(text));
        }
        return all;
}

static int npm_package_parse(struct cm_arena *arena, const struct cm_cat_file *file,
                             struct cm_sink *sink, struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        int r = cm_json_parse(arena, file->content, &doc, err);
        if (r < 0)
                return r;
        struct cm_pkg pkg = { .type = CM_PKG_NPM,
                              .name = cm_json_get_string(doc, "name"),
                              .version = cm_sv_trim(cm_json_get_string(doc, "version")),
                              .path = file->path };
        if (!cm_npm_name_is_valid(pkg.name) || !cm_npm_version_is_valid(pkg.version))
                return 0;
        pkg.licence = licence_of(arena, doc);
        return sink->pkg(sink, &pkg, err);
}

const struct cm_cataloger cm_cataloger_npm_package = {
        .name = "npm_package",
        .summary = "installed npm packages from their package.json",
        .doc = "catalogers.md#npm_package",
        .contexts = CM_CONTEXT_INSTALLED,
        .globs = (const char *const[]){ "**/package.json", NULL },
        .file_bytes_max = CM_MIB(8),
        .parse = npm_package_parse,
};
