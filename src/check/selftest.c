/* SPDX-License-Identifier: Apache-2.0 */
/* See selftest.h. */
#include "check/selftest.h"

#include <limits.h>

#include "check/fix_document.h"
#include "codec/node_json.h"

enum {
        LATEST_MINOR = 999 /* "now": newer than every rule */
};

struct selftest {
        struct cm_arena *arena;
        const struct cm_check *check;
        CM_VEC(struct cm_check_test_failure) failures;
        size_t number;
};

static void fail(struct selftest *t, const struct cm_node *test, struct cm_sv text)
{
        *CM_VEC_PUSH(t->arena, &t->failures) =
                (struct cm_check_test_failure){ t->number, test->pos, text };
}

static int malformed(const struct selftest *t, const struct cm_node *test, const char *what,
                     struct cm_err *err)
{
        return CM_RAISE(err, CM_E_MALFORMED, "%.*s:%u:%u: test %zu: %s",
                        CM_SV_ARG(t->check->source), test->pos.line, test->pos.column, t->number,
                        what);
}

/* The smallest decides. One object that a rule is not about says nothing of the others. */
static unsigned weight(enum cm_check_state state)
{
        if (state == CM_CHECK_FAIL)
                return 0;
        return state == CM_CHECK_NOT_APPLICABLE ? UINT_MAX : (unsigned)state + 1;
}

/* Keeps the result that decides: the first failure, else the worst of CM_CHECK_STATES. */
struct deciding_sink {
        struct cm_check_sink sink; /* first */
        struct cm_arena *arena;
        struct cm_sv view;
        struct cm_check_fixes *fixes;
        bool has_result;
        struct cm_check_result result; /* only what compare() looks at outlives put() */
};

static int decide(struct cm_check_sink *sink, const struct cm_check_result *r, struct cm_err *err)
{
        struct deciding_sink *d = (struct deciding_sink *)(void *)sink;
        (void)err;
        if (!cm_sv_eq(r->subject.view, d->view))
                return 0;
        cm_check_fixes_add(d->fixes, r);
        if (d->has_result && weight(r->state) >= weight(d->result.state))
                return 0;
        d->has_result = true;
        d->result.state = r->state;
        d->result.message = cm_sv_dup(d->arena, r->message);
        d->result.place.pointer = cm_sv_dup(d->arena, r->place.pointer);
        return 0;
}

static void compare(struct selftest *t, const struct cm_node *test, enum cm_check_state want,
                    const struct cm_check_result *got)
{
        struct cm_sv at = cm_node_get_string(test, "at");
        if (got == NULL) {
                fail(t, test, CM_SV("gives no result: no subject of this view"));
        } else if (got->state != want) {
                fail(t, test,
                     cm_sv_printf(t->arena, "is %s, want %s%s%.*s",
                                  cm_check_state_to_string(got->state),
                                  cm_check_state_to_string(want), got->message.len > 0 ? ": " : "",
                                  CM_SV_ARG(got->message)));
        } else if (at.len > 0 && !cm_sv_eq(at, got->place.pointer)) {
                fail(t, test,
                     cm_sv_printf(t->arena, "points at %.*s, want %.*s",
                                  CM_SV_ARG(got->place.pointer), CM_SV_ARG(at)));
        }
}

/* Makes the fixes in the text, or in the tree as JSON: then the check must have nothing to say. */
static void try_fix(struct selftest *t, const struct cm_node *test,
                    struct cm_check_provider *provider, struct cm_check_fixes *fixes,
                    struct cm_sv name)
{
        struct cm_check_fixed fixed;
        struct cm_buf json CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&json, CM_MIB(1));
        cm_node_write_json(&json, cm_node_get(test, "given"));
        struct cm_sv text = cm_node_get_string(test, "text");
        cm_check_fix_document(provider, fixes, name,
                              text.len > 0 ? text : cm_sv_dup(t->arena, cm_buf_sv(&json)), &fixed);
        for (size_t i = 0; i < fixed.note_count; i++)
                fail(t, test, fixed.notes[i]);
        if (fixed.diff.len == 0)
                fail(t, test, CM_SV("is not fixed: no rule that fails has a fix"));
}

static int run_test(struct selftest *t, const struct cm_node *test, struct cm_err *err)
{
        enum cm_check_state want;
        struct cm_sv view = cm_node_get_string(test, "on");
        if (!cm_check_state_from_string(cm_node_get_string(test, "want"), &want) || view.len == 0)
                return malformed(t, test, "needs 'on' and 'want'", err);
        struct cm_check_settings settings = {
                .k8s_minor = LATEST_MINOR,
                .profile = cm_node_get(test, "profile"),
                .now_s = cm_node_int(cm_node_get(test, "now"), 0),
                .with_fixes = cm_node_bool(cm_node_get(test, "fixed"), false),
        };
        struct cm_sv k8s = cm_node_get_string(test, "k8s");
        uint64_t minor = 0;
        if (k8s.len > 0) {
                int r = cm_parse_u64(cm_sv_skip(k8s, 2), 0, 999, &minor, err);
                if (r < 0)
                        return r;
                settings.k8s_minor = (uint32_t)minor;
        }
        if (cm_node_get(test, "params") != NULL) {
                struct cm_node *params = cm_node_new_map(t->arena, test->pos);
                cm_node_put(t->arena, params, t->check->id, test->pos, cm_node_get(test, "params"));
                settings.params = params;
        }
        struct cm_check_alone set;
        cm_check_alone_init(&set, t->arena, t->check, &settings);
        struct cm_check_fixes fixes = { .arena = t->arena };
        struct deciding_sink out = {
                .sink = { decide }, .arena = t->arena, .view = view, .fixes = &fixes
        };
        struct cm_check_counts counts = { 0 };
        const struct cm_node *text = cm_node_get(test, "text");
        const struct cm_node *given = cm_node_get(test, "given");
        struct cm_sv name = cm_node_get_string(test, "name");
        int r = 0;
        if (text != NULL) {
                r = cm_check_text(&set.provider, t->arena, name, cm_node_string(text), &out.sink,
                                  &counts, err);
        } else if (given != NULL) {
                const struct cm_document document = { .name = name, .root = given };
                r = cm_check_document(&set.provider, t->arena, &document, &out.sink, &counts, err);
        } else {
                r = malformed(t, test, "needs 'given' or 'text'", err);
        }
        if (r == 0)
                r = cm_check_joined(&set.provider, t->arena, &out.sink, &counts, err);
        if (r == 0)
                compare(t, test, want, out.has_result ? &out.result : NULL);
        if (r == 0 && settings.with_fixes)
                try_fix(t, test, &set.provider, &fixes, name);
        return r;
}

int cm_check_selftest(struct cm_arena *arena, const struct cm_check *check,
                      const struct cm_check_test_failure **ret, size_t *ret_count, size_t *ret_run,
                      struct cm_err *err)
{
        struct selftest t = { .arena = arena, .check = check };
        size_t count = cm_node_count(check->tests);
        for (size_t i = 0; i < count; i++) {
                t.number = i + 1;
                int r = run_test(&t, cm_node_at(check->tests, i), err);
                if (r < 0)
                        return r;
        }
        *ret = t.failures.items;
        *ret_count = t.failures.count;
        *ret_run = count;
        return 0;
}
