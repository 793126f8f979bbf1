/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a Docker daemon is configured: its command line, daemon.json and its defaults, under the names
 * that daemon.json has for them. A key may stand in one of the two only (dockerd does not start
 * otherwise); should it stand in both, the command line counts.
 * Spec: dockerd(8), Docker Engine 20.10 to 29.
 */
#include "check/document_docker.h"

enum setting_type {
        SETTING_BOOL,
        SETTING_TEXT,
        SETTING_LIST, /* a flag for each item */
        SETTING_MAP   /* a flag for each "name=value" */
};

static const struct setting {
        const char *flag;
        char letter;
        const char *key;
        enum setting_type type;
        const char *
                otherwise; /* default of a boolean or text; NULL: none that is the same everywhere */
} settings[] = {
        { "add-runtime", 0, "runtimes", SETTING_MAP, "" },
        { "allow-nondistributable-artifacts", 0, "allow-nondistributable-artifacts", SETTING_LIST,
          "" },
        { "api-cors-header", 0, "api-cors-header", SETTING_TEXT, "" },
        { "authorization-plugin", 0, "authorization-plugins", SETTING_LIST, "" },
        { "bip", 0, "bip", SETTING_TEXT, "" },
        { "bridge", 'b', "bridge", SETTING_TEXT, "" },
        { "cgroup-parent", 0, "cgroup-parent", SETTING_TEXT, "" },
        { "config-file", 0, NULL, SETTING_TEXT, NULL }, /* is no setting but says where they are */
        { "containerd", 0, "containerd", SETTING_TEXT, NULL },
        { "data-root", 0, "data-root", SETTING_TEXT, NULL },
        { "graph", 'g', "data-root", SETTING_TEXT, NULL },
        { "debug", 'D', "debug", SETTING_BOOL, "false" },
        { "default-cgroupns-mode", 0, "default-cgroupns-mode", SETTING_TEXT, NULL },
        { "default-ipc-mode", 0, "default-ipc-mode", SETTING_TEXT, "private" },
        { "default-runtime", 0, "default-runtime", SETTING_TEXT, "runc" },
        { "default-ulimit", 0, "default-ulimits", SETTING_MAP, "" },
        { "disable-legacy-registry", 0, "disable-legacy-registry", SETTING_BOOL, NULL },
        { "dns", 0, "dns", SETTING_LIST, "" },
        { "exec-opt", 0, "exec-opts", SETTING_LIST, "" },
        { "exec-root", 0, "exec-root", SETTING_TEXT, NULL },
        { "experimental", 0, "experimental", SETTING_BOOL, "false" },
        { "group", 'G', "group", SETTING_TEXT, "docker" },
        { "host", 'H', "hosts", SETTING_LIST, "" },
        { "icc", 0, "icc", SETTING_BOOL, "true" },
        { "init", 0, "init", SETTING_BOOL, "false" },
        { "insecure-registry", 0, "insecure-registries", SETTING_LIST, "" },
        { "ip", 0, "ip", SETTING_TEXT, "0.0.0.0" },
        { "ip6tables", 0, "ip6tables", SETTING_BOOL, NULL },
        { "ip-forward", 0, "ip-forward", SETTING_BOOL, "true" },
        { "ip-masq", 0, "ip-masq", SETTING_BOOL, "true" },
        { "iptables", 0, "iptables", SETTING_BOOL, "true" },
        { "ipv6", 0, "ipv6", SETTING_BOOL, "false" },
        { "label", 0, "labels", SETTING_LIST, "" },
        { "live-restore", 0, "live-restore", SETTING_BOOL, "false" },
        { "log-driver", 0, "log-driver", SETTING_TEXT, "json-file" },
        { "log-level", 'l', "log-level", SETTING_TEXT, "info" },
        { "log-opt", 0, "log-opts", SETTING_MAP, "" },
        { "metrics-addr", 0, "metrics-addr", SETTING_TEXT, "" },
        { "no-new-privileges", 0, "no-new-privileges", SETTING_BOOL, "false" },
        { "pidfile", 'p', "pidfile", SETTING_TEXT, NULL },
        { "raw-logs", 0, "raw-logs", SETTING_BOOL, "false" },
        { "registry-mirror", 0, "registry-mirrors", SETTING_LIST, "" },
        { "rootless", 0, "rootless", SETTING_BOOL, NULL },
        { "seccomp-profile", 0, "seccomp-profile", SETTING_TEXT, "" },
        { "selinux-enabled", 0, "selinux-enabled", SETTING_BOOL, "false" },
        { "storage-driver", 's', "storage-driver", SETTING_TEXT, NULL },
        { "storage-opt", 0, "storage-opts", SETTING_LIST, "" },
        { "tls", 0, "tls", SETTING_BOOL, "false" },
        { "tlscacert", 0, "tlscacert", SETTING_TEXT, NULL },
        { "tlscert", 0, "tlscert", SETTING_TEXT, NULL },
        { "tlskey", 0, "tlskey", SETTING_TEXT, NULL },
        { "tlsverify", 0, "tlsverify", SETTING_BOOL, "false" },
        { "userland-proxy", 0, "userland-proxy", SETTING_BOOL, "true" },
        { "userns-remap", 0, "userns-remap", SETTING_TEXT, "" },
};

