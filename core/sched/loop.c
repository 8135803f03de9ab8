/* SPDX-License-Identifier: MIT */
#include "sched/loop.h"

#include "base/check.h"
#include "base/clock.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Work per turn is bounded, so that sockets are served while many users are runnable. */
#define JOBS_PER_TURN 256u
#define JOBS_NS_PER_TURN (2 * ACRI_NS_PER_MS)
#define TIMERS_PER_TURN 1024u

#define DEFAULT_STALL_NS (100 * ACRI_NS_PER_MS)

enum strand_state { STRAND_RUNNING = 0, STRAND_SUSPENDED, STRAND_WOKEN };

/* What a loop knows of a coroutine; the extra memory of acri_coro_new. */
struct strand {
    struct acri_job job;
    struct acri_timer deadline; /* set: at the earliest deadline since it was last due */
    uint64_t deadline_at_ns;    /* what it is set to */
    uint64_t until_ns;          /* the deadline of this wait; 0 = none */
    struct acr_loop *loop;
    void (*function)(void *arg);
    void *arg;
    void (*on_end)(void *owner);
    void *owner;
    int reason;
    uint64_t woken_ns;
    enum strand_state state;
};

static void on_timer_fd(int fd, short what, void *arg)
{
    uint64_t count;

    (void)what;
    (void)arg;
    /* The turn itself looks at the heap; this only takes the descriptor's readiness back. */
    if (read(fd, &count, sizeof(count)) < 0)
        ACRI_ASSERT(errno == EAGAIN || errno == EINTR);
}

static void on_mail_fd(int fd, short what, void *arg)
{
    struct acr_loop *l = arg;

    (void)fd;
    (void)what;
    l->now_ns = acri_clock_now_ns(); /* the wait before was no work */
    acri_mailbox_run(&l->mailbox);
}

static struct event_base *new_base(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base = NULL;

    if (config != NULL) {
        event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
        base = event_base_new_with_config(config);
        event_config_free(config);
    }
    return base;
}

int acri_loop_init(struct acr_loop *l, unsigned index, void *owner)
{
    int r;

    *l = (struct acr_loop){ .index = index,
                            .owner = owner,
                            .armed_ns = UINT64_MAX,
                            .stall_ns = DEFAULT_STALL_NS,
                            .timer_fd = -1 };
    r = acri_mailbox_init(&l->mailbox);
    if (r < 0)
        return r;
    acri_timer_heap_init(&l->timers);
    acri_coro_thread_init(&l->coros);
    l->base = new_base();
    l->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (l->base != NULL && l->timer_fd >= 0) {
        l->timer_event = event_new(l->base, l->timer_fd, EV_READ | EV_PERSIST, on_timer_fd, l);
        l->mail_event = event_new(l->base, l->mailbox.fd, EV_READ | EV_PERSIST, on_mail_fd, l);
    }
    if (l->timer_event == NULL || l->mail_event == NULL || event_add(l->timer_event, NULL) < 0 ||
        event_add(l->mail_event, NULL) < 0) {
        acri_loop_done(l);
        return -EMFILE;
    }
    l->now_ns = acri_clock_now_ns();
    return 0;
}

void acri_loop_done(struct acr_loop *l)
{
    if (l->timer_event != NULL)
        event_free(l->timer_event);
    if (l->mail_event != NULL)
        event_free(l->mail_event);
    if (l->base != NULL)
        event_base_free(l->base);
    if (l->timer_fd >= 0)
        close(l->timer_fd);
    acri_coro_thread_done(&l->coros);
    acri_timer_heap_done(&l->timers);
    acri_mailbox_done(&l->mailbox);
    free(l->shared);
    l->shared = NULL;
}

void acri_loop_post(struct acr_loop *l, struct acri_message *m)
{
    acri_mailbox_post(&l->mailbox, m);
}

void acri_loop_end(struct acr_loop *l)
{
    l->is_ending = true;
}

void acri_loop_queue(struct acr_loop *l, struct acri_job *job)
{
    if (job->is_queued)
        return;
    job->is_queued = true;
    job->next = NULL;
    if (l->first_job == NULL)
        l->first_job = job;
    else
        l->last_job->next = job;
    l->last_job = job;
}

