/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IP addresses and CIDR blocks as values, with the strictness of Kubernetes' ip() and cidr(): no
 * leading zeros, no zones, no IPv4 in IPv6 ("::ffff:1.2.3.4" in whatever notation), because two
 * readers of such a text may see two addresses. Not for: host names, ports, lists of addresses.
 */
#pragma once

#include "base/err.h"
#include "base/sv.h"

struct cm_ip {
        uint8_t bytes[16]; /* network order; an IPv4 address has the first 4, the rest is 0 */
        uint8_t family;    /* 4 or 6 */
};

struct cm_cidr {
        struct cm_ip ip; /* as written, host bits included */
        uint8_t prefix_bits;
};

enum {
        CM_IP_TEXT_BYTES = 40,
        CM_CIDR_TEXT_BYTES = 44
};

/*
 * Errors: CM_E_MALFORMED.
 * Spec:   RFC 4291 section 2.2; Kubernetes CEL libraries "ip" and "cidr".
 */
CM_MUST_CHECK int cm_ip_parse(struct cm_sv s, struct cm_ip *ret, struct cm_err *err);
CM_MUST_CHECK int cm_cidr_parse(struct cm_sv s, struct cm_cidr *ret, struct cm_err *err);

/* Whether the text is IPv6 as URLs have it in brackets: IPv4-mapped or with a zone as well. */
bool cm_ip_is_v6_text(struct cm_sv s);

/* Canonical text (RFC 5952); NUL-terminated; both return `text`. */
const char *cm_ip_format(const struct cm_ip *ip, char text[CM_IP_TEXT_BYTES]);
const char *cm_cidr_format(const struct cm_cidr *cidr, char text[CM_CIDR_TEXT_BYTES]);

bool cm_ip_eq(const struct cm_ip *a, const struct cm_ip *b);
bool cm_ip_is_unspecified(const struct cm_ip *ip);
bool cm_ip_is_loopback(const struct cm_ip *ip);
bool cm_ip_is_multicast(const struct cm_ip *ip);
bool cm_ip_is_link_local_multicast(const struct cm_ip *ip); /* 224.0.0.0/24, ffx2::/16 */
bool cm_ip_is_link_local_unicast(const struct cm_ip *ip);   /* 169.254.0.0/16, fe80::/10 */
/* Everything but the above and 255.255.255.255; private addresses are global in this sense. */
bool cm_ip_is_global_unicast(const struct cm_ip *ip);

bool cm_cidr_eq(const struct cm_cidr *a, const struct cm_cidr *b);
struct cm_cidr cm_cidr_masked(const struct cm_cidr *cidr); /* host bits 0 */
/* False across families. */
bool cm_cidr_has_ip(const struct cm_cidr *cidr, const struct cm_ip *ip);
bool cm_cidr_has_cidr(const struct cm_cidr *outer, const struct cm_cidr *inner);
