/* SPDX-License-Identifier: Apache-2.0 */
/* See dockerfile_wanted.h. */
#include "codec/dockerfile_wanted.h"

#include "codec/text_edit.h"

static void put_words(struct cm_arena *arena, struct cm_df_tokens *out, struct cm_sv text)
{
        struct cm_sv word;
        while (cm_sv_next_field(&text, ' ', &word))
                if (word.len > 0)
                        *CM_VEC_PUSH(arena, out) = (struct cm_df_token){ .text = word };
}

static bool put_side(struct cm_arena *arena, const struct cm_df_wanted *w, size_t token,
                     unsigned side, struct cm_df_tokens *out)
{
        bool is_any = false;
        for (size_t i = 0; i < w->words.count; i++) {
                const struct cm_df_wanted_words *words = &w->words.items[i];
                if (words->token == token && words->side == side) {
                        put_words(arena, out, words->text);
                        is_any = true;
                }
        }
        return is_any;
}

static bool has_words(struct cm_arena *arena, const struct cm_df_wanted *w,
                      const struct cm_node *now)
{
        struct cm_df_tokens want = { 0 };
        struct cm_df_tokens got;
        for (size_t i = 0; i < w->old.count; i++) {
                put_side(arena, w, i, CM_DF_BEFORE, &want);
                if (!put_side(arena, w, i, CM_DF_INSTEAD, &want))
                        *CM_VEC_PUSH(arena, &want) = w->old.items[i];
                put_side(arena, w, i, CM_DF_BEHIND, &want);
        }
        cm_df_tokens(arena, now, &got);
        bool is_same = want.count == got.count;
        for (size_t i = 0; i < want.count && is_same; i++)
                is_same = cm_sv_eq(want.items[i].text, got.items[i].text);
        return is_same;
}

static bool has_text(const struct cm_node *ins, struct cm_sv text)
{
        return ins != NULL && cm_sv_eq(cm_sv_trim(cm_node_get_string(ins, "raw")), text);
}

bool cm_df_is_as_wanted(struct cm_arena *arena, const struct cm_node *before,
                        const struct cm_df_wanted *wanted, const struct cm_node *now,
                        uint32_t *ret_line)
{
        static const char *const heads[] = { "syntax", "check", "escape", "comments" };
        const struct cm_node *old = cm_node_get(before, "instructions");
        const struct cm_node *list = cm_node_get(now, "instructions");
        size_t at = 0;
        for (size_t i = 0; i < CM_ARRAY_LEN(heads); i++)
                if (!cm_node_is_same(cm_node_get(before, heads[i]), cm_node_get(now, heads[i])))
                        return false;
        for (size_t i = 0; i < cm_node_count(old); i++) {
                const struct cm_df_wanted *w = &wanted[i];
                struct cm_sv raw = cm_sv_trim(cm_node_get_string(w->node, "raw"));
                bool good = true;
                for (size_t j = 0; j < w->before.count; j++)
                        good = good && has_text(cm_node_at(list, at++), w->before.items[j]);
                const struct cm_node *ins = w->is_gone ? NULL : cm_node_at(list, at++);
                if (!w->is_gone)
                        good = good && (w->other.len > 0     ? has_text(ins, w->other)
                                        : w->words.count > 0 ? has_words(arena, w, ins)
                                                             : has_text(ins, raw));
                if (!good) {
                        *ret_line = w->node->pos.line;
                        return false;
                }
        }
        return at == cm_node_count(list) && cm_node_count(cm_node_get(now, "errors")) <=
                                                    cm_node_count(cm_node_get(before, "errors"));
}
