/* SPDX-License-Identifier: MIT */
#include "stats/delta_read.h"

#include <math.h>
#include <string.h>

#include "stats/delta.h"

/* 146 years: no two clocks of one run are further apart. */
#define TIME_MAX (1ull << 62)

static void spoil(struct acri_unpack *u)
{
    u->is_bad = true;
    u->at = u->end;
}

/* Most numbers are short. */
static inline uint64_t get(struct acri_unpack *u)
{
    if (ACRI_LIKELY(u->end - u->at >= 2)) {
        uint32_t first = u->at[0];
        uint32_t second = u->at[1];

        if (first < 0x80) {
            u->at++;
            return first;
        }
        if (second < 0x80) {
            u->at += 2;
            return (first & 0x7f) | second << 7;
        }
    }
    return acri_unpack_u64(u);
}

static uint64_t get_events(struct acri_unpack *u)
{
    uint64_t n = get(u);

    if (ACRI_LIKELY(n <= ACRI_DELTA_EVENTS_MAX))
        return n;
    spoil(u);
    return 0;
}

static void require(struct acri_unpack *u, bool is_so)
{
    if (!is_so)
        spoil(u);
}

static uint64_t get_time(struct acri_delta_reader *r)
{
    uint64_t x = acri_unpack_most(&r->in, TIME_MAX);
    uint64_t away;

    if (x == 0)
        return 0;
    away = (x - 1) / 2;
    if ((x - 1) % 2 == 0)
        return r->base_ns + away > 0 ? r->base_ns + away : 1;
    away++;
    return r->base_ns > away ? r->base_ns - away : 1;
}

static void get_text(struct acri_unpack *u, struct acri_delta_text *t, size_t most)
{
    t->text = acri_unpack_bytes(u, &t->bytes);
    require(u, t->bytes <= most && memchr(t->text, '\0', t->bytes) == NULL);
}

static double get_finite(struct acri_unpack *u)
{
    double x = acri_unpack_double(u);

    if (isfinite(x))
        return x;
    spoil(u);
    return 0;
}

/* --- histograms
 * ------------------------------------------------------------------------------------ */

typedef unsigned __int128 wide;

/* LEB128 of 128 bits, of which so many are enough: nineteen bytes of seven bits. */
static wide get_wide(struct acri_unpack *u)
{
    wide x = 0;

    for (unsigned shift = 0; shift < 126 && u->at < u->end; shift += 7) {
        unsigned char byte = *u->at++;

        x |= (wide)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return x;
    }
    spoil(u);
    return 0;
}

static void get_range(struct acri_unpack *u, struct acri_delta_times *t, uint32_t first,
                      uint32_t last)
{
    uint64_t spread = 0;
    wide rest = 0; /* the sum without count times the least */

    t->min_ns = get(u);
    if (t->count > 1)
        rest = spread = get(u);
    if (t->count > 2)
        rest = get_wide(u);
    t->max_ns = t->min_ns + spread;
    /* One is the least and one the greatest; the others are between. */
    require(u, spread <= UINT64_MAX - t->min_ns && rest >= spread &&
                   rest <= (wide)spread * (t->count > 1 ? t->count - 1 : 1) &&
                   acri_histogram_bucket(t->min_ns) == first &&
                   acri_histogram_bucket(t->max_ns) == last);
    rest += (wide)t->min_ns * t->count;
    t->sum_low = (uint64_t)rest;
    t->sum_high = (uint64_t)(rest >> 64);
}

/* The next bucket. Returns: false at the end, or what is wrong. */
static inline bool next_bucket(struct acri_unpack *u, uint32_t *bucket, uint64_t *ret_n)
{
    uint64_t token = get(u);
    uint64_t steps = token >> 1;

    if (token == 0)
        return false;
    /* Before the first, the bucket is -1. */
    if (ACRI_UNLIKELY(steps == 0 || steps > ACRI_HISTOGRAM_BUCKETS - (*bucket + 1))) {
        spoil(u);
        return false;
    }
    *bucket += (uint32_t)steps;
    *ret_n = (token & 1) == 0 ? 1 : get_events(u) + 2;
    return true;
}

