/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar of shell lists, flat: separators and keywords are stepped over, simple commands are
 * noted. Only "(", substitutions and arrays nest; "case" keeps its own small stack because ")" ends
 * its patterns.
 */
#include "base/limits.h"
#include "codec/shell_internal.h"

struct list {
        struct cm_shell *s;
        struct cm_shell_command *last;
        size_t pipe;
        size_t cases;  /* "case" commands that are open */
        bool compound; /* a compound command ended just now: redirections here are its own */
        bool in_pattern[CM_SHELL_DEPTH_MAX];
};

static const char *const operators[] = { "&>>", "<<-", "<<<", "&>", "<<", ">>",
                                         "<&",  ">&",  "<>",  ">|", "<",  ">" };

/* The redirection operator at `ahead`, or "". */
static struct cm_sv operator_at(const struct cm_shell *s, size_t ahead)
{
        struct cm_sv rest = cm_sv_slice(s->text, s->at + ahead, s->end);
        if (rest.len > 1 && (rest.ptr[0] == '<' || rest.ptr[0] == '>') && rest.ptr[1] == '(')
                return CM_SV("");
        for (size_t i = 0; i < CM_ARRAY_LEN(operators); i++)
                if (cm_sv_has_prefix(rest, cm_sv_from_cstr(operators[i])))
                        return cm_sv_slice(rest, 0, strlen(operators[i]));
        return CM_SV("");
}

/* What stands here up to the next blank or operator, not taken. */
static struct cm_sv plain_word(const struct cm_shell *s)
{
        size_t n = s->at;
        while (n < s->end && !cm_shell_is_meta(s->text.ptr[n]))
                n++;
        return cm_sv_slice(s->text, s->at, n);
}

static void separate(struct list *l, size_t len, bool pipes)
{
        if (l->last != NULL)
                l->last->separator = cm_sv_slice(l->s->text, l->s->at, l->s->at + len);
        l->s->at += len;
        l->compound = false;
        l->pipe = pipes ? l->pipe + 1 : 0;
        l->last = NULL;
}

static void skip_lines(struct cm_shell *s)
{
        for (;;) {
                cm_shell_skip_blanks(s);
                if (cm_shell_peek(s, 0) != '\n')
                        return;
                cm_shell_newline(s);
        }
}

static bool heredoc_ends(struct cm_sv line, const struct cm_shell_redirect *r)
{
        while (cm_sv_eq(r->op, CM_SV("<<-")) && cm_sv_has_prefix(line, CM_SV("\t")))
                line = cm_sv_skip(line, 1);
        if (cm_sv_has_suffix(line, CM_SV("\r")))
                line.len--;
        return cm_sv_eq(line, r->target.text);
}

static void read_body(struct cm_shell *s, struct cm_shell_redirect *r)
{
        size_t from = s->at;
        while (s->at < s->end) {
                struct cm_sv rest = cm_sv_slice(s->text, s->at, s->end);
                ptrdiff_t n = cm_sv_find_char(rest, '\n');
                size_t len = n < 0 ? rest.len : (size_t)n;
                size_t line = s->at;
                s->at += len + (n >= 0);
                if (heredoc_ends(cm_sv_slice(rest, 0, len), r)) {
                        r->body = cm_sv_slice(s->text, from, line);
                        return;
                }
        }
        r->body = cm_sv_slice(s->text, from, s->end);
        s->script->incomplete = true;
}

void cm_shell_newline(struct cm_shell *s)
{
        s->at++;
        for (size_t i = 0; i < s->heredocs.count; i++)
                read_body(s, s->heredocs.items[i]);
        s->heredocs.count = 0;
}

