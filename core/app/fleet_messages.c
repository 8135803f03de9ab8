/* SPDX-License-Identifier: MIT */
#include "app/fleet_messages.h"

#include "app/fleet_journal.h"
#include "app/hand_out.h"
#include "base/log.h"
#include "base/pack.h"
#include "dist/log_relay.h"
#include "engine/runner.h"

#include <acrida/report.h>

#include <errno.h>
#include <string.h>

#define EXIT_CRASH 5

/* Positions of a feeder that a worker is given at once, but for what it needs now: the wait for the
 * disk is not to slow it down. */
#define FEED_MOST 16384u

/* How many positions a worker is given: the fewer are left, the fewer at once. */
static uint64_t block_of(const struct acri_fleet *f, uint64_t n_wanted, uint64_t n_left)
{
    uint64_t n = n_left / (4 * (f->crew.n_here + 1));

    n = n > FEED_MOST ? FEED_MOST : n;
    n = n < n_wanted ? n_wanted : n;
    return n < n_left ? n : n_left;
}

/* What a row is dealt for once is in the journal before the worker has it: a master that is killed
 * and goes on does not deal it again. */
static void grant(struct acri_fleet *f, uint32_t worker, uint64_t feeder, uint64_t n, uint64_t end)
{
    uint64_t from = f->feeders[feeder] < end ? f->feeders[feeder] : end;
    struct acri_buf b;

    acri_buf_init(&b, 64);
    acri_pack_u64(&b, f->run_id);
    acri_pack_u64(&b, feeder);
    acri_pack_u64(&b, from);
    acri_pack_u64(&b, from + n);
    if (n > 0) {
        f->feeders[feeder] = from + n;
        acri_fleet_journal_feeder(f, feeder);
    }
    /* That there is none, too: else it could be there before the last ones. */
    if (acri_master_answer(f->master, worker, ACRI_FLEET_GRANT, b.data, b.length,
                           end != UINT64_MAX) < 0)
        f->feeders[feeder] -= n; /* it has gone just now */
    acri_buf_done(&b);
}

static void on_claim(struct acri_fleet *f, const struct acri_master_event *e)
{
    struct acri_unpack u;
    uint64_t run_id;
    uint64_t feeder;
    uint64_t n_wanted;
    uint64_t end;
    uint64_t n_left;
    bool is_exact;

    acri_unpack_init(&u, e->bytes, e->n_bytes);
    run_id = acri_unpack_u64(&u);
    feeder = acri_unpack_most(&u, ACRI_FLEET_FEEDERS - 1);
    n_wanted = acri_unpack_u64(&u);
    end = acri_unpack_u64(&u);
    is_exact = acri_unpack_u64(&u) != 0;
    /* One that is not here asks again when it is back. */
    if (!acri_unpack_is_done(&u) || run_id != f->run_id || !f->workers[e->worker].is_here)
        return;
    n_left = end > f->feeders[feeder] ? end - f->feeders[feeder] : 0;
    if (!is_exact)
        n_wanted = block_of(f, n_wanted, n_left);
    grant(f, e->worker, feeder, n_wanted < n_left ? n_wanted : n_left, end);
}

static void on_want(struct acri_fleet *f, const struct acri_master_event *e)
{
    struct acri_fleet_worker *w = &f->workers[e->worker];
    struct acri_unpack u;

    acri_unpack_init(&u, e->bytes, e->n_bytes);
    w->wanted_file = acri_unpack_u64(&u);
    w->wants_file = acri_unpack_is_done(&u);
    if (f->hand_out == NULL)
        f->hand_out = acri_hand_out_new(f->scenario);
}

void acri_fleet_hand_out(struct acri_fleet *f)
{
    int r = 0;

    for (uint32_t i = 0; i < f->n_workers && r != -ENOBUFS; i++) {
        struct acri_fleet_worker *w = &f->workers[i];
        struct acri_buf b;

        if (!w->wants_file)
            continue;
        acri_buf_init(&b, ACRI_CLUSTER_MESSAGE_MAX);
        acri_hand_out_answer(f->hand_out, w->wanted_file, &b);
        r = acri_master_send(f->master, i, ACRI_HAND_OUT_FILES, b.data, b.length);
        w->wants_file = r == -ENOBUFS;
        acri_buf_done(&b);
    }
}

static void on_log(const struct acri_fleet *f, const struct acri_master_event *e)
{
    struct acri_log_relay_line line;

    if (acri_log_relay_unpack(&line, e->bytes, e->n_bytes))
        acri_log_relayed(line.level, f->workers[e->worker].info.name, line.source, line.text);
}

void acri_fleet_on_message(struct acri_fleet *f, const struct acri_master_event *e)
{
    if (e->type[0] != '.') {
        acri_runner_deliver(e->worker, e->type, e->bytes, e->n_bytes);
    } else if (strcmp(e->type, ACRI_FLEET_CLAIM) == 0) {
        on_claim(f, e);
    } else if (strcmp(e->type, ACRI_HAND_OUT_WANT) == 0) {
        on_want(f, e);
    } else if (strcmp(e->type, ACRI_LOG_RELAY_MESSAGE) == 0) {
        on_log(f, e);
    } else if (strcmp(e->type, ".stop") == 0 && f->phase >= ACRI_PHASE_PREPARE &&
               f->phase <= ACRI_PHASE_RUN) {
        acri_log_info("worker %s asks for the end of the run", f->workers[e->worker].info.name);
        acr_stop_run();
    } else if (strcmp(e->type, ".crash") == 0) {
        acri_log_error("worker %s: its scenario has crashed: see its own log",
                       f->workers[e->worker].info.name);
        f->workers[e->worker].has_crashed = f->has_crashed = true;
        acr_set_exit_code(EXIT_CRASH);
    }
}
