/* SPDX-License-Identifier: Apache-2.0 */
/* Files of names and values, in the five ways that a host has of writing them. See host_text.h. */
#include "host/host_text.h"

enum {
        APT_DEPTH_MAX = 16
};

bool cm_host_next_word(struct cm_sv *rest, struct cm_sv *ret)
{
        size_t i = 0;
        while (i < rest->len && cm_is_blank(rest->ptr[i]))
                i++;
        size_t from = i;
        char quote = 0;
        for (; i < rest->len && (quote != 0 || !cm_is_blank(rest->ptr[i])); i++) {
                char c = rest->ptr[i];
                if (quote != 0)
                        quote = c == quote ? 0 : quote;
                else if (c == '"')
                        quote = c;
        }
        *ret = cm_sv_slice(*rest, from, i);
        *rest = cm_sv_skip(*rest, i);
        return ret->len > 0;
}

struct cm_sv cm_host_strip_comment(struct cm_sv line)
{
        ptrdiff_t at = cm_sv_find_char(line, '#');
        return cm_sv_trim(at < 0 ? line : cm_sv_slice(line, 0, (size_t)at));
}

static struct cm_sv unquote(struct cm_sv s)
{
        s = cm_sv_trim(s);
        if (s.len >= 2 && (s.ptr[0] == '"' || s.ptr[0] == '\'') && s.ptr[s.len - 1] == s.ptr[0])
                return cm_sv_slice(s, 1, s.len - 1);
        return s;
}

static void put(struct cm_arena *arena, struct cm_node *values, struct cm_sv name,
                struct cm_sv value, struct cm_host_origin origin)
{
        struct cm_node *n = cm_host_map(arena);
        cm_host_put_text(arena, n, "value", value);
        cm_host_put_origin(arena, n, origin);
        if (name.len > 0)
                cm_node_put(arena, values, name, (struct cm_node_pos){ 0 }, n);
}

/* apt.conf(5) without its list members and #include: what is needed of it are plain settings. */
struct apt {
        struct cm_sv text;
        size_t at;
        uint32_t line;
};

/* A word, or one of { } ; by itself. Comments are passed over. */
static bool apt_next(struct apt *a, struct cm_sv *ret)
{
        for (; a->at < a->text.len; a->at++) {
                const char *p = a->text.ptr + a->at;
                bool has_next = a->at + 1 < a->text.len;
                if (*p == '#' || (*p == '/' && has_next && p[1] == '/'))
                        while (a->at + 1 < a->text.len && a->text.ptr[a->at + 1] != '\n')
                                a->at++;
                else if (*p == '\n')
                        a->line++;
                else if (!cm_is_blank(*p))
                        break;
        }
        if (a->at >= a->text.len)
                return false;
        size_t from = a->at;
        char first = a->text.ptr[from];
        a->at++;
        if (first == '"') {
                while (a->at < a->text.len && a->text.ptr[a->at] != '"' &&
                       a->text.ptr[a->at] != '\n')
                        a->at++;
                a->at += a->at < a->text.len && a->text.ptr[a->at] == '"' ? 1 : 0;
        } else if (first != '{' && first != '}' && first != ';') {
                while (a->at < a->text.len && !cm_is_blank(a->text.ptr[a->at]) &&
                       strchr("{};\"", a->text.ptr[a->at]) == NULL)
                        a->at++;
        }
        *ret = cm_sv_slice(a->text, from, a->at);
        return true;
}

static void parse_apt(struct cm_arena *arena, struct cm_sv source, struct cm_sv text,
                      struct cm_node *values)
{
        struct cm_sv scopes[APT_DEPTH_MAX] = { 0 };
        size_t depth = 0;
        struct cm_sv name = CM_SV("");
        struct cm_sv word;
        struct apt a = { .text = text, .line = 1 };
        while (apt_next(&a, &word)) {
                struct cm_sv base = depth == 0 ? CM_SV("") : scopes[depth - 1];
                if (cm_sv_eq(word, CM_SV("{")) && depth < APT_DEPTH_MAX) {
                        scopes[depth++] =
                                cm_sv_printf(arena, "%.*s%.*s::", CM_SV_ARG(base), CM_SV_ARG(name));
                        name = CM_SV("");
                } else if (cm_sv_eq(word, CM_SV("}"))) {
                        depth -= depth > 0 ? 1 : 0;
                        name = CM_SV("");
                } else if (cm_sv_eq(word, CM_SV(";"))) {
                        name = CM_SV("");
                } else if (name.len == 0) {
                        name = word;
                } else {
                        put(arena, values,
                            cm_sv_printf(arena, "%.*s%.*s", CM_SV_ARG(base), CM_SV_ARG(name)),
                            unquote(word), (struct cm_host_origin){ source, a.line });
                }
        }
}

/* "NAME=value" in one of its ways, or "NAME value": the name is "" when there is none. */
static void split_setting(struct cm_arena *arena, enum cm_host_syntax syntax, struct cm_sv section,
                          struct cm_sv line, struct cm_sv *ret_name, struct cm_sv *ret_value)
{
        if (syntax == CM_HOST_SYNTAX_BLANK) {
                CM_IGNORE(cm_host_next_word(&line, ret_name));
                *ret_value = cm_host_strip_comment(line);
                return;
        }
        cm_sv_cut(syntax == CM_HOST_SYNTAX_EQUALS ? cm_host_strip_comment(line) : line, '=',
                  ret_name, ret_value);
        *ret_name = cm_sv_trim(*ret_name);
        *ret_value = cm_sv_trim(*ret_value);
        if (syntax == CM_HOST_SYNTAX_SHELL) {
                if (cm_sv_has_prefix(*ret_name, CM_SV("export ")))
                        *ret_name = cm_sv_trim(cm_sv_skip(*ret_name, 7));
                *ret_value = unquote(*ret_value);
        } else if (syntax == CM_HOST_SYNTAX_INI) {
                *ret_name =
                        cm_sv_printf(arena, "%.*s.%.*s", CM_SV_ARG(section), CM_SV_ARG(*ret_name));
        }
}

void cm_host_text_settings(struct cm_arena *arena, enum cm_host_syntax syntax, struct cm_sv source,
                           struct cm_sv text, struct cm_node *values)
{
        struct cm_host_origin origin = { source, 0 };
        struct cm_sv section = CM_SV("");
        struct cm_sv line;
        if (syntax == CM_HOST_SYNTAX_APT) {
                parse_apt(arena, source, text, values);
                return;
        }
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv name = CM_SV("");
                struct cm_sv value = CM_SV("");
                origin.line++;
                line = cm_sv_trim(line);
                if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
                        continue;
                if (syntax == CM_HOST_SYNTAX_INI && line.ptr[0] == '[') {
                        section = cm_sv_slice(line, 1, line.len - 1);
                        continue;
                }
                split_setting(arena, syntax, section, line, &name, &value);
                put(arena, values, name, value, origin);
        }
}

struct cm_sv cm_host_flag(struct cm_arena *arena, struct cm_sv line, const char *name)
{
        struct cm_sv flag = cm_sv_printf(arena, "--%s", name);
        struct cm_sv word;
        while (cm_host_next_word(&line, &word)) {
                struct cm_sv head;
                struct cm_sv value;
                bool has_value = cm_sv_cut(word, '=', &head, &value);
                if (!cm_sv_eq(head, flag))
                        continue;
                return has_value || !cm_host_next_word(&line, &word) ? value : word;
        }
        return CM_SV("");
}
