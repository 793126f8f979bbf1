/* SPDX-License-Identifier: Apache-2.0 */
/* See evaluate.h. */
#include "check/evaluate.h"

#include "base/escape.h"
#include "base/limits.h"
#include "cel/value.h"
#include "check/fix.h"

struct rule_ref {
        const struct cm_check *check;
        const struct cm_check_rule *rule;
        const struct cm_node *params;
        const struct cm_node *policy;
        /* Compiled when the first subject needs them: most rules of a run never come to `expect`. */
        const struct cm_cel_program *when;
        const struct cm_cel_program *each;
        const struct cm_cel_program *expect;
        const struct cm_cel_program *message_expression;
        const struct cm_cel_program **variables;
        struct cm_check_message *message;
};

struct view_rules {
        const struct cm_check_view *view;
        CM_VEC(struct rule_ref) rules; /* of one check: next to each other */
};

struct cm_check_set {
        struct cm_arena *arena;
        struct cm_check_settings settings;
        CM_VEC(struct view_rules) views;
        const struct cm_node *run;
};

static const struct cm_node *make_run(struct cm_arena *arena,
                                      const struct cm_check_settings *settings)
{
        const struct cm_node_pos pos = { 0 };
        struct cm_node *run = cm_node_new_map(arena, pos);
        struct cm_node *k8s = cm_node_new_map(arena, pos);
        cm_node_put(arena, k8s, CM_SV("major"), pos, cm_node_new_int(arena, pos, 1));
        cm_node_put(arena, k8s, CM_SV("minor"), pos,
                    cm_node_new_int(arena, pos, settings->k8s_minor));
        cm_node_put(arena, run, CM_SV("k8s"), pos, k8s);
        cm_node_put(arena, run, CM_SV("now"), pos, cm_node_new_int(arena, pos, settings->now_s));
        return run;
}

/* A place in a check file must not be taken for one in the document. */
static const struct cm_node *without_places(struct cm_arena *arena, const struct cm_node *n)
{
        return cm_node_move(arena, n, (struct cm_node_pos){ 0 });
}

/* The check's defaults with what the profile says instead. */
static const struct cm_node *params_of(struct cm_arena *arena, const struct cm_check *check,
                                       const struct cm_check_settings *settings)
{
        const struct cm_node *over = cm_node_get_sv(settings->params, check->id);
        if (cm_node_type(check->defaults) == CM_NODE_NULL)
                return check->defaults; /* of a policy: none, or not to be had */
        if (cm_node_count(over) == 0)
                return without_places(arena, check->defaults);
        struct cm_node *params = cm_node_new_map(arena, (struct cm_node_pos){ 0 });
        for (size_t i = 0; i < cm_node_count(check->defaults); i++) {
                const struct cm_node_member *m = &check->defaults->map.members[i];
                const struct cm_node *other = cm_node_get_sv(over, m->key);
                cm_node_put(arena, params, m->key, m->key_pos, other != NULL ? other : m->value);
        }
        return without_places(arena, params);
}

static struct view_rules *rules_of(struct cm_check_set *set, const struct cm_check_view *view)
{
        for (size_t i = 0; i < set->views.count; i++)
                if (set->views.items[i].view == view)
                        return &set->views.items[i];
        return NULL;
}

bool cm_check_set_has(const struct cm_check_set *set, const struct cm_check_view *view)
{
        for (size_t i = 0; i < set->views.count; i++)
                if (set->views.items[i].view == view)
                        return true;
        return false;
}

struct cm_check_set *cm_check_set_new(struct cm_arena *arena, const struct cm_check *checks,
                                      size_t count, const struct cm_check_settings *settings)
{
        struct cm_check_set *set = CM_NEW(arena, struct cm_check_set);
        set->arena = arena;
        set->settings = *settings;
        set->run = make_run(arena, settings);
        for (size_t i = 0; i < count; i++) {
                const struct cm_node *params = params_of(arena, &checks[i], settings);
                const struct cm_node *policy = without_places(arena, checks[i].policy);
                for (size_t j = 0; j < checks[i].rule_count; j++) {
                        const struct cm_check_rule *rule = &checks[i].rules[j];
                        struct view_rules *v = rules_of(set, rule->view);
                        if (v == NULL) {
                                v = CM_VEC_PUSH(arena, &set->views);
                                v->view = rule->view;
                        }
                        *CM_VEC_PUSH(arena, &v->rules) = (struct rule_ref){ .check = &checks[i],
                                                                            .rule = rule,
                                                                            .params = params,
                                                                            .policy = policy };
                }
        }
        return set;
}

