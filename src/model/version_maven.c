/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maven's order. A version is a list of numbers and qualifiers; '-' and each change between digits
 * and letters open a list within the list, always as its last element. So the whole is a chain of
 * segments, which is kept in flat arrays here. Trailing zeros and empty qualifiers of every segment
 * do not count.
 * Spec: org.apache.maven.artifact.versioning.ComparableVersion 3.8; maven.apache.org/pom.html
 *       "Version Order Specification".
 */
#include "model/version_internal.h"

/* Longer versions are compared by their first items: the order stays total. */
enum {
        ITEMS_MAX = 512
};

struct item {
        struct cm_sv text;
        bool is_number;
        bool before_digit; /* "a1": the one-letter abbreviations mean alpha, beta, milestone */
};

struct segment {
        size_t from;
        size_t to; /* items[from, to) */
};

struct maven {
        struct item items[ITEMS_MAX];
        struct segment segments[ITEMS_MAX];
        size_t item_count;
        size_t segment_count;
};

/* Position of a qualifier in the fixed order; unknown ones follow "sp", ordered by name. */
enum {
        Q_ALPHA,
        Q_BETA,
        Q_MILESTONE,
        Q_RC,
        Q_SNAPSHOT,
        Q_RELEASE,
        Q_SP,
        Q_UNKNOWN
};

static int qualifier_rank(const struct item *item)
{
        static const struct {
                const char *name;
                int rank;
        } known[] = {
                { "alpha", Q_ALPHA }, { "beta", Q_BETA },       { "milestone", Q_MILESTONE },
                { "rc", Q_RC },       { "cr", Q_RC },           { "snapshot", Q_SNAPSHOT },
                { "", Q_RELEASE },    { "ga", Q_RELEASE },      { "final", Q_RELEASE },
                { "sp", Q_SP },       { "release", Q_RELEASE },
        };
        if (item->before_digit && item->text.len == 1) {
                char c = cm_to_lower(item->text.ptr[0]);
                if (c == 'a' || c == 'b' || c == 'm')
                        return c == 'a' ? Q_ALPHA : c == 'b' ? Q_BETA : Q_MILESTONE;
        }
        for (size_t i = 0; i < CM_ARRAY_LEN(known); i++)
                if (cm_sv_eq_nocase(item->text, cm_sv_from_cstr(known[i].name)))
                        return known[i].rank;
        return Q_UNKNOWN;
}

static bool is_zero(struct cm_sv digits)
{
        return cm_version_digits_cmp(digits, CM_SV("0")) == 0;
}

static bool is_null(const struct item *item)
{
        return item->is_number ? is_zero(item->text) : qualifier_rank(item) == Q_RELEASE;
}

static void add_item(struct maven *m, struct cm_sv text, bool is_number, bool before_digit)
{
        if (m->item_count == ITEMS_MAX)
                return;
        m->items[m->item_count++] = (struct item){ text, is_number, before_digit };
        m->segments[m->segment_count - 1].to = m->item_count;
}

static void open_segment(struct maven *m)
{
        if (m->segment_count == ITEMS_MAX)
                return;
        m->segments[m->segment_count++] = (struct segment){ m->item_count, m->item_count };
}

/* From the innermost out: nulls at the end of a segment go, also those before a non-empty list. */
static void normalize(struct maven *m)
{
        size_t last = m->segment_count;
        for (size_t i = m->segment_count; i > 0; i--) {
                struct segment *s = &m->segments[i - 1];
                while (s->to > s->from && is_null(&m->items[s->to - 1]))
                        s->to--;
                if (s->to == s->from && last == i && i > 1)
                        last = i - 1; /* an empty list at the end is null itself */
        }
        /* A list that holds only a list is that list: "1-ga-1" is "1-1". */
        size_t kept = 1;
        for (size_t i = 1; i < last; i++)
                if (m->segments[i].to > m->segments[i].from)
                        m->segments[kept++] = m->segments[i];
        m->segment_count = kept;
}

