/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every session begins with: `shell` ({umask, timeout}: lines of /etc/profile and the like;
 * {root_umask}: of root's own files) and `limits` ({list}: pam_limits' rules).
 */
#include "host/host_text.h"

struct lists {
        struct cm_node *umask;
        struct cm_node *timeout;
        struct cm_sv problem;
        size_t files;
};

/* Only plain lines: "umask 027", "TMOUT=900", also behind readonly, export, typeset or "{". */
static void read_profile(struct cm_host *h, struct lists *l, struct cm_sv path)
{
        struct cm_host_text t = cm_host_read(h, path.ptr);
        struct cm_host_origin origin = { cm_host_absolute(h->arena, path.ptr), 0 };
        struct cm_sv line;
        if (t.state == CM_HOST_UNREADABLE)
                l->problem = t.reason;
        l->files += t.state == CM_HOST_ABSENT ? 0 : 1;
        while (cm_sv_next_line(&t.text, &line)) {
                struct cm_sv rest = cm_host_strip_comment(line);
                struct cm_sv word;
                origin.line++;
                while (cm_host_next_word(&rest, &word)) {
                        bool is_umask = cm_sv_eq(word, CM_SV("umask"));
                        if (cm_sv_has_suffix(word, CM_SV(";")))
                                word.len--;
                        if (is_umask && cm_host_next_word(&rest, &word))
                                cm_host_add_line(h->arena, l->umask, "value", word, origin);
                        else if (cm_sv_has_prefix(word, CM_SV("TMOUT=")))
                                cm_host_add_line(h->arena, l->timeout, "value", cm_sv_skip(word, 6),
                                                 origin);
                }
        }
}

static void collect_shell(struct cm_host *h, struct cm_node *facts)
{
        static const char *const common[] = { "/etc/bash.bashrc", "/etc/bashrc", "/etc/profile",
                                              "/etc/profile.d/*.sh" };
        static const char *const of_root[] = { "/root/.bash_profile", "/root/.bashrc",
                                               "/root/.profile" };
        struct lists all = { .umask = cm_host_new_list(h->arena),
                             .timeout = cm_host_new_list(h->arena) };
        struct lists root = { .umask = cm_host_new_list(h->arena),
                              .timeout = cm_host_new_list(h->arena) };
        for (size_t i = 0; i < CM_ARRAY_LEN(common); i++) {
                struct cm_host_files files = cm_host_glob(h, common[i]);
                for (size_t j = 0; j < files.count; j++)
                        read_profile(h, &all, cm_sv_skip(files.items[j], 1));
        }
        for (size_t i = 0; i < CM_ARRAY_LEN(of_root); i++)
                read_profile(h, &root, cm_sv_from_cstr(of_root[i] + 1));
        if (all.files + root.files == 0) {
                cm_host_put_null(h->arena, facts, "shell");
                return;
        }
        struct cm_node *shell =
                all.problem.len > 0 ? cm_host_error(h->arena, all.problem) : cm_host_map(h->arena);
        if (all.problem.len == 0) {
                cm_host_put(h->arena, shell, "umask", all.umask);
                cm_host_put(h->arena, shell, "timeout", all.timeout);
        }
        if (root.problem.len == 0)
                cm_host_put(h->arena, shell, "root_umask", root.umask);
        cm_host_put(h->arena, facts, "shell", shell);
}

static void collect_limits(struct cm_host *h, struct cm_node *facts)
{
        static const char *const keys[] = { "domain", "type", "item", "value" };
        static const char *const directories[] = { "etc/security/limits.d", NULL };
        struct cm_host_files files = { 0 };
        struct cm_host_files more = cm_host_drop_ins(h, directories, ".conf");
        struct cm_node *list = cm_host_new_list(h->arena);
        struct cm_node *limits = cm_host_map(h->arena);
        *CM_VEC_PUSH(h->arena, &files) = CM_SV("etc/security/limits.conf");
        for (size_t i = 0; i < more.count; i++)
                *CM_VEC_PUSH(h->arena, &files) = more.items[i];
        for (size_t i = 0; i < files.count; i++) {
                struct cm_host_text t = cm_host_read(h, files.items[i].ptr);
                struct cm_host_origin origin = { cm_host_absolute(h->arena, files.items[i].ptr),
                                                 0 };
                struct cm_sv line;
                if (t.state == CM_HOST_UNREADABLE || more.state == CM_HOST_UNREADABLE) {
                        cm_host_put(h->arena, facts, "limits", cm_host_error(h->arena, t.reason));
                        return;
                }
                while (cm_sv_next_line(&t.text, &line)) {
                        struct cm_node *n = cm_host_map(h->arena);
                        struct cm_sv rest = cm_host_strip_comment(line);
                        struct cm_sv word;
                        size_t count = 0;
                        origin.line++;
                        while (count < CM_ARRAY_LEN(keys) && cm_host_next_word(&rest, &word))
                                cm_host_put_text(h->arena, n, keys[count++], word);
                        cm_host_put_origin(h->arena, n, origin);
                        if (count == CM_ARRAY_LEN(keys))
                                cm_node_add(h->arena, list, n);
                }
        }
        cm_host_put(h->arena, limits, "list", list);
        cm_host_put(h->arena, facts, "limits", limits);
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        collect_shell(h, facts);
        collect_limits(h, facts);
}

extern const struct cm_host_section cm_host_section_shell;
const struct cm_host_section cm_host_section_shell = { collect };
