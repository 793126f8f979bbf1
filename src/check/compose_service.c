/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One service: its members in their one form, merged with those of the services that it extends.
 * Spec: the Compose specification, "services", "extends", "Merge and override".
 */
#include "base/escape.h"
#include "base/limits.h"
#include "check/compose.h"

/* What a service does to the same member of the one that it extends. */
enum merge {
        REPLACE,
        APPEND,
        BY_KEY, /* lists of maps: replace the item that has the same key, append others */
        JOIN    /* maps */
};

enum otherwise {
        ABSENT_NULL,
        ABSENT_FALSE,
        ABSENT_TEXT,
        ABSENT_LIST,
        ABSENT_MAP
};

struct row {
        const char *name;
        cm_compose_form *form;
        enum merge merge;
        enum otherwise otherwise;
        const char *key; /* of BY_KEY */
        bool is_raw;     /* the form wants the member with its variables */
};

static const struct row rows[] = {
        { "image", cm_compose_as_image, REPLACE, ABSENT_NULL, NULL, false },
        { "build", cm_compose_as_build, JOIN, ABSENT_NULL, NULL, false },
        { "platform", cm_compose_as_text, REPLACE, ABSENT_TEXT, NULL, false },
        { "runtime", cm_compose_as_text, REPLACE, ABSENT_TEXT, NULL, false },
        { "container_name", cm_compose_as_text, REPLACE, ABSENT_TEXT, NULL, false },
        { "user", cm_compose_as_text, REPLACE, ABSENT_TEXT, NULL, false },
        { "network_mode", cm_compose_as_text, REPLACE, ABSENT_TEXT, NULL, false },
        { "pid", cm_compose_as_text, REPLACE, ABSENT_TEXT, NULL, false },
        { "ipc", cm_compose_as_text, REPLACE, ABSENT_TEXT, NULL, false },
        { "uts", cm_compose_as_text, REPLACE, ABSENT_TEXT, NULL, false },
        { "userns_mode", cm_compose_as_text, REPLACE, ABSENT_TEXT, NULL, false },
        { "cgroup", cm_compose_as_text, REPLACE, ABSENT_TEXT, NULL, false },
        { "cgroup_parent", cm_compose_as_text, REPLACE, ABSENT_TEXT, NULL, false },
        { "isolation", cm_compose_as_text, REPLACE, ABSENT_TEXT, NULL, false },
        { "privileged", cm_compose_as_bool, REPLACE, ABSENT_FALSE, NULL, false },
        { "read_only", cm_compose_as_bool, REPLACE, ABSENT_FALSE, NULL, false },
        { "init", cm_compose_as_bool, REPLACE, ABSENT_FALSE, NULL, false },
        { "tty", cm_compose_as_bool, REPLACE, ABSENT_FALSE, NULL, false },
        { "stdin_open", cm_compose_as_bool, REPLACE, ABSENT_FALSE, NULL, false },
        { "oom_kill_disable", cm_compose_as_bool, REPLACE, ABSENT_FALSE, NULL, false },
        { "use_api_socket", cm_compose_as_bool, REPLACE, ABSENT_FALSE, NULL, false },
        { "ports", cm_compose_as_ports, APPEND, ABSENT_LIST, NULL, false },
        { "expose", cm_compose_as_texts, APPEND, ABSENT_LIST, NULL, false },
        { "volumes", cm_compose_as_volumes, BY_KEY, ABSENT_LIST, "target", false },
        { "volumes_from", cm_compose_as_texts, APPEND, ABSENT_LIST, NULL, false },
        { "tmpfs", cm_compose_as_texts, APPEND, ABSENT_LIST, NULL, false },
        { "environment", cm_compose_as_environment, BY_KEY, ABSENT_LIST, "name", true },
        { "env_file", cm_compose_as_env_files, APPEND, ABSENT_LIST, NULL, false },
        { "labels", cm_compose_as_pairs, JOIN, ABSENT_MAP, NULL, false },
        { "command", cm_compose_as_command, REPLACE, ABSENT_NULL, NULL, false },
        { "entrypoint", cm_compose_as_command, REPLACE, ABSENT_NULL, NULL, false },
        { "depends_on", cm_compose_as_names, JOIN, ABSENT_MAP, NULL, false },
        { "networks", cm_compose_as_names, JOIN, ABSENT_MAP, NULL, false },
        { "links", cm_compose_as_texts, APPEND, ABSENT_LIST, NULL, false },
        { "dns", cm_compose_as_texts, APPEND, ABSENT_LIST, NULL, false },
        { "profiles", cm_compose_as_texts, APPEND, ABSENT_LIST, NULL, false },
        { "cap_add", cm_compose_as_capabilities, APPEND, ABSENT_LIST, NULL, false },
        { "cap_drop", cm_compose_as_capabilities, APPEND, ABSENT_LIST, NULL, false },
        { "security_opt", cm_compose_as_texts, APPEND, ABSENT_LIST, NULL, false },
        { "group_add", cm_compose_as_texts, APPEND, ABSENT_LIST, NULL, false },
        { "devices", cm_compose_as_devices, BY_KEY, ABSENT_LIST, "target", false },
        { "device_cgroup_rules", cm_compose_as_texts, APPEND, ABSENT_LIST, NULL, false },
        { "secrets", cm_compose_as_secrets, BY_KEY, ABSENT_LIST, "target", false },
        { "configs", cm_compose_as_configs, BY_KEY, ABSENT_LIST, "target", false },
        { "sysctls", cm_compose_as_pairs, JOIN, ABSENT_MAP, NULL, false },
        { "ulimits", cm_compose_as_ulimits, JOIN, ABSENT_MAP, NULL, false },
        { "healthcheck", cm_compose_as_healthcheck, JOIN, ABSENT_NULL, NULL, false },
        { "logging", cm_compose_as_logging, JOIN, ABSENT_NULL, NULL, false },
        { "deploy", cm_compose_as_mapping, JOIN, ABSENT_MAP, NULL, false },
        { "restart", cm_compose_as_any, REPLACE, ABSENT_NULL, NULL, false },
        { "mem_limit", cm_compose_as_any, REPLACE, ABSENT_NULL, NULL, false },
        { "cpus", cm_compose_as_any, REPLACE, ABSENT_NULL, NULL, false },
        { "cpu_quota", cm_compose_as_any, REPLACE, ABSENT_NULL, NULL, false },
        { "cpu_period", cm_compose_as_any, REPLACE, ABSENT_NULL, NULL, false },
        { "cpu_shares", cm_compose_as_int, REPLACE, ABSENT_NULL, NULL, false },
        { "pids_limit", cm_compose_as_any, REPLACE, ABSENT_NULL, NULL, false },
        { "oom_score_adj", cm_compose_as_int, REPLACE, ABSENT_NULL, NULL, false },
};

