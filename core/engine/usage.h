/* SPDX-License-Identifier: MIT */
/* What the process needs: CPU and memory, every 10 s, for the `usage` and `cpu_warning` hooks.
 * Thread: control. */
#ifndef ACRIDA_ENGINE_USAGE_H
#define ACRIDA_ENGINE_USAGE_H

#include "engine/hooks.h"

struct acri_usage {
    uint64_t next_ns;
    uint64_t last_ns;
    uint64_t cpu_ns;       /* of the process, up to last_ns */
    uint64_t *loop_cpu_ns; /* n_loops elements: the same of each loop thread */
    size_t n_loops;
    bool did_warn;
    struct acr_usage_event now; /* of the last step */
};

void acri_usage_begin(struct acri_usage *m, size_t n_loops, uint64_t now_ns);
void acri_usage_done(struct acri_usage *m);

/* Look; when it is time: fire the hooks, and warn once above 90 %. loop_cpu_ns: n_loops elements.
 * Yields.
 */
void acri_usage_step(struct acri_usage *m, uint64_t now_ns, const uint64_t *loop_cpu_ns,
                     struct acri_hook_results *results, struct acr_user *service);

#endif
