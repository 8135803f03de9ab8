/* SPDX-License-Identifier: MIT */
/*
 * The clocks: monotonic for durations, real for reports; both replaceable by tests.
 */
#ifndef ACRIDA_BASE_CLOCK_H
#define ACRIDA_BASE_CLOCK_H

#include <stdint.h>

#define ACRI_NS_PER_S 1000000000ull
#define ACRI_NS_PER_MS 1000000ull
#define ACRI_NS_PER_US 1000ull

/* Seconds as nanoseconds: 0 for what is negative or no number, at most a century. */
uint64_t acri_clock_ns_of(double seconds);

/* The monotonic clock, in nanoseconds: CLOCK_MONOTONIC, which begins when the machine starts, and a
 * year, so that there is a time for what began before that: a run that goes on. Thread: any. */
#define ACRI_CLOCK_AHEAD_NS (365 * 24 * 3600 * ACRI_NS_PER_S)
uint64_t acri_clock_now_ns(void);

/* Nanoseconds since the epoch. Thread: any. */
uint64_t acri_clock_real_ns(void);

/* For poll: milliseconds from now to a time, rounded up; 0 when it is past, at most a minute. */
int acri_clock_timeout_ms(uint64_t now_ns, uint64_t until_ns);

/* For tests: both clocks answer now_ns from here on (real = the same); 0 gives the machine's back.
 */
void acri_clock_fake(uint64_t now_ns);

#endif
