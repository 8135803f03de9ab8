/* SPDX-License-Identifier: MIT */
#include "csv_thread.h"

#include "results/side_thread.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

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

    side_thread_own_descriptors(STDERR_FILENO);
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

    if (t == NULL)
        return NULL;
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->changed, NULL);
    if (side_thread_start(&t->id, serve, t) == 0)
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