struct evaluation {
        struct cm_check_set *set;
        struct cm_arena *arena;
        const struct cm_subject *subject;
        struct cm_check_sink *sink;
        struct cm_cel_value slots[CM_CHECK_SLOTS_MAX];
        struct rule_ref *ref;
        const struct cm_node *item; /* of `each`, when it is a part of the document */
        const struct cm_node *variable_reads[CM_CHECK_VARIABLES_MAX]; /* the last of each */
        bool is_not_applicable; /* some rule of this check said so */
        struct cm_sv reason;    /* the first that was given for it, or "" */
        size_t given;           /* results of this check */
        struct cm_cel_memo
                memo; /* of the object: patterns are parameters, the same for all items */
};

/* Of a document that is a part of a text: where in the whole text. */
static bool locate(const struct evaluation *e, const struct cm_node *n, struct cm_check_place *ret)
{
        const struct cm_document *d = e->subject->document;
        if (!cm_node_locate(d->locator, e->arena, n, &ret->pointer, &ret->anchor))
                return false;
        if (d->pointer.len > 0)
                ret->pointer = cm_sv_printf(e->arena, "%.*s%.*s", CM_SV_ARG(d->pointer),
                                            CM_SV_ARG(ret->pointer));
        return true;
}

static bool place_at(const struct evaluation *e, const struct cm_node *n,
                     struct cm_check_place *ret)
{
        if (n == NULL || n->pos.line == 0 || !locate(e, n, ret))
                return false;
        if (!e->subject->document->has_no_lines) {
                ret->line = n->pos.line;
                ret->column = n->pos.column;
        }
        return true;
}

/*
 * The latest read that lies in the document: what decided. Parameters and the like do not. Else what
 * a variable of the expression read, else the item that was looked at, else the object.
 */
static struct cm_check_place place_of(const struct evaluation *e, const struct cm_cel_run *run)
{
        struct cm_check_place place = { 0 };
        if (e->subject->unseen.len > 0)
                return place;
        if (!e->subject->document->has_no_lines)
                place = (struct cm_check_place){ .line = e->subject->pos.line,
                                                 .column = e->subject->pos.column };
        uint32_t count = CM_MIN(run->read_count, (uint32_t)CM_CEL_READS);
        for (uint32_t i = 0; i < count; i++)
                if (place_at(e, run->reads[(run->read_count - 1 - i) % CM_CEL_READS], &place))
                        return place;
        /* Those that the expression names, then those that these are made of. */
        const struct cm_check_rule *rule = e->ref->rule;
        for (size_t i = 0; i < 2 * rule->variable_count; i++) {
                size_t at = rule->variable_count - 1 - i % rule->variable_count;
                if ((i >= rule->variable_count ||
                     cm_sv_find(rule->expect, rule->variables[at].name) >= 0) &&
                    place_at(e, e->variable_reads[at], &place))
                        return place;
        }
        if (!place_at(e, e->item, &place))
                locate(e, e->subject->subject, &place);
        return place;
}

static int add(struct evaluation *e, enum cm_check_state state, struct cm_sv message,
               const struct cm_cel_run *decided, struct cm_err *err)
{
        const struct cm_check *c = e->ref->check;
        struct cm_check_result result = {
                .check = c->id,
                .title = c->title,
                .severity = c->severity,
                .state = state,
                .remediation = c->remediation,
                .maps = c->maps_text,
                .message = message,
                .subject = {
                        .view = cm_sv_from_cstr(e->subject->view->name),
                        .kind = e->subject->kind,
                        .name = e->subject->name,
                        .group = e->subject->group,
                        .document = e->subject->document->name,
                        .document_number = e->subject->document->number,
                        .document_order = e->subject->document->order,
                },
        };
        if (state == CM_CHECK_FAIL || state == CM_CHECK_UNKNOWN)
                result.place = place_of(e, decided);
        if (state == CM_CHECK_FAIL && e->set->settings.with_fixes) {
                const struct cm_check_fix_failure failure = {
                        e->ref->rule,        e->slots, e->subject->document,
                        e->subject->subject, e->item,  result.place.pointer
                };
                result.edits = cm_check_fix_evaluate(e->arena, &failure);
        }
        e->given++;
        return e->sink->put(e->sink, &result, err);
}

