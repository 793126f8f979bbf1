/* SPDX-License-Identifier: Apache-2.0 */
/* See mapping.h. */
#include "comply/mapping.h"

#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "check/profile_select.h"
#include "check/run.h"

enum {
        LATEST_MINOR = 999
};

struct mapping {
        struct cm_arena *arena;
        const struct cm_frameworks *all;
        const struct cm_examples *examples;
        struct cm_mapping_counts *counts;
        struct cm_mapping_faults *faults;
        struct cm_mapping_faults *untested;
};

/* What one check says of one document. */
struct seen {
        struct cm_check_sink sink; /* first */
        size_t counts[CM_CHECK_STATE_COUNT];
};

static int count_result(struct cm_check_sink *sink, const struct cm_check_result *r,
                        struct cm_err *err)
{
        (void)err;
        ((struct seen *)(void *)sink)->counts[r->state]++;
        return 0;
}

static int look(const struct cm_check *check, const struct cm_example *e, bool violating,
                struct seen *ret, struct cm_err *err)
{
        const struct cm_check_settings settings = { .k8s_minor = LATEST_MINOR,
                                                    .params = e->params };
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_CHECK_ARENA_BYTES_MAX);
        struct cm_check_alone alone;
        struct cm_check_counts counts = { 0 };
        const struct cm_node *root = violating ? e->violating : e->satisfying;
        const struct cm_document document = { .name = e->name, .root = root };
        *ret = (struct seen){ .sink = { count_result } };
        cm_check_alone_init(&alone, arena, check, &settings);
        int r = root != NULL ? cm_check_document(&alone.provider, arena, &document, &ret->sink,
                                                 &counts, err)
                             : cm_check_text(&alone.provider, arena, e->name,
                                             violating ? e->violating_text : e->satisfying_text,
                                             &ret->sink, &counts, err);
        if (r == 0)
                r = cm_check_joined(&alone.provider, arena, &ret->sink, &counts, err);
        if (r == 0 && counts.documents == 0)
                r = CM_RAISE(err, CM_E_MALFORMED, "no kind of document that checks know");
        return r < 0 ? cm_err_context(err, "example %zu of topic '%.*s'", e->number,
                                      CM_SV_ARG(e->topic))
                     : 0;
}

static bool has_result(const struct seen *s)
{
        size_t sum = 0;
        for (size_t i = 0; i < CM_CHECK_STATE_COUNT; i++)
                sum += s->counts[i];
        return sum > 0;
}

static bool names_topic(const struct cm_framework_row *row, struct cm_sv topic)
{
        for (size_t i = 0; i < cm_node_count(row->topics); i++)
                if (cm_sv_eq(cm_node_string(cm_node_at(row->topics, i)), topic))
                        return true;
        return false;
}

/* The topics of a row are its own and those of the rows through which it is answered. */
static bool is_about(const struct mapping *m, const struct cm_framework_row *row,
                     struct cm_sv topic)
{
        if (names_topic(row, topic))
                return true;
        for (size_t i = 0; i < cm_node_count(row->through); i++) {
                struct cm_sv name;
                struct cm_sv pattern;
                CM_IGNORE(cm_sv_cut(cm_node_string(cm_node_at(row->through, i)), '/', &name,
                                    &pattern));
                const struct cm_framework *other = cm_frameworks_find(m->all, name);
                for (size_t j = 0; other != NULL && j < other->row_count; j++)
                        if (cm_check_glob(pattern, other->rows[j].id) &&
                            names_topic(&other->rows[j], topic))
                                return true;
        }
        return false;
}

static void add_fault(const struct mapping *m, struct cm_mapping_faults *to,
                      const struct cm_framework *f, const struct cm_framework_row *row,
                      const struct cm_check *check, struct cm_sv text)
{
        if (to != NULL)
                *CM_VEC_PUSH(m->arena, to) =
                        (struct cm_mapping_fault){ f->name, row->id,
                                                   check != NULL ? check->id : CM_SV(""), text };
}

/* One example of one row, seen by all checks of the row. */
struct example_seen {
        const struct cm_example *example;
        bool is_looked_at;
        bool is_failed;
};

