/* SPDX-License-Identifier: MIT */
/*
 * A stream of samples that is the same each time: what a scenario of 100 names could tell, with
 * failures, exceptions and metrics of all kinds, by a clock that the stream advances itself. Who
 * deals it to several nodes and merges what they counted must get what one node gets.
 */
#ifndef ACRIDA_TESTS_STREAM_H
#define ACRIDA_TESTS_STREAM_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "stats/block.h"
#include "stats/stats.h"

#define STREAM_START_NS (1000 * ACRI_NS_PER_S)
#define STREAM_REAL_NS (1767225600 * ACRI_NS_PER_S) /* 2026-01-01T00:00:00Z */
#define STREAM_NAMES 100
#define STREAM_STEP_NS 50000 /* on average */

struct stream {
    struct acri_rng rng;
    uint64_t now_ns; /* monotonic; each sample has a time of its own */
    char names[STREAM_NAMES][24];
};

static inline void stream_init(struct stream *x, uint64_t seed)
{
    acri_rng_init(&x->rng, seed, 1);
    x->now_ns = STREAM_START_NS;
    for (unsigned i = 0; i < STREAM_NAMES; i++)
        snprintf(x->names[i], sizeof(x->names[i]), "/api/things/%u", i);
}

static inline double stream_gauss(struct stream *x)
{
    return sqrt(-2 * log(1 - acri_rng_unit(&x->rng))) * cos(2 * M_PI * acri_rng_unit(&x->rng));
}

static inline void stream_request(struct stream *x, struct acri_block *b)
{
    static const char *const errors[] = { "connection refused", "timed out", "status 503" };
    static const char *const tags[] = { "cached", "database \"slow\"" };
    uint64_t time_ns = (uint64_t)(5e6 * exp(stream_gauss(x)));
    uint64_t kind = acri_rng_below(&x->rng, 40);
    uint64_t name = acri_rng_below(&x->rng, STREAM_NAMES);
    uint64_t late_ns = acri_rng_below(&x->rng, 4) == 0 ? acri_rng_below(&x->rng, 3000000) : 0;
    struct acri_record r = {
        .type = name % 3 == 0 ? "POST" : "GET",
        .name = x->names[name],
        /* Half of the names are always sent in time. */
        .intended_ns = x->now_ns - (name % 2 == 0 ? late_ns : 0),
        .sent_ns = x->now_ns,
        .answered_ns = x->now_ns + time_ns,
        .real_ns = STREAM_REAL_NS + (x->now_ns - STREAM_START_NS),
        .bytes = acri_rng_below(&x->rng, 5000),
        .attempts = 1 + (uint32_t)(kind == 4),
        .has_time = kind != 0,
        .is_cancelled = kind == 1,
    };

    if (kind == 2)
        r.error = errors[acri_rng_below(&x->rng, 3)];
    acri_block_started(b);
    if (kind == 3)
        acri_block_lost(b, 1);
    else
        acri_block_record(b, &r);
    if (kind > 20 && kind < 24)
        acri_metrics_tag(&b->metrics, tags[kind % 2], strlen(tags[kind % 2]), r.error != NULL,
                         r.has_time, time_ns);
}

static inline void stream_metric(struct stream *x, struct acri_block *b)
{
    static const char *const names[] = { "orders", "basket" };
    const char *name = names[acri_rng_below(&x->rng, 2)];
    double value = stream_gauss(x);

    switch (acri_rng_below(&x->rng, 5)) {
    case 0:
        acri_metrics_add(&b->metrics, ACR_METRIC_COUNTER, name, fabs(value) * 10, x->now_ns);
        return;
    case 1:
        acri_metrics_add(&b->metrics, ACR_METRIC_GAUGE, name, value, x->now_ns);
        return;
    case 2: /* all bands, both signs, and zero */
        value = value * pow(10, 20 * acri_rng_unit(&x->rng) - 2);
        acri_metrics_add(&b->metrics, ACR_METRIC_TREND, name, value, x->now_ns);
        return;
    case 3:
        acri_metrics_add(&b->metrics, ACR_METRIC_TREND, "small", fabs(value), x->now_ns);
        return;
    default:
        acri_metrics_check(&b->metrics, name, value < 1);
        return;
    }
}

/* The next sample, into a block, or into the exceptions of `s`, raised on a node. */
static inline void stream_next(struct stream *x, struct acri_block *b, struct acri_stats *s,
                               const char *node)
{
    static const char *const messages[] = { "assertion failed", "no such \"key\"", "out of stock" };
    uint64_t kind = acri_rng_below(&x->rng, 200);

    x->now_ns += 1 + acri_rng_below(&x->rng, (uint64_t)(2 * STREAM_STEP_NS));
    if (kind == 0)
        acri_stats_exception(s, messages[acri_rng_below(&x->rng, 3)], "at task (shop.c:10)", node);
    else if (kind < 40)
        stream_metric(x, b);
    else
        stream_request(x, b);
}

#endif
