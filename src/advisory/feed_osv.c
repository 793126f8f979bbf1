/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records in the Open Source Vulnerability format, JSON or YAML, one a document, or JSON lines.
 * Spec: https://ossf.github.io/osv-schema/ (1.7); what publishers make of it: docs/feeds.md#osv.
 */
#include <stdlib.h>

#include "advisory/feed.h"
#include "advisory/space.h"
#include "base/escape.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/vec.h"
#include "codec/json.h"
#include "codec/yaml.h"

static bool has_any_suffix(struct cm_sv name, const char *const *suffixes)
{
        for (; *suffixes != NULL; suffixes++)
                if (cm_sv_has_suffix(name, cm_sv_from_cstr(*suffixes)))
                        return true;
        return false;
}

static const char *const yaml_suffixes[] = { ".yaml", ".yml", NULL };
static const char *const line_suffixes[] = { ".jsonl", ".ndjson", NULL };

static bool osv_wants(struct cm_sv member)
{
        static const char *const all[] = { ".json", ".yaml", ".yml", ".jsonl", ".ndjson", NULL };
        return has_any_suffix(member, all);
}

/* 0 for a date that is absent, not readable, or the zero time of Go's encoder. */
static int64_t date_of(const struct cm_json *v)
{
        struct cm_err err = CM_ERR_INIT;
        int64_t at = 0;
        if (cm_time_parse(cm_json_string(v), &at, &err) < 0)
                return 0;
        return CM_MAX(at, 0);
}

/* Texts of an array, trimmed ("alias" with a leading blank has been seen), without empty ones. */
static void texts_of(struct cm_arena *arena, const struct cm_json *array, const struct cm_sv **ret,
                     size_t *ret_count, const struct cm_json *more)
{
        size_t n = cm_json_is_array(array) ? cm_json_count(array) : 0;
        size_t m = cm_json_is_array(more) ? cm_json_count(more) : 0;
        struct cm_sv *list = CM_NEW_ARRAY(arena, struct cm_sv, n + m + 1);
        size_t count = 0;
        for (size_t i = 0; i < n + m; i++) {
                const struct cm_json *v = i < n ? cm_json_at(array, i) : cm_json_at(more, i - n);
                struct cm_sv s = cm_sv_trim(cm_json_string(v));
                if (s.len > 0)
                        list[count++] = s;
        }
        *ret = list;
        *ret_count = count;
}

struct record {
        struct cm_arena *arena;
        const struct cm_json *doc;
        const struct cm_feed_sink *sink;
        struct cm_advisory advisory;
        CM_VEC(struct cm_cvss_vector) cvss;
        CM_VEC(struct cm_db_package) packages;
        struct cm_sv streams; /* rpm modules the summary names, blank between */
        size_t git_ranges;
        size_t refused_spaces;
};

/* Who vouches for a vector is not in the format; the publisher is read off the id. */
static struct cm_sv publisher(struct cm_arena *arena, struct cm_sv id)
{
        struct cm_sv head;
        struct cm_sv tail;
        if (!cm_sv_cut(id, '-', &head, &tail))
                head = id;
        return cm_sv_lower(arena, head);
}

static void add_cvss(struct record *rec, const struct cm_json *severities)
{
        enum cm_severity text;
        /* A bare word in place of the list has been seen. */
        if (cm_severity_from_vendor_word(cm_sv_trim(cm_json_string(severities)), &text))
                rec->advisory.severity = CM_MAX(rec->advisory.severity, text);
        if (!cm_json_is_array(severities))
                return;
        for (size_t i = 0; i < cm_json_count(severities); i++) {
                const struct cm_json *s = cm_json_at(severities, i);
                struct cm_sv type = cm_json_get_string(s, "type");
                struct cm_sv score = cm_sv_trim(cm_json_get_string(s, "score"));
                enum cm_severity word;
                if (score.len == 0)
                        continue;
                if (cm_sv_has_prefix(type, CM_SV("CVSS"))) {
                        *CM_VEC_PUSH(rec->arena, &rec->cvss) =
                                (struct cm_cvss_vector){ publisher(rec->arena, rec->advisory.id),
                                                         score };
                } else if (cm_severity_from_vendor_word(score, &word)) {
                        rec->advisory.severity = CM_MAX(rec->advisory.severity, word);
                }
        }
}

