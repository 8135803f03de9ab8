/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/delta.h"
#include "support/stream.h"

#define START STREAM_START_NS
#define PART ACRI_DELTA_PART_MIN
#define MANY 4096

/* --- parts
 * ----------------------------------------------------------------------------------------- */

struct parts {
    struct acri_buf bytes[MANY];
    size_t n;
};

static void keep(void *arg, const void *bytes, size_t n)
{
    struct parts *p = arg;

    assert_true(p->n < MANY);
    acri_buf_init(&p->bytes[p->n], n);
    assert_int_equal(acri_buf_append(&p->bytes[p->n], bytes, n), 0);
    p->n++;
}

static struct parts *encode(const struct acri_stats *s, uint64_t base_ns, size_t part_max)
{
    struct parts *p = calloc(1, sizeof(*p));
    size_t n;

    assert_non_null(p);
    n = acri_delta_encode(s, base_ns, part_max, keep, p);
    assert_int_equal(n, p->n);
    return p;
}

static void free_parts(struct parts *p)
{
    for (size_t i = 0; i < p->n; i++)
        acri_buf_done(&p->bytes[i]);
    free(p);
}

static int apply(struct acri_stats *s, const char *node, uint64_t base_ns, const struct acri_buf *b)
{
    return acri_delta_apply(s, node, base_ns, b->data, b->length);
}

static void apply_all(struct acri_stats *s, const char *node, uint64_t base_ns,
                      const struct parts *p)
{
    for (size_t i = 0; i < p->n; i++)
        assert_int_equal(apply(s, node, base_ns, &p->bytes[i]), 0);
}

/* --- what is the same
 * ------------------------------------------------------------------------------ */

static void assert_same_times(const struct acri_histogram *a, const struct acri_histogram *b)
{
    uint32_t i = 0, j = 0;
    uint64_t n, m;

    assert_int_equal(a->count, b->count);
    assert_int_equal(a->sum_low, b->sum_low);
    assert_int_equal(a->sum_high, b->sum_high);
    assert_int_equal(a->min_ns, b->min_ns);
    assert_int_equal(a->max_ns, b->max_ns);
    for (; acri_histogram_next(a, &i, &n); i++, j++) {
        assert_true(acri_histogram_next(b, &j, &m));
        assert_int_equal(i, j);
        assert_int_equal(n, m);
    }
    assert_false(acri_histogram_next(b, &j, &m));
}

static void assert_same_entry(const struct acr_entry *a, const struct acr_entry *b)
{
    assert_true(acri_key_equals(&a->key, &b->key));
    assert_memory_equal(&a->counts, &b->counts, sizeof(a->counts));
    for (int i = 0; i < ACRI_STATS_CLOCKS; i++)
        assert_same_times(&a->times[i], &b->times[i]);
}

static void assert_same_window(const struct acr_entry *a, const struct acr_entry *b)
{
    assert_int_equal(a->window.open_requests, b->window.open_requests);
    assert_int_equal(a->window.open_failures, b->window.open_failures);
    assert_same_times(&a->window.open, &b->window.open);
}

static void assert_same_bands(struct acri_histogram *const *a, struct acri_histogram *const *b)
{
    for (size_t i = 0; i < ACRI_METRIC_BANDS; i++) {
        bool is_empty = a[i] == NULL || a[i]->count == 0;

        assert_int_equal(is_empty, b[i] == NULL || b[i]->count == 0);
        if (!is_empty)
            assert_same_times(a[i], b[i]);
    }
}

/* Sums to the last digit; their second parts may be divided otherwise. */
static void assert_same_metric(const struct acr_metric *a, const struct acr_metric *b)
{
    assert_true(acri_key_equals(&a->key, &b->key));
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->failures, b->failures);
    assert_int_equal(a->n_values, b->n_values);
    assert_true(acri_metric_sum(a) == acri_metric_sum(b));
    assert_true(a->min == b->min && a->max == b->max && a->last == b->last);
    assert_int_equal(a->last_ns, b->last_ns);
    assert_int_equal(a->n_near_zero, b->n_near_zero);
    assert_same_bands(a->above, b->above);
    assert_same_bands(a->below, b->below);
}

