/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: YAML reader and the front matter cutter. */
#include "base/arena.h"
#include "codec/yaml.h"
#include "tests/lsan_fyaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(64));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_json *v = NULL;
        struct cm_sv text = cm_sv_make(data, size);
        struct cm_sv matter;
        if (cm_yaml_front_matter(text, &matter))
                text = matter;
        CM_IGNORE(cm_yaml_parse(arena, text, &v, &err));
        cm_arena_free(arena);
        return 0;
}
