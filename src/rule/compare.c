/* SPDX-License-Identifier: Apache-2.0 */
/* Checks: which operators a type has, reading constants, comparing; see graph.h. */
#include <arpa/inet.h>
#include <string.h>

#include "base/hash.h"
#include "base/vec.h"
#include "rule/glob.h"
#include "rule/graph.h"
#include "rule/service.h"

enum {
        FEW_VALUES = 4, /* up to here comparing all is faster than hashing */
        HOST_ADDRESSES_MAX = 64
};

#define OP(name)     (1U << CM_FILTER_##name)
#define OPS_EQUALITY (OP(EXISTS) | OP(EQ) | OP(NE) | OP(IN) | OP(INTERSECTS))
#define OPS_ORDER    (OP(LT) | OP(LE) | OP(GT) | OP(GE))

bool cm_check_is_allowed(enum cm_field_type type, bool is_list, enum cm_filter_op op)
{
        unsigned allowed = OPS_EQUALITY;
        switch (type) {
        case CM_FIELD_STRING:
        case CM_FIELD_ARGUMENT:
                allowed |= OPS_ORDER | OP(CONTAINS) | OP(ICONTAINS) | OP(STARTSWITH) |
                           OP(ENDSWITH) | OP(GLOB) | OP(IGLOB) | OP(PMATCH) | OP(REGEX);
                break;
        case CM_FIELD_BYTES:
                allowed |= OP(CONTAINS) | OP(STARTSWITH) | OP(ENDSWITH) | OP(BCONTAINS) |
                           OP(BSTARTSWITH);
                break;
        case CM_FIELD_INT:
        case CM_FIELD_UINT:
        case CM_FIELD_REAL:
        case CM_FIELD_PORT:
        case CM_FIELD_ABSTIME:
        case CM_FIELD_RELTIME:
                allowed |= OPS_ORDER;
                break;
        case CM_FIELD_BOOL:
        case CM_FIELD_ADDRESS:
        case CM_FIELD_NET:
                break;
        }
        if (is_list)
                allowed = OP(IN) | OP(INTERSECTS) | OP(EXISTS);
        return (allowed & 1U << op) != 0;
}

static int wrong(struct cm_sv text, const char *what, struct cm_err *err)
{
        return CM_RAISE(err, CM_E_MALFORMED, "'%.*s' is no %s", (int)CM_MIN(text.len, (size_t)100),
                        text.ptr == NULL ? "" : text.ptr, what);
}

static int read_number(struct cm_sv text, enum cm_field_type type, int64_t *ret, struct cm_err *err)
{
        struct cm_err ignored = CM_ERR_INIT;
        uint64_t unsigned_value = 0;
        uint16_t port = 0;
        struct cm_sv digits = text.len > 1 && text.ptr[0] == '+' ? cm_sv_skip(text, 1) : text;
        if (cm_sv_has_prefix(text, CM_SV("0x")) || cm_sv_has_prefix(text, CM_SV("0X"))) {
                for (size_t i = 2; i < text.len; i++) {
                        int v = cm_hex_value(text.ptr[i]);
                        if (v < 0 || unsigned_value >> 60 != 0)
                                return wrong(text, "number", err);
                        unsigned_value = unsigned_value << 4 | (unsigned)v;
                }
                *ret = (int64_t)unsigned_value;
                return text.len > 2 ? 0 : wrong(text, "number", err);
        }
        if (type == CM_FIELD_PORT && cm_service_port(text, &port)) {
                *ret = port;
                return 0;
        }
        if (cm_parse_i64(digits, INT64_MIN, INT64_MAX, ret, &ignored) == 0) {
                /* C's own reading of -1 as an id: "nobody". */
                if (*ret == -1 && type == CM_FIELD_UINT)
                        *ret = UINT32_MAX;
                return 0;
        }
        cm_err_clear(&ignored);
        if (type != CM_FIELD_INT &&
            cm_parse_u64(digits, 0, UINT64_MAX, &unsigned_value, &ignored) == 0) {
                *ret = (int64_t)unsigned_value;
                return 0;
        }
        return wrong(text, type == CM_FIELD_PORT ? "port" : "number", err);
}

