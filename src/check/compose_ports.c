/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Published ports: "[[IP:]HOST:]CONTAINER[/PROTOCOL]" with ranges, and the long form. A range stays
 * one item: first and last.
 * Spec: the Compose specification, "ports".
 */
#include "base/escape.h"
#include "check/compose.h"

enum {
        PORT_MAX = 65535
};

struct range {
        uint64_t first;
        uint64_t last;
        bool is_set; /* "" is any port that is free */
};

static bool parse_range(struct cm_sv s, struct range *ret)
{
        struct cm_sv first, last;
        struct cm_err err = CM_ERR_INIT;
        if (!cm_sv_cut(s, '-', &first, &last))
                last = first;
        ret->is_set = s.len > 0;
        return !ret->is_set || (cm_parse_u64(first, 0, PORT_MAX, &ret->first, &err) == 0 &&
                                cm_parse_u64(last, ret->first, PORT_MAX, &ret->last, &err) == 0);
}

/* "[::1]" is ::1. False for what can be no address: names are not taken here. */
static bool parse_address(struct cm_sv *s)
{
        if (s->len > 1 && s->ptr[0] == '[' && s->ptr[s->len - 1] == ']')
                *s = cm_sv_slice(*s, 1, s->len - 1);
        for (size_t i = 0; i < s->len; i++)
                if (!cm_is_xdigit(s->ptr[i]) && s->ptr[i] != '.' && s->ptr[i] != ':')
                        return false;
        return true;
}

static const struct cm_node *number(struct cm_compose *cx, struct cm_node_pos pos, bool is_set,
                                    uint64_t value)
{
        return is_set ? cm_compose_int(cx, pos, (int64_t)value) : cm_compose_null(cx, pos);
}

static void put_ranges(struct cm_compose *cx, struct cm_node *map, const struct range *host,
                       const struct range *target)
{
        cm_compose_put(cx, map, "published", number(cx, map->pos, host->is_set, host->first));
        cm_compose_put(cx, map, "published_last", number(cx, map->pos, host->is_set, host->last));
        cm_compose_put(cx, map, "target", number(cx, map->pos, true, target->first));
        cm_compose_put(cx, map, "target_last", number(cx, map->pos, true, target->last));
}

/* As many ports on both sides, or several of the host for one of the container. */
static bool fit(const struct range *host, const struct range *target)
{
        return target->is_set && target->first > 0 &&
               (!host->is_set || target->first == target->last ||
                host->last - host->first == target->last - target->first);
}

static const struct cm_node *from_text(struct cm_compose *cx, struct cm_node_pos pos,
                                       struct cm_sv text)
{
        struct cm_sv rest, protocol, left, container;
        struct cm_sv address = CM_SV("");
        struct cm_sv published = CM_SV("");
        struct range host, target;
        if (!cm_sv_cut(text, '/', &rest, &protocol))
                protocol = CM_SV("tcp");
        if (cm_sv_cut_last(rest, ':', &left, &container)) {
                if (!cm_sv_cut_last(left, ':', &address, &published)) {
                        address = CM_SV("");
                        published = left;
                }
        } else {
                container = rest;
        }
        if (!parse_range(container, &target) || !parse_range(published, &host) ||
            !fit(&host, &target) || !parse_address(&address) || protocol.len == 0)
                return cm_compose_unknown(cx, pos, "'%s' is no port", cm_escape(cx->arena, text));
        struct cm_node *map = cm_compose_map(cx, pos);
        cm_compose_put(cx, map, "host_ip", cm_compose_text(cx, pos, address));
        put_ranges(cx, map, &host, &target);
        cm_compose_put(cx, map, "protocol",
                       cm_compose_text(cx, pos, cm_sv_lower(cx->arena, protocol)));
        cm_compose_put(cx, map, "mode", cm_compose_text(cx, pos, CM_SV("ingress")));
        return map;
}

static const struct cm_node *from_map(struct cm_compose *cx, const struct cm_node *n)
{
        const struct cm_node *none = cm_compose_text(cx, n->pos, CM_SV(""));
        const struct cm_node *host_ip =
                cm_compose_member(cx, n, "host_ip", cm_compose_as_text, none);
        const struct cm_node *published =
                cm_compose_member(cx, n, "published", cm_compose_as_text, none);
        const struct cm_node *target = cm_compose_member(cx, n, "target", cm_compose_as_text, none);
        struct range host, inside;
        struct cm_node *map = cm_compose_map(cx, n->pos);
        struct cm_sv address = cm_node_string(host_ip);
        if (cm_compose_is_unknown(target) || cm_compose_is_unknown(published))
                return cm_compose_is_unknown(target) ? target : published;
        if (!parse_range(published->text, &host) || !parse_range(target->text, &inside) ||
            !fit(&host, &inside) || !parse_address(&address))
                return cm_compose_unknown(cx, n->pos, "is no port");
        cm_compose_put(cx, map, "host_ip",
                       cm_compose_is_unknown(host_ip) ? host_ip
                                                      : cm_compose_text(cx, host_ip->pos, address));
        put_ranges(cx, map, &host, &inside);
        cm_compose_put(cx, map, "protocol",
                       cm_compose_member(cx, n, "protocol", cm_compose_as_text,
                                         cm_compose_text(cx, n->pos, CM_SV("tcp"))));
        cm_compose_put(cx, map, "mode",
                       cm_compose_member(cx, n, "mode", cm_compose_as_text,
                                         cm_compose_text(cx, n->pos, CM_SV("ingress"))));
        return map;
}

static const struct cm_node *as_port(struct cm_compose *cx, const struct cm_node *n)
{
        struct cm_sv text;
        if (cm_node_type(n) == CM_NODE_MAP)
                return from_map(cx, n);
        if (cm_compose_is_unknown(n))
                return n;
        return cm_compose_scalar(cx, n, &text)
                       ? from_text(cx, n->pos, text)
                       : cm_compose_unknown(cx, n->pos, "must be a port or a mapping");
}

const struct cm_node *cm_compose_as_ports(struct cm_compose *cx, const struct cm_node *n)
{
        return cm_compose_each(cx, n, as_port);
}
