/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what the user typed to a merged target: recognises the source, starts the sandboxed reader,
 * serves its questions, keeps the layer cache. The parent's side; reads no foreign bytes itself.
 */
#pragma once

#include "fetch/fetch.h"
#include "image/manifest.h"
#include "image/merge.h"
#include "model/target.h"

struct cm_scan_options {
        const char *target;    /* "docker:NAME", "archive:FILE", "FILE", ... (DESIGN section 4) */
        struct cm_sv image;    /* --image: which of several */
        struct cm_sv platform; /* --platform */
        bool hash_files;       /* inventory of executables */
        bool facts;            /* what checks ask about files, instead of packages */
        uint32_t threads;      /* 0 = one per processor */
        int budget_s;          /* wall-clock limit of the reader */
        const char *cache_dir; /* NULL = no cache */
        /* How to reach engines and registries; kind and name are filled in from `target`. */
        struct cm_fetch_options fetch;
        /* Called about ten times a second while work takes longer than 300 ms; may be NULL. */
        void (*progress)(void *ctx, const char *reading);
        void *progress_ctx;
};

/*
 * Owns:    everything in *ret and *ret_files lives in `arena`.
 * Errors:  CM_E_USAGE (target), CM_E_NOT_FOUND, CM_E_MALFORMED, CM_E_LIMIT, CM_E_DIGEST,
 *          CM_E_WORKER, CM_E_ENV.
 */
CM_MUST_CHECK int cm_scan(struct cm_arena *arena, const struct cm_scan_options *options,
                          struct cm_target *ret, struct cm_merge_result *ret_files,
                          struct cm_err *err);
