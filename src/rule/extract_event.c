/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of the event itself: evt.* */
#include <inttypes.h>

#include "base/time.h"
#include "model/event_format.h"
#include "rule/field_cases.h"

enum {
        NS_PER_S = 1000000000,
        EVENT_ASYNC = 402,
        EVENT_PROCINFO = 234,
        OPEN_READ = 1,
        OPEN_WRITE = 2,
        OPEN_CREAT = 1 << 2,
        OPEN_TMPFILE = 1 << 13,
        OPEN_CREATED = 1 << 14,
        MODE_EXECUTE = 0111
};

static bool is_named(const struct cm_event *e, const char *name)
{
        return cm_sv_eq(cm_sv_from_cstr(e->info->name), cm_sv_from_cstr(name));
}

static void put_time(struct cm_extract *x, bool date, bool fraction, char between, const char *end)
{
        struct cm_buf *out = cm_extract_begin(x);
        uint64_t ns = x->c->event == NULL ? 0 : x->c->event->time_ns;
        uint64_t s = ns / NS_PER_S;
        char text[CM_TIME_TEXT_BYTES];
        if (date) {
                cm_buf_put_str(out, cm_date_format((int64_t)s, text));
                cm_buf_put_char(out, between);
        }
        cm_buf_printf(out, "%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64, s / 3600 % 24, s / 60 % 60,
                      s % 60);
        if (fraction)
                cm_buf_printf(out, ".%09" PRIu64, ns % NS_PER_S);
        cm_buf_put_str(out, end);
        cm_extract_put_work(x);
}

/* One of: the whole, its seconds, the nanoseconds of the last second. */
static void put_parts(struct cm_extract *x, int64_t ns, int part)
{
        cm_extract_put_number(x, part == 0 ? ns : part == 1 ? ns / NS_PER_S : ns % NS_PER_S);
}

static void put_latency(struct cm_extract *x, int which)
{
        int64_t ns = x->c->latency_ns;
        if (ns < 0 || x->c->event->info->kind != CM_EVENT_EXIT)
                return;
        int64_t quantized = 0;
        struct cm_buf *out = NULL;
        switch (which) {
        case CM_CASE_event_LATENCY:
                put_parts(x, ns, 0);
                break;
        case CM_CASE_event_LATENCY_S:
                put_parts(x, ns, 1);
                break;
        case CM_CASE_event_LATENCY_NS:
                put_parts(x, ns, 2);
                break;
        case CM_CASE_event_LATENCY_QUANTIZED:
                /* floor(10 * log10(ns)): powers of ten to the tenth, without floating point */
                for (uint64_t v = (uint64_t)ns; v >= 10; v /= 10)
                        quantized += 10;
                cm_extract_put_number(x, quantized);
                break;
        default:
                out = cm_extract_begin(x);
                if (ns < 1000)
                        cm_buf_printf(out, "%" PRId64 "ns", ns);
                else if (ns < 1000000)
                        cm_buf_printf(out, "%" PRId64 ".%02" PRId64 "us", ns / 1000, ns / 10 % 100);
                else if (ns < NS_PER_S)
                        cm_buf_printf(out, "%" PRId64 ".%02" PRId64 "ms", ns / 1000000,
                                      ns / 10000 % 100);
                else
                        cm_buf_printf(out, "%" PRId64 ".%02" PRId64 "s", ns / NS_PER_S,
                                      ns / 10000000 % 100);
                cm_extract_put_work(x);
                break;
        }
}

static ptrdiff_t argument_index(const struct cm_extract *x)
{
        const struct cm_event_info *info = x->c->event->info;
        if (x->index >= 0)
                return x->index < (int64_t)info->param_count ? (ptrdiff_t)x->index : -1;
        return cm_event_param_find(info, x->argument);
}

static void put_argument(struct cm_extract *x)
{
        ptrdiff_t at = argument_index(x);
        if (at >= 0 && cm_event_put_arg(cm_extract_begin(x), x->c, (size_t)at))
                cm_extract_put_work(x);
}

