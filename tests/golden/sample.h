/* SPDX-License-Identifier: MIT */
/*
 * A run that never was: the snapshot that golden files of reports are made from. It holds what
 * reports stumble over: failures, requests without a time, names with quotes, formulas and escape
 * sequences.
 */
#ifndef ACRIDA_TESTS_SAMPLE_H
#define ACRIDA_TESTS_SAMPLE_H

#include "base/clock.h"
#include "stats/block.h"
#include "stats/history.h"
#include "stats/snapshot.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <string.h>

#define SAMPLE_START_NS (1000 * ACRI_NS_PER_S)
#define SAMPLE_REAL_NS (1767225600 * ACRI_NS_PER_S) /* 2026-01-01T00:00:00Z */

struct sample {
    struct acri_stats *stats;
    struct acri_block *block;
    struct acr_snapshot snapshot;
};

/* One request, sent and answered at so many milliseconds after the start. */
static inline void sample_request(struct sample *x, const char *type, const char *name,
                                  const char *error, double sent_ms, double took_ms, double late_ms)
{
    uint64_t sent_ns = SAMPLE_START_NS + (uint64_t)(sent_ms * 1e6);
    uint64_t answered_ns = sent_ns + (uint64_t)(took_ms * 1e6);
    const struct acri_record record = {
        .type = type,
        .name = name,
        .error = error,
        .intended_ns = sent_ns - (uint64_t)(late_ms * 1e6),
        .sent_ns = sent_ns,
        .answered_ns = answered_ns,
        .real_ns = SAMPLE_REAL_NS + (answered_ns - SAMPLE_START_NS),
        .bytes = error != NULL ? 21 : 1000,
        .attempts = 1,
        .has_time = strcmp(type, "job") != 0,
        .is_cancelled = error != NULL && strcmp(error, "cancelled") == 0,
    };

    acri_block_started(x->block);
    acri_block_record(x->block, &record);
}

/* The requests of one second of the run. */
static inline void sample_second(struct sample *x, unsigned second, bool is_hostile)
{
    double at = second * 1000.0;

    for (unsigned i = 1; i <= 20; i++)
        sample_request(x, "GET", "/api/products", NULL, at + 10 * i, 0.2 * i, 0.01);
    sample_request(x, "GET", "/api/products/[id]", NULL, at + 100, 12.345, 0);
    sample_request(x, "POST", "/api/orders", second % 2 == 0 ? "cart was empty" : NULL, at + 200,
                   350.5, 25);
    sample_request(x, "job", "encode", NULL, at + 300, 0, 0);
    if (is_hostile)
        sample_request(x, "GET", "=HYPERLINK(\"http://x\", \"y\")", "+1 is\r\n\033[31mno code",
                       at + 400, 5000, 0);
}

/* 12 seconds of a run, or none (n_seconds 0). */
static inline void sample_make(struct sample *x, unsigned n_seconds, bool is_hostile)
{
    const struct acri_run_info info = {
        .state = n_seconds > 0 ? "running" : "spawning",
        .n_users = n_seconds > 0 ? 500 : 0,
        .start_real_ns = SAMPLE_REAL_NS,
        .elapsed_s = n_seconds,
    };

    x->stats = acri_stats_new(SAMPLE_START_NS, SAMPLE_REAL_NS);
    x->block = acri_block_new();
    acri_history_begin(x->stats, SAMPLE_START_NS, SAMPLE_START_NS);
    for (unsigned second = 0; second < n_seconds; second++) {
        const struct acri_history_sample now = { .n_users = 40 * (second + 1),
                                                 .target_users = 500,
                                                 .open_requests = 1.5,
                                                 .cpu_percent = 100.0 / 3 };

        sample_second(x, second, is_hostile);
        if (second + 1 == n_seconds) {
            sample_request(x, "GET", "/api/products", "cancelled", second * 1000.0 + 900, 1, 0);
            acri_block_started(x->block);
        }
        acri_stats_merge(x->stats, x->block);
        acri_stats_tick(x->stats, SAMPLE_START_NS + (second + 1) * ACRI_NS_PER_S);
        acri_history_step(x->stats, SAMPLE_START_NS + (second + 1) * ACRI_NS_PER_S, &now);
    }
    for (unsigned i = 0; is_hostile && i < 3; i++)
        acri_stats_exception(x->stats, "-boom,\a \"x\"", "shop.so+0x12\nlibc.so+0x34\n", "local");
    acri_snapshot_init(&x->snapshot, x->stats, &info);
}

/* Numbers of its own, some of them with names that are hard to write, and open load. */
static inline void sample_add_metrics(struct sample *x)
{
    struct acri_metrics *m = &x->block->metrics;

    for (unsigned i = 1; i <= 1000; i++) {
        acri_metrics_add(m, ACR_METRIC_COUNTER, "orders", 3, 0);
        acri_metrics_add(m, ACR_METRIC_TREND, "basket, in cents", 12.5 * i, 0);
        acri_metrics_add(m, ACR_METRIC_TREND, "balance", (double)i - 700.5, 0);
        acri_metrics_add(m, ACR_METRIC_TREND, "bytes", 1e9 * i, 0);
        acri_metrics_check(m, "has a total", i != 1000);
        acri_metrics_check(m, "=is \"fast\"", i % 4 != 0);
        acri_metrics_tag(m, "eu", 2, i % 10 == 0, true, i * 10 * ACRI_NS_PER_US);
    }
    acri_metrics_add(m, ACR_METRIC_COUNTER, "revenue\033[31m", 1234567.891, 0);
    acri_metrics_add(m, ACR_METRIC_GAUGE, "queue", 17, 1);
    acri_metrics_add(m, ACR_METRIC_GAUGE, "queue", -2.5, 2);
    acri_metrics_tag(m, "untimed", 7, true, false, 0);
    acri_stats_merge(x->stats, x->block);
    x->snapshot.info.arrival_rate = 100;
    x->snapshot.info.stage = 1;
    x->snapshot.info.n_stages = 3;
    x->snapshot.info.load[ACR_LOAD_ITERATIONS] = 1150;
    x->snapshot.info.load[ACR_LOAD_ARRIVALS] = 1200;
    x->snapshot.info.load[ACR_LOAD_DROPPED] = 30;
    x->snapshot.info.load[ACR_LOAD_QUEUED] = 70;
    x->snapshot.info.load[ACR_LOAD_QUEUE] = 20;
    x->snapshot.info.load[ACR_LOAD_MISSED_SLOTS] = 4;
    x->snapshot.info.load[ACR_LOAD_PARKED] = 1;
}

static inline void sample_done(struct sample *x)
{
    acri_block_free(x->block);
    acri_stats_free(x->stats);
}

#endif
