/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JUnit XML for CI systems: a test suite per document, a test case per check and object. Unknown is
 * an error, what does not apply or is waived is skipped; results that pass are there when the run
 * kept them.
 */
#include "report/check_format.h"
#include "report/markup.h"

static void put_place(struct cm_buf *out, const struct cm_check_result *r)
{
        cm_markup_put(out, r->subject.document);
        if (r->place.line > 0)
                cm_buf_printf(out, ":%u:%u", r->place.line, r->place.column);
        cm_buf_put_str(out, "\n");
        cm_markup_put(out, r->remediation);
}

static void put_case(struct cm_buf *out, const struct cm_check_result *r)
{
        cm_buf_put_str(out, "    <testcase classname=\"");
        cm_markup_put(out, r->check);
        cm_buf_put_str(out, "\" name=\"");
        cm_markup_put(out, r->title);
        cm_buf_put_str(out, ": ");
        cm_markup_put(out, r->subject.kind);
        cm_buf_put_char(out, ' ');
        cm_markup_put(out, r->subject.name);
        cm_buf_put_char(out, '"');
        const char *element = NULL;
        switch (r->state) {
        case CM_CHECK_FAIL:
                element = "failure";
                break;
        case CM_CHECK_UNKNOWN:
                element = "error";
                break;
        case CM_CHECK_WAIVED:
        case CM_CHECK_MANUAL:
        case CM_CHECK_NOT_APPLICABLE:
                element = "skipped";
                break;
        case CM_CHECK_PASS:
        case CM_CHECK_STATE_COUNT:
                break;
        }
        if (element == NULL) {
                cm_buf_put_str(out, "/>\n");
                return;
        }
        cm_buf_printf(out, ">\n      <%s message=\"", element);
        cm_markup_put(out, r->message.len > 0
                                   ? r->message
                                   : cm_sv_from_cstr(cm_check_state_to_string(r->state)));
        if (r->state == CM_CHECK_FAIL || r->state == CM_CHECK_UNKNOWN) {
                cm_buf_put_str(out, "\" type=\"");
                cm_markup_put(out, cm_sv_from_cstr(cm_severity_to_string(r->severity)));
                cm_buf_put_str(out, "\">");
                put_place(out, r);
                cm_buf_printf(out, "</%s>\n    </testcase>\n", element);
        } else {
                cm_buf_put_str(out, "\"/>\n    </testcase>\n");
        }
}

static size_t suite_end(const struct cm_check_outcome *o, size_t from)
{
        size_t to = from;
        while (to < o->result_count &&
               cm_sv_eq(o->results[to].subject.document, o->results[from].subject.document))
                to++;
        return to;
}

static size_t count_state(const struct cm_check_outcome *o, size_t from, size_t to,
                          enum cm_check_state state)
{
        size_t n = 0;
        for (size_t i = from; i < to; i++)
                n += o->results[i].state == state ? 1 : 0;
        return n;
}

static void junit_write(struct cm_buf *out, const struct cm_check_report *report)
{
        const struct cm_check_outcome *o = report->outcome;
        cm_buf_put_str(out,
                       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"coaming "
                       "check\">\n");
        for (size_t from = 0; from < o->result_count;) {
                size_t to = suite_end(o, from);
                size_t failures = count_state(o, from, to, CM_CHECK_FAIL);
                size_t errors = count_state(o, from, to, CM_CHECK_UNKNOWN);
                size_t passed = count_state(o, from, to, CM_CHECK_PASS);
                cm_buf_put_str(out, "  <testsuite name=\"");
                cm_markup_put(out, o->results[from].subject.document);
                cm_buf_printf(out,
                              "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
                              "skipped=\"%zu\">\n",
                              to - from, failures, errors, to - from - failures - errors - passed);
                for (size_t i = from; i < to; i++)
                        put_case(out, &o->results[i]);
                cm_buf_put_str(out, "  </testsuite>\n");
                from = to;
        }
        for (size_t i = 0; i < o->unread_count; i++) {
                cm_buf_put_str(out, "  <testsuite name=\"");
                cm_markup_put(out, o->unread[i].document);
                cm_buf_put_str(out, "\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
                                    "    <testcase classname=\"document\" name=\"is read\">\n"
                                    "      <error message=\"");
                cm_markup_put(out, o->unread[i].reason.len > 0
                                           ? o->unread[i].reason
                                           : CM_SV("no known kind of document"));
                cm_buf_put_str(out, "\"/>\n    </testcase>\n  </testsuite>\n");
        }
        cm_buf_put_str(out, "</testsuites>\n");
}

extern const struct cm_check_format cm_check_format_junit;
const struct cm_check_format cm_check_format_junit = {
        .name = "junit",
        .summary = "JUnit XML, for CI systems",
        .is_machine = true,
        .write = junit_write,
};