static void put_raw_argument(struct cm_extract *x)
{
        ptrdiff_t at = argument_index(x);
        int64_t number = 0;
        if (at < 0 || !x->c->event->params[at].is_set)
                return;
        if (x->index < 0 && cm_event_number(x->c->event, (size_t)at, &number)) {
                cm_extract_put_number(x, number);
        } else if (x->c->event->info->params[at].type == CM_EVENT_PARAM_BYTEBUF && x->index < 0) {
                cm_extract_put_text(x, x->c->event->params[at].bytes);
        } else {
                cm_event_put_value(cm_extract_begin(x), x->c, (size_t)at);
                cm_extract_put_work(x);
        }
}

static bool failed(const struct cm_event *e)
{
        int64_t result = 0;
        return cm_event_result(e, &result) && result < 0;
}

static bool is_io(const struct cm_event *e)
{
        return e->info->category == CM_EVENT_CATEGORY_IO_READ ||
               e->info->category == CM_EVENT_CATEGORY_IO_WRITE;
}

static void put_buflen(struct cm_extract *x, bool in, bool out, int of)
{
        const struct cm_event *e = x->c->event;
        int64_t result = 0;
        const struct cm_fd_type_info *type =
                x->c->fd == NULL ? NULL : cm_fd_type_info(x->c->fd->type);
        char letter = type == NULL ? '\0' : type->letter;
        bool is_file = letter == 'f' || letter == 'd';
        bool is_net = letter == '4' || letter == '6' || letter == 'u';
        if (!is_io(e) || !cm_event_result(e, &result) || result < 0)
                return;
        if ((e->info->category == CM_EVENT_CATEGORY_IO_READ && !in) ||
            (e->info->category == CM_EVENT_CATEGORY_IO_WRITE && !out) || (of == 'f' && !is_file) ||
            (of == 'n' && !is_net))
                return;
        cm_extract_put_number(x, result);
}

static void put_open(struct cm_extract *x, int which)
{
        const struct cm_event *e = x->c->event;
        int64_t flags = 0;
        int64_t mode = 0;
        bool is_creat = is_named(e, "creat");
        bool is_open = is_named(e, "open") || is_named(e, "openat") || is_named(e, "openat2") ||
                       is_named(e, "open_by_handle_at");
        bool value = false;
        if (is_open || is_creat) {
                CM_IGNORE(cm_event_number_of(e, "flags", &flags));
                CM_IGNORE(cm_event_number_of(e, "mode", &mode));
        }
        if (which == CM_CASE_event_IS_OPEN_READ)
                value = is_open && (flags & OPEN_READ) != 0;
        else if (which == CM_CASE_event_IS_OPEN_WRITE)
                value = is_open && (flags & OPEN_WRITE) != 0;
        else if (which == CM_CASE_event_IS_OPEN_CREATE)
                value = is_creat || (flags & OPEN_CREATED) != 0;
        else
                value = (is_creat || (flags & (OPEN_CREAT | OPEN_TMPFILE)) != 0) &&
                        (mode & MODE_EXECUTE) != 0;
        cm_extract_put_bool(x, value);
}

static void put_count_error(struct cm_extract *x, int which)
{
        const struct cm_event *e = x->c->event;
        if (!failed(e))
                return;
        enum cm_event_category category = e->info->category;
        const struct cm_fd_type_info *type =
                x->c->fd == NULL ? NULL : cm_fd_type_info(x->c->fd->type);
        char letter = type == NULL ? '\0' : type->letter;
        bool is_file = category == CM_EVENT_CATEGORY_FILE || letter == 'f' || letter == 'd';
        bool is_net = category == CM_EVENT_CATEGORY_NET || letter == '4' || letter == '6' ||
                      letter == 'u';
        bool is_memory = category == CM_EVENT_CATEGORY_MEMORY;
        if (which == CM_CASE_event_COUNT_ERROR ||
            (which == CM_CASE_event_COUNT_ERROR_FILE && is_file) ||
            (which == CM_CASE_event_COUNT_ERROR_NET && is_net) ||
            (which == CM_CASE_event_COUNT_ERROR_MEMORY && is_memory) ||
            (which == CM_CASE_event_COUNT_ERROR_OTHER && !is_file && !is_net && !is_memory))
                cm_extract_put_number(x, 1);
}

