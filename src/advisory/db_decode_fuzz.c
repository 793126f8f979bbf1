/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: every decoder of database values and the head of packed ones. */
#include "advisory/db_decode.h"
#include "advisory/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(256));
        struct cm_sv all = cm_sv_make(data, size);
        struct cm_cursor c = cm_cursor_make(all);
        const struct cm_db_tables t = { cm_cursor_bytes(&c), cm_cursor_bytes(&c),
                                        cm_cursor_bytes(&c), cm_cursor_bytes(&c) };
        struct cm_sv value = cm_cursor_take(&c, c.len);
        union {
                struct cm_db_info info;
                struct cm_db_advisory_record record;
                struct cm_cve_facts facts;
                struct cm_eol eol;
                struct cm_db_pack_head head;
        } out;
        const void *list[5];
        size_t n = 0;
        struct cm_err e[9] = { 0 };
        CM_IGNORE(cm_db_decode_info(value, &out.info, &e[0]));
        CM_IGNORE(cm_db_decode_advisory(&t, arena, 0, &out.record, &e[1]));
        CM_IGNORE(cm_db_decode_statements(&t, arena, value, (void *)&list[0], &n, &e[2]));
        CM_IGNORE(cm_db_decode_ids(arena, value, (void *)&list[1], &n, &e[3]));
        CM_IGNORE(cm_db_decode_cve(value, &out.facts, &e[4]));
        CM_IGNORE(cm_db_decode_eol(value, &out.eol, &e[5]));
        CM_IGNORE(cm_db_decode_spaces(arena, value, (void *)&list[2], &n, &e[6]));
        CM_IGNORE(cm_db_decode_sources(arena, value, (void *)&list[3], &n, &e[7]));
        CM_IGNORE(cm_db_pack_decode_head(all, &out.head, &e[8]));
        return 0;
}
