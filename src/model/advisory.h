/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advisories as every feed is reduced to: what is known about an issue (cm_advisory), and which
 * versions of which package it affects (cm_affected). advisory/ writes and reads them in the
 * database, match/ evaluates them. All text is borrowed (database map or arena).
 *
 * A "space" is the namespace of package names and the owner of a version order. It is the OSV
 * ecosystem string in canonical form: "npm", "PyPI", "Go", "Maven", "crates.io", "RubyGems",
 * "Packagist", "Debian:12", "Alpine:v3.20", "Alpine:edge", "Ubuntu:22.04", "AlmaLinux:9".
 */
#pragma once

#include "base/sv.h"
#include "model/severity.h"
#include "model/version.h"

/* What the source says about one package; names are in reports ("state"). */
#define CM_FIX_STATES(X)                                                              \
        X(UNKNOWN, "unknown")                                                         \
        X(FIXED, "fixed")           /* a fixed version exists */                      \
        X(UNFIXED, "affected")      /* affected, no fix known */                      \
        X(WONT_FIX, "will-not-fix") /* no-dsa ignored, RHEL "Will not fix" */         \
        X(DEFERRED, "fix-deferred") /* no-dsa, postponed */                           \
        X(NOT_AFFECTED,                                                               \
          "not-affected") /* fixed version "0"; never a finding, suppresses others */ \
        X(UNDETERMINED, "under-investigation")                                        \
        X(END_OF_LIFE, "end-of-life") /* source no longer maintains the package */

enum cm_fix_state {
#define X(state, name) CM_FIX_STATE_##state,
        CM_FIX_STATES(X)
#undef X
        CM_FIX_STATE_COUNT
};
const char *cm_fix_state_to_string(enum cm_fix_state state);

/* One interval; a version is inside when introduced <= v and v < fixed (or v <= last_affected). */
struct cm_range {
        struct cm_sv introduced;    /* "" or "0" = from the start */
        struct cm_sv fixed;         /* "" = no upper bound by a fix */
        struct cm_sv last_affected; /* "" = none; inclusive */
};

/* One (advisory, package) statement. Affected iff the version is in versions[] or in a range. */
struct cm_affected {
        uint32_t advisory_index; /* for cm_db_advisory() of the same database */
        enum cm_fix_state state;
        enum cm_severity severity; /* by this source for this package; UNKNOWN = see the advisory */
        const struct cm_range *ranges; /* all intervals, OR-ed */
        size_t range_count;
        const struct cm_sv *versions; /* explicitly listed, exact text */
        size_t version_count;
        /* rpm module streams "nodejs:18", blank-separated: only such packages compare; "*" = some
         * stream that the source does not name. */
        struct cm_sv module;
        struct cm_sv arch;      /* only this architecture, or "" */
        struct cm_sv npm_range; /* for sources that state npm ranges; "" otherwise */
        struct cm_sv note;      /* "Minor issue", "Debian: no DSA", or "" */
};

struct cm_cvss_vector {
        struct cm_sv source; /* "nvd", "ghsa", "pypa"... */
        struct cm_sv vector;
};

/* Bits of cm_advisory.flags. */
enum {
        CM_ADVISORY_INFORMATIONAL = 1 << 0, /* unmaintained, notice: not a vulnerability */
        CM_ADVISORY_MALICIOUS = 1 << 1,     /* OSV MAL-: the package itself is malware */
        CM_ADVISORY_UNIMPORTANT = 1 << 2    /* Debian "unimportant": hidden by default */
};

struct cm_advisory {
        struct cm_sv id; /* as the source names it: "DSA-5376-1", "GO-2022-0493", "CVE-..." */
        uint32_t flags;
        enum cm_severity severity; /* word given by the source, UNKNOWN when none */
        uint32_t source_index;     /* into cm_db_sources() */
        struct cm_sv title;        /* one line, or "" */
        struct cm_sv url;          /* page about it, or "" */
        int64_t published_s;       /* unix time, 0 = not stated */
        int64_t modified_s;
        const struct cm_sv *aliases; /* the same issue under other names; sorted */
        size_t alias_count;
        const struct cm_sv *related; /* OSV related and upstream: cross references only */
        size_t related_count;
        const struct cm_cvss_vector *cvss;
        size_t cvss_count;
};

/* Facts about one CVE id. */
struct cm_cve_facts {
        bool has_epss;
        double epss;            /* probability 0..1 */
        double epss_percentile; /* 0..1 */
        struct cm_sv cvss;      /* vector by the CVE's own record, or "" */
        bool kev;               /* in CISA's known-exploited catalogue */
        bool kev_ransomware;
        int64_t kev_added_s;
        int64_t kev_due_s;
};

/* Life of one release of an operating system (or runtime); unix time, 0 = not known. */
struct cm_eol {
        struct cm_sv product; /* "debian", "alpine", "nodejs" (endoflife.date names) */
        struct cm_sv cycle;   /* "12", "3.20" */
        int64_t released_s;
        int64_t eol_s;     /* end of general support */
        int64_t eol_lts_s; /* end of the longest free support */
        bool eol_now;      /* stated as ended without a date */
};

/* Where records came from; printed by every report and by `db status`. */
struct cm_adv_source {
        struct cm_sv name; /* "govulndb" */
        struct cm_sv kind; /* feed kind: "osv" */
        struct cm_sv url;  /* upstream */
        struct cm_sv revision;
        struct cm_sv licence; /* SPDX expression or name */
        struct cm_sv attribution;
        int64_t newest_s; /* newest record */
        uint64_t record_count;
        uint64_t rejected_count;
};
