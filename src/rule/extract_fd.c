/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of the descriptor that the event is about: fd.* */
#include <inttypes.h>

#include "model/event_format.h"
#include "rule/field_cases.h"
#include "rule/service.h"

static char letter_of(const struct cm_fd *fd)
{
        const struct cm_fd_type_info *type = cm_fd_type_info(fd->type);
        return type == NULL ? '\0' : type->letter;
}

static bool is_ip(const struct cm_fd *fd)
{
        return fd->type == CM_FD_IPV4_SOCKET || fd->type == CM_FD_IPV6_SOCKET ||
               fd->type == CM_FD_IPV4_SERVER || fd->type == CM_FD_IPV6_SERVER;
}

static bool is_file(const struct cm_fd *fd)
{
        return fd->type == CM_FD_FILE || fd->type == CM_FD_DIRECTORY || fd->type == CM_FD_MEMFD;
}

/* Is the own end the client's? A socket whose role is not known is taken for a client. */
static bool own_is_client(const struct cm_fd *fd)
{
        return cm_fd_is_connection(fd) && fd->role != CM_FD_ROLE_SERVER;
}

static const struct cm_address *end_address(const struct cm_fd *fd, bool client)
{
        return client ? &fd->client : &fd->server;
}

static void put_end(struct cm_extract *x, const struct cm_fd *fd, bool client)
{
        if (cm_fd_is_connection(fd) || (!client && is_ip(fd)))
                cm_extract_put_address(x, end_address(fd, client));
}

static void put_port(struct cm_extract *x, const struct cm_fd *fd, bool client)
{
        if (cm_fd_is_connection(fd) || (!client && is_ip(fd)))
                cm_extract_put_number(x, client ? fd->client_port : fd->server_port);
}

static void put_service(struct cm_extract *x, const struct cm_fd *fd, bool client)
{
        uint16_t port = client ? fd->client_port : fd->server_port;
        if (!cm_fd_is_connection(fd) && (client || !is_ip(fd)))
                return;
        const char *name = cm_service_name(port);
        if (name != NULL) {
                cm_extract_put_text(x, cm_sv_from_cstr(name));
                return;
        }
        cm_buf_printf(cm_extract_begin(x), "%u", port);
        cm_extract_put_work(x);
}

/* The name of an address: outputs have the name; conditions compare addresses (rule/compare.c). */
static void put_host(struct cm_extract *x, const struct cm_fd *fd, bool client)
{
        const struct cm_process_lookup *l = x->c->lookup;
        struct cm_sv name;
        if (!is_ip(fd) || end_address(fd, client)->family == 0)
                return;
        if (l != NULL && l->host_name != NULL &&
            l->host_name(l->ctx, end_address(fd, client), &name)) {
                cm_extract_put_text(x, name);
                return;
        }
        cm_address_put(cm_extract_begin(x), end_address(fd, client));
        cm_extract_put_work(x);
}

static struct cm_sv directory_of(struct cm_sv path)
{
        ptrdiff_t at = cm_sv_rfind_char(path, '/');
        if (at < 0)
                return CM_SV("");
        return at == 0 ? CM_SV("/") : cm_sv_slice(path, 0, (size_t)at);
}

static void put_with_container(struct cm_extract *x, struct cm_sv text)
{
        const struct cm_container *k = cm_event_container(x->c);
        struct cm_buf *out = cm_extract_begin(x);
        cm_buf_put_sv(out, k == NULL ? CM_SV("host") : k->id);
        cm_buf_put_char(out, ':');
        cm_buf_put_sv(out, text);
        cm_extract_put_work(x);
}

static void put_types(struct cm_extract *x)
{
        const struct cm_event *e = x->c->event;
        const struct cm_process_lookup *l = x->c->lookup;
        int64_t number = 0;
        if (x->argument.len > 0 && x->index >= 0 && l != NULL && l->fd != NULL &&
            x->c->thread != NULL) {
                const struct cm_fd *fd = l->fd(l->ctx, x->c->thread, x->index);
                const struct cm_fd_type_info *t = fd == NULL ? NULL : cm_fd_type_info(fd->type);
                if (t != NULL)
                        cm_extract_put_text(x, cm_sv_from_cstr(t->name));
                return;
        }
        for (size_t i = 0; i < e->info->param_count; i++) {
                if (e->info->params[i].type != CM_EVENT_PARAM_FD || !cm_event_number(e, i, &number))
                        continue;
                const struct cm_fd *fd = x->c->fd;
                if (fd == NULL || fd->number != number)
                        fd = l != NULL && l->fd != NULL && x->c->thread != NULL
                                     ? l->fd(l->ctx, x->c->thread, number)
                                     : NULL;
                const struct cm_fd_type_info *t = fd == NULL ? NULL : cm_fd_type_info(fd->type);
                if (t != NULL)
                        cm_extract_put_text(x, cm_sv_from_cstr(t->name));
        }
}

