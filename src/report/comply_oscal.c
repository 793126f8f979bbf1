/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An audit as OSCAL assessment results: each row of the framework is a control; what its checks found
 * and what people answered are observations; a row that is decided has a finding. One that is unknown or
 * waits for an answer has none. Spec: NIST OSCAL 1.1.3, assessment-results.
 */
#include <stdio.h>

#include "base/time.h"
#include "report/comply_format.h"
#include "report/oscal_text.h"

struct oscal {
        struct cm_json_writer w;
        const struct cm_comply_outcome *outcome;
        char now[CM_TIME_TEXT_BYTES];
};

/* A name for what a check, or a person (""), says of a row. */
static const char *evidence_name(const struct oscal *o, const struct cm_comply_row *row,
                                 struct cm_sv check, char text[CM_UUID_TEXT_BYTES])
{
        const struct cm_sv parts[] = { CM_SV("urn:coaming:oscal:evidence"), o->outcome->framework,
                                       row->id, check };
        return cm_uuid_of(parts, CM_ARRAY_LEN(parts), text);
}

/* Controls are named by tokens, which rows are not ("5.1.1", "164.312(a)(1)"). */
static void put_control(struct cm_json_writer *w, const char *key, const struct cm_comply_row *row)
{
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(1));
        cm_buf_put_str(&text, "row-");
        cm_buf_put_sv(&text, row->id);
        cm_oscal_put_token(w, key, cm_buf_sv(&text));
}

static void put_metadata(struct oscal *o)
{
        struct cm_json_writer *w = &o->w;
        cm_jw_open(w, "metadata", '{');
        cm_oscal_put_title(w, o->outcome->title);
        cm_jw_cstr(w, "last-modified", o->now);
        cm_jw_cstr(w, "version", o->now);
        cm_jw_cstr(w, "oscal-version", "1.1.3");
        cm_jw_open(w, "props", '[');
        cm_oscal_put_prop(w, "tool", CM_SV("coaming " CM_VERSION));
        cm_oscal_put_prop(w, "framework", o->outcome->framework);
        cm_oscal_put_prop(w, "framework-version", o->outcome->version);
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
}

