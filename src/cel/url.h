/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URLs as Kubernetes' url() takes them apart: absolute URIs and absolute paths, read as Go's
 * net/url reads them (1.26: IP literals in brackets are IPv6, http hosts have no stray colons).
 * Not for: fetching, resolving relative references, normalising.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/sv.h"

struct cm_url {
        struct cm_sv scheme; /* lower case; "" for an absolute path */
        struct cm_sv opaque; /* what follows the scheme when it is no path: "mailto:a@b" */
        struct cm_sv user;   /* decoded */
        struct cm_sv password;
        bool has_user;
        bool has_password;
        struct cm_sv host;     /* decoded, with port and brackets */
        struct cm_sv hostname; /* without both */
        struct cm_sv port;     /* digits, or "" */
        struct cm_sv escaped_path;
        struct cm_sv query; /* as written, without "?" */
        bool has_empty_query;
        struct cm_sv fragment; /* decoded */
};

/*
 * Input:  `s` is borrowed as long as *ret.
 * Errors: CM_E_MALFORMED.
 * Owns:   decoded parts live in `arena`.
 * Spec:   RFC 3986; Go net/url ParseRequestURI, then Parse.
 */
CM_MUST_CHECK int cm_url_parse(struct cm_arena *arena, struct cm_sv s, struct cm_url *ret,
                               struct cm_err *err);
/* Kubernetes' isURL(): does not look at what is a fragment only for url(). `arena` is scratch. */
bool cm_url_is_valid(struct cm_arena *arena, struct cm_sv s);
bool cm_url_eq(const struct cm_url *a, const struct cm_url *b);

/*
 * Takes the next "key=value" off *rest (begin with the query), decoded. Pairs with ";" or a broken
 * escape are passed over. False at the end.
 */
bool cm_url_next_param(struct cm_arena *arena, struct cm_sv *rest, struct cm_sv *ret_key,
                       struct cm_sv *ret_value);
