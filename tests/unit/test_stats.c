/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "stats/stats.h"

#define MS ACRI_NS_PER_MS
#define S ACRI_NS_PER_S
#define START (1000 * S)

/* --- helpers
 * ----------------------------------------------------------------------------------------- */

static double gauss(struct acri_rng *rng)
{
    /* Box-Muller. */
    return sqrt(-2 * log(1 - acri_rng_unit(rng))) * cos(2 * M_PI * acri_rng_unit(rng));
}

static void settle(struct acri_block *b, const char *name, const char *error, uint64_t answered_ns,
                   uint64_t time_ns)
{
    const struct acri_record r = { .type = "GET",
                                   .name = name,
                                   .error = error,
                                   .intended_ns = answered_ns - time_ns,
                                   .sent_ns = answered_ns - time_ns,
                                   .answered_ns = answered_ns,
                                   .real_ns = answered_ns,
                                   .bytes = 10,
                                   .attempts = 1,
                                   .has_time = true };

    acri_block_started(b);
    acri_block_record(b, &r);
}

/* One sample of a random stream: any of 50 names, some failed, cancelled, untimed. */
static void settle_random(struct acri_block *b, struct acri_rng *rng, uint64_t now_ns)
{
    char name[16];
    uint64_t time_ns = (uint64_t)(5e6 * exp(gauss(rng)));
    uint64_t kind = acri_rng_below(rng, 20);
    struct acri_record r = { .type = acri_rng_below(rng, 2) == 0 ? "GET" : "POST",
                             .name = name,
                             .intended_ns = now_ns - acri_rng_below(rng, MS),
                             .sent_ns = now_ns,
                             .answered_ns = now_ns + time_ns,
                             .real_ns = now_ns,
                             .bytes = acri_rng_below(rng, 5000),
                             .attempts = 1 + (uint32_t)acri_rng_below(rng, 3),
                             .has_time = kind != 0,
                             .is_cancelled = kind == 1 };

    snprintf(name, sizeof(name), "/%llu", (unsigned long long)acri_rng_below(rng, 50));
    r.error = kind == 2 ? "refused" : kind == 3 ? "timeout" : NULL;
    acri_block_started(b);
    acri_block_record(b, &r);
}

static void assert_same_times(const struct acri_histogram *a, const struct acri_histogram *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->sum_low, b->sum_low);
    assert_int_equal(a->sum_high, b->sum_high);
    assert_int_equal(a->min_ns, b->min_ns);
    assert_int_equal(a->max_ns, b->max_ns);
    for (double q = 0; q <= 1; q += 0.05)
        assert_int_equal(acri_histogram_quantile_ns(a, q), acri_histogram_quantile_ns(b, q));
}

static void assert_same_entry(const struct acr_entry *a, const struct acr_entry *b)
{
    assert_true(acri_key_equals(&a->key, &b->key));
    assert_memory_equal(&a->counts, &b->counts, sizeof(a->counts));
    for (int i = 0; i < ACRI_STATS_CLOCKS; i++)
        assert_same_times(&a->times[i], &b->times[i]);
    assert_true(acri_stats_current_requests(a) == acri_stats_current_requests(b));
    assert_same_times(acri_stats_current_times(a), acri_stats_current_times(b));
}

static void assert_same_stats(const struct acri_stats *a, const struct acri_stats *b)
{
    assert_memory_equal(&a->ledger, &b->ledger, sizeof(a->ledger));
    assert_int_equal(a->last_ns, b->last_ns);
    assert_int_equal(a->entries.n, b->entries.n);
    assert_int_equal(a->failures.n, b->failures.n);
    assert_same_entry(a->total, b->total);
    for (size_t i = 0; i < a->entries.n; i++)
        assert_same_entry(acri_stats_entry(a, i), acri_stats_entry(b, i));
    for (size_t i = 0; i < a->failures.n; i++) {
        const struct acr_failure *f = acri_stats_failure(a, i), *g = acri_stats_failure(b, i);

        assert_true(acri_key_equals(&f->key, &g->key));
        assert_int_equal(f->count, g->count);
        assert_int_equal(f->first_real_ns, g->first_real_ns);
        assert_int_equal(f->last_real_ns, g->last_real_ns);
    }
}

