/* SPDX-License-Identifier: MIT */
#include "app/fleet_show.h"

#include "app/fleet.h"
#include "app/fleet_deal.h"
#include "base/clock.h"
#include "engine/cluster_report.h"
#include "engine/users.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS " \t"

/* --- labels
 * ---------------------------------------------------------------------------------------- */

static struct acri_fleet_label *new_label(const char *name, size_t length)
{
    struct acri_fleet_label *label = acri_alloc(sizeof(*label));

    if (length >= sizeof(label->name))
        length = sizeof(label->name) - 1;
    memcpy(label->name, name, length);
    label->stats = acri_stats_new(acri_clock_now_ns(), acri_clock_real_ns());
    return label;
}

static bool is_called(const struct acri_fleet_label *label, const char *name, size_t length)
{
    return strncmp(label->name, name, length) == 0 && label->name[length] == '\0';
}

/* Its place; that of the others when all are taken. */
static size_t place_of(struct acri_fleet_shown *shown, const char *name, size_t length)
{
    size_t i = 0;

    while (i < ACRI_FLEET_LABELS && shown->labels[i] != NULL) {
        if (is_called(shown->labels[i], name, length))
            return i;
        i++;
    }
    if (shown->labels[i] == NULL)
        shown->labels[i] = i < ACRI_FLEET_LABELS ? new_label(name, length)
                                                 : new_label(ACRI_FLEET_OTHER_LABELS,
                                                             strlen(ACRI_FLEET_OTHER_LABELS));
    return i;
}

void acri_fleet_show_joined(struct acri_fleet *f, struct acri_fleet_worker *w)
{
    const char *at = w->info.labels;

    w->labels = 0;
    while (*(at += strspn(at, BLANKS)) != '\0') {
        size_t length = strcspn(at, BLANKS);

        w->labels |= 1ull << place_of(&f->shown, at, length);
        at += length;
    }
    if (w->sum == NULL)
        w->sum = acri_stats_new(acri_clock_now_ns(), acri_clock_real_ns());
}

static struct acri_fleet_label *label_of(struct acri_fleet *f, const struct acri_fleet_worker *w,
                                         size_t i)
{
    return (w->labels >> i & 1) != 0 ? f->shown.labels[i] : NULL;
}

void acri_fleet_show_done(struct acri_fleet *f)
{
    for (size_t i = 0; i <= ACRI_FLEET_LABELS; i++) {
        if (f->shown.labels[i] == NULL)
            continue;
        acri_stats_free(f->shown.labels[i]->stats);
        free(f->shown.labels[i]);
    }
    for (size_t i = 0; i < f->n_workers; i++)
        acri_stats_free(f->workers[i].sum);
    free(f->shown.workers);
    f->shown = (struct acri_fleet_shown){ .n_workers = 0 };
}

/* --- what is measured
 * ------------------------------------------------------------------------------ */

static void renew(struct acri_fleet *f, void (*how)(struct acri_stats *, uint64_t, uint64_t))
{
    uint64_t now_ns = acri_clock_now_ns();
    uint64_t real_ns = acri_clock_real_ns();

    for (size_t i = 0; i <= ACRI_FLEET_LABELS; i++)
        if (f->shown.labels[i] != NULL)
            how(f->shown.labels[i]->stats, now_ns, real_ns);
    for (size_t i = 0; i < f->n_workers; i++)
        if (f->workers[i].sum != NULL)
            how(f->workers[i].sum, now_ns, real_ns);
}

void acri_fleet_show_begin(struct acri_fleet *f)
{
    renew(f, acri_stats_clear);
    for (size_t i = 0; i < f->n_workers; i++)
        f->workers[i].most_users = 0;
}

void acri_fleet_show_reset(struct acri_fleet *f)
{
    renew(f, acri_stats_reset);
}

void acri_fleet_show_report(struct acri_fleet *f, struct acri_fleet_worker *w, const void *bytes,
                            size_t n_bytes)
{
    for (size_t i = 0; w->labels != 0 && i <= ACRI_FLEET_LABELS; i++) {
        struct acri_fleet_label *label = label_of(f, w, i);

        if (label != NULL)
            acri_cluster_report_take(f->crew.run->plan, label->stats, NULL, w->info.name,
                                     f->started_ns, bytes, n_bytes);
    }
}

void acri_fleet_show_ledger(struct acri_fleet *f, struct acri_fleet_worker *w,
                            const struct acri_ledger *ledger)
{
    for (size_t i = 0; w->labels != 0 && i <= ACRI_FLEET_LABELS; i++) {
        struct acri_fleet_label *label = label_of(f, w, i);

        if (label != NULL)
            acri_ledger_add(&label->stats->ledger, ledger);
    }
}

void acri_fleet_show_fared(const struct acri_fleet_worker *w, struct acri_generator *into)
{
    const struct acri_observed *o = &w->observed;
    const struct acri_generator one = { .seconds = o->fared_s,
                                        .busy_share = o->busy_share,
                                        .wait_share = o->wait_share,
                                        .wait_ms = o->wait_ms,
                                        .n_stalls = o->n_stalls,
                                        .n_stalled = o->n_stalled,
                                        .longest_stall_ms = o->longest_stall_ms };

    acri_generator_add(into, &one);
}

/* --- what is shown
 * --------------------------------------------------------------------------------- */

