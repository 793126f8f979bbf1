/* SPDX-License-Identifier: Apache-2.0 */
/* `rsyslog` ({settings, receives, forwards}) and `chrony` ({servers, user}); null: not there. */
#include "host/host_text.h"

/* Lines that open a port for messages of others, and lines that send them away. */
static bool has_any(struct cm_sv line, const char *const *words)
{
        for (; *words != NULL; words++)
                if (cm_sv_find(line, cm_sv_from_cstr(*words)) >= 0)
                        return true;
        return false;
}

struct rsyslog {
        struct cm_node *settings;
        struct cm_node *receives;
        struct cm_node *forwards;
};

static void read_rsyslog(struct cm_arena *arena, struct rsyslog *r, struct cm_sv source,
                         struct cm_sv text)
{
        static const char *const inputs[] = { "\"imtcp\"",     "\"imudp\"",
                                              "\"imrelp\"",    "ModLoad imtcp",
                                              "ModLoad imudp", "TCPServerRun",
                                              "UDPServerRun",  NULL };
        static const char *const outputs[] = { "omfwd", "omrelp", " @", "\t@", NULL };
        struct cm_host_origin origin = { source, 0 };
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv rest = cm_host_strip_comment(line);
                struct cm_sv name;
                origin.line++;
                if (rest.len == 0)
                        continue;
                if (has_any(rest, inputs))
                        cm_host_add_line(arena, r->receives, "text", rest, origin);
                if (has_any(rest, outputs))
                        cm_host_add_line(arena, r->forwards, "text", rest, origin);
                if (rest.ptr[0] == '$' && cm_host_next_word(&rest, &name)) {
                        struct cm_node *n = cm_host_map(arena);
                        cm_host_put_text(arena, n, "value", cm_sv_trim(rest));
                        cm_host_put_origin(arena, n, origin);
                        cm_node_put(arena, r->settings, cm_sv_skip(name, 1),
                                    (struct cm_node_pos){ 0 }, n);
                }
        }
}

static void collect_rsyslog(struct cm_host *h, struct cm_node *facts)
{
        static const char *const directories[] = { "etc/rsyslog.d", NULL };
        struct cm_host_text t = cm_host_read(h, "etc/rsyslog.conf");
        struct cm_host_files files = cm_host_drop_ins(h, directories, ".conf");
        struct rsyslog r = { cm_host_map(h->arena), cm_host_new_list(h->arena),
                             cm_host_new_list(h->arena) };
        struct cm_sv problem = t.state == CM_HOST_UNREADABLE       ? t.reason
                               : files.state == CM_HOST_UNREADABLE ? files.reason
                                                                   : CM_SV("");
        if (t.state == CM_HOST_ABSENT) {
                cm_host_put_null(h->arena, facts, "rsyslog");
                return;
        }
        read_rsyslog(h->arena, &r, CM_SV("/etc/rsyslog.conf"), t.text);
        for (size_t i = 0; i < files.count; i++) {
                t = cm_host_read(h, files.items[i].ptr);
                if (t.state == CM_HOST_UNREADABLE)
                        problem = t.reason;
                read_rsyslog(h->arena, &r, cm_host_absolute(h->arena, files.items[i].ptr), t.text);
        }
        struct cm_node *n =
                problem.len > 0 ? cm_host_error(h->arena, problem) : cm_host_map(h->arena);
        if (problem.len == 0) {
                cm_host_put(h->arena, n, "settings", r.settings);
                cm_host_put(h->arena, n, "receives", r.receives);
                cm_host_put(h->arena, n, "forwards", r.forwards);
        }
        cm_host_put(h->arena, facts, "rsyslog", n);
}

static void collect_chrony(struct cm_host *h, struct cm_node *facts)
{
        static const char *const directories[] = { "etc/chrony/conf.d", NULL };
        struct cm_host_files files = cm_host_drop_ins(h, directories, ".conf");
        struct cm_host_files sources = cm_host_glob(h, "/etc/chrony/sources.d/*.sources");
        struct cm_host_text t = cm_host_read(h, "etc/chrony/chrony.conf");
        struct cm_node *servers = cm_host_new_list(h->arena);
        struct cm_node *n = cm_host_map(h->arena);
        if (t.state == CM_HOST_ABSENT) {
                cm_host_put_null(h->arena, facts, "chrony");
                return;
        }
        *CM_VEC_PUSH(h->arena, &files) = CM_SV("etc/chrony/chrony.conf");
        for (size_t i = 0; i < sources.count; i++)
                *CM_VEC_PUSH(h->arena, &files) = cm_sv_skip(sources.items[i], 1);
        for (size_t i = 0; i < files.count; i++) {
                t = cm_host_read(h, files.items[i].ptr);
                if (t.state == CM_HOST_UNREADABLE) {
                        cm_host_put(h->arena, facts, "chrony", cm_host_error(h->arena, t.reason));
                        return;
                }
                struct cm_sv line;
                struct cm_sv word;
                static const char *const words[] = { "server", "pool", "peer", NULL };
                while (cm_sv_next_line(&t.text, &line)) {
                        struct cm_sv rest = cm_host_strip_comment(line);
                        struct cm_sv value;
                        if (!cm_host_next_word(&rest, &word) || !cm_host_next_word(&rest, &value))
                                continue;
                        if (cm_sv_is_any(word, words))
                                cm_host_add_text(h->arena, servers, value);
                        else if (cm_sv_eq(word, CM_SV("user")))
                                cm_host_put_text(h->arena, n, "user", value);
                }
        }
        cm_host_put(h->arena, n, "servers", servers);
        cm_host_put(h->arena, facts, "chrony", n);
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        collect_rsyslog(h, facts);
        collect_chrony(h, facts);
}

extern const struct cm_host_section cm_host_section_logging;
const struct cm_host_section cm_host_section_logging = { collect };
