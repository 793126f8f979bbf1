/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what the user typed, the environment and configuration files to the addresses, credentials
 * and certificates that the fetch role gets. Parent only.
 */
#pragma once

#include "fetch/fetch.h"

/* A registry reference, its mirrors first. */
CM_MUST_CHECK int cm_endpoint_registry(struct cm_arena *arena,
                                       const struct cm_fetch_options *options,
                                       struct cm_fetch_setup *ret, struct cm_err *err);
/* An engine. Errors: CM_E_ENV: its socket is not there or not permitted. */
CM_MUST_CHECK int cm_endpoint_engine(struct cm_arena *arena, const struct cm_fetch_options *options,
                                     bool is_podman, struct cm_fetch_setup *ret,
                                     struct cm_err *err);
/*
 * A cluster and who the user is to it, by a kubeconfig (cluster_endpoint.c). options->name is the
 * context, or "": the current one; setup.name tells which. Runs a credential plugin only when
 * options->allow_exec_credentials is set.
 * Errors: CM_E_USAGE (broken kubeconfig, no such context), CM_E_UNSUPPORTED (proxies, impersonation,
 *         auth providers), CM_E_ENV (no kubeconfig, a file that is missing, a plugin that failed).
 */
CM_MUST_CHECK int cm_endpoint_cluster(struct cm_arena *arena,
                                      const struct cm_fetch_options *options,
                                      struct cm_fetch_setup *ret, struct cm_err *err);
/* A file that the user named must be there. Errors: CM_E_USAGE, CM_E_IO, CM_E_LIMIT. */
CM_MUST_CHECK int cm_endpoint_read_file(struct cm_arena *arena, const char *path, const char *what,
                                        struct cm_sv *ret, struct cm_err *err);
/*
 * An address as DOCKER_HOST has it: "unix:///path", "tcp://host:port", "http(s)://host". Pure.
 * Returns the socket path or the base URL. Errors: CM_E_USAGE; CM_E_UNSUPPORTED (ssh://, fd://).
 */
CM_MUST_CHECK int cm_endpoint_parse_host(struct cm_arena *arena, struct cm_sv text, bool with_tls,
                                         struct cm_sv *ret_socket, struct cm_sv *ret_base,
                                         struct cm_err *err);
