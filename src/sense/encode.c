/* SPDX-License-Identifier: Apache-2.0 */
/* See encode.h. Rows of calls.def become two tables: what is recorded, and what events are made of it. */
#include "sense/encode.h"

#include <string.h>
#include <sys/syscall.h>

#include "base/cursor.h"

enum source {
        SOURCE_NONE,
        SOURCE_RESULT,
        SOURCE_INT,
        SOURCE_LONG,
        SOURCE_TEXT,
        SOURCE_ADDRESS,
        SOURCE_OUTGOING,
        SOURCE_INCOMING,
        SOURCE_DEVICE,
        SOURCE_INODE
};

enum {
        FAMILY_UNIX = 1,
        FAMILY_IPV4 = 2,
        FAMILY_IPV6 = 10,
        EVENT_EXECVE = 293,
        EVENT_CLONE = 223,
        EVENT_EXIT = 186,
        PARAM_BYTES_MAX = 65535
};

/* Bits or values of the kernel, and what captures call them. */
struct name_pair {
        uint32_t kernel;
        uint32_t capture;
};

struct name_table {
        const struct name_pair *pairs;
        size_t count;
        bool is_value; /* one value, not bits */
};

static const struct name_pair open_flags_pairs[] = {
        { 0x40, 4 },       { 0x80, 32 },      { 0x200, 256 },    { 0x400, 8 },
        { 0x800, 64 },     { 0x1000, 16 },    { 0x4000, 512 },   { 0x8000, 2048 },
        { 0x10000, 1024 }, { 0x80000, 4096 }, { 0x100000, 128 }, { 0x400000, 0x2000 },
};
static const struct name_pair clone_flags_pairs[] = {
        { 0x100, 0x8000 },         { 0x200, 2 },           { 0x400, 1 },
        { 0x800, 2048 },           { 0x2000, 1024 },       { 0x4000, 0x8000000 },
        { 0x8000, 256 },           { 0x10000, 0x2000 },    { 0x20000, 32 },
        { 0x40000, 0x1000 },       { 0x80000, 0x2000000 }, { 0x100000, 512 },
        { 0x200000, 0x800000 },    { 0x800000, 0x4000 },   { 0x1000000, 0x1000000 },
        { 0x2000000, 0x10000000 }, { 0x4000000, 128 },     { 0x8000000, 8 },
        { 0x10000000, 0x100000 },  { 0x20000000, 64 },     { 0x40000000, 16 },
        { 0x80000000, 4 },
};
static const struct name_pair unlinkat_flags_pairs[] = { { 0x200, 1 } };
static const struct name_pair linkat_flags_pairs[] = { { 0x400, 1 }, { 0x1000, 2 } };
static const struct name_pair ptrace_requests_pairs[] = {
        { 0, 1 },       { 1, 2 },       { 2, 3 },       { 3, 4 },       { 4, 5 },
        { 5, 6 },       { 6, 7 },       { 7, 8 },       { 8, 9 },       { 9, 10 },
        { 12, 26 },     { 13, 27 },     { 14, 28 },     { 15, 29 },     { 16, 11 },
        { 17, 12 },     { 18, 30 },     { 19, 31 },     { 21, 32 },     { 24, 13 },
        { 25, 33 },     { 26, 34 },     { 30, 35 },     { 31, 36 },     { 32, 37 },
        { 33, 38 },     { 0x4200, 14 }, { 0x4201, 15 }, { 0x4202, 16 }, { 0x4203, 17 },
        { 0x4204, 18 }, { 0x4205, 19 }, { 0x4206, 20 }, { 0x4207, 21 }, { 0x4208, 22 },
        { 0x4209, 23 }, { 0x420a, 24 }, { 0x420b, 25 },
};

