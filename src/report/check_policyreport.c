/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PolicyReport and ClusterPolicyReport objects of Kubernetes' policy working group, as YAML: one per
 * name space, and one for all that is in none. Objects that are not of Kubernetes are named by
 * properties. Spec: wgpolicyk8s.io/v1alpha2.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "report/check_format.h"
#include "report/check_identity.h"

enum {
        RESULTS_MAX = 500, /* of one object: the store of a cluster takes about 1 MB */
        NAME_LABEL_MAX = 63
};

enum outcome_word {
        PASS,
        FAIL,
        WARN,
        ERROR,
        SKIP,
        WORD_COUNT
};

static const char *const words[WORD_COUNT] = { "pass", "fail", "warn", "error", "skip" };

static enum outcome_word word_of(enum cm_check_state state)
{
        static const enum outcome_word by_state[CM_CHECK_STATE_COUNT] = {
                [CM_CHECK_UNKNOWN] = ERROR, [CM_CHECK_FAIL] = FAIL,
                [CM_CHECK_WAIVED] = WARN,   [CM_CHECK_MANUAL] = SKIP,
                [CM_CHECK_PASS] = PASS,     [CM_CHECK_NOT_APPLICABLE] = SKIP,
        };
        return by_state[state];
}

/* The API has three words; ours is a property. */
static const char *severity_of(enum cm_severity severity)
{
        if (severity >= CM_SEVERITY_HIGH)
                return "high";
        return severity == CM_SEVERITY_MEDIUM || severity == CM_SEVERITY_UNKNOWN ? "medium" : "low";
}

/* In double quotes; what YAML cannot hold or people cannot see is written as an escape. */
static void put_quoted(struct cm_buf *out, struct cm_sv s)
{
        cm_buf_put_char(out, '"');
        while (s.len > 0) {
                uint32_t cp = 0;
                size_t n = cm_utf8_next(s, &cp);
                if (n == 0)
                        cm_buf_put_str(out, "\xef\xbf\xbd");
                else if (cp == '"' || cp == '\\')
                        cm_buf_printf(out, "\\%c", (char)cp);
                else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x200b && cp <= 0x200f) ||
                         (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) ||
                         cp == 0xfeff || cp == 0xfffe || cp == 0xffff)
                        cm_buf_printf(out, "\\u%04x", cp);
                else
                        cm_buf_put(out, s.ptr, n);
                s = cm_sv_skip(s, n > 0 ? n : 1);
        }
        cm_buf_put_char(out, '"');
}

static void put_member(struct cm_buf *out, const char *before, struct cm_sv value)
{
        if (value.len == 0)
                return;
        cm_buf_put_str(out, before);
        put_quoted(out, value);
        cm_buf_put_char(out, '\n');
}

static bool is_label(struct cm_sv s)
{
        if (s.len == 0 || s.len > NAME_LABEL_MAX || s.ptr[0] == '-' || s.ptr[s.len - 1] == '-')
                return false;
        for (size_t i = 0; i < s.len; i++)
                if (!((s.ptr[i] >= 'a' && s.ptr[i] <= 'z') ||
                      (s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] == '-'))
                        return false;
        return true;
}

static bool is_kubernetes(const struct cm_check_result *r)
{
        return cm_sv_has_prefix(r->subject.view, CM_SV("k8s."));
}

/* The name space whose report has the result; "": that of the cluster. */
static struct cm_sv namespace_of(const struct cm_check_result *r)
{
        return is_kubernetes(r) && is_label(r->subject.group) ? r->subject.group : CM_SV("");
}

static void put_properties(struct cm_buf *out, const struct cm_check_result *r)
{
        cm_buf_put_str(out, "  properties:\n");
        cm_buf_printf(out, "    severity: %s\n    state: %s\n", cm_severity_to_string(r->severity),
                      cm_check_state_to_string(r->state));
        if (!is_kubernetes(r)) {
                put_member(out, "    kind: ", r->subject.kind);
                put_member(out, "    name: ", r->subject.name);
                put_member(out, "    group: ", r->subject.group);
        }
        put_member(out, "    document: ", r->subject.document);
        if (r->place.line > 0)
                cm_buf_printf(out, "    line: \"%u\"\n    column: \"%u\"\n", r->place.line,
                              r->place.column);
        put_member(out, "    pointer: ", r->place.pointer);
        put_member(out, "    fingerprint: ", r->fingerprint);
        put_member(out, "    frameworks: ", cm_sv_trim(r->maps));
        if (r->waiver != NULL) {
                put_member(out, "    waiverOwner: ", r->waiver->owner);
                put_member(out, "    waiverReason: ", r->waiver->reason);
        }
        if (r->state == CM_CHECK_FAIL)
                put_member(out, "    remediation: ", r->remediation);
}

