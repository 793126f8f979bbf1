/* SPDX-License-Identifier: Apache-2.0 */
/* `coaming events`: what the sensor sees on this host, as it happens. */
#include <errno.h>
#include <stdio.h>

#include "base/escape.h"
#include "base/time.h"
#include "cmd/command.h"
#include "model/event_format.h"
#include "os/file.h"
#include "os/stop.h"
#include "report/json_writer.h"
#include "sense/sensor.h"

enum {
        EVENT_BYTES_MAX = 1 << 20
};

struct showing {
        const struct cm_args *args;
        uint64_t epoch_ns;
        uint64_t shown;
        uint64_t count_max; /* 0: all */
        uint64_t lost;      /* before the next event that is shown */
        bool json;
        struct cm_buf event;
        struct cm_buf text;
        struct cm_buf line;
};

static bool is_shown(const struct showing *s, struct cm_sv name)
{
        const char *const *only = NULL;
        size_t count = cm_args_list(s->args, "only", &only);
        for (size_t i = 0; i < count; i++) {
                struct cm_sv rest = cm_sv_from_cstr(only[i]);
                struct cm_sv word;
                while (cm_sv_next_field(&rest, ',', &word))
                        if (cm_sv_eq(cm_sv_trim(word), name))
                                return true;
        }
        return count == 0;
}

static void put_text(struct showing *s, const struct cm_event *e, const struct cm_sense_view *v)
{
        char at[CM_TIME_TEXT_BYTES];
        const struct cm_event_context context = { .event = e };
        cm_event_put_args(&s->text, &context);
        /* "2026-11-24T19:40:01Z" with nanoseconds of the day's second: only the clock is shown. */
        cm_time_format((int64_t)(e->time_ns / 1000000000U), at);
        cm_buf_printf(&s->line, "%.8s.%09u %u ", at + 11, (unsigned)(e->time_ns % 1000000000U),
                      v->header->tid);
        cm_buf_put_sv(&s->line, cm_event_name(e));
        cm_buf_put_char(&s->line, ' ');
        cm_buf_put_escaped(&s->line, cm_buf_sv(&s->text));
        if (v->has_file) {
                cm_buf_put_str(&s->line, " file=");
                cm_buf_put_escaped(&s->line, v->path);
                if ((v->file.flags & CM_SENSE_FILE_DELETED) != 0)
                        cm_buf_put_str(&s->line, " (deleted)");
        }
        if (s->lost > 0)
                cm_buf_printf(&s->line, " (%llu lost before)", (unsigned long long)s->lost);
        cm_buf_put_char(&s->line, '\n');
}

static void put_json(struct showing *s, const struct cm_event *e, const struct cm_sense_view *v)
{
        struct cm_json_writer w;
        const struct cm_event_context context = { .event = e };
        cm_jw_init(&w, &s->line);
        w.compact = true;
        cm_jw_open(&w, NULL, '{');
        cm_jw_cstr(&w, "schema", "coaming/event/v1");
        cm_jw_int(&w, "time_ns", (int64_t)e->time_ns);
        cm_jw_int(&w, "pid", v->header->pid);
        cm_jw_int(&w, "tid", v->header->tid);
        cm_jw_int(&w, "cgroup", (int64_t)v->header->cgroup);
        cm_jw_string(&w, "event", cm_event_name(e));
        cm_jw_open(&w, "args", '{');
        for (size_t i = 0; i < e->info->param_count; i++) {
                cm_buf_clear(&s->text);
                if (cm_event_put_arg(&s->text, &context, i))
                        cm_jw_string(&w, e->info->params[i].name, cm_buf_sv(&s->text));
        }
        cm_jw_close(&w, '}');
        if (v->has_file) {
                cm_jw_open(&w, "file", '{');
                cm_jw_string(&w, "path", v->path);
                cm_jw_int(&w, "inode", (int64_t)v->file.inode);
                cm_jw_int(&w, "device", v->file.device);
                cm_jw_bool(&w, "upper_layer", (v->file.flags & CM_SENSE_FILE_UPPER) != 0);
                cm_jw_bool(&w, "deleted", (v->file.flags & CM_SENSE_FILE_DELETED) != 0);
                cm_jw_close(&w, '}');
        }
        if (s->lost > 0)
                cm_jw_int(&w, "lost_before", (int64_t)s->lost);
        cm_jw_close(&w, '}');
}

static int on_record(void *ctx, struct cm_sv bytes, struct cm_err *err)
{
        struct showing *s = ctx;
        struct cm_sense_view view;
        struct cm_event event;
        if (s->count_max > 0 && s->shown == s->count_max)
                return 0;
        cm_buf_clear(&s->event);
        cm_buf_clear(&s->text);
        cm_buf_clear(&s->line);
        int r = cm_sense_view(bytes, &view, err);
        if (r == 0)
                r = cm_sense_encode(&view, s->epoch_ns, &s->event);
        if (r != 0)
                return r < 0 ? r : 0;
        r = cm_event_decode(cm_buf_sv(&s->event), &event, err);
        if (r < 0)
                return r;
        s->lost += view.header->lost;
        if (!is_shown(s, cm_event_name(&event)))
                return 0;
        if (s->json)
                put_json(s, &event, &view);
        else
                put_text(s, &event, &view);
        s->shown++;
        s->lost = 0;
        if (fwrite(s->line.ptr, 1, s->line.len, stdout) != s->line.len)
                return CM_RAISE_ERRNO(err, CM_E_IO, errno, "could not write to standard output");
        return 0;
}

