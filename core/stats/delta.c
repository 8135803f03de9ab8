/* SPDX-License-Identifier: MIT */
#include "stats/delta.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "stats/delta_read.h"

#define ROW_LIMIT ((size_t)1024 * 1024)
#define CHUNK 64 /* buckets decoded at once */
#define TIME_FAR (1ll << 60)

typedef unsigned __int128 wide;

/* --- writing
 * --------------------------------------------------------------------------------------- */

struct writer {
    struct acri_buf row;
    struct acri_buf part;
    uint64_t base_ns;
    size_t part_max;
    size_t n_parts;
    void (*give)(void *arg, const void *bytes, size_t n);
    void *arg;
};

static void end_part(struct writer *w)
{
    if (w->part.length == 0)
        return;
    w->give(w->arg, w->part.data, w->part.length);
    w->n_parts++;
    acri_buf_clear(&w->part);
}

static struct acri_buf *begin_row(struct writer *w, uint64_t kind)
{
    acri_buf_clear(&w->row);
    acri_pack_u64(&w->row, kind);
    return &w->row;
}

static void end_row(struct writer *w)
{
    size_t used = w->part.length > 0 ? w->part.length : 1;

    if (used + w->row.length > w->part_max)
        end_part(w);
    if (w->part.length == 0)
        acri_pack_u64(&w->part, ACRI_DELTA_VERSION);
    acri_buf_append(&w->part, w->row.data, w->row.length);
}

static void put_time(struct writer *w, uint64_t ns)
{
    int64_t away = (int64_t)(ns - w->base_ns);
    uint64_t sign = away < 0 ? UINT64_MAX : 0;

    if (ns == 0) {
        acri_pack_u64(&w->row, 0);
        return;
    }
    away = away > TIME_FAR ? TIME_FAR : away < -TIME_FAR ? -TIME_FAR : away;
    acri_pack_u64(&w->row, (((uint64_t)away << 1) ^ sign) + 1);
}

static void put_names(struct acri_buf *b, const struct acri_key *k)
{
    for (uint32_t i = 0; i < k->n; i++)
        acri_pack_bytes(b, k->text[i], k->bytes[i]);
}

static void put_wide(struct acri_buf *b, wide x)
{
    unsigned char bytes[19];
    size_t n = 0;

    do {
        bytes[n] = (unsigned char)((unsigned)x & 0x7f);
        x >>= 7;
        if (x != 0)
            bytes[n] |= 0x80;
        n++;
    } while (x != 0);
    acri_buf_append(b, bytes, n);
}

static void put_times(struct acri_buf *b, const struct acri_histogram *h)
{
    uint64_t spread = h->max_ns - h->min_ns;
    wide sum = (wide)h->sum_high << 64 | h->sum_low;
    uint32_t bucket = 0;
    uint32_t before = UINT32_MAX;
    uint64_t n;

    for (; acri_histogram_next(h, &bucket, &n); bucket++) {
        acri_pack_u64(b, (uint64_t)(bucket - before) << 1 | (n > 1));
        if (n > 1)
            acri_pack_u64(b, n - 2);
        before = bucket;
    }
    acri_pack_u64(b, 0);
    if (h->count > 0)
        acri_pack_u64(b, h->min_ns);
    if (h->count > 1)
        acri_pack_u64(b, spread);
    if (h->count > 2)
        put_wide(b, sum - (wide)h->min_ns * h->count);
}

static bool is_same(const struct acri_histogram *a, const struct acri_histogram *b)
{
    uint32_t i = 0;
    uint32_t j = 0;
    uint64_t n;
    uint64_t m;

    if (a->count != b->count || a->sum_low != b->sum_low || a->sum_high != b->sum_high ||
        a->min_ns != b->min_ns || a->max_ns != b->max_ns)
        return false;
    for (; acri_histogram_next(a, &i, &n); i++, j++)
        if (!acri_histogram_next(b, &j, &m) || i != j || n != m)
            return false;
    return true;
}

static void put_entry(struct writer *w, const struct acr_entry *e)
{
    struct acri_buf *b = begin_row(w, ACRI_DELTA_ENTRY);
    const struct acri_counts *c = &e->counts;
    bool is_on_time = e->times[ACR_LATENESS].max_ns == 0 &&
                      is_same(&e->times[ACR_RESPONSE_TIME], &e->times[ACR_CORRECTED]);

    put_names(b, &e->key);
    acri_pack_u64(b, c->requests);
    acri_pack_u64(b, c->failures);
    acri_pack_u64(b, c->attempts);
    acri_pack_u64(b, c->cancelled);
    acri_pack_u64(b, c->untimed);
    acri_pack_u64(b, c->bytes);
    acri_pack_u64(b, is_on_time ? ACRI_DELTA_ON_TIME : ACRI_DELTA_THREE_CLOCKS);
    for (size_t i = 0; i < (is_on_time ? 1 : ACRI_STATS_CLOCKS); i++)
        put_times(b, &e->times[i]);
    end_row(w);
}

