/* SPDX-License-Identifier: Apache-2.0 */
/* http.h over libcurl's easy interface. */
#include "fetch/http.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/limits.h"
#include "fetch/curl_dl.h"

enum {
        HANDLES_MAX = CM_FETCH_STREAMS_MAX + 1,
        CONNECT_TIMEOUT_MS = 15000,
        /* A peer that sends nothing at all for this long is gone; slow is fine. */
        SILENCE_S = 60,
        ERROR_BODY_BYTES_MAX = 64 << 10,
        HEADER_BYTES_MAX = 4 << 10
};

struct cm_http {
        const struct cm_curl *curl;
        const char *user_agent;
        pthread_mutex_t mutex;
        CURL *idle[HANDLES_MAX];
        size_t idle_count;
};

struct exchange {
        struct cm_arena *arena;
        const struct cm_http_request *request;
        struct cm_http_response *response;
        const struct cm_curl *curl;
        CURL *handle;
        struct curl_slist *connect_to;
        struct cm_buf error_body;
        bool sink_stopped;
};

struct cm_http *cm_http_new(const struct cm_curl *curl, const char *user_agent)
{
        struct cm_http *http = calloc(1, sizeof(*http));
        CM_ASSERT(http != NULL);
        http->curl = curl;
        http->user_agent = user_agent;
        pthread_mutex_init(&http->mutex, NULL);
        return http;
}

struct cm_http *cm_http_free(struct cm_http *http)
{
        if (http == NULL)
                return NULL;
        for (size_t i = 0; i < http->idle_count; i++)
                http->curl->easy_cleanup(http->idle[i]);
        pthread_mutex_destroy(&http->mutex);
        free(http);
        return NULL;
}

static CURL *take_handle(struct cm_http *http)
{
        CURL *handle = NULL;
        pthread_mutex_lock(&http->mutex);
        if (http->idle_count > 0)
                handle = http->idle[--http->idle_count];
        pthread_mutex_unlock(&http->mutex);
        return handle != NULL ? handle : http->curl->easy_init();
}

static void give_handle(struct cm_http *http, CURL *handle)
{
        http->curl->easy_reset(handle); /* keeps live connections */
        pthread_mutex_lock(&http->mutex);
        bool kept = http->idle_count < HANDLES_MAX;
        if (kept)
                http->idle[http->idle_count++] = handle;
        pthread_mutex_unlock(&http->mutex);
        if (!kept)
                http->curl->easy_cleanup(handle);
}

/* "bytes 100-199/200": the first number, or UINT64_MAX. */
static uint64_t parse_content_range(struct cm_sv value)
{
        struct cm_sv unit, range, from, to;
        struct cm_err ignored = CM_ERR_INIT;
        uint64_t start = 0;
        if (!cm_sv_cut(value, ' ', &unit, &range) || !cm_sv_cut(range, '-', &from, &to) ||
            cm_parse_u64(cm_sv_trim(from), 0, UINT64_MAX - 1, &start, &ignored) < 0)
                return UINT64_MAX;
        return start;
}

static void set_header(struct exchange *x, struct cm_sv name, struct cm_sv value)
{
        struct cm_http_response *response = x->response;
        const struct {
                struct cm_sv name;
                struct cm_sv *field;
        } fields[] = {
                { CM_SV("content-type"), &response->content_type },
                { CM_SV("docker-content-digest"), &response->digest },
                { CM_SV("libpod-api-version"), &response->api_version },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(fields); i++)
                if (cm_sv_eq_nocase(name, fields[i].name))
                        *fields[i].field = cm_sv_dup(x->arena, value);
        if (cm_sv_eq_nocase(name, CM_SV("content-range")))
                response->range_start = parse_content_range(value);
        if (cm_sv_eq_nocase(name, CM_SV("www-authenticate")) &&
            response->challenges.len < HEADER_BYTES_MAX)
                response->challenges =
                        cm_sv_printf(x->arena, "%.*s%s%.*s", CM_SV_ARG(response->challenges),
                                     response->challenges.len > 0 ? ", " : "", CM_SV_ARG(value));
}

static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
        struct exchange *x = ctx;
        struct cm_sv line = cm_sv_trim(cm_sv_make(bytes, size * count));
        /* An interim answer ("100 Continue", a proxy's "200 established") may come before. */
        if (cm_sv_has_prefix(line, CM_SV("HTTP/")))
                *x->response =
                        (struct cm_http_response){ .retry_after_s = -1, .range_start = UINT64_MAX };
        struct cm_sv name, value;
        if (line.len < HEADER_BYTES_MAX && cm_sv_cut(line, ':', &name, &value))
                set_header(x, name, cm_sv_trim(value));
        return size * count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
        struct exchange *x = ctx;
        size_t len = size * count;
        x->curl->easy_getinfo(x->handle, CURLINFO_RESPONSE_CODE, &x->response->status);
        if (x->response->status != 200 && x->response->status != 206) {
                cm_buf_put(&x->error_body, bytes,
                           CM_MIN(len, ERROR_BODY_BYTES_MAX - x->error_body.len));
                return len;
        }
        if (x->request->sink != NULL &&
            !x->request->sink(x->request->ctx, x->response, cm_sv_make(bytes, len))) {
                x->sink_stopped = true;
                return 0;
        }
        return len;
}