static enum cm_severity word_of(const struct cm_json *holder)
{
        static const char *const keys[] = { "severity", "ubuntu_priority", "urgency" };
        enum cm_severity found = CM_SEVERITY_UNKNOWN;
        for (size_t i = 0; i < CM_ARRAY_LEN(keys); i++) {
                enum cm_severity word;
                struct cm_sv text = cm_sv_trim(cm_json_get_string(holder, keys[i]));
                if (text.len > 0 && cm_severity_from_vendor_word(text, &word))
                        found = CM_MAX(found, word);
        }
        return found;
}

/* "Important: nodejs:18 security update" */
static void read_summary(struct record *rec)
{
        struct cm_sv head;
        struct cm_sv tail;
        struct cm_sv summary = cm_json_get_string(rec->doc, "summary");
        enum cm_severity word;
        if (!cm_sv_cut(summary, ':', &head, &tail) || head.len > 12 ||
            !cm_severity_from_vendor_word(head, &word))
                return;
        rec->advisory.severity = CM_MAX(rec->advisory.severity, word);
        struct cm_sv field;
        while (cm_sv_next_field(&tail, ' ', &field)) {
                ptrdiff_t colon = cm_sv_find_char(field, ':');
                if (colon <= 0 || (size_t)colon + 1 == field.len)
                        continue;
                while (field.len > 0 && field.ptr[field.len - 1] == ',')
                        field.len--;
                rec->streams = rec->streams.len == 0
                                       ? field
                                       : cm_sv_printf(rec->arena, "%.*s %.*s",
                                                      CM_SV_ARG(rec->streams), CM_SV_ARG(field));
        }
}

enum event_kind {
        EVENT_INTRODUCED,
        EVENT_FIXED,
        EVENT_LAST_AFFECTED,
        EVENT_OTHER
};

struct event {
        enum event_kind kind;
        struct cm_sv version;
};

static struct cm_sv version_text(struct cm_arena *arena, const struct cm_json *v)
{
        if (cm_json_type(v) == CM_JSON_INT) /* YAML: "fixed: 7" */
                return cm_sv_printf(arena, "%lld", (long long)cm_json_int(v, 0));
        if (cm_json_type(v) == CM_JSON_REAL)
                return cm_sv_printf(arena, "%.15g", cm_json_number(v, 0));
        return cm_sv_trim(cm_json_string(v));
}

static struct event event_of(struct cm_arena *arena, const struct cm_json *e)
{
        static const char *const keys[] = { "introduced", "fixed", "last_affected" };
        for (size_t i = 0; i < CM_ARRAY_LEN(keys); i++) {
                struct cm_sv v = version_text(arena, cm_json_get(e, keys[i]));
                if (v.len > 0)
                        return (struct event){ (enum event_kind)i, v };
        }
        return (struct event){ EVENT_OTHER, CM_SV("") }; /* "limit" is for git only */
}

/* Digit runs by value, the rest by bytes: enough to bring the events of one range into order. */
static int natural_cmp(struct cm_sv a, struct cm_sv b)
{
        size_t i = 0;
        size_t k = 0;
        while (i < a.len && k < b.len) {
                if (!cm_is_digit(a.ptr[i]) || !cm_is_digit(b.ptr[k])) {
                        if (a.ptr[i] != b.ptr[k])
                                return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[k] ? -1 : 1;
                        i++;
                        k++;
                        continue;
                }
                while (i < a.len && a.ptr[i] == '0')
                        i++;
                while (k < b.len && b.ptr[k] == '0')
                        k++;
                size_t i0 = i;
                size_t k0 = k;
                while (i < a.len && cm_is_digit(a.ptr[i]))
                        i++;
                while (k < b.len && cm_is_digit(b.ptr[k]))
                        k++;
                if (i - i0 != k - k0)
                        return i - i0 < k - k0 ? -1 : 1;
                int r = i == i0 ? 0 : memcmp(a.ptr + i0, b.ptr + k0, i - i0);
                if (r != 0)
                        return r < 0 ? -1 : 1;
        }
        return (i < a.len) - (k < b.len);
}

static int by_version(const void *pa, const void *pb)
{
        const struct event *a = pa;
        const struct event *b = pb;
        int r = natural_cmp(a->version, b->version);
        return r != 0 ? r : (int)a->kind - (int)b->kind;
}

/* Whether every "introduced" is followed by at most one end, as nearly all publishers write it. */
static bool alternates(const struct event *events, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                bool opens = events[i].kind == EVENT_INTRODUCED;
                bool opened = i > 0 && events[i - 1].kind == EVENT_INTRODUCED;
                if (opens == opened)
                        return false;
        }
        return true;
}

