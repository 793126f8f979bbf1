/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions of rules: what they say becomes text behind the condition, "( COND ) and not (...)". See
 * rule_items.h.
 */
#include "base/buf.h"
#include "base/escape.h"
#include "base/limits.h"
#include "rule/filter.h"
#include "rule/rule_items.h"

struct exceptions {
        struct cm_rule_loader *l;
        struct cm_rule_item *rule;
        struct cm_sv item;
        struct cm_err *err;
};

static int fail(const struct exceptions *x, const struct cm_node *at, const char *what,
                struct cm_sv name)
{
        return cm_rule_fail(x->l, "LOAD_ERR_VALIDATE", cm_rule_place_of(x->l, at), x->item, x->err,
                            "exception '%s': %s", cm_escape(x->l->arena, name), what);
}

/* "startswith" or "startswith anyof". */
static bool parse_comp(struct cm_sv text, enum cm_filter_op *ret_op, bool *ret_has_modifier)
{
        static const char *const modifiers[] = { "oneof", "anyof", "allof", NULL };
        struct cm_sv op, modifier;
        *ret_has_modifier = cm_sv_cut(cm_sv_trim(text), ' ', &op, &modifier);
        if (*ret_has_modifier && !cm_sv_is_any(cm_sv_trim(modifier), modifiers))
                return false;
        return cm_filter_op_find(op, ret_op) && *ret_op != CM_FILTER_EXISTS;
}

static int load_texts(const struct exceptions *x, const struct cm_node *n, struct cm_sv name,
                      struct cm_rule_exception *e, bool is_fields)
{
        bool is_list = cm_node_type(n) == CM_NODE_LIST;
        size_t count = is_list ? cm_node_count(n) : 1;
        for (size_t i = 0; i < count; i++) {
                struct cm_sv text;
                if (!cm_rule_scalar(is_list ? cm_node_at(n, i) : n, &text))
                        return fail(x, n, "fields and comps are texts or sequences of them", name);
                if (is_fields)
                        *CM_VEC_PUSH(x->l->arena, &e->fields) = text;
                else
                        *CM_VEC_PUSH(x->l->arena, &e->comps) = text;
        }
        return 0;
}

static int load_shape(const struct exceptions *x, const struct cm_node *n,
                      struct cm_rule_exception *e)
{
        const struct cm_node *fields = cm_node_get(n, "fields");
        const struct cm_node *comps = cm_node_get(n, "comps");
        if (fields == NULL)
                return fail(x, n, "'fields' is missing", e->name);
        e->fields_are_list = fields->type == CM_NODE_LIST;
        int r = load_texts(x, fields, e->name, e, true);
        if (r == 0 && comps != NULL && (comps->type == CM_NODE_LIST) != e->fields_are_list)
                return fail(x, comps, "fields and comps are both texts or both sequences", e->name);
        if (r == 0 && comps != NULL)
                r = load_texts(x, comps, e->name, e, false);
        for (size_t i = 0; r == 0 && comps == NULL && i < e->fields.count; i++)
                *CM_VEC_PUSH(x->l->arena, &e->comps) =
                        e->fields_are_list ? CM_SV("=") : CM_SV("in");
        if (r == 0 && e->comps.count != e->fields.count)
                return fail(x, n, "there are not as many comps as fields", e->name);
        for (size_t i = 0; r == 0 && i < e->comps.count; i++) {
                enum cm_filter_op op;
                bool has_modifier;
                if (!parse_comp(e->comps.items[i], &op, &has_modifier))
                        return fail(x, n, "a comp is no operator", e->name);
                if (!e->fields_are_list && !cm_filter_op_takes_list(op) && !has_modifier)
                        return fail(x, n,
                                    "the operator of a single field takes a list: in, intersects, "
                                    "pmatch, or one with oneof, anyof, allof",
                                    e->name);
        }
        return r;
}

static struct cm_rule_exception *find(struct cm_rule_item *rule, struct cm_sv name)
{
        for (size_t i = 0; i < rule->exceptions.count; i++)
                if (cm_sv_eq(rule->exceptions.items[i].name, name))
                        return &rule->exceptions.items[i];
        return NULL;
}

