/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixes: what a rule says would mend its failure, as edits of the document (docs/formats/check-file.md,
 * "Fixes"), and how those of one text are made in it. Edits are made by codec/text_edit.h, which
 * refuses what it cannot prove; what is refused is said, and the rest is made. Pure.
 */
#pragma once

#include "base/vec.h"
#include "check/document.h"
#include "codec/text_edit.h"

enum cm_check_fix_verb {
        CM_CHECK_FIX_SET,
        CM_CHECK_FIX_ADD,    /* to a list, which is made when it is missing */
        CM_CHECK_FIX_INSERT, /* before an item; of texts with a syntax of their own */
        CM_CHECK_FIX_REMOVE  /* what is not there needs no removal */
};

/* One step of a rule's fix. Expressions; "" is not there. */
struct cm_check_fix_step {
        enum cm_check_fix_verb verb;
        struct cm_sv pointer; /* "*" is every item or member */
        struct cm_sv at;      /* "place": what failed; else gives a map or list of the document */
        struct cm_sv at_name; /* "LIST as NAME": the step is made at every item of it */
        struct cm_sv when;
        struct cm_sv where; /* about each place */
        struct cm_sv value;
};

/* What the expressions of a step see beside what the rule sees. */
enum cm_check_fix_slot {
        CM_CHECK_FIX_SLOT_AT,    /* the item of `at` */
        CM_CHECK_FIX_SLOT_IT,    /* what is at the place; `where` and `value` */
        CM_CHECK_FIX_SLOT_INDEX, /* its number, or key, where the pointer says "*" */
        CM_CHECK_FIX_SLOTS
};
/* Behind the rule's own slots. Errors: CM_E_MALFORMED, CM_E_LIMIT. */
CM_MUST_CHECK int cm_check_fix_compile(struct cm_arena *arena, const struct cm_check_rule *rule,
                                       const struct cm_check_fix_step *step, struct cm_sv text,
                                       bool is_verified, size_t *ret_first_slot,
                                       const struct cm_cel_program **ret, struct cm_err *err);

/* Reads a rule's `fix`. Errors: CM_E_MALFORMED with the place, also of expressions. */
CM_MUST_CHECK int cm_check_fix_load(struct cm_arena *arena, struct cm_sv source,
                                    const struct cm_node *fix, bool is_verified,
                                    struct cm_check_rule *rule, struct cm_err *err);
/* Are documents with this view texts that people write? Others are not fixed. */
bool cm_check_fix_is_possible(const struct cm_check_view *view);
/* Has one of its rules a fix? */
bool cm_check_has_fix(const struct cm_check *check);

/* What mends one failure. */
struct cm_check_edits {
        const struct cm_text_edit *items;
        size_t count;
        struct cm_sv problem; /* why there are none although the rule has a fix, or "" */
        const struct cm_document_kind *kind;
};

/* The failure of a rule. */
struct cm_check_fix_failure {
        const struct cm_check_rule *rule;
        const struct cm_cel_value *slots;
        const struct cm_document *document;
        const struct cm_node *subject;
        const struct cm_node *item; /* of `each`, or NULL */
        struct cm_sv place;         /* pointer */
};
/* Returns: NULL: the rule has no fix, or the document is no text that people keep. Lives in `arena`. */
const struct cm_check_edits *cm_check_fix_evaluate(struct cm_arena *arena,
                                                   const struct cm_check_fix_failure *failure);

/* Failures of one text with their edits, in the order in which they came. */
struct cm_check_fix {
        struct cm_sv check;
        struct cm_check_edits edits;
        bool is_refused;
};
struct cm_check_fixes {
        struct cm_arena *arena;
        CM_VEC(struct cm_check_fix) items;
        CM_VEC(struct cm_sv) notes; /* what was refused, and why */
};
/* Copies a result's edits, when it has some. */
void cm_check_fixes_add(struct cm_check_fixes *fixes, const struct cm_check_result *result);
/* What is said already is not said again. */
void cm_check_fixes_note(struct cm_check_fixes *fixes, struct cm_sv note);
/*
 * Makes all edits in a text. Of those that contradict each other none is made.
 * Returns: how many fixes were made. *ret: the new text, or `text` itself.
 */
size_t cm_check_fixes_apply(struct cm_check_fixes *fixes, struct cm_sv text, struct cm_sv *ret);