static void get_times(struct acri_unpack *u, struct acri_delta_times *t)
{
    uint32_t bucket = UINT32_MAX;
    uint32_t first;
    uint64_t n;

    t->buckets = *u;
    t->count = t->sum_low = t->sum_high = t->max_ns = 0;
    t->min_ns = UINT64_MAX;
    if (!next_bucket(u, &bucket, &n))
        return;
    first = bucket;
    do {
        t->count += n;
        if (t->count > ACRI_DELTA_EVENTS_MAX)
            spoil(u);
    } while (next_bucket(u, &bucket, &n));
    get_range(u, t, first, bucket);
}

size_t acri_delta_read_buckets(struct acri_delta_times *t, uint32_t *bucket, uint16_t *ret_buckets,
                               uint64_t *ret_counts, size_t n)
{
    size_t i = 0;

    while (i < n && next_bucket(&t->buckets, bucket, &ret_counts[i]))
        ret_buckets[i++] = (uint16_t)*bucket;
    return i;
}

/* --- rows
 * ------------------------------------------------------------------------------------------ */

static void get_ledger(struct acri_delta_reader *r, struct acri_delta_row *row)
{
    row->ledger.started = get_events(&r->in);
    row->ledger.succeeded = get_events(&r->in);
    row->ledger.failed = get_events(&r->in);
    row->ledger.cancelled = get_events(&r->in);
    row->ledger.lost = get_events(&r->in);
    row->ledger.attempts = get_events(&r->in);
    row->last_ns = get_time(r);
}

static void get_names(struct acri_unpack *u, struct acri_delta_row *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        get_text(u, &row->texts[i], ACRI_KEY_TEXT_MAX);
}

static void get_entry(struct acri_unpack *u, struct acri_delta_row *row)
{
    struct acri_counts *c = &row->counts;
    uint64_t n_timed;

    get_names(u, row, 2);
    c->requests = get_events(u);
    c->failures = get_events(u);
    c->attempts = get_events(u);
    c->cancelled = get_events(u);
    c->untimed = get_events(u);
    c->bytes = acri_unpack_most(u, ACRI_DELTA_BYTES_MAX);
    row->form = (uint32_t)acri_unpack_most(u, ACRI_DELTA_ON_TIME);
    require(u, c->failures <= c->requests && c->untimed <= c->requests &&
                   (c->requests > 0 || c->bytes == 0));
    n_timed = c->requests - c->untimed;
    for (size_t i = 0; i < (row->form == ACRI_DELTA_ON_TIME ? 1 : ACRI_STATS_CLOCKS); i++) {
        get_times(u, &row->times[i]);
        require(u, row->times[i].count == n_timed);
    }
}

static void get_failure(struct acri_unpack *u, struct acri_delta_row *row)
{
    uint64_t last;

    get_names(u, row, 3);
    row->count = get_events(u);
    row->first_real_ns = get(u);
    last = get(u);
    row->last_real_ns = row->first_real_ns + last;
    require(u, row->count > 0 && row->last_real_ns >= last);
}

static void get_exception(struct acri_unpack *u, struct acri_delta_row *row)
{
    get_names(u, row, 2);
    row->count = get_events(u);
    get_text(u, &row->texts[2], ACRI_STATS_NODES_MAX);
    require(u, row->count > 0);
}

static void get_bands(struct acri_unpack *u, struct acri_delta_row *row)
{
    uint64_t n;

    n = row->metric.n_near_zero = get_events(u);
    row->bands = (uint32_t)acri_unpack_most(u, (1u << ACRI_DELTA_BANDS) - 1);
    for (size_t i = 0; i < ACRI_DELTA_BANDS; i++) {
        if ((row->bands >> i & 1) == 0)
            continue;
        get_times(u, &row->times[i]);
        n += row->times[i].count;
    }
    require(u, n == row->metric.n_values);
}