static void put_abspath(struct cm_extract *x, int which)
{
        static const char *const first[] = { "oldpath",  "path",     "name", "linkpath",
                                             "filename", "pathname", NULL };
        static const char *const second[] = { "newpath", "linkpath", NULL };
        const struct cm_event_info *info = x->c->event->info;
        const char *const *names = which == CM_CASE_event_ABSPATH_DST ? second : first;
        if (which != CM_CASE_event_ABSPATH && cm_event_param_find(info, CM_SV("newpath")) < 0)
                return;
        for (; *names != NULL; names++) {
                ptrdiff_t at = cm_event_param_find(info, cm_sv_from_cstr(*names));
                if (at < 0 || (info->params[at].type != CM_EVENT_PARAM_FSPATH &&
                               info->params[at].type != CM_EVENT_PARAM_FSRELPATH))
                        continue;
                if (cm_event_put_arg(cm_extract_begin(x), x->c, (size_t)at))
                        cm_extract_put_work(x);
                return;
        }
}

/* evt.around[TIME] is compared with a number of milliseconds: the distance is its value. */
static void put_around(struct cm_extract *x)
{
        uint64_t at = (uint64_t)x->index;
        if (x->index < 0)
                return;
        uint64_t t = x->c->event->time_ns;
        cm_extract_put_number(x, (int64_t)((t > at ? t - at : at - t) / 1000000));
}

static void put_extra_text(struct cm_extract *x, enum cm_event_extra id)
{
        struct cm_sv text;
        if (!cm_event_extra(x->c->event, id, &text))
                return;
        ptrdiff_t end = cm_sv_find_char(text, '\0');
        cm_extract_put_text(x, end < 0 ? text : cm_sv_slice(text, 0, (size_t)end));
}

