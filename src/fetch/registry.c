/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and documents of registry.h; token.c has the authentication. */
#include "fetch/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/limits.h"
#include "codec/json.h"
#include "fetch/answer.h"
#include "fetch/registry_internal.h"
#include "os/file.h"

enum {
        /* Progress of this size between two failures starts the count of attempts anew. */
        PROGRESS_BYTES = 8 << 20
};

#define MANIFEST_TYPES                                                \
        "application/vnd.oci.image.index.v1+json, "                   \
        "application/vnd.docker.distribution.manifest.list.v2+json, " \
        "application/vnd.oci.image.manifest.v1+json, "                \
        "application/vnd.docker.distribution.manifest.v2+json"

struct cm_registry *cm_registry_new(struct cm_http *http, const struct cm_endpoint *endpoints,
                                    size_t endpoint_count, struct cm_sv repository)
{
        struct cm_registry *registry = calloc(1, sizeof(*registry));
        CM_ASSERT(registry != NULL && endpoint_count > 0);
        registry->arena = cm_arena_new(CM_MIB(64));
        registry->http = http;
        registry->repository = repository;
        registry->endpoint_count = endpoint_count;
        registry->endpoints = CM_NEW_ARRAY(registry->arena, struct endpoint_state, endpoint_count);
        for (size_t i = 0; i < endpoint_count; i++) {
                registry->endpoints[i].config = &endpoints[i];
                registry->endpoints[i].base = endpoints[i].base;
        }
        cm_map_init(&registry->manifests, registry->arena);
        pthread_mutex_init(&registry->mutex, NULL);
        return registry;
}

struct cm_registry *cm_registry_free(struct cm_registry *registry)
{
        if (registry == NULL)
                return NULL;
        for (size_t i = 0; i < registry->endpoint_count; i++)
                free(registry->endpoints[i].authorization);
        pthread_mutex_destroy(&registry->mutex);
        cm_arena_free(registry->arena);
        free(registry);
        return NULL;
}

/* What the registry says went wrong: {"errors":[{"code","message"}]}, or "". */
static const char *reason_of(struct cm_arena *arena, struct cm_sv body)
{
        struct cm_err ignored = CM_ERR_INIT;
        const struct cm_json *doc = NULL;
        if (cm_json_parse(arena, body, &doc, &ignored) < 0)
                return "";
        const struct cm_json *first = cm_json_at(cm_json_get(doc, "errors"), 0);
        struct cm_sv message = cm_json_get_string(first, "message");
        if (message.len == 0)
                message = cm_json_get_string(first, "code");
        if (message.len == 0)
                message = cm_json_get_string(doc, "details");
        return message.len == 0
                       ? ""
                       : cm_sv_printf(arena, ": %s%c", cm_escape(arena, message), '\0').ptr;
}

static int raise_status(struct request *q, struct cm_err *err)
{
        const struct cm_credential *credential = &q->endpoint->config->credential;
        const char *reason = reason_of(q->arena, q->response.error_body);
        const char *base = cm_escape(q->arena, q->base);
        const char *path = cm_escape(q->arena, cm_sv_from_cstr(q->path));
        long status = q->response.status;
        if (status == 401 || status == 403)
                return CM_RAISE(err, CM_E_ENV,
                                "%s does not permit '%s' (HTTP %ld%s; %s%s): wrong name or "
                                "'docker login' needed",
                                base, path, status, reason,
                                q->endpoint->config->has_credential ? "credentials of "
                                                                    : "no credentials",
                                q->endpoint->config->has_credential
                                        ? cm_escape(q->arena, credential->origin)
                                        : "");
        if (status == 404)
                return CM_RAISE(err, CM_E_NOT_FOUND, "%s has no '%s'%s", base, path, reason);
        return CM_RAISE(err, CM_E_NETWORK, "%s answered HTTP %ld for '%s'%s", base, status, path,
                        reason);
}

