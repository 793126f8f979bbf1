/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OSCAL assessment results: an observation per result, an inventory item per object, a finding per
 * check that was decided, a risk per failure. What is unknown or waits for an answer is observed and
 * has no finding. Spec: NIST OSCAL 1.1.3, assessment-results.
 */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "report/check_format.h"
#include "report/check_identity.h"
#include "report/json_writer.h"
#include "report/oscal_text.h"

/* A result with its names; `order` is that of the report. */
struct entry {
        struct cm_check_result result;
        size_t order;
        char uuid[CM_UUID_TEXT_BYTES];
};

struct oscal {
        struct cm_json_writer w;
        const struct cm_check_report *report;
        struct entry *entries; /* in the order of the report */
        size_t count;
        char now[CM_TIME_TEXT_BYTES];
        char digest[CM_UUID_TEXT_BYTES]; /* of all that is said */
};

static struct cm_sv description_of(const struct cm_check_result *r)
{
        return r->message.len > 0 ? r->message : r->title;
}

static void put_metadata(struct oscal *o)
{
        struct cm_json_writer *w = &o->w;
        cm_jw_open(w, "metadata", '{');
        cm_jw_cstr(w, "title", "Results of coaming check");
        cm_jw_cstr(w, "last-modified", o->now);
        cm_jw_cstr(w, "version", o->now);
        cm_jw_cstr(w, "oscal-version", "1.1.3");
        cm_jw_open(w, "props", '[');
        cm_oscal_put_prop(w, "tool", CM_SV("coaming " CM_VERSION));
        cm_oscal_put_prop(w, "profile", o->report->profile);
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
}

static bool starts_object(const struct oscal *o, size_t i)
{
        char a[CM_UUID_TEXT_BYTES];
        char b[CM_UUID_TEXT_BYTES];
        if (i == 0)
                return true;
        cm_check_object_uuid(&o->entries[i - 1].result, a);
        cm_check_object_uuid(&o->entries[i].result, b);
        return !cm_sv_eq(cm_sv_from_cstr(a), cm_sv_from_cstr(b));
}

