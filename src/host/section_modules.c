/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel modules that hosts are asked about: is each loaded, could it be, and does modprobe refuse
 * it? `modules`: name -> {loaded, present, builtin, install, blacklisted, ...}.
 */
#include "host/host_text.h"

static const char *const asked[] = {
        "cramfs",      "freevxfs",     "hfs",           "hfsplus", "jffs2",  "overlay",
        "squashfs",    "udf",          "dccp",          "tipc",    "rds",    "sctp",
        "usb_storage", "br_netfilter", "bluetooth",     "afs",     "ceph",   "cifs",
        "exfat",       "fat",          "fscache",       "fuse",    "gfs2",   "nfs",
        "nfsd",        "smbfs",        "firewire_core", "n_hdlc",  "floppy",
};

static const char *const directories[] = { "etc/modprobe.d",           "run/modprobe.d",
                                           "usr/local/lib/modprobe.d", "usr/lib/modprobe.d",
                                           "lib/modprobe.d",           NULL };

/* Does a line of modules.dep or modules.builtin name it? Files use '-' or '_' for the same. */
static bool is_listed(struct cm_sv text, struct cm_sv module)
{
        struct cm_sv line;
        while (cm_sv_next_line(&text, &line)) {
                struct cm_sv path;
                struct cm_sv rest;
                cm_sv_cut(line, ':', &path, &rest);
                path = cm_sv_base_name(path);
                ptrdiff_t dot = cm_sv_find(path, CM_SV(".ko"));
                if (dot < 0 || (size_t)dot != module.len)
                        continue;
                bool same = true;
                for (size_t i = 0; i < module.len && same; i++)
                        same = (path.ptr[i] == '-' ? '_' : path.ptr[i]) == module.ptr[i];
                if (same)
                        return true;
        }
        return false;
}

struct kernels {
        struct cm_host_files deps; /* one per installed kernel */
        struct cm_host_files builtins;
        CM_VEC(struct cm_sv) dep_texts;
        CM_VEC(struct cm_sv) builtin_texts;
        bool is_known;
};

static void read_kernels(struct cm_host *h, struct kernels *k)
{
        static const char *const patterns[] = { "/lib/modules/*/modules.dep",
                                                "/usr/lib/modules/*/modules.dep" };
        for (size_t i = 0; i < CM_ARRAY_LEN(patterns) && k->deps.count == 0; i++)
                k->deps = cm_host_glob(h, patterns[i]);
        for (size_t i = 0; i < k->deps.count; i++) {
                struct cm_sv directory;
                struct cm_sv name;
                cm_sv_cut_last(cm_sv_skip(k->deps.items[i], 1), '/', &directory, &name);
                struct cm_host_text t = cm_host_read_at(h, directory, name);
                k->is_known = k->is_known || t.state == CM_HOST_READ;
                *CM_VEC_PUSH(h->arena, &k->dep_texts) = t.text;
                t = cm_host_read_at(h, directory, CM_SV("modules.builtin"));
                *CM_VEC_PUSH(h->arena, &k->builtin_texts) = t.text;
        }
}

static struct cm_node *module_of(struct cm_host *h, struct cm_sv name, const struct kernels *k,
                                 const struct cm_host_text *loaded, const struct cm_node *blocked)
{
        struct cm_node *n = cm_host_map(h->arena);
        bool is_loaded = false;
        bool is_present = false;
        bool is_builtin = false;
        struct cm_sv rest = loaded->text;
        struct cm_sv line;
        struct cm_sv word;
        while (!is_loaded && cm_sv_next_line(&rest, &line))
                is_loaded = cm_host_next_word(&line, &word) && cm_sv_eq(word, name);
        for (size_t i = 0; i < k->dep_texts.count; i++) {
                is_present = is_present || is_listed(k->dep_texts.items[i], name);
                is_builtin = is_builtin || is_listed(k->builtin_texts.items[i], name);
        }
        if (loaded->state == CM_HOST_READ)
                cm_host_put_bool(h->arena, n, "loaded", is_loaded);
        if (k->is_known) {
                cm_host_put_bool(h->arena, n, "present", is_present);
                cm_host_put_bool(h->arena, n, "builtin", is_builtin);
        }
        if (blocked == NULL)
                return n; /* modprobe.d could not be read */
        const struct cm_node *b = cm_node_get_sv(blocked, name);
        struct cm_sv install = cm_node_get_string(b, "install");
        static const char *const refusals[] = { "/bin/false",    "/bin/true",     "/usr/bin/false",
                                                "/usr/bin/true", "/sbin/nologin", NULL };
        cm_host_put_bool(h->arena, n, "refused", cm_sv_is_any(install, refusals));
        cm_host_put_bool(h->arena, n, "blacklisted", cm_node_get(b, "blacklist") != NULL);
        if (b != NULL) {
                cm_host_put(h->arena, n, "source", cm_node_get(b, "source"));
                cm_host_put(h->arena, n, "line", cm_node_get(b, "line"));
        }
        return n;
}

static void collect(struct cm_host *h, struct cm_node *facts)
{
        struct kernels kernels = { 0 };
        struct cm_host_text loaded = cm_host_read(h, "proc/modules");
        struct cm_host_files files = cm_host_drop_ins(h, directories, ".conf");
        struct cm_node *blocked = files.state == CM_HOST_UNREADABLE ? NULL : cm_host_map(h->arena);
        struct cm_node *modules = cm_host_map(h->arena);
        read_kernels(h, &kernels);
        for (size_t i = 0; i < files.count && blocked != NULL; i++) {
                struct cm_host_text t = cm_host_read(h, files.items[i].ptr);
                if (t.state == CM_HOST_READ)
                        cm_host_text_modprobe(h->arena,
                                              cm_host_absolute(h->arena, files.items[i].ptr),
                                              t.text, blocked);
                else
                        blocked = NULL;
        }
        /* A kernel without modules has no such file, and nothing is loaded. */
        if (loaded.state == CM_HOST_ABSENT && cm_host_read(h, "proc/version").state == CM_HOST_READ)
                loaded.state = CM_HOST_READ;
        for (size_t i = 0; i < CM_ARRAY_LEN(asked); i++)
                cm_host_put(h->arena, modules, asked[i],
                            module_of(h, cm_sv_from_cstr(asked[i]), &kernels, &loaded, blocked));
        cm_host_put(h->arena, facts, "modules", modules);
}

extern const struct cm_host_section cm_host_section_modules;
const struct cm_host_section cm_host_section_modules = { collect };
