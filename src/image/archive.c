/* SPDX-License-Identifier: Apache-2.0 */
/* Member index of archive.h. */
#include "image/archive.h"

#include <errno.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/limits.h"
#include "base/map.h"
#include "codec/tar.h"

enum {
        MEMBERS_MAX = 100000,
        LINKS_MAX = 8,
        CHUNK = 16 << 10
};

struct member {
        uint64_t offset;
        uint64_t size;
        struct cm_sv link; /* "" for files */
};

struct cm_archive {
        struct cm_map members;
};

int cm_read_at(int fd, uint64_t offset, char *out, size_t len, struct cm_err *err)
{
        while (len > 0) {
                ssize_t n = pread(fd, out, len, (off_t)offset);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read at byte %llu",
                                              (unsigned long long)offset);
                if (n == 0)
                        return CM_RAISE(err, CM_E_MALFORMED, "file is cut short at byte %llu",
                                        (unsigned long long)offset);
                out += n;
                offset += (uint64_t)n;
                len -= (size_t)n;
        }
        return 0;
}

struct cm_sv cm_archive_link_target(struct cm_arena *arena, struct cm_sv from, struct cm_sv link,
                                    bool is_hardlink)
{
        struct cm_sv dir = CM_SV("");
        struct cm_sv base;
        if (!is_hardlink && !cm_sv_cut_last(from, '/', &dir, &base))
                dir = CM_SV("");
        while (cm_sv_has_prefix(link, CM_SV("../")) || cm_sv_has_prefix(link, CM_SV("./"))) {
                if (link.ptr[1] == '.' && !cm_sv_cut_last(dir, '/', &dir, &base))
                        dir = CM_SV("");
                link = cm_sv_skip(link, link.ptr[1] == '.' ? 3 : 2);
        }
        return dir.len == 0 ? cm_sv_dup(arena, link)
                            : cm_sv_printf(arena, "%.*s/%.*s", CM_SV_ARG(dir), CM_SV_ARG(link));
}

static int add_member(struct cm_arena *arena, struct cm_archive *archive,
                      const struct cm_tar_entry *entry, uint64_t offset, struct cm_err *err)
{
        char clean[CM_TAR_PATH_BYTES_MAX];
        struct cm_sv name;
        int r = cm_tar_clean_path(entry->path, clean, &name, err);
        if (r < 0)
                return cm_err_context(err, "archive member '%s'", cm_escape(arena, entry->path));
        bool is_link = entry->type == CM_TAR_SYMLINK || entry->type == CM_TAR_HARDLINK;
        if (entry->type != CM_TAR_FILE && !is_link)
                return 0;
        if (archive->members.count >= MEMBERS_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "archive has more than %d members", MEMBERS_MAX);
        struct member *m = CM_NEW(arena, struct member);
        m->offset = offset;
        m->size = entry->size_bytes;
        name = cm_sv_dup(arena, name);
        if (is_link)
                m->link = cm_archive_link_target(arena, name, entry->link,
                                                 entry->type == CM_TAR_HARDLINK);
        if (!cm_map_put(&archive->members, name, m))
                return CM_RAISE(err, CM_E_MALFORMED, "archive has two members '%s'",
                                cm_escape(arena, name));
        return 0;
}

static int index_fd(struct cm_arena *arena, struct cm_archive *archive, struct cm_tar *tar, int fd,
                    struct cm_err *err)
{
        char *chunk = CM_NEW_ARRAY(arena, char, CHUNK);
        uint64_t at = 0;
        for (;;) {
                ssize_t n = pread(fd, chunk, CHUNK, (off_t)at);
                if (n < 0)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not read the archive");
                if (n == 0)
                        return cm_tar_finish(tar, err);
                struct cm_sv in = cm_sv_make(chunk, (size_t)n);
                at += (uint64_t)n;
                enum cm_tar_event event = CM_TAR_DATA;
                while (event != CM_TAR_NEED_MORE) {
                        const struct cm_tar_entry *entry = NULL;
                        struct cm_sv piece;
                        int r = cm_tar_next(tar, &in, &event, &entry, &piece, err);
                        if (r < 0)
                                return r;
                        if (event == CM_TAR_END)
                                return 0;
                        if (event != CM_TAR_ENTRY)
                                continue;
                        uint64_t offset = cm_tar_offset(tar);
                        r = add_member(arena, archive, entry, offset, err);
                        if (r < 0)
                                return r;
                        uint64_t skip = 0;
                        cm_tar_skip_data(tar, &skip);
                        at = offset + skip;
                        /* Small members are inside the chunk: go on there, without a new read. */
                        in = cm_sv_skip(in, (size_t)CM_MIN(skip, (uint64_t)in.len));
                        if (in.len > 0)
                                at = offset + skip + in.len;
                }
        }
}

int cm_archive_index(struct cm_arena *arena, int fd, struct cm_archive **ret, struct cm_err *err)
{
        struct cm_archive *archive = CM_NEW(arena, struct cm_archive);
        cm_map_init(&archive->members, arena);
        struct cm_tar *tar CM_CLEANUP(cm_tar_freep)
        = cm_tar_new();
        int r = index_fd(arena, archive, tar, fd, err);
        if (r < 0)
                return cm_err_context(err, "archive");
        *ret = archive;
        return 0;
}

int cm_archive_find(const struct cm_archive *archive, struct cm_arena *arena, struct cm_sv name,
                    uint64_t *ret_offset, uint64_t *ret_size, struct cm_err *err)
{
        char clean[CM_TAR_PATH_BYTES_MAX];
        if (name.len >= sizeof(clean))
                return CM_RAISE(err, CM_E_LIMIT,
                                "archive member name is over limit "
                                "tar_path_bytes_max");
        int r = cm_tar_clean_path(name, clean, &name, err);
        if (r < 0)
                return r;
        for (int hops = 0; hops < LINKS_MAX; hops++) {
                const struct member *m = cm_map_get(&archive->members, name);
                if (m == NULL)
                        return 1;
                if (m->link.len == 0) {
                        *ret_offset = m->offset;
                        *ret_size = m->size;
                        return 0;
                }
                name = m->link;
        }
        return CM_RAISE(err, CM_E_MALFORMED, "archive member '%s' is a link cycle",
                        cm_escape(arena, name));
}