static void put_failure(struct writer *w, const struct acr_failure *f)
{
    struct acri_buf *b = begin_row(w, ACRI_DELTA_FAILURE);

    put_names(b, &f->key);
    acri_pack_u64(b, f->count);
    acri_pack_u64(b, f->first_real_ns);
    acri_pack_u64(b, f->last_real_ns - f->first_real_ns);
    end_row(w);
}

static void put_exception(struct writer *w, const struct acr_exception *x)
{
    struct acri_buf *b = begin_row(w, ACRI_DELTA_EXCEPTION);

    put_names(b, &x->key);
    acri_pack_u64(b, x->count);
    acri_pack_bytes(b, x->nodes.data, x->nodes.length);
    end_row(w);
}

static const struct acri_histogram *band(const struct acr_metric *x, size_t i)
{
    const struct acri_histogram *h =
        i < ACRI_METRIC_BANDS ? x->above[i] : x->below[i - ACRI_METRIC_BANDS];

    return h != NULL && h->count > 0 ? h : NULL;
}

/* The second part may have grown beyond the last digit of the first: the sum is the same, divided
 * as one that is read will be. */
static void put_sum(struct acri_buf *b, const struct acr_metric *x)
{
    const struct acr_metric parts = { .sum_high = x->sum_high, .sum_low = x->sum_low };
    struct acr_metric sum = { .count = 0 };

    acri_metric_merge(&sum, &parts);
    acri_pack_double(b, sum.sum_high);
    acri_pack_double(b, sum.sum_low);
}

/* A row of some bands; the numbers are those of x. */
static void put_metric(struct writer *w, const struct acr_metric *x, uint32_t bands)
{
    struct acri_buf *b = begin_row(w, ACRI_DELTA_METRIC);
    bool has_times = x->kind == ACR_METRIC_TREND || x->kind == ACR_METRIC_TAG;
    bool has_values = x->n_values > 0;
    bool has_last = x->last_ns > 0;

    acri_pack_u64(b, x->kind);
    acri_pack_u64(b, (has_values ? ACRI_DELTA_HAS_VALUES : 0u) |
                         (has_last ? ACRI_DELTA_HAS_LAST : 0u) |
                         (has_values && has_times ? ACRI_DELTA_HAS_TIMES : 0u));
    acri_pack_bytes(b, x->key.text[1], x->key.bytes[1]);
    acri_pack_u64(b, x->count);
    acri_pack_u64(b, x->failures);
    acri_pack_u64(b, x->n_values);
    if (has_values)
        put_sum(b, x);
    if (has_last) {
        acri_pack_double(b, x->last);
        put_time(w, x->last_ns);
    }
    if (has_values || has_last) {
        acri_pack_double(b, x->min);
        acri_pack_double(b, x->max);
    }
    if (!has_values || !has_times)
        return;
    acri_pack_u64(b, x->n_near_zero);
    acri_pack_u64(b, bands);
    for (size_t i = 0; i < ACRI_DELTA_BANDS; i++)
        if ((bands >> i & 1) != 0)
            put_times(b, band(x, i));
}

/* A metric whose bands are too long for one row: a row each, which add up to the whole. */
static void put_metric_by_bands(struct writer *w, const struct acr_metric *x, uint32_t bands)
{
    struct acr_metric left = *x;

    for (size_t i = 0; i < ACRI_DELTA_BANDS; i++) {
        struct acr_metric one = left;

        if ((bands >> i & 1) == 0)
            continue;
        /* What belongs to no band goes with the first. */
        one.n_values = one.n_near_zero + band(x, i)->count;
        one.count = x->count - x->n_values + one.n_values;
        if (left.count != x->count)
            one.count = one.n_values;
        one.failures = left.failures < one.count ? left.failures : one.count;
        put_metric(w, &one, 1u << i);
        end_row(w);
        left.count -= one.count;
        left.failures -= one.failures;
        left.n_near_zero = 0;
        left.sum_high = left.sum_low = 0;
    }
}

static void put_whole_metric(struct writer *w, const struct acr_metric *x)
{
    uint32_t bands = 0;

    if (x->count == 0 && x->last_ns == 0)
        return;
    for (size_t i = 0; i < ACRI_DELTA_BANDS; i++)
        bands |= band(x, i) != NULL ? 1u << i : 0;
    put_metric(w, x, bands);
    if (w->row.length + 1 > w->part_max && (bands & (bands - 1)) != 0)
        put_metric_by_bands(w, x, bands);
    else
        end_row(w);
}