static void assert_same_failures(const struct acri_stats *a, const struct acri_stats *b)
{
    assert_int_equal(a->failures.n, b->failures.n);
    for (size_t i = 0; i < a->failures.n; i++) {
        const struct acr_failure *f = acri_stats_failure(a, i), *g = acri_stats_failure(b, i);

        assert_true(acri_key_equals(&f->key, &g->key));
        assert_int_equal(f->count, g->count);
        assert_int_equal(f->first_real_ns, g->first_real_ns);
        assert_int_equal(f->last_real_ns, g->last_real_ns);
    }
}

/* In whatever order they were raised. */
static void assert_same_exceptions(const struct acri_stats *a, const struct acri_stats *b)
{
    assert_int_equal(a->exceptions.n, b->exceptions.n);
    for (size_t i = 0; i < a->exceptions.n; i++) {
        const struct acr_exception *x = acri_stats_exception_at(a, i), *y = NULL;

        for (size_t j = 0; j < b->exceptions.n && y == NULL; j++)
            if (acri_key_equals(&x->key, &acri_stats_exception_at(b, j)->key))
                y = acri_stats_exception_at(b, j);
        assert_non_null(y);
        assert_int_equal(x->count, y->count);
        assert_string_equal(acri_buf_text(&x->nodes), acri_buf_text(&y->nodes));
    }
}

static void assert_same_totals(const struct acri_stats *a, const struct acri_stats *b)
{
    assert_memory_equal(&a->ledger, &b->ledger, sizeof(a->ledger));
    assert_int_equal(a->last_ns, b->last_ns);
    assert_same_entry(a->total, b->total);
    assert_int_equal(a->entries.n, b->entries.n);
    for (size_t i = 0; i < a->entries.n; i++)
        assert_same_entry(acri_stats_entry(a, i), acri_stats_entry(b, i));
    assert_same_failures(a, b);
    assert_same_exceptions(a, b);
    assert_int_equal(a->metrics.n, b->metrics.n);
    for (size_t i = 0; i < a->metrics.n; i++)
        assert_same_metric(a->metrics.rows[i], b->metrics.rows[i]);
}

static void assert_same(const struct acri_stats *a, const struct acri_stats *b)
{
    assert_same_totals(a, b);
    assert_same_window(a->total, b->total);
    for (size_t i = 0; i < a->entries.n; i++)
        assert_same_window(acri_stats_entry(a, i), acri_stats_entry(b, i));
}

/* --- round trips
 * ----------------------------------------------------------------------------------- */

static struct acri_stats *fresh(void)
{
    return acri_stats_new(START, STREAM_REAL_NS);
}

/* Statistics of so many samples of a stream. */
static struct acri_stats *filled(uint64_t seed, size_t n_samples)
{
    struct acri_stats *s = fresh();
    struct acri_block *b = acri_block_new();
    struct stream stream;

    stream_init(&stream, seed);
    for (size_t i = 0; i < n_samples; i++)
        stream_next(&stream, b, s, "here");
    acri_stats_merge(s, b);
    acri_block_free(b);
    return s;
}

static void comes_back_as_it_was(void **state)
{
    const size_t n_samples[] = { 0, 1, 10, 1000, 30000 };

    (void)state;
    for (size_t i = 0; i < sizeof(n_samples) / sizeof(n_samples[0]); i++) {
        struct acri_stats *s = filled(i, n_samples[i]), *t = fresh();
        struct parts *p = encode(s, START, PART);

        apply_all(t, NULL, START, p);
        assert_same(s, t);
        assert_true((p->n == 0) == (n_samples[i] == 0));
        free_parts(p);
        acri_stats_free(t);
        acri_stats_free(s);
    }
}