const char *acri_fleet_show_state(const struct acri_fleet *f, const struct acri_fleet_worker *w)
{
    static const char *const names[] = {
        [ACRI_WORKER_READY] = "ready",       [ACRI_WORKER_PREPARING] = "preparing",
        [ACRI_WORKER_PREPARED] = "prepared", [ACRI_WORKER_SPAWNING] = "spawning",
        [ACRI_WORKER_RUNNING] = "running",   [ACRI_WORKER_STOPPING] = "stopping",
        [ACRI_WORKER_STOPPED] = "stopped",   [ACRI_WORKER_FAILED] = "failed",
    };

    if (!w->is_here)
        return w->has_left ? "left" : "missing";
    if (!acri_fleet_is_in_run(f, w) || w->observed.state >= ACR_LEN(names))
        return "ready";
    return names[w->observed.state];
}

/* Who was gone before the run began has no part in it, nor in its verdict. */
static bool is_shown(const struct acri_fleet *f, const struct acri_fleet_worker *w)
{
    return w->is_known && (w->is_here || w->has_config || f->run_id == 0);
}

static void show_worker(const struct acri_fleet *f, uint32_t index, struct acr_worker *to)
{
    const struct acri_fleet_worker *w = &f->workers[index];
    const struct acri_observed *o = &w->observed;
    const struct acri_tally nothing = { 0 };
    const struct acri_tally *t = w->has_config ? &w->reported : &nothing; /* of an earlier run */
    struct acri_master_health health = { .silent_s = 0 };

    *to = (struct acr_worker){
        .name = w->info.name,
        .host = w->info.host,
        .labels = w->info.labels,
        .state = acri_fleet_show_state(f, w),
        .index = index,
        .numbers = { [ACR_WORKER_USERS] = acri_fleet_is_in_run(f, w) ? (double)o->n_users : 0,
                     [ACR_WORKER_USERS_MAX] = (double)w->most_users,
                     [ACR_WORKER_THREADS] = w->info.n_threads,
                     [ACR_WORKER_CPU_PERCENT] = o->cpu_percent,
                     [ACR_WORKER_LOOP_PERCENT] = o->loop_percent,
                     [ACR_WORKER_MEMORY_BYTES] = (double)o->memory_bytes,
                     [ACR_WORKER_LATENESS_MS] = o->lateness_ms,
                     [ACR_WORKER_LATENESS_RECENT_MS] = o->lateness_recent_ms,
                     [ACR_WORKER_REPORTS] = (double)w->n_reports },
        .ledger = { .started = t->started,
                    .succeeded = t->succeeded,
                    .failed = t->failed,
                    .cancelled = t->cancelled,
                    .lost = t->lost,
                    .attempts = t->attempts },
        .stats = w->sum,
    };
    if (f->master != NULL && acri_master_health(f->master, index, &health)) {
        to->numbers[ACR_WORKER_SILENT_S] = health.silent_s;
        to->numbers[ACR_WORKER_CLOCK_OFFSET_MS] = health.clock_offset_ms;
    }
}

/* The part of its workers in what the run knows about itself. */
static void show_label(struct acri_fleet *f, size_t place, struct acri_run_info info,
                       struct acri_node_label *to)
{
    struct acri_fleet_label *label = f->shown.labels[place];

    memset(label->type_users, 0, sizeof(label->type_users));
    memset(info.load, 0, sizeof(info.load));
    info.n_users = info.target_users = 0;
    info.arrival_rate = info.open_requests = 0;
    info.type_users = label->type_users;
    info.nodes = NULL;
    for (size_t i = 0; i < f->n_workers; i++) {
        const struct acri_fleet_worker *w = &f->workers[i];

        if ((w->labels >> place & 1) == 0 || !acri_fleet_is_in_run(f, w))
            continue;
        info.n_users += w->observed.n_users;
        info.open_requests += w->observed.open_requests;
        info.arrival_rate += w->desired.arrival_rate;
        for (size_t k = 0; k < w->desired.n_types; k++)
            info.target_users += w->desired.users[k];
        for (size_t k = 0; k < w->observed.n_types; k++)
            label->type_users[k] += w->observed.users[k];
        for (size_t k = 0; k < ACR_LOAD_COUNTS; k++)
            info.load[k] += w->observed.load[k];
    }
    to->name = label->name;
    acri_snapshot_init(&to->snapshot, label->stats, &info);
}

const struct acri_nodes *acri_fleet_show(void *arg, const struct acri_run_info *run,
                                         uint64_t now_ns)
{
    struct acri_fleet *f = arg;
    struct acri_fleet_shown *shown = &f->shown;

    if (shown->n_workers < f->n_workers) {
        shown->n_workers = f->n_workers;
        shown->workers = acri_realloc(shown->workers, f->n_workers * sizeof(*shown->workers));
    }
    shown->nodes = (struct acri_nodes){ .workers = shown->workers, .labels = shown->views };
    for (uint32_t i = 0; i < f->n_workers; i++)
        if (is_shown(f, &f->workers[i]))
            show_worker(f, i, &shown->workers[shown->nodes.n_workers++]);
    for (size_t i = 0; i <= ACRI_FLEET_LABELS; i++) {
        if (shown->labels[i] == NULL)
            continue;
        acri_stats_tick(shown->labels[i]->stats, now_ns);
        show_label(f, i, *run, &shown->views[shown->nodes.n_labels++]);
    }
    return &shown->nodes;
}