static bool is_question(const struct cm_check *check)
{
        for (size_t i = 0; i < check->rule_count; i++)
                if (check->rules[i].expect.len > 0)
                        return false;
        return true;
}

static int test_pair(const struct mapping *m, const struct cm_framework *f,
                     const struct cm_framework_row *row, const struct cm_check *check,
                     struct example_seen *examples, size_t count, struct cm_err *err)
{
        bool applies = false;
        bool proved = false;
        if (is_question(check)) {
                m->counts->asked++; /* a person answers it: there is nothing to fail */
                return 0;
        }
        const char *why = "fails on no example that violates the row";
        for (size_t i = 0; i < count; i++) {
                struct seen bad;
                struct seen good;
                int r = look(check, examples[i].example, true, &bad, err);
                if (r == 0)
                        r = look(check, examples[i].example, false, &good, err);
                if (r < 0)
                        return r;
                if (!has_result(&bad) && !has_result(&good))
                        continue;
                applies = true;
                examples[i].is_looked_at = true;
                if (bad.counts[CM_CHECK_FAIL] == 0)
                        continue;
                examples[i].is_failed = true;
                if (good.counts[CM_CHECK_FAIL] + good.counts[CM_CHECK_UNKNOWN] > 0)
                        why = "does not pass where the example is put right";
                else
                        proved = true;
        }
        m->counts->proved += proved;
        if (proved)
                return 0;
        /* Through another row a check is proved or not where it is mapped: by examples of that row. */
        applies = applies && !row->is_broad && row->through == NULL;
        m->counts->wrong += applies;
        m->counts->untested += !applies;
        add_fault(m, applies ? m->faults : m->untested, f, row, check, cm_sv_from_cstr(why));
        return 0;
}

static void test_completeness(const struct mapping *m, const struct cm_framework *f,
                              const struct cm_framework_row *row,
                              const struct example_seen *examples, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                const struct cm_example *e = examples[i].example;
                if (!examples[i].is_looked_at)
                        continue;
                m->counts->examples += examples[i].is_failed;
                m->counts->missed += !examples[i].is_failed;
                if (!examples[i].is_failed)
                        add_fault(m, m->faults, f, row, NULL,
                                  cm_sv_printf(m->arena,
                                               "no check fails on example %zu of topic '%s'",
                                               e->number, cm_escape(m->arena, e->topic)));
        }
}

static int test_row(const struct mapping *m, const struct cm_framework *f,
                    const struct cm_framework_row *row, const struct cm_check *const *checks,
                    size_t check_count, struct cm_err *err)
{
        const struct cm_check *const *found = NULL;
        size_t found_count = 0;
        CM_VEC(struct example_seen) examples = { 0 };
        cm_framework_checks(m->arena, f, row, checks, check_count, &found, &found_count);
        for (size_t i = 0; i < m->examples->count; i++)
                if (is_about(m, row, m->examples->items[i].topic))
                        CM_VEC_PUSH(m->arena, &examples)->example = &m->examples->items[i];
        if (examples.count == 0 && row->kind != CM_COMPLY_ORGANISATIONAL) {
                m->counts->bare++;
                add_fault(m, m->untested, f, row, NULL, CM_SV("the row has no example"));
        }
        for (size_t i = 0; i < found_count; i++) {
                int r = test_pair(m, f, row, found[i], examples.items, examples.count, err);
                if (r < 0)
                        return r;
        }
        /* Of others the examples are those of rows that they go through, tested there, or only some. */
        if (f->by_maps && !row->is_broad)
                test_completeness(m, f, row, examples.items, examples.count);
        return 0;
}

int cm_mapping_test(struct cm_arena *arena, const struct cm_frameworks *all,
                    const struct cm_framework *framework, const struct cm_check *const *checks,
                    size_t check_count, const struct cm_examples *examples,
                    struct cm_mapping_counts *counts, struct cm_mapping_faults *faults,
                    struct cm_mapping_faults *untested, struct cm_err *err)
{
        const struct mapping m = { arena, all, examples, counts, faults, untested };
        int r = 0;
        for (size_t i = 0; i < framework->row_count && r == 0; i++)
                r = test_row(&m, framework, &framework->rows[i], checks, check_count, err);
        return r;
}