static void merges_as_blocks_do(void **state)
{
    struct acri_stats *direct = fresh(), *master = fresh(), *sum = fresh();
    struct acri_stats *worker = fresh();
    struct acri_block *b = acri_block_new(), *same = acri_block_new();
    struct stream x, y;

    (void)state;
    stream_init(&x, 7);
    stream_init(&y, 7);
    for (int report = 0; report < 20; report++) {
        struct parts *p;

        for (int i = 0; i < 500; i++) {
            stream_next(&x, b, direct, "w1");
            stream_next(&y, same, worker, "ignored");
        }
        acri_stats_merge(direct, b);
        acri_stats_merge(worker, same);
        p = encode(worker, START, PART);
        apply_all(master, "w1", START, p);
        acri_stats_add(sum, worker);
        acri_stats_clear(worker, START, STREAM_REAL_NS);
        free_parts(p);
        if (report % 5 == 4) {
            acri_stats_tick(direct, x.now_ns);
            acri_stats_tick(master, x.now_ns);
            acri_stats_tick(sum, x.now_ns);
        }
        assert_same(direct, master);
    }
    assert_int_equal(sum->metrics.n, direct->metrics.n);
    for (size_t i = 0; i < sum->metrics.n; i++)
        assert_same_metric(sum->metrics.rows[i], direct->metrics.rows[i]);
    assert_same_entry(sum->total, direct->total);
    assert_same_window(sum->total, direct->total);
    assert_same_failures(sum, direct);
    assert_memory_equal(&sum->ledger, &direct->ledger, sizeof(sum->ledger));
    acri_block_free(same);
    acri_block_free(b);
    acri_stats_free(worker);
    acri_stats_free(sum);
    acri_stats_free(master);
    acri_stats_free(direct);
}

static void a_cleared_one_tells_nothing(void **state)
{
    struct acri_stats *s = filled(1, 2000);
    struct parts *p;

    (void)state;
    acri_stats_clear(s, START + 1, STREAM_REAL_NS);
    p = encode(s, START, PART);
    assert_int_equal(p->n, 0);
    free_parts(p);
    acri_stats_free(s);
}

static void parts_stand_alone(void **state)
{
    const size_t sizes[] = { 1, 100, 300, 2000, 60000 };
    struct acri_stats *s = filled(3, 2000);

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct acri_stats *t = fresh();
        struct parts *p = encode(s, START, sizes[i]);

        /* From the last to the first. */
        for (size_t j = p->n; j-- > 0;)
            assert_int_equal(apply(t, NULL, START, &p->bytes[j]), 0);
        assert_same(s, t);
        if (sizes[i] >= 2000)
            for (size_t j = 0; j < p->n; j++)
                assert_true(p->bytes[j].length <= sizes[i]);
        assert_true(sizes[i] > 100 || p->n > 100);
        free_parts(p);
        acri_stats_free(t);
    }
    acri_stats_free(s);
}

static void times_are_told_by_the_clock_of_here(void **state)
{
    struct acri_stats *s = filled(4, 500), *t = fresh();
    struct parts *p = encode(s, START, PART);
    uint64_t base_ns = 77 * ACRI_NS_PER_S;

    (void)state;
    apply_all(t, "w", base_ns, p);
    assert_int_equal(t->last_ns - base_ns, s->last_ns - START);
    for (size_t i = 0; i < s->metrics.n; i++) {
        const struct acr_metric *x = s->metrics.rows[i], *y = t->metrics.rows[i];

        assert_true(x->last_ns == 0 ? y->last_ns == 0 : y->last_ns - base_ns == x->last_ns - START);
    }
    free_parts(p);
    acri_stats_free(t);
    t = fresh();
    p = encode(s, s->last_ns + 5, PART);
    apply_all(t, "w", 6, p);
    assert_int_equal(t->last_ns, 1);
    free_parts(p);
    acri_stats_free(t);
    acri_stats_free(s);
}

static void a_gauge_stands_where_it_stood(void **state)
{
    struct acri_stats *s = filled(5, 3000), *t = fresh();
    struct parts *p;

    (void)state;
    acri_stats_reset(s, START + 1, STREAM_REAL_NS);
    p = encode(s, START, PART);
    apply_all(t, NULL, START, p);
    assert_int_equal(t->metrics.n, 2);
    for (size_t i = 0, j = 0; i < s->metrics.n; i++)
        if (s->metrics.rows[i]->kind == ACR_METRIC_GAUGE)
            assert_same_metric(s->metrics.rows[i], t->metrics.rows[j++]);
    assert_same_exceptions(s, t);
    assert_memory_equal(&s->ledger, &t->ledger, sizeof(s->ledger));
    free_parts(p);
    acri_stats_free(t);
    acri_stats_free(s);
}

