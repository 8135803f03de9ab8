/* SPDX-License-Identifier: MIT */
/*
 * A few lines about the run that are drawn over themselves, for a person at a terminal: how many
 * users, how fast, how slow, what fails, where it is worst.
 *
 * Between two pictures the cursor is at the start of the first line, so that a record of the log
 * takes its place and the next picture comes below it.
 */
#ifndef ACRIDA_APP_LIVE_H
#define ACRIDA_APP_LIVE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct acr_snapshot;

#define ACRI_LIVE_SECONDS 60u
#define ACRI_LIVE_LINES 5u

struct acri_live {
    FILE *to;
    bool is_utf8; /* what the terminal shows */
    bool is_drawn;
    double rates[ACRI_LIVE_SECONDS]; /* a ring of n elements, the oldest at first */
    size_t first;
    size_t n;
    uint64_t n_requests; /* at the last picture, and when it was */
    double elapsed_s;
};

/* Whether a terminal like this one can show it: COLUMNS and LINES, TERM. */
bool acri_live_can(int fd);

/* By LC_ALL, LC_CTYPE and LANG: whether it shows UTF-8. */
bool acri_live_is_utf8(void);

void acri_live_init(struct acri_live *live, FILE *to, bool is_utf8);

/* What is drawn: at most ACRI_LIVE_LINES lines, none of columns characters or more. run_time_s: 0 =
 * no limit. */
void acri_live_write(struct acri_live *live, struct acri_buf *out, const struct acr_snapshot *s,
                     double run_time_s, unsigned columns);

/* About once a second. */
void acri_live_draw(struct acri_live *live, const struct acr_snapshot *s, double run_time_s,
                    unsigned columns);
/* Take it off the screen. */
void acri_live_clear(struct acri_live *live);

#endif