struct ranges {
        CM_VEC(struct cm_range) list;
};

static void sweep(struct cm_arena *arena, struct event *events, size_t n, struct ranges *out)
{
        struct cm_range *open = NULL;
        if (!alternates(events, n) && n > 1)
                qsort(events, n, sizeof(*events), by_version);
        for (size_t i = 0; i < n; i++) {
                if (events[i].kind == EVENT_INTRODUCED) {
                        if (open != NULL)
                                continue; /* inside an interval already */
                        open = CM_VEC_PUSH(arena, &out->list);
                        open->introduced = events[i].version;
                        continue;
                }
                /*
                 * An end without a beginning speaks of everything before it; one after another
                 * end ("last_affected" of each listed version) moves that end up.
                 */
                if (open == NULL && out->list.count > 0)
                        open = &out->list.items[out->list.count - 1];
                else if (open == NULL)
                        open = CM_VEC_PUSH(arena, &out->list);
                open->fixed = CM_SV("");
                open->last_affected = CM_SV("");
                if (events[i].kind == EVENT_FIXED)
                        open->fixed = events[i].version;
                else
                        open->last_affected = events[i].version;
                open = NULL;
        }
}

static void add_range(struct record *rec, const struct cm_json *range, struct ranges *out)
{
        struct cm_sv type = cm_json_get_string(range, "type");
        const struct cm_json *list = cm_json_get(range, "events");
        if (cm_sv_eq(type, CM_SV("GIT"))) {
                rec->git_ranges++;
                rec->sink->skip(rec->sink->ctx, CM_FEED_SKIP_GIT_RANGE);
                return;
        }
        size_t n = cm_json_is_array(list) ? cm_json_count(list) : 0;
        struct event *events = CM_NEW_ARRAY(rec->arena, struct event, n + 1);
        size_t count = 0;
        for (size_t i = 0; i < n; i++) {
                struct event e = event_of(rec->arena, cm_json_at(list, i));
                if (e.kind != EVENT_OTHER)
                        events[count++] = e;
        }
        struct ranges own = { 0 };
        sweep(rec->arena, events, count, &own);
        for (size_t i = 0; i < own.list.count; i++) {
                struct cm_range *r = CM_VEC_PUSH(rec->arena, &out->list);
                *r = own.list.items[i];
                if (cm_sv_eq(r->introduced, CM_SV("0")))
                        r->introduced = CM_SV("");
        }
}

static void set_module(struct record *rec, struct cm_affected *a)
{
        if (!cm_sv_has_prefix(rec->advisory.id, CM_SV("AL")) &&
            !cm_sv_has_prefix(rec->advisory.id, CM_SV("R")))
                return;
        for (size_t i = 0; i < a->range_count; i++)
                if (cm_sv_find(a->ranges[i].fixed, CM_SV(".module")) >= 0)
                        a->module = rec->streams.len > 0 ? rec->streams : CM_SV("*");
}

static enum cm_fix_state state_of(const struct cm_affected *a)
{
        for (size_t i = 0; i < a->range_count; i++)
                if (a->ranges[i].fixed.len > 0)
                        return CM_FIX_STATE_FIXED;
        return a->version_count > 0 || a->range_count == 0 ? CM_FIX_STATE_UNKNOWN
                                                           : CM_FIX_STATE_UNFIXED;
}

/*
 * Last versions without a fixed one: nothing is said of a later version, so there may be a fix.
 * An interval without an end: affected for good.
 */
static enum cm_fix_state refine_state(const struct cm_affected *a)
{
        enum cm_fix_state state = state_of(a);
        if (state == CM_FIX_STATE_FIXED)
                return state;
        for (size_t i = 0; i < a->range_count; i++)
                if (a->ranges[i].last_affected.len == 0)
                        return CM_FIX_STATE_UNFIXED;
        return CM_FIX_STATE_UNKNOWN;
}

