/* SPDX-License-Identifier: MIT */
#include "engine/wait.h"

#include "base/clock.h"

#include <math.h>

static double constant_s(const struct acri_wait_input *in, struct acri_rng *rng)
{
    const struct acr_wait *w = &in->set->wait;

    switch (w->kind) {
    case ACR_WAIT_CONSTANT:
        return w->a_s;
    case ACR_WAIT_BETWEEN:
        return w->a_s + acri_rng_unit(rng) * (w->b_s - w->a_s);
    case ACR_WAIT_EXPONENTIAL:
        /* By inversion; 1 - u is never 0. */
        return -w->a_s * log(1 - acri_rng_unit(rng));
    case ACR_WAIT_FUNCTION:
        return in->function_s > 0 ? in->function_s : 0;
    default:
        return 0;
    }
}

/* The slot after this one; what has been missed is made up for, or counted. */
static uint64_t next_slot(uint64_t slot_ns, uint64_t period_ns, uint64_t now_ns, bool must_catch_up,
                          uint64_t *ret_n_missed)
{
    uint64_t due_ns = slot_ns + period_ns;

    if (must_catch_up || due_ns >= now_ns || period_ns == 0)
        return due_ns;
    *ret_n_missed = (now_ns - due_ns) / period_ns;
    return now_ns;
}

static uint64_t total_rate_slot(const struct acri_wait_input *in, uint64_t *ret_n_missed)
{
    struct acri_rate_slots *slots = in->slots;
    uint64_t period_ns = slots->per_second > 0 ? acri_clock_ns_of(1 / slots->per_second) : 0;
    uint64_t due_ns = slots->next_ns;

    if (due_ns == 0 || (!in->set->must_catch_up && due_ns < in->now_ns)) {
        if (due_ns != 0 && period_ns > 0)
            *ret_n_missed = (in->now_ns - due_ns) / period_ns;
        due_ns = in->now_ns;
    }
    slots->next_ns = due_ns + period_ns;
    return due_ns;
}

uint64_t acri_wait_due_ns(const struct acri_wait_input *in, uint64_t *slot_ns, struct acri_rng *rng,
                          uint64_t *ret_n_missed)
{
    const struct acr_wait *w = &in->set->wait;
    double period_s = w->kind == ACR_WAIT_THROUGHPUT ? 1 / w->a_s : w->a_s;

    *ret_n_missed = 0;
    if (w->kind == ACR_WAIT_TOTAL_RATE)
        return total_rate_slot(in, ret_n_missed);
    if (w->kind != ACR_WAIT_PACING && w->kind != ACR_WAIT_THROUGHPUT)
        return in->now_ns + acri_clock_ns_of(constant_s(in, rng));
    *slot_ns = next_slot(*slot_ns, acri_clock_ns_of(period_s), in->now_ns, in->set->must_catch_up,
                         ret_n_missed);
    return *slot_ns;
}
