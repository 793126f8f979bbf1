/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How bad: severity by the distribution first, then computed from the advisory's own CVSS vectors,
 * then the advisory's word, then what any other record of the same ids says. EPSS and KEV come
 * from the CVE. The risk formula is explained in docs/risk.md.
 */
#include <math.h>

#include "match/match_internal.h"
#include "model/cvss.h"

struct rating {
        enum cm_severity severity;
        struct cm_sv by;
        CM_VEC(struct cm_finding_cvss) cvss;
};

/* The version people act on: 3.1 and 3.0 are comparable and everywhere, then 4.0, then 2.0. */
static int version_rank(struct cm_sv version)
{
        static const char *const order[] = { "2.0", "4.0", "3.0", "3.1" };
        for (size_t i = 0; i < CM_ARRAY_LEN(order); i++)
                if (cm_sv_eq(version, cm_sv_from_cstr(order[i])))
                        return (int)i;
        return -1;
}

static void add_vectors(struct cm_match *m, struct rating *r, const struct cm_advisory *advisory)
{
        for (size_t i = 0; i < advisory->cvss_count; i++) {
                enum cm_cvss_version version = CM_CVSS_NONE;
                double score = 0;
                struct cm_err ignored = CM_ERR_INIT;
                struct cm_sv vector = advisory->cvss[i].vector;
                if (cm_cvss_score(vector, &version, &score, &ignored) < 0)
                        continue;
                bool known = false;
                for (size_t j = 0; j < r->cvss.count; j++)
                        known = known || cm_sv_eq(r->cvss.items[j].vector, vector);
                if (known)
                        continue;
                *CM_VEC_PUSH(m->arena, &r->cvss) = (struct cm_finding_cvss){
                        cm_sv_from_cstr(cm_cvss_version_to_string(version)), vector, score,
                        advisory->cvss[i].source
                };
        }
}

static const struct cm_finding_cvss *best_vector(const struct rating *r)
{
        const struct cm_finding_cvss *best = NULL;
        for (size_t i = 0; i < r->cvss.count; i++) {
                const struct cm_finding_cvss *v = &r->cvss.items[i];
                if (best == NULL || version_rank(v->version) > version_rank(best->version) ||
                    (version_rank(v->version) == version_rank(best->version) &&
                     v->score > best->score))
                        best = v;
        }
        return best;
}

static void take_vectors(struct cm_match *m, struct rating *r)
{
        const struct cm_finding_cvss *best = best_vector(r);
        if (r->severity != CM_SEVERITY_UNKNOWN || best == NULL)
                return;
        r->severity = cm_severity_from_score(best->score);
        r->by = cm_sv_printf(m->arena, "cvss %.*s", CM_SV_ARG(best->version));
}

static void take_word(struct rating *r, const struct cm_advisory *advisory)
{
        if (r->severity != CM_SEVERITY_UNKNOWN || advisory->severity == CM_SEVERITY_UNKNOWN)
                return;
        r->severity = advisory->severity;
        r->by = advisory->id;
}

static bool is_cve(struct cm_sv id)
{
        return cm_sv_has_prefix(id, CM_SV("CVE-"));
}

/* What other records of an id say: gives Debian and Alpine issues the CVSS of upstream. */
static int ask_others(struct cm_match *m, struct rating *r, struct cm_sv id, struct cm_err *err)
{
        for (size_t d = 0; d < m->options->db_count; d++) {
                const uint32_t *indexes = NULL;
                size_t count = 0;
                int ret = cm_db_find_id(m->options->dbs[d], m->arena, id, &indexes, &count, err);
                if (ret < 0)
                        return ret;
                for (size_t i = 0; i < count; i++) {
                        struct cm_advisory other;
                        ret = cm_db_advisory(m->options->dbs[d], m->arena, indexes[i], &other, err);
                        if (ret < 0)
                                return ret;
                        add_vectors(m, r, &other);
                        take_vectors(m, r);
                        take_word(r, &other);
                }
        }
        return 0;
}

