/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of comply/: files of frameworks and answers, states of rows. */
#include "codec/node_yaml.h"
#include "comply/answers.h"
#include "comply/assess.h"
#include "tests/harness.h"

#define HEAD "framework: f\ntitle: t\nversion: '1'\nurl: u\nsummary: s\nanswered-by: rows\n"
#define MAPS "framework: f\ntitle: t\nversion: '1'\nurl: u\nsummary: s\nanswered-by: maps\n"
#define ROWS "sections:\n- id: a\n  title: b\n  rows:\n"

static const struct cm_node *yaml(struct cm_arena *arena, const char *text)
{
        const struct cm_node_yaml_options options = { .schema = CM_NODE_YAML_CORE };
        const struct cm_node_doc *docs = NULL;
        size_t count = 0;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_OK(cm_node_parse_yaml(arena, cm_sv_from_cstr(text), &options, &docs, &count, &err),
                    &err);
        CM_CHECK_INT(count, 1);
        return docs[0].root;
}

/* Checks, of which the first maps row 1 of framework f. */
static const struct cm_sv one_row[] = { { "1", 1 } };
static const struct cm_check_map maps_f[] = { { { "f", 1 }, one_row, 1 } };
static const struct cm_check check_1 = {
        .id = { "A-1", 3 }, .severity = CM_SEVERITY_HIGH, .maps = maps_f, .map_count = 1
};
static const struct cm_check check_2 = { .id = { "A-2", 3 }, .severity = CM_SEVERITY_LOW };
static const struct cm_check *const checks[] = { &check_1, &check_2 };

CM_TEST(wrong_frameworks_are_refused)
{
        static const struct {
                const char *text;
                const char *want; /* in the error; NULL: it is right */
        } cases[] = {
                { HEAD ROWS "  - {id: '1', title: t, question: q, kind: automated, checks: [A-*]}",
                  NULL },
                { MAPS ROWS "  - {id: '1', title: t, question: q, kind: automated}", NULL },
                { HEAD ROWS "  - {id: '1', title: t, question: q, kind: automated}",
                  "automated row needs" },
                { HEAD ROWS
                  "  - {id: '1', title: t, question: q, kind: organisational, evidence: e,"
                  " checks: [A-1]}",
                  "no check can answer" },
                { HEAD ROWS "  - {id: '1', title: t, question: q, kind: partly, checks: [A-1]}",
                  "needs 'evidence'" },
                { HEAD ROWS "  - {id: '1', title: t, question: q, kind: automated, checks: [B-1]}",
                  "there is no check 'B-1'" },
                { HEAD ROWS "  - {id: '1', title: t, question: q, kind: automated, through: [g/1]}",
                  "'g/1' is no row" },
                { HEAD ROWS "  - {id: '1', title: t, question: q, kind: automated, checks: [A-1]}\n"
                            "  - {id: '1', title: t, question: q, kind: automated, checks: [A-1]}",
                  "is there twice" },
                { HEAD ROWS "  - {id: '1', title: t, question: q, kind: maybe}", "not 'maybe'" },
                { HEAD ROWS "  - {id: 1, title: t, question: q, kind: automated}", "put numbers" },
                { HEAD ROWS "  - {id: '1', titel: t}", "titel" },
                { HEAD "sections: []", "needs 'sections'" },
                { MAPS ROWS "  - {id: '2', title: t, question: q, kind: automated}",
                  "has no row '1'" },
                { MAPS ROWS
                  "  - {id: '1', title: t, question: q, kind: organisational, evidence: e}",
                  "has no row '1' that a check can answer" },
                { MAPS ROWS "  - {id: '1', title: t, question: q, kind: automated, checks: [A-1]}",
                  "the maps of checks" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(8));
                struct cm_framework f;
                struct cm_err err = CM_ERR_INIT;
                int r = cm_framework_load(arena, CM_SV("f.yaml"), yaml(arena, cases[i].text), &f,
                                          &err);
                const struct cm_frameworks all = { &f, 1 };
                /* Those that rows answer are not mapped: only the check without maps is for them. */
                bool mapped = cm_sv_has_prefix(cm_sv_from_cstr(cases[i].text), CM_SV(MAPS));
                struct cm_check plain = check_1;
                plain.map_count = mapped ? 1 : 0;
                const struct cm_check *const two[] = { &plain, &check_2 };
                if (r == 0)
                        r = cm_frameworks_verify(arena, &all, two, 2, &err);
                if (cases[i].want == NULL)
                        CM_CHECK_OK(r, &err);
                else if (r == 0 || strstr(err.text, cases[i].want) == NULL)
                        cm_test_fail(__FILE__, __LINE__, "case %zu: '%s', want '%s'", i, err.text,
                                     cases[i].want);
                cm_arena_free(arena);
        }
}

