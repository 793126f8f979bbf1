/* SPDX-License-Identifier: Apache-2.0 */
/* See event_format.h. */
#include "model/event_format.h"

#include <arpa/inet.h>
#include <inttypes.h>

#include "base/cursor.h"

enum {
        FAMILY_UNIX = 1,
        FAMILY_IPV4 = 2,
        FAMILY_IPV6 = 10,
        AT_CWD = -100
};

static const struct cm_fd_type_info fd_types[] = { { 0, NULL },
#define X(name, letter, text) { letter, text },
                                                   CM_FD_TYPES(X)
#undef X
};

static const char *const l4_protocols[] = {
#define X(name, text) text,
        CM_L4_PROTOCOLS(X)
#undef X
};

const struct cm_fd_type_info *cm_fd_type_info(enum cm_fd_type type)
{
        return type == CM_FD_UNKNOWN ? NULL : &fd_types[type];
}

const char *cm_l4_protocol_name(enum cm_l4_protocol protocol)
{
        return l4_protocols[protocol];
}

void cm_address_put(struct cm_buf *out, const struct cm_address *address)
{
        char text[INET6_ADDRSTRLEN];
        if (address->family != 4 && address->family != 6)
                return;
        if (inet_ntop(address->family == 4 ? AF_INET : AF_INET6, address->bytes, text,
                      sizeof(text)) != NULL)
                cm_buf_put_str(out, text);
}

void cm_capabilities_put(struct cm_buf *out, uint64_t set)
{
        const struct cm_dictionary *names = &cm_dictionary_capabilities;
        const char *blank = "";
        for (size_t i = 0; i < names->count; i++)
                if ((set >> names->names[i].value & 1) != 0) {
                        cm_buf_printf(out, "%s%s", blank, names->names[i].name);
                        blank = " ";
                }
}

static const char *error_name(int64_t result)
{
        return result < 0 && result > -4096
                       ? cm_dictionary_name(&cm_dictionary_errors, (uint32_t)-result)
                       : NULL;
}

void cm_errno_put(struct cm_buf *out, int64_t result)
{
        const char *name = error_name(result);
        if (result >= 0)
                cm_buf_put_str(out, "SUCCESS");
        else if (name != NULL)
                cm_buf_put_str(out, name);
        else
                cm_buf_printf(out, "%" PRId64, result);
}

void cm_path_put_joined(struct cm_buf *out, struct cm_sv dir, struct cm_sv path)
{
        struct cm_sv parts[2] = { dir, path };
        size_t start = out->len;
        bool is_absolute = path.len > 0 && path.ptr[0] == '/';
        for (size_t i = is_absolute ? 1 : 0; i < 2; i++) {
                struct cm_sv rest = parts[i];
                struct cm_sv name;
                while (cm_sv_next_field(&rest, '/', &name)) {
                        if (name.len == 0 || cm_sv_eq(name, CM_SV(".")))
                                continue;
                        if (!cm_sv_eq(name, CM_SV(".."))) {
                                cm_buf_put_char(out, '/');
                                cm_buf_put_sv(out, name);
                                continue;
                        }
                        while (out->len > start && out->ptr[out->len - 1] != '/')
                                out->len--;
                        if (out->len > start)
                                out->len--;
                }
        }
        if (out->len == start)
                cm_buf_put_char(out, '/');
}

static const struct cm_fd *find_fd(const struct cm_event_context *c, int64_t number)
{
        if (c->fd != NULL && c->fd->number == number)
                return c->fd;
        if (c->lookup == NULL || c->lookup->fd == NULL || c->thread == NULL)
                return NULL;
        return c->lookup->fd(c->lookup->ctx, c->thread, number);
}

struct cm_sv cm_event_base_dir(const struct cm_event_context *c, size_t index)
{
        const struct cm_event_info *info = c->event->info;
        struct cm_sv cwd = c->thread == NULL ? CM_SV("") : c->thread->cwd;
        int64_t dir = AT_CWD;
        if (info->params[index].type != CM_EVENT_PARAM_FSRELPATH)
                return cwd;
        if (index == 0 || !cm_event_number(c->event, index - 1, &dir))
                return CM_SV("");
        /* Captures have both the 64-bit and the 32-bit form of AT_FDCWD. */
        if (dir == AT_CWD || dir == (int64_t)(uint32_t)AT_CWD)
                return cwd;
        const struct cm_fd *fd = find_fd(c, dir);
        return fd == NULL ? CM_SV("") : fd->name;
}

