/* SPDX-License-Identifier: MIT */
/*
 * What is on its way in one direction: a window over things numbered from 1, acknowledged up to a
 * number, sent again from there (go-back-N) when there is no progress. The time hangs on progress,
 * not on sending: what is sent anew all the time would never be found missing.
 */
#ifndef ACRIDA_DIST_FLIGHT_H
#define ACRIDA_DIST_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACRI_FLIGHT_FRAMES 8u

struct acri_flight {
    uint64_t have; /* the other one has got all up to here */
    uint64_t sent; /* all up to here has been sent; not below have */
    uint64_t progress_ns;
    size_t most_bytes; /* on the way at once; one frame may always be */
    size_t n_bytes;
    uint32_t n_frames;
    struct {
        uint64_t last;
        size_t n_bytes;
    } frames[ACRI_FLIGHT_FRAMES]; /* on the way, the oldest first */
};

void acri_flight_init(struct acri_flight *f, size_t most_bytes);
/* Nothing is on the way any more: go on behind have. */
void acri_flight_restart(struct acri_flight *f, uint64_t have);
/* Whether a frame with n_bytes more may be sent. */
bool acri_flight_may(const struct acri_flight *f, size_t n_bytes);
/* A frame with all from sent + 1 to last went out. */
void acri_flight_sent(struct acri_flight *f, uint64_t now_ns, uint64_t last, size_t n_bytes);
/* The other one has got all up to here; a number that is above sent counts as sent. Returns:
 * whether that is news. */
bool acri_flight_heard(struct acri_flight *f, uint64_t now_ns, uint64_t have);
/* When what is on the way counts as lost; UINT64_MAX: nothing is. */
uint64_t acri_flight_due(const struct acri_flight *f, uint64_t round_trip_ns);
/* Go back to have when that time has come. Returns: whether it has. */
bool acri_flight_expire(struct acri_flight *f, uint64_t now_ns, uint64_t round_trip_ns);

#endif
