/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All fixes of one text, see fix.h: which may be made together. Those of YAML and JSON are made by
 * document (fix_trees.c), those of a text with a syntax of its own all at once, by its kind.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "check/fix_internal.h"

void cm_check_fixes_add(struct cm_check_fixes *fixes, const struct cm_check_result *result)
{
        if (result->edits == NULL)
                return;
        struct cm_check_fix *fix = CM_VEC_PUSH(fixes->arena, &fixes->items);
        fix->check = cm_sv_dup(fixes->arena, result->check);
        fix->edits = *result->edits;
        fix->edits.problem = cm_sv_dup(fixes->arena, result->edits->problem);
        struct cm_text_edit *copy =
                CM_NEW_ARRAY(fixes->arena, struct cm_text_edit, fix->edits.count);
        for (size_t i = 0; i < fix->edits.count; i++) {
                const struct cm_text_edit *e = &result->edits->items[i];
                copy[i] = *e;
                copy[i].pointer = cm_sv_dup(fixes->arena, e->pointer);
                copy[i].value = e->value == NULL ? NULL : cm_node_dup(fixes->arena, e->value);
        }
        fix->edits.items = copy;
}

void cm_check_fixes_note(struct cm_check_fixes *fixes, struct cm_sv note)
{
        for (size_t i = 0; i < fixes->notes.count; i++)
                if (cm_sv_eq(fixes->notes.items[i], note))
                        return; /* of another failure at the same place */
        *CM_VEC_PUSH(fixes->arena, &fixes->notes) = note;
}

void cm_check_fix_refuse(struct cm_check_fixes *fixes, struct cm_check_fix *fix, struct cm_sv why)
{
        fix->is_refused = true;
        cm_check_fixes_note(fixes, cm_sv_printf(fixes->arena, "%.*s: not fixed: %.*s",
                                                CM_SV_ARG(fix->check), CM_SV_ARG(why)));
}

static bool is_within(struct cm_sv inner, struct cm_sv outer)
{
        return inner.len > outer.len && cm_sv_has_prefix(inner, outer) &&
               inner.ptr[outer.len] == '/';
}

bool cm_check_fix_is_same_edit(const struct cm_text_edit *a, const struct cm_text_edit *b)
{
        return a->document == b->document && cm_sv_eq(a->pointer, b->pointer) &&
               a->inserts == b->inserts && (a->value == NULL) == (b->value == NULL) &&
               (a->value == NULL || cm_node_is_same(a->value, b->value));
}

static bool contradict(const struct cm_text_edit *a, const struct cm_text_edit *b)
{
        if (a->document != b->document || cm_check_fix_is_same_edit(a, b) ||
            (a->value == NULL && b->value == NULL))
                return false;
        if (a->inserts && b->inserts)
                return false;
        /* What is put before a place leaves alone what is there. */
        const struct cm_text_edit *put = a->inserts ? a : b;
        const struct cm_text_edit *other = a->inserts ? b : a;
        if (put->inserts)
                return is_within(put->pointer, other->pointer);
        if (cm_sv_eq(a->pointer, b->pointer))
                return !cm_sv_has_suffix(a->pointer, CM_SV("/-"));
        return is_within(a->pointer, b->pointer) || is_within(b->pointer, a->pointer);
}

static bool fixes_contradict(const struct cm_check_fix *a, const struct cm_check_fix *b)
{
        for (size_t i = 0; i < a->edits.count; i++)
                for (size_t j = 0; j < b->edits.count; j++)
                        if (contradict(&a->edits.items[i], &b->edits.items[j]))
                                return true;
        return false;
}

static void refuse_contradicting(const struct cm_check_fix_group *group)
{
        for (size_t i = 0; i < group->count; i++) {
                struct cm_check_fix *a = group->items[i];
                for (size_t j = i + 1; j < group->count; j++) {
                        struct cm_check_fix *b = group->items[j];
                        if (!fixes_contradict(a, b))
                                continue;
                        a->is_refused = b->is_refused = true;
                        cm_check_fixes_note(group->fixes,
                                            cm_sv_printf(group->fixes->arena,
                                                         "%.*s and %.*s: not fixed: their fixes "
                                                         "contradict each other",
                                                         CM_SV_ARG(a->check), CM_SV_ARG(b->check)));
                }
        }
}

