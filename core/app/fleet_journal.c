/* SPDX-License-Identifier: MIT */
#include "app/fleet_journal.h"

#include "app/fleet_deal.h"
#include "app/run_config.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pack.h"
#include "dist/journal.h"
#include "engine/users.h"
#include "stats/delta.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum note { NOTE_RUN = 1, NOTE_FEEDER, NOTE_END, NOTE_DECEASED };

#define NOTE_MAX (4u * 1024 * 1024)
#define STATE_MAX (200u * 1024 * 1024)
#define MOST_PARTS 1000000u

/* --- notes --------------------------------------------------------------------------------------
 */

static void pack_run(struct acri_buf *b, const struct acri_fleet *f)
{
    struct acri_buf identity;

    acri_buf_init(&identity, NOTE_MAX);
    acri_run_config_identity(&identity, f->options, f->scenario);
    acri_pack_u64(b, NOTE_RUN);
    acri_pack_u64(b, f->run_id);
    acri_pack_u64(b, f->epoch);
    acri_pack_u64(b, f->seed);
    acri_pack_u64(b, f->start_real_ns);
    acri_pack_u64(b, f->n_at_start);
    acri_pack_u64(b, f->n_numbered);
    acri_pack_bytes(b, identity.data, identity.length);
    acri_buf_done(&identity);
}

static void give(struct acri_fleet *f, struct acri_buf *b)
{
    acri_master_note(f->master, b->data, b->length);
    acri_buf_done(b);
}

void acri_fleet_journal_run(struct acri_fleet *f)
{
    struct acri_buf b;

    acri_buf_init(&b, NOTE_MAX);
    pack_run(&b, f);
    give(f, &b);
}

void acri_fleet_journal_feeder(struct acri_fleet *f, uint64_t feeder)
{
    struct acri_buf b;

    acri_buf_init(&b, 64);
    acri_pack_u64(&b, NOTE_FEEDER);
    acri_pack_u64(&b, f->run_id);
    acri_pack_u64(&b, feeder);
    acri_pack_u64(&b, f->feeders[feeder]);
    give(f, &b);
}

static void pack_tally(struct acri_buf *b, const struct acri_tally *t)
{
    acri_pack_u64(b, t->started);
    acri_pack_u64(b, t->succeeded);
    acri_pack_u64(b, t->failed);
    acri_pack_u64(b, t->cancelled);
    acri_pack_u64(b, t->lost);
    acri_pack_u64(b, t->attempts);
}

static void unpack_tally(struct acri_unpack *u, struct acri_tally *t)
{
    t->started = acri_unpack_u64(u);
    t->succeeded = acri_unpack_u64(u);
    t->failed = acri_unpack_u64(u);
    t->cancelled = acri_unpack_u64(u);
    t->lost = acri_unpack_u64(u);
    t->attempts = acri_unpack_u64(u);
}

void acri_fleet_journal_deceased(struct acri_fleet *f, uint32_t worker,
                                 const struct acri_tally *all)
{
    struct acri_buf b;

    acri_buf_init(&b, 128);
    acri_pack_u64(&b, NOTE_DECEASED);
    acri_pack_u64(&b, f->run_id);
    acri_pack_u64(&b, worker);
    pack_tally(&b, all);
    give(f, &b);
}

void acri_fleet_journal_end(struct acri_fleet *f)
{
    struct acri_buf b;

    acri_buf_init(&b, 64);
    acri_pack_u64(&b, NOTE_END);
    acri_pack_u64(&b, f->run_id);
    give(f, &b);
}

/* --- looking ------------------------------------------------------------------------------------
 */

struct look {
    struct acri_fleet_past *past;
    struct acri_buf identity; /* of this process */
    bool is_same;
    bool is_over;
};

static void read_run(struct look *l, struct acri_unpack *u)
{
    struct acri_fleet_past *p = l->past;
    size_t n;
    const void *identity;

    p->run_id = acri_unpack_u64(u);
    p->epoch = acri_unpack_u64(u);
    p->seed = acri_unpack_u64(u);
    p->start_real_ns = acri_unpack_u64(u);
    p->n_at_start = acri_unpack_u64(u);
    p->n_numbered = acri_unpack_u64(u);
    identity = acri_unpack_bytes(u, &n);
    p->is_there = !u->is_bad;
    l->is_same = n == l->identity.length && memcmp(identity, l->identity.data, n) == 0;
    l->is_over = false;
}

