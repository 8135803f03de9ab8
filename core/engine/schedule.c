/* SPDX-License-Identifier: MIT */
#include "engine/schedule.h"

#include <math.h>

void acri_schedule_init(struct acri_schedule *s, uint64_t now_ns)
{
    *s = (struct acri_schedule){ .from_ns = now_ns };
}

/* How long the rate moves, in seconds. */
static double ramp_s(const struct acri_schedule *s)
{
    return s->slope > 0 || s->slope < 0 ? (s->to_rate - s->rate) / s->slope : 0;
}

static double seconds_since(const struct acri_schedule *s, uint64_t at_ns)
{
    return at_ns > s->from_ns ? (double)(at_ns - s->from_ns) / 1e9 : 0;
}

void acri_schedule_change(struct acri_schedule *s, uint64_t now_ns, double rate, double ramp_per_s)
{
    double before = acri_schedule_count(s, now_ns);
    double now = acri_schedule_rate(s, now_ns);

    *s = (struct acri_schedule){ .from_ns = now_ns > s->from_ns ? now_ns : s->from_ns,
                                 .before = before,
                                 .rate = ramp_per_s > 0 ? now : rate,
                                 .slope = !(ramp_per_s > 0) ? 0
                                          : rate < now      ? -ramp_per_s
                                                            : ramp_per_s,
                                 .to_rate = rate };
}

double acri_schedule_rate(const struct acri_schedule *s, uint64_t at_ns)
{
    double t = seconds_since(s, at_ns);

    return t < ramp_s(s) ? s->rate + s->slope * t : s->to_rate;
}

double acri_schedule_count(const struct acri_schedule *s, uint64_t at_ns)
{
    double t = seconds_since(s, at_ns);
    double ramp = ramp_s(s);
    double moving = t < ramp ? t : ramp;

    return s->before + (s->rate + s->slope * moving / 2) * moving + s->to_rate * (t - moving);
}

/* The smaller root t >= 0 of rate t + slope t^2 / 2 = x, in the form that loses no digits. */
static double invert_ramp(double rate, double slope, double x)
{
    double root = rate * rate + 2 * slope * x;

    return 2 * x / (rate + sqrt(root > 0 ? root : 0));
}

uint64_t acri_schedule_time(const struct acri_schedule *s, double x)
{
    double left = x - s->before;
    double ramp = ramp_s(s);
    double in_ramp = (s->rate + s->slope * ramp / 2) * ramp;
    double t;

    if (left <= 0)
        return s->from_ns;
    if (left <= in_ramp)
        t = invert_ramp(s->rate, s->slope, left);
    else if (s->to_rate > 0)
        t = ramp + (left - in_ramp) / s->to_rate;
    else
        return UINT64_MAX;
    /* Rounded, so that a rate such as 1,000/s falls on whole microseconds. */
    return t < 1e9 ? s->from_ns + (uint64_t)(t * 1e9 + 0.5) : UINT64_MAX;
}
