/* SPDX-License-Identifier: Apache-2.0 */
/* CVSS base scores of versions 2.0, 3.0 and 3.1; version 4.0 is in cvss4.c. */
#include <math.h>

#include "model/cvss_internal.h"

const char *cm_cvss_version_to_string(enum cm_cvss_version version)
{
        static const char *const names[] = { "", "2.0", "3.0", "3.1", "4.0" };
        return names[version];
}

int cm_cvss_metrics(struct cm_sv text, struct cm_cvss_metric *metrics, size_t max,
                    size_t *ret_count, struct cm_err *err)
{
        size_t count = 0;
        struct cm_sv part;
        while (cm_sv_next_field(&text, '/', &part)) {
                struct cm_sv key, value;
                if (!cm_sv_cut(part, ':', &key, &value) || key.len == 0 || value.len == 0)
                        return CM_RAISE(err, CM_E_MALFORMED, "CVSS vector has a part without ':'");
                for (size_t i = 0; i < count; i++)
                        if (cm_sv_eq(metrics[i].key, key))
                                return CM_RAISE(err, CM_E_MALFORMED, "CVSS metric is repeated");
                if (count == max)
                        return CM_RAISE(err, CM_E_MALFORMED, "CVSS vector has too many metrics");
                metrics[count++] = (struct cm_cvss_metric){ key, value };
        }
        *ret_count = count;
        return 0;
}

char cm_cvss_get(const struct cm_cvss_metric *metrics, size_t count, const char *key,
                 const char *allowed)
{
        for (size_t i = 0; i < count; i++) {
                if (!cm_cvss_is(metrics[i].key, key))
                        continue;
                for (const char *c = allowed; *c != '\0'; c++)
                        if (metrics[i].value.len == 1 && metrics[i].value.ptr[0] == *c)
                                return *c;
                return '\0';
        }
        return '\0';
}

/* The weight at the value's position in `allowed`. */
static bool weigh(const struct cm_cvss_metric *metrics, size_t count, const char *key,
                  const char *allowed, const double *weights, double *ret)
{
        char value = cm_cvss_get(metrics, count, key, allowed);
        if (value == '\0')
                return false;
        for (size_t i = 0; allowed[i] != '\0'; i++)
                if (allowed[i] == value)
                        *ret = weights[i];
        return true;
}

static int missing(struct cm_err *err)
{
        return CM_RAISE(err, CM_E_MALFORMED,
                        "CVSS vector lacks a base metric or has a value that "
                        "its version does not know");
}

/* Temporal and environmental metrics may stand there; a key of no or another version may not. */
static int check_keys(const struct cm_cvss_metric *m, size_t n, const char *const *keys,
                      struct cm_err *err)
{
        for (size_t i = 0; i < n; i++) {
                size_t k = 0;
                while (keys[k] != NULL && !cm_sv_eq(m[i].key, cm_sv_from_cstr(keys[k])))
                        k++;
                if (keys[k] == NULL)
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "CVSS vector has a metric that its version does not know");
        }
        return 0;
}

static const char *const keys_v2[] = { "AV", "AC",  "Au", "C",  "I",  "A",  "E", "RL",
                                       "RC", "CDP", "TD", "CR", "IR", "AR", NULL };
static const char *const keys_v3[] = { "AV",  "AC",  "PR", "UI", "S",  "C",  "I",   "A",
                                       "E",   "RL",  "RC", "CR", "IR", "AR", "MAV", "MAC",
                                       "MPR", "MUI", "MS", "MC", "MI", "MA", NULL };

/* v2.0 complete guide, section 3.2.1. */
static int score_v2(const struct cm_cvss_metric *m, size_t n, double *ret, struct cm_err *err)
{
        static const double av[] = { 0.395, 0.646, 1.0 };
        static const double ac[] = { 0.35, 0.61, 0.71 };
        static const double au[] = { 0.45, 0.56, 0.704 };
        static const double impact[] = { 0.0, 0.275, 0.660 };
        double v = 0, c = 0, u = 0, conf = 0, integ = 0, avail = 0;
        if (!weigh(m, n, "AV", "LAN", av, &v) || !weigh(m, n, "AC", "HML", ac, &c) ||
            !weigh(m, n, "Au", "MSN", au, &u) || !weigh(m, n, "C", "NPC", impact, &conf) ||
            !weigh(m, n, "I", "NPC", impact, &integ) || !weigh(m, n, "A", "NPC", impact, &avail))
                return missing(err);
        double total = 10.41 * (1.0 - (1.0 - conf) * (1.0 - integ) * (1.0 - avail));
        double exploit = 20.0 * v * c * u;
        double f = total == 0.0 ? 0.0 : 1.176;
        *ret = round((0.6 * total + 0.4 * exploit - 1.5) * f * 10.0) / 10.0;
        return 0;
}

