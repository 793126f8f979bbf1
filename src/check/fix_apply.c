/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All fixes of one text, see fix.h. First what sets and adds, a fix whole or not at all; then what
 * removes, from the back, because the numbers of later items change with it. In a text with a syntax of
 * its own everything is made at once, by its kind of document.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "check/fix.h"
#include "codec/pointer.h"

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

static void refuse(struct cm_check_fixes *fixes, struct cm_check_fix *fix, struct cm_sv why)
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

static bool is_equal(const struct cm_text_edit *a, const struct cm_text_edit *b)
{
        return a->document == b->document && cm_sv_eq(a->pointer, b->pointer) &&
               a->inserts == b->inserts && (a->value == NULL) == (b->value == NULL) &&
               (a->value == NULL || cm_node_is_same(a->value, b->value));
}

static bool contradict(const struct cm_text_edit *a, const struct cm_text_edit *b)
{
        if (a->document != b->document || is_equal(a, b) || (a->value == NULL && b->value == NULL))
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

static void refuse_contradicting(struct cm_check_fixes *fixes)
{
        for (size_t i = 0; i < fixes->items.count; i++) {
                struct cm_check_fix *a = &fixes->items.items[i];
                for (size_t j = i + 1; j < fixes->items.count; j++) {
                        struct cm_check_fix *b = &fixes->items.items[j];
                        if (!fixes_contradict(a, b))
                                continue;
                        a->is_refused = b->is_refused = true;
                        cm_check_fixes_note(
                                fixes,
                                cm_sv_printf(fixes->arena,
                                             "%.*s and %.*s: not fixed: their fixes contradict "
                                             "each other",
                                             CM_SV_ARG(a->check), CM_SV_ARG(b->check)));
                }
        }
}

/* Was the same edit made for a fix before this one? */
static bool is_made(const struct cm_check_fixes *fixes, size_t before,
                    const struct cm_text_edit *edit)
{
        for (size_t i = 0; i < before; i++) {
                const struct cm_check_fix *fix = &fixes->items.items[i];
                for (size_t j = 0; j < fix->edits.count && !fix->is_refused; j++)
                        if (is_equal(&fix->edits.items[j], edit))
                                return true;
        }
        return false;
}

static struct cm_sv put_all(struct cm_check_fixes *fixes, size_t number, struct cm_sv text)
{
        struct cm_check_fix *fix = &fixes->items.items[number];
        struct cm_sv before = text;
        for (size_t i = 0; i < fix->edits.count; i++) {
                struct cm_err err = CM_ERR_INIT;
                const struct cm_text_edit *edit = &fix->edits.items[i];
                if (edit->value == NULL || is_made(fixes, number, edit))
                        continue;
                if (cm_text_edit(fixes->arena, text, fix->edits.kind->schema, &fix->edits.items[i],
                                 &text, &err) < 0) {
                        refuse(fixes, fix, cm_sv_from_cstr(err.text));
                        return before;
                }
        }
        return text;
}

struct removal {
        const struct cm_text_edit *edit;
        struct cm_check_fix *fix;
};

/* Later documents and places first, what is within one before it; numbers in pointers by value. */
static int from_the_back(const void *a, const void *b)
{
        const struct removal *x = a;
        const struct removal *y = b;
        if (x->edit->document != y->edit->document)
                return x->edit->document > y->edit->document ? -1 : 1;
        struct cm_sv p = x->edit->pointer;
        struct cm_sv q = y->edit->pointer;
        struct cm_sv s = CM_SV("");
        struct cm_sv t = CM_SV("");
        while (cm_sv_next_field(&p, '/', &s) && cm_sv_next_field(&q, '/', &t)) {
                bool numbers = s.len > 0 && t.len > 0 && cm_is_digit(s.ptr[0]) &&
                               cm_is_digit(t.ptr[0]) && s.len != t.len;
                int c = numbers ? (s.len < t.len ? -1 : 1) : cm_sv_cmp(s, t);
                if (c != 0)
                        return -c;
        }
        size_t x_len = x->edit->pointer.len;
        size_t y_len = y->edit->pointer.len;
        return x_len == y_len ? 0 : x_len > y_len ? -1 : 1;
}

static void refuse_all_with(struct cm_check_fixes *fixes, const struct cm_text_edit *edit,
                            struct cm_sv why)
{
        for (size_t i = 0; i < fixes->items.count; i++) {
                struct cm_check_fix *fix = &fixes->items.items[i];
                for (size_t j = 0; j < fix->edits.count && !fix->is_refused; j++)
                        if (is_equal(&fix->edits.items[j], edit))
                                refuse(fixes, fix, why);
        }
}

static struct cm_sv remove_all(struct cm_check_fixes *fixes, struct cm_sv text)
{
        CM_VEC(struct removal) removals = { 0 };
        for (size_t i = 0; i < fixes->items.count; i++) {
                struct cm_check_fix *fix = &fixes->items.items[i];
                for (size_t j = 0; j < fix->edits.count && !fix->is_refused; j++)
                        if (fix->edits.items[j].value == NULL &&
                            !is_made(fixes, i, &fix->edits.items[j]))
                                *CM_VEC_PUSH(fixes->arena, &removals) =
                                        (struct removal){ &fix->edits.items[j], fix };
        }
        if (removals.count > 1)
                qsort(removals.items, removals.count, sizeof(*removals.items), from_the_back);
        for (size_t i = 0; i < removals.count; i++) {
                struct removal *x = &removals.items[i];
                struct cm_err err = CM_ERR_INIT;
                if (cm_text_edit(fixes->arena, text, x->fix->edits.kind->schema, x->edit, &text,
                                 &err) < 0)
                        refuse_all_with(fixes, x->edit, cm_sv_from_cstr(err.text));
        }
        return text;
}

/* In a text with a syntax of its own: of fixes that cannot be made together the later is refused. */
static struct cm_sv edit_all(struct cm_check_fixes *fixes, struct cm_sv text)
{
        CM_VEC(struct cm_text_edit) edits = { 0 };
        struct cm_sv changed = text;
        for (size_t i = 0; i < fixes->items.count; i++) {
                struct cm_check_fix *fix = &fixes->items.items[i];
                struct cm_err err = CM_ERR_INIT;
                size_t before = edits.count;
                if (fix->is_refused)
                        continue;
                for (size_t j = 0; j < fix->edits.count; j++)
                        if (!is_made(fixes, i, &fix->edits.items[j]))
                                *CM_VEC_PUSH(fixes->arena, &edits) = fix->edits.items[j];
                if (edits.count > before &&
                    fix->edits.kind->edit(fixes->arena, text, edits.items, edits.count, &changed,
                                          &err) < 0) {
                        refuse(fixes, fix, cm_sv_from_cstr(err.text));
                        edits.count = before;
                }
        }
        return changed;
}

size_t cm_check_fixes_apply(struct cm_check_fixes *fixes, struct cm_sv text, struct cm_sv *ret)
{
        *ret = text;
        size_t made = 0;
        if (fixes->items.count > CM_CHECK_FIXES_MAX || text.len > CM_CHECK_FIX_BYTES_MAX) {
                cm_check_fixes_note(fixes,
                                    CM_SV("not fixed: more failures than check_fixes_max, or "
                                          "more bytes than check_fix_bytes_max"));
                return 0;
        }
        for (size_t i = 0; i < fixes->items.count; i++)
                if (fixes->items.items[i].edits.problem.len > 0)
                        refuse(fixes, &fixes->items.items[i], fixes->items.items[i].edits.problem);
        refuse_contradicting(fixes);
        const struct cm_document_kind *kind =
                fixes->items.count == 0 ? NULL : fixes->items.items[0].edits.kind;
        bool has_syntax = kind != NULL && kind->edit != NULL;
        for (size_t i = 0; i < fixes->items.count; i++)
                if (!has_syntax && !fixes->items.items[i].is_refused)
                        text = put_all(fixes, i, text);
        *ret = has_syntax ? edit_all(fixes, text) : remove_all(fixes, text);
        for (size_t i = 0; i < fixes->items.count; i++)
                made += fixes->items.items[i].is_refused ? 0 : 1;
        return made;
}
