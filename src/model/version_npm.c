/* SPDX-License-Identifier: Apache-2.0 */
/*
 * npm's order (that of semver) and its ranges. A range is turned into comparators one token at a
 * time; nothing is stored: each comparator is checked against the version at once.
 * Spec: node-semver 7 "Ranges", "Advanced Range Syntax".
 */
#include "model/version_internal.h"

int cm_version_cmp_npm(struct cm_sv a, struct cm_sv b)
{
        return cm_version_cmp_semver(a, b);
}

/* As node-semver parses loosely: "=v01.2.3beta" is a version. */
bool cm_version_valid_npm(struct cm_sv v)
{
        v = cm_sv_trim(v);
        while (v.len > 0 && (v.ptr[0] == 'v' || v.ptr[0] == '=' || cm_is_blank(v.ptr[0])))
                v = cm_sv_skip(v, 1);
        for (size_t i = 0; i < 3; i++) {
                if (i > 0 && (v.len == 0 || v.ptr[0] != '.'))
                        return false;
                v = cm_sv_skip(v, i > 0 ? 1 : 0);
                if (cm_version_take_digits(&v).len == 0)
                        return false;
        }
        for (size_t i = 0; i < v.len; i++)
                if (!cm_is_alnum(v.ptr[i]) && cm_sv_find_char(CM_SV(".+-"), v.ptr[i]) < 0)
                        return false;
        return true;
}

/* "1", "1.2", "1.x", "1.2.3-beta": parts that are missing or x, X, * are wild. */
struct partial {
        struct cm_sv part[3];
        size_t fixed; /* leading parts that are numbers */
        struct cm_sv prerelease;
        bool is_valid;
};

static bool is_wild(struct cm_sv s)
{
        return s.len == 0 ||
               (s.len == 1 && (s.ptr[0] == 'x' || s.ptr[0] == 'X' || s.ptr[0] == '*'));
}

static struct partial parse_partial(struct cm_sv s)
{
        struct partial p = { .is_valid = true };
        struct cm_sv build;
        while (s.len > 0 && (s.ptr[0] == 'v' || s.ptr[0] == '=' || s.ptr[0] == ' '))
                s = cm_sv_skip(s, 1);
        cm_sv_cut(s, '+', &s, &build);
        cm_sv_cut(s, '-', &s, &p.prerelease);
        struct cm_sv rest = s;
        bool wild = false;
        for (size_t i = 0; i < 3; i++) {
                struct cm_sv part = CM_SV("");
                if (!cm_sv_next_field(&rest, '.', &part))
                        part = CM_SV("");
                struct cm_sv digits = part;
                struct cm_sv number = cm_version_take_digits(&digits);
                if (is_wild(part))
                        wild = true;
                else if (digits.len > 0 || number.len == 0)
                        p.is_valid = false;
                if (!wild) {
                        p.part[i] = part;
                        p.fixed = i + 1;
                }
        }
        if (rest.len > 0)
                p.is_valid = false;
        if (p.fixed < 3)
                p.prerelease = CM_SV("");
        return p;
}

/* The three numbers of a version, and its pre-release. */
static struct partial parse_version(struct cm_sv s)
{
        return parse_partial(cm_sv_trim(s));
}

static int numbers_cmp(const struct partial *a, const struct partial *b, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                int c = cm_version_digits_cmp(a->part[i], b->part[i]);
                if (c != 0)
                        return c;
        }
        return 0;
}

/* A full version (missing parts are 0) against another. */
static int full_cmp(const struct partial *v, const struct partial *bound)
{
        int c = numbers_cmp(v, bound, 3);
        if (c != 0)
                return c;
        if (v->prerelease.len == 0 || bound->prerelease.len == 0)
                return v->prerelease.len == bound->prerelease.len ? 0
                       : v->prerelease.len == 0                   ? 1
                                                                  : -1;
        return cm_version_prerelease_cmp(v->prerelease, bound->prerelease);
}

/*
 * Is v below the exclusive ceiling that keeps `count` leading numbers of p: "<(p+1)-0"? A version
 * whose kept numbers are not greater than p's is.
 */
static bool below_ceiling(const struct partial *v, const struct partial *p, size_t count)
{
        return numbers_cmp(v, p, count) <= 0;
}

enum op {
        OP_EQ,
        OP_LT,
        OP_LE,
        OP_GT,
        OP_GE,
        OP_FROM, /* a of "a - b" */
        OP_TILDE,
        OP_CARET
};

/* "^1.2.3": up to the first non-zero number; "^0.x" and "^0.0.x" by what is given. */
static size_t caret_kept(const struct partial *p)
{
        for (size_t i = 0; i < 3 && i < p->fixed; i++)
                if (cm_version_digits_cmp(p->part[i], CM_SV("0")) != 0)
                        return i + 1;
        return p->fixed == 0 ? 0 : p->fixed;
}

/*
 * Where pre-releases count, a lower bound that leaves parts out begins with them (">=1.2" as
 * ">=1.2.0-0"), and so do "^0.2.3" and "1.2.3 - 2"; node-semver does not do the same for "~" and "^1.2.3".
 */