static void run_jobs(struct acr_loop *l)
{
    uint64_t end_ns = l->now_ns + JOBS_NS_PER_TURN;

    for (unsigned n = 0; n < JOBS_PER_TURN && l->first_job != NULL && l->now_ns < end_ns; n++) {
        struct acri_job *job = l->first_job;

        l->first_job = job->next;
        job->is_queued = false;
        job->run(job);
    }
}

/* Only when the earliest deadline has changed: a system call each time. */
static void arm(struct acr_loop *l)
{
    uint64_t next_ns = acri_timer_heap_next_ns(&l->timers);
    struct itimerspec at = { 0 };

    if (next_ns == l->armed_ns)
        return;
    if (next_ns != UINT64_MAX) {
        /* Zero would mean "off". */
        uint64_t at_ns = next_ns > ACRI_CLOCK_AHEAD_NS ? next_ns - ACRI_CLOCK_AHEAD_NS : 1;

        at.it_value.tv_sec = (time_t)(at_ns / ACRI_NS_PER_S);
        at.it_value.tv_nsec = (long)(at_ns % ACRI_NS_PER_S);
    }
    ACRI_ASSERT(timerfd_settime(l->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) == 0);
    l->armed_ns = next_ns;
}

/* The wait should have ended by the deadline of its timer. */
static void look_for_stall(struct acr_loop *l)
{
    uint64_t due_ns = l->armed_ns > l->polled_ns ? l->armed_ns : l->polled_ns;

    if (l->polled_ns != 0 && l->armed_ns != UINT64_MAX && l->now_ns > due_ns &&
        ACRI_UNLIKELY(l->now_ns - due_ns > l->stall_ns) && l->on_stall != NULL)
        l->on_stall(l, NULL, l->now_ns - due_ns);
    l->polled_ns = 0;
}

void acri_loop_turn(struct acr_loop *l, bool may_block)
{
    int flags = EVLOOP_ONCE;

    l->now_ns = acri_clock_now_ns();
    l->event_ns = l->now_ns;
    look_for_stall(l);
    if (acri_timer_heap_next_ns(&l->timers) <= l->now_ns)
        acri_timer_heap_expire(&l->timers, l->now_ns, TIMERS_PER_TURN);
    run_jobs(l);
    if (l->first_job != NULL || !may_block || l->is_ending ||
        acri_timer_heap_next_ns(&l->timers) <= l->now_ns)
        flags |= EVLOOP_NONBLOCK;
    else {
        arm(l);
        l->polled_ns = acri_clock_now_ns();
    }
    l->event_ns = 0;
    event_base_loop(l->base, flags);
}

void acri_loop_run(struct acr_loop *l)
{
    while (!l->is_ending)
        acri_loop_turn(l, true);
}

uint64_t acri_loop_coalesce_ns(uint64_t now_ns, uint64_t deadline_ns)
{
    uint64_t quantum_ns = ACRI_NS_PER_MS;

    if (deadline_ns < now_ns + 20 * ACRI_NS_PER_MS)
        quantum_ns = ACRI_NS_PER_MS / 4;
    return (deadline_ns + quantum_ns - 1) / quantum_ns * quantum_ns;
}

void acri_loop_note_work(struct acr_loop *l, void *owner)
{
    uint64_t now_ns = acri_clock_now_ns();

    if (ACRI_UNLIKELY(now_ns - l->now_ns > l->stall_ns) && l->on_stall != NULL)
        l->on_stall(l, owner, now_ns - l->now_ns);
    l->now_ns = now_ns;
}

static void resume(struct acr_coroutine *c)
{
    struct strand *s = acri_coro_extra(c);
    struct acr_loop *l = s->loop;
    void (*on_end)(void *owner) = s->on_end;
    void *owner = s->owner;
    bool has_ended;

    s->state = STRAND_RUNNING;
    l->n_resumed++;
    has_ended = acri_coro_resume(c);
    acri_loop_note_work(l, owner);
    if (has_ended && on_end != NULL)
        on_end(owner);
}

