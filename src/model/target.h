/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scanned target as a whole: what image/ hands to match/ and report/ after the layers were merged
 * into one file system. Plain values in one arena.
 */
#pragma once

#include "base/sv.h"
#include "model/package.h"

enum cm_target_kind {
        CM_TARGET_IMAGE,  /* docker:, podman:, registry:, archive:, layout: */
        CM_TARGET_ROOTFS, /* rootfs: an unpacked root file system */
        CM_TARGET_DIR     /* dir: a source tree */
};

enum {
        CM_NO_LAYER = -1
};

struct cm_target_layer {
        struct cm_sv digest;     /* of the compressed blob, or "" */
        struct cm_sv media_type; /* of the blob, or "" */
        struct cm_sv diff_id;    /* "sha256:<hex>" of the uncompressed tar */
        struct cm_sv created_by; /* build instruction from the config's history, or "" */
        uint64_t size_bytes;     /* uncompressed, 0 when it came from the cache unknown */
        bool from_cache;
};

/* A package and where it was found. */
struct cm_target_pkg {
        struct cm_pkg pkg;
        int layer; /* index into layers (the uppermost layer that wrote pkg.path), or CM_NO_LAYER */
        struct cm_sv purl;
        /* Language package whose files belong to an OS package ("" otherwise): not matched, kept
         * for `inventory`. */
        struct cm_sv owned_by;
};

/* Something that should have been read and was not: makes the target incomplete (exit 3). */
struct cm_target_unreadable {
        struct cm_sv path;
        int layer;
        struct cm_sv cataloger; /* who wanted it, or "" */
        struct cm_sv reason;    /* escaped text */
};

struct cm_target {
        enum cm_target_kind kind;
        struct cm_sv name; /* as the user gave it */
        struct cm_sv
                source; /* "archive", "docker", "podman", "registry", "layout", "rootfs", "dir" */
        struct cm_sv image_id;   /* digest of the config, or "" */
        struct cm_sv digest;     /* manifest digest when known, or "" */
        struct cm_sv platform;   /* "linux/amd64" or "" */
        struct cm_sv created;    /* as the config states it, or "" */
        struct cm_sv media_type; /* of the manifest, or "" */
        struct cm_sv
                config; /* the image config as compact JSON, or "" when it is not strict JSON */
        bool has_os;
        struct cm_os_release os; /* the winner of all release files */
        const struct cm_target_layer *layers;
        size_t layer_count;
        const struct cm_target_pkg *pkgs; /* sorted by cm_pkg_cmp */
        size_t pkg_count;
        const struct cm_target_unreadable *unreadable; /* sorted by path */
        size_t unreadable_count;
};
