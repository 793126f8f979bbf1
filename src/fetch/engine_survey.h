/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that an engine says of itself, for checks: one JSON object whose members are the engine's own
 * answers, each as it came. Runs in the fetch role.
 *
 *   {"info": ..., "version": ..., "containers": [inspect...], "executions": [exec inspect...],
 *    "processes": {ID: top}, "images": [inspect...], "networks": [...], "volumes": {...},
 *    "nodes": [...], "services": [...], "secrets": [...]}
 *
 * nodes, services and secrets are there on an active manager of a swarm; processes when asked for.
 * What goes away between the list and the question is left out. Any other failure fails all: a list
 * that could not be had must not look like an empty one. /swarm is not asked: it answers with the
 * tokens with which nodes join, and /info holds the rest of it.
 *
 * Calls: a container costs at most three: its description, and two of its processes or of what
 * runs in it by exec.
 * Spec: Docker Engine API v1.24 and later; podman's compatible API.
 */
#pragma once

#include "fetch/engine.h"

/*
 * What the engine tells when containers, images, networks, volumes or its own configuration change;
 * not of programs that run in containers, which health checks start every few seconds. Ends with
 * the connection. Errors: CM_E_ENV, CM_E_NETWORK.
 */
CM_MUST_CHECK int cm_engine_events(struct cm_engine *engine, struct cm_arena *arena,
                                   struct cm_transfer *transfer, struct cm_err *err);

/* Errors: CM_E_ENV, CM_E_NETWORK, CM_E_LIMIT, CM_E_MALFORMED (an answer that is not JSON). */
CM_MUST_CHECK int cm_engine_survey(struct cm_engine *engine, struct cm_arena *arena,
                                   bool with_processes, struct cm_transfer *transfer,
                                   struct cm_err *err);
