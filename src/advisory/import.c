/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a feed over a container into a builder. */
#include "advisory/build_internal.h"
#include "advisory/container.h"
#include "base/limits.h"

struct run {
        struct cm_db_builder *b;
        const struct cm_db_import *import;
        struct cm_arena *arena;
};

static bool wants(void *ctx, struct cm_sv member)
{
        const struct run *run = ctx;
        if (run->import->include.len > 0 && cm_sv_find(member, run->import->include) < 0)
                return false;
        return run->import->feed->wants(member);
}

static int member(void *ctx, struct cm_sv name, struct cm_sv content, struct cm_err *err)
{
        struct run *run = ctx;
        struct cm_feed_sink sink = cm_db_builder_sink(run->b);
        cm_db_builder_document(run->b, name);
        int r = run->import->feed->parse(run->arena, name, content, &sink, err);
        if (r < 0 && (err->code == CM_E_MALFORMED || err->code == CM_E_LIMIT)) {
                sink.reject(sink.ctx, CM_SV(""), err->text);
                cm_err_clear(err);
                r = 0;
        }
        cm_arena_reset(run->arena);
        return r;
}

int cm_db_builder_import(struct cm_db_builder *b, const struct cm_db_import *import,
                         struct cm_err *err)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_FEED_ARENA_BYTES_MAX);
        struct run run = { b, import, arena };
        const struct cm_container c = { &run, wants, member };
        cm_db_builder_source(b, import->meta);
        int r = cm_container_walk(import->path, &c, err);
        if (r < 0)
                return r;
        if (cm_db_builder_record_count(b) > 0)
                return 0;
        size_t n = 0;
        const struct cm_db_reject *rejects = cm_db_builder_rejects(b, &n);
        struct cm_sv why = CM_SV("nothing in it looks like this feed");
        if (n > 0 && cm_sv_eq(rejects[n - 1].source, import->meta->name))
                why = cm_sv_printf(arena, "%.*s: %.*s", CM_SV_ARG(rejects[n - 1].where),
                                   CM_SV_ARG(rejects[n - 1].reason));
        return CM_RAISE(err, CM_E_MALFORMED, "feed %s from '%s' gave not one usable record (%.*s)",
                        import->feed->name, import->path, CM_SV_ARG(why));
}
