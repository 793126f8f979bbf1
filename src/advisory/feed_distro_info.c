/* SPDX-License-Identifier: Apache-2.0 */
/*
 * distro-info-data: debian.csv and ubuntu.csv, "version,codename,series,created,release,eol,...".
 * Columns after `eol`: Debian `eol-lts` (free), `eol-elts` (sold); Ubuntu `eol-server` (free; the
 * whole archive), `eol-esm` and `eol-legacy` (need a subscription).
 */
#include "advisory/feed.h"
#include "base/time.h"
#include "codec/csv.h"

static bool distro_info_wants(struct cm_sv member)
{
        static const char *const names[] = { "debian.csv", "ubuntu.csv", NULL };
        struct cm_sv base = cm_sv_base_name(member);
        return cm_sv_is_any(base, names);
}

static int64_t date_of(struct cm_sv text)
{
        struct cm_err err = CM_ERR_INIT;
        int64_t at = 0;
        return cm_time_parse(text, &at, &err) < 0 ? 0 : CM_MAX(at, 0);
}

static int distro_info_parse(struct cm_arena *arena, struct cm_sv member, struct cm_sv content,
                             const struct cm_feed_sink *sink, struct cm_err *err)
{
        bool is_ubuntu = cm_sv_has_suffix(member, CM_SV("ubuntu.csv"));
        struct cm_csv c = cm_csv_make(content, ',');
        int r = cm_csv_next(&c, arena, err);
        if (r < 0)
                return r;
        ptrdiff_t version = cm_csv_find(&c, CM_SV("version"));
        ptrdiff_t release = cm_csv_find(&c, CM_SV("release"));
        ptrdiff_t eol = cm_csv_find(&c, CM_SV("eol"));
        ptrdiff_t lts = cm_csv_find(&c, is_ubuntu ? CM_SV("eol-server") : CM_SV("eol-lts"));
        if (r > 0 || version < 0 || release < 0 || eol < 0)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "first line has no columns \"version\", \"release\", \"eol\"");
        while ((r = cm_csv_next(&c, arena, err)) == 0) {
                struct cm_eol e = { .product = is_ubuntu ? CM_SV("ubuntu") : CM_SV("debian") };
                struct cm_sv name = cm_csv_get(&c, version);
                struct cm_sv tail;
                CM_IGNORE(cm_sv_cut(name, ' ', &e.cycle, &tail)); /* "22.04 LTS" */
                if (e.cycle.len == 0)
                        continue; /* sid and experimental have no version */
                e.released_s = date_of(cm_csv_get(&c, release));
                e.eol_s = date_of(cm_csv_get(&c, eol));
                e.eol_lts_s = CM_MAX(e.eol_s, date_of(cm_csv_get(&c, lts)));
                r = sink->eol(sink->ctx, &e, err);
                if (r < 0)
                        return r;
        }
        return r < 0 ? r : 0;
}

const struct cm_feed cm_feed_distro_info = {
        .name = "distro-info",
        .summary = "life of Debian and Ubuntu releases (debian.csv, ubuntu.csv)",
        .doc = "feeds.md#distro-info",
        .wants = distro_info_wants,
        .parse = distro_info_parse,
};
