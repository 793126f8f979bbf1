/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of the document kind "docker" that several of its files use: single objects that were saved
 * (document_docker.c), all that an engine says of itself (document_docker_engine.c) and how its
 * daemon is configured (document_docker_daemon.c).
 */
#pragma once

#include "check/document.h"

enum cm_docker_kind {
        CM_DOCKER_CONTAINER,
        CM_DOCKER_IMAGE,
        CM_DOCKER_NETWORK,
        CM_DOCKER_VOLUME,
        CM_DOCKER_INFO,
        CM_DOCKER_VERSION,
        CM_DOCKER_DAEMON,
        CM_DOCKER_SERVICE,
        CM_DOCKER_EXECUTION,
        CM_DOCKER_NONE
};

enum {
        CM_DOCKER_VARIABLES = 4
};

/* What is known beside the object itself, in the order of its view's variables; NULL is null. */
struct cm_docker_object {
        enum cm_docker_kind kind;
        const struct cm_node *node;
        struct cm_sv name; /* "": what the node says */
        const struct cm_node *variables[CM_DOCKER_VARIABLES];
};
CM_MUST_CHECK int cm_docker_give(const struct cm_document *document,
                                 const struct cm_docker_object *object,
                                 struct cm_subject_sink *sink, struct cm_err *err);
/* By the members that only this kind of object has. */
enum cm_docker_kind cm_docker_kind_of(const struct cm_node *n);

/* The variable `engine` for what `docker info` says; NULL: nothing is known of it. */
struct cm_node *cm_docker_engine_of(struct cm_arena *arena, const struct cm_node *info);
/* Sets a member of a map that a view makes; NULL is left out. */
void cm_docker_put(struct cm_arena *arena, struct cm_node *map, const char *key,
                   const struct cm_node *value);

/* All that an engine says of itself (docs/formats/engine-facts.md). */
bool cm_docker_is_facts(const struct cm_node *root);
CM_MUST_CHECK int cm_docker_facts(struct cm_arena *arena, const struct cm_document *document,
                                  struct cm_subject_sink *sink, struct cm_err *err);

/*
 * The command line that units of the service manager give a daemon; NULL when they give none.
 * *ret_is_whole: false when parts of it stand elsewhere (variables).
 */
const struct cm_node *cm_docker_command_of_units(struct cm_arena *arena,
                                                 const struct cm_node *units, bool *ret_is_whole);

/* What a daemon does: `values` by their names in daemon.json, and where each comes from. */
struct cm_docker_settings {
        struct cm_node *values;
        struct cm_node *origins; /* "command line", "docker.service", "daemon.json", "default" */
};
/* Of a daemon.json alone: only what stands in it is known. */
struct cm_docker_settings cm_docker_settings_of_file(struct cm_arena *arena,
                                                     const struct cm_node *file);
/*
 * Of a running daemon: `daemon` is the member of that name of engine facts. What could not be read
 * is not known, and neither is a default then.
 */
struct cm_docker_settings cm_docker_settings_of_daemon(struct cm_arena *arena,
                                                       const struct cm_node *daemon);
