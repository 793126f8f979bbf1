/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions in bulk, for conformance and differential tests: reads lines of JSON
 * {"expr": BASE64, "container": TEXT, "vars": {NAME: VALUE}, "declared": [NAME], "late": BOOL, "deduce": BOOL} and writes one line for
 * each: {"value": VALUE, "type": TEXT}, {"error": TEXT, "at": OFFSET} or {"refused": TEXT, "at": OFFSET} (by the
 * parser). VALUE keeps its type: {"int": "1"}, {"double": 1.5}, {"map": [[KEY, VALUE]]} ...
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/vec.h"
#include "cel/cel_number.h"
#include "cel/library.h"
#include "cel/timestamp.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "os/zoneinfo.h"

static CM_NORETURN void die(const char *what)
{
        fprintf(stderr, "cel-driver: %s\n", what);
        exit(2);
}

static struct cm_cel_value value_of(struct cm_arena *arena, const struct cm_json *v);

static struct cm_cel_value list_of(struct cm_arena *arena, const struct cm_json *v)
{
        size_t count = cm_json_count(v);
        struct cm_cel_value *items = CM_NEW_ARRAY(arena, struct cm_cel_value, count + 1);
        for (size_t i = 0; i < count; i++)
                items[i] = value_of(arena, cm_json_at(v, i));
        return cm_cel_list(items, count);
}

static struct cm_cel_value map_of(struct cm_arena *arena, const struct cm_json *v)
{
        struct cm_cel_map *map = CM_NEW(arena, struct cm_cel_map);
        map->count = map->capacity = cm_json_count(v);
        map->entries = CM_NEW_ARRAY(arena, struct cm_cel_entry, map->count + 1);
        for (size_t i = 0; i < map->count; i++) {
                const struct cm_json *pair = cm_json_at(v, i);
                map->entries[i].key = value_of(arena, cm_json_at(pair, 0));
                map->entries[i].value = value_of(arena, cm_json_at(pair, 1));
        }
        return cm_cel_map(map);
}

static struct cm_cel_value scalar_of(struct cm_arena *arena, struct cm_sv tag,
                                     const struct cm_json *v)
{
        struct cm_err err = CM_ERR_INIT;
        struct cm_sv text = cm_json_string(v);
        struct cm_sv bytes = CM_SV("");
        struct cm_duration d = { 0 };
        struct cm_timestamp t = { 0 };
        int64_t i = 0;
        uint64_t u = 0;
        double real = cm_json_number(v, 0);
        if (cm_sv_eq(tag, CM_SV("bool")))
                return cm_cel_bool(cm_json_bool(v, false));
        if (cm_sv_eq(tag, CM_SV("string")))
                return cm_cel_string(text);
        if (cm_sv_eq(tag, CM_SV("type")))
                return cm_cel_type(text);
        if (cm_sv_eq(tag, CM_SV("int")) && cm_parse_i64(text, INT64_MIN, INT64_MAX, &i, &err) == 0)
                return cm_cel_int(i);
        if (cm_sv_eq(tag, CM_SV("uint")) && cm_parse_u64(text, 0, UINT64_MAX, &u, &err) == 0)
                return cm_cel_uint(u);
        if (cm_sv_eq(tag, CM_SV("double")))
                return cm_cel_double(text.len > 0 && cm_cel_parse_double(text, &real) ? real
                                                                                      : real);
        if (cm_sv_eq(tag, CM_SV("bytes")) && cm_base64_decode(arena, text, &bytes, &err) == 0)
                return cm_cel_bytes(bytes);
        if (cm_sv_eq(tag, CM_SV("duration")) && cm_duration_parse(text, &d, &err) == 0)
                return cm_cel_duration(d.s, d.ns);
        if (cm_sv_eq(tag, CM_SV("timestamp")) && cm_timestamp_parse(text, &t, &err) == 0)
                return cm_cel_timestamp(t.s, t.ns);
        die("a value of unknown type");
}

static struct cm_cel_value value_of(struct cm_arena *arena, const struct cm_json *v)
{
        struct cm_json_iter it = cm_json_iter_first(v);
        if (it.value == NULL)
                die("a value without type");
        if (cm_sv_eq(it.key, CM_SV("null")))
                return cm_cel_null();
        if (cm_sv_eq(it.key, CM_SV("list")))
                return list_of(arena, it.value);
        if (cm_sv_eq(it.key, CM_SV("map")))
                return map_of(arena, it.value);
        if (!cm_sv_eq(it.key, CM_SV("optional")))
                return scalar_of(arena, it.key, it.value);
        if (cm_json_type(it.value) == CM_JSON_NULL)
                return cm_cel_none();
        struct cm_cel_value *box = CM_NEW(arena, struct cm_cel_value);
        *box = value_of(arena, it.value);
        return (struct cm_cel_value){ .kind = CM_CEL_OPTIONAL, .boxed = box };
}

