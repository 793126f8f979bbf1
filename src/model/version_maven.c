/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maven's order. A version is a list of numbers and qualifiers; '-', each change between digits and
 * letters, and a qualifier behind other items open a list within the list, always as its last
 * element. So the whole is a chain of lists, which is kept in flat arrays here: list k holds its
 * own items and, behind them, list k + 1. Zeros and empty qualifiers at the end of every list, or
 * before the list within it, do not count.
 *
 * Maven's own order is no total one: "1.foo.1" > "1" > "1-alpha" > "1.foo.1", since a qualifier is
 * older than any list but newer than nothing. Pairs are what ranges are decided by, so each pair
 * is ordered as Maven orders it.
 * Spec: org.apache.maven.artifact.versioning.ComparableVersion 3.8.7 and 3.9; maven.apache.org/pom.html
 *       "Version Order Specification".
 */
#include "model/version_internal.h"

/* As many as a version of CM_VERSION_BYTES_MAX can have; items past them do not count. */
enum {
        ITEMS_MAX = 512
};

struct item {
        struct cm_sv text;
        bool is_number;
        bool before_digit; /* "a1": the one-letter abbreviations mean alpha, beta, milestone */
};

/* items[from, to), then the next list of the chain if there is one */
struct list {
        size_t from;
        size_t to;
};

struct maven {
        struct item items[ITEMS_MAX];
        struct list lists[ITEMS_MAX];
        size_t item_count;
        size_t list_count;
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

static void open_list(struct maven *m)
{
        if (m->list_count < ITEMS_MAX)
                m->lists[m->list_count++] = (struct list){ m->item_count, m->item_count };
}

/* A qualifier behind other items of its list goes into a list of its own: ".x" as "-x". */
static void open_list_for_qualifier(struct maven *m)
{
        const struct list *current = &m->lists[m->list_count - 1];
        if (current->to > current->from)
                open_list(m);
}

static void add_item(struct maven *m, struct cm_sv text, bool is_number, bool before_digit)
{
        if (m->item_count == ITEMS_MAX)
                return;
        m->items[m->item_count++] = (struct item){ text, is_number, before_digit };
        m->lists[m->list_count - 1].to = m->item_count;
}

/* Cuts the items that do not count off every list, and the empty lists off the chain's end. */
static void normalize(struct maven *m)
{
        for (size_t i = 0; i < m->list_count; i++) {
                struct list *l = &m->lists[i];
                while (l->to > l->from && is_null(&m->items[l->to - 1]))
                        l->to--;
        }
        while (m->list_count > 1 &&
               m->lists[m->list_count - 1].to == m->lists[m->list_count - 1].from)
                m->list_count--;
}

static void parse(struct cm_sv v, struct maven *m)
{
        m->item_count = 0;
        m->list_count = 0;
        open_list(m);
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
                                open_list(m);
                } else if (cm_is_digit(c) != digits) {
                        if (i > start) {
                                if (!digits)
                                        open_list_for_qualifier(m);
                                add_item(m, text, digits, !digits);
                                open_list(m);
                                start = i;
                        }
                        digits = !digits;
                }
        }
        if (v.len > start) {
                if (!digits)
                        open_list_for_qualifier(m);
                add_item(m, cm_sv_skip(v, start), digits, false);
        }
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
static int list_cmp_null(const struct maven *m, size_t list)
{
        for (; list < m->list_count; list++) {
                const struct list *l = &m->lists[list];
                for (size_t i = l->from; i < l->to; i++) {
                        int c = item_cmp_null(&m->items[i]);
                        if (c != 0)
                                return c;
                }
        }
        return 0;
}

enum element {
        E_ITEM,
        E_LIST,
        E_NONE
};

static enum element element_at(const struct maven *m, size_t list, size_t i)
{
        size_t count = m->lists[list].to - m->lists[list].from;
        if (i < count)
                return E_ITEM;
        return i == count && list + 1 < m->list_count ? E_LIST : E_NONE;
}

/* Element i of list number `list` of both sides; not both are lists. */
static int element_cmp(const struct maven *a, const struct maven *b, size_t list, size_t i)
{
        enum element x = element_at(a, list, i);
        enum element y = element_at(b, list, i);
        const struct item *item_a = x == E_ITEM ? &a->items[a->lists[list].from + i] : NULL;
        const struct item *item_b = y == E_ITEM ? &b->items[b->lists[list].from + i] : NULL;
        if (item_a != NULL && item_b != NULL)
                return item_cmp(item_a, item_b);
        if (item_a != NULL && y == E_LIST)
                return item_a->is_number ? 1 : -1;
        if (item_b != NULL && x == E_LIST)
                return item_b->is_number ? -1 : 1;
        if (item_a != NULL)
                return item_cmp_null(item_a);
        if (item_b != NULL)
                return -item_cmp_null(item_b);
        return x == E_LIST ? list_cmp_null(a, list + 1) : -list_cmp_null(b, list + 1);
}

int cm_version_cmp_maven(struct cm_sv a, struct cm_sv b)
{
        struct maven x;
        struct maven y;
        parse(cm_sv_trim(a), &x);
        parse(cm_sv_trim(b), &y);
        size_t list = 0;
        size_t i = 0;
        for (;;) {
                enum element p = element_at(&x, list, i);
                enum element q = element_at(&y, list, i);
                if (p == E_NONE && q == E_NONE)
                        return 0;
                if (p == E_LIST && q == E_LIST) {
                        list++;
                        i = 0;
                        continue;
                }
                int c = element_cmp(&x, &y, list, i);
                if (c != 0)
                        return c;
                i++;
        }
}

bool cm_version_valid_maven(struct cm_sv v)
{
        return cm_sv_trim(v).len > 0;
}
