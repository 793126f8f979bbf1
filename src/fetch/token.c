/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a 401 is answered: basic credentials, or a token from where the challenge says. The scope
 * asked for is always "pull" of the one repository, whatever the challenge suggests.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/limits.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "fetch/challenge.h"
#include "fetch/registry_internal.h"
#include "model/imageref.h"
#include "os/file.h"

enum {
        /* The specification's default life of a token, and what is taken off for the way. */
        TOKEN_LIFE_S = 60,
        TOKEN_MARGIN_S = 10,
        TOKEN_LIFE_S_MAX = 86400,
        CHALLENGES_MAX = 16
};

struct cm_sv cm_registry_authorization(struct request *q)
{
        struct endpoint_state *e = q->endpoint;
        struct cm_sv value = CM_SV("");
        pthread_mutex_lock(&q->registry->mutex);
        if (e->authorization != NULL &&
            (e->valid_until_ms == 0 || cm_clock_monotonic_ms() < e->valid_until_ms))
                value = cm_sv_dup(q->arena, cm_sv_from_cstr(e->authorization));
        pthread_mutex_unlock(&q->registry->mutex);
        return value;
}

static void set_authorization(struct request *q, struct cm_sv scheme, struct cm_sv value,
                              int64_t valid_until_ms)
{
        size_t len = scheme.len + 1 + value.len;
        char *text = malloc(len + 1);
        CM_ASSERT(text != NULL);
        memcpy(text, scheme.ptr, scheme.len);
        text[scheme.len] = ' ';
        memcpy(text + scheme.len + 1, value.ptr, value.len);
        text[len] = '\0';
        pthread_mutex_lock(&q->registry->mutex);
        free(q->endpoint->authorization);
        q->endpoint->authorization = text;
        q->endpoint->valid_until_ms = valid_until_ms;
        pthread_mutex_unlock(&q->registry->mutex);
}

static struct cm_sv basic_value(struct cm_arena *arena, const struct cm_credential *credential)
{
        return cm_base64_encode(arena,
                                cm_sv_printf(arena, "%.*s:%.*s", CM_SV_ARG(credential->username),
                                             CM_SV_ARG(credential->password)));
}

/* A header value must not bring a second header with it. */
static bool is_header_safe(struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++)
                if ((unsigned char)s.ptr[i] <= 0x20 || (unsigned char)s.ptr[i] >= 0x7f)
                        return false;
        return s.len > 0;
}

static int take_token(struct request *q, struct cm_sv body, struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        int r = cm_json_parse(q->arena, body, &doc, err);
        if (r < 0)
                return cm_err_context(err, "answer of the token server");
        struct cm_sv token = cm_json_get_string(doc, "token");
        if (token.len == 0)
                token = cm_json_get_string(doc, "access_token");
        if (!is_header_safe(token))
                return CM_RAISE(err, CM_E_MALFORMED, "token server sent no usable token");
        int64_t life = cm_json_int(cm_json_get(doc, "expires_in"), TOKEN_LIFE_S);
        life = CM_MAX(CM_MIN(life, (int64_t)TOKEN_LIFE_S_MAX), (int64_t)TOKEN_LIFE_S);
        set_authorization(q, CM_SV("Bearer"), token,
                          cm_clock_monotonic_ms() + (life - TOKEN_MARGIN_S) * 1000);
        return 0;
}

/* Credentials go to the realm only over TLS, unless the user allowed plain http for this host. */
static int check_realm(struct request *q, struct cm_sv realm, struct cm_err *err)
{
        struct cm_sv origin = cm_http_origin(q->arena, realm);
        if (cm_sv_has_prefix(origin, CM_SV("https://")))
                return 0;
        if (origin.len == 0)
                return CM_RAISE(err, CM_E_MALFORMED, "token server '%s' is no web address",
                                cm_escape(q->arena, realm));
        if (!q->endpoint->config->may_be_plain &&
            !cm_registry_is_loopback(cm_sv_skip(origin, strlen("http://"))))
                return CM_RAISE(err, CM_E_NETWORK,
                                "token server '%s' is plain http, which only --insecure-http "
                                "allows",
                                cm_escape(q->arena, realm));
        return 0;
}

