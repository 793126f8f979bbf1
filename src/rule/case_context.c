/* SPDX-License-Identifier: Apache-2.0 */
/* Processes, descriptors and containers from their descriptions; see rule_cases.h. */
#include <arpa/inet.h>
#include <string.h>

#include "base/escape.h"
#include "codec/node_expect.h"
#include "rule/case_internal.h"

enum {
        ANCESTORS_MAX = 64
};

int cm_case_parse_number(struct cm_case_load *l, const struct cm_node *n, int64_t *ret)
{
        struct cm_sv text = cm_node_string(n);
        struct cm_err ignored = CM_ERR_INIT;
        bool negative = cm_sv_has_prefix(text, CM_SV("-"));
        struct cm_sv digits = negative ? cm_sv_skip(text, 1) : text;
        unsigned radix = 10;
        uint64_t v = 0;
        if (cm_sv_has_prefix(digits, CM_SV("0x"))) {
                radix = 16;
                digits = cm_sv_skip(digits, 2);
        } else if (digits.len > 1 && digits.ptr[0] == '0') {
                radix = 8;
        }
        if (radix == 10) {
                if (cm_parse_u64(digits, 0, UINT64_MAX, &v, &ignored) < 0)
                        return cm_node_wrong(l->source, n->pos, l->err, "this is no number");
        }
        for (size_t i = 0; i < digits.len && radix != 10; i++) {
                int digit = cm_hex_value(digits.ptr[i]);
                if (digit < 0 || (unsigned)digit >= radix || v >> 60 != 0)
                        return cm_node_wrong(l->source, n->pos, l->err, "this is no number");
                v = v * radix + (unsigned)digit;
        }
        *ret = negative ? (int64_t)(0 - v) : (int64_t)v;
        return 0;
}

int cm_case_number(struct cm_case_load *l, const struct cm_node *n, const char *key, int64_t *ret)
{
        const struct cm_node *v = cm_node_get(n, key);
        return v == NULL ? 0 : cm_case_parse_number(l, v, ret);
}

