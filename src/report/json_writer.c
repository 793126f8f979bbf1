/* SPDX-License-Identifier: Apache-2.0 */
/* Streaming JSON writer of json_writer.h. */
#include "report/json_writer.h"

#include "base/escape.h"

void cm_jw_init(struct cm_json_writer *w, struct cm_buf *out)
{
        *w = (struct cm_json_writer){ .out = out };
}

static void indent(struct cm_json_writer *w)
{
        if (w->compact)
                return;
        cm_buf_put_char(w->out, '\n');
        for (int i = 0; i < w->depth; i++)
                cm_buf_put_str(w->out, "  ");
}

static void item(struct cm_json_writer *w, const char *key)
{
        if (w->depth > 0) {
                if (w->has_item[w->depth])
                        cm_buf_put_char(w->out, ',');
                w->has_item[w->depth] = true;
                indent(w);
        }
        if (key != NULL) {
                cm_buf_put_json(w->out, cm_sv_from_cstr(key));
                cm_buf_put_str(w->out, ": ");
        }
}

void cm_jw_open(struct cm_json_writer *w, const char *key, char bracket)
{
        CM_ASSERT(w->depth + 1 < CM_JSON_WRITER_DEPTH_MAX);
        item(w, key);
        cm_buf_put_char(w->out, bracket);
        w->has_item[++w->depth] = false;
}

void cm_jw_close(struct cm_json_writer *w, char bracket)
{
        CM_ASSERT(w->depth > 0);
        bool any = w->has_item[w->depth--];
        if (any)
                indent(w);
        cm_buf_put_char(w->out, bracket);
        if (w->depth == 0)
                cm_buf_put_char(w->out, '\n');
}

void cm_jw_string(struct cm_json_writer *w, const char *key, struct cm_sv value)
{
        item(w, key);
        cm_buf_put_json(w->out, value);
}

void cm_jw_string_if(struct cm_json_writer *w, const char *key, struct cm_sv value)
{
        if (value.len > 0)
                cm_jw_string(w, key, value);
}

void cm_jw_cstr(struct cm_json_writer *w, const char *key, const char *value)
{
        cm_jw_string(w, key, cm_sv_from_cstr(value));
}

void cm_jw_int(struct cm_json_writer *w, const char *key, int64_t value)
{
        item(w, key);
        cm_buf_printf(w->out, "%lld", (long long)value);
}

void cm_jw_bool(struct cm_json_writer *w, const char *key, bool value)
{
        item(w, key);
        cm_buf_put_str(w->out, value ? "true" : "false");
}

void cm_jw_decimal(struct cm_json_writer *w, const char *key, double value, int decimals)
{
        item(w, key);
        cm_buf_printf(w->out, "%.*f", decimals, value);
}
