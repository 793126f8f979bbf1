/* SPDX-License-Identifier: Apache-2.0 */
/* See stop.h: a pipe that the handler writes into, so that no signal is missed before a poll(). */
#include "os/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t came;
static int ends[2] = { -1, -1 };

static void on_signal(int number)
{
        const int saved = errno;
        (void)number;
        came = 1;
        CM_IGNORE(write(ends[1], "", 1) < 0); /* full: it is readable already */
        errno = saved;
}

int cm_stop_catch(int *ret_fd, struct cm_err *err)
{
        const struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not make a pipe");
        if (sigaction(SIGINT, &action, NULL) != 0 || sigaction(SIGTERM, &action, NULL) != 0)
                return CM_RAISE_ERRNO(err, CM_E_ENV, errno, "could not take signals");
        *ret_fd = ends[0];
        return 0;
}

bool cm_stop_came(void)
{
        return came != 0;
}