/* What only events of the kernel have. */
static void extract_call(struct cm_extract *x, int which)
{
        const struct cm_event *e = x->c->event;
        static const char *const categories[] = {
#define X(name, text) text,
                CM_EVENT_CATEGORIES(X)
#undef X
        };
        int64_t result = 0;
        struct cm_sv text = CM_SV("");
        bool reads = e->info->category == CM_EVENT_CATEGORY_IO_READ;
        bool writes = e->info->category == CM_EVENT_CATEGORY_IO_WRITE;
        bool waits = e->info->category == CM_EVENT_CATEGORY_WAIT;
        switch (which) {
        case CM_CASE_event_LATENCY:
        case CM_CASE_event_LATENCY_S:
        case CM_CASE_event_LATENCY_NS:
        case CM_CASE_event_LATENCY_QUANTIZED:
        case CM_CASE_event_LATENCY_HUMAN:
                put_latency(x, which);
                break;
        case CM_CASE_event_DELTA:
        case CM_CASE_event_DELTA_S:
        case CM_CASE_event_DELTA_NS:
                result = x->c->previous_ns == 0 ? 0 : (int64_t)(e->time_ns - x->c->previous_ns);
                put_parts(x, result, which - CM_CASE_event_DELTA);
                break;
        case CM_CASE_event_DIR:
                cm_extract_put_text(x, CM_SV("<"));
                break;
        case CM_CASE_event_TYPE_IS:
                cm_extract_put_number(x, cm_sv_eq(cm_event_name(e), x->argument));
                break;
        case CM_CASE_event_SYSCALL_TYPE:
                if (e->info->kind == CM_EVENT_EXIT)
                        cm_extract_put_text(x, cm_event_name(e));
                break;
        case CM_CASE_event_CATEGORY:
                cm_extract_put_text(x, cm_sv_from_cstr(categories[e->info->category]));
                break;
        case CM_CASE_event_CPU:
                cm_extract_put_number(x, x->c->cpu);
                break;
        case CM_CASE_event_ARGS:
                cm_event_put_args(cm_extract_begin(x), x->c);
                cm_extract_put_work(x);
                break;
        case CM_CASE_event_ARG:
                put_argument(x);
                break;
        case CM_CASE_event_RAWARG:
                put_raw_argument(x);
                break;
        case CM_CASE_event_BUFFER: {
                ptrdiff_t at = cm_event_param_find(e->info, CM_SV("data"));
                if (at >= 0 && e->params[at].is_set &&
                    e->info->params[at].type == CM_EVENT_PARAM_BYTEBUF)
                        cm_extract_put_text(x, e->params[at].bytes);
                break;
        }
        case CM_CASE_event_RES:
                if (cm_event_result(e, &result)) {
                        cm_errno_put(cm_extract_begin(x), result);
                        cm_extract_put_work(x);
                }
                break;
        case CM_CASE_event_RAWRES:
                if (cm_event_result(e, &result))
                        cm_extract_put_number(x, result);
                break;
        case CM_CASE_event_FAILED:
                cm_extract_put_bool(x, failed(e));
                break;
        case CM_CASE_event_IS_IO:
                cm_extract_put_bool(x, is_io(e));
                break;
        case CM_CASE_event_IS_IO_READ:
                cm_extract_put_bool(x, reads);
                break;
        case CM_CASE_event_IS_IO_WRITE:
                cm_extract_put_bool(x, writes);
                break;
        case CM_CASE_event_IO_DIR:
                if (reads || writes)
                        cm_extract_put_text(x, reads ? CM_SV("r") : CM_SV("w"));
                break;
        case CM_CASE_event_IS_WAIT:
                cm_extract_put_bool(x, waits);
                break;
        case CM_CASE_event_WAIT_LATENCY:
                if (waits)
                        put_latency(x, CM_CASE_event_LATENCY);
                break;
        case CM_CASE_event_IS_SYSLOG:
                cm_extract_put_bool(x, writes && x->c->fd != NULL &&
                                               cm_sv_find(x->c->fd->name, CM_SV("/dev/log")) >= 0);
                break;
        case CM_CASE_event_COUNT:
                cm_extract_put_number(x, 1);
                break;
        case CM_CASE_event_COUNT_ERROR:
        case CM_CASE_event_COUNT_ERROR_FILE:
        case CM_CASE_event_COUNT_ERROR_NET:
        case CM_CASE_event_COUNT_ERROR_MEMORY:
        case CM_CASE_event_COUNT_ERROR_OTHER:
                put_count_error(x, which);
                break;
        case CM_CASE_event_COUNT_EXIT:
                cm_extract_put_number(x, e->info->kind == CM_EVENT_EXIT);
                break;
        case CM_CASE_event_COUNT_PROCINFO:
                cm_extract_put_number(x, e->info->number == EVENT_PROCINFO &&
                                                 x->c->thread != NULL &&
                                                 x->c->thread->tid == x->c->thread->pid);
                break;
        case CM_CASE_event_COUNT_THREADINFO:
                cm_extract_put_number(x, e->info->number == EVENT_PROCINFO);
                break;
        case CM_CASE_event_AROUND:
                put_around(x);
                break;
        case CM_CASE_event_ABSPATH:
        case CM_CASE_event_ABSPATH_SRC:
        case CM_CASE_event_ABSPATH_DST:
                put_abspath(x, which);
                break;
        case CM_CASE_event_BUFLEN:
                put_buflen(x, true, true, 0);
                break;
        case CM_CASE_event_BUFLEN_IN:
                put_buflen(x, true, false, 0);
                break;
        case CM_CASE_event_BUFLEN_OUT:
                put_buflen(x, false, true, 0);
                break;
        case CM_CASE_event_BUFLEN_FILE:
                put_buflen(x, true, true, 'f');
                break;
        case CM_CASE_event_BUFLEN_FILE_IN:
                put_buflen(x, true, false, 'f');
                break;
        case CM_CASE_event_BUFLEN_FILE_OUT:
                put_buflen(x, false, true, 'f');
                break;
        case CM_CASE_event_BUFLEN_NET:
                put_buflen(x, true, true, 'n');
                break;
        case CM_CASE_event_BUFLEN_NET_IN:
                put_buflen(x, true, false, 'n');
                break;
        case CM_CASE_event_BUFLEN_NET_OUT:
                put_buflen(x, false, true, 'n');
                break;
        case CM_CASE_event_IS_OPEN_READ:
        case CM_CASE_event_IS_OPEN_WRITE:
        case CM_CASE_event_IS_OPEN_EXEC:
        case CM_CASE_event_IS_OPEN_CREATE:
                put_open(x, which);
                break;
        case CM_CASE_event_IS_IO_URING:
                cm_extract_put_bool(x, cm_event_extra(e, CM_EVENT_EXTRA_IO_URING, &text));
                break;
        case CM_CASE_event_IS_SWAPPED:
                cm_extract_put_bool(x, cm_event_extra(e, CM_EVENT_EXTRA_SWAPPED, &text));
                break;
        case CM_CASE_event_REALPATH:
                put_extra_text(x, CM_EVENT_EXTRA_PATH);
                break;
        default:
                break;
        }
}

