/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See dockerfile_edit.h. Each edit becomes a piece of text that takes another's place, and a change
 * of what the instruction is expected to be.
 */
#include "codec/dockerfile_edit.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/vec.h"
#include "codec/dockerfile_wanted.h"
#include "codec/pointer.h"
#include "codec/text_scan.h"

/* The bytes from `from` to `to` become `text`. */
struct splice {
        size_t from;
        size_t to;
        struct cm_sv text;
        size_t order; /* of those at the same place */
        uint32_t line;
};

/* Where an edit's pointer leads to. */
struct target {
        const struct cm_text_edit *edit;
        struct cm_df_wanted *wanted;
        size_t token; /* SIZE_MAX: the whole instruction */
        bool is_behind;
};

struct editor {
        struct cm_arena *arena;
        struct cm_text_scan scan;
        const struct cm_node *root;
        const struct cm_node *instructions;
        struct cm_df_wanted *wanted;
        CM_VEC(struct splice) splices;
        struct cm_err *err;
};

static int refuse(struct editor *e, uint32_t line, const char *why)
{
        return CM_RAISE(e->err, CM_E_UNSUPPORTED, "line %u: %s: change it by hand", line, why);
}

static void put_splice(struct editor *e, uint32_t line, size_t from, size_t to, struct cm_sv text)
{
        size_t order = e->splices.count;
        *CM_VEC_PUSH(e->arena, &e->splices) = (struct splice){ from, to, text, order, line };
}

static size_t line_of(const struct cm_node *ins, const char *key)
{
        return (size_t)cm_node_int(cm_node_get(ins, key), 1);
}

/* Comments directly above belong to the instruction, but for those at the head of the file. */
static size_t first_line(const struct editor *e, const struct cm_df_wanted *w)
{
        size_t line = line_of(w->node, "line");
        size_t number = (size_t)(w - e->wanted);
        size_t above =
                number == 0 ? line : line_of(cm_node_at(e->instructions, number - 1), "end_line");
        while (line > above + 1) {
                size_t at =
                        cm_text_scan_blanks(&e->scan, cm_text_scan_line_start(&e->scan, line - 1));
                if (cm_text_scan_at(&e->scan, at) != '#')
                        break;
                line--;
        }
        return line;
}

static int edit_whole(struct editor *e, struct cm_df_wanted *w, const struct cm_text_edit *edit)
{
        struct cm_sv text = cm_sv_trim(cm_node_string(edit->value));
        uint32_t line = w->node->pos.line;
        size_t end = line_of(w->node, "end_line");
        if (edit->value == NULL) {
                w->is_gone = true;
                put_splice(e, line, cm_text_scan_line_start(&e->scan, line_of(w->node, "line")),
                           cm_text_scan_line_start(&e->scan, end + 1), CM_SV(""));
                return 0;
        }
        if (text.len == 0 || text.ptr[0] == '#' || cm_sv_find_char(text, '\n') >= 0 ||
            cm_sv_find_char(text, '\r') >= 0 ||
            cm_sv_find_char(CM_SV("\\`"), text.ptr[text.len - 1]) >= 0)
                return refuse(e, line, "what would be written is no instruction of one line");
        if (edit->inserts) {
                size_t at = cm_text_scan_line_start(&e->scan, first_line(e, w));
                *CM_VEC_PUSH(e->arena, &w->before) = text;
                put_splice(
                        e, line, at, at,
                        cm_sv_join(e->arena, text, e->scan.is_crlf ? CM_SV("\r\n") : CM_SV("\n")));
                return 0;
        }
        w->other = text;
        put_splice(e, line, cm_text_scan_offset(&e->scan, w->node->pos),
                   cm_text_scan_line_end(&e->scan, end), text);
        return 0;
}

/* Signs that mean nothing to a shell or to Docker; a word may keep those that it has. */
static bool is_harmless(struct cm_sv text, struct cm_sv old)
{
        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];
                if (!cm_is_alnum(c) && cm_sv_find_char(CM_SV(" -_./:=@,+%*"), c) < 0 &&
                    cm_sv_find_char(old, c) < 0)
                        return false;
        }
        return true;
}

/* "&& command" may stand behind a last command that nothing else is said of. */
static bool may_go_on(const struct cm_node *command)
{
        return command != NULL && cm_node_get_string(command, "separator").len == 0 &&
               cm_node_count(cm_node_get(command, "redirects")) == 0 &&
               cm_node_int(cm_node_get(command, "depth"), 0) == 0;
}

static bool ends_word(char c)
{
        return c == '\0' || cm_is_blank(c) || cm_sv_find_char(CM_SV(";&|()<>"), c) >= 0;
}

