/* SPDX-License-Identifier: MIT */
/*
 * A histogram of times: log-linear, mergeable exactly, relative error of a quantile at most 0.4 %.
 *
 * From 1 us to 1 hour each octave is cut into 128 buckets of the same width; the middle of a bucket
 * is at most 1/256 away from any value in it. Times outside are counted in the end buckets. Count,
 * sum, minimum and maximum are exact. Buckets live in pages of 32 that are allocated when first
 * used: a page holds the low 16 bits of its counts, and the rest only once one of them overflows.
 *
 * Units: nanoseconds. Owner: one thread at a time.
 */
#ifndef ACRIDA_STATS_HISTOGRAM_H
#define ACRIDA_STATS_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/check.h"

#define ACRI_HISTOGRAM_MIN_NS 1000ull
#define ACRI_HISTOGRAM_MAX_NS 3600000000000ull
#define ACRI_HISTOGRAM_PAGE_BUCKETS 32u
#define ACRI_HISTOGRAM_PAGES 128u
#define ACRI_HISTOGRAM_BUCKETS (ACRI_HISTOGRAM_PAGES * ACRI_HISTOGRAM_PAGE_BUCKETS)

struct acri_histogram_page {
    uint16_t low[ACRI_HISTOGRAM_PAGE_BUCKETS];
    uint64_t *high; /* counts of 65,536; NULL until the first */
};

struct acri_histogram {
    uint64_t count;
    uint64_t sum_low; /* 128 bits in two words */
    uint64_t sum_high;
    uint64_t min_ns; /* of an empty one: UINT64_MAX and 0 */
    uint64_t max_ns;
    struct acri_histogram_page *pages;
    uint16_t n_pages;                         /* in use */
    uint16_t n_capacity;                      /* allocated; those not in use are zeroed */
    uint64_t used[ACRI_HISTOGRAM_PAGES / 64]; /* bit i: index[i] is not 0 */
    uint8_t index[ACRI_HISTOGRAM_PAGES];      /* 1 + position in pages; 0 = no page */
};

void acri_histogram_init(struct acri_histogram *h);
void acri_histogram_done(struct acri_histogram *h);

/* Empty; the memory of pages is kept for reuse. Costs as much as was touched. */
void acri_histogram_clear(struct acri_histogram *h);

/* Count one more in a bucket whose page or upper half may be missing. For acri_histogram_record. */
void acri_histogram_touch(struct acri_histogram *h, uint32_t bucket);

/* The bucket of a time, and the time that it stands for. */
static inline uint32_t acri_histogram_bucket(uint64_t ns)
{
    uint64_t v = ns < ACRI_HISTOGRAM_MIN_NS ? ACRI_HISTOGRAM_MIN_NS : ns;
    uint32_t octave;

    v = v > ACRI_HISTOGRAM_MAX_NS ? ACRI_HISTOGRAM_MAX_NS : v;
    octave = 63u - (uint32_t)__builtin_clzll(v);
    /* 1 us is in octave 9, at its 122nd bucket: the page that holds it is the first. */
    return (octave << 7) + (uint32_t)(v >> (octave - 7)) - ((9u << 7) + 128u + 96u);
}
uint64_t acri_histogram_bucket_ns(uint32_t bucket);

/* Count a time. */
static inline void acri_histogram_record(struct acri_histogram *h, uint64_t ns)
{
    uint32_t bucket = acri_histogram_bucket(ns);
    uint32_t page = h->index[bucket / ACRI_HISTOGRAM_PAGE_BUCKETS];
    uint16_t *low;

    h->count++;
    h->sum_low += ns;
    h->sum_high += h->sum_low < ns;
    h->min_ns = ns < h->min_ns ? ns : h->min_ns;
    h->max_ns = ns > h->max_ns ? ns : h->max_ns;
    if (ACRI_LIKELY(page != 0)) {
        low = &h->pages[page - 1].low[bucket % ACRI_HISTOGRAM_PAGE_BUCKETS];
        if (ACRI_LIKELY(*low != UINT16_MAX)) {
            *low = (uint16_t)(*low + 1);
            return;
        }
    }
    acri_histogram_touch(h, bucket);
}

/* Count a time n times. */
void acri_histogram_record_n(struct acri_histogram *h, uint64_t ns, uint64_t n);

/* Add all of another one, exactly. */
void acri_histogram_merge(struct acri_histogram *into, const struct acri_histogram *from);

static inline uint64_t acri_histogram_count(const struct acri_histogram *h)
{
    return h->count;
}
/* Exact; 0 when empty. */
uint64_t acri_histogram_min_ns(const struct acri_histogram *h);
uint64_t acri_histogram_max_ns(const struct acri_histogram *h);
double acri_histogram_mean_ns(const struct acri_histogram *h);

/*
 * The smallest time that at least ceil(q * count) of the times do not exceed, within 0.4 %; exact
 * for the first and the last of them.
 *
 * Returns: 0 when empty. q is clamped to 0..1.
 */
uint64_t acri_histogram_quantile_ns(const struct acri_histogram *h, double q);

/* The same in two steps: the rank ceil(q * n), from 1 to n (1 when n is 0); and the time of a rank.
 */
uint64_t acri_histogram_rank(double q, uint64_t n);
uint64_t acri_histogram_at_ns(const struct acri_histogram *h, uint64_t rank);

/*
 * Walk the buckets that are not empty: start with *bucket = 0, add 1 to go on. Returns: false past
 * the last.
 */
bool acri_histogram_next(const struct acri_histogram *h, uint32_t *bucket, uint64_t *ret_n);

/* Parts, to build a histogram from what acri_histogram_next gave: a bucket's count, then the range.
 */
void acri_histogram_put(struct acri_histogram *h, uint32_t bucket, uint64_t n);
void acri_histogram_widen(struct acri_histogram *h, uint64_t min_ns, uint64_t max_ns);
/* Counts of n buckets at once; the sum of all their times, in two words. */
void acri_histogram_put_list(struct acri_histogram *h, const uint16_t *buckets,
                             const uint64_t *counts, size_t n);
void acri_histogram_add_sum(struct acri_histogram *h, uint64_t high, uint64_t low);

/* Allocated bytes, without the structure itself. */
size_t acri_histogram_bytes(const struct acri_histogram *h);

#endif
