/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors from their descriptions, and the answers of a case's tracker; see rule_cases.h. */
#include <string.h>

#include "codec/node_expect.h"
#include "rule/case_internal.h"

bool cm_case_is_true(const struct cm_node *n, const char *key)
{
        return cm_sv_eq(cm_node_get_string(n, key), CM_SV("true"));
}

static bool fd_type(struct cm_sv name, enum cm_fd_type *ret)
{
        static const struct {
                const char *name;
                enum cm_fd_type type;
        } types[] = { { "file", CM_FD_FILE },
                      { "directory", CM_FD_DIRECTORY },
                      { "ipv4", CM_FD_IPV4_SOCKET },
                      { "ipv6", CM_FD_IPV6_SOCKET },
                      { "ipv4-server", CM_FD_IPV4_SERVER },
                      { "ipv6-server", CM_FD_IPV6_SERVER },
                      { "unix", CM_FD_UNIX_SOCKET },
                      { "pipe", CM_FD_PIPE },
                      { "event", CM_FD_EVENT },
                      { "memfd", CM_FD_MEMFD },
                      { "netlink", CM_FD_NETLINK },
                      { "bpf", CM_FD_BPF } };
        for (size_t i = 0; i < CM_ARRAY_LEN(types); i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(types[i].name))) {
                        *ret = types[i].type;
                        return true;
                }
        return false;
}

static int fd_ends(struct cm_case_load *l, const struct cm_node *n, struct cm_fd *fd)
{
        const struct {
                const char *key;
                struct cm_address *address;
                uint16_t *port;
        } ends[] = { { "client", &fd->client, &fd->client_port },
                     { "server", &fd->server, &fd->server_port } };
        for (size_t i = 0; i < CM_ARRAY_LEN(ends); i++) {
                const struct cm_node *v = cm_node_get(n, ends[i].key);
                if (v != NULL &&
                    !cm_case_parse_address(cm_node_string(v), ends[i].address, ends[i].port))
                        return cm_node_wrong(l->source, v->pos, l->err,
                                             "it is written ADDRESS:PORT");
        }
        if (fd->name.len == 0 && fd->client.family != 0)
                fd->name = cm_sv_printf(l->arena, "%.*s->%.*s",
                                        CM_SV_ARG(cm_node_get_string(n, "client")),
                                        CM_SV_ARG(cm_node_get_string(n, "server")));
        return 0;
}

int cm_case_fd(struct cm_case_load *l, const struct cm_node *n, const struct cm_fd **ret)
{
        static const char *const known[] = {
                "number",      "type",        "name",     "raw_name", "ino",       "dev",
                "protocol",    "role",        "client",   "server",   "connected", "name_changed",
                "upper_layer", "lower_layer", "realpath", NULL
        };
        static const char *const protocols[] = { "", "tcp", "udp", "icmp", "raw" };
        if (n == NULL)
                return 0;
        struct cm_fd *fd = CM_NEW(l->arena, struct cm_fd);
        struct cm_sv protocol = cm_node_get_string(n, "protocol");
        struct cm_sv role = cm_node_get_string(n, "role");
        int64_t ino = 0;
        int64_t dev = 0;
        int r = cm_node_only(l->arena, l->source, n, known, l->err);
        if (r == 0 && !fd_type(cm_node_get_string(n, "type"), &fd->type))
                r = cm_node_wrong(
                        l->source, n->pos, l->err,
                        "the type of a descriptor is file, directory, ipv4, ipv6, "
                        "ipv4-server, ipv6-server, unix, pipe, event, memfd, netlink, bpf");
        if (r == 0)
                r = cm_case_number(l, n, "number", &fd->number);
        if (r == 0)
                r = cm_case_number(l, n, "ino", &ino);
        if (r == 0)
                r = cm_case_number(l, n, "dev", &dev);
        if (r < 0)
                return r;
        fd->name = cm_node_get_string(n, "name");
        fd->raw_name =
                cm_node_get(n, "raw_name") == NULL ? fd->name : cm_node_get_string(n, "raw_name");
        fd->kernel_name = cm_node_get_string(n, "realpath");
        fd->ino = (uint64_t)ino;
        fd->dev = (uint32_t)dev;
        for (size_t i = 1; i < CM_ARRAY_LEN(protocols); i++)
                if (cm_sv_eq(protocol, cm_sv_from_cstr(protocols[i])))
                        fd->protocol = (enum cm_l4_protocol)i;
        fd->role = cm_sv_eq(role, CM_SV("server"))   ? CM_FD_ROLE_SERVER
                   : cm_sv_eq(role, CM_SV("client")) ? CM_FD_ROLE_CLIENT
                                                     : CM_FD_ROLE_UNKNOWN;
        fd->flags = (cm_case_is_true(n, "connected") ? CM_FD_CONNECTED : 0U) |
                    (cm_case_is_true(n, "name_changed") ? CM_FD_NAME_CHANGED : 0U) |
                    (cm_case_is_true(n, "upper_layer") ? CM_FD_UPPER_LAYER : 0U) |
                    (cm_case_is_true(n, "lower_layer") ? CM_FD_LOWER_LAYER : 0U);
        *ret = fd;
        return fd_ends(l, n, fd);
}

