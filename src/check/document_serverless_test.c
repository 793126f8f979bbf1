/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of the serverless document kind: rows of a template in flow style, a path into what it
 * gives out ("VIEW NUMBER MEMBER ..."), and what stands there: JSON, or why it is not known.
 */
#include "base/limits.h"
#include "check/run.h"
#include "tests/harness.h"
#include "tests/node_text.h"

struct row {
        const char *text;
        const char *path;
        const char *want;
};

struct keeping_sink {
        struct cm_subject_sink sink; /* first */
        struct cm_arena *arena;
        struct cm_node *views; /* name -> list of subjects */
};

static int keep(struct cm_subject_sink *sink, const struct cm_subject *s, struct cm_err *err)
{
        struct keeping_sink *k = (struct keeping_sink *)(void *)sink;
        (void)err;
        struct cm_sv view = cm_sv_from_cstr(s->view->name);
        const struct cm_node *have = cm_node_get_sv(k->views, view);
        struct cm_node *list = cm_node_new_list(k->arena, s->pos);
        for (size_t i = 0; i < cm_node_count(have); i++)
                cm_node_add(k->arena, list, cm_node_at(have, i));
        cm_node_add(k->arena, list, s->subject);
        cm_node_put(k->arena, k->views, view, s->pos, list);
        return 0;
}

extern const struct cm_document_kind cm_document_serverless;

static const struct cm_node *read_views(struct cm_arena *arena, struct cm_sv text,
                                        struct cm_err *err)
{
        const struct cm_node_yaml_options options = { .schema = cm_document_serverless.schema,
                                                      .cloudformation = true };
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        struct keeping_sink sink = { { .put = keep },
                                     arena,
                                     cm_node_new_map(arena, (struct cm_node_pos){ 0 }) };
        if (cm_node_parse_yaml(arena, text, &options, &docs, &count, err) < 0)
                return NULL;
        const struct cm_document d = { .name = CM_SV("serverless.yml"), .root = docs[0].root };
        if (!cm_document_serverless.is(d.name, d.root))
                return NULL;
        return cm_document_serverless.subjects(arena, &d, &sink.sink, err) < 0 ? NULL : sink.views;
}

static struct cm_sv show(struct cm_arena *arena, const struct row *row)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node *n = read_views(arena, cm_sv_from_cstr(row->text), &err);
        if (n == NULL)
                return err.code == CM_E_OK
                               ? CM_SV("not of this kind")
                               : cm_sv_printf(arena, "%s: %s", cm_err_name(err.code), err.text);
        return cm_test_node_show(arena, n, row->path);
}

static void check_rows(const struct row *rows, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(64));
                struct cm_sv got = show(arena, &rows[i]);
                if (!cm_sv_eq(got, cm_sv_from_cstr(rows[i].want)))
                        cm_test_fail(__FILE__, __LINE__, "%s\n  %s\n  is   %.*s\n  want %s",
                                     rows[i].text, rows[i].path, CM_SV_ARG(got), rows[i].want);
                else
                        CM_CHECK(true);
        }
}

/* A value of one function's handler: what intrinsic functions make of it. */
#define VALUE(before, value)                                                               \
        "{" before "Resources: {F: {Type: 'AWS::Lambda::Function', Properties: {Role: r, " \
        "Handler: " value "}}}}"
#define HANDLER "serverless.function 0 handler"
#define DEFAULTS                                                                                \
        "Parameters: {P: {Type: String, Default: p}, L: {Type: CommaDelimitedList, "            \
        "Default: 'a, b'}, N: {Type: String}, S: {Type: 'AWS::SSM::Parameter::Value<String>', " \
        "Default: /x}}, Mappings: {M: {p: {k: deep}}}, "

