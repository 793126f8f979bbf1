/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resource quantities of Kubernetes ("250m", "1.5Gi", "2e3"), exact: a whole number of 10^-9. More
 * digits are rounded away from zero, magnitudes above 2^63 - 1 are capped, as Kubernetes documents
 * it. Not for: printing quantities, which checks never do.
 */
#pragma once

#include "base/err.h"
#include "base/sv.h"

__extension__ typedef __int128 cm_quantity_nanos;

struct cm_quantity {
        cm_quantity_nanos nanos;
        /* Kubernetes keeps small numbers as value * 10^scale and calls nothing else an integer, not
         * even "1000m": its answers depend on it, so ours keep it as well. */
        bool is_small;
        int32_t scale;
        int64_t value;
};

/*
 * Reads [+-] digits with an optional fraction, then nothing, one of n u m k M G T P E,
 * Ki Mi Gi Ti Pi Ei, or an exponent (e or E with a whole number).
 * Errors: CM_E_MALFORMED.
 * Spec:   Kubernetes API "Quantity" (apimachinery/pkg/api/resource).
 */
CM_MUST_CHECK int cm_quantity_parse(struct cm_sv s, struct cm_quantity *ret, struct cm_err *err);
struct cm_quantity cm_quantity_from_int(int64_t n);

int cm_quantity_cmp(const struct cm_quantity *a, const struct cm_quantity *b); /* -1, 0, 1 */
int cm_quantity_sign(const struct cm_quantity *q);
/* Exact; sums are not capped. CM_E_LIMIT past 2^127 * 10^-9, which takes 10^10 additions. */
CM_MUST_CHECK int cm_quantity_add(const struct cm_quantity *a, const struct cm_quantity *b,
                                  struct cm_quantity *ret, struct cm_err *err);
CM_MUST_CHECK int cm_quantity_sub(const struct cm_quantity *a, const struct cm_quantity *b,
                                  struct cm_quantity *ret, struct cm_err *err);

/* False when Kubernetes does not take it for an integer of 64 bits. */
bool cm_quantity_get_int(const struct cm_quantity *q, int64_t *ret);
enum {
        CM_QUANTITY_TEXT_BYTES = 48
};
/* The exact decimal number without a suffix: "1.5", "-0.000000001". Returns `text`. */
const char *cm_quantity_format(const struct cm_quantity *q, char text[CM_QUANTITY_TEXT_BYTES]);
double cm_quantity_get_double(const struct cm_quantity *q); /* the nearest, or next to it */
