/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/diff.h. That patch(1) takes what it gives is tested live. */
#include "codec/diff.h"
#include "tests/harness.h"

CM_TEST(differences_have_context_and_line_ends)
{
        static const struct {
                const char *before;
                const char *after;
                const char *want;
        } cases[] = {
                { "a\n", "a\n", "" },
                { "a\nb\n", "a\nc\n", "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n" },
                { "a", "a\nb",
                  "--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n"
                  "\\ No newline at end of file\n" },
                { "1\r\n2\n3\n4\n5\n6\n7\n8\n9\n", "0\n1\r\n2\n3\n4\n5\n6\n7\n8\n",
                  "--- a/f\n+++ b/f\n@@ -1,3 +1,4 @@\n+0\n 1\r\n 2\n 3\n@@ -6,4 +7,3 @@\n 6\n 7\n "
                  "8\n-9\n" },
                { "1\n2\n3\n4\n5\n", "1\nx\n3\n4\ny\n5\n",
                  "--- a/f\n+++ b/f\n@@ -1,5 +1,6 @@\n 1\n-2\n+x\n 3\n 4\n+y\n 5\n" },
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(cases); i++) {
                struct cm_arena *arena = cm_arena_new(CM_MIB(8));
                struct cm_buf out;
                cm_buf_init(&out, CM_KIB(64));
                cm_diff_unified(arena, &out, CM_SV("f"), cm_sv_from_cstr(cases[i].before),
                                cm_sv_from_cstr(cases[i].after));
                CM_CHECK_SV(cm_buf_sv(&out), cases[i].want);
                cm_buf_fini(&out);
                cm_arena_free(arena);
        }
}
