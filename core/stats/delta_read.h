/* SPDX-License-Identifier: MIT */
/*
 * Rows of a delta (the format is in delta.h), read from bytes that anybody may have sent: what
 * comes out holds together. Nothing is copied: texts and buckets are borrowed from the bytes.
 */
#ifndef ACRIDA_STATS_DELTA_READ_H
#define ACRIDA_STATS_DELTA_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pack.h"
#include "stats/stats.h"

#define ACRI_DELTA_VERSION 1u
#define ACRI_DELTA_BANDS (2 * (size_t)ACRI_METRIC_BANDS) /* above zero, then below */

enum acri_delta_kind {
    ACRI_DELTA_LEDGER = 1,
    ACRI_DELTA_ENTRY = 2,
    ACRI_DELTA_FAILURE = 3,
    ACRI_DELTA_EXCEPTION = 4,
    ACRI_DELTA_METRIC = 5,
};

enum acri_delta_form { ACRI_DELTA_THREE_CLOCKS = 0, ACRI_DELTA_ON_TIME = 1 };

enum acri_delta_flags {
    ACRI_DELTA_HAS_VALUES = 1,
    ACRI_DELTA_HAS_LAST = 2,
    ACRI_DELTA_HAS_TIMES = 4,
};

struct acri_delta_text {
    const char *text; /* without a NUL, not ended by one */
    size_t bytes;
};

/* A histogram: its numbers, and where its buckets are. */
struct acri_delta_times {
    struct acri_unpack buckets;
    uint64_t count;
    uint64_t min_ns;
    uint64_t max_ns;
    uint64_t sum_low;
    uint64_t sum_high;
};

struct acri_delta_row {
    uint32_t kind;
    uint32_t form; /* of an entry: enum acri_delta_form; of a metric: enum acri_delta_flags */
    struct acri_delta_text texts[ACRI_KEY_TEXTS];
    struct acri_ledger ledger;
    struct acri_counts counts;
    uint64_t count; /* of a failure or exception */
    uint64_t first_real_ns;
    uint64_t last_real_ns;
    uint64_t last_ns;                                /* of the ledger */
    struct acr_metric metric;                        /* without key, home and bands */
    uint32_t bands;                                  /* bit i: times[i] is one of it */
    struct acri_delta_times times[ACRI_DELTA_BANDS]; /* of an entry: by clock */
};

/* A part's bytes. base_ns is added to monotonic times. */
struct acri_delta_reader {
    struct acri_unpack in;
    uint64_t base_ns;
};

void acri_delta_read_init(struct acri_delta_reader *r, uint64_t base_ns, const void *bytes,
                          size_t n);

/*
 * The next row; members that its kind does not have are left as they were.
 *
 * Returns: false at the end, and when the bytes are wrong: then r->in.is_bad is set.
 */
bool acri_delta_read_row(struct acri_delta_reader *r, struct acri_delta_row *row);

/* Up to n buckets of a histogram and their counts, on from those before. Returns: how many. */
size_t acri_delta_read_buckets(struct acri_delta_times *t, uint32_t *bucket, uint16_t *ret_buckets,
                               uint64_t *ret_counts, size_t n);

#endif
