/* SPDX-License-Identifier: MIT */
/*
 * What it costs to write a worker's reports and to merge them at the master: so many workers, each
 * with 100 entries and some requests in each.
 *
 * usage: delta [WORKERS [REQUESTS_PER_ENTRY [SECONDS]]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stats/delta.h"
#include "support/stream.h"

#define TYPES 16 /* different reports, dealt to the workers in turn */

static struct acri_buf parts[TYPES];

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void keep(void *arg, const void *bytes, size_t n)
{
    acri_buf_append(arg, bytes, n);
}

static void ignore(void *arg, const void *bytes, size_t n)
{
    (void)bytes;
    *(size_t *)arg += n;
}

/* Requests that were sent when they were due, and in every second run some that were not. */
static struct acri_stats *report_of(struct stream *x, unsigned n_requests, bool is_late)
{
    struct acri_stats *s = acri_stats_new(STREAM_START_NS, STREAM_REAL_NS);
    struct acri_block *b = acri_block_new();

    for (unsigned i = 0; i < n_requests * STREAM_NAMES; i++) {
        uint64_t time_ns = (uint64_t)(5e6 * exp(0.5 * stream_gauss(x)));
        const struct acri_record r = { .type = "GET",
                                       .name = x->names[i % STREAM_NAMES],
                                       .intended_ns = is_late ? x->now_ns - time_ns / 8 : 0,
                                       .sent_ns = x->now_ns,
                                       .answered_ns = x->now_ns + time_ns,
                                       .bytes = 1000,
                                       .attempts = 1,
                                       .has_time = true };

        acri_block_started(b);
        acri_block_record(b, &r);
    }
    acri_stats_merge(s, b);
    acri_block_free(b);
    return s;
}

static int measure(unsigned n_workers, unsigned n_requests, unsigned n_seconds, bool is_late)
{
    struct acri_stats *master = acri_stats_new(STREAM_START_NS, STREAM_REAL_NS);
    struct stream stream;
    size_t n_bytes = 0;
    double write_s = 0;
    double n_entries = (double)n_workers * STREAM_NAMES * n_seconds;
    double start_s;
    int r = 0;

    stream_init(&stream, 1);
    for (size_t i = 0; i < TYPES; i++) {
        struct acri_stats *s = report_of(&stream, n_requests, is_late);

        acri_buf_init(&parts[i], (size_t)1 << 24);
        acri_delta_encode(s, STREAM_START_NS, (size_t)1 << 24, keep, &parts[i]);
        start_s = now_s();
        for (int j = 0; j < 100; j++)
            acri_delta_encode(s, STREAM_START_NS, ACRI_DELTA_PART_MIN, ignore, &n_bytes);
        write_s += now_s() - start_s;
        acri_stats_free(s);
    }
    start_s = now_s();
    for (unsigned second = 1; second <= n_seconds; second++) {
        for (unsigned i = 0; i < n_workers; i++)
            r |= acri_delta_apply(master, "worker", STREAM_START_NS, parts[i % TYPES].data,
                                  parts[i % TYPES].length);
        acri_stats_tick(master, STREAM_START_NS + second * ACRI_NS_PER_S);
    }
    printf("%s: %.0f bytes and %.2f us to write an entry, %.2f us to merge it: %.1f %% of a core\n",
           is_late ? "open load (three clocks)" : "closed load (one clock)",
           (double)n_bytes / (100.0 * TYPES * STREAM_NAMES),
           write_s * 1e6 / (100.0 * TYPES * STREAM_NAMES), (now_s() - start_s) * 1e6 / n_entries,
           (now_s() - start_s) * 100 / n_seconds);
    if (master->total->counts.requests != (uint64_t)(n_entries * n_requests))
        r = -1;
    for (size_t i = 0; i < TYPES; i++)
        acri_buf_done(&parts[i]);
    acri_stats_free(master);
    return r;
}

int main(int argc, char **argv)
{
    unsigned n_workers = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000;
    unsigned n_requests = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 10;
    unsigned n_seconds = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 10;
    int r;

    printf("%u workers, each second %u entries with %u requests from each\n", n_workers,
           STREAM_NAMES, n_requests);
    r = measure(n_workers, n_requests, n_seconds, false);
    r |= measure(n_workers, n_requests, n_seconds, true);
    if (r != 0)
        fprintf(stderr, "what was merged is not what was written\n");
    return r != 0;
}
