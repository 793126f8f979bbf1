/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes indented JSON straight into a buffer; commas and indentation are kept by the writer.
 * Empty optional members are left out by the _if variants.
 */
#pragma once

#include "base/buf.h"

enum {
        CM_JSON_WRITER_DEPTH_MAX = 32
};

struct cm_json_writer {
        struct cm_buf *out;
        int depth;
        bool compact; /* one line: set it after cm_jw_init() */
        bool has_item[CM_JSON_WRITER_DEPTH_MAX];
};

void cm_jw_init(struct cm_json_writer *w, struct cm_buf *out);
/* `key` is NULL inside arrays and for the root. */
void cm_jw_open(struct cm_json_writer *w, const char *key, char bracket); /* '{' or '[' */
void cm_jw_close(struct cm_json_writer *w, char bracket);                 /* '}' or ']' */
void cm_jw_string(struct cm_json_writer *w, const char *key, struct cm_sv value);
void cm_jw_string_if(struct cm_json_writer *w, const char *key, struct cm_sv value);
void cm_jw_cstr(struct cm_json_writer *w, const char *key, const char *value);
void cm_jw_int(struct cm_json_writer *w, const char *key, int64_t value);
void cm_jw_bool(struct cm_json_writer *w, const char *key, bool value);
/* Fixed number of decimals: no locale, no exponent. */
void cm_jw_decimal(struct cm_json_writer *w, const char *key, double value, int decimals);
