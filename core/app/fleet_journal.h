/* SPDX-License-Identifier: MIT */
/*
 * What a master's journal says of a run besides the reports: which run it is, where it stands. So
 * that a master that is started again goes on with it. Thread: main.
 */
#ifndef ACRIDA_APP_FLEET_JOURNAL_H
#define ACRIDA_APP_FLEET_JOURNAL_H

#include "app/fleet.h"

/* A run that had begun and not ended. */
struct acri_fleet_past {
    bool is_there;
    char *path;
    uint64_t last_number; /* of the records that were there */
    uint64_t run_id;
    uint64_t epoch;
    uint64_t seed;
    uint64_t start_real_ns;
    uint64_t n_at_start;
    uint64_t n_numbered;
    uint64_t n_gone; /* of these: they were not there any more */
};

/*
 * Whether the journal holds a run of these scenarios and options that was cut off; of another one
 * it says so, and removes the journal, as it does with is_new_run.
 *
 * path: NULL = none. ret_past: to be given to acri_fleet_past_done.
 */
void acri_fleet_past_look(const char *path, const struct acri_options *o,
                          const struct acri_scenario *scenario, bool is_new_run,
                          struct acri_fleet_past *ret_past);
void acri_fleet_past_done(struct acri_fleet_past *p);

/* Go on with it: numbers, workers, feeders, and all reports into the statistics. f->started_ns must
 * be what the run's start is by this process's clock. */
void acri_fleet_past_restore(const struct acri_fleet_past *p, struct acri_fleet *f,
                             struct acri_stats *stats);

/* Notes: where the run stands; what a feeder has given out; all that a worker counted which has
 * ended without a word; what a worker has had of the iterations, whether it is
 * there; the run is over. */
void acri_fleet_journal_run(struct acri_fleet *f);
void acri_fleet_journal_feeder(struct acri_fleet *f, uint64_t feeder);
void acri_fleet_journal_deceased(struct acri_fleet *f, uint32_t worker,
                                 const struct acri_tally *all);
void acri_fleet_journal_presence(struct acri_fleet *f, uint32_t worker);
void acri_fleet_journal_iterations(struct acri_fleet *f, uint32_t worker);
void acri_fleet_journal_end(struct acri_fleet *f);
/* Another run begins: what the journal holds of earlier ones is left out. */
void acri_fleet_journal_renew(struct acri_fleet *f);
/* All that the journal has to say, in one piece (app/fleet_state.h); cut when that is too long. */
#define ACRI_FLEET_JOURNAL_STATE_MAX (200u * 1024 * 1024)
void acri_fleet_journal_state(const struct acri_fleet *f, const struct acri_stats *stats,
                              struct acri_buf *to);
/* When the journal has grown long: all of it in one piece. */
void acri_fleet_journal_shorten(struct acri_fleet *f, const struct acri_stats *stats);

#endif
