/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One Dockerfile instruction to keyword, flags and words. Each instruction has its own rules for
 * words; they are those of BuildKit's line parsers, quirks included, because what they make of a
 * line is what gets built.
 */
#include "base/escape.h"
#include "codec/dockerfile_internal.h"
#include "codec/node_json.h"

enum {
        ONBUILD_DEPTH_MAX = 3 /* a second one is an error already; its instruction is shown still */
};

typedef void (*words_fn)(struct cm_df *df, struct cm_df_instruction *in);

static struct cm_node_pos pos_at(const struct cm_df_instruction *in, size_t offset)
{
        return cm_text_map_pos(&in->map, offset);
}

static size_t offset_of(const struct cm_df_instruction *in, const char *p)
{
        return (size_t)(p - in->line.ptr);
}

static void add_word(struct cm_df *df, struct cm_df_instruction *in, struct cm_sv s)
{
        *CM_VEC_PUSH(df->arena, &in->words) = (struct cm_df_word){ s, offset_of(in, s.ptr) };
}

/* Blanks that separate the keyword and plain words: no newline, and nothing beyond ASCII. */
static bool is_separator(char c)
{
        return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

static struct cm_sv next_plain_word(struct cm_sv *rest)
{
        size_t n = 0;
        while (n < rest->len && !is_separator(rest->ptr[n]))
                n++;
        struct cm_sv word = cm_sv_slice(*rest, 0, n);
        while (n < rest->len && is_separator(rest->ptr[n]))
                n++;
        *rest = cm_sv_skip(*rest, n);
        return word;
}

static void words_plain(struct cm_df *df, struct cm_df_instruction *in)
{
        struct cm_sv rest = in->rest.text;
        while (rest.len > 0)
                add_word(df, in, next_plain_word(&rest));
}

static void words_whole(struct cm_df *df, struct cm_df_instruction *in)
{
        if (in->rest.text.len > 0)
                add_word(df, in, in->rest.text);
}

/* Takes one word with its quotes off *rest; false at the end. */
static bool next_quoted_word(struct cm_sv *rest, char escape, struct cm_buf *word, const char **at)
{
        struct cm_sv s = cm_df_trim_left(*rest);
        char quote = '\0';
        bool any = false;
        size_t i = 0;
        *at = s.ptr;
        cm_buf_clear(word);
        for (; i < s.len; i++) {
                char c = s.ptr[i];
                if (quote == '\0' && cm_df_space(cm_sv_skip(s, i)) > 0)
                        break;
                any = any || c == '\'' || c == '"';
                if (quote != '\0' && c == quote)
                        quote = '\0';
                else if (quote == '\0' && (c == '\'' || c == '"'))
                        quote = c;
                if (c == escape && quote != '\'') {
                        if (i + 1 == s.len)
                                continue; /* at the end of the line it is skipped */
                        cm_buf_put_char(word, c);
                        c = s.ptr[++i];
                }
                cm_buf_put_char(word, c);
        }
        *rest = cm_sv_skip(s, i);
        return s.len > 0 && (any || word->len > 0);
}

/* A part of the line where the word stands there as it is. */
static struct cm_sv keep(struct cm_df *df, const struct cm_buf *word, const char *at)
{
        if (word->len == 0 || memcmp(at, word->ptr, word->len) == 0)
                return cm_sv_make(at, word->len);
        return cm_sv_dup(df->arena, cm_buf_sv(word));
}

static void words_quoted(struct cm_df *df, struct cm_df_instruction *in)
{
        struct cm_buf word CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_sv rest = in->rest.text;
        const char *at = NULL;
        cm_buf_init(&word, rest.len + 1);
        while (next_quoted_word(&rest, df->escape, &word, &at))
                *CM_VEC_PUSH(df->arena, &in->words) =
                        (struct cm_df_word){ keep(df, &word, at), offset_of(in, at) };
}

static struct cm_df_pair pair_of(const struct cm_df_word *word)
{
        struct cm_df_pair pair = { .name = *word };
        struct cm_sv name;
        struct cm_sv value;
        pair.has_value = cm_sv_cut(word->text, '=', &name, &value);
        pair.name.text = name;
        if (pair.has_value) {
                pair.value.text = value;
                pair.value.offset = word->offset + name.len + 1;
        }
        return pair;
}

static void legacy_pair(struct cm_df *df, struct cm_df_instruction *in)
{
        struct cm_sv rest = in->rest.text;
        struct cm_df_pair pair = { .legacy = true };
        pair.name.text = next_plain_word(&rest);
        pair.name.offset = in->rest.offset;
        pair.value.text = rest;
        pair.value.offset = offset_of(in, rest.ptr);
        pair.has_value = pair.name.text.len + in->rest.offset < pair.value.offset;
        if (!pair.has_value)
                cm_df_error(df, pos_at(in, in->rest.offset), "%s must have two arguments",
                            cm_escape(df->arena, in->keyword));
        *CM_VEC_PUSH(df->arena, &in->pairs) = pair;
}

/* ENV and LABEL: "name=value ..." or the old "name the value". */
static void words_pairs(struct cm_df *df, struct cm_df_instruction *in)
{
        words_quoted(df, in);
        if (in->words.count > 0 && cm_sv_find_char(in->words.items[0].text, '=') < 0) {
                legacy_pair(df, in);
                return;
        }
        for (size_t i = 0; i < in->words.count; i++) {
                const struct cm_df_word *word = &in->words.items[i];
                struct cm_df_pair pair = pair_of(word);
                if (!pair.has_value)
                        cm_df_error(df, pos_at(in, word->offset),
                                    "'%s' should have the form name=value",
                                    cm_escape(df->arena, word->text));
                *CM_VEC_PUSH(df->arena, &in->pairs) = pair;
        }
}

static void words_arg(struct cm_df *df, struct cm_df_instruction *in)
{
        words_quoted(df, in);
        for (size_t i = 0; i < in->words.count; i++)
                *CM_VEC_PUSH(df->arena, &in->pairs) = pair_of(&in->words.items[i]);
}

/* True when `s` is the JSON (exec) form, or would be but for values that are not strings. */
static bool words_json(struct cm_df *df, struct cm_df_instruction *in, struct cm_sv s)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_node_json_result result;
        const struct cm_node_json_options options = { 0 };
        s = cm_df_trim_left(s);
        if (!cm_sv_has_prefix(s, CM_SV("[")) ||
            cm_node_parse_json(df->arena, s, &options, &result, &err) < 0)
                return false;
        for (size_t i = 0; i < cm_node_count(result.root); i++) {
                const struct cm_node *n = cm_node_at(result.root, i);
                if (cm_node_type(n) != CM_NODE_STRING) {
                        cm_df_error(df, pos_at(in, offset_of(in, s.ptr)),
                                    "a JSON array here may hold nothing but strings");
                        in->words.count = 0;
                        return true;
                }
                /* The line has no newline, so a column is an offset; it points at the quote. */
                *CM_VEC_PUSH(df->arena, &in->words) =
                        (struct cm_df_word){ n->text, offset_of(in, s.ptr) + n->pos.column - 1 };
        }
        in->json = true;
        return true;
}