static struct cm_address take_address(struct cm_cursor *c, uint8_t family)
{
        struct cm_address a = { .family = family == FAMILY_IPV4 ? 4 : 6 };
        struct cm_sv bytes = cm_cursor_take(c, family == FAMILY_IPV4 ? 4 : 16);
        for (size_t i = 0; i < bytes.len; i++)
                a.bytes[i] = (uint8_t)bytes.ptr[i];
        return a;
}

bool cm_event_tuple(struct cm_sv bytes, struct cm_address *ret_source, uint16_t *ret_source_port,
                    struct cm_address *ret_dest, uint16_t *ret_dest_port)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        uint8_t family = cm_cursor_u8(&c);
        if (family != FAMILY_IPV4 && family != FAMILY_IPV6)
                return false;
        *ret_source = take_address(&c, family);
        *ret_source_port = cm_cursor_le16(&c);
        *ret_dest = take_address(&c, family);
        *ret_dest_port = cm_cursor_le16(&c);
        return !c.failed;
}

static void put_text(struct cm_buf *out, struct cm_sv bytes)
{
        ptrdiff_t end = cm_sv_find_char(bytes, '\0');
        cm_buf_put_sv(out, end < 0 ? bytes : cm_sv_slice(bytes, 0, (size_t)end));
}

static void put_tuple(struct cm_buf *out, struct cm_sv bytes)
{
        struct cm_address ends[2];
        uint16_t ports[2];
        if (cm_event_tuple(bytes, &ends[0], &ports[0], &ends[1], &ports[1])) {
                for (size_t i = 0; i < 2; i++) {
                        cm_buf_put_str(out, i == 0 ? "" : "->");
                        cm_address_put(out, &ends[i]);
                        cm_buf_printf(out, ":%u", ports[i]);
                }
                return;
        }
        struct cm_cursor c = cm_cursor_make(bytes);
        if (cm_cursor_u8(&c) != FAMILY_UNIX)
                return;
        uint64_t source = cm_cursor_le64(&c);
        uint64_t dest = cm_cursor_le64(&c);
        struct cm_sv path = cm_cursor_take(&c, c.len);
        if (c.failed)
                return;
        cm_buf_printf(out, "%" PRIx64 "->%" PRIx64 "%s", source, dest, path.len > 1 ? " " : "");
        put_text(out, path);
}

static void put_address(struct cm_buf *out, struct cm_sv bytes)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        uint8_t family = cm_cursor_u8(&c);
        if (family == FAMILY_UNIX) {
                put_text(out, cm_cursor_take(&c, c.len));
        } else if (family == FAMILY_IPV4 || family == FAMILY_IPV6) {
                struct cm_address a = take_address(&c, family);
                uint16_t port = cm_cursor_le16(&c);
                if (c.failed)
                        return;
                cm_address_put(out, &a);
                cm_buf_printf(out, ":%u", port);
        } else {
                cm_buf_printf(out, "family %u", family);
        }
}

static void put_fd(struct cm_buf *out, const struct cm_fd *fd)
{
        const struct cm_fd_type_info *type = cm_fd_type_info(fd->type);
        if (type == NULL || fd->name.len == 0)
                return;
        cm_buf_printf(out, "<%c", type->letter);
        if (fd->protocol != CM_L4_NA)
                cm_buf_put_char(out, cm_l4_protocol_name(fd->protocol)[0]);
        cm_buf_put_char(out, '>');
        cm_buf_put_sv(out, fd->name);
}

static void put_fd_list(struct cm_buf *out, const struct cm_event_context *c, struct cm_sv bytes)
{
        struct cm_cursor list = cm_cursor_make(bytes);
        size_t count = cm_cursor_le16(&list);
        for (size_t i = 0; i < count && !list.failed; i++) {
                int64_t number = (int64_t)cm_cursor_le64(&list);
                unsigned flags = cm_cursor_le16(&list);
                if (list.failed)
                        return;
                const struct cm_fd *fd = find_fd(c, number);
                const struct cm_fd_type_info *type = fd == NULL ? NULL : cm_fd_type_info(fd->type);
                cm_buf_printf(out, "%s%" PRId64 ":%c%x", i == 0 ? "" : " ", number,
                              type == NULL ? 'n' : type->letter, flags);
        }
}