static void nodes_are_kept_or_named(void **state)
{
    struct acri_stats *s = fresh(), *t = fresh();
    struct parts *p;

    (void)state;
    acri_stats_exception(s, "boom", "at x", "w1");
    acri_stats_exception(s, "boom", "at x", "w2");
    acri_stats_exception_n(s, "bang", "", NULL, 3);
    p = encode(s, START, PART);
    apply_all(t, NULL, START, p);
    assert_string_equal(acri_buf_text(&acri_stats_exception_at(t, 0)->nodes), "w1, w2");
    assert_string_equal(acri_buf_text(&acri_stats_exception_at(t, 1)->nodes), "");
    assert_same_totals(s, t);
    apply_all(t, "w3", START, p);
    apply_all(t, NULL, START, p);
    assert_string_equal(acri_buf_text(&acri_stats_exception_at(t, 0)->nodes), "w1, w2, w3");
    assert_string_equal(acri_buf_text(&acri_stats_exception_at(t, 1)->nodes), "w3");
    assert_int_equal(acri_stats_exception_at(t, 1)->count, 9);
    free_parts(p);
    acri_stats_free(t);
    acri_stats_free(s);
}

static void a_restored_run_has_an_empty_window(void **state)
{
    struct acri_stats *s = filled(6, 3000), *t = fresh();
    struct parts *p = encode(s, START, PART);

    (void)state;
    apply_all(t, NULL, START, p);
    acri_stats_restart_window(t, START + ACRI_NS_PER_S);
    assert_same_totals(s, t);
    acri_stats_tick(t, START + 3 * ACRI_NS_PER_S);
    assert_true(acri_stats_current_requests(t->total) == 0);
    assert_int_equal(acri_stats_current_times(t->total)->count, 0);
    free_parts(p);
    acri_stats_free(t);
    acri_stats_free(s);
}

/* --- limits
 * ---------------------------------------------------------------------------------------- */

static void a_record(struct acri_block *b, const char *type, const char *name, const char *error)
{
    const struct acri_record r = { .type = type,
                                   .name = name,
                                   .error = error,
                                   .sent_ns = START,
                                   .answered_ns = START + 1000000,
                                   .real_ns = STREAM_REAL_NS,
                                   .attempts = 1,
                                   .has_time = true };

    acri_block_started(b);
    acri_block_record(b, &r);
}

static void rows_beyond_the_limits_come_back(void **state)
{
    struct acri_stats *s = fresh(), *t = fresh();
    struct acri_block *b = acri_block_new();
    struct parts *p;
    char text[32];

    (void)state;
    /* Named after the rows of others in order, so that those come first in the parts. */
    for (int i = 0; i < 2500; i++) {
        snprintf(text, sizeof(text), "/page %d", i);
        a_record(b, "GET", text, i % 2 == 0 ? text : NULL);
        acri_stats_merge(s, b);
        acri_stats_exception(s, text, "", "n");
        acri_metrics_add(&s->metrics, ACR_METRIC_COUNTER, text, 1, START);
    }
    assert_int_equal(s->entries.n, ACRI_STATS_ENTRY_LIMIT + 1);
    p = encode(s, START, PART);
    apply_all(t, NULL, START, p);
    assert_same(s, t);
    /* Nothing new is needed to take it again. */
    apply_all(t, NULL, START, p);
    assert_int_equal(t->entries.n, s->entries.n);
    assert_int_equal(t->failures.n, s->failures.n);
    assert_int_equal(t->exceptions.n, s->exceptions.n);
    assert_int_equal(t->metrics.n, s->metrics.n);
    free_parts(p);
    acri_block_free(b);
    acri_stats_free(t);
    acri_stats_free(s);
}

/* Each bucket, often: the longest that a histogram can be. */
static void fill_times(struct acri_histogram *h, uint64_t n)
{
    for (uint32_t bucket = 0; bucket < ACRI_HISTOGRAM_BUCKETS; bucket++)
        if (acri_histogram_bucket(acri_histogram_bucket_ns(bucket)) == bucket)
            acri_histogram_record_n(h, acri_histogram_bucket_ns(bucket), n);
}