static void put_type(struct cm_sv type, struct cm_buf *out)
{
        if (type.len > 0) {
                cm_buf_put_str(out, ",\"type\":");
                cm_buf_put_json(out, type);
        }
        cm_buf_put_str(out, "}\n");
}

static void answer(const char *kind, struct cm_cel_fault fault, struct cm_sv type,
                   struct cm_buf *out)
{
        cm_buf_printf(out, "{\"%s\":", kind);
        cm_buf_put_json(out, fault.text);
        cm_buf_printf(out, ",\"at\":%u", fault.offset);
        put_type(type, out);
}

static void evaluate(struct cm_arena *arena, const struct cm_json *task,
                     const struct cm_zone_source *zones, struct cm_buf *out)
{
        struct cm_err err = CM_ERR_INIT;
        CM_VEC(struct cm_sv) names = { 0 };
        CM_VEC(struct cm_cel_value) slots = { 0 };
        const struct cm_json *vars = cm_json_get(task, "vars");
        const struct cm_json *declared = cm_json_get(task, "declared");
        for (struct cm_json_iter it = cm_json_iter_first(vars); it.value != NULL;
             cm_json_iter_next(&it)) {
                *CM_VEC_PUSH(arena, &names) = it.key;
                *CM_VEC_PUSH(arena, &slots) = value_of(arena, it.value);
        }
        for (size_t i = 0; i < cm_json_count(declared); i++) {
                *CM_VEC_PUSH(arena, &names) = cm_json_string(cm_json_at(declared, i));
                *CM_VEC_PUSH(arena, &slots) = cm_cel_unavailable(arena, CM_SV("no value is bound"));
        }
        struct cm_cel_options options = { .container = cm_json_get_string(task, "container"),
                                          .variables = names.items,
                                          .variable_count = names.count,
                                          .late_names =
                                                  cm_json_bool(cm_json_get(task, "late"), false) };
        const struct cm_cel_program *program = NULL;
        struct cm_cel_fault fault;
        struct cm_sv expr = CM_SV("");
        /* In base 64: the reader of JSON refuses NUL, expressions of the suite hold it. */
        if (cm_base64_decode(arena, cm_json_get_string(task, "expr"), &expr, &err) < 0)
                die(err.text);
        if (cm_cel_parse_fault(arena, expr, &options, &program, &fault, &err) < 0) {
                answer("refused", fault, CM_SV(""), out);
                return;
        }
        struct cm_sv type = CM_SV("");
        if (cm_json_bool(cm_json_get(task, "deduce"), false) &&
            cm_cel_deduce(arena, expr, &options, &type, &fault, &err) < 0) {
                answer("refused", fault, CM_SV(""), out);
                return;
        }
        struct cm_cel_run run = { .slots = slots.items, .scratch = arena, .zones = zones };
        struct cm_cel_value v;
        int r = cm_cel_eval(program, &run, &v, &err);
        if (r < 0) {
                answer("error", (struct cm_cel_fault){ .text = cm_sv_from_cstr(err.text) }, type,
                       out);
        } else if (r == CM_CEL_FAILED) {
                answer("error", cm_cel_fault_of(program, v), type, out);
        } else {
                cm_buf_put_str(out, "{\"value\":");
                cm_cel_put_typed_json(out, arena, v);
                put_type(type, out);
        }
}

int main(void)
{
        struct cm_arena *arena = cm_arena_new(CM_MIB(512));
        struct cm_arena *zone_arena = cm_arena_new(CM_MIB(64));
        struct cm_zone_source zones = { cm_zoneinfo_load, cm_zoneinfo_new(zone_arena, NULL) };
        struct cm_buf out;
        struct cm_buf in;
        struct cm_sv line;
        cm_buf_init(&out, CM_MIB(256));
        cm_buf_init(&in, CM_MIB(256));
        for (char *p; (p = cm_buf_reserve(&in, CM_KIB(64))) != NULL;) {
                size_t n = fread(p, 1, CM_KIB(64), stdin);
                cm_buf_commit(&in, n);
                if (n == 0)
                        break;
        }
        struct cm_sv rest = cm_buf_sv(&in);
        for (; cm_sv_next_line(&rest, &line); cm_arena_reset(arena)) {
                struct cm_err err = CM_ERR_INIT;
                const struct cm_json *task = NULL;
                if (cm_json_parse(arena, line, &task, &err) < 0)
                        die(err.text);
                evaluate(arena, task, &zones, &out);
                if (out.overflow)
                        die("a value is too large or too deep");
                fwrite(out.ptr, 1, out.len, stdout);
                cm_buf_clear(&out);
        }
        cm_buf_fini(&in);
        cm_buf_fini(&out);
        cm_arena_free(arena);
        cm_arena_free(zone_arena);
        return 0;
}
