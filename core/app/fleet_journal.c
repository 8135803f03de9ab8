/* SPDX-License-Identifier: MIT */
#include "app/fleet_account.h"
#include "app/fleet_journal.h"

#include "app/fleet_deal.h"
#include "app/fleet_state.h"
#include "app/run_config.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pack.h"
#include "dist/journal.h"
#include "engine/users.h"
#include "stats/delta.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTE_MAX (4u * 1024 * 1024)

/* --- notes --------------------------------------------------------------------------------------
 */

static void pack_run(struct acri_buf *b, const struct acri_fleet *f)
{
    struct acri_buf identity;

    acri_buf_init(&identity, NOTE_MAX);
    acri_run_config_identity(&identity, f->options, f->scenario);
    acri_pack_u64(b, ACRI_FLEET_NOTE_RUN);
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
    acri_pack_u64(&b, ACRI_FLEET_NOTE_FEEDER);
    acri_pack_u64(&b, f->run_id);
    acri_pack_u64(&b, feeder);
    acri_pack_u64(&b, f->feeders[feeder]);
    give(f, &b);
}

void acri_fleet_journal_deceased(struct acri_fleet *f, uint32_t worker,
                                 const struct acri_tally *all)
{
    struct acri_buf b;

    acri_buf_init(&b, 128);
    acri_pack_u64(&b, ACRI_FLEET_NOTE_DECEASED);
    acri_pack_u64(&b, f->run_id);
    acri_pack_u64(&b, worker);
    acri_fleet_state_pack_tally(&b, all);
    give(f, &b);
}

void acri_fleet_journal_presence(struct acri_fleet *f, uint32_t worker)
{
    struct acri_buf b;

    acri_buf_init(&b, 64);
    acri_pack_u64(&b, ACRI_FLEET_NOTE_PRESENCE);
    acri_pack_u64(&b, f->run_id);
    acri_pack_u64(&b, worker);
    acri_pack_u64(&b, f->workers[worker].is_here ? 1 : 0);
    give(f, &b);
}

void acri_fleet_journal_iterations(struct acri_fleet *f, uint32_t worker)
{
    struct acri_buf b;

    acri_buf_init(&b, 128);
    acri_pack_u64(&b, ACRI_FLEET_NOTE_ITERATIONS);
    acri_pack_u64(&b, f->run_id);
    acri_pack_u64(&b, worker);
    acri_fleet_state_pack_iterations(&b, &f->workers[worker].iterations);
    give(f, &b);
}

void acri_fleet_journal_end(struct acri_fleet *f)
{
    struct acri_buf b;

    acri_buf_init(&b, 64);
    acri_pack_u64(&b, ACRI_FLEET_NOTE_END);
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
    bool *is_gone; /* n_workers elements */
    size_t n_workers;
};

static void note_presence(struct look *l, uint64_t worker, bool is_here)
{
    if (worker > UINT16_MAX)
        return;
    if (worker >= l->n_workers) {
        size_t n = worker + 64;

        l->is_gone = acri_realloc(l->is_gone, n * sizeof(bool));
        memset(l->is_gone + l->n_workers, 0, (n - l->n_workers) * sizeof(bool));
        l->n_workers = n;
    }
    l->is_gone[worker] = !is_here;
}

static void look_at_worker(void *arg, uint32_t index, const struct acri_fleet_state_worker *w)
{
    note_presence(arg, index, w->is_here);
}

static void look_at_state(struct look *l, const struct acri_journal_record *r)
{
    static const struct acri_fleet_state_reader reader = { .worker = look_at_worker };

    acri_fleet_state_read(&reader, l, r->bytes, r->n_bytes);
}

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

static void look_at_presence(struct look *l, struct acri_unpack *u)
{
    uint64_t run_id = acri_unpack_u64(u);
    uint64_t worker = acri_unpack_u64(u);
    bool is_here = acri_unpack_u64(u) != 0;

    if (acri_unpack_is_done(u) && run_id == l->past->run_id)
        note_presence(l, worker, is_here);
}

static void look_at(void *arg, const struct acri_journal_record *r)
{
    struct look *l = arg;
    struct acri_unpack u;

    l->past->last_number = r->number > l->past->last_number ? r->number : l->past->last_number;
    if (r->kind != ACRI_JOURNAL_NOTE && r->kind != ACRI_JOURNAL_STATE)
        return;
    if (r->kind == ACRI_JOURNAL_STATE) {
        if (acri_fleet_state_run(r->bytes, r->n_bytes, &u))
            read_run(l, &u);
        look_at_state(l, r);
        return;
    }
    acri_unpack_init(&u, r->bytes, r->n_bytes);
    switch (acri_unpack_u64(&u)) {
    case ACRI_FLEET_NOTE_RUN:
        read_run(l, &u);
        break;
    case ACRI_FLEET_NOTE_END:
        l->is_over = l->is_over || acri_unpack_u64(&u) == l->past->run_id;
        break;
    case ACRI_FLEET_NOTE_PRESENCE:
        look_at_presence(l, &u);
        break;
    default:
        break;
    }
}

