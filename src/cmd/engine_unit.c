/* SPDX-License-Identifier: Apache-2.0 */
/* Implements engine_unit.h. Spec: systemd.unit(5), "unit file load path". */
#include "cmd/engine_unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/escape.h"
#include "base/vec.h"
#include "os/file.h"

enum {
        UNIT_BYTES_MAX = 1 << 20
};

/* The first that has a file of a name counts. */
static const char *const directories[] = { "/etc/systemd/system", "/run/systemd/system",
                                           "/usr/local/lib/systemd/system",
                                           "/usr/lib/systemd/system", "/lib/systemd/system" };

struct change {
        const char *name;
        const char *path;
};

struct changes {
        CM_VEC(struct change) list;
};

static int by_name(const void *a, const void *b)
{
        return strcmp(((const struct change *)a)->name, ((const struct change *)b)->name);
}

static void add_changes(struct cm_arena *arena, const char *directory, struct changes *ret)
{
        const char *path = cm_sv_printf(arena, "%s/docker.service.d", directory).ptr;
        DIR *dir = opendir(path);
        for (const struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
                struct cm_sv name = cm_sv_from_cstr(e->d_name);
                bool is_known = !cm_sv_has_suffix(name, CM_SV(".conf"));
                for (size_t i = 0; i < ret->list.count; i++)
                        is_known = is_known || strcmp(ret->list.items[i].name, e->d_name) == 0;
                if (!is_known)
                        *CM_VEC_PUSH(arena, &ret->list) = (struct change){
                                cm_sv_printf(arena, "%s", e->d_name).ptr,
                                cm_sv_printf(arena, "%s/%s", path, e->d_name).ptr,
                        };
        }
        if (dir != NULL)
                closedir(dir);
}

/* False when there is no such file, or it cannot be read: then it says nothing. */
static bool write_file(const char *path, bool is_first, int64_t start_s, struct cm_buf *out)
{
        struct stat st;
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, UNIT_BYTES_MAX);
        if (cm_file_read(AT_FDCWD, path, &text, &ignored) != 0 || stat(path, &st) != 0)
                return false;
        cm_buf_put_str(out, is_first ? "{\"path\": " : ", {\"path\": ");
        cm_buf_put_json(out, cm_sv_from_cstr(path));
        cm_buf_put_str(out, ", \"text\": ");
        cm_buf_put_json(out, cm_buf_sv(&text));
        cm_buf_printf(out, ", \"is_newer\": %s}",
                      start_s < 0 || st.st_mtim.tv_sec > start_s + 1 ? "true" : "false");
        return true;
}

void cm_engine_unit_write(struct cm_arena *arena, int64_t start_s, struct cm_buf *out)
{
        struct changes changes = { 0 };
        bool is_found = false;
        cm_buf_put_str(out, "[");
        for (size_t i = 0; i < CM_ARRAY_LEN(directories); i++) {
                const char *path = cm_sv_printf(arena, "%s/docker.service", directories[i]).ptr;
                is_found = is_found || write_file(path, true, start_s, out);
                add_changes(arena, directories[i], &changes);
        }
        if (changes.list.count > 1)
                qsort(changes.list.items, changes.list.count, sizeof(*changes.list.items), by_name);
        for (size_t i = 0; i < changes.list.count && is_found; i++)
                CM_IGNORE(!write_file(changes.list.items[i].path, false, start_s, out));
        cm_buf_put_str(out, "]");
}

int64_t cm_engine_unit_start_s(void)
{
        struct stat st;
        return stat("/run/docker.pid", &st) == 0 ? st.st_mtim.tv_sec : -1;
}