/* Behind a word of a shell, quotes included; SIZE_MAX: it runs a command. */
static size_t word_end(const struct editor *e, size_t at)
{
        char quote = '\0';
        for (; at < e->scan.text.len; at++) {
                char c = e->scan.text.ptr[at];
                if (c == '`' || (c == '$' && cm_text_scan_at(&e->scan, at + 1) == '('))
                        return SIZE_MAX;
                if (c == '\\' && quote != '\'')
                        at++;
                else if (quote == '\0' && ends_word(c))
                        break;
                else if (quote == '\0' && (c == '"' || c == '\''))
                        quote = c;
                else if (c == quote)
                        quote = '\0';
                if (c == '\n')
                        return SIZE_MAX;
        }
        return quote == '\0' ? at : SIZE_MAX;
}

/* A word goes with the blanks behind it, or with its line when nothing else is there. */
static void remove_word(struct editor *e, uint32_t line, size_t from, size_t to)
{
        size_t start = cm_text_scan_line_start(&e->scan, line);
        size_t end = cm_text_scan_line_end(&e->scan, line);
        size_t behind = cm_text_scan_blanks(&e->scan, to);
        bool is_first = cm_text_scan_blanks(&e->scan, start) == from;
        if (is_first && behind + 1 == end && cm_text_scan_at(&e->scan, behind) == '\\') {
                put_splice(e, line, start, cm_text_scan_line_start(&e->scan, line + 1), CM_SV(""));
                return;
        }
        if (behind < end) {
                put_splice(e, line, from, behind, CM_SV(""));
                return;
        }
        if (is_first && line > 1) {
                /* The last word: the line above goes on no more. */
                from = cm_text_scan_line_end(&e->scan, line - 1);
                from -= from > 0 && cm_text_scan_at(&e->scan, from - 1) == '\\' ? 1 : 0;
        }
        while (from > 0 && (cm_text_scan_at(&e->scan, from - 1) == ' ' ||
                            cm_text_scan_at(&e->scan, from - 1) == '\t'))
                from--;
        put_splice(e, line, from, to, CM_SV(""));
}

static int edit_word(struct editor *e, const struct target *t)
{
        const struct cm_df_token *token = &t->wanted->old.items[t->token];
        struct cm_sv text = cm_sv_trim(cm_node_string(t->edit->value));
        struct cm_node_pos pos = token->node->pos;
        size_t from = cm_text_scan_offset(&e->scan, pos);
        if (from == SIZE_MAX)
                return refuse(e, pos.line, "this word has no place of its own");
        bool goes_on = t->is_behind && cm_sv_has_prefix(text, CM_SV("&& "));
        if (!is_harmless(goes_on ? cm_sv_skip(text, 3) : text, token->text) ||
            (goes_on && !may_go_on(token->command)) || (t->edit->value != NULL && text.len == 0))
                return refuse(e, pos.line, "what would be written may mean something else here");
        if (t->edit->inserts) {
                put_splice(e, pos.line, from, from, cm_sv_join(e->arena, text, CM_SV(" ")));
                return 0;
        }
        if (t->is_behind) {
                size_t at = word_end(e, from);
                if (at == SIZE_MAX)
                        return refuse(e, pos.line, "where the command ends is not simple");
                put_splice(e, pos.line, at, at, cm_sv_join(e->arena, CM_SV(" "), text));
                return 0;
        }
        size_t to = from + token->text.len;
        if (!cm_sv_has_prefix(cm_sv_skip(e->scan.text, from), token->text) ||
            !ends_word(cm_text_scan_at(&e->scan, to)))
                return refuse(e, pos.line, "this word is not written plainly");
        if (t->edit->value == NULL)
                remove_word(e, pos.line, from, to);
        else
                put_splice(e, pos.line, from, to, text);
        return 0;
}

static struct cm_df_wanted *wanted_of(struct editor *e, const struct cm_node *n)
{
        for (size_t i = 0; i < cm_node_count(e->instructions); i++)
                if (cm_node_at(e->instructions, i) == n)
                        return &e->wanted[i];
        return NULL;
}

static bool find_token(struct target *t, const struct cm_node *n)
{
        const struct cm_df_tokens *tokens = &t->wanted->old;
        for (size_t i = 0; i < tokens->count; i++) {
                if (!t->is_behind && tokens->items[i].node == n)
                        t->token = i;
                if (t->is_behind && tokens->items[i].list == n)
                        t->token = i; /* the last one */
        }
        return t->token != SIZE_MAX;
}

