/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What BuildKit refuses after its parser has split a line: flags that an instruction does not take
 * or their values, numbers of arguments, names and words of single instructions.
 */
#include "base/escape.h"
#include "base/real.h"
#include "codec/dockerfile_internal.h"

struct rule {
        const char *cmd;
        const char
                *flags; /* each after '=' (needs a value), '?' (true or false), '*' (repeatable) */
        size_t words_min;
        size_t words_max; /* 0: any */
};

static const struct rule rules[] = {
        { "add", "=chown =chmod ?link ?keep-git-dir =checksum ?unpack *exclude ", 2, 0 },
        { "arg", "", 1, 0 },
        { "cmd", "", 0, 0 },
        { "copy", "=chown =chmod ?link =from ?parents *exclude ", 2, 0 },
        { "entrypoint", "", 0, 0 },
        { "env", "", 1, 0 },
        { "expose", "", 1, 0 },
        { "from", "=platform ", 1, 3 },
        { "healthcheck", "=interval =timeout =start-period =start-interval =retries ", 1, 0 },
        { "label", "", 1, 0 },
        { "maintainer", "", 1, 1 },
        { "onbuild", "", 0, 0 },
        { "run", "*mount =network =security *device ", 0, 0 },
        { "shell", "", 1, 0 },
        { "stopsignal", "", 1, 1 },
        { "user", "", 1, 1 },
        { "volume", "", 1, 0 },
        { "workdir", "", 1, 1 },
};

/* '=', '?' or '*', or '\0' when the instruction has no such flag. */
static char kind_of_flag(const struct rule *rule, struct cm_sv name)
{
        struct cm_sv rest = cm_sv_from_cstr(rule->flags);
        struct cm_sv flag;
        while (cm_sv_next_field(&rest, ' ', &flag))
                if (flag.len > 1 && cm_sv_eq(cm_sv_skip(flag, 1), name))
                        return flag.ptr[0];
        return '\0';
}

/* Takes a number and its unit off *rest: its nanoseconds, or a negative number. */
static double next_duration(struct cm_sv *rest)
{
        static const struct {
                const char *unit;
                double nanoseconds;
        } units[] = { { "ns", 1 },   { "us", 1e3 }, { "\xc2\xb5s", 1e3 }, { "\xce\xbcs", 1e3 },
                      { "ms", 1e6 }, { "s", 1e9 },  { "m", 60e9 },        { "h", 3600e9 } };
        size_t n = 0;
        double number = 0;
        while (n < rest->len && (cm_is_digit(rest->ptr[n]) || rest->ptr[n] == '.'))
                n++;
        if (!cm_real_parse(cm_sv_slice(*rest, 0, n), &number))
                return -1;
        *rest = cm_sv_skip(*rest, n);
        for (size_t i = 0; i < CM_ARRAY_LEN(units); i++) {
                if (!cm_sv_has_prefix(*rest, cm_sv_from_cstr(units[i].unit)))
                        continue;
                *rest = cm_sv_skip(*rest, cm_sv_from_cstr(units[i].unit).len);
                return number * units[i].nanoseconds;
        }
        return -1;
}

/* Go's durations, nothing or at least a millisecond: "1m30s". */
static bool is_interval(struct cm_sv s)
{
        double sum = 0;
        if (cm_sv_has_prefix(s, CM_SV("+")))
                s = cm_sv_skip(s, 1);
        if (cm_sv_eq(s, CM_SV("0")))
                return true;
        while (s.len > 0) {
                double part = next_duration(&s);
                if (part < 0)
                        return false;
                sum += part;
        }
        return sum == 0 || sum >= 1e6;
}

static bool is_count(struct cm_sv s)
{
        struct cm_err err = CM_ERR_INIT;
        uint64_t v = 0;
        if (cm_sv_has_prefix(s, CM_SV("+")))
                s = cm_sv_skip(s, 1);
        return cm_parse_u64(s, 0, INT32_MAX, &v, &err) == 0;
}

/* What is wrong with the value of a flag that needs one, or NULL. */
static const char *value_fault(struct cm_sv name, struct cm_sv value, bool health)
{
        static const char *const networks[] = { "default", "none", "host", NULL };
        static const char *const securities[] = { "insecure", "sandbox", NULL };
        if (cm_sv_eq(name, CM_SV("network")))
                return cm_sv_is_any(value, networks) ? NULL : "is not default, none or host";
        if (cm_sv_eq(name, CM_SV("security")))
                return cm_sv_is_any(value, securities) ? NULL : "is not insecure or sandbox";
        if (!health || value.len == 0)
                return NULL;
        if (cm_sv_eq(name, CM_SV("retries")))
                return is_count(value) ? NULL : "is not a number of retries";
        return is_interval(value) ? NULL : "is not a duration of a millisecond or more";
}

