/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables of serverless.yml: ${self:a.b}, ${opt:a, 'x'}, ${env:A, self:c}, also within each other.
 * Options and environment are not known here: such a source has the value that stands behind its
 * comma. What other files and the cloud have is unknown, whatever stands behind. "${AWS::Region}"
 * and "${Name}" are no variables: Fn::Sub has them.
 * Spec: Serverless Framework 3 and 4, "Variables".
 */
#include "base/buf.h"
#include "base/escape.h"
#include "base/limits.h"
#include "check/serverless.h"

enum {
        NESTING_MAX = 24 /* of variables that lead to variables */
};

static const struct cm_node *expand(struct cm_serverless *cx, const struct cm_node *n, int depth);
static const struct cm_node *expand_text(struct cm_serverless *cx, struct cm_node_pos pos,
                                         struct cm_sv text, int depth);

/* The length before the end of what "${" began: "}" or, at the top, a comma. Without one: all. */
static size_t length_to(struct cm_sv s, char end)
{
        size_t depth = 0;
        char quote = '\0';
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];
                if (quote != '\0')
                        quote = c == quote ? '\0' : quote;
                else if (depth == 0 && c == end)
                        return i;
                else if (c == '\'' || c == '"')
                        quote = c;
                else if (c == '{' || c == '(')
                        depth++;
                else if ((c == '}' || c == ')') && depth > 0)
                        depth--;
        }
        return s.len;
}

/* "self:", "file(x):": a name, what is in brackets, and one colon; or a literal. */
static bool is_variable(struct cm_sv body)
{
        size_t n = 0;
        while (n < body.len && (cm_is_alnum(body.ptr[n]) || body.ptr[n] == '-'))
                n++;
        if (n > 0 && n < body.len && body.ptr[n] == '(')
                return true;
        return n > 0 && n < body.len && body.ptr[n] == ':' &&
               (n + 1 == body.len || body.ptr[n + 1] != ':');
}

/* 'x', "x", true, 12; NULL when it is none. */
static const struct cm_node *literal(struct cm_serverless *cx, struct cm_node_pos pos,
                                     struct cm_sv s)
{
        struct cm_err ignored = CM_ERR_INIT;
        int64_t number = 0;
        bool is_quoted =
                s.len >= 2 && (s.ptr[0] == '\'' || s.ptr[0] == '"') && s.ptr[s.len - 1] == s.ptr[0];
        if (is_quoted)
                return cm_serverless_text(cx, pos, cm_sv_slice(s, 1, s.len - 1));
        if (cm_sv_eq(s, CM_SV("true")) || cm_sv_eq(s, CM_SV("false")))
                return cm_serverless_bool(cx, pos, s.ptr[0] == 't');
        if (cm_sv_eq(s, CM_SV("null")))
                return cm_serverless_null(cx, pos);
        if (cm_parse_i64(s, INT64_MIN, INT64_MAX, &number, &ignored) == 0)
                return cm_serverless_int(cx, pos, number);
        return NULL;
}

/* A path in this file, each value on the way expanded when it is a variable. NULL: not there. */
static const struct cm_node *self(struct cm_serverless *cx, struct cm_sv path, int depth)
{
        const struct cm_node *at = cx->root;
        struct cm_sv key;
        while (at != NULL && path.len > 0) {
                CM_IGNORE(cm_sv_cut(path, '.', &key, &path));
                uint64_t index = 0;
                struct cm_err ignored = CM_ERR_INIT;
                if (cm_node_type(at) == CM_NODE_LIST)
                        at = cm_parse_u64(key, 0, at->list.count, &index, &ignored) == 0
                                     ? cm_node_at(at, (size_t)index)
                                     : NULL;
                else
                        at = cm_node_get_sv(at, key);
                if (cm_node_type(at) == CM_NODE_STRING)
                        at = expand_text(cx, at->pos, at->text, depth + 1);
                if (cm_serverless_is_unknown(at))
                        return at;
        }
        return at == NULL ? NULL : expand(cx, at, depth + 1);
}

/*
 * One source; NULL: it has no value, and the next is asked. Options, parameters and the environment
 * have none unless who deploys gives one; what other sources have is not known: nothing is asked then.
 */
static const struct cm_node *source(struct cm_serverless *cx, struct cm_node_pos pos,
                                    struct cm_sv text, int depth, bool *ret_is_outside)
{
        static const char *const given[] = { "opt", "env", "param", "git", NULL };
        const struct cm_node *n = literal(cx, pos, text);
        struct cm_sv kind;
        struct cm_sv address;
        if (n != NULL)
                return n;
        if (cm_sv_has_prefix(text, CM_SV("${")))
                return expand_text(cx, pos, text, depth + 1);
        CM_IGNORE(cm_sv_cut(text, ':', &kind, &address));
        if (cm_sv_eq(kind, CM_SV("self")))
                return self(cx, address, depth);
        if (cm_sv_eq(text, CM_SV("sls:stage"))) {
                n = self(cx, CM_SV("provider.stage"), depth);
                return n != NULL ? n : cm_serverless_text(cx, pos, CM_SV("dev"));
        }
        if (cm_sv_eq(kind, CM_SV("aws")) || cm_sv_eq(kind, CM_SV("sls")))
                return cm_serverless_text(cx, pos,
                                          cm_sv_printf(cx->arena, "${%.*s}", CM_SV_ARG(text)));
        *ret_is_outside = !cm_sv_is_any(kind, given);
        return NULL;
}

