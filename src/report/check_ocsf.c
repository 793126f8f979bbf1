/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCSF Compliance Findings (class 2003), one event a line, for security data lakes. Documents that
 * were not read are events, too: what was not looked at must not look clean.
 * Spec: https://schema.ocsf.io/1.5.0/classes/compliance_finding
 */
#include "crypto/uuid.h"
#include "report/check_format.h"
#include "report/check_identity.h"
#include "report/json_writer.h"

enum {
        CLASS_UID = 2003,
        ACTIVITY_CREATE = 1,
        STATUS_NEW = 1,
        STATUS_SUPPRESSED = 3
};

struct word {
        int id;
        const char *text;
};

static struct word compliance_status(enum cm_check_state state)
{
        static const struct word words[CM_CHECK_STATE_COUNT] = {
                [CM_CHECK_UNKNOWN] = { 2, "Warning" }, [CM_CHECK_FAIL] = { 3, "Fail" },
                [CM_CHECK_WAIVED] = { 3, "Fail" },     [CM_CHECK_MANUAL] = { 2, "Warning" },
                [CM_CHECK_PASS] = { 1, "Pass" },       [CM_CHECK_NOT_APPLICABLE] = { 99, "Other" },
        };
        return words[state];
}

static struct word severity_word(enum cm_severity severity)
{
        static const struct word words[CM_SEVERITY_COUNT] = {
                [CM_SEVERITY_UNKNOWN] = { 0, "Unknown" },
                [CM_SEVERITY_NEGLIGIBLE] = { 1, "Informational" },
                [CM_SEVERITY_LOW] = { 2, "Low" },
                [CM_SEVERITY_MEDIUM] = { 3, "Medium" },
                [CM_SEVERITY_HIGH] = { 4, "High" },
                [CM_SEVERITY_CRITICAL] = { 5, "Critical" },
        };
        return words[severity];
}

static void put_head(struct cm_json_writer *w, const struct cm_check_report *report,
                     struct word severity, struct word status)
{
        cm_jw_int(w, "class_uid", CLASS_UID);
        cm_jw_cstr(w, "class_name", "Compliance Finding");
        cm_jw_int(w, "category_uid", CLASS_UID / 1000);
        cm_jw_cstr(w, "category_name", "Findings");
        cm_jw_int(w, "activity_id", ACTIVITY_CREATE);
        cm_jw_cstr(w, "activity_name", "Create");
        cm_jw_int(w, "type_uid", CLASS_UID * 100 + ACTIVITY_CREATE);
        cm_jw_cstr(w, "type_name", "Compliance Finding: Create");
        cm_jw_int(w, "time", report->now_s * 1000);
        cm_jw_int(w, "severity_id", severity.id);
        cm_jw_cstr(w, "severity", severity.text);
        cm_jw_int(w, "status_id", status.id);
        cm_jw_cstr(w, "status", status.text);
        cm_jw_open(w, "metadata", '{');
        cm_jw_cstr(w, "version", "1.5.0");
        cm_jw_open(w, "product", '{');
        cm_jw_cstr(w, "name", "coaming");
        cm_jw_cstr(w, "vendor_name", "Coaming");
        cm_jw_cstr(w, "version", CM_VERSION);
        cm_jw_close(w, '}');
        cm_jw_close(w, '}');
}

/* Rows of frameworks; a result that no framework asks for is of the profile, or of the tool's own. */
static void put_maps(struct cm_json_writer *w, const struct cm_check_report *report,
                     struct cm_sv maps)
{
        struct cm_sv lines = maps;
        struct cm_sv line;
        struct cm_sv last = CM_SV("");
        cm_jw_open(w, "standards", '[');
        while (cm_sv_next_field(&lines, '\n', &line)) {
                struct cm_sv framework;
                struct cm_sv row;
                if (cm_sv_cut(line, ' ', &framework, &row) && !cm_sv_eq(framework, last)) {
                        cm_jw_string(w, NULL, framework);
                        last = framework;
                }
        }
        if (last.len == 0)
                cm_jw_string(w, NULL, report->profile.len > 0 ? report->profile : CM_SV("coaming"));
        cm_jw_close(w, ']');
        if (last.len == 0)
                return;
        cm_jw_open(w, "requirements", '[');
        while (cm_sv_next_field(&maps, '\n', &line))
                cm_jw_string(w, NULL, line);
        cm_jw_close(w, ']');
}

