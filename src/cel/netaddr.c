/* SPDX-License-Identifier: Apache-2.0 */
/* IP addresses and CIDR blocks; see netaddr.h. */
#include "cel/netaddr.h"

#include <stdio.h>
#include <string.h>

/* Four decimal octets without leading zeros. */
static bool parse_v4(struct cm_sv s, uint8_t out[4])
{
        for (size_t i = 0; i < 4; i++) {
                struct cm_sv octet = s;
                unsigned v = 0;
                if (i < 3 ? !cm_sv_cut(s, '.', &octet, &s) : cm_sv_find_char(s, '.') >= 0)
                        return false;
                if (octet.len == 0 || octet.len > 3 || (octet.len > 1 && octet.ptr[0] == '0'))
                        return false;
                for (size_t j = 0; j < octet.len; j++) {
                        if (!cm_is_digit(octet.ptr[j]))
                                return false;
                        v = v * 10 + (unsigned)(octet.ptr[j] - '0');
                }
                if (v > 255)
                        return false;
                out[i] = (uint8_t)v;
        }
        return true;
}

/* One to four hexadecimal digits off *rest. */
static bool take_group(struct cm_sv *rest, uint8_t out[2])
{
        unsigned v = 0;
        size_t n = 0;
        for (; n < rest->len && cm_hex_value(rest->ptr[n]) >= 0; n++) {
                if (n == 4)
                        return false;
                v = v * 16 + (unsigned)cm_hex_value(rest->ptr[n]);
        }
        out[0] = (uint8_t)(v >> 8);
        out[1] = (uint8_t)v;
        *rest = cm_sv_skip(*rest, n);
        return n > 0;
}

/* Up to 16 bytes of groups, the last two of which may be an IPv4 address. */
struct groups {
        uint8_t bytes[16];
        size_t len;
        size_t gap; /* where "::" is; SIZE_MAX without it */
};

static bool parse_groups(struct cm_sv s, struct groups *g)
{
        *g = (struct groups){ .gap = SIZE_MAX };
        if (cm_sv_has_prefix(s, CM_SV("::"))) {
                g->gap = 0;
                s = cm_sv_skip(s, 2);
                if (s.len == 0)
                        return true;
        }
        while (g->len < sizeof(g->bytes)) {
                struct cm_sv before = s;
                if (!take_group(&s, g->bytes + g->len))
                        return false;
                if (s.len > 0 && s.ptr[0] == '.') { /* it was the first octet of IPv4 */
                        g->len += 4;
                        return g->len <= sizeof(g->bytes) &&
                               parse_v4(before, g->bytes + g->len - 4);
                }
                g->len += 2;
                if (s.len == 0)
                        return true;
                if (s.ptr[0] != ':')
                        return false;
                s = cm_sv_skip(s, 1);
                if (s.len > 0 && s.ptr[0] == ':') {
                        if (g->gap != SIZE_MAX)
                                return false;
                        g->gap = g->len;
                        s = cm_sv_skip(s, 1);
                        if (s.len == 0)
                                return true;
                }
        }
        return false; /* more follows */
}

static bool parse_v6(struct cm_sv s, uint8_t out[16])
{
        struct groups g;
        memset(out, 0, 16);
        if (!parse_groups(s, &g))
                return false;
        if (g.gap == SIZE_MAX) {
                memcpy(out, g.bytes, 16);
                return g.len == 16;
        }
        if (g.len >= 16) /* "::" stands for one group at least */
                return false;
        memcpy(out, g.bytes, g.gap);
        memcpy(out + 16 - (g.len - g.gap), g.bytes + g.gap, g.len - g.gap);
        return true;
}

/* 4 in 6: ten bytes of 0, two of 0xff. */
static bool is_mapped(const struct cm_ip *ip)
{
        static const uint8_t head[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
        return ip->family == 6 && memcmp(ip->bytes, head, sizeof(head)) == 0;
}

int cm_ip_parse(struct cm_sv s, struct cm_ip *ret, struct cm_err *err)
{
        struct cm_ip ip = { .family = cm_sv_find_char(s, ':') >= 0 ? 6 : 4 };
        if (ip.family == 6 && cm_sv_find_char(s, '%') >= 0)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "IP address with a zone (\"%%\") is not allowed");
        if (!(ip.family == 4 ? parse_v4(s, ip.bytes) : parse_v6(s, ip.bytes)))
                return CM_RAISE(err, CM_E_MALFORMED,
                                "text is not an IP address (IPv4 octets have no leading zeros)");
        if (is_mapped(&ip))
                return CM_RAISE(err, CM_E_MALFORMED, "IPv4-mapped IPv6 address is not allowed");
        *ret = ip;
        return 0;
}

bool cm_ip_is_v6_text(struct cm_sv s)
{
        struct cm_sv address;
        struct cm_sv zone;
        uint8_t bytes[16];
        bool has_zone = cm_sv_cut(s, '%', &address, &zone);
        return parse_v6(address, bytes) && (!has_zone || zone.len > 0);
}

int cm_cidr_parse(struct cm_sv s, struct cm_cidr *ret, struct cm_err *err)
{
        struct cm_cidr cidr = { 0 };
        struct cm_sv address;
        struct cm_sv bits;
        uint64_t n = 0;
        if (!cm_sv_cut_last(s, '/', &address, &bits))
                return CM_RAISE(err, CM_E_MALFORMED, "CIDR block has no \"/\"");
        int r = cm_ip_parse(address, &cidr.ip, err);
        if (r < 0)
                return cm_err_context(err, "CIDR block");
        struct cm_err number_err = CM_ERR_INIT;
        if ((bits.len > 1 && bits.ptr[0] == '0') ||
            cm_parse_u64(bits, 0, cidr.ip.family == 4 ? 32 : 128, &n, &number_err) < 0)
                return CM_RAISE(err, CM_E_MALFORMED,
                                "CIDR block has a prefix length that is not from 0 to %d",
                                cidr.ip.family == 4 ? 32 : 128);
        cidr.prefix_bits = (uint8_t)n;
        *ret = cidr;
        return 0;
}

