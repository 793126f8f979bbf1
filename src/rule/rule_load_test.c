/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rule files: what they may say, how later items change earlier ones, what is complained of. */
#include "rule/explain.h"
#include "tests/harness.h"

#define RULE(name, condition)                                                                    \
        "- rule: " name "\n  desc: d\n  output: o\n  priority: WARNING\n  condition: " condition \
        "\n"
#define OPEN "evt.type=open"

struct complaint {
        const char *text;
        const char *kind;  /* of the error, or of the only warning; NULL: there is none */
        const char *words; /* of its text */
};

static const struct complaint errors[] = {
        { "- [a", "LOAD_ERR_YAML_PARSE", "YAML" },
        { "a: b\n", "LOAD_ERR_YAML_VALIDATE", "sequence of mappings" },
        { "- a\n", "LOAD_ERR_YAML_VALIDATE", "is a mapping" },
        { "- list: a\n", "LOAD_ERR_YAML_VALIDATE", "'items'" },
        { "- list: a\n  items: b\n", "LOAD_ERR_YAML_VALIDATE", "'items'" },
        { "- list: a\n  items: [[b]]\n", "LOAD_ERR_YAML_VALIDATE", "is no text" },
        { "- macro: a\n", "LOAD_ERR_YAML_VALIDATE", "'condition'" },
        { "- macro: ''\n  condition: evt.num=1\n", "LOAD_ERR_YAML_VALIDATE", "name of a macro" },
        { "- rule: a\n  desc: b\n", "LOAD_ERR_YAML_VALIDATE", "a condition, an output" },
        { RULE("a", "''"), "LOAD_ERR_YAML_VALIDATE", "condition is empty" },
        { "- rule: a\n  desc: d\n  output: o\n  priority: loud\n  condition: " OPEN "\n",
          "LOAD_ERR_YAML_VALIDATE", "priority is one of" },
        { "- rule: a\n  enabled: false\n", "LOAD_ERR_VALIDATE", "no rule of that name" },
        { "- list: a\n  items: [b]\n  append: true\n", "LOAD_ERR_VALIDATE", "none before it" },
        { "- macro: a\n  condition: or " OPEN "\n  append: true\n", "LOAD_ERR_VALIDATE",
          "none before it" },
        { "- rule: a\n  condition: and " OPEN "\n  append: true\n", "LOAD_ERR_VALIDATE",
          "none before it" },
        { RULE("a", OPEN) "- rule: a\n  priority: INFO\n  override: {desc: append}\n",
          "LOAD_ERR_VALIDATE", "no such key" },
        { RULE("a", OPEN) "- rule: a\n  priority: INFO\n  desc: e\n  override: {desc: append}\n",
          "LOAD_ERR_VALIDATE", "no entry under 'override'" },
        { RULE("a", OPEN) "- rule: a\n  priority: INFO\n  override: {priority: append}\n",
          "LOAD_ERR_VALIDATE", "cannot be changed by append" },
        { RULE("a", OPEN) "- rule: a\n  desc: e\n  override: {desc: remove}\n",
          "LOAD_ERR_YAML_VALIDATE", "append or replace" },
        { RULE("a", OPEN) "- rule: a\n  condition: or m\n  append: true\n  override: {condition: "
                          "append}\n",
          "LOAD_ERR_VALIDATE", "exclude each other" },
        { RULE("a",
               OPEN) "  exceptions: [{name: x, fields: [proc.name], comps: [is], values: [[a]]}]\n",
          "LOAD_ERR_VALIDATE", "no operator" },
        { RULE("a", OPEN) "  exceptions: [{name: x, fields: [proc.name], comps: [=, =]}]\n",
          "LOAD_ERR_VALIDATE", "not as many comps" },
        { RULE("a", OPEN) "  exceptions: [{name: x, fields: proc.name, comps: =, values: [a]}]\n",
          "LOAD_ERR_VALIDATE", "takes a list" },
        { RULE("a",
               OPEN) "  exceptions: [{name: x, fields: [proc.name, fd.name], values: [[a]]}]\n",
          "LOAD_ERR_VALIDATE", "as long as its fields" },
        { RULE("a", OPEN) "  exceptions: [{fields: [proc.name]}]\n", "LOAD_ERR_VALIDATE",
          "with a name" },
        { RULE("a", OPEN) "  exceptions: [{name: x, fields: [proc.nme], values: [[a]]}]\n",
          "LOAD_ERR_COMPILE_CONDITION", "no field 'proc.nme'" },
        { RULE("a", "m"), "LOAD_ERR_COMPILE_CONDITION", "no macro 'm'" },
        { "- macro: a\n  condition: b\n- macro: b\n  condition: " OPEN "\n" RULE("r", "a"),
          "LOAD_ERR_COMPILE_CONDITION", "before this one" },
        { "- macro: a\n  condition: " OPEN "\n- macro: b\n  condition: a\n- macro: a\n  condition: "
          "b\n" RULE("r", "a"),
          "LOAD_ERR_COMPILE_CONDITION", "uses itself" },
        { "- required_engine_version: 0.99.0\n", "LOAD_ERR_VALIDATE", "needs version 0.99.0" },
        { "- required_engine_version: 64\n", "LOAD_ERR_VALIDATE", "needs version 64" },
        { "- required_engine_version: x\n", "LOAD_ERR_YAML_VALIDATE", "is no version" },
        { "- required_plugin_versions: [{name: x}]\n", "LOAD_ERR_YAML_VALIDATE", "a version" },
        { "- rule: a\n  desc: d\n  output: '%'\n  priority: INFO\n  condition: " OPEN "\n", NULL,
          "" },
        { "- rule: a\n  desc: d\n  output: '%nosuch.field'\n  priority: INFO\n  condition: " OPEN
          "\n",
          "LOAD_ERR_COMPILE_OUTPUT", "no field" },
        { "- rule: a\n  desc: d\n  output: '%ka.verb'\n  priority: INFO\n  condition: " OPEN "\n",
          "LOAD_ERR_COMPILE_OUTPUT", "have no such field" },
        { "- rule: a\n  desc: d\n  output: o\n  priority: INFO\n  source: k8s_audit\n  condition: "
          "proc.name=x\n",
          "LOAD_ERR_COMPILE_CONDITION", "only events of the kernel" },
};

