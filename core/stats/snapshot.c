/* SPDX-License-Identifier: MIT */
#include "stats/snapshot.h"

#include <math.h>

#define MS(ns) ((double)(ns) / 1e6)
#define S(ns) ((double)(ns) / 1e9)

void acri_snapshot_init(struct acr_snapshot *s, const struct acri_stats *stats,
                        const struct acri_run_info *info)
{
    *s = (struct acr_snapshot){ .stats = stats, .info = *info };
}

/* --- entries
 * --------------------------------------------------------------------------------------- */

const struct acr_entry *acr_snapshot_entry(const struct acr_snapshot *s, size_t index)
{
    return s != NULL ? acri_stats_entry(s->stats, index) : NULL;
}

size_t acr_snapshot_n_entries(const struct acr_snapshot *s)
{
    return s != NULL ? s->stats->entries.n : 0;
}

const struct acr_entry *acr_snapshot_total(const struct acr_snapshot *s)
{
    return s != NULL ? s->stats->total : NULL;
}

const char *acr_entry_type(const struct acr_entry *e)
{
    return e != NULL ? e->key.text[0] : "";
}

const char *acr_entry_name(const struct acr_entry *e)
{
    return e != NULL ? e->key.text[1] : "";
}

uint64_t acr_entry_count(const struct acr_entry *e, uint32_t count)
{
    if (e == NULL)
        return 0;
    switch (count) {
    case ACR_REQUESTS:
        return e->counts.requests;
    case ACR_FAILURES:
        return e->counts.failures;
    case ACR_ATTEMPTS:
        return e->counts.attempts;
    case ACR_CANCELLED:
        return e->counts.cancelled;
    case ACR_UNTIMED:
        return e->counts.untimed;
    case ACR_BYTES:
        return e->counts.bytes;
    default:
        return 0;
    }
}

double acr_entry_request_rate(const struct acr_entry *e, uint32_t window)
{
    if (e != NULL && window == ACR_TOTAL)
        return acri_stats_total_rate(e->stats, e->counts.requests);
    if (e != NULL && window == ACR_CURRENT)
        return acri_stats_current_requests(e);
    return 0;
}

double acr_entry_failure_rate(const struct acr_entry *e, uint32_t window)
{
    if (e != NULL && window == ACR_TOTAL)
        return acri_stats_total_rate(e->stats, e->counts.failures);
    if (e != NULL && window == ACR_CURRENT)
        return acri_stats_current_failures(e);
    return 0;
}

static const struct acri_histogram *times_of(const struct acr_entry *e, uint32_t clock)
{
    return e != NULL && clock < ACRI_STATS_CLOCKS ? &e->times[clock] : NULL;
}

double acr_entry_average_ms(const struct acr_entry *e, uint32_t clock)
{
    const struct acri_histogram *h = times_of(e, clock);

    return h != NULL ? MS(acri_histogram_mean_ns(h)) : 0;
}

double acr_entry_min_ms(const struct acr_entry *e, uint32_t clock)
{
    const struct acri_histogram *h = times_of(e, clock);

    return h != NULL ? MS(acri_histogram_min_ns(h)) : 0;
}

double acr_entry_max_ms(const struct acr_entry *e, uint32_t clock)
{
    const struct acri_histogram *h = times_of(e, clock);

    return h != NULL ? MS(acri_histogram_max_ns(h)) : 0;
}

double acr_entry_quantile_ms(const struct acr_entry *e, uint32_t clock, uint32_t window,
                             double quantile)
{
    const struct acri_histogram *h = NULL;

    if (window == ACR_TOTAL)
        h = times_of(e, clock);
    else if (e != NULL && window == ACR_CURRENT && clock == ACR_RESPONSE_TIME)
        h = acri_stats_current_times(e);
    if (h == NULL || isnan(quantile) || acri_histogram_count(h) == 0)
        return -1;
    return MS(acri_histogram_quantile_ns(h, quantile));
}

double acr_entry_sum_ms(const struct acr_entry *e, uint32_t clock)
{
    const struct acri_histogram *h = times_of(e, clock);

    return h != NULL ? MS((double)h->sum_high * 0x1.0p64 + (double)h->sum_low) : 0;
}

