/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes' named formats; see named_format.h. */
#include "cel/named_format.h"

#include "base/time.h"
#include "cel/url.h"

enum {
        LABEL_BYTES_MAX = 63,
        SUBDOMAIN_BYTES_MAX = 253
};

struct errors {
        struct cm_arena *arena;
        struct cm_sv *texts;
        size_t count;
};

struct cm_named_format {
        const char *name;
        void (*check)(struct cm_sv text, struct errors *errors);
        bool is_prefix; /* of a name that is generated: may end with "-" */
};

static void add(struct errors *errors, struct cm_sv text)
{
        CM_ASSERT(errors->count < CM_NAMED_FORMAT_ERRORS_MAX);
        errors->texts[errors->count++] = text;
}

static bool is_lower_or_digit(char c)
{
        return cm_is_lower(c) || cm_is_digit(c);
}

/* Lower-case letters, digits and "-", neither first nor last. */
static bool is_label(struct cm_sv s)
{
        if (s.len == 0 || !is_lower_or_digit(s.ptr[0]) || !is_lower_or_digit(s.ptr[s.len - 1]))
                return false;
        for (size_t i = 0; i < s.len; i++)
                if (!is_lower_or_digit(s.ptr[i]) && s.ptr[i] != '-')
                        return false;
        return true;
}

static bool is_subdomain(struct cm_sv s)
{
        struct cm_sv label;
        bool more = true;
        while (more) {
                more = cm_sv_cut(s, '.', &label, &s);
                if (!is_label(label))
                        return false;
        }
        return true;
}

/* Letters, digits, "-", "_" and ".", with a letter or digit at both ends. */
static bool is_name(struct cm_sv s)
{
        if (s.len == 0 || !cm_is_alnum(s.ptr[0]) || !cm_is_alnum(s.ptr[s.len - 1]))
                return false;
        for (size_t i = 0; i < s.len; i++) {
                char c = s.ptr[i];
                if (!cm_is_alnum(c) && c != '-' && c != '_' && c != '.')
                        return false;
        }
        return true;
}

static void check_dns1123_label(struct cm_sv s, struct errors *errors)
{
        if (s.len > LABEL_BYTES_MAX)
                add(errors, CM_SV("is longer than 63 characters"));
        if (is_label(s))
                return;
        if (is_subdomain(s))
                add(errors, CM_SV("has dots, which a label cannot have"));
        else
                add(errors, CM_SV("is not made of lower-case letters, digits and '-' with a letter "
                                  "or digit at both ends (as 'my-name' or '123-abc')"));
}

static void check_dns1123_subdomain(struct cm_sv s, struct errors *errors)
{
        if (s.len > SUBDOMAIN_BYTES_MAX)
                add(errors, CM_SV("is longer than 253 characters"));
        if (!is_subdomain(s))
                add(errors, CM_SV("is not made of labels and dots: lower-case letters, digits and "
                                  "'-' with a letter or digit at both ends (as 'example.com')"));
}

static void check_dns1035_label(struct cm_sv s, struct errors *errors)
{
        if (s.len > LABEL_BYTES_MAX)
                add(errors, CM_SV("is longer than 63 characters"));
        if (!is_label(s) || !cm_is_lower(s.ptr[0]))
                add(errors, CM_SV("is not made of lower-case letters, digits and '-' with a letter "
                                  "first and a letter or digit last (as 'my-name' or 'abc-123')"));
}

static void check_qualified_name(struct cm_sv s, struct errors *errors)
{
        struct cm_sv prefix;
        struct cm_sv name;
        if (!cm_sv_cut(s, '/', &prefix, &name)) {
                name = s;
        } else if (cm_sv_find_char(name, '/') >= 0) {
                add(errors, CM_SV("has more than one '/': a name and a DNS subdomain before it are "
                                  "all there is (as 'example.com/MyName')"));
                return;
        } else if (prefix.len == 0) {
                add(errors, CM_SV("has nothing before its '/'"));
        } else {
                if (prefix.len > SUBDOMAIN_BYTES_MAX)
                        add(errors, CM_SV("has more than 253 characters before its '/'"));
                if (!is_subdomain(prefix))
                        add(errors,
                            CM_SV("has no DNS subdomain before its '/' (as 'example.com')"));
        }
        if (name.len == 0)
                add(errors, CM_SV("has an empty name"));
        else if (name.len > LABEL_BYTES_MAX)
                add(errors, CM_SV("has a name of more than 63 characters"));
        if (!is_name(name))
                add(errors,
                    CM_SV("has a name that is not made of letters, digits, '-', '_' and '.' "
                          "with a letter or digit at both ends (as 'MyName' or 'my.name')"));
}

static void check_label_value(struct cm_sv s, struct errors *errors)
{
        if (s.len > LABEL_BYTES_MAX)
                add(errors, CM_SV("is longer than 63 characters"));
        if (s.len > 0 && !is_name(s))
                add(errors, CM_SV("is neither empty nor made of letters, digits, '-', '_' and '.' "
                                  "with a letter or digit at both ends (as 'MyValue' or '12345')"));
}

static void check_uri(struct cm_sv s, struct errors *errors)
{
        if (!cm_url_is_valid(errors->arena, s))
                add(errors, CM_SV("is not an absolute URI or an absolute path"));
}

