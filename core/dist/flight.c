/* SPDX-License-Identifier: MIT */
#include "dist/flight.h"

#include "base/clock.h"

#include <string.h>

void acri_flight_init(struct acri_flight *f, size_t most_bytes)
{
    *f = (struct acri_flight){ .most_bytes = most_bytes };
}

void acri_flight_restart(struct acri_flight *f, uint64_t have)
{
    f->have = have;
    f->sent = have;
    f->n_bytes = 0;
    f->n_frames = 0;
}

bool acri_flight_may(const struct acri_flight *f, size_t n_bytes)
{
    if (f->n_frames == 0)
        return true;
    return f->n_frames < ACRI_FLIGHT_FRAMES && f->n_bytes + n_bytes <= f->most_bytes;
}

void acri_flight_sent(struct acri_flight *f, uint64_t now_ns, uint64_t last, size_t n_bytes)
{
    if (f->n_frames == 0)
        f->progress_ns = now_ns;
    f->frames[f->n_frames].last = last;
    f->frames[f->n_frames].n_bytes = n_bytes;
    f->n_frames++;
    f->n_bytes += n_bytes;
    f->sent = last;
}

bool acri_flight_heard(struct acri_flight *f, uint64_t now_ns, uint64_t have)
{
    uint32_t n = 0;

    if (have <= f->have)
        return false;
    f->have = have;
    f->progress_ns = now_ns;
    if (have > f->sent)
        f->sent = have;
    while (n < f->n_frames && f->frames[n].last <= have)
        f->n_bytes -= f->frames[n++].n_bytes;
    f->n_frames -= n;
    memmove(f->frames, f->frames + n, f->n_frames * sizeof(f->frames[0]));
    return true;
}

uint64_t acri_flight_due(const struct acri_flight *f, uint64_t round_trip_ns)
{
    uint64_t patience = 1500 * ACRI_NS_PER_MS;

    if (f->n_frames == 0)
        return UINT64_MAX;
    /* A round trip of minutes is a lie, or as good as a loss. */
    if (round_trip_ns > 60 * ACRI_NS_PER_S)
        round_trip_ns = 60 * ACRI_NS_PER_S;
    if (patience < 4 * round_trip_ns)
        patience = 4 * round_trip_ns;
    return f->progress_ns + patience;
}

bool acri_flight_expire(struct acri_flight *f, uint64_t now_ns, uint64_t round_trip_ns)
{
    if (now_ns < acri_flight_due(f, round_trip_ns))
        return false;
    acri_flight_restart(f, f->have);
    return true;
}
