/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of inventory/python_requirements.c: pins; everything that is none. */
#include "inventory/probe_test_util.h"

extern const struct cm_cataloger cm_cataloger_python_requirements;

CM_TEST(python_requirements_good_input)
{
        static const struct cm_probe_case cases[] = {
                { "Flask==2.0.0\n"
                  "b === 1.0 # why\n"
                  "c[x,y]==1!2.0+local ; python_version < \"3\"\n"
                  "d (==4.0)\n",
                  "Flask 2.0.0\n"
                  "b 1.0\n"
                  "c 1!2.0+local\n"
                  "d 4.0\n" },
                { "a==1.0 \\\n"
                  "    --hash=sha256:00 \\\n"
                  "    --hash=sha256:11\n"
                  "b==2.0",
                  "a 1.0\n"
                  "b 2.0\n" },
                /* a comment is not continued, and it ends what was continued into it */
                { "# comment \\\n"
                  "a==1.0\n"
                  "b \\\n"
                  "# inside\n"
                  "==3\n"
                  "c==1,<2\n",
                  "a 1.0\n"
                  "c 1\n" },
                { "\xef\xbb\xbf"
                  "a==2011k\r\n"
                  "b==v1.0\r\n",
                  "a 2011k\n"
                  "b v1.0\n" },
        };
        cm_probe_check(&cm_cataloger_python_requirements, "requirements.txt", cases,
                       CM_ARRAY_LEN(cases));
}

CM_TEST(python_requirements_bad_input)
{
        static const struct cm_probe_case cases[] = {
                { "", "" },
                /* ranges */
                { "a\n"
                  "b>=1\n"
                  "c~=1.0\n"
                  "d!=1\n"
                  "e==1.*\n"
                  "f<2,>1\n",
                  "" },
                { "-r other.txt\n"
                  "--index-url https://example.org\n"
                  "-e .\n"
                  "https://example.org/a==1.tar.gz\n"
                  "./a==1\n",
                  "" },
                { "a==${VERSION}\n"
                  "b==\n"
                  "c==;x\n"
                  "d[x==1\n"
                  "==1\n"
                  " e @ https://example.org/e-1.0.zip\n",
                  "" },
        };
        cm_probe_check(&cm_cataloger_python_requirements, "requirements.txt", cases,
                       CM_ARRAY_LEN(cases));
}

CM_TEST(python_requirements_in_utf16)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(1));
        CM_CHECK_SV(cm_probe_text(arena, &cm_cataloger_python_requirements, "requirements.txt",
                                  CM_SV("\xff\xfe"
                                        "a\0=\0=\0"
                                        "1\0\n\0")),
                    "a 1\n");
        CM_CHECK_SV(cm_probe_text(arena, &cm_cataloger_python_requirements, "requirements.txt",
                                  CM_SV("\xfe\xff"
                                        "\0a\0=\0=\0"
                                        "1\0")),
                    "a 1\n");
}

/* Copying per joined line would need terabytes. */
CM_TEST(python_requirements_joins_many_lines_once)
{
        struct cm_arena *arena CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(CM_MIB(32));
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, CM_MIB(8));
        cm_buf_put_str(&text, "a==1 \\\n");
        for (int i = 0; i < 1000000; i++)
                cm_buf_put_str(&text, "xx\\\n");
        CM_CHECK_SV(cm_probe_text(arena, &cm_cataloger_python_requirements, "requirements.txt",
                                  cm_buf_sv(&text)),
                    "a 1\n");
}
