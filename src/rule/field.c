/* SPDX-License-Identifier: Apache-2.0 */
/* See field.h. */
#include "rule/field.h"

#include <inttypes.h>

#include "base/limits.h"
#include "model/event_format.h"
#include "rule/field_cases.h"

enum {
        SYSCALL = CM_FIELD_OF_SYSCALL,
        AUDIT = CM_FIELD_OF_AUDIT,
        LIST = CM_FIELD_IS_LIST,
        ANY = CM_FIELD_IS_ANY,
        BOTH = CM_FIELD_IS_BOTH,
        HOST = CM_FIELD_IS_HOST
};

const struct cm_field cm_fields[] = {
#define CM_FIELD(name, type, argument, flags, extractor, which, about)  \
        { name,  CM_FIELD_##type,        CM_ARGUMENT_##argument,        \
          flags, cm_extract_##extractor, CM_CASE_##extractor##_##which, \
          about },
#include "rule/fields.def"
#undef CM_FIELD
};
const size_t cm_field_count = CM_ARRAY_LEN(cm_fields);

const char *cm_field_type_name(enum cm_field_type type)
{
        static const char *const names[] = { "text",    "number",  "number",   "number",
                                             "boolean", "address", "network",  "port",
                                             "bytes",   "time",    "duration", "argument" };
        return names[type];
}

/* The longest field that `name` is or begins with; *ret_rest is what stands behind the dot. */
static const struct cm_field *find_longest(struct cm_sv name, struct cm_sv *ret_rest)
{
        const struct cm_field *best = NULL;
        size_t best_len = 0;
        for (size_t i = 0; i < cm_field_count; i++) {
                struct cm_sv field = cm_sv_from_cstr(cm_fields[i].name);
                if (field.len <= best_len || !cm_sv_has_prefix(name, field))
                        continue;
                bool is_whole = field.len == name.len;
                bool has_rest = !is_whole && name.ptr[field.len] == '.' &&
                                cm_fields[i].argument != CM_ARGUMENT_NONE;
                if (!is_whole && !has_rest)
                        continue;
                best = &cm_fields[i];
                best_len = field.len;
        }
        *ret_rest = best == NULL ? CM_SV("") : cm_sv_skip(name, best_len + 1);
        return best;
}

static int64_t to_index(struct cm_sv text)
{
        struct cm_err ignored = CM_ERR_INIT;
        uint64_t v = 0;
        if (text.len == 0 || cm_parse_u64(text, 0, UINT32_MAX, &v, &ignored) < 0)
                return -1;
        return (int64_t)v;
}

/* What evt.arg and evt.rawarg name must be a parameter of some event. */
static bool is_event_parameter(struct cm_sv name, enum cm_field_type *ret_type)
{
        for (const struct cm_event_info *i = cm_event_info_next(NULL); i != NULL;
             i = cm_event_info_next(i)) {
                ptrdiff_t at = cm_event_param_find(i, name);
                if (at < 0)
                        continue;
                switch ((int)i->params[at].type) {
                case CM_EVENT_PARAM_CHARBUF:
                case CM_EVENT_PARAM_CHARBUFARRAY:
                case CM_EVENT_PARAM_FSPATH:
                case CM_EVENT_PARAM_FSRELPATH:
                case CM_EVENT_PARAM_SOCKADDR:
                case CM_EVENT_PARAM_SOCKTUPLE:
                case CM_EVENT_PARAM_FDLIST:
                case CM_EVENT_PARAM_DYN:
                case CM_EVENT_PARAM_IPV4ADDR:
                case CM_EVENT_PARAM_IPV6ADDR:
                        *ret_type = CM_FIELD_STRING;
                        break;
                case CM_EVENT_PARAM_BYTEBUF:
                        *ret_type = CM_FIELD_BYTES;
                        break;
                default:
                        *ret_type = CM_FIELD_INT;
                        break;
                }
                return true;
        }
        return false;
}

static int wrong_argument(const struct cm_field *field, const char *what, struct cm_err *err)
{
        return CM_RAISE(err, CM_E_MALFORMED, "field '%s' %s", field->name, what);
}

