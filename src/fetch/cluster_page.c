/* SPDX-License-Identifier: Apache-2.0 */
/* The pure half of cluster_survey.h: one page of a list as objects that stand for themselves. */
#include <string.h>

#include "base/escape.h"
#include "codec/node_json.h"
#include "fetch/cluster_survey.h"

/* It holds the whole object again, of a secret with its data. */
#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

static void put_member(struct cm_buf *out, bool *has_any, struct cm_sv key)
{
        cm_buf_put_char(out, *has_any ? ',' : '{');
        *has_any = true;
        cm_buf_put_json(out, key);
        cm_buf_put_char(out, ':');
}

static void put_annotations(struct cm_buf *out, const struct cm_node *annotations, bool is_secret)
{
        bool has_any = false;
        for (size_t i = 0; i < cm_node_count(annotations); i++) {
                const struct cm_node_member *m = &annotations->map.members[i];
                if (cm_sv_eq(m->key, CM_SV(LAST_APPLIED)))
                        continue;
                put_member(out, &has_any, m->key);
                cm_node_write_json(out, m->value);
        }
        if (is_secret) {
                put_member(out, &has_any, CM_SV(CM_CLUSTER_NOT_READ));
                cm_buf_put_str(out, "\"true\"");
        }
        cm_buf_put_str(out, has_any ? "}" : "{}");
}

static void put_metadata(struct cm_buf *out, const struct cm_node *metadata, bool is_secret)
{
        bool has_any = false;
        const struct cm_node *annotations = cm_node_get(metadata, "annotations");
        if (cm_node_type(annotations) != CM_NODE_MAP)
                annotations = NULL;
        for (size_t i = 0; i < cm_node_count(metadata); i++) {
                const struct cm_node_member *m = &metadata->map.members[i];
                if (cm_sv_eq(m->key, CM_SV("managedFields")) ||
                    cm_sv_eq(m->key, CM_SV("annotations")))
                        continue;
                put_member(out, &has_any, m->key);
                cm_node_write_json(out, m->value);
        }
        if (annotations != NULL || is_secret) {
                put_member(out, &has_any, CM_SV("annotations"));
                put_annotations(out, annotations, is_secret);
        }
        cm_buf_put_str(out, has_any ? "}" : "{}");
}

static void put_head(struct cm_buf *out, const char *kind, const char *api_version)
{
        cm_buf_printf(out, ",\n{\"apiVersion\":\"%s\",\"kind\":\"%s\"", api_version, kind);
}

static void put_object(struct cm_buf *out, const char *kind, const char *api_version,
                       const struct cm_node *object)
{
        bool has_any = true;
        put_head(out, kind, api_version);
        for (size_t i = 0; i < cm_node_count(object); i++) {
                const struct cm_node_member *m = &object->map.members[i];
                if (cm_sv_eq(m->key, CM_SV("kind")) || cm_sv_eq(m->key, CM_SV("apiVersion")))
                        continue;
                put_member(out, &has_any, m->key);
                if (cm_sv_eq(m->key, CM_SV("metadata")) && cm_node_type(m->value) == CM_NODE_MAP)
                        put_metadata(out, m->value, false);
                else
                        cm_node_write_json(out, m->value);
        }
        cm_buf_put_char(out, '}');
}

/* Which cell of each row of a Table has this column; the count of columns when none has. */
static size_t column_of(const struct cm_node *table, const char *name)
{
        const struct cm_node *columns = cm_node_get(table, "columnDefinitions");
        size_t at = 0;
        while (at < cm_node_count(columns) &&
               !cm_sv_eq_nocase(cm_node_get_string(cm_node_at(columns, at), "name"),
                                cm_sv_from_cstr(name)))
                at++;
        return at;
}

static int put_secrets(struct cm_buf *out, const struct cm_node *table,
                       struct cm_cluster_page *page, struct cm_err *err)
{
        const struct cm_node *rows = cm_node_get(table, "rows");
        size_t type = column_of(table, "Type");
        for (size_t i = 0; i < cm_node_count(rows); i++) {
                const struct cm_node *row = cm_node_at(rows, i);
                const struct cm_node *metadata = cm_node_path(row, "object", "metadata", NULL);
                const struct cm_node *cell = cm_node_at(cm_node_get(row, "cells"), type);
                if (cm_node_type(metadata) != CM_NODE_MAP || cm_node_type(cell) != CM_NODE_STRING)
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "the table of secrets lacks metadata or types");
                put_head(out, "Secret", "v1");
                cm_buf_put_str(out, ",\"metadata\":");
                put_metadata(out, metadata, true);
                cm_buf_put_str(out, ",\"type\":");
                cm_buf_put_json(out, cell->text);
                cm_buf_put_char(out, '}');
                page->count++;
        }
        return 0;
}

/* `key` holds the objects; Go writes null for an empty list, or leaves it out (admission policies). */
static int check_list(const struct cm_node *root, const char *kind, const char *key,
                      struct cm_err *err)
{
        const struct cm_node *list = cm_node_get(root, key);
        bool is_list = cm_node_type(list) == CM_NODE_LIST || cm_node_type(list) == CM_NODE_NULL;
        if (!cm_sv_eq(cm_node_get_string(root, "kind"), cm_sv_from_cstr(kind)) || !is_list)
                return CM_RAISE(err, CM_E_MALFORMED, "the answer is no %s", kind);
        return 0;
}

int cm_cluster_page_read(struct cm_arena *arena, const char *kind, const char *api_version,
                         struct cm_sv text, struct cm_buf *out, struct cm_cluster_page *ret,
                         struct cm_err *err)
{
        const struct cm_node_json_options options = { 0 };
        struct cm_node_json_result result;
        struct cm_cluster_page page = { .count = 0 };
        int r = cm_node_parse_json(arena, text, &options, &result, err);
        if (r < 0)
                return r;
        bool is_secret = strcmp(kind, "Secret") == 0;
        r = is_secret ? check_list(result.root, "Table", "rows", err)
                      : check_list(result.root, cm_sv_printf(arena, "%sList", kind).ptr, "items",
                                   err);
        if (r == 0 && is_secret)
                r = put_secrets(out, result.root, &page, err);
        const struct cm_node *items = cm_node_get(result.root, "items");
        for (size_t i = 0; i < cm_node_count(items) && r == 0 && !is_secret; i++) {
                const struct cm_node *object = cm_node_at(items, i);
                if (cm_node_type(object) != CM_NODE_MAP)
                        return CM_RAISE(err, CM_E_MALFORMED, "an item of the list is no object");
                put_object(out, kind, api_version, object);
                page.count++;
        }
        page.next = cm_node_string(cm_node_path(result.root, "metadata", "continue", NULL));
        if (r == 0)
                r = cm_buf_check(out, "what the lists have together", err);
        if (r == 0)
                *ret = page;
        return r;
}
