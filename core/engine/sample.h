/* SPDX-License-Identifier: MIT */
/*
 * Samples: one request's three clocks, from its beginning until it is settled, and what listeners
 * and statistics then get. The sample half of <acrida/client.h>, and acr_report.
 */
#ifndef ACRIDA_ENGINE_SAMPLE_H
#define ACRIDA_ENGINE_SAMPLE_H

#include "engine/user.h"

#define ACRI_SAMPLE_TAGS 16u /* of one sample; more are left out */

struct acr_sample {
    struct acr_sample *next; /* first member: free list */
    struct acr_user *user;
    uint64_t intended_ns;
    uint64_t sent_ns;
    uint64_t answered_ns; /* 0 = not yet */
    uint32_t n_attempts;
};

/*
 * A sample has ended: into the statistics, also under its tags; its error fails the measures around
 * it; then listeners are told. Of a cancelled one, into the statistics only.
 */
void acri_sample_record(struct acr_user *u, const struct acri_record *r,
                        const struct acr_settlement *how);

#endif
