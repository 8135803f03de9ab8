/* SPDX-License-Identifier: MIT */
#include "dist/wire_state.h"

#include <math.h>
#include <string.h>

static void put_counts(struct acri_buf *b, uint32_t n, const uint64_t *counts)
{
    n = n < ACRI_CLUSTER_TYPES ? n : ACRI_CLUSTER_TYPES;
    acri_pack_u64(b, n);
    for (uint32_t i = 0; i < n; i++)
        acri_pack_u64(b, counts[i]);
}

static uint32_t get_counts(struct acri_unpack *u, uint64_t *to)
{
    uint32_t n = (uint32_t)acri_unpack_most(u, ACRI_CLUSTER_TYPES);

    for (uint32_t i = 0; i < n; i++)
        to[i] = acri_unpack_u64(u);
    return n;
}

/* What is no number, infinite or (but for a slope) negative would go on into plans and tables. */
static double get_slope(struct acri_unpack *u)
{
    double x = acri_unpack_double(u);

    if (isfinite(x))
        return x;
    u->is_bad = true;
    u->at = u->end;
    return 0;
}

static double get_amount(struct acri_unpack *u)
{
    double x = get_slope(u);

    if (x >= 0)
        return x;
    u->is_bad = true;
    u->at = u->end;
    return 0;
}

static void put_slope(struct acri_buf *b, double x)
{
    acri_pack_double(b, isfinite(x) ? x : 0);
}

static void put_amount(struct acri_buf *b, double x)
{
    acri_pack_double(b, isfinite(x) && x > 0 ? x : 0);
}

static void put_tally(struct acri_buf *b, const struct acri_tally *t)
{
    acri_pack_u64(b, t->started);
    acri_pack_u64(b, t->succeeded);
    acri_pack_u64(b, t->failed);
    acri_pack_u64(b, t->cancelled);
    acri_pack_u64(b, t->lost);
    acri_pack_u64(b, t->attempts);
    acri_pack_u64(b, t->iterations);
}

static void get_tally(struct acri_unpack *u, struct acri_tally *to)
{
    to->started = acri_unpack_u64(u);
    to->succeeded = acri_unpack_u64(u);
    to->failed = acri_unpack_u64(u);
    to->cancelled = acri_unpack_u64(u);
    to->lost = acri_unpack_u64(u);
    to->attempts = acri_unpack_u64(u);
    to->iterations = acri_unpack_u64(u);
}

/* Its length comes first: a later version may append, and something follows it. */
static void put_observed(struct acri_buf *b, const struct acri_observed *o)
{
    struct acri_buf body;

    acri_buf_init(&body, ACRI_WIRE_PLAIN_MAX);
    acri_pack_u64(&body, o->generation);
    acri_pack_u64(&body, o->run_id);
    acri_pack_u64(&body, o->state);
    acri_pack_u64(&body, o->n_threads);
    acri_pack_u64(&body, o->iterations_taken);
    acri_pack_u64(&body, o->iterations_returned);
    acri_pack_u64(&body, o->iterations_done);
    acri_pack_u64(&body, o->iterations_wanted);
    put_amount(&body, o->cpu_percent);
    put_amount(&body, o->loop_percent);
    put_amount(&body, o->lateness_ms);
    put_amount(&body, o->lateness_recent_ms);
    put_amount(&body, o->open_requests);
    acri_pack_u64(&body, o->memory_bytes);
    acri_pack_u64(&body, o->n_users);
    put_tally(&body, &o->tally);
    acri_pack_u64(&body, ACRI_CLUSTER_LOADS);
    for (uint32_t i = 0; i < ACRI_CLUSTER_LOADS; i++)
        acri_pack_u64(&body, o->load[i]);
    acri_pack_text(&body, o->error);
    put_counts(&body, o->n_types, o->users);
    put_amount(&body, o->fared_s);
    put_amount(&body, o->busy_share);
    put_amount(&body, o->wait_share);
    put_amount(&body, o->wait_ms);
    put_amount(&body, o->longest_stall_ms);
    acri_pack_u64(&body, o->n_stalls);
    acri_pack_u64(&body, o->n_stalled);
    acri_pack_bytes(b, body.data, body.length);
    acri_buf_done(&body);
}

