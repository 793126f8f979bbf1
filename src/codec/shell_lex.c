/* SPDX-License-Identifier: Apache-2.0 */
/* Words of shell text: quotes, escapes, and the substitutions within them. */
#include "base/limits.h"
#include "codec/shell_internal.h"

struct word {
        struct cm_shell *shell;
        struct cm_buf text;
        bool quoted;
        bool dynamic;
};

bool cm_shell_is_meta(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';' || c == '&' ||
               c == '|' || c == '<' || c == '>' || c == '(' || c == ')';
}

static bool at_end(const struct cm_shell *s)
{
        return s->at >= s->end;
}

static bool joins_lines(const struct cm_shell *s)
{
        return cm_shell_peek(s, 0) == '\\' && cm_shell_peek(s, 1) == '\n';
}

void cm_shell_skip_blanks(struct cm_shell *s)
{
        while (!at_end(s)) {
                char c = s->text.ptr[s->at];
                if (c == ' ' || c == '\t' || c == '\r') {
                        s->at++;
                } else if (joins_lines(s)) {
                        s->at += 2;
                } else if (c == '#') {
                        while (!at_end(s) && s->text.ptr[s->at] != '\n')
                                s->at++;
                } else {
                        return;
                }
        }
}

/* The bytes from `from` to the place, as they are written. */
static void put_raw(struct word *w, size_t from)
{
        struct cm_shell *s = w->shell;
        cm_buf_put(&w->text, s->text.ptr + from, s->at - from);
}

static void read_nested(struct cm_shell *s, char stop)
{
        if (s->depth >= CM_SHELL_DEPTH_MAX) {
                s->script->incomplete = true;
                s->at = s->end;
                return;
        }
        s->depth++;
        cm_shell_read_list(s, stop);
        s->depth--;
}

/* "$((" ... "))": no commands but in substitutions, which are not looked for. */
static void skip_arithmetic(struct cm_shell *s)
{
        size_t open = 2;
        s->at += 3;
        while (open > 0 && !at_end(s)) {
                char c = s->text.ptr[s->at++];
                open += c == '(';
                open -= c == ')';
        }
        s->script->incomplete = s->script->incomplete || open > 0;
}

static void read_dollar(struct word *w);
static void read_backquotes(struct cm_shell *s);

/* "${" ... "}" with what is nested in it. */
static void read_parameter(struct word *w)
{
        struct cm_shell *s = w->shell;
        size_t from = s->at;
        size_t open = 0;
        char quote = '\0';
        do {
                char c = s->text.ptr[s->at];
                if (c == '$' && quote != '\'' && cm_shell_peek(s, 1) == '(' &&
                    cm_shell_peek(s, 2) != '(') {
                        s->at += 2;
                        read_nested(s, ')');
                        continue;
                }
                if (c == '\\' && quote != '\'')
                        s->at++;
                else if (c == '\'' && quote != '"')
                        quote = quote == '\0' ? c : '\0';
                else if (c == '"' && quote != '\'')
                        quote = quote == '\0' ? c : '\0';
                else if (c == '$' && quote != '\'' && cm_shell_peek(s, 1) == '{')
                        open++;
                else if (c == '}' && quote == '\0')
                        open--;
                s->at++;
        } while (open > 0 && !at_end(s));
        s->at = CM_MIN(s->at, s->end);
        s->script->incomplete = s->script->incomplete || open > 0;
        put_raw(w, from);
}

static void read_dollar(struct word *w)
{
        struct cm_shell *s = w->shell;
        size_t from = s->at;
        char c = cm_shell_peek(s, 1);
        w->dynamic = w->dynamic || cm_is_alnum(c) ||
                     (c != '\0' && cm_sv_find_char(CM_SV("_{(@*#?$!-"), c) >= 0);
        if (c == '{') {
                read_parameter(w);
                return;
        }
        if (c == '(' && cm_shell_peek(s, 2) == '(') {
                skip_arithmetic(s);
        } else if (c == '(') {
                s->at += 2;
                read_nested(s, ')');
        } else {
                s->at++;
                if (cm_is_digit(c) || (c != '\0' && cm_sv_find_char(CM_SV("@*#?$!-"), c) >= 0))
                        s->at++;
                else
                        while (cm_is_alnum(cm_shell_peek(s, 0)) || cm_shell_peek(s, 0) == '_')
                                s->at++;
        }
        put_raw(w, from);
}

/* A copy without the backslashes that protect from the outer level. */
static void read_unescaped(struct cm_shell *s, size_t from, size_t to)
{
        char *copy = cm_arena_alloc(s->arena, to - from + 1, 1);
        size_t len = 0;
        for (size_t i = from; i < to; i++) {
                if (s->text.ptr[i] == '\\' && i + 1 < to &&
                    cm_sv_find_char(CM_SV("`$\\"), s->text.ptr[i + 1]) >= 0)
                        i++;
                copy[len++] = s->text.ptr[i];
        }
        struct cm_shell inner = *s;
        inner.text = cm_sv_make(copy, len);
        inner.at = 0;
        inner.end = len;
        inner.fixed_offset = cm_shell_offset(s, from);
        inner.fixed = true;
        inner.heredocs.items = NULL;
        inner.heredocs.count = 0;
        inner.heredocs.capacity = 0;
        read_nested(&inner, '\0');
        s->over_limit = inner.over_limit;
}

static void read_backquotes(struct cm_shell *s)
{
        size_t from = ++s->at;
        size_t to = from;
        bool escapes = false;
        while (to < s->end && s->text.ptr[to] != '`') {
                escapes = escapes || s->text.ptr[to] == '\\';
                to += s->text.ptr[to] == '\\' && to + 1 < s->end ? 2 : 1;
        }
        if (to >= s->end)
                s->script->incomplete = true;
        if (escapes) {
                read_unescaped(s, from, to);
        } else {
                size_t end = s->end;
                s->end = to;
                read_nested(s, '\0');
                s->end = end;
        }
        s->at = CM_MIN(to + 1, s->end);
}