/* A redirection at the place; false when there is none. `command` may be NULL. */
static bool read_redirect(struct cm_shell *s, struct cm_shell_command *command)
{
        size_t digits = 0;
        int32_t fd = -1;
        while (cm_is_digit(cm_shell_peek(s, digits)) && digits < 7)
                digits++;
        struct cm_sv op = operator_at(s, digits);
        if (op.len == 0 || (digits > 0 && op.ptr[0] == '&'))
                return false;
        for (size_t i = 0; i < digits; i++)
                fd = (fd < 0 ? 0 : fd * 10) + (cm_shell_peek(s, i) - '0');
        s->at += digits + op.len;
        cm_shell_skip_blanks(s);
        struct cm_shell_redirect *r = CM_NEW(s->arena, struct cm_shell_redirect);
        r->op = op;
        r->fd = fd;
        if (s->at < s->end && operator_at(s, 0).len == 0 &&
            (!cm_shell_is_meta(cm_shell_peek(s, 0)) || cm_shell_peek(s, 1) == '('))
                cm_shell_read_word(s, &r->target);
        if (cm_sv_eq(op, CM_SV("<<")) || cm_sv_eq(op, CM_SV("<<-")))
                *CM_VEC_PUSH(s->arena, &s->heredocs) = r;
        if (command != NULL)
                *CM_VEC_PUSH(s->arena, &command->redirects) = r;
        return true;
}

/* "NAME=", "NAME+=" or "NAME[...]=" without quotes in front of the value. */
static bool is_assignment(struct cm_sv raw)
{
        size_t n = 0;
        while (n < raw.len && (cm_is_alnum(raw.ptr[n]) || raw.ptr[n] == '_'))
                n++;
        if (n == 0 || cm_is_digit(raw.ptr[0]))
                return false;
        if (n < raw.len && raw.ptr[n] == '[')
                while (n < raw.len && raw.ptr[n - 1] != ']')
                        n++;
        n += n < raw.len && raw.ptr[n] == '+';
        return n < raw.len && raw.ptr[n] == '=';
}

/* "[[ ... ]]": everything up to its end is words. */
static void read_test(struct cm_shell *s, struct cm_shell_command *command)
{
        while (s->at < s->end && !s->over_limit) {
                cm_shell_skip_blanks(s);
                size_t from = s->at;
                struct cm_shell_word *word = CM_VEC_PUSH(s->arena, &command->words);
                if (!cm_shell_is_meta(cm_shell_peek(s, 0))) {
                        cm_shell_read_word(s, word);
                        if (cm_sv_eq(word->raw, CM_SV("]]")))
                                return;
                        continue;
                }
                s->at += s->at < s->end;
                while (cm_shell_peek(s, 0) == '&' || cm_shell_peek(s, 0) == '|')
                        s->at++;
                word->text = word->raw = cm_sv_slice(s->text, from, s->at);
                word->offset = cm_shell_offset(s, from);
        }
        s->script->incomplete = true;
}

static bool ends_command(const struct cm_shell *s)
{
        char c = cm_shell_peek(s, 0);
        return s->at >= s->end || c == '\n' || c == ';' || c == '|' || c == ')' ||
               (c == '&' && cm_shell_peek(s, 1) != '>');
}

/* At "(" behind the first word: "name()" begins a function, whose body is read as a list. */
static bool take_function(struct cm_shell *s, const struct cm_shell_command *command)
{
        if (command->words.count != 1)
                return false;
        size_t at = s->at + 1;
        while (at < s->end && s->text.ptr[at] == ' ')
                at++;
        if (at >= s->end || s->text.ptr[at] != ')')
                return false;
        s->at = at + 1;
        return true;
}

