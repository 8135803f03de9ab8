/* SPDX-License-Identifier: MIT */
#include "stats/goal_source.h"

#include <math.h>
#include <string.h>

#define KEYS_OF_METRIC (2 * ACRI_METRIC_BANDS * ACRI_HISTOGRAM_BUCKETS + 1)
#define NEAR_ZERO (ACRI_METRIC_BANDS * ACRI_HISTOGRAM_BUCKETS)
#define NS_PER_MS 1e6

/* --- reading
 * --------------------------------------------------------------------------------------- */

static bool is_selected(const struct acri_goal_spec *spec, const struct acr_entry *e)
{
    return (spec->type == NULL || strcmp(spec->type, acr_entry_type(e)) == 0) &&
           (spec->name == NULL || strcmp(spec->name, acr_entry_name(e)) == 0);
}

static void add_entry(struct acri_goal_counts *to, const struct acr_entry *e, uint32_t clock)
{
    to->requests += e->counts.requests;
    to->failures += e->counts.failures;
    to->attempts += e->counts.attempts;
    to->cancelled += e->counts.cancelled;
    to->untimed += e->counts.untimed;
    to->bytes += e->counts.bytes;
    to->n_values += acri_histogram_count(&e->times[clock]);
    to->load += e->counts.requests;
    to->sum += acr_entry_sum_ms(e, clock);
}

static void read_entries(const struct acri_goal_spec *spec, const struct acri_stats *stats,
                         struct acri_histogram *scratch, struct acri_goal_reading *to)
{
    size_t n = 0;

    if (spec->type == NULL && spec->name == NULL) {
        add_entry(&to->counts, stats->total, spec->clock);
        to->times = &stats->total->times[spec->clock];
        return;
    }
    for (size_t i = 0; i < stats->entries.n; i++) {
        const struct acr_entry *e = acri_stats_entry(stats, i);
        const struct acri_histogram *times = &e->times[spec->clock];

        if (!is_selected(spec, e))
            continue;
        add_entry(&to->counts, e, spec->clock);
        if (n++ == 0) {
            to->times = times;
            continue;
        }
        if (n == 2) {
            acri_histogram_clear(scratch);
            acri_histogram_merge(scratch, to->times);
            to->times = scratch;
        }
        acri_histogram_merge(scratch, times);
    }
}

static uint32_t metric_kind(enum acri_goal_kind kind)
{
    switch (kind) {
    case ACRI_GOAL_COUNTER:
        return ACR_METRIC_COUNTER;
    case ACRI_GOAL_GAUGE:
        return ACR_METRIC_GAUGE;
    case ACRI_GOAL_TREND:
        return ACR_METRIC_TREND;
    case ACRI_GOAL_CHECK:
        return ACR_METRIC_CHECK;
    case ACRI_GOAL_TAG:
    case ACRI_GOAL_ENTRIES:
        break;
    }
    return ACR_METRIC_TAG;
}

static void read_metric(const struct acri_goal_spec *spec, const struct acri_stats *stats,
                        struct acri_goal_reading *to)
{
    uint32_t kind = metric_kind(spec->kind);

    for (size_t i = 0; i < stats->metrics.n; i++) {
        const struct acr_metric *m = stats->metrics.rows[i];

        if (m->kind == kind && strcmp(acr_metric_name(m), spec->name) == 0)
            to->metric = m;
    }
    to->counts.load = stats->total->counts.requests;
    if (to->metric == NULL)
        return;
    to->counts.requests = to->metric->count;
    to->counts.failures = to->metric->failures;
    to->counts.n_values = to->metric->n_values;
    to->counts.sum = acri_metric_sum(to->metric);
    to->level = to->metric->last;
    if (spec->kind == ACRI_GOAL_TAG)
        to->counts.load = to->metric->count;
}

void acri_goal_source_read(const struct acri_goal_spec *spec, const struct acr_snapshot *s,
                           struct acri_histogram *scratch, struct acri_goal_reading *ret_reading)
{
    *ret_reading = (struct acri_goal_reading){ .stats = s->stats };
    if (spec->kind == ACRI_GOAL_ENTRIES)
        read_entries(spec, s->stats, scratch, ret_reading);
    else
        read_metric(spec, s->stats, ret_reading);
    if (spec->column == ACRI_GOAL_USERS)
        ret_reading->level = (double)s->info.n_users;
    ret_reading->counts.arrivals = s->info.load[ACR_LOAD_ARRIVALS];
    ret_reading->counts.dropped = s->info.load[ACR_LOAD_DROPPED];
}

/* --- counts
 * ---------------------------------------------------------------------------------------- */