static bool is_said(const struct cm_node *n)
{
        return cm_node_type(n) != CM_NODE_NULL || cm_compose_is_unknown(n);
}

/* The members that stand there. A member that is null is one that is not said. */
static struct cm_node *convert(struct cm_compose *cx, const struct cm_node *raw)
{
        struct cm_node *members = cm_compose_map(cx, raw->pos);
        for (size_t i = 0; i < CM_ARRAY_LEN(rows); i++) {
                const struct cm_node *n = cm_node_get(raw, rows[i].name);
                if (!is_said(n))
                        continue;
                if (!rows[i].is_raw)
                        n = cm_compose_expand(cx, n);
                cm_compose_put(cx, members, rows[i].name, rows[i].form(cx, n));
        }
        return members;
}

static bool same_key(const struct cm_node *a, const struct cm_node *b, const char *key)
{
        const struct cm_node *x = cm_node_get(a, key);
        const struct cm_node *y = cm_node_get(b, key);
        return cm_node_type(x) == CM_NODE_STRING && cm_node_type(y) == CM_NODE_STRING &&
               cm_sv_eq(x->text, y->text);
}

static void add_all(struct cm_compose *cx, struct cm_node *list, const struct cm_node *from)
{
        if (cm_node_type(from) != CM_NODE_LIST)
                cm_compose_add(cx, list, from); /* unknown: so is whether the list holds more */
        for (size_t i = 0; i < cm_node_count(from) && !cm_compose_is_full(cx); i++)
                cm_compose_add(cx, list, from->list.items[i]);
}

