/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writer of advisory databases: feeds are added one after another, then everything is sorted and
 * written in one transaction. The same feeds give the same bytes, whatever the order of files in
 * a directory or archive: records are merged by rules that do not depend on their order.
 *
 * Owns:    the builder copies what it is given.
 * Thread:  one thread per builder.
 * Limits:  memory CM_DB_BUILD_BYTES_MAX, records by memory.
 */
#pragma once

#include "advisory/feed.h"

struct cm_db_builder;

struct cm_db_build_options {
        struct cm_sv name; /* of the database */
        int64_t as_of_s;   /* dates after it are taken for mistakes and ignored; 0 = believe all */
        bool all_cves;     /* keep EPSS of CVEs that no advisory names */
};

struct cm_db_reject {
        struct cm_sv source;
        struct cm_sv where; /* file or line */
        struct cm_sv reason;
};

struct cm_db_builder *cm_db_builder_new(const struct cm_db_build_options *options);
struct cm_db_builder *cm_db_builder_free(struct cm_db_builder *b);
void cm_db_builder_freep(struct cm_db_builder **b);

/* Starts a source: what the sink gets from now on belongs to it. `meta` is copied. */
void cm_db_builder_source(struct cm_db_builder *b, const struct cm_adv_source *meta);
/* The document that follows, for the list of rejected records. */
void cm_db_builder_document(struct cm_db_builder *b, struct cm_sv member);
struct cm_feed_sink cm_db_builder_sink(struct cm_db_builder *b);

/* Figures of the current source. */
uint64_t cm_db_builder_record_count(const struct cm_db_builder *b);
uint64_t cm_db_builder_reject_count(const struct cm_db_builder *b);
uint64_t cm_db_builder_skip_count(const struct cm_db_builder *b, enum cm_feed_skip skip);
/* All rejected records so far, the first CM_DB_REJECTS_LISTED_MAX of each source. */
const struct cm_db_reject *cm_db_builder_rejects(const struct cm_db_builder *b, size_t *ret_count);

/*
 * Writes the database: a temporary file beside `path`, fsync, rename.
 * Returns: figures of what was written in *ret_info (text borrowed from the builder).
 */
CM_MUST_CHECK int cm_db_builder_write(struct cm_db_builder *b, const char *path,
                                      struct cm_db_info *ret_info, struct cm_err *err);

/* Runs one feed over a file, archive or directory into the builder. */
struct cm_db_import {
        const struct cm_feed *feed;
        const char *path;
        struct cm_sv include; /* only members whose path holds this text; "" = all */
        const struct cm_adv_source *meta;
};
/* Errors: of the container; CM_E_MALFORMED when not one record could be used. */
CM_MUST_CHECK int cm_db_builder_import(struct cm_db_builder *b, const struct cm_db_import *import,
                                       struct cm_err *err);
