/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatcher of consumer.h: gathers heads and hands pieces on. */
#include <stdlib.h>

#include "image/consumer.h"

struct slot {
        const struct cm_consumer *consumer;
        void *self;
        enum cm_want want;
        bool active; /* begin() wanted something: end() is due */
};

struct cm_stream {
        struct slot slots[CM_CONSUMERS_MAX];
        size_t count;
        char head[CM_STREAM_HEAD_BYTES];
        size_t head_len;
        bool head_done; /* heads were given, or nobody waits for one */
        uint64_t left_bytes;
};

struct cm_stream *cm_stream_new(const struct cm_consumer *const *consumers, size_t count,
                                const struct cm_stream_env *env)
{
        CM_ASSERT(count <= CM_CONSUMERS_MAX);
        struct cm_stream *stream = calloc(1, sizeof(*stream));
        CM_ASSERT(stream != NULL);
        for (size_t i = 0; i < count; i++)
                stream->slots[i] = (struct slot){ consumers[i], consumers[i]->open(env) };
        stream->count = count;
        return stream;
}

struct cm_stream *cm_stream_free(struct cm_stream *stream)
{
        if (stream == NULL)
                return NULL;
        for (size_t i = 0; i < stream->count; i++)
                stream->slots[i].consumer->close(stream->slots[i].self);
        free(stream);
        return NULL;
}

bool cm_stream_begin(struct cm_stream *stream, const struct cm_stream_file *file)
{
        stream->head_len = 0;
        stream->head_done = true;
        stream->left_bytes = file->size_bytes;
        bool any = false;
        for (size_t i = 0; i < stream->count; i++) {
                struct slot *slot = &stream->slots[i];
                slot->want = slot->consumer->begin(slot->self, file);
                slot->active = slot->want != CM_WANT_NOTHING;
                any = any || slot->active;
                if (slot->want == CM_WANT_HEAD)
                        stream->head_done = false;
        }
        return any;
}

bool cm_stream_wants(const struct cm_stream *stream)
{
        for (size_t i = 0; i < stream->count; i++)
                if (stream->slots[i].want != CM_WANT_NOTHING)
                        return true;
        return false;
}

static int give(struct cm_stream *stream, struct cm_sv piece, struct cm_err *err)
{
        for (size_t i = 0; i < stream->count && piece.len > 0; i++) {
                struct slot *slot = &stream->slots[i];
                int r = slot->want == CM_WANT_ALL ? slot->consumer->data(slot->self, piece, err)
                                                  : 0;
                if (r < 0)
                        return r;
        }
        return 0;
}

static void give_head(struct cm_stream *stream, struct cm_sv head)
{
        for (size_t i = 0; i < stream->count; i++) {
                struct slot *slot = &stream->slots[i];
                if (slot->want == CM_WANT_HEAD)
                        slot->want = slot->consumer->head(slot->self, head);
        }
        stream->head_done = true;
}

int cm_stream_data(struct cm_stream *stream, struct cm_sv piece, struct cm_err *err)
{
        CM_ASSERT(piece.len <= stream->left_bytes);
        stream->left_bytes -= piece.len;
        if (stream->head_done)
                return give(stream, piece, err);
        /* The usual case: the head is whole inside the first piece, nothing is copied. */
        if (stream->head_len == 0 &&
            (piece.len >= CM_STREAM_HEAD_BYTES || stream->left_bytes == 0)) {
                give_head(stream, cm_sv_slice(piece, 0, CM_STREAM_HEAD_BYTES));
                return give(stream, piece, err);
        }
        size_t n = CM_MIN(piece.len, CM_STREAM_HEAD_BYTES - stream->head_len);
        memcpy(stream->head + stream->head_len, piece.ptr, n);
        stream->head_len += n;
        if (stream->head_len < CM_STREAM_HEAD_BYTES && stream->left_bytes > 0)
                return 0;
        struct cm_sv head = cm_sv_make(stream->head, stream->head_len);
        give_head(stream, head);
        int r = give(stream, head, err);
        return r < 0 ? r : give(stream, cm_sv_skip(piece, n), err);
}

int cm_stream_end(struct cm_stream *stream, struct cm_err *err)
{
        if (!stream->head_done)
                give_head(stream, cm_sv_make(stream->head, stream->head_len));
        for (size_t i = 0; i < stream->count; i++) {
                struct slot *slot = &stream->slots[i];
                if (!slot->active)
                        continue;
                int r = slot->consumer->end(slot->self, err);
                if (r < 0)
                        return r;
                slot->want = CM_WANT_NOTHING;
                slot->active = false;
        }
        return 0;
}
