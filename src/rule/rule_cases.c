/* SPDX-License-Identifier: Apache-2.0 */
/* See rule_cases.h. */
#include "rule/rule_cases.h"

#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "codec/node_expect.h"
#include "rule/case_internal.h"

enum {
        RULES_MAX = 256,
        DEFAULT_TIME_S = 1767225600 /* 2026-01-01T00:00:00Z */
};

/* An event of another source: all there is to it is the document. */
static const struct cm_event *document_event(struct cm_arena *arena)
{
        struct cm_event *e = CM_NEW(arena, struct cm_event);
        e->info = cm_event_info(322);
        e->time_ns = (uint64_t)DEFAULT_TIME_S * 1000000000;
        return e;
}

static int load_case(struct cm_case_load *l, const struct cm_node *n, struct cm_rule_case *ret)
{
        static const char *const known[] = { "name",   "event",      "process",  "fd",
                                             "fds",    "users",      "hosts",    "expect",
                                             "output", "first_only", "document", NULL };
        struct cm_event_context *c = &ret->context;
        const struct cm_node *document = cm_node_get(n, "document");
        int r = cm_node_only(l->arena, l->source, n, known, l->err);
        if (r == 0)
                r = cm_node_text(l->source, n, "name", true, &ret->name, l->err);
        if (r == 0)
                r = cm_node_text(l->source, n, "output", false, &ret->output, l->err);
        if (r == 0)
                r = cm_node_texts(l->source, n, "expect", &ret->expect, l->err);
        if (r < 0)
                return r;
        ret->pos = n->pos;
        ret->first_only = cm_sv_eq(cm_node_get_string(n, "first_only"), CM_SV("true"));
        *c = (struct cm_event_context){ .number = 1, .latency_ns = -1 };
        if (document != NULL) {
                c->document = document;
                c->source = CM_SV("k8s_audit");
                c->event = document_event(l->arena);
                return 0;
        }
        if (cm_node_get(n, "event") == NULL)
                return cm_node_wrong(l->source, n->pos, l->err,
                                     "a case has an event or a document");
        r = cm_case_event(l, cm_node_get(n, "event"), &c->event);
        if (r == 0)
                r = cm_case_thread(l, cm_node_get(n, "process"), &c->thread);
        if (r == 0)
                r = cm_case_fd(l, cm_node_get(n, "fd"), &c->fd);
        if (r == 0)
                r = cm_case_lookup(l, n, &c->lookup);
        return r;
}

int cm_rule_cases_load(struct cm_arena *arena, struct cm_sv source, const struct cm_node *root,
                       const struct cm_rule_case **ret, size_t *ret_count, struct cm_err *err)
{
        static const char *const known[] = { "rules", "cases", NULL };
        struct cm_case_load l = { arena, source, err };
        const struct cm_node *list = cm_node_get(root, "cases");
        int r = cm_node_only(arena, source, root, known, err);
        if (r == 0 && cm_node_type(list) != CM_NODE_LIST)
                r = cm_node_wrong(source, root->pos, err, "'cases' is missing or is no sequence");
        if (r < 0)
                return r;
        size_t count = cm_node_count(list);
        struct cm_rule_case *cases = CM_NEW_ARRAY(arena, struct cm_rule_case, count);
        for (size_t i = 0; i < count; i++) {
                r = load_case(&l, cm_node_at(list, i), &cases[i]);
                if (r < 0)
                        return r;
        }
        *ret = cases;
        *ret_count = count;
        return 0;
}

static void put_names(struct cm_buf *out, const struct cm_rule *const *rules, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                cm_buf_put_str(out, i == 0 ? "" : ", ");
                cm_buf_put_char(out, '\'');
                cm_buf_put_sv(out, rules[i]->name);
                cm_buf_put_char(out, '\'');
        }
        cm_buf_put_str(out, count == 0 ? "no rule" : "");
}

static bool is_expected(const struct cm_rule_case *test, struct cm_sv name)
{
        for (size_t i = 0; i < cm_node_count(test->expect); i++)
                if (cm_sv_eq(name, cm_node_string(cm_node_at(test->expect, i))))
                        return true;
        return false;
}

bool cm_rule_case_passes(struct cm_rule_state *state, struct cm_arena *arena,
                         const struct cm_rule_case *test, struct cm_sv *ret_why)
{
        const struct cm_rule *found[RULES_MAX];
        size_t count =
                cm_rules_match(state, &test->context, found, test->first_only ? 1 : RULES_MAX);
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        bool ok = count == cm_node_count(test->expect);
        cm_buf_init(&out, CM_RULE_OUTPUT_BYTES_MAX);
        for (size_t i = 0; i < count; i++)
                ok = ok && is_expected(test, found[i]->name);
        if (!ok) {
                put_names(&out, found, count);
                *ret_why = cm_sv_join(arena, CM_SV("matches "), cm_buf_sv(&out));
                return false;
        }
        if (test->output.len == 0 || count == 0)
                return true;
        cm_rule_put_message(state, found[0], &out);
        if (cm_sv_eq(cm_buf_sv(&out), test->output))
                return true;
        *ret_why = cm_sv_join(arena, CM_SV("prints "), cm_buf_sv(&out));
        return false;
}
