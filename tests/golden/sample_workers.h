/* SPDX-License-Identifier: MIT */
/* Workers that never were, for a sample's snapshot. */
#ifndef ACRIDA_TESTS_SAMPLE_WORKERS_H
#define ACRIDA_TESTS_SAMPLE_WORKERS_H

#include "golden/sample.h"
#include "stats/nodes.h"

#define SAMPLE_WORKERS 3

struct sample_workers {
    struct acr_worker workers[SAMPLE_WORKERS];
    struct acri_node_label labels[2];
    struct acri_nodes nodes;
};

/* Two that run, and one that is missing and never told much; two labels. All show the sample's
 * sums. */
static inline void sample_add_workers(struct sample *x, struct sample_workers *w)
{
    static const char *const names[] = { "eu-1", "=us\033[31m,1", "lost" };
    static const char *const labels[] = { "region=eu zone=a", "=us", "" };
    static const char *const states[] = { "running", "running", "missing" };

    *w = (struct sample_workers){ .nodes = { .workers = w->workers,
                                             .n_workers = SAMPLE_WORKERS,
                                             .labels = w->labels,
                                             .n_labels = 2 } };
    for (uint32_t i = 0; i < SAMPLE_WORKERS; i++)
        w->workers[i] = (struct acr_worker){ .name = names[i],
                                             .host = "host",
                                             .labels = labels[i],
                                             .state = states[i],
                                             .index = i * 2,
                                             .ledger = { .started = 300 + i,
                                                         .succeeded = 270,
                                                         .failed = 18,
                                                         .cancelled = 1,
                                                         .lost = i,
                                                         .attempts = 289 },
                                             .stats = i < 2 ? x->stats : NULL };
    for (uint32_t i = 0; i < 2; i++) {
        double *numbers = w->workers[i].numbers;

        numbers[ACR_WORKER_USERS] = 250;
        numbers[ACR_WORKER_USERS_MAX] = 251 + i;
        numbers[ACR_WORKER_THREADS] = 4;
        numbers[ACR_WORKER_CPU_PERCENT] = 33.25;
        numbers[ACR_WORKER_LOOP_PERCENT] = 71.5;
        numbers[ACR_WORKER_MEMORY_BYTES] = 123456789;
        numbers[ACR_WORKER_LATENESS_MS] = 1.25;
        numbers[ACR_WORKER_LATENESS_RECENT_MS] = 0.5;
        numbers[ACR_WORKER_SILENT_S] = 0.25;
        numbers[ACR_WORKER_CLOCK_OFFSET_MS] = i == 0 ? 0.5 : -3600000.25;
        numbers[ACR_WORKER_REPORTS] = 12;
        w->labels[i].name = i == 0 ? "region=eu" : "=us";
        acri_snapshot_init(&w->labels[i].snapshot, x->stats, &x->snapshot.info);
    }
    w->workers[2].numbers[ACR_WORKER_SILENT_S] = 61;
    x->snapshot.info.nodes = &w->nodes;
}

#endif