static int read_network(struct cm_sv text, bool may_have_mask, struct cm_network *ret,
                        struct cm_err *err)
{
        char address[INET6_ADDRSTRLEN + 1] = { 0 };
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_sv head, mask;
        uint64_t bits = 0;
        bool has_mask = cm_sv_cut(text, '/', &head, &mask);
        *ret = (struct cm_network){ .prefix_bits = 0 };
        if (head.len == 0 || head.len >= sizeof(address) || (has_mask && !may_have_mask))
                return wrong(text, may_have_mask ? "network" : "address", err);
        memcpy(address, head.ptr, head.len);
        if (inet_pton(AF_INET, address, ret->address.bytes) == 1)
                ret->address.family = 4;
        else if (inet_pton(AF_INET6, address, ret->address.bytes) == 1)
                ret->address.family = 6;
        else
                return wrong(text, may_have_mask ? "network" : "address", err);
        unsigned most = ret->address.family == 4 ? 32 : 128;
        ret->prefix_bits = most;
        if (has_mask && cm_parse_u64(mask, 0, most, &bits, &ignored) < 0)
                return wrong(text, "network", err);
        if (has_mask)
                ret->prefix_bits = (unsigned)bits;
        return 0;
}

static int read_hex(struct cm_arena *arena, struct cm_sv text, struct cm_sv *ret,
                    struct cm_err *err)
{
        if (text.len == 0 || text.len % 2 != 0)
                return wrong(text, "sequence of bytes as pairs of hexadecimal digits", err);
        char *bytes = cm_arena_alloc(arena, text.len / 2, 1);
        for (size_t i = 0; i < text.len / 2; i++) {
                int high = cm_hex_value(text.ptr[2 * i]);
                int low = cm_hex_value(text.ptr[2 * i + 1]);
                if (high < 0 || low < 0)
                        return wrong(text, "sequence of bytes as pairs of hexadecimal digits", err);
                bytes[i] = (char)(high * 16 + low);
        }
        *ret = cm_sv_make(bytes, text.len / 2);
        return 0;
}

static int read_regex(struct cm_arena *arena, struct cm_sv text, const struct cm_regex **ret,
                      struct cm_err *err)
{
        struct cm_err problem = CM_ERR_INIT;
        /* The whole value must match. */
        struct cm_sv pattern =
                cm_sv_join(arena, CM_SV("\\A(?:"), cm_sv_join(arena, text, CM_SV(")\\z")));
        if (cm_regex_compile(arena, pattern, ret, &problem) < 0)
                return CM_RAISE(err, CM_E_MALFORMED, "regular expression: %s", problem.text);
        return 0;
}

static int read_value(struct cm_arena *arena, const struct cm_check_def *check, struct cm_sv text,
                      struct cm_value *ret, struct cm_err *err)
{
        switch (check->type) {
        case CM_FIELD_STRING:
        case CM_FIELD_ARGUMENT:
                ret->text = text;
                return 0;
        case CM_FIELD_BYTES:
                if (check->op == CM_FILTER_BCONTAINS || check->op == CM_FILTER_BSTARTSWITH)
                        return read_hex(arena, text, &ret->text, err);
                ret->text = text;
                return 0;
        case CM_FIELD_INT:
        case CM_FIELD_UINT:
        case CM_FIELD_PORT:
        case CM_FIELD_ABSTIME:
        case CM_FIELD_RELTIME:
                return read_number(text, check->type, &ret->number, err);
        case CM_FIELD_BOOL:
                ret->boolean = cm_sv_eq(text, CM_SV("true"));
                return ret->boolean || cm_sv_eq(text, CM_SV("false"))
                               ? 0
                               : wrong(text, "boolean: true or false", err);
        case CM_FIELD_REAL:
        case CM_FIELD_ADDRESS:
        case CM_FIELD_NET:
                return 0;
        }
        return 0;
}

static void make_set(struct cm_arena *arena, struct cm_check_def *check)
{
        size_t size = 8;
        if (check->count <= FEW_VALUES ||
            (check->type != CM_FIELD_STRING && check->type != CM_FIELD_BYTES))
                return;
        while (size < check->count * 2)
                size *= 2;
        check->set = CM_NEW_ARRAY(arena, uint32_t, size);
        check->set_size = size;
        for (size_t i = 0; i < check->count; i++) {
                size_t at = cm_hash64(check->values[i].text, 0) & (size - 1);
                while (check->set[at] != 0)
                        at = (at + 1) & (size - 1);
                check->set[at] = (uint32_t)i + 1;
        }
}

