/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row per issue: statements about one package whose ids are joined by aliases become one
 * finding, known by its CVE where it has one. Statements of the distribution that it is not
 * affected remove the whole group.
 */
#include <stdlib.h>

#include "base/map.h"
#include "match/match_internal.h"

struct grouping {
        struct cm_match *m;
        const struct cm_candidate *all;
        size_t count;
        size_t *parent; /* union-find over candidates */
};

static size_t root_of(struct grouping *g, size_t i)
{
        while (g->parent[i] != i) {
                g->parent[i] = g->parent[g->parent[i]];
                i = g->parent[i];
        }
        return i;
}

static void join(struct grouping *g, size_t a, size_t b)
{
        a = root_of(g, a);
        b = root_of(g, b);
        if (a < b)
                g->parent[b] = a;
        else
                g->parent[a] = b;
}

/* Ids of a candidate: the one it is reported under, or the record's id and aliases. */
static size_t id_count(const struct cm_candidate *c)
{
        return c->id.len > 0 ? 1 : 1 + c->advisory->alias_count;
}

static struct cm_sv id_at(const struct cm_candidate *c, size_t i)
{
        if (c->id.len > 0)
                return c->id;
        return i == 0 ? c->advisory->id : c->advisory->aliases[i - 1];
}

static void join_by_ids(struct grouping *g)
{
        struct cm_map by_id;
        cm_map_init(&by_id, g->m->arena);
        size_t *numbers = CM_NEW_ARRAY(g->m->arena, size_t, g->count);
        for (size_t i = 0; i < g->count; i++) {
                numbers[i] = i;
                for (size_t k = 0; k < id_count(&g->all[i]); k++) {
                        struct cm_sv id = id_at(&g->all[i], k);
                        const size_t *seen = cm_map_get(&by_id, id);
                        if (seen != NULL)
                                join(g, i, *seen);
                        else
                                cm_map_put(&by_id, id, &numbers[i]);
                }
        }
}

/* CVE, then GHSA, then the source's own; among equals the smallest. */
static int id_rank(struct cm_sv id)
{
        return cm_sv_has_prefix(id, CM_SV("CVE-"))    ? 0
               : cm_sv_has_prefix(id, CM_SV("GHSA-")) ? 1
                                                      : 2;
}

static int id_order(const void *a, const void *b)
{
        const struct cm_sv x = *(const struct cm_sv *)a;
        const struct cm_sv y = *(const struct cm_sv *)b;
        if (id_rank(x) != id_rank(y))
                return id_rank(x) < id_rank(y) ? -1 : 1;
        return cm_sv_cmp(x, y);
}

static bool is_denied(struct cm_sv id, const struct cm_sv *denied, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (cm_sv_eq(id, denied[i]))
                        return true;
        return false;
}

/* Collects all ids of a group, sorted by preference; false when the distribution denies one. */
static bool group_ids(struct grouping *g, const struct cm_candidate *members, size_t count,
                      const struct cm_sv *denied, size_t denied_count, struct cm_finding *f)
{
        CM_VEC(struct cm_sv) ids = { 0 };
        for (size_t i = 0; i < count; i++) {
                for (size_t k = 0; k < id_count(&members[i]); k++) {
                        if (is_denied(id_at(&members[i], k), denied, denied_count))
                                return false;
                        *CM_VEC_PUSH(g->m->arena, &ids) = id_at(&members[i], k);
                }
                /* A distro advisory that was split by its CVEs is an alias for the reader. */
                if (members[i].id.len > 0)
                        *CM_VEC_PUSH(g->m->arena, &ids) = members[i].advisory->id;
        }
        qsort(ids.items, ids.count, sizeof(*ids.items), id_order);
        size_t kept = 0;
        for (size_t i = 0; i < ids.count; i++)
                if (kept == 0 || !cm_sv_eq(ids.items[kept - 1], ids.items[i]))
                        ids.items[kept++] = ids.items[i];
        f->id = ids.items[0];
        f->aliases = ids.items + 1;
        f->alias_count = kept - 1;
        return true;
}

/* The record to show: one with a fix before one without, then the id the finding goes by. */
static const struct cm_candidate *pick_main(const struct cm_candidate *members, size_t count,
                                            struct cm_sv id)
{
        const struct cm_candidate *best = &members[0];
        for (size_t i = 1; i < count; i++) {
                const struct cm_candidate *c = &members[i];
                bool fix = c->range != NULL && c->range->fixed.len > 0;
                bool best_fix = best->range != NULL && best->range->fixed.len > 0;
                if (fix != best_fix) {
                        best = fix ? c : best;
                        continue;
                }
                if (cm_sv_eq(c->advisory->id, id) && !cm_sv_eq(best->advisory->id, id))
                        best = c;
        }
        return best;
}

/* Records of one issue may name different fixes: the highest satisfies all of them. */
static struct cm_sv fixed_version(const struct cm_candidate *members, size_t count)
{
        struct cm_sv fixed = CM_SV("");
        enum cm_version_order order = cm_match_order(members[0].pkg->pkg.type);
        for (size_t i = 0; i < count; i++) {
                if (members[i].range == NULL || members[i].range->fixed.len == 0)
                        continue;
                struct cm_sv v = members[i].range->fixed;
                if (fixed.len == 0 || cm_version_cmp(order, v, fixed) > 0)
                        fixed = v;
        }
        return fixed;
}

