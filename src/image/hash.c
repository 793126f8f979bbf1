/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consumer behind `coaming inventory`: SHA-256 of every regular file that can be executed (an
 * execute bit, or ELF content such as a shared library).
 */
#include <stdlib.h>

#include "base/limits.h"
#include "crypto/sha256.h"
#include "image/consumer.h"

struct hasher {
        const struct cm_stream_env *env;
        struct cm_sha256 *sha;
        char path_bytes[CM_TAR_PATH_BYTES_MAX];
        struct cm_sv path;
        uint32_t mode;
        uint64_t size_bytes;
        bool hashing;
};

static void *hash_open(const struct cm_stream_env *env)
{
        struct hasher *h = calloc(1, sizeof(*h));
        CM_ASSERT(h != NULL);
        h->env = env;
        h->sha = cm_sha256_new();
        return h;
}

static void hash_close(void *self)
{
        struct hasher *h = self;
        cm_sha256_free(h->sha);
        free(h);
}

static enum cm_want hash_begin(void *self, const struct cm_stream_file *file)
{
        struct hasher *h = self;
        h->hashing = false;
        if (file->type != CM_TAR_FILE || file->is_sparse)
                return CM_WANT_NOTHING;
        memcpy(h->path_bytes, file->path.ptr, file->path.len);
        h->path = cm_sv_make(h->path_bytes, file->path.len);
        h->mode = file->mode;
        h->size_bytes = file->size_bytes;
        if ((file->mode & 0111U) != 0) {
                h->hashing = true;
                return CM_WANT_ALL;
        }
        return CM_WANT_HEAD;
}

static enum cm_want hash_head(void *self, struct cm_sv head)
{
        struct hasher *h = self;
        h->hashing = cm_sv_has_prefix(head, CM_SV("\x7f"
                                                  "ELF"));
        return h->hashing ? CM_WANT_ALL : CM_WANT_NOTHING;
}

static int hash_data(void *self, struct cm_sv piece, struct cm_err *err)
{
        (void)err;
        cm_sha256_update(((struct hasher *)self)->sha, piece);
        return 0;
}

static int hash_end(void *self, struct cm_err *err)
{
        struct hasher *h = self;
        if (!h->hashing)
                return 0;
        unsigned char digest[CM_SHA256_BYTES];
        cm_sha256_final(h->sha, digest);
        cm_records_put_hash(h->env->records, h->path, h->mode, h->size_bytes, digest);
        if (h->env->records->buf.overflow)
                return CM_RAISE(err, CM_E_LIMIT, "records of one layer are over their limit");
        return 0;
}

const struct cm_consumer cm_consumer_hash = {
        .name = "hash",
        .open = hash_open,
        .begin = hash_begin,
        .head = hash_head,
        .data = hash_data,
        .end = hash_end,
        .close = hash_close,
};
