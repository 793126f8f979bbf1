/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Debian security tracker's lists of advisories, data/DSA/list and data/DLA/list:
 *
 *     [20 Mar 2023] DSA-5376-1 apache2 - security update
 *             {CVE-2006-20001 CVE-2022-36760}
 *             [bullseye] - apache2 2.4.56-1~deb11u1
 *             NOTE: ...
 */
#include <stdio.h>

#include "advisory/feed.h"
#include "advisory/space.h"
#include "base/time.h"
#include "base/vec.h"

static bool debian_dsa_wants(struct cm_sv member)
{
        return cm_sv_has_suffix(member, CM_SV("DSA/list")) ||
               cm_sv_has_suffix(member, CM_SV("DLA/list"));
}

struct dsa {
        struct cm_arena *arena;
        const struct cm_feed_sink *sink;
        struct cm_advisory advisory;
        bool open;
        CM_VEC(struct cm_sv) aliases;
        CM_VEC(struct cm_db_package) packages;
};

/* "20 Mar 2023" */
static int64_t list_date(struct cm_sv s)
{
        static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
        struct cm_sv rest = s;
        struct cm_sv part[3];
        for (size_t i = 0; i < 3; i++)
                if (!cm_sv_next_field(&rest, ' ', &part[i]))
                        return 0;
        ptrdiff_t month = part[1].len == 3 ? cm_sv_find(cm_sv_from_cstr(months), part[1]) : -1;
        if (month < 0 || month % 3 != 0 || part[0].len == 0 || part[0].len > 2 || part[2].len != 4)
                return 0;
        char text[16];
        int len = snprintf(text, sizeof(text), "%.4s-%02d-%s%.*s", part[2].ptr,
                           (int)(month / 3 + 1), part[0].len == 1 ? "0" : "", CM_SV_ARG(part[0]));
        struct cm_err err = CM_ERR_INIT;
        int64_t at = 0;
        if (len < 0 || cm_time_parse(cm_sv_make(text, (size_t)len), &at, &err) < 0)
                return 0;
        return CM_MAX(at, 0);
}

/*
 * An advisory is one name for a bundle of CVEs: they are cross references, not the same issue.
 * Regression updates carry no CVE list and stand for themselves.
 */
static int flush(struct dsa *d, struct cm_err *err)
{
        int r = 0;
        if (d->open && d->packages.count > 0) {
                d->advisory.related = d->aliases.items;
                d->advisory.related_count = d->aliases.count;
                r = d->sink->advisory(d->sink->ctx, &d->advisory, d->packages.items,
                                      d->packages.count, err);
        } else if (d->open) {
                d->sink->skip(d->sink->ctx, CM_FEED_SKIP_NO_PACKAGE);
        }
        struct cm_arena *arena = d->arena;
        const struct cm_feed_sink *sink = d->sink;
        *d = (struct dsa){ .arena = arena, .sink = sink };
        return r;
}

static void head_line(struct dsa *d, struct cm_sv line, struct cm_sv where)
{
        struct cm_sv date;
        struct cm_sv rest;
        struct cm_sv title;
        if (!cm_sv_cut(cm_sv_skip(line, 1), ']', &date, &rest)) {
                d->sink->reject(d->sink->ctx, where, "date is not closed by ']'");
                return;
        }
        CM_IGNORE(cm_sv_cut(cm_sv_trim(rest), ' ', &d->advisory.id, &title));
        if (!cm_sv_has_prefix(d->advisory.id, CM_SV("DSA-")) &&
            !cm_sv_has_prefix(d->advisory.id, CM_SV("DLA-")) &&
            !cm_sv_has_prefix(d->advisory.id, CM_SV("ELA-"))) {
                d->sink->reject(d->sink->ctx, where, "line names no DSA or DLA");
                return;
        }
        d->open = true;
        d->advisory.title = cm_sv_trim(title);
        d->advisory.published_s = list_date(cm_sv_trim(date));
        d->advisory.modified_s = d->advisory.published_s;
        d->advisory.url = cm_sv_join(
                d->arena, CM_SV("https://security-tracker.debian.org/tracker/"), d->advisory.id);
}

static void cve_line(struct dsa *d, struct cm_sv line)
{
        struct cm_sv rest = cm_sv_skip(line, 1);
        struct cm_sv field;
        if (rest.len > 0 && rest.ptr[rest.len - 1] == '}')
                rest.len--;
        while (cm_sv_next_field(&rest, ' ', &field))
                if (field.len > 0)
                        *CM_VEC_PUSH(d->arena, &d->aliases) = field;
}

