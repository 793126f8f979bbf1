/* SPDX-License-Identifier: Apache-2.0 */
/* See scap.h. */
#include "codec/scap.h"

enum {
        SECTION = 0x0a0d0d0a,
        BYTE_ORDER = 0x1a2b3c4d,
        BLOCK_HEADER_BYTES = 8,
        BLOCK_BYTES_MIN = 12, /* with the length again behind the body */
        FDS = 0x203,
        EVENT = 0x204,
        USERS = 0x206,
        EVENT_FLAGS = 0x208,
        PROCESSES_V1 = 0x202,
        PROCESSES_V2 = 0x207,
        PROCESSES_V3 = 0x209,
        PROCESSES_V4 = 0x210,
        PROCESSES_V5 = 0x211,
        PROCESSES_V6 = 0x212,
        PROCESSES_V7 = 0x213,
        PROCESSES_V8 = 0x214,
        PROCESSES_V9 = 0x215,
        EVENT_V2 = 0x216,
        EVENT_FLAGS_V2 = 0x217,
        FDS_V2 = 0x218,
        USERS_V2 = 0x220,
        EVENT_LARGE = 0x221,
        EVENT_FLAGS_LARGE = 0x222
};

static enum cm_scap_kind kind_of(uint32_t type)
{
        switch (type) {
        case PROCESSES_V1:
        case PROCESSES_V2:
        case PROCESSES_V3:
        case PROCESSES_V4:
        case PROCESSES_V5:
        case PROCESSES_V6:
        case PROCESSES_V7:
        case PROCESSES_V8:
        case PROCESSES_V9:
                return CM_SCAP_PROCESSES;
        case FDS:
        case FDS_V2:
                return CM_SCAP_FDS;
        case USERS:
        case USERS_V2:
                return CM_SCAP_USERS;
        case EVENT:
        case EVENT_FLAGS:
        case EVENT_V2:
        case EVENT_FLAGS_V2:
        case EVENT_LARGE:
        case EVENT_FLAGS_LARGE:
                return CM_SCAP_EVENT;
        default:
                return CM_SCAP_OTHER;
        }
}

int cm_scap_open(struct cm_sv bytes, struct cm_scap *ret, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        if (cm_cursor_le32(&c) != SECTION)
                return CM_RAISE(err, CM_E_MALFORMED, "this is no .scap capture");
        cm_cursor_skip(&c, 4);
        uint32_t order = cm_cursor_le32(&c);
        int r = cm_cursor_check(&c, "capture", err);
        if (r < 0)
                return r;
        if (order != BYTE_ORDER)
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "the capture is of a machine with another byte order");
        ret->rest = cm_cursor_make(bytes);
        return 0;
}

int cm_scap_next(struct cm_scap *scap, struct cm_scap_block *ret, struct cm_err *err)
{
        struct cm_cursor *c = &scap->rest;
        size_t offset = c->offset;
        if (c->len == 0)
                return CM_SCAP_END;
        ret->type = cm_cursor_le32(c);
        uint32_t len = cm_cursor_le32(c);
        if (c->failed || len < BLOCK_BYTES_MIN || len - BLOCK_HEADER_BYTES > c->len)
                return CM_RAISE(err, CM_E_MALFORMED, "the block at byte %zu is cut short", offset);
        ret->body = cm_cursor_take(c, len - BLOCK_BYTES_MIN);
        if (cm_cursor_le32(c) != len)
                return CM_RAISE(err, CM_E_MALFORMED, "the block at byte %zu has two lengths",
                                offset);
        ret->kind = kind_of(ret->type);
        return 0;
}

