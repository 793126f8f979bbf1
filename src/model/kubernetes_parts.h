/* SPDX-License-Identifier: Apache-2.0 */
/* The programs that Kubernetes is made of, by the names that their files have. */
#pragma once

/* NULL-terminated. */
extern const char *const cm_kubernetes_parts[];
