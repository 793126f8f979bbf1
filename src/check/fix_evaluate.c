/* SPDX-License-Identifier: Apache-2.0 */
/* From a failure to the edits that would mend it, see fix.h. */
#include <string.h>

#include "cel/value.h"
#include "check/fix.h"
#include "codec/node_json.h"
#include "codec/pointer.h"

struct work {
        struct cm_arena *arena;
        const struct cm_check_fix_failure *failure;
        const struct cm_check_fix_step *step;
        struct cm_cel_value slots[CM_CHECK_SLOTS_MAX + CM_CHECK_FIX_SLOTS];
        CM_VEC(struct cm_text_edit) edits;
        struct cm_sv problem;
};

static bool problem(struct work *w, struct cm_sv text, const char *why)
{
        w->problem = cm_sv_printf(w->arena, "%.*s %s", CM_SV_ARG(text), why);
        return false;
}

static bool evaluate(struct work *w, struct cm_sv text, struct cm_cel_value *ret)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_cel_run run = { .slots = w->slots, .scratch = w->arena };
        const struct cm_cel_program *program = NULL;
        size_t slot;
        if (cm_check_fix_compile(w->arena, w->failure->rule, w->step, text, true, &slot, &program,
                                 &err) < 0 ||
            cm_cel_eval(program, &run, ret, &err) != 0)
                return problem(w, text, "has no value");
        return true;
}

/* False is no problem: *ret says it. "" is true. */
static bool decide(struct work *w, struct cm_sv text, bool *ret)
{
        struct cm_cel_value v = { 0 };
        *ret = true;
        if (text.len > 0) {
                if (!evaluate(w, text, &v))
                        return false;
                *ret = v.kind == CM_CEL_BOOL && v.boolean;
        }
        return true;
}

static const struct cm_node *node_of(struct work *w, struct cm_cel_value v)
{
        const struct cm_node_json_options options = { 0 };
        struct cm_node_json_result result = { 0 };
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&buf, CM_MIB(1));
        cm_cel_put_json(&buf, w->arena, v);
        struct cm_sv text = cm_sv_dup(w->arena, cm_buf_sv(&buf));
        if (buf.overflow || cm_node_parse_json(w->arena, text, &options, &result, &ignored) < 0)
                return NULL;
        return result.root;
}

static void add_edit(struct work *w, struct cm_sv pointer, const struct cm_node *value)
{
        *CM_VEC_PUSH(w->arena, &w->edits) =
                (struct cm_text_edit){ .document = w->failure->document->number,
                                       .pointer = pointer,
                                       .value = value,
                                       .inserts = w->step->verb == CM_CHECK_FIX_INSERT };
}

/* An item goes behind the others unless it is there; of a missing list it is the only one. */
static void add_item(struct work *w, struct cm_sv pointer, const struct cm_node *list,
                     const struct cm_node *item)
{
        bool is_made = cm_node_type(list) == CM_NODE_LIST;
        for (size_t i = 0; i < w->edits.count && !is_made; i++)
                is_made = cm_sv_eq(w->edits.items[i].pointer, pointer); /* by a step before */
        if (!is_made) {
                struct cm_node *made = cm_node_new_list(w->arena, (struct cm_node_pos){ 0 });
                cm_node_add(w->arena, made, item);
                add_edit(w, pointer, made);
                return;
        }
        for (size_t i = 0; i < cm_node_count(list); i++)
                if (cm_node_is_same(cm_node_at(list, i), item))
                        return;
        add_edit(w, cm_sv_printf(w->arena, "%.*s/-", CM_SV_ARG(pointer)), item);
}

/* The step at one place. `n` is what is there, or NULL; `index` its number or key in what it is of. */
static bool edit_place(struct work *w, struct cm_sv pointer, const struct cm_node *n,
                       struct cm_cel_value index)
{
        const struct cm_check_fix_step *step = w->step;
        struct cm_check_names names;
        cm_check_names(w->failure->rule, &names);
        struct cm_cel_value *own = w->slots + names.options.variable_count;
        own[CM_CHECK_FIX_SLOT_IT] = cm_cel_from_node(n);
        own[CM_CHECK_FIX_SLOT_INDEX] = index;
        bool is_meant;
        if (!decide(w, step->where, &is_meant))
                return false;
        if (!is_meant)
                return true;
        if (step->verb == CM_CHECK_FIX_REMOVE) {
                if (n != NULL)
                        add_edit(w, pointer, NULL);
                return true;
        }
        struct cm_cel_value v = { 0 };
        if (!evaluate(w, step->value, &v))
                return false;
        const struct cm_node *value = node_of(w, v);
        if (value == NULL)
                return problem(w, step->value, "is no value of a document");
        if (step->verb == CM_CHECK_FIX_ADD)
                add_item(w, pointer, n, value);
        else
                add_edit(w, pointer, value);
        return true;
}

