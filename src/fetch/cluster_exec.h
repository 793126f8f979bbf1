/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credential plugins of a kubeconfig: programs that print an ExecCredential. Run in the parent, and
 * only when the user permits it: the fetch role may start nothing. Not asked twice: a token that
 * ends during the survey shows as lists that are not whole.
 * Spec: kubernetes.io/docs/reference/access-authn-authz/authentication "client-go credential plugins".
 */
#pragma once

#include "fetch/http.h"
#include "fetch/kubeconfig.h"

/*
 * `command`: with its path as it is to be run. `tls`: of the cluster, for plugins that want to know.
 * Errors: CM_E_USAGE (its interface is not spoken), CM_E_ENV (missing, failed or hung).
 */
CM_MUST_CHECK int cm_cluster_exec(struct cm_arena *arena, const struct cm_kubeconfig_exec *exec,
                                  struct cm_sv command, const struct cm_kubeconfig_cluster *cluster,
                                  const struct cm_http_tls *tls, struct cm_exec_credential *ret,
                                  struct cm_err *err);