int cm_scap_event(const struct cm_scap_block *block, struct cm_scap_event *ret, struct cm_err *err)
{
        enum {
                LENGTH_AT = 16
        };
        struct cm_cursor c = cm_cursor_make(block->body);
        ret->cpu = cm_cursor_le16(&c);
        if (block->type == EVENT_FLAGS || block->type == EVENT_FLAGS_V2 ||
            block->type == EVENT_FLAGS_LARGE)
                cm_cursor_skip(&c, 4);
        ret->has_count = block->type != EVENT && block->type != EVENT_FLAGS;
        struct cm_cursor header = c;
        cm_cursor_skip(&header, LENGTH_AT);
        uint32_t len = cm_cursor_le32(&header);
        /* Blocks are filled to 4 bytes: the event says how long it is. */
        ret->bytes = cm_cursor_take(&c, len);
        return cm_cursor_check(header.failed ? &header : &c, "event", err);
}

static struct cm_sv take_text(struct cm_cursor *c)
{
        return cm_cursor_take(c, cm_cursor_le16(c));
}

/* Newer entries say how long they are, so that readers can pass over what they do not know. */
static struct cm_cursor entry(struct cm_cursor *rest, bool has_length)
{
        struct cm_cursor e = *rest;
        if (!has_length)
                return e;
        uint32_t len = cm_cursor_le32(rest);
        if (rest->failed || len < 4) {
                e.failed = true;
                return e;
        }
        size_t offset = rest->offset;
        e = cm_cursor_make(cm_cursor_take(rest, len - 4));
        e.offset = offset;
        e.failed = rest->failed;
        return e;
}

/* What came to be later; each member is there when the entry is long enough. */
static void take_later(struct cm_cursor *c, struct cm_scap_process *p)
{
        if (c->len >= 8)
                cm_cursor_skip(c, 8); /* start of the pid namespace */
        if (c->len >= 4)
                p->tty = cm_cursor_le32(c);
        if (c->len >= 4)
                p->loginuid = cm_cursor_le32(c);
        if (c->len >= 1)
                p->exe_writable = cm_cursor_u8(c) != 0;
        if (c->len >= 24) {
                p->cap_inheritable = cm_cursor_le64(c);
                p->cap_permitted = cm_cursor_le64(c);
                p->cap_effective = cm_cursor_le64(c);
                p->has_caps = true;
        }
        if (c->len >= 1)
                p->exe_upper_layer = cm_cursor_u8(c) != 0;
        if (c->len >= 24) {
                p->exe_ino = cm_cursor_le64(c);
                p->exe_ino_ctime_ns = cm_cursor_le64(c);
                p->exe_ino_mtime_ns = cm_cursor_le64(c);
        }
        if (c->len >= 1)
                p->exe_from_memfd = cm_cursor_u8(c) != 0;
        if (c->len >= 1)
                p->exe_lower_layer = cm_cursor_u8(c) != 0;
        if (c->len >= 8)
                p->pgid = cm_cursor_le64(c);
}

int cm_scap_next_process(const struct cm_scap_block *block, struct cm_cursor *rest,
                         struct cm_scap_process *ret, struct cm_err *err)
{
        uint32_t type = block->type;
        struct cm_scap_process p = { .loginuid = UINT32_MAX };
        bool has_length = type == PROCESSES_V9;
        if (rest->len < 4) /* the block is filled to 4 bytes */
                return CM_SCAP_END;
        struct cm_cursor e = entry(rest, has_length);
        struct cm_cursor *c = has_length ? &e : rest;
        p.tid = cm_cursor_le64(c);
        p.pid = cm_cursor_le64(c);
        p.ptid = cm_cursor_le64(c);
        if (type >= PROCESSES_V6)
                p.sid = cm_cursor_le64(c);
        if (type >= PROCESSES_V8)
                p.vpgid = cm_cursor_le64(c);
        p.comm = take_text(c);
        p.exe = take_text(c);
        if (type >= PROCESSES_V7)
                p.exepath = take_text(c);
        p.args = take_text(c);
        p.cwd = take_text(c);
        p.fd_limit = cm_cursor_le64(c);
        p.flags = cm_cursor_le32(c);
        p.uid = cm_cursor_le32(c);
        p.gid = cm_cursor_le32(c);
        if (type >= PROCESSES_V2) {
                p.vm_size_kb = cm_cursor_le32(c);
                p.vm_rss_kb = cm_cursor_le32(c);
                p.vm_swap_kb = cm_cursor_le32(c);
                cm_cursor_skip(c, 16); /* page faults */
        }
        if (type >= PROCESSES_V3)
                p.env = take_text(c);
        p.vtid = p.tid;
        p.vpid = p.pid;
        if (type >= PROCESSES_V4) {
                p.vtid = cm_cursor_le64(c);
                p.vpid = cm_cursor_le64(c);
                p.cgroups = take_text(c);
        }
        if (type >= PROCESSES_V5)
                p.root = take_text(c);
        if (has_length)
                take_later(c, &p);
        int r = cm_cursor_check(c, "process of a capture", err);
        if (r == 0)
                *ret = p;
        return r;
}

