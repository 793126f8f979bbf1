/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of code points for regular expressions; see regex_internal.h. Unicode data: regex_unicode.c. */
#include <string.h>

#include "cel/regex_internal.h"

void cm_runes_add(struct cm_arena *arena, struct cm_runes *set, uint32_t low, uint32_t high)
{
        /* Neighbours in order are the common case and cost no memory. */
        if (set->count > 0 && set->items[set->count - 1].low <= low &&
            low <= set->items[set->count - 1].high + 1) {
                struct cm_rune_range *last = &set->items[set->count - 1];
                last->high = CM_MAX(last->high, high);
                return;
        }
        *CM_VEC_PUSH(arena, set) = (struct cm_rune_range){ low, high };
}

void cm_runes_add_all(struct cm_arena *arena, struct cm_runes *set, const struct cm_runes *more)
{
        for (size_t i = 0; i < more->count; i++)
                cm_runes_add(arena, set, more->items[i].low, more->items[i].high);
}

static bool is_sorted(const struct cm_runes *set)
{
        for (size_t i = 1; i < set->count; i++)
                if (set->items[i - 1].low > set->items[i].low)
                        return false;
        return true;
}

static void sift(struct cm_rune_range *heap, size_t at, size_t count)
{
        while (2 * at + 1 < count) {
                size_t child = 2 * at + 1;
                if (child + 1 < count && heap[child].low < heap[child + 1].low)
                        child++;
                if (heap[at].low >= heap[child].low)
                        return;
                struct cm_rune_range t = heap[at];
                heap[at] = heap[child];
                heap[child] = t;
                at = child;
        }
}

/* A heap sort: the C library's sort may allocate. */
static void sort(struct cm_rune_range *items, size_t count)
{
        for (size_t i = count / 2; i-- > 0;)
                sift(items, i, count);
        for (size_t end = count; end-- > 1;) {
                struct cm_rune_range t = items[0];
                items[0] = items[end];
                items[end] = t;
                sift(items, 0, end);
        }
}

void cm_runes_clean(struct cm_runes *set)
{
        size_t n = 0;
        if (!is_sorted(set))
                sort(set->items, set->count);
        for (size_t i = 0; i < set->count; i++) {
                struct cm_rune_range r = set->items[i];
                if (n > 0 && r.low <= set->items[n - 1].high + 1)
                        set->items[n - 1].high = CM_MAX(set->items[n - 1].high, r.high);
                else
                        set->items[n++] = r;
        }
        set->count = n;
}

void cm_runes_negate(struct cm_arena *arena, struct cm_runes *set)
{
        struct cm_runes out = { 0 };
        uint32_t next = 0;
        for (size_t i = 0; i < set->count; i++) {
                if (set->items[i].low > next)
                        cm_runes_add(arena, &out, next, set->items[i].low - 1);
                next = set->items[i].high + 1;
        }
        if (next <= CM_RUNE_MAX)
                cm_runes_add(arena, &out, next, CM_RUNE_MAX);
        *set = out;
}

struct named {
        struct cm_sv name;
        const struct cm_rune_range ranges[4];
};

#define RANGE_END    \
        {            \
                1, 0 \
        }

static const struct named posix[] = {
        { { "alnum", 5 }, { { '0', '9' }, { 'A', 'Z' }, { 'a', 'z' }, RANGE_END } },
        { { "alpha", 5 }, { { 'A', 'Z' }, { 'a', 'z' }, RANGE_END } },
        { { "ascii", 5 }, { { 0, 0x7f }, RANGE_END } },
        { { "blank", 5 }, { { '\t', '\t' }, { ' ', ' ' }, RANGE_END } },
        { { "cntrl", 5 }, { { 0, 0x1f }, { 0x7f, 0x7f }, RANGE_END } },
        { { "digit", 5 }, { { '0', '9' }, RANGE_END } },
        { { "graph", 5 }, { { '!', '~' }, RANGE_END } },
        { { "lower", 5 }, { { 'a', 'z' }, RANGE_END } },
        { { "print", 5 }, { { ' ', '~' }, RANGE_END } },
        { { "punct", 5 }, { { '!', '/' }, { ':', '@' }, { '[', '`' }, { '{', '~' } } },
        { { "space", 5 }, { { '\t', '\r' }, { ' ', ' ' }, RANGE_END } },
        { { "upper", 5 }, { { 'A', 'Z' }, RANGE_END } },
        { { "word", 4 }, { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } } },
        { { "xdigit", 6 }, { { '0', '9' }, { 'A', 'F' }, { 'a', 'f' }, RANGE_END } },
};

/* "\s" leaves out the vertical tab, which [:space:] has. */
static const struct named perl[] = {
        { { "d", 1 }, { { '0', '9' }, RANGE_END } },
        { { "s", 1 }, { { '\t', '\n' }, { '\f', '\r' }, { ' ', ' ' }, RANGE_END } },
        { { "w", 1 }, { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } } },
};

static bool add_named(struct cm_arena *arena, struct cm_runes *set, const struct named *table,
                      size_t count, struct cm_sv name)
{
        for (size_t i = 0; i < count; i++) {
                if (!cm_sv_eq(table[i].name, name))
                        continue;
                for (size_t j = 0; j < CM_ARRAY_LEN(table[i].ranges); j++) {
                        const struct cm_rune_range *r = &table[i].ranges[j];
                        if (r->low > r->high)
                                break;
                        cm_runes_add(arena, set, r->low, r->high);
                }
                return true;
        }
        return false;
}

bool cm_runes_add_perl(struct cm_arena *arena, struct cm_runes *set, char letter)
{
        return add_named(arena, set, perl, CM_ARRAY_LEN(perl), cm_sv_make(&letter, 1));
}

bool cm_runes_add_posix(struct cm_arena *arena, struct cm_runes *set, struct cm_sv name)
{
        return add_named(arena, set, posix, CM_ARRAY_LEN(posix), name);
}

size_t cm_rune_decode(const unsigned char *p, size_t len, uint32_t *ret_rune)
{
        uint32_t rune = p[0];
        size_t n = rune < 0x80   ? 1
                   : rune < 0xc2 ? 0
                   : rune < 0xe0 ? 2
                   : rune < 0xf0 ? 3
                   : rune < 0xf5 ? 4
                                 : 0;
        static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
        *ret_rune = CM_RUNE_ERROR;
        if (n == 0 || n > len)
                return 1;
        if (n > 1)
                rune &= 0x7fU >> n;
        for (size_t i = 1; i < n; i++) {
                if ((p[i] & 0xc0) != 0x80)
                        return 1;
                rune = rune << 6 | (p[i] & 0x3fU);
        }
        if (rune < least[n] || rune > CM_RUNE_MAX || (rune >= 0xd800 && rune <= 0xdfff))
                return 1;
        *ret_rune = rune;
        return n;
}

size_t cm_rune_encode(uint32_t rune, char out[4])
{
        if (rune < 0x80) {
                out[0] = (char)rune;
                return 1;
        }
        size_t n = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
        for (size_t i = n; i-- > 1; rune >>= 6)
                out[i] = (char)(0x80 | (rune & 0x3f));
        out[0] = (char)((0xf00U >> n & 0xff) | rune);
        return n;
}
