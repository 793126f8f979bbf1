/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What managed policies of AWS allow of the sensitive actions, see serverless.h. Only those are here
 * that functions mostly have and whose content does not change the answer when AWS adds to them; what
 * any other allows is unknown.
 * Spec: AWS managed policy reference guide.
 */
#include "base/escape.h"
#include "check/serverless.h"

static const struct {
        const char *name;
        const char *actions;     /* patterns, separated by blanks; "" is nothing that matters */
        const char *not_actions; /* all but these, or NULL */
} policies[] = {
        { "AdministratorAccess", "*", NULL },
        { "PowerUserAccess", "", "iam:* organizations:* account:*" },
        { "IAMFullAccess", "iam:*", NULL },
        { "AmazonS3FullAccess", "s3:*", NULL },
        { "AmazonS3ReadOnlyAccess", "s3:get* s3:list*", NULL },
        { "AmazonSQSFullAccess", "sqs:*", NULL },
        { "AmazonSNSFullAccess", "sns:*", NULL },
        { "AWSLambda_FullAccess", "lambda:* iam:passrole", NULL },
        { "AWSLambdaRole", "lambda:invokefunction", NULL },
        { "AWSLambdaBasicExecutionRole", "", NULL },
        { "AWSLambdaVPCAccessExecutionRole", "", NULL },
        { "AWSLambdaENIManagementAccess", "", NULL },
        { "AWSLambdaSQSQueueExecutionRole", "", NULL },
        { "AWSLambdaKinesisExecutionRole", "", NULL },
        { "AWSLambdaDynamoDBExecutionRole", "", NULL },
        { "AWSXRayDaemonWriteAccess", "", NULL },
        { "AWSXrayWriteOnlyAccess", "", NULL },
        { "CloudWatchLambdaInsightsExecutionRolePolicy", "", NULL },
        { "AmazonAPIGatewayPushToCloudWatchLogs", "", NULL },
};

static const struct cm_node *words_of(struct cm_serverless *cx, struct cm_node_pos pos,
                                      const char *words)
{
        struct cm_node *list = cm_serverless_list(cx, pos);
        struct cm_sv rest = cm_sv_from_cstr(words);
        struct cm_sv word;
        while (cm_sv_next_field(&rest, ' ', &word))
                cm_serverless_add(cx, list, cm_serverless_text(cx, pos, word));
        return list;
}

/* "arn:aws:iam::aws:policy/service-role/NAME", or the name alone, as SAM takes it. */
static bool is_of_aws(struct cm_sv text)
{
        return cm_sv_find(text, CM_SV(":iam::aws:policy/")) >= 0 || cm_sv_find_char(text, ':') < 0;
}

static void add_one(struct cm_serverless *cx, const struct cm_node *policy, struct cm_node *list)
{
        struct cm_sv name = cm_sv_base_name(policy->text);
        if (cm_node_get_sv(cx->resources, cm_serverless_symbol(policy->text)) != NULL)
                return; /* of the template: its statements are the role's */
        for (size_t i = 0; i < CM_ARRAY_LEN(policies) && is_of_aws(policy->text); i++) {
                if (!cm_sv_eq(name, cm_sv_from_cstr(policies[i].name)))
                        continue;
                const struct cm_node *actions = cm_serverless_sensitive(
                        cx, words_of(cx, policy->pos, policies[i].actions),
                        policies[i].not_actions == NULL
                                ? NULL
                                : words_of(cx, policy->pos, policies[i].not_actions));
                for (size_t j = 0; j < cm_node_count(actions); j++)
                        cm_serverless_add(cx, list, cm_node_at(actions, j));
                return;
        }
        cm_serverless_add(cx, list,
                          cm_serverless_unknown(cx, policy->pos,
                                                "what the managed policy %s allows is not known",
                                                cm_escape(cx->arena, cm_sv_slice(name, 0, 80))));
}

void cm_serverless_managed_actions(struct cm_serverless *cx, const struct cm_node *managed,
                                   struct cm_node *list)
{
        for (size_t i = 0; i < cm_node_count(managed); i++) {
                const struct cm_node *policy = cm_node_at(managed, i);
                if (cm_node_type(policy) == CM_NODE_STRING)
                        add_one(cx, policy, list);
                else
                        cm_serverless_add(cx, list, policy);
        }
}