static bool is_redirect(long status)
{
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* One exchange and the redirects it leads to. Credentials never leave the first origin. */
static int follow(struct request *q, struct cm_sv url, struct cm_err *err)
{
        struct cm_sv home = cm_http_origin(q->arena, url);
        for (int hop = 0; hop <= CM_FETCH_REDIRECTS_MAX; hop++) {
                bool at_home = cm_sv_eq(cm_http_origin(q->arena, url), home);
                struct cm_http_request request = {
                        .url = cm_sv_printf(q->arena, "%.*s%c", CM_SV_ARG(url), '\0').ptr,
                        .accept = q->accept,
                        .authorization = at_home ? q->authorization : CM_SV(""),
                        .tls = at_home ? &q->endpoint->config->tls : &q->foreign_tls,
                        .range_from = q->transfer->received,
                        .sink = cm_transfer_write,
                        .ctx = q->transfer,
                };
                cm_transfer_begin(q->transfer);
                int r = cm_http_exchange(q->registry->http, q->arena, &request, &q->response,
                                         &q->failure, err);
                if (r < 0 || !is_redirect(q->response.status))
                        return r;
                struct cm_sv next = q->response.location;
                struct cm_sv origin = cm_http_origin(q->arena, next);
                if (origin.len == 0)
                        return CM_RAISE(err, CM_E_NETWORK, "redirect leads to no web address");
                if (cm_sv_has_prefix(origin, CM_SV("http://")) &&
                    cm_sv_has_prefix(cm_http_origin(q->arena, url), CM_SV("https://")) &&
                    !q->endpoint->config->may_be_plain)
                        return CM_RAISE(err, CM_E_NETWORK,
                                        "redirect leads from https to plain http (%s), which only "
                                        "--insecure-http allows",
                                        cm_escape(q->arena, origin));
                url = next;
        }
        return CM_RAISE(err, CM_E_LIMIT, "request is over limit fetch_redirects_max");
}

/* Whether a failed exchange with https:// is to be tried with http://, now and from now on. */
static bool fall_back_to_plain(struct request *q)
{
        struct endpoint_state *e = q->endpoint;
        if (!e->config->may_be_plain || !cm_sv_has_prefix(q->base, CM_SV("https://")) ||
            (q->failure != CM_HTTP_TLS && q->failure != CM_HTTP_REFUSED))
                return false;
        pthread_mutex_lock(&q->registry->mutex);
        if (cm_sv_has_prefix(e->base, CM_SV("https://")))
                e->base = cm_sv_printf(q->registry->arena, "http://%.*s",
                                       CM_SV_ARG(cm_sv_skip(e->config->base, 8)));
        pthread_mutex_unlock(&q->registry->mutex);
        return true;
}

static int ask(struct request *q, struct cm_err *err)
{
        pthread_mutex_lock(&q->registry->mutex);
        q->base = q->endpoint->base;
        pthread_mutex_unlock(&q->registry->mutex);
        q->authorization = cm_registry_authorization(q);
        return follow(q,
                      cm_sv_printf(q->arena, "%.*s/v2/%.*s/%s", CM_SV_ARG(q->base),
                                   CM_SV_ARG(q->registry->repository), q->path),
                      err);
}

static int once(struct request *q, struct cm_err *err)
{
        int r = ask(q, err);
        if (r < 0 && fall_back_to_plain(q)) {
                cm_err_clear(err);
                r = ask(q, err);
        }
        if (r < 0 || q->response.status != 401)
                return r;
        r = cm_registry_authenticate(q, err);
        if (r != 0)
                return r < 0 ? r : 0; /* nothing to offer: the 401 stands */
        return ask(q, err);
}

static int check_transfer(const struct cm_transfer *t, struct cm_err *err)
{
        if (!t->is_over_limit && !t->is_misplaced && t->write_errno == 0)
                return 0;
        cm_err_clear(err);
        if (t->is_over_limit)
                return CM_RAISE(err, CM_E_LIMIT, "answer is larger than %llu bytes",
                                (unsigned long long)t->bytes_max);
        if (t->is_misplaced)
                return CM_RAISE(err, CM_E_NETWORK, "registry sent another part than was asked for");
        return CM_RAISE_ERRNO(err, CM_E_IO, t->write_errno, "could not pass a blob on");
}

/* All attempts at one endpoint. 0: the body arrived whole. */
static int try_endpoint(struct request *q, struct cm_err *err)
{
        uint64_t progress = q->transfer->received;
        for (int attempt = 0;; attempt++) {
                int r = once(q, err);
                if (r == 0 && (q->response.status == 200 || q->response.status == 206))
                        return 0;
                /* Everything was there already when the connection broke. */
                if (r == 0 && q->response.status == 416 && q->transfer->received > 0)
                        return 0;
                bool failed = r < 0;
                if (failed)
                        r = check_transfer(q->transfer, err);
                if (r < 0)
                        return r;
                if (q->transfer->received >= progress + PROGRESS_BYTES) {
                        progress = q->transfer->received;
                        attempt = 0;
                }
                if (!cm_answer_retry(&q->response, q->failure, failed, attempt))
                        return failed ? cm_err_context(err, "%s", cm_escape(q->arena, q->base))
                                      : raise_status(q, err);
                cm_err_clear(err);
                if (q->restarts)
                        cm_registry_restart(q->transfer);
        }
}

void cm_registry_restart(struct cm_transfer *transfer)
{
        struct cm_digest ignored;
        transfer->received = 0;
        if (transfer->buffer != NULL)
                cm_buf_clear(transfer->buffer);
        if (transfer->digester != NULL)
                cm_digester_final(transfer->digester, &ignored);
}

/* Mirrors first; an answer of the registry itself is final, so its error is the one to report. */
static int get(struct request *q, struct cm_err *err)
{
        struct cm_registry *registry = q->registry;
        for (size_t i = 0;; i++) {
                q->endpoint = &registry->endpoints[i];
                q->foreign_tls = (struct cm_http_tls){
                        .ca_pem = q->endpoint->config->tls.ca_pem,
                        .skip_verify = q->endpoint->config->tls.skip_verify,
                };
                int r = try_endpoint(q, err);
                if (r == 0 || i + 1 == registry->endpoint_count || q->transfer->is_over_limit ||
                    q->transfer->write_errno != 0)
                        return r;
                cm_err_clear(err);
                if (q->restarts)
                        cm_registry_restart(q->transfer);
        }
}

void cm_registry_note_manifest(struct cm_registry *registry, struct cm_sv digest)
{
        pthread_mutex_lock(&registry->mutex);
        cm_map_put(&registry->manifests, cm_sv_dup(registry->arena, digest), registry);
        pthread_mutex_unlock(&registry->mutex);
}

/* Which of the digests that will be asked for are manifests: only an index can tell. */
static void note_children(struct cm_registry *registry, struct cm_arena *arena, struct cm_sv bytes)
{
        struct cm_err ignored = CM_ERR_INIT;
        const struct cm_json *doc = NULL;
        if (cm_json_parse(arena, bytes, &doc, &ignored) < 0)
                return; /* the worker reads it next and says what is wrong */
        const struct cm_json *manifests = cm_json_get(doc, "manifests");
        pthread_mutex_lock(&registry->mutex);
        for (size_t i = 0; i < cm_json_count(manifests); i++) {
                struct cm_sv digest = cm_json_get_string(cm_json_at(manifests, i), "digest");
                if (cm_digest_is(digest) && registry->manifests.count < CM_IMAGE_INDEX_MAX)
                        cm_map_put(&registry->manifests, cm_sv_dup(registry->arena, digest),
                                   registry);
        }
        pthread_mutex_unlock(&registry->mutex);
}

static int check_document(struct request *q, struct cm_sv selector, const struct cm_digest *digest,
                          struct cm_err *err)
{
        char text[CM_DIGEST_TEXT_BYTES];
        cm_digest_format(digest, text);
        if (cm_digest_is(selector)) {
                if (!cm_sv_eq(selector, cm_sv_from_cstr(text)))
                        return CM_RAISE(err, CM_E_DIGEST,
                                        "image manifest has digest %s, not %s as it is named", text,
                                        cm_escape(q->arena, selector));
                return 0;
        }
        struct cm_digest said;
        struct cm_err ignored = CM_ERR_INIT;
        if (cm_digest_parse(q->response.digest, &said, &ignored) == 0 &&
            said.algorithm == digest->algorithm && !cm_digest_eq(&said, digest))
                return CM_RAISE(err, CM_E_DIGEST,
                                "image manifest has digest %s, but the registry announced %s", text,
                                cm_escape(q->arena, q->response.digest));
        return 0;
}

static enum cm_digest_algorithm algorithm_of(struct cm_sv selector)
{
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_digest digest;
        return cm_digest_parse(selector, &digest, &ignored) == 0 ? digest.algorithm
                                                                 : CM_DIGEST_SHA256;
}

int cm_registry_get_manifest(struct cm_registry *registry, struct cm_arena *arena,
                             struct cm_sv selector, struct cm_registry_document *ret,
                             struct cm_err *err)
{
        struct cm_buf buffer CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buffer, CM_IMAGE_JSON_BYTES_MAX);
        struct cm_transfer transfer = { .fd = -1,
                                        .buffer = &buffer,
                                        .bytes_max = CM_IMAGE_JSON_BYTES_MAX };
        struct request q = { .registry = registry,
                             .arena = arena,
                             .transfer = &transfer,
                             .accept = MANIFEST_TYPES,
                             .restarts = true };
        q.path = cm_sv_printf(arena, "manifests/%.*s%c", CM_SV_ARG(selector), '\0').ptr;
        int r = get(&q, err);
        if (r < 0)
                return r;
        struct cm_registry_document doc = { .bytes = cm_sv_dup(arena, cm_buf_sv(&buffer)) };
        struct cm_digest digest;
        cm_digest_of(algorithm_of(selector), doc.bytes, &digest);
        r = check_document(&q, selector, &digest, err);
        if (r < 0)
                return r;
        cm_digest_format(&digest, doc.digest);
        struct cm_sv parameters;
        cm_sv_cut(q.response.content_type, ';', &doc.media_type, &parameters);
        doc.media_type = cm_sv_trim(doc.media_type);
        note_children(registry, arena, doc.bytes);
        *ret = doc;
        return 0;
}