static void put_result(struct cm_buf *out, const struct cm_check_report *report,
                       const struct cm_check_result *r)
{
        put_member(out, "- policy: ", r->check);
        put_member(out, "  rule: ", r->title);
        put_member(out, "  message: ", r->message.len > 0 ? r->message : r->title);
        put_member(out, "  category: ", report->profile);
        cm_buf_printf(out,
                      "  result: %s\n  severity: %s\n  scored: %s\n  source: coaming\n"
                      "  timestamp: {seconds: %lld, nanos: 0}\n",
                      words[word_of(r->state)], severity_of(r->severity),
                      r->state == CM_CHECK_PASS || r->state == CM_CHECK_FAIL ||
                                      r->state == CM_CHECK_UNKNOWN
                              ? "true"
                              : "false",
                      (long long)report->now_s);
        if (is_kubernetes(r) && r->subject.kind.len > 0) {
                cm_buf_put_str(out, "  resources:\n  - kind: ");
                put_quoted(out, r->subject.kind);
                cm_buf_put_char(out, '\n');
                put_member(out, "    name: ", r->subject.name);
                put_member(out, "    namespace: ", r->subject.group);
        }
        put_properties(out, r);
}

/* Results `from`.. of one name space, at most RESULTS_MAX; `number` tells its objects apart. */
static void put_report(struct cm_buf *out, const struct cm_check_report *report,
                       const struct cm_check_result *results, size_t count, size_t number)
{
        struct cm_sv name_space = namespace_of(&results[0]);
        uint64_t sums[WORD_COUNT] = { 0 };
        for (size_t i = 0; i < count; i++)
                sums[word_of(results[i].state)]++;
        cm_buf_printf(out, "---\napiVersion: wgpolicyk8s.io/v1alpha2\nkind: %sPolicyReport\n",
                      name_space.len > 0 ? "" : "Cluster");
        cm_buf_put_str(out, "metadata:\n  name: coaming");
        if (number > 1)
                cm_buf_printf(out, "-%zu", number);
        cm_buf_put_char(out, '\n');
        put_member(out, "  namespace: ", name_space);
        cm_buf_put_str(out, "  labels: {app.kubernetes.io/managed-by: coaming}\nsummary:\n");
        for (size_t i = 0; i < WORD_COUNT; i++)
                if (i != PASS || report->outcome->with_passed) /* else they are not listed */
                        cm_buf_printf(out, "  %s: %llu\n", words[i], (unsigned long long)sums[i]);
        cm_buf_put_str(out, count > 0 ? "results:\n" : "results: []\n");
        for (size_t i = 0; i < count; i++)
                put_result(out, report, &results[i]);
}

struct entry {
        struct cm_check_result result;
        size_t index;
};

static int by_namespace(const void *a, const void *b)
{
        const struct entry *x = a;
        const struct entry *y = b;
        int c = cm_sv_cmp(namespace_of(&x->result), namespace_of(&y->result));
        return c != 0 ? c : (x->index > y->index) - (x->index < y->index);
}

static void put_all(struct cm_buf *out, const struct cm_check_report *report,
                    struct cm_check_result *results, size_t count)
{
        size_t number = 0;
        for (size_t from = 0, to = 0; from < count; from = to) {
                while (to < count && to - from < RESULTS_MAX &&
                       cm_sv_eq(namespace_of(&results[from]), namespace_of(&results[to])))
                        to++;
                bool more = from > 0 && cm_sv_eq(namespace_of(&results[from - 1]),
                                                 namespace_of(&results[from]));
                number = more ? number + 1 : 1;
                put_report(out, report, results + from, to - from, number);
        }
}

static void policyreport_write(struct cm_buf *out, const struct cm_check_report *report)
{
        const struct cm_check_outcome *o = report->outcome;
        size_t count = 0;
        struct entry *entries = calloc(o->result_count + o->unread_count + 1, sizeof(*entries));
        struct cm_check_result *sorted =
                calloc(o->result_count + o->unread_count + 1, sizeof(*sorted));
        CM_ASSERT(entries != NULL && sorted != NULL);
        for (size_t i = 0; i < o->result_count; i++)
                if (cm_check_report_shows(report, &o->results[i])) {
                        entries[count].result = o->results[i];
                        entries[count].index = count;
                        count++;
                }
        for (size_t i = 0; i < o->unread_count; i++) {
                entries[count].result = cm_check_unread_result(&o->unread[i]);
                entries[count].index = count;
                count++;
        }
        qsort(entries, count, sizeof(*entries), by_namespace);
        for (size_t i = 0; i < count; i++)
                sorted[i] = entries[i].result;
        if (count == 0) /* that all is well is said by an empty report */
                put_report(out, report, sorted, 0, 1);
        else
                put_all(out, report, sorted, count);
        free(sorted);
        free(entries);
}

extern const struct cm_check_format cm_check_format_policyreport;
const struct cm_check_format cm_check_format_policyreport = {
        .name = "policyreport",
        .summary = "PolicyReport objects of Kubernetes, YAML",
        .is_machine = true,
        .write = policyreport_write,
};
