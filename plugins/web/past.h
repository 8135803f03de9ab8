/* SPDX-License-Identifier: MIT */
/*
 * The histories of the last runs of this process, for charts that show them beside the one that
 * goes on: of at most 300 points each, of the whole and of its entries; some 7 MB for a run with
 * 1,000 entries.
 *
 * Thread: the control loop.
 */
#ifndef ACRIDA_WEB_PAST_H
#define ACRIDA_WEB_PAST_H

#include "results/json_text.h"

#include <stdbool.h>
#include <stdint.h>

struct acr_snapshot;

#define WEB_PAST_RUNS 4u

/* Keep a run that is over; the oldest is forgotten. Without memory it is not kept. */
void web_past_keep(const struct acr_snapshot *s, uint64_t number);

/* {"runs": [...]}: those that are kept, rising, and earlier than `before`. */
void web_past_list(struct json_text *j, uint64_t before);

/* The history of a run; of one of its entries when name is not NULL: without columns when there was
 * none. Returns: false when the run is not kept. */
bool web_past_write(struct json_text *j, uint64_t number, const char *type, const char *name);

/* Forget all. */
void web_past_done(void);

#endif
