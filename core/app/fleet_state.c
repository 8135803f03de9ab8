/* SPDX-License-Identifier: MIT */
#include "app/fleet_state.h"

#include "app/fleet.h"

void acri_fleet_state_pack_tally(struct acri_buf *b, const struct acri_tally *t)
{
    acri_pack_u64(b, t->started);
    acri_pack_u64(b, t->succeeded);
    acri_pack_u64(b, t->failed);
    acri_pack_u64(b, t->cancelled);
    acri_pack_u64(b, t->lost);
    acri_pack_u64(b, t->attempts);
}

void acri_fleet_state_unpack_tally(struct acri_unpack *u, struct acri_tally *ret_tally)
{
    *ret_tally = (struct acri_tally){ .started = acri_unpack_u64(u) };
    ret_tally->succeeded = acri_unpack_u64(u);
    ret_tally->failed = acri_unpack_u64(u);
    ret_tally->cancelled = acri_unpack_u64(u);
    ret_tally->lost = acri_unpack_u64(u);
    ret_tally->attempts = acri_unpack_u64(u);
}

void acri_fleet_state_pack_iterations(struct acri_buf *b, const struct acri_fleet_iterations *i)
{
    acri_pack_u64(b, i->given);
    acri_pack_u64(b, i->returned);
    acri_pack_u64(b, i->done);
    acri_pack_u64(b, i->begun);
    acri_pack_u64(b, i->is_closed ? 1 : 0);
}

void acri_fleet_state_unpack_iterations(struct acri_unpack *u,
                                        struct acri_fleet_iterations *ret_iterations)
{
    struct acri_fleet_iterations i = { .given = acri_unpack_u64(u) };

    i.returned = acri_unpack_most(u, i.given);
    i.done = acri_unpack_most(u, i.given - i.returned);
    i.begun = acri_unpack_u64(u);
    i.is_closed = acri_unpack_u64(u) != 0;
    *ret_iterations = i;
}

void acri_fleet_state_pack_worker(struct acri_buf *b, const struct acri_fleet_state_worker *w)
{
    acri_fleet_state_pack_tally(b, &w->reported);
    acri_pack_u64(b, w->n_reports);
    acri_pack_u64(b, w->is_settled ? 1 : 0);
    acri_pack_u64(b, w->is_here ? 1 : 0);
    acri_fleet_state_pack_iterations(b, &w->iterations);
}

static void read_workers(const struct acri_fleet_state_reader *reader, void *arg,
                         struct acri_unpack *u)
{
    uint64_t n = acri_unpack_most(u, UINT16_MAX + 1u);

    for (uint32_t i = 0; i < n && !u->is_bad; i++) {
        struct acri_fleet_state_worker w;

        acri_fleet_state_unpack_tally(u, &w.reported);
        w.n_reports = acri_unpack_u64(u);
        w.is_settled = acri_unpack_u64(u) != 0;
        w.is_here = acri_unpack_u64(u) != 0;
        acri_fleet_state_unpack_iterations(u, &w.iterations);
        if (!u->is_bad && reader->worker != NULL)
            reader->worker(arg, i, &w);
    }
}

static void read_feeders(const struct acri_fleet_state_reader *reader, void *arg,
                         struct acri_unpack *u)
{
    uint64_t n = acri_unpack_most(u, ACRI_FLEET_FEEDERS);

    for (uint64_t i = 0; i < n && !u->is_bad; i++) {
        uint64_t next = acri_unpack_u64(u);

        if (!u->is_bad && reader->feeder != NULL)
            reader->feeder(arg, i, next);
    }
}

static void read_loop_states(const struct acri_fleet_state_reader *reader, void *arg,
                             struct acri_unpack *u)
{
    uint64_t n = acri_unpack_most(u, ACRI_FLEET_STATE_LOOP_STATES_MAX);

    for (uint64_t i = 0; i < n && !u->is_bad; i++) {
        size_t n_bytes;
        const void *bytes = acri_unpack_bytes(u, &n_bytes);

        if (!u->is_bad && reader->loop_state != NULL)
            reader->loop_state(arg, i, bytes, n_bytes);
    }
}

bool acri_fleet_state_read(const struct acri_fleet_state_reader *reader, void *arg,
                           const void *bytes, size_t n)
{
    struct acri_unpack u;
    uint64_t n_parts;
    size_t n_bytes;

    acri_unpack_init(&u, bytes, n);
    acri_unpack_bytes(&u, &n_bytes); /* the note of the run */
    read_workers(reader, arg, &u);
    read_feeders(reader, arg, &u);
    read_loop_states(reader, arg, &u);
    n_parts = acri_unpack_most(&u, ACRI_FLEET_STATE_PARTS_MAX);
    for (uint64_t i = 0; i < n_parts && !u.is_bad; i++) {
        const void *part = acri_unpack_bytes(&u, &n_bytes);

        if (!u.is_bad && reader->part != NULL && !reader->part(arg, part, n_bytes))
            return false;
    }
    return acri_unpack_is_done(&u);
}

bool acri_fleet_state_run(const void *bytes, size_t n, struct acri_unpack *ret_note)
{
    struct acri_unpack u;
    size_t n_note;
    const void *note;

    acri_unpack_init(&u, bytes, n);
    note = acri_unpack_bytes(&u, &n_note);
    acri_unpack_init(ret_note, note, u.is_bad ? 0 : n_note);
    return acri_unpack_u64(ret_note) == ACRI_FLEET_NOTE_RUN && !ret_note->is_bad;
}
