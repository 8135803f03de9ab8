/* SPDX-License-Identifier: MIT */
#include "sched/offload.h"

#include "base/check.h"
#include "base/clock.h"
#include "sched/thread.h"

#include <acrida/client.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#define PATIENCE_MS 1000

struct acri_offload_worker {
    struct acri_message message; /* to the worker: run job, or end; back: has run it */
    struct acri_mailbox mailbox;
    struct acri_thread thread;
    struct acri_offload *pool;
    struct acri_offload_job *job; /* that it works on; NULL = idle */
    bool must_end;
};

struct acri_offload {
    struct acri_mailbox mailbox; /* from the workers */
    struct acr_watch *watch;
    struct acri_offload_worker *workers[ACRI_OFFLOAD_THREADS];
    size_t n_workers;
    struct acri_offload_job *first;
    struct acri_offload_job *last;
    size_t n_queued;
};

/* --- on a thread of the pool --------------------------------------------------------------------
 */

static void run_back(struct acri_message *m);

static void run_job(struct acri_message *m)
{
    struct acri_offload_worker *w = ACRI_CONTAINER_OF(m, struct acri_offload_worker, message);

    w->job->run(w->job);
    w->message.run = run_back;
    acri_mailbox_post(&w->pool->mailbox, &w->message);
}

static void run_end(struct acri_message *m)
{
    ACRI_CONTAINER_OF(m, struct acri_offload_worker, message)->must_end = true;
}

static void work(void *arg)
{
    struct acri_offload_worker *w = arg;
    struct pollfd mail = { .fd = w->mailbox.fd, .events = POLLIN };

    while (!w->must_end)
        if (poll(&mail, 1, -1) == 1)
            acri_mailbox_run(&w->mailbox);
}

/* --- on the pool's loop -------------------------------------------------------------------------
 */

static void give(struct acri_offload_worker *w, struct acri_offload_job *job)
{
    w->job = job;
    w->message.run = run_job;
    acri_mailbox_post(&w->mailbox, &w->message);
}

static void run_back(struct acri_message *m)
{
    struct acri_offload_worker *w = ACRI_CONTAINER_OF(m, struct acri_offload_worker, message);
    struct acri_offload *pool = w->pool;
    struct acri_offload_job *done = w->job;
    struct acri_offload_job *next = pool->first;

    w->job = NULL;
    if (next != NULL) {
        pool->first = next->next;
        pool->n_queued--;
        give(w, next);
    }
    done->done(done);
}

static void on_mail(int fd, uint32_t ready, void *arg)
{
    struct acri_offload *pool = arg;

    (void)fd;
    (void)ready;
    acri_mailbox_run(&pool->mailbox);
}

int acri_offload_new(struct acr_loop *l, struct acri_offload **ret_pool)
{
    struct acri_offload *pool = acri_alloc(sizeof(*pool));
    int r = acri_mailbox_init(&pool->mailbox);

    if (r == 0) {
        pool->watch = acr_watch_new(l, pool->mailbox.fd, ACR_READ, on_mail, pool);
        if (pool->watch != NULL) {
            *ret_pool = pool;
            return 0;
        }
        acri_mailbox_done(&pool->mailbox);
        r = -ENOMEM;
    }
    free(pool);
    return r;
}

static bool is_any_busy(const struct acri_offload *pool)
{
    for (size_t i = 0; i < pool->n_workers; i++)
        if (pool->workers[i]->job != NULL)
            return true;
    return false;
}

bool acri_offload_free(struct acri_offload *pool)
{
    struct pollfd mail = { .events = POLLIN };
    bool have_all_ended = true;

    if (pool == NULL)
        return true;
    pool->first = NULL;
    pool->n_queued = 0;
    acr_watch_free(pool->watch);
    mail.fd = pool->mailbox.fd;
    while (is_any_busy(pool) && poll(&mail, 1, PATIENCE_MS) == 1)
        acri_mailbox_run(&pool->mailbox);
    for (size_t i = 0; i < pool->n_workers; i++) {
        struct acri_offload_worker *w = pool->workers[i];

        if (w->job != NULL) {
            have_all_ended = false;
            continue;
        }
        w->message.run = run_end;
        acri_mailbox_post(&w->mailbox, &w->message);
        acri_thread_join(&w->thread);
        acri_mailbox_done(&w->mailbox);
        free(w);
    }
    if (!have_all_ended)
        return false;
    acri_mailbox_done(&pool->mailbox);
    free(pool);
    return true;
}

static int add_worker(struct acri_offload *pool, struct acri_offload_worker **ret_worker)
{
    struct acri_offload_worker *w = acri_alloc(sizeof(*w));
    int r = acri_mailbox_init(&w->mailbox);

    if (r < 0) {
        free(w);
        return r;
    }
    w->pool = pool;
    r = acri_thread_start(&w->thread, "offload", work, w);
    if (r < 0) {
        acri_mailbox_done(&w->mailbox);
        free(w);
        return r;
    }
    pool->workers[pool->n_workers++] = w;
    *ret_worker = w;
    return 0;
}

int acri_offload_submit(struct acri_offload *pool, struct acri_offload_job *job)
{
    struct acri_offload_worker *w = NULL;
    int r = 0;

    for (size_t i = 0; i < pool->n_workers && w == NULL; i++)
        if (pool->workers[i]->job == NULL)
            w = pool->workers[i];
    if (w == NULL && pool->n_workers < ACRI_OFFLOAD_THREADS)
        r = add_worker(pool, &w);
    if (w != NULL) {
        give(w, job);
        return 0;
    }
    if (pool->n_workers == 0)
        return r;
    if (pool->n_queued >= ACRI_OFFLOAD_QUEUE)
        return -EAGAIN;
    job->next = NULL;
    if (pool->first == NULL)
        pool->first = job;
    else
        pool->last->next = job;
    pool->last = job;
    pool->n_queued++;
    return 0;
}
