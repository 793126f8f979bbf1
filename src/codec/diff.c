/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See diff.h. Equal lines at both ends are taken off; for the middle the shortest script is looked
 * for (Myers, "An O(ND) Difference Algorithm", 1986) up to EDITS_MAX lines that differ, beyond
 * which the whole middle is one change: longer, and right all the same.
 */
#include "codec/diff.h"

#include <string.h>

#include "base/vec.h"

enum {
        CONTEXT = 3,
        EDITS_MAX = 5000 /* its trace takes 100 MB */
};

struct lines {
        struct cm_sv *items; /* with their ends */
        size_t count;
        size_t capacity;
};

struct change {
        size_t from_a, to_a; /* lines that go */
        size_t from_b, to_b; /* lines that come */
};

struct diff {
        struct cm_arena *arena;
        struct lines a;
        struct lines b;
        CM_VEC(struct change) changes;
};

static void cut_lines(struct cm_arena *arena, struct cm_sv text, struct lines *ret)
{
        while (text.len > 0) {
                ptrdiff_t at = cm_sv_find_char(text, '\n');
                size_t len = at < 0 ? text.len : (size_t)at + 1;
                *CM_VEC_PUSH(arena, ret) = cm_sv_slice(text, 0, len);
                text = cm_sv_skip(text, len);
        }
}

/* In order from the back: the script is walked from its end. */
static void add_front(struct diff *d, struct change c)
{
        if (d->changes.count > 0) {
                struct change *last = &d->changes.items[d->changes.count - 1];
                if (last->from_a == c.to_a && last->from_b == c.to_b) {
                        last->from_a = c.from_a;
                        last->from_b = c.from_b;
                        return;
                }
        }
        *CM_VEC_PUSH(d->arena, &d->changes) = c;
}

static bool same(const struct diff *d, size_t a, size_t b)
{
        return cm_sv_eq(d->a.items[a], d->b.items[b]);
}

/* The furthest points of each diagonal after `depth` edits, by diagonal + depth. */
static void walk_back(struct diff *d, int **trace, int depth, int x, int y, size_t offset)
{
        for (; depth > 0; depth--) {
                const int *v = trace[depth - 1] + (depth - 1); /* diagonal 0 */
                int k = x - y;
                bool down = k == -depth || (k != depth && v[k - 1] < v[k + 1]);
                int before_k = down ? k + 1 : k - 1;
                int before_x = v[before_k];
                int before_y = before_x - before_k;
                size_t ax = (size_t)before_x + offset;
                size_t by = (size_t)before_y + offset;
                add_front(d, down ? (struct change){ ax, ax, by, by + 1 }
                                  : (struct change){ ax, ax + 1, by, by });
                x = before_x;
                y = before_y;
        }
}

static bool shortest(struct diff *d, size_t offset, int n, int m)
{
        int max = CM_MIN(n + m, EDITS_MAX);
        int **trace = CM_NEW_ARRAY(d->arena, int *, (size_t)max + 1);
        for (int depth = 0; depth <= max; depth++) {
                int *now = CM_NEW_ARRAY(d->arena, int, 2 * (size_t)depth + 1);
                trace[depth] = now;
                now += depth;
                for (int k = -depth; k <= depth; k += 2) {
                        const int *v = depth == 0 ? NULL : trace[depth - 1] + (depth - 1);
                        int x = 0;
                        if (depth > 0 && (k == -depth || (k != depth && v[k - 1] < v[k + 1])))
                                x = v[k + 1];
                        else if (depth > 0)
                                x = v[k - 1] + 1;
                        int y = x - k;
                        while (x < n && y < m && y >= 0 &&
                               same(d, offset + (size_t)x, offset + (size_t)y)) {
                                x++;
                                y++;
                        }
                        now[k] = x;
                        if (x >= n && y >= m) {
                                walk_back(d, trace, depth, x, y, offset);
                                return true;
                        }
                }
        }
        return false;
}

