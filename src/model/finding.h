/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings, coverage and waivers: what match/ and later analyzers produce and report/ prints.
 * Plain values in one arena.
 */
#pragma once

#include "base/sv.h"
#include "model/advisory.h"
#include "model/severity.h"
#include "model/target.h"

#define CM_FINDING_KINDS(X)                                                  \
        X(VULNERABILITY, "vulnerability")                                    \
        X(END_OF_LIFE, "end-of-life")                                        \
        X(INFORMATIONAL, "informational") /* unmaintained package, notice */ \
        X(MALWARE, "malware")

enum cm_finding_kind {
#define X(kind, name) CM_FINDING_##kind,
        CM_FINDING_KINDS(X)
#undef X
        CM_FINDING_KIND_COUNT
};
const char *cm_finding_kind_to_string(enum cm_finding_kind kind);

/* One step of the why-chain: "package" -> "libssl3 3.0.11-1 (source openssl)". */
struct cm_why {
        struct cm_sv
                what; /* "package", "file", "layer", "instruction", "advisory", "bound", "source" */
        struct cm_sv text; /* foreign text, not yet escaped for an output */
};

struct cm_finding_cvss {
        struct cm_sv version; /* "3.1" */
        struct cm_sv vector;
        double score;
        struct cm_sv source;
};

struct cm_finding {
        enum cm_finding_kind kind;
        struct cm_sv
                id; /* preferred id of the alias group: CVE, then GHSA, then the source's own */
        enum cm_severity severity;
        struct cm_sv severity_source; /* who says so: "debian", "cvss 3.1", ... */
        struct cm_sv title;
        const struct cm_target_pkg *pkg; /* NULL for findings about the OS release */
        struct cm_sv fixed_version;      /* lowest version that fixes it on this line, or "" */
        enum cm_fix_state state;
        struct cm_sv advisory_id; /* the record that matched */
        struct cm_sv advisory_source;
        struct cm_sv url;
        const struct cm_sv *aliases; /* all other ids of the group, sorted */
        size_t alias_count;
        const struct cm_finding_cvss *cvss;
        size_t cvss_count;
        struct cm_cve_facts facts; /* EPSS, KEV of the best-known id */
        double risk;               /* 0..100, docs/risk.md */
        const struct cm_why *why;
        size_t why_count;
        /* A waiver that applies: still reported as suppressed, does not count. */
        const struct cm_waiver *waiver;
        /* "fp:" + 32 hex digits: same finding, same text, also after the layers were re-cut. */
        struct cm_sv fingerprint;
};

struct cm_waiver {
        struct cm_sv id;      /* vulnerability id or alias */
        struct cm_sv package; /* name or "" = any */
        struct cm_sv path;    /* glob or "" = any */
        struct cm_sv owner;
        struct cm_sv reason;
        int64_t expires_s;
        bool is_expired; /* at the time of the scan: does not apply, is reported */
};

#define CM_COVERAGES(X)                                                                    \
        X(NO_DATA, "no-data")       /* database has nothing for it: nothing was checked */ \
        X(STALE, "stale")           /* data older than the allowed age */                  \
        X(UNREADABLE, "unreadable") /* package database or files could not be read */      \
        X(COVERED, "covered")

enum cm_coverage_state {
#define X(state, name) CM_COVERAGE_##state,
        CM_COVERAGES(X)
#undef X
        CM_COVERAGE_STATE_COUNT
};
const char *cm_coverage_state_to_string(enum cm_coverage_state state);

/* One row per OS release and per ecosystem that is present in the target. */
struct cm_coverage {
        struct cm_sv subject; /* "debian 12", "npm", "Go" */
        struct cm_sv space;   /* database space asked for, or "" */
        enum cm_coverage_state state;
        size_t package_count;
        int64_t newest_s;    /* newest record of that space, 0 = none */
        struct cm_sv detail; /* "no advisory data for Ubuntu 22.04 in this database" */
};

/* Whether it is a finding in sums and for gates: nobody waived it, and it is no mere notice. */
static inline bool cm_finding_counts(const struct cm_finding *f)
{
        return f->waiver == NULL && f->kind != CM_FINDING_INFORMATIONAL;
}

struct cm_scan_result {
        const struct cm_target *target;
        const struct cm_finding *findings; /* sorted: severity desc, package, id */
        size_t finding_count;
        const struct cm_coverage *coverage;
        size_t coverage_count;
        const struct cm_waiver *waivers; /* all read; expired ones are reported */
        size_t waiver_count;
        bool is_complete; /* every coverage row is COVERED */
};
