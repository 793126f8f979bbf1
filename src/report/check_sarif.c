/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SARIF 2.1.0: one run, a rule per check, a result per failure and per unknown, each with its exact
 * region. Spec: OASIS SARIF 2.1.0; limits of code hosts: docs/formats/sarif.md.
 */
#include "report/check_format.h"
#include "report/json_writer.h"

static const char *level_of(const struct cm_check_result *r)
{
        if (r->state != CM_CHECK_FAIL && r->state != CM_CHECK_WAIVED)
                return "none";
        if (r->severity >= CM_SEVERITY_HIGH)
                return "error";
        return r->severity == CM_SEVERITY_MEDIUM ? "warning" : "note";
}

static const char *kind_of(enum cm_check_state state)
{
        static const char *const kinds[] = {
                [CM_CHECK_UNKNOWN] = "open",
                [CM_CHECK_FAIL] = "fail",
                [CM_CHECK_WAIVED] = "fail",
                [CM_CHECK_MANUAL] = "review",
                [CM_CHECK_NOT_APPLICABLE] = "notApplicable",
                [CM_CHECK_PASS] = "pass",
        };
        return kinds[state];
}

/* What code hosts sort by: middle of the CVSS band of the word. */
static const char *score_of(enum cm_severity severity)
{
        static const char *const scores[CM_SEVERITY_COUNT] = { "0.0", "0.0", "2.0",
                                                               "5.5", "8.0", "9.5" };
        return scores[severity];
}

static size_t rule_index(const struct cm_check_outcome *o, struct cm_sv check)
{
        size_t at = 0;
        while (at < o->tally_count && !cm_sv_eq(o->tallies[at].check, check))
                at++;
        return at;
}

static void put_text(struct cm_json_writer *w, const char *key, struct cm_sv text)
{
        cm_jw_open(w, key, '{');
        cm_jw_string(w, "text", text);
        cm_jw_close(w, '}');
}

static void put_rule(struct cm_json_writer *w, const struct cm_check_outcome *o,
                     const struct cm_check_tally *tally)
{
        cm_jw_open(w, NULL, '{');
        cm_jw_string(w, "id", tally->check);
        for (size_t i = 0; i < o->result_count; i++) {
                const struct cm_check_result *r = &o->results[i];
                if (!cm_sv_eq(r->check, tally->check))
                        continue;
                put_text(w, "shortDescription", r->title);
                put_text(w, "help", r->remediation);
                break;
        }
        cm_jw_open(w, "properties", '{');
        cm_jw_cstr(w, "security-severity", score_of(tally->severity));
        cm_jw_close(w, '}');
        cm_jw_close(w, '}');
}

static void put_location(struct cm_json_writer *w, const struct cm_check_result *r)
{
        cm_jw_open(w, "locations", '[');
        cm_jw_open(w, NULL, '{');
        cm_jw_open(w, "physicalLocation", '{');
        cm_jw_open(w, "artifactLocation", '{');
        cm_jw_string(w, "uri", r->subject.document);
        cm_jw_close(w, '}');
        if (r->place.line > 0) {
                cm_jw_open(w, "region", '{');
                cm_jw_int(w, "startLine", r->place.line);
                cm_jw_int(w, "startColumn", r->place.column > 0 ? r->place.column : 1);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, '}');
        cm_jw_open(w, "logicalLocations", '[');
        cm_jw_open(w, NULL, '{');
        cm_jw_string(w, "name", r->subject.name);
        cm_jw_string(w, "kind", r->subject.kind);
        cm_jw_close(w, '}');
        cm_jw_close(w, ']');
        cm_jw_close(w, '}');
        cm_jw_close(w, ']');
}

static void put_result(struct cm_json_writer *w, const struct cm_check_outcome *o,
                       const struct cm_check_result *r)
{
        cm_jw_open(w, NULL, '{');
        cm_jw_string(w, "ruleId", r->check);
        cm_jw_int(w, "ruleIndex", (int64_t)rule_index(o, r->check));
        cm_jw_cstr(w, "kind", kind_of(r->state));
        cm_jw_cstr(w, "level", level_of(r));
        put_text(w, "message", r->message.len > 0 ? r->message : r->title);
        put_location(w, r);
        if (r->waiver != NULL) {
                cm_jw_open(w, "suppressions", '[');
                cm_jw_open(w, NULL, '{');
                cm_jw_cstr(w, "kind", "external");
                cm_jw_cstr(w, "status", "accepted");
                cm_jw_string(w, "justification", r->waiver->reason);
                cm_jw_close(w, '}');
                cm_jw_close(w, ']');
        }
        if (r->change != CM_CHECK_CHANGE_NONE)
                cm_jw_cstr(w, "baselineState",
                           r->change == CM_CHECK_CHANGE_KNOWN ? "unchanged" : "new");
        if (r->fingerprint.len > 0) {
                cm_jw_open(w, "partialFingerprints", '{');
                cm_jw_string(w, "coaming/v1", r->fingerprint);
                cm_jw_close(w, '}');
        }
        cm_jw_close(w, '}');
}

static void sarif_write(struct cm_buf *out, const struct cm_check_report *report)
{
        const struct cm_check_outcome *o = report->outcome;
        struct cm_json_writer w;
        cm_jw_init(&w, out);
        cm_jw_open(&w, NULL, '{');
        cm_jw_cstr(&w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        cm_jw_cstr(&w, "version", "2.1.0");
        cm_jw_open(&w, "runs", '[');
        cm_jw_open(&w, NULL, '{');
        cm_jw_open(&w, "tool", '{');
        cm_jw_open(&w, "driver", '{');
        cm_jw_cstr(&w, "name", "coaming");
        cm_jw_cstr(&w, "version", CM_VERSION);
        cm_jw_open(&w, "rules", '[');
        for (size_t i = 0; i < o->tally_count; i++)
                put_rule(&w, o, &o->tallies[i]);
        cm_jw_close(&w, ']');
        cm_jw_close(&w, '}');
        cm_jw_close(&w, '}');
        cm_jw_open(&w, "results", '[');
        for (size_t i = 0; i < o->result_count; i++)
                if (o->results[i].severity >= report->severity)
                        put_result(&w, o, &o->results[i]);
        cm_jw_close(&w, ']');
        cm_jw_close(&w, '}');
        cm_jw_close(&w, ']');
        cm_jw_close(&w, '}');
}

extern const struct cm_check_format cm_check_format_sarif;
const struct cm_check_format cm_check_format_sarif = {
        .name = "sarif",
        .summary = "SARIF 2.1.0, for code hosts and editors",
        .is_machine = true,
        .write = sarif_write,
};
