/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts about the files of an image or root file system that checks ask about: what a file is by its
 * name and what its metadata say. A layer tells the facts of its own entries as records; which of
 * them hold in the merged file system is found as for packages (image/merge.h). What a name means
 * is only here, and is not stored.
 */
#pragma once

#include "base/sv.h"
#include "codec/tar.h"

/* Kind, bit, list in docs/formats/image-document.md */
#define CM_FACT_KINDS(X)                                 \
        X(SETUID, 0, "setuid")                           \
        X(CAPABILITIES, 1, "capabilities")               \
        X(WRITABLE_FILE, 2, "world_writable_files")      \
        X(WRITABLE_DIR, 3, "world_writable_directories") \
        X(DEVICE, 4, "devices")                          \
        X(OWNER, 5, "unowned")                           \
        X(CACHE, 6, "caches")                            \
        X(CREDENTIAL, 7, "credentials")                  \
        X(REPOSITORY, 8, "repositories")                 \
        X(TOOL, 9, "tools")                              \
        X(SOCKET, 10, "sockets")                         \
        X(EXECUTABLE, 11, "misplaced_executables")       \
        X(SYSTEM, 12, "system_files")                    \
        X(ACCOUNT, 13, "users") /* no file: says only that accounts are cut */

enum cm_fact_kind {
#define X(name, bit, list) CM_FACT_##name = 1 << (bit),
        CM_FACT_KINDS(X)
#undef X
        CM_FACT_KIND_COUNT = 14
};

/* These matter as long as they are in some layer. */
#define CM_FACT_KINDS_LASTING ((uint32_t)CM_FACT_CREDENTIAL)
#define CM_FACT_ANY_UID       UINT64_MAX

struct cm_fact {
        uint32_t kinds; /* bits of cm_fact_kind */
        enum cm_tar_type type;
        uint32_t mode; /* 07777 */
        uint64_t uid;
        uint64_t gid;
        uint64_t size_bytes;
        struct cm_sv caps; /* codec/filecaps.h */
};

#define CM_PASSWORDS(X)                                         \
        X(SHADOW, "shadow") /* passwd: the other file has it */ \
        X(EMPTY, "empty")   /* none is asked for */             \
        X(LOCKED, "locked") /* no password fits */              \
        X(SET, "set")

enum cm_password {
#define X(name, text) CM_PASSWORD_##name,
        CM_PASSWORDS(X)
#undef X
        CM_PASSWORD_COUNT
};

/* A line of etc/passwd; of etc/shadow only name and password. Never a hash. */
struct cm_account {
        struct cm_sv name;
        uint64_t uid;
        uint64_t gid;
        struct cm_sv home;
        struct cm_sv shell;
        enum cm_password password;
};

/* What the cleaned path and the type of an entry say (all kinds but those of metadata). */
uint32_t cm_fact_kinds_of_name(struct cm_sv path, enum cm_tar_type type);
/* "shell", "ssh private key", "apt": what a path of that kind is; "" for kinds without a word. */
const char *cm_fact_word(enum cm_fact_kind kind, struct cm_sv path);