static int add_facts(struct cm_match *m, struct cm_finding *f, struct rating *r, struct cm_sv id,
                     struct cm_err *err)
{
        for (size_t d = 0; d < m->options->db_count; d++) {
                struct cm_cve_facts facts = { 0 };
                int found = cm_db_cve(m->options->dbs[d], id, &facts, err);
                if (found < 0)
                        return found;
                if (found == 0)
                        continue;
                if (facts.has_epss && facts.epss > f->facts.epss) {
                        f->facts.has_epss = true;
                        f->facts.epss = facts.epss;
                        f->facts.epss_percentile = facts.epss_percentile;
                }
                if (facts.cvss.len > 0 && r->cvss.count == 0) {
                        const struct cm_cvss_vector vector = { CM_SV("cve"), facts.cvss };
                        const struct cm_advisory record = { .cvss = &vector, .cvss_count = 1 };
                        add_vectors(m, r, &record);
                        take_vectors(m, r);
                }
                if (facts.kev && !f->facts.kev) {
                        f->facts.kev = true;
                        f->facts.kev_ransomware = facts.kev_ransomware;
                        f->facts.kev_added_s = facts.kev_added_s;
                        f->facts.kev_due_s = facts.kev_due_s;
                }
        }
        return 0;
}

double cm_match_risk(const struct cm_finding *f)
{
        static const double by_word[CM_SEVERITY_COUNT] = {
                [CM_SEVERITY_UNKNOWN] = 0.5, [CM_SEVERITY_NEGLIGIBLE] = 0.05,
                [CM_SEVERITY_LOW] = 0.3,     [CM_SEVERITY_MEDIUM] = 0.55,
                [CM_SEVERITY_HIGH] = 0.8,    [CM_SEVERITY_CRITICAL] = 0.95,
        };
        double exploitation = f->facts.kev ? 1.0 : f->facts.has_epss ? f->facts.epss : 0.01;
        /* The root spreads the small probabilities, where nearly all of EPSS lies. */
        double risk = 100.0 * by_word[f->severity] * (0.2 + 0.8 * sqrt(exploitation));
        return round(risk * 10.0) / 10.0;
}

int cm_match_rate(struct cm_match *m, struct cm_finding *f, const struct cm_candidate *candidates,
                  size_t count, struct cm_err *err)
{
        struct rating r = { .severity = CM_SEVERITY_UNKNOWN };
        for (size_t i = 0; i < count; i++) {
                const struct cm_candidate *c = &candidates[i];
                bool by_distro = c->pkg != NULL && cm_pkg_type_is_os(c->pkg->pkg.type);
                if (by_distro && c->affected->severity > r.severity) {
                        r.severity = c->affected->severity;
                        r.by = c->space;
                }
        }
        for (size_t i = 0; i < count; i++)
                add_vectors(m, &r, candidates[i].advisory);
        take_vectors(m, &r);
        for (size_t i = 0; i < count; i++) {
                take_word(&r, candidates[i].advisory);
                if (r.severity == CM_SEVERITY_UNKNOWN && candidates[i].affected->severity != 0) {
                        r.severity = candidates[i].affected->severity;
                        r.by = candidates[i].advisory->id;
                }
        }
        for (size_t i = 0; i <= f->alias_count; i++) {
                struct cm_sv id = i == 0 ? f->id : f->aliases[i - 1];
                int ret = 0;
                if (r.severity == CM_SEVERITY_UNKNOWN || r.cvss.count == 0)
                        ret = ask_others(m, &r, id, err);
                if (ret == 0 && is_cve(id))
                        ret = add_facts(m, f, &r, id, err);
                if (ret < 0)
                        return ret;
        }
        f->severity = r.severity;
        f->severity_source = r.by;
        f->cvss = r.cvss.items;
        f->cvss_count = r.cvss.count;
        f->risk = cm_match_risk(f);
        return 0;
}
