/* SPDX-License-Identifier: Apache-2.0 */
/* Strict semantic versions; see semver_value.h. */
#include "cel/semver_value.h"

#include "model/version.h"

static int fail(struct cm_err *err, const char *what)
{
        return CM_RAISE(err, CM_E_MALFORMED, "semantic version has %s (1.2.3-rc.1+build)", what);
}

/* Digits up to `end` (or what follows the patch number), without a leading zero. */
static bool take_number(struct cm_sv *rest, int64_t *ret)
{
        size_t n = 0;
        struct cm_err err = CM_ERR_INIT;
        while (n < rest->len && cm_is_digit(rest->ptr[n]))
                n++;
        struct cm_sv digits = cm_sv_slice(*rest, 0, n);
        *rest = cm_sv_skip(*rest, n);
        return (n < 2 || digits.ptr[0] != '0') &&
               cm_parse_i64(digits, 0, INT64_MAX, ret, &err) == 0;
}

static bool take_dot(struct cm_sv *rest)
{
        if (rest->len == 0 || rest->ptr[0] != '.')
                return false;
        *rest = cm_sv_skip(*rest, 1);
        return true;
}

/* Identifiers with dots between them; numbers of a pre-release have no leading zero. */
static bool are_identifiers(struct cm_sv s, bool is_pre)
{
        bool more = true;
        while (more) {
                struct cm_sv id;
                bool number = true;
                more = cm_sv_cut(s, '.', &id, &s);
                for (size_t i = 0; i < id.len; i++) {
                        if (!cm_is_alnum(id.ptr[i]) && id.ptr[i] != '-')
                                return false;
                        number = number && cm_is_digit(id.ptr[i]);
                }
                if (id.len == 0 || (is_pre && number && id.len > 1 && id.ptr[0] == '0'))
                        return false;
        }
        return true;
}

static struct cm_sv strip_zeros(struct cm_sv s)
{
        while (s.len > 1 && s.ptr[0] == '0' && cm_is_digit(s.ptr[1]))
                s = cm_sv_skip(s, 1);
        return s;
}

static int normalized(struct cm_arena *arena, struct cm_sv s, struct cm_sv *ret, struct cm_err *err)
{
        struct cm_sv parts[3] = { CM_SV("0"), CM_SV("0"), CM_SV("0") };
        size_t count = 0;
        bool more = true;
        if (cm_sv_has_prefix(s, CM_SV("v")))
                s = cm_sv_skip(s, 1);
        while (more && count < 2)
                more = cm_sv_cut(s, '.', &parts[count++], &s);
        if (more)
                parts[count++] = s;
        else if (cm_sv_find_char(parts[count - 1], '-') >= 0 ||
                 cm_sv_find_char(parts[count - 1], '+') >= 0)
                return fail(err, "a pre-release or build but not three numbers");
        *ret = cm_sv_join(arena, strip_zeros(parts[0]), CM_SV("."));
        *ret = cm_sv_join(arena, cm_sv_join(arena, *ret, strip_zeros(parts[1])), CM_SV("."));
        *ret = cm_sv_join(arena, *ret, strip_zeros(parts[2]));
        return 0;
}

int cm_semver_parse(struct cm_arena *arena, struct cm_sv s, bool normalize, struct cm_semver *ret,
                    struct cm_err *err)
{
        struct cm_semver v = { 0 };
        if (normalize) {
                int r = normalized(arena, s, &s, err);
                if (r < 0)
                        return r;
        }
        v.text = s;
        if (!take_number(&s, &v.major) || !take_dot(&s) || !take_number(&s, &v.minor) ||
            !take_dot(&s) || !take_number(&s, &v.patch))
                return fail(err, "no three numbers without leading zeros");
        struct cm_sv build;
        bool has_build = cm_sv_cut(s, '+', &s, &build);
        if (has_build && !are_identifiers(build, false))
                return fail(err, "build metadata that is not letters, digits, \"-\" and dots");
        if (s.len > 0 && (s.ptr[0] != '-' || !are_identifiers(cm_sv_skip(s, 1), true)))
                return fail(err, "no good pre-release after its numbers");
        *ret = v;
        return 0;
}

int cm_semver_cmp(const struct cm_semver *a, const struct cm_semver *b)
{
        return cm_version_cmp(CM_VERSION_SEMVER, a->text, b->text);
}
