/* SPDX-License-Identifier: Apache-2.0 */
/* See node_expect.h. */
#include "codec/node_expect.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/escape.h"

int cm_node_wrong(struct cm_sv source, struct cm_node_pos pos, struct cm_err *err,
                  const char *format, ...)
{
        char text[CM_ERR_TEXT_BYTES];
        va_list ap;
        va_start(ap, format);
        vsnprintf(text, sizeof(text), format, ap);
        va_end(ap);
        return CM_RAISE(err, CM_E_MALFORMED, "%.*s:%u:%u: %s", CM_SV_ARG(source), pos.line,
                        pos.column, text);
}

static struct cm_node_pos pos_of(const struct cm_node *n)
{
        return n == NULL ? (struct cm_node_pos){ 0, 0 } : n->pos;
}

int cm_node_only(struct cm_arena *arena, struct cm_sv source, const struct cm_node *map,
                 const char *const *known, struct cm_err *err)
{
        if (cm_node_type(map) != CM_NODE_MAP)
                return cm_node_wrong(source, pos_of(map), err, "this must be a mapping");
        for (size_t i = 0; i < map->map.count; i++) {
                const struct cm_node_member *m = &map->map.members[i];
                if (!cm_sv_is_any(m->key, known))
                        return cm_node_wrong(source, m->key_pos, err,
                                             "no member '%s' is known here",
                                             cm_escape(arena, m->key));
        }
        return 0;
}

int cm_node_text(struct cm_sv source, const struct cm_node *map, const char *key, bool required,
                 struct cm_sv *ret, struct cm_err *err)
{
        const struct cm_node *n = cm_node_get(map, key);
        *ret = CM_SV("");
        if (n == NULL)
                return required ? cm_node_wrong(source, pos_of(map), err, "member '%s' is missing",
                                                key)
                                : 0;
        if (n->type != CM_NODE_STRING || (required && cm_sv_trim(n->text).len == 0))
                return cm_node_wrong(source, n->pos, err,
                                     "'%s' must be text (put numbers in quotes)", key);
        *ret = cm_sv_trim(n->text);
        return 0;
}

int cm_node_texts(struct cm_sv source, const struct cm_node *map, const char *key,
                  const struct cm_node **ret, struct cm_err *err)
{
        const struct cm_node *n = cm_node_get(map, key);
        *ret = n;
        if (n == NULL)
                return 0;
        bool ok = n->type == CM_NODE_LIST;
        for (size_t i = 0; i < cm_node_count(n) && ok; i++)
                ok = cm_node_string(cm_node_at(n, i)).len > 0;
        return ok ? 0
                  : cm_node_wrong(source, n->pos, err,
                                  "'%s' must be a list of texts (put numbers in quotes)", key);
}