CM_TEST(a_row_is_decided_by_the_worst_that_is_known)
{
        enum {
                N = CM_CHECK_STATE_COUNT
        };
        static const struct {
                const char *kind;
                uint64_t counts[N]; /* UNKNOWN FAIL WAIVED MANUAL NOT_APPLICABLE PASS */
                int answer;         /* state, or -1 */
                bool is_damaged;
                enum cm_check_state want;
        } cases[] = {
                { "automated", { 0, 0, 0, 0, 0, 3 }, -1, false, CM_CHECK_PASS },
                { "automated", { 0, 1, 0, 0, 0, 3 }, -1, false, CM_CHECK_FAIL },
                { "automated", { 1, 1, 1, 1, 1, 1 }, -1, false, CM_CHECK_FAIL },
                { "automated", { 1, 0, 1, 1, 1, 1 }, -1, false, CM_CHECK_UNKNOWN },
                { "automated", { 0, 0, 1, 1, 1, 1 }, -1, false, CM_CHECK_MANUAL },
                { "automated", { 0, 0, 1, 0, 1, 1 }, -1, false, CM_CHECK_WAIVED },
                { "automated", { 0, 0, 0, 0, 1, 1 }, -1, false, CM_CHECK_PASS },
                { "automated", { 0, 0, 0, 0, 2, 0 }, -1, false, CM_CHECK_NOT_APPLICABLE },
                { "automated", { 0, 0, 0, 0, 0, 0 }, -1, false, CM_CHECK_UNKNOWN },
                { "automated", { 0, 0, 0, 0, 0, 3 }, -1, true, CM_CHECK_UNKNOWN },
                { "automated", { 0, 1, 0, 0, 0, 0 }, -1, true, CM_CHECK_FAIL },
                /* No answer outweighs a check; where none is asked for it changes nothing. */
                { "automated", { 0, 1, 0, 0, 0, 0 }, CM_CHECK_PASS, false, CM_CHECK_FAIL },
                { "automated", { 0, 0, 0, 0, 0, 1 }, CM_CHECK_FAIL, false, CM_CHECK_PASS },
                { "partly", { 0, 0, 0, 0, 0, 1 }, -1, false, CM_CHECK_MANUAL },
                { "partly", { 0, 0, 0, 0, 0, 1 }, CM_CHECK_PASS, false, CM_CHECK_PASS },
                { "partly", { 0, 0, 0, 0, 0, 1 }, CM_CHECK_FAIL, false, CM_CHECK_FAIL },
                { "partly", { 1, 0, 0, 0, 0, 1 }, CM_CHECK_PASS, false, CM_CHECK_UNKNOWN },
                { "partly", { 0, 1, 0, 0, 0, 1 }, CM_CHECK_PASS, false, CM_CHECK_FAIL },
                { "partly", { 0, 0, 0, 0, 0, 0 }, CM_CHECK_PASS, false, CM_CHECK_UNKNOWN },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(8));
                struct cm_err err = CM_ERR_INIT;
                struct cm_framework f;
                const struct cm_sv text = cm_sv_printf(
                        arena, MAPS ROWS "  - {id: '1', title: t, question: q, kind: %s%s}",
                        cases[i].kind, cases[i].kind[0] == 'p' ? ", evidence: e" : "");
                CM_CHECK_OK(cm_framework_load(arena, CM_SV("f"), yaml(arena, text.ptr), &f, &err),
                            &err);
                struct cm_check_tally tally = { .check = check_1.id, .severity = check_1.severity };
                memcpy(tally.counts, cases[i].counts, sizeof(tally.counts));
                const struct cm_check_unread unread = { CM_SV("d"), CM_E_MALFORMED, CM_SV("x") };
                const struct cm_check_outcome outcome = { .tallies = &tally,
                                                          .tally_count = 1,
                                                          .unread = &unread,
                                                          .unread_count = cases[i].is_damaged };
                struct cm_comply_answer answer = { .row = CM_SV("1") };
                answer.state =
                        cases[i].answer < 0 ? CM_CHECK_PASS : (enum cm_check_state)cases[i].answer;
                const struct cm_comply_input input = { &f,       checks,  2,
                                                       &outcome, &answer, cases[i].answer >= 0 };
                struct cm_comply_outcome got;
                cm_comply_assess(arena, &input, &got);
                if (got.rows[0].state != cases[i].want)
                        cm_test_fail(__FILE__, __LINE__, "case %zu is %s, want %s", i,
                                     cm_check_state_to_string(got.rows[0].state),
                                     cm_check_state_to_string(cases[i].want));
                CM_CHECK(got.rows[0].severity == CM_SEVERITY_HIGH);
                cm_arena_free(arena);
        }
}