static enum cm_http_failure classify(CURLcode code)
{
        switch ((int)code) { /* two of the many codes of a foreign enum matter each time */
        case CURLE_OK:
                return CM_HTTP_OK;
        case CURLE_COULDNT_CONNECT:
                return CM_HTTP_REFUSED;
        case CURLE_SSL_CONNECT_ERROR:
                return CM_HTTP_TLS;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
                return CM_HTTP_TRUST;
        case CURLE_OPERATION_TIMEDOUT:
        case CURLE_PARTIAL_FILE:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
                return CM_HTTP_TRANSIENT;
        default:
                return CM_HTTP_OTHER;
        }
}

static bool set_blob(const struct cm_curl *curl, CURL *handle, CURLoption option,
                     struct cm_sv bytes)
{
        if (bytes.len == 0)
                return true;
        /* libcurl does not write to it; the pointer is not const in its interface. */
        struct curl_blob blob = { .data = (void *)(uintptr_t)bytes.ptr,
                                  .len = bytes.len,
                                  .flags = CURL_BLOB_COPY };
        return curl->takes_certificates && curl->easy_setopt(handle, option, &blob) == CURLE_OK;
}

/* False when this build of libcurl does not take certificates from memory. */
static bool set_tls(const struct cm_curl *curl, CURL *handle, const struct cm_http_tls *tls)
{
        curl->easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
        bool ok = set_blob(curl, handle, CURLOPT_CAINFO_BLOB, tls->ca_pem);
        if (tls->ca_pem.len > 0) /* in place of, not beside */
                curl->easy_setopt(handle, CURLOPT_CAPATH, (char *)NULL);
        ok = set_blob(curl, handle, CURLOPT_SSLCERT_BLOB, tls->cert_pem) && ok;
        ok = set_blob(curl, handle, CURLOPT_SSLKEY_BLOB, tls->key_pem) && ok;
        curl->easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, tls->skip_verify ? 0L : 1L);
        curl->easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, tls->skip_verify ? 0L : 2L);
        return ok;
}

static struct curl_slist *make_headers(struct exchange *x)
{
        struct curl_slist *list = NULL;
        const struct cm_http_request *request = x->request;
        if (request->accept != NULL)
                list = x->curl->slist_append(
                        list, cm_sv_printf(x->arena, "Accept: %s%c", request->accept, '\0').ptr);
        if (request->host != NULL)
                list = x->curl->slist_append(
                        list, cm_sv_printf(x->arena, "Host: %s%c", request->host, '\0').ptr);
        if (request->authorization.len > 0)
                list = x->curl->slist_append(list,
                                             cm_sv_printf(x->arena, "Authorization: %.*s%c",
                                                          CM_SV_ARG(request->authorization), '\0')
                                                     .ptr);
        return list;
}

static bool set_options(struct exchange *x, const struct cm_http *http, struct curl_slist *headers,
                        char *reason)
{
        const struct cm_curl *curl = x->curl;
        const struct cm_http_request *request = x->request;
        CURL *handle = x->handle;
        curl->easy_setopt(handle, CURLOPT_URL, request->url);
        curl->easy_setopt(handle, CURLOPT_USERAGENT, http->user_agent);
        curl->easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
        curl->easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
        curl->easy_setopt(handle, CURLOPT_NOPROGRESS, 1L);
        curl->easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
        curl->easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
        /* Bytes as the registry stores them: their digest is what counts. */
        curl->easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, (char *)NULL);
        curl->easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
        curl->easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, request->silence_s < 0 ? 0L : 1L);
        curl->easy_setopt(handle, CURLOPT_LOW_SPEED_TIME,
                          (long)(request->silence_s > 0 ? request->silence_s : SILENCE_S));
        curl->easy_setopt(handle, CURLOPT_BUFFERSIZE, 256L << 10);
        curl->easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
        curl->easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
        curl->easy_setopt(handle, CURLOPT_HEADERDATA, (void *)x);
        curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
        curl->easy_setopt(handle, CURLOPT_WRITEDATA, (void *)x);
        if (request->unix_socket != NULL) {
                curl->easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
                curl->easy_setopt(handle, CURLOPT_PROXY, "");
        }
        if (request->connect_to != NULL) {
                /* An empty host and port are any: libcurl keeps the URL's for the certificate. */
                x->connect_to = curl->slist_append(
                        NULL, cm_sv_printf(x->arena, "::%s%c", request->connect_to, '\0').ptr);
                curl->easy_setopt(handle, CURLOPT_CONNECT_TO, x->connect_to);
        }
        if (request->form.len > 0) {
                curl->easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                                  (curl_off_t)request->form.len);
                curl->easy_setopt(handle, CURLOPT_POSTFIELDS, request->form.ptr);
        }
        if (request->range_from > 0)
                curl->easy_setopt(handle, CURLOPT_RANGE,
                                  cm_sv_printf(x->arena, "%llu-%c",
                                               (unsigned long long)request->range_from, '\0')
                                          .ptr);
        return request->tls == NULL || set_tls(curl, handle, request->tls);
}

