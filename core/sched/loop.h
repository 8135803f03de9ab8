/* SPDX-License-Identifier: MIT */
/*
 * A loop: one thread's event base with a run queue, timers, a mailbox and coroutines.
 *
 * Everything here is for the loop's own thread, except acri_loop_post and acri_loop_end.
 */
#ifndef ACRIDA_SCHED_LOOP_H
#define ACRIDA_SCHED_LOOP_H

#include "sched/coro.h"
#include "sched/mailbox.h"
#include "sched/timer.h"

#include <stdbool.h>
#include <stdint.h>

struct event;
struct event_base;

#define ACRI_LOOP_SHARED_BYTES ((size_t)64 << 10)

/* Something to run soon, embedded in what wants it. */
struct acri_job {
    struct acri_job *next;
    void (*run)(struct acri_job *job);
    bool is_queued;
};

struct acr_loop {
    struct acri_coro_thread coros;
    struct acri_timer_heap timers;
    struct acri_mailbox mailbox;
    struct acri_job *first_job;
    struct acri_job *last_job;
    struct event_base *base;
    struct event *timer_event;
    struct event *mail_event;
    int timer_fd;
    uint64_t armed_ns;  /* what timer_fd is set to */
    uint64_t polled_ns; /* when the last wait for events began; 0: it did not block */
    uint64_t now_ns;    /* the clock when the running piece of work began */
    uint64_t
        event_ns; /* the clock at the first wake by what this turn has waited for; 0: none so far */
    uint64_t delay_ns; /* how long the coroutine that runs waited for its turn after it was woken */
    uint64_t stall_ns; /* a coroutine that runs longer than this is reported */
    /* owner: whose coroutine it was; NULL = nobody's: the thread itself was not run in time. */
    void (*on_stall)(struct acr_loop *l, void *owner, uint64_t held_ns);
    void *owner;
    char *shared;       /* what sockets are read into; NULL: not used so far */
    uint64_t n_resumed; /* so often a coroutine has gone on */
    unsigned index;
    bool is_ending;
    bool is_held; /* nobody may yield now */
};

/* Returns: 0 or a negative errno. */
int acri_loop_init(struct acr_loop *l, unsigned index, void *owner);
void acri_loop_done(struct acr_loop *l);

/* Run until acri_loop_end. Yields to nobody: this is the thread's main function. */
void acri_loop_run(struct acr_loop *l);
/* One turn: bounded work, then wait for events if may_block and nothing is left to run. */
void acri_loop_turn(struct acr_loop *l, bool may_block);

/* Thread: any. */
void acri_loop_post(struct acr_loop *l, struct acri_message *m);
/* The loop returns from acri_loop_run after the current turn. Thread: the loop's. */
void acri_loop_end(struct acr_loop *l);

/* Queue a job; one that is queued already stays where it is. */
void acri_loop_queue(struct acr_loop *l, struct acri_job *job);

/* When a timer for this deadline should fire: later, by at most 1 ms, so that neighbours share a
 * wake-up of the machine; by at most 250 us for deadlines that are near. */
uint64_t acri_loop_coalesce_ns(uint64_t now_ns, uint64_t deadline_ns);

/*
 * Start a coroutine: function(arg) runs at once, until it first suspends. owner is named in stall
 * reports and given to on_end, which is called when the function has returned and its stack is
 * free.
 *
 * Returns: false when there is no address space for its stack (nothing was called).
 */
bool acri_loop_go(struct acr_loop *l, uint32_t stack_class, void (*function)(void *arg), void *arg,
                  void (*on_end)(void *owner), void *owner);

/* The same, but it runs soon instead of at once, so that a coroutine may start another. */
bool acri_loop_begin(struct acr_loop *l, uint32_t stack_class, void (*function)(void *arg),
                     void *arg, void (*on_end)(void *owner), void *owner);

/* A piece of work is over, and another begins: the clock is read, and a stall reported. */
void acri_loop_note_work(struct acr_loop *l, void *owner);

/* The coroutine that runs now; NULL outside. */
struct acr_coroutine *acri_loop_current(struct acr_loop *l);

/*
 * Suspend the current coroutine until it is woken or a deadline passes (0 = none).
 *
 * Returns: the reason it was woken with, or -ETIMEDOUT. Yields.
 */
int acri_loop_suspend(struct acr_loop *l, uint64_t deadline_ns);

/* Let it go on with this reason; nothing happens when it is not suspended or woken already. */
void acri_loop_wake(struct acr_coroutine *c, int reason);

/* Whether it is suspended and not woken yet. */
bool acri_loop_is_suspended(struct acr_coroutine *c);

#endif