static const struct complaint warnings[] = {
        { RULE("a", OPEN), NULL, "" },
        { "---\n---\n- \n" RULE("a", OPEN) "---\n", NULL, "" },
        { "- required_engine_version: 0.63.0\n- required_engine_version: 57\n", NULL, "" },
        { "- required_plugin_versions: [{name: container, version: 0.4.0}]\n", NULL, "" },
        { "- required_plugin_versions: [{name: x, version: 1.0.0, alternatives: [{name: k8saudit, "
          "version: 0.1.0}]}]\n",
          NULL, "" },
        { "- required_plugin_versions: [{name: okta, version: 0.4.0}]\n", "LOAD_WARNING_EXTENSION",
          "okta" },
        { "- thing: a\n", "LOAD_UNKNOWN_ITEM", "is ignored" },
        { RULE("a", OPEN) "  colour: red\n", "LOAD_UNKNOWN_KEY", "'colour'" },
        { RULE("a", OPEN) "  source: okta\n", "LOAD_UNKNOWN_SOURCE", "okta" },
        { "- macro: m\n  condition: " OPEN "\n" RULE("a", OPEN), "LOAD_UNUSED_MACRO", "uses it" },
        { "- list: l\n  items: [a]\n" RULE("a", OPEN), "LOAD_UNUSED_LIST", "uses it" },
        { RULE("a", "proc.name=x"), "LOAD_NO_EVTTYPE", "types of events" },
        { RULE("a", "proc.name=x") "  warn_evttypes: false\n", NULL, "" },
        { RULE("a", OPEN " and proc.name!=\"<NA>\""), "LOAD_UNSAFE_NA_CHECK", "exists" },
        { RULE("a", OPEN " and proc.new=1") "  skip-if-unknown-filter: true\n",
          "LOAD_UNKNOWN_FILTER", "proc.new" },
        { RULE("a", OPEN) "- rule: a\n  enabled: false\n", "LOAD_DEPRECATED_ITEM", "override" },
        { RULE("a", OPEN) "- rule: a\n  condition: and evt.num=1\n  append: true\n",
          "LOAD_DEPRECATED_ITEM", "override" },
        { RULE("a",
               OPEN) "  exceptions:\n  - {name: x, fields: [proc.name]}\n  - {name: x, fields: "
                     "[fd.name]}\n",
          "LOAD_EXCEPTION_NAME_NOT_UNIQUE", "two exceptions" },
        { RULE("a",
               OPEN) "  exceptions: [{name: x, fields: [proc.name]}]\n- rule: a\n  exceptions: "
                     "[{name: x}]\n  override: {exceptions: append}\n",
          "LOAD_APPEND_NO_VALUES", "nothing is appended" },
        { "- list: 'a b'\n  items: []\n" RULE("a", OPEN " and fd.name in (a b)"), NULL, NULL },
        /* A folded list whose bracket closes at the indentation of its key. */
        { "- list: l\n  items: [\n    a,\n    b\n  ]\n" RULE("a", OPEN " and proc.name in (l)"),
          NULL, "" },
};