int cm_check_set_values(struct cm_arena *arena, struct cm_check_def *check,
                        const struct cm_filter_term *terms, size_t count, struct cm_err *err)
{
        bool is_address = check->type == CM_FIELD_ADDRESS || check->type == CM_FIELD_NET;
        struct cm_value *values = CM_NEW_ARRAY(arena, struct cm_value, count);
        struct cm_network *networks = CM_NEW_ARRAY(arena, struct cm_network, count);
        const struct cm_regex **regexes = CM_NEW_ARRAY(arena, const struct cm_regex *, count);
        int r = 0;
        for (size_t i = 0; i < count && r == 0; i++) {
                if (check->compares_hosts)
                        values[i].text = terms[i].text;
                else if (is_address)
                        r = read_network(terms[i].text, check->type == CM_FIELD_NET, &networks[i],
                                         err);
                else if (check->op == CM_FILTER_REGEX)
                        r = read_regex(arena, terms[i].text, &regexes[i], err);
                else
                        r = read_value(arena, check, terms[i].text, &values[i], err);
        }
        if (r < 0)
                return r;
        check->values = values;
        check->networks = networks;
        check->regexes = regexes;
        check->count = count;
        if (!check->compares_hosts)
                make_set(arena, check);
        return 0;
}

static bool contains_nocase(struct cm_sv text, struct cm_sv part)
{
        for (size_t i = 0; i + part.len <= text.len; i++)
                if (cm_sv_eq_nocase(cm_sv_slice(text, i, i + part.len), part))
                        return true;
        return false;
}

static bool contains(struct cm_sv text, struct cm_sv part)
{
        return part.len == 0 ||
               (text.len >= part.len && memmem(text.ptr, text.len, part.ptr, part.len) != NULL);
}

static bool order(enum cm_filter_op op, int compared)
{
        switch ((int)op) {
        case CM_FILTER_LT:
                return compared < 0;
        case CM_FILTER_LE:
                return compared <= 0;
        case CM_FILTER_GT:
                return compared > 0;
        case CM_FILTER_GE:
                return compared >= 0;
        case CM_FILTER_NE:
                return compared != 0;
        default:
                return compared == 0;
        }
}

static bool compare_text(enum cm_filter_op op, struct cm_sv a, struct cm_sv b)
{
        switch (op) {
        case CM_FILTER_CONTAINS:
        case CM_FILTER_BCONTAINS:
                return contains(a, b);
        case CM_FILTER_ICONTAINS:
                return contains_nocase(a, b);
        case CM_FILTER_STARTSWITH:
        case CM_FILTER_BSTARTSWITH:
                return cm_sv_has_prefix(a, b);
        case CM_FILTER_ENDSWITH:
                return cm_sv_has_suffix(a, b);
        case CM_FILTER_GLOB:
                return cm_glob_match(b, a, false);
        case CM_FILTER_IGLOB:
                return cm_glob_match(b, a, true);
        case CM_FILTER_PMATCH:
                return cm_path_below(a, b);
        case CM_FILTER_LT:
        case CM_FILTER_LE:
        case CM_FILTER_GT:
        case CM_FILTER_GE:
                return order(op, cm_sv_cmp(a, b));
        case CM_FILTER_NE:
                return !cm_sv_eq(a, b);
        case CM_FILTER_EXISTS:
        case CM_FILTER_EQ:
        case CM_FILTER_EQ2:
        case CM_FILTER_REGEX: /* is compiled: compare_constant() */
        case CM_FILTER_INTERSECTS:
        case CM_FILTER_IN:
                return cm_sv_eq(a, b);
        }
        return false;
}

static bool in_network(const struct cm_address *a, const struct cm_network *n)
{
        unsigned whole = n->prefix_bits / 8;
        unsigned rest = n->prefix_bits % 8;
        if (a->family != n->address.family || memcmp(a->bytes, n->address.bytes, whole) != 0)
                return false;
        return rest == 0 || ((a->bytes[whole] ^ n->address.bytes[whole]) >> (8 - rest)) == 0;
}

static int compare_numbers(enum cm_field_type type, int64_t a, int64_t b)
{
        if (type == CM_FIELD_INT)
                return a < b ? -1 : a > b;
        return (uint64_t)a < (uint64_t)b ? -1 : (uint64_t)a > (uint64_t)b;
}

