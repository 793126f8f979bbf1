/* SPDX-License-Identifier: Apache-2.0 */
/* See describe.h. */
#include "image/describe.h"

#include "image/describe_internal.h"

static void put_manifest(struct cm_buf *out, const struct cm_target *t)
{
        struct cm_object o = cm_object_begin(out);
        cm_object_text(&o, "digest", t->digest);
        cm_object_text(&o, "media_type", t->media_type);
        cm_object_text(&o, "image_id", t->image_id);
        cm_object_text(&o, "platform", t->platform);
        cm_object_text(&o, "created", t->created);
        uint64_t size_bytes = 0;
        for (size_t i = 0; i < t->layer_count; i++)
                size_bytes += t->layers[i].size_bytes;
        cm_object_number(&o, "size", size_bytes);
        cm_object_end(&o);
}

static void put_layers(struct cm_buf *out, const struct cm_target *t)
{
        cm_buf_put_char(out, '[');
        for (size_t i = 0; i < t->layer_count; i++) {
                const struct cm_target_layer *l = &t->layers[i];
                if (i > 0)
                        cm_buf_put_char(out, ',');
                struct cm_object o = cm_object_begin(out);
                cm_object_text(&o, "digest", l->digest);
                cm_object_text(&o, "diff_id", l->diff_id);
                cm_object_text(&o, "media_type", l->media_type);
                cm_object_key(&o, "created_by");
                cm_buf_put_json(out, l->created_by);
                cm_object_number(&o, "size", l->size_bytes);
                cm_object_end(&o);
        }
        cm_buf_put_char(out, ']');
}

void cm_image_describe(struct cm_arena *arena, const struct cm_target *target,
                       const struct cm_merge_result *merged, struct cm_buf *out)
{
        struct cm_object o = cm_object_begin(out);
        cm_object_text(&o, "format", CM_SV("coaming-image"));
        cm_object_number(&o, "version", 1);
        cm_object_text(&o, "name", target->name);
        cm_object_text(&o, "source", target->source);
        if (target->kind == CM_TARGET_IMAGE) {
                cm_object_key(&o, "manifest");
                put_manifest(out, target);
                cm_object_key(&o, "layers");
                put_layers(out, target);
                cm_object_key(&o, "config");
                /* The worker wrote it anew: it is one JSON value. */
                cm_buf_put_sv(out, target->config.len > 0 ? target->config : CM_SV("null"));
        }
        cm_object_key(&o, "files");
        cm_image_describe_files(arena, target, merged, out);
        cm_object_end(&o);
}
