/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making, taking apart and comparing values. Inside src/cel and for whoever extends it.
 * Everything that allocates takes the run's context and returns an error value when the memory of
 * the run is used up.
 */
#pragma once

#include "cel/cel.h"

struct cm_cel_context;

/* What an error value points at. */
struct cm_cel_reason {
        struct cm_sv text;
        uint32_t ins; /* index of the instruction; UINT32_MAX: made outside */
};

static inline struct cm_cel_value cm_cel_null(void)
{
        return (struct cm_cel_value){ .kind = CM_CEL_NULL };
}
static inline struct cm_cel_value cm_cel_bool(bool v)
{
        return (struct cm_cel_value){ .kind = CM_CEL_BOOL, .natural = v ? 1 : 0 };
}
static inline struct cm_cel_value cm_cel_int(int64_t v)
{
        return (struct cm_cel_value){ .kind = CM_CEL_INT, .integer = v };
}
static inline struct cm_cel_value cm_cel_uint(uint64_t v)
{
        return (struct cm_cel_value){ .kind = CM_CEL_UINT, .natural = v };
}
static inline struct cm_cel_value cm_cel_double(double v)
{
        return (struct cm_cel_value){ .kind = CM_CEL_DOUBLE, .real = v };
}
/* Texts are borrowed and shorter than 4 GiB (every limit on input is lower). */
static inline struct cm_cel_value cm_cel_string(struct cm_sv s)
{
        return (struct cm_cel_value){ .kind = CM_CEL_STRING,
                                      .len = (uint32_t)s.len,
                                      .text = s.ptr };
}
static inline struct cm_cel_value cm_cel_bytes(struct cm_sv s)
{
        return (struct cm_cel_value){ .kind = CM_CEL_BYTES, .len = (uint32_t)s.len, .text = s.ptr };
}
static inline struct cm_cel_value cm_cel_type(struct cm_sv name)
{
        return (struct cm_cel_value){ .kind = CM_CEL_TYPE,
                                      .len = (uint32_t)name.len,
                                      .text = name.ptr };
}
static inline struct cm_cel_value cm_cel_duration(int64_t seconds, int32_t nanos)
{
        return (struct cm_cel_value){ .kind = CM_CEL_DURATION,
                                      .len = (uint32_t)nanos,
                                      .integer = seconds };
}
static inline struct cm_cel_value cm_cel_timestamp(int64_t seconds, int32_t nanos)
{
        return (struct cm_cel_value){ .kind = CM_CEL_TIMESTAMP,
                                      .len = (uint32_t)nanos,
                                      .integer = seconds };
}
/* `items` are borrowed; none is an error. */
static inline struct cm_cel_value cm_cel_list(const struct cm_cel_value *items, size_t count)
{
        return (struct cm_cel_value){ .kind = CM_CEL_LIST, .len = (uint32_t)count, .items = items };
}
static inline struct cm_cel_value cm_cel_none(void)
{
        return (struct cm_cel_value){ .kind = CM_CEL_OPTIONAL, .boxed = NULL };
}
/* optional.of(v). */
struct cm_cel_value cm_cel_some(struct cm_cel_context *cx, struct cm_cel_value v);

/* The text of STRING, BYTES and TYPE. */
static inline struct cm_sv cm_cel_sv(struct cm_cel_value v)
{
        return (struct cm_sv){ v.text, v.len };
}
static inline int32_t cm_cel_nanos(struct cm_cel_value v)
{
        return (int32_t)v.len;
}
static inline bool cm_cel_is_true(struct cm_cel_value v)
{
        return v.kind == CM_CEL_BOOL && v.boolean;
}

/* Lists and maps, whatever they are made of. */
static inline size_t cm_cel_list_count(struct cm_cel_value list)
{
        return list.is_node ? list.node->list.count : list.len;
}
static inline struct cm_cel_value cm_cel_list_at(struct cm_cel_value list, size_t index)
{
        return list.is_node ? cm_cel_from_node(list.node->list.items[index]) : list.items[index];
}
size_t cm_cel_map_count(struct cm_cel_value map);
/* Entry `index` in the order of the document or of the literal. */
void cm_cel_map_at(struct cm_cel_value map, size_t index, struct cm_cel_value *ret_key,
                   struct cm_cel_value *ret_value);
/* Finds a key: 1, 1u and 1.0 are the same key. */
bool cm_cel_map_get(struct cm_cel_value map, struct cm_cel_value key, struct cm_cel_value *ret);

/* Keys (int, uint, bool, string) and values, built by an expression. */
struct cm_cel_entry {
        struct cm_cel_value key;
        struct cm_cel_value value;
};
struct cm_cel_map {
        struct cm_cel_entry *entries; /* in order of insertion */
        size_t count;
        size_t capacity;
        uint32_t *slots; /* index + 1; only of large maps */
        size_t slot_count;
};
/* A map with room for `capacity` entries that grows; NULL when memory is used up. */
struct cm_cel_map *cm_cel_map_new(struct cm_cel_context *cx, size_t capacity);
/* Adds an entry: 0; > 0 when the key is there already; < 0 when memory is used up. */
int cm_cel_map_add(struct cm_cel_context *cx, struct cm_cel_map *map, struct cm_cel_value key,
                   struct cm_cel_value value);
static inline struct cm_cel_value cm_cel_map(const struct cm_cel_map *map)
{
        return (struct cm_cel_value){ .kind = CM_CEL_MAP, .map = map };
}

/*
 * CEL's equality: numbers by value whatever their type, containers by content, different types are
 * unequal, NaN is unequal to all. No error.
 */
bool cm_cel_equal(struct cm_cel_value a, struct cm_cel_value b);
/* The same, charged to the run: for whatever may be large. */
bool cm_cel_equal_in(struct cm_cel_context *cx, struct cm_cel_value a, struct cm_cel_value b);
/* Order of numbers (across types), strings, bytes, bools, durations, timestamps and objects that
 * have one. False when there is none; *ret is -1, 0, 1, or 2 when NaN is involved. */
bool cm_cel_compare(struct cm_cel_value a, struct cm_cel_value b, int *ret);
/* "", 0, false, null, empty containers, none: what optional.ofNonZeroValue() turns into none. */
bool cm_cel_is_zero(struct cm_cel_value v);

/*
 * Objects of extensions: one const type per kind of object, and objects that begin with a pointer
 * to it. Immutable, in scratch memory.
 */
struct cm_cel_object_type {
        const char *name; /* "net.IP": what type() gives */
        bool (*equal)(const struct cm_cel_object *a, const struct cm_cel_object *b);
        /* -1, 0, 1; NULL: no order */
        int (*compare)(const struct cm_cel_object *a, const struct cm_cel_object *b);
        /* What string() gives and JSON holds; NULL: neither. Writes into `out`. */
        void (*put_text)(struct cm_buf *out, const struct cm_cel_object *o);
};
struct cm_cel_object {
        const struct cm_cel_object_type *type;
};
static inline struct cm_cel_value cm_cel_object(const struct cm_cel_object *o)
{
        return (struct cm_cel_value){ .kind = CM_CEL_OBJECT, .object = o };
}
static inline bool cm_cel_is_object(struct cm_cel_value v, const struct cm_cel_object_type *type)
{
        return v.kind == CM_CEL_OBJECT && v.object->type == type;
}