static void read_single_quoted(struct word *w, bool ansi)
{
        struct cm_shell *s = w->shell;
        w->quoted = true;
        s->at++;
        while (!at_end(s) && s->text.ptr[s->at] != '\'') {
                if (ansi && s->text.ptr[s->at] == '\\' && s->at + 1 < s->end)
                        cm_buf_put_char(&w->text, s->text.ptr[s->at++]);
                cm_buf_put_char(&w->text, s->text.ptr[s->at++]);
        }
        s->script->incomplete = s->script->incomplete || at_end(s);
        s->at = CM_MIN(s->at + 1, s->end);
}

static void read_double_quoted(struct word *w)
{
        struct cm_shell *s = w->shell;
        w->quoted = true;
        s->at++;
        while (!at_end(s) && s->text.ptr[s->at] != '"') {
                char c = s->text.ptr[s->at];
                size_t from = s->at;
                if (c == '$') {
                        read_dollar(w);
                } else if (c == '`') {
                        w->dynamic = true;
                        read_backquotes(s);
                        put_raw(w, from);
                } else if (joins_lines(s)) {
                        s->at += 2;
                } else {
                        if (c == '\\' && s->at + 1 < s->end &&
                            cm_sv_find_char(CM_SV("$`\"\\"), cm_shell_peek(s, 1)) >= 0)
                                s->at++;
                        cm_buf_put_char(&w->text, s->text.ptr[s->at++]);
                }
        }
        s->script->incomplete = s->script->incomplete || at_end(s);
        s->at = CM_MIN(s->at + 1, s->end);
}

/* "x=(a b)": the elements become part of the word. */
static void read_array(struct word *w)
{
        struct cm_shell *s = w->shell;
        size_t from = s->at++;
        struct cm_shell_word element;
        if (s->arrays >= CM_SHELL_DEPTH_MAX) {
                s->script->incomplete = true;
                s->at = s->end;
                return;
        }
        s->arrays++;
        for (;;) {
                cm_shell_skip_blanks(s);
                char c = cm_shell_peek(s, 0);
                if (at_end(s) || c == ')' || s->over_limit)
                        break;
                if (cm_shell_is_meta(c))
                        s->at++;
                else
                        cm_shell_read_word(s, &element);
        }
        s->arrays--;
        s->script->incomplete = s->script->incomplete || at_end(s);
        s->at = CM_MIN(s->at + 1, s->end);
        put_raw(w, from);
}

/* "<(...)" and ">(...)". */
static void read_process(struct word *w)
{
        size_t from = w->shell->at;
        w->shell->at += 2;
        w->dynamic = true;
        read_nested(w->shell, ')');
        put_raw(w, from);
}

static void read_escape(struct word *w)
{
        struct cm_shell *s = w->shell;
        if (joins_lines(s)) {
                s->at += 2;
                return;
        }
        w->quoted = true;
        s->at++;
        if (!at_end(s))
                cm_buf_put_char(&w->text, s->text.ptr[s->at++]);
}

static bool ends_in_equals(const struct word *w)
{
        return w->text.len > 1 && w->text.ptr[w->text.len - 1] == '=' && !w->quoted;
}

static bool begins_process(const struct cm_shell *s)
{
        char c = cm_shell_peek(s, 0);
        return (c == '<' || c == '>') && cm_shell_peek(s, 1) == '(';
}

/* One part of a word; false when the word ends here. */
static bool read_part(struct word *w)
{
        struct cm_shell *s = w->shell;
        char c = cm_shell_peek(s, 0);
        size_t from = s->at;
        if (at_end(s) || s->over_limit)
                return false;
        if (c == '(' && ends_in_equals(w)) {
                read_array(w);
        } else if (begins_process(s)) {
                read_process(w);
        } else if (cm_shell_is_meta(c)) {
                return false;
        } else if (c == '\\') {
                read_escape(w);
        } else if (c == '\'' || (c == '$' && cm_shell_peek(s, 1) == '\'')) {
                s->at += c == '$';
                read_single_quoted(w, c == '$');
        } else if (c == '"') {
                read_double_quoted(w);
        } else if (c == '$') {
                read_dollar(w);
        } else if (c == '`') {
                w->dynamic = true;
                read_backquotes(s);
                put_raw(w, from);
        } else {
                w->dynamic = w->dynamic || c == '*' || c == '?' || c == '[';
                cm_buf_put_char(&w->text, c);
                s->at++;
        }
        return true;
}

/* The text where it stands when nothing in it was quoted. */
static struct cm_sv keep(struct word *w, struct cm_sv raw)
{
        if (cm_sv_eq(cm_buf_sv(&w->text), raw))
                return raw;
        return cm_sv_dup(w->shell->arena, cm_buf_sv(&w->text));
}

void cm_shell_read_word(struct cm_shell *s, struct cm_shell_word *ret)
{
        struct word w = { .shell = s };
        size_t from = s->at;
        cm_buf_init(&w.text, s->end - s->at + 1);
        if (++*s->words > CM_SHELL_WORDS_MAX) {
                s->over_limit = true;
                s->at = s->end;
        }
        while (read_part(&w))
                ;
        struct cm_sv raw = cm_sv_slice(s->text, from, s->at);
        *ret = (struct cm_shell_word){
                .text = keep(&w, raw),
                .raw = raw,
                .offset = cm_shell_offset(s, from),
                .quoted = w.quoted,
                .dynamic = w.dynamic,
        };
        cm_buf_fini(&w.text);
}