void acri_goal_counts_add(struct acri_goal_counts *into, const struct acri_goal_counts *from)
{
    into->requests += from->requests;
    into->failures += from->failures;
    into->attempts += from->attempts;
    into->cancelled += from->cancelled;
    into->untimed += from->untimed;
    into->bytes += from->bytes;
    into->n_values += from->n_values;
    into->load += from->load;
    into->arrivals += from->arrivals;
    into->dropped += from->dropped;
    into->sum += from->sum;
    into->level += from->level;
    into->n_levels += from->n_levels;
}

void acri_goal_counts_subtract(struct acri_goal_counts *from, const struct acri_goal_counts *what)
{
    from->requests -= what->requests;
    from->failures -= what->failures;
    from->attempts -= what->attempts;
    from->cancelled -= what->cancelled;
    from->untimed -= what->untimed;
    from->bytes -= what->bytes;
    from->n_values -= what->n_values;
    from->load -= what->load;
    from->arrivals -= what->arrivals;
    from->dropped -= what->dropped;
    from->sum -= what->sum;
    from->level -= what->level;
    from->n_levels -= what->n_levels;
}

static double ratio(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : NAN;
}

/* Columns that are counts or made of counts. Returns: false: it is none of these. */
static bool value_of_counts(const struct acri_goal_spec *spec, const struct acri_goal_counts *c,
                            double *ret_value)
{
    const uint64_t counts[] = {
        [ACRI_GOAL_REQUESTS] = c->requests,
        [ACRI_GOAL_FAILURES] = c->failures,
        [ACRI_GOAL_BYTES] = c->bytes,
        [ACRI_GOAL_ATTEMPTS] = c->attempts,
        [ACRI_GOAL_CANCELLED] = c->cancelled,
        [ACRI_GOAL_UNTIMED] = c->untimed,
        [ACRI_GOAL_COUNT] = c->requests,
        [ACRI_GOAL_SUM] = 0,
        [ACRI_GOAL_PASSED] = c->requests - c->failures,
    };

    switch (spec->column) {
    case ACRI_GOAL_FAIL_RATIO:
        *ret_value = ratio(c->failures, c->requests);
        return true;
    case ACRI_GOAL_PASS_RATIO:
        *ret_value = ratio(c->requests - c->failures, c->requests);
        return true;
    case ACRI_GOAL_DROP_RATIO:
        *ret_value = ratio(c->dropped, c->arrivals);
        return true;
    case ACRI_GOAL_AVERAGE:
        *ret_value = c->n_values > 0 ? c->sum / (double)c->n_values : NAN;
        return true;
    case ACRI_GOAL_SIZE:
        *ret_value = ratio(c->bytes, c->requests);
        return true;
    case ACRI_GOAL_SUM:
        *ret_value = c->sum;
        return true;
    case ACRI_GOAL_REQUESTS:
    case ACRI_GOAL_FAILURES:
    case ACRI_GOAL_BYTES:
    case ACRI_GOAL_ATTEMPTS:
    case ACRI_GOAL_CANCELLED:
    case ACRI_GOAL_UNTIMED:
    case ACRI_GOAL_COUNT:
    case ACRI_GOAL_PASSED:
        *ret_value = (double)counts[spec->column];
        return true;
    default:
        return false;
    }
}

/* --- the whole
 * ------------------------------------------------------------------------------------- */

static double value_of_times(const struct acri_goal_spec *spec, const struct acri_histogram *h)
{
    if (h == NULL || acri_histogram_count(h) == 0)
        return NAN;
    switch (spec->column) {
    case ACRI_GOAL_MIN:
        return (double)acri_histogram_min_ns(h) / NS_PER_MS;
    case ACRI_GOAL_MAX:
        return (double)acri_histogram_max_ns(h) / NS_PER_MS;
    default:
        return (double)acri_histogram_quantile_ns(h, spec->quantile) / NS_PER_MS;
    }
}

static double value_of_metric(const struct acri_goal_spec *spec, const struct acr_metric *m)
{
    double value;

    if (m == NULL || m->n_values == 0)
        return NAN;
    switch (spec->column) {
    case ACRI_GOAL_MIN:
        return m->min;
    case ACRI_GOAL_MAX:
        return m->max;
    case ACRI_GOAL_LAST:
        return m->last;
    default:
        return acri_metric_quantile(m, spec->quantile, &value) ? value : NAN;
    }
}

