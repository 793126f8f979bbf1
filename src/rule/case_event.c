/* SPDX-License-Identifier: Apache-2.0 */
/* Events from their descriptions; see rule_cases.h. */
#include <inttypes.h>

#include "base/escape.h"
#include "base/limits.h"
#include "codec/node_expect.h"
#include "rule/case_internal.h"

enum {
        FAMILY_UNIX = 1,
        FAMILY_IPV4 = 2,
        FAMILY_IPV6 = 10,
        EVENT_BYTES_MAX = 1 << 20
};

static int wrong(struct cm_case_load *l, const struct cm_node *n, const char *what)
{
        return cm_node_wrong(l->source, n->pos, l->err, "%s", what);
}

/* The type of event that rules know by this name. */
static const struct cm_event_info *find_type(struct cm_sv name)
{
        for (const struct cm_event_info *i = cm_event_info_next(NULL); i != NULL;
             i = cm_event_info_next(i))
                if (i->kind != CM_EVENT_HIDDEN && cm_sv_eq(name, cm_sv_from_cstr(i->name)))
                        return i;
        return NULL;
}

/* "O_RDONLY|O_CLOEXEC" */
static bool parse_flags(const struct cm_dictionary *dictionary, struct cm_sv text, int64_t *ret)
{
        struct cm_sv name;
        uint32_t bits = 0;
        int64_t value = 0;
        while (cm_sv_next_field(&text, '|', &name)) {
                if (!cm_dictionary_value(dictionary, cm_sv_trim(name), &bits))
                        return false;
                value |= bits;
        }
        *ret = value;
        return true;
}

static int parse_param(struct cm_case_load *l, const struct cm_node *n,
                       const struct cm_event_param_info *p, int64_t *ret)
{
        struct cm_sv text = cm_node_string(n);
        uint32_t number = 0;
        bool is_result = p->type == CM_EVENT_PARAM_ERRNO || p->type == CM_EVENT_PARAM_FD;
        bool is_name = text.len > 0 && cm_is_alpha(text.ptr[0]);
        if (is_result && cm_sv_eq(text, CM_SV("AT_FDCWD"))) {
                *ret = -100;
                return 0;
        }
        if (is_result && is_name && cm_dictionary_value(&cm_dictionary_errors, text, &number)) {
                *ret = -(int64_t)number;
                return 0;
        }
        if (p->type == CM_EVENT_PARAM_SIGTYPE && is_name &&
            cm_dictionary_value(&cm_dictionary_signals, text, &number)) {
                *ret = number;
                return 0;
        }
        if (is_name && p->dictionary->count > 0) {
                if (parse_flags(p->dictionary, text, ret))
                        return 0;
                return cm_node_wrong(l->source, n->pos, l->err, "'%s' has no value '%s'", p->name,
                                     cm_escape(l->arena, text));
        }
        return cm_case_parse_number(l, n, ret);
}

static void put_address(struct cm_buf *out, const struct cm_address *a, uint16_t port)
{
        cm_buf_put(out, a->bytes, a->family == 4 ? 4 : 16);
        cm_buf_put_le16(out, port);
}

/* "10.0.0.1:1234->10.0.0.2:80", or one end of it. */
static int put_addresses(struct cm_case_load *l, const struct cm_node *n, bool is_tuple,
                         struct cm_buf *out)
{
        struct cm_sv text = cm_node_string(n);
        struct cm_address a, b;
        uint16_t a_port = 0;
        uint16_t b_port = 0;
        ptrdiff_t arrow = cm_sv_find(text, CM_SV("->"));
        if (!is_tuple && text.len > 0 && text.ptr[0] == '/') {
                cm_buf_put_u8(out, FAMILY_UNIX);
                cm_buf_put_sv(out, text);
                cm_buf_put_char(out, '\0');
                return 0;
        }
        struct cm_sv first = arrow < 0 ? text : cm_sv_slice(text, 0, (size_t)arrow);
        struct cm_sv second = arrow < 0 ? CM_SV("") : cm_sv_skip(text, (size_t)arrow + 2);
        if (!cm_case_parse_address(first, &a, &a_port) ||
            (is_tuple && (!cm_case_parse_address(second, &b, &b_port) || a.family != b.family)))
                return wrong(l, n,
                             is_tuple ? "it is written ADDRESS:PORT->ADDRESS:PORT"
                                      : "it is written ADDRESS:PORT or /PATH");
        cm_buf_put_u8(out, a.family == 4 ? FAMILY_IPV4 : FAMILY_IPV6);
        put_address(out, &a, a_port);
        if (is_tuple)
                put_address(out, &b, b_port);
        return 0;
}

