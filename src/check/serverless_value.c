/* SPDX-License-Identifier: Apache-2.0 */
/* Building and reading of values, see serverless.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "cel/value.h"
#include "check/serverless.h"

bool cm_serverless_spend(struct cm_serverless *cx, size_t size)
{
        cx->left = size < cx->left ? cx->left - size : 0;
        return cx->left > 0;
}

int cm_serverless_check(const struct cm_serverless *cx, struct cm_err *err)
{
        if (cx->left > 0)
                return 0;
        return CM_RAISE(err, CM_E_LIMIT,
                        "what the template's functions and variables expand to is over limit "
                        "serverless_made_max (%zu)",
                        CM_SERVERLESS_MADE_MAX);
}

struct cm_node *cm_serverless_map(struct cm_serverless *cx, struct cm_node_pos pos)
{
        CM_IGNORE(cm_serverless_spend(cx, 1));
        return cm_node_new_map(cx->arena, pos);
}

struct cm_node *cm_serverless_list(struct cm_serverless *cx, struct cm_node_pos pos)
{
        CM_IGNORE(cm_serverless_spend(cx, 1));
        return cm_node_new_list(cx->arena, pos);
}

const struct cm_node *cm_serverless_text(struct cm_serverless *cx, struct cm_node_pos pos,
                                         struct cm_sv text)
{
        CM_IGNORE(cm_serverless_spend(cx, 1));
        return cm_node_new_string(cx->arena, pos, text);
}

const struct cm_node *cm_serverless_word(struct cm_serverless *cx, struct cm_node_pos pos,
                                         const char *text)
{
        return cm_serverless_text(cx, pos, cm_sv_from_cstr(text));
}

const struct cm_node *cm_serverless_int(struct cm_serverless *cx, struct cm_node_pos pos,
                                        int64_t value)
{
        CM_IGNORE(cm_serverless_spend(cx, 1));
        return cm_node_new_int(cx->arena, pos, value);
}

const struct cm_node *cm_serverless_bool(struct cm_serverless *cx, struct cm_node_pos pos,
                                         bool value)
{
        CM_IGNORE(cm_serverless_spend(cx, 1));
        return cm_node_new_bool(cx->arena, pos, value);
}

const struct cm_node *cm_serverless_null(struct cm_serverless *cx, struct cm_node_pos pos)
{
        CM_IGNORE(cm_serverless_spend(cx, 1));
        return cm_node_new_null(cx->arena, pos);
}

void cm_serverless_put(struct cm_serverless *cx, struct cm_node *map, const char *key,
                       const struct cm_node *value)
{
        if (value != NULL)
                cm_node_put(cx->arena, map, cm_sv_from_cstr(key), value->pos, value);
}

void cm_serverless_add(struct cm_serverless *cx, struct cm_node *list, const struct cm_node *item)
{
        if (item != NULL && cm_serverless_spend(cx, 1))
                cm_node_add(cx->arena, list, item);
}

const struct cm_node *cm_serverless_unknown(struct cm_serverless *cx, struct cm_node_pos pos,
                                            const char *format, ...)
{
        char text[256];
        va_list args;
        va_start(args, format);
        CM_IGNORE(vsnprintf(text, sizeof(text), format, args));
        va_end(args);
        CM_IGNORE(cm_serverless_spend(cx, 1));
        return cm_cel_unavailable_node(cx->arena, pos, cm_sv_from_cstr(text));
}

const struct cm_node *cm_serverless_outside(struct cm_serverless *cx, struct cm_node_pos pos)
{
        return cx->is_partial
                       ? cm_serverless_unknown(cx, pos, "resources of other files are not known")
                       : NULL;
}

bool cm_serverless_is_unknown(const struct cm_node *n)
{
        return n != NULL && cm_cel_from_node(n).kind == CM_CEL_ERROR;
}

static bool has_reason(const struct cm_node *n, struct cm_sv prefix)
{
        return cm_serverless_is_unknown(n) &&
               cm_sv_has_prefix(cm_cel_from_node(n).reason->text, prefix);
}

bool cm_serverless_is_given(const struct cm_node *n)
{
        return has_reason(n, CM_SV(CM_SERVERLESS_GIVEN));
}

bool cm_serverless_is_imported(const struct cm_node *n)
{
        return has_reason(n, CM_SV(CM_SERVERLESS_IMPORTED));
}

static bool is_absent(const struct cm_node *n)
{
        return cm_node_type(n) == CM_NODE_NULL && !cm_serverless_is_unknown(n);
}

bool cm_serverless_scalar(struct cm_serverless *cx, const struct cm_node *n, struct cm_sv *ret)
{
        switch (cm_node_type(n)) {
        case CM_NODE_STRING:
                *ret = n->text;
                return true;
        case CM_NODE_INT:
                *ret = cm_sv_printf(cx->arena, "%" PRId64, n->integer);
                return true;
        case CM_NODE_BOOL:
                *ret = n->boolean ? CM_SV("true") : CM_SV("false");
                return true;
        case CM_NODE_REAL:
                *ret = cm_sv_printf(cx->arena, "%.17g", n->real);
                return true;
        case CM_NODE_NULL:
        case CM_NODE_LIST:
        case CM_NODE_MAP:
                return false;
        }
        return false;
}

const struct cm_node *cm_serverless_as_text(struct cm_serverless *cx, const struct cm_node *n,
                                            const struct cm_node *otherwise)
{
        struct cm_sv text;
        if (is_absent(n))
                return otherwise;
        if (cm_serverless_is_unknown(n) || n->type == CM_NODE_STRING)
                return n;
        return cm_serverless_scalar(cx, n, &text)
                       ? cm_serverless_text(cx, n->pos, text)
                       : cm_serverless_unknown(cx, n->pos, "must be text");
}

const struct cm_node *cm_serverless_as_int(struct cm_serverless *cx, const struct cm_node *n,
                                           const struct cm_node *otherwise)
{
        struct cm_err ignored = CM_ERR_INIT;
        int64_t value = 0;
        if (is_absent(n))
                return otherwise;
        if (cm_serverless_is_unknown(n) || n->type == CM_NODE_INT)
                return n;
        if (n->type == CM_NODE_STRING &&
            cm_parse_i64(n->text, INT64_MIN, INT64_MAX, &value, &ignored) == 0)
                return cm_serverless_int(cx, n->pos, value);
        return cm_serverless_unknown(cx, n->pos, "must be a whole number");
}

const struct cm_node *cm_serverless_as_bool(struct cm_serverless *cx, const struct cm_node *n,
                                            const struct cm_node *otherwise)
{
        if (is_absent(n))
                return otherwise;
        if (cm_serverless_is_unknown(n) || n->type == CM_NODE_BOOL)
                return n;
        /* As text it is what the two services, which read YAML differently, take for one. */
        static const char *const yes[] = { "true", "yes", "on", NULL };
        static const char *const no[] = { "false", "no", "off", NULL };
        struct cm_sv word = cm_sv_lower(cx->arena, cm_sv_slice(cm_node_string(n), 0, 6));
        if (cm_sv_is_any(word, yes) || cm_sv_is_any(word, no))
                return cm_serverless_bool(cx, n->pos, cm_sv_is_any(word, yes));
        return cm_serverless_unknown(cx, n->pos, "must be true or false");
}

