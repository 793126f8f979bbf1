/* SPDX-License-Identifier: Apache-2.0 */
/* The ip() and cidr() libraries of Kubernetes and of CEL's network extension, over netaddr.h. */
#include "cel/library.h"
#include "cel/netaddr.h"

enum {
        /* Longer texts are no address: nothing of them is read. */
        TEXT_BYTES_MAX = 128
};

struct ip_object {
        struct cm_cel_object object;
        struct cm_ip ip;
};
struct cidr_object {
        struct cm_cel_object object;
        struct cm_cidr cidr;
};

static const struct cm_ip *ip_of(const struct cm_cel_object *o)
{
        return &((const struct ip_object *)o)->ip;
}

static const struct cm_cidr *cidr_of(const struct cm_cel_object *o)
{
        return &((const struct cidr_object *)o)->cidr;
}

static bool ip_equal(const struct cm_cel_object *a, const struct cm_cel_object *b)
{
        return cm_ip_eq(ip_of(a), ip_of(b));
}

static bool cidr_equal(const struct cm_cel_object *a, const struct cm_cel_object *b)
{
        return cm_cidr_eq(cidr_of(a), cidr_of(b));
}

static void ip_put_text(struct cm_buf *out, const struct cm_cel_object *o)
{
        char text[CM_IP_TEXT_BYTES];
        cm_buf_put_str(out, cm_ip_format(ip_of(o), text));
}

static void cidr_put_text(struct cm_buf *out, const struct cm_cel_object *o)
{
        char text[CM_CIDR_TEXT_BYTES];
        cm_buf_put_str(out, cm_cidr_format(cidr_of(o), text));
}

static const struct cm_cel_object_type ip_type = { .name = "net.IP",
                                                   .equal = ip_equal,
                                                   .put_text = ip_put_text };
static const struct cm_cel_object_type cidr_type = { .name = "net.CIDR",
                                                     .equal = cidr_equal,
                                                     .put_text = cidr_put_text };

static struct cm_cel_value make_ip(struct cm_cel_context *cx, const struct cm_ip *ip)
{
        struct ip_object *o = cm_cel_alloc(cx, sizeof(*o));
        if (o == NULL)
                return cm_cel_no_memory(cx);
        *o = (struct ip_object){ { &ip_type }, *ip };
        return cm_cel_object(&o->object);
}

static struct cm_cel_value make_cidr(struct cm_cel_context *cx, const struct cm_cidr *cidr)
{
        struct cidr_object *o = cm_cel_alloc(cx, sizeof(*o));
        if (o == NULL)
                return cm_cel_no_memory(cx);
        *o = (struct cidr_object){ { &cidr_type }, *cidr };
        return cm_cel_object(&o->object);
}

static struct cm_sv text_of(struct cm_cel_value v)
{
        return cm_sv_slice(cm_cel_sv(v), 0, TEXT_BYTES_MAX);
}

CM_CEL_FN(ip_from_string)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_ip ip;
        if (cm_ip_parse(text_of(args[0]), &ip, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return make_ip(cx, &ip);
}

CM_CEL_FN(is_ip)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_ip ip;
        return cm_cel_bool(cm_ip_parse(text_of(args[0]), &ip, &err) == 0);
}

