/* SPDX-License-Identifier: Apache-2.0 */
/* Severity words and the borders of the CVSS rating. */
#include "model/severity.h"
#include "tests/harness.h"

CM_TEST(words)
{
        enum cm_severity s = CM_SEVERITY_UNKNOWN;
        for (size_t i = 0; i < CM_SEVERITY_COUNT; i++) {
                const char *name = cm_severity_to_string((enum cm_severity)i);
                CM_CHECK(cm_severity_from_string(cm_sv_from_cstr(name), &s));
                CM_CHECK_INT(s, i);
        }
        CM_CHECK(cm_severity_from_string(CM_SV("HIGH"), &s) && s == CM_SEVERITY_HIGH);
        CM_CHECK(!cm_severity_from_string(CM_SV("important"), &s));
        CM_CHECK(cm_severity_from_vendor_word(CM_SV("Important"), &s) && s == CM_SEVERITY_HIGH);
        CM_CHECK(cm_severity_from_vendor_word(CM_SV(" Moderate"), &s) && s == CM_SEVERITY_MEDIUM);
        CM_CHECK(cm_severity_from_vendor_word(CM_SV("low**"), &s) && s == CM_SEVERITY_LOW);
        CM_CHECK(cm_severity_from_vendor_word(CM_SV("unimportant"), &s) &&
                 s == CM_SEVERITY_NEGLIGIBLE);
}

CM_TEST(words_that_rate_nothing)
{
        enum cm_severity s = CM_SEVERITY_HIGH;
        CM_CHECK(!cm_severity_from_vendor_word(CM_SV("not yet assigned"), &s));
        CM_CHECK(!cm_severity_from_vendor_word(CM_SV("end-of-life"), &s));
        CM_CHECK(!cm_severity_from_vendor_word(CM_SV("unknown"), &s));
        CM_CHECK(!cm_severity_from_vendor_word(CM_SV(""), &s));
        CM_CHECK_INT(s, CM_SEVERITY_HIGH);
}

CM_TEST(score_borders)
{
        static const struct {
                double score;
                enum cm_severity severity;
        } borders[] = { { 0.0, CM_SEVERITY_NEGLIGIBLE }, { 0.1, CM_SEVERITY_LOW },
                        { 3.9, CM_SEVERITY_LOW },        { 4.0, CM_SEVERITY_MEDIUM },
                        { 6.9, CM_SEVERITY_MEDIUM },     { 7.0, CM_SEVERITY_HIGH },
                        { 8.9, CM_SEVERITY_HIGH },       { 9.0, CM_SEVERITY_CRITICAL },
                        { 10.0, CM_SEVERITY_CRITICAL } };
        for (size_t i = 0; i < CM_ARRAY_LEN(borders); i++)
                CM_CHECK_INT(cm_severity_from_score(borders[i].score), borders[i].severity);
}
