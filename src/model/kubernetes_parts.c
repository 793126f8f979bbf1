/* SPDX-License-Identifier: Apache-2.0 */
/* See kubernetes_parts.h. */
#include "model/kubernetes_parts.h"

#include <stddef.h>

const char *const cm_kubernetes_parts[] = { "kube-apiserver",
                                            "kube-controller-manager",
                                            "kube-scheduler",
                                            "kube-proxy",
                                            "kubelet",
                                            "etcd",
                                            NULL };
