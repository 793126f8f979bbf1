/* SPDX-License-Identifier: Apache-2.0 */
/* Recognises what a target is: by prefix, or by looking at an existing path. */
#pragma once

#include "base/arena.h"
#include "image/manifest.h"

enum cm_source_kind {
        CM_SOURCE_ARCHIVE,
        CM_SOURCE_LAYOUT,
        CM_SOURCE_ROOTFS,
        CM_SOURCE_DIR,
        CM_SOURCE_DOCKER,
        CM_SOURCE_PODMAN,
        CM_SOURCE_REGISTRY,
        CM_SOURCE_ENGINE /* a bare name: any local engine */
};

struct cm_source {
        enum cm_source_kind kind;
        const char *name; /* path or reference, without prefix and choice */
        struct cm_image_choice choice;
};

const char *cm_source_kind_to_string(enum cm_source_kind kind);
/*
 * Errors: CM_E_USAGE (empty, prefix that does not exist with a suggestion), CM_E_NOT_FOUND (path
 *         behind a path prefix is not there).
 */
CM_MUST_CHECK int cm_source_parse(struct cm_arena *arena, const char *text, struct cm_source *ret,
                                  struct cm_err *err);
