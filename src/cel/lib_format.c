/* SPDX-License-Identifier: Apache-2.0 */
/* TEXT.format([values]): %s %d %f %e %b %o %x %X and %%, with a precision for %f and %e. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cel/cel_number.h"
#include "cel/library.h"
#include "cel/timestamp.h"

enum {
        PRECISION_MAX = 100,
        DEPTH_MAX = 600,
        TEXT_BYTES_MAX = 1 << 20
};

/* What is said of a value that does not suit its clause. */
static const char *clause_name(char clause)
{
        switch (clause) {
        case 'd':
                return "decimal clause can only be used on integers";
        case 'f':
                return "fixed-point clause can only be used on doubles";
        case 'e':
                return "scientific clause can only be used on doubles";
        case 'b':
                return "only integers and bools can be formatted as binary";
        case 'o':
                return "octal clause can only be used on integers";
        case 'x':
        case 'X':
                return "only integers, byte buffers, and strings can be formatted as hex";
        default:
                return "string clause can only be used on strings, bools, bytes, ints, doubles, maps, "
                       "lists, types, durations, and timestamps";
        }
}

static struct cm_cel_value unsuitable(struct cm_cel_context *cx, char clause, struct cm_cel_value v)
{
        return cm_cel_fail(cx, "error during formatting: %s, was given %.*s", clause_name(clause),
                           CM_SV_ARG(cm_cel_type_name(v)));
}

static bool put_not_finite(struct cm_buf *out, struct cm_cel_value v)
{
        if (v.kind != CM_CEL_DOUBLE || isfinite(v.real))
                return false;
        cm_buf_put_str(out, isnan(v.real) ? "NaN" : v.real > 0 ? "Infinity" : "-Infinity");
        return true;
}

struct writer {
        struct cm_cel_context *cx;
        struct cm_cel_value bad; /* the first value that has no text, else null */
};

static bool put_string(struct writer *w, struct cm_buf *out, struct cm_cel_value v, unsigned depth);

static bool put_list(struct writer *w, struct cm_buf *out, struct cm_cel_value v, unsigned depth)
{
        cm_buf_put_char(out, '[');
        for (size_t i = 0; i < cm_cel_list_count(v) && !out->overflow; i++) {
                if (i > 0)
                        cm_buf_put_str(out, ", ");
                if (!put_string(w, out, cm_cel_list_at(v, i), depth + 1))
                        return false;
        }
        cm_buf_put_char(out, ']');
        return true;
}

struct entry {
        size_t offset; /* of "key: value" in the parts */
        size_t key_len;
        size_t len;
        const char *parts;
};

static int by_key(const void *a, const void *b)
{
        const struct entry *x = a;
        const struct entry *y = b;
        return cm_sv_cmp(cm_sv_make(x->parts + x->offset, x->key_len),
                         cm_sv_make(y->parts + y->offset, y->key_len));
}

/* Entries in the order of the text of their keys. */
static bool put_map(struct writer *w, struct cm_buf *out, struct cm_cel_value v, unsigned depth)
{
        size_t count = cm_cel_map_count(v);
        struct entry *entries = cm_cel_alloc_array(w->cx, count + 1, sizeof(*entries));
        struct cm_buf parts;
        bool ok = entries != NULL;
        cm_buf_init(&parts, out->bytes_max);
        for (size_t i = 0; i < count && ok; i++) {
                struct cm_cel_value key;
                struct cm_cel_value value;
                cm_cel_map_at(v, i, &key, &value);
                entries[i].offset = parts.len;
                ok = put_string(w, &parts, key, depth + 1);
                entries[i].key_len = parts.len - entries[i].offset;
                cm_buf_put_str(&parts, ": ");
                ok = ok && put_string(w, &parts, value, depth + 1);
                entries[i].len = parts.len - entries[i].offset;
        }
        for (size_t i = 0; i < count && ok; i++)
                entries[i].parts = parts.ptr;
        out->overflow |= parts.overflow || entries == NULL;
        if (ok && !out->overflow) {
                qsort(entries, count, sizeof(*entries), by_key);
                cm_buf_put_char(out, '{');
                for (size_t i = 0; i < count; i++) {
                        if (i > 0)
                                cm_buf_put_str(out, ", ");
                        cm_buf_put(out, parts.ptr + entries[i].offset, entries[i].len);
                }
                cm_buf_put_char(out, '}');
        }
        cm_buf_fini(&parts);
        return ok;
}

