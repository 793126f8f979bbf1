/* SPDX-License-Identifier: Apache-2.0 */
/* See image_history.h. */
#include "check/image_history.h"

#include "base/limits.h"
#include "check/document.h"
#include "codec/shell_words.h"

enum shell_kind {
        SHELL_NONE, /* an exec form, or a builder that does not name the shell */
        SHELL_POSIX,
        SHELL_OTHER
};

struct step {
        struct cm_sv keyword; /* "RUN" */
        struct cm_sv rest;    /* what follows, of RUN the command */
        struct cm_sv raw;     /* all of it */
        struct cm_sv build_args;
        uint64_t build_arg_count;
        enum shell_kind shell;
};

static const char *const keywords[] = { "ADD",     "ARG",     "CMD",   "COPY",        "ENTRYPOINT",
                                        "ENV",     "EXPOSE",  "LABEL", "HEALTHCHECK", "MAINTAINER",
                                        "ONBUILD", "RUN",     "SHELL", "STOPSIGNAL",  "USER",
                                        "VOLUME",  "WORKDIR", NULL };
static const char *const posix_shells[] = { "sh", "bash", "dash", "ash", "ksh", "zsh", NULL };
static const char *const other_shells[] = { "cmd",  "cmd.exe",  "powershell", "powershell.exe",
                                            "pwsh", "pwsh.exe", NULL };

static struct cm_sv first_word(struct cm_sv text, struct cm_sv *ret_rest)
{
        size_t n = 0;
        while (n < text.len && !cm_is_blank(text.ptr[n]))
                n++;
        *ret_rest = cm_sv_trim(cm_sv_skip(text, n));
        return cm_sv_slice(text, 0, n);
}

/* "/bin/bash -o pipefail -c COMMAND": the shell with its flags, up to the one that ends in "c". */
static enum shell_kind cut_shell(struct cm_sv *text)
{
        enum {
                SHELL_WORDS_MAX = 12
        };
        struct cm_sv rest;
        struct cm_sv word = first_word(*text, &rest);
        ptrdiff_t slash = cm_sv_rfind_char(word, '\\');
        struct cm_sv name = cm_sv_base_name(cm_sv_skip(word, (size_t)(slash + 1)));
        if (cm_sv_is_any(name, other_shells))
                return SHELL_OTHER;
        if (!cm_sv_is_any(name, posix_shells))
                return SHELL_NONE;
        for (int i = 0; i < SHELL_WORDS_MAX && rest.len > 0; i++) {
                word = first_word(rest, &rest);
                if (word.len < 2 || word.ptr[0] != '-' || word.ptr[word.len - 1] != 'c')
                        continue;
                *text = rest;
                return SHELL_POSIX;
        }
        return SHELL_NONE;
}

static bool is_name(struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!cm_is_alnum(s.ptr[i]) && cm_sv_find_char(CM_SV("_.-/"), s.ptr[i]) < 0)
                        return false;
        return s.len > 0;
}

/* Whether a word begins a pair: values may have blanks, and nobody quotes them. */
static bool begins_pair(struct cm_sv word)
{
        struct cm_sv name, value;
        return cm_sv_cut(word, '=', &name, &value) && is_name(name) && name.ptr[0] != '/';
}

/* "|2 A=b C=d e /bin/sh -c COMMAND": build arguments stand before the shell, with a bare number. */
static void cut_build_args(struct step *s)
{
        struct cm_sv rest;
        struct cm_sv number = cm_sv_skip(first_word(s->rest, &rest), 1);
        struct cm_err no_number = CM_ERR_INIT;
        if (cm_parse_u64(number, 0, UINT32_MAX, &s->build_arg_count, &no_number) < 0)
                return;
        struct cm_sv from = rest;
        s->rest = rest;
        for (uint64_t seen = 0; rest.len > 0; s->rest = rest) {
                struct cm_sv after;
                struct cm_sv word = first_word(rest, &after);
                struct cm_sv command = rest;
                if (seen >= s->build_arg_count && cut_shell(&command) != SHELL_NONE)
                        break;
                if (begins_pair(word))
                        seen++;
                rest = after;
        }
        s->build_args = cm_sv_slice(from, 0, from.len - s->rest.len);
}

static bool cut_keyword(struct cm_sv text, struct step *s)
{
        s->keyword = first_word(text, &s->rest);
        return cm_sv_is_any(s->keyword, keywords);
}

