/* SPDX-License-Identifier: Apache-2.0 */
/* The `json` format of an audit; its schema is schema/comply-v1.json. */
#include "report/check_json.h"
#include "report/comply_format.h"

static void put_answer(struct cm_json_writer *w, const char *key, const struct cm_comply_answer *a)
{
        cm_jw_open(w, key, '{');
        cm_jw_string_if(w, "row", a->row);
        cm_jw_string_if(w, "check", a->check);
        cm_jw_cstr(w, "status", cm_check_state_to_string(a->state));
        cm_jw_string(w, "by", a->by);
        cm_jw_string(w, "date", a->date);
        cm_jw_string(w, "expires", a->expires);
        cm_jw_bool(w, "expired", a->is_expired);
        cm_jw_string(w, "evidence", a->evidence);
        cm_jw_open(w, "files", '[');
        for (size_t i = 0; i < a->file_count; i++) {
                cm_jw_open(w, NULL, '{');
                cm_jw_string(w, "name", a->files[i].name);
                cm_jw_string(w, "digest", a->files[i].digest);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
}

static void put_counts(struct cm_json_writer *w, const char *key,
                       const uint64_t counts[CM_CHECK_STATE_COUNT])
{
        cm_jw_open(w, key, '{');
        for (size_t i = 0; i < CM_CHECK_STATE_COUNT; i++)
                cm_jw_int(w, cm_check_state_to_string((enum cm_check_state)i), (int64_t)counts[i]);
        cm_jw_close(w, '}');
}

static void put_check(struct cm_json_writer *w, const struct cm_comply_check *c)
{
        cm_jw_open(w, NULL, '{');
        cm_jw_string(w, "id", c->id);
        cm_jw_string(w, "title", c->title);
        cm_jw_cstr(w, "severity", cm_severity_to_string(c->severity));
        /* Without a result it says nothing of the row: what it looks at was not given. */
        if (c->has_result) {
                cm_jw_cstr(w, "state", cm_check_state_to_string(c->state));
                put_counts(w, "results", c->counts);
        }
        cm_jw_close(w, '}');
}

static void put_row(struct cm_json_writer *w, const struct cm_comply_row *row)
{
        cm_jw_open(w, NULL, '{');
        cm_jw_string(w, "id", row->id);
        cm_jw_string(w, "title", row->title);
        cm_jw_string(w, "question", row->question);
        cm_jw_cstr(w, "kind", cm_comply_kind_to_string(row->kind));
        cm_jw_cstr(w, "state", cm_check_state_to_string(row->state));
        cm_jw_string_if(w, "reason", row->reason);
        cm_jw_cstr(w, "severity", cm_severity_to_string(row->severity));
        cm_jw_string_if(w, "evidence", row->wanted);
        cm_jw_open(w, "checks", '[');
        for (size_t i = 0; i < row->check_count; i++)
                put_check(w, &row->checks[i]);
        cm_jw_close(w, ']');
        if (row->answer != NULL)
                put_answer(w, "answer", row->answer);
        cm_jw_close(w, '}');
}

static void put_summary(struct cm_json_writer *w, const struct cm_comply_outcome *o)
{
        const struct cm_comply_totals t = cm_comply_totals_of(o);
        cm_jw_open(w, "summary", '{');
        cm_jw_int(w, "rows", (int64_t)o->row_count);
        cm_jw_int(w, "covered", (int64_t)t.covered);
        put_counts(w, "states", t.by_state);
        cm_jw_open(w, "severities", '{');
        for (size_t i = CM_SEVERITY_COUNT; i-- > CM_SEVERITY_NEGLIGIBLE;)
                put_counts(w, cm_severity_to_string((enum cm_severity)i), t.by_severity[i]);
        cm_jw_close(w, '}');
        cm_jw_decimal(w, "coverage", t.coverage_permille / 1000.0, 3);
        cm_jw_decimal(w, "score", t.score_permille / 1000.0, 3);
        cm_jw_open(w, "formula", '{');
        cm_jw_cstr(w, "coverage", "(pass + fail + waived) / (all - not-applicable), in rows");
        cm_jw_cstr(w, "score",
                   "weight(pass) / weight(pass + fail + unknown + manual); weights of rows by "
                   "severity");
        cm_jw_open(w, "weights", '{');
        for (size_t i = CM_SEVERITY_COUNT; i-- > CM_SEVERITY_NEGLIGIBLE;)
                cm_jw_int(w, cm_severity_to_string((enum cm_severity)i),
                          cm_comply_weight((enum cm_severity)i));
        cm_jw_close(w, '}');
        cm_jw_close(w, '}');
        cm_jw_int(w, "documents", (int64_t)o->checked->documents);
        cm_jw_int(w, "subjects", (int64_t)o->checked->subjects);
        cm_jw_close(w, '}');
}

static void put_sections(struct cm_json_writer *w, const struct cm_comply_outcome *o)
{
        cm_jw_open(w, "sections", '[');
        for (size_t i = 0; i < o->section_count; i++) {
                const struct cm_comply_section *s = &o->sections[i];
                cm_jw_open(w, NULL, '{');
                cm_jw_string(w, "id", s->id);
                cm_jw_string(w, "title", s->title);
                cm_jw_open(w, "rows", '[');
                for (size_t j = 0; j < s->row_count; j++)
                        put_row(w, &o->rows[s->row_first + j]);
                cm_jw_close(w, ']');
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, ']');
}

static void json_write(struct cm_buf *out, const struct cm_comply_report *report)
{
        const struct cm_comply_outcome *o = report->outcome;
        struct cm_json_writer w;
        cm_jw_init(&w, out);
        cm_jw_open(&w, NULL, '{');
        cm_jw_cstr(&w, "schema", "coaming/comply/v1");
        cm_jw_open(&w, "tool", '{');
        cm_jw_cstr(&w, "name", "coaming");
        cm_jw_cstr(&w, "version", CM_VERSION);
        cm_jw_close(&w, '}');
        cm_jw_open(&w, "framework", '{');
        cm_jw_string(&w, "name", o->framework);
        cm_jw_string(&w, "title", o->title);
        cm_jw_string(&w, "version", o->version);
        cm_jw_close(&w, '}');
        put_sections(&w, o);
        cm_jw_open(&w, "results", '[');
        for (size_t i = 0; i < o->checked->result_count; i++)
                cm_check_json_result(&w, &o->checked->results[i]);
        cm_jw_close(&w, ']');
        cm_check_json_runs(&w, o->checked);
        cm_check_json_unread(&w, o->checked);
        cm_jw_open(&w, "answers_idle", '[');
        for (size_t i = 0; i < o->answer_count; i++)
                if (!o->answers[i].is_used)
                        put_answer(&w, NULL, &o->answers[i]);
        cm_jw_close(&w, ']');
        cm_check_json_idle_waivers(&w, o->checked);
        put_summary(&w, o);
        cm_jw_close(&w, '}');
}

extern const struct cm_comply_format cm_comply_format_json;
const struct cm_comply_format cm_comply_format_json = {
        .name = "json",
        .summary = "everything, schema/comply-v1.json",
        .is_machine = true,
        .write = json_write,
};