/* The path parameter of a call that makes a descriptor of a file, or -1. */
static ptrdiff_t opened_path(const struct cm_event *e)
{
        static const char *const names[] = { "open", "openat", "openat2", "creat", NULL };
        if (!cm_sv_is_any(cm_sv_from_cstr(e->info->name), names))
                return -1;
        return cm_event_param_find(e->info, CM_SV("name"));
}

/* An open that failed makes no descriptor; what it was about is still in the event. */
static void extract_unopened(struct cm_extract *x, int which)
{
        ptrdiff_t at = opened_path(x->c->event);
        int64_t result = -1;
        struct cm_sv raw;
        if (at < 0 || !cm_event_text(x->c->event, (size_t)at, &raw))
                return;
        switch (which) {
        case CM_CASE_fd_NUM:
                CM_IGNORE(cm_event_result(x->c->event, &result));
                cm_extract_put_number(x, result < 0 ? -1 : result);
                return;
        case CM_CASE_fd_TYPE:
                cm_extract_put_text(x, CM_SV("file"));
                return;
        case CM_CASE_fd_TYPECHAR:
                cm_extract_put_text(x, CM_SV("f"));
                return;
        case CM_CASE_fd_NAMERAW:
                cm_extract_put_text(x, raw);
                return;
        case CM_CASE_fd_NAME:
        case CM_CASE_fd_DIRECTORY:
        case CM_CASE_fd_FILENAME:
                break;
        default:
                return;
        }
        CM_IGNORE(cm_event_put_arg(cm_extract_begin(x), x->c, (size_t)at));
        cm_extract_put_work(x);
        if (x->count == 0)
                return;
        struct cm_sv name = x->items[0].text;
        if (which == CM_CASE_fd_DIRECTORY)
                x->items[0].text = directory_of(name);
        else if (which == CM_CASE_fd_FILENAME)
                x->items[0].text = cm_sv_base_name(name);
}

static void extract_socket(struct cm_extract *x, const struct cm_fd *fd, int which)
{
        bool own_client = own_is_client(fd);
        switch (which) {
        case CM_CASE_fd_IP:
                put_end(x, fd, true);
                put_end(x, fd, false);
                break;
        case CM_CASE_fd_CIP:
                put_end(x, fd, true);
                break;
        case CM_CASE_fd_SIP:
                put_end(x, fd, false);
                break;
        case CM_CASE_fd_LIP:
                put_end(x, fd, own_client);
                break;
        case CM_CASE_fd_RIP:
                if (cm_fd_is_connection(fd))
                        put_end(x, fd, !own_client);
                break;
        case CM_CASE_fd_PORT:
                put_port(x, fd, true);
                put_port(x, fd, false);
                break;
        case CM_CASE_fd_CPORT:
                put_port(x, fd, true);
                break;
        case CM_CASE_fd_SPORT:
                put_port(x, fd, false);
                break;
        case CM_CASE_fd_LPORT:
                put_port(x, fd, own_client);
                break;
        case CM_CASE_fd_RPORT:
                if (cm_fd_is_connection(fd))
                        put_port(x, fd, !own_client);
                break;
        case CM_CASE_fd_L4PROTO:
                if (is_ip(fd))
                        cm_extract_put_text(x, cm_sv_from_cstr(cm_l4_protocol_name(fd->protocol)));
                break;
        case CM_CASE_fd_SOCKFAMILY:
                if (is_ip(fd) || fd->type == CM_FD_UNIX_SOCKET)
                        cm_extract_put_text(x, is_ip(fd) ? CM_SV("ip") : CM_SV("unix"));
                break;
        case CM_CASE_fd_IS_SERVER:
                cm_extract_put_bool(x, fd->role == CM_FD_ROLE_SERVER ||
                                               fd->type == CM_FD_IPV4_SERVER ||
                                               fd->type == CM_FD_IPV6_SERVER);
                break;
        case CM_CASE_fd_PROTO:
                put_service(x, fd, true);
                put_service(x, fd, false);
                break;
        case CM_CASE_fd_CPROTO:
                put_service(x, fd, true);
                break;
        case CM_CASE_fd_SPROTO:
                put_service(x, fd, false);
                break;
        case CM_CASE_fd_LPROTO:
                put_service(x, fd, own_client);
                break;
        case CM_CASE_fd_RPROTO:
                put_service(x, fd, !own_client);
                break;
        case CM_CASE_fd_CIP_NAME:
                put_host(x, fd, true);
                break;
        case CM_CASE_fd_SIP_NAME:
                put_host(x, fd, false);
                break;
        case CM_CASE_fd_LIP_NAME:
                put_host(x, fd, own_client);
                break;
        case CM_CASE_fd_RIP_NAME:
                put_host(x, fd, !own_client);
                break;
        default:
                break;
        }
}

