/* SPDX-License-Identifier: MIT */
#include "stats/metric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define METRIC_OF(k) ACRI_CONTAINER_OF(k, struct acr_metric, key)

/* A value of 0.001 is the first time of a histogram. */
#define NS_PER_UNIT 1e6
#define BAND_OCTAVES 31

static const char *const kinds[ACRI_METRIC_KINDS] = {
    [ACR_METRIC_COUNTER] = "counter", [ACR_METRIC_GAUGE] = "gauge", [ACR_METRIC_TREND] = "trend",
    [ACR_METRIC_CHECK] = "check",     [ACR_METRIC_TAG] = "tag",
};

void acri_metrics_init(struct acri_metrics *m, size_t limit)
{
    *m = (struct acri_metrics){ .limit = limit, .n_ticks = 1 };
}

static void free_metric(struct acr_metric *x)
{
    for (size_t i = 0; i < ACRI_METRIC_BANDS; i++) {
        if (x->above[i] != NULL)
            acri_histogram_done(x->above[i]);
        if (x->below[i] != NULL)
            acri_histogram_done(x->below[i]);
        free(x->above[i]);
        free(x->below[i]);
    }
    acri_key_done(&x->key);
    free(x);
}

void acri_metrics_done(struct acri_metrics *m)
{
    for (size_t i = 0; i < m->n; i++)
        free_metric(m->rows[i]);
    free(m->rows);
    acri_table_done(&m->table);
    *m = (struct acri_metrics){ 0 };
}

/* --- rows
 * ------------------------------------------------------------------------------------------ */

static int compare(const struct acr_metric *x, uint32_t kind, const struct acri_key *key)
{
    size_t bytes = x->key.bytes[1] < key->bytes[1] ? x->key.bytes[1] : key->bytes[1];
    int order;

    if (x->kind != kind)
        return x->kind < kind ? -1 : 1;
    order = memcmp(x->key.text[1], key->text[1], bytes);
    if (order == 0 && x->key.bytes[1] != key->bytes[1])
        order = x->key.bytes[1] < key->bytes[1] ? -1 : 1;
    return order;
}

