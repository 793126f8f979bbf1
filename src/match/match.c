/* SPDX-License-Identifier: Apache-2.0 */
/* Drives the matcher: package by package, then coverage and order. */
#include <stdlib.h>

#include "match/match_internal.h"

struct lookup {
        CM_VEC(struct cm_candidate) candidates;
        CM_VEC(struct cm_sv) denied;
};

static bool is_skipped(const struct cm_match *m, const struct cm_target_pkg *p)
{
        if (p->owned_by.len > 0)
                return true; /* the distribution's advisories speak for it */
        return (p->pkg.flags & CM_PKG_HOST_ONLY) != 0 && !m->options->include_host_packages;
}

/* A distribution's advisory bundles several CVEs: each is a finding of its own. */
static void add_candidate(struct cm_match *m, struct lookup *l, struct cm_candidate c)
{
        bool has_cve = cm_sv_has_prefix(c.advisory->id, CM_SV("CVE-"));
        for (size_t i = 0; i < c.advisory->alias_count; i++)
                has_cve = has_cve || cm_sv_has_prefix(c.advisory->aliases[i], CM_SV("CVE-"));
        bool split = false;
        for (size_t i = 0;
             i < c.advisory->related_count && !has_cve && cm_pkg_type_is_os(c.pkg->pkg.type); i++) {
                if (!cm_sv_has_prefix(c.advisory->related[i], CM_SV("CVE-")))
                        continue;
                c.id = c.advisory->related[i];
                *CM_VEC_PUSH(m->arena, &l->candidates) = c;
                split = true;
        }
        if (!split)
                *CM_VEC_PUSH(m->arena, &l->candidates) = c;
}

static int take_statement(struct cm_match *m, struct lookup *l, size_t db_index,
                          const struct cm_target_pkg *p, const struct cm_affected *affected,
                          struct cm_sv space, struct cm_err *err)
{
        const struct cm_range *range = NULL;
        enum cm_holds holds = cm_match_evaluate(&p->pkg, affected, &range);
        if (holds == CM_HOLDS_NOT)
                return 0;
        struct cm_advisory *advisory = CM_NEW(m->arena, struct cm_advisory);
        int r = cm_db_advisory(m->options->dbs[db_index], m->arena, affected->advisory_index,
                               advisory, err);
        if (r < 0)
                return r;
        if (holds == CM_HOLDS_NOT_AFFECTED) {
                *CM_VEC_PUSH(m->arena, &l->denied) = advisory->id;
                for (size_t i = 0; i < advisory->alias_count; i++)
                        *CM_VEC_PUSH(m->arena, &l->denied) = advisory->aliases[i];
                return 0;
        }
        if ((advisory->flags & CM_ADVISORY_UNIMPORTANT) != 0 && !m->options->include_unimportant)
                return 0;
        add_candidate(m, l,
                      (struct cm_candidate){ .pkg = p,
                                             .db_index = db_index,
                                             .advisory = advisory,
                                             .affected = affected,
                                             .range = range,
                                             .space = space });
        return 0;
}

static int match_package(struct cm_match *m, const struct cm_target_pkg *p, struct cm_sv os_space,
                         struct cm_err *err)
{
        struct cm_sv space = cm_pkg_type_is_os(p->pkg.type)
                                     ? os_space
                                     : cm_sv_from_cstr(cm_pkg_type_ecosystem(p->pkg.type));
        if (space.len == 0)
                return 0;
        struct cm_sv name = cm_match_lookup_name(m->arena, &p->pkg);
        struct lookup l = { .denied = { 0 } };
        for (size_t d = 0; d < m->options->db_count; d++) {
                const struct cm_affected *statements = NULL;
                size_t count = 0;
                int r = cm_db_lookup(m->options->dbs[d], m->arena, space, name, &statements, &count,
                                     err);
                for (size_t i = 0; i < count && r == 0; i++)
                        r = take_statement(m, &l, d, p, &statements[i], space, err);
                if (r < 0)
                        return r;
        }
        return cm_match_group(m, l.candidates.items, l.candidates.count, l.denied.items,
                              l.denied.count, err);
}

static int finding_order(const void *a, const void *b)
{
        const struct cm_finding *x = a;
        const struct cm_finding *y = b;
        if (x->severity != y->severity)
                return x->severity > y->severity ? -1 : 1;
        if (x->pkg != y->pkg) {
                if (x->pkg == NULL || y->pkg == NULL)
                        return x->pkg == NULL ? -1 : 1;
                int c = cm_pkg_cmp(&x->pkg->pkg, &y->pkg->pkg);
                if (c != 0)
                        return c;
        }
        int c = cm_sv_cmp(x->id, y->id);
        return c != 0 ? c : cm_sv_cmp(x->advisory_id, y->advisory_id);
}

/* Read once: every finding names its source. */
static int read_sources(struct cm_match *m, struct cm_err *err)
{
        m->sources = CM_NEW_ARRAY(m->arena, struct cm_match_sources, m->options->db_count);
        for (size_t i = 0; i < m->options->db_count; i++) {
                int r = cm_db_sources(m->options->dbs[i], m->arena, &m->sources[i].items,
                                      &m->sources[i].count, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

int cm_match(struct cm_arena *arena, const struct cm_target *target,
             const struct cm_match_options *options, struct cm_scan_result *ret, struct cm_err *err)
{
        struct cm_match m = { .arena = arena, .target = target, .options = options };
        struct cm_sv os_space = target->has_os ? cm_match_os_space(arena, &target->os) : CM_SV("");
        int r = read_sources(&m, err);
        if (r < 0)
                return r;
        for (size_t i = 0; i < target->pkg_count; i++) {
                if (is_skipped(&m, &target->pkgs[i]))
                        continue;
                r = match_package(&m, &target->pkgs[i], os_space, err);
                if (r < 0)
                        return r;
        }
        r = cm_match_coverage(&m, err);
        if (r < 0)
                return r;
        if (m.findings.count > 1)
                qsort(m.findings.items, m.findings.count, sizeof(*m.findings.items), finding_order);
        bool complete = true;
        for (size_t i = 0; i < m.coverage.count; i++)
                complete = complete && m.coverage.items[i].state == CM_COVERAGE_COVERED;
        *ret = (struct cm_scan_result){
                .target = target,
                .findings = m.findings.items,
                .finding_count = m.findings.count,
                .coverage = m.coverage.items,
                .coverage_count = m.coverage.count,
                .waivers = options->waivers,
                .waiver_count = options->waiver_count,
                .is_complete = complete,
        };
        return 0;
}
