/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of image/merge.h on facts: what hides a path, what hides a tree, what lasts. */
#include "image/merge.h"
#include "tests/harness.h"

static const struct cm_fact open_dir = { .kinds = CM_FACT_WRITABLE_DIR,
                                         .type = CM_TAR_DIR,
                                         .mode = 0777 };
static const struct cm_fact secret = { .kinds = CM_FACT_CREDENTIAL, .type = CM_TAR_FILE };

struct merging {
        struct cm_arena *arena;
        struct cm_records layers[2]; /* records */
        struct cm_records shadows;   /* of the upper one */
        struct cm_merge_result result;
};

static void begin(struct merging *m)
{
        m->arena = cm_arena_new(CM_MIB(16));
        cm_records_init(&m->layers[0], CM_MIB(1));
        cm_records_init(&m->layers[1], CM_MIB(1));
        cm_records_init(&m->shadows, CM_MIB(1));
        cm_records_put_fact(&m->layers[0], CM_SV("d"), &open_dir);
        cm_records_put_fact(&m->layers[0], CM_SV("d/.env"), &secret);
}

/* "facts|removed": paths with a blank behind each. */
static struct cm_sv merged(struct merging *m)
{
        struct cm_err err = CM_ERR_INIT;
        const struct cm_target_layer layers[2] = { { .size_bytes = 0 } };
        struct cm_target target = { .layers = layers, .layer_count = 2 };
        const struct cm_merge_layer inputs[2] = { { .records = cm_buf_sv(&m->layers[0].buf) },
                                                  { cm_buf_sv(&m->layers[1].buf),
                                                    cm_buf_sv(&m->shadows.buf) } };
        CM_CHECK_OK(cm_merge_layers(m->arena, inputs, 2, &target, &m->result, &err), &err);
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, CM_KIB(4));
        for (size_t i = 0; i < m->result.fact_count; i++)
                cm_buf_printf(&out, "%.*s ", CM_SV_ARG(m->result.facts[i].path));
        cm_buf_put_char(&out, '|');
        for (size_t i = 0; i < m->result.removed_count; i++)
                cm_buf_printf(&out, "%.*s ", CM_SV_ARG(m->result.removed[i].path));
        return cm_sv_dup(m->arena, cm_buf_sv(&out));
}

static void end(struct merging *m)
{
        cm_records_fini(&m->layers[0]);
        cm_records_fini(&m->layers[1]);
        cm_records_fini(&m->shadows);
        cm_arena_free(m->arena);
}

CM_TEST(layers_replace_paths_and_trees)
{
        static const struct {
                enum cm_record_type type;
                const char *path;
                int part; /* 0, 1: records of that layer; 2: shadows of the upper one */
                const char *want;
        } cases[] = {
                { CM_RECORD_OPAQUE, "x", 1, "d d/.env |" },
                { CM_RECORD_SHADOW_DIR, "d", 2, "d/.env |" },
                { CM_RECORD_SHADOW, "d", 2, "|d/.env " },
                { CM_RECORD_WHITEOUT, "d", 1, "|d/.env " },
                { CM_RECORD_WHITEOUT, "d/.env", 1, "d |d/.env " },
                { CM_RECORD_OPAQUE, "d", 1, "d |d/.env " },
                { CM_RECORD_WHITEOUT, "d", 0, "d d/.env |" }, /* only of those below */
                { CM_RECORD_REPLACED, "d", 0, "d/.env |" },
                { CM_RECORD_REPLACED_TREE, "d", 0, "|d/.env " },
                { CM_RECORD_REPLACED, "d", 1, "d d/.env |" }, /* only of its own layer */
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct merging m;
                begin(&m);
                struct cm_records *part =
                        cases[i].part == 2 ? &m.shadows : &m.layers[cases[i].part];
                cm_records_put_path(part, cases[i].type, cm_sv_from_cstr(cases[i].path));
                CM_CHECK(cm_sv_eq(merged(&m), cm_sv_from_cstr(cases[i].want)));
                end(&m);
        }
}

CM_TEST(accounts_are_those_of_the_visible_file)
{
        struct merging m;
        begin(&m);
        const struct cm_account old = { .name = CM_SV("old"), .uid = 7 };
        const struct cm_account new = { .name = CM_SV("new"), .uid = 8 };
        cm_records_put_file(&m.layers[0], CM_SV("etc/passwd"), 0644);
        cm_records_put_account(&m.layers[0], &old);
        cm_records_put_cut(&m.layers[0], CM_FACT_CACHE, CM_FACT_ANY_UID);
        cm_records_put_file(&m.layers[1], CM_SV("etc/passwd"), 0644);
        cm_records_put_account(&m.layers[1], &new);
        CM_CHECK(cm_sv_eq(merged(&m), CM_SV("d d/.env |")));
        CM_CHECK_INT(m.result.account_count, 1);
        CM_CHECK(cm_sv_eq(m.result.accounts[0].account.name, CM_SV("new")));
        CM_CHECK_INT(m.result.cut_count, 1);
        CM_CHECK(m.result.cuts[0].kinds == CM_FACT_CACHE);
        end(&m);
}
