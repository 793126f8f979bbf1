/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists: their names in a condition are replaced by their values as text, before it is parsed. That
 * is how the language is defined, also inside quotes; a name counts only between blanks, brackets,
 * ',' and '='.
 */
#include "base/buf.h"
#include "base/escape.h"
#include "base/limits.h"
#include "rule/rule_items.h"

static bool is_delimiter(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '(' || c == ')' ||
               c == ',' || c == '=';
}

static bool is_space(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Values with blanks in them get quotes, unless they have some. */
static void put_value(struct cm_buf *out, struct cm_sv value)
{
        bool quote = value.len > 0 && value.ptr[0] != '"' && value.ptr[0] != '\'' &&
                     cm_sv_find_char(value, ' ') >= 0;
        cm_buf_put_str(out, out->len > 0 ? ", " : "");
        cm_buf_put_str(out, quote ? "\"" : "");
        cm_buf_put_sv(out, value);
        cm_buf_put_str(out, quote ? "\"" : "");
}

static int expand_list(struct cm_rule_loader *l, struct cm_rule_list *list, size_t depth,
                       struct cm_err *err)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&out, CM_RULE_CONDITION_BYTES_MAX);
        list->state = LIST_EXPANDING;
        for (size_t i = 0; i < list->items.count; i++) {
                struct cm_sv value = list->items.items[i];
                struct cm_rule_list *inner = cm_map_get(&l->lists, value);
                bool is_seen = inner != NULL && inner->index < list->visibility &&
                               inner->state != LIST_EXPANDING && depth < CM_RULE_DEPTH_MAX;
                if (is_seen && inner->state == LIST_RAW) {
                        int r = expand_list(l, inner, depth + 1, err);
                        if (r < 0)
                                return r;
                }
                if (!is_seen) {
                        put_value(&out, value);
                } else if (inner->text.len > 0) {
                        cm_buf_put_str(&out, out.len > 0 ? ", " : "");
                        cm_buf_put_sv(&out, inner->text);
                }
                if (is_seen)
                        inner->is_used = true;
        }
        list->state = LIST_EXPANDED;
        list->text = cm_sv_dup(l->arena, cm_buf_sv(&out));
        if (out.overflow)
                return cm_rule_fail(l, "LOAD_ERR_VALIDATE", list->place, list->name, err,
                                    "the list has more than %zu bytes (limit "
                                    "rule_condition_bytes_max)",
                                    CM_RULE_CONDITION_BYTES_MAX);
        return 0;
}

int cm_rule_expand_lists(struct cm_rule_loader *l, struct cm_sv condition, struct cm_sv *ret,
                         struct cm_err *err)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&out, CM_RULE_CONDITION_BYTES_MAX);
        size_t at = 0;
        while (at < condition.len) {
                size_t start = at;
                while (at < condition.len && !is_delimiter(condition.ptr[at]))
                        at++;
                struct cm_sv word = cm_sv_slice(condition, start, at);
                struct cm_rule_list *list = word.len == 0 ? NULL : cm_map_get(&l->lists, word);
                if (list == NULL) {
                        cm_buf_put_sv(&out, word);
                        if (at < condition.len)
                                cm_buf_put_char(&out, condition.ptr[at++]);
                        continue;
                }
                if (list->state == LIST_RAW) {
                        int r = expand_list(l, list, 0, err);
                        if (r < 0)
                                return r;
                }
                list->is_used = true;
                if (list->text.len > 0) {
                        cm_buf_put_sv(&out, list->text);
                        continue;
                }
                /* Nothing takes its place: one comma beside it goes as well. */
                size_t end = out.len;
                while (end > 0 && is_space(out.ptr[end - 1]))
                        end--;
                if (end > 0 && out.ptr[end - 1] == ',') {
                        out.len = end - 1;
                        continue;
                }
                size_t next = at;
                while (next < condition.len && is_space(condition.ptr[next]))
                        next++;
                if (next < condition.len && condition.ptr[next] == ',')
                        at = next + 1;
        }
        if (out.overflow)
                return CM_RAISE(
                        err, CM_E_LIMIT,
                        "the condition has more than %zu bytes when lists are put in (limit "
                        "rule_condition_bytes_max)",
                        CM_RULE_CONDITION_BYTES_MAX);
        *ret = cm_sv_dup(l->arena, cm_buf_sv(&out));
        return 0;
}