static void put_ledger(struct writer *w, const struct acri_stats *s)
{
    const struct acri_ledger *l = &s->ledger;
    struct acri_buf *b = begin_row(w, ACRI_DELTA_LEDGER);

    if (s->last_ns == 0 && l->started == 0 && l->succeeded == 0 && l->failed == 0 &&
        l->cancelled == 0 && l->lost == 0 && l->attempts == 0)
        return;
    acri_pack_u64(b, l->started);
    acri_pack_u64(b, l->succeeded);
    acri_pack_u64(b, l->failed);
    acri_pack_u64(b, l->cancelled);
    acri_pack_u64(b, l->lost);
    acri_pack_u64(b, l->attempts);
    put_time(w, s->last_ns);
    end_row(w);
}

size_t acri_delta_encode(const struct acri_stats *s, uint64_t base_ns, size_t part_max,
                         void (*part)(void *arg, const void *bytes, size_t n), void *arg)
{
    struct writer w = { .base_ns = base_ns, .part_max = part_max, .give = part, .arg = arg };

    acri_buf_init(&w.row, ROW_LIMIT);
    acri_buf_init(&w.part, (part_max > ROW_LIMIT ? part_max : ROW_LIMIT) + 1);
    put_ledger(&w, s);
    for (size_t i = 0; i < s->entries.n; i++)
        if (!acri_counts_are_zero(&acri_stats_entry(s, i)->counts))
            put_entry(&w, acri_stats_entry(s, i));
    for (size_t i = 0; i < s->failures.n; i++)
        put_failure(&w, acri_stats_failure(s, i));
    for (size_t i = 0; i < s->exceptions.n; i++)
        put_exception(&w, acri_stats_exception_at(s, i));
    for (size_t i = 0; i < s->metrics.n; i++)
        put_whole_metric(&w, s->metrics.rows[i]);
    end_part(&w);
    ACRI_ASSERT(!w.row.is_cut && !w.part.is_cut);
    acri_buf_done(&w.row);
    acri_buf_done(&w.part);
    return w.n_parts;
}

/* --- applying
 * -------------------------------------------------------------------------------------- */

/* Add a histogram to several at once: it is decoded once. */
static void add_times(const struct acri_delta_times *t, struct acri_histogram *const *into,
                      size_t n_into)
{
    struct acri_delta_times from = *t;
    uint16_t buckets[CHUNK];
    uint64_t counts[CHUNK];
    uint32_t bucket = UINT32_MAX;
    size_t n;

    if (from.count == 0)
        return;
    do {
        n = acri_delta_read_buckets(&from, &bucket, buckets, counts, CHUNK);
        for (size_t i = 0; i < n_into; i++)
            acri_histogram_put_list(into[i], buckets, counts, n);
    } while (n == CHUNK);
    for (size_t i = 0; i < n_into; i++) {
        acri_histogram_widen(into[i], from.min_ns, from.max_ns);
        acri_histogram_add_sum(into[i], from.sum_high, from.sum_low);
    }
}

static void add_entry(struct acri_stats *s, struct acri_stats *sum,
                      const struct acri_delta_row *row)
{
    const struct acri_delta_text *texts = row->texts;
    struct acr_entry *total = s->total;
    struct acri_histogram *into[7];
    struct acri_key key;
    struct acr_entry *e;
    size_t n = 0;

    acri_key_init_spans(&key, texts[0].text, texts[0].bytes, texts[1].text, texts[1].bytes);
    e = acri_stats_entry_row(s, &key);
    acri_counts_add(&e->counts, &row->counts);
    acri_counts_add(&total->counts, &row->counts);
    e->window.open_requests += row->counts.requests;
    e->window.open_failures += row->counts.failures;
    total->window.open_requests += row->counts.requests;
    total->window.open_failures += row->counts.failures;
    into[n++] = &e->times[ACR_RESPONSE_TIME];
    into[n++] = &e->window.open;
    into[n++] = &total->times[ACR_RESPONSE_TIME];
    into[n++] = &total->window.open;
    if (sum != NULL) {
        acri_counts_add(&sum->total->counts, &row->counts);
        into[n++] = &sum->total->times[ACR_RESPONSE_TIME];
    }
    if (row->form == ACRI_DELTA_ON_TIME) {
        into[n++] = &e->times[ACR_CORRECTED];
        into[n++] = &total->times[ACR_CORRECTED];
        acri_histogram_record_n(&e->times[ACR_LATENESS], 0, row->times[0].count);
        acri_histogram_record_n(&total->times[ACR_LATENESS], 0, row->times[0].count);
    }
    add_times(&row->times[ACR_RESPONSE_TIME], into, n);
    for (size_t i = 1; i < ACRI_STATS_CLOCKS && row->form == ACRI_DELTA_THREE_CLOCKS; i++) {
        into[0] = &e->times[i];
        into[1] = &total->times[i];
        add_times(&row->times[i], into, 2);
    }
}

