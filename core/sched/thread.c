/* SPDX-License-Identifier: MIT */
#include "sched/thread.h"

#include <signal.h>

static void *run(void *arg)
{
    struct acri_thread *t = arg;

    t->function(t->arg);
    return NULL;
}

int acri_thread_start(struct acri_thread *t, const char *name, void (*function)(void *arg),
                      void *arg)
{
    sigset_t all;
    sigset_t before;
    int r;

    t->function = function;
    t->arg = arg;
    /* Signals are the main thread's; faults must stay where they happen. */
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    sigdelset(&all, SIGABRT);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    r = pthread_create(&t->id, NULL, run, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (r != 0)
        return -r;
    pthread_setname_np(t->id, name);
    return 0;
}

void acri_thread_join(struct acri_thread *t)
{
    pthread_join(t->id, NULL);
}