static void look_at(void *arg, const struct acri_journal_record *r)
{
    struct look *l = arg;
    struct acri_unpack u;
    size_t n;
    const void *run;

    l->past->last_number = r->number > l->past->last_number ? r->number : l->past->last_number;
    if (r->kind != ACRI_JOURNAL_NOTE && r->kind != ACRI_JOURNAL_STATE)
        return;
    acri_unpack_init(&u, r->bytes, r->n_bytes);
    if (r->kind == ACRI_JOURNAL_STATE) {
        run = acri_unpack_bytes(&u, &n);
        acri_unpack_init(&u, run, n);
    }
    switch (acri_unpack_u64(&u)) {
    case NOTE_RUN:
        read_run(l, &u);
        break;
    case NOTE_END:
        l->is_over = l->is_over || acri_unpack_u64(&u) == l->past->run_id;
        break;
    default:
        break;
    }
}

void acri_fleet_past_look(const char *path, const struct acri_options *o,
                          const struct acri_scenario *scenario, bool is_new_run,
                          struct acri_fleet_past *ret_past)
{
    struct look l = { .past = ret_past };
    struct acri_journal_found found;
    struct acri_error error = { "" };

    *ret_past = (struct acri_fleet_past){ 0 };
    if (path == NULL || access(path, F_OK) != 0)
        return;
    acri_buf_init(&l.identity, NOTE_MAX);
    acri_run_config_identity(&l.identity, o, scenario);
    if (acri_journal_replay(path, look_at, &l, &found, &error) < 0)
        acri_log_warning("%s", error.text);
    acri_buf_done(&l.identity);
    ret_past->is_there = ret_past->is_there && !l.is_over;
    if (ret_past->is_there && l.is_same && !is_new_run) {
        ret_past->path = acri_strdup(path);
        return;
    }
    if (ret_past->is_there)
        acri_log_warning("the journal %s holds a run that was cut off%s: it is left out", path,
                         l.is_same ? "" : ", with another scenario or other options");
    ret_past->is_there = false;
    unlink(path);
}

void acri_fleet_past_done(struct acri_fleet_past *p)
{
    free(p->path);
    *p = (struct acri_fleet_past){ 0 };
}

/* --- a whole state ------------------------------------------------------------------------------
 */

struct parts {
    struct acri_buf bytes;
    uint64_t n;
};

static void add_part(void *arg, const void *bytes, size_t n)
{
    struct parts *p = arg;

    acri_pack_bytes(&p->bytes, bytes, n);
    p->n++;
}

static void pack_tallies(struct acri_buf *b, const struct acri_fleet *f)
{
    acri_pack_u64(b, f->n_workers);
    for (size_t i = 0; i < f->n_workers; i++) {
        pack_tally(b, &f->workers[i].reported);
        acri_pack_u64(b, f->workers[i].n_reports);
        acri_pack_u64(b, f->workers[i].is_settled);
    }
}

static void pack_feeders(struct acri_buf *b, const struct acri_fleet *f)
{
    uint64_t n = ACRI_FLEET_FEEDERS;

    while (n > 0 && f->feeders[n - 1] == 0)
        n--;
    acri_pack_u64(b, n);
    for (uint64_t i = 0; i < n; i++)
        acri_pack_u64(b, f->feeders[i]);
}

static void pack_states(struct acri_buf *b, const struct acri_fleet *f)
{
    const struct acri_plan *plan = f->crew.run->plan;

    acri_pack_u64(b, plan->n_loop_states);
    for (size_t i = 0; i < plan->n_loop_states; i++)
        acri_pack_bytes(b, f->crew.states[i], plan->loop_states[i]->size);
}

void acri_fleet_journal_shorten(struct acri_fleet *f, const struct acri_stats *stats)
{
    struct parts parts = { .n = 0 };
    struct acri_buf run;
    struct acri_buf b;

    if (acri_master_journal_bytes(f->master) < ACRI_JOURNAL_BYTES)
        return;
    acri_buf_init(&run, NOTE_MAX);
    acri_buf_init(&parts.bytes, STATE_MAX);
    acri_buf_init(&b, STATE_MAX);
    pack_run(&run, f);
    acri_pack_bytes(&b, run.data, run.length);
    pack_tallies(&b, f);
    pack_feeders(&b, f);
    pack_states(&b, f);
    acri_delta_encode(stats, f->started_ns, ACRI_DELTA_PART_MIN, add_part, &parts);
    acri_pack_u64(&b, parts.n);
    acri_buf_append(&b, parts.bytes.data, parts.bytes.length);
    if (!b.is_cut)
        acri_master_checkpoint(f->master, b.data, b.length);
    acri_buf_done(&run);
    acri_buf_done(&parts.bytes);
    acri_buf_done(&b);
}

/* --- going on -----------------------------------------------------------------------------------
 */

struct restore {
    const struct acri_fleet_past *past;
    struct acri_fleet *fleet;
    struct acri_stats *stats;
};

static void unpack_tallies(struct acri_unpack *u, struct acri_fleet *f)
{
    uint64_t n = acri_unpack_most(u, UINT16_MAX + 1u);

    for (uint32_t i = 0; i < n && !u->is_bad; i++) {
        struct acri_fleet_worker *w = acri_fleet_worker(f, i);

        unpack_tally(u, &w->reported);
        w->n_reports = acri_unpack_u64(u);
        w->is_settled = acri_unpack_u64(u) != 0;
    }
}

