/* SPDX-License-Identifier: MIT */
/* Jobs between two threads. */
#include "exchange.h"

#include "results/side_thread.h"

#include <acrida/control.h>

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define NS_PER_S 1e9

/* First in, first out. */
struct queue {
    struct web_job *first;
    struct web_job *last;
};

struct web_exchange {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* `there` or is_ending */
    struct queue there;     /* to be posted */
    struct queue back;
    int fd;
    pthread_t poster;
    bool has_poster;
    bool is_ending;
};

static void push(struct queue *q, struct web_job *job)
{
    job->next = NULL;
    if (q->first == NULL)
        q->first = job;
    else
        q->last->next = job;
    q->last = job;
}

static struct web_job *pop(struct queue *q)
{
    struct web_job *job = q->first;

    if (job != NULL)
        q->first = job->next;
    return job;
}

void web_exchange_tell(struct web_exchange *x, struct web_job *job)
{
    uint64_t one = 1;
    ssize_t n;

    pthread_mutex_lock(&x->lock);
    push(&x->back, job);
    /* Within the lock: once the last job is taken, nobody here touches the descriptor again. */
    n = write(x->fd, &one, sizeof(one));
    (void)n; /* it is readable already when it is full */
    pthread_mutex_unlock(&x->lock);
}

static void do_job(void *arg)
{
    struct web_job *job = arg;
    uint64_t from_ns = acr_now_ns();

    job->view(&job->request, &job->reply);
    job->took_s = (double)(acr_now_ns() - from_ns) / NS_PER_S;
    web_exchange_tell(job->exchange, job);
}

static void post(struct web_exchange *x, struct web_job *job)
{
    if (acr_control_post(do_job, job) == 0)
        return;
    job->took_s = 0;
    web_reply_text(&job->reply, 503, "The process is ending.\n");
    web_exchange_tell(x, job);
}

/* The thread that posts. */
static void *post_all(void *arg)
{
    struct web_exchange *x = arg;

    pthread_mutex_lock(&x->lock);
    for (;;) {
        struct web_job *job = pop(&x->there);

        if (job != NULL) {
            pthread_mutex_unlock(&x->lock);
            post(x, job);
            pthread_mutex_lock(&x->lock);
        } else if (x->is_ending) {
            break;
        } else {
            pthread_cond_wait(&x->changed, &x->lock);
        }
    }
    pthread_mutex_unlock(&x->lock);
    return NULL;
}

struct web_exchange *web_exchange_new(void)
{
    struct web_exchange *x = calloc(1, sizeof(*x));

    if (x == NULL)
        return NULL;
    pthread_mutex_init(&x->lock, NULL);
    pthread_cond_init(&x->changed, NULL);
    x->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    x->has_poster = x->fd >= 0 && side_thread_start(&x->poster, post_all, x) == 0;
    if (x->has_poster)
        return x;
    web_exchange_free(x);
    return NULL;
}

void web_exchange_end(struct web_exchange *x)
{
    if (!x->has_poster)
        return;
    pthread_mutex_lock(&x->lock);
    x->is_ending = true;
    pthread_cond_signal(&x->changed);
    pthread_mutex_unlock(&x->lock);
    pthread_join(x->poster, NULL);
    x->has_poster = false;
}

void web_exchange_free(struct web_exchange *x)
{
    if (x == NULL)
        return;
    web_exchange_end(x);
    if (x->fd >= 0)
        close(x->fd);
    pthread_cond_destroy(&x->changed);
    pthread_mutex_destroy(&x->lock);
    free(x);
}

int web_exchange_fd(const struct web_exchange *x)
{
    return x->fd;
}

void web_exchange_ask(struct web_exchange *x, struct web_job *job)
{
    bool is_ending;

    job->exchange = x;
    pthread_mutex_lock(&x->lock);
    is_ending = x->is_ending;
    if (!is_ending) {
        push(&x->there, job);
        pthread_cond_signal(&x->changed);
    }
    pthread_mutex_unlock(&x->lock);
    if (is_ending)
        post(x, job); /* which cannot be */
}

void web_exchange_take(struct web_exchange *x)
{
    struct web_job *job;
    uint64_t counted;
    ssize_t n;

    pthread_mutex_lock(&x->lock);
    job = x->back.first;
    x->back.first = NULL;
    n = read(x->fd, &counted, sizeof(counted));
    (void)n;
    pthread_mutex_unlock(&x->lock);
    while (job != NULL) {
        struct web_job *next = job->next;

        job->back(job);
        job = next;
    }
}
