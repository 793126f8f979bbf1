/* SPDX-License-Identifier: Apache-2.0 */
/* timestamp(), duration() and the getters of both. */
#include "cel/library.h"
#include "cel/timestamp.h"

static struct cm_cel_value text_value(struct cm_cel_context *cx, const char *text)
{
        return cm_cel_string_dup(cx, cm_sv_from_cstr(text));
}

CM_CEL_FN(same)
{
        return args[0];
}

CM_CEL_FN(timestamp_from_string)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_timestamp t;
        if (cm_timestamp_parse(cm_cel_sv(args[0]), &t, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return cm_cel_timestamp(t.s, t.ns);
}

CM_CEL_FN(timestamp_from_int)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_timestamp t;
        if (cm_timestamp_make(args[0].integer, 0, &t, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return cm_cel_timestamp(t.s, t.ns);
}

CM_CEL_FN(duration_from_string)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_duration d;
        if (cm_duration_parse(cm_cel_sv(args[0]), &d, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return cm_cel_duration(d.s, d.ns);
}

CM_CEL_FN(duration_from_int)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_duration d;
        if (cm_duration_make(args[0].integer, 0, &d, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return cm_cel_duration(d.s, d.ns);
}

CM_CEL_FN(timestamp_to_string)
{
        char text[CM_TIMESTAMP_TEXT_BYTES];
        struct cm_timestamp t = { args[0].integer, cm_cel_nanos(args[0]) };
        return text_value(cx, cm_timestamp_format(t, text));
}

CM_CEL_FN(duration_to_string)
{
        char text[CM_TIMESTAMP_TEXT_BYTES];
        struct cm_duration d = { args[0].integer, cm_cel_nanos(args[0]) };
        return text_value(cx, cm_duration_format(d, text));
}

static struct cm_cel_value get_field(struct cm_cel_context *cx, const struct cm_cel_value *args,
                                     size_t count, enum cm_timestamp_field field)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_timestamp t = { args[0].integer, cm_cel_nanos(args[0]) };
        struct cm_sv zone = count > 1 ? cm_cel_sv(args[1]) : CM_SV("");
        int64_t east_s = 0;
        if (cm_timestamp_east_s(t, zone, cm_cel_zones(cx), &east_s, &err) < 0)
                return cm_cel_fail_err(cx, &err);
        return cm_cel_int(cm_timestamp_get(t, field, east_s));
}

/* One function per field: get_FULL_YEAR ... */
#define X(field, method)                                                 \
        CM_CEL_FN(get_##field)                                           \
        {                                                                \
                return get_field(cx, args, count, CM_TIMESTAMP_##field); \
        }
CM_TIMESTAMP_FIELDS(X)
#undef X

CM_CEL_FN(duration_hours)
{
        struct cm_duration d = { args[0].integer, cm_cel_nanos(args[0]) };
        return cm_cel_int(cm_duration_hours(d));
}

CM_CEL_FN(duration_minutes)
{
        struct cm_duration d = { args[0].integer, cm_cel_nanos(args[0]) };
        return cm_cel_int(cm_duration_minutes(d));
}

CM_CEL_FN(duration_seconds)
{
        struct cm_duration d = { args[0].integer, cm_cel_nanos(args[0]) };
        return cm_cel_int(cm_duration_seconds(d));
}

CM_CEL_FN(duration_milliseconds)
{
        struct cm_duration d = { args[0].integer, cm_cel_nanos(args[0]) };
        return cm_cel_int(cm_duration_milliseconds(d));
}

static const struct cm_cel_function functions[] = {
        { "timestamp", CM_CEL_GLOBAL, "s:t", timestamp_from_string },
        { "timestamp", CM_CEL_GLOBAL, "i:t", timestamp_from_int },
        { "timestamp", CM_CEL_GLOBAL, "t:t", same },
        { "duration", CM_CEL_GLOBAL, "s:r", duration_from_string },
        { "duration", CM_CEL_GLOBAL, "i:r", duration_from_int },
        { "duration", CM_CEL_GLOBAL, "r:r", same },
        { "string", CM_CEL_GLOBAL, "t:s", timestamp_to_string },
        { "string", CM_CEL_GLOBAL, "r:s", duration_to_string },
#define X(field, method) { #method, CM_CEL_METHOD, "t?s:i", get_##field },
        CM_TIMESTAMP_FIELDS(X)
#undef X
                { "getHours", CM_CEL_METHOD, "r:i", duration_hours },
        { "getMinutes", CM_CEL_METHOD, "r:i", duration_minutes },
        { "getSeconds", CM_CEL_METHOD, "r:i", duration_seconds },
        { "getMilliseconds", CM_CEL_METHOD, "r:i", duration_milliseconds },
        { NULL },
};

static const char *const types[] = { "google.protobuf.Timestamp", "google.protobuf.Duration",
                                     NULL };

extern const struct cm_cel_library cm_cel_lib_time;
const struct cm_cel_library cm_cel_lib_time = { "time", functions, types };
