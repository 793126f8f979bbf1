/* SPDX-License-Identifier: Apache-2.0 */
/* See sensor.h. The programs are in sensor.bpf.c and lie in this binary as a skeleton. */
#include "sense/sensor.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <sensor.skel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/escape.h"
#include "os/file.h"

enum {
        LOOK_AGAIN_MS = 2, /* WAKE_NS of sensor.bpf.c, and some */
        HIERARCHIES_BYTES_MAX = 64 << 10
};

struct cm_sensor {
        struct sensor_bpf *skeleton;
        struct ring_buffer *rings; /* the urgent one first */
        bool found_something;
        int (*on_record)(void *ctx, struct cm_sv bytes, struct cm_err *err);
        void *ctx;
        struct cm_err *err;
        int result;
};

/* What libbpf would print: the first line that says why, for the error. */
static char words[256];

CM_PRINTF(2, 0)
static int keep_words(enum libbpf_print_level level, const char *format, va_list args)
{
        if (level == LIBBPF_WARN && words[0] == '\0')
                vsnprintf(words, sizeof(words), format, args);
        return 0;
}

static int fail(struct cm_err *err, int error, const char *what)
{
        const size_t len = strcspn(words, "\n");
        return CM_RAISE_ERRNO(err, CM_E_ENV, error, "the sensor could not %s%s%.*s%s", what,
                              len > 0 ? " (" : "", (int)len, words, len > 0 ? ")" : "");
}

/*
 * Where v1 hierarchies are still in use, engines put containers there: the first of those that all
 * engines use tells them apart. The line in /proc/cgroups is the number that the kernel has for it.
 * Returns -1 for the unified hierarchy.
 */
static int find_hierarchy(void)
{
        static const char *const wanted[] = { "pids", "memory", "devices", "cpuset" };
        struct cm_err ignored = CM_ERR_INIT;
        struct cm_buf text CM_CLEANUP(cm_buf_fini);
        cm_buf_init(&text, HIERARCHIES_BYTES_MAX);
        if (cm_file_read(AT_FDCWD, "/proc/cgroups", &text, &ignored) != 0)
                return -1;
        for (size_t i = 0; i < CM_ARRAY_LEN(wanted); i++) {
                struct cm_sv rest = cm_buf_sv(&text);
                struct cm_sv line, name, number;
                int at = 0;
                while (cm_sv_next_line(&rest, &line)) {
                        if (cm_sv_has_prefix(line, CM_SV("#")) ||
                            !cm_sv_cut(line, '\t', &name, &number))
                                continue;
                        if (cm_sv_eq(name, cm_sv_from_cstr(wanted[i])) &&
                            !cm_sv_has_prefix(number, CM_SV("0")))
                                return at;
                        at++;
                }
        }
        return -1;
}

static int load(struct cm_sensor *s, struct cm_err *err)
{
        long cpus = sysconf(_SC_NPROCESSORS_CONF);
        s->skeleton = sensor_bpf__open();
        if (s->skeleton == NULL)
                return fail(err, errno, "read its programs");
        s->skeleton->rodata->own_pid = (uint32_t)getpid();
        s->skeleton->rodata->cgroup_hierarchy = find_hierarchy();
        bpf_map__set_max_entries(s->skeleton->maps.scratches, cpus < 1 ? 1 : (uint32_t)cpus);
        int r = sensor_bpf__load(s->skeleton);
        return r < 0 ? fail(err, -r, "load its programs") : 0;
}

static int set_calls(struct cm_sensor *s, struct cm_err *err)
{
        struct cm_sense_call calls[CM_SENSE_CALLS];
        CM_IGNORE(cm_sense_calls(calls) == 0);
        for (uint32_t i = 0; i < CM_SENSE_CALLS; i++) {
                int r = bpf_map__update_elem(s->skeleton->maps.calls, &i, sizeof(i), &calls[i],
                                             sizeof(calls[i]), 0);
                if (r < 0)
                        return fail(err, -r, "say what is to be recorded");
        }
        return 0;
}

/* Losses of more kinds than the map has room for are counted under this key, which must be there. */
static int set_losses(struct cm_sensor *s, struct cm_err *err)
{
        const struct cm_sense_loss_key rest = { 0 };
        const uint64_t none = 0;
        int r = bpf_map__update_elem(s->skeleton->maps.losses, &rest, sizeof(rest), &none,
                                     sizeof(none), 0);
        return r < 0 ? fail(err, -r, "count what is lost") : 0;
}

static int on_ring(void *ctx, void *data, size_t size)
{
        struct cm_sensor *s = ctx;
        s->found_something = true;
        if (s->result == 0)
                s->result = s->on_record(s->ctx, cm_sv_make(data, size), s->err);
        return s->result < 0 ? -1 : 0;
}