static int add_unknown(struct evaluation *e, const struct cm_cel_program *program,
                       const struct cm_cel_value *v, const struct cm_cel_run *run,
                       const struct cm_err *limit, struct cm_err *err)
{
        struct cm_sv text;
        if (limit != NULL) {
                text = cm_sv_printf(e->arena, "not evaluated: %s", limit->text);
        } else if (v->kind == CM_CEL_ERROR) {
                struct cm_cel_fault fault = cm_cel_fault_of(program, *v);
                text = cm_sv_printf(e->arena, "%.*s has no value: %.*s", CM_SV_ARG(fault.failing),
                                    CM_SV_ARG(fault.text));
        } else {
                text = cm_sv_printf(e->arena, "%.*s is not true or false but a %.*s",
                                    CM_SV_ARG(cm_cel_text(program)),
                                    CM_SV_ARG(cm_cel_type_name(*v)));
        }
        return add(e, CM_CHECK_UNKNOWN, text, run, err);
}

/* The program of one of the rule's expressions; `slot` is where the rule keeps it. */
static int program_of(struct evaluation *e, struct cm_sv text, const struct cm_cel_program **slot,
                      struct cm_err *err)
{
        return *slot != NULL ? 0
                             : cm_check_compile(e->set->arena, e->ref->rule, text, true, slot, err);
}

enum truth {
        IS_FALSE,
        IS_TRUE,
        IS_UNKNOWN /* and was reported */
};

static int ask(struct evaluation *e, struct cm_sv text, const struct cm_cel_program **slot,
               enum truth *ret, struct cm_cel_run *run, struct cm_err *err)
{
        int r = program_of(e, text, slot, err);
        if (r < 0)
                return r;
        const struct cm_cel_program *program = *slot;
        *run = (struct cm_cel_run){ .slots = e->slots, .scratch = e->arena, .memo = &e->memo };
        struct cm_cel_value v = { 0 };
        struct cm_err problem = CM_ERR_INIT;
        r = cm_cel_eval(program, run, &v, &problem);
        if (r == 0 && v.kind == CM_CEL_BOOL) {
                *ret = v.boolean ? IS_TRUE : IS_FALSE;
                return 0;
        }
        *ret = IS_UNKNOWN;
        return add_unknown(e, program, &v, run, r < 0 ? &problem : NULL, err);
}

/* The rule's own expression for it, when that has a text; 1 when not. */
static int message_from_expression(struct evaluation *e, struct cm_sv *ret, struct cm_err *err)
{
        struct rule_ref *ref = e->ref;
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_cel_run run = { .slots = e->slots, .scratch = e->arena };
        struct cm_cel_value v = { 0 };
        if (ref->rule->message_expression.len == 0)
                return 1;
        int r = program_of(e, ref->rule->message_expression, &ref->message_expression, err);
        if (r < 0)
                return r;
        if (cm_cel_eval(ref->message_expression, &run, &v, &ignored) != 0 ||
            v.kind != CM_CEL_STRING || cm_sv_trim(cm_cel_sv(v)).len == 0)
                return 1;
        *ret = cm_sv_dup(e->arena, cm_cel_sv(v));
        return 0;
}

static int message_of(struct evaluation *e, struct cm_sv *ret, struct cm_err *err)
{
        struct rule_ref *ref = e->ref;
        int from_expression = message_from_expression(e, ret, err);
        if (from_expression <= 0)
                return from_expression;
        if (ref->message == NULL) {
                ref->message = CM_NEW(e->set->arena, struct cm_check_message);
                int r = cm_check_message_compile(e->set->arena, ref->rule, ref->message, err);
                if (r < 0)
                        return r;
        }
        *ret = cm_check_message_text(e->arena, ref->message, e->slots);
        return 0;
}

