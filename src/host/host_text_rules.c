/* SPDX-License-Identifier: Apache-2.0 */
/* Files of rules: PAM stacks, sshd's configuration, sudoers, audit rules. See host_text.h. */
#include "base/buf.h"
#include "host/host_text.h"

enum {
        /* Joined lines, and values that add up: a hostile file must not make them grow with each
         * of its lines. Real ones have a hundred bytes. */
        JOINED_BYTES_MAX = 64 << 10,
        ADDED_BYTES_MAX = 4 << 10
};

static const struct cm_node_pos nowhere = { 0 };

/* Takes a line with those that a backslash at its end joins to it. */
static bool next_joined(struct cm_arena *arena, struct cm_sv *rest, uint32_t *line,
                        struct cm_sv *ret)
{
        if (!cm_sv_next_line(rest, ret))
                return false;
        ++*line;
        if (!cm_sv_has_suffix(*ret, CM_SV("\\")))
                return true;
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, JOINED_BYTES_MAX);
        struct cm_sv part = *ret;
        bool is_open = true;
        while (is_open) {
                is_open = cm_sv_has_suffix(part, CM_SV("\\"));
                cm_buf_put_sv(&buf, is_open ? cm_sv_slice(part, 0, part.len - 1) : part);
                is_open = is_open && !buf.overflow && cm_sv_next_line(rest, &part);
                *line += is_open ? 1 : 0;
        }
        *ret = cm_sv_dup(arena, cm_buf_sv(&buf));
        return true;
}

void cm_host_text_pam(struct cm_arena *arena, struct cm_sv source, struct cm_sv text,
                      struct cm_node *list)
{
        struct cm_host_origin origin = { source, 0 };
        struct cm_sv line;
        while (next_joined(arena, &text, &origin.line, &line)) {
                struct cm_sv rest = cm_host_strip_comment(line);
                struct cm_sv type;
                struct cm_sv word;
                if (!cm_host_next_word(&rest, &type))
                        continue;
                struct cm_node *n = cm_host_map(arena);
                rest = cm_sv_trim(rest);
                if (cm_sv_eq(type, CM_SV("@include"))) {
                        cm_host_put_text(arena, n, "include", rest);
                } else {
                        ptrdiff_t end = cm_sv_has_prefix(rest, CM_SV("["))
                                                ? cm_sv_find_char(rest, ']')
                                                : -1;
                        struct cm_sv control = cm_sv_slice(rest, 0, (size_t)(end + 1));
                        rest = cm_sv_skip(rest, control.len);
                        if (control.len == 0 && !cm_host_next_word(&rest, &control))
                                continue;
                        if (!cm_host_next_word(&rest, &word))
                                continue;
                        struct cm_node *args = cm_host_new_list(arena);
                        cm_host_put_text(arena, n, "type",
                                         type.ptr[0] == '-' ? cm_sv_skip(type, 1) : type);
                        cm_host_put_text(arena, n, "control", control);
                        cm_host_put_text(arena, n, "module", cm_sv_base_name(word));
                        while (cm_host_next_word(&rest, &word))
                                cm_host_add_text(arena, args, word);
                        cm_host_put(arena, n, "args", args);
                }
                cm_host_put_origin(arena, n, origin);
                cm_node_add(arena, list, n);
        }
}

/* Keywords whose lines add up; of all others the first value counts. Spec: sshd_config(5). */
static bool is_sshd_list(struct cm_sv keyword)
{
        static const char *const lists[] = { "acceptenv",     "allowgroups", "allowusers",
                                             "denygroups",    "denyusers",   "hostkey",
                                             "listenaddress", "port",        NULL };
        return cm_sv_is_any(keyword, lists);
}

