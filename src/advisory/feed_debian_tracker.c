/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Debian security tracker's JSON: source package -> CVE -> release -> status.
 * What its words mean: docs/feeds.md#debian-tracker.
 */
#include "advisory/feed.h"
#include "advisory/space.h"
#include "base/vec.h"
#include "codec/json.h"

static bool debian_tracker_wants(struct cm_sv member)
{
        return cm_sv_has_suffix(member, CM_SV(".json")) || cm_sv_has_suffix(member, CM_SV("json"));
}

/* "no-dsa" by reason: will not be fixed at all, or not by an advisory of its own. */
static enum cm_fix_state nodsa_state(const struct cm_json *release)
{
        struct cm_sv reason = cm_json_get_string(release, "nodsa_reason");
        if (cm_sv_eq(reason, CM_SV("ignored")))
                return CM_FIX_STATE_WONT_FIX;
        return CM_FIX_STATE_DEFERRED;
}

static void set_state(const struct cm_json *release, struct cm_affected *a)
{
        struct cm_sv status = cm_json_get_string(release, "status");
        struct cm_sv urgency = cm_json_get_string(release, "urgency");
        if (cm_sv_eq(status, CM_SV("undetermined")))
                a->state = CM_FIX_STATE_UNDETERMINED;
        else if (cm_sv_eq(urgency, CM_SV("end-of-life")))
                a->state = CM_FIX_STATE_END_OF_LIFE;
        else if (cm_json_get(release, "nodsa") != NULL)
                a->state = nodsa_state(release);
        else
                a->state = CM_FIX_STATE_UNFIXED;
        a->note = cm_json_get_string(release, "nodsa");
}

/* "high**" is NVD's word, taken over for want of an own one. */
static enum cm_severity urgency_of(const struct cm_json *release)
{
        struct cm_sv word = cm_json_get_string(release, "urgency");
        enum cm_severity severity = CM_SEVERITY_UNKNOWN;
        while (word.len > 0 && word.ptr[word.len - 1] == '*')
                word.len--;
        if (cm_sv_eq(word, CM_SV("unimportant")))
                return CM_SEVERITY_NEGLIGIBLE;
        if (cm_sv_eq(word, CM_SV("end-of-life")) || !cm_severity_from_vendor_word(word, &severity))
                return CM_SEVERITY_UNKNOWN;
        return severity;
}

struct tracker {
        struct cm_arena *arena;
        const struct cm_feed_sink *sink;
        struct cm_sv source;
        CM_VEC(struct cm_db_package) packages;
        size_t unimportant;
};

static void add_release(struct tracker *t, struct cm_sv codename, const struct cm_json *release)
{
        struct cm_db_package *p;
        struct cm_sv space;
        struct cm_sv status = cm_json_get_string(release, "status");
        struct cm_sv fixed = cm_sv_trim(cm_json_get_string(release, "fixed_version"));
        if (!cm_space_from_debian_codename(codename, &space)) {
                t->sink->skip(t->sink->ctx, CM_FEED_SKIP_UNKNOWN_RELEASE);
                return;
        }
        bool resolved = cm_sv_eq(status, CM_SV("resolved"));
        if (!resolved && !cm_sv_eq(status, CM_SV("open")) &&
            !cm_sv_eq(status, CM_SV("undetermined"))) {
                t->sink->reject(t->sink->ctx, t->source, "status of a release is not known");
                return;
        }
        if (resolved && fixed.len == 0) {
                t->sink->reject(t->sink->ctx, t->source, "resolved without a fixed version");
                return;
        }
        struct cm_range *range = CM_NEW(t->arena, struct cm_range);
        p = CM_VEC_PUSH(t->arena, &t->packages);
        p->space = space;
        p->name = t->source;
        p->affected.ranges = range;
        p->affected.range_count = 1;
        p->affected.severity = urgency_of(release);
        t->unimportant += cm_sv_eq(cm_json_get_string(release, "urgency"), CM_SV("unimportant"));
        if (!resolved) {
                set_state(release, &p->affected);
                return;
        }
        range->fixed = fixed;
        p->affected.state =
                cm_sv_eq(fixed, CM_SV("0")) ? CM_FIX_STATE_NOT_AFFECTED : CM_FIX_STATE_FIXED;
}

/*
 * "unimportant" is said per package and release; the flag of the advisory would hide it in all
 * packages, so the statement's severity "negligible" carries it and a note.
 */
static void note_unimportant(struct tracker *t)
{
        for (size_t i = 0; i < t->packages.count; i++) {
                struct cm_affected *a = &t->packages.items[i].affected;
                if (a->severity == CM_SEVERITY_NEGLIGIBLE && a->note.len == 0)
                        a->note = CM_SV("Debian: unimportant");
        }
}

static int add_issue(struct tracker *t, struct cm_sv id, const struct cm_json *issue,
                     struct cm_err *err)
{
        t->packages.count = 0;
        t->packages.items = NULL;
        t->packages.capacity = 0;
        t->unimportant = 0;
        if (!cm_json_is_object(issue)) {
                t->sink->reject(t->sink->ctx, t->source, "issue is not an object");
                return 0;
        }
        const struct cm_json *releases = cm_json_get(issue, "releases");
        for (struct cm_json_iter it = cm_json_iter_first(releases); it.value != NULL;
             cm_json_iter_next(&it))
                add_release(t, it.key, it.value);
        if (t->packages.count == 0)
                return 0;
        note_unimportant(t);
        struct cm_advisory a = {
                .id = id,
                .title = cm_json_get_string(issue, "description"),
                .url = cm_sv_join(t->arena, CM_SV("https://security-tracker.debian.org/tracker/"),
                                  id),
        };
        return t->sink->advisory(t->sink->ctx, &a, t->packages.items, t->packages.count, err);
}

static int debian_tracker_parse(struct cm_arena *arena, struct cm_sv member, struct cm_sv content,
                                const struct cm_feed_sink *sink, struct cm_err *err)
{
        (void)member;
        const struct cm_json *doc = NULL;
        int r = cm_json_parse(arena, content, &doc, err);
        if (r < 0)
                return r;
        if (!cm_json_is_object(doc))
                return CM_RAISE(err, CM_E_MALFORMED, "document is not an object of packages");
        struct tracker t = { .arena = arena, .sink = sink };
        for (struct cm_json_iter p = cm_json_iter_first(doc); p.value != NULL;
             cm_json_iter_next(&p)) {
                t.source = p.key;
                if (!cm_json_is_object(p.value)) {
                        sink->reject(sink->ctx, p.key, "package is not an object");
                        continue;
                }
                for (struct cm_json_iter i = cm_json_iter_first(p.value); r == 0 && i.value != NULL;
                     cm_json_iter_next(&i))
                        r = add_issue(&t, i.key, i.value, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

const struct cm_feed cm_feed_debian_tracker = {
        .name = "debian-tracker",
        .summary = "Debian security tracker, data/json: fixed, open, no-dsa, unimportant",
        .doc = "feeds.md#debian-tracker",
        .wants = debian_tracker_wants,
        .parse = debian_tracker_parse,
};
