/* SPDX-License-Identifier: MIT */
/*
 * Names the worker that holds up the others: it is out of CPU, or late where the others are not.
 * Each once. Thread: control loop.
 */
#ifndef ACRIDA_APP_BOTTLENECK_H
#define ACRIDA_APP_BOTTLENECK_H

#include <stdbool.h>
#include <stddef.h>

struct acr_snapshot;

/* What a worker was seen doing. */
struct acri_bottleneck_worker {
    unsigned n_busy; /* ticks in a row */
    bool is_named;
};

/* Zero-initialised is empty. */
struct acri_bottleneck {
    struct acri_bottleneck_worker *workers; /* n_workers elements, by the worker's index */
    size_t n_workers;
    double *lateness; /* scratch: as many */
};

/* About once a second: log a warning for each worker that is one now and was none before. */
void acri_bottleneck_step(struct acri_bottleneck *b, const struct acr_snapshot *s);
void acri_bottleneck_done(struct acri_bottleneck *b);

#endif
