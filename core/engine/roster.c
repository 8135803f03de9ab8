/* SPDX-License-Identifier: MIT */
#include "engine/roster.h"

#include "base/clock.h"
#include "engine/arrivals.h"
#include "engine/budget.h"

#include <stdlib.h>

/* A total rate that is later than this has too few users. */
#define RATE_LATE_NS ACRI_NS_PER_S

static void on_ending_timer(struct acri_timer *t);

void acri_roster_init(struct acri_users *us)
{
    const struct acri_plan *plan = us->run->plan;

    us->types = acri_alloc((plan->n_types + 1) * sizeof(*us->types));
    us->rates = acri_alloc((plan->n_rates + 1) * sizeof(*us->rates));
    us->ending_timer.function = on_ending_timer;
    for (size_t i = 0; i < plan->n_types && us->run->open_types != NULL; i++)
        if (us->run->open_types[i].is_open)
            us->types[i].arrivals = acri_arrivals_new(us, (uint32_t)i);
    us->n_granted = acri_arrivals_share_of_iterations(us);
}

void acri_roster_done(struct acri_users *us)
{
    for (size_t i = 0; us->types != NULL && i < us->run->plan->n_types; i++)
        acri_arrivals_free(us->types[i].arrivals);
    free(us->types);
    free(us->rates);
    us->types = NULL;
    us->rates = NULL;
}

/* --- users by type ------------------------------------------------------------------------------
 */

void acri_roster_link(struct acri_users *us, struct acr_user *u)
{
    struct acri_loop_type *type = &us->types[u->plan->index];

    u->next = type->first;
    if (type->first != NULL)
        type->first->previous = u;
    type->first = u;
    type->n_live++;
    us->n_live++;
    us->n_looping += type->arrivals == NULL;
}

static void take_out(struct acr_user *u, struct acr_user **first)
{
    if (u->next != NULL)
        u->next->previous = u->previous;
    if (u->previous != NULL)
        u->previous->next = u->next;
    else
        *first = u->next;
    u->next = u->previous = NULL;
}

static void take_out_of_type(struct acri_users *us, struct acr_user *u)
{
    struct acri_loop_type *type = &us->types[u->plan->index];

    take_out(u, &type->first);
    type->n_live--;
    if (!u->was_told_to_end)
        type->n_quit++;
    acri_budget_note_end(u);
    /* It may be on its own coroutine, or long in ending. */
    if (type->arrivals != NULL)
        acri_arrivals_serve_soon(type->arrivals);
}

void acri_roster_unlink(struct acri_users *us, struct acr_user *u)
{
    acri_roster_not_idle(u);
    us->n_looping -= us->types[u->plan->index].arrivals == NULL;
    if (u->is_ending) {
        if (us->last_ending == u)
            us->last_ending = u->previous;
        take_out(u, &us->ending);
    } else {
        take_out_of_type(us, u);
    }
}

/* --- ending -------------------------------------------------------------------------------------
 */

static void on_ending_timer(struct acri_timer *t)
{
    struct acri_users *us = ACRI_CONTAINER_OF(t, struct acri_users, ending_timer);
    uint64_t now_ns = acri_clock_now_ns();
    struct acr_user *u = us->ending;

    while (u != NULL && (u->cancel_ns == 0 || u->cancel_ns <= now_ns)) {
        /* Ending may free this one, and no other. */
        struct acr_user *next = u->next;

        if (u->cancel_ns != 0) {
            u->cancel_ns = 0;
            acri_user_stop(u, ACRI_STOP_CANCEL, 0);
        }
        u = next;
    }
    if (u != NULL)
        acri_timer_set(&us->loop.timers, t, u->cancel_ns);
}

void acri_roster_set_ending(struct acri_users *us, struct acr_user *u)
{
    take_out_of_type(us, u);
    u->previous = us->last_ending;
    if (us->last_ending != NULL)
        us->last_ending->next = u;
    else
        us->ending = u;
    us->last_ending = u;
    if (u->cancel_ns != 0 && us->ending_timer.position == 0)
        acri_timer_set(&us->loop.timers, &us->ending_timer, u->cancel_ns);
}

void acri_roster_stop_some(struct acri_users *us, uint32_t type, uint64_t n)
{
    bool is_patient = us->run->stop_timeout_s > 0;
    uint64_t cancel_ns = acri_clock_now_ns() + acri_clock_ns_of(us->run->stop_timeout_s);

    for (uint64_t i = 0; i < n && us->types[type].first != NULL; i++) {
        struct acr_user *u = us->types[type].first;

        u->was_told_to_end = true;
        acri_user_stop(u, is_patient ? ACRI_STOP_GRACEFUL : ACRI_STOP_CANCEL, cancel_ns);
    }
}

