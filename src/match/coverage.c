/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the result is worth: for the OS release and for every ecosystem that is present, whether
 * the databases know it, how old that knowledge is, and whether everything could be read. And the
 * finding that a release gets no more fixes.
 */
#include "base/time.h"
#include "match/match_internal.h"

enum {
        SECONDS_PER_DAY = 86400
};

/* Newest knowledge about a space over all databases; 0 = nobody has it. */
static int ask_space(struct cm_match *m, struct cm_sv space, bool *ret_known, int64_t *ret_newest_s,
                     struct cm_err *err)
{
        *ret_known = false;
        *ret_newest_s = 0;
        for (size_t d = 0; d < m->options->db_count && space.len > 0; d++) {
                struct cm_db_space info;
                int r = cm_db_space(m->options->dbs[d], space, &info, err);
                if (r < 0)
                        return r;
                if (r == 0)
                        continue;
                *ret_known = true;
                *ret_newest_s = CM_MAX(*ret_newest_s, info.newest_s);
        }
        return 0;
}

/* Data of a release that ended need not be newer than its end. */
static bool is_stale(const struct cm_match *m, int64_t newest_s, int64_t ended_s)
{
        if (m->options->max_age_s == 0 || newest_s == 0)
                return false;
        if (ended_s > 0 && newest_s >= ended_s)
                return false;
        return m->options->now_s - newest_s > m->options->max_age_s;
}

static void judge(struct cm_match *m, struct cm_coverage *row, bool known, int64_t ended_s)
{
        char date[CM_TIME_TEXT_BYTES];
        if (!known) {
                row->state = CM_COVERAGE_NO_DATA;
                row->detail = cm_sv_printf(m->arena, "no advisory data for %.*s",
                                           CM_SV_ARG(row->subject));
        } else if (is_stale(m, row->newest_s, ended_s)) {
                row->state = CM_COVERAGE_STALE;
                row->detail = cm_sv_printf(m->arena, "newest record is of %s",
                                           cm_date_format(row->newest_s, date));
        } else {
                row->state = CM_COVERAGE_COVERED;
        }
}

static int end_of_life(struct cm_match *m, int64_t *ret_ended_s, struct cm_err *err)
{
        struct cm_sv product, cycle;
        *ret_ended_s = 0;
        if (!cm_match_os_eol_key(m->arena, &m->target->os, &product, &cycle))
                return 0;
        for (size_t d = 0; d < m->options->db_count; d++) {
                struct cm_eol eol;
                int r = cm_db_eol(m->options->dbs[d], m->arena, product, cycle, &eol, err);
                if (r < 0)
                        return r;
                if (r == 0)
                        continue;
                int64_t end = CM_MAX(eol.eol_s, eol.eol_lts_s);
                if (!eol.eol_now && (end == 0 || end > m->options->now_s))
                        return 0;
                *ret_ended_s = end;
                char date[CM_TIME_TEXT_BYTES];
                struct cm_sv label = cm_match_os_label(m->arena, &m->target->os);
                struct cm_finding f = {
                        .kind = CM_FINDING_END_OF_LIFE,
                        .severity = CM_SEVERITY_HIGH,
                        .severity_source = CM_SV("coaming"),
                        .state = CM_FIX_STATE_END_OF_LIFE,
                        .advisory_source = CM_SV("endoflife"),
                };
                f.id = cm_sv_printf(m->arena, "EOL-%.*s-%.*s", CM_SV_ARG(product),
                                    CM_SV_ARG(cycle));
                f.advisory_id = f.id;
                f.title = cm_sv_printf(m->arena, "%.*s gets no security fixes since %s",
                                       CM_SV_ARG(label),
                                       end > 0 ? cm_date_format(end, date) : "its end");
                struct cm_why *why = CM_NEW_ARRAY(m->arena, struct cm_why, 2);
                why[0] = (struct cm_why){ CM_SV("file"), m->target->os.path };
                why[1] = (struct cm_why){ CM_SV("source"), CM_SV("end-of-life dates") };
                f.why = why;
                f.why_count = 2;
                f.risk = cm_match_risk(&f);
                f.fingerprint = cm_match_fingerprint(m->arena, &f);
                *CM_VEC_PUSH(m->arena, &m->findings) = f;
                return 0;
        }
        return 0;
}

static int cover_os(struct cm_match *m, size_t os_packages, struct cm_err *err)
{
        const struct cm_target *t = m->target;
        if (!t->has_os && os_packages == 0)
                return 0;
        struct cm_coverage row = { .package_count = os_packages };
        if (!t->has_os) {
                row.subject = CM_SV("operating system");
                row.state = CM_COVERAGE_NO_DATA;
                row.detail = CM_SV("packages are there, but no release file says of which system");
                *CM_VEC_PUSH(m->arena, &m->coverage) = row;
                return 0;
        }
        int64_t ended_s = 0;
        int r = end_of_life(m, &ended_s, err);
        if (r < 0)
                return r;
        row.subject = cm_match_os_label(m->arena, &t->os);
        row.space = cm_match_os_space(m->arena, &t->os);
        bool known = false;
        r = ask_space(m, row.space, &known, &row.newest_s, err);
        if (r < 0)
                return r;
        judge(m, &row, known, ended_s);
        if (os_packages == 0 && row.state == CM_COVERAGE_COVERED) {
                row.state = CM_COVERAGE_UNREADABLE;
                row.detail = CM_SV("no package database was found for this system");
        }
        *CM_VEC_PUSH(m->arena, &m->coverage) = row;
        return 0;
}

static int cover_ecosystem(struct cm_match *m, enum cm_pkg_type type, size_t count,
                           struct cm_err *err)
{
        struct cm_coverage row = { .package_count = count };
        row.subject = cm_sv_from_cstr(cm_pkg_type_ecosystem(type));
        row.space = row.subject;
        bool known = false;
        int r = ask_space(m, row.space, &known, &row.newest_s, err);
        if (r < 0)
                return r;
        judge(m, &row, known, 0);
        *CM_VEC_PUSH(m->arena, &m->coverage) = row;
        return 0;
}

int cm_match_coverage(struct cm_match *m, struct cm_err *err)
{
        const struct cm_target *t = m->target;
        size_t counts[CM_PKG_TYPE_COUNT] = { 0 };
        size_t os_packages = 0;
        for (size_t i = 0; i < t->pkg_count; i++) {
                enum cm_pkg_type type = t->pkgs[i].pkg.type;
                if (cm_pkg_type_is_os(type))
                        os_packages++;
                else if (t->pkgs[i].owned_by.len == 0)
                        counts[type]++;
        }
        int r = cover_os(m, os_packages, err);
        for (size_t type = 0; type < CM_PKG_TYPE_COUNT && r == 0; type++)
                if (counts[type] > 0)
                        r = cover_ecosystem(m, (enum cm_pkg_type)type, counts[type], err);
        if (r < 0)
                return r;
        if (t->unreadable_count > 0)
                *CM_VEC_PUSH(m->arena, &m->coverage) = (struct cm_coverage){
                        .subject = CM_SV("files"),
                        .state = CM_COVERAGE_UNREADABLE,
                        .detail = cm_sv_printf(m->arena, "%zu could not be read (listed below)",
                                               t->unreadable_count),
                };
        return 0;
}
