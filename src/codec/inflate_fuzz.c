/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: gzip and zstd streams in two pieces, with and without the checksums of gzip. */
#include <stdlib.h>

#include "codec/inflate.h"

/* The length of the output, or SIZE_MAX when the stream is refused. */
static size_t inflate_all(struct cm_sv all, bool has_digest)
{
        size_t size = all.len;
        size_t total = 0;
        struct cm_inflate *inflate = cm_inflate_new(cm_compression_detect(all), 1 << 24);
        struct cm_err err = CM_ERR_INIT;
        if (has_digest)
                cm_inflate_trust_digest(inflate);
        char *out = malloc(4096);
        struct cm_sv pieces[2] = { cm_sv_slice(all, 0, size / 2), cm_sv_skip(all, size / 2) };
        for (size_t i = 0; i < 2 && out != NULL; i++) {
                size_t written = 1;
                while (err.code == CM_E_OK && (written > 0 || pieces[i].len > 0)) {
                        size_t before = pieces[i].len;
                        written = 0;
                        CM_IGNORE(cm_inflate_step(inflate, &pieces[i], out, 4096, &written, &err));
                        total += written;
                        if (written == 0 && pieces[i].len == before)
                                break;
                }
        }
        if (err.code == CM_E_OK)
                CM_IGNORE(cm_inflate_finish(inflate, &err));
        free(out);
        cm_inflate_free(inflate);
        return err.code == CM_E_OK ? total : SIZE_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_sv all = cm_sv_make(data, size);
        size_t checked = inflate_all(all, false);
        size_t trusted = inflate_all(all, true);
        /* What holds with checksums holds without; not the other way round. */
        CM_ASSERT(checked == SIZE_MAX || checked == trusted);
        return 0;
}
