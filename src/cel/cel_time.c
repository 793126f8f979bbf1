/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic on timestamps and durations: the operators; functions are in lib_time.c. */
#include "cel/cel_program.h"
#include "cel/timestamp.h"

static struct cm_duration duration(struct cm_cel_value v)
{
        return (struct cm_duration){ v.integer, cm_cel_nanos(v) };
}

static struct cm_timestamp timestamp(struct cm_cel_value v)
{
        return (struct cm_timestamp){ v.integer, cm_cel_nanos(v) };
}

struct cm_cel_value cm_cel_time_arith(struct cm_cel_context *cx, bool minus, struct cm_cel_value a,
                                      struct cm_cel_value b)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_duration d = { 0 };
        struct cm_timestamp t = { 0 };
        bool a_point = a.kind == CM_CEL_TIMESTAMP;
        bool b_point = b.kind == CM_CEL_TIMESTAMP;
        int r;
        if (a_point && b_point && !minus)
                return cm_cel_fail(cx, "no such overload: two timestamps have no sum");
        if (b_point && !a_point && minus)
                return cm_cel_fail(cx, "no such overload: a duration minus a timestamp");
        if (a_point && b_point)
                r = cm_timestamp_diff(timestamp(a), timestamp(b), &d, &err);
        else if (a_point)
                r = minus ? cm_timestamp_sub(timestamp(a), duration(b), &t, &err)
                          : cm_timestamp_add(timestamp(a), duration(b), &t, &err);
        else if (b_point)
                r = cm_timestamp_add(timestamp(b), duration(a), &t, &err);
        else
                r = minus ? cm_duration_sub(duration(a), duration(b), &d, &err)
                          : cm_duration_add(duration(a), duration(b), &d, &err);
        if (r < 0)
                return cm_cel_fail_err(cx, &err);
        return a_point != b_point ? cm_cel_timestamp(t.s, t.ns) : cm_cel_duration(d.s, d.ns);
}