static int put_param(struct cm_case_load *l, const struct cm_node *n,
                     const struct cm_event_param_info *p, struct cm_buf *out)
{
        int64_t v = 0;
        switch ((int)p->type) {
        case CM_EVENT_PARAM_CHARBUF:
        case CM_EVENT_PARAM_FSPATH:
        case CM_EVENT_PARAM_FSRELPATH:
                cm_buf_put_sv(out, cm_node_string(n));
                cm_buf_put_char(out, '\0');
                return 0;
        case CM_EVENT_PARAM_BYTEBUF:
                cm_buf_put_sv(out, cm_node_string(n));
                return 0;
        case CM_EVENT_PARAM_CHARBUFARRAY:
                for (size_t i = 0; i < cm_node_count(n); i++) {
                        cm_buf_put_sv(out, cm_node_string(cm_node_at(n, i)));
                        cm_buf_put_char(out, '\0');
                }
                return 0;
        case CM_EVENT_PARAM_SOCKADDR:
                return put_addresses(l, n, false, out);
        case CM_EVENT_PARAM_SOCKTUPLE:
                return put_addresses(l, n, true, out);
        default:
                break;
        }
        size_t size = cm_event_param_bytes(p->type);
        if (size == 0)
                return wrong(l, n, "cases cannot describe arguments of this type");
        int r = parse_param(l, n, p, &v);
        for (size_t i = 0; i < size && r == 0; i++)
                cm_buf_put_u8(out, (uint8_t)((uint64_t)v >> (8 * CM_MIN(i, (size_t)7))));
        return r;
}

static int fill(struct cm_case_load *l, const struct cm_node *args, struct cm_event *event)
{
        struct cm_buf out CM_CLEANUP(cm_buf_fini) = { 0 };
        cm_buf_init(&out, EVENT_BYTES_MAX);
        for (size_t i = 0; cm_node_type(args) == CM_NODE_MAP && i < args->map.count; i++) {
                const struct cm_node_member *m = &args->map.members[i];
                ptrdiff_t at = cm_event_param_find(event->info, m->key);
                if (at < 0)
                        return cm_node_wrong(l->source, m->key_pos, l->err,
                                             "the event has no argument '%s'",
                                             cm_escape(l->arena, m->key));
                cm_buf_clear(&out);
                int r = put_param(l, m->value, &event->info->params[at], &out);
                if (r < 0)
                        return r;
                if (out.len > UINT16_MAX)
                        return wrong(l, m->value, "an argument has at most 65535 bytes");
                event->params[at].bytes = cm_sv_dup(l->arena, cm_buf_sv(&out));
                event->params[at].is_set = true;
        }
        return 0;
}

static void add_extra(struct cm_event *event, enum cm_event_extra id, struct cm_sv text)
{
        event->extras[event->extra_count].id = (uint16_t)id;
        event->extras[event->extra_count++].bytes = text;
}

int cm_case_event(struct cm_case_load *l, const struct cm_node *n, const struct cm_event **ret)
{
        static const char *const known[] = { "type",     "time",     "tid", "args",
                                             "realpath", "io_uring", NULL };
        struct cm_buf bytes CM_CLEANUP(cm_buf_fini) = { 0 };
        struct cm_event event = { .info = NULL };
        struct cm_event *decoded = CM_NEW(l->arena, struct cm_event);
        struct cm_sv type;
        int64_t time_ns = 0;
        int64_t tid = 0;
        int r = cm_node_only(l->arena, l->source, n, known, l->err);
        if (r == 0)
                r = cm_node_text(l->source, n, "type", true, &type, l->err);
        if (r < 0)
                return r;
        event.info = find_type(type);
        if (event.info == NULL)
                return cm_node_wrong(l->source, n->pos, l->err, "there is no event '%s'",
                                     cm_escape(l->arena, type));
        r = cm_case_number(l, n, "time", &time_ns);
        if (r == 0)
                r = cm_case_number(l, n, "tid", &tid);
        if (r == 0)
                r = fill(l, cm_node_get(n, "args"), &event);
        if (r < 0)
                return r;
        event.time_ns = (uint64_t)time_ns;
        event.tid = (uint64_t)tid;
        if (cm_node_get(n, "realpath") != NULL)
                add_extra(&event, CM_EVENT_EXTRA_PATH, cm_node_get_string(n, "realpath"));
        if (cm_node_get(n, "io_uring") != NULL)
                add_extra(&event, CM_EVENT_EXTRA_IO_URING, CM_SV("\x12"));
        cm_buf_init(&bytes, EVENT_BYTES_MAX * 4);
        cm_event_encode(&bytes, &event);
        r = cm_event_decode(cm_sv_dup(l->arena, cm_buf_sv(&bytes)), decoded, l->err);
        *ret = decoded;
        return r;
}
