/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each role may do, as one table, and the call that makes it so. A role enters its profile
 * right after exec, before it reads a single foreign byte. Layers: no_new_privs, no capabilities,
 * rlimits, Landlock, and a seccomp allow-list that kills the process on anything else.
 *
 * Spec: seccomp(2), landlock(7), capabilities(7).
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum cm_role {
        CM_ROLE_WORKER,
        CM_ROLE_WALKER,
        CM_ROLE_FETCH,
        CM_ROLE_CHECKER,
        CM_ROLE_COUNT
};

enum cm_fs_access {
        CM_FS_NONE,       /* no path can be opened: descriptors only */
        CM_FS_READ_BELOW, /* read-only, below one directory */
        CM_FS_READ        /* read-only files by path (trust stores, resolver configuration) */
};

struct cm_profile {
        const char *name; /* argv[0]: "coaming-worker" */
        const char *summary;
        enum cm_fs_access fs;
        bool network;
        uint64_t address_space_bytes_max;
        uint64_t descriptors_max;
        /* Names, NULL-terminated; those with argument rules are marked in profile.c. */
        const char *const *syscalls;
};

const struct cm_profile *cm_profile_get(enum cm_role role);

/* What could be applied on this kernel; nothing is skipped silently. */
struct cm_sandbox_report {
        const char *no_new_privs; /* "applied", or "not applied: <reason>" (static text) */
        const char *capabilities;
        const char *rlimits;
        const char *landlock;
        const char *seccomp;
};

/*
 * Confines the calling process for good. `root_fd` is the directory of CM_FS_READ_BELOW, or -1.
 * Errors: CM_E_ENV when seccomp cannot be applied: the role must not go on.
 */
CM_MUST_CHECK int cm_sandbox_enter(enum cm_role role, int root_fd, struct cm_sandbox_report *ret,
                                   struct cm_err *err);

/* Forbidden things a role can be told to try on itself: "open", "connect", "exec", ... */
extern const char *const cm_sandbox_probes[]; /* NULL-terminated */
/*
 * Tries one, or something allowed: "threads", "abort", "read:PATH" (relative to `root_fd`); returns when it did not kill: 0 it worked,
 * else the errno it failed with.
 */
int cm_sandbox_probe(const char *name, int root_fd);
