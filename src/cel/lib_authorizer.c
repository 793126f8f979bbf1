/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubernetes' authorizer library, by name only: who may do what is known to a cluster, so `authorizer`
 * is unavailable and an expression that asks it has no value. With the names known, an expression
 * that asks is told apart from one that is misspelt.
 */
#include "cel/library.h"

CM_CEL_FN(needs_cluster)
{
        return cm_cel_fail(cx, "an authorizer is in a cluster only");
}

static const struct cm_cel_function functions[] = {
        { "path", CM_CEL_METHOD, "xs:x", needs_cluster },
        { "group", CM_CEL_METHOD, "xs:x", needs_cluster },
        { "serviceAccount", CM_CEL_METHOD, "xss:x", needs_cluster },
        { "resource", CM_CEL_METHOD, "xs:x", needs_cluster },
        { "subresource", CM_CEL_METHOD, "xs:x", needs_cluster },
        { "namespace", CM_CEL_METHOD, "xs:x", needs_cluster },
        { "name", CM_CEL_METHOD, "xs:x", needs_cluster },
        { "fieldSelector", CM_CEL_METHOD, "xs:x", needs_cluster },
        { "labelSelector", CM_CEL_METHOD, "xs:x", needs_cluster },
        { "check", CM_CEL_METHOD, "xs:x", needs_cluster },
        { "errored", CM_CEL_METHOD, "x:b", needs_cluster },
        { "error", CM_CEL_METHOD, "x:s", needs_cluster },
        { "allowed", CM_CEL_METHOD, "x:b", needs_cluster },
        { "reason", CM_CEL_METHOD, "x:s", needs_cluster },
        { NULL },
};

extern const struct cm_cel_library cm_cel_lib_authorizer;
const struct cm_cel_library cm_cel_lib_authorizer = { "authorizer", functions, NULL };