/* Buffers print with a dot for every byte that is not printable. */
static void put_bytes(struct cm_buf *out, struct cm_sv bytes)
{
        for (size_t i = 0; i < bytes.len; i++)
                cm_buf_put_char(out,
                                bytes.ptr[i] >= ' ' && bytes.ptr[i] <= '~' ? bytes.ptr[i] : '.');
}

static void put_dynamic(struct cm_buf *out, const struct cm_event_info *info, struct cm_sv bytes)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        uint8_t form = cm_cursor_u8(&c);
        /* Of socket options: 1 a result, 2 u32, 3 u64, 4 a time; of ptrace: 0 u64, 1 a signal. */
        bool is_signal = form == 1 && c.len == 1;
        if (is_signal) {
                const char *name = cm_dictionary_name(&cm_dictionary_signals, cm_cursor_u8(&c));
                cm_buf_put_str(out, name == NULL ? "" : name);
        } else if (c.len == 4) {
                cm_buf_printf(out, "%" PRIu32, cm_cursor_le32(&c));
        } else if (c.len == 8) {
                uint64_t v = cm_cursor_le64(&c);
                const char *name = form == 1 ? error_name((int64_t)v) : NULL;
                if (name != NULL)
                        cm_buf_put_str(out, name);
                else
                        cm_buf_printf(out, info->number == 169 ? "%" PRIX64 : "%" PRIu64, v);
        } else {
                put_bytes(out, cm_cursor_take(&c, c.len));
        }
}

static void put_number(struct cm_buf *out, const struct cm_event_context *c, size_t index)
{
        const struct cm_event_param_info *p = &c->event->info->params[index];
        int64_t v = 0;
        if (!cm_event_number(c->event, index, &v))
                return;
        if (p->format == 'x')
                cm_buf_printf(out, "%" PRIX64, (uint64_t)v);
        else if (p->format == 'o')
                cm_buf_printf(out, "%" PRIo64, (uint64_t)v);
        else if (p->type == CM_EVENT_PARAM_UID && v == UINT32_MAX)
                cm_buf_put_str(out, "-1");
        else if (p->type == CM_EVENT_PARAM_UINT64)
                cm_buf_printf(out, "%" PRIu64, (uint64_t)v);
        else
                cm_buf_printf(out, "%" PRId64, v);
}

void cm_event_put_value(struct cm_buf *out, const struct cm_event_context *c, size_t index)
{
        const struct cm_event_param_info *p = &c->event->info->params[index];
        struct cm_sv bytes = c->event->params[index].bytes;
        struct cm_address a = { .family = 0 };
        struct cm_cursor cursor = cm_cursor_make(bytes);
        switch (p->type) {
        case CM_EVENT_PARAM_CHARBUF:
        case CM_EVENT_PARAM_FSPATH:
        case CM_EVENT_PARAM_FSRELPATH:
                put_text(out, bytes);
                break;
        case CM_EVENT_PARAM_BYTEBUF:
        case CM_EVENT_PARAM_CHARBUFARRAY:
                put_bytes(out, bytes);
                break;
        case CM_EVENT_PARAM_SOCKADDR:
                put_address(out, bytes);
                break;
        case CM_EVENT_PARAM_SOCKTUPLE:
                put_tuple(out, bytes);
                break;
        case CM_EVENT_PARAM_FDLIST:
                put_fd_list(out, c, bytes);
                break;
        case CM_EVENT_PARAM_DYN:
                put_dynamic(out, c->event->info, bytes);
                break;
        case CM_EVENT_PARAM_IPV4ADDR:
        case CM_EVENT_PARAM_IPV6ADDR:
                a = take_address(&cursor,
                                 p->type == CM_EVENT_PARAM_IPV4ADDR ? FAMILY_IPV4 : FAMILY_IPV6);
                if (!cursor.failed)
                        cm_address_put(out, &a);
                break;
        case CM_EVENT_PARAM_INT16:
        case CM_EVENT_PARAM_INT32:
        case CM_EVENT_PARAM_INT64:
        case CM_EVENT_PARAM_UINT8:
        case CM_EVENT_PARAM_UINT16:
        case CM_EVENT_PARAM_UINT32:
        case CM_EVENT_PARAM_UINT64:
        case CM_EVENT_PARAM_ERRNO:
        case CM_EVENT_PARAM_FD:
        case CM_EVENT_PARAM_PID:
        case CM_EVENT_PARAM_UID:
        case CM_EVENT_PARAM_GID:
        case CM_EVENT_PARAM_SYSCALLID:
        case CM_EVENT_PARAM_SIGTYPE:
        case CM_EVENT_PARAM_SIGSET:
        case CM_EVENT_PARAM_RELTIME:
        case CM_EVENT_PARAM_ABSTIME:
        case CM_EVENT_PARAM_FLAGS8:
        case CM_EVENT_PARAM_FLAGS16:
        case CM_EVENT_PARAM_FLAGS32:
        case CM_EVENT_PARAM_ENUMFLAGS8:
        case CM_EVENT_PARAM_ENUMFLAGS16:
        case CM_EVENT_PARAM_ENUMFLAGS32:
        case CM_EVENT_PARAM_MODE:
        case CM_EVENT_PARAM_PORT:
                put_number(out, c, index);
                break;
        }
}