static int load(struct cm_arena *arena, const char *text, struct cm_rule_loader **ret_loader,
                const struct cm_ruleset **ret, struct cm_err *err)
{
        *ret_loader = cm_rule_loader_new(arena);
        int r = cm_rule_loader_add(*ret_loader, CM_SV("t.yaml"), cm_sv_from_cstr(text), err);
        return r < 0 ? r : cm_rule_loader_compile(*ret_loader, ret, err);
}

CM_TEST(complaints)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(errors); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(64));
                struct cm_err err = CM_ERR_INIT;
                struct cm_rule_loader *loader = NULL;
                const struct cm_ruleset *set = NULL;
                int r = load(arena, errors[i].text, &loader, &set, &err);
                bool fine = errors[i].kind == NULL ||
                            (r == -CM_E_MALFORMED && strstr(err.text, errors[i].kind) != NULL &&
                             strstr(err.text, errors[i].words) != NULL &&
                             strstr(err.text, "t.yaml:") != NULL);
                if (!fine)
                        cm_test_fail(__FILE__, __LINE__, "%s\n%d: %s", errors[i].text, r, err.text);
                cm_arena_free(arena);
        }
}

CM_TEST(warned)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(warnings); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(64));
                struct cm_err err = CM_ERR_INIT;
                struct cm_rule_loader *loader = NULL;
                const struct cm_ruleset *set = NULL;
                size_t count = 0;
                int r = load(arena, warnings[i].text, &loader, &set, &err);
                const struct cm_rule_diagnostic *d = cm_rule_loader_diagnostics(loader, &count);
                if (warnings[i].words == NULL) /* an error instead */
                        CM_CHECK(r < 0);
                else if (r < 0 || count != (warnings[i].kind == NULL ? 0U : 1U) ||
                         (count == 1 &&
                          (!cm_sv_eq(cm_sv_from_cstr(d[0].kind),
                                     cm_sv_from_cstr(warnings[i].kind)) ||
                           cm_sv_find(d[0].text, cm_sv_from_cstr(warnings[i].words)) < 0 ||
                           d[0].place.line == 0)))
                        cm_test_fail(__FILE__, __LINE__, "%s\n%zu warnings, %s %.*s %s",
                                     warnings[i].text, count, count == 0 ? "" : d[0].kind,
                                     count == 0 ? 0 : (int)d[0].text.len,
                                     count == 0 ? "" : d[0].text.ptr, err.text);
                cm_arena_free(arena);
        }
}

