/* SPDX-License-Identifier: MIT */
#include "engine/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "stats/history.h"
#include "stats/nodes.h"

void acri_timeline_begin(struct acri_timeline *t, size_t n_loops, uint64_t now_ns)
{
    acri_timeline_done(t);
    *t = (struct acri_timeline){ .last_ns = now_ns,
                                 .loop_cpu_ns = acri_alloc((n_loops + 1) * sizeof(uint64_t)),
                                 .n_loops = n_loops };
}

void acri_timeline_done(struct acri_timeline *t)
{
    free(t->loop_cpu_ns);
    t->loop_cpu_ns = NULL;
}

static double open_requests(struct acri_timeline *t, const struct acri_timeline_grown *g)
{
    bool began_again = g->over_ns < t->over_ns || g->open_ns < t->open_ns;
    double open_ns = (double)(g->open_ns - (began_again ? 0 : t->open_ns));
    double over_ns = (double)(g->over_ns - (began_again ? 0 : t->over_ns));

    t->open_ns = g->open_ns;
    t->over_ns = g->over_ns;
    return over_ns > 0 ? open_ns / over_ns * (double)t->n_loops : 0;
}

static double busiest_loop(struct acri_timeline *t, uint64_t over_ns, const uint64_t *loop_cpu_ns)
{
    double most = 0;

    for (size_t i = 0; i < t->n_loops; i++) {
        uint64_t cpu_ns =
            loop_cpu_ns[i] > t->loop_cpu_ns[i] ? loop_cpu_ns[i] - t->loop_cpu_ns[i] : 0;
        double percent = 100.0 * (double)cpu_ns / (double)over_ns;

        if (percent > most)
            most = percent;
        t->loop_cpu_ns[i] = loop_cpu_ns[i];
    }
    /* A loop that hands over late tells of more than the tick. */
    return most < 100 ? most : 100;
}

static double busiest_worker(const struct acri_nodes *nodes)
{
    double most = 0;

    for (size_t i = 0; i < nodes->n_workers; i++) {
        const struct acr_worker *w = &nodes->workers[i];

        if (w->state != NULL && (strcmp(w->state, "missing") == 0 || strcmp(w->state, "left") == 0))
            continue;
        if (w->numbers[ACR_WORKER_LOOP_PERCENT] > most)
            most = w->numbers[ACR_WORKER_LOOP_PERCENT];
    }
    return most;
}

void acri_timeline_step(struct acri_timeline *t, struct acri_stats *stats,
                        const struct acr_snapshot *s, uint64_t now_ns,
                        const struct acri_timeline_grown *grown)
{
    struct acri_history_sample sample = {
        .n_users = acr_snapshot_users(s),
        .target_users = acr_snapshot_target_users(s),
        .arrival_rate = acr_snapshot_arrival_rate(s),
    };

    if (now_ns <= t->last_ns)
        return;
    if (s->info.nodes != NULL) {
        sample.open_requests = (double)acr_snapshot_ledger(s, ACR_LEDGER_IN_FLIGHT);
        sample.cpu_percent = busiest_worker(s->info.nodes);
    } else {
        sample.open_requests = open_requests(t, grown);
        sample.cpu_percent = busiest_loop(t, now_ns - t->last_ns, grown->loop_cpu_ns);
    }
    t->last_ns = now_ns;
    acri_history_step(stats, now_ns, &sample);
}
