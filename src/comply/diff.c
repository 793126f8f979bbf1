/* SPDX-License-Identifier: Apache-2.0 */
/* See diff.h. */
#include "comply/diff.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"

const char *cm_diff_kind_to_string(enum cm_diff_kind kind)
{
        static const char *const names[] = {
#define X(kind, name) name,
                CM_DIFF_KINDS(X)
#undef X
        };
        return names[kind];
}

/* One run, by fingerprint, and by check and object. */
struct side {
        const struct cm_check_record *record;
        struct cm_map items;
        struct cm_map unknown; /* keys of check and object with something unknown */
        struct cm_map looked;
};

/* What of two results of one fingerprint is worse: a failure hides what else there is. */
static unsigned rank(enum cm_check_state state)
{
        return state == CM_CHECK_FAIL ? 0 : state == CM_CHECK_UNKNOWN ? 1 : 2;
}

/* A result that fails and one that is unknown may point at different places of one object. */
static struct cm_sv object_key(struct cm_arena *arena, const struct cm_check_item *i)
{
        struct cm_buf key CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&key, CM_MIB(1));
        cm_buf_put_bytes(&key, i->check);
        cm_buf_put_bytes(&key, i->kind);
        cm_buf_put_bytes(&key, i->group);
        cm_buf_put_bytes(&key, i->name);
        return cm_sv_dup(arena, cm_buf_sv(&key));
}

static void fill(struct cm_arena *arena, const struct cm_check_record *record, struct side *s)
{
        s->record = record;
        cm_map_init(&s->items, arena);
        cm_map_init(&s->unknown, arena);
        cm_map_init(&s->looked, arena);
        for (size_t i = 0; i < record->item_count; i++) {
                const struct cm_check_item *item = &record->items[i];
                const struct cm_check_item *old = cm_map_get(&s->items, item->fingerprint);
                if (old == NULL || rank(item->state) < rank(old->state))
                        cm_map_put(&s->items, item->fingerprint, (void *)(uintptr_t)item);
                if (item->state == CM_CHECK_UNKNOWN)
                        cm_map_put(&s->unknown, object_key(arena, item), s);
        }
        for (size_t i = 0; i < record->looked_count; i++)
                cm_map_put(&s->looked, record->looked[i], s);
}

static bool in_state(const struct cm_check_item *item, enum cm_check_state state)
{
        return item != NULL && item->state == state;
}

/* Of what the later run has. CM_DIFF_KIND_COUNT: nothing to say. */
static enum cm_diff_kind kind_after(struct cm_arena *arena, const struct side *before,
                                    const struct cm_check_item *now, bool set_changed)
{
        const struct cm_check_item *old = cm_map_get(&before->items, now->fingerprint);
        if (now->state == CM_CHECK_UNKNOWN)
                return cm_map_has(&before->unknown, object_key(arena, now)) ? CM_DIFF_KIND_COUNT
                                                                            : CM_DIFF_NEWLY_UNKNOWN;
        if (now->state == CM_CHECK_WAIVED)
                return in_state(old, CM_CHECK_FAIL) ? CM_DIFF_WAIVED : CM_DIFF_KIND_COUNT;
        if (now->state != CM_CHECK_FAIL)
                return CM_DIFF_KIND_COUNT;
        if (in_state(old, CM_CHECK_FAIL))
                return CM_DIFF_UNCHANGED;
        if (in_state(old, CM_CHECK_WAIVED))
                return CM_DIFF_WAIVER_EXPIRED;
        return set_changed && !cm_map_has(&before->looked, now->check) ? CM_DIFF_NEW_CHECK
                                                                       : CM_DIFF_NEW;
}

/* Of what only the earlier run has, and failed there. */
static enum cm_diff_kind kind_before(struct cm_arena *arena, const struct side *after,
                                     const struct cm_check_item *old, bool set_changed)
{
        if (old->state != CM_CHECK_FAIL || cm_map_has(&after->items, old->fingerprint))
                return CM_DIFF_KIND_COUNT;
        if (cm_map_has(&after->unknown, object_key(arena, old)))
                return CM_DIFF_KIND_COUNT; /* said as newly unknown: it is not fixed */
        return set_changed && !cm_map_has(&after->looked, old->check) ? CM_DIFF_CHECK_GONE
                                                                      : CM_DIFF_FIXED;
}

static int by_kind(const void *a, const void *b)
{
        const struct cm_diff_item *x = a;
        const struct cm_diff_item *y = b;
        if (x->kind != y->kind)
                return x->kind < y->kind ? -1 : 1;
        int c = cm_sv_cmp(x->item->check, y->item->check);
        c = c != 0 ? c : cm_sv_cmp(x->item->document, y->item->document);
        return c != 0 ? c : cm_sv_cmp(x->item->fingerprint, y->item->fingerprint);
}

void cm_diff_make(struct cm_arena *arena, const struct cm_check_record *before,
                  const struct cm_check_record *after, struct cm_diff *ret)
{
        struct side a;
        struct side b;
        CM_VEC(struct cm_diff_item) items = { 0 };
        fill(arena, before, &a);
        fill(arena, after, &b);
        *ret = (struct cm_diff){ .count = 0 };
        ret->set_changed =
                before->check_set.len == 0 || !cm_sv_eq(before->check_set, after->check_set);
        for (size_t i = 0; i < b.items.count + a.items.count; i++) {
                bool later = i < b.items.count;
                const struct cm_check_item *item =
                        later ? b.items.entries[i].value : a.items.entries[i - b.items.count].value;
                enum cm_diff_kind kind = later ? kind_after(arena, &a, item, ret->set_changed)
                                               : kind_before(arena, &b, item, ret->set_changed);
                if (kind == CM_DIFF_KIND_COUNT)
                        continue;
                ret->counts[kind]++;
                *CM_VEC_PUSH(arena, &items) = (struct cm_diff_item){ kind, item };
        }
        if (items.count > 1)
                qsort(items.items, items.count, sizeof(*items.items), by_kind);
        ret->items = items.items;
        ret->count = items.count;
}
