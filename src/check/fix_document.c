/* SPDX-License-Identifier: Apache-2.0 */
/* See fix_document.h. */
#include "check/fix_document.h"

#include "base/limits.h"
#include "codec/diff.h"
#include "codec/json_patch.h"

/* How often each check fails on a text. */
struct tally {
        struct cm_sv check;
        size_t before;
        size_t after;
        size_t made; /* fixes */
};

struct counting_sink {
        struct cm_check_sink sink; /* first */
        struct cm_arena *arena;
        bool is_after;
        CM_VEC(struct tally) tallies;
};

static struct tally *tally_of(struct counting_sink *s, struct cm_sv check)
{
        for (size_t i = 0; i < s->tallies.count; i++)
                if (cm_sv_eq(s->tallies.items[i].check, check))
                        return &s->tallies.items[i];
        struct tally *t = CM_VEC_PUSH(s->arena, &s->tallies);
        t->check = cm_sv_dup(s->arena, check);
        return t;
}

static int count_failures(struct cm_check_sink *sink, const struct cm_check_result *result,
                          struct cm_err *err)
{
        struct counting_sink *s = (struct counting_sink *)(void *)sink;
        (void)err;
        if (result->state != CM_CHECK_FAIL)
                return 0;
        struct tally *t = tally_of(s, result->check);
        t->before += s->is_after ? 0 : 1;
        t->after += s->is_after ? 1 : 0;
        return 0;
}

static void note(struct cm_check_fixes *fixes, const struct tally *t, const char *what)
{
        cm_check_fixes_note(fixes,
                            cm_sv_printf(fixes->arena, "%.*s: %s", CM_SV_ARG(t->check), what));
}

/* False: the new text cannot even be checked. */
static bool check_again(struct cm_check_provider *provider, struct cm_check_fixes *fixes,
                        struct cm_sv name, struct cm_sv before, struct cm_sv after)
{
        struct counting_sink s = { .sink = { count_failures }, .arena = fixes->arena };
        struct cm_check_counts counts = { 0 };
        struct cm_err err = CM_ERR_INIT;
        /* These two runs are no documents of their own to what documents are together. */
        struct cm_check_joins *joins = provider->joins;
        provider->joins = NULL;
        int r = cm_check_text(provider, fixes->arena, name, before, &s.sink, &counts, &err);
        s.is_after = true;
        if (r == 0)
                r = cm_check_text(provider, fixes->arena, name, after, &s.sink, &counts, &err);
        provider->joins = joins;
        if (r < 0)
                return false;
        for (size_t i = 0; i < fixes->items.count; i++)
                if (!fixes->items.items[i].is_refused)
                        tally_of(&s, fixes->items.items[i].check)->made++;
        for (size_t i = 0; i < s.tallies.count; i++) {
                const struct tally *t = &s.tallies.items[i];
                if (t->after > t->before)
                        note(fixes, t, "fails because of a fix: look at the change");
                else if (t->after + t->made > t->before)
                        note(fixes, t, "still fails after its fix");
        }
        return true;
}

/* What changed in each document of the text. */
static void put_patches(struct cm_check_fixes *fixes, struct cm_sv before, struct cm_sv after,
                        struct cm_check_fixed *ret)
{
        const struct cm_document_kind *kind = fixes->items.items[0].edits.kind;
        const struct cm_node_doc *old = NULL;
        const struct cm_node_doc *now = NULL;
        size_t count = 0;
        size_t now_count = 0;
        struct cm_err ignored = CM_ERR_INIT;
        CM_VEC(struct cm_check_patch) patches = { 0 };
        if (kind->edit != NULL ||
            cm_text_edit_read(fixes->arena, before, kind->schema, &old, &count, &ignored) < 0 ||
            cm_text_edit_read(fixes->arena, after, kind->schema, &now, &now_count, &ignored) < 0)
                return;
        for (size_t i = 0; i < CM_MIN(count, now_count); i++) {
                struct cm_buf buf CM_CLEANUP(cm_buf_fini) = { 0 };
                cm_buf_init(&buf, CM_CHECK_FIX_BYTES_MAX);
                if (cm_node_is_same(old[i].root, now[i].root))
                        continue;
                cm_json_patch_put(fixes->arena, &buf, old[i].root, now[i].root);
                *CM_VEC_PUSH(fixes->arena, &patches) =
                        (struct cm_check_patch){ i, cm_sv_dup(fixes->arena, cm_buf_sv(&buf)) };
        }
        ret->patches = patches.items;
        ret->patch_count = patches.count;
}

void cm_check_fix_document(struct cm_check_provider *provider, struct cm_check_fixes *fixes,
                           struct cm_sv name, struct cm_sv text, struct cm_check_fixed *ret)
{
        struct cm_sv after = text;
        *ret = (struct cm_check_fixed){ 0 };
        ret->made = cm_check_fixes_apply(fixes, text, &after);
        if (!cm_sv_eq(after, text) && !check_again(provider, fixes, name, text, after)) {
                cm_check_fixes_note(fixes,
                                    CM_SV("not fixed: the changed text could not be checked"));
                ret->made = 0;
                after = text;
        }
        struct cm_buf diff CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&diff, CM_CHECK_FIX_BYTES_MAX * 2);
        struct cm_sv path = name;
        while (cm_sv_has_prefix(path, CM_SV("./")) || cm_sv_has_prefix(path, CM_SV("/")))
                path = cm_sv_skip(path, path.ptr[0] == '.' ? 2 : 1);
        cm_diff_unified(fixes->arena, &diff, path, text, after);
        if (diff.overflow) {
                cm_check_fixes_note(
                        fixes,
                        CM_SV("not fixed: the patch is larger than twice check_fix_bytes_max"));
                ret->made = 0;
        } else if (diff.len > 0) {
                ret->diff = cm_sv_dup(fixes->arena, cm_buf_sv(&diff));
                ret->text = after;
                put_patches(fixes, text, after, ret);
        }
        ret->notes = fixes->notes.items;
        ret->note_count = fixes->notes.count;
}
