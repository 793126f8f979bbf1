/* SPDX-License-Identifier: Apache-2.0 */
/* See event.h. */
#include "model/event.h"

#include "base/cursor.h"

#define CM_NAMED(name, value) { #name, value },
#define CM_DICTIONARY(id, ...)                                       \
        static const struct cm_named names_##id[] = { __VA_ARGS__ }; \
        const struct cm_dictionary cm_dictionary_##id;               \
        const struct cm_dictionary cm_dictionary_##id = { names_##id, CM_ARRAY_LEN(names_##id) };
#include "model/event_dictionary.def"
#undef CM_DICTIONARY
#undef CM_NAMED

static const struct cm_dictionary cm_dictionary_none = { NULL, 0 };

static const struct cm_named syscalls[] = {
#define CM_NAMED(name, value) { #name, value },
#include "model/syscall.def"
#undef CM_NAMED
};

#define CM_PARAM_DEC 'd'
#define CM_PARAM_OCT 'o'
#define CM_PARAM_HEX 'x'
#define CM_PARAM(name, type, format, dictionary) \
        { #name, CM_EVENT_PARAM_##type, CM_PARAM_##format, &cm_dictionary_##dictionary },
#define CM_EVENT(number, kind, name, category, ...)                                            \
        static const struct cm_event_param_info params_##number[] = { __VA_ARGS__{ NULL, 0, 0, \
                                                                                   NULL } };
#include "model/event.def"
#undef CM_EVENT
#undef CM_PARAM

