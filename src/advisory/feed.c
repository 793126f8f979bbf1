/* SPDX-License-Identifier: Apache-2.0 */
/* The registry of feed.h, generated from feeds.def; what several feeds share. */
#include "advisory/feed.h"

#define CM_FEED(name) extern const struct cm_feed cm_feed_##name;
#include "advisory/feeds.def"
#undef CM_FEED

static const struct cm_feed *const feeds[] = {
#define CM_FEED(name) &cm_feed_##name,
#include "advisory/feeds.def"
#undef CM_FEED
};

const struct cm_feed *cm_feed_at(size_t index)
{
        return index < CM_ARRAY_LEN(feeds) ? feeds[index] : NULL;
}

const struct cm_feed *cm_feed_find(struct cm_sv name)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(feeds); i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(feeds[i]->name)))
                        return feeds[i];
        return NULL;
}

const char *cm_feed_skip_to_string(enum cm_feed_skip skip)
{
        static const char *const names[] = {
#define X(id, text) text,
                CM_FEED_SKIPS(X)
#undef X
        };
        return names[skip];
}

int cm_feed_json_lines(struct cm_sv content, size_t arena_bytes_max, cm_feed_record_fn *record,
                       const struct cm_feed_sink *sink, struct cm_err *err)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(arena_bytes_max);
        struct cm_sv rest = content;
        struct cm_sv line;
        int r = 0;
        for (size_t number = 1; r == 0 && cm_sv_next_line(&rest, &line); number++) {
                const struct cm_json *doc = NULL;
                if (cm_sv_trim(line).len == 0)
                        continue;
                struct cm_sv where = cm_sv_printf(arena, "line %zu", number);
                struct cm_err bad = CM_ERR_INIT;
                if (cm_json_parse(arena, line, &doc, &bad) < 0)
                        sink->reject(sink->ctx, where, bad.text);
                else
                        r = record(arena, doc, where, sink, err);
                cm_arena_reset(arena);
        }
        return r;
}
