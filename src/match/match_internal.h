/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the matcher, one file per idea; see match.h. */
#pragma once

#include "base/vec.h"
#include "match/match.h"

/* One statement that holds for one package, for one id it is reported under. */
struct cm_candidate {
        const struct cm_target_pkg *pkg;
        size_t db_index;
        const struct cm_advisory *advisory;
        const struct cm_affected *affected;
        const struct cm_range *range; /* the interval that holds, or NULL (listed version) */
        struct cm_sv space;
        struct cm_sv
                id; /* "" = the advisory's own ids; else one related CVE of a distro advisory */
};

struct cm_match_sources {
        const struct cm_adv_source *items;
        size_t count;
};

struct cm_match {
        struct cm_arena *arena;
        const struct cm_target *target;
        const struct cm_match_options *options;
        struct cm_match_sources *sources; /* of each database */
        CM_VEC(struct cm_finding) findings;
        CM_VEC(struct cm_coverage) coverage;
};

/* space.c: where a package's advisories are. "" when nothing can be known. */
struct cm_sv cm_match_os_space(struct cm_arena *arena, const struct cm_os_release *os);
/* The name of an OS release for people: "debian 12". */
struct cm_sv cm_match_os_label(struct cm_arena *arena, const struct cm_os_release *os);
/* endoflife.date's product and cycle; false when it has none. */
bool cm_match_os_eol_key(struct cm_arena *arena, const struct cm_os_release *os,
                         struct cm_sv *ret_product, struct cm_sv *ret_cycle);
/* Name and version under which a package is looked up in its space. */
struct cm_sv cm_match_lookup_name(struct cm_arena *arena, const struct cm_pkg *pkg);
struct cm_sv cm_match_lookup_version(const struct cm_pkg *pkg);

/* evaluate.c */
enum cm_holds {
        CM_HOLDS_NOT,
        CM_HOLDS,
        CM_HOLDS_NOT_AFFECTED
};
enum cm_holds cm_match_evaluate(const struct cm_pkg *pkg, const struct cm_affected *affected,
                                const struct cm_range **ret_range);
enum cm_version_order cm_match_order(enum cm_pkg_type type);

/* group.c: candidates of one package to findings. `denied` are ids the distro calls not affected. */
CM_MUST_CHECK int cm_match_group(struct cm_match *m, const struct cm_candidate *candidates,
                                 size_t count, const struct cm_sv *denied, size_t denied_count,
                                 struct cm_err *err);

/* rate.c: severity, CVSS, EPSS, KEV and risk of a finding whose ids are known. */
CM_MUST_CHECK int cm_match_rate(struct cm_match *m, struct cm_finding *f,
                                const struct cm_candidate *candidates, size_t count,
                                struct cm_err *err);
double cm_match_risk(const struct cm_finding *f);

/* coverage.c: also the end-of-life finding. */
CM_MUST_CHECK int cm_match_coverage(struct cm_match *m, struct cm_err *err);

/* why.c: chain and fingerprint. */
void cm_match_explain(struct cm_match *m, struct cm_finding *f, const struct cm_candidate *c);
struct cm_sv cm_match_fingerprint(struct cm_arena *arena, const struct cm_finding *f);
