/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of inventory/python_dist.c: headers of real tools; what names nothing. */
#include "inventory/probe_test_util.h"

extern const struct cm_cataloger cm_cataloger_python_dist;

CM_TEST(python_dist_good_input)
{
        static const struct cm_probe_case cases[] = {
                /* the description is no header */
                { "Metadata-Version: 2.1\n"
                  "Name: Flask\n"
                  "Version: 2.0.0\n"
                  "License: BSD\n"
                  "\n"
                  "Version: 9\n",
                  "Flask 2.0.0 as BSD\n" },
                { "Name: a\r\n"
                  "Version: 1\r\n"
                  "License: UNKNOWN\r\n"
                  "License-Expression: MIT\r\n",
                  "a 1 as MIT\n" },
                /* blanks continue a folded text; a whole text is no licence */
                { "License: Long\n"
                  "  text\n"
                  "        \n"
                  "  more\n"
                  "Name: a\n"
                  "Version: 1.0\n",
                  "a 1.0\n" },
                { "\xef\xbb\xbf"
                  "NAME: a\n"
                  "version: 1.0\n",
                  "a 1.0\n" },
        };
        cm_probe_check(&cm_cataloger_python_dist, "x.dist-info/METADATA", cases,
                       CM_ARRAY_LEN(cases));
}

CM_TEST(python_dist_bad_input)
{
        static const struct cm_probe_case cases[] = {
                { "", "error malformed" },
                /* an empty line ends the header */
                { "\n"
                  "\n"
                  "Name: a\n"
                  "Version: 1\n",
                  "error malformed" },
                { "Name: a\n", "error malformed" },
                { "Version: 1\n", "error malformed" },
                { "Name a\n"
                  "Version 1\n",
                  "error malformed" },
        };
        cm_probe_check(&cm_cataloger_python_dist, "x.dist-info/METADATA", cases,
                       CM_ARRAY_LEN(cases));
}
