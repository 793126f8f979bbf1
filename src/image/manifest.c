/* SPDX-License-Identifier: Apache-2.0 */
/* Parsers of image documents; see manifest.h. */
#include "image/manifest.h"

#include "base/buf.h"
#include "base/escape.h"
#include "base/limits.h"
#include "base/vec.h"
#include "codec/json.h"
#include "codec/node_json.h"

static int parse_json(struct cm_arena *arena, struct cm_sv text, const char *what,
                      const struct cm_json **ret, struct cm_err *err)
{
        if (text.len > CM_IMAGE_JSON_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "%s of %zu bytes is over limit image_json_bytes_max", what,
                                text.len);
        int r = cm_json_parse(arena, text, ret, err);
        if (r < 0)
                return cm_err_context(err, "%s", what);
        return 0;
}

int cm_manifest_blob_name(struct cm_arena *arena, struct cm_sv digest, struct cm_sv *ret,
                          struct cm_err *err)
{
        struct cm_sv algorithm, hex;
        bool ok = cm_sv_cut(digest, ':', &algorithm, &hex) &&
                  ((cm_sv_eq(algorithm, CM_SV("sha256")) && hex.len == 64) ||
                   (cm_sv_eq(algorithm, CM_SV("sha512")) && hex.len == 128));
        for (size_t i = 0; ok && i < hex.len; i++)
                ok = cm_is_digit(hex.ptr[i]) || (hex.ptr[i] >= 'a' && hex.ptr[i] <= 'f');
        if (!ok)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "'%s' is no digest of the form sha256:<64 hex>",
                                cm_escape(arena, digest));
        *ret = cm_sv_printf(arena, "blobs/%.*s/%.*s", CM_SV_ARG(algorithm), CM_SV_ARG(hex));
        return 0;
}

/* A tag as people type it against a tag as documents hold it. */
static bool tag_matches(struct cm_sv stored, struct cm_sv wanted)
{
        if (cm_sv_eq(stored, wanted))
                return true;
        struct cm_sv prefix = CM_SV("docker.io/");
        if (cm_sv_has_prefix(stored, prefix))
                stored = cm_sv_skip(stored, prefix.len);
        if (cm_sv_has_prefix(stored, CM_SV("library/")))
                stored = cm_sv_skip(stored, 8);
        if (cm_sv_eq(stored, wanted))
                return true;
        struct cm_sv name, tag;
        if (!cm_sv_cut_last(stored, ':', &name, &tag))
                return false;
        return cm_sv_eq(tag, wanted) || (cm_sv_eq(tag, CM_SV("latest")) && cm_sv_eq(name, wanted));
}

static bool docker_entry_matches(const struct cm_json *entry, struct cm_sv wanted)
{
        const struct cm_json *tags = cm_json_get(entry, "RepoTags");
        for (size_t i = 0; i < cm_json_count(tags); i++)
                if (tag_matches(cm_json_string(cm_json_at(tags, i)), wanted))
                        return true;
        return false;
}

static const char *docker_tags(struct cm_arena *arena, const struct cm_json *list)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, 300);
        for (size_t i = 0; i < cm_json_count(list); i++) {
                const struct cm_json *tags = cm_json_get(cm_json_at(list, i), "RepoTags");
                struct cm_sv tag = cm_json_string(cm_json_at(tags, 0));
                if (buf.len > 0)
                        cm_buf_put_str(&buf, ", ");
                cm_buf_put_str(&buf, tag.len == 0 ? "(no tag)" : cm_escape(arena, tag));
        }
        return cm_sv_printf(arena, "%.*s", CM_SV_ARG(cm_buf_sv(&buf))).ptr;
}

static int docker_layers(struct cm_arena *arena, const struct cm_json *entry,
                         struct cm_image *image, struct cm_err *err)
{
        const struct cm_json *layers = cm_json_get(entry, "Layers");
        size_t count = cm_json_count(layers);
        if (count > CM_IMAGE_LAYERS_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "%zu layers are over limit image_layers_max (%zu)",
                                count, CM_IMAGE_LAYERS_MAX);
        image->layers = CM_NEW_ARRAY(arena, struct cm_image_layer_ref, count);
        image->layer_count = count;
        for (size_t i = 0; i < count; i++) {
                image->layers[i].name = cm_sv_dup(arena, cm_json_string(cm_json_at(layers, i)));
                if (image->layers[i].name.len == 0)
                        return CM_RAISE(err, CM_E_MALFORMED, "manifest.json: layer %zu has no name",
                                        i);
        }
        return 0;
}

