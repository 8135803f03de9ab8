/* SPDX-License-Identifier: MIT */
#include "engine/usage.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PERIOD_NS (10 * ACRI_NS_PER_S)
#define BUSY_PERCENT 90.0

static uint64_t process_cpu_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * ACRI_NS_PER_S + (uint64_t)t.tv_nsec;
}

static uint64_t memory_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    unsigned long long pages = 0;

    if (f == NULL)
        return 0;
    if (fscanf(f, "%*u %llu", &pages) != 1)
        pages = 0;
    fclose(f);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

void acri_usage_begin(struct acri_usage *m, size_t n_loops, uint64_t now_ns)
{
    *m = (struct acri_usage){ .next_ns = now_ns + PERIOD_NS,
                              .last_ns = now_ns,
                              .cpu_ns = process_cpu_ns(),
                              .loop_cpu_ns = acri_alloc((n_loops + 1) * sizeof(uint64_t)),
                              .n_loops = n_loops };
}

void acri_usage_done(struct acri_usage *m)
{
    free(m->loop_cpu_ns);
    m->loop_cpu_ns = NULL;
}

static double percent(uint64_t cpu_ns, uint64_t over_ns)
{
    return over_ns > 0 ? 100.0 * (double)cpu_ns / (double)over_ns : 0;
}

void acri_usage_step(struct acri_usage *m, uint64_t now_ns, const uint64_t *loop_cpu_ns,
                     struct acri_hook_results *results, struct acr_user *service)
{
    long n_cpus = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t over_ns = now_ns - m->last_ns;
    uint64_t cpu_ns = process_cpu_ns();
    struct acr_usage_event e = { .memory_bytes = memory_bytes() };

    e.cpu_percent = percent(cpu_ns - m->cpu_ns, over_ns) / (double)(n_cpus > 0 ? n_cpus : 1);
    for (size_t i = 0; i < m->n_loops; i++) {
        double one = percent(loop_cpu_ns[i] - m->loop_cpu_ns[i], over_ns);

        if (one > e.loop_percent)
            e.loop_percent = one;
    }
    m->now = e;
    if (now_ns < m->next_ns)
        return;
    for (size_t i = 0; i < m->n_loops; i++)
        m->loop_cpu_ns[i] = loop_cpu_ns[i];
    m->cpu_ns = cpu_ns;
    m->last_ns = now_ns;
    m->next_ns = now_ns + PERIOD_NS;
    ACRI_FIRE(results, service, usage, , &e);
    if (e.loop_percent <= BUSY_PERCENT)
        return;
    if (!m->did_warn)
        acri_log_warning(
            "a loop used %.0f %% of a CPU: its users waited for it, and the numbers are "
            "the generator's too; use more threads or machines",
            e.loop_percent);
    m->did_warn = true;
    ACRI_FIRE(results, service, cpu_warning, , &e);
}