void acri_roster_finish_all(struct acri_users *us)
{
    for (size_t i = 0; i < us->run->plan->n_types; i++) {
        struct acr_user *u = us->types[i].arrivals == NULL ? us->types[i].first : NULL;

        while (u != NULL) {
            /* Ending may free this one, and no other. */
            struct acr_user *next = u->next;

            if (u->phase == ACRI_USER_WAITING || u->phase == ACRI_USER_IDLE) {
                acri_timer_stop(&us->loop.timers, &u->timer);
                acri_roster_not_idle(u);
                acri_user_finish(u);
            } else if (u->phase == ACRI_USER_STARTING) {
                acri_user_stop(u, ACRI_STOP_CANCEL, 0);
            }
            u = next;
        }
    }
}

void acri_roster_stop_all(struct acri_users *us, enum acri_stop how)
{
    struct acr_user *u = us->ending;

    while (u != NULL) {
        struct acr_user *next = u->next;

        acri_user_stop(u, how, 0);
        u = next;
    }
    for (size_t i = 0; i < us->run->plan->n_types; i++)
        while (us->types[i].first != NULL) {
            us->types[i].first->was_told_to_end = true;
            acri_user_stop(us->types[i].first, how, 0);
        }
}

/* --- idle users ---------------------------------------------------------------------------------
 */

void acri_roster_queue_idle(struct acri_user_list *list, struct acr_user *u)
{
    u->idle_next = NULL;
    u->idle_previous = list->last;
    u->idle_in = list;
    if (list->last != NULL)
        list->last->idle_next = u;
    else
        list->first = u;
    list->last = u;
}

void acri_roster_push_idle(struct acri_user_list *list, struct acr_user *u)
{
    u->idle_next = list->first;
    u->idle_previous = NULL;
    u->idle_in = list;
    if (list->first != NULL)
        list->first->idle_previous = u;
    else
        list->last = u;
    list->first = u;
}

void acri_roster_not_idle(struct acr_user *u)
{
    struct acri_user_list *list = u->idle_in;

    if (list == NULL)
        return;
    if (u->idle_next != NULL)
        u->idle_next->idle_previous = u->idle_previous;
    else
        list->last = u->idle_previous;
    if (u->idle_previous != NULL)
        u->idle_previous->idle_next = u->idle_next;
    else
        list->first = u->idle_next;
    u->idle_in = NULL;
}

struct acr_user *acri_roster_take_idle(struct acri_user_list *list)
{
    struct acr_user *u = list->first;

    if (u != NULL)
        acri_roster_not_idle(u);
    return u;
}

bool acri_roster_is_open(const struct acr_user *u)
{
    return u->home->types[u->plan->index].arrivals != NULL;
}

bool acri_roster_deals_iterations(const struct acr_user *u)
{
    return u->home->run->n_iterations > 0 || acri_roster_is_open(u);
}

/* --- total rates --------------------------------------------------------------------------------
 */

struct acri_rate_slots *acri_roster_rate_slots(struct acr_user *u, const struct acri_set_plan *set)
{
    struct acri_users *us = u->home;
    struct acri_loop_rate *rate = &us->rates[set->rate_index];
    const struct acri_loop_type *type = &us->types[u->plan->index];
    double share = 1 / (double)us->run->n_loops;

    /* By the users that each loop has of them all, as far as it is known. */
    if (type->n_over_all >= type->n_live && type->n_over_all > 0)
        share = (double)type->n_live / (double)type->n_over_all;
    rate->slots.per_second = set->wait.a_s * share;
    return &rate->slots;
}

void acri_roster_watch_rate(struct acr_user *u, const struct acri_set_plan *set, uint64_t due_ns)
{
    struct acri_users *us = u->home;
    struct acri_loop_rate *rate = &us->rates[set->rate_index];
    uint64_t n_left_out;

    /* One loop speaks for all: that of the type's first user. */
    if (due_ns + RATE_LATE_NS >= us->loop.now_ns ||
        us->loop.index != u->plan->index % us->run->n_loops ||
        !acri_log_may(&rate->warn_limit, us->loop.now_ns, 10 * ACRI_NS_PER_S, &n_left_out))
        return;
    acri_log_warning(
        "user type '%s' does not reach its total rate of %g per second: %llu users are "
        "too few for it, it is %.1f s behind",
        u->plan->type->name, set->wait.a_s,
        (unsigned long long)(us->types[u->plan->index].n_over_all > 0
                                 ? us->types[u->plan->index].n_over_all
                                 : us->n_live),
        (double)(us->loop.now_ns - due_ns) / 1e9);
}