int cm_manifest_parse_docker(struct cm_arena *arena, struct cm_sv text,
                             const struct cm_image_choice *choice, struct cm_image *ret,
                             struct cm_err *err)
{
        const struct cm_json *list = NULL;
        int r = parse_json(arena, text, "manifest.json", &list, err);
        if (r < 0)
                return r;
        if (!cm_json_is_array(list) || cm_json_count(list) == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "manifest.json names no image");
        const struct cm_json *chosen = NULL;
        for (size_t i = 0; i < cm_json_count(list) && chosen == NULL; i++) {
                const struct cm_json *entry = cm_json_at(list, i);
                if (choice->tag.len > 0 ? docker_entry_matches(entry, choice->tag)
                                        : cm_json_count(list) == 1)
                        chosen = entry;
        }
        if (chosen == NULL)
                return CM_RAISE(err, CM_E_USAGE,
                                "archive holds %zu images (%s): name one with --image NAME",
                                cm_json_count(list), docker_tags(arena, list));
        struct cm_image image = { 0 };
        image.config_name = cm_sv_dup(arena, cm_json_get_string(chosen, "Config"));
        if (image.config_name.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "manifest.json names no config");
        r = docker_layers(arena, chosen, &image, err);
        if (r < 0)
                return r;
        *ret = image;
        return 0;
}

int cm_manifest_parse_oci_kind(struct cm_arena *arena, struct cm_sv text, enum cm_oci_kind *ret,
                               struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        int r = parse_json(arena, text, "image manifest", &doc, err);
        if (r < 0)
                return r;
        if (cm_json_is_array(cm_json_get(doc, "manifests"))) {
                *ret = CM_OCI_INDEX;
                return 0;
        }
        if (cm_json_is_object(cm_json_get(doc, "config"))) {
                *ret = CM_OCI_MANIFEST;
                return 0;
        }
        if (cm_json_int(cm_json_get(doc, "schemaVersion"), 0) == 1)
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "image manifest is of schema version 1, which has no config: "
                                "push the image again with a current engine");
        return CM_RAISE(err, CM_E_MALFORMED, "document is neither an image index nor a manifest");
}

static struct cm_sv platform_of(struct cm_arena *arena, const struct cm_json *platform)
{
        struct cm_sv os = cm_json_get_string(platform, "os");
        struct cm_sv arch = cm_json_get_string(platform, "architecture");
        struct cm_sv variant = cm_json_get_string(platform, "variant");
        if (os.len == 0 && arch.len == 0)
                return CM_SV("");
        if (variant.len == 0)
                return cm_sv_printf(arena, "%.*s/%.*s", CM_SV_ARG(os), CM_SV_ARG(arch));
        return cm_sv_printf(arena, "%.*s/%.*s/%.*s", CM_SV_ARG(os), CM_SV_ARG(arch),
                            CM_SV_ARG(variant));
}

static struct cm_image_descriptor descriptor_of(struct cm_arena *arena, const struct cm_json *v)
{
        const struct cm_json *annotations = cm_json_get(v, "annotations");
        struct cm_image_descriptor d = {
                .digest = cm_sv_dup(arena, cm_json_get_string(v, "digest")),
                .media_type = cm_sv_dup(arena, cm_json_get_string(v, "mediaType")),
                .platform = platform_of(arena, cm_json_get(v, "platform")),
        };
        struct cm_sv name = cm_json_get_string(annotations, "io.containerd.image.name");
        if (name.len == 0)
                name = cm_json_get_string(annotations, "org.opencontainers.image.ref.name");
        d.ref_name = cm_sv_dup(arena, name);
        d.is_attestation = cm_json_get(annotations, "vnd.docker.reference.type") != NULL ||
                           cm_sv_eq(d.platform, CM_SV("unknown/unknown"));
        return d;
}

static struct cm_sv host_platform(void)
{
#if defined(__x86_64__)
        return CM_SV("linux/amd64");
#elif defined(__aarch64__)
        return CM_SV("linux/arm64");
#else
        return CM_SV("linux/unknown");
#endif
}

