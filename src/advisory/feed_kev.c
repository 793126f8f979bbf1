/* SPDX-License-Identifier: Apache-2.0 */
/* CISA's catalogue of known exploited vulnerabilities, JSON or CSV. */
#include "advisory/feed.h"
#include "base/time.h"
#include "codec/csv.h"
#include "codec/json.h"

static bool kev_wants(struct cm_sv member)
{
        return cm_sv_find(member, CM_SV("known_exploited_vulnerabilities")) >= 0 &&
               cm_sv_find(member, CM_SV("schema")) < 0 &&
               (cm_sv_has_suffix(member, CM_SV(".json")) ||
                cm_sv_has_suffix(member, CM_SV(".csv")));
}

static int64_t date_of(struct cm_sv text)
{
        struct cm_err err = CM_ERR_INIT;
        int64_t at = 0;
        return cm_time_parse(text, &at, &err) < 0 ? 0 : CM_MAX(at, 0);
}

struct entry {
        struct cm_sv cve;
        struct cm_sv added;
        struct cm_sv due;
        struct cm_sv ransomware;
};

static int add(const struct cm_feed_sink *sink, const struct entry *e, struct cm_sv where,
               struct cm_err *err)
{
        const struct cm_cve_facts facts = {
                .kev = true,
                .kev_ransomware = cm_sv_eq_nocase(e->ransomware, CM_SV("known")),
                .kev_added_s = date_of(e->added),
                .kev_due_s = date_of(e->due),
        };
        if (!cm_sv_has_prefix(e->cve, CM_SV("CVE-"))) {
                sink->reject(sink->ctx, where, "entry names no CVE");
                return 0;
        }
        return sink->cve(sink->ctx, e->cve, &facts, err);
}

static int kev_json(struct cm_arena *arena, struct cm_sv content, const struct cm_feed_sink *sink,
                    struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        int r = cm_json_parse(arena, content, &doc, err);
        const struct cm_json *list = cm_json_get(doc, "vulnerabilities");
        if (r < 0)
                return r;
        if (!cm_json_is_array(list))
                return CM_RAISE(err, CM_E_MALFORMED, "catalogue has no list \"vulnerabilities\"");
        int64_t released = date_of(cm_json_get_string(doc, "dateReleased"));
        if (released > 0)
                sink->newest(sink->ctx, released);
        for (size_t i = 0; r == 0 && i < cm_json_count(list); i++) {
                const struct cm_json *v = cm_json_at(list, i);
                const struct entry e = {
                        cm_sv_trim(cm_json_get_string(v, "cveID")),
                        cm_json_get_string(v, "dateAdded"),
                        cm_json_get_string(v, "dueDate"),
                        cm_json_get_string(v, "knownRansomwareCampaignUse"),
                };
                r = add(sink, &e, cm_sv_printf(arena, "entry %zu", i + 1), err);
        }
        return r;
}

static int kev_csv(struct cm_arena *arena, struct cm_sv content, const struct cm_feed_sink *sink,
                   struct cm_err *err)
{
        struct cm_csv c = cm_csv_make(content, ',');
        int r = cm_csv_next(&c, arena, err);
        if (r < 0)
                return r;
        ptrdiff_t cve = cm_csv_find(&c, CM_SV("cveID"));
        ptrdiff_t added = cm_csv_find(&c, CM_SV("dateAdded"));
        ptrdiff_t due = cm_csv_find(&c, CM_SV("dueDate"));
        ptrdiff_t ransomware = cm_csv_find(&c, CM_SV("knownRansomwareCampaignUse"));
        if (cve < 0 || added < 0)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "first line has no columns \"cveID\" and \"dateAdded\"");
        while ((r = cm_csv_next(&c, arena, err)) == 0) {
                const struct entry e = { cm_csv_get(&c, cve), cm_csv_get(&c, added),
                                         cm_csv_get(&c, due), cm_csv_get(&c, ransomware) };
                r = add(sink, &e, cm_sv_printf(arena, "line %zu", c.line), err);
                if (r < 0)
                        return r;
        }
        return r < 0 ? r : 0;
}

static int kev_parse(struct cm_arena *arena, struct cm_sv member, struct cm_sv content,
                     const struct cm_feed_sink *sink, struct cm_err *err)
{
        (void)member;
        struct cm_sv text = cm_sv_trim(content);
        if (text.len > 0 && text.ptr[0] == '{')
                return kev_json(arena, text, sink, err);
        return kev_csv(arena, content, sink, err);
}

const struct cm_feed cm_feed_kev = {
        .name = "kev",
        .summary = "CISA's known exploited vulnerabilities, JSON or CSV",
        .doc = "feeds.md#kev",
        .wants = kev_wants,
        .parse = kev_parse,
};