static void put_sshd(struct cm_host_sshd *s, struct cm_sv keyword, struct cm_sv value,
                     struct cm_host_origin origin)
{
        struct cm_node *values = s->open != NULL ? s->open : s->values;
        const struct cm_node *old = cm_node_get_sv(values, keyword);
        if (old != NULL &&
            (!is_sshd_list(keyword) || cm_node_get_string(old, "value").len > ADDED_BYTES_MAX))
                return;
        if (old != NULL)
                value = cm_sv_printf(s->arena, "%.*s %.*s",
                                     CM_SV_ARG(cm_node_get_string(old, "value")), CM_SV_ARG(value));
        struct cm_node *n = cm_host_map(s->arena);
        cm_host_put_text(s->arena, n, "value", value);
        cm_host_put_origin(s->arena, n, origin);
        cm_node_put(s->arena, values, keyword, nowhere, n);
}

static void open_match(struct cm_host_sshd *s, struct cm_sv criteria, struct cm_host_origin origin)
{
        struct cm_node *n = cm_host_map(s->arena);
        s->open = cm_host_map(s->arena);
        cm_host_put_text(s->arena, n, "criteria", criteria);
        cm_host_put(s->arena, n, "values", s->open);
        cm_host_put_origin(s->arena, n, origin);
        cm_node_add(s->arena, s->matches, n);
}

void cm_host_text_sshd(struct cm_host_sshd *s, struct cm_sv source, struct cm_sv text)
{
        struct cm_host_origin origin = { source, 0 };
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                origin.line++;
                line = cm_sv_trim(line);
                if (line.len == 0 || line.ptr[0] == '#')
                        continue;
                size_t end = 0;
                while (end < line.len && !cm_is_blank(line.ptr[end]) && line.ptr[end] != '=')
                        end++;
                struct cm_sv keyword = cm_sv_lower(s->arena, cm_sv_slice(line, 0, end));
                struct cm_sv value = cm_sv_trim(cm_sv_skip(line, end));
                if (cm_sv_has_prefix(value, CM_SV("=")))
                        value = cm_sv_trim(cm_sv_skip(value, 1));
                ptrdiff_t comment = cm_sv_find(value, CM_SV(" #"));
                if (comment >= 0)
                        value = cm_sv_trim(cm_sv_slice(value, 0, (size_t)comment));
                if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
                        value = cm_sv_slice(value, 1, value.len - 1);
                struct cm_sv pattern;
                if (cm_sv_eq(keyword, CM_SV("match")))
                        open_match(s, value, origin);
                else if (!cm_sv_eq(keyword, CM_SV("include")))
                        put_sshd(s, keyword, value, origin);
                else if (s->includer != NULL)
                        while (cm_host_next_word(&value, &pattern)) {
                                /* A Match of the included file ends with it. */
                                struct cm_node *open = s->open;
                                s->includer->include(s->includer, pattern, false);
                                s->open = open;
                        }
        }
}

/* "env_reset, !fqdn, timestamp_timeout=5" */
static void add_defaults(struct cm_host_sudo *s, struct cm_sv scope, struct cm_sv text,
                         struct cm_host_origin origin)
{
        while (text.len > 0) {
                size_t end = 0;
                bool is_quoted = false;
                for (; end < text.len && (is_quoted || text.ptr[end] != ','); end++)
                        is_quoted = text.ptr[end] == '"' ? !is_quoted : is_quoted;
                struct cm_sv item = cm_sv_trim(cm_sv_slice(text, 0, end));
                text = cm_sv_skip(text, end + 1);
                struct cm_node *n = cm_host_map(s->arena);
                struct cm_sv name;
                struct cm_sv value;
                bool is_negated = cm_sv_has_prefix(item, CM_SV("!"));
                if (item.len == 0)
                        continue;
                cm_sv_cut(is_negated ? cm_sv_skip(item, 1) : item, '=', &name, &value);
                while (name.len > 0 &&
                       (name.ptr[name.len - 1] == '+' || name.ptr[name.len - 1] == '-'))
                        name.len--;
                value = cm_sv_trim(value);
                if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
                        value = cm_sv_slice(value, 1, value.len - 1);
                cm_host_put_text(s->arena, n, "name", cm_sv_trim(name));
                cm_host_put_text(s->arena, n, "value", value);
                cm_host_put_bool(s->arena, n, "negated", is_negated);
                cm_host_put_text(s->arena, n, "scope", scope);
                cm_host_put_origin(s->arena, n, origin);
                cm_node_add(s->arena, s->defaults, n);
        }
}

