/* SPDX-License-Identifier: MIT */
/*
 * An arrival rate over time, and when so many arrivals are due: pure arithmetic.
 *
 * The rate is constant, or moves in a straight line to a new one and stays there. What is due up to
 * a time is its integral; arrivals are placed on the axis of that integral (evenly, or as a Poisson
 * process of rate 1: the time-rescaling theorem makes it one of the given rate), and found back in
 * time by inverting it.
 */
#ifndef ACRIDA_ENGINE_SCHEDULE_H
#define ACRIDA_ENGINE_SCHEDULE_H

#include <stdint.h>

struct acri_schedule {
    uint64_t from_ns; /* where this piece begins */
    double before;    /* arrivals due up to there */
    double rate;      /* per second, there */
    double slope;     /* by so much per second it moves */
    double to_rate;   /* until it is this */
};

/* No arrivals. */
void acri_schedule_init(struct acri_schedule *s, uint64_t now_ns);

/* From now on another rate: at once when ramp_per_s is 0, else moving towards it. */
void acri_schedule_change(struct acri_schedule *s, uint64_t now_ns, double rate, double ramp_per_s);

/* The rate at a time, and how many arrivals are due up to it. */
double acri_schedule_rate(const struct acri_schedule *s, uint64_t at_ns);
double acri_schedule_count(const struct acri_schedule *s, uint64_t at_ns);

/* When the count reaches x; UINT64_MAX when it never does. */
uint64_t acri_schedule_time(const struct acri_schedule *s, double x);

#endif
