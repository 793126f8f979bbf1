/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CVSS 4.0 scores. A vector falls into one of 270 MacroVectors, each of which has a score given by
 * a table; from there it goes down by the mean share that the vector has already left behind of the
 * way to the next lower MacroVector along each equivalence class (EQ1 to EQ6; EQ3 and EQ6 go
 * together). All in integers, in tenths of a score, so that no rounding depends on floating point.
 * Spec: FIRST CVSS v4.0 specification, sections 7 (vector), 8.2 (MacroVectors), 8.3 (score).
 */
#include "model/cvss_internal.h"

/* In the order of `known` below. */
enum metric {
        AV,
        AC,
        AT,
        PR,
        UI,
        VC,
        VI,
        VA,
        SC,
        SI,
        SA,
        E,
        CR,
        IR,
        AR,
        METRICS
};

/* What a vector may hold: base metrics are mandatory, the rest may be X (not defined). */
static const struct {
        const char *key;
        const char *modified; /* key that overrides it, or NULL */
        const char *values;   /* from the most severe; the place is the severity level */
        const char *stated;   /* those that the key itself may have */
} known[METRICS] = {
        [AV] = { "AV", "MAV", "NALP", "NALP" }, [AC] = { "AC", "MAC", "LH", "LH" },
        [AT] = { "AT", "MAT", "NP", "NP" },     [PR] = { "PR", "MPR", "NLH", "NLH" },
        [UI] = { "UI", "MUI", "NPA", "NPA" },   [VC] = { "VC", "MVC", "HLN", "HLN" },
        [VI] = { "VI", "MVI", "HLN", "HLN" },   [VA] = { "VA", "MVA", "HLN", "HLN" },
        [SC] = { "SC", "MSC", "HLN", "HLN" },   [SI] = { "SI", "MSI", "SHLN", "HLN" },
        [SA] = { "SA", "MSA", "SHLN", "HLN" },  [E] = { "E", NULL, "APU", "APU" },
        [CR] = { "CR", NULL, "HML", "HML" },    [IR] = { "IR", NULL, "HML", "HML" },
        [AR] = { "AR", NULL, "HML", "HML" },
};
enum {
        BASE_METRICS = SA + 1
};

/* Supplemental metrics do not change the score. */
static const struct {
        const char *key;
        const char *values[5];
} supplemental[] = {
        { "S", { "X", "N", "P" } },       { "AU", { "X", "N", "Y" } },
        { "R", { "X", "A", "U", "I" } },  { "V", { "X", "D", "C" } },
        { "RE", { "X", "L", "M", "H" } }, { "U", { "X", "Clear", "Green", "Amber", "Red" } },
};

/* EQ3 with EQ6: "20" cannot be, since then no impact is high. */
enum eq36 {
        EQ36_00,
        EQ36_01,
        EQ36_10,
        EQ36_11,
        EQ36_21,
        EQ36_COUNT
};