static const struct cm_waiver *waiver_for(const struct cm_match *m, const struct cm_finding *f)
{
        for (size_t i = 0; i < m->options->waiver_count; i++) {
                const struct cm_waiver *w = &m->options->waivers[i];
                bool named = cm_sv_eq(w->id, f->id);
                for (size_t k = 0; k < f->alias_count && !named; k++)
                        named = cm_sv_eq(w->id, f->aliases[k]);
                if (!named || w->is_expired)
                        continue;
                const struct cm_pkg *pkg = f->pkg == NULL ? NULL : &f->pkg->pkg;
                if (w->package.len > 0 && (pkg == NULL || !cm_sv_eq(w->package, pkg->name)))
                        continue;
                if (w->path.len > 0 && (pkg == NULL || !cm_sv_eq(w->path, pkg->path)))
                        continue;
                return w;
        }
        return NULL;
}

static enum cm_finding_kind kind_of(const struct cm_advisory *a)
{
        if ((a->flags & CM_ADVISORY_MALICIOUS) != 0)
                return CM_FINDING_MALWARE;
        return (a->flags & CM_ADVISORY_INFORMATIONAL) != 0 ? CM_FINDING_INFORMATIONAL
                                                           : CM_FINDING_VULNERABILITY;
}

static struct cm_sv source_name(const struct cm_match *m, const struct cm_candidate *c)
{
        const struct cm_match_sources *sources = &m->sources[c->db_index];
        return c->advisory->source_index < sources->count
                       ? sources->items[c->advisory->source_index].name
                       : CM_SV("");
}

static struct cm_sv title_of(const struct cm_candidate *members, size_t count,
                             const struct cm_candidate *main_record)
{
        if (main_record->advisory->title.len > 0)
                return main_record->advisory->title;
        for (size_t i = 0; i < count; i++)
                if (members[i].advisory->title.len > 0)
                        return members[i].advisory->title;
        return CM_SV("");
}

static int add_finding(struct grouping *g, const struct cm_candidate *members, size_t count,
                       const struct cm_sv *denied, size_t denied_count, struct cm_err *err)
{
        struct cm_finding f = { .pkg = members[0].pkg };
        if (!group_ids(g, members, count, denied, denied_count, &f))
                return 0;
        const struct cm_candidate *main_record = pick_main(members, count, f.id);
        f.kind = kind_of(main_record->advisory);
        f.title = title_of(members, count, main_record);
        f.url = main_record->advisory->url;
        f.advisory_id = main_record->advisory->id;
        f.advisory_source = source_name(g->m, main_record);
        f.fixed_version = fixed_version(members, count);
        f.state = f.fixed_version.len > 0 ? CM_FIX_STATE_FIXED : main_record->affected->state;
        if (f.state == CM_FIX_STATE_FIXED && f.fixed_version.len == 0)
                f.state = CM_FIX_STATE_UNFIXED;
        if (f.state == CM_FIX_STATE_UNKNOWN)
                f.state = CM_FIX_STATE_UNFIXED;
        int r = cm_match_rate(g->m, &f, members, count, err);
        if (r < 0)
                return r;
        cm_match_explain(g->m, &f, main_record);
        f.fingerprint = cm_match_fingerprint(g->m->arena, &f);
        f.waiver = waiver_for(g->m, &f);
        *CM_VEC_PUSH(g->m->arena, &g->m->findings) = f;
        return 0;
}

int cm_match_group(struct cm_match *m, const struct cm_candidate *candidates, size_t count,
                   const struct cm_sv *denied, size_t denied_count, struct cm_err *err)
{
        if (count == 0)
                return 0;
        struct grouping g = { .m = m, .all = candidates, .count = count };
        g.parent = CM_NEW_ARRAY(m->arena, size_t, count);
        for (size_t i = 0; i < count; i++)
                g.parent[i] = i;
        join_by_ids(&g);
        struct cm_candidate *members = CM_NEW_ARRAY(m->arena, struct cm_candidate, count);
        size_t *heads = CM_NEW_ARRAY(m->arena, size_t, count + 1); /* counting sort by root */
        size_t *next = CM_NEW_ARRAY(m->arena, size_t, count + 1);
        for (size_t i = 0; i < count; i++)
                heads[root_of(&g, i) + 1]++;
        for (size_t i = 1; i <= count; i++)
                heads[i] += heads[i - 1];
        memcpy(next, heads, (count + 1) * sizeof(*next));
        for (size_t i = 0; i < count; i++)
                members[next[root_of(&g, i)]++] = candidates[i];
        for (size_t i = 0; i < count; i++) {
                size_t n = heads[i + 1] - heads[i];
                int r = n == 0 ? 0
                               : add_finding(&g, members + heads[i], n, denied, denied_count, err);
                if (r < 0)
                        return r;
        }
        return 0;
}
