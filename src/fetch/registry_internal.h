/* SPDX-License-Identifier: Apache-2.0 */
/* What registry.c (requests) and token.c (authentication) share. */
#pragma once

#include <pthread.h>

#include "base/map.h"
#include "fetch/registry.h"

struct endpoint_state {
        const struct cm_endpoint *config;
        struct cm_sv base;      /* config's, or its http:// form after a fall-back */
        char *authorization;    /* value of the header, on the heap, or NULL */
        int64_t valid_until_ms; /* monotonic; 0 = does not expire */
};

struct cm_registry {
        struct cm_arena *arena; /* under the mutex once threads run */
        struct cm_http *http;
        struct cm_sv repository;
        struct endpoint_state *endpoints;
        size_t endpoint_count;
        struct cm_map manifests; /* digests that an index named */
        pthread_mutex_t mutex;
};

/* One thing that is asked for, over all endpoints and attempts. */
struct request {
        struct cm_registry *registry;
        struct cm_arena *arena;
        const char *path; /* below /v2/<repository>/ */
        const char *accept;
        struct cm_transfer *transfer;
        bool restarts; /* a broken body begins anew instead of being continued */
        struct endpoint_state *endpoint;
        struct cm_sv base; /* of the endpoint when the exchange began */
        struct cm_sv authorization;
        struct cm_http_tls foreign_tls; /* for other origins: no client certificate */
        struct cm_http_response response;
        enum cm_http_failure failure;
};

/* The header's value for the endpoint as it stands: a copy in the request's arena, or "". */
struct cm_sv cm_registry_authorization(struct request *q);
/*
 * Answers the 401 in q->response. Returns: 0 there is a new authorization; 1 nothing to offer.
 * Errors:  CM_E_ENV (token server refuses), CM_E_NETWORK, CM_E_MALFORMED.
 */
CM_MUST_CHECK int cm_registry_authenticate(struct request *q, struct cm_err *err);
void cm_registry_restart(struct cm_transfer *transfer);