bool cm_check_fix_is_made(const struct cm_check_fix_group *group, size_t before,
                          const struct cm_text_edit *edit)
{
        for (size_t i = 0; i < before; i++) {
                const struct cm_check_fix *fix = group->items[i];
                for (size_t j = 0; j < fix->edits.count && !fix->is_refused; j++)
                        if (cm_check_fix_is_same_edit(&fix->edits.items[j], edit))
                                return true;
        }
        return false;
}

/* Of fixes that cannot be made together the later is refused. */
static struct cm_sv edit_all(const struct cm_check_fix_group *group, struct cm_sv text)
{
        struct cm_arena *arena = group->fixes->arena;
        CM_VEC(struct cm_text_edit) edits = { 0 };
        struct cm_sv changed = text;
        for (size_t i = 0; i < group->count; i++) {
                struct cm_check_fix *fix = group->items[i];
                struct cm_err err = CM_ERR_INIT;
                size_t before = edits.count;
                if (fix->is_refused)
                        continue;
                for (size_t j = 0; j < fix->edits.count; j++)
                        if (!cm_check_fix_is_made(group, i, &fix->edits.items[j]))
                                *CM_VEC_PUSH(arena, &edits) = fix->edits.items[j];
                if (edits.count > before &&
                    fix->edits.kind->edit(arena, text, edits.items, edits.count, &changed, &err) <
                            0) {
                        cm_check_fix_refuse(group->fixes, fix, cm_sv_from_cstr(err.text));
                        edits.count = before;
                }
        }
        return changed;
}

/* By document, those of one in the order in which they came. */
static int by_document(const void *a, const void *b)
{
        const struct cm_check_fix *x = *(struct cm_check_fix *const *)a;
        const struct cm_check_fix *y = *(struct cm_check_fix *const *)b;
        size_t p = x->edits.items[0].document;
        size_t q = y->edits.items[0].document;
        return p != q ? (p < q ? -1 : 1) : x < y ? -1 : x > y ? 1 : 0;
}

size_t cm_check_fixes_apply(struct cm_check_fixes *fixes, struct cm_sv text, struct cm_sv *ret)
{
        size_t made = 0;
        *ret = text;
        if (fixes->items.count > CM_CHECK_FIXES_MAX || text.len > CM_CHECK_FIX_BYTES_MAX) {
                cm_check_fixes_note(fixes,
                                    CM_SV("not fixed: more failures than check_fixes_max, or "
                                          "more bytes than check_fix_bytes_max"));
                return 0;
        }
        CM_VEC(struct cm_check_fix *) list = { 0 };
        CM_VEC(struct cm_check_fix_group) groups = { 0 };
        for (size_t i = 0; i < fixes->items.count; i++) {
                struct cm_check_fix *fix = &fixes->items.items[i];
                if (fix->edits.problem.len > 0)
                        cm_check_fix_refuse(fixes, fix, fix->edits.problem);
                else
                        *CM_VEC_PUSH(fixes->arena, &list) = fix;
        }
        if (list.count > 1)
                qsort(list.items, list.count, sizeof(struct cm_check_fix *), by_document);
        for (size_t i = 0; i < list.count; i++) {
                size_t number = list.items[i]->edits.items[0].document;
                if (i == 0 || list.items[i - 1]->edits.items[0].document != number)
                        *CM_VEC_PUSH(fixes->arena, &groups) =
                                (struct cm_check_fix_group){ fixes, &list.items[i], 0 };
                groups.items[groups.count - 1].count++;
        }
        for (size_t i = 0; i < groups.count; i++)
                refuse_contradicting(&groups.items[i]);
        if (groups.count > 0 && list.items[0]->edits.kind->edit != NULL)
                *ret = edit_all(&groups.items[0], text);
        else
                *ret = cm_check_fix_trees(fixes, groups.items, groups.count, text);
        for (size_t i = 0; i < fixes->items.count; i++)
                made += fixes->items.items[i].is_refused ? 0 : 1;
        return made;
}