/* What each kind has, and what it has not. */
static bool is_sound(const struct acr_metric *x, uint32_t flags)
{
    bool has_times = x->kind == ACR_METRIC_TREND || x->kind == ACR_METRIC_TAG;
    bool has_last = x->kind == ACR_METRIC_TREND || x->kind == ACR_METRIC_COUNTER;
    bool is_told = x->kind == ACR_METRIC_CHECK || x->kind == ACR_METRIC_TAG;

    if (x->n_values > x->count || x->failures > (is_told ? x->count : 0))
        return false;
    if ((!is_told && x->n_values != x->count) || (x->kind == ACR_METRIC_CHECK && x->n_values > 0))
        return false;
    if (((flags & ACRI_DELTA_HAS_VALUES) != 0) != (x->n_values > 0) ||
        ((flags & ACRI_DELTA_HAS_TIMES) != 0) != (has_times && x->n_values > 0))
        return false;
    if (((flags & ACRI_DELTA_HAS_LAST) != 0) &&
        !(x->kind == ACR_METRIC_GAUGE || (has_last && x->count > 0)))
        return false;
    return x->count > 0 || (flags & ACRI_DELTA_HAS_LAST) != 0;
}

static void get_metric(struct acri_delta_reader *r, struct acri_delta_row *row)
{
    struct acri_unpack *u = &r->in;
    struct acr_metric *x = &row->metric;
    uint32_t flags;

    *x = (struct acr_metric){ .kind = (uint32_t)acri_unpack_most(u, ACRI_METRIC_KINDS - 1) };
    row->bands = 0;
    row->form = flags = (uint32_t)acri_unpack_most(u, 7);
    get_text(u, &row->texts[0], ACRI_KEY_TEXT_MAX);
    x->count = get_events(u);
    x->failures = get_events(u);
    x->n_values = get_events(u);
    require(u, is_sound(x, flags));
    if ((flags & ACRI_DELTA_HAS_VALUES) != 0) {
        x->sum_high = acri_unpack_double(u); /* beyond all doubles after enough great values */
        x->sum_low = get_finite(u);
    }
    if ((flags & ACRI_DELTA_HAS_LAST) != 0) {
        x->last = get_finite(u);
        x->last_ns = get_time(r);
        require(u, x->last_ns > 0);
    }
    if ((flags & (ACRI_DELTA_HAS_VALUES | ACRI_DELTA_HAS_LAST)) != 0) {
        x->min = get_finite(u);
        x->max = get_finite(u);
        require(u, x->min <= x->max);
    }
    if ((flags & ACRI_DELTA_HAS_TIMES) != 0)
        get_bands(u, row);
}

void acri_delta_read_init(struct acri_delta_reader *r, uint64_t base_ns, const void *bytes,
                          size_t n)
{
    r->base_ns = base_ns;
    acri_unpack_init(&r->in, bytes, n);
    require(&r->in, acri_unpack_u64(&r->in) == ACRI_DELTA_VERSION);
}

bool acri_delta_read_row(struct acri_delta_reader *r, struct acri_delta_row *row)
{
    if (r->in.at == r->in.end)
        return false;
    row->kind = (uint32_t)acri_unpack_most(&r->in, ACRI_DELTA_METRIC);
    switch (row->kind) {
    case ACRI_DELTA_LEDGER:
        get_ledger(r, row);
        break;
    case ACRI_DELTA_ENTRY:
        get_entry(&r->in, row);
        break;
    case ACRI_DELTA_FAILURE:
        get_failure(&r->in, row);
        break;
    case ACRI_DELTA_EXCEPTION:
        get_exception(&r->in, row);
        break;
    case ACRI_DELTA_METRIC:
        get_metric(r, row);
        break;
    default:
        spoil(&r->in);
        break;
    }
    return !r->in.is_bad;
}
