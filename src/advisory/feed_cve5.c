/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVE records, JSON format 5: of each the CVSS vector, by the CVE's own assigner before those who
 * enrich the record (CISA's Vulnrichment). Which package is affected is not taken from here: these
 * records name products, not packages.
 * Spec: CVE JSON 5.1 schema, containers.cna and containers.adp[].metrics[].
 */
#include "advisory/feed.h"
#include "base/time.h"
#include "codec/json.h"

static bool cve5_wants(struct cm_sv member)
{
        return cm_sv_find(member, CM_SV("/CVE-")) >= 0 && cm_sv_has_suffix(member, CM_SV(".json"));
}

/* 3.1 and 3.0 are what everybody compares by; then 4.0, then 2.0. */
static const char *const members[] = { "cvssV3_1", "cvssV3_0", "cvssV4_0", "cvssV2_0" };

static struct cm_sv vector_of(const struct cm_json *container, const char *member)
{
        const struct cm_json *metrics = cm_json_get(container, "metrics");
        for (size_t i = 0; i < cm_json_count(metrics); i++) {
                struct cm_sv v = cm_json_string(
                        cm_json_path(cm_json_at(metrics, i), member, "vectorString", NULL));
                if (v.len > 0)
                        return v;
        }
        return CM_SV("");
}

static struct cm_sv best_vector(const struct cm_json *doc)
{
        const struct cm_json *adp = cm_json_path(doc, "containers", "adp", NULL);
        for (size_t m = 0; m < CM_ARRAY_LEN(members); m++) {
                struct cm_sv v =
                        vector_of(cm_json_path(doc, "containers", "cna", NULL), members[m]);
                for (size_t i = 0; v.len == 0 && i < cm_json_count(adp); i++)
                        v = vector_of(cm_json_at(adp, i), members[m]);
                if (v.len > 0)
                        return v;
        }
        return CM_SV("");
}

static int cve5_parse(struct cm_arena *arena, struct cm_sv member, struct cm_sv content,
                      const struct cm_feed_sink *sink, struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        int r = cm_json_parse(arena, content, &doc, err);
        if (r < 0)
                return r;
        const struct cm_json *meta = cm_json_get(doc, "cveMetadata");
        struct cm_sv id = cm_json_get_string(meta, "cveId");
        if (!cm_sv_has_prefix(id, CM_SV("CVE-"))) {
                sink->reject(sink->ctx, member, "record names no CVE");
                return 0;
        }
        if (cm_sv_eq(cm_json_get_string(meta, "state"), CM_SV("REJECTED"))) {
                sink->skip(sink->ctx, CM_FEED_SKIP_WITHDRAWN);
                return 0;
        }
        const struct cm_cve_facts facts = { .cvss = best_vector(doc) };
        if (facts.cvss.len == 0) {
                sink->skip(sink->ctx, CM_FEED_SKIP_NO_VECTOR);
                return 0;
        }
        int64_t updated = 0;
        struct cm_err ignored = CM_ERR_INIT;
        if (cm_time_parse(cm_json_get_string(meta, "dateUpdated"), &updated, &ignored) == 0)
                sink->newest(sink->ctx, updated);
        return sink->cve(sink->ctx, id, &facts, err);
}

const struct cm_feed cm_feed_cve5 = {
        .name = "cve5",
        .summary = "CVSS vectors of CVE records (JSON 5; CVE list, Vulnrichment)",
        .doc = "feeds.md#cve5",
        .wants = cve5_wants,
        .parse = cve5_parse,
};