/* Every name whose bits are all set, each bit once; a name that is the whole value ends the list. */
static void put_flags(struct cm_buf *out, const struct cm_dictionary *dictionary, uint32_t value)
{
        uint32_t rest = value;
        const char *bar = "";
        for (size_t i = 0; i < dictionary->count; i++) {
                uint32_t bits = dictionary->names[i].value;
                if (bits != value && (bits == 0 || (rest & bits) != bits))
                        continue;
                cm_buf_printf(out, "%s%s", bar, dictionary->names[i].name);
                if (bits == value)
                        return;
                bar = "|";
                rest &= ~bits;
        }
}

static void put_enum(struct cm_buf *out, const struct cm_dictionary *dictionary, uint32_t value)
{
        const char *name = cm_dictionary_name(dictionary, value);
        cm_buf_put_str(out, name == NULL ? "" : name);
}

static void put_seconds(struct cm_buf *out, uint64_t ns)
{
        cm_buf_printf(out, "%" PRIu64, ns / 1000000000);
        if (ns % 1000000000 != 0) {
                cm_buf_printf(out, ".%09" PRIu64, ns % 1000000000);
                while (out->len > 0 && out->ptr[out->len - 1] == '0')
                        out->len--;
        }
        cm_buf_put_char(out, 's');
}

static void put_id_name(struct cm_buf *out, const struct cm_event_context *c, uint32_t id,
                        bool is_user)
{
        struct cm_sv name = CM_SV("");
        const struct cm_process_lookup *l = c->lookup;
        const struct cm_user *own = c->thread == NULL ? NULL
                                    : is_user         ? &c->thread->user
                                                      : &c->thread->group;
        if (own != NULL && own->is_known && own->id == id)
                name = own->name;
        else if (l != NULL && c->thread != NULL && is_user && l->user_name != NULL)
                CM_IGNORE(l->user_name(l->ctx, c->thread, id, &name));
        else if (l != NULL && c->thread != NULL && !is_user && l->group_name != NULL)
                CM_IGNORE(l->group_name(l->ctx, c->thread, id, &name));
        cm_buf_put_sv(out, name);
}

static void put_thread_name(struct cm_buf *out, const struct cm_event_context *c, int64_t tid)
{
        const struct cm_thread *t = NULL;
        if (c->thread != NULL && c->thread->tid == tid)
                t = c->thread;
        else if (c->lookup != NULL && c->lookup->thread != NULL)
                t = c->lookup->thread(c->lookup->ctx, tid);
        if (t != NULL)
                cm_buf_put_sv(out, t->comm);
}

static void put_path_meaning(struct cm_buf *out, const struct cm_event_context *c, size_t index)
{
        struct cm_sv path;
        size_t start = out->len;
        if (!cm_event_text(c->event, index, &path) || cm_sv_eq(path, CM_SV("<NA>")))
                return;
        struct cm_sv dir = cm_event_base_dir(c, index);
        bool is_absolute = path.len > 0 && path.ptr[0] == '/';
        if (!is_absolute && dir.len == 0)
                return; /* where it starts is not known: the text is all there is */
        cm_path_put_joined(out, dir, path);
        if (!out->overflow && cm_sv_eq(cm_sv_make(out->ptr + start, out->len - start), path))
                out->len = start;
}