static void put_controls(struct oscal *o)
{
        struct cm_json_writer *w = &o->w;
        cm_jw_open(w, "reviewed-controls", '{');
        cm_jw_open(w, "control-selections", '[');
        cm_jw_open(w, NULL, '{');
        cm_jw_cstr(w, "description", "All rows of the framework.");
        cm_jw_open(w, "include-controls", '[');
        for (size_t i = 0; i < o->outcome->row_count; i++) {
                cm_jw_open(w, NULL, '{');
                put_control(w, "control-id", &o->outcome->rows[i]);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
}

static void begin_observation(struct oscal *o, const struct cm_comply_row *row, struct cm_sv check,
                              struct cm_sv title)
{
        char uuid[CM_UUID_TEXT_BYTES];
        cm_jw_open(&o->w, NULL, '{');
        cm_jw_cstr(&o->w, "uuid", evidence_name(o, row, check, uuid));
        cm_oscal_put_title(&o->w, title);
}

static void end_observation(struct oscal *o, const char *method, const char *collected)
{
        struct cm_json_writer *w = &o->w;
        cm_jw_open(w, "methods", '[');
        cm_jw_cstr(w, NULL, method);
        cm_jw_close(w, ']');
        cm_jw_cstr(w, "collected", collected);
        cm_jw_close(w, '}');
}

static void put_check(struct oscal *o, const struct cm_comply_row *row,
                      const struct cm_comply_check *c)
{
        struct cm_json_writer *w = &o->w;
        char counts[32];
        begin_observation(o, row, c->id, c->title);
        cm_jw_string(w, "description", row->question);
        cm_jw_open(w, "props", '[');
        cm_oscal_put_prop(w, "check", c->id);
        cm_oscal_put_prop(w, "state", cm_sv_from_cstr(cm_check_state_to_string(c->state)));
        cm_oscal_put_prop(w, "severity", cm_sv_from_cstr(cm_severity_to_string(c->severity)));
        for (size_t i = 0; i < CM_CHECK_STATE_COUNT; i++) {
                if (c->counts[i] == 0)
                        continue;
                snprintf(counts, sizeof(counts), "%llu", (unsigned long long)c->counts[i]);
                char name[48];
                snprintf(name, sizeof(name), "results-%s",
                         cm_check_state_to_string((enum cm_check_state)i));
                cm_oscal_put_prop(w, name, cm_sv_from_cstr(counts));
        }
        cm_jw_close(w, ']');
        end_observation(o, "TEST", o->now);
}

static void put_answer(struct oscal *o, const struct cm_comply_row *row)
{
        const struct cm_comply_answer *a = row->answer;
        struct cm_json_writer *w = &o->w;
        begin_observation(o, row, CM_SV(""), row->title);
        cm_jw_string(w, "description", a->evidence.len > 0 ? a->evidence : row->question);
        cm_jw_open(w, "props", '[');
        cm_oscal_put_prop(w, "state", cm_sv_from_cstr(cm_check_state_to_string(a->state)));
        cm_oscal_put_prop(w, "answered-by", a->by);
        cm_oscal_put_prop(w, "answered", a->date);
        cm_oscal_put_prop(w, "expires", a->expires);
        for (size_t i = 0; i < a->file_count; i++) {
                cm_oscal_put_prop(w, "evidence-file", a->files[i].name);
                cm_oscal_put_prop(w, "evidence-digest", a->files[i].digest);
        }
        cm_jw_close(w, ']');
        end_observation(o, "EXAMINE", o->now);
}

static bool has_evidence(const struct cm_comply_row *row)
{
        bool any = row->answer != NULL;
        for (size_t i = 0; i < row->check_count; i++)
                any = any || row->checks[i].has_result;
        return any;
}

static void put_observations(struct oscal *o)
{
        const struct cm_comply_outcome *outcome = o->outcome;
        bool is_open = false;
        for (size_t i = 0; i < outcome->row_count; i++) {
                const struct cm_comply_row *row = &outcome->rows[i];
                if (!has_evidence(row))
                        continue;
                if (!is_open) /* a list of OSCAL is not there rather than empty */
                        cm_jw_open(&o->w, "observations", '[');
                is_open = true;
                for (size_t j = 0; j < row->check_count; j++)
                        if (row->checks[j].has_result)
                                put_check(o, row, &row->checks[j]);
                if (row->answer != NULL)
                        put_answer(o, row);
        }
        if (is_open)
                cm_jw_close(&o->w, ']');
}

static void put_related(struct oscal *o, const struct cm_comply_row *row, struct cm_sv check)
{
        char uuid[CM_UUID_TEXT_BYTES];
        cm_jw_open(&o->w, NULL, '{');
        cm_jw_cstr(&o->w, "observation-uuid", evidence_name(o, row, check, uuid));
        cm_jw_close(&o->w, '}');
}

static void put_finding(struct oscal *o, const struct cm_comply_row *row)
{
        struct cm_json_writer *w = &o->w;
        char uuid[CM_UUID_TEXT_BYTES];
        bool failed = row->state == CM_CHECK_FAIL || row->state == CM_CHECK_WAIVED;
        const struct cm_sv name[] = { CM_SV("urn:coaming:oscal:row"), o->outcome->framework,
                                      row->id };
        cm_jw_open(w, NULL, '{');
        cm_jw_cstr(w, "uuid", cm_uuid_of(name, CM_ARRAY_LEN(name), uuid));
        cm_oscal_put_title(w, row->title);
        cm_jw_string(w, "description", row->question);
        cm_jw_open(w, "props", '[');
        cm_oscal_put_prop(w, "row", row->id);
        cm_oscal_put_prop(w, "state", cm_sv_from_cstr(cm_check_state_to_string(row->state)));
        cm_jw_close(w, ']');
        cm_jw_open(w, "target", '{');
        cm_jw_cstr(w, "type", "objective-id");
        put_control(w, "target-id", row);
        cm_jw_open(w, "status", '{');
        cm_jw_cstr(w, "state", failed ? "not-satisfied" : "satisfied");
        cm_jw_cstr(w, "reason", failed ? "fail" : "pass");
        cm_jw_close(w, '}');
        cm_jw_close(w, '}');
        cm_jw_open(w, "related-observations", '[');
        for (size_t i = 0; i < row->check_count; i++)
                if (row->checks[i].has_result)
                        put_related(o, row, row->checks[i].id);
        if (row->answer != NULL)
                put_related(o, row, CM_SV(""));
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
}

static void put_findings(struct oscal *o)
{
        bool is_open = false;
        for (size_t i = 0; i < o->outcome->row_count; i++) {
                const struct cm_comply_row *row = &o->outcome->rows[i];
                if (!has_evidence(row) ||
                    (row->state != CM_CHECK_FAIL && row->state != CM_CHECK_WAIVED &&
                     row->state != CM_CHECK_PASS))
                        continue;
                if (!is_open)
                        cm_jw_open(&o->w, "findings", '[');
                is_open = true;
                put_finding(o, row);
        }
        if (is_open)
                cm_jw_close(&o->w, ']');
}

/* Another state of a row is another result. */
static void put_identity(struct oscal *o, const char *what)
{
        struct cm_buf said CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&said, CM_MIB(1));
        cm_buf_printf(&said, "%s %.*s", o->now, CM_SV_ARG(o->outcome->framework));
        for (size_t i = 0; i < o->outcome->row_count; i++)
                cm_buf_printf(&said, " %d", (int)o->outcome->rows[i].state);
        cm_buf_put_char(&said, '\0');
        cm_oscal_put_uuid(&o->w, what, said.ptr);
}

static void oscal_write(struct cm_buf *out, const struct cm_comply_report *report)
{
        struct oscal o = { .outcome = report->outcome };
        struct cm_json_writer *w = &o.w;
        cm_time_format(report->now_s, o.now);
        cm_jw_init(w, out);
        cm_jw_open(w, NULL, '{');
        cm_jw_open(w, "assessment-results", '{');
        put_identity(&o, "audit");
        put_metadata(&o);
        cm_oscal_put_import(w);
        cm_jw_open(w, "results", '[');
        cm_jw_open(w, NULL, '{');
        put_identity(&o, "audit-result");
        cm_oscal_put_title(w, o.outcome->title);
        cm_jw_cstr(w, "description",
                   "Configuration was read and judged, answers were taken over; nothing was run or "
                   "changed.");
        cm_jw_cstr(w, "start", o.now);
        put_controls(&o);
        put_observations(&o);
        put_findings(&o);
        cm_jw_close(w, '}');
        cm_jw_close(w, ']');
        cm_oscal_put_back_matter(
                w, "There is no plan of its own: the rows of the framework are what was assessed.");
        cm_jw_close(w, '}');
        cm_jw_close(w, '}');
}

extern const struct cm_comply_format cm_comply_format_oscal;
const struct cm_comply_format cm_comply_format_oscal = {
        .name = "oscal",
        .summary = "OSCAL assessment results 1.1.3, JSON",
        .is_machine = true,
        .write = oscal_write,
};