static unsigned group_at(const struct cm_ip *ip, size_t index)
{
        return (unsigned)ip->bytes[index * 2] << 8 | ip->bytes[index * 2 + 1];
}

/* The longest run of two or more zero groups, the first of equals. */
static void longest_gap(const struct cm_ip *ip, size_t *ret_start, size_t *ret_count)
{
        *ret_start = 8;
        *ret_count = 0;
        for (size_t i = 0; i < 8; i++) {
                size_t n = 0;
                while (i + n < 8 && group_at(ip, i + n) == 0)
                        n++;
                if (n >= 2 && n > *ret_count) {
                        *ret_start = i;
                        *ret_count = n;
                }
                i += n;
        }
}

const char *cm_ip_format(const struct cm_ip *ip, char text[CM_IP_TEXT_BYTES])
{
        size_t gap = 0;
        size_t gap_count = 0;
        size_t len = 0;
        if (ip->family == 4) {
                snprintf(text, CM_IP_TEXT_BYTES, "%d.%d.%d.%d", ip->bytes[0], ip->bytes[1],
                         ip->bytes[2], ip->bytes[3]);
                return text;
        }
        longest_gap(ip, &gap, &gap_count);
        text[0] = '\0';
        for (size_t i = 0; i < 8;) {
                bool at_gap = i == gap && gap_count > 0;
                bool colon = i > 0 && i != gap + gap_count;
                int n = at_gap ? snprintf(text + len, CM_IP_TEXT_BYTES - len, "::")
                               : snprintf(text + len, CM_IP_TEXT_BYTES - len, "%s%x",
                                          colon ? ":" : "", group_at(ip, i));
                CM_ASSERT(n > 0 && len + (size_t)n < CM_IP_TEXT_BYTES);
                len += (size_t)n;
                i += at_gap ? gap_count : 1;
        }
        return text;
}

const char *cm_cidr_format(const struct cm_cidr *cidr, char text[CM_CIDR_TEXT_BYTES])
{
        char ip[CM_IP_TEXT_BYTES];
        snprintf(text, CM_CIDR_TEXT_BYTES, "%s/%d", cm_ip_format(&cidr->ip, ip), cidr->prefix_bits);
        return text;
}

bool cm_ip_eq(const struct cm_ip *a, const struct cm_ip *b)
{
        return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static bool is_all(const uint8_t *bytes, size_t len, uint8_t value)
{
        for (size_t i = 0; i < len; i++)
                if (bytes[i] != value)
                        return false;
        return true;
}

bool cm_ip_is_unspecified(const struct cm_ip *ip)
{
        return is_all(ip->bytes, sizeof(ip->bytes), 0);
}

bool cm_ip_is_loopback(const struct cm_ip *ip)
{
        if (ip->family == 4)
                return ip->bytes[0] == 127;
        return is_all(ip->bytes, 15, 0) && ip->bytes[15] == 1;
}

bool cm_ip_is_multicast(const struct cm_ip *ip)
{
        return ip->family == 4 ? (ip->bytes[0] & 0xf0) == 0xe0 : ip->bytes[0] == 0xff;
}

bool cm_ip_is_link_local_multicast(const struct cm_ip *ip)
{
        if (ip->family == 4)
                return ip->bytes[0] == 224 && ip->bytes[1] == 0 && ip->bytes[2] == 0;
        return ip->bytes[0] == 0xff && (ip->bytes[1] & 0x0f) == 2;
}

bool cm_ip_is_link_local_unicast(const struct cm_ip *ip)
{
        if (ip->family == 4)
                return ip->bytes[0] == 169 && ip->bytes[1] == 254;
        return ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

bool cm_ip_is_global_unicast(const struct cm_ip *ip)
{
        bool broadcast = ip->family == 4 && is_all(ip->bytes, 4, 255);
        return !broadcast && !cm_ip_is_unspecified(ip) && !cm_ip_is_loopback(ip) &&
               !cm_ip_is_multicast(ip) && !cm_ip_is_link_local_unicast(ip);
}

bool cm_cidr_eq(const struct cm_cidr *a, const struct cm_cidr *b)
{
        return a->prefix_bits == b->prefix_bits && cm_ip_eq(&a->ip, &b->ip);
}

static struct cm_ip mask(struct cm_ip ip, size_t bits)
{
        for (size_t i = 0; i<sizeof(ip.bytes); i++, bits = bits> 8 ? bits - 8 : 0)
                if (bits < 8)
                        ip.bytes[i] &= (uint8_t)(0xff00U >> bits);
        return ip;
}

struct cm_cidr cm_cidr_masked(const struct cm_cidr *cidr)
{
        return (struct cm_cidr){ mask(cidr->ip, cidr->prefix_bits), cidr->prefix_bits };
}

bool cm_cidr_has_ip(const struct cm_cidr *cidr, const struct cm_ip *ip)
{
        struct cm_ip net = mask(cidr->ip, cidr->prefix_bits);
        struct cm_ip other = mask(*ip, cidr->prefix_bits);
        return cm_ip_eq(&net, &other);
}

bool cm_cidr_has_cidr(const struct cm_cidr *outer, const struct cm_cidr *inner)
{
        return outer->prefix_bits <= inner->prefix_bits && cm_cidr_has_ip(outer, &inner->ip);
}
