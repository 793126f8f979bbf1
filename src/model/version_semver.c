/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Semantic versions, and Go's on top of them. Missing numbers count as 0, more than three are
 * compared too, a leading "v" and build metadata ("+...") do not count. Text that is no version at
 * all comes before every version, ordered bytewise.
 *
 * Go's own releases ("go1.21rc2") take part in the order of its modules: advisories about the
 * standard library name the same release "1.21.0-rc.2". Text behind '-' or a blank in a release
 * that begins with "go" names a vendor's build or an experiment and does not count.
 * Spec: semver.org 2.0.0 item 11; golang.org/x/mod/semver; go.dev/doc/toolchain.
 */
#include "model/version_internal.h"

struct semver {
        struct cm_sv numbers;     /* "1.2.3" */
        struct cm_sv word;        /* of a Go release: "rc" or "beta", the first identifier */
        struct cm_sv identifiers; /* the (other) identifiers of the pre-release */
        bool is_valid;
};

static struct cm_sv take_numbers(struct cm_sv *s)
{
        size_t n = 0;
        while (n < s->len && (cm_is_digit(s->ptr[n]) || s->ptr[n] == '.'))
                n++;
        struct cm_sv numbers = cm_sv_slice(*s, 0, n);
        *s = cm_sv_skip(*s, n);
        return numbers;
}

static struct semver parse(struct cm_sv v)
{
        struct semver s = { .is_valid = false };
        struct cm_sv build;
        v = cm_sv_trim(v);
        while (v.len > 0 && (v.ptr[0] == 'v' || v.ptr[0] == 'V' || v.ptr[0] == '='))
                v = cm_sv_skip(v, 1);
        cm_sv_cut(v, '+', &v, &build);
        s.is_valid = v.len > 0 && cm_is_digit(v.ptr[0]);
        s.numbers = take_numbers(&v);
        if (v.len > 0 && v.ptr[0] == '-')
                v = cm_sv_skip(v, 1);
        s.identifiers = v;
        return s;
}

/* "rc2" or "beta1", and nothing behind it. */
static bool take_go_prerelease(struct cm_sv tail, struct semver *s)
{
        static const char *const words[] = { "rc", "beta" };
        for (size_t i = 0; i < CM_ARRAY_LEN(words); i++) {
                struct cm_sv word = cm_sv_from_cstr(words[i]);
                struct cm_sv rest = cm_sv_skip(tail, word.len);
                struct cm_sv digits = cm_version_take_digits(&rest);
                if (!cm_sv_has_prefix(tail, word) || digits.len == 0 || rest.len > 0)
                        continue;
                s->word = word;
                s->identifiers = digits;
                return true;
        }
        return false;
}

/* "go1.21" is no release since there is a "go1.21.0", but the language: older than "go1.21rc1". */
static bool is_go_language(struct cm_sv numbers)
{
        struct cm_sv major, minor;
        return cm_sv_cut(numbers, '.', &major, &minor) && cm_sv_find_char(minor, '.') < 0 &&
               cm_version_digits_cmp(minor, CM_SV("21")) >= 0;
}

static struct semver parse_go(struct cm_sv v)
{
        v = cm_sv_trim(v);
        bool is_release = cm_sv_has_prefix(v, CM_SV("go"));
        if (is_release) {
                v = cm_sv_skip(v, 2);
                size_t n = 0;
                while (n < v.len && (cm_is_alnum(v.ptr[n]) || v.ptr[n] == '.'))
                        n++;
                v = cm_sv_slice(v, 0, n);
        }
        struct semver s = { .is_valid = v.len > 0 && cm_is_digit(v.ptr[0]) };
        struct cm_sv tail = v;
        s.numbers = take_numbers(&tail);
        if (s.is_valid && take_go_prerelease(tail, &s))
                return s;
        if (!is_release)
                return parse(v);
        s.identifiers = tail.len == 0 && is_go_language(s.numbers) ? CM_SV("0") : tail;
        return s;
}

