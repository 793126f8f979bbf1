/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of outputs: templates, the text and the JSON of alerts. */
#include "codec/json.h"
#include "codec/node_yaml.h"
#include "rule/rule_cases.h"
#include "tests/harness.h"

static const char event_text[] =
        "cases:\n- name: n\n"
        "  event: {type: open, time: 1764000000000000007, args: {fd: 3, name: /etc/x, flags: O_RDONLY}}\n"
        "  process: {pid: 7, name: \"c\\x1bat\\xff\", args: [\"a\\nb\"], user: {id: 0, name: root}}\n"
        "  fd: {number: 3, type: file, name: /etc/x}\n";

enum form {
        MESSAGE,
        TEXT,
        JSON
};

static void prints(const char *output, enum form form, const char *want)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_TEXT };
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node_doc *docs = NULL;
        const struct cm_rule_case *test = NULL;
        const struct cm_rule *found = NULL;
        const struct cm_ruleset *set = NULL;
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_rule_loader *loader = cm_rule_loader_new(arena);
        size_t count = 0;
        cm_buf_init(&out, CM_KIB(64));
        struct cm_sv rule = cm_sv_printf(
                arena,
                "- rule: 'r \"1\"'\n  desc: d\n  condition: evt.type=open\n  priority: notice\n  "
                "tags: [b, a]\n  output: '%s'\n",
                output);
        CM_CHECK_OK(cm_rule_loader_add(loader, CM_SV("t"), rule, &err), &err);
        CM_CHECK_OK(cm_rule_loader_compile(loader, &set, &err), &err);
        CM_CHECK_OK(cm_node_parse_yaml(arena, cm_sv_from_cstr(event_text), &options, &docs, &count,
                                       &err),
                    &err);
        CM_CHECK_OK(cm_rule_cases_load(arena, CM_SV("c"), docs[0].root, &test, &count, &err), &err);
        struct cm_rule_state *state = cm_rule_state_new(set);
        struct cm_event_context c = test->context;
        c.hostname = CM_SV("h");
        CM_CHECK_INT(cm_rules_match(state, &c, &found, 1), 1);
        if (form == MESSAGE)
                cm_rule_put_message(state, found, &out);
        else if (form == TEXT)
                cm_rule_put_text(state, found, &out);
        else
                cm_rule_put_json(state, found, &out);
        CM_CHECK_SV(cm_buf_sv(&out), want);
        if (form == JSON) {
                const struct cm_json *json = NULL;
                CM_CHECK_OK(cm_json_parse(arena, cm_buf_sv(&out), &json, &err), &err);
        }
        cm_rule_state_free(state);
        cm_arena_free(arena);
}

#define BEHIND " container_id=host container_name=host"

CM_TEST(templates)
{
        prints("plain", MESSAGE, "plain" BEHIND);
        prints("  %fd.name opened  ", MESSAGE, "/etc/x opened" BEHIND);
        prints("%fd.name.", MESSAGE, "/etc/x." BEHIND);
        prints("(%fd.num:%evt.arg.flags)", MESSAGE, "(3:O_RDONLY)" BEHIND);
        prints("%evt.arg[1]%user.uid", MESSAGE, "/etc/x0" BEHIND);
        prints("%proc.pname|%fd.sip", MESSAGE, "<NA>|<NA>" BEHIND);
        prints("%10fd.name|%3fd.name", MESSAGE, "/etc/x    |/et" BEHIND);
        prints("%toupper(user.name)", MESSAGE, "ROOT" BEHIND);
        prints("%concat(user.name, \"-\", fd.name)", MESSAGE, "root-/etc/x" BEHIND);
        prints("a %container.info b", MESSAGE, "a  b" BEHIND);
        prints("%proc.name", MESSAGE, "c\\x1bat\xc3\xbf" BEHIND);
        prints("%proc.args", MESSAGE, "a\\nb" BEHIND);
        prints("%evt.time %evt.time.iso8601", MESSAGE,
               "16:00:00.000000007 2025-11-24T16:00:00.000000007Z" BEHIND);
        prints("%evt.type.", MESSAGE, "open." BEHIND);
}

CM_TEST(alerts)
{
        prints("%fd.name", TEXT, "16:00:00.000000007: Notice /etc/x" BEHIND);
        prints("%fd.num %user.name %proc.pname %fd.num", JSON,
               "{\"hostname\":\"h\",\"output\":\"16:00:00.000000007: Notice 3 root <NA> 3" BEHIND
               "\",\"output_fields\":{\"container.id\":\"host\",\"container.name\":\"host\","
               "\"evt.time\":1764000000000000007,\"fd.num\":3,\"proc.pname\":null,"
               "\"user.name\":\"root\"},\"priority\":\"Notice\",\"rule\":\"r \\\"1\\\"\","
               "\"source\":\"syscall\",\"tags\":[\"a\",\"b\"],"
               "\"time\":\"2025-11-24T16:00:00.000000007Z\"}");
}
