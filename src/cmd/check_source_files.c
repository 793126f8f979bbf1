/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that lie in files: a file, standard input, or what a directory holds of them. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "cmd/check_chart.h"
#include "cmd/check_source.h"
#include "cmd/check_trigger.h"
#include "codec/inflate.h"
#include "codec/tar.h"

enum {
        DIRECTORY_DEPTH_MAX = 32
};

struct found {
        const char *path;
        bool is_chart;
};

struct walk {
        struct cm_arena *arena;
        CM_VEC(struct found) files;
        CM_VEC(const char *) directories;
        bool wants_parts; /* of charts: each file, not only the chart as a whole */
        size_t in_charts;
};

/* Files of a directory that may hold configuration. Others are not looked at. */
static bool is_candidate(const char *name)
{
        struct cm_sv n = cm_sv_from_cstr(name);
        static const char *const suffixes[] = { ".yaml", ".yml", ".json", ".dockerfile",
                                                ".Dockerfile" };
        for (size_t i = 0; i < CM_ARRAY_LEN(suffixes); i++)
                if (cm_sv_has_suffix(n, cm_sv_from_cstr(suffixes[i])))
                        return true;
        return cm_sv_has_prefix(n, CM_SV("Dockerfile")) ||
               cm_sv_has_prefix(n, CM_SV("Containerfile"));
}

static int by_name(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Of a chart: what helm reads, and what is only right together with it. */
static bool is_of_chart(const char *name)
{
        static const char *const names[] = { "templates",   "charts",     "crds",
                                             "values.yaml", "Chart.yaml", NULL };
        return cm_sv_is_any(cm_sv_from_cstr(name), names);
}

static int walk_directory(struct walk *w, const char *path, int depth, struct cm_err *err)
{
        DIR *dir = opendir(path);
        if (dir == NULL)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not open directory '%.200s'",
                                      path);
        *CM_VEC_PUSH(w->arena, &w->directories) = path;
        CM_VEC(const char *) names = { 0 };
        bool is_chart = cm_check_chart_is(w->arena, path);
        if (is_chart && !w->wants_parts)
                *CM_VEC_PUSH(w->arena, &w->files) = (struct found){ path, true };
        w->in_charts += is_chart ? 1 : 0;
        for (struct dirent *e; (e = readdir(dir)) != NULL;)
                if (e->d_name[0] != '.' && strcmp(e->d_name, "node_modules") != 0 &&
                    (!is_chart || w->wants_parts || !is_of_chart(e->d_name)))
                        *CM_VEC_PUSH(w->arena, &names) =
                                cm_sv_printf(w->arena, "%s/%s", path, e->d_name).ptr;
        closedir(dir);
        if (names.count > 1)
                qsort(names.items, names.count, sizeof(*names.items), by_name);
        for (size_t i = 0; i < names.count; i++) {
                struct stat st;
                const char *slash = strrchr(names.items[i], '/');
                if (lstat(names.items[i], &st) != 0)
                        continue;
                if (S_ISDIR(st.st_mode) && depth < DIRECTORY_DEPTH_MAX) {
                        int r = walk_directory(w, names.items[i], depth + 1, err);
                        if (r < 0)
                                return r;
                } else if (S_ISREG(st.st_mode) &&
                           (is_candidate(slash + 1) || (w->wants_parts && w->in_charts > 0))) {
                        *CM_VEC_PUSH(w->arena, &w->files) = (struct found){ names.items[i], false };
                }
        }
        w->in_charts -= is_chart ? 1 : 0;
        return 0;
}

/* By the first bytes: no document that is text begins as a tar header or compressed. */
static bool is_image_archive(const char *path)
{
        char head[512];
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));
        if (fd >= 0)
                close(fd);
        struct cm_sv bytes = cm_sv_make(head, n < 0 ? 0 : (size_t)n);
        return cm_compression_detect(bytes) != CM_COMPRESSION_NONE || cm_tar_is_header(bytes);
}

/* Before the layout of an image is searched for configuration that it cannot have. */
static bool is_image_layout(struct cm_arena *arena, const char *path)
{
        return access(cm_sv_printf(arena, "%s/oci-layout", path).ptr, F_OK) == 0 &&
               access(cm_sv_printf(arena, "%s/index.json", path).ptr, F_OK) == 0;
}

/* `target` without slashes at its end, and all that lies below. */
static int walk_target(struct walk *w, const char *target, struct cm_err *err)
{
        size_t len = strlen(target);
        while (len > 1 && target[len - 1] == '/')
                len--;
        return walk_directory(w, cm_sv_printf(w->arena, "%.*s", (int)len, target).ptr, 0, err);
}

static int give_files(const struct cm_args *args, const char *target,
                      struct cm_check_document_sink *sink, struct cm_err *err)
{
        struct walk w = { .arena = args->arena };
        struct stat st;
        if (strcmp(target, "-") == 0)
                return cm_check_source_file(target, sink, err);
        if (stat(target, &st) != 0)
                return CM_RAISE_ERRNO(err, CM_E_USAGE, errno, "could not open '%.200s'", target);
        if (S_ISDIR(st.st_mode) ? is_image_layout(w.arena, target)
                                : S_ISREG(st.st_mode) && is_image_archive(target))
                return cm_check_source_image_target(args, target, sink, err);
        if (!S_ISDIR(st.st_mode))
                return cm_check_source_file(target, sink, err);
        int r = walk_target(&w, target, err);
        for (size_t i = 0; i < w.files.count && r == 0; i++)
                r = w.files.items[i].is_chart
                            ? cm_check_chart_give(args, w.files.items[i].path, sink, err)
                            : cm_check_source_file(w.files.items[i].path, sink, err);
        return r;
}

static int watch_files(const struct cm_args *args, const char *target,
                       struct cm_check_triggers *triggers, struct cm_err *err)
{
        struct walk w = { .arena = args->arena, .wants_parts = true };
        struct stat st;
        if (strcmp(target, "-") == 0)
                return CM_RAISE(err, CM_E_USAGE, "--watch cannot read standard input again");
        if (stat(target, &st) != 0 || !S_ISDIR(st.st_mode)) {
                cm_check_trigger_file(triggers, target);
                return 0;
        }
        /* A directory may be on its way out: what is seen of it is as good as a change. */
        struct cm_err gone = CM_ERR_INIT;
        CM_IGNORE(walk_target(&w, target, &gone));
        for (size_t i = 0; i < w.directories.count; i++)
                cm_check_trigger_directory(triggers, w.directories.items[i]);
        for (size_t i = 0; i < w.files.count; i++)
                cm_check_trigger_entry(triggers, w.files.items[i].path);
        return 0;
}

extern const struct cm_check_source cm_check_source_files;
const struct cm_check_source cm_check_source_files = {
        .prefix = "",
        .summary = "file or directory; \"-\" is standard input",
        .give = give_files,
        .watch = watch_files,
};
