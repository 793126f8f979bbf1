/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/helm_output.h. */
#include "base/buf.h"
#include "codec/helm_output.h"
#include "tests/harness.h"

CM_TEST(parts)
{
        static const struct {
                const char *text, *want; /* "name=text;" of each part */
        } cases[] = {
                { "", "" },
                { "---\n", "" },
                { "---\n# Source: web/templates/a.yaml\na: 1\n", "templates/a.yaml=a: 1\n;" },
                { "---\n# Source: web/templates/a.yaml\na: 1\n---\n# Source: web/templates/b.yaml\nb",
                  "templates/a.yaml=a: 1\n;templates/b.yaml=b\n;" },
                /* helm sorts by kind, so that templates come apart */
                { "---\n# Source: web/a\n1\n---\n# Source: web/b\n2\n---\n# Source: web/a\n3",
                  "a=1\n---\n3\n;b=2\n;" },
                { "---\n# Source: w/charts/db/templates/a.yaml\r\na\r\n",
                  "charts/db/templates/a.yaml=a\r\n;" },
                { "---\n# Source: w/a\nx: |\n  ---\n  # Source: w/b\n--- # c\n---b\n",
                  "a=x: |\n  ---\n  # Source: w/b\n--- # c\n---b\n;" },
                { "---\n# Source: w/a\n1\n---\n2\n", "a=1\n---\n2\n;" },
                { "warning\n---\n# Source: w/a\n1\n", "=warning\n;a=1\n;" },
                { "# Source: w/a\n1\n", "=# Source: w/a\n1\n;" },
                { "---\n# Source: alone\n1\n", "alone=1\n;" },
                { "---\n# Source: w/\n1\n", "=# Source: w/\n1\n;" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
                = cm_arena_new(CM_MIB(1));
                struct cm_buf out CM_CLEANUP(cm_buf_fini);
                struct cm_err err = CM_ERR_INIT;
                const struct cm_helm_part *parts = NULL;
                size_t count = 0;
                cm_buf_init(&out, CM_KIB(4));
                CM_CHECK_OK(cm_helm_output_split(arena, cm_sv_from_cstr(cases[i].text), &parts,
                                                 &count, &err),
                            &err);
                for (size_t j = 0; j < count; j++)
                        cm_buf_printf(&out, "%.*s=%.*s;", CM_SV_ARG(parts[j].name),
                                      CM_SV_ARG(parts[j].text));
                CM_CHECK_SV(cm_buf_sv(&out), cases[i].want);
        }
}