static void add_package(struct record *rec, const struct cm_json *item)
{
        const struct cm_json *package = cm_json_get(item, "package");
        struct cm_sv ecosystem = cm_json_get_string(package, "ecosystem");
        struct cm_sv name = cm_sv_trim(cm_json_get_string(package, "name"));
        struct cm_db_package p = { 0 };
        size_t git_before = rec->git_ranges;
        struct ranges ranges = { 0 };
        const struct cm_json *list = cm_json_get(item, "ranges");
        for (size_t i = 0; cm_json_is_array(list) && i < cm_json_count(list); i++)
                add_range(rec, cm_json_at(list, i), &ranges);
        if (name.len == 0 || ecosystem.len == 0) {
                if (git_before == rec->git_ranges)
                        rec->sink->skip(rec->sink->ctx, CM_FEED_SKIP_NO_PACKAGE);
                return;
        }
        if (cm_space_from_osv(rec->arena, ecosystem, &p.space) == 0) {
                rec->refused_spaces++;
                rec->sink->skip(rec->sink->ctx, CM_FEED_SKIP_NO_RELEASE);
                return;
        }
        p.name = cm_space_package_name(rec->arena, p.space, name);
        struct cm_affected *a = &p.affected;
        a->ranges = ranges.list.items;
        a->range_count = ranges.list.count;
        const struct cm_json *versions = cm_json_get(item, "versions");
        if (cm_json_is_array(versions) && cm_json_count(versions) > 0) {
                struct cm_sv *texts =
                        CM_NEW_ARRAY(rec->arena, struct cm_sv, cm_json_count(versions));
                for (size_t i = 0; i < cm_json_count(versions); i++) {
                        struct cm_sv v = version_text(rec->arena, cm_json_at(versions, i));
                        if (v.len > 0 && v.len <= CM_VERSION_BYTES_MAX)
                                texts[a->version_count++] = v;
                }
                a->versions = texts;
        }
        if (a->range_count == 0 && a->version_count == 0) {
                rec->sink->skip(rec->sink->ctx, CM_FEED_SKIP_NO_RANGE);
                return;
        }
        add_cvss(rec, cm_json_get(item, "severity"));
        a->severity = CM_MAX(word_of(cm_json_get(item, "database_specific")),
                             word_of(cm_json_get(item, "ecosystem_specific")));
        a->state = refine_state(a);
        set_module(rec, a);
        *CM_VEC_PUSH(rec->arena, &rec->packages) = p;
}

/* A page about the advisory: the publisher's own where its ids are addressable. */
static struct cm_sv url_of(struct record *rec)
{
        static const struct {
                const char *id_prefix;
                const char *url;
        } pages[] = {
                { "GO-", "https://pkg.go.dev/vuln/" },
                { "GHSA-", "https://github.com/advisories/" },
                { "PYSEC-", "https://osv.dev/vulnerability/" },
                { "BIT-", "https://osv.dev/vulnerability/" },
                { "MAL-", "https://osv.dev/vulnerability/" },
                { "RUSTSEC-", "https://rustsec.org/advisories/" },
                { "CVE-", "https://www.cve.org/CVERecord?id=" },
        };
        struct cm_sv id = rec->advisory.id;
        for (size_t i = 0; i < CM_ARRAY_LEN(pages); i++)
                if (cm_sv_has_prefix(id, cm_sv_from_cstr(pages[i].id_prefix)))
                        return cm_sv_join(rec->arena, cm_sv_from_cstr(pages[i].url), id);
        const struct cm_json *refs = cm_json_get(rec->doc, "references");
        struct cm_sv first = CM_SV("");
        for (size_t i = 0; cm_json_is_array(refs) && i < cm_json_count(refs); i++) {
                struct cm_sv url = cm_sv_trim(cm_json_get_string(cm_json_at(refs, i), "url"));
                if (cm_sv_eq(cm_json_get_string(cm_json_at(refs, i), "type"), CM_SV("ADVISORY")))
                        return url;
                if (first.len == 0)
                        first = url;
        }
        return first;
}

static bool names_cve(const struct cm_advisory *a)
{
        for (size_t i = 0; i < a->alias_count; i++)
                if (cm_sv_has_prefix(a->aliases[i], CM_SV("CVE-")))
                        return true;
        for (size_t i = 0; i < a->related_count; i++)
                if (cm_sv_has_prefix(a->related[i], CM_SV("CVE-")))
                        return true;
        return false;
}

/* AlmaLinux, Rocky and Oracle publish bug fixes and enhancements in the same feed. */
static bool is_not_security(const struct cm_advisory *a)
{
        static const char *const prefixes[] = { "ALBA-", "ALEA-", "RLBA-", "RLEA-" };
        for (size_t i = 0; i < CM_ARRAY_LEN(prefixes); i++)
                if (cm_sv_has_prefix(a->id, cm_sv_from_cstr(prefixes[i])))
                        return !names_cve(a);
        return false;
}