/* "%wheel ALL=(ALL) NOPASSWD: /bin/ls": who, and the tags. What may be run is not kept. */
static void add_rule(struct cm_host_sudo *s, struct cm_sv who, struct cm_sv text,
                     struct cm_host_origin origin)
{
        static const char *const tags[] = { "NOPASSWD", "PASSWD",   "NOEXEC", "EXEC",
                                            "SETENV",   "NOSETENV", NULL };
        struct cm_node *n = cm_host_map(s->arena);
        struct cm_node *found = cm_host_new_list(s->arena);
        size_t from = 0;
        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];
                struct cm_sv word = cm_sv_slice(text, from, i);
                if (c == ':' && cm_sv_is_any(word, tags))
                        cm_host_add_text(s->arena, found, word);
                if (!cm_is_upper(c))
                        from = i + 1;
        }
        cm_host_put_text(s->arena, n, "who", who);
        cm_host_put(s->arena, n, "tags", found);
        cm_host_put_origin(s->arena, n, origin);
        cm_node_add(s->arena, s->rules, n);
}

/* "#" begins a comment unless a number follows: that is a user id. */
static struct cm_sv strip_sudo_comment(struct cm_sv line)
{
        bool is_quoted = false;
        for (size_t i = 0; i < line.len; i++) {
                is_quoted = line.ptr[i] == '"' ? !is_quoted : is_quoted;
                bool is_id = i + 1 < line.len && cm_is_digit(line.ptr[i + 1]);
                if (line.ptr[i] == '#' && !is_quoted && !is_id)
                        return cm_sv_trim(cm_sv_slice(line, 0, i));
        }
        return cm_sv_trim(line);
}

void cm_host_text_sudo(struct cm_host_sudo *s, struct cm_sv source, struct cm_sv text)
{
        static const char *const includes[] = { "@include", "#include", NULL };
        static const char *const directories[] = { "@includedir", "#includedir", NULL };
        struct cm_host_origin origin = { source, 0 };
        struct cm_sv line;
        while (next_joined(s->arena, &text, &origin.line, &line)) {
                struct cm_sv rest = line;
                struct cm_sv word;
                if (!cm_host_next_word(&rest, &word))
                        continue;
                if (cm_sv_is_any(word, includes) || cm_sv_is_any(word, directories)) {
                        if (s->includer != NULL)
                                s->includer->include(s->includer, cm_sv_trim(rest),
                                                     cm_sv_is_any(word, directories));
                        continue;
                }
                rest = strip_sudo_comment(line);
                if (!cm_host_next_word(&rest, &word) || cm_sv_has_suffix(word, CM_SV("_Alias")))
                        continue;
                if (cm_sv_has_prefix(word, CM_SV("Defaults")))
                        add_defaults(s, cm_sv_skip(word, 8), cm_sv_trim(rest), origin);
                else
                        add_rule(s, word, rest, origin);
        }
}

struct audit_rule {
        struct cm_node *node;
        struct cm_node *syscalls;
        struct cm_node *fields;
        bool is_watch;
        bool is_rule;
};

static void audit_field(struct cm_arena *arena, struct audit_rule *r, struct cm_sv text)
{
        struct cm_sv name;
        struct cm_sv value;
        if (cm_sv_cut(text, '=', &name, &value)) {
                if (cm_sv_eq(name, CM_SV("path")) || cm_sv_eq(name, CM_SV("dir"))) {
                        cm_host_put_text(arena, r->node, "path", value);
                        r->is_watch = true;
                } else if (cm_sv_eq(name, CM_SV("perm"))) {
                        cm_host_put_text(arena, r->node, "perms", value);
                } else if (cm_sv_eq(name, CM_SV("key"))) {
                        cm_host_put_text(arena, r->node, "key", value);
                }
        }
        cm_host_add_text(arena, r->fields, text);
}