static void put_inventory(struct oscal *o)
{
        struct cm_json_writer *w = &o->w;
        if (o->count == 0)
                return;
        cm_jw_open(w, "local-definitions", '{');
        cm_jw_open(w, "inventory-items", '[');
        for (size_t i = 0; i < o->count; i++) {
                const struct cm_check_result *r = &o->entries[i].result;
                char uuid[CM_UUID_TEXT_BYTES];
                if (!starts_object(o, i))
                        continue;
                cm_jw_open(w, NULL, '{');
                cm_jw_cstr(w, "uuid", cm_check_object_uuid(r, uuid));
                cm_jw_string(w, "description",
                             r->subject.name.len > 0 ? r->subject.name : r->subject.kind);
                cm_jw_open(w, "props", '[');
                cm_oscal_put_prop(w, "kind", r->subject.kind);
                cm_oscal_put_prop(w, "name", r->subject.name);
                cm_oscal_put_prop(w, "group", r->subject.group);
                cm_oscal_put_prop(w, "document", r->subject.document);
                cm_oscal_put_prop(w, "source", CM_SV("coaming check")); /* never an empty list */
                cm_jw_close(w, ']');
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
}

static void put_controls(struct oscal *o)
{
        const struct cm_check_outcome *outcome = o->report->outcome;
        struct cm_json_writer *w = &o->w;
        cm_jw_open(w, "reviewed-controls", '{');
        cm_jw_open(w, "control-selections", '[');
        cm_jw_open(w, NULL, '{');
        cm_jw_cstr(w, "description", "Checks that had something to look at.");
        cm_jw_open(w, "include-controls", '[');
        for (size_t i = 0; i < outcome->tally_count; i++) {
                cm_jw_open(w, NULL, '{');
                cm_oscal_put_token(w, "control-id", outcome->tallies[i].check);
                cm_jw_close(w, '}');
        }
        if (outcome->tally_count == 0) { /* the list may not be empty, and documents were tried */
                cm_jw_open(w, NULL, '{');
                cm_jw_cstr(w, "control-id", "document-is-read");
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
}

static void put_observation(struct oscal *o, const struct entry *e)
{
        struct cm_json_writer *w = &o->w;
        const struct cm_check_result *r = &e->result;
        char object[CM_UUID_TEXT_BYTES];
        char place[32] = "";
        cm_jw_open(w, NULL, '{');
        cm_oscal_put_uuid(w, "observation", e->uuid);
        cm_oscal_put_title(w, r->title);
        cm_jw_string(w, "description", description_of(r));
        cm_jw_open(w, "props", '[');
        cm_oscal_put_prop(w, "check", r->check);
        cm_oscal_put_prop(w, "state", cm_sv_from_cstr(cm_check_state_to_string(r->state)));
        cm_oscal_put_prop(w, "severity", cm_sv_from_cstr(cm_severity_to_string(r->severity)));
        cm_oscal_put_prop(w, "fingerprint", r->fingerprint);
        cm_oscal_put_prop(w, "pointer", r->place.pointer);
        if (r->place.line > 0) {
                cm_oscal_place(place, sizeof(place), r->place.line, r->place.column);
                cm_oscal_put_prop(w, "place", cm_sv_from_cstr(place));
        }
        cm_jw_close(w, ']');
        cm_jw_open(w, "methods", '[');
        cm_jw_cstr(w, NULL, r->state == CM_CHECK_MANUAL ? "INTERVIEW" : "TEST");
        cm_jw_close(w, ']');
        cm_jw_open(w, "subjects", '[');
        cm_jw_open(w, NULL, '{');
        cm_jw_cstr(w, "subject-uuid", cm_check_object_uuid(r, object));
        cm_jw_cstr(w, "type", "inventory-item");
        cm_jw_close(w, '}');
        cm_jw_close(w, ']');
        cm_jw_cstr(w, "collected", o->now);
        if (r->state == CM_CHECK_UNKNOWN)
                cm_jw_cstr(w, "remarks", "It could not be decided; this is no finding.");
        cm_jw_close(w, '}');
}

static void put_related(struct cm_json_writer *w, const char *key, const char *member,
                        const char *what, const char *of)
{
        char uuid[CM_UUID_TEXT_BYTES];
        if (key != NULL)
                cm_jw_open(w, key, '[');
        cm_jw_open(w, NULL, '{');
        cm_jw_cstr(w, member, cm_oscal_uuid(what, of, uuid));
        cm_jw_close(w, '}');
        if (key != NULL)
                cm_jw_close(w, ']');
}

static void put_deviation(struct cm_json_writer *w, const struct entry *e)
{
        const struct cm_check_waiver *v = e->result.waiver;
        char deadline[CM_TIME_TEXT_BYTES];
        cm_jw_open(w, "mitigating-factors", '[');
        cm_jw_open(w, NULL, '{');
        cm_oscal_put_uuid(w, "mitigating-factor", e->uuid);
        cm_jw_string(w, "description", v->reason);
        cm_jw_open(w, "props", '[');
        cm_oscal_put_prop(w, "owner", v->owner);
        cm_oscal_put_prop(w, "approver", v->approver);
        cm_oscal_put_prop(w, "expires", cm_sv_from_cstr(cm_date_format(v->expires_s, deadline)));
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
        cm_jw_close(w, ']');
        cm_jw_cstr(w, "deadline", cm_time_format(v->expires_s, deadline));
}

static void put_risk(struct oscal *o, const struct entry *e)
{
        struct cm_json_writer *w = &o->w;
        const struct cm_check_result *r = &e->result;
        cm_jw_open(w, NULL, '{');
        cm_oscal_put_uuid(w, "risk", e->uuid);
        cm_oscal_put_title(w, r->title);
        cm_jw_string(w, "description", description_of(r));
        cm_jw_string(w, "statement", description_of(r));
        cm_jw_open(w, "props", '[');
        cm_oscal_put_prop(w, "severity", cm_sv_from_cstr(cm_severity_to_string(r->severity)));
        cm_jw_close(w, ']');
        cm_jw_cstr(w, "status", r->waiver != NULL ? "deviation-approved" : "open");
        if (r->waiver != NULL)
                put_deviation(w, e);
        if (r->remediation.len > 0) {
                cm_jw_open(w, "remediations", '[');
                cm_jw_open(w, NULL, '{');
                cm_oscal_put_uuid(w, "remediation", e->uuid);
                cm_jw_cstr(w, "lifecycle", "recommendation");
                cm_oscal_put_title(w, r->title);
                cm_jw_string(w, "description", r->remediation);
                cm_jw_close(w, '}');
                cm_jw_close(w, ']');
        }
        put_related(w, "related-observations", "observation-uuid", "observation", e->uuid);
        cm_jw_close(w, '}');
}

static bool is_risk(const struct entry *e)
{
        return e->result.state == CM_CHECK_FAIL || e->result.state == CM_CHECK_WAIVED;
}

/* By check, then as in the report. */
static int by_check(const void *a, const void *b)
{
        const struct entry *const *x = a;
        const struct entry *const *y = b;
        int c = cm_sv_cmp((*x)->result.check, (*y)->result.check);
        return c != 0 ? c : ((*x)->order > (*y)->order) - ((*x)->order < (*y)->order);
}

/* The first that is of the check or behind it. */
static size_t first_of(const struct entry *const *sorted, size_t count, struct cm_sv check)
{
        size_t low = 0;
        size_t high = count;
        while (low < high) {
                size_t mid = low + (high - low) / 2;
                if (cm_sv_cmp(sorted[mid]->result.check, check) < 0)
                        low = mid + 1;
                else
                        high = mid;
        }
        return low;
}

static void put_finding(struct oscal *o, const struct cm_check_tally *t,
                        const struct entry *const *mine, size_t count)
{
        struct cm_json_writer *w = &o->w;
        char uuid[CM_UUID_TEXT_BYTES];
        const struct cm_sv name[] = { CM_SV("urn:coaming:oscal"), CM_SV("finding"), t->check };
        bool failed = t->counts[CM_CHECK_FAIL] + t->counts[CM_CHECK_WAIVED] > 0;
        size_t risks = 0;
        cm_jw_open(w, NULL, '{');
        cm_jw_cstr(w, "uuid", cm_uuid_of(name, CM_ARRAY_LEN(name), uuid));
        cm_oscal_put_title(w, count > 0 ? mine[0]->result.title : t->check);
        cm_jw_cstr(w, "description",
                   failed ? "At least one object does not satisfy the check."
                          : "All objects that were looked at satisfy the check.");
        cm_jw_open(w, "target", '{');
        cm_jw_cstr(w, "type", "objective-id");
        cm_oscal_put_token(w, "target-id", t->check);
        cm_jw_open(w, "status", '{');
        cm_jw_cstr(w, "state", failed ? "not-satisfied" : "satisfied");
        cm_jw_cstr(w, "reason", failed ? "fail" : "pass");
        cm_jw_close(w, '}');
        cm_jw_close(w, '}');
        if (count > 0 && mine[0]->result.maps.len > 0) {
                struct cm_sv maps = mine[0]->result.maps;
                struct cm_sv line;
                cm_jw_open(w, "props", '[');
                while (cm_sv_next_field(&maps, '\n', &line))
                        cm_oscal_put_prop(w, "framework-row", line);
                cm_jw_close(w, ']');
        }
        if (count > 0)
                cm_jw_open(w, "related-observations", '[');
        for (size_t i = 0; i < count; i++) {
                put_related(w, NULL, "observation-uuid", "observation", mine[i]->uuid);
                risks += is_risk(mine[i]);
        }
        if (count > 0)
                cm_jw_close(w, ']');
        if (risks > 0)
                cm_jw_open(w, "related-risks", '[');
        for (size_t i = 0; i < count && risks > 0; i++)
                if (is_risk(mine[i]))
                        put_related(w, NULL, "risk-uuid", "risk", mine[i]->uuid);
        if (risks > 0)
                cm_jw_close(w, ']');
        cm_jw_close(w, '}');
}

/* Checks that failed somewhere, or that passed everywhere; of the others nothing can be said. */
static bool is_decided(const struct cm_check_tally *t)
{
        return t->counts[CM_CHECK_FAIL] + t->counts[CM_CHECK_WAIVED] > 0 ||
               (t->counts[CM_CHECK_PASS] > 0 && t->counts[CM_CHECK_UNKNOWN] == 0 &&
                t->counts[CM_CHECK_MANUAL] == 0);
}

/* A list of OSCAL is not there rather than empty: it is opened with its first item. */
static void open_list(struct cm_json_writer *w, const char *key, bool *is_open)
{
        if (!*is_open)
                cm_jw_open(w, key, '[');
        *is_open = true;
}

static void put_findings(struct oscal *o)
{
        const struct cm_check_outcome *outcome = o->report->outcome;
        const struct entry **sorted = calloc(o->count + 1, sizeof(*sorted));
        bool is_open = false;
        CM_ASSERT(sorted != NULL);
        for (size_t i = 0; i < o->count; i++)
                sorted[i] = &o->entries[i];
        qsort(sorted, o->count, sizeof(*sorted), by_check);
        for (size_t i = 0; i < outcome->tally_count; i++) {
                const struct cm_check_tally *t = &outcome->tallies[i];
                size_t from = first_of(sorted, o->count, t->check);
                size_t to = from;
                while (to < o->count && cm_sv_eq(sorted[to]->result.check, t->check))
                        to++;
                if (!is_decided(t) || t->severity < o->report->severity)
                        continue;
                open_list(&o->w, "findings", &is_open);
                put_finding(o, t, sorted + from, to - from);
        }
        if (is_open)
                cm_jw_close(&o->w, ']');
        free(sorted);
}

static void put_result(struct oscal *o)
{
        struct cm_json_writer *w = &o->w;
        bool is_open = false;
        cm_jw_open(w, NULL, '{');
        cm_oscal_put_uuid(w, "result", o->digest);
        cm_jw_cstr(w, "title", "coaming check");
        cm_jw_cstr(w, "description",
                   "Configuration was read and judged; nothing was run or changed.");
        cm_jw_cstr(w, "start", o->now);
        put_inventory(o);
        put_controls(o);
        for (size_t i = 0; i < o->count; i++) {
                open_list(w, "observations", &is_open);
                put_observation(o, &o->entries[i]);
        }
        if (is_open)
                cm_jw_close(w, ']');
        is_open = false;
        for (size_t i = 0; i < o->count; i++) {
                if (!is_risk(&o->entries[i]))
                        continue;
                open_list(w, "risks", &is_open);
                put_risk(o, &o->entries[i]);
        }
        if (is_open)
                cm_jw_close(w, ']');
        put_findings(o);
        cm_jw_close(w, '}');
}

static void collect(struct oscal *o)
{
        const struct cm_check_outcome *outcome = o->report->outcome;
        struct cm_check_identities identities = { .copies = 0 };
        const struct cm_sv head[] = { cm_sv_from_cstr(o->now), o->report->profile };
        size_t all = outcome->result_count + outcome->unread_count;
        o->entries = calloc(all + 1, sizeof(*o->entries));
        CM_ASSERT(o->entries != NULL);
        cm_uuid_of(head, CM_ARRAY_LEN(head), o->digest);
        for (size_t i = 0; i < all; i++) {
                struct entry *e = &o->entries[o->count];
                size_t unread = i - outcome->result_count;
                e->result = i < outcome->result_count
                                    ? outcome->results[i]
                                    : cm_check_unread_result(&outcome->unread[unread]);
                e->order = i;
                cm_check_result_uuid(&identities, &e->result, e->uuid);
                o->count += cm_check_report_shows(o->report, &e->result);
                char before[CM_UUID_TEXT_BYTES];
                memcpy(before, o->digest, sizeof(before));
                const struct cm_sv said[] = { cm_sv_from_cstr(before), cm_sv_from_cstr(e->uuid),
                                              cm_sv_from_cstr(
                                                      cm_check_state_to_string(e->result.state)) };
                cm_uuid_of(said, CM_ARRAY_LEN(said), o->digest);
        }
}

static void oscal_write(struct cm_buf *out, const struct cm_check_report *report)
{
        struct oscal o = { .report = report };
        struct cm_json_writer *w = &o.w;
        cm_time_format(report->now_s, o.now);
        collect(&o);
        cm_jw_init(w, out);
        cm_jw_open(w, NULL, '{');
        cm_jw_open(w, "assessment-results", '{');
        cm_oscal_put_uuid(w, "assessment-results", o.digest);
        put_metadata(&o);
        cm_oscal_put_import(w);
        cm_jw_open(w, "results", '[');
        put_result(&o);
        cm_jw_close(w, ']');
        cm_oscal_put_back_matter(
                w, "There is no plan of its own: the checks of coaming are what was assessed.");
        cm_jw_close(w, '}');
        cm_jw_close(w, '}');
        free(o.entries);
}

extern const struct cm_check_format cm_check_format_oscal;
const struct cm_check_format cm_check_format_oscal = {
        .name = "oscal",
        .summary = "OSCAL assessment results 1.1.3, JSON",
        .is_machine = true,
        .write = oscal_write,
};
