/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Document nodes: the tree that checks look at, whatever the document was written in (YAML, JSON, a
 * Dockerfile, facts of a host). Every node knows the line and column where it stands, so that a
 * result points at its cause. Trees are built in an arena and are immutable once built; parts may
 * be shared between trees (a normalised view borrows the nodes of the document it was made from).
 * Getters are total: on a node of another type they give the empty value, and NULL is a null node.
 *
 * Limits: CM_NODE_DEPTH_MAX levels, CM_NODE_COUNT_MAX nodes of one text (readers enforce both).
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

enum cm_node_type {
        CM_NODE_NULL,
        CM_NODE_BOOL,
        CM_NODE_INT,
        CM_NODE_REAL,
        CM_NODE_STRING,
        CM_NODE_LIST,
        CM_NODE_MAP
};

/* Where something stands: 1-based, column in bytes; line 0 = made by a view, stands nowhere. */
struct cm_node_pos {
        uint32_t line;
        uint32_t column;
};

struct cm_node;

struct cm_node_member {
        struct cm_sv key;
        struct cm_node_pos key_pos;
        const struct cm_node *value;
};

struct cm_node {
        enum cm_node_type type;
        struct cm_node_pos pos;
        union {
                bool boolean;
                int64_t integer;
                double real;
                struct cm_sv text; /* STRING */
                struct {
                        const struct cm_node **items;
                        size_t count;
                        size_t capacity;
                } list;
                struct {
                        struct cm_node_member *members; /* in document order */
                        size_t count;
                        size_t capacity;
                        uint32_t *slots; /* hash index, only of large maps */
                        size_t slot_count;
                } map;
        };
};

/* Building. `pos` may be all zero. Keys and texts are borrowed: they must outlive the tree. */
struct cm_node *cm_node_new_null(struct cm_arena *arena, struct cm_node_pos pos);
struct cm_node *cm_node_new_bool(struct cm_arena *arena, struct cm_node_pos pos, bool value);
struct cm_node *cm_node_new_int(struct cm_arena *arena, struct cm_node_pos pos, int64_t value);
struct cm_node *cm_node_new_real(struct cm_arena *arena, struct cm_node_pos pos, double value);
struct cm_node *cm_node_new_string(struct cm_arena *arena, struct cm_node_pos pos,
                                   struct cm_sv value);
struct cm_node *cm_node_new_list(struct cm_arena *arena, struct cm_node_pos pos);
struct cm_node *cm_node_new_map(struct cm_arena *arena, struct cm_node_pos pos);
void cm_node_add(struct cm_arena *arena, struct cm_node *list, const struct cm_node *item);
/* Inserts or replaces; true when the key was new. */
bool cm_node_put(struct cm_arena *arena, struct cm_node *map, struct cm_sv key,
                 struct cm_node_pos key_pos, const struct cm_node *value);

/* A copy in which everything stands at `pos`. Readers bound the depth (CM_NODE_DEPTH_MAX). */
const struct cm_node *cm_node_move(struct cm_arena *arena, const struct cm_node *n,
                                   struct cm_node_pos pos);

/* A copy that shares nothing with the tree, its texts included; places stay. */
const struct cm_node *cm_node_dup(struct cm_arena *arena, const struct cm_node *n);

/* Reading. */
enum cm_node_type cm_node_type(const struct cm_node *n); /* NULL: CM_NODE_NULL */
const struct cm_node *cm_node_get(const struct cm_node *n, const char *key); /* NULL: absent */
const struct cm_node *cm_node_get_sv(const struct cm_node *n, struct cm_sv key);
const struct cm_node_member *cm_node_member(const struct cm_node *n, struct cm_sv key);
/* A path of keys: cm_node_path(n, "spec", "template", NULL). */
const struct cm_node *cm_node_path(const struct cm_node *n, ...) __attribute__((sentinel));
const struct cm_node *cm_node_at(const struct cm_node *n, size_t index);
/* The value of a member, or an item, of what has that many. */
const struct cm_node *cm_node_child(const struct cm_node *n, size_t number);
size_t cm_node_count(const struct cm_node *n); /* items of a list, members of a map, else 0 */
struct cm_sv cm_node_string(const struct cm_node *n); /* "" for others */
struct cm_sv cm_node_get_string(const struct cm_node *n, const char *key);
int64_t cm_node_int(const struct cm_node *n, int64_t otherwise);
bool cm_node_bool(const struct cm_node *n, bool otherwise);