struct lookup {
        const struct cm_fd **fds;
        size_t fd_count;
        const struct cm_node *users; /* id → name */
        const struct cm_node *hosts; /* name → addresses */
};

static const struct cm_fd *lookup_fd(void *ctx, const struct cm_thread *thread, int64_t number)
{
        const struct lookup *l = ctx;
        (void)thread;
        for (size_t i = 0; i < l->fd_count; i++)
                if (l->fds[i]->number == number)
                        return l->fds[i];
        return NULL;
}

static bool lookup_user(void *ctx, const struct cm_thread *thread, uint32_t id, struct cm_sv *ret)
{
        const struct lookup *l = ctx;
        char key[16];
        size_t at = sizeof(key);
        (void)thread;
        do {
                key[--at] = (char)('0' + id % 10);
                id /= 10;
        } while (id > 0);
        *ret = cm_node_string(cm_node_get_sv(l->users, cm_sv_make(key + at, sizeof(key) - at)));
        return ret->len > 0;
}

static size_t lookup_host(void *ctx, struct cm_sv name, struct cm_address *ret, size_t max)
{
        const struct lookup *l = ctx;
        const struct cm_node *list = cm_node_get_sv(l->hosts, name);
        size_t count = 0;
        for (size_t i = 0; i < cm_node_count(list) && count < max; i++) {
                char text[64];
                struct cm_sv address = cm_node_string(cm_node_at(list, i));
                uint16_t port = 0;
                if (address.len + 3 > sizeof(text))
                        continue;
                memcpy(text, address.ptr, address.len);
                memcpy(text + address.len, ":0", 2);
                if (cm_case_parse_address(cm_sv_make(text, address.len + 2), &ret[count], &port))
                        count++;
        }
        return count;
}

int cm_case_lookup(struct cm_case_load *l, const struct cm_node *test,
                   const struct cm_process_lookup **ret)
{
        struct cm_process_lookup *out = CM_NEW(l->arena, struct cm_process_lookup);
        struct lookup *ctx = CM_NEW(l->arena, struct lookup);
        const struct cm_node *list = cm_node_get(test, "fds");
        ctx->fd_count = cm_node_type(list) == CM_NODE_LIST ? cm_node_count(list) : 0;
        ctx->fds = CM_NEW_ARRAY(l->arena, const struct cm_fd *, ctx->fd_count);
        ctx->users = cm_node_get(test, "users");
        ctx->hosts = cm_node_get(test, "hosts");
        for (size_t i = 0; i < ctx->fd_count; i++) {
                int r = cm_case_fd(l, cm_node_at(list, i), &ctx->fds[i]);
                if (r < 0)
                        return r;
        }
        *out = (struct cm_process_lookup){
                .ctx = ctx, .fd = lookup_fd, .user_name = lookup_user, .host_addresses = lookup_host
        };
        *ret = out;
        return 0;
}
