/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers questions about the value modules of cel/ for the tests that compare with other
 * implementations (tests/live/50-cel-values): a line "COMMAND ARGUMENT..." (arguments in
 * hexadecimal) on standard input gives a line on standard output.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "cel/netaddr.h"
#include "cel/quantity.h"
#include "cel/regex.h"
#include "cel/timestamp.h"
#include "cel/url.h"
#include "os/zoneinfo.h"

enum {
        ARGUMENTS_MAX = 4
};

struct request {
        struct cm_arena *arena;
        struct cm_zone_source zones;
        struct cm_sv args[ARGUMENTS_MAX];
        size_t count;
};

static struct cm_sv arg(const struct request *q, size_t i)
{
        return i < q->count ? q->args[i] : CM_SV("");
}

/* "TIMESTAMP ZONE": all fields. */
static int fields(const struct request *q, struct cm_err *err)
{
        struct cm_timestamp t;
        int64_t east_s = 0;
        int r = cm_timestamp_parse(arg(q, 0), &t, err);
        if (r == 0)
                r = cm_timestamp_east_s(t, arg(q, 1), &q->zones, &east_s, err);
        if (r < 0)
                return r;
        for (int f = 0; f < CM_TIMESTAMP_FIELD_COUNT; f++)
                printf("%" PRId64 " ", cm_timestamp_get(t, (enum cm_timestamp_field)f, east_s));
        printf("%" PRId64 "\n", east_s);
        return 0;
}

static int duration(const struct request *q, struct cm_err *err)
{
        struct cm_duration d;
        char text[CM_TIMESTAMP_TEXT_BYTES];
        int r = cm_duration_parse(arg(q, 0), &d, err);
        if (r == 0)
                printf("%s\n", cm_duration_format(d, text));
        return r;
}

static int timestamp(const struct request *q, struct cm_err *err)
{
        struct cm_timestamp t;
        char text[CM_TIMESTAMP_TEXT_BYTES];
        int r = cm_timestamp_parse(arg(q, 0), &t, err);
        if (r == 0)
                printf("%s\n", cm_timestamp_format(t, text));
        return r;
}

/* "A B": how they compare, their sum and difference, and A as a number. */
static int quantity(const struct request *q, struct cm_err *err)
{
        struct cm_quantity a, b, sum, diff;
        int64_t n = 0;
        int64_t unused = 0;
        int r = cm_quantity_parse(arg(q, 0), &a, err);
        if (r == 0)
                r = cm_quantity_parse(arg(q, 1), &b, err);
        if (r == 0)
                r = cm_quantity_add(&a, &b, &sum, err);
        if (r == 0)
                r = cm_quantity_sub(&a, &b, &diff, err);
        if (r < 0)
                return r;
        bool is_int = cm_quantity_get_int(&a, &n);
        printf("%d %d %d %d %d %s %" PRId64 " %s %s %.17g\n", cm_quantity_sign(&a),
               cm_quantity_cmp(&a, &b), cm_quantity_cmp(&sum, &b), cm_quantity_cmp(&sum, &a),
               cm_quantity_sign(&diff), is_int ? "true" : "false", is_int ? n : 0,
               cm_quantity_get_int(&sum, &unused) ? "true" : "false",
               cm_quantity_get_int(&diff, &unused) ? "true" : "false", cm_quantity_get_double(&a));
        return 0;
}

/* "IP": canonical text and properties. */
static int ip(const struct request *q, struct cm_err *err)
{
        struct cm_ip a;
        char text[CM_IP_TEXT_BYTES];
        int r = cm_ip_parse(arg(q, 0), &a, err);
        if (r == 0)
                printf("%s %d %d %d %d %d\n", cm_ip_format(&a, text), cm_ip_is_unspecified(&a),
                       cm_ip_is_loopback(&a), cm_ip_is_multicast(&a),
                       cm_ip_is_link_local_unicast(&a), cm_ip_is_global_unicast(&a));
        return r;
}