double acri_goal_source_value(const struct acri_goal_spec *spec,
                              const struct acri_goal_reading *reading)
{
    const struct acri_goal_counts *c = &reading->counts;
    double value;

    if (value_of_counts(spec, c, &value))
        return value;
    if (spec->column == ACRI_GOAL_REQUEST_RATE)
        return acri_stats_total_rate(reading->stats, c->requests);
    if (spec->column == ACRI_GOAL_FAILURE_RATE)
        return acri_stats_total_rate(reading->stats, c->failures);
    if (spec->column == ACRI_GOAL_RATE)
        return acr_metric_rate(reading->metric);
    if (spec->column == ACRI_GOAL_USERS)
        return reading->level;
    return spec->kind == ACRI_GOAL_ENTRIES ? value_of_times(spec, reading->times)
                                           : value_of_metric(spec, reading->metric);
}

/* --- distributions
 * --------------------------------------------------------------------------------- */

bool acri_goal_source_has_keys(const struct acri_goal_spec *spec)
{
    return spec->kind != ACRI_GOAL_GAUGE &&
           (spec->column == ACRI_GOAL_QUANTILE || spec->column == ACRI_GOAL_MIN ||
            spec->column == ACRI_GOAL_MAX);
}

size_t acri_goal_source_n_keys(const struct acri_goal_spec *spec)
{
    return spec->kind == ACRI_GOAL_ENTRIES ? ACRI_HISTOGRAM_BUCKETS : KEYS_OF_METRIC;
}

static void call_all(const struct acri_histogram *h, void (*call)(void *, uint32_t, uint64_t),
                     void *arg, uint32_t first, bool is_mirrored)
{
    uint32_t bucket = 0;
    uint64_t n;

    for (; h != NULL && acri_histogram_next(h, &bucket, &n); bucket++)
        call(arg, is_mirrored ? first - bucket : first + bucket, n);
}

void acri_goal_source_keys(const struct acri_goal_reading *reading,
                           void (*call)(void *arg, uint32_t key, uint64_t n), void *arg)
{
    const struct acr_metric *m = reading->metric;

    call_all(reading->times, call, arg, 0, false);
    if (m == NULL)
        return;
    for (uint32_t i = 0; i < ACRI_METRIC_BANDS; i++) {
        call_all(m->below[i], call, arg, NEAR_ZERO - 1 - i * ACRI_HISTOGRAM_BUCKETS, true);
        call_all(m->above[i], call, arg, NEAR_ZERO + 1 + i * ACRI_HISTOGRAM_BUCKETS, false);
    }
    if (m->n_near_zero > 0)
        call(arg, NEAR_ZERO, m->n_near_zero);
}

static double value_of_key(const struct acri_goal_spec *spec, uint32_t key)
{
    uint32_t at;
    double value;

    if (spec->kind == ACRI_GOAL_ENTRIES)
        return (double)acri_histogram_bucket_ns(key) / NS_PER_MS;
    if (key == NEAR_ZERO)
        return 0;
    at = key > NEAR_ZERO ? key - NEAR_ZERO - 1 : NEAR_ZERO - 1 - key;
    value = acri_metric_value(acri_histogram_bucket_ns(at % ACRI_HISTOGRAM_BUCKETS),
                              at / ACRI_HISTOGRAM_BUCKETS);
    return key > NEAR_ZERO ? value : -value;
}

/* The value of a rank, from 1 on. */
static double at_rank(const struct acri_goal_spec *spec, const uint64_t *keys, uint64_t rank)
{
    size_t n_keys = acri_goal_source_n_keys(spec);

    for (uint32_t i = 0; i < n_keys; i++) {
        if (rank <= keys[i])
            return value_of_key(spec, i);
        rank -= keys[i];
    }
    return NAN;
}

double acri_goal_source_between(const struct acri_goal_spec *spec,
                                const struct acri_goal_counts *counts, const uint64_t *keys,
                                double seconds)
{
    uint64_t n = counts->n_values;
    double value;

    if (value_of_counts(spec, counts, &value))
        return value;
    switch (spec->column) {
    case ACRI_GOAL_REQUEST_RATE:
        return seconds > 0 ? (double)counts->requests / seconds : NAN;
    case ACRI_GOAL_FAILURE_RATE:
        return seconds > 0 ? (double)counts->failures / seconds : NAN;
    case ACRI_GOAL_RATE:
        return seconds > 0 ? counts->sum / seconds : NAN;
    case ACRI_GOAL_USERS:
    case ACRI_GOAL_LAST:
        return counts->n_levels > 0 ? counts->level / (double)counts->n_levels : NAN;
    case ACRI_GOAL_MIN:
        return n > 0 && keys != NULL ? at_rank(spec, keys, 1) : NAN;
    case ACRI_GOAL_MAX:
        return n > 0 && keys != NULL ? at_rank(spec, keys, n) : NAN;
    default:
        return n > 0 && keys != NULL ? at_rank(spec, keys, acri_histogram_rank(spec->quantile, n))
                                     : NAN;
    }
}
