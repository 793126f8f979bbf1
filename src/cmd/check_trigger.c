/* SPDX-License-Identifier: Apache-2.0 */
/* See check_trigger.h. */
#include "cmd/check_trigger.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "cmd/check_source.h"
#include "os/file.h"
#include "os/watch.h"

enum {
        SCRATCH_BYTES_MAX = 1 << 30,
        QUIET_MS = 100,        /* what comes closer together is one change */
        PATIENCE_MS = 2000,    /* but what never gets quiet is looked at, too */
        RETRY_MS = 5000,       /* an engine that does not answer */
        FORGET_S = 1000000000, /* an engine is listened to as long as it talks */
};

static void mix(struct cm_check_triggers *t, uint64_t value)
{
        t->signature = cm_hash64_mix(t->signature, value);
}

static void watch(struct cm_check_triggers *t, const char *directory)
{
        struct cm_err problem = CM_ERR_INIT;
        if (t->is_probe)
                return;
        if (t->watch_fd < 0 || cm_watch_directory(t->watch_fd, directory, &problem) < 0)
                t->asks_again = true; /* it is not there, or the kernel has no room: time tells */
}

void cm_check_trigger_directory(struct cm_check_triggers *t, const char *path)
{
        mix(t, cm_hash64(cm_sv_from_cstr(path), 0));
        watch(t, path);
}

void cm_check_trigger_entry(struct cm_check_triggers *t, const char *path)
{
        struct stat st = { 0 };
        mix(t, cm_hash64(cm_sv_from_cstr(path), 0));
        if (stat(path, &st) == 0) {
                const uint64_t parts[] = { st.st_dev,
                                           st.st_ino,
                                           st.st_mode,
                                           (uint64_t)st.st_size,
                                           (uint64_t)st.st_mtim.tv_sec,
                                           (uint64_t)st.st_mtim.tv_nsec,
                                           (uint64_t)st.st_ctim.tv_sec,
                                           (uint64_t)st.st_ctim.tv_nsec };
                for (size_t i = 0; i < CM_ARRAY_LEN(parts); i++)
                        mix(t, parts[i]);
        }
}

void cm_check_trigger_file(struct cm_check_triggers *t, const char *path)
{
        cm_check_trigger_entry(t, path);
        const char *slash = strrchr(path, '/');
        size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
        watch(t, len == 0 ? "." : cm_sv_printf(t->arena, "%.*s", (int)len, path).ptr);
}

void cm_check_trigger_engine(struct cm_check_triggers *t, const struct cm_fetch_options *options)
{
        struct cm_fetch_options forever = *options;
        struct cm_err problem = CM_ERR_INIT;
        struct cm_fetch_image none;
        struct cm_check_engine_events engine = { NULL, -1 };
        if (t->is_probe)
                return;
        forever.budget_s = FORGET_S;
        int r = cm_fetch_open(t->arena, &forever, &engine.fetch, &none, &problem);
        if (r == 0)
                r = cm_fetch_events(engine.fetch, &engine.fd, &problem);
        if (r == 0) {
                *CM_VEC_PUSH(t->arena, &t->engines) = engine;
        } else {
                cm_fetch_close(engine.fetch);
                t->is_broken = true;
        }
}

static int arm(struct cm_check_triggers *t, const struct cm_args *args, struct cm_err *err)
{
        static const char *const files[] = { "checks",   "policy",     "waivers",
                                             "baseline", "kubeconfig", "helm-values" };
        int r = 0;
        for (size_t i = 0; i < args->positional_count && r == 0; i++)
                r = cm_check_source_watch(args, args->positional[i], t, err);
        for (size_t i = 0; i < CM_ARRAY_LEN(files) && r == 0; i++) {
                const char *const *names = NULL;
                size_t count = cm_args_list(args, files[i], &names);
                for (size_t j = 0; j < count; j++)
                        cm_check_trigger_file(t, names[j]);
        }
        return r;
}

