/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of the stanza reader. */
#include "codec/deb822.h"
#include "tests/harness.h"

CM_TEST(stanzas_are_separated_by_empty_lines)
{
        struct cm_sv rest = CM_SV("\n \t\nA: 1\nB: 2\n\n\r\nA: 3\r\nC:\n no end");
        struct cm_sv stanza;
        CM_CHECK(cm_deb822_next_stanza(&rest, &stanza));
        CM_CHECK_SV(stanza, "A: 1\nB: 2");
        CM_CHECK(cm_deb822_next_stanza(&rest, &stanza));
        CM_CHECK_SV(cm_deb822_get(stanza, "a"), "3");
        CM_CHECK_SV(cm_deb822_get(stanza, "C"), "no end");
        CM_CHECK_SV(cm_deb822_get(stanza, "D"), "");
        CM_CHECK(!cm_deb822_next_stanza(&rest, &stanza));
        struct cm_sv empty = CM_SV_NULL;
        CM_CHECK(!cm_deb822_next_stanza(&empty, &stanza));
}

CM_TEST(continued_lines_belong_to_their_field)
{
        struct cm_sv stanza = CM_SV("Description: one\n two\n .\n Version: 9\nVersion: 1\n");
        CM_CHECK_SV(cm_deb822_get(stanza, "Version"), "1");
        CM_CHECK_SV(cm_deb822_get(stanza, "Description"), "one\n two\n .\n Version: 9");
}

CM_TEST(lines_that_are_no_field_are_passed_over)
{
        struct cm_sv stanza = CM_SV(" Package: x\n# Package: y\nPackage\n: z\nPackage: a:b\n");
        struct cm_deb822_field field;
        CM_CHECK(cm_deb822_next_field(&stanza, &field));
        CM_CHECK_SV(field.name, "");
        CM_CHECK(cm_deb822_next_field(&stanza, &field));
        CM_CHECK_SV(field.name, "Package");
        CM_CHECK_SV(field.value, "a:b");
        CM_CHECK(!cm_deb822_next_field(&stanza, &field));
}