static void the_longest_row_fits_a_part(void **state)
{
    struct acri_stats *s = fresh(), *t = fresh();
    struct acri_block *b = acri_block_new();
    char *type = calloc(1, 20000), *name = calloc(1, 20000);
    struct acr_entry *e;
    struct parts *p;

    (void)state;
    memset(type, 't', 19999);
    memset(name, 'n', 19999);
    a_record(b, type, name, type);
    acri_stats_merge(s, b);
    e = ACRI_CONTAINER_OF(s->entries.keys[0], struct acr_entry, key);
    for (int i = 0; i < ACRI_STATS_CLOCKS; i++)
        fill_times(&e->times[i], 1ull << 39);
    acri_histogram_record(&e->times[ACR_LATENESS], 0);
    acri_histogram_record(&e->times[ACR_RESPONSE_TIME], 0);
    acri_histogram_record(&e->times[ACR_CORRECTED], 0);
    e->counts.requests = e->counts.failures = e->times[0].count;
    p = encode(s, START, PART);
    for (size_t i = 0; i < p->n; i++)
        assert_true(p->bytes[i].length <= PART);
    apply_all(t, "w", START, p);
    assert_same_entry(e, acri_stats_entry(t, 0));
    free_parts(p);
    free(type);
    free(name);
    acri_block_free(b);
    acri_stats_free(t);
    acri_stats_free(s);
}

static void a_long_metric_takes_several_rows(void **state)
{
    struct acri_stats *s = fresh(), *t = fresh();
    struct acr_metric *x = acri_metrics_row(&s->metrics, ACR_METRIC_TAG, "tag", 3);
    struct parts *p;

    (void)state;
    x->n_values = x->n_near_zero = 5;
    for (size_t i = 0; i < ACRI_METRIC_BANDS; i++) {
        fill_times(acri_metric_band(x, false, i), 1ull << 36);
        fill_times(acri_metric_band(x, true, i), 1ull << 36);
        x->n_values += x->above[i]->count + x->below[i]->count;
    }
    x->sum_high = 1e30;
    x->sum_low = 1;
    x->min = -1e30;
    x->max = 2e30;
    x->count = x->n_values + 7;
    x->failures = x->n_values;
    p = encode(s, START, PART);
    assert_true(p->n > 1);
    for (size_t i = 0; i < p->n; i++)
        assert_true(p->bytes[i].length <= PART);
    apply_all(t, "w", START, p);
    assert_same_metric(x, t->metrics.rows[0]);
    free_parts(p);
    acri_stats_free(t);
    acri_stats_free(s);
}

/* --- what is wrong
 * --------------------------------------------------------------------------------- */

/* What reports rely on. */
static void assert_sound(const struct acri_stats *s)
{
    uint64_t requests = 0, failures = 0;

    for (size_t i = 0; i < s->entries.n; i++) {
        const struct acr_entry *e = acri_stats_entry(s, i);

        assert_true(e->counts.failures <= e->counts.requests);
        for (int j = 0; j < ACRI_STATS_CLOCKS; j++) {
            double mean = acri_histogram_mean_ns(&e->times[j]);

            assert_int_equal(e->times[j].count, e->counts.requests - e->counts.untimed);
            assert_true(mean >= (double)acri_histogram_min_ns(&e->times[j]) * (1 - 1e-12));
            assert_true(mean <= (double)acri_histogram_max_ns(&e->times[j]) * (1 + 1e-12));
        }
        requests += e->counts.requests;
        failures += e->counts.failures;
    }
    assert_int_equal(requests, s->total->counts.requests);
    assert_int_equal(failures, s->total->counts.failures);
    for (size_t i = 0; i < s->failures.n; i++)
        assert_true(acri_stats_failure(s, i)->first_real_ns <=
                    acri_stats_failure(s, i)->last_real_ns);
    for (size_t i = 0; i < s->metrics.n; i++) {
        const struct acr_metric *x = s->metrics.rows[i];
        double value;

        assert_true(x->failures <= x->count && x->n_values <= x->count);
        assert_true(x->min <= x->max);
        if (acri_metric_quantile(x, 0.5, &value))
            assert_true(value >= x->min && value <= x->max);
    }
}

/* A few samples of all kinds, in one part. */
static struct parts *small(void)
{
    struct acri_stats *s = filled(11, 12);
    struct acri_block *b = acri_block_new();
    struct parts *p;