/* v3.1 appendix A: one decimal, up, without floating-point surprises. */
static double roundup(double value)
{
        int64_t scaled = (int64_t)round(value * 100000.0);
        if (scaled % 10000 == 0)
                return (double)scaled / 100000.0;
        return (floor((double)scaled / 10000.0) + 1.0) / 10.0;
}

/* v3.1 section 7.1; v3.0's own rounding gives the same wherever the two were compared (section A
 * of v3.1 changed it for the sake of floating point only). */
static int score_v3(const struct cm_cvss_metric *m, size_t n, double *ret, struct cm_err *err)
{
        static const double av[] = { 0.85, 0.62, 0.55, 0.2 };
        static const double ac[] = { 0.77, 0.44 };
        static const double pr_unchanged[] = { 0.85, 0.62, 0.27 };
        static const double pr_changed[] = { 0.85, 0.68, 0.5 };
        static const double ui[] = { 0.85, 0.62 };
        static const double cia[] = { 0.56, 0.22, 0.0 };
        char scope = cm_cvss_get(m, n, "S", "UC");
        double v = 0, c = 0, p = 0, u = 0, conf = 0, integ = 0, avail = 0;
        if (scope == '\0' || !weigh(m, n, "AV", "NALP", av, &v) ||
            !weigh(m, n, "AC", "LH", ac, &c) ||
            !weigh(m, n, "PR", "NLH", scope == 'C' ? pr_changed : pr_unchanged, &p) ||
            !weigh(m, n, "UI", "NR", ui, &u) || !weigh(m, n, "C", "HLN", cia, &conf) ||
            !weigh(m, n, "I", "HLN", cia, &integ) || !weigh(m, n, "A", "HLN", cia, &avail))
                return missing(err);
        double iss = 1.0 - (1.0 - conf) * (1.0 - integ) * (1.0 - avail);
        double impact =
                scope == 'U' ? 6.42 * iss : 7.52 * (iss - 0.029) - 3.25 * pow(iss - 0.02, 15.0);
        double exploit = 8.22 * v * c * p * u;
        if (impact <= 0.0)
                *ret = 0.0;
        else
                *ret = roundup(fmin((scope == 'U' ? 1.0 : 1.08) * (impact + exploit), 10.0));
        return 0;
}

int cm_cvss_score(struct cm_sv vector, enum cm_cvss_version *ret_version, double *ret_score,
                  struct cm_err *err)
{
        static const struct {
                const char *prefix;
                enum cm_cvss_version version;
        } prefixes[] = { { "CVSS:3.0/", CM_CVSS_V30 },
                         { "CVSS:3.1/", CM_CVSS_V31 },
                         { "CVSS:4.0/", CM_CVSS_V40 } };
        vector = cm_sv_trim(vector);
        if (vector.len > 1 && vector.ptr[0] == '(' && vector.ptr[vector.len - 1] == ')')
                vector = cm_sv_slice(vector, 1, vector.len - 1);
        enum cm_cvss_version version = CM_CVSS_V2;
        for (size_t i = 0; i < CM_ARRAY_LEN(prefixes); i++) {
                struct cm_sv prefix = cm_sv_from_cstr(prefixes[i].prefix);
                if (!cm_sv_has_prefix(vector, prefix))
                        continue;
                version = prefixes[i].version;
                vector = cm_sv_skip(vector, prefix.len);
                break;
        }
        struct cm_cvss_metric metrics[CM_CVSS_METRICS_MAX];
        size_t count = 0;
        int r = cm_cvss_metrics(vector, metrics, CM_ARRAY_LEN(metrics), &count, err);
        if (r < 0)
                return r;
        double score = 0;
        if (version == CM_CVSS_V40)
                r = cm_cvss_score_v4(metrics, count, &score, err);
        else
                r = check_keys(metrics, count, version == CM_CVSS_V2 ? keys_v2 : keys_v3, err);
        if (r == 0 && version == CM_CVSS_V2)
                r = score_v2(metrics, count, &score, err);
        else if (r == 0 && version != CM_CVSS_V40)
                r = score_v3(metrics, count, &score, err);
        if (r < 0)
                return r;
        *ret_version = version;
        *ret_score = score;
        return 0;
}
