/* SPDX-License-Identifier: MIT */
/*
 * What a master's journal says of a run, as bytes: notes, and the state that a journal begins with
 * once it has been written anew. Read by a master that goes on with it, and by `acrida merge`.
 *
 * A state: the note of the run, what each worker has had, how far feeders are, what plugins keep
 * per loop, and the statistics in parts (stats/delta.h).
 */
#ifndef ACRIDA_APP_FLEET_STATE_H
#define ACRIDA_APP_FLEET_STATE_H

#include "app/fleet_budget.h"
#include "base/buf.h"
#include "base/cluster.h"
#include "base/pack.h"

#include <stddef.h>
#include <stdint.h>

/* A note: its kind, the run's number, and what the kind says. */
enum acri_fleet_note {
    ACRI_FLEET_NOTE_RUN = 1,
    ACRI_FLEET_NOTE_FEEDER,
    ACRI_FLEET_NOTE_END,
    ACRI_FLEET_NOTE_DECEASED, /* a worker, all that it ever counted */
    ACRI_FLEET_NOTE_ITERATIONS,
    ACRI_FLEET_NOTE_PRESENCE, /* a worker, whether it is there */
};

#define ACRI_FLEET_STATE_PARTS_MAX 1000000u
#define ACRI_FLEET_STATE_LOOP_STATES_MAX 10000u

void acri_fleet_state_pack_tally(struct acri_buf *b, const struct acri_tally *t);
void acri_fleet_state_unpack_tally(struct acri_unpack *u, struct acri_tally *ret_tally);
void acri_fleet_state_pack_iterations(struct acri_buf *b, const struct acri_fleet_iterations *i);
void acri_fleet_state_unpack_iterations(struct acri_unpack *u,
                                        struct acri_fleet_iterations *ret_iterations);

/* Of a worker in a state. */
struct acri_fleet_state_worker {
    struct acri_tally reported;
    uint64_t n_reports;
    bool is_settled;
    bool is_here;
    struct acri_fleet_iterations iterations;
};
void acri_fleet_state_pack_worker(struct acri_buf *b, const struct acri_fleet_state_worker *w);

/* Who reads a state; NULL: left out. Bytes are borrowed for the call. */
struct acri_fleet_state_reader {
    void (*worker)(void *arg, uint32_t index, const struct acri_fleet_state_worker *w);
    void (*feeder)(void *arg, uint64_t feeder, uint64_t next);
    void (*loop_state)(void *arg, uint64_t index, const void *bytes, size_t n);
    /* Returns: false: it cannot be taken. */
    bool (*part)(void *arg, const void *bytes, size_t n);
};
/* Returns: false: it cannot be read, or not to its end; what was read before has been told. */
bool acri_fleet_state_read(const struct acri_fleet_state_reader *reader, void *arg,
                           const void *bytes, size_t n);
/* Its note of the run. Returns: whether it is one. */
bool acri_fleet_state_run(const void *bytes, size_t n, struct acri_unpack *ret_note);

#endif