static void run_strand(struct acri_job *job)
{
    struct strand *s = ACRI_CONTAINER_OF(job, struct strand, job);

    resume((struct acr_coroutine *)(void *)s - 1);
}

/* Most waits end long before their deadline: the timer stays where it is, and is set again when it
 * turns out to be early. */
static void set_deadline(struct strand *s, uint64_t at_ns)
{
    if (acri_timer_is_set(&s->deadline) && s->deadline_at_ns <= at_ns)
        return;
    s->deadline_at_ns = at_ns;
    acri_timer_set(&s->loop->timers, &s->deadline, at_ns);
}

static void on_deadline(struct acri_timer *t)
{
    struct strand *s = ACRI_CONTAINER_OF(t, struct strand, deadline);

    if (s->state != STRAND_SUSPENDED || s->until_ns == 0)
        return;
    if (s->until_ns > s->loop->now_ns)
        set_deadline(s, s->until_ns);
    else
        acri_loop_wake((struct acr_coroutine *)(void *)s - 1, -ETIMEDOUT);
}

static void run_function(void *arg)
{
    struct strand *s = arg;

    s->function(s->arg);
    acri_timer_stop(&s->loop->timers, &s->deadline);
}

static struct strand *new_strand(struct acr_loop *l, uint32_t stack_class,
                                 void (*function)(void *arg), void *arg,
                                 void (*on_end)(void *owner), void *owner)
{
    struct acr_coroutine *c =
        acri_coro_new(&l->coros, stack_class, sizeof(struct strand), run_function, NULL);
    struct strand *s;

    if (c == NULL)
        return NULL;
    s = acri_coro_extra(c); /* zeroed */
    c->arg = s;
    s->job.run = run_strand;
    s->deadline.function = on_deadline;
    s->loop = l;
    s->function = function;
    s->arg = arg;
    s->on_end = on_end;
    s->owner = owner;
    return s;
}

bool acri_loop_go(struct acr_loop *l, uint32_t stack_class, void (*function)(void *arg), void *arg,
                  void (*on_end)(void *owner), void *owner)
{
    struct strand *s = new_strand(l, stack_class, function, arg, on_end, owner);

    if (s == NULL)
        return false;
    resume((struct acr_coroutine *)(void *)s - 1);
    return true;
}

bool acri_loop_begin(struct acr_loop *l, uint32_t stack_class, void (*function)(void *arg),
                     void *arg, void (*on_end)(void *owner), void *owner)
{
    struct strand *s = new_strand(l, stack_class, function, arg, on_end, owner);

    if (s == NULL)
        return false;
    s->state = STRAND_WOKEN;
    s->woken_ns = acri_clock_now_ns();
    acri_loop_queue(l, &s->job);
    return true;
}

struct acr_coroutine *acri_loop_current(struct acr_loop *l)
{
    return l->is_held ? NULL : l->coros.current;
}

int acri_loop_suspend(struct acr_loop *l, uint64_t deadline_ns)
{
    struct strand *s = acri_coro_extra(l->coros.current);

    if (deadline_ns != 0)
        set_deadline(s, deadline_ns);
    s->until_ns = deadline_ns;
    s->state = STRAND_SUSPENDED;
    acri_coro_suspend(&l->coros);
    l->delay_ns = l->now_ns > s->woken_ns ? l->now_ns - s->woken_ns : 0;
    return s->reason;
}

/* All that one wait for events has brought came at the same time: the clock is read once. */
static uint64_t woken_at_ns(struct acr_loop *l)
{
    if (l->coros.current != NULL)
        return acri_clock_now_ns();
    if (l->event_ns == 0)
        l->event_ns = acri_clock_now_ns();
    return l->event_ns;
}

void acri_loop_wake(struct acr_coroutine *c, int reason)
{
    struct strand *s = acri_coro_extra(c);

    if (s->state != STRAND_SUSPENDED)
        return;
    s->state = STRAND_WOKEN;
    s->woken_ns = woken_at_ns(s->loop);
    s->reason = reason;
    acri_loop_queue(s->loop, &s->job);
}

bool acri_loop_is_suspended(struct acr_coroutine *c)
{
    const struct strand *s = acri_coro_extra(c);

    return s->state == STRAND_SUSPENDED;
}