static void unpack_states(struct acri_unpack *u, const struct acri_fleet *f)
{
    const struct acri_plan *plan = f->crew.run->plan;
    uint64_t n = acri_unpack_most(u, plan->n_loop_states);

    for (uint64_t i = 0; i < n; i++) {
        size_t n_bytes;
        const void *bytes = acri_unpack_bytes(u, &n_bytes);

        if (n_bytes == plan->loop_states[i]->size)
            memcpy(f->crew.states[i], bytes, n_bytes);
    }
}

static void take_state(const struct restore *r, const struct acri_journal_record *record)
{
    struct acri_unpack u;
    size_t n_bytes;
    uint64_t n;

    acri_unpack_init(&u, record->bytes, record->n_bytes);
    acri_unpack_bytes(&u, &n_bytes);
    unpack_tallies(&u, r->fleet);
    n = acri_unpack_most(&u, ACRI_FLEET_FEEDERS);
    for (uint64_t i = 0; i < n; i++)
        r->fleet->feeders[i] = acri_unpack_u64(&u);
    unpack_states(&u, r->fleet);
    n = acri_unpack_most(&u, MOST_PARTS);
    for (uint64_t i = 0; i < n && !u.is_bad; i++) {
        const void *part = acri_unpack_bytes(&u, &n_bytes);

        if (acri_delta_apply(r->stats, NULL, r->fleet->started_ns, part, n_bytes) < 0)
            u.is_bad = true;
    }
    if (!acri_unpack_is_done(&u))
        acri_log_error("the journal's state of the run cannot be read: parts of it are missing");
}

static void take_feeder(const struct restore *r, struct acri_unpack *u)
{
    uint64_t feeder = acri_unpack_most(u, ACRI_FLEET_FEEDERS - 1);
    uint64_t next = acri_unpack_u64(u);

    if (acri_unpack_is_done(u) && next > r->fleet->feeders[feeder])
        r->fleet->feeders[feeder] = next;
}

static void take_deceased(const struct restore *r, struct acri_unpack *u)
{
    uint32_t worker = (uint32_t)acri_unpack_most(u, UINT16_MAX);
    struct acri_tally all;

    unpack_tally(u, &all);
    if (acri_unpack_is_done(u))
        acri_fleet_settle_by(r->fleet, worker, &all, r->stats);
}

static void take_note(const struct restore *r, const struct acri_journal_record *record)
{
    struct acri_unpack u;
    uint64_t kind;

    acri_unpack_init(&u, record->bytes, record->n_bytes);
    kind = acri_unpack_u64(&u);
    if (acri_unpack_u64(&u) != r->past->run_id)
        return;
    if (kind == NOTE_FEEDER)
        take_feeder(r, &u);
    else if (kind == NOTE_DECEASED)
        take_deceased(r, &u);
}

static void restore_one(void *arg, const struct acri_journal_record *record)
{
    const struct restore *r = arg;
    struct acri_fleet_worker *w;

    if (record->number > r->past->last_number || record->worker > UINT16_MAX)
        return;
    switch (record->kind) {
    case ACRI_JOURNAL_WORKER:
        w = acri_fleet_worker(r->fleet, record->worker);
        w->info = *record->info;
        w->is_known = w->has_config = true;
        acri_fleet_show_joined(r->fleet, w);
        /* For users that it has yet to begin: those that are there keep theirs. */
        if (w->desired.number_step == 0)
            acri_fleet_number(r->fleet, w);
        break;
    case ACRI_JOURNAL_REPORT:
        acri_fleet_take_report(r->fleet,
                               &(struct acri_fleet_report){ .worker = record->worker,
                                                            .run_id = record->run_id,
                                                            .epoch = record->epoch,
                                                            .bytes = record->bytes,
                                                            .n_bytes = record->n_bytes },
                               r->stats);
        break;
    case ACRI_JOURNAL_NOTE:
        take_note(r, record);
        break;
    case ACRI_JOURNAL_STATE:
        take_state(r, record);
        break;
    default:
        break;
    }
}

void acri_fleet_past_restore(const struct acri_fleet_past *p, struct acri_fleet *f,
                             struct acri_stats *stats)
{
    struct restore r = { .past = p, .fleet = f, .stats = stats };
    struct acri_journal_found found;
    struct acri_error error = { "" };

    f->start_real_ns = p->start_real_ns;
    f->n_at_start = p->n_at_start;
    f->n_numbered = p->n_numbered;
    if (acri_journal_replay(p->path, restore_one, &r, &found, &error) < 0)
        acri_log_error("%s", error.text);
    acri_stats_restart_window(stats, acri_clock_now_ns());
}