/* One option with its value; false: it is none that makes a rule. */
static bool audit_option(struct cm_arena *arena, struct audit_rule *r, char option,
                         struct cm_sv value)
{
        struct cm_sv item;
        struct cm_sv head;
        struct cm_sv tail;
        switch (option) {
        case 'w':
                r->is_watch = r->is_rule = true;
                if (value.len > 1 && value.ptr[value.len - 1] == '/')
                        value.len--;
                cm_host_put_text(arena, r->node, "path", value);
                return true;
        case 'p':
                cm_host_put_text(arena, r->node, "perms", value);
                return true;
        case 'k':
                cm_host_put_text(arena, r->node, "key", value);
                return true;
        case 'a':
        case 'A':
                r->is_rule = true;
                cm_sv_cut(value, ',', &head, &tail);
                bool is_action = cm_sv_eq(head, CM_SV("always")) || cm_sv_eq(head, CM_SV("never"));
                cm_host_put_text(arena, r->node, "action", is_action ? head : tail);
                cm_host_put_text(arena, r->node, "list", is_action ? tail : head);
                return true;
        case 'S':
                while (cm_sv_next_field(&value, ',', &item))
                        if (!cm_sv_eq(item, CM_SV("all"))) /* as if there were no -S */
                                cm_host_add_text(arena, r->syscalls, item);
                return true;
        case 'F':
        case 'C':
                audit_field(arena, r, value);
                return true;
        case 'e':
        case 'b':
        case 'f':
        case 'r':
                cm_host_put_text(arena, r->node, "kind", CM_SV("control"));
                cm_host_put_text(arena, r->node, "option", cm_sv_printf(arena, "-%c", option));
                cm_host_put_text(arena, r->node, "value", value);
                return true;
        }
        return false;
}

void cm_host_text_audit(struct cm_arena *arena, struct cm_sv source, struct cm_sv text,
                        struct cm_node *list)
{
        struct cm_host_origin origin = { source, 0 };
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv rest = cm_sv_trim(line);
                struct cm_sv word;
                struct cm_sv value;
                origin.line++;
                if (rest.len == 0 || rest.ptr[0] == '#')
                        continue;
                struct audit_rule r = { cm_host_map(arena), cm_host_new_list(arena),
                                        cm_host_new_list(arena), false, false };
                while (cm_host_next_word(&rest, &word)) {
                        if (word.len < 2 || word.ptr[0] != '-')
                                continue;
                        value = cm_sv_skip(word, 2);
                        if (value.len == 0 && !cm_host_next_word(&rest, &value))
                                break;
                        if (!audit_option(arena, &r, word.ptr[1], value))
                                break;
                }
                if (r.is_watch && cm_node_get(r.node, "perms") == NULL)
                        cm_host_put_text(arena, r.node, "perms", CM_SV("rwxa"));
                if (r.is_rule) {
                        cm_host_put_text(arena, r.node, "kind",
                                         r.is_watch && cm_node_count(r.syscalls) == 0
                                                 ? CM_SV("watch")
                                                 : CM_SV("syscall"));
                        if (cm_node_get(r.node, "action") == NULL)
                                cm_host_put_text(arena, r.node, "action", CM_SV("always"));
                        cm_host_put(arena, r.node, "syscalls", r.syscalls);
                        cm_host_put(arena, r.node, "fields", r.fields);
                }
                cm_host_put_origin(arena, r.node, origin);
                if (cm_node_get(r.node, "kind") != NULL)
                        cm_node_add(arena, list, r.node);
        }
}
