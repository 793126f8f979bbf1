/* SPDX-License-Identifier: Apache-2.0 */
/* The registry of feed.h, generated from feeds.def. */
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