static void done(struct acri_stats *s, struct acri_block *b)
{
    acri_block_free(b);
    acri_stats_free(s);
}

static void assert_near(double a, double b)
{
    if (fabs(a - b) > 1e-9 * fabs(b))
        fail_msg("%.12g is not %.12g", a, b);
}

/* --- merging
 * ----------------------------------------------------------------------------------------- */

static void one_stream_gives_the_same_however_it_is_split_into_blocks(void **state)
{
    struct acri_stats *one = acri_stats_new(START, START), *split = acri_stats_new(START, START);
    struct acri_block *block = acri_block_new(), *blocks[8];
    struct acri_rng rng, again, choice;
    uint64_t now_ns = START;

    (void)state;
    acri_rng_init(&rng, 1, 1);
    acri_rng_init(&again, 1, 1);
    acri_rng_init(&choice, 2, 2);
    for (size_t i = 0; i < 8; i++)
        blocks[i] = acri_block_new();
    for (size_t round = 0; round < 15; round++) {
        for (int i = 0; i < 2000; i++) {
            now_ns += S / 2000;
            settle_random(block, &rng, now_ns);
            settle_random(blocks[acri_rng_below(&choice, 8)], &again, now_ns);
        }
        acri_stats_merge(one, block);
        for (size_t i = 0; i < 8; i++)
            acri_stats_merge(split, blocks[(round + i * 5) % 8]);
        acri_stats_tick(one, now_ns);
        acri_stats_tick(split, now_ns);
        if (round % 7 == 0)
            assert_same_stats(one, split);
    }
    assert_int_equal(one->ledger.started, 30000);
    assert_int_equal(one->entries.n, 100);
    for (size_t i = 0; i < 8; i++)
        acri_block_free(blocks[i]);
    done(one, block);
    acri_stats_free(split);
}

static void the_total_is_the_sum_of_all_entries(void **state)
{
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *b = acri_block_new();
    struct acri_counts sum = { 0 };
    struct acri_histogram times;
    struct acri_rng rng;

    (void)state;
    acri_rng_init(&rng, 3, 3);
    acri_histogram_init(&times);
    for (int i = 0; i < 5000; i++)
        settle_random(b, &rng, START + (uint64_t)i * MS);
    acri_stats_merge(s, b);
    for (size_t i = 0; i < s->entries.n; i++) {
        const struct acr_entry *e = acri_stats_entry(s, i);

        sum.requests += e->counts.requests;
        sum.failures += e->counts.failures;
        sum.cancelled += e->counts.cancelled;
        sum.untimed += e->counts.untimed;
        sum.attempts += e->counts.attempts;
        sum.bytes += e->counts.bytes;
        acri_histogram_merge(&times, &e->times[ACR_CORRECTED]);
    }
    assert_memory_equal(&sum, &s->total->counts, sizeof(sum));
    assert_same_times(&times, &s->total->times[ACR_CORRECTED]);
    assert_int_equal(s->ledger.started,
                     s->ledger.succeeded + s->ledger.failed + s->ledger.cancelled);
    assert_int_equal(s->ledger.attempts, sum.attempts);
    assert_int_equal(s->ledger.failed, sum.failures);
    acri_histogram_done(&times);
    done(s, b);
}

static void assert_sorted(const struct acri_key *a, const struct acri_key *b)
{
    int order = strcmp(a->text[1], b->text[1]);

    if (order == 0)
        order = strcmp(a->text[0], b->text[0]);
    if (order == 0 && a->n == 3)
        order = strcmp(a->text[2], b->text[2]);
    assert_true(order < 0);
}

