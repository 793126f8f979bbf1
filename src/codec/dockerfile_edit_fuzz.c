/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: an edit of a Dockerfile is refused, or all instructions but one are the same bytes.
 * Input: one byte of options, the pointer, a line end, the text.
 */
#include "codec/dockerfile_edit.h"
#include "codec/pointer.h"

static const struct cm_node *instructions_of(struct cm_arena *arena, struct cm_sv text)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_node *root = NULL;
        CM_ASSERT(cm_dockerfile_parse(arena, text, &root, &err) == 0);
        return cm_node_get(root, "instructions");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char *const values[] = { "-y",     "COPY",        "&& rm -rf /x/*",
                                              "USER 1", "CMD [\"x\"]", "a b" };
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        struct cm_err err = CM_ERR_INIT;
        uint8_t choice = size == 0 ? 0 : data[0];
        struct cm_sv text = size == 0 ? CM_SV("") : cm_sv_make(data + 1, size - 1);
        struct cm_text_edit edit = { .inserts = (choice & 8) != 0 };
        struct cm_sv got;
        cm_sv_cut(text, '\n', &edit.pointer, &text);
        if ((choice & 7) < CM_ARRAY_LEN(values))
                edit.value = cm_node_new_string(arena, (struct cm_node_pos){ 0 },
                                                cm_sv_from_cstr(values[choice & 7]));
        if (text.len < CM_KIB(64) && cm_dockerfile_edit(arena, text, &edit, 1, &got, &err) == 0) {
                const struct cm_node *before = instructions_of(arena, text);
                const struct cm_node *after = instructions_of(arena, got);
                size_t count = cm_node_count(before);
                size_t same = 0;
                while (same < count && cm_sv_eq(cm_node_get_string(cm_node_at(before, same), "raw"),
                                                cm_node_get_string(cm_node_at(after, same), "raw")))
                        same++;
                size_t from = cm_node_count(after) - count; /* one more, one less, or 0 */
                for (size_t i = same + 1; i < count; i++)
                        CM_ASSERT(cm_sv_eq(
                                cm_sv_trim(cm_node_get_string(cm_node_at(before, i), "raw")),
                                cm_sv_trim(
                                        cm_node_get_string(cm_node_at(after, i + from), "raw"))));
        }
        cm_arena_free(arena);
        return 0;
}
