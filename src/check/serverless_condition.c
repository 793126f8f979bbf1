/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions of statements: which keys they ask for, and which of these leave others out.
 * Spec: AWS IAM user guide, "IAM JSON policy elements: Condition operators".
 */
#include "check/serverless.h"

/* Operators that are false when the key is not there or has another value. */
static const char *const narrowing_operators[] = {
        "stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike",
        "ipaddress",    "numericequals",          "bool",       NULL
};

/* One key of one operator, with its values. */
typedef const struct cm_node *key_form(struct cm_serverless *cx, const struct cm_node_member *key,
                                       struct cm_sv op);

static const struct cm_node *each_key(struct cm_serverless *cx, const struct cm_node *conditions,
                                      struct cm_node_pos pos, key_form *form)
{
        if (cm_serverless_is_unknown(conditions))
                return conditions;
        struct cm_node *list = cm_serverless_list(cx, conditions != NULL ? conditions->pos : pos);
        for (size_t i = 0; cm_node_type(conditions) == CM_NODE_MAP && i < conditions->map.count;
             i++) {
                const struct cm_node_member *op = &conditions->map.members[i];
                bool is_map = cm_node_type(op->value) == CM_NODE_MAP;
                cm_serverless_add(cx, list, cm_serverless_is_unknown(op->value) ? op->value : NULL);
                for (size_t j = 0; is_map && j < op->value->map.count; j++)
                        cm_serverless_add(cx, list,
                                          form(cx, &op->value->map.members[j],
                                               cm_sv_lower(cx->arena, op->key)));
        }
        return list;
}

/* IAM compares keys without case. */
static const struct cm_node *name_of(struct cm_serverless *cx, const struct cm_node_member *key,
                                     struct cm_sv op)
{
        (void)op;
        return cm_serverless_text(cx, key->key_pos, cm_sv_lower(cx->arena, key->key));
}

/* A value that leaves everything in. */
static bool is_everything(struct cm_sv value)
{
        static const char *const all[] = { "0.0.0.0/0", "::/0", "false", NULL };
        for (size_t i = 0; i < value.len; i++)
                if (value.ptr[i] != '*' && value.ptr[i] != '?')
                        return cm_sv_is_any(value, all) ||
                               cm_sv_has_prefix(value, CM_SV("arn:aws:*:*:*"));
        return true;
}

static const struct cm_node *narrowing_of(struct cm_serverless *cx,
                                          const struct cm_node_member *key, struct cm_sv op)
{
        if (cm_sv_has_prefix(op, CM_SV("foranyvalue:")))
                op = cm_sv_skip(op, 12);
        if (!cm_sv_is_any(op, narrowing_operators))
                return NULL;
        const struct cm_node *values = cm_serverless_as_texts(cx, key->value, key->key_pos);
        const struct cm_node *doubt = cm_serverless_first_unknown(values);
        for (size_t i = 0; i < cm_node_count(values); i++) {
                const struct cm_node *v = cm_node_at(values, i);
                if (cm_node_type(v) == CM_NODE_STRING && is_everything(v->text))
                        return NULL;
        }
        if (doubt != NULL || cm_node_count(values) == 0)
                return doubt;
        return name_of(cx, key, op);
}

const struct cm_node *cm_serverless_condition_keys(struct cm_serverless *cx,
                                                   const struct cm_node *conditions,
                                                   struct cm_node_pos pos)
{
        return each_key(cx, conditions, pos, name_of);
}

const struct cm_node *cm_serverless_narrowing(struct cm_serverless *cx,
                                              const struct cm_node *conditions,
                                              struct cm_node_pos pos)
{
        return each_key(cx, conditions, pos, narrowing_of);
}