static const struct cm_node_pos nowhere = { 0 };

static struct cm_docker_settings make_settings(struct cm_arena *arena)
{
        return (struct cm_docker_settings){ cm_node_new_map(arena, nowhere),
                                            cm_node_new_map(arena, nowhere) };
}

static void set(struct cm_arena *arena, struct cm_docker_settings *s, struct cm_sv key,
                const struct cm_node *value, const char *origin)
{
        cm_node_put(arena, s->values, key, nowhere, value);
        cm_node_put(arena, s->origins, key, nowhere,
                    cm_node_new_string(arena, nowhere, cm_sv_from_cstr(origin)));
}

static void take_file(struct cm_arena *arena, struct cm_docker_settings *s,
                      const struct cm_node *file)
{
        for (size_t i = 0; i < cm_node_count(file) && file->type == CM_NODE_MAP; i++)
                set(arena, s, file->map.members[i].key, file->map.members[i].value, "daemon.json");
}

struct cm_docker_settings cm_docker_settings_of_file(struct cm_arena *arena,
                                                     const struct cm_node *file)
{
        struct cm_docker_settings s = make_settings(arena);
        take_file(arena, &s, file);
        return s;
}

static void take_defaults(struct cm_arena *arena, struct cm_docker_settings *s)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(settings); i++) {
                const struct setting *t = &settings[i];
                const struct cm_node *value = NULL;
                if (t->key == NULL || t->otherwise == NULL)
                        continue;
                switch (t->type) {
                case SETTING_BOOL:
                        value = cm_node_new_bool(arena, nowhere, t->otherwise[0] == 't');
                        break;
                case SETTING_TEXT:
                        value = cm_node_new_string(arena, nowhere, cm_sv_from_cstr(t->otherwise));
                        break;
                case SETTING_LIST:
                        value = cm_node_new_list(arena, nowhere);
                        break;
                case SETTING_MAP:
                        value = cm_node_new_map(arena, nowhere);
                        break;
                }
                set(arena, s, cm_sv_from_cstr(t->key), value, "default");
        }
}

struct words {
        struct cm_arena *arena;
        const struct cm_node *list;
        size_t next;
        struct cm_docker_settings *into;
        const char *origin;
        struct cm_sv config_file; /* the one that the command line names, or "" */
        struct cm_node
                *made[CM_ARRAY_LEN(settings)]; /* lists and maps, by number of their setting */
};

static const struct setting *find_setting(struct cm_sv flag, char letter)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(settings); i++)
                if (letter != 0 ? settings[i].letter == letter
                                : cm_sv_eq(flag, cm_sv_from_cstr(settings[i].flag)))
                        return &settings[i];
        return NULL;
}

/* The list or map that all flags of this setting fill. */
static struct cm_node *container_of(struct words *w, const struct setting *t,
                                    struct cm_node_pos pos)
{
        struct cm_node **made = &w->made[t - settings];
        if (*made == NULL)
                *made = t->type == SETTING_LIST ? cm_node_new_list(w->arena, pos)
                                                : cm_node_new_map(w->arena, pos);
        return *made;
}

static void take_value(struct words *w, const struct setting *t, struct cm_sv text,
                       struct cm_node_pos pos)
{
        struct cm_node *value = NULL;
        struct cm_sv name, rest;
        if (t->key == NULL) {
                w->config_file = text;
                return;
        }
        switch (t->type) {
        case SETTING_BOOL: /* as Go's strconv.ParseBool has it */
                value = cm_node_new_bool(w->arena, pos,
                                         text.len > 0 &&
                                                 cm_sv_find_char(CM_SV("1tT"), text.ptr[0]) >= 0);
                break;
        case SETTING_TEXT:
                value = cm_node_new_string(w->arena, pos, text);
                break;
        case SETTING_LIST:
                value = container_of(w, t, pos);
                cm_node_add(w->arena, value, cm_node_new_string(w->arena, pos, text));
                break;
        case SETTING_MAP:
                value = container_of(w, t, pos);
                cm_sv_cut(text, '=', &name, &rest);
                cm_node_put(w->arena, value, name, pos, cm_node_new_string(w->arena, pos, rest));
                break;
        }
        set(w->arena, w->into, cm_sv_from_cstr(t->key), value, w->origin);
}