static void get_observed(struct acri_unpack *frame, struct acri_observed *to)
{
    struct acri_unpack body, *u = &body;
    size_t n;
    const void *bytes = acri_unpack_bytes(frame, &n);
    uint64_t n_loads;

    acri_unpack_init(u, bytes, n);
    memset(to, 0, sizeof(*to));
    to->generation = acri_unpack_u64(u);
    to->run_id = acri_unpack_u64(u);
    to->state = (uint32_t)acri_unpack_most(u, ACRI_WORKER_FAILED);
    to->n_threads = (uint32_t)acri_unpack_most(u, UINT32_MAX);
    to->iterations_taken = acri_unpack_u64(u);
    to->iterations_returned = acri_unpack_u64(u);
    to->iterations_done = acri_unpack_u64(u);
    to->iterations_wanted = acri_unpack_u64(u);
    to->cpu_percent = get_amount(u);
    to->loop_percent = get_amount(u);
    to->lateness_ms = get_amount(u);
    to->lateness_recent_ms = get_amount(u);
    to->open_requests = get_amount(u);
    to->memory_bytes = acri_unpack_u64(u);
    to->n_users = acri_unpack_u64(u);
    get_tally(u, &to->tally);
    n_loads = acri_unpack_u64(u);
    for (uint64_t i = 0; i < n_loads && !u->is_bad; i++) {
        uint64_t x = acri_unpack_u64(u);

        if (i < ACRI_CLUSTER_LOADS)
            to->load[i] = x;
    }
    acri_unpack_text(u, to->error, sizeof(to->error));
    to->n_types = get_counts(u, to->users);
    to->fared_s = get_amount(u);
    to->busy_share = get_amount(u);
    to->wait_share = get_amount(u);
    to->wait_ms = get_amount(u);
    to->longest_stall_ms = get_amount(u);
    to->n_stalls = acri_unpack_u64(u);
    to->n_stalled = acri_unpack_u64(u);
    frame->is_bad = frame->is_bad || u->is_bad;
}

void acri_wire_put_heartbeat(struct acri_buf *b, const struct acri_wire_heartbeat *h)
{
    size_t begin = acri_wire_begin(b, ACRI_WIRE_HEARTBEAT);

    acri_pack_u64(b, h->sent_ns);
    acri_pack_u64(b, h->wall_ns);
    acri_pack_u64(b, h->round_trip_ns);
    acri_pack_u64(b, h->generation);
    put_observed(b, &h->observed);
    acri_wire_end(b, begin);
}

bool acri_wire_get_heartbeat(struct acri_unpack *u, struct acri_wire_heartbeat *ret_heartbeat)
{
    ret_heartbeat->sent_ns = acri_unpack_u64(u);
    ret_heartbeat->wall_ns = acri_unpack_u64(u);
    ret_heartbeat->round_trip_ns = acri_unpack_u64(u);
    ret_heartbeat->generation = acri_unpack_u64(u);
    get_observed(u, &ret_heartbeat->observed);
    return !u->is_bad;
}

void acri_wire_put_state(struct acri_buf *b, const struct acri_desired *d)
{
    size_t begin = acri_wire_begin(b, ACRI_WIRE_STATE);

    acri_pack_u64(b, d->generation);
    acri_pack_u64(b, d->run_id);
    acri_pack_u64(b, d->epoch);
    acri_pack_u64(b, d->phase);
    acri_pack_u64(b, d->is_spawned ? 1 : 0);
    acri_pack_u64(b, d->start_at_ns);
    acri_pack_u64(b, d->reach_in_ns);
    put_amount(b, d->arrival_rate);
    put_slope(b, d->ramp_per_s);
    acri_pack_u64(b, d->first_number);
    acri_pack_u64(b, d->number_step);
    acri_pack_u64(b, d->iterations);
    acri_pack_u64(b, d->is_short ? 1 : 0);
    put_counts(b, d->n_types, d->users);
    put_counts(b, d->n_types, d->users_all);
    acri_wire_end(b, begin);
}

bool acri_wire_get_state(struct acri_unpack *u, struct acri_desired *ret_desired)
{
    memset(ret_desired, 0, sizeof(*ret_desired));
    ret_desired->generation = acri_unpack_u64(u);
    ret_desired->run_id = acri_unpack_u64(u);
    ret_desired->epoch = acri_unpack_u64(u);
    ret_desired->phase = (uint32_t)acri_unpack_most(u, ACRI_PHASE_QUIT);
    ret_desired->is_spawned = (acri_unpack_u64(u) & 1) != 0;
    ret_desired->start_at_ns = acri_unpack_u64(u);
    ret_desired->reach_in_ns = acri_unpack_u64(u);
    ret_desired->arrival_rate = get_amount(u);
    ret_desired->ramp_per_s = get_slope(u);
    ret_desired->first_number = acri_unpack_u64(u);
    ret_desired->number_step = acri_unpack_u64(u);
    ret_desired->iterations = acri_unpack_u64(u);
    ret_desired->is_short = (acri_unpack_u64(u) & 1) != 0;
    ret_desired->n_types = get_counts(u, ret_desired->users);
    if (get_counts(u, ret_desired->users_all) != ret_desired->n_types)
        u->is_bad = true;
    return !u->is_bad;
}

void acri_wire_put_leave(struct acri_buf *b, const struct acri_wire_leave *l)
{
    size_t begin = acri_wire_begin(b, ACRI_WIRE_LEAVE);

    acri_pack_u64(b, l->last_seq);
    acri_pack_text(b, l->reason);
    put_observed(b, &l->observed);
    acri_wire_end(b, begin);
}

bool acri_wire_get_leave(struct acri_unpack *u, struct acri_wire_leave *ret_leave)
{
    ret_leave->last_seq = acri_unpack_u64(u);
    acri_unpack_text(u, ret_leave->reason, sizeof(ret_leave->reason));
    get_observed(u, &ret_leave->observed);
    return !u->is_bad;
}
