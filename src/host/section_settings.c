/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration that is names and values, each with its drop-in files: {values: {name: {value,
 * source, line}}}, null when none of the files exists.
 */
#include "host/host_text.h"

enum {
        FILES_MAX = 3,
        DIRECTORIES_MAX = 4,
        KEPT_MAX = 3
};

struct configuration {
        const char *section;
        enum cm_host_syntax syntax;
        const char *files[FILES_MAX];
        const char *directories[DIRECTORIES_MAX];
        const char *suffix;
        bool drop_ins_first;        /* then what the main file says counts */
        const char *kept[KEPT_MAX]; /* names begin so; others may hold proxies' passwords */
};

static const struct configuration configurations[] = {
        { "login_defs", CM_HOST_SYNTAX_BLANK, { "etc/login.defs" }, { NULL }, "", false },
        { "useradd", CM_HOST_SYNTAX_SHELL, { "etc/default/useradd" }, { NULL }, "", false },
        { "pwquality",
          CM_HOST_SYNTAX_EQUALS,
          { "etc/security/pwquality.conf" },
          { "etc/security/pwquality.conf.d" },
          ".conf",
          true },
        { "faillock",
          CM_HOST_SYNTAX_EQUALS,
          { "etc/security/faillock.conf" },
          { NULL },
          "",
          false },
        { "pwhistory",
          CM_HOST_SYNTAX_EQUALS,
          { "etc/security/pwhistory.conf" },
          { NULL },
          "",
          false },
        { "journald",
          CM_HOST_SYNTAX_INI,
          { "usr/lib/systemd/journald.conf", "etc/systemd/journald.conf" },
          { "etc/systemd/journald.conf.d", "run/systemd/journald.conf.d",
            "usr/lib/systemd/journald.conf.d" },
          ".conf",
          false },
        { "journal_upload",
          CM_HOST_SYNTAX_INI,
          { "etc/systemd/journal-upload.conf" },
          { "etc/systemd/journal-upload.conf.d" },
          ".conf",
          false },
        { "timesyncd",
          CM_HOST_SYNTAX_INI,
          { "usr/lib/systemd/timesyncd.conf", "etc/systemd/timesyncd.conf" },
          { "etc/systemd/timesyncd.conf.d", "run/systemd/timesyncd.conf.d",
            "usr/lib/systemd/timesyncd.conf.d" },
          ".conf",
          false },
        { "coredump",
          CM_HOST_SYNTAX_INI,
          { "usr/lib/systemd/coredump.conf", "etc/systemd/coredump.conf" },
          { "etc/systemd/coredump.conf.d", "run/systemd/coredump.conf.d",
            "usr/lib/systemd/coredump.conf.d" },
          ".conf",
          false },
        { "auditd", CM_HOST_SYNTAX_EQUALS, { "etc/audit/auditd.conf" }, { NULL }, "", false },
        { "apt",
          CM_HOST_SYNTAX_APT,
          { "etc/apt/apt.conf" },
          { "etc/apt/apt.conf.d" },
          "",
          true,
          { "APT::Periodic::", "APT::Get::AllowUnauthenticated", "Unattended-Upgrade::" } },
        { "ufw",
          CM_HOST_SYNTAX_SHELL,
          { "etc/ufw/ufw.conf", "etc/default/ufw" },
          { NULL },
          "",
          false },
        { "grub",
          CM_HOST_SYNTAX_SHELL,
          { "etc/default/grub" },
          { "etc/default/grub.d" },
          ".cfg",
          false },
        { "docker_unit",
          CM_HOST_SYNTAX_INI,
          { "usr/lib/systemd/system/docker.service", "etc/systemd/system/docker.service" },
          { "etc/systemd/system/docker.service.d" },
          ".conf",
          false,
          { "Service.ExecStart", "Service.User" } },
};

static const struct cm_node *kept_of(struct cm_arena *arena, const struct configuration *c,
                                     const struct cm_node *values)
{
        struct cm_node *kept = cm_host_map(arena);
        if (c->kept[0] == NULL)
                return values;
        for (size_t i = 0; i < cm_node_count(values); i++) {
                const struct cm_node_member *m = &values->map.members[i];
                for (size_t j = 0; j < KEPT_MAX && c->kept[j] != NULL; j++)
                        if (cm_sv_has_prefix(m->key, cm_sv_from_cstr(c->kept[j])))
                                cm_node_put(arena, kept, m->key, (struct cm_node_pos){ 0 },
                                            m->value);
        }
        return kept;
}

static struct cm_node *collect_one(struct cm_host *h, const struct configuration *c)
{
        struct cm_node *values = cm_host_map(h->arena);
        struct cm_host_files files = { 0 };
        struct cm_host_files drop_ins = cm_host_drop_ins(h, c->directories, c->suffix);
        bool is_there = false;
        if (drop_ins.state == CM_HOST_UNREADABLE)
                return cm_host_error(h->arena, drop_ins.reason);
        for (size_t i = 0; i < drop_ins.count && c->drop_ins_first; i++)
                *CM_VEC_PUSH(h->arena, &files) = drop_ins.items[i];
        for (size_t i = 0; i < FILES_MAX && c->files[i] != NULL; i++)
                *CM_VEC_PUSH(h->arena, &files) = cm_sv_from_cstr(c->files[i]);
        for (size_t i = 0; i < drop_ins.count && !c->drop_ins_first; i++)
                *CM_VEC_PUSH(h->arena, &files) = drop_ins.items[i];
        for (size_t i = 0; i < files.count; i++) {
                struct cm_host_text t = cm_host_read(h, files.items[i].ptr);
                if (t.state == CM_HOST_ABSENT)
                        continue;
                struct cm_sv path = cm_host_absolute(h->arena, files.items[i].ptr);
                if (t.state == CM_HOST_UNREADABLE)
                        return cm_host_error(h->arena,
                                             cm_sv_printf(h->arena, "%.*s: %.*s", CM_SV_ARG(path),
                                                          CM_SV_ARG(t.reason)));
                is_there = true;
                cm_host_text_settings(h->arena, c->syntax, path, t.text, values);
        }
        if (!is_there)
                return NULL;
        struct cm_node *n = cm_host_map(h->arena);
        cm_host_put(h->arena, n, "values", kept_of(h->arena, c, values));
        return n;
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(configurations); i++) {
                const struct cm_node *n = collect_one(h, &configurations[i]);
                if (n != NULL)
                        cm_host_put(h->arena, facts, configurations[i].section, n);
                else
                        cm_host_put_null(h->arena, facts, configurations[i].section);
        }
}

extern const struct cm_host_section cm_host_section_settings;
const struct cm_host_section cm_host_section_settings = { collect };