void cm_extract_fd(struct cm_extract *x, int which)
{
        const struct cm_fd *fd = x->c->fd;
        if (which == CM_CASE_fd_TYPES) {
                put_types(x);
                return;
        }
        if (fd == NULL) {
                extract_unopened(x, which);
                return;
        }
        char letter = letter_of(fd);
        switch (which) {
        case CM_CASE_fd_NUM:
                cm_extract_put_number(x, fd->number);
                break;
        case CM_CASE_fd_TYPE:
                if (letter != '\0')
                        cm_extract_put_text(x, cm_sv_from_cstr(cm_fd_type_info(fd->type)->name));
                break;
        case CM_CASE_fd_TYPECHAR:
                if (letter != '\0')
                        cm_extract_put_text(x, cm_sv_make(&cm_fd_type_info(fd->type)->letter, 1));
                break;
        case CM_CASE_fd_NAME:
                cm_extract_put_text_unless_empty(x, fd->name);
                break;
        case CM_CASE_fd_NAMERAW:
                cm_extract_put_text_unless_empty(x, fd->raw_name);
                break;
        case CM_CASE_fd_DIRECTORY:
                if (is_file(fd) && fd->name.len > 0)
                        cm_extract_put_text(x, directory_of(fd->name));
                break;
        case CM_CASE_fd_FILENAME:
                if (is_file(fd) && fd->name.len > 0)
                        cm_extract_put_text(x, cm_sv_base_name(fd->name));
                break;
        case CM_CASE_fd_UID:
                cm_buf_printf(cm_extract_begin(x), "%" PRIu64 "%" PRId64, x->c->event->tid,
                              fd->number);
                cm_extract_put_work(x);
                break;
        case CM_CASE_fd_CONTAINERNAME:
                put_with_container(x, fd->name);
                break;
        case CM_CASE_fd_CONTAINERDIRECTORY:
                if (is_file(fd))
                        put_with_container(x, directory_of(fd->name));
                break;
        case CM_CASE_fd_CONNECTED:
                cm_extract_put_bool(x, (fd->flags & CM_FD_CONNECTED) != 0);
                break;
        case CM_CASE_fd_NAME_CHANGED:
                cm_extract_put_bool(x, (fd->flags & CM_FD_NAME_CHANGED) != 0);
                break;
        case CM_CASE_fd_DEV:
                cm_extract_put_number(x, fd->dev);
                break;
        case CM_CASE_fd_DEV_MAJOR:
                cm_extract_put_number(x, fd->dev >> 20);
                break;
        case CM_CASE_fd_DEV_MINOR:
                cm_extract_put_number(x, fd->dev & 0xfffff);
                break;
        case CM_CASE_fd_INO:
                cm_extract_put_number(x, (int64_t)fd->ino);
                break;
        case CM_CASE_fd_IS_UPPER_LAYER:
                cm_extract_put_bool(x, (fd->flags & CM_FD_UPPER_LAYER) != 0);
                break;
        case CM_CASE_fd_IS_LOWER_LAYER:
                cm_extract_put_bool(x, (fd->flags & CM_FD_LOWER_LAYER) != 0);
                break;
        case CM_CASE_fd_REALPATH:
                cm_extract_put_text_unless_empty(x, fd->kernel_name);
                break;
        default:
                extract_socket(x, fd, which);
                break;
        }
}
