/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registry credentials as docker and the containers tools keep them. The first half is pure; the
 * second reads the user's files and runs credential helpers, in the parent: the fetch role may do
 * neither.
 *
 * Spec: docker cli "docker login" (config.json, credHelpers, credsStore); containers-auth.json(5).
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_credential {
        struct cm_sv username;
        struct cm_sv password;
        struct cm_sv identity_token; /* OAuth2 refresh token; then there is no password */
        struct cm_sv origin;         /* for messages: the file or the helper it came from */
};

/* Names of the same registry, most exact first: namespaces, host, old names of Docker Hub. */
struct cm_credential_query {
        struct cm_sv registry;   /* "docker.io", "localhost:5000" */
        struct cm_sv repository; /* "library/alpine", or "" */
};

/*
 * Looks into the text of one config.json or auth.json.
 * Returns: 0 found; CM_CREDENTIAL_NONE; CM_CREDENTIAL_HELPER: *ret_helper and *ret_server name the
 *          helper ("ecr-login") and what to ask it for.
 * Errors:  CM_E_USAGE: the file is broken (it is configuration).
 * Owns:    results live in `arena`.
 */
enum {
        CM_CREDENTIAL_NONE = 1,
        CM_CREDENTIAL_HELPER = 2
};
CM_MUST_CHECK int cm_credentials_parse(struct cm_arena *arena, struct cm_sv text,
                                       const struct cm_credential_query *query,
                                       struct cm_credential *ret, struct cm_sv *ret_helper,
                                       struct cm_sv *ret_server, struct cm_err *err);
/* What a helper printed: {"ServerURL", "Username", "Secret"}. Errors: CM_E_MALFORMED. */
CM_MUST_CHECK int cm_credentials_parse_helper(struct cm_arena *arena, struct cm_sv text,
                                              struct cm_credential *ret, struct cm_err *err);

/*
 * Looks where docker and podman look: $REGISTRY_AUTH_FILE (then nowhere else), $XDG_RUNTIME_DIR/
 * containers/auth.json, $XDG_CONFIG_HOME/containers/auth.json, $DOCKER_CONFIG/config.json or
 * ~/.docker/config.json.
 * Returns: 0 found; CM_CREDENTIAL_NONE: go on without.
 * Errors:  CM_E_USAGE (broken file), CM_E_ENV (helper missing, failed or hung).
 */
CM_MUST_CHECK int cm_credentials_load(struct cm_arena *arena,
                                      const struct cm_credential_query *query,
                                      struct cm_credential *ret, struct cm_err *err);
