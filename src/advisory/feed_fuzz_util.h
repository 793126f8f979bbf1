/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz targets of feeds share: one document into a builder, nothing written. */
#pragma once

#include "advisory/build.h"
#include "tests/lsan_fyaml.h"

static inline int cm_feed_fuzz(const struct cm_feed *feed, const char *member, const uint8_t *data,
                               size_t size)
{
        const struct cm_db_build_options options = { .name = CM_SV("fuzz") };
        const struct cm_adv_source meta = { .name = CM_SV("fuzz") };
        struct cm_db_builder *b CM_CLEANUP(cm_db_builder_freep)
        = cm_db_builder_new(&options);
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(256));
        struct cm_err err = CM_ERR_INIT;
        cm_db_builder_source(b, &meta);
        struct cm_feed_sink sink = cm_db_builder_sink(b);
        CM_IGNORE(feed->parse(arena, cm_sv_from_cstr(member), cm_sv_make(data, size), &sink, &err));
        return 0;
}