static bool at_least(enum op op, const struct partial *p, const struct partial *v, bool include)
{
        bool open = p->fixed < 3 || op == OP_FROM;
        if (op == OP_CARET)
                open = open || cm_version_digits_cmp(p->part[0], CM_SV("0")) == 0;
        else if (op == OP_TILDE)
                open = false;
        if (include && open && p->prerelease.len == 0)
                return numbers_cmp(v, p, 3) >= 0;
        return full_cmp(v, p) >= 0;
}

static bool comparator_holds(enum op op, const struct partial *p, const struct partial *v,
                             bool include)
{
        if (p->fixed == 0) /* "*": all, but "<*" and ">*" none */
                return op != OP_LT && op != OP_GT;
        bool exact = p->fixed == 3;
        switch (op) {
        case OP_EQ:
                return exact ? full_cmp(v, p) == 0 : numbers_cmp(v, p, p->fixed) == 0;
        case OP_LT:
                return exact ? full_cmp(v, p) < 0 : numbers_cmp(v, p, p->fixed) < 0;
        case OP_LE:
                return exact ? full_cmp(v, p) <= 0 : below_ceiling(v, p, p->fixed);
        case OP_GT:
                return exact ? full_cmp(v, p) > 0 : numbers_cmp(v, p, p->fixed) > 0;
        case OP_GE:
        case OP_FROM:
                return at_least(op, p, v, include);
        case OP_TILDE:
                return at_least(op, p, v, include) &&
                       below_ceiling(v, p, CM_MIN(p->fixed, (size_t)2));
        case OP_CARET:
                return at_least(op, p, v, include) && below_ceiling(v, p, caret_kept(p));
        }
        return false;
}

struct set {
        const struct partial *version;
        bool include_prerelease;
        bool holds;
        bool prerelease_allowed; /* a comparator with a pre-release of the same numbers was seen */
};

static void check(struct set *s, enum op op, const struct partial *p)
{
        s->holds = s->holds && comparator_holds(op, p, s->version, s->include_prerelease);
        if (p->prerelease.len > 0 && numbers_cmp(p, s->version, 3) == 0)
                s->prerelease_allowed = true;
}

static enum op take_op(struct cm_sv *s)
{
        static const struct {
                const char *text;
                enum op op;
        } ops[] = { { ">=", OP_GE },   { "<=", OP_LE },   { "=<", OP_LE },    { "=>", OP_GE },
                    { ">", OP_GT },    { "<", OP_LT },    { "~>", OP_TILDE }, { "~=", OP_TILDE },
                    { "~", OP_TILDE }, { "^", OP_CARET }, { "==", OP_EQ },    { "=", OP_EQ } };
        for (size_t i = 0; i < CM_ARRAY_LEN(ops); i++) {
                struct cm_sv text = cm_sv_from_cstr(ops[i].text);
                if (cm_sv_has_prefix(*s, text)) {
                        *s = cm_sv_skip(*s, text.len);
                        return ops[i].op;
                }
        }
        return OP_EQ;
}

static struct cm_sv skip_blanks(struct cm_sv s)
{
        while (s.len > 0 && (cm_is_blank(s.ptr[0]) || s.ptr[0] == ','))
                s = cm_sv_skip(s, 1);
        return s;
}

static struct cm_sv take_token(struct cm_sv *s)
{
        size_t n = 0;
        while (n < s->len && !cm_is_blank(s->ptr[n]) && s->ptr[n] != ',')
                n++;
        struct cm_sv token = cm_sv_slice(*s, 0, n);
        *s = cm_sv_skip(*s, n);
        return token;
}

/* One "||" alternative. Returns 1 holds, 0 not, < 0 no meaning. */
static int alternative(struct cm_sv text, const struct partial *v, bool include_prerelease,
                       struct cm_err *err)
{
        struct set s = { .version = v,
                         .include_prerelease = include_prerelease,
                         .holds = true,
                         .prerelease_allowed = include_prerelease || v->prerelease.len == 0 };
        struct cm_sv rest = skip_blanks(text);
        while (rest.len > 0) {
                enum op op = take_op(&rest);
                rest = skip_blanks(rest);
                struct partial p = parse_partial(take_token(&rest));
                rest = skip_blanks(rest);
                bool hyphen = rest.len > 1 && rest.ptr[0] == '-' && cm_is_blank(rest.ptr[1]);
                struct partial upper = { .is_valid = true };
                if (hyphen) {
                        rest = skip_blanks(cm_sv_skip(rest, 1));
                        upper = parse_partial(take_token(&rest));
                        rest = skip_blanks(rest);
                }
                if (!p.is_valid || !upper.is_valid)
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "npm range has a part that is no version");
                check(&s, hyphen ? OP_FROM : op, &p);
                if (hyphen)
                        check(&s, OP_LE, &upper);
        }
        return s.holds && s.prerelease_allowed;
}

int cm_npm_range_has(struct cm_sv range, struct cm_sv version, bool include_prerelease,
                     struct cm_err *err)
{
        struct partial v = parse_version(version);
        if (!v.is_valid || v.fixed < 3)
                return 0;
        for (;;) {
                ptrdiff_t at = cm_sv_find(range, CM_SV("||"));
                struct cm_sv now = at < 0 ? range : cm_sv_slice(range, 0, (size_t)at);
                int r = alternative(now, &v, include_prerelease, err);
                if (r != 0 || at < 0)
                        return r;
                range = cm_sv_skip(range, (size_t)at + 2);
        }
}
