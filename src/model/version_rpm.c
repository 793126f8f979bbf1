/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RPM's order: [epoch:]version[-release] by segments of digits or letters; digits are newer than
 * letters, '~' is older than the end, '^' newer than the end but older than anything else. A
 * missing epoch is 0, a missing release older than any (rpmverCmp; dependencies are laxer).
 * Spec: rpm-version(7); rpmvercmp of rpm 4.15 and later.
 */
#include "model/version_internal.h"

static struct cm_sv skip_separators(struct cm_sv s)
{
        while (s.len > 0 && !cm_is_alnum(s.ptr[0]) && s.ptr[0] != '~' && s.ptr[0] != '^')
                s = cm_sv_skip(s, 1);
        return s;
}

static bool begins(struct cm_sv s, char c)
{
        return s.len > 0 && s.ptr[0] == c;
}

static struct cm_sv take_letters(struct cm_sv *s)
{
        size_t n = 0;
        while (n < s->len && cm_is_alpha(s->ptr[n]))
                n++;
        struct cm_sv letters = cm_sv_slice(*s, 0, n);
        *s = cm_sv_skip(*s, n);
        return letters;
}

/* Returns 2 when both sides had the mark (go on), else the order. */
static int marks(struct cm_sv *a, struct cm_sv *b)
{
        if (begins(*a, '~') || begins(*b, '~')) {
                if (!begins(*a, '~') || !begins(*b, '~'))
                        return begins(*a, '~') ? -1 : 1;
        } else if (begins(*a, '^') || begins(*b, '^')) {
                if (a->len == 0 || b->len == 0)
                        return a->len == 0 ? -1 : 1;
                if (!begins(*a, '^') || !begins(*b, '^'))
                        return begins(*a, '^') ? -1 : 1;
        } else {
                return 0;
        }
        *a = cm_sv_skip(*a, 1);
        *b = cm_sv_skip(*b, 1);
        return 2;
}

static int part_cmp(struct cm_sv a, struct cm_sv b)
{
        for (;;) {
                a = skip_separators(a);
                b = skip_separators(b);
                int c = marks(&a, &b);
                if (c == 2)
                        continue;
                if (c != 0)
                        return c;
                if (a.len == 0 || b.len == 0)
                        return a.len == b.len ? 0 : a.len == 0 ? -1 : 1;
                bool digits_a = cm_is_digit(a.ptr[0]);
                bool digits_b = cm_is_digit(b.ptr[0]);
                if (digits_a != digits_b)
                        return digits_a ? 1 : -1;
                c = digits_a ? cm_version_digits_cmp(cm_version_take_digits(&a),
                                                     cm_version_take_digits(&b))
                             : cm_sv_cmp(take_letters(&a), take_letters(&b));
                if (c != 0)
                        return c;
        }
}

static void split(struct cm_sv v, struct cm_sv *epoch, struct cm_sv *version, struct cm_sv *release)
{
        struct cm_sv rest;
        if (!cm_sv_cut(v, ':', epoch, &rest)) {
                *epoch = CM_SV("0");
                rest = v;
        }
        if (epoch->len == 0)
                *epoch = CM_SV("0");
        if (!cm_sv_cut_last(rest, '-', version, release))
                *release = CM_SV("");
}

int cm_version_cmp_rpm(struct cm_sv a, struct cm_sv b)
{
        struct cm_sv epoch_a, version_a, release_a, epoch_b, version_b, release_b;
        split(a, &epoch_a, &version_a, &release_a);
        split(b, &epoch_b, &version_b, &release_b);
        int c = part_cmp(epoch_a, epoch_b);
        if (c == 0)
                c = part_cmp(version_a, version_b);
        if (c != 0)
                return c;
        if (release_a.len == 0 || release_b.len == 0)
                return release_a.len == release_b.len ? 0 : release_a.len == 0 ? -1 : 1;
        return part_cmp(release_a, release_b);
}

bool cm_version_valid_rpm(struct cm_sv v)
{
        struct cm_sv epoch, version, release;
        split(v, &epoch, &version, &release);
        for (size_t i = 0; i < epoch.len; i++)
                if (!cm_is_digit(epoch.ptr[i]))
                        return false;
        for (size_t i = 0; i < v.len; i++)
                if (!cm_is_alnum(v.ptr[i]) && cm_sv_find_char(CM_SV("._+~^:-"), v.ptr[i]) < 0)
                        return false;
        return version.len > 0;
}