static bool compare_values(const struct cm_check_def *check, const struct cm_value *a,
                           const struct cm_value *b)
{
        const struct cm_network whole = { b->address, b->address.family == 4 ? 32 : 128 };
        switch (check->type) {
        case CM_FIELD_STRING:
        case CM_FIELD_ARGUMENT:
        case CM_FIELD_BYTES:
                return compare_text(check->op, a->text, b->text);
        case CM_FIELD_INT:
        case CM_FIELD_UINT:
        case CM_FIELD_REAL:
        case CM_FIELD_PORT:
        case CM_FIELD_ABSTIME:
        case CM_FIELD_RELTIME:
                return order(check->op, compare_numbers(check->type, a->number, b->number));
        case CM_FIELD_BOOL:
                return (a->boolean == b->boolean) == (check->op != CM_FILTER_NE);
        case CM_FIELD_ADDRESS:
        case CM_FIELD_NET:
                return in_network(&a->address, &whole) == (check->op != CM_FILTER_NE);
        }
        return false;
}

static bool host_is(const struct cm_address *address, struct cm_sv name,
                    const struct cm_compare *compare)
{
        const struct cm_process_lookup *l = compare->lookup;
        struct cm_address found[HOST_ADDRESSES_MAX];
        if (l == NULL || l->host_addresses == NULL)
                return false;
        size_t count = l->host_addresses(l->ctx, name, found, HOST_ADDRESSES_MAX);
        for (size_t i = 0; i < CM_MIN(count, (size_t)HOST_ADDRESSES_MAX); i++)
                if (found[i].family == address->family &&
                    memcmp(found[i].bytes, address->bytes, sizeof(found[i].bytes)) == 0)
                        return true;
        return false;
}

/* One value against the i-th constant. */
static bool compare_constant(const struct cm_check_def *check, const struct cm_value *a, size_t i,
                             const struct cm_compare *compare)
{
        bool negate = check->op == CM_FILTER_NE;
        if (check->compares_hosts)
                return host_is(&a->address, check->values[i].text, compare) != negate;
        if (check->type == CM_FIELD_ADDRESS || check->type == CM_FIELD_NET)
                return in_network(&a->address, &check->networks[i]) != negate;
        if (check->op == CM_FILTER_REGEX)
                return cm_regex_search(check->regexes[i], a->text, compare->scratch, NULL);
        return compare_values(check, a, &check->values[i]);
}

static bool is_member(const struct cm_check_def *check, const struct cm_value *a,
                      struct cm_values right, const struct cm_compare *compare)
{
        if (check->right != CM_SLOT_NONE) {
                for (size_t i = 0; i < right.count; i++)
                        if (compare_values(check, a, &right.items[i]))
                                return true;
                return false;
        }
        if (check->set != NULL && check->op != CM_FILTER_PMATCH) {
                size_t at = cm_hash64(a->text, 0) & (check->set_size - 1);
                for (; check->set[at] != 0; at = (at + 1) & (check->set_size - 1))
                        if (cm_sv_eq(check->values[check->set[at] - 1].text, a->text))
                                return true;
                return false;
        }
        for (size_t i = 0; i < check->count; i++)
                if (compare_constant(check, a, i, compare))
                        return true;
        return false;
}

static bool matches_modifier(const struct cm_check_def *check, const struct cm_value *a,
                             const struct cm_compare *compare)
{
        size_t matched = 0;
        for (size_t i = 0; i < check->count; i++)
                matched += compare_constant(check, a, i, compare);
        if (check->modifier == CM_FILTER_ONEOF)
                return matched == 1;
        return check->modifier == CM_FILTER_ANYOF ? matched > 0 : matched == check->count;
}

/* One value against what the check compares with. */
static bool holds_for(const struct cm_check_def *check, const struct cm_value *a,
                      struct cm_values right, const struct cm_compare *compare)
{
        if (cm_filter_op_takes_list(check->op))
                return is_member(check, a, right, compare);
        if (check->modifier != CM_FILTER_PLAIN)
                return matches_modifier(check, a, compare);
        if (check->right != CM_SLOT_NONE)
                return compare_values(check, a, &right.items[0]);
        return check->count > 0 && compare_constant(check, a, 0, compare);
}

bool cm_check_holds(const struct cm_check_def *check, struct cm_values left, struct cm_values right,
                    const struct cm_compare *compare)
{
        if (left.count == 0 || (check->right != CM_SLOT_NONE && right.count == 0))
                return false;
        if (check->op == CM_FILTER_EXISTS)
                return true;
        bool is_list = (check->flags & CM_FIELD_IS_LIST) != 0;
        bool needs_all = (is_list && check->op == CM_FILTER_IN) ||
                         ((check->flags & CM_FIELD_IS_BOTH) != 0 && check->op == CM_FILTER_NE);
        for (size_t i = 0; i < left.count; i++)
                if (holds_for(check, &left.items[i], right, compare) != needs_all)
                        return !needs_all;
        return needs_all;
}
