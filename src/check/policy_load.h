/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ValidatingAdmissionPolicy objects of Kubernetes as checks: each policy, with its bindings and the
 * objects that these name as parameters, becomes a check on k8s.admission whose expressions stay as
 * they are written. Differences from the API server are in docs/checks.md, "Policies of Kubernetes".
 * Spec: Kubernetes API reference, admissionregistration.k8s.io/v1.
 */
#pragma once

#include "check/check.h"

/* A document that was given as a policy, a binding, or an object that may be a parameter. */
struct cm_policy_object {
        struct cm_sv source; /* file name, borrowed */
        const struct cm_node *root;
};

/* Is it an object of Kubernetes (and no check or profile)? */
bool cm_policy_object_is(const struct cm_node *root);
/*
 * Makes the checks: one for a policy without bindings, else one for each binding and parameter.
 *
 * Errors:  CM_E_MALFORMED: "FILE:LINE:COLUMN: what", also of expressions.
 * Owns:    everything lives in `arena` and borrows from the trees.
 */
CM_MUST_CHECK int cm_policy_load(struct cm_arena *arena, const struct cm_policy_object *objects,
                                 size_t count, const struct cm_check **ret, size_t *ret_count,
                                 struct cm_err *err);