static bool mark_state(struct cm_sv mark, enum cm_fix_state *ret)
{
        static const struct {
                const char *mark;
                enum cm_fix_state state;
        } marks[] = {
                { "<not-affected>", CM_FIX_STATE_NOT_AFFECTED },
                { "<end-of-life>", CM_FIX_STATE_END_OF_LIFE },
                { "<unfixed>", CM_FIX_STATE_UNFIXED },
                { "<ignored>", CM_FIX_STATE_WONT_FIX },
                { "<no-dsa>", CM_FIX_STATE_DEFERRED },
                { "<postponed>", CM_FIX_STATE_DEFERRED },
                { "<undetermined>", CM_FIX_STATE_UNDETERMINED },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(marks); i++) {
                if (!cm_sv_eq(mark, cm_sv_from_cstr(marks[i].mark)))
                        continue;
                *ret = marks[i].state;
                return true;
        }
        return false;
}

/* "[bullseye] - apache2 2.4.56-1~deb11u1", "[lenny] - vlc <not-affected> (Not present)" */
static void package_line(struct dsa *d, struct cm_sv line, struct cm_sv where)
{
        struct cm_sv codename;
        struct cm_sv rest;
        struct cm_sv version;
        struct cm_sv note;
        struct cm_db_package p = { 0 };
        if (!cm_sv_cut(cm_sv_skip(line, 1), ']', &codename, &rest)) {
                d->sink->reject(d->sink->ctx, where, "release is not closed by ']'");
                return;
        }
        rest = cm_sv_trim(rest);
        if (!cm_sv_has_prefix(rest, CM_SV("- "))) {
                d->sink->reject(d->sink->ctx, where, "line of a release has no \"- package\"");
                return;
        }
        CM_IGNORE(cm_sv_cut(cm_sv_trim(cm_sv_skip(rest, 2)), ' ', &p.name, &rest));
        CM_IGNORE(cm_sv_cut(cm_sv_trim(rest), ' ', &version, &note));
        if (!cm_space_from_debian_codename(codename, &p.space)) {
                d->sink->skip(d->sink->ctx, CM_FEED_SKIP_UNKNOWN_RELEASE);
                return;
        }
        if (p.name.len == 0 || version.len == 0) {
                d->sink->reject(d->sink->ctx, where, "line of a release has no version");
                return;
        }
        struct cm_range *range = CM_NEW(d->arena, struct cm_range);
        p.affected.state = CM_FIX_STATE_FIXED;
        if (version.ptr[0] != '<') {
                range->fixed = version;
        } else if (!mark_state(version, &p.affected.state)) {
                d->sink->reject(d->sink->ctx, where, "mark in place of a version is not known");
                return;
        }
        if (p.affected.state == CM_FIX_STATE_NOT_AFFECTED)
                range->fixed = CM_SV("0");
        note = cm_sv_trim(note);
        if (version.ptr[0] == '<' && note.len > 2 && note.ptr[0] == '(')
                p.affected.note = cm_sv_slice(note, 1, note.len - (note.ptr[note.len - 1] == ')'));
        p.affected.ranges = range;
        p.affected.range_count = 1;
        *CM_VEC_PUSH(d->arena, &d->packages) = p;
}

static int debian_dsa_parse(struct cm_arena *arena, struct cm_sv member, struct cm_sv content,
                            const struct cm_feed_sink *sink, struct cm_err *err)
{
        (void)member;
        struct dsa d = { .arena = arena, .sink = sink };
        struct cm_sv rest = content;
        struct cm_sv line;
        int r = 0;
        for (size_t number = 1; r == 0 && cm_sv_next_line(&rest, &line); number++) {
                struct cm_sv text = cm_sv_trim(line);
                if (text.len == 0)
                        continue;
                struct cm_sv where = cm_sv_printf(arena, "line %zu", number);
                bool head = !cm_is_blank(line.ptr[0]);
                if (head) {
                        r = flush(&d, err);
                        if (line.ptr[0] == '[')
                                head_line(&d, line, where);
                        else
                                sink->reject(sink->ctx, where, "line belongs to no advisory");
                } else if (d.open && text.ptr[0] == '{') {
                        cve_line(&d, text);
                } else if (d.open && text.ptr[0] == '[') {
                        package_line(&d, text, where);
                }
        }
        return r < 0 ? r : flush(&d, err);
}

const struct cm_feed cm_feed_debian_dsa = {
        .name = "debian-dsa",
        .summary = "Debian's lists of security advisories (DSA/list, DLA/list)",
        .doc = "feeds.md#debian-dsa",
        .wants = debian_dsa_wants,
        .parse = debian_dsa_parse,
};
