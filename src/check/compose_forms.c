/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of members that are simple, or a list in one spelling and a mapping in another. */
#include <stdarg.h>
#include <stdio.h>

#include "base/escape.h"
#include "base/limits.h"
#include "cel/value.h"
#include "check/compose.h"
#include "codec/shell_words.h"
#include "model/imageref.h"

enum {
        REASON_BYTES = 400
};

bool cm_compose_is_full(const struct cm_compose *cx)
{
        return cx->node_count > CM_COMPOSE_NODES_MAX;
}

int cm_compose_check(const struct cm_compose *cx, struct cm_err *err)
{
        return cm_compose_is_full(cx)
                       ? CM_RAISE(err, CM_E_LIMIT,
                                  "services hold more than compose_nodes_max (%zu) values",
                                  CM_COMPOSE_NODES_MAX)
                       : 0;
}

struct cm_node *cm_compose_map(struct cm_compose *cx, struct cm_node_pos pos)
{
        cx->node_count++;
        return cm_node_new_map(cx->arena, pos);
}

struct cm_node *cm_compose_list(struct cm_compose *cx, struct cm_node_pos pos)
{
        cx->node_count++;
        return cm_node_new_list(cx->arena, pos);
}

const struct cm_node *cm_compose_text(struct cm_compose *cx, struct cm_node_pos pos,
                                      struct cm_sv text)
{
        cx->node_count++;
        return cm_node_new_string(cx->arena, pos, text);
}

const struct cm_node *cm_compose_null(struct cm_compose *cx, struct cm_node_pos pos)
{
        cx->node_count++;
        return cm_node_new_null(cx->arena, pos);
}

const struct cm_node *cm_compose_bool(struct cm_compose *cx, struct cm_node_pos pos, bool value)
{
        cx->node_count++;
        return cm_node_new_bool(cx->arena, pos, value);
}

const struct cm_node *cm_compose_int(struct cm_compose *cx, struct cm_node_pos pos, int64_t value)
{
        cx->node_count++;
        return cm_node_new_int(cx->arena, pos, value);
}

void cm_compose_put(struct cm_compose *cx, struct cm_node *map, const char *key,
                    const struct cm_node *value)
{
        cx->node_count++;
        cm_node_put(cx->arena, map, cm_sv_from_cstr(key), value->pos, value);
}

void cm_compose_add(struct cm_compose *cx, struct cm_node *list, const struct cm_node *item)
{
        cx->node_count++;
        cm_node_add(cx->arena, list, item);
}

const struct cm_node *cm_compose_unknown(struct cm_compose *cx, struct cm_node_pos pos,
                                         const char *format, ...)
{
        char text[REASON_BYTES];
        va_list ap;
        va_start(ap, format);
        vsnprintf(text, sizeof(text), format, ap);
        va_end(ap);
        cx->node_count++;
        return cm_cel_unavailable_node(cx->arena, pos, cm_sv_from_cstr(text));
}

bool cm_compose_is_unknown(const struct cm_node *n)
{
        return cm_cel_from_node(n).kind == CM_CEL_ERROR;
}

bool cm_compose_scalar(struct cm_compose *cx, const struct cm_node *n, struct cm_sv *ret)
{
        if (cm_node_type(n) == CM_NODE_INT)
                *ret = cm_sv_printf(cx->arena, "%lld", (long long)n->integer);
        else if (cm_node_type(n) == CM_NODE_STRING)
                *ret = n->text;
        else
                return false;
        return true;
}

const struct cm_node *cm_compose_member(struct cm_compose *cx, const struct cm_node *map,
                                        const char *key, cm_compose_form *form,
                                        const struct cm_node *otherwise)
{
        const struct cm_node *n = cm_node_get(map, key);
        if (cm_compose_is_unknown(map))
                return map;
        return cm_node_type(n) == CM_NODE_NULL && !cm_compose_is_unknown(n) ? otherwise
                                                                            : form(cx, n);
}

const struct cm_node *cm_compose_each(struct cm_compose *cx, const struct cm_node *n,
                                      cm_compose_form *form)
{
        if (cm_compose_is_unknown(n))
                return n;
        if (cm_node_type(n) != CM_NODE_LIST)
                return cm_compose_unknown(cx, n->pos, "must be a list");
        struct cm_node *list = cm_compose_list(cx, n->pos);
        for (size_t i = 0; i < n->list.count && !cm_compose_is_full(cx); i++)
                cm_compose_add(cx, list, form(cx, n->list.items[i]));
        return list;
}

const struct cm_node *cm_compose_as_any(struct cm_compose *cx, const struct cm_node *n)
{
        (void)cx;
        return n;
}

