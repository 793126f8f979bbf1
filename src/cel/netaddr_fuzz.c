/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: addresses and blocks; what is formatted is read back as the same value. */
#include "cel/netaddr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_ip ip, ip2;
        struct cm_cidr cidr, cidr2;
        char text[CM_CIDR_TEXT_BYTES];
        if (cm_ip_parse(cm_sv_make(data, size), &ip, &err) == 0) {
                cm_ip_format(&ip, text);
                CM_ASSERT(cm_ip_parse(cm_sv_from_cstr(text), &ip2, &err) == 0);
                CM_ASSERT(cm_ip_eq(&ip, &ip2));
        }
        cm_err_clear(&err);
        if (cm_cidr_parse(cm_sv_make(data, size), &cidr, &err) == 0) {
                cm_cidr_format(&cidr, text);
                CM_ASSERT(cm_cidr_parse(cm_sv_from_cstr(text), &cidr2, &err) == 0);
                CM_ASSERT(cm_cidr_eq(&cidr, &cidr2) && cm_cidr_has_ip(&cidr, &cidr.ip));
                cidr2 = cm_cidr_masked(&cidr);
                CM_ASSERT(cm_cidr_has_cidr(&cidr, &cidr2) && cm_cidr_has_cidr(&cidr2, &cidr));
        }
        return 0;
}