bool acr_entry_bucket(const struct acr_entry *e, uint32_t clock, uint32_t *bucket, double *ret_ms,
                      uint64_t *ret_n)
{
    const struct acri_histogram *h = times_of(e, clock);

    if (h == NULL || !acri_histogram_next(h, bucket, ret_n))
        return false;
    *ret_ms = MS(acri_histogram_bucket_ns(*bucket));
    return true;
}

/* --- failures
 * -------------------------------------------------------------------------------------- */

size_t acr_snapshot_n_failures(const struct acr_snapshot *s)
{
    return s != NULL ? s->stats->failures.n : 0;
}

const struct acr_failure *acr_snapshot_failure(const struct acr_snapshot *s, size_t index)
{
    return s != NULL ? acri_stats_failure(s->stats, index) : NULL;
}

const char *acr_failure_type(const struct acr_failure *f)
{
    return f != NULL ? f->key.text[0] : "";
}

const char *acr_failure_name(const struct acr_failure *f)
{
    return f != NULL ? f->key.text[1] : "";
}

const char *acr_failure_error(const struct acr_failure *f)
{
    return f != NULL ? f->key.text[2] : "";
}

uint64_t acr_failure_count(const struct acr_failure *f)
{
    return f != NULL ? f->count : 0;
}

double acr_failure_first_seen(const struct acr_failure *f)
{
    return f != NULL ? S(f->first_real_ns) : 0;
}

double acr_failure_last_seen(const struct acr_failure *f)
{
    return f != NULL ? S(f->last_real_ns) : 0;
}

/* --- exceptions
 * ------------------------------------------------------------------------------------ */

size_t acr_snapshot_n_exceptions(const struct acr_snapshot *s)
{
    return s != NULL ? s->stats->exceptions.n : 0;
}

const struct acr_exception *acr_snapshot_exception(const struct acr_snapshot *s, size_t index)
{
    return s != NULL ? acri_stats_exception_at(s->stats, index) : NULL;
}

const char *acr_exception_message(const struct acr_exception *x)
{
    return x != NULL ? x->key.text[1] : "";
}

const char *acr_exception_traceback(const struct acr_exception *x)
{
    return x != NULL ? x->key.text[0] : "";
}

const char *acr_exception_nodes(const struct acr_exception *x)
{
    return x != NULL ? acri_buf_text(&x->nodes) : "";
}

uint64_t acr_exception_count(const struct acr_exception *x)
{
    return x != NULL ? x->count : 0;
}

/* --- the run
 * --------------------------------------------------------------------------------------- */

const char *acr_snapshot_state(const struct acr_snapshot *s)
{
    return s != NULL && s->info.state != NULL ? s->info.state : "";
}

uint64_t acr_snapshot_users(const struct acr_snapshot *s)
{
    return s != NULL ? s->info.n_users : 0;
}

double acr_snapshot_elapsed(const struct acr_snapshot *s)
{
    return s != NULL ? s->info.elapsed_s : 0;
}

double acr_snapshot_start_time(const struct acr_snapshot *s)
{
    return s != NULL ? S(s->info.start_real_ns) : 0;
}

double acr_snapshot_reset_time(const struct acr_snapshot *s)
{
    return s != NULL ? S(s->stats->start_real_ns) : 0;
}

double acr_snapshot_last_request_time(const struct acr_snapshot *s)
{
    const struct acri_stats *stats = s != NULL ? s->stats : NULL;

    if (stats == NULL || stats->last_ns == 0)
        return 0;
    /* One that was under way at a reset ends after it; one told by hand may have ended before. */
    return S(stats->start_real_ns + stats->last_ns - stats->start_ns);
}

uint64_t acr_snapshot_seed(const struct acr_snapshot *s)
{
    return s != NULL ? s->info.seed : 0;
}

double acr_snapshot_open_requests(const struct acr_snapshot *s)
{
    return s != NULL ? s->info.open_requests : 0;
}

static uint64_t in_flight(const struct acri_ledger *l)
{
    uint64_t n_over = l->succeeded + l->failed + l->cancelled + l->lost;

    /* A block may bring the end of a sample before another brings its start. */
    return l->started > n_over ? l->started - n_over : 0;
}