const struct cm_node *cm_serverless_as_texts(struct cm_serverless *cx, const struct cm_node *n,
                                             struct cm_node_pos pos)
{
        if (is_absent(n))
                return cm_serverless_list(cx, pos);
        if (cm_serverless_is_unknown(n))
                return n;
        struct cm_node *list = cm_serverless_list(cx, n->pos);
        if (n->type != CM_NODE_LIST) {
                cm_serverless_add(cx, list, cm_serverless_as_text(cx, n, NULL));
                return list;
        }
        for (size_t i = 0; i < n->list.count; i++)
                cm_serverless_add(cx, list, cm_serverless_as_text(cx, n->list.items[i], NULL));
        return list;
}

const struct cm_node *cm_serverless_get(const struct cm_node *n, const char *key)
{
        if (cm_serverless_is_unknown(n))
                return n;
        const struct cm_node *value = cm_node_get(n, key);
        return is_absent(value) ? NULL : value;
}

const struct cm_node *cm_serverless_get2(const struct cm_node *n, const char *key, const char *key2)
{
        return cm_serverless_get(cm_serverless_get(n, key), key2);
}

const struct cm_node *cm_serverless_first_unknown(const struct cm_node *list)
{
        if (cm_serverless_is_unknown(list))
                return list;
        for (size_t i = 0; i < cm_node_count(list); i++)
                if (cm_serverless_is_unknown(cm_node_at(list, i)))
                        return cm_node_at(list, i);
        return NULL;
}