static void read_simple(struct list *l)
{
        struct cm_shell *s = l->s;
        struct cm_shell_command *command = CM_NEW(s->arena, struct cm_shell_command);
        size_t number = s->script->count;
        command->offset = cm_shell_offset(s, s->at);
        command->pipe = l->pipe;
        command->depth = s->depth;
        *CM_VEC_PUSH(s->arena, s->script) = command;
        l->last = command;
        for (; !s->over_limit; cm_shell_skip_blanks(s)) {
                if (ends_command(s))
                        return;
                if (cm_shell_peek(s, 0) == '(' && take_function(s, command)) {
                        s->script->count = number;
                        l->last = NULL;
                        return;
                }
                if (cm_shell_peek(s, 0) == '(') {
                        s->at++;
                        continue;
                }
                if (read_redirect(s, command))
                        continue;
                struct cm_shell_word word;
                cm_shell_read_word(s, &word);
                bool assigns = command->words.count == 0 && is_assignment(word.raw);
                if (assigns)
                        *CM_VEC_PUSH(s->arena, &command->assignments) = word;
                else
                        *CM_VEC_PUSH(s->arena, &command->words) = word;
                if (!assigns && command->words.count == 1 && cm_sv_eq(word.raw, CM_SV("[[")))
                        read_test(s, command);
        }
}

/* Words up to the end of the line or ";": the list of "for x in ...". */
static void skip_words(struct cm_shell *s)
{
        struct cm_shell_word word;
        for (cm_shell_skip_blanks(s); !ends_command(s) && !s->over_limit; cm_shell_skip_blanks(s)) {
                if (cm_shell_is_meta(cm_shell_peek(s, 0)))
                        s->at++;
                else
                        cm_shell_read_word(s, &word);
        }
}

static void skip_word(struct cm_shell *s)
{
        struct cm_shell_word word;
        cm_shell_skip_blanks(s);
        if (s->at < s->end && !cm_shell_is_meta(cm_shell_peek(s, 0)))
                cm_shell_read_word(s, &word);
}

static void skip_arithmetic(struct cm_shell *s)
{
        size_t open = 0;
        do {
                char c = s->text.ptr[s->at++];
                open += c == '(';
                open -= c == ')' && open > 0;
        } while (open > 0 && s->at < s->end);
}

static void begin_case(struct list *l)
{
        struct cm_shell *s = l->s;
        skip_word(s);
        skip_lines(s);
        if (cm_sv_eq(plain_word(s), CM_SV("in")))
                s->at += 2;
        if (l->cases >= CM_SHELL_DEPTH_MAX) {
                s->script->incomplete = true;
                s->at = s->end;
                return;
        }
        l->in_pattern[l->cases++] = true;
}

/* "a | b)": up to and with the bracket, or "esac". */
static void read_pattern(struct list *l)
{
        struct cm_shell *s = l->s;
        skip_lines(s);
        if (cm_sv_eq(plain_word(s), CM_SV("esac"))) {
                s->at += 4;
                l->cases--;
                l->compound = true;
                return;
        }
        l->in_pattern[l->cases - 1] = false;
        if (cm_shell_peek(s, 0) == '(')
                s->at++;
        while (s->at < s->end && !s->over_limit) {
                struct cm_shell_word word;
                cm_shell_skip_blanks(s);
                char c = cm_shell_peek(s, 0);
                if (c == ')' || c == '\n' || s->at >= s->end) {
                        s->at += c == ')';
                        return;
                }
                if (cm_shell_is_meta(c))
                        s->at++;
                else
                        cm_shell_read_word(s, &word);
        }
}

/* Steps over a keyword at the place; false when there is none. */
static bool take_keyword(struct list *l)
{
        static const char *const plain[] = { "if",    "then",  "elif", "else",   "fi",
                                             "while", "until", "do",   "done",   "{",
                                             "}",     "!",     "time", "coproc", NULL };
        static const char *const loops[] = { "for", "select", NULL };
        struct cm_shell *s = l->s;
        static const char *const ends[] = { "fi", "done", "}", "esac", NULL };
        struct cm_sv word = plain_word(s);
        if (cm_sv_is_any(word, plain)) {
                l->compound = cm_sv_is_any(word, ends);
                s->at += word.len;
        } else if (cm_sv_is_any(word, loops)) {
                s->at += word.len;
                cm_shell_skip_blanks(s);
                if (cm_shell_peek(s, 0) == '(')
                        skip_arithmetic(s);
                else
                        skip_words(s);
        } else if (cm_sv_eq(word, CM_SV("case"))) {
                s->at += word.len;
                begin_case(l);
        } else if (cm_sv_eq(word, CM_SV("function"))) {
                s->at += word.len;
                skip_word(s);
                cm_shell_skip_blanks(s);
                if (cm_shell_peek(s, 0) == '(' && cm_shell_peek(s, 1) == ')')
                        s->at += 2;
        } else if (l->cases > 0 && cm_sv_eq(word, CM_SV("esac"))) {
                s->at += word.len;
                l->cases--;
                l->compound = true;
        } else {
                return false;
        }
        return true;
}