static int load_one(const struct exceptions *x, const struct cm_node *n, bool append)
{
        struct cm_sv name = cm_node_get_string(n, "name");
        const struct cm_node *values = cm_node_get(n, "values");
        if (cm_node_type(n) != CM_NODE_MAP || name.len == 0)
                return fail(x, n, "an exception is a mapping with a name", name);
        struct cm_rule_exception *e = find(x->rule, name);
        if (e != NULL && !append) {
                cm_rule_warn(x->l, "LOAD_EXCEPTION_NAME_NOT_UNIQUE", cm_rule_place_of(x->l, n),
                             x->item, "there are two exceptions '%s'",
                             cm_escape(x->l->arena, name));
                e = NULL;
        }
        bool is_new = e == NULL;
        if (is_new) {
                if (append && values == NULL)
                        return fail(x, n, "a new exception that is appended has values", name);
                e = CM_VEC_PUSH(x->l->arena, &x->rule->exceptions);
                e->name = name;
                e->place = cm_rule_place_of(x->l, n);
                int r = load_shape(x, n, e);
                if (r < 0)
                        return r;
        } else if (cm_node_get(n, "fields") != NULL || cm_node_get(n, "comps") != NULL) {
                return fail(x, n, "only values can be appended to an exception", name);
        } else if (values == NULL) {
                cm_rule_warn(x->l, "LOAD_APPEND_NO_VALUES", cm_rule_place_of(x->l, n), x->item,
                             "nothing is appended to the exception '%s'",
                             cm_escape(x->l->arena, name));
        }
        if (values != NULL && values->type != CM_NODE_LIST)
                return fail(x, values, "'values' is a sequence", name);
        for (size_t i = 0; i < cm_node_count(values); i++)
                *CM_VEC_PUSH(x->l->arena, &e->values) = cm_node_at(values, i);
        return 0;
}

int cm_rule_load_exceptions(struct cm_rule_loader *l, const struct cm_node *n,
                            struct cm_rule_item *rule, bool append, struct cm_err *err)
{
        const struct cm_node *list = cm_node_get(n, "exceptions");
        struct exceptions x = { l, rule,
                                cm_sv_printf(l->arena, "rule '%.*s'", CM_SV_ARG(rule->rule.name)),
                                err };
        if (list == NULL || list->type == CM_NODE_NULL)
                return 0;
        if (list->type != CM_NODE_LIST)
                return cm_rule_fail(l, "LOAD_ERR_YAML_VALIDATE", cm_rule_place_of(l, list), x.item,
                                    err, "'exceptions' is a sequence of mappings");
        if (!append)
                rule->exceptions.count = 0;
        for (size_t i = 0; i < cm_node_count(list); i++) {
                int r = load_one(&x, cm_node_at(list, i), append);
                if (r < 0)
                        return r;
        }
        return 0;
}

static void put_scalar(struct cm_buf *out, struct cm_sv text)
{
        bool quote = text.len == 0 || (text.ptr[0] != '"' && text.ptr[0] != '\'' &&
                                       cm_sv_find_char(text, ' ') >= 0 && text.ptr[0] != '(');
        cm_buf_put_str(out, quote ? "\"" : "");
        cm_buf_put_sv(out, text);
        cm_buf_put_str(out, quote ? "\"" : "");
}

/* A value behind an operator: a list gets brackets, as does a scalar where a list is wanted. */
static int put_value(const struct exceptions *x, struct cm_buf *out, const struct cm_node *v,
                     bool wants_list, const struct cm_rule_exception *e)
{
        struct cm_sv text;
        if (cm_node_type(v) != CM_NODE_LIST) {
                if (!cm_rule_scalar(v, &text))
                        return fail(x, v, "a value is no text", e->name);
                bool brackets = wants_list && (text.len == 0 || text.ptr[0] != '(');
                cm_buf_put_str(out, brackets ? "(" : "");
                put_scalar(out, text);
                cm_buf_put_str(out, brackets ? ")" : "");
                return 0;
        }
        cm_buf_put_char(out, '(');
        for (size_t i = 0; i < cm_node_count(v); i++) {
                if (!cm_rule_scalar(cm_node_at(v, i), &text))
                        return fail(x, v, "a value is no text", e->name);
                cm_buf_put_str(out, i == 0 ? "" : ", ");
                put_scalar(out, text);
        }
        cm_buf_put_char(out, ')');
        return 0;
}