int cm_http_exchange(struct cm_http *http, struct cm_arena *arena,
                     const struct cm_http_request *request, struct cm_http_response *ret,
                     enum cm_http_failure *ret_failure, struct cm_err *err)
{
        char reason[CURL_ERROR_SIZE] = "";
        *ret = (struct cm_http_response){ .retry_after_s = -1, .range_start = UINT64_MAX };
        struct exchange x = { .arena = arena,
                              .request = request,
                              .response = ret,
                              .curl = http->curl,
                              .handle = take_handle(http) };
        CM_ASSERT(x.handle != NULL);
        cm_buf_init(&x.error_body, ERROR_BODY_BYTES_MAX);
        struct curl_slist *headers = make_headers(&x);
        bool usable = set_options(&x, http, headers, reason);
        CURLcode code = usable ? http->curl->easy_perform(x.handle) : CURLE_NOT_BUILT_IN;
        curl_off_t retry_after = 0;
        const char *location = NULL;
        http->curl->easy_getinfo(x.handle, CURLINFO_RESPONSE_CODE, &ret->status);
        http->curl->easy_getinfo(x.handle, CURLINFO_RETRY_AFTER, &retry_after);
        http->curl->easy_getinfo(x.handle, CURLINFO_REDIRECT_URL, &location);
        ret->location = cm_sv_dup(arena, cm_sv_from_cstr(location));
        if (retry_after > 0)
                ret->retry_after_s = (int64_t)retry_after;
        give_handle(http, x.handle);
        http->curl->slist_free_all(headers);
        http->curl->slist_free_all(x.connect_to);
        ret->error_body = cm_sv_dup(arena, cm_buf_sv(&x.error_body));
        cm_buf_fini(&x.error_body);
        *ret_failure = x.sink_stopped ? CM_HTTP_SINK : classify(code);
        if (*ret_failure == CM_HTTP_OK)
                return 0;
        if (!usable)
                return CM_RAISE(err, CM_E_ENV,
                                "the installed libcurl cannot use certificates of one's own: "
                                "apt-get install libcurl4");
        const char *text = reason[0] != '\0' ? reason : http->curl->easy_strerror(code);
        return CM_RAISE(err, CM_E_NETWORK, "%s", cm_escape(arena, cm_sv_from_cstr(text)));
}

struct cm_sv cm_http_escape(struct cm_arena *arena, struct cm_sv text, const char *keep)
{
        static const char hex[] = "0123456789ABCDEF";
        char *out = cm_arena_alloc_array(arena, text.len, 3, 1);
        size_t len = 0;
        for (size_t i = 0; i < text.len; i++) {
                char c = text.ptr[i];
                if (cm_is_alnum(c) || cm_sv_find_char(CM_SV("-._~"), c) >= 0 ||
                    cm_sv_find_char(cm_sv_from_cstr(keep), c) >= 0) {
                        out[len++] = c;
                        continue;
                }
                out[len++] = '%';
                out[len++] = hex[(unsigned char)c >> 4];
                out[len++] = hex[(unsigned char)c & 15];
        }
        return cm_sv_make(out, len);
}

struct cm_sv cm_http_origin(struct cm_arena *arena, struct cm_sv url)
{
        const struct {
                struct cm_sv scheme, port;
        } schemes[] = { { CM_SV("http://"), CM_SV(":80") }, { CM_SV("https://"), CM_SV(":443") } };
        struct cm_sv lower = cm_sv_lower(arena, url);
        for (size_t i = 0; i < CM_ARRAY_LEN(schemes); i++) {
                if (!cm_sv_has_prefix(lower, schemes[i].scheme))
                        continue;
                struct cm_sv host = cm_sv_skip(lower, schemes[i].scheme.len);
                size_t n = 0;
                while (n < host.len && cm_sv_find_char(CM_SV("/?#"), host.ptr[n]) < 0)
                        n++;
                host = cm_sv_slice(host, 0, n);
                /* User information and what parsers disagree about ("a\\@b"): no origin at all. */
                for (size_t j = 0; j < host.len; j++)
                        if (!cm_is_alnum(host.ptr[j]) &&
                            cm_sv_find_char(CM_SV(".-_:[]"), host.ptr[j]) < 0)
                                return CM_SV("");
                if (cm_sv_has_suffix(host, schemes[i].port))
                        host.len -= schemes[i].port.len;
                return host.len == 0 ? CM_SV("") : cm_sv_join(arena, schemes[i].scheme, host);
        }
        return CM_SV("");
}