static void words_json_or_whole(struct cm_df *df, struct cm_df_instruction *in)
{
        if (!words_json(df, in, in->rest.text))
                words_whole(df, in);
}

static void words_json_or_plain(struct cm_df *df, struct cm_df_instruction *in)
{
        if (!words_json(df, in, in->rest.text))
                words_plain(df, in);
}

/* "NONE", or "CMD" and a command in either form. */
static void words_healthcheck(struct cm_df *df, struct cm_df_instruction *in)
{
        struct cm_sv s = in->rest.text;
        size_t n = 0;
        while (n < s.len && !cm_is_blank(s.ptr[n]))
                n++;
        if (n == 0)
                return;
        add_word(df, in, cm_sv_slice(s, 0, n));
        while (n < s.len && cm_is_blank(s.ptr[n]))
                n++;
        struct cm_sv command = cm_sv_skip(s, n);
        if (command.len > 0 && !words_json(df, in, command))
                add_word(df, in, command);
}

/* Flags lose their quotes and escapes; "--" alone ends them. Blanks between them are ASCII only. */
static bool next_flag(struct cm_df *df, struct cm_df_instruction *in, struct cm_sv *rest)
{
        struct cm_buf word CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_sv s = *rest;
        char quote = '\0';
        size_t i = 0;
        while (s.len > 0 && cm_is_blank(s.ptr[0]))
                s = cm_sv_skip(s, 1);
        if (!cm_sv_has_prefix(s, CM_SV("--"))) {
                *rest = s;
                return false;
        }
        cm_buf_init(&word, s.len);
        for (; i < s.len; i++) {
                char c = s.ptr[i];
                if (quote == '\0' && cm_is_blank(s.ptr[i]))
                        break;
                if (quote == '\0' ? c == '\'' || c == '"' : c == quote) {
                        quote = quote == '\0' ? c : '\0';
                        continue;
                }
                if (c == df->escape) {
                        if (i + 1 == s.len)
                                continue;
                        c = s.ptr[++i];
                }
                cm_buf_put_char(&word, c);
        }
        *rest = cm_sv_skip(s, i);
        struct cm_sv flag = cm_buf_sv(&word);
        if (cm_sv_eq(flag, CM_SV("--")))
                return false;
        *CM_VEC_PUSH(df->arena, &in->flags) =
                (struct cm_df_word){ cm_sv_dup(df->arena, flag), offset_of(in, s.ptr) };
        return true;
}

