/* SPDX-License-Identifier: Apache-2.0 */
/* From a failure to the edits that would mend it, see fix.h. */
#include "check/fix.h"
#include "codec/node_json.h"
#include "codec/pointer.h"

struct work {
        struct cm_arena *arena;
        const struct cm_check_fix_failure *failure;
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
        struct cm_cel_run run = { .slots = w->failure->slots, .scratch = w->arena };
        const struct cm_cel_program *program = NULL;
        if (cm_check_compile(w->arena, w->failure->rule, text, true, &program, &err) < 0 ||
            cm_cel_eval(program, &run, ret, &err) != 0)
                return problem(w, text, "has no value");
        return true;
}

/* The pointer of what the step's own pointer begins at. */
static bool base_of(struct work *w, const struct cm_check_fix_step *step, struct cm_sv *ret)
{
        const struct cm_check_fix_failure *f = w->failure;
        struct cm_cel_value v = { 0 };
        if (cm_sv_eq(step->at, CM_SV("place"))) {
                *ret = f->place;
                return true;
        }
        if (step->at.len > 0) {
                if (!evaluate(w, step->at, &v))
                        return false;
                bool is_node = (v.kind == CM_CEL_MAP || v.kind == CM_CEL_LIST) && v.is_node;
                return (is_node && cm_node_locate(f->document->locator, w->arena, v.node, ret)) ||
                       problem(w, step->at, "is no part of the document");
        }
        if (f->item != NULL && cm_node_locate(f->document->locator, w->arena, f->item, ret))
                return true;
        return cm_node_locate(f->document->locator, w->arena, f->subject, ret) ||
               problem(w, CM_SV("the object"), "is no part of the document");
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

static const struct cm_node *node_at(struct work *w, struct cm_sv pointer)
{
        const struct cm_node *n = w->failure->document->root;
        struct cm_sv token;
        while (n != NULL && cm_pointer_next(w->arena, &pointer, &token)) {
                size_t number = cm_pointer_child(n, token);
                if (number >= cm_node_count(n))
                        return NULL;
                n = n->type == CM_NODE_MAP ? n->map.members[number].value : n->list.items[number];
        }
        return n;
}

static void add_edit(struct work *w, struct cm_sv pointer, const struct cm_node *value)
{
        *CM_VEC_PUSH(w->arena, &w->edits) =
                (struct cm_text_edit){ w->failure->document->number, pointer, value };
}

/* An item goes behind the others unless it is there; of a missing list it is the only one. */
static void add_item(struct work *w, struct cm_sv pointer, const struct cm_node *item)
{
        const struct cm_node *list = node_at(w, pointer);
        if (cm_node_type(list) != CM_NODE_LIST) {
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

static bool evaluate_step(struct work *w, const struct cm_check_fix_step *step)
{
        struct cm_cel_value v = { 0 };
        struct cm_sv base;
        if (step->when.len > 0) {
                if (!evaluate(w, step->when, &v))
                        return false;
                if (v.kind != CM_CEL_BOOL || !v.boolean)
                        return true;
        }
        if (!base_of(w, step, &base))
                return false;
        struct cm_sv pointer = cm_sv_join(w->arena, base, step->pointer);
        if (step->verb == CM_CHECK_FIX_REMOVE) {
                if (node_at(w, pointer) != NULL)
                        add_edit(w, pointer, NULL);
                return true;
        }
        if (!evaluate(w, step->value, &v))
                return false;
        const struct cm_node *value = node_of(w, v);
        if (value == NULL)
                return problem(w, step->value, "is no value of a document");
        if (step->verb == CM_CHECK_FIX_ADD)
                add_item(w, pointer, value);
        else
                add_edit(w, pointer, value);
        return true;
}

const struct cm_check_edits *cm_check_fix_evaluate(struct cm_arena *arena,
                                                   const struct cm_check_fix_failure *failure)
{
        const struct cm_document *d = failure->document;
        if (failure->rule->fix_count == 0 || d->kind->is_source == NULL ||
            !d->kind->is_source(d->name))
                return NULL;
        struct work w = { .arena = arena, .failure = failure };
        bool good = true;
        for (size_t i = 0; i < failure->rule->fix_count && good; i++)
                good = evaluate_step(&w, &failure->rule->fix[i]);
        if (good && w.edits.count == 0)
                return NULL;
        struct cm_check_edits *edits = CM_NEW(arena, struct cm_check_edits);
        *edits = (struct cm_check_edits){ .items = w.edits.items,
                                          .count = good ? w.edits.count : 0,
                                          .problem = w.problem,
                                          .schema = d->kind->schema };
        return edits;
}