static int find_target(struct editor *e, const struct cm_text_edit *edit, struct target *ret)
{
        const struct cm_node *n = e->root;
        struct cm_sv rest = edit->pointer;
        struct cm_sv token;
        *ret = (struct target){ .edit = edit, .token = SIZE_MAX };
        while (cm_pointer_next(e->arena, &rest, &token)) {
                ret->is_behind = cm_node_type(n) == CM_NODE_LIST && rest.len == 0 &&
                                 cm_sv_eq(token, CM_SV("-"));
                if (ret->is_behind)
                        break;
                size_t number = cm_pointer_child(n, token);
                if (number >= cm_node_count(n))
                        return refuse(e, 1, "the pointer of an edit leads to nothing");
                n = cm_node_child(n, number);
                if (ret->wanted == NULL)
                        ret->wanted = wanted_of(e, n);
        }
        if (ret->wanted == NULL)
                return refuse(e, 1, "the pointer of an edit leads to no instruction");
        if (!ret->is_behind && n == ret->wanted->node)
                return 0;
        if (ret->wanted->old.count == 0)
                cm_df_tokens(e->arena, ret->wanted->node, &ret->wanted->old);
        return find_token(ret, n) ? 0
                                  : refuse(e, ret->wanted->node->pos.line,
                                           "what is to be changed is no word of its own");
}

static int plan(struct editor *e, const struct cm_text_edit *edit)
{
        struct target t;
        int r = find_target(e, edit, &t);
        if (r < 0)
                return r;
        if (t.token == SIZE_MAX)
                return edit_whole(e, t.wanted, edit);
        *CM_VEC_PUSH(e->arena, &t.wanted->words) =
                (struct cm_df_wanted_words){ t.token,
                                             edit->inserts ? CM_DF_BEFORE
                                             : t.is_behind ? CM_DF_BEHIND
                                                           : CM_DF_INSTEAD,
                                             cm_node_string(edit->value) };
        return edit_word(e, &t);
}

static int splice_order(const void *a, const void *b)
{
        const struct splice *x = a;
        const struct splice *y = b;
        if (x->from != y->from)
                return x->from < y->from ? -1 : 1;
        if ((x->to == x->from) != (y->to == y->from))
                return x->to == x->from ? -1 : 1; /* what is put before a place first */
        return x->order < y->order ? -1 : 1;
}

static int write_text(struct editor *e, struct cm_sv *ret)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&out, CM_DOCKERFILE_BYTES_MAX);
        size_t at = 0;
        if (e->splices.count > 1)
                qsort(e->splices.items, e->splices.count, sizeof(*e->splices.items), splice_order);
        for (size_t i = 0; i < e->splices.count; i++) {
                const struct splice *s = &e->splices.items[i];
                if (s->from < at)
                        return refuse(e, s->line, "two changes are of the same place");
                cm_buf_put_sv(&out, cm_sv_slice(e->scan.text, at, s->from));
                cm_buf_put_sv(&out, s->text);
                at = s->to;
        }
        cm_buf_put_sv(&out, cm_sv_skip(e->scan.text, at));
        if (out.overflow)
                return CM_RAISE(e->err, CM_E_LIMIT,
                                "Dockerfile would be larger than dockerfile_bytes_max (%zu)",
                                CM_DOCKERFILE_BYTES_MAX);
        *ret = cm_sv_dup(e->arena, cm_buf_sv(&out));
        return 0;
}

int cm_dockerfile_edit(struct cm_arena *arena, struct cm_sv text, const struct cm_text_edit *edits,
                       size_t count, struct cm_sv *ret, struct cm_err *err)
{
        struct editor e = { .arena = arena, .err = err };
        const struct cm_node *now = NULL;
        struct cm_err problem = CM_ERR_INIT;
        struct cm_sv changed;
        cm_text_scan_init(&e.scan, arena, text);
        int r = cm_dockerfile_parse(arena, text, &e.root, err);
        if (r < 0)
                return r;
        e.instructions = cm_node_get(e.root, "instructions");
        e.wanted = CM_NEW_ARRAY(arena, struct cm_df_wanted, cm_node_count(e.instructions) + 1);
        for (size_t i = 0; i < cm_node_count(e.instructions); i++)
                e.wanted[i].node = cm_node_at(e.instructions, i);
        for (size_t i = 0; i < count && r == 0; i++)
                r = plan(&e, &edits[i]);
        if (r == 0)
                r = write_text(&e, &changed);
        if (r < 0)
                return r;
        uint32_t line = e.splices.count > 0 ? e.splices.items[0].line : 1;
        if (cm_dockerfile_parse(arena, changed, &now, &problem) < 0 ||
            !cm_df_is_as_wanted(arena, e.root, e.wanted, now, &line))
                return refuse(&e, line, "the way this is written does not allow the change");
        *ret = changed;
        return 0;
}
