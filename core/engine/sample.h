/* SPDX-License-Identifier: MIT */
/*
 * Samples: one request's three clocks, from its beginning until it is settled, and what listeners
 * and statistics then get. The sample half of <acrida/client.h>, and acr_report.
 */
#ifndef ACRIDA_ENGINE_SAMPLE_H
#define ACRIDA_ENGINE_SAMPLE_H

#include "engine/user.h"

struct acr_sample {
    struct acr_sample *next; /* first member: free list */
    struct acr_user *user;
    uint64_t intended_ns;
    uint64_t sent_ns;
    uint64_t answered_ns; /* 0 = not yet */
    uint32_t n_attempts;
};

#endif
