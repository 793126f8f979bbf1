/* SPDX-License-Identifier: Apache-2.0 */
/* Unit tests of codec/filecaps.h, against what setcap(8) writes. */
#include "codec/filecaps.h"
#include "tests/harness.h"

CM_TEST(filecaps_revisions)
{
        struct cm_filecaps caps;
        /* setcap cap_net_raw+ep: revision 2 */
        CM_CHECK(cm_filecaps_parse(cm_sv_make("\1\0\0\2\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20),
                                   &caps));
        CM_CHECK(caps.permitted == 1U << 13 && caps.inheritable == 0 && caps.is_effective);
        /* cap_bpf+p with a root uid of 1000: revision 3 */
        CM_CHECK(cm_filecaps_parse(
                cm_sv_make("\0\0\0\3\0\0\0\0\0\0\0\0\x80\0\0\0\0\0\0\0\xe8\3\0\0", 24), &caps));
        CM_CHECK(caps.permitted == (uint64_t)1 << 39 && !caps.is_effective &&
                 caps.root_uid == 1000);
        /* revision 1 has one half only */
        CM_CHECK(cm_filecaps_parse(cm_sv_make("\1\0\0\1\1\0\0\0\2\0\0\0", 12), &caps));
        CM_CHECK(caps.permitted == 1 && caps.inheritable == 2);
        for (size_t n = 0; n < 20; n++)
                CM_CHECK(!cm_filecaps_parse(
                        cm_sv_make("\1\0\0\2\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", n), &caps));
        CM_CHECK(!cm_filecaps_parse(cm_sv_make("\1\0\0\4\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20),
                                    &caps));
}

CM_TEST(filecaps_names)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&out, 100);
        cm_filecaps_put_name(&out, 10);
        cm_buf_put_char(&out, ' ');
        cm_filecaps_put_name(&out, 40);
        cm_buf_put_char(&out, ' ');
        cm_filecaps_put_name(&out, 63);
        CM_CHECK(cm_sv_eq(cm_buf_sv(&out),
                          CM_SV("cap_net_bind_service cap_checkpoint_restore cap_63")));
}