/* A person is asked; what the rule saw helps to answer. */
static int ask_person(struct evaluation *e, const struct cm_check_rule *rule, struct cm_err *err)
{
        struct cm_sv seen = CM_SV("");
        struct cm_sv question = e->ref->check->question;
        int r = rule->message.len > 0 ? message_of(e, &seen, err) : 0;
        if (seen.len > 0)
                question =
                        cm_sv_printf(e->arena, "%.*s (%.*s)", CM_SV_ARG(question), CM_SV_ARG(seen));
        return r < 0 ? r : add(e, CM_CHECK_MANUAL, question, NULL, err);
}

static int expect(struct evaluation *e, const struct cm_check_rule *rule, bool *ret_passed,
                  struct cm_err *err)
{
        *ret_passed = false;
        if (rule->expect.len == 0)
                return ask_person(e, rule, err);
        enum truth truth;
        struct cm_cel_run run;
        int r = ask(e, rule->expect, &e->ref->expect, &truth, &run, err);
        *ret_passed = r == 0 && truth == IS_TRUE;
        if (r < 0 || truth != IS_FALSE)
                return r;
        struct cm_sv message;
        r = message_of(e, &message, err);
        return r < 0 ? r : add(e, CM_CHECK_FAIL, message, &run, err);
}

/* Every item on its own; PASS once, when all pass. */
static int expect_each(struct evaluation *e, const struct cm_check_rule *rule, struct cm_err *err)
{
        struct cm_cel_run run = { .slots = e->slots, .scratch = e->arena, .memo = &e->memo };
        struct cm_cel_value list = { 0 };
        struct cm_err problem = CM_ERR_INIT;
        int r = program_of(e, rule->each, &e->ref->each, err);
        if (r < 0)
                return r;
        r = cm_cel_eval(e->ref->each, &run, &list, &problem);
        if (r != 0 || list.kind != CM_CEL_LIST)
                return add_unknown(e, e->ref->each, &list, &run, r < 0 ? &problem : NULL, err);
        size_t count = cm_cel_list_count(list);
        size_t passed_count = 0;
        r = 0;
        for (size_t i = 0; i < count && r == 0; i++) {
                bool passed = false;
                e->slots[CM_CHECK_SLOT_EACH] = cm_cel_list_at(list, i);
                e->item = list.is_node ? list.node->list.items[i] : NULL;
                r = expect(e, rule, &passed, err);
                passed_count += passed ? 1 : 0;
        }
        e->slots[CM_CHECK_SLOT_EACH] = cm_cel_null();
        e->item = NULL;
        if (count == 0)
                e->is_not_applicable = true;
        return r == 0 && count > 0 && passed_count == count
                       ? add(e, CM_CHECK_PASS, CM_SV(""), NULL, err)
                       : r;
}

/* The check's variables in their slots; one that has no value fails where it is used. */
static int set_variables(struct evaluation *e, const struct cm_check_rule *rule, struct cm_err *err)
{
        struct rule_ref *ref = e->ref;
        size_t slot = cm_check_variable_slot(rule);
        if (rule->variable_count > 0 && ref->variables == NULL)
                ref->variables = CM_NEW_ARRAY(e->set->arena, const struct cm_cel_program *,
                                              rule->variable_count);
        for (size_t i = 0; i < rule->variable_count; i++)
                e->slots[slot + i] = cm_cel_null();
        for (size_t i = 0; i < rule->variable_count; i++) {
                struct cm_cel_run run = { .slots = e->slots, .scratch = e->arena };
                struct cm_cel_value v = { 0 };
                struct cm_err problem = CM_ERR_INIT;
                int r = program_of(e, rule->variables[i].text, &ref->variables[i], err);
                if (r < 0)
                        return r;
                r = cm_cel_eval(ref->variables[i], &run, &v, &problem);
                if (r < 0)
                        v = cm_cel_unavailable(e->arena, cm_sv_from_cstr(problem.text));
                else if (v.kind == CM_CEL_ERROR)
                        v = cm_cel_unavailable(e->arena,
                                               cm_cel_fault_of(ref->variables[i], v).text);
                e->slots[slot + i] = v;
                e->variable_reads[i] =
                        run.read_count > 0 ? run.reads[(run.read_count - 1) % CM_CEL_READS] : NULL;
        }
        return 0;
}

