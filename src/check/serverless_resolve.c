/* SPDX-License-Identifier: Apache-2.0 */
/* Intrinsic functions of CloudFormation, as far as the template alone decides; see serverless.h. */
#include "base/buf.h"
#include "base/escape.h"
#include "base/limits.h"
#include "check/serverless.h"

static const struct cm_node *unknown_of(struct cm_serverless *cx, const struct cm_node *n,
                                        const char *what)
{
        return cm_serverless_unknown(cx, n->pos, "%s", what);
}

static const struct cm_node *symbol(struct cm_serverless *cx, struct cm_node_pos pos,
                                    struct cm_sv name, struct cm_sv attribute)
{
        CM_IGNORE(cm_serverless_spend(cx, name.len + attribute.len));
        return cm_serverless_text(cx, pos,
                                  cm_sv_printf(cx->arena, "${%.*s%s%.*s}", CM_SV_ARG(name),
                                               attribute.len > 0 ? "." : "", CM_SV_ARG(attribute)));
}

/* The default is what a deployment gets that says nothing else. */
static const struct cm_node *parameter(struct cm_serverless *cx, struct cm_node_pos pos,
                                       struct cm_sv name, const struct cm_node *p)
{
        const struct cm_node *value = cm_node_get(p, "Default");
        struct cm_sv type = cm_node_get_string(p, "Type");
        struct cm_sv rest;
        struct cm_sv field;
        if (value == NULL || cm_sv_has_prefix(type, CM_SV("AWS::SSM::")))
                return cm_serverless_unknown(cx, pos, CM_SERVERLESS_GIVEN "parameter %s",
                                             cm_escape(cx->arena, cm_sv_slice(name, 0, 100)));
        bool is_list = cm_sv_eq(type, CM_SV("CommaDelimitedList")) ||
                       cm_sv_has_prefix(type, CM_SV("List<"));
        if (!is_list || !cm_serverless_scalar(cx, value, &rest))
                return value;
        struct cm_node *list = cm_serverless_list(cx, value->pos);
        while (cx->left > 0 && cm_sv_next_field(&rest, ',', &field))
                cm_serverless_add(cx, list, cm_serverless_text(cx, value->pos, cm_sv_trim(field)));
        return list;
}

/* What a name stands for; NULL: AWS::NoValue. */
static const struct cm_node *ref(struct cm_serverless *cx, struct cm_node_pos pos,
                                 struct cm_sv name)
{
        if (cm_sv_eq(name, CM_SV("AWS::NoValue")))
                return NULL;
        const struct cm_node *p = cm_node_get_sv(cx->parameters, name);
        return p != NULL ? parameter(cx, pos, name, p) : symbol(cx, pos, name, CM_SV(""));
}

static const struct cm_node *get_att(struct cm_serverless *cx, const struct cm_node *arg)
{
        struct cm_sv name = cm_node_string(arg);
        struct cm_sv attribute = CM_SV("");
        if (cm_node_type(arg) == CM_NODE_STRING) {
                CM_IGNORE(cm_sv_cut(arg->text, '.', &name, &attribute));
                return symbol(cx, arg->pos, name, attribute);
        }
        const struct cm_node *second = cm_node_at(arg, 1);
        if (cm_node_type(arg) != CM_NODE_LIST || cm_node_string(cm_node_at(arg, 0)).len == 0 ||
            cm_node_type(second) != CM_NODE_STRING)
                return unknown_of(cx, arg, "Fn::GetAtt needs a name and an attribute");
        return symbol(cx, arg->pos, cm_node_string(cm_node_at(arg, 0)), second->text);
}

/* One "${Name}" of a text; false: what it stands for is not known, *ret_unknown says why. */
static bool put_name(struct cm_serverless *cx, struct cm_buf *out, const struct cm_node *arg,
                     const struct cm_node *names, struct cm_sv name,
                     const struct cm_node **ret_unknown)
{
        struct cm_sv text;
        const struct cm_node *value = cm_node_get_sv(names, name);
        if (cm_sv_has_prefix(name, CM_SV("!"))) { /* "${!Name}" is "${Name}" as it is */
                cm_buf_printf(out, "${%.*s}", CM_SV_ARG(cm_sv_skip(name, 1)));
                return true;
        }
        value = value != NULL ? cm_serverless_resolve(cx, value) : ref(cx, arg->pos, name);
        if (value == NULL || !cm_serverless_scalar(cx, value, &text)) {
                *ret_unknown = value != NULL && cm_serverless_is_unknown(value)
                                       ? value
                                       : unknown_of(cx, arg, "a text holds what is no text");
                return false;
        }
        if (cm_serverless_spend(cx, text.len))
                cm_buf_put_sv(out, text);
        return true;
}

