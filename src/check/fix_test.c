/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of check/fix.h: what steps become, what is refused, and what a check file may not say. */
#include "check/fix_document.h"
#include "tests/harness.h"

static const char head[] = "id: T-1\ntitle: t\nseverity: low\nrationale: r\nremediation: r\n"
                           "params: {allowed: {default: [b], doc: d}}\nrules:\n";

static const struct cm_node *yaml(struct cm_arena *arena, struct cm_sv text)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_GO2 };
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_OK(cm_node_parse_yaml(arena, text, &options, &docs, &count, &err), &err);
        return docs[0].root;
}

static int load(struct cm_arena *arena, const char *rule, const char *fix, struct cm_check *ret,
                struct cm_err *err)
{
        struct cm_sv text =
                cm_sv_printf(arena, "%s%s    message: m\n    fix: %s\n", head, rule, fix);
        return cm_check_load(arena, CM_SV("t"), yaml(arena, text), false, ret, err);
}

struct collecting_sink {
        struct cm_check_sink sink; /* first */
        struct cm_check_fixes fixes;
};

static int collect(struct cm_check_sink *sink, const struct cm_check_result *result,
                   struct cm_err *err)
{
        (void)err;
        cm_check_fixes_add(&((struct collecting_sink *)(void *)sink)->fixes, result);
        return 0;
}

struct fix_case {
        const char *rule;
        const char *fix;
        const char *name;
        const char *before;
        const char *after; /* "": nothing changes */
        const char *note;  /* a part of the one there is, or "" */
};

static void try_fix(const struct fix_case *c)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        const struct cm_check_settings settings = { .k8s_minor = 99, .with_fixes = true };
        struct cm_err err = CM_ERR_INIT;
        struct cm_check check = { 0 };
        struct cm_check_alone alone;
        struct cm_check_counts counts = { 0 };
        struct cm_check_fixed fixed;
        struct collecting_sink s = { .sink = { collect }, .fixes = { .arena = arena } };
        struct cm_sv name = cm_sv_from_cstr(c->name);
        struct cm_sv before = cm_sv_from_cstr(c->before);
        CM_CHECK_OK(load(arena, c->rule, c->fix, &check, &err), &err);
        cm_check_alone_init(&alone, arena, &check, &settings);
        CM_CHECK_OK(cm_check_text(&alone.provider, arena, name, before, &s.sink, &counts, &err),
                    &err);
        cm_check_fix_document(&alone.provider, &s.fixes, name, before, &fixed);
        CM_CHECK_SV(fixed.text, c->after);
        CM_CHECK_INT(fixed.note_count, c->note[0] == '\0' ? 0 : 1);
        if (fixed.note_count > 0 && cm_sv_find(fixed.notes[0], cm_sv_from_cstr(c->note)) < 0)
                CM_CHECK_SV(fixed.notes[0], c->note);
        cm_arena_free(arena);
}

#define DAEMON  "  - on: docker.daemon\n    expect: '!has(subject.x)'\n"
#define SERVICE "  - on: compose.service\n    expect: 'service.cap_add == []'\n"
#define RUN     "  - on: dockerfile.run\n    expect: '!cmds.exists(c, \"-x\" in c.args)'\n"

