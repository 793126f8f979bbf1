/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables in Compose files: $x ${x} ${x-y} ${x:-y} ${x?y} ${x:?y} ${x+y} ${x:+y} $$. The
 * environment is not known here: a variable has the default that stands beside it, or makes the
 * whole text unknown.
 * Spec: the Compose specification, "Interpolation".
 */
#include "base/buf.h"
#include "base/escape.h"
#include "base/limits.h"
#include "check/compose.h"

enum {
        NESTING_MAX = 20 /* of defaults within defaults */
};

struct expansion {
        struct cm_buf out;
        struct cm_sv name; /* of the variable that has no default */
        const char *wrong; /* what is malformed, or NULL */
        bool has_default;
        bool is_unknown;
};

static size_t name_length(struct cm_sv s)
{
        size_t n = 0;
        while (n < s.len && (cm_is_alnum(s.ptr[n]) || s.ptr[n] == '_'))
                n++;
        return n > 0 && cm_is_digit(s.ptr[0]) ? 0 : n;
}

/* The length of what stands before the "}" that ends "${"; the whole length when there is none. */
static size_t body_length(struct cm_sv s)
{
        size_t depth = 0;
        for (size_t i = 0; i < s.len; i++) {
                if (s.ptr[i] == '}' && depth-- == 0)
                        return i;
                if (s.ptr[i] == '{' && i > 0 && s.ptr[i - 1] == '$')
                        depth++;
        }
        return s.len;
}

static void expand(struct expansion *e, struct cm_sv text, int depth);

/* What stands between "${" and "}". */
static void expand_braced(struct expansion *e, struct cm_sv body, int depth)
{
        size_t n = name_length(body);
        struct cm_sv name = cm_sv_slice(body, 0, n);
        struct cm_sv rest = cm_sv_skip(body, n);
        if (n == 0) {
                e->wrong = "'${' begins no variable";
                return;
        }
        if (cm_sv_has_prefix(rest, CM_SV(":")))
                rest = cm_sv_skip(rest, 1);
        bool is_plain = n == body.len;
        if (!is_plain && (rest.len == 0 || cm_sv_find(CM_SV("-+?"), cm_sv_slice(rest, 0, 1)) < 0)) {
                e->wrong = "'${' begins no variable";
        } else if (is_plain || rest.ptr[0] != '-') {
                e->name = name;
                e->is_unknown = true;
        } else {
                e->has_default = true;
                expand(e, cm_sv_skip(rest, 1), depth + 1);
        }
}

static void expand(struct expansion *e, struct cm_sv text, int depth)
{
        if (depth > NESTING_MAX)
                e->wrong = "defaults of variables are nested too deeply";
        while (text.len > 0 && e->wrong == NULL && !e->is_unknown) {
                ptrdiff_t at = cm_sv_find_char(text, '$');
                size_t before = at < 0 ? text.len : (size_t)at;
                cm_buf_put_sv(&e->out, cm_sv_slice(text, 0, before));
                if (at < 0)
                        return;
                text = cm_sv_skip(text, before + 1);
                if (cm_sv_has_prefix(text, CM_SV("$"))) {
                        cm_buf_put_char(&e->out, '$');
                        text = cm_sv_skip(text, 1);
                } else if (cm_sv_has_prefix(text, CM_SV("{"))) {
                        text = cm_sv_skip(text, 1);
                        size_t n = body_length(text);
                        if (n == text.len)
                                e->wrong = "'${' has no end";
                        else
                                expand_braced(e, cm_sv_slice(text, 0, n), depth);
                        text = cm_sv_skip(text, n + 1);
                } else {
                        e->name = cm_sv_slice(text, 0, name_length(text));
                        e->is_unknown = e->name.len > 0;
                        if (!e->is_unknown)
                                e->wrong = "'$' begins no variable";
                }
        }
}

const struct cm_node *cm_compose_expand_text(struct cm_compose *cx, struct cm_node_pos pos,
                                             struct cm_sv text, const char **ret_source)
{
        *ret_source = "literal";
        if (cm_sv_find_char(text, '$') < 0)
                return cm_compose_text(cx, pos, text);
        struct expansion e = { 0 };
        cm_buf_init(&e.out, text.len + 1); /* a text never grows */
        expand(&e, text, 0);
        const struct cm_node *n = NULL;
        if (e.wrong != NULL || e.is_unknown)
                *ret_source = "variable";
        else if (e.has_default)
                *ret_source = "default";
        if (e.wrong != NULL)
                n = cm_compose_unknown(cx, pos, "%s", e.wrong);
        else if (e.is_unknown)
                n = cm_compose_unknown(cx, pos, "depends on the environment variable %s",
                                       cm_escape(cx->arena, e.name));
        else
                n = cm_compose_text(cx, pos, cm_sv_dup(cx->arena, cm_buf_sv(&e.out)));
        cm_buf_fini(&e.out);
        return n;
}

/* Readers bound the depth (CM_NODE_DEPTH_MAX), so this may call itself. */
const struct cm_node *cm_compose_expand(struct cm_compose *cx, const struct cm_node *n)
{
        const char *source = NULL;
        if (cm_node_type(n) == CM_NODE_STRING)
                return cm_sv_find_char(n->text, '$') < 0
                               ? n
                               : cm_compose_expand_text(cx, n->pos, n->text, &source);
        struct cm_node *copy = NULL;
        size_t count = cm_compose_is_full(cx) ? 0 : cm_node_count(n);
        bool is_map = cm_node_type(n) == CM_NODE_MAP;
        for (size_t i = 0; i < count; i++) {
                const struct cm_node *child = is_map ? n->map.members[i].value : n->list.items[i];
                const struct cm_node *value = cm_compose_expand(cx, child);
                if (copy == NULL && value != child) {
                        copy = is_map ? cm_compose_map(cx, n->pos) : cm_compose_list(cx, n->pos);
                        for (size_t j = 0; j < i && is_map; j++)
                                cm_node_put(cx->arena, copy, n->map.members[j].key,
                                            n->map.members[j].key_pos, n->map.members[j].value);
                        for (size_t j = 0; j < i && !is_map; j++)
                                cm_compose_add(cx, copy, n->list.items[j]);
                }
                if (copy != NULL && is_map)
                        cm_node_put(cx->arena, copy, n->map.members[i].key,
                                    n->map.members[i].key_pos, value);
                else if (copy != NULL)
                        cm_compose_add(cx, copy, value);
        }
        return copy != NULL ? copy : n;
}
