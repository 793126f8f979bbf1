/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kubeconfig: where clusters are and who the user is to them. The first half is pure and reads one
 * file; what is in the files that it names, and what credential plugins say, is the business of
 * cluster_endpoint.c.
 *
 * Read:     clusters, users, contexts, current-context. Other members (extensions, preferences,
 *           colours) change nothing here and are skipped.
 * Errors:   CM_E_USAGE with line and column: it is configuration. Values of credentials are never
 *           in a message.
 * Owns:     everything lives in the arena of the caller.
 * Limits:   kubeconfig_bytes_max, CM_KUBECONFIG_ENTRIES_MAX of each list.
 * Spec:     kubernetes.io/docs/reference/config-api/kubeconfig.v1, client-authentication.v1.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

enum {
        CM_KUBECONFIG_ENTRIES_MAX = 10000
};

struct cm_kubeconfig_cluster {
        struct cm_sv name;
        struct cm_sv server;  /* URL, maybe with a path */
        struct cm_sv ca_pem;  /* of certificate-authority-data, which counts before the file */
        struct cm_sv ca_file; /* as written */
        struct cm_sv server_name;
        struct cm_sv proxy_url;
        bool skip_verify;
};

/* A program that prints credentials. */
struct cm_kubeconfig_exec {
        struct cm_sv api_version;
        struct cm_sv command; /* "" when the user has none */
        struct cm_sv *arguments;
        size_t argument_count;
        struct cm_sv *environment; /* "NAME=value" */
        size_t environment_count;
        struct cm_sv install_hint;
        bool wants_cluster; /* provideClusterInfo */
};

struct cm_kubeconfig_user {
        struct cm_sv name;
        struct cm_sv cert_pem, cert_file;
        struct cm_sv key_pem, key_file;
        struct cm_sv token, token_file;
        struct cm_sv username, password;
        struct cm_kubeconfig_exec exec;
        bool has_auth_provider; /* programs that clients before 1.26 had within them */
        bool has_impersonation;
};

struct cm_kubeconfig_context {
        struct cm_sv name;
        struct cm_sv cluster;
        struct cm_sv user;
};

struct cm_kubeconfig {
        struct cm_sv current_context;
        struct cm_kubeconfig_cluster *clusters;
        size_t cluster_count;
        struct cm_kubeconfig_user *users;
        size_t user_count;
        struct cm_kubeconfig_context *contexts;
        size_t context_count;
};

CM_MUST_CHECK int cm_kubeconfig_parse(struct cm_arena *arena, struct cm_sv text,
                                      struct cm_kubeconfig *ret, struct cm_err *err);

/* By name; NULL when there is none. */
const struct cm_kubeconfig_cluster *cm_kubeconfig_cluster_find(const struct cm_kubeconfig *config,
                                                               struct cm_sv name);
const struct cm_kubeconfig_user *cm_kubeconfig_user_find(const struct cm_kubeconfig *config,
                                                         struct cm_sv name);
const struct cm_kubeconfig_context *cm_kubeconfig_context_find(const struct cm_kubeconfig *config,
                                                               struct cm_sv name);

/* What a credential plugin printed: an ExecCredential. */
struct cm_exec_credential {
        struct cm_sv token;
        struct cm_sv cert_pem;
        struct cm_sv key_pem;
};
/* Errors: CM_E_MALFORMED, also when there is neither a token nor a certificate with its key. */
CM_MUST_CHECK int cm_exec_credential_parse(struct cm_arena *arena, struct cm_sv text,
                                           struct cm_exec_credential *ret, struct cm_err *err);
