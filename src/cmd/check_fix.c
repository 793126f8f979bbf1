/* SPDX-License-Identifier: Apache-2.0 */
/* See check_fix.h. The bytes to write come from the sandbox; the file's name does not. */
#include "cmd/check_fix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/limits.h"
#include "os/file.h"

enum {
        PATCH_BYTES_MAX = 1 << 30 /* of all files; each has check_fix_bytes_max */
};

static void put_json(struct cm_buf *out, const struct cm_check_outcome *outcome)
{
        const char *separator = "";
        cm_buf_put_str(out, "{\"schema\":\"coaming/check-fix/v1\",\"patches\":[");
        for (size_t i = 0; i < outcome->fixed_count; i++) {
                const struct cm_check_fixed *f = &outcome->fixed[i];
                for (size_t j = 0; j < f->patch_count; j++) {
                        cm_buf_printf(out, "%s\n{\"file\":", separator);
                        cm_buf_put_json(out, f->document);
                        cm_buf_printf(out, ",\"document\":%llu,\"patch\":",
                                      (unsigned long long)f->patches[j].number);
                        cm_buf_put_sv(out, f->patches[j].operations);
                        cm_buf_put_char(out, '}');
                        separator = ",";
                }
        }
        cm_buf_put_str(out, "\n]}\n");
}

static void tell_notes(const struct cm_args *args, const struct cm_check_fixed *f)
{
        for (size_t i = 0; i < f->note_count; i++)
                fprintf(stderr, "%s: %s\n", cm_escape(args->arena, f->document),
                        cm_escape(args->arena, f->notes[i]));
}

/* What cannot be told to standard output is told to standard error. */
static int tell(const struct cm_args *args, const struct cm_check_outcome *outcome,
                struct cm_err *err)
{
        const char *format = cm_args_get(args, "fix");
        bool is_json = format != NULL && strcmp(format, "json") == 0;
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&out, PATCH_BYTES_MAX);
        for (size_t i = 0; i < outcome->fixed_count; i++) {
                const struct cm_check_fixed *f = &outcome->fixed[i];
                tell_notes(args, f);
                if (is_json && f->diff.len > 0 && f->patch_count == 0)
                        fprintf(stderr, "%s: is no object that a JSON patch could change: --fix\n",
                                cm_escape(args->arena, f->document));
                if (!is_json)
                        cm_buf_put_sv(&out, f->diff);
        }
        if (is_json)
                put_json(&out, outcome);
        if (cm_args_flag(args, "write"))
                return 0;
        int r = cm_buf_check(&out, "patch", err);
        if (r == 0 && ((out.len > 0 && fwrite(out.ptr, 1, out.len, stdout) != out.len) ||
                       fflush(stdout) != 0))
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not write the patch");
        return r;
}

static const struct cm_check_kept *kept_of(const struct cm_check_kept_list *kept, struct cm_sv name)
{
        for (size_t i = 0; i < kept->count; i++)
                if (cm_sv_eq(kept->items[i].name, name))
                        return &kept->items[i];
        return NULL;
}

static int check_unchanged(int fd, const char *path, struct cm_sv judged, struct cm_err *err)
{
        struct cm_buf now CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&now, CM_NODE_BYTES_MAX);
        int r = cm_file_read_fd(fd, path, &now, err);
        if (r == 0 && (now.overflow || !cm_sv_eq(cm_buf_sv(&now), judged)))
                r = CM_RAISE(err, CM_E_IO,
                             "'%.200s' was changed since it was checked, nothing is written to it: "
                             "run again",
                             path);
        return r;
}

static int write_as(int dir_fd, const char *name, const char *path, const struct stat *st,
                    struct cm_sv text, struct cm_err *err)
{
        struct cm_temp temp;
        int r = cm_temp_open(dir_fd, &temp, err);
        if (r < 0)
                return r;
        r = cm_temp_append(&temp, text, err);
        /* The owner first: a change of it takes bits off the mode. */
        if (r == 0 && ((st->st_uid != geteuid() || st->st_gid != getegid()) &&
                       fchown(temp.fd, st->st_uid, st->st_gid) != 0))
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not keep the owner of '%.200s'",
                                   path);
        if (r == 0 && fchmod(temp.fd, st->st_mode & 07777) != 0)
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not keep the mode of '%.200s'",
                                   path);
        if (r == 0)
                return cm_temp_keep(&temp, name, err);
        cm_temp_drop(&temp);
        return r;
}