static void rows_are_sorted_by_name_then_type_then_error(void **state)
{
    const char *const names[] = { "/b", "/a", "", "/c", "/a/b", "\xff", "/A" };
    const char *const types[] = { "POST", "GET", "DELETE" };
    const char *const errors[] = { "timeout", "404", "refused" };
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *b = acri_block_new();

    (void)state;
    for (size_t i = 0; i < 7 * 3 * 3; i++) {
        acri_block_record(b, &(struct acri_record){ .type = types[i % 3],
                                                    .name = names[i / 3 % 7],
                                                    .error = errors[i / 21] });
        acri_stats_merge(s, b);
    }
    assert_int_equal(s->entries.n, 21);
    assert_int_equal(s->failures.n, 63);
    for (size_t i = 1; i < 21; i++)
        assert_sorted(&acri_stats_entry(s, i - 1)->key, &acri_stats_entry(s, i)->key);
    for (size_t i = 1; i < 63; i++)
        assert_sorted(&acri_stats_failure(s, i - 1)->key, &acri_stats_failure(s, i)->key);
    assert_null(acri_stats_entry(s, 21));
    assert_null(acri_stats_failure(s, 63));
    done(s, b);
}

static void rows_beyond_the_limits_are_counted_together(void **state)
{
    const struct acri_stats_limits limits = { .n_entries = 10, .n_failures = 5, .n_exceptions = 3 };
    struct acri_stats *s = acri_stats_new_limited(START, START, limits);
    struct acri_block *b = acri_block_new();
    char name[16], error[32];
    uint64_t n_others = 0, n_failures = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof(name), "/%d", i % 20);
        snprintf(error, sizeof(error), "error %d", i);
        settle(b, name, error, START + S, MS);
        acri_stats_exception(s, error, "", "local");
    }
    acri_stats_merge(s, b);
    assert_int_equal(s->entries.n, 11);
    for (size_t i = 0; i < s->entries.n; i++)
        if (strcmp(acri_stats_entry(s, i)->key.text[1], ACRI_STATS_OTHER_NAMES) == 0)
            n_others = acri_stats_entry(s, i)->counts.requests;
    assert_int_equal(n_others, 500);
    assert_true(s->failures.n <= 5 + 11);
    for (size_t i = 0; i < s->failures.n; i++)
        n_failures += acri_stats_failure(s, i)->count;
    assert_int_equal(n_failures, 1000);
    assert_int_equal(s->total->counts.failures, 1000);
    assert_int_equal(s->exceptions.n, 4);
    assert_string_equal(acri_stats_exception_at(s, 3)->key.text[1], ACRI_STATS_OTHER_EXCEPTIONS);
    assert_int_equal(acri_stats_exception_at(s, 3)->count, 997);
    done(s, b);
}

static void what_overflowed_in_blocks_comes_together(void **state)
{
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *blocks[2] = { acri_block_new_limited(1, 1), acri_block_new_limited(1, 1) };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        settle(blocks[i], "/a", "refused", START, 0);
        settle(blocks[i], "/b", "timeout", START, 0);
        settle(blocks[i], "/c", "reset", START, 0);
        acri_stats_merge(s, blocks[i]);
    }
    assert_int_equal(s->entries.n, 2);
    assert_string_equal(acri_stats_entry(s, 0)->key.text[1], ACRI_STATS_OTHER_NAMES);
    assert_int_equal(acri_stats_entry(s, 0)->counts.requests, 4);
    assert_int_equal(s->failures.n, 2);
    assert_string_equal(acri_stats_failure(s, 0)->key.text[2], ACRI_STATS_OTHER_ERRORS);
    assert_int_equal(acri_stats_failure(s, 0)->count, 4);
    acri_block_free(blocks[0]);
    acri_block_free(blocks[1]);
    acri_stats_free(s);
}

/* --- rates
 * ------------------------------------------------------------------------------------------- */

