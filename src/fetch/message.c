/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings of message.h. */
#include "fetch/message.h"

#include "base/cursor.h"
#include "base/limits.h"

enum {
        ENDPOINTS_MAX = 64
};

static int broken(struct cm_err *err)
{
        return CM_RAISE(err, CM_E_WORKER, "a message of the fetch role is broken");
}

static void put_tls(struct cm_buf *buf, const struct cm_http_tls *tls)
{
        cm_buf_put_u8(buf, tls->skip_verify ? 1 : 0);
        cm_buf_put_bytes(buf, tls->ca_pem);
        cm_buf_put_bytes(buf, tls->cert_pem);
        cm_buf_put_bytes(buf, tls->key_pem);
}

static struct cm_http_tls get_tls(struct cm_cursor *c)
{
        struct cm_http_tls tls = { .skip_verify = cm_cursor_u8(c) != 0 };
        tls.ca_pem = cm_cursor_bytes(c);
        tls.cert_pem = cm_cursor_bytes(c);
        tls.key_pem = cm_cursor_bytes(c);
        return tls;
}

void cm_fetch_setup_write(struct cm_buf *buf, const struct cm_fetch_setup *setup)
{
        cm_buf_put_u8(buf, setup->is_registry ? 1 : 0);
        cm_buf_put_u8(buf, setup->is_podman ? 1 : 0);
        cm_buf_put_bytes(buf, setup->socket);
        cm_buf_put_bytes(buf, setup->base);
        cm_buf_put_bytes(buf, setup->name);
        put_tls(buf, &setup->tls);
        cm_buf_put_u8(buf, setup->is_survey ? 1 : 0);
        cm_buf_put_u8(buf, setup->is_cluster ? 1 : 0);
        cm_buf_put_bytes(buf, setup->authorization);
        cm_buf_put_bytes(buf, setup->server_name);
        cm_buf_put_bytes(buf, setup->repository);
        cm_buf_put_bytes(buf, setup->selector);
        cm_buf_put_varint(buf, setup->endpoint_count);
        for (size_t i = 0; i < setup->endpoint_count; i++) {
                const struct cm_endpoint *e = &setup->endpoints[i];
                cm_buf_put_bytes(buf, e->base);
                cm_buf_put_u8(buf, e->may_be_plain ? 1 : 0);
                cm_buf_put_u8(buf, e->has_credential ? 1 : 0);
                cm_buf_put_bytes(buf, e->credential.username);
                cm_buf_put_bytes(buf, e->credential.password);
                cm_buf_put_bytes(buf, e->credential.identity_token);
                cm_buf_put_bytes(buf, e->credential.origin);
                put_tls(buf, &e->tls);
        }
}

int cm_fetch_setup_parse(struct cm_arena *arena, struct cm_sv bytes, struct cm_fetch_setup *ret,
                         struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_fetch_setup setup = { .is_registry = cm_cursor_u8(&c) != 0 };
        setup.is_podman = cm_cursor_u8(&c) != 0;
        setup.socket = cm_cursor_bytes(&c);
        setup.base = cm_cursor_bytes(&c);
        setup.name = cm_cursor_bytes(&c);
        setup.tls = get_tls(&c);
        setup.is_survey = cm_cursor_u8(&c) != 0;
        setup.is_cluster = cm_cursor_u8(&c) != 0;
        setup.authorization = cm_cursor_bytes(&c);
        setup.server_name = cm_cursor_bytes(&c);
        setup.repository = cm_cursor_bytes(&c);
        setup.selector = cm_cursor_bytes(&c);
        uint64_t count = cm_cursor_varint(&c);
        if (count > ENDPOINTS_MAX || (setup.is_registry && count == 0) ||
            (setup.is_cluster && (setup.is_registry || !setup.is_survey)))
                return broken(err);
        setup.endpoint_count = (size_t)count;
        setup.endpoints = CM_NEW_ARRAY(arena, struct cm_endpoint, setup.endpoint_count);
        for (size_t i = 0; i < setup.endpoint_count; i++) {
                struct cm_endpoint *e = &setup.endpoints[i];
                e->base = cm_cursor_bytes(&c);
                e->may_be_plain = cm_cursor_u8(&c) != 0;
                e->has_credential = cm_cursor_u8(&c) != 0;
                e->credential.username = cm_cursor_bytes(&c);
                e->credential.password = cm_cursor_bytes(&c);
                e->credential.identity_token = cm_cursor_bytes(&c);
                e->credential.origin = cm_cursor_bytes(&c);
                e->tls = get_tls(&c);
        }
        if (c.failed)
                return broken(err);
        *ret = setup;
        return 0;
}