static bool read_step(struct cm_sv text, struct step *s)
{
        text = cm_sv_trim(text);
        const struct cm_sv mark = CM_SV("# buildkit");
        if (cm_sv_has_suffix(text, mark))
                text = cm_sv_trim(cm_sv_slice(text, 0, text.len - mark.len));
        *s = (struct step){ .raw = text };
        if (!cut_keyword(text, s)) {
                struct cm_sv command = text;
                enum shell_kind shell = cut_shell(&command);
                bool has_args = text.len > 1 && text.ptr[0] == '|' && cm_is_digit(text.ptr[1]);
                if (shell == SHELL_NONE && !has_args)
                        return false;
                /* The old builder writes what runs nothing as a shell comment. */
                const struct cm_sv nop = CM_SV("#(nop)");
                if (cm_sv_has_prefix(command, nop))
                        return cut_keyword(cm_sv_trim(cm_sv_skip(command, nop.len)), s);
                s->keyword = CM_SV("RUN");
                s->rest = text;
        }
        if (!cm_sv_eq(s->keyword, CM_SV("RUN")))
                return true;
        if (s->rest.len > 0 && s->rest.ptr[0] == '|')
                cut_build_args(s);
        s->shell = cut_shell(&s->rest);
        return true;
}

struct cm_sv cm_image_history_short(struct cm_arena *arena, struct cm_sv created_by)
{
        struct step s;
        if (!read_step(created_by, &s))
                return cm_sv_trim(created_by);
        return cm_sv_join(arena, cm_sv_join(arena, s.keyword, CM_SV(" ")), s.rest);
}

struct building {
        struct cm_arena *arena;
        struct cm_node_pos pos;
};

static struct cm_node *text_node(const struct building *b, struct cm_sv text)
{
        return cm_node_new_string(b->arena, b->pos, text);
}

static void put(const struct building *b, struct cm_node *map, const char *key,
                const struct cm_node *value)
{
        cm_node_put(b->arena, map, cm_sv_from_cstr(key), b->pos, value);
}