static bool is_manifest(struct cm_registry *registry, struct cm_sv digest)
{
        pthread_mutex_lock(&registry->mutex);
        bool known = cm_map_has(&registry->manifests, digest);
        pthread_mutex_unlock(&registry->mutex);
        return known;
}

int cm_registry_get_digest(struct cm_registry *registry, struct cm_arena *arena,
                           struct cm_sv digest, struct cm_transfer *transfer, struct cm_err *err)
{
        struct cm_digest want;
        int r = cm_digest_parse(digest, &want, err);
        if (r < 0)
                return r;
        if (is_manifest(registry, digest)) {
                struct cm_registry_document doc;
                r = cm_registry_get_manifest(registry, arena, digest, &doc, err);
                if (r < 0)
                        return r;
                const struct cm_http_response whole = { .status = 200 };
                cm_transfer_begin(transfer);
                cm_transfer_write(transfer, &whole, doc.bytes);
                return check_transfer(transfer, err);
        }
        struct cm_digester *digester CM_CLEANUP(cm_digester_freep)
        = cm_digester_new(want.algorithm);
        transfer->digester = digester;
        struct request q = { .registry = registry, .arena = arena, .transfer = transfer };
        q.path = cm_sv_printf(arena, "blobs/%.*s%c", CM_SV_ARG(digest), '\0').ptr;
        r = get(&q, err);
        if (r == 0)
                r = cm_digester_check(digester, &want, "blob", err);
        transfer->digester = NULL;
        return r;
}