/* What the condition of the first rule comes to. */
static void comes_to(const char *text, const char *want)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_err err = CM_ERR_INIT;
        struct cm_rule_loader *loader = NULL;
        const struct cm_ruleset *set = NULL;
        cm_buf_init(&out, CM_KIB(64));
        if (load(arena, text, &loader, &set, &err) < 0)
                cm_test_fail(__FILE__, __LINE__, "%s\n%s", text, err.text);
        cm_rule_explain_condition(set, &set->rules[0], &out);
        CM_CHECK_SV(cm_buf_sv(&out), want);
        cm_arena_free(arena);
}

CM_TEST(lists)
{
        comes_to("- list: l\n  items: [a, 'b c', '\"d\"', 0644]\n" RULE("r", "proc.name in (l)"),
                 "proc.name in (a, \"b c\", d, 0644)\n");
        comes_to("- list: l\n  items: []\n" RULE("r", "proc.name in (l, a)"), "proc.name in (a)\n");
        comes_to("- list: l\n  items: []\n" RULE("r", "proc.name in (a, l)"), "proc.name in (a)\n");
        comes_to("- list: l\n  items: []\n" RULE("r", "proc.name in (a, l, b)"),
                 "proc.name in (a, b)\n");
        comes_to("- list: l\n  items: []\n" RULE("r", "proc.name in (l)"), "proc.name in ()\n");
        comes_to("- list: i\n  items: [a]\n- list: l\n  items: [i, b]\n" RULE("r",
                                                                              "proc.name in (l)"),
                 "proc.name in (a, b)\n");
        /* A list does not see those behind it. */
        comes_to("- list: l\n  items: [i, b]\n- list: i\n  items: [a]\n" RULE("r",
                                                                              "proc.name in (l)"),
                 "proc.name in (i, b)\n");
        /* Unless it is changed behind them. */
        comes_to("- list: l\n  items: [i, b]\n- list: i\n  items: [a]\n- list: l\n  items: [c]\n  "
                 "override: {items: append}\n" RULE("r", "proc.name in (l)"),
                 "proc.name in (a, b, c)\n");
        comes_to(
                "- list: l\n  items: [a]\n- list: l\n  items: [l]\n  override: {items: append}\n" RULE(
                        "r", "proc.name in (l)"),
                "proc.name in (a, l)\n");
        comes_to("- list: l\n  items: [/bin]\n" RULE("r", "fd.directory=l"),
                 "fd.directory = /bin\n");
        comes_to("- list: l\n  items: [a]\n" RULE("r", "proc.name in (ll, l)"),
                 "proc.name in (ll, a)\n");
}

CM_TEST(changes)
{
        comes_to(RULE("r", OPEN) "- rule: r\n  condition: and proc.name=x\n  override: {condition: "
                                 "append}\n",
                 "all of\n  evt.type = open\n  proc.name = x\n");
        comes_to(RULE("r", OPEN) "- rule: r\n  condition: evt.type=close\n  override: {condition: "
                                 "replace}\n",
                 "evt.type = close\n");
        comes_to(RULE("r", OPEN) RULE("r", "evt.type=close"), "evt.type = close\n");
        comes_to("- macro: m\n  condition: evt.num=0\n" RULE(
                         "r", "m or " OPEN) "- macro: m\n  condition: proc.name=x\n",
                 "any of\n  proc.name = x\n  evt.type = open\n");
        comes_to(
                "- macro: m\n  condition: " OPEN "\n" RULE(
                        "r",
                        "m") "- macro: m\n  condition: or evt.type=close\n  override: {condition: append}\n",
                "any of\n  evt.type = open\n  evt.type = close\n");
        comes_to("- macro: never\n  condition: (evt.num=0)\n" RULE("r", OPEN " and not never"),
                 "evt.type = open\n");
        comes_to("- macro: never\n  condition: (evt.num=0)\n" RULE("r", OPEN " and never"),
                 "never\n");
        comes_to(RULE("r", OPEN " and not not proc.name=x"),
                 "all of\n  evt.type = open\n  proc.name = x\n");
}