#define TABLE(name, value) \
        static const struct name_table name = { name##_pairs, CM_ARRAY_LEN(name##_pairs), value };
TABLE(open_flags, false)
TABLE(clone_flags, false)
TABLE(unlinkat_flags, false)
TABLE(linkat_flags, false)
TABLE(ptrace_requests, true)
#undef TABLE

struct param_source {
        enum source source;
        uint8_t index;
        const struct name_table *table;
        bool is_there; /* false ends the list */
};

struct call_row {
        uint16_t call;
        uint16_t event;
        struct cm_sense_call recorded;
        struct param_source params[CM_EVENT_PARAMS_MAX];
};

#define RESULT                  CM_SENSE_RESULT
#define TEXT(slot, argument)    .blobs[slot] = CM_SENSE_BLOB_TEXT, .arguments[slot] = (argument),
#define ADDRESS(slot, argument) .blobs[slot] = CM_SENSE_BLOB_ADDRESS, .arguments[slot] = (argument),
#define FILE(argument)          .blobs[2] = CM_SENSE_BLOB_FILE, .arguments[2] = (argument),
#define SOCKET(argument)        .blobs[3] = CM_SENSE_BLOB_SOCKET, .arguments[3] = (argument),
#define RES                     { SOURCE_RESULT, 0, NULL, true },
#define INT(n)                  { SOURCE_INT, (n), NULL, true },
#define LONG(n)                 { SOURCE_LONG, (n), NULL, true },
#define TEXT_OF(slot)           { SOURCE_TEXT, (slot), NULL, true },
#define ADDRESS_OF(slot)        { SOURCE_ADDRESS, (slot), NULL, true },
#define OUTGOING                { SOURCE_OUTGOING, 0, NULL, true },
#define INCOMING                { SOURCE_INCOMING, 0, NULL, true },
#define DEVICE                  { SOURCE_DEVICE, 0, NULL, true },
#define INODE                   { SOURCE_INODE, 0, NULL, true },
#define AS(n, table)            { SOURCE_INT, (n), &(table), true },
#define NONE                    { SOURCE_NONE, 0, NULL, true },
#define URGENT                  true
#define COMMON                  false

static const struct call_row rows[] = {
#define CM_CALL(name, event, how, blobs, ...) \
        { SYS_##name, event, { .is_wanted = 1, .is_urgent = how, blobs }, { __VA_ARGS__ } },
#include "sense/calls.def"
#undef CM_CALL
};

size_t cm_sense_calls(struct cm_sense_call ret[CM_SENSE_CALLS])
{
        memset(ret, 0, CM_SENSE_CALLS * sizeof(*ret));
        for (size_t i = 0; i < CM_ARRAY_LEN(rows); i++)
                ret[rows[i].call] = rows[i].recorded;
        return CM_ARRAY_LEN(rows);
}

enum {
#define CM_CALL(name, ...) ROW_##name,
#include "sense/calls.def"
#undef CM_CALL
};

/* Every event asks: by the number of the call, the number of its row and 1. */
static const uint8_t row_numbers[CM_SENSE_CALLS] = {
#define CM_CALL(name, ...) [SYS_##name] = ROW_##name + 1,
#include "sense/calls.def"
#undef CM_CALL
};
_Static_assert(CM_ARRAY_LEN(rows) < UINT8_MAX, "rows of calls are counted in a byte");

static const struct call_row *row_of(uint16_t call)
{
        return call < CM_SENSE_CALLS && row_numbers[call] > 0 ? &rows[row_numbers[call] - 1] : NULL;
}

/* ---- records ---- */

static void view_file(struct cm_sv blob, struct cm_sense_view *v)
{
        if (blob.len < sizeof(struct cm_sense_file))
                return;
        memcpy(&v->file, blob.ptr, sizeof(v->file));
        v->has_file = true;
        v->path = cm_sv_skip(blob, sizeof(struct cm_sense_file));
        if (v->path.len > 0 && v->path.ptr[v->path.len - 1] == '\0')
                v->path.len--;
}

int cm_sense_view(struct cm_sv bytes, struct cm_sense_view *ret, struct cm_err *err)
{
        struct cm_sense_view v = { .header = (const void *)bytes.ptr };
        if (bytes.len < sizeof(*v.header) || v.header->length != bytes.len)
                return CM_RAISE(err, CM_E_MALFORMED, "record of the sensor is cut short");
        struct cm_sv rest = cm_sv_skip(bytes, sizeof(*v.header));
        for (size_t i = 0; i < CM_SENSE_BLOBS; i++) {
                if (v.header->blobs[i] > rest.len)
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "record of the sensor is shorter than its parts");
                v.blobs[i] = cm_sv_slice(rest, 0, v.header->blobs[i]);
                rest = cm_sv_skip(rest, v.header->blobs[i]);
        }
        switch (v.header->kind) {
        case CM_SENSE_CALL:
                view_file(v.blobs[2], &v);
                v.has_socket = v.blobs[3].len == sizeof(v.socket);
                if (v.has_socket)
                        memcpy(&v.socket, v.blobs[3].ptr, sizeof(v.socket));
                break;
        case CM_SENSE_EXEC:
        case CM_SENSE_FORK:
                if (v.blobs[0].len != sizeof(struct cm_sense_task))
                        return CM_RAISE(err, CM_E_MALFORMED, "record of the sensor has no thread");
                memcpy(&v.task, v.blobs[0].ptr, sizeof(v.task));
                break;
        case CM_SENSE_EXIT:
                break;
        default:
                return CM_RAISE(err, CM_E_UNSUPPORTED, "record of the sensor of kind %u",
                                v.header->kind);
        }
        *ret = v;
        return 0;
}

/* ---- events ---- */

/* Parameters are put together here; views of the event point into it. */
struct making {
        struct cm_event event;
        unsigned char bytes[8 * CM_EVENT_PARAMS_MAX + 1024];
        size_t used;
};

static void set(struct making *m, size_t index, struct cm_sv bytes)
{
        m->event.params[index].bytes = cm_sv_slice(bytes, 0, PARAM_BYTES_MAX);
        m->event.params[index].is_set = true;
}

static unsigned char *take(struct making *m, size_t bytes)
{
        CM_ASSERT(m->used + bytes <= sizeof(m->bytes));
        m->used += bytes;
        return m->bytes + m->used - bytes;
}

static size_t width_of(enum cm_event_param_type type)
{
        static const unsigned char widths[] = {
#define X(name, bytes, is_signed) [CM_EVENT_PARAM_##name] = (bytes),
                CM_EVENT_PARAM_TYPES(X)
#undef X
        };
        return widths[type];
}

static void set_number(struct making *m, size_t index, uint64_t value)
{
        size_t width = width_of(m->event.info->params[index].type);
        unsigned char *p = take(m, width);
        for (size_t i = 0; i < width; i++)
                p[i] = (unsigned char)(value >> (8 * i));
        set(m, index, cm_sv_make(p, width));
}

/* "" is a text, too: it has its NUL. */
static void set_text(struct making *m, size_t index, struct cm_sv blob)
{
        if (blob.len > 0)
                set(m, index, blob);
}

static uint32_t translate(const struct name_table *table, uint32_t value)
{
        uint32_t named = 0;
        for (size_t i = 0; i < table->count; i++) {
                const struct name_pair *p = &table->pairs[i];
                if (table->is_value ? p->kernel == value : (value & p->kernel) == p->kernel)
                        named |= p->capture;
        }
        return named;
}

/* How it is opened is no set of bits, and captures say of the file in which layer it is. */
static uint32_t translate_open(uint32_t value, const struct cm_sense_view *v)
{
        static const uint32_t ways[] = { 1, 2, 3, 0 };
        uint32_t named = translate(&open_flags, value) | ways[value & 3];
        if (v->has_file && (v->file.flags & CM_SENSE_FILE_IN_OVERLAY) != 0)
                named |= (v->file.flags & CM_SENSE_FILE_UPPER) != 0 ? 0x8000 : 0x10000;
        return named;
}

/* A sockaddr of the kernel to that of captures: family, address, port. */
static void set_address(struct making *m, size_t index, struct cm_sv raw)
{
        struct cm_cursor c = cm_cursor_make(raw);
        uint16_t family = cm_cursor_le16(&c);
        if (c.failed || (family != FAMILY_UNIX && family != FAMILY_IPV4 && family != FAMILY_IPV6))
                return;
        unsigned char *p = take(m, 1 + CM_SENSE_ADDRESS_BYTES);
        size_t n = 0;
        p[n++] = (unsigned char)family;
        if (family == FAMILY_UNIX) {
                struct cm_sv path = cm_cursor_take(&c, c.len);
                ptrdiff_t end = cm_sv_find_char(path, '\0');
                /* An abstract name begins with a NUL: captures have it as it is. */
                path = end > 0 ? cm_sv_slice(path, 0, (size_t)end) : path;
                if (path.len > 0)
                        memcpy(p + n, path.ptr, path.len);
                n += path.len;
                p[n++] = '\0';
        } else {
                uint16_t port = cm_cursor_be16(&c);
                if (family == FAMILY_IPV6)
                        cm_cursor_skip(&c, 4); /* flow */
                size_t width = family == FAMILY_IPV4 ? 4 : 16;
                struct cm_sv address = cm_cursor_take(&c, width);
                if (c.failed)
                        return;
                memcpy(p + n, address.ptr, width);
                n += width;
                p[n++] = (unsigned char)port;
                p[n++] = (unsigned char)(port >> 8);
        }
        set(m, index, cm_sv_make(p, n));
}

struct end {
        const uint8_t *address;
        uint16_t port;
};

static void set_ends(struct making *m, size_t index, uint16_t family, struct end from,
                     struct end to)
{
        const struct end ends[] = { from, to };
        size_t width = family == FAMILY_IPV4 ? 4 : 16;
        unsigned char *p = take(m, 1 + 2 * (16 + 2));
        size_t n = 0;
        p[n++] = (unsigned char)family;
        for (size_t i = 0; i < CM_ARRAY_LEN(ends); i++) {
                memcpy(p + n, ends[i].address, width);
                n += width;
                p[n++] = (unsigned char)ends[i].port;
                p[n++] = (unsigned char)(ends[i].port >> 8);
        }
        set(m, index, cm_sv_make(p, n));
}

/* A datagram may go elsewhere than its socket is connected to: the address that was given counts. */
static void set_tuple(struct making *m, size_t index, const struct cm_sense_view *v, bool outgoing)
{
        const struct cm_sense_socket *s = &v->socket;
        if (!v->has_socket || (s->family != FAMILY_IPV4 && s->family != FAMILY_IPV6))
                return;
        struct end local = { s->local, s->local_port };
        struct end remote = { s->remote, s->remote_port };
        struct cm_cursor c = cm_cursor_make(v->blobs[0]);
        uint16_t family = cm_cursor_le16(&c);
        uint16_t port = cm_cursor_be16(&c);
        if (outgoing && !c.failed && family == s->family) {
                if (family == FAMILY_IPV6)
                        cm_cursor_skip(&c, 4);
                struct cm_sv address = cm_cursor_take(&c, family == FAMILY_IPV4 ? 4 : 16);
                if (!c.failed)
                        remote = (struct end){ (const uint8_t *)address.ptr, port };
        }
        set_ends(m, index, s->family, outgoing ? local : remote, outgoing ? remote : local);
}

static void set_param(struct making *m, size_t index, const struct param_source *p,
                      const struct cm_sense_view *v)
{
        const struct cm_sense_header *h = v->header;
        uint64_t argument = h->arguments[p->index < 6 ? p->index : 0];
        switch (p->source) {
        case SOURCE_NONE:
                break;
        case SOURCE_RESULT:
                set_number(m, index, (uint64_t)h->result);
                break;
        case SOURCE_INT:
                if (p->table == &open_flags)
                        argument = translate_open((uint32_t)argument, v);
                else if (p->table != NULL)
                        argument = translate(p->table, (uint32_t)argument);
                set_number(m, index, (uint64_t)(int64_t)(int32_t)(uint32_t)argument);
                break;
        case SOURCE_LONG:
                set_number(m, index, argument);
                break;
        case SOURCE_TEXT:
                set_text(m, index, v->blobs[p->index]);
                break;
        case SOURCE_ADDRESS:
                set_address(m, index, v->blobs[p->index]);
                break;
        case SOURCE_OUTGOING:
        case SOURCE_INCOMING:
                set_tuple(m, index, v, p->source == SOURCE_OUTGOING);
                break;
        case SOURCE_DEVICE:
                if (v->has_file)
                        set_number(m, index, v->file.device);
                break;
        case SOURCE_INODE:
                if (v->has_file)
                        set_number(m, index, v->file.inode);
                break;
        }
}

static void add_extra(struct making *m, enum cm_event_extra id, struct cm_sv bytes)
{
        CM_ASSERT(m->event.extra_count < CM_EVENT_EXTRAS_MAX);
        m->event.extras[m->event.extra_count].id = (uint16_t)id;
        m->event.extras[m->event.extra_count++].bytes = bytes;
}

static void add_group(struct making *m, const struct cm_sense_view *v)
{
        unsigned char *p = take(m, 8);
        memcpy(p, &v->header->cgroup, 8);
        add_extra(m, CM_EVENT_EXTRA_CGROUP, cm_sv_make(p, 8));
}

static void make_call(struct making *m, const struct call_row *row, const struct cm_sense_view *v)
{
        for (size_t i = 0; i < m->event.info->param_count && row->params[i].is_there; i++)
                set_param(m, i, &row->params[i], v);
        if (!v->has_file)
                return;
        add_extra(m, CM_EVENT_EXTRA_PATH, v->path);
        unsigned char *p = take(m, 16);
        uint64_t device = v->file.device;
        memcpy(p, &device, 8);
        memcpy(p + 8, &v->file.inode, 8);
        add_extra(m, CM_EVENT_EXTRA_INODE, cm_sv_make(p, 16));
}

static void set_named(struct making *m, const char *name, uint64_t value)
{
        ptrdiff_t index = cm_event_param_find(m->event.info, cm_sv_from_cstr(name));
        if (index >= 0)
                set_number(m, (size_t)index, value);
}

static void set_named_text(struct making *m, const char *name, struct cm_sv blob)
{
        ptrdiff_t index = cm_event_param_find(m->event.info, cm_sv_from_cstr(name));
        if (index >= 0)
                set_text(m, (size_t)index, blob);
}

/* Device numbers of terminals and pids are 64 bits in captures; the kernel's fit. */
static void set_thread(struct making *m, const struct cm_sense_view *v)
{
        const struct cm_sense_task *t = &v->task;
        set_named(m, "tid", v->header->tid);
        set_named(m, "pid", v->header->pid);
        set_named(m, "ptid", t->parent_pid);
        set_named(m, "vtid", t->vtid);
        set_named(m, "vpid", t->vpid);
        set_named(m, "vpgid", t->vgroup);
        set_named(m, "pgid", t->group);
        set_named(m, "uid", t->uid);
        set_named(m, "gid", t->gid);
        set_named(m, "loginuid", t->login_uid);
        set_named(m, "tty", t->tty);
        set_named(m, "cap_inheritable", t->inheritable);
        set_named(m, "cap_permitted", t->permitted);
        set_named(m, "cap_effective", t->effective);
        set_named_text(m, "comm", cm_sv_make(t->comm, sizeof(t->comm)));
}

static uint32_t exe_flags(const struct cm_sense_task *t)
{
        uint32_t flags = 0;
        bool by_owner = t->exe.uid == t->uid && (t->exe.mode & 0200) != 0;
        if (t->uid == 0 || by_owner || (t->exe.mode & 0002) != 0)
                flags |= 1; /* EXE_WRITABLE */
        if ((t->exe.flags & CM_SENSE_FILE_UPPER) != 0)
                flags |= 2; /* EXE_UPPER_LAYER */
        else if ((t->exe.flags & CM_SENSE_FILE_IN_OVERLAY) != 0)
                flags |= 8; /* EXE_LOWER_LAYER */
        if ((t->exe.flags & CM_SENSE_FILE_MEMFD) != 0)
                flags |= 4; /* EXE_FROM_MEMFD */
        return flags;
}

static void make_exec(struct making *m, const struct cm_sense_view *v)
{
        const struct cm_sense_task *t = &v->task;
        struct cm_sv argv = v->blobs[CM_SENSE_EXEC_ARGV];
        ptrdiff_t end = cm_sv_find_char(argv, '\0');
        size_t first = end < 0 ? argv.len : (size_t)end + 1;
        set_thread(m, v);
        set_named(m, "res", 0);
        set_named_text(m, "exe", cm_sv_slice(argv, 0, first));
        set_named_text(m, "args", cm_sv_skip(argv, first));
        set_named_text(m, "env", v->blobs[CM_SENSE_EXEC_ENVIRONMENT]);
        set_named_text(m, "cwd", v->blobs[CM_SENSE_EXEC_CWD]);
        set_named_text(m, "trusted_exepath", v->blobs[CM_SENSE_EXEC_FILE]);
        set_named_text(m, "filename", v->blobs[CM_SENSE_EXEC_NAME]);
        set_named(m, "flags", exe_flags(t));
        set_named(m, "exe_ino", t->exe.inode);
        set_named(m, "exe_ino_ctime", (uint64_t)t->exe.ctime_ns);
        set_named(m, "exe_ino_mtime", (uint64_t)t->exe.mtime_ns);
}

static void make_exit(struct making *m, const struct cm_sense_view *v)
{
        set_named(m, "status", (uint64_t)v->header->result);
        set_named(m, "ret", ((uint64_t)v->header->result >> 8) & 0xff);
        set_named(m, "sig", (uint64_t)v->header->result & 0x7f);
        set_named(m, "core", ((uint64_t)v->header->result >> 7) & 1);
}

int cm_sense_encode(const struct cm_sense_view *v, uint64_t epoch_ns, struct cm_buf *out)
{
        const struct call_row *row = NULL;
        uint16_t number = v->header->kind == CM_SENSE_EXEC   ? EVENT_EXECVE
                          : v->header->kind == CM_SENSE_FORK ? EVENT_CLONE
                                                             : EVENT_EXIT;
        if (v->header->kind == CM_SENSE_CALL) {
                row = row_of(v->header->call);
                if (row == NULL)
                        return 1;
                number = row->event;
        }
        struct making m = { .event = { .info = cm_event_info(number),
                                       .time_ns = epoch_ns + v->header->boot_ns,
                                       .tid = v->header->tid } };
        CM_ASSERT(m.event.info != NULL);
        if (row != NULL) {
                make_call(&m, row, v);
        } else if (v->header->kind == CM_SENSE_EXEC) {
                make_exec(&m, v);
        } else if (v->header->kind == CM_SENSE_FORK) {
                set_thread(&m, v);
                set_named(&m, "res", 0);
        } else {
                make_exit(&m, v);
        }
        add_group(&m, v);
        cm_event_encode(out, &m.event);
        return 0;
}
