/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EPSS scores in both forms in circulation: FIRST's ("#model_version:..,score_date:..", then
 * "cve,epss,percentile") and the yearly files without a header, separated by ";".
 */
#include "advisory/feed.h"
#include "base/time.h"
#include "codec/csv.h"

static bool epss_wants(struct cm_sv member)
{
        return cm_sv_has_suffix(member, CM_SV(".csv"));
}

/* "0.00383" or "1" or "9.3e-05": a plain decimal within [0, 1], up to 12 places. */
static bool probability(struct cm_sv s, double *ret)
{
        struct cm_sv whole;
        struct cm_sv part;
        struct cm_err err = CM_ERR_INIT;
        uint64_t w = 0;
        uint64_t p = 0;
        CM_IGNORE(cm_sv_cut(s, '.', &whole, &part));
        part = cm_sv_slice(part, 0, 12);
        if (cm_parse_u64(whole, 0, 1, &w, &err) < 0 ||
            (part.len > 0 && cm_parse_u64(part, 0, UINT64_MAX, &p, &err) < 0))
                return false;
        double scale = 1;
        for (size_t i = 0; i < part.len; i++)
                scale *= 10;
        double v = (double)w + (double)p / scale;
        if (v > 1.0)
                return false;
        *ret = v;
        return true;
}

/* "#model_version:v2023.03.01,score_date:2025-02-20T00:00:00+0000" */
static void comment(const struct cm_csv *c, const struct cm_feed_sink *sink)
{
        for (size_t i = 0; i < c->count; i++) {
                struct cm_sv key;
                struct cm_sv value;
                if (!cm_sv_cut(c->fields[i], ':', &key, &value))
                        continue;
                if (cm_sv_has_prefix(key, CM_SV("#")))
                        key = cm_sv_skip(key, 1);
                if (!cm_sv_eq(key, CM_SV("score_date")))
                        continue;
                struct cm_err err = CM_ERR_INIT;
                int64_t at = 0;
                if (cm_time_parse(cm_sv_slice(value, 0, 10), &at, &err) == 0 && at > 0)
                        sink->newest(sink->ctx, at);
        }
}

static int score(struct cm_arena *arena, const struct cm_csv *c, const ptrdiff_t column[3],
                 const struct cm_feed_sink *sink, struct cm_err *err)
{
        struct cm_cve_facts facts = { .has_epss = true };
        struct cm_sv cve = cm_csv_get(c, column[0]);
        if (!cm_sv_has_prefix(cve, CM_SV("CVE-")) ||
            !probability(cm_csv_get(c, column[1]), &facts.epss) ||
            !probability(cm_csv_get(c, column[2]), &facts.epss_percentile)) {
                sink->reject(sink->ctx, cm_sv_printf(arena, "line %zu", c->line),
                             "line is not \"CVE, probability, percentile\"");
                return 0;
        }
        return sink->cve(sink->ctx, cve, &facts, err);
}

static char separator_of(struct cm_sv content)
{
        struct cm_sv rest = content;
        struct cm_sv line;
        while (cm_sv_next_line(&rest, &line))
                if (line.len > 0 && line.ptr[0] != '#')
                        return cm_sv_find_char(line, ';') >= 0 ? ';' : ',';
        return ',';
}

static int epss_parse(struct cm_arena *unused, struct cm_sv member, struct cm_sv content,
                      const struct cm_feed_sink *sink, struct cm_err *err)
{
        (void)unused;
        (void)member;
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(16));
        struct cm_csv c = cm_csv_make(content, separator_of(content));
        ptrdiff_t column[3] = { 0, 1, 2 };
        bool first = true;
        int r = 0;
        while ((r = cm_csv_next(&c, arena, err)) == 0) {
                if (c.fields[0].len > 0 && c.fields[0].ptr[0] == '#') {
                        comment(&c, sink);
                        continue;
                }
                bool is_head = first && !cm_sv_has_prefix(c.fields[0], CM_SV("CVE-"));
                first = false;
                if (is_head) {
                        column[0] = cm_csv_find(&c, CM_SV("cve"));
                        column[1] = cm_csv_find(&c, CM_SV("epss"));
                        column[2] = cm_csv_find(&c, CM_SV("percentile"));
                        if (column[0] < 0 || column[1] < 0 || column[2] < 0)
                                return CM_RAISE(err, CM_E_MALFORMED,
                                                "no columns \"cve\", \"epss\", \"percentile\"");
                        continue;
                }
                r = score(arena, &c, column, sink, err);
                cm_arena_reset(arena);
                if (r < 0)
                        return r;
        }
        return r < 0 ? r : 0;
}

const struct cm_feed cm_feed_epss = {
        .name = "epss",
        .summary = "EPSS scores, CSV with or without a header",
        .doc = "feeds.md#epss",
        .wants = epss_wants,
        .parse = epss_parse,
};