/* Quadratic in the lists of one service, which node_count bounds as well. */
static const struct cm_node *merge_lists(struct cm_compose *cx, const struct row *row,
                                         const struct cm_node *base, const struct cm_node *own)
{
        struct cm_node *list = cm_compose_list(cx, own->pos);
        bool by_key = row->merge == BY_KEY && cm_node_type(base) == CM_NODE_LIST;
        for (size_t i = 0; by_key && i < cm_node_count(base) && !cm_compose_is_full(cx); i++) {
                const struct cm_node *item = base->list.items[i];
                bool is_replaced = false;
                for (size_t j = 0; j < cm_node_count(own) && !is_replaced; j++)
                        is_replaced = same_key(item, own->list.items[j], row->key);
                cx->node_count += cm_node_count(own) / 8;
                if (!is_replaced)
                        cm_compose_add(cx, list, item);
        }
        if (!by_key)
                add_all(cx, list, base);
        add_all(cx, list, own);
        return list;
}

/* Readers bound the depth (CM_NODE_DEPTH_MAX). */
static const struct cm_node *merge_maps(struct cm_compose *cx, const struct cm_node *base,
                                        const struct cm_node *own)
{
        if (cm_compose_is_unknown(base))
                return base;
        if (cm_node_type(base) != CM_NODE_MAP || cm_node_type(own) != CM_NODE_MAP)
                return own;
        struct cm_node *map = cm_compose_map(cx, own->pos);
        for (size_t i = 0; i < base->map.count && !cm_compose_is_full(cx); i++) {
                const struct cm_node_member *m = &base->map.members[i];
                cx->node_count++;
                cm_node_put(cx->arena, map, m->key, m->key_pos, m->value);
        }
        for (size_t i = 0; i < own->map.count && !cm_compose_is_full(cx); i++) {
                const struct cm_node_member *m = &own->map.members[i];
                const struct cm_node *other = cm_node_get_sv(base, m->key);
                bool is_deep =
                        cm_node_type(other) == CM_NODE_MAP && cm_node_type(m->value) == CM_NODE_MAP;
                cx->node_count++;
                cm_node_put(cx->arena, map, m->key, m->key_pos,
                            is_deep ? merge_maps(cx, other, m->value) : m->value);
        }
        return map;
}

static const struct cm_node *merge(struct cm_compose *cx, const struct cm_node *base,
                                   const struct cm_node *own)
{
        struct cm_node *members = cm_compose_map(cx, own->pos);
        for (size_t i = 0; i < CM_ARRAY_LEN(rows); i++) {
                const struct row *row = &rows[i];
                const struct cm_node *a = cm_node_get(base, row->name);
                const struct cm_node *b = cm_node_get(own, row->name);
                if (a == NULL && b == NULL)
                        continue;
                const struct cm_node *n = b == NULL ? a : b;
                if (a != NULL && b != NULL && (row->merge == APPEND || row->merge == BY_KEY))
                        n = merge_lists(cx, row, a, b);
                else if (a != NULL && b != NULL && row->merge == JOIN)
                        n = merge_maps(cx, a, b);
                cm_compose_put(cx, members, row->name, n);
        }
        return members;
}

