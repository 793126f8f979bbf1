/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of image/protocol.h: what one side writes the other reads, and what it must refuse. */
#include "image/protocol.h"
#include "tests/harness.h"

CM_TEST(job_comes_through)
{
        struct cm_job job = { .kind = CM_JOB_BLOBS,
                              .contexts = 2,
                              .hash_files = true,
                              .facts = true,
                              .keep_keys = true,
                              .threads = 3,
                              .hash_key = { { 1, 2, 3, 255 } },
                              .choice = { .platform = CM_SV("linux/arm64") } };
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&buf, CM_KIB(4));
        cm_job_write(&buf, &job);
        struct cm_job got;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_INT(cm_job_parse(cm_buf_sv(&buf), &got, &err), 0);
        CM_CHECK(got.kind == job.kind && got.contexts == 2 && got.threads == 3);
        CM_CHECK(got.hash_files && got.facts && got.keep_keys);
        CM_CHECK(memcmp(&got.hash_key, &job.hash_key, sizeof(job.hash_key)) == 0);
        CM_CHECK(cm_sv_eq(got.choice.platform, job.choice.platform));
        for (size_t n = 0; n < buf.len; n++) {
                cm_err_clear(&err);
                CM_CHECK(cm_job_parse(cm_sv_make(buf.ptr, n), &got, &err) < 0);
        }
}

static int parse(const struct cm_layer_piece *piece, struct cm_layer_piece *ret)
{
        static struct cm_buf buf;
        cm_buf_fini(&buf);
        cm_buf_init(&buf, CM_KIB(4));
        cm_layer_piece_write(&buf, piece);
        struct cm_err err = CM_ERR_INIT;
        return cm_layer_piece_parse(cm_buf_sv(&buf), ret, &err);
}

CM_TEST(layer_pieces)
{
        struct cm_layer_piece piece = { .index = 7,
                                        .part = CM_LAYER_KEYS,
                                        .bytes = CM_SV("12345678") };
        struct cm_layer_piece got;
        CM_CHECK_INT(parse(&piece, &got), 0);
        CM_CHECK(got.index == 7 && got.part == CM_LAYER_KEYS && cm_sv_eq(got.bytes, piece.bytes));
        piece.bytes = CM_SV("1234567"); /* no whole key */
        CM_CHECK(parse(&piece, &got) < 0);
        piece = (struct cm_layer_piece){ .part = CM_LAYER_SHADOWS, .is_last = true };
        CM_CHECK(parse(&piece, &got) < 0); /* only records end a layer */
        piece = (struct cm_layer_piece){ .is_last = true, .is_crowded = true, .tar_bytes = 512 };
        CM_CHECK_INT(parse(&piece, &got), 0);
        CM_CHECK(got.part == CM_LAYER_RECORDS && got.is_last && got.is_crowded);
        CM_CHECK_INT(got.tar_bytes, 512);
        piece.part = (enum cm_layer_part)3;
        CM_CHECK(parse(&piece, &got) < 0);
}
