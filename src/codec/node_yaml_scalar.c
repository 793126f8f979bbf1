/* SPDX-License-Identifier: Apache-2.0 */
/* What a plain scalar means in the three schemas of node_yaml.h. Most scalars are words, so the
 * first character decides first. */
#include "codec/node_yaml_scalar.h"

#include <math.h>

#include "base/real.h"

enum {
        NUMBER_BYTES_MAX = 1100 /* longer ones are text: no real number needs more digits */
};

static bool set_bool(struct cm_node *n, bool v)
{
        n->type = CM_NODE_BOOL;
        n->boolean = v;
        return true;
}

static bool set_real(struct cm_node *n, double v)
{
        n->type = CM_NODE_REAL;
        n->real = v;
        return true;
}

static bool as_null(struct cm_node *n, struct cm_sv s)
{
        static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
        if (!cm_sv_is_any(s, nulls))
                return false;
        n->type = CM_NODE_NULL;
        return true;
}

static bool as_word(struct cm_node *n, struct cm_sv s, enum cm_node_yaml_schema schema)
{
        static const char *const trues[] = { "true", "True", "TRUE", NULL };
        static const char *const falses[] = { "false", "False", "FALSE", NULL };
        static const char *const yeses[] = {
                "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", NULL
        };
        static const char *const noes[] = { "n", "N", "no", "No", "NO", "off", "Off", "OFF", NULL };
        if (s.len > 5)
                return false;
        if (as_null(n, s))
                return true;
        if (cm_sv_is_any(s, trues) || (schema == CM_NODE_YAML_GO2 && cm_sv_is_any(s, yeses)))
                return set_bool(n, true);
        if (cm_sv_is_any(s, falses) || (schema == CM_NODE_YAML_GO2 && cm_sv_is_any(s, noes)))
                return set_bool(n, false);
        return false;
}

static bool as_special_real(struct cm_node *n, struct cm_sv s)
{
        static const char *const nans[] = { ".nan", ".NaN", ".NAN", NULL };
        static const char *const infs[] = { ".inf", ".Inf", ".INF", NULL };
        bool negative = cm_sv_has_prefix(s, CM_SV("-"));
        bool sign = negative || cm_sv_has_prefix(s, CM_SV("+"));
        if (s.len < 4 || s.len > 5)
                return false;
        if (cm_sv_is_any(s, nans))
                return set_real(n, (double)NAN);
        if (cm_sv_is_any(sign ? cm_sv_skip(s, 1) : s, infs))
                return set_real(n, negative ? -(double)INFINITY : (double)INFINITY);
        return false;
}

/* The radix that a prefix names, 10 without one; *rest is what follows. */
static unsigned radix_of(struct cm_sv s, enum cm_node_yaml_schema schema, struct cm_sv *rest)
{
        bool core = schema == CM_NODE_YAML_CORE;
        *rest = s;
        if (s.len < 2 || s.ptr[0] != '0')
                return 10;
        char c = core ? s.ptr[1] : cm_to_lower(s.ptr[1]);
        *rest = cm_sv_skip(s, 2);
        if (c == 'x')
                return 16;
        if (c == 'o')
                return 8;
        if (c == 'b' && !core)
                return 2;
        *rest = core ? s : cm_sv_skip(s, 1);
        return core ? 10 : 8;
}

/* 1: an integer of 64 bits without sign; 0: no digits of the radix, -1: more than 64 bits. */
static int read_digits(struct cm_sv digits, unsigned radix, uint64_t *ret)
{
        uint64_t v = 0;
        bool over = false;
        for (size_t i = 0; i < digits.len; i++) {
                int digit = cm_hex_value(digits.ptr[i]);
                if (digit < 0 || (unsigned)digit >= radix)
                        return 0;
                over = over || __builtin_mul_overflow(v, radix, &v) ||
                       __builtin_add_overflow(v, (uint64_t)digit, &v);
        }
        *ret = v;
        return digits.len == 0 ? 0 : over ? -1 : 1;
}

static bool as_integer(struct cm_node *n, struct cm_sv s, enum cm_node_yaml_schema schema)
{
        bool negative = cm_sv_has_prefix(s, CM_SV("-"));
        bool sign = negative || cm_sv_has_prefix(s, CM_SV("+"));
        struct cm_sv digits;
        unsigned radix = radix_of(sign ? cm_sv_skip(s, 1) : s, schema, &digits);
        if (schema == CM_NODE_YAML_CORE && sign && radix != 10)
                return false;
        uint64_t v = 0;
        if (read_digits(digits, radix, &v) != 1)
                return false;
        uint64_t most = (uint64_t)INT64_MAX + negative;
        if (v > most)
                return set_real(n, negative ? -(double)v : (double)v);
        n->type = CM_NODE_INT;
        n->integer = negative ? (int64_t)(0 - v) : (int64_t)v;
        return true;
}

/* Behind a leading point Go wants each "_" between two digits. */
static bool separates_digits(struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++)
                if (s.ptr[i] == '_' && (i == 0 || i + 1 == s.len || !cm_is_digit(s.ptr[i - 1]) ||
                                        !cm_is_digit(s.ptr[i + 1])))
                        return false;
        return true;
}

static bool as_number(struct cm_node *n, struct cm_sv s, enum cm_node_yaml_schema schema)
{
        char without[NUMBER_BYTES_MAX];
        if (s.len > sizeof(without))
                return false;
        if (schema != CM_NODE_YAML_CORE && cm_sv_find_char(s, '_') >= 0) {
                if (s.ptr[0] == '.' && !separates_digits(s))
                        return false;
                size_t len = 0;
                for (size_t i = 0; i < s.len; i++)
                        if (s.ptr[i] != '_')
                                without[len++] = s.ptr[i];
                s = cm_sv_make(without, len);
        }
        double real = 0;
        if (as_integer(n, s, schema))
                return true;
        return cm_real_parse(s, &real) && set_real(n, real);
}

void cm_node_yaml_resolve(struct cm_node *n, struct cm_sv s, enum cm_node_yaml_schema schema)
{
        bool done = false;
        char c = s.len == 0 ? '~' : s.ptr[0];
        if (schema == CM_NODE_YAML_TEXT)
                done = as_null(n, s);
        else if (cm_is_digit(c) || c == '-' || c == '+' || c == '.')
                done = as_special_real(n, s) || as_number(n, s, schema);
        else if (s.len == 0)
                n->type = CM_NODE_NULL;
        else if (c == '~' || cm_is_alpha(c))
                done = as_word(n, s, schema);
        if (done || s.len == 0)
                return;
        n->type = CM_NODE_STRING;
        n->text = s;
}