CM_TEST(serverless_intrinsic_functions)
{
        static const struct row rows[] = {
                { VALUE("", "plain"), HANDLER, "\"plain\"" },
                { VALUE("", "!Ref X"), HANDLER, "\"${X}\"" },
                { VALUE("", "{Ref: X}"), HANDLER, "\"${X}\"" },
                { VALUE("", "!GetAtt X.Arn"), HANDLER, "\"${X.Arn}\"" },
                { VALUE("", "{'Fn::GetAtt': [X, Arn]}"), HANDLER, "\"${X.Arn}\"" },
                { VALUE("", "{'Fn::GetAtt': [X, !Ref Y]}"), HANDLER,
                  "Fn::GetAtt needs a name and an attribute" },
                { VALUE(DEFAULTS, "!Ref P"), HANDLER, "\"p\"" },
                { VALUE(DEFAULTS, "!Ref N"), HANDLER, "is given by who deploys: parameter N" },
                { VALUE(DEFAULTS, "!Ref S"), HANDLER, "is given by who deploys: parameter S" },
                { VALUE(DEFAULTS, "!Ref AWS::NoValue"), HANDLER, "\"\"" },
                { VALUE(DEFAULTS, "!Sub 'a-${P}-${X.Arn}-${!P}'"), HANDLER,
                  "\"a-p-${X.Arn}-${P}\"" },
                { VALUE(DEFAULTS, "!Sub ['${A}${P}', {A: !Ref P}]"), HANDLER, "\"pp\"" },
                { VALUE(DEFAULTS, "!Sub 'a${N}'"), HANDLER,
                  "is given by who deploys: parameter N" },
                { VALUE(DEFAULTS, "!Sub 'a${N'"), HANDLER, "'${' has no end" },
                { VALUE(DEFAULTS, "!Sub [[], {}]"), HANDLER, "Fn::Sub needs a text" },
                { VALUE(DEFAULTS, "!Join ['-', [a, !Ref P, 1]]"), HANDLER, "\"a-p-1\"" },
                { VALUE(DEFAULTS, "!Join ['-', !Ref L]"), HANDLER, "\"a-b\"" },
                { VALUE(DEFAULTS, "!Join ['-', [a, !Ref N]]"), HANDLER,
                  "is given by who deploys: parameter N" },
                { VALUE(DEFAULTS, "!Join [a]"), HANDLER, "Fn::Join needs a text and a list" },
                { VALUE(DEFAULTS, "!Select [1, [a, !Ref P]]"), HANDLER, "\"p\"" },
                { VALUE(DEFAULTS, "!Select [2, [a, b]]"), HANDLER,
                  "Fn::Select finds no such item" },
                { VALUE(DEFAULTS, "!Select [0, !Split [':', 'a:b']]"), HANDLER, "\"a\"" },
                { VALUE(DEFAULTS, "!Select [0, !Split [':', !GetAtt X.Arn]]"), HANDLER,
                  "what Fn::Split splits is not known" },
                { VALUE(DEFAULTS, "!FindInMap [M, !Ref P, k]"), HANDLER, "\"deep\"" },
                { VALUE(DEFAULTS, "!FindInMap [M, !Ref 'AWS::Region', k]"), HANDLER,
                  "Fn::FindInMap finds no value" },
                { VALUE("", "!If [C, a, b]"), HANDLER,
                  "Fn::If is decided when the template is deployed" },
                { VALUE("", "!ImportValue x"), HANDLER, "is imported from another stack" },
                { VALUE("", "{'Fn::Transform': {Name: x}, a: b}"), HANDLER,
                  "Fn::Transform is decided when the template is deployed" },
                { VALUE("", "[a]"), HANDLER, "must be text" },
                { VALUE("", "!Sub 'x'"), "serverless.function 0 handler @", "1:85" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

#define YML(value)                                                                               \
        "{service: s, provider: {name: aws, stage: '${opt:stage, self:custom.stage}'}, custom: " \
        "{stage: dev, dev: {h: deep}, list: [a, b], loop: '${self:custom.loop}', n: 7}, "        \
        "functions: {f: {handler: " value "}}}"

CM_TEST(serverless_variables)
{
        static const struct row rows[] = {
                { YML("plain"), HANDLER, "\"plain\"" },
                { YML("'${self:custom.stage}'"), HANDLER, "\"dev\"" },
                { YML("'${self:custom.${self:provider.stage}.h}'"), HANDLER, "\"deep\"" },
                { YML("'a-${self:custom.n}'"), HANDLER, "\"a-7\"" },
                { YML("'${self:custom.list.1}'"), HANDLER, "\"b\"" },
                { YML("'${self:custom.none, \"x\"}'"), HANDLER, "\"x\"" },
                { YML("'${self:custom.none, ''y''}'"), HANDLER, "\"y\"" },
                { YML("'${self:custom.none}'"), HANDLER,
                  "depends on the variable self:custom.none" },
                { YML("'${env:A}'"), HANDLER, "is given by who deploys: variable env:A" },
                { YML("'${env:A, self:custom.stage}'"), HANDLER, "\"dev\"" },
                { YML("'${file(x.yml):a}'"), HANDLER, "depends on the variable file(x.yml):a" },
                { YML("'${file(x.yml):a, ''b''}'"), HANDLER,
                  "depends on the variable file(x.yml):a, 'b'" },
                { YML("'${ssm:/a, self:custom.stage}'"), HANDLER,
                  "depends on the variable ssm:/a, self:custom.stage" },
                { YML("'${sls:stage}'"), HANDLER, "\"dev\"" },
                { YML("'${aws:region}'"), HANDLER, "\"${aws:region}\"" },
                { YML("'${AWS::Region}'"), HANDLER, "\"${AWS::Region}\"" },
                { YML("'${self:custom.loop}'"), HANDLER, "variables lead to variables too often" },
                { YML("'${self:custom.list}x'"), HANDLER, "a text holds what is no text" },
                { YML("'${self:custom.n'"), HANDLER, "\"${self:custom.n\"" },
                { YML("a"), "serverless.function 0 properties FunctionName", "\"s-dev-f\"" },
                { YML("a"), "serverless.function 0 timeout", "6" },
                { YML("a"), "serverless.function 0 memory", "1024" },
                { YML("a"), "serverless.function 0 role", "\"IamRoleLambdaExecution\"" },
                { "{service: s, provider: {name: google}, functions: {}}", "", "not of this kind" },
                { "{service: s, provider: aws, functions: '${file(f.yml)}'}",
                  "serverless.function 0", "depends on the variable file(f.yml)" },
                { "{service: s, provider: aws, functions: ['${file(f.yml)}', {g: {handler: h}}]}",
                  "serverless.function 1 handler", "\"h\"" },
                { "{service: s, provider: aws, resources: ['${file(r.yml)}'], functions: {}}",
                  "serverless.resource 0", "resources of other files are not known" },
                { "{service: s, provider: aws, resources: {Resources: {X: '${file(r.yml)}'}}}",
                  "iam.statement 0", "resources of other files are not known" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

#define POLICY(statement)                                                                        \
        "{Parameters: {N: {Type: String}}, Resources: {R: {Type: 'AWS::IAM::Role', Properties: " \
        "{Policies: [{PolicyName: p, PolicyDocument: {Statement: " statement "}}]}}}}"
#define ALL "iam.statement 0 all_resources"

CM_TEST(serverless_statements)
{
        static const struct row rows[] = {
                { POLICY("{Effect: Allow, Action: 'S3:Get*', Resource: a}"),
                  "iam.statement 0 actions", "[\"s3:get*\"]" },
                { POLICY("{Effect: Allow, Action: 'iam:Pass*', Resource: a}"),
                  "iam.statement 0 sensitive", "[\"iam:passrole\"]" },
                { POLICY("{Effect: Allow, Action: 'iam:?assRole', Resource: a}"),
                  "iam.role 0 sensitive", "[\"iam:passrole\"]" },
                { POLICY("{Action: a, Resource: b}"), "iam.statement 0 effect",
                  "the statement has no Effect" },
                { POLICY("[text]"), "iam.statement 0", "a statement must be a mapping" },
                { POLICY("[{Effect: Allow, Action: a, Resource: '*'}]"), ALL, "true" },
                { POLICY("{Resource: ['a', '*']}"), ALL, "true" },
                { POLICY("{Resource: 'arn:aws:s3:::*'}"), ALL, "true" },
                { POLICY("{Resource: 'arn:aws:s3:::*/*'}"), ALL, "true" },
                { POLICY("{Resource: 'arn:aws:s3:::b/*'}"), ALL, "false" },
                { POLICY("{Resource: 'arn:aws:iam::*:role/*'}"), ALL, "true" },
                { POLICY("{Resource: 'arn:aws:iam::1:role/own-*'}"), ALL, "false" },
                { POLICY("{Resource: !Sub 'arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:"
                         "table/*'}"),
                  ALL, "true" },
                { POLICY("{Resource: !Sub 'arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:"
                         "table/${T}'}"),
                  ALL, "false" },
                { POLICY("{Resource: 'arn:aws:sqs'}"), ALL, "false" },
                { POLICY("{Resource: 'arn:*'}"), ALL, "true" },
                { POLICY("{Resource: 'arn:aws:lambda:*:*:function:*:*'}"), ALL, "true" },
                { POLICY("{Resource: 'arn:aws:dynamodb:*:*:table/*/index/*'}"), ALL, "true" },
                { POLICY("{Resource: 'arn:aws:ssm:*:*:parameter*'}"), ALL, "true" },
                { POLICY("{Resource: 'arn:aws:ssm:*:*:parameter/a*'}"), ALL, "false" },
                { POLICY("{Resource: 'arn:aws:s3:::*-logs'}"), ALL, "false" },
                { POLICY("{Resource: 'arn:aws:s3:::table/*'}"), ALL, "false" }, /* a bucket */
                { POLICY("{Resource: [a, !Ref N]}"), ALL, "is given by who deploys: parameter N" },
                { POLICY("{Resource: ['*', !Ref N]}"), ALL, "true" },
                { POLICY("{NotResource: a}"), ALL, "true" },
                { POLICY("{Principal: '*'}"), "iam.statement 0 principals", "[\"*\"]" },
                { POLICY("{Principal: {AWS: ['*', '1'], Service: s}}"),
                  "iam.statement 0 principals", "[\"*\",\"AWS:1\",\"Service:s\"]" },
                { POLICY("{Condition: {StringEquals: {'aws:SourceAccount': '1'}}}"),
                  "iam.statement 0 narrowed_by", "[\"aws:sourceaccount\"]" },
                { POLICY("{Condition: {'ForAnyValue:StringLike': {'aws:A': ['1*']}}}"),
                  "iam.statement 0 narrowed_by", "[\"aws:a\"]" },
                { POLICY("{Condition: {StringNotEquals: {a: b}, StringEqualsIfExists: {a: b}, "
                         "'ForAllValues:StringEquals': {a: b}, Null: {a: false}, "
                         "StringLike: {a: ['x', '*']}, IpAddress: {a: 0.0.0.0/0}, Bool: {a: false}}}"),
                  "iam.statement 0 narrowed_by", "[]" },
                { POLICY("{Condition: {StringEquals: {a: !Ref N}}}"),
                  "iam.statement 0 narrowed_by 0", "is given by who deploys: parameter N" },
                { POLICY("{Condition: {StringEquals: {'aws:B': c}}}"),
                  "iam.statement 0 condition_keys", "[\"aws:b\"]" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

#define SAM(members) \
        "{Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {" members "}}}}"

CM_TEST(serverless_policies_of_sam)
{
        static const struct row rows[] = {
                { SAM("Policies: [{DynamoDBReadPolicy: {TableName: !Ref T}}]"),
                  "iam.statement 0 resources 1",
                  "\"arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${T}/"
                  "index/*\"" },
                { SAM("Policies: [{S3ReadPolicy: {BucketName: b}}]"), "iam.statement 0 resources 0",
                  "\"arn:${AWS::Partition}:s3:::b\"" },
                { SAM("Policies: [{AWSSecretsManagerGetSecretValuePolicy: {SecretArn: x}}]"),
                  "iam.statement 0 resources", "[\"x\"]" },
                { SAM("Policies: [{SSMParameterReadPolicy: {ParameterName: x}}]"),
                  "iam.statement 1 actions",
                  "[\"ssm:getparameters\",\"ssm:getparameter\",\"ssm:getparametersbypath\"]" },
                { SAM("Policies: [{EFSWriteAccessPolicy: {FileSystem: f, AccessPoint: a}}]"),
                  "iam.statement 0 narrowed_by", "[\"elasticfilesystem:accesspointarn\"]" },
                { SAM("Policies: [{S3ReadPolicy: {}}]"), "iam.statement 0 resources 0",
                  "the template's parameter BucketName is not given" },
                { SAM("Policies: [{OurPolicy: {}}]"), "iam.statement 0",
                  "policy template OurPolicy is not known" },
                { SAM("Policies: [{OurPolicy: {}}]"), "iam.role 0 sensitive 0",
                  "policy template OurPolicy is not known" },
                { SAM("Policies: AWSLambdaRole"), "iam.role 0 sensitive",
                  "[\"lambda:invokefunction\"]" },
                { SAM("Policies: [AWSLambdaBasicExecutionRole]"), "iam.role 0 sensitive", "[]" },
                { SAM("Policies: [OurOwn]"), "iam.role 0 sensitive 0",
                  "what the managed policy OurOwn allows is not known" },
                { SAM("Policies: !ImportValue p"), "iam.statement", "absent" },
                { SAM("Policies: !ImportValue p"), "iam.role 0 managed 0",
                  "is imported from another stack" },
                { SAM("Policies: !If [C, A, B]"), "iam.statement 0",
                  "Fn::If is decided when the template is deployed" },
                { SAM("Policies: {Statement: {Effect: Allow, Action: a, Resource: b}}"),
                  "iam.statement 0 owner", "\"FRole\"" },
                { SAM("Role: 'arn:aws:iam::1:role/r'"), "iam.role 0 sensitive",
                  "the role is described elsewhere" },
                { SAM("Role: 'arn:aws:iam::1:role/r'"), "iam.statement", "absent" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

#define WITH(members, others)                                                            \
        "{Resources: {F: {Type: 'AWS::Lambda::Function', Properties: {Role: r, " members \
        "}}, " others "}}"
#define URL_OF(function, members)                                                            \
        "U: {Type: 'AWS::Lambda::Url', " members "Properties: {TargetFunctionArn: " function \
        ", AuthType: NONE}}"
#define AUTH "serverless.function 0 url auth"

CM_TEST(serverless_references)
{
        static const struct row rows[] = {
                { WITH("", URL_OF("!Ref F", "")), AUTH, "\"NONE\"" },
                { WITH("", URL_OF("!GetAtt F.Arn", "")), AUTH, "\"NONE\"" },
                { WITH("FunctionName: shop", URL_OF("shop", "")), AUTH, "\"NONE\"" },
                { WITH("FunctionName: shop", URL_OF("'arn:aws:lambda:x:1:function:shop:live'", "")),
                  AUTH, "\"NONE\"" },
                { WITH("", URL_OF("!Sub 'arn:aws:lambda:x:1:function:${F}'", "")), AUTH,
                  "\"NONE\"" },
                { WITH("",
                       URL_OF("!Ref A",
                              "") ", A: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !Ref F}}"),
                  AUTH, "\"NONE\"" },
                { WITH("FunctionName: shop", URL_OF("shopping", "")), "serverless.function 0 url",
                  "null" },
                { WITH("", URL_OF("!Ref G", "")), "serverless.function 0 url", "null" },
                { WITH("", URL_OF("!ImportValue x", "")), "serverless.function 0 url",
                  "whether this AWS::Lambda::Url is there, or whose it is, is not known" },
                { WITH("", URL_OF("!Ref F", "Condition: C, ")), "serverless.function 0 url",
                  "whether this AWS::Lambda::Url is there, or whose it is, is not known" },
                { WITH("FunctionName: !ImportValue x", URL_OF("shop", "")),
                  "serverless.function 0 url",
                  "whether this AWS::Lambda::Url is there, or whose it is, is not known" },
                { "{Resources: {F: {Type: 'AWS::Lambda::Function', Properties: {Role: "
                  "'arn:aws:iam::1:role/own'}}, R: {Type: 'AWS::IAM::Role', Properties: {RoleName: "
                  "own}}}}",
                  "iam.role 0 functions", "[\"F\"]" },
                { WITH("LoggingConfig: {LogGroup: !Ref L}",
                       "L: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: '7'}}"),
                  "serverless.function 0 log_retention", "7" },
                { WITH("", "L: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: !Sub "
                           "'/aws/lambda/${F}', RetentionInDays: 3}}"),
                  "serverless.function 0 log_retention", "3" },
                { WITH("", "L: {Type: 'AWS::Logs::LogGroup', Properties: {LogGroupName: "
                           "!ImportValue x}}"),
                  "serverless.function 0 log_retention",
                  "which log group the function writes to, or how long that keeps lines, is not "
                  "known" },
                { WITH("",
                       "P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !Ref F, "
                       "Principal: sns.amazonaws.com}}"),
                  "serverless.function 0 async", "true" },
                { WITH("",
                       "P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !Ref F, "
                       "Principal: new.amazonaws.com}}"),
                  "serverless.function 0 async",
                  "whether what calls the function waits is not known" },
                { WITH("",
                       "P: {Type: 'AWS::Lambda::Permission', Properties: {FunctionName: !Ref F, "
                       "Principal: apigateway.amazonaws.com}}"),
                  "serverless.function 0 async", "false" },
                { WITH("",
                       "B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: pics}}, Q: {Type: "
                       "'AWS::S3::BucketPolicy', Properties: {Bucket: pics, PolicyDocument: "
                       "{Statement: {Effect: Deny}}}}"),
                  "serverless.resource 1 statements 0 effect", "\"Deny\"" },
                { "{Resources: {Fn::ForEach::X: [a, [b], {}], B: {Type: 'AWS::S3::Bucket'}}}", "",
                  "unsupported: 1:14: resources that a loop or transform makes are not known; check "
                  "the template that it makes" },
                { "{Resources: {A: {}, B: {Type: 'AWS::S3::Bucket'}}}", "",
                  "malformed: 1:17: a resource has no Type" },
                { "{Transform: Ours, Resources: {B: {Type: 'AWS::S3::Bucket'}}}",
                  "serverless.resource 1", "resources of other files are not known" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(serverless_triggers)
{
        static const struct row rows[] = {
                { SAM("Role: r, Events: {A: {Type: S3}, B: {Type: !ImportValue x}}"),
                  "serverless.function 0 triggers 0", "\"S3\"" },
                { SAM("Role: r, Events: {A: {Type: S3}, B: {Type: !ImportValue x}}"),
                  "serverless.function 0 triggers 1", "is imported from another stack" },
                { "{service: s, provider: aws, functions: {f: {handler: h, events: [alexaSkill, "
                  "{eventBridge: {}}]}}}",
                  "serverless.function 0 triggers", "[\"AlexaSkill\",\"EventBridgeRule\"]" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

#define EVENT(event) SAM("Role: r, Events: {E: " event "}")
#define ENDPOINT     "serverless.endpoint 0 auth"

CM_TEST(serverless_endpoints_and_apis)
{
        static const struct row rows[] = {
                { EVENT("{Type: Api, Properties: {Path: /a, Method: GET}}"),
                  "serverless.endpoint 0 method", "\"get\"" },
                { EVENT("{Type: Api, Properties: {Path: /a, Method: GET}}"), ENDPOINT, "\"NONE\"" },
                { EVENT("{Type: Api, Properties: {Auth: {Authorizer: A}}}"), ENDPOINT, "\"A\"" },
                { EVENT("{Type: Api, Properties: {RestApiId: !Ref Gone}}"), ENDPOINT,
                  "the API is described elsewhere" },
                { EVENT("{Type: HttpApi}"), "serverless.api 0 kind", "\"http\"" },
                { EVENT("{Type: HttpApi}"), "serverless.api 0 tracing", "null" },
                { EVENT("{Type: S3}"), "serverless.endpoint", "absent" },
                { EVENT("!If [C, {Type: Api}, {Type: S3}]"), "serverless.endpoint 0",
                  "Fn::If is decided when the template is deployed" },
                { "{Resources: {A: {Type: 'AWS::Serverless::Api', Properties: {Cors: \"'*'\"}}}}",
                  "serverless.api 0 origins", "[\"*\"]" },
                { "{Resources: {A: {Type: 'AWS::Serverless::Api', Properties: {DefinitionUri: a}}}}",
                  "serverless.endpoint 0", "the API's definition is in another file" },
                { "{Resources: {A: {Type: 'AWS::Serverless::Api', Properties: {DefinitionBody: {"
                  "securityDefinitions: {k: {type: apiKey}}, paths: {/a: {get: {security: [{k: []}]}}}"
                  "}}}}}",
                  "serverless.endpoint 0 api_key", "true" },
                { "{Resources: {A: {Type: 'AWS::ApiGateway::RestApi', Properties: {Body: {security: "
                  "[{m: []}], paths: {/a: {x-amazon-apigateway-any-method: {}}}}}}}}",
                  "serverless.endpoint 0 auth", "\"m\"" },
                { "{Resources: {A: {Type: 'AWS::ApiGateway::RestApi', Properties: {Body: {security: "
                  "[{m: []}, {}], paths: {/a: {get: {}}}}}}}}",
                  "serverless.endpoint 0 auth", "\"NONE\"" },
                { "{Resources: {A: {Type: 'AWS::ApiGatewayV2::Api', Properties: {Target: !Ref F}}}}",
                  "serverless.endpoint 0 auth", "\"NONE\"" },
                { "{Resources: {A: {Type: 'AWS::AppSync::GraphQLApi', Properties: "
                  "{AuthenticationType: API_KEY}}}}",
                  "serverless.endpoint 0 api_key", "true" },
                { "{Resources: {A: {Type: 'AWS::Serverless::GraphQLApi', Properties: {Auth: {Type: "
                  "AWS_IAM}}}}}",
                  "serverless.endpoint 0 auth", "\"AWS_IAM\"" },
                { "{service: s, provider: aws, functions: {f: {handler: h, events: [{websocket: "
                  "{route: $connect}}, {websocket: hello}]}}}",
                  "serverless.endpoint 0 path", "\"$connect\"" },
                { "{service: s, provider: aws, functions: {f: {handler: h, events: [{httpApi: 'POST "
                  "/x'}]}}}",
                  "serverless.endpoint 0 method", "\"post\"" },
                { "{service: s, provider: aws, functions: {f: {handler: h, events: [{http: {path: a, "
                  "cors: true, authorizer: {name: mine}}}]}}}",
                  "serverless.endpoint 0 auth", "\"mine\"" },
                { "{service: s, provider: {name: aws, logs: {restApi: {accessLogging: false}}}, "
                  "functions: {f: {handler: h, events: [{http: 'GET /'}]}}}",
                  "serverless.api 0 access_log", "false" },
        };
        check_rows(rows, CM_ARRAY_LEN(rows));
}

CM_TEST(serverless_limits)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(2048));
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(16));
        cm_buf_put_str(&text, "Resources:\n");
        for (size_t i = 0; i <= CM_SERVERLESS_RESOURCES_MAX; i++)
                cm_buf_printf(&text, "  R%zu: {Type: 'AWS::S3::Bucket'}\n", i);
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK(read_views(arena, cm_buf_sv(&text), &err) == NULL);
        CM_CHECK_INT(err.code, CM_E_LIMIT);
        /* Each level is twice the one below: 2^40 bytes when nobody stops. */
        cm_buf_clear(&text);
        cm_buf_put_str(&text, "service: s\nprovider: aws\nfunctions: {f: {handler: "
                              "'${self:custom.a22}'}}\ncustom:\n  a0: xxxxxxxxxxxxxxxx\n");
        for (int i = 1; i <= 22; i++)
                cm_buf_printf(&text, "  a%d: '${self:custom.a%d}${self:custom.a%d}'\n", i, i - 1,
                              i - 1);
        err = (struct cm_err)CM_ERR_INIT;
        CM_CHECK(read_views(arena, cm_buf_sv(&text), &err) == NULL);
        CM_CHECK_INT(err.code, CM_E_LIMIT);
}
