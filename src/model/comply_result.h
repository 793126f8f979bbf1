/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an audit against a framework says: for each row of the framework a state that follows from
 * the states of its checks and from answers of people. comply/ decides it, report/ prints it. Plain
 * values in one arena.
 */
#pragma once

#include "model/check_result.h"

#define CM_COMPLY_KINDS(X)                                                   \
        X(AUTOMATED, "automated")           /* checks decide it */           \
        X(PARTLY, "partly")                 /* checks, and an answer, too */ \
        X(ORGANISATIONAL, "organisational") /* only an answer */

enum cm_comply_kind {
#define X(kind, name) CM_COMPLY_##kind,
        CM_COMPLY_KINDS(X)
#undef X
        CM_COMPLY_KIND_COUNT
};
const char *cm_comply_kind_to_string(enum cm_comply_kind kind);
bool cm_comply_kind_from_string(struct cm_sv s, enum cm_comply_kind *ret);

/* A file that an answer names as evidence. */
struct cm_comply_evidence {
        struct cm_sv name;
        struct cm_sv digest; /* "sha256:<hex>" */
};

/* What a person says of a row, or of the question of a check; from an answers file. */
struct cm_comply_answer {
        struct cm_sv row;          /* or "" */
        struct cm_sv check;        /* or "" */
        enum cm_check_state state; /* PASS, FAIL or NOT_APPLICABLE */
        struct cm_sv by;
        struct cm_sv date;    /* as written */
        struct cm_sv expires; /* as written */
        struct cm_sv evidence;
        struct cm_comply_evidence *files;
        size_t file_count;
        bool is_expired;
        bool is_used;
};

/* One check as evidence for one row. */
struct cm_comply_check {
        struct cm_sv id;
        struct cm_sv title;
        enum cm_severity severity;
        bool has_result; /* something that it looks at was given */
        enum cm_check_state state;
        uint64_t counts[CM_CHECK_STATE_COUNT];
};

struct cm_comply_row {
        struct cm_sv id;
        struct cm_sv title;
        struct cm_sv question;
        struct cm_sv wanted; /* evidence that a person must give, or "" */
        enum cm_comply_kind kind;
        enum cm_severity severity; /* the worst of its checks; without any: medium */
        enum cm_check_state state;
        struct cm_sv reason; /* why it is unknown or manual, or "" */
        const struct cm_comply_check *checks;
        size_t check_count;
        const struct cm_comply_answer *answer; /* or NULL */
};

struct cm_comply_section {
        struct cm_sv id;
        struct cm_sv title;
        size_t row_first;
        size_t row_count;
};

struct cm_comply_outcome {
        struct cm_sv framework;
        struct cm_sv title;
        struct cm_sv version;
        const struct cm_comply_section *sections;
        size_t section_count;
        struct cm_comply_row *rows;
        size_t row_count;
        const struct cm_comply_answer *answers; /* all that were given */
        size_t answer_count;
        const struct cm_check_outcome *checked; /* the results behind it */
};

struct cm_comply_totals {
        uint64_t by_state[CM_CHECK_STATE_COUNT];
        uint64_t by_severity[CM_SEVERITY_COUNT][CM_CHECK_STATE_COUNT];
        uint64_t covered;           /* rows that at least one check answers */
        unsigned coverage_permille; /* decided rows of those that apply */
        /*
         * Sum of weights of rows that pass, of the sum of weights of rows that pass, fail, are
         * unknown or wait for an answer. Not of those that do not apply or are waived.
         */
        unsigned score_permille;
};
struct cm_comply_totals cm_comply_totals_of(const struct cm_comply_outcome *outcome);
/* What a row of this severity weighs: critical 10, high 7, medium 4, low 2, negligible 1. */
unsigned cm_comply_weight(enum cm_severity severity);
