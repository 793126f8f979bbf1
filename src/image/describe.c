/* SPDX-License-Identifier: Apache-2.0 */
/* See describe.h. */
#include "image/describe.h"

#include "base/escape.h"

/* One object that is being written. */
struct object {
        struct cm_buf *out;
        bool has_member;
};

static struct object object_begin(struct cm_buf *out)
{
        cm_buf_put_char(out, '{');
        return (struct object){ out, false };
}

static void key(struct object *o, const char *name)
{
        if (o->has_member)
                cm_buf_put_char(o->out, ',');
        o->has_member = true;
        cm_buf_put_json(o->out, cm_sv_from_cstr(name));
        cm_buf_put_char(o->out, ':');
}

/* What is not known is left out. */
static void text(struct object *o, const char *name, struct cm_sv value)
{
        if (value.len == 0)
                return;
        key(o, name);
        cm_buf_put_json(o->out, value);
}

static void number(struct object *o, const char *name, uint64_t value)
{
        key(o, name);
        cm_buf_printf(o->out, "%llu", (unsigned long long)value);
}

static void object_end(struct object *o)
{
        cm_buf_put_char(o->out, '}');
}

static void put_manifest(struct cm_buf *out, const struct cm_target *t)
{
        struct object o = object_begin(out);
        text(&o, "digest", t->digest);
        text(&o, "media_type", t->media_type);
        text(&o, "image_id", t->image_id);
        text(&o, "platform", t->platform);
        text(&o, "created", t->created);
        uint64_t size_bytes = 0;
        for (size_t i = 0; i < t->layer_count; i++)
                size_bytes += t->layers[i].size_bytes;
        number(&o, "size", size_bytes);
        object_end(&o);
}

static void put_layers(struct cm_buf *out, const struct cm_target *t)
{
        cm_buf_put_char(out, '[');
        for (size_t i = 0; i < t->layer_count; i++) {
                const struct cm_target_layer *l = &t->layers[i];
                if (i > 0)
                        cm_buf_put_char(out, ',');
                struct object o = object_begin(out);
                text(&o, "digest", l->digest);
                text(&o, "diff_id", l->diff_id);
                text(&o, "media_type", l->media_type);
                key(&o, "created_by");
                cm_buf_put_json(out, l->created_by);
                number(&o, "size", l->size_bytes);
                object_end(&o);
        }
        cm_buf_put_char(out, ']');
}

void cm_image_describe(struct cm_arena *arena, const struct cm_target *target,
                       const struct cm_merge_result *merged, struct cm_buf *out)
{
        struct object o = object_begin(out);
        (void)arena, (void)merged;
        text(&o, "format", CM_SV("coaming-image"));
        number(&o, "version", 1);
        text(&o, "name", target->name);
        text(&o, "source", target->source);
        if (target->kind == CM_TARGET_IMAGE) {
                key(&o, "manifest");
                put_manifest(out, target);
                key(&o, "layers");
                put_layers(out, target);
                key(&o, "config");
                /* The worker wrote it anew: it is one JSON value. */
                cm_buf_put_sv(out, target->config.len > 0 ? target->config : CM_SV("null"));
        }
        object_end(&o);
}