static int open_rings(struct cm_sensor *s, struct cm_err *err)
{
        s->rings = ring_buffer__new(bpf_map__fd(s->skeleton->maps.urgent), on_ring, s, NULL);
        if (s->rings == NULL)
                return fail(err, errno, "open its rings");
        int r = ring_buffer__add(s->rings, bpf_map__fd(s->skeleton->maps.events), on_ring, s);
        return r < 0 ? fail(err, -r, "open its rings") : 0;
}

int cm_sensor_open(struct cm_sensor **ret, struct cm_err *err)
{
        struct cm_sensor *s = calloc(1, sizeof(*s));
        CM_ASSERT(s != NULL);
        words[0] = '\0';
        libbpf_set_print(keep_words);
        libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
        int r = load(s, err);
        if (r == 0)
                r = set_calls(s, err);
        if (r == 0)
                r = set_losses(s, err);
        if (r == 0)
                r = open_rings(s, err);
        if (r == 0) {
                int attached = sensor_bpf__attach(s->skeleton);
                r = attached < 0 ? fail(err, -attached, "attach its programs") : 0;
        }
        if (r < 0) {
                cm_sensor_close(s);
                return r;
        }
        *ret = s;
        return 0;
}

struct cm_sensor *cm_sensor_close(struct cm_sensor *s)
{
        if (s == NULL)
                return NULL;
        ring_buffer__free(s->rings);
        sensor_bpf__destroy(s->skeleton);
        free(s);
        return NULL;
}

void cm_sensor_detach(struct cm_sensor *s)
{
        sensor_bpf__detach(s->skeleton);
}

int cm_sensor_want(struct cm_sensor *s, uint16_t call, bool is_wanted, struct cm_err *err)
{
        struct cm_sense_call calls[CM_SENSE_CALLS];
        uint32_t key = call;
        CM_ASSERT(call < CM_SENSE_CALLS);
        CM_IGNORE(cm_sense_calls(calls) == 0);
        calls[call].is_wanted = calls[call].is_wanted && is_wanted;
        int r = bpf_map__update_elem(s->skeleton->maps.calls, &key, sizeof(key), &calls[call],
                                     sizeof(calls[call]), 0);
        return r < 0 ? fail(err, -r, "say what is to be recorded") : 0;
}

int cm_sensor_poll(struct cm_sensor *s, int timeout_ms,
                   int (*on_record)(void *ctx, struct cm_sv bytes, struct cm_err *err), void *ctx,
                   struct cm_err *err)
{
        s->on_record = on_record;
        s->ctx = ctx;
        s->err = err;
        s->result = 0;
        bool look_again = s->found_something;
        s->found_something = false;
        int wait_ms = look_again && (timeout_ms < 0 || timeout_ms > LOOK_AGAIN_MS) ? LOOK_AGAIN_MS
                                                                                   : timeout_ms;
        int r = ring_buffer__poll(s->rings, wait_ms);
        if (s->result < 0)
                return s->result;
        if (r < 0 && r != -EINTR)
                return fail(err, -r, "wait for records");
        /* What came without waking us. */
        r = ring_buffer__consume(s->rings);
        if (s->result < 0)
                return s->result;
        return r < 0 ? fail(err, -r, "read records") : 0;
}

uint64_t cm_sensor_epoch_ns(void)
{
        struct timespec boot, wall;
        clock_gettime(CLOCK_BOOTTIME, &boot);
        clock_gettime(CLOCK_REALTIME, &wall);
        return (uint64_t)(wall.tv_sec - boot.tv_sec) * 1000000000U +
               (uint64_t)(wall.tv_nsec - boot.tv_nsec);
}

int cm_sensor_losses(struct cm_sensor *s,
                     int (*on_loss)(void *ctx, const struct cm_sensor_loss *loss,
                                    struct cm_err *err),
                     void *ctx, struct cm_err *err)
{
        struct bpf_map *map = s->skeleton->maps.losses;
        struct cm_sensor_loss loss;
        const struct cm_sense_loss_key *before = NULL;
        struct cm_sense_loss_key key;
        int r = 0;
        while (r == 0 && bpf_map__get_next_key(map, before, &loss.of, sizeof(loss.of)) == 0) {
                if (bpf_map__lookup_elem(map, &loss.of, sizeof(loss.of), &loss.records,
                                         sizeof(loss.records), 0) == 0 &&
                    loss.records > 0)
                        r = on_loss(ctx, &loss, err);
                key = loss.of;
                before = &key;
        }
        return r;
}