void cm_extract_event(struct cm_extract *x, int which)
{
        const struct cm_event *e = x->c->event;
        int64_t time_ns = e == NULL ? 0 : (int64_t)e->time_ns;
        struct cm_sv text;
        switch (which) {
        case CM_CASE_event_NUM:
                cm_extract_put_number(x, (int64_t)x->c->number);
                break;
        case CM_CASE_event_TIME:
                put_time(x, false, true, 0, "");
                break;
        case CM_CASE_event_TIME_S:
                put_time(x, false, false, 0, "");
                break;
        case CM_CASE_event_TIME_ISO:
                put_time(x, true, true, 'T', "Z");
                break;
        case CM_CASE_event_DATETIME:
                put_time(x, true, true, ' ', "");
                break;
        case CM_CASE_event_DATETIME_S:
                put_time(x, true, false, ' ', "");
                break;
        case CM_CASE_event_RAWTIME:
        case CM_CASE_event_RAWTIME_S:
        case CM_CASE_event_RAWTIME_NS:
                put_parts(x, time_ns, which - CM_CASE_event_RAWTIME);
                break;
        case CM_CASE_event_RELTIME:
        case CM_CASE_event_RELTIME_S:
        case CM_CASE_event_RELTIME_NS:
                put_parts(x, x->c->first_ns == 0 ? 0 : time_ns - (int64_t)x->c->first_ns,
                          which - CM_CASE_event_RELTIME);
                break;
        case CM_CASE_event_NOTHING:
                break;
        case CM_CASE_event_SOURCE:
                cm_extract_put_text(x, x->c->source.len > 0 ? x->c->source : CM_SV("syscall"));
                break;
        case CM_CASE_event_IS_ASYNC:
                cm_extract_put_bool(x, e != NULL && e->info->number == EVENT_ASYNC);
                break;
        case CM_CASE_event_ASYNC_TYPE:
                if (e != NULL && e->info->number == EVENT_ASYNC &&
                    cm_event_text_of(e, "name", &text))
                        cm_extract_put_text(x, text);
                break;
        case CM_CASE_event_HOSTNAME:
                cm_extract_put_text_unless_empty(x, x->c->hostname);
                break;
        case CM_CASE_event_TYPE:
                if (e != NULL)
                        cm_extract_put_text(x, cm_event_name(e));
                break;
        default:
                if (e != NULL)
                        extract_call(x, which);
                break;
        }
}
