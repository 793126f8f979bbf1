/* SPDX-License-Identifier: Apache-2.0 */
/* Values: see value.h. Numbers compare by value whatever their types. */
#include "base/hash.h"
#include "cel/cel_program.h"

/* A column that no reader gives: what marks an unavailable node. */
#define UNAVAILABLE_COLUMN UINT32_MAX

enum {
        INDEX_FROM = 8,       /* entries of a map from which an index pays */
        EQUAL_DEPTH_MAX = 600 /* a document (CM_NODE_DEPTH_MAX) in a literal (CM_CEL_DEPTH_MAX) */
};

struct unavailable {
        struct cm_node node; /* first, so that the node is the whole */
        struct cm_cel_reason reason;
};

static struct cm_cel_value unavailable_part(const struct cm_node *node)
{
        const struct unavailable *u = (const struct unavailable *)(const void *)node;
        return (struct cm_cel_value){ .kind = CM_CEL_ERROR, .reason = &u->reason };
}

const struct cm_node *cm_cel_unavailable_node(struct cm_arena *arena, struct cm_node_pos pos,
                                              struct cm_sv text)
{
        struct unavailable *u = CM_NEW(arena, struct unavailable);
        u->node = (struct cm_node){ .type = CM_NODE_NULL, .pos = { pos.line, UNAVAILABLE_COLUMN } };
        u->reason = (struct cm_cel_reason){ cm_sv_dup(arena, text), UINT32_MAX };
        return &u->node;
}

struct cm_cel_value cm_cel_from_node(const struct cm_node *node)
{
        if (node == NULL)
                return cm_cel_null();
        switch (node->type) {
        case CM_NODE_NULL:
                return node->pos.column == UNAVAILABLE_COLUMN ? unavailable_part(node)
                                                              : cm_cel_null();
        case CM_NODE_BOOL:
                return cm_cel_bool(node->boolean);
        case CM_NODE_INT:
                return cm_cel_int(node->integer);
        case CM_NODE_REAL:
                return cm_cel_double(node->real);
        case CM_NODE_STRING:
                return cm_cel_string(node->text);
        case CM_NODE_LIST:
                return (struct cm_cel_value){ .kind = CM_CEL_LIST, .is_node = true, .node = node };
        case CM_NODE_MAP:
                return (struct cm_cel_value){ .kind = CM_CEL_MAP, .is_node = true, .node = node };
        }
        return cm_cel_null();
}

struct cm_cel_value cm_cel_unavailable(struct cm_arena *arena, struct cm_sv text)
{
        struct cm_cel_reason *reason = CM_NEW(arena, struct cm_cel_reason);
        *reason = (struct cm_cel_reason){ cm_sv_dup(arena, text), UINT32_MAX };
        return (struct cm_cel_value){ .kind = CM_CEL_ERROR, .reason = reason };
}

struct cm_cel_value cm_cel_some(struct cm_cel_context *cx, struct cm_cel_value v)
{
        struct cm_cel_value *box = cm_cel_alloc_values(cx, 1);
        if (box == NULL)
                return cm_cel_no_memory(cx);
        *box = v;
        return (struct cm_cel_value){ .kind = CM_CEL_OPTIONAL, .boxed = box };
}

size_t cm_cel_map_count(struct cm_cel_value map)
{
        return map.is_node ? map.node->map.count : map.map->count;
}

void cm_cel_map_at(struct cm_cel_value map, size_t index, struct cm_cel_value *ret_key,
                   struct cm_cel_value *ret_value)
{
        if (map.is_node) {
                *ret_key = cm_cel_string(map.node->map.members[index].key);
                *ret_value = cm_cel_from_node(map.node->map.members[index].value);
        } else {
                *ret_key = map.map->entries[index].key;
                *ret_value = map.map->entries[index].value;
        }
}

static uint64_t hash_key(struct cm_cel_value key, uint64_t seed)
{
        if (key.kind == CM_CEL_STRING)
                return cm_hash64(cm_cel_sv(key), seed);
        return cm_hash64_mix(seed, key.natural); /* 1 and 1u are one key */
}

