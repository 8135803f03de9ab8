/* SPDX-License-Identifier: MIT */
/*
 * What workers have counted, on its master's side: reports into the statistics, and each request of
 * each worker explained in the end. Thread: main.
 */
#ifndef ACRIDA_APP_FLEET_ACCOUNT_H
#define ACRIDA_APP_FLEET_ACCOUNT_H

#include "app/fleet.h"

/* A report that has come, now or to the journal. */
struct acri_fleet_account_report {
    uint32_t worker;
    uint64_t run_id;
    uint64_t epoch;
    const void *bytes;
    size_t n_bytes;
};
void acri_fleet_account_report(struct acri_fleet *f, const struct acri_fleet_account_report *r,
                               struct acri_stats *stats);

/* All that a worker ever counted in this run: what it did not report is lost. Returns: false: that
 * is known already, or cannot be. */
bool acri_fleet_account_settle(struct acri_fleet *f, uint32_t index, const struct acri_tally *all,
                               struct acri_stats *stats);

/* Whether all that it says to have counted has been reported. */
bool acri_fleet_account_is_balanced(const struct acri_fleet_worker *w);
/* The run is over: nobody will explain what is left any more. */
void acri_fleet_account_close(struct acri_fleet *f, struct acri_stats *stats);

/* The last report of a run, for the console: one line per worker when something is left to explain.
 */
void acri_fleet_account_log(const struct acri_fleet *f);

#endif