bool cm_case_parse_address(struct cm_sv text, struct cm_address *ret, uint16_t *ret_port)
{
        char address[INET6_ADDRSTRLEN + 1] = { 0 };
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_sv host, port;
        uint64_t number = 0;
        *ret = (struct cm_address){ .family = 0 };
        if (!cm_sv_cut_last(text, ':', &host, &port) ||
            cm_parse_u64(port, 0, UINT16_MAX, &number, &ignored) < 0)
                return false;
        if (host.len > 1 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
                host = cm_sv_slice(host, 1, host.len - 1);
        if (host.len == 0 || host.len >= sizeof(address))
                return false;
        memcpy(address, host.ptr, host.len);
        *ret_port = (uint16_t)number;
        if (inet_pton(AF_INET, address, ret->bytes) == 1)
                ret->family = 4;
        else if (inet_pton(AF_INET6, address, ret->bytes) == 1)
                ret->family = 6;
        return ret->family != 0;
}

static int texts(struct cm_case_load *l, const struct cm_node *n, const char *key,
                 const struct cm_sv **ret, size_t *ret_count)
{
        const struct cm_node *list = cm_node_get(n, key);
        size_t count = cm_node_count(list);
        if (list == NULL)
                return 0;
        if (list->type != CM_NODE_LIST)
                return cm_node_wrong(l->source, list->pos, l->err, "'%s' is a sequence of texts",
                                     key);
        struct cm_sv *out = CM_NEW_ARRAY(l->arena, struct cm_sv, count);
        for (size_t i = 0; i < count; i++)
                out[i] = cm_node_string(cm_node_at(list, i));
        *ret = out;
        *ret_count = count;
        return 0;
}

static size_t labels(struct cm_case_load *l, const struct cm_node *map, const struct cm_label **ret)
{
        size_t count = cm_node_type(map) == CM_NODE_MAP ? map->map.count : 0;
        struct cm_label *out = CM_NEW_ARRAY(l->arena, struct cm_label, count);
        for (size_t i = 0; i < count; i++) {
                out[i].key = map->map.members[i].key;
                out[i].value = cm_node_string(map->map.members[i].value);
        }
        *ret = out;
        return count;
}

static int mounts(struct cm_case_load *l, const struct cm_node *n, struct cm_container *k)
{
        const struct cm_node *list = cm_node_get(n, "mounts");
        static const char *const known[] = { "source",   "dest",        "mode",
                                             "writable", "propagation", NULL };
        size_t count = cm_node_type(list) == CM_NODE_LIST ? cm_node_count(list) : 0;
        struct cm_container_mount *out = CM_NEW_ARRAY(l->arena, struct cm_container_mount, count);
        for (size_t i = 0; i < count; i++) {
                const struct cm_node *m = cm_node_at(list, i);
                int r = cm_node_only(l->arena, l->source, m, known, l->err);
                if (r < 0)
                        return r;
                out[i] = (struct cm_container_mount){
                        .source = cm_node_get_string(m, "source"),
                        .dest = cm_node_get_string(m, "dest"),
                        .mode = cm_node_get_string(m, "mode"),
                        .propagation = cm_node_get_string(m, "propagation"),
                        .is_writable = cm_case_is_true(m, "writable"),
                };
        }
        k->mounts = out;
        k->mount_count = count;
        return 0;
}

static int container(struct cm_case_load *l, const struct cm_node *n,
                     const struct cm_container **ret)
{
        static const char *const known[] = {
                "id",        "name",       "type",       "image",    "image_id",     "repository",
                "tag",       "digest",     "privileged", "host_pid", "host_network", "host_ipc",
                "start",     "labels",     "mounts",     "ip",       "pod",          "pod_uid",
                "namespace", "pod_labels", "metadata",   NULL
        };
        if (n == NULL)
                return 0;
        int r = cm_node_only(l->arena, l->source, n, known, l->err);
        if (r < 0)
                return r;
        struct cm_container *k = CM_NEW(l->arena, struct cm_container);
        struct cm_sv id = cm_node_get_string(n, "id");
        *k = (struct cm_container){
                .id = cm_sv_slice(id, 0, CM_MIN(id.len, (size_t)12)),
                .full_id = id,
                .name = cm_node_get_string(n, "name"),
                .type = cm_node_get_string(n, "type"),
                .image = cm_node_get_string(n, "image"),
                .image_id = cm_node_get_string(n, "image_id"),
                .image_repository = cm_node_get_string(n, "repository"),
                .image_tag = cm_node_get_string(n, "tag"),
                .image_digest = cm_node_get_string(n, "digest"),
                .ip = cm_node_get_string(n, "ip"),
                .has_metadata = !cm_sv_eq(cm_node_get_string(n, "metadata"), CM_SV("false")),
                .is_privileged = cm_case_is_true(n, "privileged"),
                .uses_host_pid = cm_case_is_true(n, "host_pid"),
                .uses_host_network = cm_case_is_true(n, "host_network"),
                .uses_host_ipc = cm_case_is_true(n, "host_ipc"),
                .pod_name = cm_node_get_string(n, "pod"),
                .pod_uid = cm_node_get_string(n, "pod_uid"),
                .namespace_name = cm_node_get_string(n, "namespace"),
        };
        k->label_count = labels(l, cm_node_get(n, "labels"), &k->labels);
        k->pod_label_count = labels(l, cm_node_get(n, "pod_labels"), &k->pod_labels);
        r = cm_case_number(l, n, "start", &k->start_ns);
        if (r == 0)
                r = mounts(l, n, k);
        *ret = k;
        return r;
}

static int user(struct cm_case_load *l, const struct cm_node *n, struct cm_user *ret)
{
        static const char *const known[] = { "id", "name", "home", "shell", NULL };
        int64_t id = 0;
        if (n == NULL)
                return 0;
        int r = cm_node_only(l->arena, l->source, n, known, l->err);
        if (r == 0)
                r = cm_case_number(l, n, "id", &id);
        *ret = (struct cm_user){ .id = (uint32_t)id,
                                 .is_known = true,
                                 .name = cm_node_get_string(n, "name"),
                                 .home = cm_node_get_string(n, "home"),
                                 .shell = cm_node_get_string(n, "shell") };
        return r;
}

/* "CAP_SYS_ADMIN CAP_KILL" */
static int capabilities(struct cm_case_load *l, const struct cm_node *n, const char *key,
                        struct cm_thread *t, uint64_t *ret)
{
        const struct cm_node *v = cm_node_get(n, key);
        struct cm_sv rest = cm_node_string(v);
        struct cm_sv name;
        uint32_t bit = 0;
        if (v == NULL)
                return 0;
        t->has_caps = true;
        while (cm_sv_next_field(&rest, ' ', &name)) {
                if (!cm_dictionary_value(&cm_dictionary_capabilities, name, &bit))
                        return cm_node_wrong(l->source, v->pos, l->err,
                                             "there is no capability '%s'",
                                             cm_escape(l->arena, name));
                *ret |= (uint64_t)1 << bit;
        }
        return 0;
}

static int thread_numbers(struct cm_case_load *l, const struct cm_node *n, struct cm_thread *t)
{
        int64_t tty = 0;
        int64_t ino = 0;
        const struct {
                const char *key;
                int64_t *value;
        } numbers[] = {
                { "tid", &t->tid },
                { "pid", &t->pid },
                { "ptid", &t->ptid },
                { "vtid", &t->vtid },
                { "vpid", &t->vpid },
                { "sid", &t->sid },
                { "pgid", &t->pgid },
                { "vpgid", &t->vpgid },
                { "tty", &tty },
                { "exe_ino", &ino },
                { "started", &t->clone_ns },
                { "executed", &t->exec_ns },
                { "pidns_started", &t->pidns_start_ns },
                { "exe_ctime", &t->exe_ino_ctime_ns },
                { "exe_mtime", &t->exe_ino_mtime_ns },
                { "fd_limit", &t->fd_limit },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(numbers); i++) {
                int r = cm_case_number(l, n, numbers[i].key, numbers[i].value);
                if (r < 0)
                        return r;
        }
        t->tty = (uint32_t)tty;
        t->exe_ino = (uint64_t)ino;
        if (cm_node_get(n, "tid") == NULL)
                t->tid = t->pid;
        if (cm_node_get(n, "vpid") == NULL)
                t->vpid = t->pid;
        if (cm_node_get(n, "vtid") == NULL)
                t->vtid = t->tid;
        return 0;
}

static void exe_flags(const struct cm_node *n, struct cm_thread *t)
{
        static const struct {
                const char *key;
                uint32_t flag;
        } flags[] = { { "exe_writable", CM_EXE_WRITABLE },
                      { "exe_upper_layer", CM_EXE_UPPER_LAYER },
                      { "exe_from_memfd", CM_EXE_FROM_MEMFD },
                      { "exe_lower_layer", CM_EXE_LOWER_LAYER } };
        for (size_t i = 0; i < CM_ARRAY_LEN(flags); i++)
                if (cm_case_is_true(n, flags[i].key))
                        t->exe_flags |= flags[i].flag;
}

static int load_thread(struct cm_case_load *l, const struct cm_node *n,
                       const struct cm_container *outer, size_t depth, const struct cm_thread **ret)
{
        static const char *const known[] = { "tid",
                                             "pid",
                                             "ptid",
                                             "vtid",
                                             "vpid",
                                             "sid",
                                             "pgid",
                                             "vpgid",
                                             "name",
                                             "exe",
                                             "exepath",
                                             "args",
                                             "env",
                                             "cwd",
                                             "user",
                                             "login",
                                             "group",
                                             "tty",
                                             "exe_ino",
                                             "started",
                                             "executed",
                                             "exe_ctime",
                                             "pidns_started",
                                             "exe_mtime",
                                             "fd_limit",
                                             "parent",
                                             "session_leader",
                                             "group_leader",
                                             "container",
                                             "cap_permitted",
                                             "cap_effective",
                                             "cap_inheritable",
                                             "cgroups",
                                             "exe_writable",
                                             "exe_upper_layer",
                                             "exe_from_memfd",
                                             "exe_lower_layer",
                                             NULL };
        if (n == NULL)
                return 0;
        if (depth == ANCESTORS_MAX)
                return cm_node_wrong(l->source, n->pos, l->err, "more than %d ancestors",
                                     ANCESTORS_MAX);
        struct cm_thread *t = CM_NEW(l->arena, struct cm_thread);
        int r = cm_node_only(l->arena, l->source, n, known, l->err);
        t->comm = cm_node_get_string(n, "name");
        t->exe = cm_node_get(n, "exe") == NULL ? t->comm : cm_node_get_string(n, "exe");
        t->exepath = cm_node_get_string(n, "exepath");
        t->cwd = cm_node_get_string(n, "cwd");
        t->container = outer;
        t->login = (struct cm_user){ .id = UINT32_MAX, .is_known = true };
        t->cgroup_count = labels(l, cm_node_get(n, "cgroups"), &t->cgroups);
        exe_flags(n, t);
        if (r == 0)
                r = thread_numbers(l, n, t);
        if (r == 0)
                r = texts(l, n, "args", &t->args, &t->arg_count);
        if (r == 0)
                r = texts(l, n, "env", &t->env, &t->env_count);
        if (r == 0)
                r = user(l, cm_node_get(n, "user"), &t->user);
        if (r == 0)
                r = user(l, cm_node_get(n, "login"), &t->login);
        if (r == 0)
                r = user(l, cm_node_get(n, "group"), &t->group);
        if (r == 0)
                r = capabilities(l, n, "cap_permitted", t, &t->cap_permitted);
        if (r == 0)
                r = capabilities(l, n, "cap_effective", t, &t->cap_effective);
        if (r == 0)
                r = capabilities(l, n, "cap_inheritable", t, &t->cap_inheritable);
        if (r == 0)
                r = container(l, cm_node_get(n, "container"), &t->container);
        if (r == 0)
                r = load_thread(l, cm_node_get(n, "parent"), t->container, depth + 1, &t->parent);
        if (r == 0)
                r = load_thread(l, cm_node_get(n, "session_leader"), t->container, depth + 1,
                                &t->session_leader);
        if (r == 0)
                r = load_thread(l, cm_node_get(n, "group_leader"), t->container, depth + 1,
                                &t->group_leader);
        if (t->parent != NULL && cm_node_get(n, "ptid") == NULL)
                t->ptid = t->parent->pid;
        *ret = t;
        return r;
}

int cm_case_thread(struct cm_case_load *l, const struct cm_node *n, const struct cm_thread **ret)
{
        return load_thread(l, n, NULL, 0, ret);
}
