/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quotes, escapes and variables of one Dockerfile word, as BuildKit's shell lexer treats them:
 * $x ${x} ${x:-y} ${x-y} ${x:+y} ${x+y} ${x:?y} ${x?y} ${x#p} ${x##p} ${x%p} ${x%%p} ${x/p/r}
 * ${x//p/r}. A variable that only the build or the base image knows makes the result unknown;
 * where the word itself says what an unset one stands for, that is taken.
 */
#include "base/escape.h"
#include "base/limits.h"
#include "codec/dockerfile_internal.h"
#include "codec/dockerfile_pattern.h"

enum {
        UNKNOWN_NAMES_MAX = 32 /* of one word; more tell nothing */
};

struct lex {
        struct cm_arena *arena;
        const struct cm_df_lex_options *options;
        struct cm_df_expansion *ret;
        struct cm_sv rest;
        struct cm_buf word; /* the word that is being put together */
        bool in_word;
        bool raw_escapes;
        unsigned depth;
        size_t *work;
        size_t own_work; /* of words that have no variables with values */
};

struct part {
        bool end; /* stop at `stop`, else at the end of the text */
        char stop;
        bool raw_escapes;
        bool pattern; /* escapes in quotes are kept for the pattern matcher */
};

static bool process(struct lex *l, const struct part *part, struct cm_buf *out);

static bool failed(struct lex *l, const char *why)
{
        l->ret->error = why;
        return false;
}

static char peek(const struct lex *l)
{
        return l->rest.len == 0 ? '\0' : l->rest.ptr[0];
}

/* One character, however many bytes it has. */
static struct cm_sv take(struct lex *l)
{
        uint32_t cp = 0;
        size_t n = l->rest.len == 0 || (unsigned char)l->rest.ptr[0] < 0x80
                           ? CM_MIN(l->rest.len, 1)
                           : CM_MAX(cm_utf8_next(l->rest, &cp), 1);
        struct cm_sv c = cm_sv_slice(l->rest, 0, n);
        l->rest = cm_sv_skip(l->rest, n);
        return c;
}

static void end_word(struct lex *l)
{
        if (l->word.len > 0)
                *CM_VEC_PUSH(l->arena, &l->ret->words) = cm_sv_dup(l->arena, cm_buf_sv(&l->word));
        cm_buf_clear(&l->word);
        l->in_word = false;
}

static void word_raw(struct lex *l, struct cm_sv s)
{
        cm_buf_put_sv(&l->word, s);
        l->in_word = true;
}

static void word_char(struct lex *l, struct cm_sv c)
{
        if (cm_df_space(c) == 0)
                word_raw(l, c);
        else if (l->in_word && l->word.len > 0)
                end_word(l);
}

static void word_split(struct lex *l, struct cm_sv s)
{
        while (s.len > 0) {
                uint32_t cp = 0;
                size_t n = CM_MAX(cm_utf8_next(s, &cp), 1);
                word_char(l, cm_sv_slice(s, 0, n));
                s = cm_sv_skip(s, n);
        }
}

/*
 * Bytes of a letter, digit or "_" at the start, or 0. BuildKit takes every Unicode letter; here that
 * is all beyond ASCII but what Latin-1 and the general punctuation have of signs.
 */
static size_t name_char(struct cm_sv s)
{
        uint32_t cp = 0;
        if (s.len == 0)
                return 0;
        if ((unsigned char)s.ptr[0] < 0x80)
                return cm_is_alnum(s.ptr[0]) || s.ptr[0] == '_';
        size_t n = cm_utf8_next(s, &cp);
        bool sign = (cp < 0xc0 && cp != 0xaa && cp != 0xb5 && cp != 0xba) || cp == 0xd7 ||
                    cp == 0xf7 || (cp >= 0x2000 && cp < 0x2070) || (cp >= 0x3000 && cp < 0x3005);
        return sign ? 0 : n;
}

static struct cm_sv variable_name(struct lex *l)
{
        struct cm_sv s = l->rest;
        size_t n = 0;
        if (s.len > 0 && cm_is_digit(s.ptr[0])) {
                while (n < s.len && cm_is_digit(s.ptr[n]))
                        n++;
        } else if (s.len > 0 && cm_sv_find_char(CM_SV("@*#?-$!"), s.ptr[0]) >= 0) {
                n = 1;
        } else {
                for (size_t more; (more = name_char(cm_sv_skip(s, n))) > 0;)
                        n += more;
        }
        l->rest = cm_sv_skip(s, n);
        return cm_sv_slice(s, 0, n);
}

static enum cm_df_var get(struct lex *l, struct cm_sv name, struct cm_sv *value)
{
        *value = CM_SV("");
        return l->options->get(l->options->ctx, name, value);
}

static void note_unknown(struct lex *l, struct cm_sv name)
{
        l->ret->unknown = true;
        if (l->ret->unknown_names.count >= UNKNOWN_NAMES_MAX)
                return;
        for (size_t i = 0; i < l->ret->unknown_names.count; i++)
                if (cm_sv_eq(l->ret->unknown_names.items[i], name))
                        return;
        *CM_VEC_PUSH(l->arena, &l->ret->unknown_names) = cm_sv_dup(l->arena, name);
}

/* Puts the value; an unset variable stays as written when the options say so. */
static void put_value(struct lex *l, struct cm_buf *out, struct cm_sv name, bool braces)
{
        struct cm_sv value;
        enum cm_df_var state = get(l, name, &value);
        if (state == CM_DF_UNKNOWN)
                note_unknown(l, name);
        if (state == CM_DF_SET || !l->options->skip_unset)
                cm_buf_put_sv(out, value);
        else
                cm_buf_printf(out, braces ? "${%.*s}" : "$%.*s", CM_SV_ARG(name));
}

static bool read_part(struct lex *l, const struct part *part, struct cm_buf *text)
{
        cm_buf_init(text, CM_DOCKERFILE_EXPANDED_MAX);
        if (process(l, part, text))
                return true;
        if (l->rest.len == 0 && l->depth < CM_SHELL_DEPTH_MAX)
                l->ret->error = part->stop == '/' ? "a '/' is missing in ${}" : "a '}' is missing";
        return false;
}

static void put_unset(struct lex *l, struct cm_buf *out, struct cm_sv name, struct cm_sv op,
                      struct cm_sv word)
{
        (void)l;
        cm_buf_printf(out, "${%.*s%.*s%.*s}", CM_SV_ARG(name), CM_SV_ARG(op), CM_SV_ARG(word));
}

static bool put_trimmed(struct lex *l, struct cm_buf *out, struct cm_sv value, char op,
                        struct cm_sv word)
{
        bool greedy = word.len > 0 && word.ptr[0] == op;
        struct cm_sv pattern = cm_sv_skip(word, greedy);
        struct cm_sv kept;
        const char *why = op == '#' ? cm_df_trim_prefix(value, pattern, greedy, &kept, l->work)
                                    : cm_df_trim_suffix(value, pattern, greedy, &kept, l->work);
        if (why != NULL)
                return failed(l, why);
        cm_buf_put_sv(out, kept);
        return true;
}

/* ${name OP word}; `op` is the last character of the operator, `colon` says that one preceded. */
static bool put_operator(struct lex *l, struct cm_buf *out, struct cm_sv name, char op, bool colon)
{
        bool pattern = op == '#' || op == '%';
        struct cm_buf text CM_CLEANUP(cm_buf_fini) = { 0 };
        const struct part part = { true, '}', pattern, pattern };
        struct cm_sv value;
        if (colon && pattern)
                return failed(l, "this modifier of ${} does not exist");
        if (!read_part(l, &part, &text))
                return false;
        struct cm_sv word = cm_buf_sv(&text);
        enum cm_df_var state = get(l, name, &value);
        if (state != CM_DF_SET && l->options->skip_unset) {
                char written[] = { colon ? ':' : op, op, '\0' };
                put_unset(l, out, name, cm_sv_make(written, colon ? 2 : 1), word);
                return true;
        }
        bool absent = state != CM_DF_SET || (colon && value.len == 0);
        switch (op) {
        case '-':
                cm_buf_put_sv(out, absent ? word : value);
                return true;
        case '+':
                cm_buf_put_sv(out, absent ? CM_SV("") : word);
                return true;
        case '?':
                if (state == CM_DF_UNKNOWN)
                        note_unknown(l, name);
                else if (absent)
                        return failed(l, "a variable that ${x?} asks for is not set");
                cm_buf_put_sv(out, value);
                return true;
        default:
                if (state == CM_DF_UNKNOWN)
                        note_unknown(l, name);
                return put_trimmed(l, out, value, op, word);
        }
}

static bool put_replaced(struct lex *l, struct cm_buf *out, struct cm_sv name)
{
        struct cm_buf pattern CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_buf replacement CM_CLEANUP(cm_buf_fini) = { 0 };
        bool all = peek(l) == '/';
        struct cm_sv value;
        if (all)
                take(l);
        if (!read_part(l, &(struct part){ true, '/', true, true }, &pattern) ||
            !read_part(l, &(struct part){ true, '}', true, false }, &replacement))
                return false;
        enum cm_df_var state = get(l, name, &value);
        if (state != CM_DF_SET && l->options->skip_unset) {
                cm_buf_printf(out, "${%.*s/%.*s/%.*s}", CM_SV_ARG(name),
                              CM_SV_ARG(cm_buf_sv(&pattern)), CM_SV_ARG(cm_buf_sv(&replacement)));
                return true;
        }
        if (state == CM_DF_UNKNOWN)
                note_unknown(l, name);
        const char *why = cm_df_replace(value, cm_buf_sv(&pattern), cm_buf_sv(&replacement), all,
                                        out, l->work);
        return why == NULL || failed(l, why);
}

static bool put_braces(struct lex *l, struct cm_buf *out)
{
        char c = peek(l);
        if (l->rest.len == 0)
                return failed(l, "a '}' is missing");
        if (c == '{' || c == '}' || c == ':')
                return failed(l, "substitution without a name");
        struct cm_sv name = variable_name(l);
        struct cm_sv op = take(l);
        bool colon = cm_sv_eq(op, CM_SV(":"));
        if (op.len == 1 && op.ptr[0] == '}') {
                put_value(l, out, name, true);
                return true;
        }
        if (colon)
                op = take(l);
        if (op.len == 1 && cm_sv_find_char(CM_SV("+-?#%"), op.ptr[0]) >= 0)
                return put_operator(l, out, name, op.ptr[0], colon);
        if (!colon && cm_sv_eq(op, CM_SV("/")))
                return put_replaced(l, out, name);
        return failed(l, "this modifier of ${} does not exist");
}

static bool put_dollar(struct lex *l, struct cm_buf *out)
{
        take(l);
        if (peek(l) == '{') {
                take(l);
                return put_braces(l, out);
        }
        struct cm_sv name = variable_name(l);
        if (name.len == 0)
                cm_buf_put_char(out, '$');
        else
                put_value(l, out, name, false);
        return true;
}

static bool put_single_quoted(struct lex *l, const struct part *part, struct cm_buf *out)
{
        take(l);
        if (l->options->raw_quotes)
                cm_buf_put_char(out, '\'');
        for (;;) {
                if (l->rest.len == 0)
                        return failed(l, "a single quote does not end");
                struct cm_sv c = take(l);
                if (c.ptr[0] == '\'')
                        break;
                if (part->pattern && c.ptr[0] == l->options->escape)
                        cm_buf_put_sv(out, c);
                cm_buf_put_sv(out, c);
        }
        if (l->options->raw_quotes)
                cm_buf_put_char(out, '\'');
        return true;
}

/* Behind an escape mark in double quotes. */
static void put_quoted_escape(struct lex *l, const struct part *part, struct cm_buf *out,
                              struct cm_sv mark)
{
        char c = peek(l);
        if (l->rest.len == 0)
                return;
        if (c == '"' || c == '$' || c == l->options->escape) {
                if (l->raw_escapes)
                        cm_buf_put_sv(out, mark);
                mark = take(l);
        } else if (l->raw_escapes && (!l->options->raw_quotes || part->pattern)) {
                cm_buf_put_sv(out, mark);
        }
        cm_buf_put_sv(out, mark);
}

static bool put_double_quoted(struct lex *l, const struct part *part, struct cm_buf *out)
{
        struct cm_sv quote = take(l);
        if (l->options->raw_quotes)
                cm_buf_put_sv(out, quote);
        while (peek(l) != '"' || l->rest.len == 0) {
                if (l->rest.len == 0)
                        return failed(l, "a double quote does not end");
                if (peek(l) == '$') {
                        if (!put_dollar(l, out))
                                return false;
                        continue;
                }
                struct cm_sv c = take(l);
                if (c.ptr[0] == l->options->escape)
                        put_quoted_escape(l, part, out, c);
                else
                        cm_buf_put_sv(out, c);
        }
        take(l);
        if (l->options->raw_quotes)
                cm_buf_put_sv(out, quote);
        return true;
}

/* "<<" and the blanks behind it belong to the word: a heredoc's name may stand apart. */
static void put_heredoc_mark(struct lex *l, struct cm_buf *out)
{
        take(l);
        cm_buf_put_char(out, '<');
        if (peek(l) != '<')
                return;
        cm_buf_put_sv(out, take(l));
        while (peek(l) == ' ' || peek(l) == '\t' || peek(l) == '\r')
                cm_buf_put_sv(out, take(l));
}

/* What begins with a character that means something; its text goes to `out` and to the words. */
static bool process_special(struct lex *l, const struct part *part, struct cm_buf *out)
{
        struct cm_buf text CM_CLEANUP(cm_buf_fini) = { 0 };
        char c = peek(l);
        bool good = true;
        cm_buf_init(&text, CM_DOCKERFILE_EXPANDED_MAX);
        if (c == '$')
                good = put_dollar(l, &text);
        else if (c == '\'')
                good = put_single_quoted(l, part, &text);
        else if (c == '"')
                good = put_double_quoted(l, part, &text);
        else
                put_heredoc_mark(l, &text);
        if (!good)
                return false;
        if (text.overflow)
                return failed(l, "the value is larger than limit dockerfile_expanded_max");
        cm_buf_put_sv(out, cm_buf_sv(&text));
        if (c == '$')
                word_split(l, cm_buf_sv(&text));
        else
                word_raw(l, cm_buf_sv(&text));
        return true;
}

static void process_plain(struct lex *l, struct cm_buf *out)
{
        struct cm_sv c = take(l);
        if (c.ptr[0] != l->options->escape) {
                word_char(l, c);
                cm_buf_put_sv(out, c);
                return;
        }
        if (l->raw_escapes) {
                word_raw(l, c);
                cm_buf_put_sv(out, c);
        }
        c = take(l);
        if (c.len > 0)
                word_raw(l, c);
        cm_buf_put_sv(out, c);
}

static bool process_text(struct lex *l, const struct part *part, struct cm_buf *out)
{
        while (l->rest.len > 0) {
                char c = peek(l);
                if (part->end && c == part->stop) {
                        take(l);
                        end_word(l);
                        return true;
                }
                if (c == '$' || c == '\'' || c == '"' || c == '<') {
                        if (!process_special(l, part, out))
                                return false;
                } else {
                        process_plain(l, out);
                }
        }
        end_word(l);
        return !part->end || failed(l, "a substitution does not end");
}

/* A substitution within a word starts its words anew: BuildKit's lexer has one buffer for both. */
static bool process(struct lex *l, const struct part *part, struct cm_buf *out)
{
        bool raw_escapes = l->raw_escapes;
        size_t words = l->ret->words.count;
        if (l->depth >= CM_SHELL_DEPTH_MAX)
                return failed(l, "substitutions are nested deeper than limit shell_depth_max");
        l->depth++;
        l->raw_escapes = part->raw_escapes;
        cm_buf_clear(&l->word);
        bool good = process_text(l, part, out);
        l->raw_escapes = raw_escapes;
        if (part->end) {
                l->ret->words.count = words;
                l->in_word = false;
        }
        if (good)
                l->depth--;
        return good;
}

void cm_df_expand(struct cm_arena *arena, struct cm_sv word,
                  const struct cm_df_lex_options *options, struct cm_df_expansion *ret)
{
        struct lex l = { .arena = arena, .options = options, .ret = ret, .rest = word };
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        const struct part whole = { .raw_escapes = options->raw_escapes };
        l.raw_escapes = options->raw_escapes;
        l.work = options->work == NULL ? &l.own_work : options->work;
        cm_buf_init(&out, CM_DOCKERFILE_EXPANDED_MAX);
        cm_buf_init(&l.word, CM_DOCKERFILE_EXPANDED_MAX);
        if (process(&l, &whole, &out) && out.overflow)
                ret->error = "the value is larger than limit dockerfile_expanded_max";
        if (ret->error != NULL)
                ret->words.count = 0;
        ret->text = cm_sv_dup(arena, cm_buf_sv(&out));
        cm_buf_fini(&l.word);
}
