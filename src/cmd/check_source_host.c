/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of this host, or of the root file system of a directory, as one document. */
#include "cmd/check_source.h"
#include "host/host.h"

static int give_host(const struct cm_args *args, const char *rest,
                     struct cm_check_document_sink *sink, struct cm_err *err)
{
        struct cm_buf buf CM_CLEANUP(cm_buf_fini);
        const struct cm_node *facts = NULL;
        const struct cm_host_options options = { .root = rest[0] == '\0' ? "/" : rest };
        cm_buf_init(&buf, CM_HOST_FACTS_BYTES_MAX);
        int r = cm_host_facts(args->arena, &options, &facts, err);
        if (r < 0)
                return r;
        cm_host_facts_write(&buf, facts);
        r = cm_buf_check(&buf, "the document of facts", err);
        if (r < 0)
                return r;
        return cm_check_source_text(cm_sv_printf(args->arena, "host:%s", options.root).ptr,
                                    cm_buf_sv(&buf), sink, err);
}

extern const struct cm_check_source cm_check_source_host;
const struct cm_check_source cm_check_source_host = {
        .prefix = "host:",
        .summary = "this host, or the root file system of a directory",
        .give = give_host,
};
