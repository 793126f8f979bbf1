/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: a text and an edit of it are either refused or give exactly the wanted tree. Input:
 * one byte of options, the pointer, a line end, the text.
 */
#include "codec/node_patch.h"
#include "codec/text_edit.h"
#include "tests/lsan_fyaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        struct cm_err err = CM_ERR_INIT;
        uint8_t choice = size == 0 ? 0 : data[0];
        struct cm_sv text = size == 0 ? CM_SV("") : cm_sv_make(data + 1, size - 1);
        struct cm_sv pointer;
        struct cm_sv got;
        cm_sv_cut(text, '\n', &pointer, &text);
        struct cm_node *map = cm_node_new_map(arena, (struct cm_node_pos){ 0 });
        const struct cm_node *const yes = cm_node_new_bool(arena, (struct cm_node_pos){ 0 }, true);
        cm_node_put(arena, map, CM_SV("k"), (struct cm_node_pos){ 0 }, yes);
        const struct cm_node *const values[] = {
                NULL, yes, map, cm_node_new_string(arena, (struct cm_node_pos){ 0 }, CM_SV("a: b"))
        };
        const enum cm_node_yaml_schema schema = (enum cm_node_yaml_schema)((choice >> 2) % 3);
        const struct cm_text_edit edit = { choice >> 6, pointer, values[choice & 3] };
        if (text.len < CM_KIB(64) && cm_text_edit(arena, text, schema, &edit, &got, &err) == 0) {
                const struct cm_node_doc *before = NULL;
                const struct cm_node_doc *after = NULL;
                const struct cm_node *wanted = NULL;
                size_t count_before = 0;
                size_t count_after = 0;
                CM_ASSERT(cm_text_edit_read(arena, text, schema, &before, &count_before, &err) ==
                          0);
                CM_ASSERT(cm_text_edit_read(arena, got, schema, &after, &count_after, &err) == 0);
                CM_ASSERT(count_before == count_after && edit.document < count_after);
                CM_ASSERT(cm_node_with(arena, before[edit.document].root, pointer, edit.value,
                                       &wanted, &err) == 0);
                for (size_t i = 0; i < count_after; i++)
                        CM_ASSERT(cm_node_is_same(i == edit.document ? wanted : before[i].root,
                                                  after[i].root));
        }
        cm_arena_free(arena);
        return 0;
}
