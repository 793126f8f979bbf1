/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pattern is a row of steps; a set of reached steps moves along the value character by character,
 * so no pattern makes it slow.
 */
#include "codec/dockerfile_pattern.h"

#include <string.h>

#include "base/escape.h"

enum {
        STEPS_MAX = 1024,
        TOO_MUCH = -2,
        ANY = 0x110000, /* "?" and "*", beyond all characters */
        STAR
};

static const char too_much[] = "patterns of substitutions need more work than limit "
                               "dockerfile_pattern_work_max";

struct pattern {
        size_t count;
        uint32_t steps[STEPS_MAX];
};

/* The first character of `s`; a byte that is none counts as itself. */
static size_t first_char(struct cm_sv s, uint32_t *cp)
{
        size_t n = cm_utf8_next(s, cp);
        if (n > 0)
                return n;
        *cp = (unsigned char)s.ptr[0];
        return 1;
}

static size_t last_char(struct cm_sv s, uint32_t *cp)
{
        size_t n = 1;
        while (n < 4 && n < s.len && ((unsigned char)s.ptr[s.len - n] & 0xc0) == 0x80)
                n++;
        if (first_char(cm_sv_skip(s, s.len - n), cp) == n)
                return n;
        *cp = (unsigned char)s.ptr[s.len - 1];
        return 1;
}

static const char *compile(struct cm_sv s, struct pattern *p)
{
        p->count = 0;
        while (s.len > 0) {
                uint32_t cp = 0;
                if (p->count >= STEPS_MAX)
                        return "the pattern of a substitution is too long";
                s = cm_sv_skip(s, first_char(s, &cp));
                if (cp == '*' || cp == '?') {
                        cp = cp == '*' ? STAR : ANY;
                } else if (cp == '\\') {
                        if (s.len == 0 || cm_sv_find_char(CM_SV("*?\\/}"), s.ptr[0]) < 0)
                                return "the pattern of a substitution has an escape that means "
                                       "nothing";
                        s = cm_sv_skip(s, first_char(s, &cp));
                }
                p->steps[p->count++] = cp;
        }
        return NULL;
}

static void reverse(struct pattern *p)
{
        for (size_t i = 0; i < p->count / 2; i++) {
                uint32_t step = p->steps[i];
                p->steps[i] = p->steps[p->count - 1 - i];
                p->steps[p->count - 1 - i] = step;
        }
}

static void pass_stars(const struct pattern *p, bool *reached)
{
        for (size_t i = 0; i < p->count; i++)
                if (reached[i] && p->steps[i] == STAR)
                        reached[i + 1] = true;
}

/* Moves the set over one character; false when nothing is left in it. */
static bool advance(const struct pattern *p, bool *reached, uint32_t cp)
{
        bool any = false;
        bool line = cp == '\n'; /* no wildcard stands for it */
        reached[p->count] = false;
        for (size_t i = p->count; i-- > 0;) {
                bool step = reached[i] && (p->steps[i] == cp || (p->steps[i] == ANY && !line));
                bool stay = reached[i] && p->steps[i] == STAR && !line;
                reached[i + 1] = reached[i + 1] || step;
                reached[i] = stay;
                any = any || stay || step;
        }
        pass_stars(p, reached);
        return any;
}

/* Bytes of the shortest or longest match at the start (or, backwards, at the end), or -1; TOO_MUCH. */
static ptrdiff_t match(const struct pattern *p, struct cm_sv value, bool longest, bool backwards,
                       size_t *work)
{
        bool reached[STEPS_MAX + 1] = { true };
        ptrdiff_t best = -1;
        size_t done = 0;
        pass_stars(p, reached);
        for (;;) {
                if (reached[p->count]) {
                        best = (ptrdiff_t)done;
                        if (!longest)
                                return best;
                }
                if (done == value.len)
                        return best;
                if (*work <= p->count)
                        return TOO_MUCH;
                *work -= p->count + 1;
                uint32_t cp = 0;
                struct cm_sv rest = backwards ? cm_sv_slice(value, 0, value.len - done)
                                              : cm_sv_skip(value, done);
                done += backwards ? last_char(rest, &cp) : first_char(rest, &cp);
                if (!advance(p, reached, cp))
                        return best;
        }
}

/* Takes off `value` what the pattern matches at its end, or at its start. */
static const char *trim(struct cm_sv value, struct cm_sv pattern, bool longest, bool at_end,
                        struct cm_sv *ret, size_t *work)
{
        struct pattern p;
        const char *why = compile(pattern, &p);
        if (why != NULL)
                return why;
        if (at_end)
                reverse(&p);
        ptrdiff_t n = match(&p, value, longest, at_end, work);
        if (n == TOO_MUCH)
                return too_much;
        size_t len = n < 0 ? 0 : (size_t)n;
        *ret = at_end ? cm_sv_slice(value, 0, value.len - len) : cm_sv_skip(value, len);
        return NULL;
}

const char *cm_df_trim_prefix(struct cm_sv value, struct cm_sv pattern, bool longest,
                              struct cm_sv *ret, size_t *work)
{
        return trim(value, pattern, longest, false, ret, work);
}

const char *cm_df_trim_suffix(struct cm_sv value, struct cm_sv pattern, bool longest,
                              struct cm_sv *ret, size_t *work)
{
        return trim(value, pattern, longest, true, ret, work);
}

const char *cm_df_replace(struct cm_sv value, struct cm_sv pattern, struct cm_sv replacement,
                          bool all, struct cm_buf *out, size_t *work)
{
        struct pattern p;
        const char *why = compile(pattern, &p);
        if (why != NULL)
                return why;
        bool after_match = false;
        for (bool done = false;;) {
                ptrdiff_t n = done ? -1 : match(&p, value, true, false, work);
                if (n == TOO_MUCH)
                        return too_much;
                if (n > 0 || (n == 0 && !after_match)) {
                        cm_buf_put_sv(out, replacement);
                        value = cm_sv_skip(value, (size_t)n);
                        done = !all;
                        after_match = n > 0;
                        if (n > 0)
                                continue;
                }
                if (value.len == 0)
                        return NULL;
                uint32_t cp = 0;
                size_t len = first_char(value, &cp);
                cm_buf_put(out, value.ptr, len);
                value = cm_sv_skip(value, len);
                after_match = false;
        }
}