static const struct cm_event_info infos[CM_EVENT_TYPES] = {
#define CM_EVENT(number, kind, name, category, ...) \
        [number] = { number,                        \
                     CM_EVENT_##kind,               \
                     name,                          \
                     CM_EVENT_CATEGORY_##category,  \
                     params_##number,               \
                     CM_ARRAY_LEN(params_##number) - 1 },
#include "model/event.def"
#undef CM_EVENT
};

static const struct {
        uint8_t bytes;
        bool is_signed;
} param_types[] = {
#define X(name, bytes, is_signed) { bytes, is_signed },
        CM_EVENT_PARAM_TYPES(X)
#undef X
};

const struct cm_event_info *cm_event_info(uint64_t number)
{
        return number < CM_EVENT_TYPES && infos[number].name != NULL ? &infos[number] : NULL;
}

const struct cm_event_info *cm_event_info_next(const struct cm_event_info *info)
{
        for (size_t i = info == NULL ? 0 : (size_t)info->number + 1; i < CM_EVENT_TYPES; i++)
                if (infos[i].name != NULL)
                        return &infos[i];
        return NULL;
}

bool cm_event_is_name(struct cm_sv name)
{
        for (size_t i = 0; i < CM_EVENT_TYPES; i++)
                if (infos[i].name != NULL && cm_sv_eq(name, cm_sv_from_cstr(infos[i].name)))
                        return true;
        for (size_t i = 0; i < CM_ARRAY_LEN(syscalls); i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(syscalls[i].name)))
                        return true;
        return false;
}

/* Large types count lengths in 32 bits: they hold documents. */
static bool is_large(uint16_t number)
{
        enum {
                PLUGIN = 322,
                CONTAINER = 324,
                ASYNC = 402
        };
        return number == PLUGIN || number == CONTAINER || number == ASYNC;
}

static int decode_extra(struct cm_event *event, struct cm_sv bytes, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        if (event->extra_count == CM_EVENT_EXTRAS_MAX)
                return CM_RAISE(err, CM_E_LIMIT, "an event has more than %d parameters of our own",
                                CM_EVENT_EXTRAS_MAX);
        event->extras[event->extra_count].id = cm_cursor_le16(&c);
        event->extras[event->extra_count].bytes = cm_cursor_take(&c, c.len);
        event->extra_count++;
        return cm_cursor_check(&c, "parameter of an event", err);
}

/* How many lengths stand behind the header, when they and what they count fill the event; or -1. */
static int64_t find_count(struct cm_sv rest, size_t width)
{
        struct cm_cursor lengths = cm_cursor_make(rest);
        size_t used = 0;
        for (int64_t count = 0; !lengths.failed; count++) {
                if (used + (size_t)count * width == rest.len)
                        return count;
                used += width == 2 ? cm_cursor_le16(&lengths) : cm_cursor_le32(&lengths);
                if (used > rest.len)
                        return -1;
        }
        return -1;
}

static int decode(struct cm_sv bytes, bool is_counted, struct cm_event *ret, struct cm_err *err)
{
        struct cm_cursor c = cm_cursor_make(bytes);
        struct cm_event event = { .time_ns = cm_cursor_le64(&c) };
        event.tid = cm_cursor_le64(&c);
        uint32_t length = cm_cursor_le32(&c);
        uint16_t number = cm_cursor_le16(&c);
        uint32_t counts = is_counted ? cm_cursor_le32(&c) : 0;
        int r = cm_cursor_check(&c, "event", err);
        if (r < 0)
                return r;
        if (length != bytes.len)
                return CM_RAISE(err, CM_E_MALFORMED, "an event of %zu bytes says it has %u",
                                bytes.len, length);
        event.info = cm_event_info(number);
        if (event.info == NULL)
                return CM_RAISE(err, CM_E_UNSUPPORTED, "there is no event of type %u", number);
        size_t width = is_large(number) ? 4 : 2;
        if (!is_counted) {
                int64_t found = find_count(cm_sv_skip(bytes, c.offset), width);
                if (found < 0 || found > UINT16_MAX)
                        return CM_RAISE(err, CM_E_MALFORMED,
                                        "the lengths of an event's parameters do not fill it");
                counts = (uint32_t)found;
        }
        size_t count = counts & 0xffff;
        size_t total = count + (counts >> 16);
        struct cm_cursor lengths = cm_cursor_at(bytes, c.offset, total * width);
        struct cm_cursor values = c;
        cm_cursor_skip(&values, total * width);
        for (size_t i = 0; i < total && r == 0 && !lengths.failed && !values.failed; i++) {
                size_t len = width == 2 ? cm_cursor_le16(&lengths) : cm_cursor_le32(&lengths);
                struct cm_sv value = cm_cursor_take(&values, len);
                if (i >= count)
                        r = decode_extra(&event, value, err);
                else if (i < event.info->param_count)
                        event.params[i] = (struct cm_event_param){
                                value,
                                len > 0 || event.info->params[i].type == CM_EVENT_PARAM_BYTEBUF,
                        };
        }
        if (r == 0)
                r = cm_cursor_check(&values, "event", err);
        if (r == 0 && values.len > 0)
                r = CM_RAISE(err, CM_E_MALFORMED, "an event has %zu bytes behind its parameters",
                             values.len);
        if (r == 0)
                *ret = event;
        return r;
}

int cm_event_decode(struct cm_sv bytes, struct cm_event *ret, struct cm_err *err)
{
        return decode(bytes, true, ret, err);
}

int cm_event_decode_uncounted(struct cm_sv bytes, struct cm_event *ret, struct cm_err *err)
{
        return decode(bytes, false, ret, err);
}

static void put_length(struct cm_buf *out, size_t width, size_t len)
{
        CM_ASSERT(width == 4 || len <= UINT16_MAX);
        if (width == 2)
                cm_buf_put_le16(out, (uint16_t)len);
        else
                cm_buf_put_le32(out, (uint32_t)len);
}

void cm_event_encode(struct cm_buf *out, const struct cm_event *event)
{
        size_t width = is_large(event->info->number) ? 4 : 2;
        size_t count = event->info->param_count;
        size_t len = CM_EVENT_HEADER_BYTES + (count + event->extra_count) * width;
        for (size_t i = 0; i < count; i++)
                len += event->params[i].bytes.len;
        for (size_t i = 0; i < event->extra_count; i++)
                len += 2 + event->extras[i].bytes.len;
        CM_ASSERT(len <= UINT32_MAX);
        cm_buf_put_le64(out, event->time_ns);
        cm_buf_put_le64(out, event->tid);
        cm_buf_put_le32(out, (uint32_t)len);
        cm_buf_put_le16(out, event->info->number);
        cm_buf_put_le32(out, (uint32_t)(count | event->extra_count << 16));
        for (size_t i = 0; i < count; i++)
                put_length(out, width, event->params[i].bytes.len);
        for (size_t i = 0; i < event->extra_count; i++)
                put_length(out, width, 2 + event->extras[i].bytes.len);
        for (size_t i = 0; i < count; i++)
                cm_buf_put_sv(out, event->params[i].bytes);
        for (size_t i = 0; i < event->extra_count; i++) {
                cm_buf_put_le16(out, event->extras[i].id);
                cm_buf_put_sv(out, event->extras[i].bytes);
        }
}

size_t cm_event_param_bytes(enum cm_event_param_type type)
{
        return param_types[type].bytes;
}

ptrdiff_t cm_event_param_find(const struct cm_event_info *info, struct cm_sv name)
{
        for (size_t i = 0; i < info->param_count; i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(info->params[i].name)))
                        return (ptrdiff_t)i;
        return -1;
}

