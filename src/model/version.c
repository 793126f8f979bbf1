/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatch over the version orders and their shared pieces. */
#include "model/version_internal.h"

static const struct {
        const char *name;
        int (*cmp)(struct cm_sv a, struct cm_sv b);
        bool (*is_valid)(struct cm_sv v);
} orders[CM_VERSION_ORDER_COUNT] = {
#define X(order, name) \
        [CM_VERSION_##order] = { #name, cm_version_cmp_##name, cm_version_valid_##name },
        CM_VERSION_ORDERS(X)
#undef X
};

int cm_version_cmp(enum cm_version_order order, struct cm_sv a, struct cm_sv b)
{
        return orders[order].cmp(a, b);
}

bool cm_version_is_valid(enum cm_version_order order, struct cm_sv v)
{
        return orders[order].is_valid(v);
}

const char *cm_version_order_to_string(enum cm_version_order order)
{
        return orders[order].name;
}

bool cm_version_order_from_string(struct cm_sv s, enum cm_version_order *ret)
{
        for (size_t i = 0; i < CM_VERSION_ORDER_COUNT; i++) {
                if (cm_sv_eq(s, cm_sv_from_cstr(orders[i].name))) {
                        *ret = (enum cm_version_order)i;
                        return true;
                }
        }
        return false;
}

struct cm_sv cm_version_take_digits(struct cm_sv *s)
{
        size_t n = 0;
        while (n < s->len && cm_is_digit(s->ptr[n]))
                n++;
        struct cm_sv digits = cm_sv_slice(*s, 0, n);
        *s = cm_sv_skip(*s, n);
        return digits;
}

int cm_version_digits_cmp(struct cm_sv a, struct cm_sv b)
{
        while (a.len > 0 && a.ptr[0] == '0')
                a = cm_sv_skip(a, 1);
        while (b.len > 0 && b.ptr[0] == '0')
                b = cm_sv_skip(b, 1);
        if (a.len != b.len)
                return a.len < b.len ? -1 : 1;
        return cm_sv_cmp(a, b);
}

int cm_version_numbers_cmp(struct cm_sv a, struct cm_sv b)
{
        while (a.len > 0 || b.len > 0) {
                struct cm_sv x = CM_SV("");
                struct cm_sv y = CM_SV("");
                if (!cm_sv_next_field(&a, '.', &x))
                        x = CM_SV("");
                if (!cm_sv_next_field(&b, '.', &y))
                        y = CM_SV("");
                int c = cm_version_digits_cmp(x, y);
                if (c != 0)
                        return c;
        }
        return 0;
}

static bool all_digits(struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++)
                if (!cm_is_digit(s.ptr[i]))
                        return false;
        return s.len > 0;
}

int cm_version_prerelease_cmp(struct cm_sv a, struct cm_sv b)
{
        for (;;) {
                struct cm_sv x, y;
                bool more_a = cm_sv_next_field(&a, '.', &x);
                bool more_b = cm_sv_next_field(&b, '.', &y);
                if (!more_a || !more_b)
                        return more_a == more_b ? 0 : more_a ? 1 : -1;
                bool number_a = all_digits(x);
                bool number_b = all_digits(y);
                if (number_a != number_b)
                        return number_a ? -1 : 1;
                int c = number_a ? cm_version_digits_cmp(x, y) : cm_sv_cmp(x, y);
                if (c != 0)
                        return c;
        }
}