    acri_metrics_add(&b->metrics, ACR_METRIC_GAUGE, "g", 2.5, START);
    acri_metrics_add(&b->metrics, ACR_METRIC_TREND, "t", -2.5, START + 1);
    acri_metrics_add(&b->metrics, ACR_METRIC_TREND, "t", 0, START + 2);
    acri_metrics_check(&b->metrics, "c", false);
    acri_metrics_tag(&b->metrics, "u", 1, true, true, 12345678);
    a_record(b, "GET", "/", "no");
    acri_stats_merge(s, b);
    acri_stats_exception(s, "boom", "at x", "w1");
    p = encode(s, START, PART);
    assert_int_equal(p->n, 1);
    acri_block_free(b);
    acri_stats_free(s);
    return p;
}

static void assert_untouched(const struct acri_stats *s)
{
    assert_int_equal(s->entries.n + s->failures.n + s->exceptions.n + s->metrics.n, 0);
    assert_int_equal(s->ledger.started, 0);
    assert_int_equal(s->last_ns, 0);
    assert_int_equal(s->foreign.n_events + s->foreign.n_bytes, 0);
}

/* A part that ends early is whole at the ends of its rows only. */
static void a_part_cut_off_changes_nothing(void **state)
{
    struct parts *p = small();
    size_t n_refused = 0;

    (void)state;
    for (size_t n = 0; n < p->bytes[0].length; n++) {
        char *bytes = malloc(n + (n == 0));
        struct acri_stats *s = fresh();
        int r;

        memcpy(bytes, p->bytes[0].data, n);
        r = acri_delta_apply(s, "w", START, bytes, n);
        free(bytes);
        assert_true(r == 0 || r == -EBADMSG);
        if (r != 0) {
            n_refused++;
            assert_untouched(s);
        }
        assert_sound(s);
        acri_stats_free(s);
    }
    assert_true(n_refused > p->bytes[0].length * 9 / 10);
    free_parts(p);
}

static void each_bit_that_flips_is_refused_or_sound(void **state)
{
    struct parts *p = small();
    struct acri_buf *b = &p->bytes[0];

    (void)state;
    for (size_t i = 0; i < b->length * 8; i++) {
        struct acri_stats *s = fresh();
        int r;

        b->data[i / 8] = (char)((unsigned char)b->data[i / 8] ^ 1u << i % 8);
        r = apply(s, "w", START, b);
        b->data[i / 8] = (char)((unsigned char)b->data[i / 8] ^ 1u << i % 8);
        assert_true(r == 0 || r == -EBADMSG);
        if (r != 0)
            assert_untouched(s);
        assert_sound(s);
        acri_stats_free(s);
    }
    free_parts(p);
}

static void assert_refused(const char *bytes, size_t n)
{
    struct acri_stats *s = fresh();

    assert_int_equal(acri_delta_apply(s, "w", START, bytes, n), -EBADMSG);
    assert_untouched(s);
    acri_stats_free(s);
}

static void assert_taken(const char *bytes, size_t n)
{
    struct acri_stats *s = fresh();

    assert_int_equal(acri_delta_apply(s, "w", START, bytes, n), 0);
    assert_sound(s);
    acri_stats_free(s);
}

#define BYTES(x) x, sizeof(x) - 1

