/* SPDX-License-Identifier: Apache-2.0 */
/* What functions use of a run: memory, cost, errors. See library.h. */
#include <stdarg.h>
#include <stdio.h>

#include "base/escape.h"
#include "cel/cel_program.h"

bool cm_cel_charge(struct cm_cel_context *cx, uint64_t cost)
{
        if (__builtin_add_overflow(cx->cost, cost, &cx->cost))
                cx->cost = UINT64_MAX;
        if (cx->cost > cx->cost_max)
                cx->is_over = true;
        return !cx->is_over;
}

bool cm_cel_reserve(struct cm_cel_context *cx, size_t size_bytes)
{
        if (size_bytes > cx->bytes_max - cx->bytes || !cm_cel_charge(cx, size_bytes / 64)) {
                cx->is_over = true;
                return false;
        }
        cx->bytes += size_bytes;
        return true;
}

void *cm_cel_alloc(struct cm_cel_context *cx, size_t size_bytes)
{
        if (!cm_cel_reserve(cx, size_bytes))
                return NULL;
        void *p = cm_arena_try_alloc(cx->arena, size_bytes, 16);
        if (p == NULL)
                cx->is_over = true;
        return p;
}

void *cm_cel_alloc_array(struct cm_cel_context *cx, size_t count, size_t size_bytes)
{
        size_t all = 0;
        if (__builtin_mul_overflow(count, size_bytes, &all)) {
                cx->is_over = true;
                return NULL;
        }
        return cm_cel_alloc(cx, all);
}

struct cm_cel_value *cm_cel_alloc_values(struct cm_cel_context *cx, size_t count)
{
        return cm_cel_alloc_array(cx, count, sizeof(struct cm_cel_value));
}

struct cm_cel_value cm_cel_no_memory(struct cm_cel_context *cx)
{
        cx->is_over = true;
        return cm_cel_null();
}

struct cm_cel_memo *cm_cel_memo(struct cm_cel_context *cx)
{
        return cx->run->memo;
}

struct cm_arena *cm_cel_arena(struct cm_cel_context *cx)
{
        return cx->arena;
}

const struct cm_zone_source *cm_cel_zones(struct cm_cel_context *cx)
{
        return cx->zones;
}

struct cm_cel_value cm_cel_fail(struct cm_cel_context *cx, const char *format, ...)
{
        char text[256];
        va_list args;
        va_start(args, format);
        int n = vsnprintf(text, sizeof(text), format, args);
        va_end(args);
        size_t len = n < 0 ? 0 : CM_MIN((size_t)n, sizeof(text) - 1);
        struct cm_cel_reason *reason = cm_cel_alloc(cx, sizeof(*reason) + len);
        if (reason == NULL || !cm_cel_charge(cx, 10))
                return cm_cel_no_memory(cx);
        char *copy = (char *)(reason + 1);
        memcpy(copy, text, len);
        *reason = (struct cm_cel_reason){ cm_sv_make(copy, len), cx->ins };
        return (struct cm_cel_value){ .kind = CM_CEL_ERROR, .reason = reason };
}

struct cm_cel_value cm_cel_placed(struct cm_cel_context *cx, struct cm_cel_value v)
{
        if (v.kind != CM_CEL_ERROR || v.reason->ins != UINT32_MAX)
                return v;
        return cm_cel_fail(cx, "%.*s", CM_SV_ARG(v.reason->text));
}

struct cm_cel_value cm_cel_known(struct cm_cel_context *cx, struct cm_cel_value result)
{
        if (CM_LIKELY(cx->met == NULL))
                return result;
        const struct cm_cel_reason *met = cx->met;
        cx->met = NULL;
        return cm_cel_fail(cx, "%.*s", CM_SV_ARG(met->text));
}

struct cm_cel_value cm_cel_fail_err(struct cm_cel_context *cx, struct cm_err *err)
{
        struct cm_cel_value v = cm_cel_fail(cx, "%s", err->text);
        cm_err_clear(err);
        return v;
}

const char *cm_cel_show(struct cm_cel_context *cx, struct cm_sv s)
{
        enum {
                SHOWN_BYTES = 80
        };
        /* An escaped byte has ten at most. */
        if (!cm_cel_charge(cx, 20) || !cm_cel_reserve(cx, SHOWN_BYTES * 10))
                return "";
        return cm_escape(cx->arena, cm_sv_slice(s, 0, SHOWN_BYTES));
}

struct cm_cel_value cm_cel_no_overload(struct cm_cel_context *cx, const char *name,
                                       const struct cm_cel_value *args, size_t count)
{
        char text[200];
        size_t len = 0;
        for (size_t i = 0; i < count && len + 40 < sizeof(text); i++) {
                int n = snprintf(text + len, sizeof(text) - len, "%s%.*s", i == 0 ? "" : ", ",
                                 CM_SV_ARG(cm_cel_type_name(args[i])));
                len += n < 0 ? 0 : CM_MIN((size_t)n, sizeof(text) - len - 1);
        }
        return cm_cel_fail(cx, "no such overload: %s(%.*s)", name, (int)len, text);
}

struct cm_cel_value cm_cel_string_dup(struct cm_cel_context *cx, struct cm_sv s)
{
        char *copy = cm_cel_alloc(cx, s.len);
        if (copy == NULL)
                return cm_cel_no_memory(cx);
        if (s.len > 0)
                memcpy(copy, s.ptr, s.len);
        return cm_cel_string(cm_sv_make(copy, s.len));
}
