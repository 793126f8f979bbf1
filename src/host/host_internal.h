/* SPDX-License-Identifier: Apache-2.0 */
/* What the sections of the facts share: reading below the root, and building the tree. */
#pragma once

#include "base/limits.h"
#include "base/vec.h"
#include "codec/node.h"

struct cm_host {
        struct cm_arena *arena;
        int root_fd;
        bool is_own;       /* the root of this process: /proc/self is about it */
        size_t bytes_left; /* of all files together: CM_HOST_TOTAL_BYTES_MAX */
        uint64_t walk_ms_max;
        const struct cm_node *users; /* uid -> name, gid -> name; made when first asked for */
        const struct cm_node *groups;
};

/* Adds its members to `facts`. What it cannot read it says there. */
struct cm_host_section {
        void (*collect)(struct cm_host *h, struct cm_node *facts);
};

enum cm_host_state {
        CM_HOST_READ,
        CM_HOST_ABSENT,
        CM_HOST_UNREADABLE
};

struct cm_host_text {
        enum cm_host_state state;
        struct cm_sv text;
        struct cm_sv reason; /* of UNREADABLE and ABSENT */
};

/* `path` without the leading slash. At most CM_HOST_FILE_BYTES_MAX, regular files only. */
struct cm_host_text cm_host_read(struct cm_host *h, const char *path);
/* The same for a name that was put together. */
struct cm_host_text cm_host_read_at(struct cm_host *h, struct cm_sv directory, struct cm_sv name);
/* Of a process of that root: "net/tcp" is below /proc/self, or /proc/1 of another root. */
struct cm_host_text cm_host_read_proc(struct cm_host *h, const char *path);

struct cm_host_names {
        enum cm_host_state state;
        struct cm_sv reason;
        struct cm_sv *items; /* sorted bytewise; without "." and ".." */
        size_t count;
        size_t capacity;
};
struct cm_host_names cm_host_list(struct cm_host *h, const char *directory);

/*
 * Files of drop-in directories with this suffix ("" for all without a dot), in the order of their
 * names; of one name that stands in several directories the file of the earlier directory is
 * meant. Spec: systemd's "conf.d" rules, sysctl.d(5).
 */
struct cm_host_files {
        enum cm_host_state state; /* UNREADABLE: some directory was */
        struct cm_sv reason;
        struct cm_sv *items; /* paths without leading slash */
        size_t count;
        size_t capacity;
};
struct cm_host_files cm_host_drop_ins(struct cm_host *h, const char *const *directories,
                                      const char *suffix);
/* Files that a pattern with * and ? in its parts names; absolute, sorted. */
struct cm_host_files cm_host_glob(struct cm_host *h, const char *pattern);

/* {kind, uid, gid, user, group, mode, octal}, links followed; null: absent; {error}. */
const struct cm_node *cm_host_stat(struct cm_host *h, const char *absolute_path);
/* The same with `path` before it, and nothing else when it is absent. */
struct cm_node *cm_host_stat_at(struct cm_host *h, struct cm_sv absolute_path);
/* The name of an id, NULL when passwd or group has none. */
const struct cm_node *cm_host_user_name(struct cm_host *h, uint32_t uid);
const struct cm_node *cm_host_group_name(struct cm_host *h, uint32_t gid);

/* Tree: short forms; keys and texts are borrowed. */
struct cm_node *cm_host_map(struct cm_arena *arena);
struct cm_node *cm_host_new_list(struct cm_arena *arena);
void cm_host_put(struct cm_arena *arena, struct cm_node *map, const char *key,
                 const struct cm_node *value);
void cm_host_put_text(struct cm_arena *arena, struct cm_node *map, const char *key,
                      struct cm_sv value);
void cm_host_put_int(struct cm_arena *arena, struct cm_node *map, const char *key, int64_t value);
void cm_host_put_bool(struct cm_arena *arena, struct cm_node *map, const char *key, bool value);
void cm_host_put_null(struct cm_arena *arena, struct cm_node *map, const char *key);
void cm_host_add_text(struct cm_arena *arena, struct cm_node *list, struct cm_sv value);
/* A map with the same members, to be added to. */
struct cm_node *cm_host_copy(struct cm_arena *arena, const struct cm_node *map);
/* {"error": reason} */
struct cm_node *cm_host_error(struct cm_arena *arena, struct cm_sv reason);
/* A text file as a whole: text, null when it is absent; not put when it cannot be read: `errors`. */
void cm_host_put_file(struct cm_host *h, struct cm_node *map, const char *key, const char *path);

/* What a fact says where it comes from. */
struct cm_host_origin {
        struct cm_sv source; /* absolute path */
        uint32_t line;
};
void cm_host_put_origin(struct cm_arena *arena, struct cm_node *map, struct cm_host_origin origin);
/* Adds {KEY: value, source, line} to a list. */
void cm_host_add_line(struct cm_arena *arena, struct cm_node *list, const char *key,
                      struct cm_sv value, struct cm_host_origin origin);
/* "/" and the path. */
struct cm_sv cm_host_absolute(struct cm_arena *arena, const char *path);