static void numbers_must_not_contradict_each_other(void **state)
{
    (void)state;
    assert_refused(BYTES(""));
    assert_refused(BYTES("\2"));
    assert_refused(BYTES("\1\6"));
    /* An entry "G" "n": requests failures attempts cancelled untimed bytes form times. A time of 1
     * us is in bucket 26. */
    assert_taken(BYTES("\1\2\1G\1n\1\0\1\0\0\0\1\66\0\xe8\7"));
    assert_taken(BYTES("\1\2\1G\1n\2\2\1\0\2\11\0\0\0\0"));
    assert_refused(BYTES("\1\2\1G\1n\1\2\1\0\0\0\1\66\0\xe8\7"));      /* failures */
    assert_refused(BYTES("\1\2\1G\1n\1\0\1\0\1\0\1\66\0\xe8\7"));      /* timed and untimed */
    assert_refused(BYTES("\1\2\1G\1n\1\0\1\0\2\0\1\0"));               /* untimed */
    assert_refused(BYTES("\1\2\1G\1n\0\0\1\0\0\1\1\0"));               /* bytes of nothing */
    assert_refused(BYTES("\1\2\1G\1n\1\0\1\0\0\0\2\66\0\xe8\7"));      /* form */
    assert_refused(BYTES("\1\2\1G\1n\1\0\1\0\0\0\1\70\0\xe8\7"));      /* not its bucket */
    assert_refused(BYTES("\1\2\1\0\1n\1\0\1\0\0\0\1\66\0\xe8\7"));     /* NUL */
    assert_refused(BYTES("\1\2\1G\1n\1\0\1\0\0\0\1\x86\x7f\0\xe8\7")); /* no such bucket */
    /* Three times in one bucket, from 1000 to 1001: their sum. */
    assert_taken(BYTES("\1\2\1G\1n\3\0\0\0\0\0\1\67\1\0\xe8\7\1\1"));
    assert_taken(BYTES("\1\2\1G\1n\3\0\0\0\0\0\1\67\1\0\xe8\7\1\2"));
    assert_refused(BYTES("\1\2\1G\1n\3\0\0\0\0\0\1\67\1\0\xe8\7\1\0"));
    assert_refused(BYTES("\1\2\1G\1n\3\0\0\0\0\0\1\67\1\0\xe8\7\1\3"));
    /* A failure: its times. An exception: its count. */
    assert_taken(BYTES("\1\3\1G\1n\1e\1\5\0"));
    assert_refused(BYTES("\1\3\1G\1n\1e\0\5\0"));
    assert_refused(BYTES("\1\3\1G\1n\1e\1\5\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"));
    assert_refused(BYTES("\1\4\1t\1m\0\0"));
    /* A check has no values; a tag no more than requests; a counter is always told one. */
    assert_taken(BYTES("\1\5\3\0\1c\2\2\0"));
    assert_refused(BYTES("\1\5\3\0\1c\2\3\0"));
    assert_refused(BYTES("\1\5\3\0\1c\0\0\0"));
    assert_refused(BYTES("\1\5\0\0\1c\1\0\0"));
    assert_refused(BYTES("\1\5\4\0\1c\1\0\2"));
    assert_refused(BYTES("\1\5\5\0\1c\1\0\0"));
}

/* However many parts: no count can overflow. */
static void sums_stay_below_what_a_double_holds(void **state)
{
    struct acri_stats *s = fresh(), *t = fresh();
    struct parts *p;

    (void)state;
    s->ledger.started = ACRI_DELTA_EVENTS_MAX / 2;
    p = encode(s, START, PART);
    assert_int_equal(apply(t, "w", START, &p->bytes[0]), 0);
    assert_int_equal(apply(t, "w", START, &p->bytes[0]), 0);
    free_parts(p);
    s->ledger.started = 1;
    p = encode(s, START, PART);
    assert_int_equal(apply(t, "w", START, &p->bytes[0]), -EBADMSG);
    assert_int_equal(t->ledger.started, ACRI_DELTA_EVENTS_MAX);
    free_parts(p);
    s->ledger.started = ACRI_DELTA_EVENTS_MAX + 1;
    p = encode(s, START, PART);
    acri_stats_clear(t, START, STREAM_REAL_NS);
    assert_int_equal(apply(t, "w", START, &p->bytes[0]), -EBADMSG);
    free_parts(p);
    acri_stats_free(t);
    acri_stats_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_was),
        cmocka_unit_test(merges_as_blocks_do),
        cmocka_unit_test(a_cleared_one_tells_nothing),
        cmocka_unit_test(parts_stand_alone),
        cmocka_unit_test(times_are_told_by_the_clock_of_here),
        cmocka_unit_test(a_gauge_stands_where_it_stood),
        cmocka_unit_test(nodes_are_kept_or_named),
        cmocka_unit_test(a_restored_run_has_an_empty_window),
        cmocka_unit_test(rows_beyond_the_limits_come_back),
        cmocka_unit_test(the_longest_row_fits_a_part),
        cmocka_unit_test(a_long_metric_takes_several_rows),
        cmocka_unit_test(a_part_cut_off_changes_nothing),
        cmocka_unit_test(each_bit_that_flips_is_refused_or_sound),
        cmocka_unit_test(numbers_must_not_contradict_each_other),
        cmocka_unit_test(sums_stay_below_what_a_double_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