static int on_loss(void *ctx, const struct cm_sensor_loss *loss, struct cm_err *err)
{
        const char *call = loss->of.kind == CM_SENSE_CALL ? cm_syscall_name(loss->of.call) : NULL;
        (void)ctx, (void)err;
        fprintf(stderr, "coaming: lost %llu records of cgroup %llu: %s\n",
                (unsigned long long)loss->records, (unsigned long long)loss->of.cgroup,
                call != NULL                     ? call
                : loss->of.kind == CM_SENSE_EXEC ? "execve"
                : loss->of.kind == CM_SENSE_FORK ? "clone"
                : loss->of.kind == CM_SENSE_EXIT ? "exit"
                                                 : "of more kinds than are counted");
        return 0;
}

/* What is not to be shown need not be recorded; new programs, threads and their ends always are. */
static int choose_calls(const struct showing *s, struct cm_sensor *sensor, struct cm_err *err)
{
        int r = 0;
        for (uint16_t call = 0; call < CM_SENSE_CALLS && r == 0; call++) {
                const char *name = cm_syscall_name(call);
                if (name != NULL && !is_shown(s, cm_sv_from_cstr(name)))
                        r = cm_sensor_want(sensor, call, false, err);
        }
        return r;
}

static int show(struct showing *s, struct cm_err *err)
{
        struct cm_sensor *sensor = NULL;
        uint64_t seconds = 0;
        int stop_fd = -1;
        int r = cm_stop_catch(&stop_fd, err);
        if (r == 0)
                r = cm_args_number(s->args, "seconds", 1, 1000000, &seconds, err);
        if (r == 0 && cm_args_get(s->args, "count") != NULL)
                r = cm_args_number(s->args, "count", 1, UINT32_MAX, &s->count_max, err);
        if (r == 0)
                r = cm_sensor_open(&sensor, err);
        if (r == 0)
                r = choose_calls(s, sensor, err);
        if (r < 0) {
                cm_sensor_close(sensor);
                return r;
        }
        s->epoch_ns = cm_sensor_epoch_ns();
        fprintf(stderr, "coaming: the sensor is attached\n");
        const int64_t end_ms = cm_clock_monotonic_ms() + (int64_t)seconds * 1000;
        while (r == 0 && !cm_stop_came() && (s->count_max == 0 || s->shown < s->count_max) &&
               (seconds == 0 || cm_clock_monotonic_ms() < end_ms)) {
                int64_t left = seconds == 0 ? 1000 : end_ms - cm_clock_monotonic_ms();
                r = cm_sensor_poll(sensor, (int)CM_MAX(0, CM_MIN(left, 1000)), on_record, s, err);
                if (r == 0 && fflush(stdout) != 0)
                        r = CM_RAISE_ERRNO(err, CM_E_IO, errno,
                                           "could not write to standard output");
        }
        /* What was recorded until now is shown, too. */
        cm_sensor_detach(sensor);
        if (r == 0)
                r = cm_sensor_poll(sensor, 0, on_record, s, err);
        if (r == 0)
                r = cm_sensor_losses(sensor, on_loss, s, err);
        cm_sensor_close(sensor);
        return r;
}

static int events_run(const struct cm_args *args)
{
        struct cm_err err = CM_ERR_INIT;
        struct showing s = { .args = args, .json = cm_args_flag(args, "json") };
        cm_buf_init(&s.event, EVENT_BYTES_MAX);
        cm_buf_init(&s.text, EVENT_BYTES_MAX);
        cm_buf_init(&s.line, 8 * EVENT_BYTES_MAX);
        int r = show(&s, &err);
        cm_buf_fini(&s.event);
        cm_buf_fini(&s.text);
        cm_buf_fini(&s.line);
        return r < 0 ? cm_command_fail(&err) : 0;
}

static const struct cm_opt options[] = {
        { .name = "json", .help = "one object a line, schema/event-v1.json" },
        { .name = "only",
          .kind = CM_OPT_LIST,
          .arg = "NAME,...",
          .help = "only events of these names (openat,execve); repeatable" },
        { .name = "count", .kind = CM_OPT_VALUE, .arg = "N", .help = "end after N events" },
        { .name = "seconds", .kind = CM_OPT_VALUE, .arg = "N", .help = "end after N seconds" },
        { .name = NULL },
};

extern const struct cm_cmd cm_cmd_events;
const struct cm_cmd cm_cmd_events = {
        .name = "events",
        .summary = "show what programs on this host do, as it happens",
        .synopsis = "[flags]",
        .description =
                "Attaches the sensor (BPF programs at tracepoints; needs CAP_BPF and CAP_PERFMON) and "
                "shows what it records: new programs, threads and their ends, and system calls that "
                "matter for security. Of files the path is shown that the kernel knows them by, "
                "beside the one that the program gave. What is lost under load is counted and "
                "told at the end, by control group and call.\n\n"
                "Nothing stays attached when it ends.",
        .examples = (const char *const[]){ "coaming events --only execve", "new programs",
                                           "coaming events --json --seconds 10", "as JSON", NULL },
        .options = options,
        .run = events_run,
};
