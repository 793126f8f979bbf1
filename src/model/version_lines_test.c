/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of comparisons: what is passed over, what holds, what is refused with its number. */
#include "model/version_lines.h"
#include "tests/harness.h"

CM_TEST(lines_are_read_and_judged)
{
        struct cm_version_lines lines = {
                .order = CM_VERSION_DPKG,
                .rest = CM_SV("# comment\n\n1.0~rc1 < 1.0\n  2   >\t3 \r\n// other\n1 = 1-0"),
        };
        static const struct {
                const char *line;
                size_t number;
                bool holds;
        } want[] = { { "1.0~rc1 < 1.0", 3, true },
                     { "2   >\t3", 4, false },
                     { "1 = 1-0", 6, true } };
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv line;
        bool holds;
        for (size_t i = 0; i < CM_ARRAY_LEN(want); i++) {
                CM_CHECK_INT(cm_version_lines_next(&lines, &line, &holds, &err), 0);
                CM_CHECK_SV(line, want[i].line);
                CM_CHECK_INT(lines.number, want[i].number);
                CM_CHECK_INT(holds, want[i].holds);
        }
        CM_CHECK_INT(cm_version_lines_next(&lines, &line, &holds, &err), CM_VERSION_LINES_END);
}

CM_TEST(malformed_lines_are_named)
{
        static const char *const bad[] = {
                "1", "1 <", "1 < ", "< 1", "1 <= 2", "1 < 2 3", "1 2 3"
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(bad); i++) {
                char text[64] = "\n\n";
                strncat(text, bad[i], sizeof(text) - 3);
                struct cm_version_lines lines = { .order = CM_VERSION_RPM,
                                                  .rest = cm_sv_from_cstr(text) };
                struct cm_err err = CM_ERR_INIT;
                struct cm_sv line;
                bool holds;
                CM_CHECK_INT(cm_version_lines_next(&lines, &line, &holds, &err), -CM_E_MALFORMED);
                CM_CHECK(cm_sv_find(cm_sv_from_cstr(err.text), CM_SV("line 3 ")) == 0);
                CM_CHECK_INT(cm_version_lines_next(&lines, &line, &holds, &err),
                             CM_VERSION_LINES_END);
        }
}
