/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of inventory/go_mod.c: blocks, replacements, exclusions, the toolchain. */
#include "inventory/probe_test_util.h"

extern const struct cm_cataloger cm_cataloger_go_mod;

CM_TEST(go_mod_good_input)
{
        static const struct cm_probe_case cases[] = {
                { "module m\n"
                  "\n"
                  "go 1.21\n"
                  "\n"
                  "require (\n"
                  "\ta.org/x v1.0.0\n"
                  "\t\"b.org/y\" v2.0.0+incompatible // indirect\n"
                  ")\n"
                  "require c.org/z v0.1.0 // not indirect\n"
                  "toolchain go1.22.3\n",
                  "a.org/x v1.0.0\n"
                  "b.org/y v2.0.0+incompatible indirect\n"
                  "c.org/z v0.1.0\n"
                  "stdlib 1.22.3\n" },
                /* one version before all versions, in any order; once only; a folder has no version */
                { "replace a => z v9.0.0\n"
                  "replace (\n"
                  " a v1.0.0 => a v1.0.1 // fix\n"
                  " b => ./b\n"
                  " z => y v1.0.0\n"
                  ")\n"
                  "require(\n"
                  "a v1.0.0\n"
                  "b v1.0.0\n"
                  ")\n"
                  "require a v2.0.0\n",
                  "a v1.0.1\n"
                  "z v9.0.0\n" },
                { "exclude a v1.0.0\n"
                  "require a v1.0.0\n"
                  "require a v1.1.0 // indirect; why\n"
                  "retract v1.0.0\n",
                  "a v1.1.0 indirect\n" },
                /* a go line is a minimum, not what builds */
                { "module m\n"
                  "toolchain default\n"
                  "go 1.22.1\n",
                  "" },
        };
        cm_probe_check(&cm_cataloger_go_mod, "go.mod", cases, CM_ARRAY_LEN(cases));
}

CM_TEST(go_mod_bad_input)
{
        static const struct cm_probe_case cases[] = {
                { "", "" },
                { "require (\n"
                  " a v1.0.0\n",
                  "error malformed" },
                { "require\n"
                  "require a\n"
                  "replace a b\n"
                  "replace =>\n"
                  "exclude\n"
                  "toolchain\n",
                  "" },
                { "require a v1.0.0\n"
                  "replace a =>\n",
                  "" },
                { "// require a v1.0.0\n"
                  "unknown a v1.0.0\n",
                  "" },
        };
        cm_probe_check(&cm_cataloger_go_mod, "go.mod", cases, CM_ARRAY_LEN(cases));
}

/* Comparing each with each would take hours. */
CM_TEST(go_mod_many_replacements)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(128));
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(16));
        for (int i = 0; i < 50000; i++)
                cm_buf_printf(&text, "require m%d v1.0.0\nreplace m%d => ./x\n", i, i);
        CM_CHECK_SV(cm_probe_text(arena, &cm_cataloger_go_mod, "go.mod", cm_buf_sv(&text)), "");
}
