/* SPDX-License-Identifier: Apache-2.0 */
/* See comply.h. */
#include <fcntl.h>
#include <stdio.h>

#include "base/escape.h"
#include "check/library.h"
#include "cmd/check_show.h"
#include "cmd/comply.h"
#include "codec/node_yaml.h"
#include "comply/framework_pack.h"
#include "os/file.h"

int cm_comply_open(const struct cm_args *args, const char *const *files, size_t count,
                   struct cm_comply_context *ret, struct cm_err *err)
{
        int r = cm_frameworks_open(args->arena, &ret->frameworks, err);
        if (r == 0)
                r = cm_check_library_open(args, files, count, &ret->library, err);
        if (r == 0)
                r = cm_check_library_all(ret->library, &ret->checks, &ret->check_count, err);
        return r;
}

/* A framework of the user's own: beside the built-in ones, so that its rows may go through theirs. */
static int load_own(const struct cm_args *args, struct cm_comply_context *c, const char *path,
                    const struct cm_framework **ret, struct cm_err *err)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_CORE };
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_MIB(16));
        int r = cm_file_read(AT_FDCWD, path, &buf, err);
        if (r > 0)
                return CM_RAISE(err, CM_E_USAGE, "there is no file '%.200s'", path);
        if (r == 0)
                r = cm_node_parse_yaml(args->arena, cm_sv_dup(args->arena, cm_buf_sv(&buf)),
                                       &options, &docs, &count, err);
        if (r == 0 && (count != 1 || !cm_framework_is(docs[0].root)))
                r = CM_RAISE(err, CM_E_MALFORMED, "'%.200s' is not one framework", path);
        if (r < 0)
                return r;
        size_t all = c->frameworks.count;
        struct cm_framework *items = CM_NEW_ARRAY(args->arena, struct cm_framework, all + 1);
        memcpy(items, c->frameworks.items, all * sizeof(*items));
        r = cm_framework_load(args->arena, cm_sv_from_cstr(path), docs[0].root, &items[all], err);
        if (r < 0)
                return r;
        c->frameworks = (struct cm_frameworks){ items, all + 1 };
        *ret = &items[all];
        return cm_frameworks_verify(args->arena, &c->frameworks, c->checks, c->check_count, err);
}

/* "pci-dss-4" for "pci-dss-4.0.1": the beginning of one name only, up to where a part of it ends. */
static const struct cm_framework *find_by_beginning(const struct cm_frameworks *all,
                                                    struct cm_sv wanted)
{
        const struct cm_framework *found = NULL;
        for (size_t i = 0; i < all->count; i++) {
                const struct cm_framework *f = &all->items[i];
                if (wanted.len == 0 || f->name.len <= wanted.len ||
                    !cm_sv_has_prefix(f->name, wanted) || cm_is_alnum(f->name.ptr[wanted.len]))
                        continue;
                if (found != NULL)
                        return NULL;
                found = f;
        }
        return found;
}

int cm_comply_framework(const struct cm_args *args, struct cm_comply_context *c, const char *name,
                        const struct cm_framework **ret, struct cm_err *err)
{
        struct cm_sv wanted = cm_sv_from_cstr(name);
        if (cm_sv_find_char(wanted, '/') >= 0 || cm_sv_has_suffix(wanted, CM_SV(".yaml")))
                return load_own(args, c, name, ret, err);
        struct cm_buf known CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&known, CM_KIB(4));
        for (size_t i = 0; i < c->frameworks.count; i++)
                cm_buf_printf(&known, "%s%.*s", i > 0 ? ", " : "",
                              CM_SV_ARG(c->frameworks.items[i].name));
        *ret = cm_frameworks_find(&c->frameworks, wanted);
        if (*ret == NULL)
                *ret = find_by_beginning(&c->frameworks, wanted);
        return *ret != NULL
                       ? 0
                       : CM_RAISE(err, CM_E_USAGE, "there is no framework '%.60s'; there are %.*s",
                                  name, CM_SV_ARG(cm_buf_sv(&known)));
}
