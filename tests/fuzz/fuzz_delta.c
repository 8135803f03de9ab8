/* SPDX-License-Identifier: MIT */
/* Parts of statistics: whatever comes, what is taken holds together, and comes back the same. */
#include "fuzz.h"

#include <errno.h>

#include "stats/delta.h"

#define START 1000000000000ull

struct kept {
    struct acri_buf bytes;
    size_t n;
};

static void keep(void *arg, const void *bytes, size_t n)
{
    struct kept *k = arg;

    FUZZ_REQUIRE(acri_buf_append(&k->bytes, bytes, n) == 0);
    k->n++;
}

static void check_entry(const struct acr_entry *e)
{
    FUZZ_REQUIRE(e->counts.failures <= e->counts.requests);
    FUZZ_REQUIRE(e->counts.requests <= ACRI_DELTA_EVENTS_MAX);
    for (int i = 0; i < ACRI_STATS_CLOCKS; i++) {
        const struct acri_histogram *h = &e->times[i];
        uint32_t bucket = 0;
        uint64_t sum = 0;
        uint64_t n;

        for (; acri_histogram_next(h, &bucket, &n); bucket++)
            sum += n;
        FUZZ_REQUIRE(h->count == sum && h->count == e->counts.requests - e->counts.untimed);
        FUZZ_REQUIRE(h->count == 0 || h->min_ns <= h->max_ns);
        FUZZ_REQUIRE(acri_histogram_quantile_ns(h, 0.5) >= acri_histogram_min_ns(h));
        FUZZ_REQUIRE(acri_histogram_quantile_ns(h, 0.5) <= acri_histogram_max_ns(h));
    }
}

static void check(const struct acri_stats *s)
{
    uint64_t requests = 0;

    check_entry(s->total);
    for (size_t i = 0; i < s->entries.n; i++) {
        check_entry(acri_stats_entry(s, i));
        requests += acri_stats_entry(s, i)->counts.requests;
    }
    FUZZ_REQUIRE(requests == s->total->counts.requests);
    for (size_t i = 0; i < s->metrics.n; i++) {
        const struct acr_metric *x = s->metrics.rows[i];
        double value;

        FUZZ_REQUIRE(x->failures <= x->count && x->n_values <= x->count && x->min <= x->max);
        if (acri_metric_quantile(x, 0.5, &value))
            FUZZ_REQUIRE(value >= x->min && value <= x->max);
    }
}

/* What was taken is told again, is taken again, and is then the same to the byte. */
static void check_round(const struct acri_stats *s)
{
    struct acri_stats *t = acri_stats_new(START, START);
    struct kept first = { .n = 0 };
    struct kept second = { .n = 0 };

    acri_buf_init(&first.bytes, SIZE_MAX / 4);
    acri_buf_init(&second.bytes, SIZE_MAX / 4);
    acri_delta_encode(s, START, SIZE_MAX / 4, keep, &first);
    if (first.n > 0) {
        FUZZ_REQUIRE(acri_delta_apply(t, NULL, START, first.bytes.data, first.bytes.length) == 0);
        acri_delta_encode(t, START, SIZE_MAX / 4, keep, &second);
        FUZZ_REQUIRE(first.bytes.length == second.bytes.length);
        FUZZ_REQUIRE(memcmp(first.bytes.data, second.bytes.data, first.bytes.length) == 0);
    }
    acri_buf_done(&second.bytes);
    acri_buf_done(&first.bytes);
    acri_stats_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct acri_stats *s = acri_stats_new(START, START);
    void *copy = malloc(bytes > 0 ? bytes : 1);
    int r;

    if (bytes > 0)
        memcpy(copy, data, bytes);
    r = acri_delta_apply(s, "node", START, copy, bytes);
    FUZZ_REQUIRE(r == 0 || r == -EBADMSG);
    FUZZ_REQUIRE(r == 0 || s->entries.n + s->failures.n + s->exceptions.n + s->metrics.n == 0);
    check(s);
    if (r == 0) {
        check_round(s);
        /* Twice is as sound as once, or refused. */
        (void)acri_delta_apply(s, NULL, START, copy, bytes);
        check(s);
    }
    free(copy);
    acri_stats_free(s);
    return 0;
}