/* A double that is a whole number stands for the integer. */
static struct cm_cel_value exact_key(struct cm_cel_value key)
{
        if (key.kind != CM_CEL_DOUBLE || key.real != __builtin_trunc(key.real))
                return key;
        if (key.real >= 0 && key.real < 18446744073709551616.0)
                return cm_cel_uint((uint64_t)key.real);
        if (key.real < 0 && key.real >= -9223372036854775808.0)
                return cm_cel_int((int64_t)key.real);
        return key;
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t slot_of(const struct cm_cel_map *map, struct cm_cel_value key)
{
        size_t at = (size_t)hash_key(key, (uintptr_t)map) & (map->slot_count - 1);
        while (map->slots[at] != 0 && !cm_cel_equal(map->entries[map->slots[at] - 1].key, key))
                at = (at + 1) & (map->slot_count - 1);
        return at;
}

static const struct cm_cel_entry *find_entry(const struct cm_cel_map *map, struct cm_cel_value key)
{
        if (map->slot_count > 0) {
                uint32_t number = map->slots[slot_of(map, key)];
                return number == 0 ? NULL : &map->entries[number - 1];
        }
        for (size_t i = 0; i < map->count; i++)
                if (cm_cel_equal(map->entries[i].key, key))
                        return &map->entries[i];
        return NULL;
}

bool cm_cel_map_get(struct cm_cel_value map, struct cm_cel_value key, struct cm_cel_value *ret)
{
        if (map.is_node) {
                const struct cm_node_member *m =
                        key.kind == CM_CEL_STRING ? cm_node_member(map.node, cm_cel_sv(key)) : NULL;
                if (m != NULL)
                        *ret = cm_cel_from_node(m->value);
                return m != NULL;
        }
        const struct cm_cel_entry *e = find_entry(map.map, exact_key(key));
        if (e != NULL)
                *ret = e->value;
        return e != NULL;
}

struct cm_cel_map *cm_cel_map_new(struct cm_cel_context *cx, size_t capacity)
{
        struct cm_cel_map *map = cm_cel_alloc(cx, sizeof(*map));
        if (map == NULL)
                return NULL;
        capacity = CM_MAX(capacity, (size_t)2);
        *map = (struct cm_cel_map){ .capacity = capacity };
        map->entries = cm_cel_alloc_array(cx, capacity, sizeof(*map->entries));
        return map->entries == NULL ? NULL : map;
}

static bool grow_index(struct cm_cel_context *cx, struct cm_cel_map *map)
{
        size_t count = CM_MAX((size_t)32, map->slot_count * 2);
        uint32_t *slots = cm_cel_alloc_array(cx, count, sizeof(*slots));
        if (slots == NULL)
                return false;
        memset(slots, 0, count * sizeof(*slots));
        map->slots = slots;
        map->slot_count = count;
        for (size_t i = 0; i < map->count; i++)
                slots[slot_of(map, map->entries[i].key)] = (uint32_t)i + 1;
        return true;
}

int cm_cel_map_add(struct cm_cel_context *cx, struct cm_cel_map *map, struct cm_cel_value key,
                   struct cm_cel_value value)
{
        if (find_entry(map, key) != NULL)
                return 1;
        if (map->count == map->capacity) {
                struct cm_cel_entry *more =
                        cm_cel_alloc_array(cx, map->capacity * 2, sizeof(*more));
                if (more == NULL)
                        return -1;
                memcpy(more, map->entries, map->count * sizeof(*more));
                map->entries = more;
                map->capacity *= 2;
        }
        map->entries[map->count++] = (struct cm_cel_entry){ key, value };
        if (map->count > INDEX_FROM && map->count * 2 > map->slot_count)
                return grow_index(cx, map) ? 0 : -1;
        if (map->slot_count > 0)
                map->slots[slot_of(map, key)] = (uint32_t)map->count;
        return 0;
}

/* Numbers */

static int order(bool less, bool more)
{
        return less ? -1 : more ? 1 : 0;
}

/* As a double, which is how the reference compares integers with doubles: 2^63 - 1 equals 2^63. */
static double as_double(struct cm_cel_value v)
{
        if (v.kind == CM_CEL_DOUBLE)
                return v.real;
        return v.kind == CM_CEL_INT ? (double)v.integer : (double)v.natural;
}

/* 2: NaN is involved. */
static int compare_numbers(struct cm_cel_value a, struct cm_cel_value b)
{
        if (a.kind == b.kind && a.kind == CM_CEL_INT)
                return order(a.integer<b.integer, a.integer> b.integer);
        if (a.kind == b.kind && a.kind == CM_CEL_UINT)
                return order(a.natural<b.natural, a.natural> b.natural);
        if (a.kind == CM_CEL_DOUBLE || b.kind == CM_CEL_DOUBLE) {
                double x = as_double(a);
                double y = as_double(b);
                return x != x || y != y ? 2 : order(x<y, x> y);
        }
        bool a_negative = a.kind == CM_CEL_INT && a.integer < 0;
        bool b_negative = b.kind == CM_CEL_INT && b.integer < 0;
        if (a_negative != b_negative)
                return a_negative ? -1 : 1;
        return order(a.natural<b.natural, a.natural> b.natural);
}

static bool is_number(struct cm_cel_value v)
{
        return v.kind == CM_CEL_INT || v.kind == CM_CEL_UINT || v.kind == CM_CEL_DOUBLE;
}

bool cm_cel_compare(struct cm_cel_value a, struct cm_cel_value b, int *ret)
{
        if (is_number(a) && is_number(b)) {
                *ret = compare_numbers(a, b);
                return true;
        }
        if (a.kind != b.kind)
                return false;
        switch (a.kind) {
        case CM_CEL_STRING:
        case CM_CEL_BYTES:
                *ret = cm_sv_cmp(cm_cel_sv(a), cm_cel_sv(b));
                return true;
        case CM_CEL_BOOL:
                *ret = (int)a.boolean - (int)b.boolean;
                return true;
        case CM_CEL_DURATION:
        case CM_CEL_TIMESTAMP:
                *ret = a.integer != b.integer ? order(a.integer < b.integer, true)
                                              : order(cm_cel_nanos(a) < cm_cel_nanos(b),
                                                      cm_cel_nanos(a) > cm_cel_nanos(b));
                return true;
        case CM_CEL_OBJECT:
                if (a.object->type != b.object->type || a.object->type->compare == NULL)
                        return false;
                *ret = a.object->type->compare(a.object, b.object);
                return true;
        case CM_CEL_ERROR:
        case CM_CEL_NULL:
        case CM_CEL_INT:
        case CM_CEL_UINT:
        case CM_CEL_DOUBLE:
        case CM_CEL_LIST:
        case CM_CEL_MAP:
        case CM_CEL_TYPE:
        case CM_CEL_OPTIONAL:
        case CM_CEL_KIND_COUNT:
                break;
        }
        return false;
}

/* Comparing costs what it looks at; false when that is used up (the run ends then). */
static bool afford(struct cm_cel_context *cx, uint64_t cost)
{
        return cx == NULL || cm_cel_charge(cx, cost);
}

static bool equal(struct cm_cel_context *cx, struct cm_cel_value a, struct cm_cel_value b,
                  unsigned depth);

static bool equal_lists(struct cm_cel_context *cx, struct cm_cel_value a, struct cm_cel_value b,
                        unsigned depth)
{
        size_t count = cm_cel_list_count(a);
        if (count != cm_cel_list_count(b) || !afford(cx, count))
                return false;
        for (size_t i = 0; i < count; i++)
                if (!equal(cx, cm_cel_list_at(a, i), cm_cel_list_at(b, i), depth + 1))
                        return false;
        return true;
}

static bool equal_maps(struct cm_cel_context *cx, struct cm_cel_value a, struct cm_cel_value b,
                       unsigned depth)
{
        size_t count = cm_cel_map_count(a);
        if (count != cm_cel_map_count(b) || !afford(cx, count))
                return false;
        for (size_t i = 0; i < count; i++) {
                struct cm_cel_value key;
                struct cm_cel_value value;
                struct cm_cel_value other;
                cm_cel_map_at(a, i, &key, &value);
                if (!cm_cel_map_get(b, key, &other) || !equal(cx, value, other, depth + 1))
                        return false;
        }
        return true;
}

static bool equal(struct cm_cel_context *cx, struct cm_cel_value a, struct cm_cel_value b,
                  unsigned depth)
{
        if (is_number(a) && is_number(b))
                return compare_numbers(a, b) == 0;
        if (cx != NULL && (a.kind == CM_CEL_ERROR || b.kind == CM_CEL_ERROR))
                cx->met = a.kind == CM_CEL_ERROR ? a.reason : b.reason;
        if (a.kind != b.kind || depth > EQUAL_DEPTH_MAX)
                return false;
        switch (a.kind) {
        case CM_CEL_NULL:
                return true;
        case CM_CEL_BOOL:
                return a.boolean == b.boolean;
        case CM_CEL_STRING:
        case CM_CEL_BYTES:
        case CM_CEL_TYPE:
                return a.len == b.len && afford(cx, a.len / 64) &&
                       cm_sv_eq(cm_cel_sv(a), cm_cel_sv(b));
        case CM_CEL_LIST:
                return equal_lists(cx, a, b, depth);
        case CM_CEL_MAP:
                return equal_maps(cx, a, b, depth);
        case CM_CEL_DURATION:
        case CM_CEL_TIMESTAMP:
                return a.integer == b.integer && a.len == b.len;
        case CM_CEL_OPTIONAL:
                if (a.boxed == NULL || b.boxed == NULL)
                        return a.boxed == b.boxed;
                return equal(cx, *a.boxed, *b.boxed, depth + 1);
        case CM_CEL_OBJECT:
                return a.object->type == b.object->type &&
                       a.object->type->equal(a.object, b.object);
        case CM_CEL_ERROR:
        case CM_CEL_INT:
        case CM_CEL_UINT:
        case CM_CEL_DOUBLE:
        case CM_CEL_KIND_COUNT:
                break;
        }
        return false;
}

bool cm_cel_equal(struct cm_cel_value a, struct cm_cel_value b)
{
        return equal(NULL, a, b, 0);
}

bool cm_cel_equal_in(struct cm_cel_context *cx, struct cm_cel_value a, struct cm_cel_value b)
{
        return equal(cx, a, b, 0);
}

bool cm_cel_is_zero(struct cm_cel_value v)
{
        switch (v.kind) {
        case CM_CEL_NULL:
                return true;
        case CM_CEL_BOOL:
                return !v.boolean;
        case CM_CEL_INT:
        case CM_CEL_UINT:
                return v.natural == 0;
        case CM_CEL_DOUBLE:
                return v.real == 0;
        case CM_CEL_STRING:
        case CM_CEL_BYTES:
                return v.len == 0;
        case CM_CEL_LIST:
                return cm_cel_list_count(v) == 0;
        case CM_CEL_MAP:
                return cm_cel_map_count(v) == 0;
        case CM_CEL_DURATION:
        case CM_CEL_TIMESTAMP:
                return v.integer == 0 && v.len == 0;
        case CM_CEL_OPTIONAL:
                return v.boxed == NULL;
        case CM_CEL_ERROR:
        case CM_CEL_TYPE:
        case CM_CEL_OBJECT:
        case CM_CEL_KIND_COUNT:
                break;
        }
        return false;
}

struct cm_sv cm_cel_type_name(struct cm_cel_value v)
{
        static const char *const names[CM_CEL_KIND_COUNT] = {
                [CM_CEL_ERROR] = "error",
                [CM_CEL_NULL] = "null_type",
                [CM_CEL_BOOL] = "bool",
                [CM_CEL_INT] = "int",
                [CM_CEL_UINT] = "uint",
                [CM_CEL_DOUBLE] = "double",
                [CM_CEL_STRING] = "string",
                [CM_CEL_BYTES] = "bytes",
                [CM_CEL_LIST] = "list",
                [CM_CEL_MAP] = "map",
                [CM_CEL_TYPE] = "type",
                [CM_CEL_DURATION] = "google.protobuf.Duration",
                [CM_CEL_TIMESTAMP] = "google.protobuf.Timestamp",
                [CM_CEL_OPTIONAL] = "optional_type",
        };
        return cm_sv_from_cstr(v.kind == CM_CEL_OBJECT ? v.object->type->name : names[v.kind]);
}
