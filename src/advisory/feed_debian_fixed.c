/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixed versions read off Debian changelogs, one JSON object a line:
 * {"suite","source","cve","fixed","urgency","date","dist"}. A line says that the changelog entry of
 * version `fixed` names the CVE. What an entry may mean by that: docs/feeds.md#debian-fixed.
 */
#include <stdio.h>

#include "advisory/feed.h"
#include "advisory/space.h"
#include "base/limits.h"
#include "base/time.h"
#include "codec/json.h"

static bool debian_fixed_wants(struct cm_sv member)
{
        return cm_sv_has_suffix(member, CM_SV(".jsonl"));
}

/* "Tue, 05 Sep 2023 23:10:00 +0200" (RFC 5322, as debian/changelog has it); 0 when it is not. */
static int64_t changelog_date(struct cm_sv s)
{
        static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
        struct cm_sv head;
        struct cm_sv rest;
        if (!cm_sv_cut(s, ',', &head, &rest))
                rest = s;
        struct cm_sv fields[5];
        size_t n = 0;
        struct cm_sv field;
        while (n < CM_ARRAY_LEN(fields) && cm_sv_next_field(&rest, ' ', &field))
                if (field.len > 0)
                        fields[n++] = field;
        if (n < 4 || fields[1].len != 3 || fields[2].len != 4 || fields[0].len > 2)
                return 0;
        ptrdiff_t month = cm_sv_find(cm_sv_from_cstr(months), fields[1]);
        if (month < 0 || month % 3 != 0)
                return 0;
        char text[64];
        struct cm_sv zone = n == 5 && fields[4].len == 5 ? fields[4] : CM_SV("+0000");
        int len =
                snprintf(text, sizeof(text), "%.*s-%02d-%s%.*sT%.*s%.3s:%.2s", CM_SV_ARG(fields[2]),
                         (int)(month / 3 + 1), fields[0].len == 1 ? "0" : "", CM_SV_ARG(fields[0]),
                         CM_SV_ARG(cm_sv_slice(fields[3], 0, 8)), zone.ptr, zone.ptr + 3);
        struct cm_err err = CM_ERR_INIT;
        int64_t at = 0;
        if (len < 0 || (size_t)len >= sizeof(text) ||
            cm_time_parse(cm_sv_make(text, (size_t)len), &at, &err) < 0)
                return 0;
        return CM_MAX(at, 0);
}

static const char *bad_record(struct cm_sv cve, struct cm_sv source, struct cm_sv fixed)
{
        if (!cm_sv_has_prefix(cve, CM_SV("CVE-")) && !cm_sv_has_prefix(cve, CM_SV("TEMP-")))
                return "\"cve\" is not an identifier";
        if (source.len == 0)
                return "record has no source package";
        if (fixed.len == 0)
                return "record has no version";
        return NULL;
}

static int debian_fixed_record(struct cm_arena *arena, const struct cm_json *doc,
                               struct cm_sv where, const struct cm_feed_sink *sink,
                               struct cm_err *err)
{
        struct cm_sv cve = cm_json_get_string(doc, "cve");
        struct cm_sv source = cm_json_get_string(doc, "source");
        struct cm_sv fixed = cm_json_get_string(doc, "fixed");
        const char *bad = bad_record(cve, source, fixed);
        struct cm_db_package p = { .name = source };
        if (bad != NULL) {
                sink->reject(sink->ctx, where, bad);
                return 0;
        }
        if (!cm_space_from_debian_codename(cm_json_get_string(doc, "suite"), &p.space)) {
                sink->skip(sink->ctx, CM_FEED_SKIP_UNKNOWN_RELEASE);
                return 0;
        }
        const struct cm_range range = { .fixed = fixed };
        p.affected.state = CM_FIX_STATE_FIXED;
        p.affected.ranges = &range;
        p.affected.range_count = 1;
        struct cm_advisory a = {
                .id = cve,
                .modified_s = changelog_date(cm_json_get_string(doc, "date")),
                .url = cm_sv_join(arena, CM_SV("https://security-tracker.debian.org/tracker/"),
                                  cve),
        };
        return sink->advisory(sink->ctx, &a, &p, 1, err);
}

static int debian_fixed_parse(struct cm_arena *unused, struct cm_sv member, struct cm_sv content,
                              const struct cm_feed_sink *sink, struct cm_err *err)
{
        (void)unused;
        (void)member;
        return cm_feed_json_lines(content, CM_MIB(64), debian_fixed_record, sink, err);
}

const struct cm_feed cm_feed_debian_fixed = {
        .name = "debian-fixed",
        .summary = "fixed versions derived from Debian changelogs (JSON lines)",
        .doc = "feeds.md#debian-fixed",
        .wants = debian_fixed_wants,
        .parse = debian_fixed_parse,
};
