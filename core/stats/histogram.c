/* SPDX-License-Identifier: MIT */
#include "stats/histogram.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BUCKETS ACRI_HISTOGRAM_PAGE_BUCKETS
#define GROW_PAGES 4u
#define LOW_BITS 16

/* For each page in use, in the order of their times. */
#define FOR_PAGES(h, i, bits)                                                       \
    for (uint32_t word_ = 0; word_ < ACRI_HISTOGRAM_PAGES / 64; word_++)            \
        for (uint64_t bits = (h)->used[word_];                                      \
             bits != 0 && (i = word_ * 64 + (uint32_t)__builtin_ctzll(bits), true); \
             bits &= bits - 1)

void acri_histogram_init(struct acri_histogram *h)
{
    *h = (struct acri_histogram){ .min_ns = UINT64_MAX };
}

void acri_histogram_done(struct acri_histogram *h)
{
    for (uint32_t i = 0; i < h->n_capacity; i++)
        free(h->pages[i].high);
    free(h->pages);
    acri_histogram_init(h);
}

void acri_histogram_clear(struct acri_histogram *h)
{
    for (uint32_t i = 0; i < h->n_pages; i++) {
        memset(h->pages[i].low, 0, sizeof(h->pages[i].low));
        if (h->pages[i].high != NULL)
            memset(h->pages[i].high, 0, PAGE_BUCKETS * sizeof(*h->pages[i].high));
    }
    /* Pages are handed out anew: memory follows what one period touches, not all that ever was. */
    if (h->n_pages > 0)
        memset(h->index, 0, sizeof(h->index));
    memset(h->used, 0, sizeof(h->used));
    h->n_pages = 0;
    h->count = h->sum_low = h->sum_high = h->max_ns = 0;
    h->min_ns = UINT64_MAX;
}

uint64_t acri_histogram_bucket_ns(uint32_t bucket)
{
    uint32_t at = bucket + 96u;
    uint32_t octave = (at >> 7) + 9u;
    uint64_t width = 1ull << (octave - 7u);

    return ((at & 127u) + 128u) * width + width / 2;
}

static struct acri_histogram_page *page_of(struct acri_histogram *h, uint32_t page)
{
    size_t more;

    if (h->index[page] != 0)
        return &h->pages[h->index[page] - 1];
    if (h->n_pages == h->n_capacity) {
        more = h->n_capacity + GROW_PAGES;
        h->pages = acri_realloc(h->pages, more * sizeof(*h->pages));
        memset(&h->pages[h->n_capacity], 0, GROW_PAGES * sizeof(*h->pages));
        h->n_capacity = (uint16_t)more;
    }
    h->n_pages++;
    h->index[page] = (uint8_t)h->n_pages;
    h->used[page / 64] |= 1ull << (page % 64);
    return &h->pages[h->n_pages - 1];
}

static void add(struct acri_histogram_page *p, uint32_t at, uint64_t n)
{
    uint32_t low = p->low[at] + (uint32_t)(n & UINT16_MAX);
    uint64_t high = (n >> LOW_BITS) + (low >> LOW_BITS);

    p->low[at] = (uint16_t)low;
    if (high == 0)
        return;
    if (p->high == NULL)
        p->high = acri_alloc(PAGE_BUCKETS * sizeof(*p->high));
    p->high[at] += high;
}

static uint64_t get(const struct acri_histogram_page *p, uint32_t at)
{
    return p->low[at] + (p->high != NULL ? p->high[at] << LOW_BITS : 0);
}

void acri_histogram_touch(struct acri_histogram *h, uint32_t bucket)
{
    add(page_of(h, bucket / PAGE_BUCKETS), bucket % PAGE_BUCKETS, 1);
}

void acri_histogram_put(struct acri_histogram *h, uint32_t bucket, uint64_t n)
{
    uint32_t at = bucket < ACRI_HISTOGRAM_BUCKETS ? bucket : ACRI_HISTOGRAM_BUCKETS - 1;

    if (n == 0)
        return;
    add(page_of(h, at / PAGE_BUCKETS), at % PAGE_BUCKETS, n);
    h->count += n;
}

void acri_histogram_widen(struct acri_histogram *h, uint64_t min_ns, uint64_t max_ns)
{
    h->min_ns = min_ns < h->min_ns ? min_ns : h->min_ns;
    h->max_ns = max_ns > h->max_ns ? max_ns : h->max_ns;
}

void acri_histogram_put_list(struct acri_histogram *h, const uint16_t *buckets,
                             const uint64_t *counts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t at = buckets[i] % PAGE_BUCKETS;
        uint32_t page = h->index[buckets[i] / PAGE_BUCKETS % ACRI_HISTOGRAM_PAGES];
        uint64_t sum = page != 0 ? h->pages[page - 1].low[at] + counts[i] : UINT64_MAX;

        if (ACRI_LIKELY(sum <= UINT16_MAX && counts[i] <= UINT16_MAX)) {
            h->pages[page - 1].low[at] = (uint16_t)sum;
            h->count += counts[i];
            continue;
        }
        acri_histogram_put(h, buckets[i], counts[i]);
    }
}

