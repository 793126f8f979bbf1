/* SPDX-License-Identifier: Apache-2.0 */
/* Which resource a text means: its symbol, its name or its ARN. See serverless.h. */
#include "check/serverless.h"

enum {
        HOPS_MAX = 4 /* from an alias to a version to a function */
};

struct cm_sv cm_serverless_symbol(struct cm_sv text)
{
        struct cm_sv name = text;
        struct cm_sv attribute;
        if (!cm_sv_has_prefix(text, CM_SV("${")) || !cm_sv_has_suffix(text, CM_SV("}")))
                return text;
        CM_IGNORE(cm_sv_cut(cm_sv_slice(text, 2, text.len - 1), '.', &name, &attribute));
        return name;
}

struct cm_serverless_named cm_serverless_named_of(const struct cm_node_member *resource)
{
        static const char *const keys[] = { "FunctionName", "BucketName", "QueueName",
                                            "TopicName",    "TableName",  "RoleName",
                                            "LogGroupName", "Name" };
        struct cm_serverless_named named = { .logical = resource->key };
        const struct cm_node *p = cm_node_get(resource->value, "Properties");
        for (size_t i = 0; i < CM_ARRAY_LEN(keys) && named.physical == NULL; i++)
                named.physical = cm_serverless_get(p, keys[i]);
        named.condition = cm_node_get(resource->value, "Condition");
        return named;
}

/* What follows the last ':' or '/' that is in no symbol: "${F.Arn}", "name". */
static struct cm_sv last_part(struct cm_sv text)
{
        size_t end = text.len;
        bool is_inside = false;
        for (size_t i = text.len; i > 0; i--) {
                char c = text.ptr[i - 1];
                if (c == '}')
                        is_inside = true;
                else if (c == '{')
                        is_inside = false;
                else if (!is_inside && (c == ':' || c == '/'))
                        return cm_sv_slice(text, i, end);
        }
        return text;
}

/* "name", "arn:...:function:name", "name:alias", "arn:...:name:alias". */
static bool has_name(struct cm_sv text, struct cm_sv name)
{
        struct cm_sv head, alias;
        if (name.len == 0)
                return false;
        for (int i = 0; i < 2; i++) {
                if (cm_sv_has_suffix(text, name)) {
                        char before =
                                text.len == name.len ? ':' : text.ptr[text.len - name.len - 1];
                        if (before == ':' || before == '/')
                                return true;
                }
                if (!cm_sv_cut_last(text, ':', &head, &alias))
                        return false;
                text = head;
        }
        return false;
}

enum cm_serverless_refers cm_serverless_refers(struct cm_serverless *cx, const struct cm_node *n,
                                               const struct cm_serverless_named *named)
{
        for (int hop = 0; hop < HOPS_MAX; hop++) {
                if (cm_serverless_is_unknown(n))
                        return CM_SERVERLESS_MAYBE;
                if (cm_node_type(n) != CM_NODE_STRING)
                        return CM_SERVERLESS_OTHER;
                /* Each resource is compared with each: that must end, too. */
                if (!cm_serverless_spend(cx, 1 + n->text.len / 64))
                        return CM_SERVERLESS_MAYBE;
                struct cm_sv part = last_part(n->text);
                struct cm_sv name = cm_serverless_symbol(part);
                bool is_symbol = name.ptr != part.ptr;
                if (is_symbol && (cm_sv_eq(name, named->logical) ||
                                  (named->made.len > 0 && cm_sv_eq(name, named->made))))
                        return CM_SERVERLESS_SAME;
                if (has_name(n->text, cm_node_string(named->physical)))
                        return CM_SERVERLESS_SAME;
                const struct cm_node *r = is_symbol ? cm_node_get_sv(cx->resources, name) : NULL;
                struct cm_sv type = cm_node_get_string(r, "Type");
                bool leads_on = cm_sv_eq(type, CM_SV("AWS::Lambda::Alias")) ||
                                cm_sv_eq(type, CM_SV("AWS::Lambda::Version"));
                if (!leads_on) {
                        bool may_be = r == NULL &&
                                      (cx->is_partial || cm_serverless_is_unknown(named->physical));
                        return may_be ? CM_SERVERLESS_MAYBE : CM_SERVERLESS_OTHER;
                }
                n = cm_serverless_get2(r, "Properties", "FunctionName");
        }
        return CM_SERVERLESS_MAYBE;
}

enum cm_serverless_refers cm_serverless_any_refers(struct cm_serverless *cx,
                                                   const struct cm_node *n,
                                                   const struct cm_serverless_named *named)
{
        enum cm_serverless_refers worst = CM_SERVERLESS_OTHER;
        if (cm_node_type(n) != CM_NODE_LIST)
                return cm_serverless_refers(cx, n, named);
        for (size_t i = 0; i < n->list.count && cx->left > 0; i++) {
                enum cm_serverless_refers one = cm_serverless_refers(cx, n->list.items[i], named);
                if (one == CM_SERVERLESS_SAME)
                        return one;
                worst = one == CM_SERVERLESS_MAYBE ? one : worst;
        }
        return worst;
}

const struct cm_node *cm_serverless_find_for(struct cm_serverless *cx, const char *type,
                                             const char *key,
                                             const struct cm_serverless_named *named)
{
        const struct cm_node *maybe = NULL;
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node_member *m = &cx->resources->map.members[i];
                const struct cm_node *p = cm_node_get(m->value, "Properties");
                const struct cm_node *condition = cm_node_get(m->value, "Condition");
                if (!cm_sv_eq(cm_node_get_string(m->value, "Type"), cm_sv_from_cstr(type)))
                        continue;
                enum cm_serverless_refers r =
                        cm_serverless_any_refers(cx, cm_serverless_get(p, key), named);
                bool is_sure = condition == NULL || cm_sv_eq(cm_node_string(condition),
                                                             cm_node_string(named->condition));
                if (r == CM_SERVERLESS_SAME && is_sure)
                        return p;
                if (r != CM_SERVERLESS_OTHER)
                        maybe = m->value;
        }
        return maybe != NULL ? cm_serverless_unknown(cx, maybe->pos,
                                                     "whether this %s is there, or whose it is, is "
                                                     "not known",
                                                     type)
                             : cm_serverless_outside(cx, cx->root->pos);
}