/* Settle so many of /x (one in ten failed) in a second that ends at a time, in four ticks. */
static void run_second(struct acri_stats *s, struct acri_block *b, uint64_t end_ns, uint64_t n,
                       uint64_t time_ns)
{
    for (uint64_t i = 0; i < n; i++) {
        settle(b, "/x", i % 10 == 0 ? "timeout" : NULL, end_ns - S + (i + 1) * S / n, time_ns);
        if (i % (n / 4) == n / 4 - 1) {
            acri_stats_merge(s, b);
            acri_stats_tick(s, end_ns - S + (i + 1) * S / n);
        }
    }
    acri_stats_tick(s, end_ns);
}

static void current_rates_are_those_of_the_last_10_s(void **state)
{
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *b = acri_block_new();
    uint64_t now_ns = START;

    (void)state;
    for (int i = 0; i < 20; i++)
        run_second(s, b, now_ns += S, 1000, 10 * MS);
    assert_near(acri_stats_current_requests(s->total), 1000);
    assert_near(acri_stats_current_failures(s->total), 100);
    for (int i = 0; i < 5; i++)
        run_second(s, b, now_ns += S, 200, 50 * MS);
    assert_near(acri_stats_current_requests(s->total), 600);
    assert_near(acri_stats_current_requests(acri_stats_entry(s, 0)), 600);
    assert_near(acri_stats_total_rate(s, s->total->counts.requests), 21000 / 25.0);
    for (int i = 0; i < 5; i++)
        run_second(s, b, now_ns += S, 200, 50 * MS);
    assert_near(acri_stats_current_requests(s->total), 200);
    assert_near(acri_stats_current_failures(s->total), 20);
    for (int i = 0; i < 11; i++)
        acri_stats_tick(s, now_ns += S);
    assert_true(acri_stats_current_requests(s->total) == 0);
    /* The idle tail does not dilute. */
    assert_near(acri_stats_total_rate(s, s->total->counts.requests), 22000 / 30.0);
    done(s, b);
}

static void current_times_are_those_of_the_last_10_s(void **state)
{
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *b = acri_block_new();
    uint64_t now_ns = START;
    const struct acri_histogram *h;

    (void)state;
    for (int i = 0; i < 20; i++)
        run_second(s, b, now_ns += S, 1000, 10 * MS);
    for (int i = 0; i < 10; i++) {
        run_second(s, b, now_ns += S, 1000, 50 * MS);
        h = acri_stats_current_times(s->total);
        assert_int_equal(acri_histogram_count(h), 10000);
        assert_int_equal(acri_histogram_max_ns(h), 50 * MS);
        assert_int_equal(acri_histogram_min_ns(h), i < 9 ? 10 * MS : 50 * MS);
        assert_in_range(acri_histogram_quantile_ns(h, 0.89 - i * 0.1), 9960 * ACRI_NS_PER_US,
                        i < 9 ? 10040 * ACRI_NS_PER_US : 50 * MS);
    }
    h = acri_stats_current_times(acri_stats_entry(s, 0));
    assert_int_equal(acri_histogram_count(h), 10000);
    for (int i = 0; i < 11; i++)
        acri_stats_tick(s, now_ns += S);
    assert_int_equal(acri_histogram_count(acri_stats_current_times(s->total)), 0);
    done(s, b);
}

static void ticks_that_come_late_do_not_change_rates(void **state)
{
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *b = acri_block_new();
    struct acri_rng rng;
    uint64_t now_ns = START;

    (void)state;
    acri_rng_init(&rng, 5, 5);
    for (int i = 0; i < 100; i++) {
        uint64_t n = 990 + acri_rng_below(&rng, 600);

        for (uint64_t j = 0; j < n; j++) /* one per ms */
            settle(b, "/x", NULL, now_ns += MS, MS);
        acri_stats_merge(s, b);
        acri_stats_tick(s, now_ns);
        assert_near(acri_stats_current_requests(s->total), 1000);
    }
    assert_true(now_ns - s->ring.start_ns[s->ring.first] <= 12 * S);
    assert_true(now_ns - s->ring.start_ns[s->ring.first] >= 8 * S);
    done(s, b);
}