CM_TEST(score_counts_what_is_open_against)
{
        struct cm_comply_row rows[] = {
                { .severity = CM_SEVERITY_CRITICAL, .state = CM_CHECK_PASS, .check_count = 1 },
                { .severity = CM_SEVERITY_HIGH, .state = CM_CHECK_FAIL, .check_count = 1 },
                { .severity = CM_SEVERITY_LOW, .state = CM_CHECK_UNKNOWN },
                { .severity = CM_SEVERITY_NEGLIGIBLE, .state = CM_CHECK_MANUAL },
                { .severity = CM_SEVERITY_HIGH, .state = CM_CHECK_WAIVED },
                { .severity = CM_SEVERITY_HIGH, .state = CM_CHECK_NOT_APPLICABLE },
        };
        const struct cm_comply_outcome o = { .rows = rows, .row_count = CM_ARRAY_LEN(rows) };
        const struct cm_comply_totals t = cm_comply_totals_of(&o);
        CM_CHECK_INT(t.score_permille, 10 * 1000 / (10 + 7 + 2 + 1));
        CM_CHECK_INT(t.coverage_permille, 3 * 1000 / 5);
        CM_CHECK_INT(t.covered, 2);
}

CM_TEST(answers_are_whole_or_refused)
{
        enum {
                NOW = 1795000000
        }; /* 2026-11-18 */
        static const struct {
                const char *text;
                const char *want;
        } cases[] = {
                { "- {row: '1', status: pass, by: b, date: 2026-01-01, expires: 2027-01-01, "
                  "evidence: e}",
                  NULL },
                { "- {check: A, status: fail, by: b, date: 2026-01-01, expires: 2026-02-01, "
                  "evidence: e, files: [x]}",
                  NULL },
                { "- {row: '1', check: A, status: pass, by: b, date: 2026-01-01, expires: "
                  "2027-01-01, evidence: e}",
                  "a row or a check" },
                { "- {row: '1', status: unknown, by: b, date: 2026-01-01, expires: 2027-01-01, "
                  "evidence: e}",
                  "status is" },
                { "- {row: '1', status: pass, date: 2026-01-01, expires: 2027-01-01, evidence: e}",
                  "'by'" },
                { "- {row: '1', status: pass, by: b, date: 2027-01-01, expires: 2028-01-01, "
                  "evidence: e}",
                  "future" },
                { "- {row: '1', status: pass, by: b, date: 2026-01-01, expires: 2025-01-01, "
                  "evidence: e}",
                  "before its date" },
                { "- {row: '1', status: pass, by: b, date: soon, expires: 2025-01-01, evidence: e}",
                  "are written" },
                { "- {row: '1', stauts: pass}", "stauts" },
                { "a: b", "not one list" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(8));
                struct cm_comply_answer *answers = NULL;
                size_t count = 0;
                struct cm_err err = CM_ERR_INIT;
                int r = cm_comply_answers_parse(arena, cm_sv_from_cstr(cases[i].text), NOW,
                                                &answers, &count, &err);
                if (cases[i].want == NULL) {
                        CM_CHECK_OK(r, &err);
                        CM_CHECK(answers[0].is_expired == (answers[0].check.len > 0));
                } else if (r == 0 || strstr(err.text, cases[i].want) == NULL) {
                        cm_test_fail(__FILE__, __LINE__, "case %zu: '%s', want '%s'", i, err.text,
                                     cases[i].want);
                }
                cm_arena_free(arena);
        }
}
