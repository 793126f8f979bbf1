/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of comply/record.h and comply/diff.h: what is new, gone, fixed, expired. */
#include "comply/diff.h"
#include "comply/record.h"
#include "tests/harness.h"

#define S(text)                        \
        {                              \
                text, sizeof(text) - 1 \
        }

static struct cm_check_item item(const char *check, const char *fingerprint,
                                 enum cm_check_state state)
{
        return (struct cm_check_item){ .fingerprint = cm_sv_from_cstr(fingerprint),
                                       .check = cm_sv_from_cstr(check),
                                       .name = cm_sv_from_cstr(fingerprint),
                                       .state = state };
}

static const struct cm_sv looked_1[] = { S("A") };
static const struct cm_sv looked_2[] = { S("A"), S("B") };

CM_TEST(each_kind_of_change_is_told_apart)
{
        const struct cm_check_item a[] = {
                item("A", "same", CM_CHECK_FAIL),      item("A", "fixed", CM_CHECK_FAIL),
                item("A", "lapsed", CM_CHECK_WAIVED),  item("A", "waived", CM_CHECK_FAIL),
                item("A", "blind", CM_CHECK_UNKNOWN),  item("A", "hidden", CM_CHECK_FAIL),
                item("OLD", "removed", CM_CHECK_FAIL),
        };
        struct cm_check_item b[] = {
                item("A", "same", CM_CHECK_FAIL),     item("A", "same", CM_CHECK_FAIL),
                item("A", "lapsed", CM_CHECK_FAIL),   item("A", "waived", CM_CHECK_WAIVED),
                item("A", "blind", CM_CHECK_UNKNOWN), item("A", "other place", CM_CHECK_UNKNOWN),
                item("A", "more", CM_CHECK_FAIL),     item("B", "added", CM_CHECK_FAIL),
        };
        b[5].name = CM_SV("hidden"); /* the same object: it is not fixed, it cannot be seen */
        static const struct cm_sv old_looked[] = { S("A"), S("OLD") };
        const struct cm_check_record before = { .check_set = CM_SV("1"),
                                                .looked = old_looked,
                                                .looked_count = 2,
                                                .items = a,
                                                .item_count = CM_ARRAY_LEN(a) };
        const struct cm_check_record after = { .check_set = CM_SV("2"),
                                               .looked = looked_2,
                                               .looked_count = 2,
                                               .items = b,
                                               .item_count = CM_ARRAY_LEN(b) };
        struct cm_arena *arena = cm_arena_new(CM_MIB(1));
        struct cm_diff diff;
        cm_diff_make(arena, &before, &after, &diff);
        CM_CHECK(diff.set_changed);
        for (size_t i = 0; i < CM_DIFF_KIND_COUNT; i++)
                CM_CHECK_INT(diff.counts[i], 1);
        CM_CHECK_INT(diff.count, CM_DIFF_KIND_COUNT);
        CM_CHECK_SV(diff.items[CM_DIFF_NEW].item->fingerprint, "more");
        CM_CHECK_SV(diff.items[CM_DIFF_NEW_CHECK].item->fingerprint, "added");
        CM_CHECK_SV(diff.items[CM_DIFF_FIXED].item->fingerprint, "fixed");
        CM_CHECK_SV(diff.items[CM_DIFF_NEWLY_UNKNOWN].item->fingerprint, "other place");
        cm_arena_free(arena);
}

CM_TEST(a_baseline_knows_as_many_as_it_has)
{
        const struct cm_check_item known[] = { item("A", "twice", CM_CHECK_FAIL),
                                               item("A", "gone", CM_CHECK_FAIL),
                                               item("A", "was waived", CM_CHECK_WAIVED) };
        const struct cm_check_record baseline = { .check_set = CM_SV("1"),
                                                  .looked = looked_1,
                                                  .looked_count = 1,
                                                  .items = known,
                                                  .item_count = CM_ARRAY_LEN(known) };
        struct cm_check_result results[] = {
                { .check = S("A"), .fingerprint = S("twice"), .state = CM_CHECK_FAIL },
                { .check = S("A"), .fingerprint = S("twice"), .state = CM_CHECK_FAIL },
                { .check = S("A"), .fingerprint = S("was waived"), .state = CM_CHECK_FAIL },
                { .check = S("B"), .fingerprint = S("of a new check"), .state = CM_CHECK_FAIL },
                { .check = S("A"), .fingerprint = S("gone"), .state = CM_CHECK_UNKNOWN },
        };
        struct cm_check_outcome o = { .results = results,
                                      .result_count = CM_ARRAY_LEN(results),
                                      .check_set = CM_SV("2") };
        struct cm_arena *arena = cm_arena_new(CM_MIB(1));
        cm_check_baseline_apply(arena, &baseline, &o);
        CM_CHECK_INT(results[0].change, CM_CHECK_CHANGE_KNOWN);
        CM_CHECK_INT(results[1].change, CM_CHECK_CHANGE_NEW);
        CM_CHECK_INT(results[2].change, CM_CHECK_CHANGE_NEW);
        CM_CHECK_INT(results[3].change, CM_CHECK_CHANGE_NEW_CHECK);
        CM_CHECK_INT(results[4].change, CM_CHECK_CHANGE_NONE);
        CM_CHECK_INT(o.gone_count, 1);
        CM_CHECK_SV(o.gone[0].fingerprint, "gone");
        o.check_set = CM_SV("1"); /* the same checks: this one had nothing to look at before */
        cm_check_baseline_apply(arena, &baseline, &o);
        CM_CHECK_INT(results[3].change, CM_CHECK_CHANGE_NEW);
        cm_arena_free(arena);
}

CM_TEST(saved_reports_are_read_or_refused)
{
        static const struct {
                const char *text;
                const char *want; /* in the error; NULL: it is right, with one item */
        } cases[] = {
                { "{\"schema\":\"coaming/check/v1\",\"results\":[{\"check\":\"A\",\"state\":\"fail\","
                  "\"severity\":\"low\",\"fingerprint\":\"fp:1\"},{\"check\":\"A\",\"state\":"
                  "\"pass\",\"severity\":\"low\"}]}",
                  NULL },
                { "{\"schema\":\"coaming/scan/v1\"}", "no report of" },
                { "[]", "no report of" },
                { "{\"schema\":\"coaming/check/v1\",\"results\":[{\"check\":\"A\",\"state\":\"odd\","
                  "\"severity\":\"low\"}]}",
                  "a result needs" },
                { "{\"schema\":\"coaming/check/v1\",\"results\":[7]}", "a result needs" },
                { "{", "" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(1));
                struct cm_check_record record;
                struct cm_err err = CM_ERR_INIT;
                int r = cm_check_record_parse(arena, cm_sv_from_cstr(cases[i].text), &record, &err);
                if (cases[i].want == NULL) {
                        CM_CHECK_OK(r, &err);
                        CM_CHECK_INT(record.item_count, 1);
                } else {
                        CM_CHECK(r < 0 && strstr(err.text, cases[i].want) != NULL);
                }
                cm_arena_free(arena);
        }
}