static int evaluate_rule(struct evaluation *e, struct cm_err *err)
{
        const struct cm_check_rule *rule = e->ref->rule;
        const struct cm_check_settings *settings = &e->set->settings;
        if (rule->kind.len > 0 && !cm_sv_eq(rule->kind, e->subject->kind))
                return 0;
        if (settings->k8s_minor < rule->versions.since ||
            settings->k8s_minor > rule->versions.until) {
                e->is_not_applicable = true;
                return 0;
        }
        if (e->subject->unseen.len >
            0) /* no expression can tell: those with orValue() would pass */
                return e->given > 0 ? 0 : add(e, CM_CHECK_UNKNOWN, e->subject->unseen, NULL, err);
        e->slots[CM_CHECK_SLOT_PARAMS] = cm_cel_from_node(e->ref->params);
        e->slots[CM_CHECK_SLOT_POLICY] = cm_cel_from_node(e->ref->policy);
        int r = set_variables(e, rule, err);
        if (r < 0)
                return r;
        if (rule->when.len > 0) {
                enum truth truth;
                struct cm_cel_run run;
                r = ask(e, rule->when, &e->ref->when, &truth, &run, err);
                if (r < 0 || truth == IS_UNKNOWN)
                        return r;
                if (truth == IS_FALSE) {
                        e->is_not_applicable = true;
                        e->reason = e->reason.len > 0 ? e->reason : rule->reason;
                        return 0;
                }
        }
        if (rule->each.len > 0)
                return expect_each(e, rule, err);
        bool passed = false;
        r = expect(e, rule, &passed, err);
        return r == 0 && passed ? add(e, CM_CHECK_PASS, CM_SV(""), NULL, err) : r;
}

/* After the last rule of a check: nothing but "does not apply" is said once. */
static int close_check(struct evaluation *e, struct cm_err *err)
{
        int r = e->is_not_applicable && e->given == 0
                        ? add(e, CM_CHECK_NOT_APPLICABLE, e->reason, NULL, err)
                        : 0;
        e->is_not_applicable = false;
        e->reason = CM_SV("");
        e->given = 0;
        return r;
}

int cm_check_subject(struct cm_check_set *set, struct cm_arena *scratch,
                     const struct cm_subject *subject, struct cm_check_sink *sink,
                     struct cm_err *err)
{
        struct evaluation e = { .set = set, .arena = scratch, .subject = subject, .sink = sink };
        e.slots[CM_CHECK_SLOT_SUBJECT] = cm_cel_from_node(subject->subject);
        e.slots[CM_CHECK_SLOT_PROFILE] = cm_cel_from_node(set->settings.profile);
        e.slots[CM_CHECK_SLOT_RUN] = cm_cel_from_node(set->run);
        e.slots[CM_CHECK_SLOT_EACH] = cm_cel_null();
        for (size_t i = 0; i < CM_CHECK_VIEW_VARIABLES_MAX; i++)
                e.slots[CM_CHECK_SLOT_VIEW + i] = cm_cel_from_node(subject->variables[i]);
        for (size_t i = 0; i < set->views.count; i++) {
                struct view_rules *v = &set->views.items[i];
                if (v->view != subject->view)
                        continue;
                for (size_t j = 0; j < v->rules.count; j++) {
                        e.ref = &v->rules.items[j];
                        int r = evaluate_rule(&e, err);
                        bool is_last = j + 1 == v->rules.count ||
                                       v->rules.items[j + 1].check != e.ref->check;
                        if (r == 0 && is_last)
                                r = close_check(&e, err);
                        if (r < 0)
                                return r;
                }
        }
        return 0;
}

int cm_check_ask(const struct cm_check *check, struct cm_check_sink *sink, struct cm_err *err)
{
        const struct cm_check_result result = { .check = check->id,
                                                .title = check->title,
                                                .severity = check->severity,
                                                .state = CM_CHECK_MANUAL,
                                                .remediation = check->remediation,
                                                .maps = check->maps_text,
                                                .message = check->question,
                                                .subject = { .kind = CM_SV("question") } };
        return sink->put(sink, &result, err);
}
