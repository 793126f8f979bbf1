/* SPDX-License-Identifier: Apache-2.0 */
/* See check_source.h. */
#include "cmd/check_source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/check_trigger.h"
#include "os/file.h"

#define CM_CHECK_SOURCE(name) extern const struct cm_check_source cm_check_source_##name;
#include "cmd/check_sources.def"
#undef CM_CHECK_SOURCE

static const struct cm_check_source *const sources[] = {
#define CM_CHECK_SOURCE(name) &cm_check_source_##name,
#include "cmd/check_sources.def"
#undef CM_CHECK_SOURCE
};

static const struct cm_check_source *find(const char *target, const char **ret_rest)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(sources); i++) {
                size_t len = strlen(sources[i]->prefix);
                *ret_rest = target + len;
                if (strncmp(target, sources[i]->prefix, len) == 0 &&
                    (!sources[i]->is_whole || target[len] == '\0'))
                        return sources[i];
        }
        CM_ASSERT(false); /* the last row takes everything */
        return NULL;
}

int cm_check_source_give(const struct cm_args *args, const char *target,
                         struct cm_check_document_sink *sink, struct cm_err *err)
{
        const char *rest;
        const struct cm_check_source *source = find(target, &rest);
        return source->give(args, rest, sink, err);
}

int cm_check_source_watch(const struct cm_args *args, const char *target,
                          struct cm_check_triggers *triggers, struct cm_err *err)
{
        const char *rest;
        const struct cm_check_source *source = find(target, &rest);
        if (source->watch != NULL)
                return source->watch(args, rest, triggers, err);
        triggers->asks_again = true;
        return 0;
}

int cm_check_source_file(const char *path, struct cm_check_document_sink *sink, struct cm_err *err)
{
        int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not open '%.200s'", path);
        int r = sink->put(sink, path, fd, err);
        close(fd);
        return r;
}

int cm_check_source_text(const char *name, struct cm_sv text, struct cm_check_document_sink *sink,
                         struct cm_err *err)
{
        int fd = memfd_create("document", MFD_CLOEXEC);
        if (fd < 0)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not hold '%.200s'", name);
        int r = 0;
        while (text.len > 0 && r == 0) {
                ssize_t n = write(fd, text.ptr, text.len);
                if (n < 0)
                        r = CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not hold '%.200s'", name);
                else
                        text = cm_sv_skip(text, (size_t)n);
        }
        if (r == 0)
                r = sink->put(sink, name, fd, err);
        close(fd);
        return r;
}