CM_TEST(exceptions)
{
        comes_to(
                RULE("r",
                     OPEN) "  exceptions:\n  - name: a\n    fields: [proc.name, fd.directory]\n    comps: [in, =]\n"
                           "    values:\n    - [[x, y z], /tmp]\n    - [w, /var]\n",
                "all of\n  evt.type = open\n  not any of\n    all of\n      proc.name in (x, \"y "
                "z\")\n      fd.directory = /tmp\n    all of\n      proc.name in (w)\n      "
                "fd.directory = /var\n");
        comes_to(
                RULE("r", OPEN) "  exceptions:\n  - {name: a, fields: proc.name, values: [x, y]}\n",
                "all of\n  evt.type = open\n  not proc.name in (x, y)\n");
        comes_to(
                RULE("r", OPEN) "  exceptions:\n  - {name: a, fields: [proc.name], values: [[x]]}\n"
                                "- rule: r\n  exceptions: [{name: a, values: [[y]]}]\n  override: "
                                "{exceptions: append}\n",
                "all of\n  evt.type = open\n  not any of\n    proc.name = x\n    proc.name = y\n");
        comes_to(RULE("r", OPEN) "  exceptions:\n  - {name: a, fields: [proc.name]}\n",
                 "evt.type = open\n");
        comes_to(
                RULE("r", OPEN) "  exceptions:\n  - {name: a, fields: proc.name, comps: startswith "
                                "anyof, values: [x, y]}\n",
                "all of\n  evt.type = open\n  not proc.name startswith anyof (x, y)\n");
        comes_to(
                "- list: l\n  items: [p, q]\n" RULE(
                        "r",
                        OPEN) "  exceptions:\n  - {name: a, fields: [proc.name], comps: [in], values: [[(l)]]}\n",
                "all of\n  evt.type = open\n  not proc.name in (p, q)\n");
}

/* The order of rules is that of their first definitions. */
CM_TEST(order)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        struct cm_rule_loader *loader = NULL;
        const struct cm_ruleset *set = NULL;
        CM_CHECK_OK(
                load(arena,
                     RULE("a", OPEN) "  tags: [z, b, z]\n" RULE("b", OPEN) RULE(
                             "a",
                             OPEN) "- rule: b\n  tags: [y]\n  enabled: false\n  priority: debug\n"
                                   "  override: {tags: replace, enabled: replace, priority: replace}\n",
                     &loader, &set, &err),
                &err);
        CM_CHECK_INT(set->count, 2);
        CM_CHECK_SV(set->rules[0].name, "a");
        CM_CHECK_INT(set->rules[0].tag_count, 0);
        CM_CHECK_SV(set->rules[1].tags[0], "y");
        CM_CHECK_INT(set->rules[1].priority, CM_RULE_DEBUG);
        CM_CHECK_INT(set->by_event_count[3], 1);
        CM_CHECK_INT(set->by_event_count[2], 0); /* the hidden beginning of the call */
        cm_arena_free(arena);
}

/* A macro of two halves, each the one before: 2^60 checks when written out. */
CM_TEST(macro_bomb)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        struct cm_buf text CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_rule_loader *loader = NULL;
        const struct cm_ruleset *set = NULL;
        cm_buf_init(&text, CM_MIB(1));
        cm_buf_init(&out, CM_KIB(64));
        cm_buf_put_str(&text, "- macro: m0\n  condition: evt.type=open and proc.name=x\n");
        for (int i = 1; i <= 60; i++)
                cm_buf_printf(&text,
                              "- macro: m%d\n  condition: (m%d and proc.pid=%d) or (m%d and "
                              "proc.vpid=%d)\n",
                              i, i - 1, i, i - 1, i);
        cm_buf_put_str(&text, RULE("r", "m60"));
        cm_buf_put_char(&text, '\0');
        CM_CHECK_OK(load(arena, text.ptr, &loader, &set, &err), &err);
        cm_rule_explain_condition(set, &set->rules[0], &out);
        CM_CHECK(out.overflow);
        CM_CHECK_INT(cm_event_set_count(&set->rules[0].events), 1);
        cm_arena_free(arena);
}
