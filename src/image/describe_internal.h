/* SPDX-License-Identifier: Apache-2.0 */
/* What the writers of an image's document share. */
#pragma once

#include "base/escape.h"
#include "image/describe.h"

/* One JSON object that is being written. */
struct cm_object {
        struct cm_buf *out;
        bool has_member;
};

static inline struct cm_object cm_object_begin(struct cm_buf *out)
{
        cm_buf_put_char(out, '{');
        return (struct cm_object){ out, false };
}

static inline void cm_object_key(struct cm_object *o, const char *name)
{
        if (o->has_member)
                cm_buf_put_char(o->out, ',');
        o->has_member = true;
        cm_buf_put_json(o->out, cm_sv_from_cstr(name));
        cm_buf_put_char(o->out, ':');
}

/* What is not known is left out. */
static inline void cm_object_text(struct cm_object *o, const char *name, struct cm_sv value)
{
        if (value.len == 0)
                return;
        cm_object_key(o, name);
        cm_buf_put_json(o->out, value);
}

static inline void cm_object_number(struct cm_object *o, const char *name, uint64_t value)
{
        cm_object_key(o, name);
        cm_buf_printf(o->out, "%llu", (unsigned long long)value);
}

static inline void cm_object_end(struct cm_object *o)
{
        cm_buf_put_char(o->out, '}');
}

/* The "files" of the document. */
void cm_image_describe_files(struct cm_arena *arena, const struct cm_target *target,
                             const struct cm_merge_result *merged, struct cm_buf *out);