static const struct cm_node *sub(struct cm_serverless *cx, const struct cm_node *arg)
{
        bool has_names = cm_node_type(arg) == CM_NODE_LIST;
        const struct cm_node *text = has_names ? cm_node_at(arg, 0) : arg;
        const struct cm_node *names = has_names ? cm_node_at(arg, 1) : NULL;
        const struct cm_node *unknown = NULL;
        if (cm_node_type(text) != CM_NODE_STRING)
                return unknown_of(cx, arg, "Fn::Sub needs a text");
        struct cm_sv rest = text->text;
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_SERVERLESS_MADE_MAX);
        for (ptrdiff_t at = 0; (at = cm_sv_find(rest, CM_SV("${"))) >= 0 && unknown == NULL;) {
                struct cm_sv behind = cm_sv_skip(rest, (size_t)at + 2);
                ptrdiff_t end = cm_sv_find_char(behind, '}');
                if (end < 0)
                        return unknown_of(cx, text, "'${' has no end");
                cm_buf_put_sv(&out, cm_sv_slice(rest, 0, (size_t)at));
                struct cm_sv name = cm_sv_trim(cm_sv_slice(behind, 0, (size_t)end));
                if (!put_name(cx, &out, text, names, name, &unknown))
                        return unknown;
                rest = cm_sv_skip(behind, (size_t)end + 1);
        }
        cm_buf_put_sv(&out, rest);
        if (!cm_serverless_spend(cx, out.len))
                return unknown_of(cx, text, "the text is too long");
        return cm_serverless_text(cx, text->pos, cm_sv_dup(cx->arena, cm_buf_sv(&out)));
}

static const struct cm_node *join(struct cm_serverless *cx, const struct cm_node *arg)
{
        const struct cm_node *separator = cm_node_at(arg, 0);
        const struct cm_node *items = cm_node_at(arg, 1);
        if (cm_serverless_is_unknown(items))
                return items;
        if (cm_node_type(separator) != CM_NODE_STRING || cm_node_type(items) != CM_NODE_LIST)
                return unknown_of(cx, arg, "Fn::Join needs a text and a list");
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_SERVERLESS_MADE_MAX);
        for (size_t i = 0; i < items->list.count; i++) {
                struct cm_sv text;
                if (cm_serverless_is_unknown(items->list.items[i]))
                        return items->list.items[i];
                if (!cm_serverless_scalar(cx, items->list.items[i], &text))
                        return unknown_of(cx, arg, "Fn::Join has an item that is no text");
                if (i > 0)
                        cm_buf_put_sv(&out, separator->text);
                cm_buf_put_sv(&out, text);
                if (!cm_serverless_spend(cx, text.len + separator->text.len))
                        return unknown_of(cx, arg, "the text is too long");
        }
        return cm_serverless_text(cx, arg->pos, cm_sv_dup(cx->arena, cm_buf_sv(&out)));
}

static const struct cm_node *split(struct cm_serverless *cx, const struct cm_node *arg)
{
        struct cm_sv separator = cm_node_string(cm_node_at(arg, 0));
        const struct cm_node *text = cm_node_at(arg, 1);
        if (cm_serverless_is_unknown(text))
                return text;
        if (separator.len == 0 || cm_node_type(text) != CM_NODE_STRING ||
            cm_sv_find(text->text, CM_SV("${")) >= 0)
                return unknown_of(cx, arg, "what Fn::Split splits is not known");
        struct cm_node *list = cm_serverless_list(cx, arg->pos);
        struct cm_sv rest = text->text;
        for (ptrdiff_t at = 0; at >= 0 && cx->left > 0;) {
                at = cm_sv_find(rest, separator);
                struct cm_sv head = at < 0 ? rest : cm_sv_slice(rest, 0, (size_t)at);
                cm_serverless_add(cx, list, cm_serverless_text(cx, text->pos, head));
                rest = cm_sv_skip(rest, head.len + separator.len);
        }
        return list;
}