static void put_compliance(struct cm_json_writer *w, const struct cm_check_report *report,
                           const struct cm_check_result *r)
{
        const struct word status = compliance_status(r->state);
        cm_jw_open(w, "compliance", '{');
        cm_jw_string(w, "control", r->check);
        cm_jw_string(w, "desc", r->title);
        put_maps(w, report, r->maps);
        cm_jw_int(w, "status_id", status.id);
        cm_jw_cstr(w, "status", status.text);
        cm_jw_cstr(w, "status_code", cm_check_state_to_string(r->state));
        struct cm_sv reason = r->waiver != NULL ? r->waiver->reason : r->message;
        if (reason.len > 0) {
                cm_jw_open(w, "status_details", '[');
                cm_jw_string(w, NULL, reason);
                cm_jw_close(w, ']');
        }
        cm_jw_close(w, '}');
}

static void put_resource(struct cm_json_writer *w, const struct cm_check_result *r)
{
        char uuid[CM_UUID_TEXT_BYTES];
        cm_jw_open(w, "resources", '[');
        cm_jw_open(w, NULL, '{');
        cm_jw_cstr(w, "uid", cm_check_object_uuid(r, uuid));
        cm_jw_string_if(w, "name", r->subject.name);
        cm_jw_string_if(w, "type", r->subject.kind);
        cm_jw_string_if(w, "namespace", r->subject.group);
        cm_jw_open(w, "data", '{');
        cm_jw_string_if(w, "document", r->subject.document);
        cm_jw_int(w, "number", (int64_t)r->subject.document_number);
        cm_jw_string_if(w, "pointer", r->place.pointer);
        if (r->place.line > 0) {
                cm_jw_int(w, "line", r->place.line);
                cm_jw_int(w, "column", r->place.column);
        }
        cm_jw_close(w, '}');
        cm_jw_close(w, '}');
        cm_jw_close(w, ']');
}

static void put_result(struct cm_json_writer *w, const struct cm_check_report *report,
                       const struct cm_check_result *r, const char *uuid)
{
        const bool waived = r->state == CM_CHECK_WAIVED;
        cm_jw_open(w, NULL, '{');
        put_head(w, report, severity_word(r->severity),
                 waived ? (struct word){ STATUS_SUPPRESSED, "Suppressed" }
                        : (struct word){ STATUS_NEW, "New" });
        cm_jw_string(w, "message", r->message.len > 0 ? r->message : r->title);
        cm_jw_open(w, "finding_info", '{');
        cm_jw_cstr(w, "uid", uuid);
        cm_jw_string(w, "title", r->title);
        cm_jw_string_if(w, "desc", r->message);
        cm_jw_int(w, "created_time", report->now_s * 1000);
        cm_jw_close(w, '}');
        put_compliance(w, report, r);
        put_resource(w, r);
        if (r->state == CM_CHECK_FAIL && r->remediation.len > 0) {
                cm_jw_open(w, "remediation", '{');
                cm_jw_string(w, "desc", r->remediation);
                cm_jw_close(w, '}');
        }
        if (r->fingerprint.len > 0) {
                cm_jw_open(w, "unmapped", '{');
                cm_jw_string(w, "fingerprint", r->fingerprint);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, '}');
}

static void ocsf_write(struct cm_buf *out, const struct cm_check_report *report)
{
        const struct cm_check_outcome *o = report->outcome;
        struct cm_json_writer w;
        struct cm_check_identities identities = { 0 };
        cm_jw_init(&w, out);
        w.compact = true;
        for (size_t i = 0; i < o->result_count; i++) {
                char uuid[CM_UUID_TEXT_BYTES];
                cm_check_result_uuid(&identities, &o->results[i], uuid);
                if (cm_check_report_shows(report, &o->results[i]))
                        put_result(&w, report, &o->results[i], uuid);
        }
        for (size_t i = 0; i < o->unread_count; i++) {
                char uuid[CM_UUID_TEXT_BYTES];
                const struct cm_check_result r = cm_check_unread_result(&o->unread[i]);
                cm_check_result_uuid(&identities, &r, uuid);
                put_result(&w, report, &r, uuid);
        }
}

extern const struct cm_check_format cm_check_format_ocsf;
const struct cm_check_format cm_check_format_ocsf = {
        .name = "ocsf",
        .summary = "OCSF compliance findings, one a line",
        .is_machine = true,
        .write = ocsf_write,
};