/* Tenths by EQ1 and EQ2, then EQ3/6, EQ4, EQ5. */
static const uint8_t macro_scores[6][EQ36_COUNT][3][3] = {
        { { { 100, 98, 95 }, { 100, 93, 91 }, { 93, 89, 81 } },
          { { 99, 95, 92 }, { 96, 87, 81 }, { 90, 80, 68 } },
          { { 98, 95, 90 }, { 93, 89, 81 }, { 88, 78, 69 } },
          { { 95, 92, 84 }, { 92, 81, 65 }, { 80, 70, 48 } },
          { { 92, 82, 72 }, { 79, 69, 50 }, { 69, 55, 27 } } }, /* EQ1 0, EQ2 0 */
        { { { 99, 95, 92 }, { 95, 90, 84 }, { 92, 82, 72 } },
          { { 97, 92, 85 }, { 91, 83, 71 }, { 81, 71, 53 } },
          { { 95, 92, 85 }, { 92, 80, 70 }, { 84, 71, 50 } },
          { { 93, 85, 73 }, { 82, 72, 59 }, { 70, 52, 30 } },
          { { 86, 75, 52 }, { 71, 52, 29 }, { 63, 29, 17 } } }, /* EQ1 0, EQ2 1 */
        { { { 98, 94, 91 }, { 94, 86, 77 }, { 87, 74, 63 } },
          { { 95, 87, 81 }, { 89, 74, 64 }, { 75, 63, 49 } },
          { { 94, 88, 76 }, { 86, 74, 59 }, { 72, 57, 52 } },
          { { 89, 77, 67 }, { 76, 58, 50 }, { 57, 52, 25 } },
          { { 83, 70, 54 }, { 65, 58, 26 }, { 53, 21, 13 } } }, /* EQ1 1, EQ2 0 */
        { { { 95, 88, 76 }, { 90, 75, 61 }, { 77, 68, 52 } },
          { { 90, 76, 70 }, { 77, 62, 53 }, { 66, 59, 30 } },
          { { 89, 76, 62 }, { 74, 57, 47 }, { 61, 57, 24 } },
          { { 78, 67, 58 }, { 59, 57, 23 }, { 52, 29, 16 } },
          { { 71, 59, 30 }, { 58, 26, 15 }, { 23, 13, 6 } } }, /* EQ1 1, EQ2 1 */
        { { { 93, 86, 75 }, { 86, 74, 56 }, { 70, 52, 40 } },
          { { 87, 72, 58 }, { 74, 61, 34 }, { 54, 40, 22 } },
          { { 85, 74, 62 }, { 72, 55, 46 }, { 53, 34, 19 } },
          { { 75, 55, 51 }, { 57, 41, 19 }, { 36, 19, 8 } },
          { { 64, 51, 20 }, { 47, 21, 11 }, { 24, 9, 4 } } }, /* EQ1 2, EQ2 0 */
        { { { 88, 73, 60 }, { 73, 59, 41 }, { 54, 45, 20 } },
          { { 75, 53, 50 }, { 55, 40, 20 }, { 43, 22, 11 } },
          { { 75, 58, 40 }, { 61, 48, 20 }, { 46, 17, 8 } },
          { { 55, 45, 21 }, { 51, 18, 9 }, { 18, 7, 2 } },
          { { 53, 24, 14 }, { 24, 12, 5 }, { 10, 3, 1 } } }, /* EQ1 2, EQ2 1 */
};

/* The most severe vectors of each class; "" ends a list. Values in the order of the metrics. */
static const enum metric metrics_eq1[] = { AV, PR, UI };
static const enum metric metrics_eq2[] = { AC, AT };
static const enum metric metrics_eq36[] = { VC, VI, VA, CR, IR, AR };
static const enum metric metrics_eq4[] = { SC, SI, SA };
static const char *const highest_eq1[3][4] = { { "NNN" },
                                               { "ANN", "NLN", "NNP" },
                                               { "PNN", "ALP" } };
static const char *const highest_eq2[2][3] = { { "LN" }, { "HN", "LP" } };
static const char *const highest_eq36[EQ36_COUNT][6] = {
        [EQ36_00] = { "HHHHHH" },
        [EQ36_01] = { "HHLMMH", "HHHMMM" },
        [EQ36_10] = { "LHHHHH", "HLHHHH" },
        [EQ36_11] = { "LHLHMH", "LHHHMM", "HLHMHM", "HLLMHH", "LLHHHM" },
        [EQ36_21] = { "LLLHHH" },
};
static const char *const highest_eq4[3][2] = { { "HSS" }, { "HHH" }, { "LLL" } };
/* How many steps of severity a class spans. */
static const int depth_eq1[3] = { 1, 4, 5 };
static const int depth_eq2[2] = { 1, 2 };
static const int depth_eq36[EQ36_COUNT] = { 7, 6, 8, 8, 10 };
static const int depth_eq4[3] = { 6, 5, 4 };
enum {
        DEPTHS_LCM = 840 /* every depth divides it */
};

