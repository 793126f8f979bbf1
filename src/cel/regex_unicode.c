/* SPDX-License-Identifier: Apache-2.0 */
/* Unicode classes and simple case folding for regular expressions, from unicode_table.h. */
#include "base/cursor.h"
#include "cel/regex_internal.h"
#include "cel/unicode_table.h"

/* Names regardless of case, blanks, "-" and "_" (UAX 44 LM3 without its "is"). */
static bool is_same_name(struct cm_sv a, const char *b)
{
        for (size_t i = 0; i < a.len; i++) {
                if (a.ptr[i] == ' ' || a.ptr[i] == '-' || a.ptr[i] == '_')
                        continue;
                while (*b == '_')
                        b++;
                if (*b == '\0' || cm_to_lower(*b) != cm_to_lower(a.ptr[i]))
                        return false;
                b++;
        }
        return *b == '\0';
}

bool cm_runes_add_unicode(struct cm_arena *arena, struct cm_runes *set, struct cm_sv name)
{
        if (is_same_name(name, "Any")) {
                cm_runes_add(arena, set, 0, CM_RUNE_MAX);
                return true;
        }
        for (size_t i = 0; i < CM_ARRAY_LEN(unicode_classes); i++) {
                if (!is_same_name(name, unicode_classes[i].name))
                        continue;
                struct cm_cursor c =
                        cm_cursor_make(cm_sv_make(unicode_bytes + unicode_classes[i].offset_bytes,
                                                  unicode_classes[i].size_bytes));
                uint32_t next = 0;
                while (c.len > 0) {
                        uint32_t low = next + (uint32_t)cm_cursor_varint(&c);
                        uint32_t high = low + (uint32_t)cm_cursor_varint(&c);
                        CM_ASSERT(!c.failed && high <= CM_RUNE_MAX);
                        cm_runes_add(arena, set, low, high);
                        next = high + 1;
                }
                return true;
        }
        return false;
}

/* Index of the first row that ends at or after `rune`. */
static size_t fold_row(uint32_t rune)
{
        size_t low = 0;
        size_t high = CM_ARRAY_LEN(unicode_folds);
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (unicode_folds[middle].high < rune)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* The next code point of the ring of those that differ by case alone. */
static uint32_t fold_next(uint32_t rune)
{
        size_t row = fold_row(rune);
        if (row == CM_ARRAY_LEN(unicode_folds) || rune < unicode_folds[row].low)
                return rune;
        int32_t difference = unicode_folds[row].difference;
        if (difference == FOLD_EVEN || difference == FOLD_ODD)
                return rune % 2 == (uint32_t)difference ? rune + 1 : rune - 1;
        return (uint32_t)((int32_t)rune + difference);
}

void cm_runes_fold(struct cm_arena *arena, struct cm_runes *set)
{
        struct cm_runes out = { 0 };
        cm_runes_add_all(arena, &out, set);
        for (size_t i = 0; i < set->count; i++) {
                struct cm_rune_range r = set->items[i];
                /* Only code points that a row covers have a ring. */
                for (size_t row = fold_row(r.low);
                     row < CM_ARRAY_LEN(unicode_folds) && unicode_folds[row].low <= r.high; row++) {
                        uint32_t from = CM_MAX(unicode_folds[row].low, r.low);
                        uint32_t to = CM_MIN(unicode_folds[row].high, r.high);
                        for (uint32_t rune = from; rune <= to; rune++)
                                for (uint32_t f = fold_next(rune); f != rune; f = fold_next(f))
                                        cm_runes_add(arena, &out, f, f);
                }
        }
        cm_runes_clean(&out);
        *set = out;
}
