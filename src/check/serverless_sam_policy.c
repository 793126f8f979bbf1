/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies of a SAM function. The templates that SAM ships become the statements that they stand
 * for (sam_policies.def); one that is not in the table is an unknown statement.
 * Spec: AWS SAM developer guide, "AWS SAM policy templates".
 */
#include "base/escape.h"
#include "check/serverless.h"

struct template_row {
        const char *name;
        const char *resources;
        const char *condition;
        const char *service;
        const char *actions; /* separated by blanks */
};

static const struct template_row templates[] = {
#define SAM_POLICY(name, resources, condition, service, actions) \
        { name, resources, condition, service, actions },
#include "check/sam_policies.def"
#undef SAM_POLICY
};

/* {Name} is the value of this parameter of the template; unknown when that is not known or given. */
static const struct cm_node *fill(struct cm_serverless *cx, struct cm_node_pos pos,
                                  struct cm_sv pattern, const struct cm_node *parameters)
{
        struct cm_sv before, rest, name, after, value;
        if (!cm_sv_cut(pattern, '{', &before, &rest) || !cm_sv_cut(rest, '}', &name, &after))
                return cm_serverless_text(cx, pos, pattern);
        const struct cm_node *given = cm_node_get_sv(parameters, name);
        if (cm_serverless_is_unknown(parameters) || cm_serverless_is_unknown(given))
                return cm_serverless_is_unknown(given) ? given : parameters;
        if (!cm_serverless_scalar(cx, given, &value))
                return cm_serverless_unknown(cx, pos, "the template's parameter %.*s is not given",
                                             CM_SV_ARG(name));
        CM_IGNORE(cm_serverless_spend(cx, value.len));
        struct cm_sv head = cm_sv_join(cx->arena, before, value);
        const struct cm_node *tail = fill(cx, pos, after, parameters);
        if (cm_serverless_is_unknown(tail))
                return tail;
        return cm_serverless_text(cx, pos, cm_sv_join(cx->arena, head, tail->text));
}

/* "s3!:{BucketName}/\*" as the ARN that it means. */
static const struct cm_node *make_arn(struct cm_serverless *cx, struct cm_node_pos pos,
                                      struct cm_sv text, const struct cm_node *parameters)
{
        struct cm_sv service, rest;
        if (cm_sv_has_prefix(text, CM_SV("{")) || !cm_sv_cut(text, ':', &service, &rest))
                return fill(cx, pos, text, parameters);
        bool is_global = cm_sv_has_suffix(service, CM_SV("!"));
        if (is_global)
                service.len--;
        const struct cm_node *filled = fill(cx, pos, rest, parameters);
        if (cm_serverless_is_unknown(filled))
                return filled;
        return cm_serverless_text(cx, pos,
                                  cm_sv_printf(cx->arena, "arn:${AWS::Partition}:%.*s:%s:%.*s",
                                               CM_SV_ARG(service),
                                               is_global ? ":" : "${AWS::Region}:${AWS::AccountId}",
                                               CM_SV_ARG(filled->text)));
}

/* A statement as a policy has it. */
static const struct cm_node *from_row(struct cm_serverless *cx, const struct template_row *row,
                                      const struct cm_node_member *m)
{
        struct cm_node *s = cm_serverless_map(cx, m->key_pos);
        struct cm_node *resources = cm_serverless_list(cx, m->key_pos);
        struct cm_node *actions = cm_serverless_list(cx, m->key_pos);
        struct cm_sv rest = cm_sv_from_cstr(row->actions);
        struct cm_sv field, key, value;
        while (cm_sv_next_field(&rest, ' ', &field))
                cm_serverless_add(cx, actions,
                                  cm_serverless_text(cx, m->key_pos,
                                                     cm_sv_printf(cx->arena, "%s:%.*s",
                                                                  row->service, CM_SV_ARG(field))));
        rest = cm_sv_from_cstr(row->resources);
        while (cm_sv_next_field(&rest, ' ', &field))
                cm_serverless_add(cx, resources, make_arn(cx, m->key_pos, field, m->value));
        cm_serverless_put(cx, s, "Effect", cm_serverless_word(cx, m->key_pos, "Allow"));
        cm_serverless_put(cx, s, "Action", actions);
        cm_serverless_put(cx, s, "Resource", resources);
        if (cm_sv_cut(cm_sv_from_cstr(row->condition), '=', &key, &value)) {
                struct cm_node *condition = cm_serverless_map(cx, m->key_pos);
                struct cm_node *equal = cm_serverless_map(cx, m->key_pos);
                cm_node_put(cx->arena, equal, key, m->key_pos,
                            make_arn(cx, m->key_pos, value, m->value));
                cm_serverless_put(cx, condition, "StringEquals", equal);
                cm_serverless_put(cx, s, "Condition", condition);
        }
        return s;
}

/* {"DynamoDBCrudPolicy": {"TableName": ...}} as the statements that it means. */
static void add_template(struct cm_serverless *cx, const struct cm_serverless_policy *policy,
                         const struct cm_node_member *m, struct cm_node *statements)
{
        bool is_known = false;
        for (size_t i = 0; i < CM_ARRAY_LEN(templates); i++) {
                if (!cm_sv_eq(m->key, cm_sv_from_cstr(templates[i].name)))
                        continue;
                is_known = true;
                cm_serverless_add(
                        cx, statements,
                        cm_serverless_statement(cx, policy, from_row(cx, &templates[i], m)));
        }
        if (!is_known)
                cm_serverless_add(
                        cx, statements,
                        cm_serverless_unknown(cx, m->key_pos, "policy template %s is not known",
                                              cm_escape(cx->arena, cm_sv_slice(m->key, 0, 60))));
}

void cm_serverless_sam_policies(struct cm_serverless *cx, const struct cm_serverless_policy *policy,
                                const struct cm_node *policies, struct cm_node *statements,
                                struct cm_node *managed)
{
        if (policies == NULL)
                return;
        size_t count = policies->type == CM_NODE_LIST ? policies->list.count : 1;
        for (size_t i = 0; i < count; i++) {
                const struct cm_node *p =
                        policies->type == CM_NODE_LIST ? policies->list.items[i] : policies;
                if (cm_node_type(p) == CM_NODE_STRING || cm_serverless_is_unknown(p))
                        cm_serverless_add(cx, managed, p);
                /* An unknown text is a name; what else is unknown may be statements as well. */
                if (cm_node_type(p) == CM_NODE_STRING || cm_serverless_is_given(p) ||
                    cm_serverless_is_imported(p))
                        continue;
                if (cm_node_type(p) != CM_NODE_MAP || cm_node_get(p, "Statement") != NULL ||
                    p->map.count != 1)
                        cm_serverless_statements(cx, policy, p, statements);
                else
                        add_template(cx, policy, &p->map.members[0], statements);
        }
}
