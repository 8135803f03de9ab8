/* SPDX-License-Identifier: MIT */
/*
 * What a person reads on the console during a run and after it: Locust's tables, from a snapshot.
 *
 * The acri_console_write_* functions append text to a buffer. columns is the width of the terminal,
 * or 0 when the text goes elsewhere: names are then never cut.
 */
#ifndef ACRIDA_APP_CONSOLE_H
#define ACRIDA_APP_CONSOLE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct acr_snapshot;

/* The table of statistics: with is_current, the rates of the last 10 seconds, else those of the run
 * and, when there are any, the requests that were in flight when their user was ended. */
void acri_console_write_stats(struct acri_buf *out, const struct acr_snapshot *s, bool is_current,
                              unsigned columns);
void acri_console_write_percentiles(struct acri_buf *out, const struct acr_snapshot *s,
                                    unsigned columns);
/* One line of what Locust does not have: corrected p99, lateness p99, attempts, in flight at the
 * stop. */
void acri_console_write_extras(struct acri_buf *out, const struct acr_snapshot *s);
/* Nothing when there are no failures, or no exceptions. */
void acri_console_write_errors(struct acri_buf *out, const struct acr_snapshot *s);
void acri_console_write_exceptions(struct acri_buf *out, const struct acr_snapshot *s);

/* --- to a stream, beside a progress line ---------------------------------------------------------
 */

/* Filled by acri_console_init. Thread: one. */
struct acri_console {
    FILE *to;
    bool is_terminal;
    unsigned columns;  /* 0 = not a terminal */
    size_t n_progress; /* characters of the progress line that is on the screen */
};

/* The width of the terminal behind a file descriptor: COLUMNS, else the kernel's, else 80; 0 when
 * it is no terminal. */
unsigned acri_console_columns(int fd);

/* columns as acri_console_columns gave it; 0 = no terminal. May be assigned anew at any time. */
void acri_console_init(struct acri_console *c, FILE *to, unsigned columns);

/* Every 2 s: the table with current rates, and the scenario's own numbers. */
void acri_console_periodic(struct acri_console *c, const struct acr_snapshot *s);

/* At the end: all tables. */
void acri_console_final(struct acri_console *c, const struct acr_snapshot *s);

/*
 * Rewrite the progress line in place, leaving the cursor at its start; on anything but a terminal
 * nothing is written.
 *
 * Units: run_time_s 0 = no limit. target_users is what is shown while the snapshot knows no target;
 * under open load there is none.
 */
void acri_console_progress(struct acri_console *c, const struct acr_snapshot *s,
                           uint64_t target_users, double run_time_s);

/* Take the progress line off the screen: before anyone else writes to the terminal, and at the end.
 */
void acri_console_clear(struct acri_console *c);

#endif