CM_TEST(steps_lead_to_places)
{
        static const struct fix_case cases[] = {
                { DAEMON, "[{remove: /x}]", "daemon.json", "{\"x\": 1, \"y\": 2}", "{\"y\": 2}",
                  "" },
                { DAEMON, "[{remove: /x}, {set: /y/z, value: '1 + 1'}]", "daemon.json",
                  "{\"x\": 1}", "{\"y\": {\"z\": 2}}", "" },
                { DAEMON, "[{remove: /x}, {remove: /y/*, where: 'index != \"b\"'}]", "daemon.json",
                  "{\"x\": 1, \"y\": {\"a\": 1, \"b\": 2, \"c\": 3}}", "{\"y\": {\"b\": 2}}", "" },
                { DAEMON, "[{remove: /x}, {add: /l, value: '1'}, {add: /l, value: '2'}]",
                  "daemon.json", "{\"x\": 1}", "{\"l\": [1, 2]}", "" },
                { DAEMON, "[{remove: /x}, {set: /l/*, where: 'index == 1', value: 'it * 10'}]",
                  "daemon.json", "{\"x\": 1, \"l\": [1, 2, 3]}", "{\"l\": [1, 20, 3]}", "" },
                { DAEMON, "[{remove: /x, when: 'false'}]", "daemon.json", "{\"x\": 1}", "", "" },
                { DAEMON, "[{at: place, set: \"\", value: '1'}]", "daemon.json", "{\"x\": 2}",
                  "{\"x\": 1}", "still fails" },
                { SERVICE, "[{at: raw, remove: /cap_add/*, where: '!(it in params.allowed)'}]",
                  "compose.yaml", "services:\n  a: {image: i, cap_add: [a, c]}\n",
                  "services:\n  a: {image: i, cap_add: []}\n", "" },
                { RUN,
                  "[{at: 'cmds as c', remove: /args/*, when: 'c.name == \"b\"', where: 'it == \"-x\"'}]",
                  "Dockerfile", "FROM a\nRUN a -y && b -x c -x\n", "FROM a\nRUN a -y && b c\n",
                  "" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++)
                try_fix(&cases[i]);
}

CM_TEST(what_is_not_fixed_is_said)
{
        static const struct fix_case cases[] = {
                { DAEMON, "[{set: /x, value: 'subject.none'}]", "daemon.json", "{\"x\": 1}", "",
                  "has no value" },
                { DAEMON, "[{set: /x, at: '[1]', value: '1'}]", "daemon.json", "{\"x\": 1}", "",
                  "is no part of the document" },
                { DAEMON, "[{remove: /x, at: '1 as i'}]", "daemon.json", "{\"x\": 1}", "",
                  "is no list" },
                { DAEMON, "[{set: /x/y, value: '1'}]", "daemon.json", "{\"x\": 1}", "",
                  "leads to nothing" },
                { SERVICE, "[{at: raw, remove: /cap_add}]", "compose.yaml",
                  "x: &x {image: i, cap_add: [a]}\nservices:\n  a: *x\n", "",
                  "line 1: an alias shares this value" },
                { RUN, "[{at: ins, set: \"\", value: '\"RUN a -x\"'}]", "Dockerfile",
                  "FROM a\nRUN b -x\n", "FROM a\nRUN a -x\n", "still fails" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++)
                try_fix(&cases[i]);
}

CM_TEST(a_fix_is_written_so)
{
        static const char *const refused[][2] = {
                { "[]", "a list of 1 to 16 steps" },
                { "{remove: /x}", "a list of 1 to 16 steps" },
                { "[{remove: x}]", "is a JSON pointer" },
                { "[{remove: /x, set: /y, value: '1'}]", "a step is one of" },
                { "[{set: /x}]", "a step is one of" },
                { "[{remove: /x, value: '1'}]", "a step is one of" },
                { "[{remove: /x, when: 1}]", "an expression in quotes" },
                { "[{remove: /x, where: 'it +'}]", "expression:" },
                { "[{remove: /x, where: 'other'}]", "expression:" },
                { "[{remove: /x, at: 'subject as s', where: 't'}]", "expression:" },
                { "[{insert: /x, value: '1'}]", "'insert' is for Dockerfiles" },
                { "[{remove: /x, whence: '1'}]", "whence" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(refused); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(16));
                struct cm_err err = CM_ERR_INIT;
                struct cm_check check = { 0 };
                CM_CHECK(load(arena, DAEMON, refused[i][0], &check, &err) < 0);
                if (cm_sv_find(cm_sv_from_cstr(err.text), cm_sv_from_cstr(refused[i][1])) < 0)
                        CM_CHECK_SV(cm_sv_from_cstr(err.text), refused[i][1]);
                cm_arena_free(arena);
        }
}