static int place(const char *values, char value)
{
        for (int i = 0; values[i] != '\0'; i++)
                if (values[i] == value)
                        return i;
        return -1;
}

static int malformed(struct cm_err *err, const char *key)
{
        return CM_RAISE(err, CM_E_MALFORMED,
                        "CVSS 4.0 vector has no metric %s, or a value that it does not know", key);
}

/* Takes one metric into `values`. Returns whether the version knows the key and the value. */
static bool take(struct cm_cvss_metric m, char values[METRICS], char modified[METRICS])
{
        for (size_t i = 0; i < METRICS; i++) {
                bool own = cm_cvss_is(m.key, known[i].key);
                bool over = known[i].modified != NULL && cm_cvss_is(m.key, known[i].modified);
                if (!own && !over)
                        continue;
                if (m.value.len != 1)
                        return false;
                char value = m.value.ptr[0];
                if (value == 'X')
                        return over || i >= BASE_METRICS;
                if (place(own ? known[i].stated : known[i].values, value) < 0)
                        return false;
                (own ? values : modified)[i] = value;
                return true;
        }
        for (size_t i = 0; i < CM_ARRAY_LEN(supplemental); i++) {
                if (!cm_cvss_is(m.key, supplemental[i].key))
                        continue;
                for (size_t j = 0; j < CM_ARRAY_LEN(supplemental[i].values); j++)
                        if (supplemental[i].values[j] != NULL &&
                            cm_sv_eq(m.value, cm_sv_from_cstr(supplemental[i].values[j])))
                                return true;
                return false;
        }
        return false;
}

/* The values that count: modified before base, and the worst where nothing is stated. */
static int effective(const struct cm_cvss_metric *metrics, size_t count, char values[METRICS],
                     struct cm_err *err)
{
        char modified[METRICS] = { 0 };
        for (size_t i = 0; i < METRICS; i++)
                values[i] = '\0';
        for (size_t i = 0; i < count; i++)
                if (!take(metrics[i], values, modified))
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "CVSS 4.0 vector has a metric or a value that the version "
                                        "does not know");
        for (size_t i = 0; i < METRICS; i++) {
                if (values[i] == '\0' && i < BASE_METRICS)
                        return malformed(err, known[i].key);
                if (values[i] == '\0')
                        values[i] = known[i].values[0];
                if (modified[i] != '\0')
                        values[i] = modified[i];
        }
        return 0;
}

struct macro {
        size_t eq1, eq2, eq36, eq4, eq5;
};

static struct macro macro_of(const char v[METRICS])
{
        struct macro m = { 0 };
        int none = (v[AV] == 'N') + (v[PR] == 'N') + (v[UI] == 'N');
        m.eq1 = none == 3 ? 0 : none > 0 && v[AV] != 'P' ? 1 : 2;
        m.eq2 = v[AC] == 'L' && v[AT] == 'N' ? 0 : 1;
        bool high = v[VC] == 'H' || v[VI] == 'H' || v[VA] == 'H';
        bool required = (v[CR] == 'H' && v[VC] == 'H') || (v[IR] == 'H' && v[VI] == 'H') ||
                        (v[AR] == 'H' && v[VA] == 'H');
        if (v[VC] == 'H' && v[VI] == 'H')
                m.eq36 = required ? EQ36_00 : EQ36_01;
        else if (high)
                m.eq36 = required ? EQ36_10 : EQ36_11;
        else
                m.eq36 = EQ36_21;
        if (v[SI] == 'S' || v[SA] == 'S')
                m.eq4 = 0;
        else
                m.eq4 = v[SC] == 'H' || v[SI] == 'H' || v[SA] == 'H' ? 1 : 2;
        m.eq5 = (size_t)place(known[E].values, v[E]);
        return m;
}

