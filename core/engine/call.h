/* SPDX-License-Identifier: MIT */
/*
 * A call of a user to something that lives on the control loop, and its answer, as messages.
 *
 * The call lies on the caller's stack, and the caller does not go on before all of its messages are
 * back: nothing is used after it is gone, and an answer that was given is never lost, whatever ends
 * the wait.
 *
 *   sent:       the message travels to the control loop
 *   waiting:    the control loop has put the call into a queue, or answers at once
 *   answered:   the message travels back, with the result; when it is home the caller goes on
 *   withdrawn:  the caller was cancelled, or its time is over: a second message travels there and
 *               back. A call that is still waiting then leaves its queue unanswered; one that was
 *               answered before stays so, and the caller takes the answer. The caller waits for the
 *               second message without a way out; that takes as long as the control loop takes to
 *               get to its mail.
 */
#ifndef ACRIDA_ENGINE_CALL_H
#define ACRIDA_ENGINE_CALL_H

#include "engine/user.h"

struct acri_call;

/* Calls that wait, the first to come first. */
struct acri_calls {
    struct acri_call *first;
    struct acri_call *last;
    uint64_t n;
};

struct acri_call {
    /* Set by the caller. */
    void (*ask)(struct acri_call *call); /* on the control loop: answer it, or put it in a queue */
    void *object;
    void *value; /* to the object, or from it */
    bool may_wait;
    /* The control loop's, until the message is home. */
    struct acri_call *next;
    struct acri_call *previous;
    struct acri_calls *queue; /* that it waits in, or NULL */
    int result;
    bool is_answered;
    /* The caller's. */
    struct acri_message message;
    struct acri_message withdrawal;
    struct acr_user *user;
    struct acr_coroutine *coroutine;
    bool is_home;
    bool is_withdrawal_home;
};

/*
 * Send the call and wait for its answer: ask, object, value are set.
 *
 * Units:   seconds; 0 = as long as it takes; negative = may_wait is false, and ask answers.
 * Returns: the answer; -ETIMEDOUT or -ECANCELED when there was none. Yields.
 */
int acri_call(struct acr_user *u, struct acri_call *call, double timeout_s);

/* On the control loop. */
void acri_call_answer(struct acri_call *call, int result);
void acri_call_queue(struct acri_calls *queue, struct acri_call *call);
struct acri_call *acri_call_take(struct acri_calls *queue); /* the first, or NULL */

#endif