static void check_flag(struct cm_df *df, const struct cm_df_instruction *in,
                       const struct rule *rule, size_t number)
{
        const struct cm_df_word *word = &in->flags.items[number];
        struct cm_node_pos pos = cm_text_map_pos(&in->map, word->offset);
        struct cm_sv name;
        struct cm_sv value;
        bool has_value = cm_sv_cut(cm_sv_skip(word->text, 2), '=', &name, &value);
        const char *shown = cm_escape(df->arena, name);
        char kind = kind_of_flag(rule, name);
        if (kind == '\0') {
                cm_df_error(df, pos, "%s has no flag '%s'", cm_escape(df->arena, in->keyword),
                            shown);
                return;
        }
        for (size_t i = 0; kind != '*' && i < number && i < 16; i++) {
                struct cm_sv other;
                struct cm_sv rest;
                CM_IGNORE(cm_sv_cut(cm_sv_skip(in->flags.items[i].text, 2), '=', &other, &rest));
                if (cm_sv_eq(other, name))
                        cm_df_error(df, pos, "flag '%s' stands twice", shown);
        }
        if (kind != '?' && !has_value)
                cm_df_error(df, pos, "flag '%s' needs a value", shown);
        if (kind == '?' && has_value && !cm_sv_eq_nocase(value, CM_SV("true")) &&
            !cm_sv_eq_nocase(value, CM_SV("false")))
                cm_df_error(df, pos, "flag '%s' is neither true nor false", shown);
        const char *fault =
                kind == '?' || !has_value
                        ? NULL
                        : value_fault(name, value, cm_sv_eq(in->cmd, CM_SV("healthcheck")));
        if (fault != NULL)
                cm_df_error(df, pos, "the value of flag '%s' %s", shown, fault);
}

static void check_health(struct cm_df *df, const struct cm_df_instruction *in,
                         struct cm_node_pos pos)
{
        struct cm_sv first = in->words.items[0].text;
        bool none = cm_sv_eq_nocase(first, CM_SV("NONE"));
        if (!none && !cm_sv_eq_nocase(first, CM_SV("CMD")))
                cm_df_error(df, pos, "HEALTHCHECK takes NONE or CMD");
        else if (none && in->words.count > 1)
                cm_df_error(df, pos, "HEALTHCHECK NONE takes no arguments");
        else if (!none && in->words.count == 1)
                cm_df_error(df, pos, "HEALTHCHECK CMD needs a command");
}

static void check_from(struct cm_df *df, const struct cm_df_instruction *in, struct cm_node_pos pos)
{
        if (in->words.count == 2)
                cm_df_error(df, pos, "FROM takes one or three arguments");
        if (in->words.count == 3 && !cm_sv_eq_nocase(in->words.items[1].text, CM_SV("AS")))
                cm_df_error(df, pos, "the second word of FROM is not AS");
}

static void check_copy(struct cm_df *df, const struct cm_df_instruction *in)
{
        struct cm_df_heredoc doc;
        const struct cm_df_word *last = &in->words.items[in->words.count - 1];
        if (cm_df_heredoc_of(df, last->text, &doc))
                cm_df_error(df, cm_text_map_pos(&in->map, last->offset),
                            "%s cannot copy to a heredoc", cm_escape(df->arena, in->keyword));
}

static void check_names(struct cm_df *df, const struct cm_df_instruction *in)
{
        for (size_t i = 0; i < in->pairs.count; i++)
                if (in->pairs.items[i].name.text.len == 0)
                        cm_df_error(df, cm_text_map_pos(&in->map, in->pairs.items[i].name.offset),
                                    "a name of %s is empty", cm_escape(df->arena, in->keyword));
        for (size_t i = 0; cm_sv_eq(in->cmd, CM_SV("volume")) && i < in->words.count; i++)
                if (cm_sv_trim(in->words.items[i].text).len == 0)
                        cm_df_error(df, cm_text_map_pos(&in->map, in->words.items[i].offset),
                                    "a path of VOLUME is empty");
}

static void check_special(struct cm_df *df, const struct cm_df_instruction *in,
                          struct cm_node_pos pos)
{
        if (cm_sv_eq(in->cmd, CM_SV("from")))
                check_from(df, in, pos);
        if (cm_sv_eq(in->cmd, CM_SV("shell")) && !in->json && in->words.count > 0)
                cm_df_error(df, pos, "SHELL takes a JSON array");
        if (cm_sv_eq(in->cmd, CM_SV("healthcheck")) && in->words.count > 0)
                check_health(df, in, pos);
        if ((cm_sv_eq(in->cmd, CM_SV("copy")) || cm_sv_eq(in->cmd, CM_SV("add"))) &&
            in->words.count > 1)
                check_copy(df, in);
        if (in->nested != NULL && (cm_sv_eq(in->nested->cmd, CM_SV("from")) ||
                                   cm_sv_eq(in->nested->cmd, CM_SV("maintainer"))))
                cm_df_error(df, pos, "%s cannot be triggered by ONBUILD",
                            cm_escape(df->arena, in->nested->keyword));
        check_names(df, in);
}

void cm_df_check(struct cm_df *df, const struct cm_df_instruction *in)
{
        struct cm_node_pos pos = cm_text_map_pos(&in->map, 0);
        bool no_health = cm_sv_eq(in->cmd, CM_SV("healthcheck")) && in->words.count > 0 &&
                         cm_sv_eq_nocase(in->words.items[0].text, CM_SV("NONE"));
        for (size_t i = 0; i < CM_ARRAY_LEN(rules); i++) {
                const struct rule *rule = &rules[i];
                if (!cm_sv_eq(in->cmd, cm_sv_from_cstr(rule->cmd)))
                        continue;
                for (size_t k = 0; !no_health && k < in->flags.count; k++)
                        check_flag(df, in, rule, k);
                if (in->words.count < rule->words_min)
                        cm_df_error(df, pos, "%s needs %s", cm_escape(df->arena, in->keyword),
                                    rule->words_min == 1 ? "an argument" : "two arguments");
                if (rule->words_max > 0 && in->words.count > rule->words_max)
                        cm_df_error(df, pos, "%s has too many arguments",
                                    cm_escape(df->arena, in->keyword));
        }
        check_special(df, in, pos);
        if (in->nested != NULL)
                cm_df_check(df, in->nested);
}