int cm_scap_fd_owner(struct cm_cursor *rest, uint64_t *ret_tid, struct cm_err *err)
{
        *ret_tid = cm_cursor_le64(rest);
        return cm_cursor_check(rest, "descriptors of a capture", err);
}

static void take_ends(struct cm_cursor *c, size_t size, bool both, struct cm_scap_fd *fd)
{
        fd->source = cm_cursor_take(c, size);
        if (both)
                fd->dest = cm_cursor_take(c, size);
        fd->source_port = cm_cursor_le16(c);
        if (both)
                fd->dest_port = cm_cursor_le16(c);
        fd->protocol = cm_cursor_u8(c);
}

int cm_scap_next_fd(const struct cm_scap_block *block, struct cm_cursor *rest,
                    struct cm_scap_fd *ret, struct cm_err *err)
{
        struct cm_scap_fd fd = { .fd = 0 };
        bool has_length = block->type == FDS_V2;
        if (rest->len < 4)
                return CM_SCAP_END;
        struct cm_cursor e = entry(rest, has_length);
        struct cm_cursor *c = has_length ? &e : rest;
        fd.fd = cm_cursor_le64(c);
        fd.ino = cm_cursor_le64(c);
        fd.kind = cm_cursor_u8(c);
        switch (fd.kind) {
        case CM_SCAP_FD_IPV4:
        case CM_SCAP_FD_IPV4_SERVER:
                take_ends(c, 4, fd.kind == CM_SCAP_FD_IPV4, &fd);
                break;
        case CM_SCAP_FD_IPV6:
        case CM_SCAP_FD_IPV6_SERVER:
                take_ends(c, 16, fd.kind == CM_SCAP_FD_IPV6, &fd);
                break;
        case CM_SCAP_FD_UNIX:
                cm_cursor_skip(c, 16);
                fd.name = take_text(c);
                break;
        case CM_SCAP_FD_FILE_V2:
                fd.open_flags = cm_cursor_le32(c);
                fd.name = take_text(c);
                if (has_length && c->len >= 4)
                        fd.dev = cm_cursor_le32(c);
                break;
        default:
                fd.name = take_text(c);
                break;
        }
        int r = cm_cursor_check(c, "descriptor of a capture", err);
        if (r == 0)
                *ret = fd;
        return r;
}

int cm_scap_next_user(const struct cm_scap_block *block, struct cm_cursor *rest,
                      struct cm_scap_user *ret, struct cm_err *err)
{
        struct cm_scap_user u = { .id = 0 };
        bool has_length = block->type == USERS_V2;
        if (rest->len < 4)
                return CM_SCAP_END;
        struct cm_cursor e = entry(rest, has_length);
        struct cm_cursor *c = has_length ? &e : rest;
        u.is_group = cm_cursor_u8(c) != 0;
        u.id = cm_cursor_le32(c);
        if (!u.is_group)
                cm_cursor_skip(c, 4); /* its group */
        u.name = take_text(c);
        if (!u.is_group) {
                u.home = take_text(c);
                u.shell = take_text(c);
        }
        int r = cm_cursor_check(c, "user of a capture", err);
        if (r == 0)
                *ret = u;
        return r;
}
