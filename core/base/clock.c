/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

/* Written by tests only; threads may be running. */
static _Atomic uint64_t fake_ns;

static uint64_t read_fake(void)
{
    return atomic_load_explicit(&fake_ns, memory_order_relaxed);
}

static uint64_t read_clock(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * ACRI_NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t acri_clock_ns_of(double seconds)
{
    const double century_s = 100.0 * 365 * 24 * 3600;

    if (!(seconds > 0))
        return 0;
    return (uint64_t)((seconds < century_s ? seconds : century_s) * 1e9);
}

uint64_t acri_clock_now_ns(void)
{
    uint64_t fake = read_fake();

    return fake != 0 ? fake : ACRI_CLOCK_AHEAD_NS + read_clock(CLOCK_MONOTONIC);
}

uint64_t acri_clock_real_ns(void)
{
    uint64_t fake = read_fake();

    return fake != 0 ? fake : read_clock(CLOCK_REALTIME);
}

void acri_clock_fake(uint64_t now_ns)
{
    atomic_store_explicit(&fake_ns, now_ns, memory_order_relaxed);
}

int acri_clock_timeout_ms(uint64_t now_ns, uint64_t until_ns)
{
    if (until_ns <= now_ns)
        return 0;
    if (until_ns - now_ns >= 60 * ACRI_NS_PER_S)
        return 60000;
    return (int)((until_ns - now_ns + ACRI_NS_PER_MS - 1) / ACRI_NS_PER_MS);
}