static const struct cm_node *select_item(struct cm_serverless *cx, const struct cm_node *arg)
{
        const struct cm_node *index = cm_serverless_as_int(cx, cm_node_at(arg, 0), NULL);
        const struct cm_node *items = cm_node_at(arg, 1);
        if (cm_serverless_is_unknown(items))
                return items;
        int64_t i = cm_node_int(index, -1);
        if (i < 0 || cm_node_type(items) != CM_NODE_LIST || (size_t)i >= items->list.count)
                return unknown_of(cx, arg, "Fn::Select finds no such item");
        return items->list.items[i];
}

static const struct cm_node *find_in_map(struct cm_serverless *cx, const struct cm_node *arg)
{
        const struct cm_node *at = cx->mappings;
        for (size_t i = 0; i < 3; i++) {
                const struct cm_node *key = cm_node_at(arg, i);
                struct cm_sv name;
                if (cm_serverless_is_unknown(key))
                        return key;
                if (!cm_serverless_scalar(cx, key, &name))
                        return unknown_of(cx, arg, "Fn::FindInMap needs three names");
                at = cm_node_get_sv(at, name);
        }
        return at != NULL ? at : unknown_of(cx, arg, "Fn::FindInMap finds no value");
}

typedef const struct cm_node *intrinsic(struct cm_serverless *cx, const struct cm_node *arg);

/* Those whose arguments may be functions themselves. */
static const struct {
        const char *name;
        intrinsic *apply;
} intrinsics[] = { { "Fn::Join", join },
                   { "Fn::Split", split },
                   { "Fn::Select", select_item },
                   { "Fn::FindInMap", find_in_map } };

static bool is_intrinsic(const struct cm_node *n)
{
        return n->map.count == 1 && (cm_sv_eq(n->map.members[0].key, CM_SV("Ref")) ||
                                     cm_sv_has_prefix(n->map.members[0].key, CM_SV("Fn::")));
}

static const struct cm_node *apply(struct cm_serverless *cx, const struct cm_node *n)
{
        struct cm_sv name = n->map.members[0].key;
        const struct cm_node *arg = n->map.members[0].value;
        if (cm_sv_eq(name, CM_SV("Ref")))
                return cm_node_type(arg) == CM_NODE_STRING ? ref(cx, arg->pos, arg->text)
                                                           : unknown_of(cx, n, "Ref needs a name");
        if (cm_sv_eq(name, CM_SV("Fn::GetAtt")))
                return get_att(cx, arg);
        if (cm_sv_eq(name, CM_SV("Fn::Sub")))
                return sub(cx, arg);
        if (cm_sv_eq(name, CM_SV("Fn::ImportValue")))
                return unknown_of(cx, n, CM_SERVERLESS_IMPORTED);
        for (size_t i = 0; i < CM_ARRAY_LEN(intrinsics); i++) {
                if (!cm_sv_eq(name, cm_sv_from_cstr(intrinsics[i].name)))
                        continue;
                arg = cm_serverless_resolve(cx, arg);
                return arg == NULL || cm_serverless_is_unknown(arg) ? arg
                                                                    : intrinsics[i].apply(cx, arg);
        }
        return cm_serverless_unknown(cx, n->pos, "%s is decided when the template is deployed",
                                     cm_escape(cx->arena, cm_sv_slice(name, 0, 60)));
}

static const struct cm_node *resolve_child(struct cm_serverless *cx, const struct cm_node *n,
                                           int depth)
{
        (void)depth;
        return cm_serverless_resolve(cx, n);
}

/* Readers bound the depth (CM_NODE_DEPTH_MAX), so this may call itself. */
const struct cm_node *cm_serverless_resolve(struct cm_serverless *cx, const struct cm_node *n)
{
        bool is_map = cm_node_type(n) == CM_NODE_MAP;
        if (!is_map && cm_node_type(n) != CM_NODE_LIST)
                return n;
        if (!cm_serverless_spend(cx, 1))
                return unknown_of(cx, n, "the template makes too much");
        if (is_map && is_intrinsic(n))
                return apply(cx, n);
        if (is_map && cm_node_get(n, "Fn::Transform") != NULL)
                return unknown_of(cx, n, "Fn::Transform is decided when the template is deployed");
        return cm_serverless_each(cx, n, resolve_child, 0);
}