static void words_none(struct cm_df *df, struct cm_df_instruction *in)
{
        (void)df;
        (void)in;
}

static const struct {
        const char *name;
        words_fn words;
} commands[] = {
        { "add", words_json_or_plain },
        { "arg", words_arg },
        { "cmd", words_json_or_whole },
        { "copy", words_json_or_plain },
        { "entrypoint", words_json_or_whole },
        { "env", words_pairs },
        { "expose", words_plain },
        { "from", words_plain },
        { "healthcheck", words_healthcheck },
        { "label", words_pairs },
        { "maintainer", words_whole },
        { "onbuild", words_none },
        { "run", words_json_or_whole },
        { "shell", words_json_or_whole },
        { "stopsignal", words_whole },
        { "user", words_whole },
        { "volume", words_json_or_plain },
        { "workdir", words_whole },
};

struct cm_text_map cm_df_sub_map(struct cm_arena *arena, const struct cm_df_instruction *in,
                                 size_t offset)
{
        struct cm_text_map map = { 0 };
        for (size_t i = 0; i < in->map.count; i++) {
                struct cm_text_piece piece = in->map.items[i];
                if (i + 1 < in->map.count && in->map.items[i + 1].offset <= offset)
                        continue;
                if (piece.offset < offset) {
                        piece.pos = pos_at(in, offset);
                        piece.offset = offset;
                }
                piece.offset -= offset;
                *CM_VEC_PUSH(arena, &map) = piece;
        }
        return map;
}

static void split_nested(struct cm_df *df, struct cm_df_instruction *in, unsigned depth)
{
        if (in->rest.text.len == 0) {
                cm_df_error(df, in->map.items[0].pos, "ONBUILD needs an instruction");
                return;
        }
        if (depth > 0)
                cm_df_error(df, pos_at(in, 0), "ONBUILD within ONBUILD");
        if (depth >= ONBUILD_DEPTH_MAX)
                return;
        struct cm_df_instruction *nested = CM_NEW(df->arena, struct cm_df_instruction);
        nested->line = in->rest.text;
        nested->start_line = in->start_line;
        nested->map = cm_df_sub_map(df->arena, in, in->rest.offset);
        in->nested = nested;
        cm_df_split(df, nested, depth + 1);
}

