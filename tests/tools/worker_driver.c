/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does to a worker what can happen to one, for tests/live/30-sandbox, and prints how its supervisor
 * explains it: worker-driver kill|segv|abort|hang|sigsys|garbage|orphan|time.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/roles.h"
#include "sandbox/worker.h"

enum {
        BUDGET_S = 20,
        RUNS = 50
};

static double now_ms(void)
{
        struct timespec ts;
        clock_gettime(CLOCK_MONOTONIC, &ts);
        return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
        const double *x = a;
        const double *y = b;
        return *x < *y ? -1 : *x > *y;
}

/* From the start to the answer to a frame: the role answers only when it is confined. */
static int measure(void)
{
        double times[RUNS];
        for (size_t i = 0; i < RUNS; i++) {
                struct cm_err err = CM_ERR_INIT;
                struct cm_worker worker;
                struct cm_frame frame;
                double start = now_ms();
                cm_frame_init(&frame);
                if (cm_worker_start(CM_ROLE_WORKER, NULL, BUDGET_S, &worker, &err) < 0 ||
                    cm_worker_send(&worker, 99, CM_SV("x"), -1, &err) < 0 ||
                    cm_worker_recv(&worker, &frame, &err) < 0)
                        return 1;
                times[i] = now_ms() - start;
                cm_frame_fini(&frame);
                cm_worker_stop(&worker);
        }
        qsort(times, RUNS, sizeof(times[0]), compare);
        printf("%.2f\n", times[RUNS / 2]);
        return 0;
}

static void harm(struct cm_worker *worker, const char *how, struct cm_err *err)
{
        static const struct {
                const char *how;
                int signal;
        } signals[] = {
                { "kill", SIGKILL }, { "segv", SIGSEGV }, { "abort", SIGABRT }, { "sigsys", SIGSYS }
        };
        for (size_t i = 0; i < CM_ARRAY_LEN(signals); i++)
                if (strcmp(how, signals[i].how) == 0)
                        kill(worker->child.pid, signals[i].signal);
        /* A length far over the limit: the role gives up. */
        if (strcmp(how, "garbage") == 0 &&
            write(worker->chan.fd, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) != 8)
                CM_IGNORE(CM_RAISE(err, CM_E_IO, "could not write"));
}

int main(int argc, char **argv)
{
        if (cm_role_is(argc, argv))
                return cm_role_main(argc, argv);
        if (argc != 2)
                return 2;
        if (strcmp(argv[1], "time") == 0)
                return measure();
        struct cm_err err = CM_ERR_INIT;
        struct cm_worker worker;
        struct cm_frame frame;
        cm_frame_init(&frame);
        int budget_s = strcmp(argv[1], "hang") == 0 ? 1 : BUDGET_S;
        int r = cm_worker_start(CM_ROLE_WORKER, NULL, budget_s, &worker, &err);
        if (r < 0)
                return 1;
        if (strcmp(argv[1], "orphan") == 0) {
                printf("%d\n", (int)worker.child.pid);
                fflush(stdout);
                pause();
        }
        harm(&worker, argv[1], &err);
        /* What the role still sends (a failure it noticed itself) comes before its end. */
        while (err.code == CM_E_OK && cm_worker_recv(&worker, &frame, &err) == 0)
                continue;
        printf("%s\n", err.text);
        cm_worker_stop(&worker);
        cm_frame_fini(&frame);
        return cm_err_exit_status(err.code);
}
