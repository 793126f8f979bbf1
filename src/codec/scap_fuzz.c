/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a capture, all its blocks. */
#include "codec/scap.h"

static void read_block(const struct cm_scap_block *block)
{
        struct cm_cursor rest = cm_cursor_make(block->body);
        struct cm_scap_process process;
        struct cm_scap_event event;
        struct cm_scap_user user;
        struct cm_scap_fd fd;
        struct cm_err err = CM_ERR_INIT;
        uint64_t tid = 0;
        size_t left = SIZE_MAX;
        int r = 0;
        if (block->kind == CM_SCAP_EVENT)
                CM_IGNORE(cm_scap_event(block, &event, &err));
        if (block->kind == CM_SCAP_FDS)
                r = cm_scap_fd_owner(&rest, &tid, &err);
        while (r == 0 && block->kind != CM_SCAP_EVENT && block->kind != CM_SCAP_OTHER) {
                if (rest.len >= left)
                        __builtin_trap(); /* no progress */
                left = rest.len;
                if (block->kind == CM_SCAP_PROCESSES)
                        r = cm_scap_next_process(block, &rest, &process, &err);
                else if (block->kind == CM_SCAP_FDS)
                        r = cm_scap_next_fd(block, &rest, &fd, &err);
                else
                        r = cm_scap_next_user(block, &rest, &user, &err);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_scap scap;
        struct cm_scap_block block;
        struct cm_err err = CM_ERR_INIT;
        if (cm_scap_open(cm_sv_make(data, size), &scap, &err) < 0)
                return 0;
        while (cm_scap_next(&scap, &block, &err) == 0)
                read_block(&block);
        return 0;
}
