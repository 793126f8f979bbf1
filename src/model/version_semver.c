/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Semantic versions, and Go's on top of them. Missing numbers count as 0, more than three are
 * compared too, a leading "v" and build metadata ("+...") do not count. Text that is no version at
 * all comes before every version, ordered bytewise.
 * Spec: semver.org 2.0.0 item 11; golang.org/x/mod/semver; go.dev/doc/toolchain ("go1.21rc1").
 */
#include "model/version_internal.h"

struct semver {
        struct cm_sv numbers; /* "1.2.3" */
        struct cm_sv prerelease;
        bool is_valid;
};

static struct semver parse(struct cm_sv v)
{
        struct semver s = { .is_valid = false };
        struct cm_sv build;
        v = cm_sv_trim(v);
        if (v.len > 0 && (v.ptr[0] == 'v' || v.ptr[0] == 'V' || v.ptr[0] == '='))
                v = cm_sv_skip(v, 1);
        cm_sv_cut(v, '+', &v, &build);
        size_t n = 0;
        while (n < v.len && (cm_is_digit(v.ptr[n]) || v.ptr[n] == '.'))
                n++;
        s.numbers = cm_sv_slice(v, 0, n);
        s.prerelease = cm_sv_skip(v, n);
        if (s.prerelease.len > 0 && s.prerelease.ptr[0] == '-')
                s.prerelease = cm_sv_skip(s.prerelease, 1);
        s.is_valid = n > 0 && cm_is_digit(v.ptr[0]);
        return s;
}

static int numbers_cmp(struct cm_sv a, struct cm_sv b)
{
        while (a.len > 0 || b.len > 0) {
                struct cm_sv x = CM_SV("");
                struct cm_sv y = CM_SV("");
                if (!cm_sv_next_field(&a, '.', &x))
                        x = CM_SV("");
                if (!cm_sv_next_field(&b, '.', &y))
                        y = CM_SV("");
                int c = cm_version_digits_cmp(x, y);
                if (c != 0)
                        return c;
        }
        return 0;
}

int cm_version_cmp_semver(struct cm_sv a, struct cm_sv b)
{
        struct semver x = parse(a);
        struct semver y = parse(b);
        if (!x.is_valid || !y.is_valid)
                return x.is_valid != y.is_valid ? (x.is_valid ? 1 : -1) : cm_sv_cmp(a, b);
        int c = numbers_cmp(x.numbers, y.numbers);
        if (c != 0)
                return c;
        if (x.prerelease.len == 0 || y.prerelease.len == 0)
                return x.prerelease.len == y.prerelease.len ? 0 : x.prerelease.len == 0 ? 1 : -1;
        return cm_version_prerelease_cmp(x.prerelease, y.prerelease);
}

bool cm_version_valid_semver(struct cm_sv v)
{
        return parse(v).is_valid;
}

/* "go1.21rc1" and "1.21rc1" -> numbers and pre-release; true for Go toolchain spellings. */
static bool parse_go_release(struct cm_sv v, struct semver *ret)
{
        if (cm_sv_has_prefix(v, CM_SV("go")))
                v = cm_sv_skip(v, 2);
        size_t n = 0;
        while (n < v.len && (cm_is_digit(v.ptr[n]) || v.ptr[n] == '.'))
                n++;
        struct cm_sv tail = cm_sv_skip(v, n);
        bool pre = cm_sv_has_prefix(tail, CM_SV("rc")) || cm_sv_has_prefix(tail, CM_SV("beta"));
        if (n == 0 || !cm_is_digit(v.ptr[0]) || (tail.len > 0 && !pre))
                return false;
        *ret = (struct semver){ cm_sv_slice(v, 0, n), tail, true };
        return true;
}

/* "rc2" against "beta1": the word first, then its number. */
static int go_prerelease_cmp(struct cm_sv a, struct cm_sv b)
{
        size_t i = 0;
        while (i < a.len && !cm_is_digit(a.ptr[i]))
                i++;
        size_t j = 0;
        while (j < b.len && !cm_is_digit(b.ptr[j]))
                j++;
        int c = cm_sv_cmp(cm_sv_slice(a, 0, i), cm_sv_slice(b, 0, j));
        return c != 0 ? c : cm_version_digits_cmp(cm_sv_skip(a, i), cm_sv_skip(b, j));
}

int cm_version_cmp_go(struct cm_sv a, struct cm_sv b)
{
        struct semver x, y;
        if (!parse_go_release(a, &x) || !parse_go_release(b, &y))
                return cm_version_cmp_semver(
                        cm_sv_has_prefix(a, CM_SV("go")) ? cm_sv_skip(a, 2) : a,
                        cm_sv_has_prefix(b, CM_SV("go")) ? cm_sv_skip(b, 2) : b);
        int c = numbers_cmp(x.numbers, y.numbers);
        if (c != 0)
                return c;
        if (x.prerelease.len == 0 || y.prerelease.len == 0)
                return x.prerelease.len == y.prerelease.len ? 0 : x.prerelease.len == 0 ? 1 : -1;
        return go_prerelease_cmp(x.prerelease, y.prerelease);
}

bool cm_version_valid_go(struct cm_sv v)
{
        struct semver s;
        return parse_go_release(v, &s) || cm_version_valid_semver(v);
}
