/* SPDX-License-Identifier: MIT */
#include "engine/signals.h"

#include <acrida/client.h>

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void on_signal(int fd, uint32_t ready, void *arg)
{
    const struct acri_signals *s = arg;
    struct signalfd_siginfo info;

    (void)ready;
    if (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
        s->on_stop(info.ssi_signo == SIGINT ? "Ctrl-C" : "SIGTERM");
}

int acri_signals_watch(struct acri_signals *s, struct acr_loop *l,
                       void (*on_stop)(const char *name))
{
    sigset_t stops;

    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    *s = (struct acri_signals){ .fd = signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK),
                                .on_stop = on_stop };
    if (s->fd < 0)
        return -errno;
    s->watch = acr_watch_new(l, s->fd, ACR_READ, on_signal, s);
    return s->watch != NULL ? 0 : -EMFILE;
}

void acri_signals_done(struct acri_signals *s)
{
    acr_watch_free(s->watch);
    if (s->fd >= 0)
        close(s->fd);
    *s = (struct acri_signals){ .fd = -1 };
}
