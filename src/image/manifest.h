/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON documents of an image: docker-save's manifest.json, OCI index and manifest, image
 * config. Pure; runs in the worker. Finding and fetching the documents is image/resolve.h.
 *
 * Spec: OCI image-spec v1.1 (image-index, manifest, config); Docker image spec v1.2 "Combined
 *       Image JSON + Filesystem Changeset Format"; distribution "manifest v2 schema 2".
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

/* What to pick when a document offers several images. */
struct cm_image_choice {
        struct cm_sv tag;      /* "name:tag", "tag" or "" */
        struct cm_sv digest;   /* of a manifest, or "" */
        struct cm_sv platform; /* "os/arch[/variant]"; "" = linux/<host arch> */
};

struct cm_image_layer_ref {
        struct cm_sv name;   /* where the blob is: archive path, or "blobs/sha256/<hex>" */
        struct cm_sv digest; /* of the blob as stored, or "" (docker-save) */
        struct cm_sv media_type;
        struct cm_sv diff_id;    /* from the config */
        struct cm_sv created_by; /* from the config's history, or "" */
        uint64_t size_bytes;     /* of the blob, 0 = not stated */
};

struct cm_image {
        struct cm_sv config_name; /* where the config document is */
        struct cm_sv image_id;    /* "sha256:<hex>" of the config document */
        struct cm_sv digest;      /* of the manifest, or "" */
        struct cm_sv platform;
        struct cm_sv created;
        struct cm_sv media_type; /* of the manifest, or "" */
        struct cm_sv config; /* the config document as compact JSON, see cm_manifest_add_config() */
        struct cm_image_layer_ref *layers; /* bottom first */
        size_t layer_count;
};

/* A descriptor of an index. */
struct cm_image_descriptor {
        struct cm_sv digest;
        struct cm_sv media_type;
        struct cm_sv platform; /* "linux/arm64/v8" or "" */
        struct cm_sv ref_name; /* annotation, or "" */
        bool is_attestation;   /* buildkit's provenance: not an image */
};

/*
 * docker-save: picks one image; its config_name and the names of its layers.
 * Errors: CM_E_MALFORMED; CM_E_USAGE when several images are there and none is chosen (lists them).
 */
CM_MUST_CHECK int cm_manifest_parse_docker(struct cm_arena *arena, struct cm_sv text,
                                           const struct cm_image_choice *choice,
                                           struct cm_image *ret, struct cm_err *err);

enum cm_oci_kind {
        CM_OCI_INDEX,
        CM_OCI_MANIFEST
};
/* Tells an index from a manifest. Errors: CM_E_MALFORMED, CM_E_UNSUPPORTED (schema 1). */
CM_MUST_CHECK int cm_manifest_parse_oci_kind(struct cm_arena *arena, struct cm_sv text,
                                             enum cm_oci_kind *ret, struct cm_err *err);
/* Picks one descriptor of an index. Errors: CM_E_NOT_FOUND (lists what is there), CM_E_MALFORMED. */
CM_MUST_CHECK int cm_manifest_pick(struct cm_arena *arena, struct cm_sv text,
                                   const struct cm_image_choice *choice,
                                   struct cm_image_descriptor *ret, struct cm_err *err);
CM_MUST_CHECK int cm_manifest_parse_oci(struct cm_arena *arena, struct cm_sv text,
                                        struct cm_image *ret, struct cm_err *err);
/*
 * Adds what the config says: platform, creation time, diff ids, history; and the document itself,
 * written anew, so that it can stand within another one. What is JSON only to a lenient reader, or
 * too large for a message (CM_IMAGE_CONFIG_BYTES_MAX), is left out.
 * Errors: CM_E_MALFORMED when layers and diff ids differ in number.
 */
CM_MUST_CHECK int cm_manifest_add_config(struct cm_arena *arena, struct cm_sv text,
                                         struct cm_image *image, struct cm_err *err);
/* "blobs/sha256/<hex>" of "sha256:<hex>"; CM_E_MALFORMED when it is no such digest. */
CM_MUST_CHECK int cm_manifest_blob_name(struct cm_arena *arena, struct cm_sv digest,
                                        struct cm_sv *ret, struct cm_err *err);
