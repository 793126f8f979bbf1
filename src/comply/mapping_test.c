/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of comply/mapping.h: what is wrong in a mapping is found, in both directions. */
#include "codec/node_yaml.h"
#include "comply/mapping.h"
#include "tests/harness.h"

static const char framework_text[] =
        "framework: f\ntitle: t\nversion: '1'\nurl: u\nsummary: s\nanswered-by: maps\n"
        "sections:\n- id: a\n  title: b\n  rows:\n"
        "  - {id: namespaces, kind: automated, title: t, question: q, topics: [shared]}\n"
        "  - {id: broad, kind: automated, title: t, question: q, topics: [shared], broad: true}\n"
        "  - {id: bare, kind: automated, title: t, question: q}\n";

static const char examples_text[] =
        "examples: e\n"
        "bases: {p: {given: {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: "
        "[{name: a, image: i}]}}}}\n"
        "topics:\n  shared: {asks: q, violates: [{in: p, set: {/spec/hostIPC: true}}, "
        "{in: p, set: {/spec/hostPID: true}}]}\n";

#define CHECK(id, row, expect)                                                               \
        "id: " id "\ntitle: t\nseverity: low\nrationale: r\nremediation: r\nmaps: {f: [" row \
        "]}\n"                                                                               \
        "rules:\n- {on: k8s.pod, expect: '" expect "', message: m}\n"

struct result {
        struct cm_mapping_counts counts;
        struct cm_mapping_faults faults;
        struct cm_mapping_faults untested;
};

static const struct cm_node *yaml(struct cm_arena *arena, const char *text)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_CORE };
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_OK(cm_node_parse_yaml(arena, cm_sv_from_cstr(text), &options, &docs, &count, &err),
                    &err);
        return docs[0].root;
}

static struct result test_one(struct cm_arena *arena, const char *check_text)
{
        struct cm_framework framework;
        struct cm_examples examples = { NULL, 0 };
        struct cm_check check;
        const struct cm_check *const checks[] = { &check };
        struct result result = { { 0 }, { 0 }, { 0 } };
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_OK(
                cm_framework_load(arena, CM_SV("f"), yaml(arena, framework_text), &framework, &err),
                &err);
        CM_CHECK_OK(
                cm_examples_load(arena, CM_SV("e"), yaml(arena, examples_text), &examples, &err),
                &err);
        CM_CHECK_OK(cm_check_load(arena, CM_SV("c"), yaml(arena, check_text), false, &check, &err),
                    &err);
        const struct cm_frameworks all = { &framework, 1 };
        CM_CHECK_OK(cm_examples_verify(arena, &examples, &all, &err), &err);
        CM_CHECK_OK(cm_mapping_test(arena, &all, &framework, checks, 1, &examples, &result.counts,
                                    &result.faults, &result.untested, &err),
                    &err);
        return result;
}

CM_TEST(a_check_that_tests_what_the_row_asks_is_proved)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct result r = test_one(arena, CHECK("A", "namespaces",
                                                "!pod.spec.?hostIPC.orValue(false) && "
                                                "!pod.spec.?hostPID.orValue(false)"));
        CM_CHECK_INT(r.counts.proved, 1);
        CM_CHECK_INT(r.counts.wrong + r.counts.missed + r.counts.untested, 0);
        CM_CHECK_INT(r.counts.examples, 2);
        cm_arena_free(arena);
}

CM_TEST(a_check_that_sees_only_a_part_misses_the_rest)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct result r =
                test_one(arena, CHECK("A", "namespaces", "!pod.spec.?hostIPC.orValue(false)"));
        CM_CHECK_INT(r.counts.proved, 1);
        CM_CHECK_INT(r.counts.missed, 1);
        CM_CHECK_SV(r.faults.items[0].text, "no check fails on example 2 of topic 'shared'");
        cm_arena_free(arena);
}

CM_TEST(a_check_of_something_else_is_wrong)
{
        static const char *const expressions[] = {
                "!pod.spec.?hostNetwork.orValue(false)", /* passes what violates */
                "has(pod.spec.hostUsers)",               /* fails what satisfies, too */
                "pod.spec.hostIPC",                      /* cannot decide what satisfies */
        };
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        for (size_t i = 0; i < CM_ARRAY_LEN(expressions); i++) {
                struct cm_sv text =
                        cm_sv_printf(arena, CHECK("A", "namespaces", "%s"), expressions[i]);
                struct result r = test_one(arena, text.ptr);
                CM_CHECK_INT(r.counts.proved, 0);
                CM_CHECK_INT(r.counts.wrong, 1);
                CM_CHECK_SV(r.faults.items[0].check, "A");
        }
        cm_arena_free(arena);
}

CM_TEST(without_an_example_a_mapping_is_untested)
{
        static const char *const rows[] = { "bare", "broad" };
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        for (size_t i = 0; i < CM_ARRAY_LEN(rows); i++) {
                struct cm_sv text = cm_sv_printf(
                        arena, CHECK("A", "%s", "!pod.spec.?hostNetwork.orValue(false)"), rows[i]);
                struct result r = test_one(arena, text.ptr);
                CM_CHECK_INT(r.counts.untested, 1);
                CM_CHECK_INT(r.counts.wrong + r.counts.missed, 0);
        }
        cm_arena_free(arena);
}
