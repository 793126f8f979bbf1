/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Table of recorded.h. Two kinds of slot: a recorded path (even key) and a directory with something
 * recorded below it (the same key, odd).
 */
#include "image/recorded.h"

#include <stdlib.h>

struct cm_recorded_slot {
        uint64_t key; /* 0 is free */
        struct cm_sv path;
};

uint64_t cm_path_key(struct cm_sv path, const struct cm_siphash_key *hash_key)
{
        uint64_t h = cm_siphash(path, hash_key) & ~(uint64_t)1;
        return h == 0 ? 2 : h;
}

void cm_recorded_init(struct cm_recorded *recorded, const struct cm_siphash_key *hash_key)
{
        *recorded = (struct cm_recorded){ .hash_key = hash_key };
}

void cm_recorded_fini(struct cm_recorded *recorded)
{
        free(recorded->slots);
        *recorded = (struct cm_recorded){ .hash_key = recorded->hash_key };
}

static struct cm_recorded_slot *find_slot(struct cm_recorded_slot *slots, size_t count,
                                          uint64_t key)
{
        size_t at = (size_t)(key >> 20) & (count - 1);
        while (slots[at].key != 0 && slots[at].key != key)
                at = (at + 1) & (count - 1);
        return &slots[at];
}

/* Returns whether the key is new. */
static bool add_key(struct cm_recorded *r, uint64_t key, struct cm_sv path)
{
        if (r->count * 2 >= r->slot_count) {
                size_t count = r->slot_count == 0 ? 256 : r->slot_count * 2;
                struct cm_recorded_slot *slots = calloc(count, sizeof(*slots));
                CM_ASSERT(slots != NULL);
                for (size_t i = 0; i < r->slot_count; i++)
                        if (r->slots[i].key != 0)
                                *find_slot(slots, count, r->slots[i].key) = r->slots[i];
                free(r->slots);
                r->slots = slots;
                r->slot_count = count;
        }
        struct cm_recorded_slot *slot = find_slot(r->slots, r->slot_count, key);
        if (slot->key != 0)
                return false;
        *slot = (struct cm_recorded_slot){ key, path };
        r->count++;
        return true;
}

static void add_path(struct cm_recorded *r, struct cm_sv path)
{
        add_key(r, cm_path_key(path, r->hash_key), path);
        for (struct cm_sv dir, base; cm_sv_cut_last(path, '/', &dir, &base); path = dir)
                if (!add_key(r, cm_path_key(dir, r->hash_key) | 1, dir))
                        break; /* its parents are there too */
}

int cm_recorded_add(struct cm_recorded *recorded, struct cm_sv records, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(records);
        struct cm_record rec;
        int r = 0;
        while ((r = cm_record_next(&c, &rec, err)) == 0)
                if (cm_record_is_entry(&rec))
                        add_path(recorded, rec.path);
        return r < 0 ? r : 0;
}

void cm_recorded_shadow(const struct cm_recorded *recorded, uint64_t entry_key,
                        struct cm_records *ret)
{
        if (recorded->count == 0)
                return;
        uint64_t path_key = entry_key & ~(uint64_t)1;
        const struct cm_recorded_slot *slot =
                find_slot(recorded->slots, recorded->slot_count, path_key);
        if (slot->key == 0 && entry_key == path_key)
                slot = find_slot(recorded->slots, recorded->slot_count, path_key | 1);
        bool is_dir = entry_key != path_key;
        if (slot->key != 0)
                cm_records_put_path(ret, is_dir ? CM_RECORD_SHADOW_DIR : CM_RECORD_SHADOW,
                                    slot->path);
}