/* The value of a flag that has none in its own word: the next word, but for booleans. */
static void take_next(struct words *w, const struct setting *t, struct cm_node_pos pos)
{
        if (t->type == SETTING_BOOL) {
                take_value(w, t, CM_SV("true"), pos);
                return;
        }
        const struct cm_node *word = cm_node_at(w->list, w->next);
        if (word != NULL) {
                w->next++;
                take_value(w, t, cm_node_string(word), word->pos);
        }
}

/* "-H unix://x", "-Hunix://x", "-H=unix://x", "-Dl debug": letters without a value come first. */
static void take_letters(struct words *w, struct cm_sv letters, struct cm_node_pos pos)
{
        while (letters.len > 0) {
                const struct setting *t = find_setting(CM_SV(""), letters.ptr[0]);
                letters = cm_sv_skip(letters, 1);
                bool has_sign = letters.len > 0 && letters.ptr[0] == '=';
                if (t == NULL)
                        return;
                if (has_sign || (t->type != SETTING_BOOL && letters.len > 0)) {
                        take_value(w, t, cm_sv_skip(letters, has_sign ? 1 : 0), pos);
                        return;
                }
                take_next(w, t, pos);
        }
}

static void take_command(struct words *w)
{
        while (w->next < cm_node_count(w->list)) {
                const struct cm_node *word = cm_node_at(w->list, w->next++);
                struct cm_sv text = cm_node_string(word);
                if (cm_sv_eq(text, CM_SV("--")))
                        return;
                if (!cm_sv_has_prefix(text, CM_SV("--"))) {
                        if (cm_sv_has_prefix(text, CM_SV("-")))
                                take_letters(w, cm_sv_skip(text, 1), word->pos);
                        continue;
                }
                struct cm_sv flag, value;
                bool has_value = cm_sv_cut(cm_sv_skip(text, 2), '=', &flag, &value);
                const struct setting *t = find_setting(flag, 0);
                if (t != NULL && has_value)
                        take_value(w, t, value, word->pos);
                else if (t != NULL)
                        take_next(w, t, word->pos);
        }
}

/*
 * The file that the daemon has read. Returns: false when it is not known what stands in it: it could
 * not be read, or was written after the daemon began.
 */
static bool take_read_file(struct cm_arena *arena, struct cm_docker_settings *s,
                           const struct cm_node *file)
{
        struct cm_err ignored = CM_ERR_INIT;
        const struct cm_node *text = cm_node_get(file, "text");
        const struct cm_node *root = NULL;
        if (cm_node_type(file) != CM_NODE_MAP || cm_node_get(file, "problem") != NULL)
                return false;
        if (text == NULL)
                return true; /* there is none */
        if (cm_node_bool(cm_node_get(file, "is_newer"), true) ||
            cm_document_read_json(arena, cm_node_string(text), &root, &ignored) < 0 ||
            cm_node_type(root) != CM_NODE_MAP)
                return false;
        root = cm_document_without_nulls(arena, root);
        take_file(arena, s, cm_node_move(arena, root, text->pos));
        return true;
}

static void put_all(struct cm_arena *arena, struct cm_docker_settings *into,
                    const struct cm_docker_settings *from)
{
        for (size_t i = 0; i < cm_node_count(from->values); i++) {
                const struct cm_node_member *m = &from->values->map.members[i];
                cm_node_put(arena, into->values, m->key, nowhere, m->value);
                cm_node_put(arena, into->origins, m->key, nowhere,
                            cm_node_get_sv(from->origins, m->key));
        }
}

struct cm_docker_settings cm_docker_settings_of_daemon(struct cm_arena *arena,
                                                       const struct cm_node *daemon)
{
        struct cm_docker_settings flags = make_settings(arena);
        struct cm_docker_settings file = make_settings(arena);
        struct cm_docker_settings all = make_settings(arena);
        struct words words = { .arena = arena,
                               .list = cm_node_get(daemon, "command"),
                               .next = 1,
                               .into = &flags,
                               .origin = "command line" };
        bool is_whole = words.list != NULL;
        if (words.list == NULL) {
                words.origin = "docker.service";
                words.list =
                        cm_docker_command_of_units(arena, cm_node_get(daemon, "units"), &is_whole);
        }
        take_command(&words);
        struct cm_sv path = cm_node_get_string(cm_node_get(daemon, "file"), "path");
        bool is_its_file = words.config_file.len == 0 || cm_sv_eq(words.config_file, path);
        if (is_whole && is_its_file && take_read_file(arena, &file, cm_node_get(daemon, "file")))
                take_defaults(arena, &all);
        put_all(arena, &all, &file);
        put_all(arena, &all, &flags);
        return all;
}
