/* SPDX-License-Identifier: Apache-2.0 */
/* fork, exec and two pipes of run.h. Between fork and exec only async-signal-safe calls are made. */
#include "os/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/file.h"

enum {
        EXEC_FAILED = 127,
        INPUT_BYTES_MAX = 4096 /* within PIPE_BUF: written whole before the program reads */
};

struct run {
        int input[2];
        int output[2];
        int errors[2];
        pid_t pid;
};

static void close_fd(int *fd)
{
        if (*fd >= 0)
                close(*fd);
        *fd = -1;
}

static bool is_among(const char *variable, const char *const *list, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                const char *sign = strchr(list[i], '=');
                CM_ASSERT(sign != NULL);
                if (strncmp(variable, list[i], (size_t)(sign - list[i]) + 1) == 0)
                        return true;
        }
        return false;
}

/* Our environment with the given variables in place of ours. */
static char **make_environment(const char *const *more)
{
        size_t count = 0;
        size_t more_count = 0;
        while (environ[count] != NULL)
                count++;
        while (more != NULL && more[more_count] != NULL)
                more_count++;
        char **all = calloc(count + more_count + 1, sizeof(*all));
        CM_ASSERT(all != NULL);
        size_t n = 0;
        for (size_t i = 0; i < more_count; i++)
                all[n++] = (char *)(uintptr_t)more[i];
        for (size_t i = 0; i < count; i++)
                if (!is_among(environ[i], more, more_count))
                        all[n++] = environ[i];
        return all;
}

CM_NORETURN static void child_main(const struct run *run, const char *const *argv, char **variables,
                                   pid_t parent)
{
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent ||
            dup2(run->input[0], 0) < 0 || dup2(run->output[1], 1) < 0 ||
            (run->errors[1] >= 0 && dup2(run->errors[1], 2) < 0))
                _exit(EXEC_FAILED);
        syscall(SYS_close_range, 3U, ~0U, 0U);
        execvpe(argv[0], (char *const *)(uintptr_t)argv, variables);
        _exit(EXEC_FAILED);
}

static int start(struct run *run, const struct cm_run_options *options, struct cm_err *err)
{
        const char *const *argv = options->argv;
        struct cm_sv input = options->input;
        if (pipe2(run->input, O_CLOEXEC) != 0 || pipe2(run->output, O_CLOEXEC) != 0 ||
            (options->errors != NULL && pipe2(run->errors, O_CLOEXEC) != 0))
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not make a pipe");
        /* Nobody has the other end yet: this neither blocks nor raises SIGPIPE. */
        if (write(run->input[1], input.ptr, input.len) != (ssize_t)input.len)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not write to a pipe");
        pid_t parent = getpid();
        char **variables = make_environment(options->environment);
        run->pid = fork();
        int saved = errno;
        if (run->pid == 0)
                child_main(run, argv, variables, parent);
        free(variables);
        if (run->pid < 0)
                return CM_RAISE_ERRNO(err, CM_E_ENV, saved, "could not start '%s'", argv[0]);
        close_fd(&run->input[0]);
        close_fd(&run->input[1]);
        close_fd(&run->output[1]);
        close_fd(&run->errors[1]);
        return 0;
}

/* One piece of what comes; the end closes our end. */
static int take_piece(int *fd, const char *name, struct cm_buf *out, struct cm_err *err)
{
        char piece[4096];
        ssize_t got = read(*fd, piece, sizeof(piece));
        if (got < 0 && errno != EINTR)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not read from '%s'", name);
        if (got == 0)
                close_fd(fd);
        if (got > 0)
                cm_buf_put(out, piece, (size_t)got);
        return 0;
}

/* Until both are closed; what is printed beyond the room for errors is dropped. */
static int collect(struct run *run, const struct cm_run_options *options, struct cm_buf *out,
                   struct cm_err *err)
{
        const char *name = options->argv[0];
        int64_t deadline = cm_clock_monotonic_ms() + options->timeout_ms;
        while (run->output[0] >= 0 || run->errors[0] >= 0) {
                int64_t left = deadline - cm_clock_monotonic_ms();
                struct pollfd p[] = { { .fd = run->output[0], .events = POLLIN },
                                      { .fd = run->errors[0], .events = POLLIN } };
                int n = left <= 0 ? 0 : poll(p, CM_ARRAY_LEN(p), (int)left);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return CM_RAISE(err, CM_E_ENV, "'%s' did not answer within %d seconds",
                                        name, options->timeout_ms / 1000);
                int r = p[0].revents != 0 ? take_piece(&run->output[0], name, out, err) : 0;
                if (r == 0 && p[1].revents != 0)
                        r = take_piece(&run->errors[0], name, options->errors, err);
                if (r == 0)
                        r = cm_buf_check(out, name, err);
                if (r < 0)
                        return r;
        }
        return 0;
}

int cm_run_capture(const struct cm_run_options *options, struct cm_buf *ret_output, int *ret_status,
                   struct cm_err *err)
{
        CM_ASSERT(options->input.len <= INPUT_BYTES_MAX);
        struct run run = { { -1, -1 }, { -1, -1 }, { -1, -1 }, -1 };
        int status = 0;
        int r = start(&run, options, err);
        if (r == 0)
                r = collect(&run, options, ret_output, err);
        if (run.pid > 0) {
                if (r < 0)
                        kill(run.pid, SIGKILL);
                while (waitpid(run.pid, &status, 0) < 0 && errno == EINTR)
                        ;
        }
        for (size_t i = 0; i < 2; i++) {
                close_fd(&run.input[i]);
                close_fd(&run.output[i]);
                close_fd(&run.errors[i]);
        }
        if (r < 0)
                return r;
        if (WIFEXITED(status) && WEXITSTATUS(status) == EXEC_FAILED)
                return 1;
        *ret_status = status;
        return 0;
}