/* "yes" is text for the reader of Compose, and true where Compose wants a boolean. */
const struct cm_node *cm_compose_as_bool(struct cm_compose *cx, const struct cm_node *n)
{
        static const char *const trues[] = { "true", "1", "t", "y", "yes", "on" };
        static const char *const falses[] = { "false", "0", "f", "n", "no", "off" };
        if (cm_node_type(n) == CM_NODE_BOOL || cm_compose_is_unknown(n))
                return n;
        if (cm_node_type(n) == CM_NODE_STRING) {
                for (size_t i = 0; i < CM_ARRAY_LEN(trues); i++) {
                        if (cm_sv_eq_nocase(n->text, cm_sv_from_cstr(trues[i])))
                                return cm_compose_bool(cx, n->pos, true);
                        if (cm_sv_eq_nocase(n->text, cm_sv_from_cstr(falses[i])))
                                return cm_compose_bool(cx, n->pos, false);
                }
        }
        return cm_compose_unknown(cx, n->pos, "must be true or false");
}

const struct cm_node *cm_compose_as_text(struct cm_compose *cx, const struct cm_node *n)
{
        struct cm_sv text;
        if (cm_node_type(n) == CM_NODE_STRING || cm_compose_is_unknown(n))
                return n;
        return cm_compose_scalar(cx, n, &text) ? cm_compose_text(cx, n->pos, text)
                                               : cm_compose_unknown(cx, n->pos, "must be text");
}

const struct cm_node *cm_compose_as_int(struct cm_compose *cx, const struct cm_node *n)
{
        struct cm_err err = CM_ERR_INIT;
        int64_t value = 0;
        if (cm_node_type(n) == CM_NODE_INT || cm_compose_is_unknown(n))
                return n;
        if (cm_node_type(n) == CM_NODE_STRING &&
            cm_parse_i64(n->text, INT64_MIN, INT64_MAX, &value, &err) == 0)
                return cm_compose_int(cx, n->pos, value);
        return cm_compose_unknown(cx, n->pos, "must be a whole number");
}

const struct cm_node *cm_compose_as_texts(struct cm_compose *cx, const struct cm_node *n)
{
        if (cm_compose_is_unknown(n))
                return n;
        bool is_list = cm_node_type(n) == CM_NODE_LIST;
        if (!is_list && cm_node_type(n) != CM_NODE_STRING)
                return cm_compose_unknown(cx, n->pos, "must be a list of texts");
        struct cm_node *list = cm_compose_list(cx, n->pos);
        for (size_t i = 0; i < cm_node_count(n); i++)
                cm_compose_add(cx, list, cm_compose_as_text(cx, n->list.items[i]));
        if (!is_list)
                cm_compose_add(cx, list, n);
        return list;
}

const struct cm_node *cm_compose_as_mapping(struct cm_compose *cx, const struct cm_node *n)
{
        if (cm_node_type(n) == CM_NODE_MAP || cm_compose_is_unknown(n))
                return n;
        return cm_compose_unknown(cx, n->pos, "must be a mapping");
}

const struct cm_node *cm_compose_as_pairs(struct cm_compose *cx, const struct cm_node *n)
{
        if (cm_node_type(n) != CM_NODE_LIST)
                return cm_compose_as_mapping(cx, n);
        struct cm_node *map = cm_compose_map(cx, n->pos);
        for (size_t i = 0; i < n->list.count; i++) {
                const struct cm_node *item = n->list.items[i];
                struct cm_sv key, value;
                if (cm_compose_is_unknown(item))
                        return item;
                if (cm_node_type(item) != CM_NODE_STRING)
                        return cm_compose_unknown(cx, n->pos, "must be a list of KEY=VALUE");
                cm_sv_cut(item->text, '=', &key, &value);
                cx->node_count++;
                cm_node_put(cx->arena, map, key, item->pos, cm_compose_text(cx, item->pos, value));
        }
        return map;
}

const struct cm_node *cm_compose_as_names(struct cm_compose *cx, const struct cm_node *n)
{
        bool is_list = cm_node_type(n) == CM_NODE_LIST;
        if (!is_list && cm_node_type(n) != CM_NODE_MAP)
                return cm_compose_as_mapping(cx, n);
        struct cm_node *map = cm_compose_map(cx, n->pos);
        for (size_t i = 0; i < cm_node_count(n); i++) {
                const struct cm_node *item = is_list ? n->list.items[i] : n->map.members[i].value;
                const struct cm_node *value = item;
                if (is_list && cm_compose_is_unknown(item))
                        return item;
                if (is_list && cm_node_type(item) != CM_NODE_STRING)
                        return cm_compose_unknown(cx, n->pos, "must be a list of names");
                if (is_list || (cm_node_type(item) == CM_NODE_NULL && !cm_compose_is_unknown(item)))
                        value = cm_compose_map(cx, item->pos);
                cx->node_count++;
                cm_node_put(cx->arena, map, is_list ? item->text : n->map.members[i].key, item->pos,
                            cm_compose_as_mapping(cx, value));
        }
        return map;
}

