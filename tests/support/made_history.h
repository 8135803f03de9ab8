/* SPDX-License-Identifier: MIT */
/* For unit tests: histories of runs that were never made, from a seed: what a system does at a
 * load, and noise. */
#ifndef ACRIDA_TESTS_MADE_HISTORY_H
#define ACRIDA_TESTS_MADE_HISTORY_H

#include "results/patterns.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MADE_POINTS 1200
#define MADE_ENTRIES 20

/* What is made of: columns, and the random numbers behind them. */
struct made {
    uint64_t state;
    size_t n;
    size_t n_entries;
    double t[MADE_POINTS];
    double users[MADE_POINTS];
    double arrivals[MADE_POINTS];
    double rate[1 + MADE_ENTRIES][MADE_POINTS]; /* 0 is the whole */
    double failures[1 + MADE_ENTRIES][MADE_POINTS];
    double ms[1 + MADE_ENTRIES][MADE_POINTS];
    char names[MADE_ENTRIES][8];
    double last_noise[1 + MADE_ENTRIES];
    struct patterns_series entries[MADE_ENTRIES];
    struct patterns_input input;
};

static double made_unit(struct made *m)
{
    uint64_t z = (m->state += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
}

static double made_normal(struct made *m)
{
    double u = made_unit(m);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * made_unit(m));
}

/* A factor around 1: log-normal, with a memory of `phi` (0 to 1) for its series. */
static double made_noise(struct made *m, size_t series, double sigma, double phi)
{
    double *last = &m->last_noise[series];

    *last = phi * *last + sqrt(1 - phi * phi) * made_normal(m);
    return exp(sigma * *last);
}

static void made_begin(struct made *m, uint64_t seed, size_t n, double step_s)
{
    memset(m, 0, sizeof(*m));
    m->state = seed * UINT64_C(0x2545f4914f6cdd1d) + 1;
    m->n = n;
    for (size_t i = 0; i < n; i++)
        m->t[i] = (double)(i + 1) * step_s;
    for (size_t e = 0; e <= MADE_ENTRIES; e++)
        m->last_noise[e] = made_normal(m);
}

/* From `from` to `to` users over the first n_ramp points, and then that many. */
static void made_ramp(struct made *m, double from, double to, size_t n_ramp)
{
    for (size_t i = 0; i < m->n; i++)
        m->users[i] = floor(i < n_ramp ? from + (to - from) * (double)i / (double)n_ramp : to);
}

/* Answers per second of users who think `think_ms` between an answer and the next request. */
static void made_answer(struct made *m, size_t i, double ms, double think_ms)
{
    m->ms[0][i] = ms;
    m->rate[0][i] = m->users[i] * 1000 / (ms + think_ms);
}

/* One endpoint's time and rate; the whole is their sum. */
static void made_entry(struct made *m, size_t e, size_t i, double ms, double rate)
{
    double all = m->rate[0][i] + rate;

    m->n_entries = e + 1 > m->n_entries ? e + 1 : m->n_entries;
    m->ms[e + 1][i] = rate > 0 ? ms : NAN;
    m->rate[e + 1][i] = rate;
    if (rate > 0)
        m->ms[0][i] = (m->rate[0][i] > 0 ? m->ms[0][i] * m->rate[0][i] : 0) / all + ms * rate / all;
    m->rate[0][i] = all;
}

static const struct patterns_input *made_input(struct made *m)
{
    for (size_t e = 0; e < m->n_entries; e++) {
        m->names[e][0] = '/';
        m->names[e][1] = (char)('a' + (int)e);
        m->entries[e] = (struct patterns_series){ .type = "GET",
                                                  .name = m->names[e],
                                                  .requests_per_s = m->rate[e + 1],
                                                  .failures_per_s = m->failures[e + 1],
                                                  .average_ms = m->ms[e + 1] };
    }
    m->input = (struct patterns_input){
        .n = m->n,
        .time_s = m->t,
        .users = m->users,
        .arrivals_per_s = m->arrivals,
        .total = { "", "", m->rate[0], m->failures[0], m->ms[0], NULL, NULL, NULL },
        .entries = m->entries,
        .n_entries = m->n_entries,
    };
    return &m->input;
}

#endif