static void find_changes(struct diff *d)
{
        size_t head = 0;
        size_t end_a = d->a.count;
        size_t end_b = d->b.count;
        while (head < end_a && head < end_b && same(d, head, head))
                head++;
        while (end_a > head && end_b > head && same(d, end_a - 1, end_b - 1)) {
                end_a--;
                end_b--;
        }
        if (head == end_a && head == end_b)
                return;
        bool is_small = end_a - head < INT32_MAX / 4 && end_b - head < INT32_MAX / 4;
        if (!is_small || !shortest(d, head, (int)(end_a - head), (int)(end_b - head)))
                *CM_VEC_PUSH(d->arena, &d->changes) = (struct change){ head, end_a, head, end_b };
}

static void put_line(struct cm_buf *out, char sign, struct cm_sv line)
{
        cm_buf_put_char(out, sign);
        cm_buf_put_sv(out, line);
        if (!cm_sv_has_suffix(line, CM_SV("\n")))
                cm_buf_put_str(out, "\n\\ No newline at end of file\n");
}

/* "-3,4"; an empty range names the line before it. */
static void put_range(struct cm_buf *out, char sign, size_t from, size_t to)
{
        cm_buf_printf(out, "%c%zu,%zu", sign, to > from ? from + 1 : from, to - from);
}

/* Changes `first` down to `last` (they are in order from the back) with what is between them. */
static void put_hunk(const struct diff *d, struct cm_buf *out, size_t first, size_t last)
{
        const struct change *c = &d->changes.items[first];
        const struct change *end = &d->changes.items[last];
        size_t lead = CM_MIN(c->from_a, (size_t)CONTEXT);
        size_t trail = CM_MIN(d->a.count - end->to_a, (size_t)CONTEXT);
        cm_buf_put_str(out, "@@ ");
        put_range(out, '-', c->from_a - lead, end->to_a + trail);
        cm_buf_put_char(out, ' ');
        put_range(out, '+', c->from_b - lead, end->to_b + trail);
        cm_buf_put_str(out, " @@\n");
        size_t at = c->from_a - lead;
        for (size_t i = first + 1; i-- > last;) {
                c = &d->changes.items[i];
                for (; at < c->from_a; at++)
                        put_line(out, ' ', d->a.items[at]);
                for (; at < c->to_a; at++)
                        put_line(out, '-', d->a.items[at]);
                for (size_t j = c->from_b; j < c->to_b; j++)
                        put_line(out, '+', d->b.items[j]);
        }
        for (size_t i = 0; i < trail; i++)
                put_line(out, ' ', d->a.items[at + i]);
}

/* As git does it: a name with a blank has a tab behind it, one with other signs is in quotes. */
static void put_name(struct cm_buf *out, const char *lead, char side, struct cm_sv name)
{
        bool needs_quotes = false;
        for (size_t i = 0; i < name.len; i++)
                needs_quotes = needs_quotes || (unsigned char)name.ptr[i] < ' ' ||
                               name.ptr[i] == '"' || name.ptr[i] == '\\' || name.ptr[i] == 127;
        cm_buf_printf(out, "%s %s%c/", lead, needs_quotes ? "\"" : "", side);
        for (size_t i = 0; i < name.len; i++) {
                unsigned char c = (unsigned char)name.ptr[i];
                if (c < ' ' || c == 127)
                        cm_buf_printf(out, "\\%03o", c);
                else if (c == '"' || c == '\\')
                        cm_buf_printf(out, "\\%c", c);
                else
                        cm_buf_put_char(out, (char)c);
        }
        bool has_blank = cm_sv_find_char(name, ' ') >= 0;
        cm_buf_put_str(out, needs_quotes ? "\"\n" : has_blank ? "\t\n" : "\n");
}

void cm_diff_unified(struct cm_arena *arena, struct cm_buf *out, struct cm_sv name,
                     struct cm_sv before, struct cm_sv after)
{
        struct diff d = { .arena = arena };
        cut_lines(arena, before, &d.a);
        cut_lines(arena, after, &d.b);
        find_changes(&d);
        if (d.changes.count == 0)
                return;
        put_name(out, "---", 'a', name);
        put_name(out, "+++", 'b', name);
        for (size_t first = d.changes.count; first > 0;) {
                size_t last = first - 1;
                while (last > 0 && d.changes.items[last - 1].from_a - d.changes.items[last].to_a <=
                                           2 * (size_t)CONTEXT)
                        last--;
                put_hunk(&d, out, first - 1, last);
                first = last;
        }
}
