/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comments that speak to checkers: "coaming ignore=ID,ID reason", "hadolint ignore=ID,ID",
 * "hadolint global ignore=ID" and "hadolint shell=NAME".
 */
#include "codec/dockerfile_internal.h"

static bool take_word(struct cm_sv *s, struct cm_sv word)
{
        struct cm_sv rest = cm_sv_trim(*s);
        if (!cm_sv_has_prefix(rest, word))
                return false;
        *s = cm_sv_skip(rest, word.len);
        return true;
}

/* "KEY=": with blanks around the sign. */
static bool take_key(struct cm_sv *s, struct cm_sv key)
{
        return take_word(s, key) && take_word(s, CM_SV("="));
}

static void add_ids(struct cm_df *df, const struct cm_df_comment *comment, struct cm_sv tool,
                    struct cm_sv ids, struct cm_node *list)
{
        ids = cm_sv_trim(ids);
        while (ids.len > 0) {
                size_t n = 0;
                while (n < ids.len &&
                       (cm_is_alnum(ids.ptr[n]) || cm_sv_find_char(CM_SV("-_.*"), ids.ptr[n]) >= 0))
                        n++;
                if (n == 0)
                        return;
                struct cm_node_pos pos = comment->pos;
                struct cm_node *m = cm_node_new_map(df->arena, pos);
                cm_df_put_text(df->arena, m, "tool", pos, tool);
                cm_df_put_text(df->arena, m, "id", pos, cm_sv_slice(ids, 0, n));
                cm_node_add(df->arena, list, m);
                ids = cm_sv_skip(ids, n);
                if (!take_word(&ids, CM_SV(",")))
                        return; /* what follows is the reason */
                ids = cm_sv_trim(ids);
        }
}

void cm_df_add_suppress(struct cm_df *df, const struct cm_df_comment *comment, bool global,
                        struct cm_node *list)
{
        struct cm_sv s = comment->text;
        struct cm_sv tool = take_word(&s, CM_SV("hadolint "))  ? CM_SV("hadolint")
                            : take_word(&s, CM_SV("coaming ")) ? CM_SV("coaming")
                                                               : CM_SV("");
        if (tool.len == 0)
                return;
        if (global && !take_word(&s, CM_SV("global ")))
                return;
        if (take_key(&s, CM_SV("ignore")))
                add_ids(df, comment, tool, s, list);
}

struct cm_sv cm_df_shell_pragma(const struct cm_df_comment *comment)
{
        struct cm_sv s = comment->text;
        if (take_word(&s, CM_SV("hadolint ")) && take_key(&s, CM_SV("shell")))
                return cm_sv_trim(s);
        return CM_SV("");
}