CM_CEL_FN(ip_is_canonical)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_ip ip;
        char text[CM_IP_TEXT_BYTES];
        if (cm_ip_parse(text_of(args[0]), &ip, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return cm_cel_bool(cm_sv_eq(cm_cel_sv(args[0]), cm_sv_from_cstr(cm_ip_format(&ip, text))));
}

CM_CEL_FN(cidr_from_string)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_cidr cidr;
        if (cm_cidr_parse(text_of(args[0]), &cidr, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return make_cidr(cx, &cidr);
}

CM_CEL_FN(is_cidr)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_cidr cidr;
        return cm_cel_bool(cm_cidr_parse(text_of(args[0]), &cidr, &err) == 0);
}

CM_CEL_FN(family)
{
        if (!cm_cel_is_object(args[0], &ip_type))
                return cm_cel_no_overload(cx, "family", args, count);
        return cm_cel_int(ip_of(args[0].object)->family);
}

/* The yes-or-no properties of an address: method, function. */
#define PROPERTIES(X)                                          \
        X(isUnspecified, cm_ip_is_unspecified)                 \
        X(isLoopback, cm_ip_is_loopback)                       \
        X(isLinkLocalMulticast, cm_ip_is_link_local_multicast) \
        X(isLinkLocalUnicast, cm_ip_is_link_local_unicast)     \
        X(isGlobalUnicast, cm_ip_is_global_unicast)

#define X(method, function)                                                  \
        CM_CEL_FN(method)                                                    \
        {                                                                    \
                if (!cm_cel_is_object(args[0], &ip_type))                    \
                        return cm_cel_no_overload(cx, #method, args, count); \
                return cm_cel_bool(function(ip_of(args[0].object)));         \
        }
PROPERTIES(X)
#undef X

CM_CEL_FN(cidr_ip)
{
        if (!cm_cel_is_object(args[0], &cidr_type))
                return cm_cel_no_overload(cx, "ip", args, count);
        return make_ip(cx, &cidr_of(args[0].object)->ip);
}

CM_CEL_FN(masked)
{
        if (!cm_cel_is_object(args[0], &cidr_type))
                return cm_cel_no_overload(cx, "masked", args, count);
        struct cm_cidr cidr = cm_cidr_masked(cidr_of(args[0].object));
        return make_cidr(cx, &cidr);
}

CM_CEL_FN(prefix_length)
{
        if (!cm_cel_is_object(args[0], &cidr_type))
                return cm_cel_no_overload(cx, "prefixLength", args, count);
        return cm_cel_int(cidr_of(args[0].object)->prefix_bits);
}

CM_CEL_FN(contains_ip)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_ip parsed;
        const struct cm_ip *ip = &parsed;
        bool is_text = args[1].kind == CM_CEL_STRING;
        if (!cm_cel_is_object(args[0], &cidr_type) ||
            (!is_text && !cm_cel_is_object(args[1], &ip_type)))
                return cm_cel_no_overload(cx, "containsIP", args, count);
        if (!is_text)
                ip = ip_of(args[1].object);
        else if (cm_ip_parse(text_of(args[1]), &parsed, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return cm_cel_bool(cm_cidr_has_ip(cidr_of(args[0].object), ip));
}

CM_CEL_FN(contains_cidr)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_cidr parsed;
        const struct cm_cidr *inner = &parsed;
        bool is_text = args[1].kind == CM_CEL_STRING;
        if (!cm_cel_is_object(args[0], &cidr_type) ||
            (!is_text && !cm_cel_is_object(args[1], &cidr_type)))
                return cm_cel_no_overload(cx, "containsCIDR", args, count);
        if (!is_text)
                inner = cidr_of(args[1].object);
        else if (cm_cidr_parse(text_of(args[1]), &parsed, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return cm_cel_bool(cm_cidr_has_cidr(cidr_of(args[0].object), inner));
}

static const struct cm_cel_function functions[] = {
        { "ip", CM_CEL_GLOBAL, "s:x", ip_from_string },
        { "isIP", CM_CEL_GLOBAL, "s:b", is_ip },
        { "ip.isCanonical", CM_CEL_GLOBAL, "s:b", ip_is_canonical },
        { "family", CM_CEL_METHOD, "x:i", family },
#define X(method, function) { #method, CM_CEL_METHOD, "x:b", method },
        PROPERTIES(X)
#undef X
                { "cidr", CM_CEL_GLOBAL, "s:x", cidr_from_string },
        { "isCIDR", CM_CEL_GLOBAL, "s:b", is_cidr },
        { "ip", CM_CEL_METHOD, "x:x", cidr_ip },
        { "masked", CM_CEL_METHOD, "x:x", masked },
        { "prefixLength", CM_CEL_METHOD, "x:i", prefix_length },
        { "containsIP", CM_CEL_METHOD, "xx:b", contains_ip },
        { "containsIP", CM_CEL_METHOD, "xs:b", contains_ip },
        { "containsCIDR", CM_CEL_METHOD, "xx:b", contains_cidr },
        { "containsCIDR", CM_CEL_METHOD, "xs:b", contains_cidr },
        { NULL },
};
static const char *const types[] = { "net.IP", "net.CIDR", NULL };

extern const struct cm_cel_library cm_cel_lib_net;
const struct cm_cel_library cm_cel_lib_net = { "net", functions, types };
