/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Importers of advisory feeds. A feed is one file feed_<kind>.c with a const descriptor and one
 * row in feeds.def. Its parse function is pure: the bytes of one document in, records out through
 * a sink; where the bytes come from (a directory, an archive, a pipe from the network role) and
 * where records go (a database build) is the caller's. So it can run in the sandboxed worker.
 *
 * A record that cannot be used is told to the sink and does not stop the document; an error that
 * parse returns means that the whole document is useless.
 */
#pragma once

#include "advisory/db.h"
#include "base/arena.h"
#include "codec/json.h"
#include "model/advisory.h"

/* Records left out on purpose; counted, told by `db build`. */
#define CM_FEED_SKIPS(X)                                        \
        X(WITHDRAWN, "withdrawn")                               \
        X(GIT_RANGE, "range of git commits")                    \
        X(NO_PACKAGE, "names no package")                       \
        X(NO_RELEASE, "ecosystem without its release")          \
        X(NOT_SECURITY, "bug fix or enhancement without a CVE") \
        X(NO_RANGE, "no version is named")                      \
        X(UNKNOWN_RELEASE, "release that is not known")         \
        X(NO_VECTOR, "CVE record without a CVSS vector")

enum cm_feed_skip {
#define X(skip, text) CM_FEED_SKIP_##skip,
        CM_FEED_SKIPS(X)
#undef X
        CM_FEED_SKIP_COUNT
};
const char *cm_feed_skip_to_string(enum cm_feed_skip skip);

/* Where records go. Everything passed is copied by the sink; `ctx` is the sink's own. */
struct cm_feed_sink {
        void *ctx;
        /* `source_index` of the advisory and `advisory_index` of statements are ignored. */
        int (*advisory)(void *ctx, const struct cm_advisory *advisory,
                        const struct cm_db_package *packages, size_t package_count,
                        struct cm_err *err);
        int (*cve)(void *ctx, struct cm_sv cve, const struct cm_cve_facts *facts,
                   struct cm_err *err);
        int (*eol)(void *ctx, const struct cm_eol *eol, struct cm_err *err);
        void (*reject)(void *ctx, struct cm_sv where, const char *reason);
        void (*skip)(void *ctx, enum cm_feed_skip skip);
        void (*newest)(void *ctx, int64_t unix_s); /* date of the whole feed, when it states one */
};

struct cm_feed {
        const char *name;
        const char *summary;
        const char *doc; /* anchor in docs/feeds.md */
        /* Whether a member of an archive or directory belongs to the feed (README files do not). */
        bool (*wants)(struct cm_sv member);
        /*
         * Input:   `content` borrowed, hostile; `member` is its name inside the container.
         * Errors:  CM_E_MALFORMED, CM_E_LIMIT: the document as a whole; and what the sink returns.
         * Limits:  CM_FEED_DOCUMENT_BYTES_MAX.
         */
        int (*parse)(struct cm_arena *arena, struct cm_sv member, struct cm_sv content,
                     const struct cm_feed_sink *sink, struct cm_err *err);
};

/* One record of a document; `where` names it in what the sink is told. */
typedef int cm_feed_record_fn(struct cm_arena *arena, const struct cm_json *doc, struct cm_sv where,
                              const struct cm_feed_sink *sink, struct cm_err *err);
/*
 * Gives each line of a document of JSON lines to `record`, with an arena of at most
 * `arena_bytes_max` that is reset after it. Blank lines are passed over, lines that are no JSON
 * are told to sink->reject.
 */
int cm_feed_json_lines(struct cm_sv content, size_t arena_bytes_max, cm_feed_record_fn *record,
                       const struct cm_feed_sink *sink, struct cm_err *err);

const struct cm_feed *cm_feed_find(struct cm_sv name); /* NULL when there is none */
const struct cm_feed *cm_feed_at(size_t index);        /* NULL past the end; row order */
