/* SPDX-License-Identifier: Apache-2.0 */
/* endoflife.date: the YAML front matter of its product files. */
#include "advisory/feed.h"
#include "base/time.h"
#include "codec/json.h"
#include "codec/yaml.h"

static bool endoflife_wants(struct cm_sv member)
{
        return cm_sv_find(member, CM_SV("products/")) >= 0 &&
               cm_sv_has_suffix(member, CM_SV(".md"));
}

static int64_t date_of(const struct cm_json *v)
{
        struct cm_err err = CM_ERR_INIT;
        int64_t at = 0;
        return cm_time_parse(cm_json_string(v), &at, &err) < 0 ? 0 : CM_MAX(at, 0);
}

/* "products/alpine-linux.md" -> "alpine-linux" */
static struct cm_sv file_stem(struct cm_sv member)
{
        struct cm_sv base = cm_sv_base_name(member);
        return cm_sv_has_suffix(base, CM_SV(".md")) ? cm_sv_slice(base, 0, base.len - 3) : base;
}

/*
 * `eol` ends general support; `eoes` is extended support, for Debian the free LTS, for others
 * what is sold: only the free one counts as life, and only Debian's table is known to be free.
 */
static void fill(struct cm_eol *e, const struct cm_json *release)
{
        const struct cm_json *eol = cm_json_get(release, "eol");
        e->released_s = date_of(cm_json_get(release, "releaseDate"));
        e->eol_s = date_of(eol);
        e->eol_now = cm_json_bool(eol, false);
        e->eol_lts_s = e->eol_s;
        if (cm_sv_eq(e->product, CM_SV("debian")))
                e->eol_lts_s = CM_MAX(e->eol_lts_s, date_of(cm_json_get(release, "eoes")));
}

static struct cm_sv cycle_text(struct cm_arena *arena, const struct cm_json *v)
{
        if (cm_json_type(v) == CM_JSON_INT)
                return cm_sv_printf(arena, "%lld", (long long)cm_json_int(v, 0));
        if (cm_json_type(v) == CM_JSON_REAL)
                return cm_sv_printf(arena, "%.15g", cm_json_number(v, 0));
        return cm_sv_trim(cm_json_string(v));
}

static int endoflife_parse(struct cm_arena *arena, struct cm_sv member, struct cm_sv content,
                           const struct cm_feed_sink *sink, struct cm_err *err)
{
        struct cm_sv matter;
        const struct cm_json *doc = NULL;
        if (!cm_yaml_front_matter(content, &matter))
                return CM_RAISE(err, CM_E_MALFORMED, "file has no front matter between \"---\"");
        int r = cm_yaml_parse(arena, matter, &doc, err);
        if (r < 0)
                return r;
        const struct cm_json *releases = cm_json_get(doc, "releases");
        struct cm_sv link = cm_json_get_string(doc, "permalink");
        struct cm_eol e = { .product = cm_sv_has_prefix(link, CM_SV("/")) ? cm_sv_skip(link, 1)
                                                                          : file_stem(member) };
        if (!cm_json_is_array(releases))
                return CM_RAISE(err, CM_E_MALFORMED, "front matter has no list \"releases\"");
        for (size_t i = 0; r == 0 && i < cm_json_count(releases); i++) {
                const struct cm_json *release = cm_json_at(releases, i);
                e.cycle = cycle_text(arena, cm_json_get(release, "releaseCycle"));
                if (e.cycle.len == 0) {
                        sink->reject(sink->ctx, cm_sv_printf(arena, "release %zu", i + 1),
                                     "release has no cycle");
                        continue;
                }
                fill(&e, release);
                int64_t latest = date_of(cm_json_get(release, "latestReleaseDate"));
                sink->newest(sink->ctx, CM_MAX(latest, e.released_s));
                r = sink->eol(sink->ctx, &e, err);
        }
        return r;
}

const struct cm_feed cm_feed_endoflife = {
        .name = "endoflife",
        .summary = "life of releases from endoflife.date (products/*.md)",
        .doc = "feeds.md#endoflife",
        .wants = endoflife_wants,
        .parse = endoflife_parse,
};
