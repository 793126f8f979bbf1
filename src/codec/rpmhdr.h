/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RPM header blobs as the package database stores them: be32 index count, be32 data length, index
 * entries (tag, type, offset, count; big-endian), data. Borrows from the blob. Pure.
 * Spec: RPM "Header format"; tags of rpm 4.x rpmtag.h.
 */
#pragma once

#include "base/err.h"
#include "base/sv.h"

enum cm_rpm_tag {
        CM_RPM_NAME = 1000,
        CM_RPM_VERSION = 1001,
        CM_RPM_RELEASE = 1002,
        CM_RPM_EPOCH = 1003,
        CM_RPM_VENDOR = 1011,
        CM_RPM_LICENSE = 1014,
        CM_RPM_ARCH = 1022,
        CM_RPM_SOURCERPM = 1044,
        CM_RPM_DIRINDEXES = 1116,
        CM_RPM_BASENAMES = 1117,
        CM_RPM_DIRNAMES = 1118,
        CM_RPM_MODULARITYLABEL = 5096
};

struct cm_rpmhdr {
        struct cm_sv index; /* 16 bytes per entry */
        struct cm_sv data;
};

/* Errors: CM_E_MALFORMED; CM_E_LIMIT (1 million entries, 256 MiB of data: rpm's own limits). */
CM_MUST_CHECK int cm_rpmhdr_parse(struct cm_sv blob, struct cm_rpmhdr *ret, struct cm_err *err);
/* "" when absent or of another type. */
struct cm_sv cm_rpmhdr_string(const struct cm_rpmhdr *h, enum cm_rpm_tag tag);
bool cm_rpmhdr_int(const struct cm_rpmhdr *h, enum cm_rpm_tag tag, size_t index, uint32_t *ret);
/*
 * All integers of a tag, big-endian, as far as they lie inside the header; empty when absent or of
 * another type. Looking a tag up walks the index: ask once, not once per element.
 */
struct cm_sv cm_rpmhdr_ints(const struct cm_rpmhdr *h, enum cm_rpm_tag tag);
/* Elements of a string array, in order: false at the end. Start with a zeroed iterator. */
struct cm_rpmhdr_strings {
        struct cm_sv rest;
        uint32_t left;
        bool begun;
};
bool cm_rpmhdr_next_string(const struct cm_rpmhdr *h, enum cm_rpm_tag tag,
                           struct cm_rpmhdr_strings *it, struct cm_sv *ret);