/* A command as text is split at blanks, as a shell would, but no shell runs it. */
static const struct cm_node *split(struct cm_compose *cx, const struct cm_node *n)
{
        struct cm_shell_script script = { 0 };
        struct cm_err err = CM_ERR_INIT;
        struct cm_node *list = cm_compose_list(cx, n->pos);
        if (cm_shell_parse(cx->arena, n->text, &cx->shell_words, &script, &err) < 0)
                return cm_compose_unknown(cx, n->pos, "%s", err.text);
        if (script.incomplete)
                return cm_compose_unknown(cx, n->pos, "has a quote without an end");
        if (script.count == 0)
                return list;
        const struct cm_shell_command *c = script.items[0];
        for (size_t i = 0; i < c->assignments.count; i++)
                cm_compose_add(cx, list, cm_compose_text(cx, n->pos, c->assignments.items[i].text));
        for (size_t i = 0; i < c->words.count; i++)
                cm_compose_add(cx, list, cm_compose_text(cx, n->pos, c->words.items[i].text));
        return list;
}

const struct cm_node *cm_compose_as_command(struct cm_compose *cx, const struct cm_node *n)
{
        return cm_node_type(n) == CM_NODE_STRING ? split(cx, n) : cm_compose_as_texts(cx, n);
}

const struct cm_node *cm_compose_as_image(struct cm_compose *cx, const struct cm_node *n)
{
        struct cm_imageref ref = { 0 };
        struct cm_err err = CM_ERR_INIT;
        if (cm_compose_is_unknown(n))
                return n;
        if (cm_node_type(n) != CM_NODE_STRING)
                return cm_compose_unknown(cx, n->pos, "must be text");
        if (cm_imageref_parse(cx->arena, n->text, &ref, &err) < 0)
                return cm_compose_unknown(cx, n->pos, "%s", err.text);
        struct cm_node *map = cm_compose_map(cx, n->pos);
        struct cm_sv name = cm_sv_printf(cx->arena, "%.*s/%.*s", CM_SV_ARG(ref.registry),
                                         CM_SV_ARG(ref.repository));
        cm_compose_put(cx, map, "reference", n);
        cm_compose_put(cx, map, "registry", cm_compose_text(cx, n->pos, ref.registry));
        cm_compose_put(cx, map, "name", cm_compose_text(cx, n->pos, name));
        cm_compose_put(cx, map, "tag", cm_compose_text(cx, n->pos, ref.tag));
        cm_compose_put(cx, map, "digest", cm_compose_text(cx, n->pos, ref.digest));
        return map;
}

const struct cm_node *cm_compose_as_build(struct cm_compose *cx, const struct cm_node *n)
{
        struct cm_node *map = cm_compose_map(cx, n->pos);
        if (cm_node_type(n) == CM_NODE_STRING) {
                cm_compose_put(cx, map, "context", n);
                return map;
        }
        if (cm_node_type(n) != CM_NODE_MAP)
                return cm_compose_as_mapping(cx, n);
        for (size_t i = 0; i < n->map.count; i++) {
                const struct cm_node_member *m = &n->map.members[i];
                bool is_pairs =
                        cm_sv_eq(m->key, CM_SV("args")) || cm_sv_eq(m->key, CM_SV("labels"));
                bool is_bool = cm_sv_eq(m->key, CM_SV("privileged"));
                if (cm_node_type(m->value) == CM_NODE_NULL && !cm_compose_is_unknown(m->value))
                        continue;
                cx->node_count++;
                cm_node_put(cx->arena, map, m->key, m->key_pos,
                            is_pairs  ? cm_compose_as_pairs(cx, m->value)
                            : is_bool ? cm_compose_as_bool(cx, m->value)
                                      : m->value);
        }
        return map;
}

/* Docker takes "cap_sys_admin" for SYS_ADMIN. */
static const struct cm_node *as_capability(struct cm_compose *cx, const struct cm_node *n)
{
        n = cm_compose_as_text(cx, n);
        if (cm_compose_is_unknown(n))
                return n;
        char *upper = cm_arena_alloc(cx->arena, n->text.len + 1, 1);
        for (size_t i = 0; i < n->text.len; i++) {
                char c = n->text.ptr[i];
                upper[i] = cm_is_lower(c) ? (char)(c - 'a' + 'A') : c;
        }
        struct cm_sv name = cm_sv_make(upper, n->text.len);
        if (cm_sv_has_prefix(name, CM_SV("CAP_")))
                name = cm_sv_skip(name, 4);
        return cm_compose_text(cx, n->pos, name);
}