static int open_and_write(const char *path, struct cm_sv judged, struct cm_sv text, bool only_look,
                          struct cm_err *err)
{
        char folder[4096];
        const char *slash = strrchr(path, '/');
        const char *name = slash == NULL ? path : slash + 1;
        int len = snprintf(folder, sizeof(folder), "%.*s",
                           slash == NULL ? 1 : (int)(slash - path) + 1, slash == NULL ? "." : path);
        if (len < 0 || (size_t)len >= sizeof(folder))
                return CM_RAISE(err, CM_E_USAGE, "'%.200s...' is too long for a path", path);
        int dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (dir_fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not open '%.200s'", folder);
        int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        struct stat st;
        int r = 0;
        if (fd < 0 && errno == ELOOP)
                r = CM_RAISE(err, CM_E_USAGE,
                             "'%.200s' is a symbolic link: name the file that it leads to", path);
        else if (fd < 0 || fstat(fd, &st) != 0)
                r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not open '%.200s'", path);
        else if (!S_ISREG(st.st_mode))
                r = CM_RAISE(err, CM_E_USAGE, "'%.200s' is no file that can be written", path);
        if (r == 0)
                r = check_unchanged(fd, path, judged, err);
        if (r == 0 && !only_look)
                r = write_as(dir_fd, name, path, &st, text, err);
        if (fd >= 0)
                close(fd);
        close(dir_fd);
        return r;
}

static int write_files(struct cm_arena *arena, const struct cm_check_outcome *outcome,
                       const struct cm_check_kept_list *kept, struct cm_err *err)
{
        /* All are looked at before the first is written. */
        for (int pass = 0; pass < 2; pass++) {
                for (size_t i = 0; i < outcome->fixed_count; i++) {
                        const struct cm_check_fixed *f = &outcome->fixed[i];
                        const struct cm_check_kept *k = kept_of(kept, f->document);
                        char path[4096];
                        if (f->diff.len == 0)
                                continue;
                        if (k == NULL || f->document.len >= sizeof(path) ||
                            cm_sv_eq(f->document, CM_SV("-")))
                                return CM_RAISE(err, CM_E_USAGE,
                                                "--write needs files, and '%.200s' is none",
                                                cm_escape(arena, f->document));
                        memcpy(path, f->document.ptr, f->document.len);
                        path[f->document.len] = '\0';
                        int r = open_and_write(path, k->bytes, f->text, pass == 0, err);
                        if (r < 0)
                                return r;
                }
        }
        return 0;
}

/* A file that is named twice is changed once. */
static void drop_repeated(struct cm_arena *arena, struct cm_check_outcome *outcome)
{
        struct cm_check_fixed *kept =
                CM_NEW_ARRAY(arena, struct cm_check_fixed, outcome->fixed_count);
        size_t count = 0;
        for (size_t i = 0; i < outcome->fixed_count; i++) {
                size_t j = 0;
                while (j < count && !cm_sv_eq(kept[j].document, outcome->fixed[i].document))
                        j++;
                if (j == count)
                        kept[count++] = outcome->fixed[i];
        }
        outcome->fixed = kept;
        outcome->fixed_count = count;
}

static void tell_sum(const struct cm_check_outcome *outcome)
{
        uint64_t made = 0;
        size_t files = 0;
        for (size_t i = 0; i < outcome->fixed_count; i++) {
                files += outcome->fixed[i].diff.len > 0 ? 1 : 0;
                made += outcome->fixed[i].diff.len > 0 ? outcome->fixed[i].made : 0;
        }
        fprintf(stderr, "failures mended: %llu, files: %zu\n", (unsigned long long)made, files);
}

int cm_check_fix_run(const struct cm_args *args, struct cm_check_job *job,
                     const struct cm_check_targets *targets, struct cm_check_outcome *ret,
                     struct cm_err *err)
{
        struct cm_check_kept_list kept = { 0 };
        struct cm_check_targets keeping = *targets;
        struct cm_check_outcome outcome = { 0 };
        keeping.keep = &kept;
        int r = cm_check_run(args, args->arena, job, &keeping, &outcome, err);
        if (r == 0) {
                drop_repeated(args->arena, &outcome);
                r = tell(args, &outcome, err);
        }
        if (r == 0 && cm_args_flag(args, "write")) {
                r = write_files(args->arena, &outcome, &kept, err);
                if (r == 0)
                        tell_sum(&outcome);
                job->with_fixes = false;
                outcome = (struct cm_check_outcome){ 0 };
                if (r == 0)
                        r = cm_check_run(args, args->arena, job, targets, &outcome, err);
        }
        if (r == 0)
                *ret = outcome;
        return r;
}