void acri_histogram_add_sum(struct acri_histogram *h, uint64_t high, uint64_t low)
{
    h->sum_low += low;
    h->sum_high += high + (h->sum_low < low);
}

void acri_histogram_record_n(struct acri_histogram *h, uint64_t ns, uint64_t n)
{
    unsigned __int128 sum = (unsigned __int128)ns * n;

    if (n == 0)
        return;
    acri_histogram_put(h, acri_histogram_bucket(ns), n);
    acri_histogram_widen(h, ns, ns);
    acri_histogram_add_sum(h, (uint64_t)(sum >> 64), (uint64_t)sum);
}

static void merge_page(struct acri_histogram_page *into, const struct acri_histogram_page *from)
{
    uint16_t sum[PAGE_BUCKETS];
    uint16_t carry = 0;

    /* Without branches, for the compiler to use vectors: nearly never does a count overflow. */
    for (uint32_t i = 0; i < PAGE_BUCKETS; i++) {
        sum[i] = (uint16_t)(into->low[i] + from->low[i]);
        carry |= (uint16_t)(sum[i] < from->low[i]);
    }
    if (ACRI_LIKELY(carry == 0 && from->high == NULL)) {
        memcpy(into->low, sum, sizeof(sum));
        return;
    }
    for (uint32_t i = 0; i < PAGE_BUCKETS; i++)
        add(into, i, get(from, i));
}

void acri_histogram_merge(struct acri_histogram *into, const struct acri_histogram *from)
{
    uint32_t i;

    ACRI_ASSERT(into != from);
    if (from->count == 0)
        return;
    FOR_PAGES(from, i, bits)
    merge_page(page_of(into, i), &from->pages[from->index[i] - 1]);
    into->count += from->count;
    acri_histogram_add_sum(into, from->sum_high, from->sum_low);
    acri_histogram_widen(into, from->min_ns, from->max_ns);
}

uint64_t acri_histogram_min_ns(const struct acri_histogram *h)
{
    return h->count > 0 ? h->min_ns : 0;
}

uint64_t acri_histogram_max_ns(const struct acri_histogram *h)
{
    return h->max_ns;
}

double acri_histogram_mean_ns(const struct acri_histogram *h)
{
    if (h->count == 0)
        return 0;
    return ((double)h->sum_high * 0x1.0p64 + (double)h->sum_low) / (double)h->count;
}

/* A product that is whole but for rounding (0.07 * 100) counts as whole. */
uint64_t acri_histogram_rank(double q, uint64_t n)
{
    double x = q * (double)n;
    double whole = nearbyint(x);

    if (fabs(x - whole) > x * 4 * DBL_EPSILON)
        whole = ceil(x);
    if (!(whole >= 1))
        return 1;
    return whole >= (double)n ? n : (uint64_t)whole;
}

/* The time that the bucket of the rank stands for. */
static uint64_t find_rank(const struct acri_histogram *h, uint64_t rank)
{
    uint64_t seen = 0;
    uint32_t i;

    FOR_PAGES(h, i, bits)
    {
        const struct acri_histogram_page *p = &h->pages[h->index[i] - 1];

        for (uint32_t at = 0; at < PAGE_BUCKETS; at++) {
            seen += get(p, at);
            if (seen >= rank)
                return acri_histogram_bucket_ns(i * PAGE_BUCKETS + at);
        }
    }
    return h->max_ns;
}

uint64_t acri_histogram_at_ns(const struct acri_histogram *h, uint64_t rank)
{
    uint64_t ns;

    if (h->count == 0)
        return 0;
    if (rank >= h->count)
        return h->max_ns;
    if (rank <= 1)
        return h->min_ns;
    ns = find_rank(h, rank);
    /* The range is exact, so this can only come nearer. */
    ns = ns < h->min_ns ? h->min_ns : ns;
    return ns > h->max_ns ? h->max_ns : ns;
}

uint64_t acri_histogram_quantile_ns(const struct acri_histogram *h, double q)
{
    return acri_histogram_at_ns(h, acri_histogram_rank(q, h->count));
}

bool acri_histogram_next(const struct acri_histogram *h, uint32_t *bucket, uint64_t *ret_n)
{
    uint32_t at = *bucket;

    while (at < ACRI_HISTOGRAM_BUCKETS) {
        uint32_t position = h->index[at / PAGE_BUCKETS];
        uint64_t n = position != 0 ? get(&h->pages[position - 1], at % PAGE_BUCKETS) : 0;

        if (n != 0) {
            *bucket = at;
            *ret_n = n;
            return true;
        }
        at = position != 0 ? at + 1 : (at / PAGE_BUCKETS + 1) * PAGE_BUCKETS;
    }
    return false;
}

size_t acri_histogram_bytes(const struct acri_histogram *h)
{
    size_t bytes = h->n_capacity * sizeof(*h->pages);

    for (uint32_t i = 0; i < h->n_capacity; i++)
        if (h->pages[i].high != NULL)
            bytes += PAGE_BUCKETS * sizeof(*h->pages[i].high);
    return bytes;
}
