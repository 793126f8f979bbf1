/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/node.h: order and index of large maps. */
#include "codec/node.h"
#include "tests/harness.h"

CM_TEST(large_maps_keep_order_and_find_every_key)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(8));
        const struct cm_node_pos pos = { 0 };
        struct cm_node *map = cm_node_new_map(arena, pos);
        for (int round = 0; round < 2; round++)
                for (int i = 0; i < 1000; i++)
                        CM_CHECK(cm_node_put(arena, map, cm_sv_printf(arena, "key %d", i), pos,
                                             cm_node_new_int(arena, pos, i + round)) ==
                                 (round == 0));
        CM_CHECK_INT(cm_node_count(map), 1000);
        for (int i = 0; i < 1000; i++) {
                struct cm_sv key = cm_sv_printf(arena, "key %d", i);
                CM_CHECK_SV(map->map.members[i].key, key.ptr);
                CM_CHECK_INT(cm_node_int(cm_node_get_sv(map, key), -1), i + 1);
        }
        CM_CHECK(cm_node_get(map, "key 1000") == NULL);
}
