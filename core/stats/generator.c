/* SPDX-License-Identifier: MIT */
#include "stats/generator.h"

void acri_generator_note(struct acri_generator_loop *loop, const struct acri_generator_loop *tick,
                         uint64_t cpu_ns, double busy_limit)
{
    loop->over_ns += tick->over_ns;
    loop->wait_ns += tick->wait_ns;
    loop->n_runs += tick->n_runs;
    if (tick->over_ns > 0 && (double)cpu_ns > busy_limit * (double)tick->over_ns)
        loop->busy_ns += tick->over_ns;
}

static double greater(double a, double b)
{
    return a > b ? a : b;
}

void acri_generator_add_loop(struct acri_generator *g, const struct acri_generator_loop *loop)
{
    double over_ns = (double)loop->over_ns;

    if (loop->over_ns == 0)
        return;
    g->seconds = greater(g->seconds, over_ns / 1e9);
    g->busy_share = greater(g->busy_share, (double)loop->busy_ns / over_ns);
    g->wait_share = greater(g->wait_share, (double)loop->wait_ns / over_ns);
    if (loop->n_runs > 0)
        g->wait_ms = greater(g->wait_ms, (double)loop->wait_ns / (double)loop->n_runs / 1e6);
}

void acri_generator_add(struct acri_generator *g, const struct acri_generator *other)
{
    g->seconds = greater(g->seconds, other->seconds);
    g->busy_share = greater(g->busy_share, other->busy_share);
    g->wait_share = greater(g->wait_share, other->wait_share);
    g->wait_ms = greater(g->wait_ms, other->wait_ms);
    g->n_stalls += other->n_stalls;
    g->n_stalled += other->n_stalled;
    g->longest_stall_ms = greater(g->longest_stall_ms, other->longest_stall_ms);
}