static int put_tuple(const struct exceptions *x, struct cm_buf *out, const struct cm_node *tuple,
                     const struct cm_rule_exception *e)
{
        if (cm_node_type(tuple) != CM_NODE_LIST || cm_node_count(tuple) != e->fields.count)
                return fail(x, tuple, "each of its values is a sequence as long as its fields",
                            e->name);
        cm_buf_put_char(out, '(');
        for (size_t i = 0; i < e->fields.count; i++) {
                enum cm_filter_op op;
                bool has_modifier = false;
                struct cm_sv comp = e->comps.items[i];
                CM_IGNORE(parse_comp(comp, &op, &has_modifier));
                cm_buf_printf(out, "%s%.*s %.*s ", i == 0 ? "" : " and ",
                              CM_SV_ARG(e->fields.items[i]), CM_SV_ARG(comp));
                int r = put_value(x, out, cm_node_at(tuple, i),
                                  has_modifier || cm_filter_op_takes_list(op), e);
                if (r < 0)
                        return r;
        }
        cm_buf_put_char(out, ')');
        return 0;
}

static int put_exception(const struct exceptions *x, struct cm_buf *out,
                         const struct cm_rule_exception *e)
{
        cm_buf_put_str(out, " and not (");
        for (size_t i = 0; i < e->values.count && e->fields_are_list; i++) {
                cm_buf_put_str(out, i == 0 ? "" : " or ");
                int r = put_tuple(x, out, e->values.items[i], e);
                if (r < 0)
                        return r;
        }
        if (!e->fields_are_list) {
                cm_buf_printf(out, "%.*s %.*s (", CM_SV_ARG(e->fields.items[0]),
                              CM_SV_ARG(e->comps.items[0]));
                for (size_t i = 0; i < e->values.count; i++) {
                        cm_buf_put_str(out, i == 0 ? "" : ", ");
                        int r = put_value(x, out, e->values.items[i], false, e);
                        if (r < 0)
                                return r;
                }
                cm_buf_put_char(out, ')');
        }
        cm_buf_put_char(out, ')');
        return 0;
}

int cm_rule_apply_exceptions(struct cm_rule_loader *l, struct cm_rule_item *rule, struct cm_sv *ret,
                             struct cm_err *err)
{
        struct exceptions x = { l, rule,
                                cm_sv_printf(l->arena, "rule '%.*s'", CM_SV_ARG(rule->rule.name)),
                                err };
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        bool any = false;
        for (size_t i = 0; i < rule->exceptions.count; i++)
                any |= rule->exceptions.items[i].values.count > 0;
        *ret = rule->written;
        if (!any)
                return 0;
        cm_buf_init(&out, CM_RULE_CONDITION_BYTES_MAX);
        cm_buf_printf(&out, "(%.*s)", CM_SV_ARG(rule->written));
        for (size_t i = 0; i < rule->exceptions.count; i++) {
                const struct cm_rule_exception *e = &rule->exceptions.items[i];
                if (e->values.count == 0)
                        continue;
                int r = put_exception(&x, &out, e);
                if (r < 0)
                        return r;
        }
        if (out.overflow)
                return cm_rule_fail(
                        l, "LOAD_ERR_VALIDATE", rule->rule.place, x.item, err,
                        "the exceptions make the condition longer than %zu bytes (limit "
                        "rule_condition_bytes_max)",
                        CM_RULE_CONDITION_BYTES_MAX);
        *ret = cm_sv_dup(l->arena, cm_buf_sv(&out));
        return 0;
}