static void fill_advisory(struct record *rec)
{
        struct cm_advisory *a = &rec->advisory;
        const struct cm_json *specific = cm_json_get(rec->doc, "database_specific");
        a->title = cm_json_get_string(rec->doc, "summary");
        if (a->title.len == 0)
                a->title = cm_json_get_string(rec->doc, "details");
        a->published_s = date_of(cm_json_get(rec->doc, "published"));
        a->modified_s = date_of(cm_json_get(rec->doc, "modified"));
        texts_of(rec->arena, cm_json_get(rec->doc, "aliases"), &a->aliases, &a->alias_count, NULL);
        texts_of(rec->arena, cm_json_get(rec->doc, "related"), &a->related, &a->related_count,
                 cm_json_get(rec->doc, "upstream"));
        a->severity = word_of(specific);
        read_summary(rec);
        add_cvss(rec, cm_json_get(rec->doc, "severity"));
        struct cm_sv informational = cm_json_get_string(specific, "informational");
        if (informational.len > 0)
                a->flags |= CM_ADVISORY_INFORMATIONAL;
        if (cm_sv_has_prefix(a->id, CM_SV("MAL-")))
                a->flags |= CM_ADVISORY_MALICIOUS;
        a->url = url_of(rec);
}

static int osv_record(struct cm_arena *arena, const struct cm_json *doc, struct cm_sv where,
                      const struct cm_feed_sink *sink, struct cm_err *err)
{
        struct record rec = { .arena = arena, .doc = doc, .sink = sink };
        rec.advisory.id = cm_sv_trim(cm_json_get_string(doc, "id"));
        if (!cm_json_is_object(doc) || rec.advisory.id.len == 0) {
                sink->reject(sink->ctx, where, "record has no id");
                return 0;
        }
        const struct cm_json *withdrawn = cm_json_get(doc, "withdrawn");
        if (cm_json_type(withdrawn) != CM_JSON_NULL) {
                sink->skip(sink->ctx, CM_FEED_SKIP_WITHDRAWN);
                return 0;
        }
        fill_advisory(&rec);
        if (is_not_security(&rec.advisory)) {
                sink->skip(sink->ctx, CM_FEED_SKIP_NOT_SECURITY);
                return 0;
        }
        const struct cm_json *affected = cm_json_get(doc, "affected");
        if (affected != NULL && !cm_json_is_array(affected)) {
                sink->reject(sink->ctx, rec.advisory.id, "\"affected\" is not a list");
                return 0;
        }
        for (size_t i = 0; i < cm_json_count(affected); i++)
                add_package(&rec, cm_json_at(affected, i));
        if (rec.packages.count == 0) {
                if (rec.git_ranges == 0 && rec.refused_spaces == 0)
                        sink->skip(sink->ctx, CM_FEED_SKIP_NO_PACKAGE);
                return 0;
        }
        rec.advisory.cvss = rec.cvss.items;
        rec.advisory.cvss_count = rec.cvss.count;
        return sink->advisory(sink->ctx, &rec.advisory, rec.packages.items, rec.packages.count,
                              err);
}

static int osv_parse(struct cm_arena *arena, struct cm_sv member, struct cm_sv content,
                     const struct cm_feed_sink *sink, struct cm_err *err)
{
        const struct cm_json *doc = NULL;
        if (has_any_suffix(member, line_suffixes))
                return cm_feed_json_lines(content, CM_FEED_ARENA_BYTES_MAX, osv_record, sink, err);
        int r = has_any_suffix(member, yaml_suffixes) ? cm_yaml_parse(arena, content, &doc, err)
                                                      : cm_json_parse(arena, content, &doc, err);
        if (r < 0)
                return r;
        if (!cm_json_is_array(doc))
                return osv_record(arena, doc, CM_SV(""), sink, err);
        for (size_t i = 0; r == 0 && i < cm_json_count(doc); i++)
                r = osv_record(arena, cm_json_at(doc, i), cm_sv_printf(arena, "record %zu", i + 1),
                               sink, err);
        return r;
}

const struct cm_feed cm_feed_osv = {
        .name = "osv",
        .summary = "records in the Open Source Vulnerability format (JSON, YAML, JSON lines)",
        .doc = "feeds.md#osv",
        .wants = osv_wants,
        .parse = osv_parse,
};