const struct cm_node *cm_serverless_each(struct cm_serverless *cx, const struct cm_node *n,
                                         cm_serverless_replace *replace, int depth)
{
        bool is_map = cm_node_type(n) == CM_NODE_MAP;
        struct cm_node *copy = NULL;
        for (size_t i = 0; i < cm_node_count(n); i++) {
                const struct cm_node_member *m = is_map ? &n->map.members[i] : NULL;
                const struct cm_node *child = is_map ? m->value : n->list.items[i];
                const struct cm_node *value = replace(cx, child, depth);
                if (copy == NULL && value == child)
                        continue;
                if (copy == NULL) {
                        copy = is_map ? cm_serverless_map(cx, n->pos)
                                      : cm_serverless_list(cx, n->pos);
                        for (size_t j = 0; j < i && is_map; j++)
                                cm_node_put(cx->arena, copy, n->map.members[j].key,
                                            n->map.members[j].key_pos, n->map.members[j].value);
                        for (size_t j = 0; j < i && !is_map; j++)
                                cm_serverless_add(cx, copy, n->list.items[j]);
                }
                if (value != NULL && is_map)
                        cm_node_put(cx->arena, copy, m->key, m->key_pos, value);
                else if (value != NULL)
                        cm_serverless_add(cx, copy, value);
        }
        return copy != NULL ? copy : n;
}

static void put_all(struct cm_serverless *cx, struct cm_node *map, const struct cm_node *from)
{
        for (size_t i = 0; i < from->map.count && cm_serverless_spend(cx, 1); i++)
                cm_node_put(cx->arena, map, from->map.members[i].key, from->map.members[i].key_pos,
                            from->map.members[i].value);
}

/* Readers bound the depth (CM_NODE_DEPTH_MAX), so this may call itself. */
const struct cm_node *cm_serverless_merge(struct cm_serverless *cx, const struct cm_node *all,
                                          const struct cm_node *own)
{
        if (all == NULL || own == NULL)
                return own != NULL ? own : all;
        if (cm_serverless_is_unknown(all) &&
            (own->type == CM_NODE_MAP || own->type == CM_NODE_LIST))
                return all; /* what it adds is not known */
        if (all->type == CM_NODE_LIST && own->type == CM_NODE_LIST) {
                struct cm_node *list = cm_serverless_list(cx, own->pos);
                for (size_t i = 0; i < all->list.count; i++)
                        cm_serverless_add(cx, list, all->list.items[i]);
                for (size_t i = 0; i < own->list.count; i++)
                        cm_serverless_add(cx, list, own->list.items[i]);
                return list;
        }
        if (all->type != CM_NODE_MAP || own->type != CM_NODE_MAP)
                return own;
        struct cm_node *map = cm_serverless_map(cx, own->pos);
        put_all(cx, map, all);
        for (size_t i = 0; i < own->map.count && cm_serverless_spend(cx, 1); i++) {
                const struct cm_node_member *m = &own->map.members[i];
                cm_node_put(cx->arena, map, m->key, m->key_pos,
                            cm_serverless_merge(cx, cm_node_get_sv(all, m->key), m->value));
        }
        return map;
}
