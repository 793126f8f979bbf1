/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Python's order: [epoch!]release[pre][post][dev][+local], in all spellings that PEP 440 lets
 * normalise. Text outside the grammar ("legacy") is older than every version, ordered bytewise.
 * Spec: PEP 440 "Summary of permitted suffixes and relative ordering", "Normalization".
 */
#include "model/version_internal.h"

struct pep440 {
        bool is_valid;
        struct cm_sv epoch;
        struct cm_sv release;
        int pre; /* 0 none, 1 alpha, 2 beta, 3 rc */
        struct cm_sv pre_number;
        bool has_post;
        struct cm_sv post_number;
        bool has_dev;
        struct cm_sv dev_number;
        struct cm_sv local;
};

static void skip_one_separator(struct cm_sv *s)
{
        if (s->len > 0 && (s->ptr[0] == '-' || s->ptr[0] == '_' || s->ptr[0] == '.'))
                *s = cm_sv_skip(*s, 1);
}

static bool take_word(struct cm_sv *s, const char *word)
{
        struct cm_sv w = cm_sv_from_cstr(word);
        if (!cm_sv_eq_nocase(cm_sv_slice(*s, 0, w.len), w))
                return false;
        *s = cm_sv_skip(*s, w.len);
        return true;
}

/* "[-_.]?[N]" after a word: the separator belongs to the word with no number behind it, too. */
static struct cm_sv take_number(struct cm_sv *s)
{
        skip_one_separator(s);
        return cm_version_take_digits(s);
}

static void take_pre(struct cm_sv *s, struct pep440 *v)
{
        static const struct {
                const char *word;
                int rank;
        } words[] = { { "alpha", 1 },   { "a", 1 },   { "beta", 2 }, { "b", 2 },
                      { "preview", 3 }, { "pre", 3 }, { "rc", 3 },   { "c", 3 } };
        struct cm_sv after = *s;
        skip_one_separator(&after);
        for (size_t i = 0; i < CM_ARRAY_LEN(words) && v->pre == 0; i++)
                if (take_word(&after, words[i].word))
                        v->pre = words[i].rank;
        if (v->pre == 0)
                return;
        v->pre_number = take_number(&after);
        *s = after;
}

static void take_post(struct cm_sv *s, struct pep440 *v)
{
        struct cm_sv after = *s;
        if (after.len > 1 && after.ptr[0] == '-' && cm_is_digit(after.ptr[1])) {
                after = cm_sv_skip(after, 1);
                v->post_number = cm_version_take_digits(&after);
        } else {
                skip_one_separator(&after);
                if (!take_word(&after, "post") && !take_word(&after, "rev") &&
                    !take_word(&after, "r"))
                        return;
                v->post_number = take_number(&after);
        }
        v->has_post = true;
        *s = after;
}

static void take_dev(struct cm_sv *s, struct pep440 *v)
{
        struct cm_sv after = *s;
        skip_one_separator(&after);
        if (!take_word(&after, "dev"))
                return;
        v->dev_number = take_number(&after);
        v->has_dev = true;
        *s = after;
}

static bool local_is_valid(struct cm_sv local)
{
        bool need = true;
        for (size_t i = 0; i < local.len; i++) {
                bool separator = local.ptr[i] == '.' || local.ptr[i] == '-' || local.ptr[i] == '_';
                if (separator ? need : !cm_is_alnum(local.ptr[i]))
                        return false;
                need = separator;
        }
        return !need;
}

static struct pep440 parse(struct cm_sv s)
{
        struct pep440 v = { .is_valid = false };
        s = cm_sv_trim(s);
        if (s.len > 0 && (s.ptr[0] == 'v' || s.ptr[0] == 'V'))
                s = cm_sv_skip(s, 1);
        struct cm_sv after = s;
        struct cm_sv digits = cm_version_take_digits(&after);
        if (digits.len > 0 && after.len > 0 && after.ptr[0] == '!') {
                v.epoch = digits;
                s = cm_sv_skip(after, 1);
        }
        size_t n = 0;
        while (n < s.len && (cm_is_digit(s.ptr[n]) || (s.ptr[n] == '.' && n + 1 < s.len &&
                                                       cm_is_digit(s.ptr[n + 1]) && n > 0)))
                n++;
        v.release = cm_sv_slice(s, 0, n);
        s = cm_sv_skip(s, n);
        take_pre(&s, &v);
        take_post(&s, &v);
        take_dev(&s, &v);
        bool has_local = s.len > 0 && s.ptr[0] == '+';
        if (has_local) {
                v.local = cm_sv_skip(s, 1);
                s = CM_SV("");
        }
        v.is_valid = n > 0 && s.len == 0 && (!has_local || local_is_valid(v.local));
        return v;
}

/* Without a pre-release: before all of them for a bare dev release, after them otherwise. */
static int pre_rank(const struct pep440 *v)
{
        if (v->pre != 0)
                return v->pre;
        return v->has_dev && !v->has_post ? 0 : 4;
}

static struct cm_sv next_local(struct cm_sv *rest)
{
        size_t n = 0;
        while (n < rest->len && cm_is_alnum(rest->ptr[n]))
                n++;
        struct cm_sv part = cm_sv_slice(*rest, 0, n);
        *rest = cm_sv_skip(*rest, n + 1);
        return part;
}

static bool is_number(struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!cm_is_digit(s.ptr[i]))
                        return false;
        return s.len > 0;
}

static int local_cmp(struct cm_sv a, struct cm_sv b)
{
        while (a.len > 0 && b.len > 0) {
                struct cm_sv x = next_local(&a);
                struct cm_sv y = next_local(&b);
                if (is_number(x) != is_number(y))
                        return is_number(x) ? 1 : -1;
                int c = 0;
                if (is_number(x)) {
                        c = cm_version_digits_cmp(x, y);
                } else {
                        for (size_t i = 0; i < x.len && i < y.len && c == 0; i++)
                                c = cm_to_lower(x.ptr[i]) - cm_to_lower(y.ptr[i]);
                        if (c == 0 && x.len != y.len)
                                c = x.len < y.len ? -1 : 1;
                }
                if (c != 0)
                        return cm_version_sign(c);
        }
        return a.len == b.len ? 0 : a.len == 0 ? -1 : 1;
}

int cm_version_cmp_pep440(struct cm_sv a, struct cm_sv b)
{
        struct pep440 x = parse(a);
        struct pep440 y = parse(b);
        if (!x.is_valid || !y.is_valid)
                return x.is_valid != y.is_valid ? (x.is_valid ? 1 : -1) : cm_sv_cmp(a, b);
        int c = cm_version_digits_cmp(x.epoch, y.epoch);
        if (c == 0)
                c = cm_version_numbers_cmp(x.release, y.release);
        if (c == 0)
                c = cm_version_sign(pre_rank(&x) - pre_rank(&y));
        if (c == 0 && x.pre != 0)
                c = cm_version_digits_cmp(x.pre_number, y.pre_number);
        if (c == 0 && x.has_post != y.has_post)
                c = x.has_post ? 1 : -1;
        if (c == 0 && x.has_post)
                c = cm_version_digits_cmp(x.post_number, y.post_number);
        if (c == 0 && x.has_dev != y.has_dev)
                c = x.has_dev ? -1 : 1;
        if (c == 0 && x.has_dev)
                c = cm_version_digits_cmp(x.dev_number, y.dev_number);
        return c != 0 ? c : local_cmp(x.local, y.local);
}

bool cm_version_valid_pep440(struct cm_sv v)
{
        return parse(v).is_valid;
}
