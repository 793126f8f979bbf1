/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images and root file systems: read by the sandboxed worker as a scan reads them, put together as
 * one document. "image:" takes whatever `coaming scan` takes as a target; the prefixes that only
 * images have stand for themselves.
 */
#include "base/limits.h"
#include "cmd/check_source.h"
#include "cmd/target_options.h"
#include "image/describe.h"

enum {
        ARENA_BYTES_MAX = 2000 << 20
};

/* Against: it is not there, may not be read, is ambiguous, or the reader failed. */
static bool is_about_content(enum cm_err_code code)
{
        return code == CM_E_MALFORMED || code == CM_E_LIMIT || code == CM_E_DIGEST ||
               code == CM_E_UNSUPPORTED;
}

int cm_check_source_image_target(const struct cm_args *args, const char *target,
                                 struct cm_check_document_sink *sink, struct cm_err *err)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(ARENA_BYTES_MAX);
        struct cm_args scoped = *args;
        scoped.arena = arena;
        struct cm_scan_options options;
        struct cm_target image;
        struct cm_merge_result merged;
        int r = cm_target_options(&scoped, target, &options, err);
        if (r == 0)
                options.facts = true;
        if (r == 0)
                r = cm_scan(arena, &options, &image, &merged, err);
        cm_progress_end();
        if (r < 0 && sink->unread != NULL && is_about_content(err->code)) {
                sink->unread(sink, target, err);
                cm_err_clear(err);
                return 0;
        }
        if (r < 0)
                return r;
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_NODE_BYTES_MAX);
        cm_image_describe(arena, &image, &merged, &out);
        r = cm_buf_check(&out, "description of the image (limit node_bytes_max)", err);
        return r < 0 ? r : cm_check_source_text(target, cm_buf_sv(&out), sink, err);
}

/* Behind a prefix that the scan knows as well. */
static int give_prefixed(const struct cm_args *args, const char *prefix, const char *rest,
                         struct cm_check_document_sink *sink, struct cm_err *err)
{
        struct cm_sv target = cm_sv_printf(args->arena, "%s%s", prefix, rest);
        return cm_check_source_image_target(args, target.ptr, sink, err);
}

#define IMAGE_SOURCE(word, with, text)                                                  \
        static int give_##word(const struct cm_args *args, const char *rest,            \
                               struct cm_check_document_sink *sink, struct cm_err *err) \
        {                                                                               \
                return give_prefixed(args, with, rest, sink, err);                      \
        }                                                                               \
        extern const struct cm_check_source cm_check_source_##word;                     \
        const struct cm_check_source cm_check_source_##word = { .prefix = with,         \
                                                                .summary = text,        \
                                                                .give = give_##word };

IMAGE_SOURCE(archive, "archive:", "image in an archive of docker save, or in an OCI archive")
IMAGE_SOURCE(layout, "layout:", "image in an OCI layout")
IMAGE_SOURCE(registry, "registry:", "image in a registry")
IMAGE_SOURCE(docker_image, "docker:", "image of docker")
IMAGE_SOURCE(podman_image, "podman:", "image of podman")
IMAGE_SOURCE(rootfs, "rootfs:", "root file system in a directory")

extern const struct cm_check_source cm_check_source_image;
const struct cm_check_source cm_check_source_image = {
        .prefix = "image:",
        .summary = "any image that scan takes: image:docker:NAME, image:FILE, image:NAME",
        .give = cm_check_source_image_target,
};
