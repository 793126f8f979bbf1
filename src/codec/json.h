/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON reading, behind which jansson stands. A document is parsed whole, with a size and a depth
 * limit; it lives as long as its arena. Getters are total: on a value of another type they give
 * the empty value, so that a hostile document needs no check per step; cm_json_type() tells when
 * it matters. The YAML reader (codec/yaml.h) gives the same tree.
 * Spec: RFC 8259. Duplicate keys: the last one counts. NUL in strings, lone surrogates and
 * integers beyond 64 bits are refused.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_json; /* a value; NULL is treated as JSON null */

enum cm_json_type {
        CM_JSON_NULL,
        CM_JSON_BOOL,
        CM_JSON_INT,
        CM_JSON_REAL,
        CM_JSON_STRING,
        CM_JSON_ARRAY,
        CM_JSON_OBJECT
};

/*
 * Errors:  CM_E_MALFORMED with line and column, CM_E_LIMIT (CM_JSON_BYTES_MAX, CM_JSON_DEPTH_MAX).
 * Owns:    *ret lives until `arena` is freed or reset.
 */
CM_MUST_CHECK int cm_json_parse(struct cm_arena *arena, struct cm_sv text,
                                const struct cm_json **ret, struct cm_err *err);

/*
 * Seeds the hash of objects, once, before threads and before a sandbox that forbids opening
 * /dev/urandom (which jansson does otherwise). `seed` is random and not 0.
 */
void cm_json_seed(uint64_t seed);

enum cm_json_type cm_json_type(const struct cm_json *v);
bool cm_json_is_object(const struct cm_json *v);
bool cm_json_is_array(const struct cm_json *v);

/* Members and elements; NULL when absent or when `v` is not a container. */
const struct cm_json *cm_json_get(const struct cm_json *v, const char *key);
const struct cm_json *cm_json_get_sv(const struct cm_json *v, struct cm_sv key);
/* A path of keys: cm_json_path(v, "config", "Env", NULL). */
const struct cm_json *cm_json_path(const struct cm_json *v, ...) __attribute__((sentinel));
const struct cm_json *cm_json_at(const struct cm_json *v, size_t index);
size_t cm_json_count(const struct cm_json *v); /* elements of an array, members of an object */

/* Scalars with a default for other types. */
struct cm_sv cm_json_string(const struct cm_json *v); /* "" for non-strings; borrowed */
int64_t cm_json_int(const struct cm_json *v, int64_t otherwise);
double cm_json_number(const struct cm_json *v, double otherwise); /* int or real */
bool cm_json_bool(const struct cm_json *v, bool otherwise);
/* Short for cm_json_string(cm_json_get(v, key)). */
struct cm_sv cm_json_get_string(const struct cm_json *v, const char *key);

/* Walks the members of an object in document order: for (it = first; it.value; next). */
struct cm_json_iter {
        const struct cm_json *object;
        void *position;
        struct cm_sv key;
        const struct cm_json *value; /* NULL at the end */
};
struct cm_json_iter cm_json_iter_first(const struct cm_json *object);
void cm_json_iter_next(struct cm_json_iter *it);
