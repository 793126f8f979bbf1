/* SPDX-License-Identifier: Apache-2.0 */
/* Growth of the typed arrays of vec.h. */
#include "base/vec.h"

void *cm_vec_grow(struct cm_arena *arena, void *items, size_t count, size_t *capacity,
                  size_t size_bytes, size_t align)
{
        CM_ASSERT(count <= *capacity);
        if (count == *capacity) {
                size_t more = *capacity == 0 ? 8 : *capacity * 2;
                void *p = cm_arena_alloc_array(arena, more, size_bytes, align);
                if (count > 0)
                        memcpy(p, items, count * size_bytes);
                items = p;
                *capacity = more;
        }
        memset((char *)items + count * size_bytes, 0, size_bytes);
        return items;
}