/* 8-4-4-4-12 hexadecimal digits; each dash may be left out. */
static void check_uuid(struct cm_sv s, struct errors *errors)
{
        static const size_t groups[] = { 8, 4, 4, 4, 12 };
        size_t at = 0;
        bool ok = true;
        for (size_t i = 0; i < CM_ARRAY_LEN(groups) && ok; i++) {
                if (i > 0 && at < s.len && s.ptr[at] == '-')
                        at++;
                for (size_t end = at + groups[i]; at < end && ok; at++)
                        ok = at < s.len && cm_hex_value(s.ptr[at]) >= 0;
        }
        if (!ok || at != s.len)
                add(errors, CM_SV("is not a UUID (8-4-4-4-12 hexadecimal digits)"));
}

/* Base64 with padding, not empty. */
static void check_byte(struct cm_sv s, struct errors *errors)
{
        size_t digits = s.len;
        while (digits > 0 && s.len - digits < 2 && s.ptr[digits - 1] == '=')
                digits--;
        bool ok = s.len > 0 && s.len % 4 == 0;
        for (size_t i = 0; i < digits && ok; i++)
                ok = cm_is_alnum(s.ptr[i]) || s.ptr[i] == '+' || s.ptr[i] == '/';
        if (!ok)
                add(errors, CM_SV("is not base64"));
}

/* Digits and the marks of a pattern: "dd:dd" takes "23:59". */
static bool looks_like(struct cm_sv s, const char *pattern)
{
        struct cm_sv p = cm_sv_from_cstr(pattern);
        for (size_t i = 0; i < p.len; i++)
                if (i >= s.len || (p.ptr[i] == 'd' ? !cm_is_digit(s.ptr[i]) : s.ptr[i] != p.ptr[i]))
                        return false;
        return true;
}

static int64_t two_digits(struct cm_sv s, size_t at)
{
        return (s.ptr[at] - '0') * 10 + (s.ptr[at + 1] - '0');
}

static bool is_date(struct cm_sv s)
{
        if (s.len != 10 || !looks_like(s, "dddd-dd-dd"))
                return false;
        int64_t year = two_digits(s, 0) * 100 + two_digits(s, 2);
        int64_t month = two_digits(s, 5);
        int64_t day = two_digits(s, 8);
        int64_t y = 0;
        int64_t m = 0;
        int64_t d = 0;
        if (month < 1 || month > 12 || day < 1)
                return false;
        /* A day that its month does not have comes back as another date. */
        cm_civil_from_days(cm_days_from_civil(year, month, day), &y, &m, &d);
        return y == year && m == month && d == day;
}

static bool is_clock(struct cm_sv s)
{
        size_t at = 8;
        if (!looks_like(s, "dd:dd:dd") || two_digits(s, 0) > 23 || two_digits(s, 3) > 59 ||
            two_digits(s, 6) > 59)
                return false;
        if (at < s.len && s.ptr[at] == '.') {
                size_t from = ++at;
                while (at < s.len && cm_is_digit(s.ptr[at]))
                        at++;
                if (at == from)
                        return false;
        }
        s = cm_sv_skip(s, at);
        if (cm_sv_eq_nocase(s, CM_SV("z")))
                return true;
        return s.len == 6 && (s.ptr[0] == '+' || s.ptr[0] == '-') &&
               looks_like(cm_sv_skip(s, 1), "dd:dd") && two_digits(s, 1) <= 23 &&
               two_digits(s, 4) <= 59;
}

static void check_date(struct cm_sv s, struct errors *errors)
{
        if (!is_date(s))
                add(errors, CM_SV("is not a date (as '2006-01-02')"));
}

static void check_datetime(struct cm_sv s, struct errors *errors)
{
        if (s.len < 11 || cm_to_lower(s.ptr[10]) != 't' || !is_date(cm_sv_slice(s, 0, 10)) ||
            !is_clock(cm_sv_skip(s, 11)))
                add(errors, CM_SV("is not a date and time (as '2006-01-02T15:04:05Z')"));
}

static const struct cm_named_format formats[] = {
        { "dns1123Label", check_dns1123_label, false },
        { "dns1123LabelPrefix", check_dns1123_label, true },
        { "dns1123Subdomain", check_dns1123_subdomain, false },
        { "dns1123SubdomainPrefix", check_dns1123_subdomain, true },
        { "dns1035Label", check_dns1035_label, false },
        { "dns1035LabelPrefix", check_dns1035_label, true },
        { "qualifiedName", check_qualified_name, false },
        { "labelValue", check_label_value, false },
        { "uri", check_uri, false },
        { "uuid", check_uuid, false },
        { "byte", check_byte, false },
        { "date", check_date, false },
        { "datetime", check_datetime, false },
};

const struct cm_named_format *cm_named_format_get(struct cm_sv name)
{
        for (size_t i = 0; i < CM_ARRAY_LEN(formats); i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(formats[i].name)))
                        return &formats[i];
        return NULL;
}

const struct cm_named_format *cm_named_format_at(size_t index)
{
        return index < CM_ARRAY_LEN(formats) ? &formats[index] : NULL;
}

const char *cm_named_format_name(const struct cm_named_format *format)
{
        return format->name;
}

size_t cm_named_format_check(const struct cm_named_format *format, struct cm_arena *arena,
                             struct cm_sv text, struct cm_sv ret[CM_NAMED_FORMAT_ERRORS_MAX])
{
        struct errors errors = { arena, ret, 0 };
        /* Kubernetes puts a letter in the place of the last two characters, so a 64th is allowed
         * and whatever stands before the dash is not looked at. */
        if (format->is_prefix && text.len > 1 && text.ptr[text.len - 1] == '-')
                text = cm_sv_join(arena, cm_sv_slice(text, 0, text.len - 2), CM_SV("a"));
        format->check(text, &errors);
        return errors.count;
}