/* Not that of a master that is at work, nor what is no plain file: who opens it next says so. A run
 * that was cut off stays, under another name. */
static void put_away(const char *path, bool is_cut_off, const char *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    char *kept = acri_printf("%s.cut-off", path);
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
        flock(fd, LOCK_EX | LOCK_NB) == 0) {
        if (!is_cut_off || rename(path, kept) != 0)
            unlink(path);
        else
            acri_log_warning("the journal %s holds a run that was cut off%s: it is left out, and "
                             "kept as %s (acrida merge reads it)",
                             path, why, kept);
    }
    if (fd >= 0)
        close(fd);
    free(kept);
}

void acri_fleet_past_look(const char *path, const struct acri_options *o,
                          const struct acri_scenario *scenario, bool is_new_run,
                          struct acri_fleet_past *ret_past)
{
    struct look l = { .past = ret_past };
    struct acri_journal_found found;
    struct acri_error error = { "" };
    int r;

    *ret_past = (struct acri_fleet_past){ 0 };
    if (path == NULL || access(path, F_OK) != 0)
        return;
    acri_buf_init(&l.identity, NOTE_MAX);
    acri_run_config_identity(&l.identity, o, scenario);
    r = acri_journal_replay(path, look_at, &l, &found, &error);
    acri_buf_done(&l.identity);
    for (size_t i = 0; i < l.n_workers; i++)
        ret_past->n_gone += l.is_gone[i];
    free(l.is_gone);
    if (r < 0 && !acri_options_is_set(o, "journal"))
        acri_log_warning("%s: it is left out", error.text);
    ret_past->is_there = ret_past->is_there && !l.is_over;
    if (ret_past->is_there && l.is_same && !is_new_run) {
        ret_past->path = acri_strdup(path);
        return;
    }
    /* What was named may be any file. */
    if (r == 0 || !acri_options_is_set(o, "journal"))
        put_away(path, ret_past->is_there,
                 l.is_same ? "" : ", with another scenario or other options");
    ret_past->is_there = false;
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

static void pack_workers(struct acri_buf *b, const struct acri_fleet *f)
{
    acri_pack_u64(b, f->n_workers);
    for (size_t i = 0; i < f->n_workers; i++)
        acri_fleet_state_pack_worker(
            b, &(struct acri_fleet_state_worker){ .reported = f->workers[i].reported,
                                                  .n_reports = f->workers[i].n_reports,
                                                  .is_settled = f->workers[i].is_settled,
                                                  .is_here = f->workers[i].is_here,
                                                  .iterations = f->workers[i].iterations });
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

void acri_fleet_journal_state(const struct acri_fleet *f, const struct acri_stats *stats,
                              struct acri_buf *to)
{
    struct parts parts = { .n = 0 };
    struct acri_buf run;

    acri_buf_init(&run, NOTE_MAX);
    acri_buf_init(&parts.bytes, ACRI_FLEET_JOURNAL_STATE_MAX);
    pack_run(&run, f);
    acri_pack_bytes(to, run.data, run.length);
    pack_workers(to, f);
    pack_feeders(to, f);
    pack_states(to, f);
    acri_delta_encode(stats, f->started_ns, ACRI_DELTA_PART_MIN, add_part, &parts);
    acri_pack_u64(to, parts.n);
    acri_buf_append(to, parts.bytes.data, parts.bytes.length);
    acri_buf_done(&run);
    acri_buf_done(&parts.bytes);
}

static void write_state(struct acri_fleet *f, const struct acri_stats *stats)
{
    struct acri_buf b;

    acri_buf_init(&b, ACRI_FLEET_JOURNAL_STATE_MAX);
    acri_fleet_journal_state(f, stats, &b);
    if (!b.is_cut)
        acri_master_checkpoint(f->master, b.data, b.length);
    acri_buf_done(&b);
}

void acri_fleet_journal_shorten(struct acri_fleet *f, const struct acri_stats *stats)
{
    if (acri_master_journal_bytes(f->master) >= ACRI_JOURNAL_BYTES)
        write_state(f, stats);
}

void acri_fleet_journal_renew(struct acri_fleet *f)
{
    struct acri_stats *nothing = acri_stats_new(acri_clock_now_ns(), acri_clock_real_ns());

    write_state(f, nothing);
    acri_stats_free(nothing);
}

/* --- going on -----------------------------------------------------------------------------------
 */

struct restore {
    const struct acri_fleet_past *past;
    struct acri_fleet *fleet;
    struct acri_stats *stats;
};

/* Whoever is not back after a while is gone. */
static void set_iterations(struct acri_fleet_worker *w, const struct acri_fleet_iterations *i)
{
    w->iterations = *i;
    w->iterations.lost_ns = acri_clock_now_ns();
}

static void on_worker(void *arg, uint32_t index, const struct acri_fleet_state_worker *state)
{
    const struct restore *r = arg;
    struct acri_fleet_worker *w = acri_fleet_worker(r->fleet, index);

    w->reported = state->reported;
    w->n_reports = state->n_reports;
    w->is_settled = state->is_settled;
    set_iterations(w, &state->iterations);
}

static void on_feeder(void *arg, uint64_t feeder, uint64_t next)
{
    const struct restore *r = arg;

    r->fleet->feeders[feeder] = next;
}

static void on_loop_state(void *arg, uint64_t index, const void *bytes, size_t n)
{
    const struct restore *r = arg;
    const struct acri_plan *plan = r->fleet->crew.run->plan;

    if (index < plan->n_loop_states && n == plan->loop_states[index]->size)
        memcpy(r->fleet->crew.states[index], bytes, n);
}

static bool on_part(void *arg, const void *bytes, size_t n)
{
    const struct restore *r = arg;

    return acri_delta_apply(r->stats, NULL, r->fleet->started_ns, bytes, n) == 0;
}

static void take_state(struct restore *r, const struct acri_journal_record *record)
{
    static const struct acri_fleet_state_reader reader = {
        .worker = on_worker, .feeder = on_feeder, .loop_state = on_loop_state, .part = on_part
    };

    if (!acri_fleet_state_read(&reader, r, record->bytes, record->n_bytes))
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
    uint64_t worker = acri_unpack_u64(u);
    struct acri_tally all;

    acri_fleet_state_unpack_tally(u, &all);
    if (acri_unpack_is_done(u) && worker < r->fleet->n_workers)
        acri_fleet_account_settle(r->fleet, (uint32_t)worker, &all, r->stats);
}

static void take_dealt(const struct restore *r, struct acri_unpack *u)
{
    uint64_t worker = acri_unpack_u64(u);
    struct acri_fleet_iterations i;

    acri_fleet_state_unpack_iterations(u, &i);
    if (acri_unpack_is_done(u) && worker < r->fleet->n_workers)
        set_iterations(&r->fleet->workers[worker], &i);
}

static void take_note(const struct restore *r, const struct acri_journal_record *record)
{
    struct acri_unpack u;
    uint64_t kind;

    acri_unpack_init(&u, record->bytes, record->n_bytes);
    kind = acri_unpack_u64(&u);
    if (acri_unpack_u64(&u) != r->past->run_id)
        return;
    if (kind == ACRI_FLEET_NOTE_FEEDER)
        take_feeder(r, &u);
    else if (kind == ACRI_FLEET_NOTE_DECEASED)
        take_deceased(r, &u);
    else if (kind == ACRI_FLEET_NOTE_ITERATIONS)
        take_dealt(r, &u);
}

static void restore_one(void *arg, const struct acri_journal_record *record)
{
    struct restore *r = arg;
    struct acri_fleet_worker *w;

    if (record->number > r->past->last_number || record->worker > UINT16_MAX)
        return;
    switch (record->kind) {
    case ACRI_JOURNAL_WORKER:
        w = acri_fleet_worker(r->fleet, record->worker);
        w->info = *record->info;
        w->is_known = w->has_config = true;
        w->iterations.lost_ns = acri_clock_now_ns();
        acri_fleet_show_joined(r->fleet, w);
        /* For users that it has yet to begin: those that are there keep theirs. */
        if (w->desired.number_step == 0)
            acri_fleet_number(r->fleet, w);
        break;
    case ACRI_JOURNAL_REPORT:
        acri_fleet_account_report(r->fleet,
                                  &(struct acri_fleet_account_report){ .worker = record->worker,
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
    for (size_t i = 0; i < f->n_workers; i++)
        f->workers[i].last_report_unix_s = 0; /* the journal does not say */
    acri_stats_restart_window(stats, acri_clock_now_ns());
}
