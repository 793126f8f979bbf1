/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that checks look at in a cluster, as one Kubernetes List: the objects of each kind, with
 * apiVersion and kind put back in (lists leave them out of their items), and last a ClusterLists
 * that says which lists are whole and why others are not. Runs in the fetch role.
 *
 * Left out: metadata.managedFields and the annotation in which kubectl keeps a second copy of the
 * object. Of secrets only metadata and type are asked for (as a Table with metadata, since a
 * PartialObjectMetadata has no type); such a secret has the annotation CM_CLUSTER_NOT_READ. No other
 * call than GET of /version and of lists is made.
 *
 * A list that could not be read to its end is not whole: 403, a broken answer, a limit. A kind that
 * the server does not have counts as whole and empty only where the kind came with a later version.
 * Spec: kubernetes.io/docs/reference/using-api/api-concepts "Retrieving large results sets in
 * chunks", "Receiving resources as Tables".
 */
#pragma once

#include "fetch/message.h"

#define CM_CLUSTER_NOT_READ "coaming/data-not-read"

struct cm_cluster {
        struct cm_http *http;
        const struct cm_fetch_setup *setup;
        char *notes; /* of the role, for progress */
        size_t note_slot;
};

/*
 * Errors: CM_E_ENV (credentials not accepted, not an API server), CM_E_NETWORK: no answer at all.
 * What goes wrong with one list is in the document.
 */
CM_MUST_CHECK int cm_cluster_survey(struct cm_cluster *cluster, struct cm_arena *arena,
                                    struct cm_transfer *transfer, struct cm_err *err);

/* One page as text; pure. */
struct cm_cluster_page {
        struct cm_sv next; /* the token for the next page, or "": it is the last */
        size_t count;
};
/*
 * Puts the objects of a page into `out`, each behind a comma and on a line of its own.
 * Errors: CM_E_MALFORMED: it is no list of the kind; CM_E_LIMIT.
 */
CM_MUST_CHECK int cm_cluster_page_read(struct cm_arena *arena, const char *kind,
                                       const char *api_version, struct cm_sv text,
                                       struct cm_buf *out, struct cm_cluster_page *ret,
                                       struct cm_err *err);
