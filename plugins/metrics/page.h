/* SPDX-License-Identifier: MIT */
/*
 * The page: made on the control loop, once a tick and only while somebody asks for it, read by the
 * thread that serves it. Neither waits for the other: what is shared is a pointer.
 */
#ifndef ACRIDA_METRICS_PAGE_H
#define ACRIDA_METRICS_PAGE_H

#include "results/openmetrics.h"

struct metrics_page;

/* A text that was made; many may hold it. */
struct metrics_text {
    struct csv_text text;
    unsigned n_holders; /* under the page's lock */
};

/* made: called on the control loop when there is something for those that wait. */
struct metrics_page *metrics_page_new(void (*made)(void *arg), void *arg);
void metrics_page_free(struct metrics_page *p);

/* Control loop: the numbers of a tick. is_last: no others will come soon. o: is_classic is filled
 * in here. */
void metrics_page_tick(struct metrics_page *p, const struct acr_snapshot *s,
                       const struct openmetrics_options *o, bool is_last);
/* Whether somebody has got the text of the last tick, in any format. */
bool metrics_page_was_sent(struct metrics_page *p);

/*
 * Any thread: the text as of the last tick, or NULL when it is yet to be made: ask again when
 * `made` was called. is_patient: if false, what there is, however old; NULL before the first.
 * Owner: metrics_page_drop.
 */
struct metrics_text *metrics_page_take(struct metrics_page *p, bool is_classic, bool is_patient);
/* is_sent: all of it has left. */
void metrics_page_drop(struct metrics_page *p, struct metrics_text *text, bool is_sent);

#endif
