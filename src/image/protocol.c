/* SPDX-License-Identifier: Apache-2.0 */
/* Encodings of protocol.h. */
#include "image/protocol.h"

#include "base/cursor.h"
#include "base/limits.h"

void cm_job_write(struct cm_buf *buf, const struct cm_job *job)
{
        cm_buf_put_u8(buf, (uint8_t)job->kind);
        cm_buf_put_le32(buf, job->contexts);
        cm_buf_put_u8(buf, job->hash_files ? 1 : 0);
        cm_buf_put_u8(buf, job->facts ? 1 : 0);
        cm_buf_put_u8(buf, job->keep_keys ? 1 : 0);
        cm_buf_put_le32(buf, job->threads);
        cm_buf_put(buf, job->hash_key.bytes, sizeof(job->hash_key.bytes));
        cm_buf_put_bytes(buf, job->choice.tag);
        cm_buf_put_bytes(buf, job->choice.digest);
        cm_buf_put_bytes(buf, job->choice.platform);
}

int cm_job_parse(struct cm_sv bytes, struct cm_job *ret, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_job job = { 0 };
        uint8_t kind = cm_cursor_u8(&c);
        job.contexts = cm_cursor_le32(&c);
        job.hash_files = cm_cursor_u8(&c) != 0;
        job.facts = cm_cursor_u8(&c) != 0;
        job.keep_keys = cm_cursor_u8(&c) != 0;
        job.threads = cm_cursor_le32(&c);
        struct cm_sv hash_key = cm_cursor_take(&c, sizeof(job.hash_key.bytes));
        job.choice.tag = cm_cursor_bytes(&c);
        job.choice.digest = cm_cursor_bytes(&c);
        job.choice.platform = cm_cursor_bytes(&c);
        int r = cm_cursor_check(&c, "scan job", err);
        if (r < 0)
                return r;
        if (kind > CM_JOB_WALK || job.threads == 0 || job.threads > 256)
                return CM_RAISE(err, CM_E_MALFORMED, "scan job has no known kind or thread count");
        job.kind = (enum cm_job_kind)kind;
        memcpy(job.hash_key.bytes, hash_key.ptr, sizeof(job.hash_key.bytes));
        *ret = job;
        return 0;
}

void cm_image_write(struct cm_buf *buf, const struct cm_image *image)
{
        const struct cm_sv texts[] = { image->image_id, image->digest,     image->platform,
                                       image->created,  image->media_type, image->config };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                cm_buf_put_bytes(buf, texts[i]);
        cm_buf_put_varint(buf, image->layer_count);
        for (size_t i = 0; i < image->layer_count; i++) {
                const struct cm_image_layer_ref *layer = &image->layers[i];
                cm_buf_put_bytes(buf, layer->digest);
                cm_buf_put_bytes(buf, layer->media_type);
                cm_buf_put_bytes(buf, layer->diff_id);
                cm_buf_put_bytes(buf, layer->created_by);
                cm_buf_put_varint(buf, layer->size_bytes);
        }
}

int cm_image_parse(struct cm_arena *arena, struct cm_sv bytes, struct cm_image *ret,
                   struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_image image = { 0 };
        struct cm_sv *const texts[] = { &image.image_id, &image.digest,     &image.platform,
                                        &image.created,  &image.media_type, &image.config };
        for (size_t i = 0; i < CM_ARRAY_LEN(texts); i++)
                *texts[i] = cm_cursor_bytes(&c);
        uint64_t count = cm_cursor_varint(&c);
        if (count > CM_IMAGE_LAYERS_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "image is over limit image_layers_max");
        image.layer_count = (size_t)count;
        image.layers = CM_NEW_ARRAY(arena, struct cm_image_layer_ref, image.layer_count);
        for (size_t i = 0; i < image.layer_count; i++) {
                image.layers[i].digest = cm_cursor_bytes(&c);
                image.layers[i].media_type = cm_cursor_bytes(&c);
                image.layers[i].diff_id = cm_cursor_bytes(&c);
                image.layers[i].created_by = cm_cursor_bytes(&c);
                image.layers[i].size_bytes = cm_cursor_varint(&c);
        }
        int r = cm_cursor_check(&c, "image message", err);
        if (r < 0)
                return r;
        *ret = image;
        return 0;
}

void cm_plan_write(struct cm_buf *buf, const struct cm_sv *known, size_t count)
{
        cm_buf_put_varint(buf, count);
        for (size_t i = 0; i < count; i++)
                cm_buf_put_bytes(buf, known[i]);
}

int cm_plan_parse(struct cm_arena *arena, struct cm_sv bytes, const struct cm_sv **ret,
                  size_t *ret_count, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        uint64_t count = cm_cursor_varint(&c);
        if (count > CM_IMAGE_LAYERS_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "scan plan is over limit image_layers_max");
        struct cm_sv *known = CM_NEW_ARRAY(arena, struct cm_sv, (size_t)count);
        for (size_t i = 0; i < count; i++)
                known[i] = cm_cursor_bytes(&c);
        int r = cm_cursor_check(&c, "scan plan", err);
        if (r < 0)
                return r;
        *ret = known;
        *ret_count = (size_t)count;
        return 0;
}

void cm_layer_piece_write(struct cm_buf *buf, const struct cm_layer_piece *piece)
{
        cm_buf_put_varint(buf, piece->index);
        cm_buf_put_u8(buf, (uint8_t)piece->part);
        cm_buf_put_u8(buf, piece->is_last ? 1 : 0);
        cm_buf_put_u8(buf, piece->is_crowded ? 1 : 0);
        cm_buf_put_varint(buf, piece->tar_bytes);
        cm_buf_put_bytes(buf, piece->diff_id);
        cm_buf_put_bytes(buf, piece->bytes);
}

int cm_layer_piece_parse(struct cm_sv bytes, struct cm_layer_piece *ret, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_layer_piece piece = { 0 };
        piece.index = cm_cursor_varint(&c);
        uint8_t part = cm_cursor_u8(&c);
        piece.is_last = cm_cursor_u8(&c) != 0;
        piece.is_crowded = cm_cursor_u8(&c) != 0;
        piece.tar_bytes = cm_cursor_varint(&c);
        piece.diff_id = cm_cursor_bytes(&c);
        piece.bytes = cm_cursor_bytes(&c);
        int r = cm_cursor_check(&c, "layer message", err);
        if (r < 0)
                return r;
        if (part > CM_LAYER_KEYS || (part == CM_LAYER_KEYS && piece.bytes.len % 8 != 0) ||
            (part != CM_LAYER_RECORDS && piece.is_last))
                return CM_RAISE(err, CM_E_MALFORMED, "layer message has no known part");
        piece.part = (enum cm_layer_part)part;
        *ret = piece;
        return 0;
}
