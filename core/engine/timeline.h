/* SPDX-License-Identifier: MIT */
/*
 * What each tick of a run tells the history (stats/history.h): means over the tick, from numbers
 * that only grow.
 *
 * Thread: control loop.
 */
#ifndef ACRIDA_ENGINE_TIMELINE_H
#define ACRIDA_ENGINE_TIMELINE_H

#include "stats/snapshot.h"

struct acri_timeline {
    uint64_t last_ns;
    uint64_t open_ns;
    uint64_t over_ns;
    uint64_t *loop_cpu_ns; /* n_loops elements; owned */
    size_t n_loops;
};

/* What has grown since the start: see struct acri_conductor. */
struct acri_timeline_grown {
    uint64_t open_ns;            /* integral of open requests; begins again with a reset */
    uint64_t over_ns;            /* the time it covers, summed over loops; the same */
    const uint64_t *loop_cpu_ns; /* n_loops elements */
};

void acri_timeline_begin(struct acri_timeline *t, size_t n_loops, uint64_t now_ns);
void acri_timeline_done(struct acri_timeline *t);

/* A tick has been taken in: add it to the history of these statistics. Where there are workers
 * (s has nodes) they are asked instead of loops: open requests are those of now. */
void acri_timeline_step(struct acri_timeline *t, struct acri_stats *stats,
                        const struct acr_snapshot *s, uint64_t now_ns,
                        const struct acri_timeline_grown *grown);

#endif