static void add_pair(const struct building *b, struct cm_node *list, struct cm_sv text)
{
        struct cm_sv name, value;
        struct cm_node *pair = cm_node_new_map(b->arena, b->pos);
        bool has_value = cm_sv_cut(text, '=', &name, &value);
        if (value.len > 1 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
                value = cm_sv_slice(value, 1, value.len - 1);
        put(b, pair, "name", text_node(b, name));
        put(b, pair, "name_raw", text_node(b, name));
        if (has_value)
                put(b, pair, "raw", text_node(b, value));
        put(b, pair, "value", has_value ? text_node(b, value) : cm_node_new_null(b->arena, b->pos));
        put(b, pair, "legacy", cm_node_new_bool(b->arena, b->pos, false));
        cm_node_add(b->arena, list, pair);
}

/* "A=b c D=e" is A with "b c", and D. */
static struct cm_node *pairs_of(const struct building *b, struct cm_sv text)
{
        struct cm_node *list = cm_node_new_list(b->arena, b->pos);
        const char *from = NULL; /* of the pair that is open */
        const char *to = NULL;
        for (struct cm_sv rest = cm_sv_trim(text), word; rest.len > 0;) {
                word = first_word(rest, &rest);
                if (from != NULL && begins_pair(word)) {
                        add_pair(b, list, cm_sv_make(from, (size_t)(to - from)));
                        from = NULL;
                }
                from = from == NULL ? word.ptr : from;
                to = word.ptr + word.len;
        }
        if (from != NULL)
                add_pair(b, list, cm_sv_make(from, (size_t)(to - from)));
        return list;
}

/* "map[22/tcp:{} 80/tcp:{}]", "[/data]" and "22 80". */
static void add_set(const struct building *b, struct cm_node *list, struct cm_sv text)
{
        if (cm_sv_has_prefix(text, CM_SV("map")))
                text = cm_sv_skip(text, 3);
        if (cm_sv_has_prefix(text, CM_SV("[")) && cm_sv_has_suffix(text, CM_SV("]")))
                text = cm_sv_slice(text, 1, text.len - 1);
        for (struct cm_sv word; text.len > 0;) {
                word = first_word(text, &text);
                if (cm_sv_has_suffix(word, CM_SV(":{}")))
                        word.len -= 3;
                if (word.len > 1 && word.ptr[0] == '"' && word.ptr[word.len - 1] == '"')
                        word = cm_sv_slice(word, 1, word.len - 1);
                if (word.len > 0)
                        cm_node_add(b->arena, list, text_node(b, word));
        }
}

/* The old builder names what was copied by a checksum: "file:HASH in /app". That is no source. */
static void add_paths(const struct building *b, struct cm_node *list, struct cm_sv text)
{
        static const char *const sums[] = { "file:", "dir:", "multi:" };
        for (struct cm_sv word; text.len > 0;) {
                word = first_word(text, &text);
                bool is_sum = false;
                for (size_t i = 0; i < CM_ARRAY_LEN(sums); i++)
                        is_sum = is_sum || cm_sv_has_prefix(word, cm_sv_from_cstr(sums[i]));
                if (is_sum)
                        cm_node_add(b->arena, list, cm_node_new_null(b->arena, b->pos));
                else if (!cm_sv_eq(word, CM_SV("in")) || text.len == 0)
                        cm_node_add(b->arena, list, text_node(b, word));
        }
}

/* "--chown=1:1 --link a b": takes the flags off. */
static struct cm_node *flags_of(const struct building *b, struct cm_sv *rest)
{
        struct cm_node *flags = cm_node_new_map(b->arena, b->pos);
        while (cm_sv_has_prefix(*rest, CM_SV("--"))) {
                struct cm_sv after, name, value;
                bool has_value = cm_sv_cut(first_word(*rest, &after), '=', &name, &value);
                cm_node_put(b->arena, flags, cm_sv_skip(name, 2), b->pos,
                            has_value ? text_node(b, value)
                                      : cm_node_new_bool(b->arena, b->pos, true));
                *rest = after;
        }
        return flags;
}

static struct cm_node *values_of(const struct building *b, const struct step *s)
{
        static const char *const paths[] = { "ADD", "COPY", NULL };
        static const char *const sets[] = { "EXPOSE", "VOLUME", NULL };
        static const char *const whole[] = { "USER", "WORKDIR", "STOPSIGNAL", NULL };
        struct cm_node *list = cm_node_new_list(b->arena, b->pos);
        if (cm_sv_is_any(s->keyword, paths))
                add_paths(b, list, s->rest);
        else if (cm_sv_is_any(s->keyword, sets))
                add_set(b, list, s->rest);
        else if (cm_sv_is_any(s->keyword, whole))
                cm_node_add(b->arena, list, text_node(b, s->rest));
        return list;
}

/* What becomes nodes is limited as the words of commands are; a config may have megabytes of it. */
static int count_words(const struct step *s, size_t *words, struct cm_err *err)
{
        bool is_run = cm_sv_eq(s->keyword, CM_SV("RUN"));
        struct cm_sv text = is_run ? s->build_args : s->rest;
        for (size_t i = 0; i < text.len; i++)
                *words += cm_is_blank(text.ptr[i]) ? 1 : 0;
        if (*words <= CM_SHELL_WORDS_MAX)
                return 0;
        return CM_RAISE(err, CM_E_LIMIT, "history has more words than shell_words_max (%zu)",
                        CM_SHELL_WORDS_MAX);
}

static int commands_of(const struct building *b, const struct step *s, size_t *words,
                       const struct cm_node **ret, struct cm_err *err)
{
        struct cm_shell_script script = { 0 };
        bool is_run = cm_sv_eq(s->keyword, CM_SV("RUN")) && s->shell != SHELL_OTHER;
        struct cm_sv text = is_run ? s->rest : CM_SV("");
        int r = cm_shell_parse(b->arena, text, words, &script, err);
        if (r < 0)
                return r;
        const struct cm_text_map nowhere = { 0 };
        *ret = cm_node_move(b->arena, cm_shell_to_node(b->arena, &script, &nowhere), b->pos);
        return 0;
}

int cm_image_history_instruction(struct cm_arena *arena, const struct cm_node *created_by,
                                 size_t *words, const struct cm_node **ret, struct cm_err *err)
{
        static const char *const with_pairs[] = { "ENV", "ARG", "LABEL", NULL };
        static const char *const shells[] = { "none", "posix", "other" };
        static const char *const empty_lists[] = { "flag_list", "mounts",   "unknown",
                                                   "heredocs",  "comments", "suppress" };
        const struct building b = { arena, created_by->pos };
        struct step s;
        if (!read_step(cm_node_string(created_by), &s))
                return 1;
        const struct cm_node *commands = NULL;
        int r = count_words(&s, words, err);
        if (r == 0)
                r = commands_of(&b, &s, words, &commands, err);
        if (r < 0)
                return r;
        struct cm_node *ins = cm_node_new_map(arena, b.pos);
        put(&b, ins, "cmd", text_node(&b, cm_sv_lower(arena, s.keyword)));
        put(&b, ins, "keyword", text_node(&b, s.keyword));
        put(&b, ins, "known", cm_node_new_bool(arena, b.pos, true));
        put(&b, ins, "json", cm_node_new_bool(arena, b.pos, cm_sv_has_prefix(s.rest, CM_SV("["))));
        put(&b, ins, "raw", text_node(&b, s.raw));
        put(&b, ins, "flags", flags_of(&b, &s.rest));
        put(&b, ins, "text", text_node(&b, s.rest));
        put(&b, ins, "values", values_of(&b, &s));
        put(&b, ins, "pairs",
            pairs_of(&b, cm_sv_is_any(s.keyword, with_pairs) ? s.rest : CM_SV("")));
        put(&b, ins, "build_args", pairs_of(&b, s.build_args));
        put(&b, ins, "shell", text_node(&b, cm_sv_from_cstr(shells[s.shell])));
        put(&b, ins, "commands", commands);
        for (size_t i = 0; i < CM_ARRAY_LEN(empty_lists); i++)
                put(&b, ins, empty_lists[i], cm_node_new_list(arena, b.pos));
        *ret = ins;
        return 0;
}