static size_t place_of(const struct acri_metrics *m, uint32_t kind, const struct acri_key *key)
{
    size_t low = 0;
    size_t high = m->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare(m->rows[middle], kind, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct acr_metric *new_metric(struct acri_metrics *m, uint32_t kind,
                                     const struct acri_key *key)
{
    struct acr_metric *x = acri_alloc(sizeof(*x));
    size_t at = place_of(m, kind, key);

    acri_key_copy(&x->key, key);
    x->home = m;
    x->kind = kind;
    if (m->n == m->n_capacity) {
        m->n_capacity = m->n_capacity > 0 ? m->n_capacity * 2 : 16;
        m->rows = acri_realloc(m->rows, m->n_capacity * sizeof(struct acr_metric *));
    }
    memmove(&m->rows[at + 1], &m->rows[at], (m->n - at) * sizeof(struct acr_metric *));
    m->rows[at] = x;
    m->n++;
    acri_table_add(&m->table, &x->key);
    return x;
}

static struct acr_metric *find(struct acri_metrics *m, uint32_t kind, const char *name,
                               size_t bytes)
{
    struct acri_key key;
    struct acri_key *found;
    bool is_others =
        bytes == strlen(ACRI_METRIC_OTHERS) && memcmp(name, ACRI_METRIC_OTHERS, bytes) == 0;

    acri_key_init_span(&key, kinds[kind], name, bytes);
    found = acri_table_find(&m->table, &key);
    if (found != NULL)
        return METRIC_OF(found);
    if (!is_others && m->n_named >= m->limit) {
        acri_key_init(&key, kinds[kind], ACRI_METRIC_OTHERS);
        found = acri_table_find(&m->table, &key);
        return found != NULL ? METRIC_OF(found) : new_metric(m, kind, &key);
    }
    m->n_named += !is_others;
    return new_metric(m, kind, &key);
}

/* The row of a name, on the list of those touched. */
struct acr_metric *acri_metrics_row(struct acri_metrics *m, uint32_t kind, const char *name,
                                    size_t bytes)
{
    /* Most names are literals, so the addresses tell which it is; the texts have to prove it. */
    size_t guess = ((uintptr_t)name ^ (uintptr_t)name >> 6 ^ kind) % ACRI_METRIC_HITS;
    struct acr_metric *x = m->hits[guess];

    if (x == NULL || x->kind != kind || x->key.bytes[1] != bytes ||
        memcmp(x->key.text[1], name, bytes) != 0)
        m->hits[guess] = x = find(m, kind, name, bytes);
    if (x->last_tick != m->n_ticks) {
        x->last_tick = m->n_ticks;
        x->next_active = m->active;
        m->active = x;
    }
    return x;
}

/* --- values
 * ---------------------------------------------------------------------------------------- */

/* The rounding error of the first part goes into the second (Knuth's two-sum). */
static void add_sum(struct acr_metric *x, double value)
{
    double sum = x->sum_high + value;
    double part = sum - x->sum_high;
    double error = (x->sum_high - (sum - part)) + (value - part);

    x->sum_high = sum;
    /* A sum beyond all doubles has no error worth keeping. */
    x->sum_low = isfinite(sum) ? x->sum_low + error : 0;
}

double acri_metric_sum(const struct acr_metric *x)
{
    return x->sum_high + x->sum_low;
}

static void widen(struct acr_metric *x, double min, double max)
{
    /* A gauge that was reset has none, but stands somewhere. */
    bool is_first = x->n_values == 0 && x->last_ns == 0;

    if (is_first || min < x->min)
        x->min = min;
    if (is_first || max > x->max)
        x->max = max;
}

static struct acri_histogram *band_of(struct acri_histogram **bands, size_t band)
{
    if (bands[band] == NULL) {
        bands[band] = acri_alloc(sizeof(*bands[band]));
        acri_histogram_init(bands[band]);
    }
    return bands[band];
}

struct acri_histogram *acri_metric_band(struct acr_metric *x, bool is_below, size_t band)
{
    return band_of(is_below ? x->below : x->above, band);
}

static void add_to_band(struct acr_metric *x, double value)
{
    double ns = fabs(value) * NS_PER_UNIT;
    size_t band = 0;

    if (ns < (double)ACRI_HISTOGRAM_MIN_NS) {
        x->n_near_zero++;
        return;
    }
    while (ns >= ldexp((double)ACRI_HISTOGRAM_MIN_NS, BAND_OCTAVES) &&
           band < ACRI_METRIC_BANDS - 1) {
        ns = ldexp(ns, -BAND_OCTAVES);
        band++;
    }
    if (ns > (double)ACRI_HISTOGRAM_MAX_NS)
        ns = (double)ACRI_HISTOGRAM_MAX_NS;
    /* Cut off, not rounded: so it stays in the bucket whose middle is near to it. */
    acri_histogram_record(band_of(value < 0 ? x->below : x->above, band), (uint64_t)ns);
}

static void add_value(struct acr_metric *x, double value)
{
    widen(x, value, value);
    x->n_values++;
    add_sum(x, value);
    if (x->kind == ACR_METRIC_TREND || x->kind == ACR_METRIC_TAG)
        add_to_band(x, value);
}

void acri_metrics_add(struct acri_metrics *m, uint32_t kind, const char *name, double value,
                      uint64_t now_ns)
{
    struct acr_metric *x = acri_metrics_row(m, kind, name, strlen(name));

    x->count++;
    add_value(x, value);
    if (now_ns >= x->last_ns) {
        x->last_ns = now_ns;
        x->last = value;
    }
}

void acri_metrics_check(struct acri_metrics *m, const char *name, bool is_passed)
{
    struct acr_metric *x = acri_metrics_row(m, ACR_METRIC_CHECK, name, strlen(name));

    x->count++;
    x->failures += !is_passed;
}

void acri_metrics_tag(struct acri_metrics *m, const char *tag, size_t bytes, bool is_failed,
                      bool has_time, uint64_t time_ns)
{
    struct acr_metric *x = acri_metrics_row(m, ACR_METRIC_TAG, tag, bytes);

    x->count++;
    x->failures += is_failed;
    if (has_time)
        add_value(x, (double)time_ns / NS_PER_UNIT);
}

/* --- all of them
 * ----------------------------------------------------------------------------------- */

static void merge_bands(struct acri_histogram **into, struct acri_histogram *const *from)
{
    for (size_t i = 0; i < ACRI_METRIC_BANDS; i++)
        if (from[i] != NULL && acri_histogram_count(from[i]) > 0)
            acri_histogram_merge(band_of(into, i), from[i]);
}

void acri_metric_merge(struct acr_metric *into, const struct acr_metric *from)
{
    /* A gauge that was reset stands somewhere, without a value. */
    if (from->n_values > 0 || from->last_ns > 0)
        widen(into, from->min, from->max);
    into->count += from->count;
    into->failures += from->failures;
    into->n_values += from->n_values;
    into->n_near_zero += from->n_near_zero;
    add_sum(into, from->sum_high);
    add_sum(into, from->sum_low);
    if (from->last_ns > 0 && from->last_ns >= into->last_ns) {
        into->last_ns = from->last_ns;
        into->last = from->last;
    }
    merge_bands(into->above, from->above);
    merge_bands(into->below, from->below);
}

void acri_metrics_merge(struct acri_metrics *into, const struct acri_metrics *from)
{
    for (const struct acr_metric *x = from->active; x != NULL; x = x->next_active)
        acri_metric_merge(acri_metrics_row(into, x->kind, x->key.text[1], x->key.bytes[1]), x);
}

static void clear(struct acr_metric *x)
{
    for (size_t i = 0; i < ACRI_METRIC_BANDS; i++) {
        if (x->above[i] != NULL)
            acri_histogram_clear(x->above[i]);
        if (x->below[i] != NULL)
            acri_histogram_clear(x->below[i]);
    }
    x->count = x->failures = x->n_values = x->n_near_zero = x->last_ns = 0;
    x->sum_high = x->sum_low = x->min = x->max = x->last = 0;
}

void acri_metrics_clear(struct acri_metrics *m)
{
    for (struct acr_metric *x = m->active; x != NULL; x = x->next_active)
        clear(x);
    m->active = NULL;
    m->n_ticks++;
}

void acri_metrics_reset(struct acri_metrics *m, uint64_t now_ns)
{
    for (size_t i = 0; i < m->n; i++) {
        struct acr_metric *x = m->rows[i];
        uint64_t last_ns = x->last_ns;
        double last = x->last;

        clear(x);
        if (x->kind != ACR_METRIC_GAUGE)
            continue;
        x->last_ns = last_ns;
        x->last = x->min = x->max = last;
    }
    m->active = NULL;
    m->n_ticks++;
    m->start_ns = m->now_ns = now_ns;
}

void acri_metrics_forget(struct acri_metrics *m, uint64_t now_ns)
{
    for (size_t i = 0; i < m->n; i++)
        clear(m->rows[i]);
    m->active = NULL;
    m->n_ticks++;
    m->start_ns = m->now_ns = now_ns;
}

size_t acri_metrics_bytes(const struct acri_metrics *m)
{
    size_t bytes = m->n_capacity * sizeof(struct acr_metric *) + acri_table_bytes(&m->table);

    for (size_t i = 0; i < m->n; i++) {
        const struct acr_metric *x = m->rows[i];

        bytes += sizeof(*x) + acri_key_bytes(&x->key);
        for (size_t j = 0; j < ACRI_METRIC_BANDS; j++) {
            if (x->above[j] != NULL)
                bytes += sizeof(*x->above[j]) + acri_histogram_bytes(x->above[j]);
            if (x->below[j] != NULL)
                bytes += sizeof(*x->below[j]) + acri_histogram_bytes(x->below[j]);
        }
    }
    return bytes;
}

/* --- quantiles
 * ------------------------------------------------------------------------------------- */

double acri_metric_value(uint64_t ns, size_t band)
{
    return ldexp((double)ns / NS_PER_UNIT, (int)band * BAND_OCTAVES);
}

/* The value of a rank, counted from 1 at the lowest. */
static double at_rank(const struct acr_metric *x, uint64_t rank)
{
    for (size_t i = ACRI_METRIC_BANDS; i-- > 0;) {
        const struct acri_histogram *h = x->below[i];
        uint64_t n = h != NULL ? acri_histogram_count(h) : 0;

        /* Mirrored: the greatest comes first. */
        if (rank <= n)
            return -acri_metric_value(acri_histogram_at_ns(h, n - rank + 1), i);
        rank -= n;
    }
    if (rank <= x->n_near_zero)
        return 0;
    rank -= x->n_near_zero;
    for (size_t i = 0; i < ACRI_METRIC_BANDS; i++) {
        const struct acri_histogram *h = x->above[i];
        uint64_t n = h != NULL ? acri_histogram_count(h) : 0;

        if (rank <= n)
            return acri_metric_value(acri_histogram_at_ns(h, rank), i);
        rank -= n;
    }
    return x->max;
}

bool acri_metric_quantile(const struct acr_metric *x, double q, double *ret_value)
{
    uint64_t rank = acri_histogram_rank(q, x->n_values);
    double value;

    if (x->n_values == 0 || isnan(q) || (x->kind != ACR_METRIC_TREND && x->kind != ACR_METRIC_TAG))
        return false;
    value = rank <= 1 ? x->min : rank >= x->n_values ? x->max : at_rank(x, rank);
    /* The range is exact, so this can only come nearer. */
    value = value < x->min ? x->min : value;
    *ret_value = value > x->max ? x->max : value;
    return true;
}