/* "linux/arm64" takes "linux/arm64/v8" too; "linux/arm64/v8" takes an image without a variant. */
static bool platform_matches(struct cm_sv have, struct cm_sv want)
{
        if (cm_sv_eq(have, want))
                return true;
        struct cm_sv longer = have.len > want.len ? have : want;
        struct cm_sv shorter = have.len > want.len ? want : have;
        return cm_sv_has_prefix(longer, shorter) && longer.ptr[shorter.len] == '/' &&
               cm_sv_find_char(shorter, '/') > 0;
}

struct pick {
        CM_VEC(struct cm_image_descriptor) images;
        struct cm_image_descriptor chosen;
        bool found;
};

static const char *offered(struct cm_arena *arena, const struct pick *pick)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, 300);
        for (size_t i = 0; i < pick->images.count; i++) {
                const struct cm_image_descriptor *d = &pick->images.items[i];
                struct cm_sv label = d->ref_name.len > 0   ? d->ref_name
                                     : d->platform.len > 0 ? d->platform
                                                           : d->digest;
                cm_buf_printf(&buf, "%s%s", i == 0 ? "" : ", ", cm_escape(arena, label));
        }
        return cm_sv_printf(arena, "%.*s", CM_SV_ARG(cm_buf_sv(&buf))).ptr;
}

static int pick_one(struct cm_arena *arena, struct pick *pick, const struct cm_image_choice *choice,
                    struct cm_err *err)
{
        struct cm_sv platform = choice->platform.len > 0 ? choice->platform : host_platform();
        size_t candidates = 0;
        for (size_t i = 0; i < pick->images.count; i++) {
                const struct cm_image_descriptor *d = &pick->images.items[i];
                if (choice->digest.len > 0 && !cm_sv_eq(d->digest, choice->digest))
                        continue;
                if (choice->tag.len > 0 && d->ref_name.len > 0 &&
                    !tag_matches(d->ref_name, choice->tag))
                        continue;
                if (choice->digest.len == 0 && d->platform.len > 0 &&
                    !platform_matches(d->platform, platform))
                        continue;
                if (!pick->found)
                        pick->chosen = *d;
                pick->found = true;
                candidates++;
        }
        /* The only image is taken whatever its platform, unless one was asked for. */
        if (!pick->found && pick->images.count == 1 && choice->platform.len == 0 &&
            choice->tag.len == 0 && choice->digest.len == 0) {
                pick->chosen = pick->images.items[0];
                pick->found = true;
        }
        if (!pick->found)
                return CM_RAISE(err, CM_E_NOT_FOUND,
                                "image index has no image for %s; it offers: %s",
                                cm_escape(arena, choice->tag.len > 0      ? choice->tag
                                                 : choice->digest.len > 0 ? choice->digest
                                                                          : platform),
                                offered(arena, pick));
        if (candidates > 1 && pick->chosen.ref_name.len > 0 && choice->tag.len == 0 &&
            choice->digest.len == 0)
                return CM_RAISE(err, CM_E_USAGE,
                                "image index holds several images (%s): name one with --image NAME",
                                offered(arena, pick));
        return 0;
}

int cm_manifest_pick(struct cm_arena *arena, struct cm_sv text,
                     const struct cm_image_choice *choice, struct cm_image_descriptor *ret,
                     struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        int r = parse_json(arena, text, "image index", &doc, err);
        if (r < 0)
                return r;
        const struct cm_json *manifests = cm_json_get(doc, "manifests");
        struct pick pick = { 0 };
        for (size_t i = 0; i < cm_json_count(manifests); i++) {
                struct cm_image_descriptor d = descriptor_of(arena, cm_json_at(manifests, i));
                if (!d.is_attestation)
                        *CM_VEC_PUSH(arena, &pick.images) = d;
        }
        if (pick.images.count == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "image index names no image");
        r = pick_one(arena, &pick, choice, err);
        if (r < 0)
                return r;
        *ret = pick.chosen;
        return 0;
}

static bool is_foreign(struct cm_sv media_type)
{
        return cm_sv_find(media_type, CM_SV("foreign")) >= 0 ||
               cm_sv_find(media_type, CM_SV("nondistributable")) >= 0;
}

