/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text formats of a host's files, to nodes. Pure: bytes in, nodes out, nothing is opened. What
 * does not follow its format is passed over, as the programs that read these files do. Texts are
 * borrowed. Every function may be called for several files in turn.
 */
#pragma once

#include "host/host_internal.h"

enum cm_host_syntax {
        CM_HOST_SYNTAX_EQUALS, /* name = value; "name" alone is "" (sysctl.d, pwquality, auditd) */
        CM_HOST_SYNTAX_INI,    /* [Section] and name=value: "Section.name" (systemd) */
        CM_HOST_SYNTAX_BLANK,  /* NAME value (login.defs) */
        CM_HOST_SYNTAX_SHELL,  /* NAME="value" (os-release, /etc/default) */
        CM_HOST_SYNTAX_APT     /* A::B "value"; and A { B "value"; }; (apt.conf) */
};

/* Into `values`: name -> {value, source, line}; the last one counts. */
void cm_host_text_settings(struct cm_arena *arena, enum cm_host_syntax syntax, struct cm_sv source,
                           struct cm_sv text, struct cm_node *values);

/* Words between blanks: takes the next one off *rest; quotes hold blanks. False at the end. */
bool cm_host_next_word(struct cm_sv *rest, struct cm_sv *ret);
/* The value of "--NAME=VALUE" or "--NAME VALUE" on a command line, or "". */
struct cm_sv cm_host_flag(struct cm_arena *arena, struct cm_sv line, const char *name);
/* Without a comment that begins with '#', trimmed. */
struct cm_sv cm_host_strip_comment(struct cm_sv line);

/* /proc/PID/mountinfo and fstab(5): {target, source, type, options}. */
void cm_host_text_mountinfo(struct cm_arena *arena, struct cm_sv text, struct cm_node *list);
void cm_host_text_fstab(struct cm_arena *arena, struct cm_sv text, struct cm_node *list);

/* passwd(5), group(5), shadow(5). No hash and nothing of one is kept. */
void cm_host_text_passwd(struct cm_arena *arena, struct cm_sv text, struct cm_node *list);
void cm_host_text_group(struct cm_arena *arena, struct cm_sv text, struct cm_node *list);
void cm_host_text_shadow(struct cm_arena *arena, struct cm_sv text, struct cm_node *list);

/* modprobe.d(5): name -> {install, blacklist, source, line}; names with '_'. */
void cm_host_text_modprobe(struct cm_arena *arena, struct cm_sv source, struct cm_sv text,
                           struct cm_node *modules);

/* pam.d(5): {type, control, module, args, source, line}; @include as {include}. */
void cm_host_text_pam(struct cm_arena *arena, struct cm_sv source, struct cm_sv text,
                      struct cm_node *list);

/* What an Include or @include of a file asks for. */
struct cm_host_includer {
        /* `pattern` may be a pattern, or a directory when `is_directory`. */
        void (*include)(struct cm_host_includer *includer, struct cm_sv pattern, bool is_directory);
};

/* sshd_config(5), over all files that it includes. The first value of a keyword counts. */
struct cm_host_sshd {
        struct cm_arena *arena;
        struct cm_node *values;  /* keyword in lower case -> {value, source, line} */
        struct cm_node *matches; /* [{criteria, values, source, line}] */
        struct cm_node *open;    /* values of the Match block, or NULL */
        struct cm_host_includer *includer;
};
void cm_host_text_sshd(struct cm_host_sshd *s, struct cm_sv source, struct cm_sv text);

/* sudoers(5): defaults [{name, value, negated, scope, source, line}], rules [{who, tags, ...}]. */
struct cm_host_sudo {
        struct cm_arena *arena;
        struct cm_node *defaults;
        struct cm_node *rules;
        struct cm_host_includer *includer;
};
void cm_host_text_sudo(struct cm_host_sudo *s, struct cm_sv source, struct cm_sv text);

/* auditctl(8) rules: {kind, path, perms, action, list, syscalls, fields, key, source, line}. */
void cm_host_text_audit(struct cm_arena *arena, struct cm_sv source, struct cm_sv text,
                        struct cm_node *list);

/* /proc/net/{tcp,tcp6,udp,udp6}: sockets that wait for peers: {protocol, address, port}. */
void cm_host_text_sockets(struct cm_arena *arena, const char *protocol, struct cm_sv text,
                          struct cm_node *list);
