/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debian's order: [epoch:]upstream[-revision]; alternating non-digit and digit runs, '~' before
 * everything, letters before other characters.
 * Spec: deb-version(7), "Sorting algorithm".
 */
#include "model/version_internal.h"

static int weight(struct cm_sv s, size_t i)
{
        if (i >= s.len || cm_is_digit(s.ptr[i]))
                return 0;
        if (cm_is_alpha(s.ptr[i]))
                return (unsigned char)s.ptr[i];
        return s.ptr[i] == '~' ? -1 : (unsigned char)s.ptr[i] + 256;
}

static int part_cmp(struct cm_sv a, struct cm_sv b)
{
        while (a.len > 0 || b.len > 0) {
                size_t i = 0;
                while ((i < a.len && !cm_is_digit(a.ptr[i])) ||
                       (i < b.len && !cm_is_digit(b.ptr[i]))) {
                        int c = weight(a, i) - weight(b, i);
                        if (c != 0)
                                return cm_version_sign(c);
                        i++;
                }
                a = cm_sv_skip(a, i);
                b = cm_sv_skip(b, i);
                int c = cm_version_digits_cmp(cm_version_take_digits(&a),
                                              cm_version_take_digits(&b));
                if (c != 0)
                        return c;
        }
        return 0;
}

static void split(struct cm_sv v, struct cm_sv *epoch, struct cm_sv *upstream,
                  struct cm_sv *revision)
{
        v = cm_sv_trim(v);
        struct cm_sv rest;
        if (!cm_sv_cut(v, ':', epoch, &rest)) {
                *epoch = CM_SV("");
                rest = v;
        }
        if (!cm_sv_cut_last(rest, '-', upstream, revision))
                *revision = CM_SV("");
}

int cm_version_cmp_dpkg(struct cm_sv a, struct cm_sv b)
{
        struct cm_sv epoch_a, upstream_a, revision_a, epoch_b, upstream_b, revision_b;
        split(a, &epoch_a, &upstream_a, &revision_a);
        split(b, &epoch_b, &upstream_b, &revision_b);
        int c = part_cmp(epoch_a, epoch_b);
        if (c == 0)
                c = part_cmp(upstream_a, upstream_b);
        return c != 0 ? c : part_cmp(revision_a, revision_b);
}

bool cm_version_valid_dpkg(struct cm_sv v)
{
        struct cm_sv epoch, upstream, revision;
        split(v, &epoch, &upstream, &revision);
        if (upstream.len == 0 || !cm_is_digit(upstream.ptr[0]))
                return false;
        for (size_t i = 0; i < epoch.len; i++)
                if (!cm_is_digit(epoch.ptr[i]))
                        return false;
        for (size_t i = 0; i < v.len; i++)
                if (!cm_is_alnum(v.ptr[i]) && cm_sv_find_char(CM_SV(".+~:-"), v.ptr[i]) < 0)
                        return false;
        return true;
}
