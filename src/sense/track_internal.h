/* SPDX-License-Identifier: Apache-2.0 */
/* Threads and their descriptors as they are tracked; for track.c, track_load.c and track_fd.c. */
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "sense/track.h"

enum {
        PENDING_MAX = 3
};

/* Descriptors of a process: its threads share them. */
struct cm_track_fds {
        CM_VEC(struct cm_fd) list;
        uint32_t *slots; /* index + 1 into the list, by hash of the number; 0 is free */
        size_t slot_count;
};

struct cm_track_thread {
        struct cm_thread thread; /* first */
        struct cm_track_fds *fds;
        bool is_gone;
        bool is_known; /* what it runs, not only its id */
        /* Numbers that a call had when it began: older captures tell them only there. */
        int64_t pending[PENDING_MAX];
        bool has_pending[PENDING_MAX];
        bool name_changed; /* by what its call began with */
        struct cm_container container;
};

struct cm_track {
        struct cm_arena *arena;
        struct cm_map threads; /* 8 bytes of tid → struct cm_track_thread */
        struct cm_map users;   /* "u" or "g" and 4 bytes of id → struct cm_scap_user */
        struct cm_process_lookup lookup;
        struct cm_event event;
        struct cm_fd shown; /* the descriptor of the event: a copy, since tables move */
        uint64_t number;
        uint64_t first_ns;
        uint64_t previous_ns;
};

struct cm_track_thread *cm_track_find(const struct cm_track *track, int64_t tid);
/* That thread, made when it is not there. */
struct cm_track_thread *cm_track_get(struct cm_track *track, int64_t tid);
void cm_track_set_user(struct cm_track *track, struct cm_thread *t, uint32_t id);
void cm_track_set_group(struct cm_track *track, struct cm_thread *t, uint32_t id);
/* Texts with a NUL behind each. */
const struct cm_sv *cm_track_texts(struct cm_arena *arena, struct cm_sv bytes, size_t *ret_count);
/* "controller=path" each; finds the container that the paths name. */
void cm_track_set_cgroups(struct cm_track *track, struct cm_track_thread *t, struct cm_sv bytes);

struct cm_fd *cm_track_fd(struct cm_track_thread *t, int64_t number);
/* A new one in the place of that number. */
struct cm_fd *cm_track_fd_new(struct cm_track *track, struct cm_track_thread *t, int64_t number);
void cm_track_fd_close(struct cm_track_thread *t, int64_t number);
struct cm_track_fds *cm_track_fds_dup(struct cm_arena *arena, const struct cm_track_fds *fds);
/* Ends and name from a tuple; the own end is the first one unless `is_server`. */
void cm_track_fd_connect(struct cm_track *track, struct cm_fd *fd, struct cm_sv tuple,
                         bool is_server);
/* What an event does to descriptors; NULL, or the one that it is about. */
struct cm_fd *cm_track_fd_event(struct cm_track *track, struct cm_track_thread *t,
                                const struct cm_event *e);
