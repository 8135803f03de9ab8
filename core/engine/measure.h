/* SPDX-License-Identifier: MIT */
/*
 * Measures: a stretch of a task as one sample of the statistics, whatever requests lie in it
 * (acr_measure_begin and acr_measure_end of <acrida/metrics.h>).
 *
 * A measure is in the ledger of requests as any sample: started when it begins, then succeeded,
 * failed or, when the end of its user cuts it short, cancelled. It is no attempt and no open
 * request, since the requests in it are; nor does it take the iteration's intended time from the
 * first of them, but has the same one.
 */
#ifndef ACRIDA_ENGINE_MEASURE_H
#define ACRIDA_ENGINE_MEASURE_H

#include "engine/user.h"

struct acr_measure {
    struct acr_measure *next; /* the one around it; or of the free list */
    struct acr_user *user;    /* NULL = ended */
    uint64_t begun_ns;
    uint64_t intended_ns; /* of the first request in it; 0 = none yet */
    char *error;          /* of the first request that failed; NULL = none */
    char *texts;          /* type and name */
    size_t texts_capacity;
    size_t name_at; /* where the name begins in texts */
};

/* A sample of the user begins: the first in each of its measures. */
void acri_measure_note_begin(struct acr_user *u, uint64_t intended_ns);

/* A sample of the user has failed, and with it the measures around it: the user's own and, of what
 * acr_spawn started, those of the user that it belongs to. */
void acri_measure_note_error(struct acr_user *u, const char *error);

/* At the end of a loop. */
void acri_measure_free_pool(struct acri_users *us);

#endif
