/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A running cluster: its objects through its API server, as one document. What comes is carried, not
 * read here. No cluster is ever asked unless "kube:" stands on the command line.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/limits.h"
#include "cmd/check_source.h"
#include "cmd/target_options.h"
#include "fetch/fetch.h"

enum {
        PROGRESS_MS = 200,
        PIECE_BYTES = 64 << 10
};

/* Until the role closes its end; between pieces the progress line is drawn. */
static int carry(const struct cm_args *args, struct cm_fetch *fetch,
                 const struct cm_scan_options *options, int fd, struct cm_buf *out,
                 struct cm_err *err)
{
        for (;;) {
                struct pollfd p = { .fd = fd, .events = POLLIN };
                int n = poll(&p, 1, PROGRESS_MS);
                if (options->progress != NULL)
                        options->progress(options->progress_ctx,
                                          cm_fetch_progress(fetch, args->arena));
                int r = n == 0 ? cm_fetch_check(fetch, err) : 0; /* it may have been killed */
                if (r < 0)
                        return r;
                if (n <= 0)
                        continue;
                char *room = cm_buf_reserve(out, PIECE_BYTES);
                if (room == NULL)
                        return cm_buf_check(out, "what the cluster says of itself", err);
                ssize_t got = read(fd, room, PIECE_BYTES);
                if (got == 0)
                        return 0;
                if (got > 0)
                        cm_buf_commit(out, (size_t)got);
                else if (errno != EINTR)
                        return CM_RAISE_ERRNO(err, CM_E_IO, errno,
                                              "could not read what the cluster says of itself");
        }
}

static int survey(const struct cm_args *args, const char *context, struct cm_buf *text,
                  struct cm_sv *ret_name, struct cm_err *err)
{
        struct cm_scan_options options;
        struct cm_fetch *fetch = NULL;
        struct cm_fetch_image none;
        int fd = -1;
        int r = cm_target_options(args, context, &options, err);
        if (r < 0)
                return r;
        options.fetch.kind = CM_FETCH_CLUSTER;
        options.fetch.name = cm_sv_from_cstr(context);
        options.fetch.budget_s = options.budget_s;
        options.fetch.kubeconfig = cm_args_get(args, "kubeconfig");
        options.fetch.allow_exec_credentials = cm_args_flag(args, "allow-exec-credentials");
        r = cm_fetch_open(args->arena, &options.fetch, &fetch, &none, err);
        if (r < 0)
                return cm_err_context(err, "kube:%.100s", context);
        *ret_name = cm_sv_printf(args->arena, "kube:%s", cm_fetch_name(fetch));
        r = cm_fetch_survey(fetch, false, &fd, err);
        if (r == 0)
                r = carry(args, fetch, &options, fd, text, err);
        if (fd >= 0)
                close(fd);
        if (r == 0)
                r = cm_fetch_finish(fetch, err);
        cm_progress_end();
        cm_fetch_close(fetch);
        return r < 0 ? cm_err_context(err, "%s", ret_name->ptr) : 0;
}

static int give_cluster(const struct cm_args *args, const char *context,
                        struct cm_check_document_sink *sink, struct cm_err *err)
{
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        struct cm_sv name = CM_SV("");
        cm_buf_init(&text, CM_NODE_BYTES_MAX);
        int r = survey(args, context, &text, &name, err);
        return r < 0 ? r : cm_check_source_text(name.ptr, cm_buf_sv(&text), sink, err);
}

extern const struct cm_check_source cm_check_source_kube;
const struct cm_check_source cm_check_source_kube = {
        .prefix = "kube:",
        .summary = "a cluster, through the API server of a kubeconfig's context",
        .give = give_cluster,
};