/* A base that is not in this file: it may say anything. */
static const struct cm_node *unknown_base(struct cm_compose *cx, const struct cm_node *why)
{
        struct cm_node *members = cm_compose_map(cx, why->pos);
        for (size_t i = 0; i < CM_ARRAY_LEN(rows); i++)
                cm_compose_put(cx, members, rows[i].name, why);
        return members;
}

static int malformed(struct cm_node_pos pos, struct cm_err *err, const char *what, const char *name)
{
        return CM_RAISE(err, CM_E_MALFORMED, "%u:%u: %s '%s'", pos.line, pos.column, what, name);
}

/* What "extends" names: a service of this file (*ret_name), or why it cannot be known. */
static const struct cm_node *extends_of(struct cm_compose *cx, const struct cm_node *raw,
                                        const struct cm_node **ret_name)
{
        const struct cm_node *extends = cm_compose_expand(cx, cm_node_get(raw, "extends"));
        const struct cm_node *file = cm_node_get(extends, "file");
        const struct cm_node *name =
                cm_node_type(extends) == CM_NODE_MAP ? cm_node_get(extends, "service") : extends;
        *ret_name = NULL;
        if (cm_compose_is_unknown(extends) || cm_compose_is_unknown(file))
                return cm_compose_is_unknown(file) ? file : extends;
        struct cm_sv path = cm_node_string(file);
        if (cm_sv_has_prefix(path, CM_SV("./")))
                path = cm_sv_skip(path, 2);
        if (path.len > 0 && !cm_sv_eq(path, cm_sv_base_name(cx->file_name)))
                return cm_compose_unknown(cx, file->pos, "is inherited from the file %s",
                                          cm_escape(cx->arena, path));
        if (cm_node_type(name) == CM_NODE_STRING && (file == NULL || path.len > 0)) {
                *ret_name = name;
                return NULL;
        }
        return cm_compose_is_unknown(name)
                       ? name
                       : cm_compose_unknown(cx, extends->pos, "'extends' names no service");
}

static int resolve(struct cm_compose *cx, size_t index, int depth, const struct cm_node **ret,
                   struct cm_err *err);

static int resolve_base(struct cm_compose *cx, const struct cm_node *raw, int depth,
                        const struct cm_node **ret, struct cm_err *err)
{
        const struct cm_node *services = cm_node_get(cx->root, "services");
        const struct cm_node *name = NULL;
        const struct cm_node *why = extends_of(cx, raw, &name);
        if (name == NULL) {
                *ret = unknown_base(cx, why);
                return 0;
        }
        const struct cm_node_member *m = cm_node_member(services, name->text);
        if (m == NULL)
                return malformed(name->pos, err, "there is no service to extend named",
                                 cm_escape(cx->arena, name->text));
        size_t index = (size_t)(m - services->map.members);
        if (cx->is_open[index])
                return malformed(name->pos, err, "services extend each other in a circle at",
                                 cm_escape(cx->arena, name->text));
        if (depth == CM_COMPOSE_EXTENDS_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "%u:%u: more than compose_extends_max (%d) services extend each "
                                "other",
                                name->pos.line, name->pos.column, CM_COMPOSE_EXTENDS_MAX);
        return resolve(cx, index, depth + 1, ret, err);
}

/* The members of a service and its bases; done once, however many services extend it. */
static int resolve(struct cm_compose *cx, size_t index, int depth, const struct cm_node **ret,
                   struct cm_err *err)
{
        const struct cm_node_member *m = &cm_node_get(cx->root, "services")->map.members[index];
        const struct cm_node *raw = m->value;
        if (cx->states[index] != NULL) {
                *ret = cx->states[index];
                return 0;
        }
        if (cm_node_type(raw) != CM_NODE_MAP)
                return malformed(m->key_pos, err, "this must be a mapping: service",
                                 cm_escape(cx->arena, m->key));
        *ret = convert(cx, raw);
        if (is_said(cm_node_get(raw, "extends"))) {
                const struct cm_node *own = *ret;
                const struct cm_node *base = NULL;
                cx->is_open[index] = true;
                int r = resolve_base(cx, raw, depth, &base, err);
                cx->is_open[index] = false;
                if (r < 0)
                        return r;
                *ret = merge(cx, base, own);
        }
        cx->states[index] = *ret;
        return cm_compose_check(cx, err);
}