/* %s; false: w->bad has no text. */
static bool put_string(struct writer *w, struct cm_buf *out, struct cm_cel_value v, unsigned depth)
{
        char text[CM_TIMESTAMP_TEXT_BYTES];
        char number[CM_CEL_NUMBER_BYTES];
        if (depth > DEPTH_MAX)
                out->overflow = true;
        if (out->overflow || put_not_finite(out, v))
                return true;
        if (v.kind == CM_CEL_LIST)
                return put_list(w, out, v, depth);
        if (v.kind == CM_CEL_MAP)
                return put_map(w, out, v, depth);
        if (v.kind == CM_CEL_NULL)
                cm_buf_put_str(out, "null");
        else if (v.kind == CM_CEL_BOOL)
                cm_buf_put_str(out, v.boolean ? "true" : "false");
        else if (v.kind == CM_CEL_STRING || v.kind == CM_CEL_BYTES || v.kind == CM_CEL_TYPE)
                cm_buf_put_sv(out, cm_cel_sv(v));
        else if (v.kind == CM_CEL_INT || v.kind == CM_CEL_UINT || v.kind == CM_CEL_DOUBLE)
                cm_buf_put_sv(out, cm_cel_format_number(v, number));
        else if (v.kind == CM_CEL_DURATION)
                cm_buf_put_str(
                        out, cm_duration_format((struct cm_duration){ v.integer, cm_cel_nanos(v) },
                                                text));
        else if (v.kind == CM_CEL_TIMESTAMP)
                cm_buf_put_str(out,
                               cm_timestamp_format(
                                       (struct cm_timestamp){ v.integer, cm_cel_nanos(v) }, text));
        else if (v.kind == CM_CEL_OBJECT && v.object->type->put_text != NULL)
                v.object->type->put_text(out, v.object);
        else
                w->bad = v;
        return w->bad.kind == CM_CEL_NULL;
}

/* An integer in base 2, 8, 10 or 16. */
static void put_integer(struct cm_buf *out, struct cm_cel_value v, unsigned base, bool upper)
{
        static const char lower_digits[] = "0123456789abcdef";
        static const char upper_digits[] = "0123456789ABCDEF";
        char text[65];
        size_t at = sizeof(text);
        bool minus = v.kind == CM_CEL_INT && v.integer < 0;
        uint64_t n = v.kind == CM_CEL_BOOL ? v.boolean : minus ? 0 - v.natural : v.natural;
        do {
                text[--at] = (upper ? upper_digits : lower_digits)[n % base];
                n /= base;
        } while (n > 0 && at > 0);
        if (minus)
                cm_buf_put_char(out, '-');
        cm_buf_put(out, text + at, sizeof(text) - at);
}

static void put_hex(struct cm_buf *out, struct cm_sv bytes, bool upper)
{
        for (size_t i = 0; i < bytes.len && !out->overflow; i++)
                cm_buf_printf(out, upper ? "%02X" : "%02x", (unsigned char)bytes.ptr[i]);
}

static void put_real(struct cm_buf *out, struct cm_cel_value v, char clause, int precision)
{
        char text[512];
        double d = v.kind == CM_CEL_DOUBLE ? v.real
                   : v.kind == CM_CEL_INT  ? (double)v.integer
                                           : (double)v.natural;
        int n = clause == 'f' ? snprintf(text, sizeof(text), "%.*f", precision, d)
                              : snprintf(text, sizeof(text), "%.*e", precision, d);
        cm_buf_put(out, text, (size_t)n);
}

/* The base that an integer clause writes in; 0 for the others. */
static unsigned base_of(char clause)
{
        return clause == 'd'                    ? 10
               : clause == 'o'                  ? 8
               : clause == 'b'                  ? 2
               : clause == 'x' || clause == 'X' ? 16
                                                : 0;
}