uint64_t acri_snapshot_ledger(const struct acri_ledger *l, uint32_t which)
{
    switch (which) {
    case ACR_LEDGER_STARTED:
        return l->started;
    case ACR_LEDGER_SUCCEEDED:
        return l->succeeded;
    case ACR_LEDGER_FAILED:
        return l->failed;
    case ACR_LEDGER_CANCELLED:
        return l->cancelled;
    case ACR_LEDGER_IN_FLIGHT:
        return in_flight(l);
    case ACR_LEDGER_LOST:
        return l->lost;
    case ACR_LEDGER_ATTEMPTS:
        return l->attempts;
    default:
        return 0;
    }
}

uint64_t acr_snapshot_ledger(const struct acr_snapshot *s, uint32_t which)
{
    return s != NULL ? acri_snapshot_ledger(&s->stats->ledger, which) : 0;
}

uint64_t acr_snapshot_load(const struct acr_snapshot *s, uint32_t which)
{
    return s != NULL && which < ACR_LOAD_COUNTS ? s->info.load[which] : 0;
}

uint64_t acr_snapshot_target_users(const struct acr_snapshot *s)
{
    return s != NULL ? s->info.target_users : 0;
}

double acr_snapshot_arrival_rate(const struct acr_snapshot *s)
{
    return s != NULL ? s->info.arrival_rate : 0;
}

int64_t acr_snapshot_stage(const struct acr_snapshot *s, size_t *ret_n_stages)
{
    size_t n = s != NULL ? s->info.n_stages : 0;

    if (ret_n_stages != NULL)
        *ret_n_stages = n;
    return n > 0 ? (int64_t)s->info.stage : -1;
}

size_t acr_snapshot_n_user_types(const struct acr_snapshot *s)
{
    return s != NULL ? s->info.n_types : 0;
}

const char *acr_snapshot_user_type(const struct acr_snapshot *s, size_t index)
{
    return index < acr_snapshot_n_user_types(s) ? s->info.type_names[index] : NULL;
}

uint64_t acr_snapshot_users_of_type(const struct acr_snapshot *s, size_t index)
{
    return index < acr_snapshot_n_user_types(s) ? s->info.type_users[index] : 0;
}

/* --- metrics
 * --------------------------------------------------------------------------------------- */

size_t acr_snapshot_n_metrics(const struct acr_snapshot *s)
{
    return s != NULL ? s->stats->metrics.n : 0;
}

const struct acr_metric *acr_snapshot_metric(const struct acr_snapshot *s, size_t index)
{
    return index < acr_snapshot_n_metrics(s) ? s->stats->metrics.rows[index] : NULL;
}

uint32_t acr_metric_kind(const struct acr_metric *m)
{
    return m != NULL ? m->kind : ACR_METRIC_COUNTER;
}

const char *acr_metric_name(const struct acr_metric *m)
{
    return m != NULL ? m->key.text[1] : "";
}

uint64_t acr_metric_count(const struct acr_metric *m)
{
    return m != NULL ? m->count : 0;
}

uint64_t acr_metric_failures(const struct acr_metric *m)
{
    return m != NULL ? m->failures : 0;
}

double acr_metric_sum(const struct acr_metric *m)
{
    return m != NULL ? acri_metric_sum(m) : 0;
}

double acr_metric_rate(const struct acr_metric *m)
{
    const struct acri_metrics *home = m != NULL ? m->home : NULL;

    if (home == NULL || home->now_ns <= home->start_ns)
        return 0;
    return acri_metric_sum(m) / S(home->now_ns - home->start_ns);
}

double acr_metric_average(const struct acr_metric *m)
{
    return m != NULL && m->n_values > 0 ? acri_metric_sum(m) / (double)m->n_values : 0;
}

double acr_metric_last(const struct acr_metric *m)
{
    return m != NULL ? m->last : 0;
}

double acr_metric_min(const struct acr_metric *m)
{
    return m != NULL ? m->min : 0;
}

double acr_metric_max(const struct acr_metric *m)
{
    return m != NULL ? m->max : 0;
}

double acr_metric_quantile(const struct acr_metric *m, double quantile)
{
    double value;

    return m != NULL && acri_metric_quantile(m, quantile, &value) ? value : -1;
}