static void the_first_second_has_rates_and_times_too(void **state)
{
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *b = acri_block_new();

    (void)state;
    assert_true(acri_stats_current_requests(s->total) == 0);
    assert_true(acri_stats_total_rate(s, 0) == 0);
    for (uint64_t i = 1; i <= 50; i++)
        settle(b, "/x", NULL, START + i * 5 * MS, MS);
    acri_stats_merge(s, b);
    acri_stats_tick(s, START + S / 2);
    assert_near(acri_stats_current_requests(s->total), 100);
    assert_near(acri_stats_total_rate(s, 50), 200);
    assert_int_equal(acri_histogram_count(acri_stats_current_times(s->total)), 50);
    done(s, b);
}

static void an_entry_that_comes_later_shares_the_window(void **state)
{
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *b = acri_block_new();
    uint64_t now_ns = START;

    (void)state;
    for (int i = 0; i < 15; i++)
        run_second(s, b, now_ns += S, 100, MS);
    for (int i = 0; i < 10; i++)
        settle(b, "/late", NULL, now_ns + S, MS);
    run_second(s, b, now_ns += S, 100, MS);
    assert_near(acri_stats_current_requests(acri_stats_entry(s, 0)), 1);
    assert_near(acri_stats_current_requests(acri_stats_entry(s, 1)), 100);
    assert_near(acri_stats_current_requests(s->total), 101);
    done(s, b);
}

static void an_answer_from_the_future_counts_as_now(void **state)
{
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *b = acri_block_new();

    (void)state;
    settle(b, "/x", NULL, START + 3600 * S, MS);
    acri_stats_merge(s, b);
    acri_stats_tick(s, START + 2 * S);
    assert_near(acri_stats_total_rate(s, 1), 0.5);
    done(s, b);
}

/* --- reset, exceptions, ledger
 * --------------------------------------------------------------------------- */

static void a_reset_zeroes_entries_and_keeps_exceptions_and_ledger(void **state)
{
    struct acri_stats *s = acri_stats_new(START, 5);
    struct acri_block *b = acri_block_new();
    uint64_t now_ns = START;

    (void)state;
    for (int i = 0; i < 5; i++)
        run_second(s, b, now_ns += S, 100, 10 * MS);
    acri_stats_exception(s, "no token", "log_in", "local");
    acri_stats_reset(s, now_ns, 77);
    assert_int_equal(s->entries.n, 1);
    assert_int_equal(s->total->counts.requests + acri_stats_entry(s, 0)->counts.requests, 0);
    assert_int_equal(acri_histogram_count(&s->total->times[ACR_RESPONSE_TIME]), 0);
    assert_int_equal(acri_histogram_max_ns(&s->total->times[ACR_RESPONSE_TIME]), 0);
    assert_int_equal(acri_histogram_count(acri_stats_current_times(s->total)), 0);
    assert_true(acri_stats_current_requests(s->total) == 0);
    assert_int_equal(s->failures.n, 0);
    assert_int_equal(s->exceptions.n, 1);
    assert_int_equal(s->ledger.started, 500);
    assert_int_equal(s->ledger.failed, 50);
    assert_int_equal(s->start_real_ns, 77);
    run_second(s, b, now_ns += S, 40, 20 * MS);
    run_second(s, b, now_ns += S, 40, 20 * MS);
    assert_near(acri_stats_current_requests(s->total), 40);
    assert_near(acri_stats_total_rate(s, s->total->counts.requests), 40);
    assert_int_equal(acri_histogram_min_ns(&s->total->times[ACR_RESPONSE_TIME]), 20 * MS);
    assert_int_equal(s->failures.n, 1);
    assert_int_equal(s->ledger.started, 580);
    done(s, b);
}