void cm_df_split(struct cm_df *df, struct cm_df_instruction *in, unsigned depth)
{
        words_fn words = words_none;
        struct cm_sv rest = cm_df_trim(in->line);
        in->keyword = next_plain_word(&rest);
        in->cmd = cm_sv_lower(df->arena, in->keyword);
        while (next_flag(df, in, &rest))
                ;
        in->rest.text = cm_df_trim(rest);
        in->rest.offset = offset_of(in, in->rest.text.ptr);
        for (size_t i = 0; i < CM_ARRAY_LEN(commands); i++) {
                if (!cm_sv_eq(in->cmd, cm_sv_from_cstr(commands[i].name)))
                        continue;
                in->known = true;
                words = commands[i].words;
        }
        if (!in->known)
                cm_df_error(df, pos_at(in, offset_of(in, in->keyword.ptr)),
                            "instruction '%s' does not exist", cm_escape(df->arena, in->keyword));
        words(df, in);
        if (cm_sv_eq(in->cmd, CM_SV("onbuild")))
                split_nested(df, in, depth);
}

static enum cm_df_var unset(void *ctx, struct cm_sv name, struct cm_sv *ret_value)
{
        (void)ctx;
        (void)name;
        (void)ret_value;
        return CM_DF_UNSET;
}

static size_t count_quotes(struct cm_sv s)
{
        size_t n = 0;
        for (size_t i = 0; i < s.len; i++)
                n += s.ptr[i] == '\'' || s.ptr[i] == '"';
        return n;
}

/* "3<<-'EOF'": descriptor, marks, and a name that is quoted when variables stay as they are. */
bool cm_df_heredoc_of(struct cm_df *df, struct cm_sv word, struct cm_df_heredoc *ret)
{
        size_t n = 0;
        while (n < word.len && cm_is_digit(word.ptr[n]))
                n++;
        struct cm_err err = CM_ERR_INIT;
        uint64_t fd = 0;
        if (n > 0 && cm_parse_u64(cm_sv_slice(word, 0, n), 0, 1 << 20, &fd, &err) < 0)
                fd = 0;
        word = cm_sv_skip(word, n);
        if (!cm_sv_has_prefix(word, CM_SV("<<")))
                return false;
        word = cm_sv_skip(word, 2);
        ret->chomp = cm_sv_has_prefix(word, CM_SV("-"));
        word = cm_sv_trim(cm_sv_skip(word, ret->chomp));
        if (word.len == 0 || cm_sv_find_char(word, '<') >= 0)
                return false;
        struct cm_df_lex_options options = { .escape = '\\', .skip_unset = true, .get = unset };
        struct cm_df_expansion plain = { 0 };
        struct cm_df_expansion quoted = { 0 };
        cm_df_expand(df->arena, word, &options, &plain);
        options.raw_quotes = true;
        cm_df_expand(df->arena, word, &options, &quoted);
        if (plain.error != NULL || plain.words.count != 1 || quoted.words.count != 1)
                return false;
        ret->fd = (uint32_t)fd;
        ret->name = plain.words.items[0];
        ret->expand = count_quotes(plain.words.items[0]) == count_quotes(quoted.words.items[0]);
        return true;
}

void cm_df_find_heredocs(struct cm_df *df, struct cm_df_instruction *in)
{
        const struct cm_df_instruction *inner = in->nested == NULL ? in : in->nested;
        bool can = cm_sv_eq(inner->cmd, CM_SV("run")) || cm_sv_eq(inner->cmd, CM_SV("copy")) ||
                   cm_sv_eq(inner->cmd, CM_SV("add"));
        if (!can || inner->json || in->json || cm_sv_find(in->line, CM_SV("<<")) < 0)
                return;
        const struct cm_df_lex_options options = { .escape = '\\',
                                                   .raw_quotes = true,
                                                   .raw_escapes = true,
                                                   .skip_unset = true,
                                                   .get = unset };
        struct cm_df_expansion line = { 0 };
        cm_df_expand(df->arena, in->line, &options, &line);
        for (size_t i = 0; line.error == NULL && i < line.words.count; i++) {
                struct cm_df_heredoc doc = { 0 };
                if (cm_df_heredoc_of(df, line.words.items[i], &doc))
                        *CM_VEC_PUSH(df->arena, &in->heredocs) = doc;
        }
}
