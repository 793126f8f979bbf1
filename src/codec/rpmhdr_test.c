/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of rpm headers: each byte count and offset that a header states may be a lie. */
#include "codec/rpmhdr.h"
#include "tests/harness.h"

/* Two entries, 16 bytes of data: the name "bash", then the integers 2 and 7. */
#define HEAD "\0\0\0\2\0\0\0\x10"
#define NAME "\0\0\3\xe8\0\0\0\6\0\0\0\0\0\0\0\1"
#define INTS "\0\0\3\xeb\0\0\0\4\0\0\0\x8\0\0\0\2"
#define DATA "bash\0xxx\0\0\0\2\0\0\0\7"

CM_TEST(reads_strings_and_integers)
{
        struct cm_rpmhdr h;
        struct cm_err err = CM_ERR_INIT;
        uint32_t v = 0;
        CM_CHECK_OK(cm_rpmhdr_parse(CM_SV(HEAD NAME INTS DATA), &h, &err), &err);
        CM_CHECK_SV(cm_rpmhdr_string(&h, CM_RPM_NAME), "bash");
        CM_CHECK(cm_rpmhdr_int(&h, CM_RPM_EPOCH, 0, &v) && v == 2);
        CM_CHECK(cm_rpmhdr_int(&h, CM_RPM_EPOCH, 1, &v) && v == 7);
        CM_CHECK(!cm_rpmhdr_int(&h, CM_RPM_EPOCH, 2, &v));
        CM_CHECK(!cm_rpmhdr_int(&h, CM_RPM_NAME, 0, &v));
        CM_CHECK_SV(cm_rpmhdr_string(&h, CM_RPM_EPOCH), "");
        CM_CHECK_SV(cm_rpmhdr_string(&h, CM_RPM_VERSION), "");
}

CM_TEST(integers_end_with_the_data)
{
        struct cm_rpmhdr h;
        struct cm_err err = CM_ERR_INIT;
        /* a count of 2^32 - 1, and an offset past the end */
        CM_CHECK_OK(
                cm_rpmhdr_parse(CM_SV(HEAD NAME "\0\0\3\xeb\0\0\0\4\0\0\0\x8\xff\xff\xff\xff" DATA),
                                &h, &err),
                &err);
        CM_CHECK_INT(cm_rpmhdr_ints(&h, CM_RPM_EPOCH).len, 8);
        CM_CHECK_OK(cm_rpmhdr_parse(CM_SV(HEAD NAME "\0\0\3\xeb\0\0\0\4\0\0\0\x11\0\0\0\1" DATA),
                                    &h, &err),
                    &err);
        CM_CHECK_INT(cm_rpmhdr_ints(&h, CM_RPM_EPOCH).len, 0);
}

CM_TEST(strings_end_inside_the_data)
{
        struct cm_rpmhdr h;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK_OK(cm_rpmhdr_parse(CM_SV("\0\0\0\1\0\0\0\4" NAME "bash"), &h, &err), &err);
        CM_CHECK_SV(cm_rpmhdr_string(&h, CM_RPM_NAME), "");
}

CM_TEST(cut_headers_are_malformed)
{
        struct cm_sv whole = CM_SV(HEAD NAME INTS DATA);
        for (size_t n = 0; n < whole.len; n++) {
                struct cm_rpmhdr h;
                struct cm_err err = CM_ERR_INIT;
                CM_CHECK(cm_rpmhdr_parse(cm_sv_slice(whole, 0, n), &h, &err) < 0);
                CM_CHECK_INT(err.code, CM_E_MALFORMED);
        }
        struct cm_rpmhdr h;
        struct cm_err err = CM_ERR_INIT;
        CM_CHECK(cm_rpmhdr_parse(CM_SV("\x7f\xff\xff\xff\0\0\0\1"), &h, &err) < 0);
        CM_CHECK_INT(err.code, CM_E_LIMIT);
}