static int oci_layer(struct cm_arena *arena, const struct cm_json *v, size_t index,
                     struct cm_image_layer_ref *layer, struct cm_err *err)
{
        layer->digest = cm_sv_dup(arena, cm_json_get_string(v, "digest"));
        layer->media_type = cm_sv_dup(arena, cm_json_get_string(v, "mediaType"));
        layer->size_bytes = (uint64_t)CM_MAX(cm_json_int(cm_json_get(v, "size"), 0), 0);
        if (is_foreign(layer->media_type))
                return CM_RAISE(err, CM_E_UNSUPPORTED,
                                "layer %zu is a foreign layer that is not part of the image",
                                index);
        int r = cm_manifest_blob_name(arena, layer->digest, &layer->name, err);
        return r < 0 ? cm_err_context(err, "layer %zu", index) : 0;
}

int cm_manifest_parse_oci(struct cm_arena *arena, struct cm_sv text, struct cm_image *ret,
                          struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        int r = parse_json(arena, text, "image manifest", &doc, err);
        if (r < 0)
                return r;
        struct cm_image image = { 0 };
        image.media_type = cm_sv_dup(arena, cm_json_get_string(doc, "mediaType"));
        image.image_id =
                cm_sv_dup(arena, cm_json_string(cm_json_path(doc, "config", "digest", NULL)));
        r = cm_manifest_blob_name(arena, image.image_id, &image.config_name, err);
        if (r < 0)
                return cm_err_context(err, "image manifest: config");
        const struct cm_json *layers = cm_json_get(doc, "layers");
        image.layer_count = cm_json_count(layers);
        if (image.layer_count > CM_IMAGE_LAYERS_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "%zu layers are over limit image_layers_max (%zu)",
                                image.layer_count, CM_IMAGE_LAYERS_MAX);
        image.layers = CM_NEW_ARRAY(arena, struct cm_image_layer_ref, image.layer_count);
        for (size_t i = 0; i < image.layer_count; i++) {
                r = oci_layer(arena, cm_json_at(layers, i), i, &image.layers[i], err);
                if (r < 0)
                        return r;
        }
        *ret = image;
        return 0;
}

static void add_history(struct cm_arena *arena, const struct cm_json *history,
                        struct cm_image *image)
{
        size_t layer = 0;
        for (size_t i = 0; i < cm_json_count(history) && layer < image->layer_count; i++) {
                const struct cm_json *step = cm_json_at(history, i);
                if (cm_json_bool(cm_json_get(step, "empty_layer"), false))
                        continue;
                struct cm_sv text = cm_sv_trim(cm_json_get_string(step, "created_by"));
                image->layers[layer++].created_by = cm_sv_dup(arena, text);
        }
}

static struct cm_sv compact(struct cm_arena *arena, struct cm_sv text)
{
        const struct cm_node_json_options options = { 0 };
        struct cm_node_json_result result;
        struct cm_err not_strict = CM_ERR_INIT;
        if (cm_node_parse_json(arena, text, &options, &result, &not_strict) < 0)
                return CM_SV("");
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_IMAGE_CONFIG_BYTES_MAX);
        cm_node_write_json(&out, result.root);
        return out.overflow ? CM_SV("") : cm_sv_dup(arena, cm_buf_sv(&out));
}

int cm_manifest_add_config(struct cm_arena *arena, struct cm_sv text, struct cm_image *image,
                           struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        int r = parse_json(arena, text, "image config", &doc, err);
        if (r < 0)
                return r;
        image->config = compact(arena, text);
        image->platform = platform_of(arena, doc);
        image->created = cm_sv_dup(arena, cm_json_get_string(doc, "created"));
        const struct cm_json *diff_ids = cm_json_path(doc, "rootfs", "diff_ids", NULL);
        if (cm_json_count(diff_ids) != image->layer_count)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "image config lists %zu diff ids but the manifest %zu layers",
                                cm_json_count(diff_ids), image->layer_count);
        for (size_t i = 0; i < image->layer_count; i++) {
                struct cm_sv blob = CM_SV("");
                struct cm_sv id = cm_json_string(cm_json_at(diff_ids, i));
                r = cm_manifest_blob_name(arena, id, &blob, err);
                if (r < 0)
                        return cm_err_context(err, "image config: diff id %zu", i);
                image->layers[i].diff_id = cm_sv_dup(arena, id);
        }
        add_history(arena, cm_json_get(doc, "history"), image);
        return 0;
}
