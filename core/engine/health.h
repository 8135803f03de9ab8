/* SPDX-License-Identifier: MIT */
/*
 * How the loops of this process fare: what each needs of its CPU and is kept waiting for, and where
 * the system tells the latter. Thread: control, but for acri_health_read_wait.
 */
#ifndef ACRIDA_ENGINE_HEALTH_H
#define ACRIDA_ENGINE_HEALTH_H

#include "engine/users.h"
#include "stats/generator.h"

struct acri_health_loop {
    struct acri_generator_loop sums; /* since the start or the last reset */
    struct acri_fared last;
    bool is_known; /* `last` is */
};

struct acri_health {
    struct acri_health_loop *loops; /* n_loops elements */
    size_t n_loops;
    double busy_limit;
};

void acri_health_init(struct acri_health *h, size_t n_loops, double busy_limit);
void acri_health_done(struct acri_health *h);

/* What a loop has handed over. */
void acri_health_take(struct acri_health *h, size_t loop, const struct acri_handover *from);
/* The statistics begin again. Stalls are never reset. */
void acri_health_reset(struct acri_health *h);
void acri_health_add_up(const struct acri_health *h, struct acri_generator *ret_generator);

/* How long this thread has waited for a CPU while it could have run, and how often it ran, since
 * its start; left as they are where the system does not tell. *fd: 0 at first; kept open, for there
 * may be no descriptor left later. */
void acri_health_read_wait(int *fd, struct acri_fared *to);
void acri_health_close(int *fd);

#endif