/* "CIDR CIDR": the first one masked, and whether it contains the second one and its address. */
static int cidr(const struct request *q, struct cm_err *err)
{
        struct cm_cidr a, b;
        char text[CM_CIDR_TEXT_BYTES];
        int r = cm_cidr_parse(arg(q, 0), &a, err);
        if (r == 0)
                r = cm_cidr_parse(arg(q, 1), &b, err);
        if (r < 0)
                return r;
        struct cm_cidr masked = cm_cidr_masked(&a);
        printf("%s %d %d\n", cm_cidr_format(&masked, text), cm_cidr_has_cidr(&a, &b),
               cm_cidr_has_ip(&a, &b.ip));
        return 0;
}

static void put_hex(struct cm_sv s)
{
        for (size_t i = 0; i < s.len; i++)
                printf("%02x", (unsigned char)s.ptr[i]);
        printf(" ");
}

/* "URL": whether it is one, then its parts and parameters in hexadecimal. */
static int url(const struct request *q, struct cm_err *err)
{
        struct cm_url u;
        struct cm_sv key, value;
        printf("%d ", cm_url_is_valid(q->arena, arg(q, 0)));
        int r = cm_url_parse(q->arena, arg(q, 0), &u, err);
        if (r < 0)
                return r;
        const struct cm_sv parts[] = { u.scheme, u.host, u.hostname, u.port, u.escaped_path };
        for (size_t i = 0; i < CM_ARRAY_LEN(parts); i++)
                put_hex(parts[i]);
        while (cm_url_next_param(q->arena, &u.query, &key, &value)) {
                put_hex(key);
                put_hex(value);
        }
        printf("\n");
        return 0;
}

/* "PATTERN TEXT": whether there is a match, then the groups of all matches. */
static int regex(const struct request *q, struct cm_err *err)
{
        const struct cm_regex *re = NULL;
        struct cm_regex_match match;
        int r = cm_regex_compile(q->arena, arg(q, 0), &re, err);
        if (r < 0)
                return r;
        printf("%d", cm_regex_search(re, arg(q, 1), q->arena, NULL));
        struct cm_regex_iter *iter = cm_regex_iter_new(re, arg(q, 1), q->arena);
        while (cm_regex_iter_next(iter, &match)) {
                printf(";");
                for (size_t i = 0; i < match.count; i++)
                        printf(" %td,%td", (ptrdiff_t)match.spans[i].start,
                               (ptrdiff_t)match.spans[i].end);
        }
        printf("\n");
        return 0;
}

static const struct {
        const char *name;
        int (*answer)(const struct request *q, struct cm_err *err);
} commands[] = {
        { "fields", fields },     { "duration", duration }, { "timestamp", timestamp },
        { "quantity", quantity }, { "regex", regex },       { "ip", ip },
        { "cidr", cidr },         { "url", url },
};

static struct cm_sv unhex(struct cm_arena *arena, struct cm_sv s)
{
        char *p = cm_arena_alloc(arena, s.len / 2 + 1, 1);
        for (size_t i = 0; i + 1 < s.len; i += 2)
                p[i / 2] = (char)(cm_hex_value(s.ptr[i]) * 16 + cm_hex_value(s.ptr[i + 1]));
        return cm_sv_make(p, s.len / 2);
}

/* "error CODE" when the module refuses. */
static void answer(struct request *q, struct cm_sv line)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv command;
        struct cm_sv field;
        cm_sv_next_field(&line, ' ', &command);
        q->count = 0;
        while (q->count < ARGUMENTS_MAX && cm_sv_next_field(&line, ' ', &field))
                q->args[q->count++] = unhex(q->arena, field);
        for (size_t i = 0; i < CM_ARRAY_LEN(commands); i++)
                if (cm_sv_eq(command, cm_sv_from_cstr(commands[i].name)) &&
                    commands[i].answer(q, &err) < 0)
                        printf("error %s\n", cm_err_name(err.code));
}

int main(void)
{
        struct cm_arena *kept = cm_arena_new(CM_MIB(64));
        struct request q = { .arena = cm_arena_new(CM_MIB(256)),
                             .zones = { cm_zoneinfo_load, cm_zoneinfo_new(kept, NULL) } };
        static char line[1 << 20];
        while (fgets(line, sizeof(line), stdin) != NULL) {
                struct cm_sv text = cm_sv_from_cstr(line);
                answer(&q, cm_sv_trim(text));
                cm_arena_reset(q.arena);
        }
        cm_arena_free(q.arena);
        cm_arena_free(kept);
        return 0;
}
