/* SPDX-License-Identifier: MIT */
/* A run that never was, second by second, for goals and verdicts. */
#ifndef ACRIDA_TESTS_JUDGED_H
#define ACRIDA_TESTS_JUDGED_H

#include "golden/sample.h"

#include "stats/verdict.h"

struct judged {
    struct sample x;
    uint64_t now_ns;
};

static inline void judged_begin(struct judged *j)
{
    sample_make(&j->x, 0, false);
    j->x.snapshot.info.state = "running";
    j->now_ns = SAMPLE_START_NS;
}

/* Requests spread over the coming second. */
static inline void judged_requests(struct judged *j, unsigned n, const char *name, double took_ms,
                                   double late_ms, const char *error)
{
    double at_ms = (double)(j->now_ns - SAMPLE_START_NS) / 1e6;

    for (unsigned i = 0; i < n; i++)
        sample_request(&j->x, "GET", name, error, at_ms + 1000.0 * i / n, took_ms, late_ms);
}

/* The second is over: it is in the statistics. */
static inline void judged_second(struct judged *j)
{
    j->now_ns += ACRI_NS_PER_S;
    acri_stats_merge(j->x.stats, j->x.block);
    acri_stats_tick(j->x.stats, j->now_ns);
    j->x.snapshot.info.elapsed_s = (double)(j->now_ns - SAMPLE_START_NS) / 1e9;
}

static inline void judged_end(struct judged *j)
{
    sample_done(&j->x);
}

#endif