static void put_fd_meaning(struct cm_buf *out, const struct cm_event_context *c, int64_t v)
{
        const struct cm_fd *fd = v >= 0 ? find_fd(c, v) : NULL;
        const char *name = error_name(v);
        if (v == AT_CWD)
                cm_buf_put_str(out, "AT_FDCWD");
        else if (fd != NULL)
                put_fd(out, fd);
        else if (name != NULL)
                cm_buf_put_str(out, name);
}

static bool is_capabilities(const struct cm_event_param_info *p)
{
        return cm_sv_has_prefix(cm_sv_from_cstr(p->name), CM_SV("cap_"));
}

void cm_event_put_meaning(struct cm_buf *out, const struct cm_event_context *c, size_t index)
{
        const struct cm_event_param_info *p = &c->event->info->params[index];
        int64_t v = 0;
        if (p->type == CM_EVENT_PARAM_FSPATH || p->type == CM_EVENT_PARAM_FSRELPATH) {
                put_path_meaning(out, c, index);
                return;
        }
        if (!cm_event_number(c->event, index, &v))
                return;
        const char *name = NULL;
        switch ((int)p->type) {
        case CM_EVENT_PARAM_FLAGS8:
        case CM_EVENT_PARAM_FLAGS16:
        case CM_EVENT_PARAM_FLAGS32:
        case CM_EVENT_PARAM_MODE:
                put_flags(out, p->dictionary, (uint32_t)v);
                break;
        case CM_EVENT_PARAM_ENUMFLAGS8:
        case CM_EVENT_PARAM_ENUMFLAGS16:
        case CM_EVENT_PARAM_ENUMFLAGS32:
                put_enum(out, p->dictionary, (uint32_t)v);
                break;
        case CM_EVENT_PARAM_ERRNO:
                name = error_name(v);
                break;
        case CM_EVENT_PARAM_FD:
                put_fd_meaning(out, c, v);
                break;
        case CM_EVENT_PARAM_PID:
                put_thread_name(out, c, v);
                break;
        case CM_EVENT_PARAM_UID:
        case CM_EVENT_PARAM_GID:
                put_id_name(out, c, (uint32_t)v, p->type == CM_EVENT_PARAM_UID);
                break;
        case CM_EVENT_PARAM_SIGTYPE:
                name = cm_dictionary_name(&cm_dictionary_signals, (uint32_t)v);
                break;
        case CM_EVENT_PARAM_SYSCALLID:
                cm_buf_put_sv(out, cm_event_name(c->event));
                break;
        case CM_EVENT_PARAM_RELTIME:
                put_seconds(out, (uint64_t)v);
                break;
        case CM_EVENT_PARAM_UINT64:
                if (is_capabilities(p))
                        cm_capabilities_put(out, (uint64_t)v);
                break;
        default:
                break; /* numbers that stand for themselves */
        }
        if (name != NULL)
                cm_buf_put_str(out, name);
}

bool cm_event_put_arg(struct cm_buf *out, const struct cm_event_context *c, size_t index)
{
        size_t start = out->len;
        if (!c->event->params[index].is_set)
                return false;
        cm_event_put_meaning(out, c, index);
        if (out->len == start)
                cm_event_put_value(out, c, index);
        return true;
}

void cm_event_put_args(struct cm_buf *out, const struct cm_event_context *c)
{
        for (size_t i = 0; i < c->event->info->param_count; i++) {
                cm_buf_printf(out, "%s%s=", i == 0 ? "" : " ", c->event->info->params[i].name);
                if (!c->event->params[i].is_set) {
                        cm_buf_put_str(out, "<NA>");
                        continue;
                }
                cm_event_put_value(out, c, i);
                size_t at = out->len;
                cm_buf_put_char(out, '(');
                cm_event_put_meaning(out, c, i);
                if (out->len == at + 1)
                        out->len = at;
                else
                        cm_buf_put_char(out, ')');
        }
}
