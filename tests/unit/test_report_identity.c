/* SPDX-License-Identifier: MIT */
/*
 * The same samples give the same results to the byte: counted by one process, reported by one
 * worker, or by eight whose reports come in any order. That is true of what was counted; when a
 * master learns of it is not, so that points over time have no part in this, and where results come
 * from (json_rows_all) has none either.
 */
#include "support/unit.h"

#include "results/json_rows.h"

#include <stdlib.h>
#include <string.h>

#include "stats/delta.h"
#include "stats/snapshot.h"
#include "support/stream.h"

#define N_SAMPLES (UNIT_UNDER_SANITIZER ? 60000 : 200000)
#define SAMPLES_PER_TICK 5000 /* of all */
#define TICKS_PER_REPORT 4
#define MOST_WORKERS 8
#define LOOPS 2
#define MOST_PARTS 4000

struct worker {
    struct acri_block *blocks[LOOPS];
    struct acri_stats *stats;
};

/* Parts on their way, in any order. */
struct network {
    struct acri_buf parts[MOST_PARTS];
    size_t n;
    size_t n_seen;
};

static void send_part(void *arg, const void *bytes, size_t n)
{
    struct network *w = arg;

    assert_true(w->n < MOST_PARTS);
    acri_buf_init(&w->parts[w->n], n);
    assert_int_equal(acri_buf_append(&w->parts[w->n++], bytes, n), 0);
}

/* Deliver all but so many of the parts, drawn at random. */
static void deliver(struct network *w, struct acri_rng *rng, struct acri_stats *master,
                    uint64_t base_ns, size_t n_kept)
{
    while (w->n > n_kept) {
        size_t i = (size_t)acri_rng_below(rng, w->n);

        assert_int_equal(
            acri_delta_apply(master, "node", base_ns, w->parts[i].data, w->parts[i].length), 0);
        acri_buf_done(&w->parts[i]);
        w->parts[i] = w->parts[--w->n];
        w->n_seen++;
    }
}

/* The end of a run as a report sees it. Owner: the caller. */
static struct csv_text report(struct acri_stats *s, uint64_t start_ns, uint64_t end_ns)
{
    const struct acri_run_info info = {
        .state = "stopped", .start_real_ns = STREAM_REAL_NS, .elapsed_s = 10, .seed = 42
    };
    struct json_text j = { .depth = 0 };
    struct acr_snapshot snapshot;

    acri_stats_tick(s, start_ns + (end_ns - STREAM_START_NS));
    acri_snapshot_init(&snapshot, s, &info);
    json_rows_measured(&j, &snapshot, 1);
    json_rows_locust(&j, &snapshot);
    assert_false(j.text.is_incomplete);
    return j.text;
}

static struct csv_text counted_directly(void)
{
    struct acri_stats *s = acri_stats_new(STREAM_START_NS, STREAM_REAL_NS);
    struct acri_block *b = acri_block_new();
    struct csv_text json;
    struct stream x;

    stream_init(&x, 42);
    for (int i = 0; i < N_SAMPLES; i++) {
        stream_next(&x, b, s, "node");
        if (i % SAMPLES_PER_TICK == SAMPLES_PER_TICK - 1)
            acri_stats_merge(s, b);
    }
    acri_stats_merge(s, b);
    json = report(s, STREAM_START_NS, x.now_ns + ACRI_NS_PER_S);
    acri_block_free(b);
    acri_stats_free(s);
    return json;
}

/* The clock of the master began so much later than that of the workers. */
static struct csv_text reported_by(size_t n_workers, uint64_t order, uint64_t later_ns,
                                   size_t part_max)
{
    uint64_t start_ns = STREAM_START_NS + later_ns;
    struct acri_stats *master = acri_stats_new(start_ns, STREAM_REAL_NS);
    struct network *network = calloc(1, sizeof(*network));
    struct worker workers[MOST_WORKERS];
    struct acri_rng rng;
    struct csv_text json;
    struct stream x;

    assert_non_null(network);
    acri_rng_init(&rng, order, 2);
    stream_init(&x, 42);
    for (size_t i = 0; i < n_workers; i++) {
        workers[i].stats = acri_stats_new(STREAM_START_NS, STREAM_REAL_NS);
        for (size_t j = 0; j < LOOPS; j++)
            workers[i].blocks[j] = acri_block_new();
    }
    for (size_t i = 1; i <= N_SAMPLES; i++) {
        struct worker *w = &workers[acri_rng_below(&rng, n_workers)];

        stream_next(&x, w->blocks[acri_rng_below(&rng, LOOPS)], w->stats, "");
        for (size_t j = 0; i % SAMPLES_PER_TICK == 0 && j < n_workers * LOOPS; j++)
            acri_stats_merge(workers[j / LOOPS].stats, workers[j / LOOPS].blocks[j % LOOPS]);
        for (size_t j = 0; i % (SAMPLES_PER_TICK * TICKS_PER_REPORT) == 0 && j < n_workers; j++) {
            acri_delta_encode(workers[j].stats, STREAM_START_NS, part_max, send_part, network);
            acri_stats_clear(workers[j].stats, x.now_ns, 0);
        }
        /* Some come later than what was sent after them. */
        if (i % (SAMPLES_PER_TICK * TICKS_PER_REPORT) == 0)
            deliver(network, &rng, master, start_ns, (size_t)acri_rng_below(&rng, 20));
    }
    deliver(network, &rng, master, start_ns, 0);
    assert_true(network->n_seen >= n_workers * N_SAMPLES / SAMPLES_PER_TICK / TICKS_PER_REPORT);
    json = report(master, start_ns, x.now_ns + ACRI_NS_PER_S);
    for (size_t i = 0; i < n_workers; i++) {
        acri_stats_free(workers[i].stats);
        for (size_t j = 0; j < LOOPS; j++)
            acri_block_free(workers[i].blocks[j]);
    }
    free(network);
    acri_stats_free(master);
    return json;
}

static void assert_identical(const struct csv_text *a, struct csv_text b)
{
    size_t i = 0;

    while (i < a->length && i < b.length && a->data[i] == b.data[i])
        i++;
    if (i < a->length || i < b.length)
        fail_msg("from byte %zu on: %.200s\nis not\n%.200s", i, a->data + i - (i < 80 ? i : 80),
                 b.data + i - (i < 80 ? i : 80));
    csv_text_done(&b);
}

static void results_are_the_same_to_the_byte(void **state)
{
    struct csv_text wanted = counted_directly();

    (void)state;
    assert_true(wanted.length > 100000);
    assert_identical(&wanted, reported_by(1, 1, 0, ACRI_DELTA_PART_MIN));
    assert_identical(&wanted, reported_by(8, 2, 0, ACRI_DELTA_PART_MIN));
    assert_identical(&wanted, reported_by(8, 3, 77 * ACRI_NS_PER_S, 4096));
    assert_identical(&wanted, reported_by(8, 4, 123456789, 500));
    csv_text_done(&wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_the_same_to_the_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
