/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the parser, the caret of its faults, the deduction of types. */
#include "cel/cel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const struct cm_sv names[] = { CM_SV("x"), CM_SV("a.b"), CM_SV("c") };
        struct cm_cel_options options = { CM_SV("c.d"), names, 3, size % 2 == 0 };
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        struct cm_err err = CM_ERR_INIT;
        const struct cm_cel_program *program = NULL;
        struct cm_cel_fault fault;
        struct cm_sv text = cm_sv_make(data, size);
        struct cm_sv type;
        if (cm_cel_parse_fault(arena, text, &options, &program, &fault, &err) < 0) {
                struct cm_buf out CM_CLEANUP(cm_buf_fini);
                cm_buf_init(&out, CM_KIB(64));
                cm_cel_put_caret(&out, text, &fault);
        }
        cm_err_clear(&err);
        CM_IGNORE(cm_cel_deduce(arena, text, &options, &type, &fault, &err));
        cm_arena_free(arena);
        return 0;
}