/* What stands between "${" and "}". */
static const struct cm_node *value_of(struct cm_serverless *cx, struct cm_node_pos pos,
                                      struct cm_sv body, int depth)
{
        struct cm_sv all = body;
        bool is_outside = false;
        if (depth > NESTING_MAX)
                return cm_serverless_unknown(cx, pos, "variables lead to variables too often");
        /* Names within names, before anything is looked up. */
        if (cm_sv_find(body, CM_SV("${")) >= 0) {
                size_t first = length_to(body, ',');
                const struct cm_node *inner =
                        expand_text(cx, pos, cm_sv_slice(body, 0, first), depth + 1);
                if (cm_node_type(inner) == CM_NODE_STRING)
                        body = cm_sv_join(cx->arena, inner->text, cm_sv_skip(body, first));
                else if (first == body.len)
                        return inner;
                else
                        body = cm_sv_skip(body, first + 1);
        }
        while (body.len > 0 && !is_outside) {
                size_t n = length_to(body, ',');
                const struct cm_node *v =
                        source(cx, pos, cm_sv_trim(cm_sv_slice(body, 0, n)), depth, &is_outside);
                body = cm_sv_skip(body, n + 1);
                if (v != NULL && (!cm_serverless_is_unknown(v) || body.len == 0))
                        return v;
        }
        /* What another file has may be a secret in a file all the same. */
        bool is_given = cm_sv_find(all, CM_SV("file(")) < 0 && cm_sv_find(all, CM_SV("self:")) < 0;
        return cm_serverless_unknown(cx, pos, "%s%s",
                                     is_given ? CM_SERVERLESS_GIVEN "variable "
                                              : "depends on the variable ",
                                     cm_escape(cx->arena, cm_sv_slice(all, 0, 100)));
}

static const struct cm_node *expand_text(struct cm_serverless *cx, struct cm_node_pos pos,
                                         struct cm_sv text, int depth)
{
        struct cm_sv rest = text;
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_SERVERLESS_MADE_MAX);
        for (ptrdiff_t at = 0; (at = cm_sv_find(rest, CM_SV("${"))) >= 0;) {
                struct cm_sv body = cm_sv_skip(rest, (size_t)at + 2);
                size_t n = length_to(body, '}');
                cm_buf_put_sv(&out, cm_sv_slice(rest, 0, (size_t)at));
                if (!cm_serverless_spend(cx, 1 + n / 16)) /* the same text is looked at again */
                        return cm_serverless_unknown(cx, pos, "the text is too long");
                if (n == body.len || !is_variable(body)) {
                        cm_buf_put_str(&out, "${");
                        rest = body;
                        continue;
                }
                const struct cm_node *v = value_of(cx, pos, cm_sv_slice(body, 0, n), depth);
                bool is_whole = body.ptr == text.ptr + 2 && n + 3 == text.len;
                struct cm_sv part;
                if (is_whole || cm_serverless_is_unknown(v))
                        return v;
                if (!cm_serverless_scalar(cx, v, &part))
                        return cm_serverless_unknown(cx, pos, "a text holds what is no text");
                if (!cm_serverless_spend(cx, part.len + 1))
                        return cm_serverless_unknown(cx, pos, "the text is too long");
                cm_buf_put_sv(&out, part);
                rest = cm_sv_skip(body, n + 1);
        }
        if (rest.ptr == text.ptr)
                return cm_serverless_text(cx, pos, text);
        cm_buf_put_sv(&out, rest);
        CM_IGNORE(cm_serverless_spend(cx, out.len));
        return cm_serverless_text(cx, pos, cm_sv_dup(cx->arena, cm_buf_sv(&out)));
}

/* Readers bound the depth, and NESTING_MAX how often a variable leads on: this may call itself. */
static const struct cm_node *expand(struct cm_serverless *cx, const struct cm_node *n, int depth)
{
        if (cm_node_type(n) == CM_NODE_STRING)
                return cm_sv_find(n->text, CM_SV("${")) < 0
                               ? n
                               : expand_text(cx, n->pos, n->text, depth);
        if (cm_node_count(n) == 0)
                return n;
        if (!cm_serverless_spend(cx, 1) || depth > NESTING_MAX)
                return cm_serverless_unknown(cx, n->pos, "variables make too much");
        return cm_serverless_each(cx, n, expand, depth);
}

const struct cm_node *cm_serverless_expand(struct cm_serverless *cx, const struct cm_node *n)
{
        return expand(cx, n, 0);
}