bool cm_event_number(const struct cm_event *event, size_t index, int64_t *ret)
{
        if (index >= event->info->param_count || !event->params[index].is_set)
                return false;
        enum cm_event_param_type type = event->info->params[index].type;
        struct cm_sv bytes = event->params[index].bytes;
        if (param_types[type].bytes != bytes.len || bytes.len > 8 || bytes.len == 0)
                return false;
        struct cm_cursor c = cm_cursor_make(bytes);
        switch (bytes.len) {
        case 1:
                *ret = cm_cursor_u8(&c);
                break;
        case 2:
                *ret = cm_cursor_le16(&c);
                if (param_types[type].is_signed)
                        *ret = (int16_t)*ret;
                break;
        case 4:
                *ret = cm_cursor_le32(&c);
                if (param_types[type].is_signed)
                        *ret = (int32_t)*ret;
                break;
        default:
                *ret = (int64_t)cm_cursor_le64(&c);
                break;
        }
        return !c.failed;
}

bool cm_event_number_of(const struct cm_event *event, const char *name, int64_t *ret)
{
        ptrdiff_t i = cm_event_param_find(event->info, cm_sv_from_cstr(name));
        return i >= 0 && cm_event_number(event, (size_t)i, ret);
}

bool cm_event_text(const struct cm_event *event, size_t index, struct cm_sv *ret)
{
        if (index >= event->info->param_count || !event->params[index].is_set)
                return false;
        struct cm_sv bytes = event->params[index].bytes;
        ptrdiff_t end = cm_sv_find_char(bytes, '\0');
        *ret = end < 0 ? bytes : cm_sv_slice(bytes, 0, (size_t)end);
        return true;
}

bool cm_event_text_of(const struct cm_event *event, const char *name, struct cm_sv *ret)
{
        ptrdiff_t i = cm_event_param_find(event->info, cm_sv_from_cstr(name));
        return i >= 0 && cm_event_text(event, (size_t)i, ret);
}

bool cm_event_extra(const struct cm_event *event, enum cm_event_extra id, struct cm_sv *ret)
{
        for (size_t i = 0; i < event->extra_count; i++)
                if (event->extras[i].id == (uint16_t)id) {
                        *ret = event->extras[i].bytes;
                        return true;
                }
        return false;
}

bool cm_event_result(const struct cm_event *event, int64_t *ret)
{
        if (event->info->kind != CM_EVENT_EXIT || event->info->param_count == 0)
                return false;
        const struct cm_event_param_info *first = &event->info->params[0];
        if (cm_sv_eq(cm_sv_from_cstr(first->name), CM_SV("res")) ||
            first->type == CM_EVENT_PARAM_FD)
                return cm_event_number(event, 0, ret);
        return false;
}

const char *cm_dictionary_name(const struct cm_dictionary *dictionary, uint32_t value)
{
        for (size_t i = 0; i < dictionary->count; i++)
                if (dictionary->names[i].value == value)
                        return dictionary->names[i].name;
        return NULL;
}

bool cm_dictionary_value(const struct cm_dictionary *dictionary, struct cm_sv name, uint32_t *ret)
{
        for (size_t i = 0; i < dictionary->count; i++)
                if (cm_sv_eq(name, cm_sv_from_cstr(dictionary->names[i].name))) {
                        *ret = dictionary->names[i].value;
                        return true;
                }
        return false;
}

const char *cm_syscall_name(uint64_t number)
{
        size_t low = 0;
        size_t high = CM_ARRAY_LEN(syscalls);
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (syscalls[middle].value < number)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < CM_ARRAY_LEN(syscalls) && syscalls[low].value == number ? syscalls[low].name
                                                                             : NULL;
}

struct cm_sv cm_event_name(const struct cm_event *event)
{
        enum {
                GENERIC = 1
        };
        int64_t native = 0;
        if (event->info->number == GENERIC && cm_event_number_of(event, "nativeID", &native)) {
                const char *name = cm_syscall_name((uint64_t)native);
                if (name != NULL)
                        return cm_sv_from_cstr(name);
        }
        return cm_sv_from_cstr(event->info->name);
}