static void build_token_request(struct request *q, const struct cm_challenge *challenge,
                                struct cm_http_request *request)
{
        struct cm_arena *arena = q->arena;
        const struct cm_credential *credential = &q->endpoint->config->credential;
        struct cm_sv scope =
                cm_sv_printf(arena, "repository:%.*s:pull", CM_SV_ARG(q->registry->repository));
        struct cm_sv query = cm_sv_printf(arena, "service=%.*s&scope=%.*s",
                                          CM_SV_ARG(cm_http_escape(arena, challenge->service, "")),
                                          CM_SV_ARG(cm_http_escape(arena, scope, "/:")));
        if (credential->identity_token.len > 0) {
                request->url = cm_sv_printf(arena, "%.*s%c", CM_SV_ARG(challenge->realm), '\0').ptr;
                request->form = cm_sv_printf(
                        arena, "grant_type=refresh_token&client_id=coaming&refresh_token=%.*s&%.*s",
                        CM_SV_ARG(cm_http_escape(arena, credential->identity_token, "")),
                        CM_SV_ARG(query));
                return;
        }
        char separator = cm_sv_find_char(challenge->realm, '?') >= 0 ? '&' : '?';
        request->url = cm_sv_printf(arena, "%.*s%c%.*s%c", CM_SV_ARG(challenge->realm), separator,
                                    CM_SV_ARG(query), '\0')
                               .ptr;
        if (q->endpoint->config->has_credential)
                request->authorization =
                        cm_sv_join(arena, CM_SV("Basic "), basic_value(arena, credential));
}

static int get_token(struct request *q, const struct cm_challenge *challenge, struct cm_err *err)
{
        int r = check_realm(q, challenge->realm, err);
        if (r < 0)
                return r;
        struct cm_buf body CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&body, CM_CREDENTIALS_BYTES_MAX);
        struct cm_transfer transfer = { .fd = -1,
                                        .buffer = &body,
                                        .bytes_max = CM_CREDENTIALS_BYTES_MAX };
        bool at_home = cm_sv_eq(cm_http_origin(q->arena, challenge->realm),
                                cm_http_origin(q->arena, q->base));
        struct cm_http_request request = { .tls = at_home ? &q->endpoint->config->tls
                                                          : &q->foreign_tls,
                                           .sink = cm_transfer_write,
                                           .ctx = &transfer };
        build_token_request(q, challenge, &request);
        struct cm_http_response response;
        enum cm_http_failure failure;
        r = cm_http_exchange(q->registry->http, q->arena, &request, &response, &failure, err);
        const char *realm = cm_escape(q->arena, challenge->realm);
        if (r < 0)
                return cm_err_context(err, "token server '%s'", realm);
        if (response.status != 200)
                return CM_RAISE(
                        err,
                        response.status == 401 || response.status == 403 ? CM_E_ENV : CM_E_NETWORK,
                        "token server '%s' answered HTTP %ld: credentials of %s", realm,
                        response.status,
                        q->endpoint->config->has_credential
                                ? cm_escape(q->arena, q->endpoint->config->credential.origin)
                                : "nobody");
        r = take_token(q, cm_buf_sv(&body), err);
        if (body.ptr != NULL)
                explicit_bzero(body.ptr, body.len);
        return r;
}

int cm_registry_authenticate(struct request *q, struct cm_err *err)
{
        struct cm_sv rest = q->response.challenges;
        struct cm_challenge challenge;
        for (int i = 0; i < CHALLENGES_MAX; i++) {
                int r = cm_challenge_next(q->arena, &rest, &challenge, err);
                if (r < 0)
                        return cm_err_context(err, "%s", cm_escape(q->arena, q->base));
                if (r > 0)
                        return 1;
                if (cm_sv_eq_nocase(challenge.scheme, CM_SV("Bearer")) && challenge.realm.len > 0)
                        return get_token(q, &challenge, err);
                if (!cm_sv_eq_nocase(challenge.scheme, CM_SV("Basic")))
                        continue;
                /* Refused already with the same: asking again changes nothing. */
                if (!q->endpoint->config->has_credential || q->authorization.len > 0)
                        return 1;
                set_authorization(q, CM_SV("Basic"),
                                  basic_value(q->arena, &q->endpoint->config->credential), 0);
                return 0;
        }
        return 1;
}
