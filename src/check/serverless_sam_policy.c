/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies of a SAM function. The templates that SAM ships become the statement that they stand for:
 * what they allow, on what they are given; those not in the table have unknown actions.
 * Spec: AWS SAM developer guide, "AWS SAM policy templates".
 */
#include "base/escape.h"
#include "check/serverless.h"

#define ON_ANYTHING "*"

struct template_row {
        const char *name;
        const char *resource; /* ON_ANYTHING, or NULL: what its parameters name */
        const char *actions;  /* separated by blanks */
};

static const struct template_row templates[] = {
        { "AWSSecretsManagerGetSecretValuePolicy", NULL, "secretsmanager:GetSecretValue" },
        { "AMIDescribePolicy", ON_ANYTHING, "ec2:DescribeImages" },
        { "CloudFormationDescribeStacksPolicy", ON_ANYTHING, "cloudformation:DescribeStacks" },
        { "CloudWatchDescribeAlarmHistoryPolicy", ON_ANYTHING, "cloudwatch:DescribeAlarmHistory" },
        { "CloudWatchDashboardPolicy", ON_ANYTHING,
          "cloudwatch:GetDashboard cloudwatch:ListDashboards cloudwatch:PutDashboard "
          "cloudwatch:ListMetrics" },
        { "CloudWatchPutMetricPolicy", ON_ANYTHING, "cloudwatch:PutMetricData" },
        { "DynamoDBCrudPolicy", NULL,
          "dynamodb:GetItem dynamodb:DeleteItem dynamodb:PutItem dynamodb:Scan dynamodb:Query "
          "dynamodb:UpdateItem dynamodb:BatchWriteItem dynamodb:BatchGetItem "
          "dynamodb:DescribeTable dynamodb:ConditionCheckItem" },
        { "DynamoDBReadPolicy", NULL,
          "dynamodb:GetItem dynamodb:Scan dynamodb:Query dynamodb:BatchGetItem "
          "dynamodb:DescribeTable" },
        { "DynamoDBWritePolicy", NULL,
          "dynamodb:PutItem dynamodb:UpdateItem dynamodb:BatchWriteItem" },
        { "DynamoDBStreamReadPolicy", NULL,
          "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator "
          "dynamodb:ListStreams" },
        { "EC2DescribePolicy", ON_ANYTHING, "ec2:DescribeRegions ec2:DescribeInstances" },
        { "EventBridgePutEventsPolicy", NULL, "events:PutEvents" },
        { "FirehoseWritePolicy", NULL, "firehose:PutRecord firehose:PutRecordBatch" },
        { "KinesisStreamReadPolicy", NULL,
          "kinesis:ListStreams kinesis:DescribeLimits kinesis:DescribeStream "
          "kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator" },
        { "KMSDecryptPolicy", NULL, "kms:Decrypt" },
        { "KMSEncryptPolicy", NULL, "kms:Encrypt" },
        { "LambdaInvokePolicy", NULL, "lambda:InvokeFunction" },
        { "S3ReadPolicy", NULL,
          "s3:GetObject s3:ListBucket s3:GetBucketLocation s3:GetObjectVersion "
          "s3:GetLifecycleConfiguration" },
        { "S3WritePolicy", NULL, "s3:PutObject s3:PutObjectAcl s3:PutLifecycleConfiguration" },
        { "S3CrudPolicy", NULL,
          "s3:GetObject s3:ListBucket s3:GetBucketLocation s3:GetObjectVersion s3:PutObject "
          "s3:PutObjectAcl s3:GetLifecycleConfiguration s3:PutLifecycleConfiguration "
          "s3:DeleteObject" },
        { "S3FullAccessPolicy", NULL,
          "s3:GetObject s3:GetObjectAcl s3:GetObjectVersion s3:PutObject s3:PutObjectAcl "
          "s3:DeleteObject s3:DeleteObjectTagging s3:ListBucket s3:GetBucketLocation" },
        { "SESCrudPolicy", NULL,
          "ses:GetIdentityVerificationAttributes ses:SendEmail ses:SendRawEmail "
          "ses:VerifyEmailIdentity" },
        { "SNSCrudPolicy", NULL,
          "sns:ListSubscriptionsByTopic sns:CreateTopic sns:SetTopicAttributes sns:Subscribe "
          "sns:Publish" },
        { "SNSPublishMessagePolicy", NULL, "sns:Publish" },
        { "SQSPollerPolicy", NULL,
          "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes "
          "sqs:ReceiveMessage" },
        { "SQSSendMessagePolicy", NULL, "sqs:SendMessage" },
        { "SSMParameterReadPolicy", NULL,
          "ssm:DescribeParameters ssm:GetParameters ssm:GetParameter ssm:GetParametersByPath" },
        { "StepFunctionsExecutionPolicy", NULL, "states:StartExecution" },
        { "VPCAccessPolicy", ON_ANYTHING,
          "ec2:CreateNetworkInterface ec2:DeleteNetworkInterface ec2:DescribeNetworkInterfaces "
          "ec2:DetachNetworkInterface" },
};

static const struct template_row *find(struct cm_sv name)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(templates); i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(templates[i].name)))
                        return &templates[i];
        return NULL;
}

/* {"DynamoDBCrudPolicy": {"TableName": ...}} as the statement that it means. */
static const struct cm_node *from_template(struct cm_serverless *cx, const struct cm_node *policy)
{
        const struct cm_node_member *m = &policy->map.members[0];
        const struct template_row *row = find(m->key);
        struct cm_node *s = cm_serverless_map(cx, policy->pos);
        struct cm_node *resources = cm_serverless_list(cx, m->value->pos);
        struct cm_node *actions = cm_serverless_list(cx, m->key_pos);
        struct cm_sv rest = row == NULL ? CM_SV("") : cm_sv_from_cstr(row->actions);
        struct cm_sv action;
        while (cm_sv_next_field(&rest, ' ', &action))
                cm_serverless_add(cx, actions, cm_serverless_text(cx, m->key_pos, action));
        if (row == NULL)
                cm_serverless_add(cx, actions,
                                  cm_serverless_unknown(cx, m->key_pos,
                                                        "policy template %s is not in the table",
                                                        cm_escape(cx->arena,
                                                                  cm_sv_slice(m->key, 0, 60))));
        bool is_map = cm_node_type(m->value) == CM_NODE_MAP;
        if (row != NULL && row->resource != NULL)
                cm_serverless_add(cx, resources,
                                  cm_serverless_text(cx, m->key_pos, CM_SV(ON_ANYTHING)));
        else
                for (size_t i = 0; is_map && i < m->value->map.count; i++)
                        cm_serverless_add(
                                cx, resources,
                                cm_serverless_as_text(cx, m->value->map.members[i].value, NULL));
        cm_serverless_put(cx, s, "Effect", cm_serverless_text(cx, policy->pos, CM_SV("Allow")));
        cm_serverless_put(cx, s, "Action", actions);
        cm_serverless_put(cx, s, "Resource", cm_serverless_is_unknown(m->value)
                                                     ? m->value
                                                     : (const struct cm_node *)resources);
        return s;
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
                if (cm_node_type(p) == CM_NODE_STRING)
                        cm_serverless_add(cx, managed, p);
                else if (cm_node_type(p) != CM_NODE_MAP || cm_node_get(p, "Statement") != NULL ||
                         p->map.count != 1)
                        cm_serverless_statements(cx, policy, p, statements);
                else
                        cm_serverless_add(
                                cx, statements,
                                cm_serverless_statement(cx, policy, from_template(cx, p)));
        }
}
