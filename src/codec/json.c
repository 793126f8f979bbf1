/* SPDX-License-Identifier: Apache-2.0 */
/* JSON getters over jansson, see json.h. Not for: writing JSON (report/ streams its own). */
#include "codec/json.h"

#include <stdarg.h>

#include "base/escape.h"
#include "base/limits.h"
#include "codec/json_internal.h"

static json_t *unwrap(const struct cm_json *v)
{
        return (json_t *)(uintptr_t)v; /* jansson's getters take non-const */
}

static void release(void *ctx)
{
        json_decref(ctx);
}

const struct cm_json *cm_json_own(struct cm_arena *arena, json_t *v)
{
        cm_arena_on_free(arena, release, v);
        return cm_json_wrap(v);
}

/* jansson's own limit is 2048; a scan of the nesting keeps ours exact and cheap. */
static bool too_deep(struct cm_sv text)
{
        int depth = 0;
        bool in_string = false;
        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];
                if (in_string) {
                        if (c == '\\')
                                i++;
                        else if (c == '"')
                                in_string = false;
                } else if (c == '"') {
                        in_string = true;
                } else if (c == '[' || c == '{') {
                        if (++depth > CM_JSON_DEPTH_MAX)
                                return true;
                } else if (c == ']' || c == '}') {
                        depth--;
                }
        }
        return false;
}

int cm_json_parse(struct cm_arena *arena, struct cm_sv text, const struct cm_json **ret,
                  struct cm_err *err)
{
        if (text.len > CM_JSON_BYTES_MAX)
                return CM_RAISE(err, CM_E_LIMIT,
                                "JSON text of %zu bytes is over limit json_bytes_max (%zu)",
                                text.len, CM_JSON_BYTES_MAX);
        if (cm_sv_has_prefix(text, CM_SV("\xef\xbb\xbf")))
                text = cm_sv_skip(text, 3); /* byte order mark: npm writes it on Windows */
        if (too_deep(text))
                return CM_RAISE(err, CM_E_LIMIT, "JSON nesting is over limit json_depth_max (%d)",
                                CM_JSON_DEPTH_MAX);
        json_error_t where;
        json_t *v = json_loadb(text.len == 0 ? "" : text.ptr, text.len, JSON_DECODE_ANY, &where);
        if (v == NULL)
                return CM_RAISE(err, CM_E_MALFORMED, "JSON line %d column %d: %s", where.line,
                                where.column, cm_escape(arena, cm_sv_from_cstr(where.text)));
        *ret = cm_json_own(arena, v);
        return 0;
}

void cm_json_seed(uint64_t seed)
{
        json_object_seed((size_t)seed);
}

enum cm_json_type cm_json_type(const struct cm_json *v)
{
        if (v == NULL)
                return CM_JSON_NULL;
        switch (json_typeof(unwrap(v))) {
        case JSON_NULL:
                return CM_JSON_NULL;
        case JSON_TRUE:
        case JSON_FALSE:
                return CM_JSON_BOOL;
        case JSON_INTEGER:
                return CM_JSON_INT;
        case JSON_REAL:
                return CM_JSON_REAL;
        case JSON_STRING:
                return CM_JSON_STRING;
        case JSON_ARRAY:
                return CM_JSON_ARRAY;
        case JSON_OBJECT:
                return CM_JSON_OBJECT;
        }
        return CM_JSON_NULL;
}

bool cm_json_is_object(const struct cm_json *v)
{
        return cm_json_type(v) == CM_JSON_OBJECT;
}

bool cm_json_is_array(const struct cm_json *v)
{
        return cm_json_type(v) == CM_JSON_ARRAY;
}

const struct cm_json *cm_json_get(const struct cm_json *v, const char *key)
{
        return v == NULL ? NULL : cm_json_wrap(json_object_get(unwrap(v), key));
}

const struct cm_json *cm_json_get_sv(const struct cm_json *v, struct cm_sv key)
{
        char text[256];
        if (v == NULL || key.len >= sizeof(text) || cm_sv_find_char(key, '\0') >= 0)
                return NULL;
        if (key.len > 0)
                memcpy(text, key.ptr, key.len);
        text[key.len] = '\0';
        return cm_json_get(v, text);
}

const struct cm_json *cm_json_path(const struct cm_json *v, ...)
{
        va_list ap;
        va_start(ap, v);
        for (const char *key = va_arg(ap, const char *); key != NULL;
             key = va_arg(ap, const char *))
                v = cm_json_get(v, key);
        va_end(ap);
        return v;
}

const struct cm_json *cm_json_at(const struct cm_json *v, size_t index)
{
        return v == NULL ? NULL : cm_json_wrap(json_array_get(unwrap(v), index));
}

size_t cm_json_count(const struct cm_json *v)
{
        if (v == NULL)
                return 0;
        return cm_json_is_array(v) ? json_array_size(unwrap(v)) : json_object_size(unwrap(v));
}

struct cm_sv cm_json_string(const struct cm_json *v)
{
        if (cm_json_type(v) != CM_JSON_STRING)
                return CM_SV("");
        return cm_sv_make(json_string_value(unwrap(v)), json_string_length(unwrap(v)));
}

int64_t cm_json_int(const struct cm_json *v, int64_t otherwise)
{
        return cm_json_type(v) == CM_JSON_INT ? json_integer_value(unwrap(v)) : otherwise;
}

double cm_json_number(const struct cm_json *v, double otherwise)
{
        enum cm_json_type type = cm_json_type(v);
        return type == CM_JSON_INT || type == CM_JSON_REAL ? json_number_value(unwrap(v))
                                                           : otherwise;
}

bool cm_json_bool(const struct cm_json *v, bool otherwise)
{
        return cm_json_type(v) == CM_JSON_BOOL ? json_is_true(unwrap(v)) : otherwise;
}

struct cm_sv cm_json_get_string(const struct cm_json *v, const char *key)
{
        return cm_json_string(cm_json_get(v, key));
}

static void iter_load(struct cm_json_iter *it)
{
        it->value = NULL;
        it->key = CM_SV_NULL;
        if (it->position == NULL)
                return;
        it->key = cm_sv_from_cstr(json_object_iter_key(it->position));
        it->value = cm_json_wrap(json_object_iter_value(it->position));
}

struct cm_json_iter cm_json_iter_first(const struct cm_json *object)
{
        struct cm_json_iter it = { .object = object };
        if (cm_json_is_object(object))
                it.position = json_object_iter(unwrap(object));
        iter_load(&it);
        return it;
}

void cm_json_iter_next(struct cm_json_iter *it)
{
        it->position = json_object_iter_next(unwrap(it->object), it->position);
        iter_load(it);
}