static void exceptions_are_counted_by_traceback_and_message_with_their_nodes(void **state)
{
    struct acri_stats *s = acri_stats_new(START, START);

    (void)state;
    acri_stats_exception(s, "no token", "log_in+0x10", "worker-11");
    acri_stats_exception(s, "no token", "log_in+0x10", "worker-1");
    acri_stats_exception(s, "no token", "log_in+0x10", "worker-11");
    acri_stats_exception(s, "no token", "browse+0x20", "er-1");
    acri_stats_exception_n(s, "no stock", "browse+0x20", "worker-1", 7);
    acri_stats_exception(s, NULL, NULL, NULL);
    assert_int_equal(s->exceptions.n, 4);
    assert_int_equal(acri_stats_exception_at(s, 0)->count, 3);
    assert_string_equal(acri_buf_text(&acri_stats_exception_at(s, 0)->nodes),
                        "worker-11, worker-1");
    assert_string_equal(acri_stats_exception_at(s, 1)->key.text[0], "browse+0x20");
    assert_int_equal(acri_stats_exception_at(s, 2)->count, 7);
    assert_string_equal(acri_buf_text(&acri_stats_exception_at(s, 3)->nodes), "");
    assert_null(acri_stats_exception_at(s, 4));
    acri_stats_free(s);
}

static void the_ledger_takes_what_is_in_flight_and_lost(void **state)
{
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *b = acri_block_new();

    (void)state;
    for (int i = 0; i < 10; i++)
        acri_block_started(b);
    acri_stats_merge(s, b);
    acri_block_lost(b, 1);
    acri_stats_merge(s, b);
    acri_stats_lost(s, 2);
    assert_int_equal(s->ledger.started, 10);
    assert_int_equal(s->ledger.lost, 3);
    done(s, b);
}

/* --- memory
 * ------------------------------------------------------------------------------------------ */

static void thousand_entries_on_2_loops_fit_64_mb(void **state)
{
    static char names[1000][40];
    static double middle_ns[1000], spread[1000];
    const size_t each_second = UNIT_UNDER_SANITIZER ? 10000 : 100000;
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *blocks[4]; /* each loop has one that it fills and one on its way */
    struct acri_rng rng;
    uint64_t now_ns = START;
    size_t bytes = 0, worst = 0;

    (void)state;
    acri_rng_init(&rng, 6, 6);
    for (size_t i = 0; i < 4; i++)
        blocks[i] = acri_block_new();
    for (size_t i = 0; i < 1000; i++) {
        snprintf(names[i], sizeof(names[i]), "/api/products/[id]/reviews/%zu", i);
        middle_ns[i] = 1e6 * exp(acri_rng_unit(&rng) * 5); /* 1 to 150 ms */
        spread[i] = exp(gauss(&rng));
    }
    /* 100 a second for each entry, so long that the window is full and wraps. */
    for (size_t second = 0; second < 12; second++) {
        now_ns += S;
        for (size_t i = 0; i < each_second; i++) {
            size_t at = acri_rng_below(&rng, 1000);
            double late_ns = 2e4 * spread[acri_rng_below(&rng, 1000)];
            struct acri_record r = { .type = "GET", .name = names[at], .has_time = true };

            r.intended_ns = now_ns - S;
            r.sent_ns = r.intended_ns + (uint64_t)late_ns;
            r.answered_ns =
                r.sent_ns + (uint64_t)(middle_ns[at] * spread[acri_rng_below(&rng, 1000)]);
            acri_block_record(blocks[i % 2 * 2 + second % 2], &r);
        }
        acri_stats_merge(s, blocks[second % 2]);
        acri_stats_merge(s, blocks[2 + second % 2]);
        acri_stats_tick(s, now_ns);
        bytes = acri_stats_bytes(s);
        for (size_t i = 0; i < 4; i++)
            bytes += acri_block_bytes(blocks[i]);
        worst = bytes > worst ? bytes : worst;
    }
    print_message("1,000 entries, 2 loops, %zu requests/s: %.1f MB\n", each_second,
                  (double)worst / 1e6);
    assert_int_equal(s->entries.n, 1000);
    assert_true(worst < 64000000);
    for (size_t i = 0; i < 4; i++)
        acri_block_free(blocks[i]);
    acri_stats_free(s);
}

