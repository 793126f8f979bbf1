/* SPDX-License-Identifier: Apache-2.0 */
/* Document chain of an image; see resolve.h. */
#include "image/resolve.h"

#include "base/escape.h"
#include "crypto/sha256.h"

/* Indexes within indexes: the image-spec allows it, nobody nests deeper than one. */
enum {
        INDEX_DEPTH_MAX = 4
};

static void digest_text(struct cm_sv bytes, char text[CM_SHA256_TEXT_BYTES])
{
        struct cm_sha256 *sha = cm_sha256_new();
        cm_sha256_update(sha, bytes);
        cm_sha256_text(sha, text);
        cm_sha256_free(sha);
}

static int read_blob(struct cm_arena *arena, const struct cm_docs *docs, struct cm_sv digest,
                     const char *what, struct cm_sv *ret, struct cm_err *err)
{
        struct cm_sv name = CM_SV("");
        int r = cm_manifest_blob_name(arena, digest, &name, err);
        if (r < 0)
                return cm_err_context(err, "%s", what);
        r = docs->read(docs->ctx, arena, name, ret, err);
        if (r < 0)
                return cm_err_context(err, "%s", what);
        if (r > 0)
                return CM_RAISE(err, CM_E_MALFORMED, "%s '%s' is not there", what,
                                cm_escape(arena, name));
        if (!cm_sv_has_prefix(digest, CM_SV("sha256:")))
                return CM_RAISE(err, CM_E_UNSUPPORTED, "%s has a digest other than sha256", what);
        char text[CM_SHA256_TEXT_BYTES];
        digest_text(*ret, text);
        if (!cm_sv_eq(digest, cm_sv_from_cstr(text)))
                return CM_RAISE(err, CM_E_DIGEST, "%s has digest %s, not %s as it is named", what,
                                text, cm_escape(arena, digest));
        return 0;
}

static int resolve_docker(struct cm_arena *arena, const struct cm_docs *docs, struct cm_sv manifest,
                          const struct cm_image_choice *choice, struct cm_image *ret,
                          struct cm_err *err)
{
        struct cm_image image = { 0 };
        int r = cm_manifest_parse_docker(arena, manifest, choice, &image, err);
        if (r < 0)
                return r;
        struct cm_sv config = CM_SV("");
        r = docs->read(docs->ctx, arena, image.config_name, &config, err);
        if (r > 0)
                return CM_RAISE(err, CM_E_MALFORMED, "image config '%s' is not in the archive",
                                cm_escape(arena, image.config_name));
        if (r < 0)
                return r;
        char *text = CM_NEW_ARRAY(arena, char, CM_SHA256_TEXT_BYTES);
        digest_text(config, text);
        image.image_id = cm_sv_from_cstr(text);
        r = cm_manifest_add_config(arena, config, &image, err);
        if (r < 0)
                return r;
        *ret = image;
        return 0;
}

static int resolve_manifest(struct cm_arena *arena, const struct cm_docs *docs, struct cm_sv text,
                            struct cm_sv digest, struct cm_image *ret, struct cm_err *err)
{
        struct cm_image image = { 0 };
        struct cm_sv config = CM_SV("");
        int r = cm_manifest_parse_oci(arena, text, &image, err);
        if (r == 0)
                r = read_blob(arena, docs, image.image_id, "image config", &config, err);
        if (r == 0)
                r = cm_manifest_add_config(arena, config, &image, err);
        if (r < 0)
                return r;
        image.digest = digest;
        *ret = image;
        return 0;
}

static int resolve_oci(struct cm_arena *arena, const struct cm_docs *docs, struct cm_sv text,
                       const struct cm_image_choice *choice, struct cm_image *ret,
                       struct cm_err *err)
{
        struct cm_image_choice inner = *choice;
        for (int depth = 0; depth < INDEX_DEPTH_MAX; depth++) {
                struct cm_image_descriptor d = { 0 };
                int r = cm_manifest_pick(arena, text, &inner, &d, err);
                if (r < 0)
                        return r;
                if (cm_sv_eq(d.digest, inner.digest))
                        inner.digest =
                                CM_SV(""); /* found: what it points to is chosen by platform */
                inner.tag = CM_SV("");
                r = read_blob(arena, docs, d.digest, "image manifest", &text, err);
                enum cm_oci_kind kind = CM_OCI_INDEX;
                if (r == 0)
                        r = cm_manifest_parse_oci_kind(arena, text, &kind, err);
                if (r < 0)
                        return r;
                if (kind == CM_OCI_MANIFEST)
                        return resolve_manifest(arena, docs, text, d.digest, ret, err);
        }
        return CM_RAISE(err, CM_E_LIMIT, "image indexes are nested deeper than %d",
                        INDEX_DEPTH_MAX);
}

int cm_image_resolve(struct cm_arena *arena, const struct cm_docs *docs,
                     const struct cm_image_choice *choice, struct cm_image *ret, struct cm_err *err)
{
        struct cm_sv text = CM_SV("");
        int r = 1;
        if (choice->digest.len == 0 && choice->platform.len == 0)
                r = docs->read(docs->ctx, arena, CM_SV("manifest.json"), &text, err);
        if (r == 0)
                return resolve_docker(arena, docs, text, choice, ret, err);
        if (r > 0)
                r = docs->read(docs->ctx, arena, CM_SV("index.json"), &text, err);
        if (r == 0)
                return resolve_oci(arena, docs, text, choice, ret, err);
        if (r > 0)
                r = docs->read(docs->ctx, arena, CM_SV("manifest.json"), &text, err);
        if (r == 0)
                return resolve_docker(arena, docs, text, choice, ret, err);
        if (r < 0)
                return r;
        return CM_RAISE(err, CM_E_MALFORMED,
                        "neither manifest.json (docker save) nor index.json (OCI) is there: "
                        "not an image");
}
