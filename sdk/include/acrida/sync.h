/* SPDX-License-Identifier: MIT */
/*
 * Users that wait for each other, over all loops of the process: semaphores, one-time gates, and
 * pools of values that some users fill and others take from.
 *
 * Each is made in `init` or `test_start` and kept in a global. It lives on the control loop and is
 * reached by messages: a call costs some tens of microseconds, so these are for coordination, not
 * for counting. Who waits is served in order. Included by <acrida/acrida.h>.
 */
#ifndef ACRIDA_SYNC_H
#define ACRIDA_SYNC_H

#include <acrida/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- semaphores: at most so many at once --------------------------------------------------------
 */

struct acr_semaphore;

/** Owner: the runtime, until the process ends. Thread: control loop, in init or test_start. */
ACR_API struct acr_semaphore *acr_semaphore_new(struct acr_user *u, uint64_t n);

/**
 * Take one of the n; give it back with acr_semaphore_release. One that is still held when the user
 * ends is given back by the runtime.
 *
 * Units:   seconds; 0 = as long as it takes; negative = do not wait.
 * Returns: 0; -ETIMEDOUT; -ECANCELED. Yields.
 */
ACR_API ACR_YIELDS int acr_semaphore_acquire(struct acr_user *u, struct acr_semaphore *s,
                                             double timeout_s);
ACR_API void acr_semaphore_release(struct acr_user *u, struct acr_semaphore *s);

/* --- gates: closed, then open for good -----------------------------------------------------------
 */

struct acr_gate;

/**
 * n_arrivals: it opens by itself when so many are waiting at it; 0 = by acr_gate_open only.
 * Owner:      the runtime, until the process ends. Thread: control loop, in init or test_start.
 */
ACR_API struct acr_gate *acr_gate_new(struct acr_user *u, uint64_t n_arrivals);

/** Wait until it is open. Units, returns: as acr_semaphore_acquire. Yields. */
ACR_API ACR_YIELDS int acr_gate_wait(struct acr_user *u, struct acr_gate *g, double timeout_s);

/** Open it: all who wait go on, and nobody waits from then on. */
ACR_API void acr_gate_open(struct acr_user *u, struct acr_gate *g);

/* --- pools: values from some users to others
 * ------------------------------------------------------
 */

struct acr_pool;

/** Holds up to `capacity` texts, at least 1, first in first out. Owner: the runtime, until the
 * process ends. Thread: control loop, in init or test_start. */
ACR_API struct acr_pool *acr_pool_new(struct acr_user *u, size_t capacity);

/**
 * Put a text in; waits while the pool is full. Copied.
 *
 * Units, returns: as acr_semaphore_acquire. Yields.
 */
ACR_API ACR_YIELDS int acr_pool_put(struct acr_user *u, struct acr_pool *p, const char *text,
                                    double timeout_s);

/**
 * Take the oldest text out; waits while the pool is empty.
 *
 * Units:   as acr_semaphore_acquire.
 * Returns: NULL when there was none in time, or the user is being ended. Valid until the task
 *          returns. Yields.
 */
ACR_API ACR_YIELDS const char *acr_pool_take(struct acr_user *u, struct acr_pool *p,
                                             double timeout_s);

#ifdef __cplusplus
}
#endif

#endif