int cm_field_find(struct cm_sv name, struct cm_sv argument, bool has_argument,
                  struct cm_field_use *ret, struct cm_err *err)
{
        struct cm_sv rest;
        const struct cm_field *field = find_longest(name, &rest);
        if (field == NULL || (rest.len > 0 && has_argument))
                return CM_RAISE(err, CM_E_MALFORMED, "there is no field '%.*s'",
                                (int)CM_MIN(name.len, (size_t)100), name.ptr);
        struct cm_field_use use = { .field = field, .type = field->type, .index = -1 };
        use.has_argument = has_argument || rest.len > 0;
        use.argument = has_argument ? argument : rest;
        use.index = to_index(use.argument);
        if (use.has_argument && field->argument == CM_ARGUMENT_NONE)
                return wrong_argument(field, "takes no argument", err);
        if (!use.has_argument && field->argument == CM_ARGUMENT_KEY)
                return wrong_argument(field, "needs an argument, as in field[argument]", err);
        if (use.has_argument && field->argument == CM_ARGUMENT_OPTIONAL_INDEX && use.index < 0 &&
            (field->flags & CM_FIELD_OF_AUDIT) == 0)
                return wrong_argument(field, "takes a number between its brackets", err);
        bool is_arg = field->extract == cm_extract_event &&
                      (field->which == CM_CASE_event_ARG || field->which == CM_CASE_event_RAWARG);
        enum cm_field_type type = CM_FIELD_STRING;
        if (is_arg && use.index < 0 && !is_event_parameter(use.argument, &type))
                return CM_RAISE(err, CM_E_MALFORMED, "no event has an argument '%.*s'",
                                (int)CM_MIN(use.argument.len, (size_t)100), use.argument.ptr);
        if (field->type == CM_FIELD_ARGUMENT)
                use.type = use.index < 0 ? type : CM_FIELD_STRING;
        if (field->which == CM_CASE_event_TYPE_IS && field->extract == cm_extract_event &&
            !cm_event_is_name(use.argument))
                return CM_RAISE(err, CM_E_MALFORMED, "there is no event '%.*s'",
                                (int)CM_MIN(use.argument.len, (size_t)100), use.argument.ptr);
        *ret = use;
        return 0;
}

struct cm_values cm_field_extract(struct cm_extract *x, const struct cm_field_use *use)
{
        x->argument = use->has_argument ? use->argument : CM_SV_NULL;
        x->index = use->index;
        x->items = &x->one;
        x->count = 0;
        x->capacity = 1;
        use->field->extract(x, use->field->which);
        if (x->count == 0)
                return (struct cm_values){ NULL, 0 };
        if (x->items == &x->one) {
                struct cm_value *kept =
                        cm_arena_try_alloc(x->scratch, sizeof(*kept), _Alignof(struct cm_value));
                if (kept == NULL) {
                        x->is_short = true;
                        return (struct cm_values){ NULL, 0 };
                }
                *kept = x->one;
                x->items = kept;
        }
        return (struct cm_values){ x->items, x->count };
}

static void put(struct cm_extract *x, struct cm_value value)
{
        if (x->count == x->capacity) {
                size_t capacity = x->capacity * 4;
                struct cm_value *items = cm_arena_try_alloc(x->scratch, capacity * sizeof(*items),
                                                            _Alignof(struct cm_value));
                if (items == NULL) {
                        x->is_short = true;
                        return;
                }
                memcpy(items, x->items, x->count * sizeof(*items));
                x->items = items;
                x->capacity = capacity;
        }
        x->items[x->count++] = value;
}

void cm_extract_put_text(struct cm_extract *x, struct cm_sv text)
{
        put(x, (struct cm_value){ .text = text });
}

void cm_extract_put_text_unless_empty(struct cm_extract *x, struct cm_sv text)
{
        if (text.len > 0)
                cm_extract_put_text(x, text);
}

void cm_extract_put_number(struct cm_extract *x, int64_t number)
{
        put(x, (struct cm_value){ .number = number });
}

void cm_extract_put_bool(struct cm_extract *x, bool value)
{
        put(x, (struct cm_value){ .boolean = value });
}

void cm_extract_put_address(struct cm_extract *x, const struct cm_address *address)
{
        if (address->family != 0)
                put(x, (struct cm_value){ .address = *address });
}

struct cm_buf *cm_extract_begin(struct cm_extract *x)
{
        cm_buf_clear(x->work);
        return x->work;
}

void cm_extract_put_work(struct cm_extract *x)
{
        size_t len = x->work->len;
        char *text = cm_arena_try_alloc(x->scratch, len + 1, 1);
        if (text == NULL || x->work->overflow) {
                x->is_short = true;
                return;
        }
        if (len > 0)
                memcpy(text, x->work->ptr, len);
        cm_extract_put_text(x, cm_sv_make(text, len));
}

void cm_value_put(struct cm_buf *out, enum cm_field_type type, const struct cm_value *value)
{
        switch (type) {
        case CM_FIELD_STRING:
        case CM_FIELD_ARGUMENT:
                cm_buf_put_sv(out, value->text);
                break;
        case CM_FIELD_BYTES:
                for (size_t i = 0; i < value->text.len; i++) {
                        char c = value->text.ptr[i];
                        cm_buf_put_char(out, c >= ' ' && c <= '~' ? c : '.');
                }
                break;
        case CM_FIELD_INT:
                cm_buf_printf(out, "%" PRId64, value->number);
                break;
        case CM_FIELD_UINT:
        case CM_FIELD_REAL:
        case CM_FIELD_PORT:
        case CM_FIELD_ABSTIME:
        case CM_FIELD_RELTIME:
                cm_buf_printf(out, "%" PRIu64, (uint64_t)value->number);
                break;
        case CM_FIELD_BOOL:
                cm_buf_put_str(out, value->boolean ? "true" : "false");
                break;
        case CM_FIELD_ADDRESS:
        case CM_FIELD_NET:
                cm_address_put(out, &value->address);
                break;
        }
}