const struct cm_node *cm_compose_as_capabilities(struct cm_compose *cx, const struct cm_node *n)
{
        return cm_compose_each(cx, n, as_capability);
}

static const struct cm_node *as_env_file(struct cm_compose *cx, const struct cm_node *n)
{
        bool is_map = cm_node_type(n) == CM_NODE_MAP;
        const struct cm_node *path = is_map ? cm_node_get(n, "path") : n;
        const struct cm_node *required = is_map ? cm_node_get(n, "required") : NULL;
        if (path == NULL || (!is_map && cm_node_type(n) != CM_NODE_STRING))
                return cm_compose_is_unknown(n)
                               ? n
                               : cm_compose_unknown(cx, n->pos, "must be a path or have one");
        struct cm_node *map = cm_compose_map(cx, n->pos);
        cm_compose_put(cx, map, "path", cm_compose_as_text(cx, path));
        cm_compose_put(cx, map, "required",
                       required != NULL ? cm_compose_as_bool(cx, required)
                                        : cm_compose_bool(cx, n->pos, true));
        return map;
}

const struct cm_node *cm_compose_as_env_files(struct cm_compose *cx, const struct cm_node *n)
{
        if (cm_compose_is_unknown(n))
                return n;
        struct cm_node *list = cm_compose_list(cx, n->pos);
        if (cm_node_type(n) != CM_NODE_LIST)
                cm_compose_add(cx, list, as_env_file(cx, n));
        for (size_t i = 0; cm_node_type(n) == CM_NODE_LIST && i < n->list.count; i++)
                cm_compose_add(cx, list, as_env_file(cx, n->list.items[i]));
        return list;
}

static const struct cm_node *variable(struct cm_compose *cx, struct cm_sv name,
                                      const struct cm_node *value, const char *source)
{
        struct cm_node *map = cm_compose_map(cx, value->pos);
        cm_compose_put(cx, map, "name", cm_compose_text(cx, value->pos, name));
        cm_compose_put(cx, map, "value", value);
        cm_compose_put(cx, map, "source", cm_compose_text(cx, value->pos, cm_sv_from_cstr(source)));
        return map;
}

/* "NAME=VALUE", or "NAME": its value is the one of whoever starts the service. */
static const struct cm_node *variable_from_text(struct cm_compose *cx, const struct cm_node *n)
{
        struct cm_sv name, value;
        const char *source = "shell";
        if (cm_node_type(n) != CM_NODE_STRING)
                return cm_compose_unknown(cx, n->pos, "must be NAME=VALUE");
        bool has_value = cm_sv_cut(n->text, '=', &name, &value);
        if (cm_sv_find_char(name, '$') >= 0) {
                const struct cm_node *whole = cm_compose_expand_text(cx, n->pos, n->text, &source);
                if (cm_compose_is_unknown(whole))
                        return whole;
                has_value = cm_sv_cut(whole->text, '=', &name, &value);
                return variable(cx, name,
                                has_value ? cm_compose_text(cx, n->pos, value)
                                          : cm_compose_null(cx, n->pos),
                                has_value ? source : "shell");
        }
        const struct cm_node *v = has_value ? cm_compose_expand_text(cx, n->pos, value, &source)
                                            : cm_compose_null(cx, n->pos);
        return variable(cx, name, v, source);
}

static const struct cm_node *variable_from_member(struct cm_compose *cx,
                                                  const struct cm_node_member *m)
{
        const char *source = "literal";
        const struct cm_node *v = m->value;
        if (cm_node_type(v) == CM_NODE_STRING)
                v = cm_compose_expand_text(cx, v->pos, v->text, &source);
        else if (cm_node_type(v) == CM_NODE_NULL)
                source = "shell";
        else if (cm_node_type(v) == CM_NODE_MAP || cm_node_type(v) == CM_NODE_LIST)
                v = cm_compose_unknown(cx, v->pos, "must be text");
        return variable(cx, m->key, v, source);
}

const struct cm_node *cm_compose_as_environment(struct cm_compose *cx, const struct cm_node *n)
{
        struct cm_node *list = cm_compose_list(cx, n->pos);
        if (cm_node_type(n) != CM_NODE_LIST && cm_node_type(n) != CM_NODE_MAP)
                return cm_compose_unknown(cx, n->pos, "must be a mapping or a list of NAME=VALUE");
        for (size_t i = 0; i < cm_node_count(n); i++)
                cm_compose_add(cx, list,
                               n->type == CM_NODE_LIST
                                       ? variable_from_text(cx, n->list.items[i])
                                       : variable_from_member(cx, &n->map.members[i]));
        return list;
}
