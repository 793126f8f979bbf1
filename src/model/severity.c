/* SPDX-License-Identifier: Apache-2.0 */
/* Words and scores of severity.h. */
#include "model/severity.h"

static const char *const names[CM_SEVERITY_COUNT] = {
#define X(severity, name) [CM_SEVERITY_##severity] = (name),
        CM_SEVERITIES(X)
#undef X
};

/* How distributions and advisory databases spell severities. */
static const struct {
        const char *word;
        enum cm_severity severity;
} vendor_words[] = {
        { "critical", CM_SEVERITY_CRITICAL },
        { "urgent", CM_SEVERITY_CRITICAL },
        { "high", CM_SEVERITY_HIGH },
        { "important", CM_SEVERITY_HIGH },
        { "medium", CM_SEVERITY_MEDIUM },
        { "moderate", CM_SEVERITY_MEDIUM },
        { "low", CM_SEVERITY_LOW },
        { "minor", CM_SEVERITY_LOW },
        { "negligible", CM_SEVERITY_NEGLIGIBLE },
        { "unimportant", CM_SEVERITY_NEGLIGIBLE },
        { "none", CM_SEVERITY_NEGLIGIBLE },
        { "informational", CM_SEVERITY_NEGLIGIBLE },
};

const char *cm_severity_to_string(enum cm_severity severity)
{
        return names[severity];
}

bool cm_severity_from_string(struct cm_sv s, enum cm_severity *ret)
{
        for (size_t i = 0; i < CM_SEVERITY_COUNT; i++) {
                if (cm_sv_eq_nocase(s, cm_sv_from_cstr(names[i]))) {
                        *ret = (enum cm_severity)i;
                        return true;
                }
        }
        return false;
}

bool cm_severity_from_vendor_word(struct cm_sv s, enum cm_severity *ret)
{
        s = cm_sv_trim(s);
        while (s.len > 0 && s.ptr[s.len - 1] == '*')
                s.len--; /* Debian marks ratings taken from NVD: "high**" */
        for (size_t i = 0; i < CM_ARRAY_LEN(vendor_words); i++) {
                if (cm_sv_eq_nocase(s, cm_sv_from_cstr(vendor_words[i].word))) {
                        *ret = vendor_words[i].severity;
                        return true;
                }
        }
        return false;
}

enum cm_severity cm_severity_from_score(double score)
{
        if (score <= 0.0)
                return CM_SEVERITY_NEGLIGIBLE;
        if (score < 4.0)
                return CM_SEVERITY_LOW;
        if (score < 7.0)
                return CM_SEVERITY_MEDIUM;
        return score < 9.0 ? CM_SEVERITY_HIGH : CM_SEVERITY_CRITICAL;
}