static void parse(struct cm_sv v, struct maven *m)
{
        m->item_count = 0;
        m->segment_count = 0;
        open_segment(m);
        size_t start = 0;
        bool digits = false;
        for (size_t i = 0; i < v.len; i++) {
                char c = v.ptr[i];
                struct cm_sv text = cm_sv_slice(v, start, i);
                if (c == '.' || c == '-') {
                        if (i == start)
                                add_item(m, CM_SV("0"), true, false);
                        else
                                add_item(m, text, digits, false);
                        start = i + 1;
                        if (c == '-')
                                open_segment(m);
                } else if (cm_is_digit(c) != digits) {
                        if (i > start) {
                                add_item(m, text, digits, !digits);
                                open_segment(m);
                                start = i;
                        }
                        digits = !digits;
                }
        }
        if (v.len > start)
                add_item(m, cm_sv_skip(v, start), digits, false);
        normalize(m);
}

static int name_cmp(struct cm_sv a, struct cm_sv b)
{
        for (size_t i = 0; i < a.len && i < b.len; i++) {
                int c = (unsigned char)cm_to_lower(a.ptr[i]) - (unsigned char)cm_to_lower(b.ptr[i]);
                if (c != 0)
                        return cm_version_sign(c);
        }
        return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

static int item_cmp(const struct item *a, const struct item *b)
{
        if (a->is_number != b->is_number)
                return a->is_number ? 1 : -1;
        if (a->is_number)
                return cm_version_digits_cmp(a->text, b->text);
        int x = qualifier_rank(a);
        int y = qualifier_rank(b);
        if (x != y)
                return cm_version_sign(x - y);
        return x == Q_UNKNOWN ? name_cmp(a->text, b->text) : 0;
}

static int item_cmp_null(const struct item *item)
{
        if (item->is_number)
                return is_zero(item->text) ? 0 : 1;
        return cm_version_sign(qualifier_rank(item) - Q_RELEASE);
}

/* A list against nothing: its elements against nothing, the first that differs decides. */
static int rest_cmp_null(const struct maven *m, size_t segment)
{
        for (; segment < m->segment_count; segment++) {
                const struct segment *s = &m->segments[segment];
                for (size_t i = s->from; i < s->to; i++) {
                        int c = item_cmp_null(&m->items[i]);
                        if (c != 0)
                                return c;
                }
        }
        return 0;
}

/* Elements i of two segments where at least one has no item: lists, or nothing. */
static int tail_cmp(const struct maven *a, const struct maven *b, size_t segment, size_t i)
{
        const struct segment *x = &a->segments[segment];
        const struct segment *y = &b->segments[segment];
        bool item_a = x->from + i < x->to;
        bool item_b = y->from + i < y->to;
        bool list_a = !item_a && segment + 1 < a->segment_count && x->from + i == x->to;
        bool list_b = !item_b && segment + 1 < b->segment_count && y->from + i == y->to;
        if (list_a && item_b)
                return b->items[y->from + i].is_number ? -1 : 1;
        if (list_b && item_a)
                return a->items[x->from + i].is_number ? 1 : -1;
        if (item_a)
                return item_cmp_null(&a->items[x->from + i]);
        if (item_b)
                return -item_cmp_null(&b->items[y->from + i]);
        if (list_a)
                return rest_cmp_null(a, segment + 1);
        return list_b ? -rest_cmp_null(b, segment + 1) : 0;
}

static int chain_cmp(const struct maven *a, const struct maven *b)
{
        for (size_t segment = 0; segment < a->segment_count && segment < b->segment_count;
             segment++) {
                const struct segment *x = &a->segments[segment];
                const struct segment *y = &b->segments[segment];
                size_t len_a = x->to - x->from;
                size_t len_b = y->to - y->from;
                for (size_t i = 0; i < len_a && i < len_b; i++) {
                        int c = item_cmp(&a->items[x->from + i], &b->items[y->from + i]);
                        if (c != 0)
                                return c;
                }
                if (len_a == len_b && segment + 1 < a->segment_count &&
                    segment + 1 < b->segment_count)
                        continue; /* both go on with a list */
                for (size_t i = CM_MIN(len_a, len_b); i <= CM_MAX(len_a, len_b); i++) {
                        int c = tail_cmp(a, b, segment, i);
                        if (c != 0)
                                return c;
                }
                return 0;
        }
        return 0;
}

int cm_version_cmp_maven(struct cm_sv a, struct cm_sv b)
{
        struct maven x;
        struct maven y;
        parse(cm_sv_trim(a), &x);
        parse(cm_sv_trim(b), &y);
        return chain_cmp(&x, &y);
}

bool cm_version_valid_maven(struct cm_sv v)
{
        return cm_sv_trim(v).len > 0;
}
