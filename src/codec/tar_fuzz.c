/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: tar streams, in pieces whose size the first byte gives. */
#include "base/limits.h"
#include "codec/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_tar *tar = cm_tar_new();
        struct cm_err err = CM_ERR_INIT;
        size_t piece = size > 0 ? (size_t)data[0] + 1 : 1;
        for (size_t at = 1; at < size && err.code == CM_E_OK; at += piece) {
                struct cm_sv in = cm_sv_make(data + at, CM_MIN(piece, size - at));
                enum cm_tar_event event = CM_TAR_DATA;
                while (event != CM_TAR_NEED_MORE && err.code == CM_E_OK) {
                        const struct cm_tar_entry *entry = NULL;
                        struct cm_sv bytes, clean;
                        char path[CM_TAR_PATH_BYTES_MAX];
                        CM_IGNORE(cm_tar_next(tar, &in, &event, &entry, &bytes, &err));
                        if (err.code == CM_E_OK && event == CM_TAR_ENTRY)
                                CM_IGNORE(cm_tar_clean_path(entry->path, path, &clean, &err));
                }
        }
        cm_err_clear(&err);
        CM_IGNORE(cm_tar_finish(tar, &err));
        cm_tar_free(tar);
        return 0;
}