/* One clause; an error value, else null. */
static struct cm_cel_value put_clause(struct cm_cel_context *cx, struct cm_buf *out, char clause,
                                      int precision, struct cm_cel_value v)
{
        struct writer w = { cx, cm_cel_null() };
        bool is_int = v.kind == CM_CEL_INT || v.kind == CM_CEL_UINT;
        bool is_real = clause == 'f' || clause == 'e';
        unsigned base = base_of(clause);
        if (clause == 's')
                return put_string(&w, out, v, 0) ? cm_cel_null() : unsuitable(cx, clause, w.bad);
        if ((is_real || clause == 'd') && put_not_finite(out, v))
                return cm_cel_null();
        if (is_real && (is_int || v.kind == CM_CEL_DOUBLE))
                put_real(out, v, clause, precision);
        else if (base > 0 && (is_int || (base == 2 && v.kind == CM_CEL_BOOL)))
                put_integer(out, v, base, clause == 'X');
        else if (base == 16 && (v.kind == CM_CEL_STRING || v.kind == CM_CEL_BYTES))
                put_hex(out, cm_cel_sv(v), clause == 'X');
        else
                return unsuitable(cx, clause, v);
        return cm_cel_null();
}

/* ".3" after the percent sign; false when it is malformed. */
static bool take_precision(struct cm_sv *rest, int *ret)
{
        *ret = 6;
        if (rest->len == 0 || rest->ptr[0] != '.')
                return true;
        size_t i = 1;
        int precision = 0;
        for (; i < rest->len && cm_is_digit(rest->ptr[i]) && precision <= PRECISION_MAX; i++)
                precision = precision * 10 + (rest->ptr[i] - '0');
        *rest = cm_sv_skip(*rest, i);
        *ret = precision;
        return i > 1 && precision <= PRECISION_MAX;
}

static struct cm_cel_value format_into(struct cm_cel_context *cx, struct cm_buf *out,
                                       struct cm_sv rest, struct cm_cel_value values)
{
        size_t used = 0;
        while (rest.len > 0 && !out->overflow) {
                ptrdiff_t at = cm_sv_find_char(rest, '%');
                cm_buf_put_sv(out, at < 0 ? rest : cm_sv_slice(rest, 0, (size_t)at));
                if (at < 0)
                        break;
                rest = cm_sv_skip(rest, (size_t)at + 1);
                int precision = 0;
                if (!take_precision(&rest, &precision) || rest.len == 0)
                        return cm_cel_fail(cx,
                                           "could not parse formatting clause: it is not complete");
                char clause = rest.ptr[0];
                rest = cm_sv_skip(rest, 1);
                if (clause == '%') {
                        cm_buf_put_char(out, '%');
                        continue;
                }
                if (clause == '\0' || strchr("sdfeboxX", clause) == NULL)
                        return cm_cel_fail(cx,
                                           "could not parse formatting clause: unrecognized "
                                           "formatting clause \"%s\"",
                                           cm_cel_show(cx, cm_sv_make(&clause, 1)));
                if (used >= cm_cel_list_count(values))
                        return cm_cel_fail(cx, "index %zu out of range", used);
                struct cm_cel_value r =
                        put_clause(cx, out, clause, precision, cm_cel_list_at(values, used++));
                if (r.kind == CM_CEL_ERROR)
                        return r;
        }
        return cm_cel_null();
}

CM_CEL_FN(format)
{
        struct cm_buf out;
        cm_buf_init(&out, TEXT_BYTES_MAX);
        struct cm_cel_value r = format_into(cx, &out, cm_cel_sv(args[0]), args[1]);
        cm_cel_charge(cx, out.len / 4); /* a map in a map is copied twice */
        if (r.kind != CM_CEL_ERROR)
                r = out.overflow ? cm_cel_no_memory(cx) : cm_cel_string_dup(cx, cm_buf_sv(&out));
        cm_buf_fini(&out);
        return r;
}

static const struct cm_cel_function functions[] = {
        { "format", CM_CEL_METHOD, "sl:s", format },
        { NULL },
};

extern const struct cm_cel_library cm_cel_lib_format;
const struct cm_cel_library cm_cel_lib_format = { "format", functions, NULL };
