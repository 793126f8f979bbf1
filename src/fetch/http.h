/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP exchange, behind which libcurl stands: no redirects, no retries, no authentication of
 * its own (those are decisions of registry.c). Runs in the fetch role only.
 *
 * Thread:  a client may be used by several threads at once; each exchange takes a connection
 *          handle off the client and gives it back, so that connections are reused.
 */
#pragma once

#include "base/arena.h"
#include "base/sv.h"

struct cm_curl;

struct cm_http_tls {
        struct cm_sv ca_pem;   /* in place of the system's trust store; "" = system */
        struct cm_sv cert_pem; /* client certificate and key, or "" */
        struct cm_sv key_pem;
        bool skip_verify;
};

struct cm_http;

/* `curl` is borrowed; `user_agent` too. */
struct cm_http *cm_http_new(const struct cm_curl *curl, const char *user_agent);
struct cm_http *cm_http_free(struct cm_http *http);

struct cm_http_response;

struct cm_http_request {
        const char *url;
        const char *unix_socket;    /* connect there instead of the URL's host, or NULL */
        const char *connect_to;     /* "host:port" to connect to instead of the URL's, or NULL */
        const char *host;           /* of the Host header, when it is not the URL's; or NULL */
        const char *accept;         /* or NULL */
        struct cm_sv authorization; /* whole value of the header, or "" */
        struct cm_sv form;          /* POST of this x-www-form-urlencoded body, or "" = GET */
        uint64_t range_from;        /* > 0 asks for the rest from there */
        int silence_s;              /* nothing for so long ends the exchange; 0 = 60; -1 = never */
        const struct cm_http_tls *tls;
        /*
         * Takes the body of a 200 or 206 answer in pieces; false ends the exchange. Bodies of other
         * answers are kept, cut, in the response.
         */
        bool (*sink)(void *ctx, const struct cm_http_response *head, struct cm_sv bytes);
        void *ctx;
};

struct cm_http_response {
        long status;
        struct cm_sv content_type;
        struct cm_sv location;    /* absolute URL of a redirect, or "" */
        struct cm_sv challenges;  /* all WWW-Authenticate values, comma-separated */
        struct cm_sv digest;      /* Docker-Content-Digest */
        struct cm_sv api_version; /* Libpod-API-Version: only podman sends it */
        uint64_t range_start;     /* of a 206 answer */
        int64_t retry_after_s;    /* -1 = not said */
        struct cm_sv error_body;  /* of an answer other than 200 and 206 */
};

enum cm_http_failure {
        CM_HTTP_OK,        /* an answer came, whatever its status */
        CM_HTTP_TRANSIENT, /* worth another try: connection reset, time-out, short body */
        CM_HTTP_REFUSED,   /* nobody listens */
        CM_HTTP_TLS,       /* the peer does not speak TLS */
        CM_HTTP_TRUST,     /* certificate not trusted */
        CM_HTTP_SINK,      /* the sink said stop */
        CM_HTTP_OTHER      /* name not found, protocol error */
};

/*
 * Owns:    views of *ret live in `arena`.
 * Errors:  CM_E_NETWORK with libcurl's reason; *ret_failure is set in every case.
 */
CM_MUST_CHECK int cm_http_exchange(struct cm_http *http, struct cm_arena *arena,
                                   const struct cm_http_request *request,
                                   struct cm_http_response *ret, enum cm_http_failure *ret_failure,
                                   struct cm_err *err);

/* Percent-encodes everything but unreserved characters and those in `keep`. */
struct cm_sv cm_http_escape(struct cm_arena *arena, struct cm_sv text, const char *keep);
/*
 * scheme://host[:port] of an absolute http or https URL, lower case, default port left out. "" for
 * anything else, with user information too: which host that means is read differently by parsers,
 * and credentials depend on it.
 */
struct cm_sv cm_http_origin(struct cm_arena *arena, struct cm_sv url);