static int score_of(struct macro m)
{
        return macro_scores[m.eq1 * 2 + m.eq2][m.eq36][m.eq4][m.eq5];
}

/* Steps from the first of the `highest` vectors that is nowhere below the vector itself. */
static int distance(const char v[METRICS], const enum metric *metrics, size_t count,
                    const char *const *highest)
{
        int sum = 0;
        for (size_t h = 0; highest[h] != NULL; h++) {
                bool above = true;
                sum = 0;
                for (size_t i = 0; i < count; i++) {
                        const char *values = known[metrics[i]].values;
                        int steps = place(values, v[metrics[i]]) - place(values, highest[h][i]);
                        above = above && steps >= 0;
                        sum += steps;
                }
                if (above)
                        break;
        }
        return sum;
}

/* The next lower MacroVector of EQ3 and EQ6; from "00" two ways lead down, the higher one counts. */
static bool lower_eq36(struct macro m, int *ret)
{
        static const size_t next[EQ36_COUNT] = { EQ36_01, EQ36_11, EQ36_11, EQ36_21, EQ36_COUNT };
        struct macro lower = m;
        lower.eq36 = next[m.eq36];
        if (lower.eq36 == EQ36_COUNT)
                return false;
        *ret = score_of(lower);
        if (m.eq36 == EQ36_00) {
                lower.eq36 = EQ36_10;
                *ret = CM_MAX(*ret, score_of(lower));
        }
        return true;
}

int cm_cvss_score_v4(const struct cm_cvss_metric *metrics, size_t count, double *ret,
                     struct cm_err *err)
{
        char v[METRICS];
        int r = effective(metrics, count, v, err);
        if (r < 0)
                return r;
        *ret = 0.0;
        if (v[VC] == 'N' && v[VI] == 'N' && v[VA] == 'N' && v[SC] == 'N' && v[SI] == 'N' &&
            v[SA] == 'N')
                return 0;
        struct macro m = macro_of(v);
        int value = score_of(m);
        int ways = 0;
        int sum = 0; /* in DEPTHS_LCM-ths of a tenth */
        int lower = 0;
        if (m.eq1 < 2) {
                struct macro l = m;
                l.eq1++;
                ways++;
                sum += (value - score_of(l)) * (DEPTHS_LCM / depth_eq1[m.eq1]) *
                       distance(v, metrics_eq1, CM_ARRAY_LEN(metrics_eq1), highest_eq1[m.eq1]);
        }
        if (m.eq2 < 1) {
                struct macro l = m;
                l.eq2++;
                ways++;
                sum += (value - score_of(l)) * (DEPTHS_LCM / depth_eq2[m.eq2]) *
                       distance(v, metrics_eq2, CM_ARRAY_LEN(metrics_eq2), highest_eq2[m.eq2]);
        }
        if (lower_eq36(m, &lower)) {
                ways++;
                sum += (value - lower) * (DEPTHS_LCM / depth_eq36[m.eq36]) *
                       distance(v, metrics_eq36, CM_ARRAY_LEN(metrics_eq36), highest_eq36[m.eq36]);
        }
        if (m.eq4 < 2) {
                struct macro l = m;
                l.eq4++;
                ways++;
                sum += (value - score_of(l)) * (DEPTHS_LCM / depth_eq4[m.eq4]) *
                       distance(v, metrics_eq4, CM_ARRAY_LEN(metrics_eq4), highest_eq4[m.eq4]);
        }
        if (m.eq5 < 2)
                ways++; /* a class of one vector: no distance, but it counts in the mean */
        int unit = DEPTHS_LCM * CM_MAX(ways, 1);
        int tenths = (value * unit - sum + unit / 2) / unit; /* half goes up */
        *ret = (double)CM_MIN(CM_MAX(tenths, 0), 100) / 10.0;
        return 0;
}