static const struct cm_node *absent(struct cm_compose *cx, enum otherwise otherwise,
                                    struct cm_node_pos pos)
{
        switch (otherwise) {
        case ABSENT_NULL:
                break;
        case ABSENT_FALSE:
                return cm_compose_bool(cx, pos, false);
        case ABSENT_TEXT:
                return cm_compose_text(cx, pos, CM_SV(""));
        case ABSENT_LIST:
                return cm_compose_list(cx, pos);
        case ABSENT_MAP:
                return cm_compose_map(cx, pos);
        }
        return cm_compose_null(cx, pos);
}

/* Names and values of the variables; unknown as a whole when a name is. */
static const struct cm_node *environment_of(struct cm_compose *cx, const struct cm_node *list)
{
        struct cm_node *map = cm_compose_map(cx, list->pos);
        if (cm_compose_is_unknown(list))
                return list;
        for (size_t i = 0; i < cm_node_count(list); i++) {
                const struct cm_node *item = cm_node_at(list, i);
                if (cm_node_type(item) != CM_NODE_MAP)
                        return item;
                cx->node_count++;
                cm_node_put(cx->arena, map, cm_node_get_string(item, "name"), item->pos,
                            cm_node_get(item, "value"));
        }
        return map;
}

/* A service that says nothing of networks is in the one named "default". */
static const struct cm_node *networks_of(struct cm_compose *cx, const struct cm_node *service)
{
        const struct cm_node *networks = cm_node_get(service, "networks");
        const struct cm_node *mode = cm_node_get(service, "network_mode");
        struct cm_node_pos pos = networks->pos;
        if (cm_node_type(networks) != CM_NODE_MAP || networks->map.count > 0)
                return networks;
        if (cm_compose_is_unknown(mode))
                return mode;
        struct cm_node *map = cm_compose_map(cx, pos);
        if (cm_node_string(mode).len == 0)
                cm_compose_put(cx, map, "default", cm_compose_map(cx, pos));
        return map;
}

static const struct cm_node *finish(struct cm_compose *cx, const struct cm_node_member *m,
                                    const struct cm_node *members)
{
        struct cm_node *service = cm_compose_map(cx, m->value->pos);
        cm_compose_put(cx, service, "name", cm_compose_text(cx, m->value->pos, m->key));
        for (size_t i = 0; i < CM_ARRAY_LEN(rows); i++) {
                const struct cm_node *n = cm_node_get(members, rows[i].name);
                cm_compose_put(cx, service, rows[i].name,
                               n != NULL ? n : absent(cx, rows[i].otherwise, service->pos));
        }
        const struct cm_node *variables = cm_node_get(service, "environment");
        cm_compose_put(cx, service, "env", variables);
        cm_compose_put(cx, service, "environment", environment_of(cx, variables));
        cm_compose_put(cx, service, "networks", networks_of(cx, service));
        cm_compose_put(cx, service, "limits", cm_compose_limits(cx, members));
        cm_compose_put(cx, service, "restart", cm_compose_restart(cx, members));
        cm_compose_put(cx, service, "security", cm_compose_security(cx, members));
        cm_compose_put(cx, service, "healthcheck", cm_compose_health(cx, service));
        return service;
}

int cm_compose_service(struct cm_compose *cx, size_t index, const struct cm_node **ret,
                       struct cm_err *err)
{
        const struct cm_node *members = NULL;
        int r = resolve(cx, index, 0, &members, err);
        if (r < 0)
                return r;
        *ret = finish(cx, &cm_node_get(cx->root, "services")->map.members[index], members);
        return cm_compose_check(cx, err);
}
