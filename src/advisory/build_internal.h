/* SPDX-License-Identifier: Apache-2.0 */
/* What build.c collects and build_write.c writes. Strings are numbers of an intern table. */
#pragma once

#include "advisory/build.h"
#include "base/map.h"
#include "base/vec.h"

/* A sorted or unsorted list of string numbers. */
struct cm_build_list {
        uint32_t *items;
        uint32_t count;
};

struct cm_build_cvss {
        uint32_t source;
        uint32_t vector;
};

struct cm_build_advisory {
        uint32_t id;
        uint32_t source;
        uint32_t flags;
        enum cm_severity severity;
        uint32_t title;
        uint32_t url;
        bool url_is_prefix; /* the id follows it */
        int64_t titled_s;   /* modification time of the record that gave title and url */
        int64_t published_s;
        int64_t modified_s;
        struct cm_build_list aliases;
        struct cm_build_list related;
        struct cm_build_cvss *cvss;
        uint32_t cvss_count;
        const struct cm_adv_source *origin;
        uint32_t index; /* in the database, after sorting */
};

struct cm_build_range {
        uint32_t introduced;
        uint32_t fixed;
        uint32_t last_affected;
};

struct cm_build_statement {
        uint32_t space;
        uint32_t name;
        struct cm_build_advisory *advisory;
        enum cm_fix_state state;
        enum cm_severity severity;
        uint32_t module;
        uint32_t arch;
        uint32_t npm_range;
        uint32_t note;
        struct cm_build_range *ranges;
        uint32_t range_count;
        struct cm_build_list versions;
};

struct cm_build_source {
        struct cm_adv_source meta;
        uint64_t listed_rejects;
        uint64_t skips[CM_FEED_SKIP_COUNT];
        uint32_t rank; /* place in the database */
};

struct cm_build_eol {
        struct cm_eol eol;
        uint32_t source;
};

struct cm_db_builder {
        struct cm_db_build_options options;
        struct cm_arena *arena;
        struct cm_map strings; /* text -> number + 1; number 0 is "" */
        CM_VEC(struct cm_build_source *) sources;
        CM_VEC(struct cm_build_advisory *) advisories;
        CM_VEC(struct cm_build_statement) statements;
        CM_VEC(struct cm_db_reject) rejects;
        struct cm_map source_advisories; /* of the current source: id -> cm_build_advisory */
        struct cm_map cves;              /* id -> cm_cve_facts */
        struct cm_map eols;              /* product NUL cycle -> cm_eol */
        struct cm_sv document;
};

struct cm_sv cm_build_text(const struct cm_db_builder *b, uint32_t string);