/* All places that the rest of the pointer leads to; their depth is that of the pointer. */
static bool edit_places(struct work *w, struct cm_sv way, struct cm_sv rest,
                        const struct cm_node *n, struct cm_cel_value index)
{
        struct cm_sv token;
        struct cm_sv before = rest;
        if (!cm_pointer_next(w->arena, &rest, &token))
                return edit_place(w, way, n, index);
        bool is_any = cm_sv_eq(token, CM_SV("*"));
        size_t number = cm_pointer_child(n, token);
        if (!is_any && number >= cm_node_count(n))
                return edit_places(
                        w, cm_sv_join(w->arena, way, cm_sv_slice(before, 0, before.len - rest.len)),
                        rest, NULL, index);
        bool good = true;
        for (size_t i = is_any ? 0 : number; i < cm_node_count(n) && good; i++) {
                struct cm_sv next = n->type == CM_NODE_MAP
                                            ? cm_pointer_join(w->arena, way, n->map.members[i].key)
                                            : cm_sv_printf(w->arena, "%.*s/%zu", CM_SV_ARG(way), i);
                if (is_any)
                        index = n->type == CM_NODE_MAP ? cm_cel_string(n->map.members[i].key)
                                                       : cm_cel_int((int64_t)i);
                good = edit_places(w, next, rest, cm_node_child(n, i), index);
                if (!is_any)
                        break;
        }
        return good;
}

static bool edit_below(struct work *w, struct cm_sv base)
{
        const struct cm_node *n = cm_pointer_get(w->arena, w->failure->document->root, base);
        return edit_places(w, base, w->step->pointer, n, cm_cel_null());
}

static bool locate(struct work *w, struct cm_cel_value v, struct cm_sv *ret)
{
        struct cm_sv anchor;
        bool is_node = (v.kind == CM_CEL_MAP || v.kind == CM_CEL_LIST) && v.is_node;
        return (is_node &&
                cm_node_locate(w->failure->document->locator, w->arena, v.node, ret, &anchor)) ||
               problem(w, w->step->at, "is no part of the document");
}

static bool edit_list(struct work *w, struct cm_cel_value list)
{
        struct cm_check_names names;
        cm_check_names(w->failure->rule, &names);
        if (list.kind != CM_CEL_LIST)
                return problem(w, w->step->at, "is no list");
        bool good = true;
        for (size_t i = 0; i < cm_cel_list_count(list) && good; i++) {
                struct cm_sv base;
                bool is_meant;
                struct cm_cel_value item = cm_cel_list_at(list, i);
                w->slots[names.options.variable_count + CM_CHECK_FIX_SLOT_AT] = item;
                good = decide(w, w->step->when, &is_meant);
                if (good && is_meant)
                        good = locate(w, item, &base) && edit_below(w, base);
        }
        return good;
}

static bool evaluate_step(struct work *w, const struct cm_check_fix_step *step)
{
        const struct cm_check_fix_failure *f = w->failure;
        struct cm_cel_value at = { 0 };
        struct cm_sv base = f->place;
        struct cm_sv anchor;
        bool is_meant;
        w->step = step;
        if (step->at_name.len > 0)
                return evaluate(w, step->at, &at) && edit_list(w, at);
        if (!decide(w, step->when, &is_meant))
                return false;
        if (!is_meant)
                return true;
        if (cm_sv_eq(step->at, CM_SV("place")))
                return edit_below(w, base);
        if (step->at.len > 0)
                return evaluate(w, step->at, &at) && locate(w, at, &base) && edit_below(w, base);
        struct cm_node_locator *locator = f->document->locator;
        /* A list that the rule made has items of the document all the same. */
        struct cm_cel_value each = f->slots[CM_CHECK_SLOT_EACH];
        bool is_part = (each.kind == CM_CEL_MAP || each.kind == CM_CEL_LIST) && each.is_node;
        const struct cm_node *item = is_part ? each.node : f->item;
        if ((item != NULL && cm_node_locate(locator, w->arena, item, &base, &anchor)) ||
            cm_node_locate(locator, w->arena, f->subject, &base, &anchor))
                return edit_below(w, base);
        return problem(w, CM_SV("the object"), "is no part of the document");
}

const struct cm_check_edits *cm_check_fix_evaluate(struct cm_arena *arena,
                                                   const struct cm_check_fix_failure *failure)
{
        const struct cm_document *d = failure->document;
        /* What several documents are together is of no kind, and in no text. */
        if (failure->rule->fix_count == 0 || d->kind == NULL || d->kind->is_source == NULL ||
            !d->kind->is_source(d->name))
                return NULL;
        struct work *w = CM_NEW(arena, struct work);
        w->arena = arena;
        w->failure = failure;
        struct cm_check_names names;
        cm_check_names(failure->rule, &names);
        memcpy(w->slots, failure->slots, names.options.variable_count * sizeof(*w->slots));
        for (size_t i = 0; i < CM_CHECK_FIX_SLOTS; i++)
                w->slots[names.options.variable_count + i] = cm_cel_null();
        bool good = true;
        for (size_t i = 0; i < failure->rule->fix_count && good; i++)
                good = evaluate_step(w, &failure->rule->fix[i]);
        if (good && w->edits.count == 0)
                return NULL;
        struct cm_check_edits *edits = CM_NEW(arena, struct cm_check_edits);
        *edits = (struct cm_check_edits){ .items = w->edits.items,
                                          .count = good ? w->edits.count : 0,
                                          .problem = w->problem,
                                          .kind = d->kind };
        return edits;
}
