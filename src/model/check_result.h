/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results of configuration checks: what check/ decides and report/ prints. Plain values in one
 * arena. PASS is said only of something that was looked at: whatever could not be read or has no
 * value is UNKNOWN, with the reason.
 */
#pragma once

#include "base/err.h"
#include "base/sv.h"
#include "model/severity.h"

#define CM_CHECK_STATES(X)                                                          \
        X(UNKNOWN, "unknown") /* data is missing or unreadable */                   \
        X(FAIL, "fail")                                                             \
        X(WAIVED, "waived")                 /* fails, and a waiver applies */       \
        X(MANUAL, "manual")                 /* a person must answer the question */ \
        X(NOT_APPLICABLE, "not-applicable") /* the check says so of this object */  \
        X(PASS, "pass")

enum cm_check_state {
#define X(state, name) CM_CHECK_##state,
        CM_CHECK_STATES(X)
#undef X
        CM_CHECK_STATE_COUNT
};
const char *cm_check_state_to_string(enum cm_check_state state);
bool cm_check_state_from_string(struct cm_sv s, enum cm_check_state *ret);

/* Against a baseline: was it there before? */
#define CM_CHECK_CHANGES(X)                                                           \
        X(NONE, "") /* no baseline */                                                 \
        X(NEW, "new")                                                                 \
        X(NEW_CHECK, "new-check") /* the check was not there before: no regression */ \
        X(KNOWN, "known")

enum cm_check_change {
#define X(change, name) CM_CHECK_CHANGE_##change,
        CM_CHECK_CHANGES(X)
#undef X
        CM_CHECK_CHANGE_COUNT
};
const char *cm_check_change_to_string(enum cm_check_change change);

/* The object that was looked at. */
struct cm_check_subject {
        struct cm_sv view;      /* "k8s.pod" */
        struct cm_sv kind;      /* "Deployment" */
        struct cm_sv name;      /* "web" */
        struct cm_sv group;     /* namespace, stage, project; or "" */
        struct cm_sv document;  /* file name as given, or the source: "docker inspect" */
        size_t document_number; /* of a stream of several, from 0 */
        size_t document_order;  /* of the document among those of a run, from 1; 0: of none */
};

struct cm_check_place {
        uint32_t line; /* 1-based; 0 = the document has no lines */
        uint32_t column;
        struct cm_sv pointer; /* JSON pointer within the document, or "" */
        struct cm_sv anchor;  /* the same by names of items (check/locate.h); for fingerprints */
};

/* A failure that somebody answers for, until a date. Patterns: '*' is any text; "" is not asked. */
struct cm_check_waiver {
        struct cm_sv check; /* pattern of ids */
        struct cm_sv kind;
        struct cm_sv name;
        struct cm_sv group;
        struct cm_sv document;
        struct cm_sv fingerprint; /* exact */
        struct cm_sv owner;
        struct cm_sv approver;
        struct cm_sv reason;
        int64_t expires_s;
        bool is_expired; /* at the time of the run: waives nothing, is reported */
        uint64_t used;   /* results that it waived */
};

struct cm_check_edits;

struct cm_check_result {
        struct cm_sv check; /* "K8S-0012" */
        struct cm_sv title;
        enum cm_severity severity;
        enum cm_check_state state;
        struct cm_check_subject subject;
        struct cm_check_place place; /* what decided it; of FAIL and UNKNOWN */
        struct cm_sv message;        /* FAIL: what is wrong; UNKNOWN: why; MANUAL: the question */
        struct cm_sv remediation;
        struct cm_sv maps;                    /* rows of frameworks: "FRAMEWORK ROW", one a line */
        struct cm_sv fingerprint;             /* same object, same fault, same text */
        const struct cm_check_waiver *waiver; /* of WAIVED */
        enum cm_check_change change;          /* of FAIL */
        const struct cm_check_edits *edits;   /* of FAIL: what mends it (check/fix.h), or NULL */
};

/* How often a check had each state. */
struct cm_check_tally {
        struct cm_sv check;
        enum cm_severity severity;
        uint64_t counts[CM_CHECK_STATE_COUNT];
};

/* A document that could not be read, or that is of no kind that checks know. */
struct cm_check_unread {
        struct cm_sv document;
        enum cm_err_code code; /* CM_E_OK: of no known kind */
        struct cm_sv reason;
};

/* A failure of the baseline that is not there any more. */
struct cm_check_gone {
        struct cm_sv fingerprint;
        struct cm_sv check;
        struct cm_sv document;
        struct cm_sv message;
};

/* What fixes make of one object of a text. */
struct cm_check_patch {
        uint64_t number;         /* of the document in a stream, from 0 */
        struct cm_sv operations; /* a JSON patch (RFC 6902) */
};

/* What fixes make of a document. */
struct cm_check_fixed {
        struct cm_sv document;
        uint64_t made;                        /* fixes */
        struct cm_sv text;                    /* with them */
        struct cm_sv diff;                    /* unified; "" when nothing changes */
        const struct cm_check_patch *patches; /* none for what is no object */
        size_t patch_count;
        const struct cm_sv *notes; /* what was refused, and why */
        size_t note_count;
};

/* Everything that one run says. */
struct cm_check_outcome {
        struct cm_check_result *results; /* in the order of documents; see with_passed */
        size_t result_count;
        const struct cm_check_unread *unread;
        size_t unread_count;
        struct cm_check_tally *tallies; /* of every check that had a result */
        size_t tally_count;
        const struct cm_check_fixed *fixed; /* when fixes were asked for */
        size_t fixed_count;
        uint64_t documents; /* that were looked at */
        uint64_t subjects;
        const struct cm_check_waiver *waivers; /* all that were given */
        size_t waiver_count;
        struct cm_sv check_set; /* digest of the built-in checks, or "" */
        bool has_baseline;
        const struct cm_check_gone *gone;
        size_t gone_count;
        bool with_passed; /* `results` holds those too that pass or do not apply */
};

/* Failures by their change against the baseline. */
struct cm_check_changes {
        uint64_t by_change[CM_CHECK_CHANGE_COUNT];
};
struct cm_check_changes cm_check_changes_of(const struct cm_check_outcome *outcome);
