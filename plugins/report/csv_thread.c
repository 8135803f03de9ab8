/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE 1 /* close_range */
#include "csv_thread.h"

#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define FIRST_OWN 3u

struct csv_thread {
    pthread_t id;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int (*function)(void *arg); /* to be called; NULL = done */
    void *arg;
    int result;
    bool is_ending;
};

static void *serve(void *arg)
{
    struct csv_thread *t = arg;

    /* Before Linux 5.9 the table stays that of the process: then files are opened as elsewhere. */
#ifndef ACRIDA_ONE_DESCRIPTOR_TABLE
    (void)close_range(FIRST_OWN, ~0u, CLOSE_RANGE_UNSHARE);
#endif
    pthread_mutex_lock(&t->lock);
    while (!t->is_ending) {
        if (t->function != NULL) {
            t->result = t->function(t->arg);
            t->function = NULL;
            pthread_cond_broadcast(&t->changed);
        }
        pthread_cond_wait(&t->changed, &t->lock);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

struct csv_thread *csv_thread_new(void)
{
    struct csv_thread *t = calloc(1, sizeof(*t));
    sigset_t all;
    sigset_t before;
    int r;

    if (t == NULL)
        return NULL;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->changed, NULL);
    /* Signals are for the threads of the run, or of the program that embeds it. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    r = pthread_create(&t->id, NULL, serve, t);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (r == 0)
        return t;
    pthread_cond_destroy(&t->changed);
    pthread_mutex_destroy(&t->lock);
    free(t);
    return NULL;
}

void csv_thread_free(struct csv_thread *t)
{
    if (t == NULL)
        return;
    pthread_mutex_lock(&t->lock);
    t->is_ending = true;
    pthread_cond_broadcast(&t->changed);
    pthread_mutex_unlock(&t->lock);
    pthread_join(t->id, NULL);
    pthread_cond_destroy(&t->changed);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

int csv_thread_run(struct csv_thread *t, int (*function)(void *arg), void *arg)
{
    int result;

    if (t == NULL)
        return function(arg);
    pthread_mutex_lock(&t->lock);
    t->function = function;
    t->arg = arg;
    pthread_cond_broadcast(&t->changed);
    while (t->function != NULL)
        pthread_cond_wait(&t->changed, &t->lock);
    result = t->result;
    pthread_mutex_unlock(&t->lock);
    return result;
}
