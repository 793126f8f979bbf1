/* SPDX-License-Identifier: Apache-2.0 */
/* The `json` format of check results; its schema is schema/check-v1.json. */
#include "report/check_json.h"

#include "base/time.h"

static void put_waiver(struct cm_json_writer *w, const char *key, const struct cm_check_waiver *v)
{
        char date[CM_TIME_TEXT_BYTES];
        cm_jw_open(w, key, '{');
        cm_jw_string(w, "check", v->check);
        cm_jw_string(w, "owner", v->owner);
        cm_jw_string(w, "approver", v->approver);
        cm_jw_string(w, "reason", v->reason);
        cm_jw_cstr(w, "expires", cm_date_format(v->expires_s, date));
        cm_jw_close(w, '}');
}

/* Waivers that did nothing: expired ones, and those that no failure needs. */
void cm_check_json_idle_waivers(struct cm_json_writer *w, const struct cm_check_outcome *o)
{
        cm_jw_open(w, "waivers_idle", '[');
        for (size_t i = 0; i < o->waiver_count; i++)
                if (o->waivers[i].used == 0)
                        put_waiver(w, NULL, &o->waivers[i]);
        cm_jw_close(w, ']');
}

void cm_check_json_result(struct cm_json_writer *w, const struct cm_check_result *r)
{
        cm_jw_open(w, NULL, '{');
        cm_jw_string(w, "check", r->check);
        cm_jw_cstr(w, "state", cm_check_state_to_string(r->state));
        cm_jw_cstr(w, "severity", cm_severity_to_string(r->severity));
        cm_jw_string(w, "title", r->title);
        cm_jw_string_if(w, "message", r->message);
        cm_jw_open(w, "subject", '{');
        cm_jw_string(w, "view", r->subject.view);
        cm_jw_string_if(w, "kind", r->subject.kind);
        cm_jw_string_if(w, "name", r->subject.name);
        cm_jw_string_if(w, "group", r->subject.group);
        cm_jw_close(w, '}');
        cm_jw_open(w, "location", '{');
        cm_jw_string(w, "document", r->subject.document);
        cm_jw_int(w, "number", (int64_t)r->subject.document_number);
        if (r->place.line > 0) {
                cm_jw_int(w, "line", r->place.line);
                cm_jw_int(w, "column", r->place.column);
        }
        cm_jw_string_if(w, "pointer", r->place.pointer);
        cm_jw_close(w, '}');
        cm_jw_string_if(w, "fingerprint", r->fingerprint);
        if (r->change != CM_CHECK_CHANGE_NONE)
                cm_jw_cstr(w, "change", cm_check_change_to_string(r->change));
        if (r->waiver != NULL)
                put_waiver(w, "waiver", r->waiver);
        cm_jw_string_if(w, "remediation", r->state == CM_CHECK_FAIL ? r->remediation : CM_SV(""));
        cm_jw_close(w, '}');
}

static void put_summary(struct cm_json_writer *w, const struct cm_check_report *report)
{
        const struct cm_check_totals t = cm_check_totals_of(report->outcome);
        cm_jw_open(w, "summary", '{');
        cm_jw_int(w, "documents", (int64_t)report->outcome->documents);
        cm_jw_int(w, "subjects", (int64_t)report->outcome->subjects);
        cm_jw_open(w, "states", '{');
        for (size_t i = 0; i < CM_CHECK_STATE_COUNT; i++)
                cm_jw_int(w, cm_check_state_to_string((enum cm_check_state)i),
                          (int64_t)t.by_state[i]);
        cm_jw_close(w, '}');
        cm_jw_open(w, "failed", '{');
        for (size_t i = CM_SEVERITY_COUNT; i-- > CM_SEVERITY_NEGLIGIBLE;)
                cm_jw_int(w, cm_severity_to_string((enum cm_severity)i),
                          (int64_t)t.failed_by_severity[i]);
        cm_jw_close(w, '}');
        cm_jw_decimal(w, "coverage", t.coverage_permille / 1000.0, 3);
        if (report->profile.len > 0) {
                cm_jw_decimal(w, "score", t.score_permille / 1000.0, 3);
                cm_jw_cstr(w, "score_formula", CM_CHECK_SCORE_FORMULA);
        }
        cm_jw_close(w, '}');
}

/* What a later run is compared by: which checks there were, and which of them had a result. */
static void put_check_set(struct cm_json_writer *w, const struct cm_check_outcome *o)
{
        cm_jw_open(w, "check_set", '{');
        cm_jw_string(w, "digest", o->check_set);
        cm_jw_open(w, "looked", '[');
        for (size_t i = 0; i < o->tally_count; i++)
                cm_jw_string(w, NULL, o->tallies[i].check);
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
}

void cm_check_json_runs(struct cm_json_writer *w, const struct cm_check_outcome *o)
{
        put_check_set(w, o);
        if (!o->has_baseline)
                return;
        const struct cm_check_changes n = cm_check_changes_of(o);
        cm_jw_open(w, "baseline", '{');
        cm_jw_int(w, "new", (int64_t)n.by_change[CM_CHECK_CHANGE_NEW]);
        cm_jw_int(w, "new_check", (int64_t)n.by_change[CM_CHECK_CHANGE_NEW_CHECK]);
        cm_jw_int(w, "known", (int64_t)n.by_change[CM_CHECK_CHANGE_KNOWN]);
        cm_jw_open(w, "gone", '[');
        for (size_t i = 0; i < o->gone_count; i++) {
                cm_jw_open(w, NULL, '{');
                cm_jw_string(w, "check", o->gone[i].check);
                cm_jw_string(w, "document", o->gone[i].document);
                cm_jw_string(w, "message", o->gone[i].message);
                cm_jw_string(w, "fingerprint", o->gone[i].fingerprint);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
}

void cm_check_json_unread(struct cm_json_writer *w, const struct cm_check_outcome *o)
{
        cm_jw_open(w, "unread", '[');
        for (size_t i = 0; i < o->unread_count; i++) {
                cm_jw_open(w, NULL, '{');
                cm_jw_string(w, "document", o->unread[i].document);
                cm_jw_cstr(w, "error",
                           o->unread[i].code == CM_E_OK ? "unknown-kind"
                                                        : cm_err_name(o->unread[i].code));
                cm_jw_string_if(w, "reason", o->unread[i].reason);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
}

static void json_write(struct cm_buf *out, const struct cm_check_report *report)
{
        const struct cm_check_outcome *o = report->outcome;
        struct cm_json_writer w;
        cm_jw_init(&w, out);
        cm_jw_open(&w, NULL, '{');
        cm_jw_cstr(&w, "schema", "coaming/check/v1");
        cm_jw_open(&w, "tool", '{');
        cm_jw_cstr(&w, "name", "coaming");
        cm_jw_cstr(&w, "version", CM_VERSION);
        cm_jw_close(&w, '}');
        cm_jw_string_if(&w, "profile", report->profile);
        cm_jw_open(&w, "results", '[');
        for (size_t i = 0; i < o->result_count; i++)
                if (o->results[i].severity >= report->severity)
                        cm_check_json_result(&w, &o->results[i]);
        cm_jw_close(&w, ']');
        cm_check_json_runs(&w, o);
        cm_check_json_unread(&w, o);
        cm_check_json_idle_waivers(&w, o);
        put_summary(&w, report);
        cm_jw_close(&w, '}');
}

extern const struct cm_check_format cm_check_format_json;
const struct cm_check_format cm_check_format_json = {
        .name = "json",
        .summary = "everything, schema/check-v1.json",
        .is_machine = true,
        .write = json_write,
};