int cm_check_triggers_arm(struct cm_check_triggers *ret, const struct cm_args *args,
                          struct cm_err *err)
{
        struct cm_err problem = CM_ERR_INIT;
        *ret = (struct cm_check_triggers){ .arena = args->arena, .watch_fd = -1 };
        if (cm_watch_open(&ret->watch_fd, &problem) < 0)
                ret->asks_again = true;
        int r = arm(ret, args, err);
        if (r < 0)
                cm_check_triggers_fini(ret);
        return r;
}

/* Does what the kernel told make a difference to what would be looked at? */
static int files_differ(const struct cm_check_triggers *t, const struct cm_args *args, bool *ret,
                        struct cm_err *err)
{
        struct cm_arena *scratch CM_CLEANUP(cm_arena_freep)
        = cm_arena_new(SCRATCH_BYTES_MAX);
        struct cm_check_triggers now = { .arena = scratch, .watch_fd = -1, .is_probe = true };
        struct cm_args again = *args;
        again.arena = scratch;
        int r = arm(&now, &again, err);
        *ret = r == 0 && now.signature != t->signature;
        return r;
}

/* Waits until nothing more comes. */
static void settle(int fd)
{
        const int64_t end_ms = cm_clock_monotonic_ms() + PATIENCE_MS;
        struct pollfd p = { .fd = fd, .events = POLLIN };
        do {
                cm_watch_drain(fd);
        } while (poll(&p, 1, QUIET_MS) > 0 && cm_clock_monotonic_ms() < end_ms);
}

/* The next thing that happens. *ret_told: an engine said something, or time is over. */
static int wait_once(struct cm_check_triggers *t, struct pollfd *fds, int timeout_ms, int stop_fd,
                     bool *ret_told, struct cm_err *err)
{
        fds[0] = (struct pollfd){ .fd = stop_fd, .events = POLLIN };
        fds[1] = (struct pollfd){ .fd = t->watch_fd, .events = POLLIN };
        for (size_t i = 0; i < t->engines.count; i++)
                fds[2 + i] = (struct pollfd){ .fd = t->engines.items[i].fd, .events = POLLIN };
        int n = poll(fds, t->engines.count + 2, timeout_ms);
        if (n < 0 && errno != EINTR)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not wait for changes");
        if (n > 0 && fds[0].revents != 0)
                return 1;
        *ret_told = n == 0;
        /* What it is does not matter: the engine is asked again. So is one that ended. */
        for (size_t i = 0; i < t->engines.count && n > 0; i++)
                *ret_told = *ret_told || fds[2 + i].revents != 0;
        if (n > 0 && *ret_told)
                usleep(QUIET_MS * 1000);
        if (n > 0 && fds[1].revents != 0)
                settle(t->watch_fd);
        return 0;
}

int cm_check_triggers_wait(struct cm_check_triggers *t, const struct cm_args *args, int stop_fd,
                           struct cm_err *err)
{
        uint64_t interval_s = 0;
        int r = cm_args_number(args, "interval", 1, 86400, &interval_s, err);
        struct pollfd *fds = CM_NEW_ARRAY(t->arena, struct pollfd, t->engines.count + 2);
        bool differs = false;
        while (r == 0 && !differs) {
                int timeout_ms = t->is_broken    ? RETRY_MS
                                 : t->asks_again ? (int)interval_s * 1000
                                                 : -1;
                bool told = false;
                r = wait_once(t, fds, timeout_ms, stop_fd, &told, err);
                if (r == 0 && told)
                        return 0;
                if (r == 0)
                        r = files_differ(t, args, &differs, err);
        }
        return r;
}

void cm_check_triggers_fini(struct cm_check_triggers *t)
{
        if (t->watch_fd >= 0)
                close(t->watch_fd);
        t->watch_fd = -1;
        for (size_t i = 0; i < t->engines.count; i++) {
                close(t->engines.items[i].fd);
                cm_fetch_close(t->engines.items[i].fetch);
        }
        t->engines.count = 0;
}