static void memory_does_not_grow_with_time(void **state)
{
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *b = acri_block_new();
    struct acri_rng rng;
    uint64_t now_ns = START;
    size_t bytes = 0;

    (void)state;
    acri_rng_init(&rng, 7, 7);
    for (int second = 0; second < 1500; second++) {
        now_ns += S;
        for (int i = 0; i < 50; i++)
            settle(b, "/x", i == 0 ? "timeout" : NULL, now_ns, MS + acri_rng_below(&rng, 50 * MS));
        acri_stats_merge(s, b);
        acri_stats_tick(s, now_ns);
        if (second == 300)
            bytes = acri_stats_bytes(s) + acri_block_bytes(b);
    }
    assert_true(acri_stats_bytes(s) + acri_block_bytes(b) < bytes + bytes / 10);
    done(s, b);
}

static void metrics_come_with_blocks_and_go_with_resets(void **state)
{
    struct acri_stats *s = acri_stats_new(START, START);
    struct acri_block *blocks[2] = { acri_block_new(), acri_block_new() };
    size_t before = acri_stats_bytes(s);

    (void)state;
    for (int tick = 0; tick < 3; tick++)
        for (int i = 0; i < 2; i++) {
            acri_metrics_add(&blocks[i]->metrics, ACR_METRIC_COUNTER, "n", 1, 0);
            acri_metrics_add(&blocks[i]->metrics, ACR_METRIC_TREND, "t", tick, 0);
            acri_stats_merge(s, blocks[i]);
        }
    assert_int_equal(s->metrics.n, 2);
    assert_int_equal(s->metrics.rows[0]->count, 6);
    assert_true(acri_stats_bytes(s) > before);
    acri_stats_reset(s, START + S, START + S);
    assert_int_equal(s->metrics.n, 2);
    assert_int_equal(s->metrics.rows[0]->count, 0);
    acri_metrics_add(&blocks[0]->metrics, ACR_METRIC_COUNTER, "n", 1, 0);
    acri_stats_merge(s, blocks[0]);
    acri_stats_tick(s, START + 3 * S);
    assert_int_equal(s->metrics.rows[0]->count, 1);
    assert_int_equal(s->metrics.now_ns - s->metrics.start_ns, 2 * S);
    acri_block_free(blocks[0]);
    acri_block_free(blocks[1]);
    acri_stats_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_stream_gives_the_same_however_it_is_split_into_blocks),
        cmocka_unit_test(the_total_is_the_sum_of_all_entries),
        cmocka_unit_test(rows_are_sorted_by_name_then_type_then_error),
        cmocka_unit_test(rows_beyond_the_limits_are_counted_together),
        cmocka_unit_test(what_overflowed_in_blocks_comes_together),
        cmocka_unit_test(current_rates_are_those_of_the_last_10_s),
        cmocka_unit_test(current_times_are_those_of_the_last_10_s),
        cmocka_unit_test(ticks_that_come_late_do_not_change_rates),
        cmocka_unit_test(the_first_second_has_rates_and_times_too),
        cmocka_unit_test(an_entry_that_comes_later_shares_the_window),
        cmocka_unit_test(an_answer_from_the_future_counts_as_now),
        cmocka_unit_test(a_reset_zeroes_entries_and_keeps_exceptions_and_ledger),
        cmocka_unit_test(exceptions_are_counted_by_traceback_and_message_with_their_nodes),
        cmocka_unit_test(the_ledger_takes_what_is_in_flight_and_lost),
        cmocka_unit_test(metrics_come_with_blocks_and_go_with_resets),
        cmocka_unit_test(thousand_entries_on_2_loops_fit_64_mb),
        cmocka_unit_test(memory_does_not_grow_with_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
