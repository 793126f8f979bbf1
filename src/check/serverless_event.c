/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who calls a function without waiting: the service then tries again and gives up. See serverless.h.
 * Spec: AWS Lambda developer guide, "Invoking Lambda with events from other AWS services".
 */
#include "check/serverless.h"

/* Types of events as SAM names them (serverless_framework.c translates); others are not known. */
static const char *const async_types[] = { "S3",
                                           "SNS",
                                           "Schedule",
                                           "ScheduleV2",
                                           "CloudWatchEvent",
                                           "EventBridgeRule",
                                           "CloudWatchLogs",
                                           "IoTRule",
                                           NULL };
static const char *const waiting_types[] = {
        "Api",        "HttpApi",    "WebSocket", "AlexaSkill", "Cognito", "Alb",
        "CloudFront", "SQS",        "Kinesis",   "DynamoDB",   "MSK",     "SelfManagedKafka",
        "MQ",         "DocumentDB", "Stream",    NULL
};
static const char *const async_services[] = { "s3.amazonaws.com",
                                              "sns.amazonaws.com",
                                              "events.amazonaws.com",
                                              "iot.amazonaws.com",
                                              "ses.amazonaws.com",
                                              "config.amazonaws.com",
                                              "cloudformation.amazonaws.com",
                                              "codecommit.amazonaws.com",
                                              "codepipeline.amazonaws.com",
                                              NULL };
static const char *const waiting_services[] = { "apigateway.amazonaws.com",
                                                "elasticloadbalancing.amazonaws.com",
                                                "cognito-idp.amazonaws.com",
                                                "alexa-appkit.amazon.com",
                                                "alexa-connectedhome.amazon.com",
                                                "lex.amazonaws.com",
                                                "lexv2.amazonaws.com",
                                                "edgelambda.amazonaws.com",
                                                NULL };

/* One caller: 1 does not wait, 0 waits, -1 is not known. */
static int of_event(const struct cm_node *event)
{
        struct cm_sv type = cm_node_get_string(event, "Type");
        if (cm_serverless_is_unknown(event) ||
            cm_serverless_is_unknown(cm_serverless_get(event, "Type")))
                return -1;
        const struct cm_node *how = cm_serverless_get2(event, "Properties", "async");
        if (cm_sv_eq(type, CM_SV("Api")) && how != NULL)
                return cm_node_type(how) == CM_NODE_BOOL ? how->boolean : -1;
        if (cm_sv_is_any(type, async_types))
                return 1;
        return cm_sv_is_any(type, waiting_types) ? 0 : -1;
}

static int of_permission(const struct cm_node *principal)
{
        struct cm_sv name = cm_node_string(principal);
        if (cm_serverless_is_unknown(principal))
                return -1;
        if (cm_sv_is_any(name, async_services) || (cm_sv_has_prefix(name, CM_SV("logs.")) &&
                                                   cm_sv_has_suffix(name, CM_SV(".amazonaws.com"))))
                return 1;
        bool is_service = cm_sv_has_suffix(name, CM_SV(".amazonaws.com")) ||
                          cm_sv_has_suffix(name, CM_SV(".amazon.com"));
        /* An account may call it either way: that is no service that throws events away. */
        return !is_service || cm_sv_is_any(name, waiting_services) ? 0 : -1;
}

/* What one resource says of its calls of the function; 0 also when it has nothing to do with it. */
static int of_resource(struct cm_serverless *cx, const struct cm_node *resource,
                       const struct cm_serverless_named *named)
{
        struct cm_sv type = cm_node_get_string(resource, "Type");
        const struct cm_node *p = cm_node_get(resource, "Properties");
        enum cm_serverless_refers r = CM_SERVERLESS_OTHER;
        int answer = 1;
        if (cm_sv_eq(type, CM_SV("AWS::Lambda::Permission"))) {
                r = cm_serverless_refers(cx, cm_serverless_get(p, "FunctionName"), named);
                answer = of_permission(cm_serverless_get(p, "Principal"));
        } else if (cm_sv_eq(type, CM_SV("AWS::Scheduler::Schedule"))) {
                r = cm_serverless_refers(cx, cm_serverless_get2(p, "Target", "Arn"), named);
        }
        if (r == CM_SERVERLESS_MAYBE && answer == 1)
                return -1;
        return r == CM_SERVERLESS_SAME ? answer : 0;
}

const struct cm_node *cm_serverless_triggers(struct cm_serverless *cx, const struct cm_node *p,
                                             const struct cm_serverless_named *named)
{
        const struct cm_node *events = cm_serverless_get(p, "Events");
        struct cm_node *list = cm_serverless_list(cx, p->pos);
        if (cm_serverless_is_unknown(events))
                cm_serverless_add(cx, list, events);
        for (size_t i = 0; cm_node_type(events) == CM_NODE_MAP && i < events->map.count; i++) {
                const struct cm_node *event = events->map.members[i].value;
                cm_serverless_add(
                        cx, list,
                        cm_serverless_as_text(cx, cm_serverless_get(event, "Type"), NULL));
        }
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node *r = cx->resources->map.members[i].value;
                const struct cm_node *props = cm_node_get(r, "Properties");
                if (cm_sv_eq(cm_node_get_string(r, "Type"), CM_SV("AWS::Lambda::Permission")) &&
                    cm_serverless_refers(cx, cm_serverless_get(props, "FunctionName"), named) ==
                            CM_SERVERLESS_SAME)
                        cm_serverless_add(cx, list,
                                          cm_serverless_as_text(
                                                  cx, cm_serverless_get(props, "Principal"), NULL));
        }
        return list;
}

const struct cm_node *cm_serverless_async(struct cm_serverless *cx, const struct cm_node *p,
                                          const struct cm_serverless_named *named)
{
        const struct cm_node *events = cm_serverless_get(p, "Events");
        const struct cm_node *doubt = cm_serverless_is_unknown(events) ? events : NULL;
        for (size_t i = 0; cm_node_type(events) == CM_NODE_MAP && i < events->map.count; i++) {
                const struct cm_node *event = events->map.members[i].value;
                int answer = of_event(event);
                if (answer > 0)
                        return cm_serverless_bool(cx, event->pos, true);
                doubt = answer < 0 ? event : doubt;
        }
        for (size_t i = 0; i < cm_node_count(cx->resources); i++) {
                const struct cm_node *resource = cx->resources->map.members[i].value;
                int answer = of_resource(cx, resource, named);
                if (answer > 0)
                        return cm_serverless_bool(cx, resource->pos, true);
                doubt = answer < 0 ? resource : doubt;
        }
        if (doubt != NULL)
                return cm_serverless_unknown(cx, doubt->pos,
                                             "whether what calls the function waits is not known");
        const struct cm_node *outside = cm_serverless_outside(cx, p->pos);
        return outside != NULL ? outside : cm_serverless_bool(cx, p->pos, false);
}
