/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE 1 /* close_range */
#include "results/side_thread.h"

#include <linux/close_range.h>
#include <signal.h>
#include <unistd.h>

int side_thread_start(pthread_t *ret_id, void *(*function)(void *arg), void *arg)
{
    sigset_t all;
    sigset_t before;
    int r;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    r = pthread_create(ret_id, NULL, function, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return r;
}

void side_thread_own_descriptors(int keep)
{
#ifdef ACRIDA_ONE_DESCRIPTOR_TABLE
    (void)keep;
#else
    const int first = STDERR_FILENO + 1;

    if (close_range((unsigned)keep + 1, ~0u, CLOSE_RANGE_UNSHARE) == 0 && keep > first)
        (void)close_range((unsigned)first, (unsigned)keep - 1, 0);
#endif
}
