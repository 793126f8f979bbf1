/* SPDX-License-Identifier: Apache-2.0 */
/* Values as JSON, plain and with their types. */
#include <math.h>

#include "base/escape.h"
#include "cel/cel_number.h"
#include "cel/timestamp.h"
#include "cel/value.h"
#include "codec/base64.h"

enum {
        DEPTH_MAX = 600 /* a document (CM_NODE_DEPTH_MAX) in a literal (CM_CEL_DEPTH_MAX) */
};

static const char *type_tag(enum cm_cel_kind kind)
{
        static const char *const tags[CM_CEL_KIND_COUNT] = {
                "error", "null", "bool", "int",      "uint",      "double",   "string", "bytes",
                "list",  "map",  "type", "duration", "timestamp", "optional", "object",
        };
        return tags[kind];
}

struct writer {
        struct cm_buf *out;
        struct cm_arena *scratch;
        bool typed;
};

static void put(const struct writer *w, struct cm_cel_value v, unsigned depth);

static void put_double(struct cm_buf *out, double d)
{
        char text[CM_CEL_NUMBER_BYTES];
        struct cm_sv s = cm_cel_format_number(cm_cel_double(d), text);
        if (!isfinite(d)) {
                cm_buf_put_json(out, s);
                return;
        }
        cm_buf_put_sv(out, s);
        if (cm_sv_find_char(s, '.') < 0 && cm_sv_find_char(s, 'e') < 0)
                cm_buf_put_str(out, ".0");
}

static void put_time(struct cm_buf *out, struct cm_cel_value v)
{
        char text[CM_TIMESTAMP_TEXT_BYTES];
        if (v.kind == CM_CEL_DURATION)
                cm_duration_format((struct cm_duration){ v.integer, cm_cel_nanos(v) }, text);
        else
                cm_timestamp_format((struct cm_timestamp){ v.integer, cm_cel_nanos(v) }, text);
        cm_buf_put_json(out, cm_sv_from_cstr(text));
}

/* Everything that has no parts. */
static void put_scalar(const struct writer *w, struct cm_cel_value v)
{
        char text[CM_CEL_NUMBER_BYTES];
        switch (v.kind) {
        case CM_CEL_BOOL:
                cm_buf_put_str(w->out, v.boolean ? "true" : "false");
                break;
        case CM_CEL_INT:
        case CM_CEL_UINT:
                /* Typed: as text, because many readers of JSON have doubles only. */
                if (w->typed)
                        cm_buf_put_json(w->out, cm_cel_format_number(v, text));
                else
                        cm_buf_put_sv(w->out, cm_cel_format_number(v, text));
                break;
        case CM_CEL_DOUBLE:
                put_double(w->out, v.real);
                break;
        case CM_CEL_STRING:
        case CM_CEL_TYPE:
                cm_buf_put_json(w->out, cm_cel_sv(v));
                break;
        case CM_CEL_BYTES:
                cm_buf_put_json(w->out, cm_base64_encode(w->scratch, cm_cel_sv(v)));
                break;
        case CM_CEL_DURATION:
        case CM_CEL_TIMESTAMP:
                put_time(w->out, v);
                break;
        case CM_CEL_ERROR:
                cm_buf_put_json(w->out, v.reason->text);
                break;
        case CM_CEL_OBJECT: {
                struct cm_buf text_buf;
                cm_buf_init(&text_buf, CM_KIB(64));
                if (v.object->type->put_text != NULL)
                        v.object->type->put_text(&text_buf, v.object);
                cm_buf_put_json(w->out, cm_buf_sv(&text_buf));
                cm_buf_fini(&text_buf);
                break;
        }
        case CM_CEL_NULL:
        case CM_CEL_LIST:
        case CM_CEL_MAP:
        case CM_CEL_OPTIONAL:
        case CM_CEL_KIND_COUNT:
                cm_buf_put_str(w->out, "null");
                break;
        }
}

static void put_list(const struct writer *w, struct cm_cel_value v, unsigned depth)
{
        cm_buf_put_char(w->out, '[');
        for (size_t i = 0; i < cm_cel_list_count(v) && !w->out->overflow; i++) {
                if (i > 0)
                        cm_buf_put_char(w->out, ',');
                put(w, cm_cel_list_at(v, i), depth + 1);
        }
        cm_buf_put_char(w->out, ']');
}

static void put_key(const struct writer *w, struct cm_cel_value key)
{
        char text[CM_CEL_NUMBER_BYTES];
        if (key.kind == CM_CEL_STRING)
                cm_buf_put_json(w->out, cm_cel_sv(key));
        else if (key.kind == CM_CEL_BOOL)
                cm_buf_put_str(w->out, key.boolean ? "\"true\"" : "\"false\"");
        else
                cm_buf_put_json(w->out, cm_cel_format_number(key, text));
}

static void put_map(const struct writer *w, struct cm_cel_value v, unsigned depth)
{
        cm_buf_put_char(w->out, w->typed ? '[' : '{');
        for (size_t i = 0; i < cm_cel_map_count(v) && !w->out->overflow; i++) {
                struct cm_cel_value key;
                struct cm_cel_value value;
                cm_cel_map_at(v, i, &key, &value);
                if (i > 0)
                        cm_buf_put_char(w->out, ',');
                if (w->typed) {
                        cm_buf_put_char(w->out, '[');
                        put(w, key, depth + 1);
                        cm_buf_put_char(w->out, ',');
                } else {
                        put_key(w, key);
                        cm_buf_put_char(w->out, ':');
                }
                put(w, value, depth + 1);
                if (w->typed)
                        cm_buf_put_char(w->out, ']');
        }
        cm_buf_put_char(w->out, w->typed ? ']' : '}');
}

static void put(const struct writer *w, struct cm_cel_value v, unsigned depth)
{
        if (depth > DEPTH_MAX) {
                w->out->overflow = true;
                return;
        }
        if (w->typed)
                cm_buf_printf(w->out, "{\"%s\":", type_tag(v.kind));
        if (v.kind == CM_CEL_LIST)
                put_list(w, v, depth);
        else if (v.kind == CM_CEL_MAP)
                put_map(w, v, depth);
        else if (v.kind == CM_CEL_OPTIONAL && v.boxed != NULL)
                put(w, *v.boxed, depth + 1);
        else
                put_scalar(w, v);
        if (w->typed)
                cm_buf_put_char(w->out, '}');
}

void cm_cel_put_json(struct cm_buf *out, struct cm_arena *scratch, struct cm_cel_value v)
{
        put(&(struct writer){ out, scratch, false }, v, 0);
}

void cm_cel_put_typed_json(struct cm_buf *out, struct cm_arena *scratch, struct cm_cel_value v)
{
        put(&(struct writer){ out, scratch, true }, v, 0);
}