static void read_group(struct list *l)
{
        struct cm_shell *s = l->s;
        if (cm_shell_peek(s, 1) == '(') {
                skip_arithmetic(s);
                return;
        }
        if (s->depth >= CM_SHELL_DEPTH_MAX) {
                s->script->incomplete = true;
                s->at = s->end;
                return;
        }
        s->at++;
        s->depth++;
        cm_shell_read_list(s, ')');
        s->depth--;
        l->last = NULL;
        l->compound = true;
}

static void read_semicolon(struct list *l)
{
        struct cm_shell *s = l->s;
        size_t n = 1;
        while (n < 3 && (cm_shell_peek(s, n) == ';' || cm_shell_peek(s, n) == '&'))
                n++;
        bool ends_clause = n > 1 && l->cases > 0;
        separate(l, ends_clause ? n : 1, false);
        if (ends_clause)
                l->in_pattern[l->cases - 1] = true;
}

/* Separators and brackets; false when something else stands here. */
static bool read_operator(struct list *l)
{
        struct cm_shell *s = l->s;
        char next = cm_shell_peek(s, 1);
        switch (cm_shell_peek(s, 0)) {
        case '\n':
                if (l->last != NULL)
                        l->last->separator = cm_sv_slice(s->text, s->at, s->at + 1);
                l->last = NULL;
                l->compound = false;
                l->pipe = 0;
                cm_shell_newline(s);
                return true;
        case ';':
                read_semicolon(l);
                return true;
        case '&':
                if (next == '>')
                        return false;
                separate(l, next == '&' ? 2 : 1, false);
                return true;
        case '|':
                separate(l, next == '|' || next == '&' ? 2 : 1, next != '|');
                return true;
        case '(':
                read_group(l);
                return true;
        case ')':
                s->at++; /* nothing opened it */
                return true;
        default:
                return false;
        }
}

void cm_shell_read_list(struct cm_shell *s, char stop)
{
        struct list l = { .s = s };
        for (;;) {
                cm_shell_skip_blanks(s);
                if (s->at >= s->end || s->over_limit)
                        break;
                if (l.cases > 0 && l.in_pattern[l.cases - 1]) {
                        read_pattern(&l);
                        continue;
                }
                if (stop != '\0' && cm_shell_peek(s, 0) == stop) {
                        separate(&l, 1, false);
                        return;
                }
                if (read_operator(&l) || take_keyword(&l) || (l.compound && read_redirect(s, NULL)))
                        continue;
                l.compound = false;
                read_simple(&l);
        }
        s->script->incomplete = s->script->incomplete || stop != '\0';
}

int cm_shell_parse(struct cm_arena *arena, struct cm_sv text, size_t *words,
                   struct cm_shell_script *ret, struct cm_err *err)
{
        *ret = (struct cm_shell_script){ 0 };
        struct cm_shell s = {
                .arena = arena, .text = text, .end = text.len, .words = words, .script = ret
        };
        cm_shell_read_list(&s, '\0');
        if (s.over_limit)
                return CM_RAISE(err, CM_E_LIMIT,
                                "more words of shell commands than limit shell_words_max (%zu)",
                                CM_SHELL_WORDS_MAX);
        ret->incomplete = ret->incomplete || s.heredocs.count > 0;
        return 0;
}