static void add_failure(struct acri_stats *s, const struct acri_delta_row *row)
{
    const struct acri_delta_text *texts = row->texts;
    struct acri_key key;
    struct acr_failure f = { .count = row->count,
                             .first_real_ns = row->first_real_ns,
                             .last_real_ns = row->last_real_ns };

    acri_key_init_spans(&key, texts[0].text, texts[0].bytes, texts[1].text, texts[1].bytes);
    acri_key_extend_span(&f.key, &key, texts[2].text, texts[2].bytes);
    acri_stats_add_failure(s, &f);
}

static void add_exception(struct acri_stats *s, const char *node, const struct acri_delta_row *row)
{
    const struct acri_delta_text *texts = row->texts;
    struct acri_buf nodes;
    struct acri_key key;

    acri_key_init_spans(&key, texts[0].text, texts[0].bytes, texts[1].text, texts[1].bytes);
    if (node != NULL) {
        acri_stats_add_exception(s, &key, row->count, node);
        return;
    }
    acri_buf_init(&nodes, ACRI_STATS_NODES_MAX);
    acri_buf_append(&nodes, texts[2].text, texts[2].bytes);
    acri_stats_add_exception(s, &key, row->count, acri_buf_text(&nodes));
    acri_buf_done(&nodes);
}

static void add_metric(struct acri_stats *s, const struct acri_delta_row *row)
{
    const struct acr_metric *from = &row->metric;
    struct acr_metric *x =
        acri_metrics_row(&s->metrics, from->kind, row->texts[0].text, row->texts[0].bytes);

    acri_metric_merge(x, from);
    for (size_t i = 0; i < ACRI_DELTA_BANDS; i++) {
        bool is_below = i >= ACRI_METRIC_BANDS;
        struct acri_histogram *into;

        if ((row->bands >> i & 1) == 0)
            continue;
        into = acri_metric_band(x, is_below, i % ACRI_METRIC_BANDS);
        add_times(&row->times[i], &into, 1);
    }
}

static void add_ledger(struct acri_stats *s, const struct acri_delta_row *row)
{
    acri_ledger_add(&s->ledger, &row->ledger);
    if (row->last_ns > s->last_ns)
        s->last_ns = row->last_ns;
}

static void add_row(struct acri_stats *s, struct acri_stats *sum, const char *node,
                    const struct acri_delta_row *row)
{
    switch (row->kind) {
    case ACRI_DELTA_LEDGER:
        add_ledger(s, row);
        if (sum != NULL)
            add_ledger(sum, row);
        return;
    case ACRI_DELTA_ENTRY:
        add_entry(s, sum, row);
        return;
    case ACRI_DELTA_FAILURE:
        add_failure(s, row);
        return;
    case ACRI_DELTA_EXCEPTION:
        add_exception(s, node, row);
        return;
    default:
        add_metric(s, row);
        return;
    }
}

/* Count what a row brings. Returns: whether that may still be taken. */
static bool weigh(struct acri_stats_foreign *f, const struct acri_delta_row *row)
{
    const struct acri_ledger *l = &row->ledger;
    const struct acri_counts *c = &row->counts;

    switch (row->kind) {
    case ACRI_DELTA_LEDGER:
        f->n_events += l->started + l->succeeded + l->failed + l->cancelled + l->lost + l->attempts;
        break;
    case ACRI_DELTA_ENTRY:
        f->n_events += c->requests + c->attempts + c->cancelled;
        f->n_bytes += c->bytes;
        break;
    case ACRI_DELTA_METRIC:
        f->n_events += row->metric.count;
        break;
    default:
        f->n_events += row->count;
        break;
    }
    return f->n_events <= ACRI_DELTA_EVENTS_MAX && f->n_bytes <= ACRI_DELTA_BYTES_MAX;
}

int acri_delta_apply_with(struct acri_stats *s, struct acri_stats *sum, const char *node,
                          uint64_t base_ns, const void *bytes, size_t n)
{
    struct acri_stats_foreign foreign = s->foreign;
    struct acri_delta_reader r;
    struct acri_delta_row row;

    /* All of it is read before any of it is added. */
    acri_delta_read_init(&r, base_ns, bytes, n);
    while (acri_delta_read_row(&r, &row))
        if (!weigh(&foreign, &row))
            return -EBADMSG;
    if (!acri_unpack_is_done(&r.in))
        return -EBADMSG;
    s->foreign = foreign;
    s->scratch_of = NULL;
    acri_delta_read_init(&r, base_ns, bytes, n);
    while (acri_delta_read_row(&r, &row))
        add_row(s, sum, node, &row);
    return 0;
}

int acri_delta_apply(struct acri_stats *s, const char *node, uint64_t base_ns, const void *bytes,
                     size_t n)
{
    return acri_delta_apply_with(s, NULL, node, base_ns, bytes, n);
}
