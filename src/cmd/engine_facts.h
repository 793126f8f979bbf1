/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host shows of a running engine and its API does not say: how the daemon was started, its
 * configuration file as text, where it listens, and which processes run in containers. All of it is
 * only copied: the checker reads it (check/document_docker_bundle.c).
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

struct cm_engine_facts {
        int pid;         /* of the daemon, or 0 */
        bool is_certain; /* it listens on the socket; else it is the only one of its name here */
        bool is_podman;
        bool sees_processes; /* those of containers are in our /proc too */
};

/*
 * Finds the daemon behind the socket. Never fails: what cannot be seen is left out of what
 * cm_engine_facts_write() says.
 */
void cm_engine_facts_find(struct cm_arena *arena, const char *socket, struct cm_engine_facts *ret);
/* One JSON object: {"daemon": {...}, "processes": [{"container", "name"}...]}, parts as known. */
void cm_engine_facts_write(struct cm_arena *arena, const struct cm_engine_facts *facts,
                           struct cm_buf *out);