/* Takes the first identifier off a pre-release that has one. */
static struct cm_sv take_identifier(struct semver *s)
{
        struct cm_sv first = s->word;
        s->word = CM_SV("");
        if (first.len == 0 && !cm_sv_next_field(&s->identifiers, '.', &first))
                return CM_SV("");
        return first;
}

static int prerelease_cmp(struct semver a, struct semver b)
{
        bool release_a = a.word.len == 0 && a.identifiers.len == 0;
        bool release_b = b.word.len == 0 && b.identifiers.len == 0;
        if (release_a || release_b)
                return release_a == release_b ? 0 : release_a ? 1 : -1;
        if (a.word.len > 0 || b.word.len > 0) {
                int c = cm_version_prerelease_cmp(take_identifier(&a), take_identifier(&b));
                if (c != 0)
                        return c;
        }
        return cm_version_prerelease_cmp(a.identifiers, b.identifiers);
}

static int parsed_cmp(struct semver x, struct semver y)
{
        int c = cm_version_numbers_cmp(x.numbers, y.numbers);
        return c != 0 ? c : prerelease_cmp(x, y);
}

int cm_version_cmp_semver(struct cm_sv a, struct cm_sv b)
{
        struct semver x = parse(a);
        struct semver y = parse(b);
        if (!x.is_valid || !y.is_valid)
                return x.is_valid != y.is_valid ? (x.is_valid ? 1 : -1) : cm_sv_cmp(a, b);
        return parsed_cmp(x, y);
}

int cm_version_cmp_go(struct cm_sv a, struct cm_sv b)
{
        struct semver x = parse_go(a);
        struct semver y = parse_go(b);
        if (!x.is_valid || !y.is_valid)
                return x.is_valid != y.is_valid ? (x.is_valid ? 1 : -1) : cm_sv_cmp(a, b);
        return parsed_cmp(x, y);
}

static bool is_number(struct cm_sv s)
{
        struct cm_sv rest = s;
        return cm_version_take_digits(&rest).len > 0 && rest.len == 0 &&
               (s.len == 1 || s.ptr[0] != '0');
}

/* Dot-separated identifiers; in a pre-release those of digits have no leading zero. */
static bool identifiers_valid(struct cm_sv s, bool zeros_allowed)
{
        bool more = true;
        while (more) {
                struct cm_sv part;
                more = cm_sv_cut(s, '.', &part, &s);
                struct cm_sv rest = part;
                bool digits = cm_version_take_digits(&rest).len > 0 && rest.len == 0;
                if (part.len == 0 || (digits && !zeros_allowed && !is_number(part)))
                        return false;
                for (size_t i = 0; i < part.len; i++)
                        if (!cm_is_alnum(part.ptr[i]) && part.ptr[i] != '-')
                                return false;
        }
        return true;
}

/* Strictly by the grammar, with `least` to 3 numbers, the last of which may have a tail. */
static bool is_strict(struct cm_sv v, size_t least)
{
        struct cm_sv build, pre, part;
        bool has_build = cm_sv_cut(v, '+', &v, &build);
        bool has_pre = cm_sv_cut(v, '-', &v, &pre);
        size_t count = 0;
        bool more = true;
        while (more) {
                more = cm_sv_cut(v, '.', &part, &v);
                if (!is_number(part) || ++count > 3)
                        return false;
        }
        return count >= least && (count == 3 || (!has_pre && !has_build)) &&
               (!has_pre || identifiers_valid(pre, false)) &&
               (!has_build || identifiers_valid(build, true));
}

bool cm_version_valid_semver(struct cm_sv v)
{
        return is_strict(cm_sv_has_prefix(v, CM_SV("v")) ? cm_sv_skip(v, 1) : v, 3);
}

bool cm_version_valid_go(struct cm_sv v)
{
        if (cm_sv_has_prefix(v, CM_SV("v")))
                return is_strict(cm_sv_skip(v, 1), 1);
        struct semver s = parse_go(v);
        if (!s.is_valid || (s.word.len == 0 && s.identifiers.len > 0))
                return !cm_sv_has_prefix(v, CM_SV("go")) && is_strict(v, 1);
        return is_strict(s.numbers, 1);
}