void cm_fetch_image_write(struct cm_buf *buf, const struct cm_fetch_image *image)
{
        cm_buf_put_bytes(buf, image->image_id);
        cm_buf_put_bytes(buf, image->digest);
        cm_buf_put_bytes(buf, image->index_json);
        cm_buf_put_bytes(buf, image->platform);
        cm_buf_put_varint(buf, image->diff_id_count);
        for (size_t i = 0; i < image->diff_id_count; i++)
                cm_buf_put_bytes(buf, image->diff_ids[i]);
}

int cm_fetch_image_parse(struct cm_arena *arena, struct cm_sv bytes, struct cm_fetch_image *ret,
                         struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_fetch_image image = { .image_id = cm_cursor_bytes(&c) };
        image.digest = cm_cursor_bytes(&c);
        image.index_json = cm_cursor_bytes(&c);
        image.platform = cm_cursor_bytes(&c);
        uint64_t count = cm_cursor_varint(&c);
        if (count > CM_IMAGE_LAYERS_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "image is over limit image_layers_max");
        image.diff_id_count = (size_t)count;
        image.diff_ids = CM_NEW_ARRAY(arena, struct cm_sv, image.diff_id_count);
        for (size_t i = 0; i < image.diff_id_count; i++) {
                image.diff_ids[i] = cm_cursor_bytes(&c);
                if (!cm_digest_is(image.diff_ids[i]))
                        return broken(err);
        }
        /* The role reads foreign bytes: what it says is of the right form or not taken. */
        if (c.failed || (image.image_id.len > 0 && !cm_digest_is(image.image_id)) ||
            (image.digest.len > 0 && !cm_digest_is(image.digest)))
                return broken(err);
        *ret = image;
        return 0;
}

void cm_fetch_error_write(struct cm_buf *buf, const struct cm_err *problem)
{
        cm_buf_put_u8(buf, (uint8_t)problem->code);
        cm_buf_put_bytes(buf, cm_sv_from_cstr(problem->text));
}

void cm_fetch_verdict_write(struct cm_buf *buf, const struct cm_fetch_verdict *verdict)
{
        cm_buf_put_le32(buf, verdict->id);
        cm_buf_put_le64(buf, verdict->size_bytes);
        cm_fetch_error_write(buf, &verdict->err);
}

/* Printable ASCII only: the sender has seen foreign bytes, whatever it says it escaped. */
static void copy_text(struct cm_sv text, struct cm_err *ret, enum cm_err_code code)
{
        char safe[CM_ERR_TEXT_BYTES];
        size_t len = CM_MIN(text.len, sizeof(safe) - 1);
        for (size_t i = 0; i < len; i++)
                safe[i] = (char)(text.ptr[i] >= 0x20 && text.ptr[i] < 0x7f ? text.ptr[i] : '?');
        safe[len] = '\0';
        CM_IGNORE(CM_RAISE(ret, code, "%s", safe));
}

int cm_fetch_verdict_parse(struct cm_sv bytes, struct cm_fetch_verdict *ret, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_fetch_verdict verdict = { .id = cm_cursor_le32(&c) };
        verdict.size_bytes = cm_cursor_le64(&c);
        uint8_t code = cm_cursor_u8(&c);
        struct cm_sv text = cm_cursor_bytes(&c);
        if (c.failed || code >= CM_E_COUNT)
                return broken(err);
        if (code != CM_E_OK)
                copy_text(text, &verdict.err, (enum cm_err_code)code);
        *ret = verdict;
        return 0;
}
