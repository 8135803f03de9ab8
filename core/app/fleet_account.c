/* SPDX-License-Identifier: MIT */
#include "app/fleet_account.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/cluster_report.h"
#include "engine/users.h"
#include "stats/history.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

bool acri_fleet_account_is_balanced(const struct acri_fleet_worker *w)
{
    struct acri_tally observed = w->observed.tally;

    observed.iterations = 0; /* in no report */
    return memcmp(&observed, &w->reported, sizeof(observed)) == 0;
}

/* Old epochs count in the ledger and in the history only. */
void acri_fleet_account_report(struct acri_fleet *f, const struct acri_fleet_account_report *r,
                               struct acri_stats *stats)
{
    struct acri_fleet_worker *w = acri_fleet_worker(f, r->worker);
    bool is_current = r->epoch == f->epoch;
    struct acri_stats *to = is_current ? stats : acri_stats_new(0, 0);
    struct acri_ledger before = to->ledger;
    const struct acri_ledger *after = &to->ledger;

    if (r->run_id != f->run_id) {
        acri_log_warning("a report of worker %s is of a run that is over: it is left out",
                         w->info.name);
    } else if (acri_cluster_report_take_with(f->crew.run->plan, to, is_current ? w->sum : NULL,
                                             is_current ? f->crew.states : NULL, w->info.name,
                                             f->started_ns, r->bytes, r->n_bytes) < 0) {
        acri_log_error("a report of worker %s cannot be read: it is left out", w->info.name);
    } else {
        w->reported.started += after->started - before.started;
        w->reported.succeeded += after->succeeded - before.succeeded;
        w->reported.failed += after->failed - before.failed;
        w->reported.cancelled += after->cancelled - before.cancelled;
        w->reported.lost += after->lost - before.lost;
        w->reported.attempts += after->attempts - before.attempts;
        if (is_current)
            acri_fleet_show_report(f, w, r->bytes, r->n_bytes);
        else
            acri_fleet_show_ledger(f, w, after);
        w->n_reports++;
        w->last_report_unix_s = (double)acri_clock_real_ns() / 1e9;
    }
    if (is_current)
        return;
    acri_ledger_add(&stats->ledger, &to->ledger);
    acri_history_note_late(stats, to);
    acri_stats_free(to);
}

bool acri_fleet_account_settle(struct acri_fleet *f, uint32_t index, const struct acri_tally *all,
                               struct acri_stats *stats)
{
    struct acri_fleet_worker *w = acri_fleet_worker(f, index);
    struct acri_tally *r = &w->reported;
    uint64_t n_settled = r->succeeded + r->failed + r->cancelled + r->lost;
    struct acri_ledger ledger = { .started = all->started - r->started,
                                  .lost = all->started - n_settled,
                                  .attempts = all->attempts - r->attempts };

    if (w->is_settled || all->started < r->started || all->attempts < r->attempts ||
        all->started < n_settled)
        return false;
    w->is_settled = true;
    acri_ledger_add(&stats->ledger, &ledger);
    acri_fleet_show_ledger(f, w, &ledger);
    r->started += ledger.started;
    r->lost += ledger.lost;
    r->attempts += ledger.attempts;
    if (ledger.lost > 0)
        acri_log_warning("worker %s lost %llu requests that it had begun or not reported yet",
                         w->info.name, (unsigned long long)ledger.lost);
    return true;
}

static void tell_unknown(const struct acri_fleet_worker *w)
{
    time_t at = (time_t)w->last_report_unix_s;
    char when[64] = ", before this master was started";
    struct tm parts;

    if (w->n_reports == 0) {
        acri_log_warning("worker %s: unknown from its start: it has sent no report", w->info.name);
        return;
    }
    if (at != 0 && localtime_r(&at, &parts) != NULL)
        strftime(when, sizeof(when), " at %Y-%m-%d %H:%M:%S", &parts);
    acri_log_warning("worker %s: unknown since its report %llu%s", w->info.name,
                     (unsigned long long)w->n_reports, when);
}

void acri_fleet_account_close(struct acri_fleet *f, struct acri_stats *stats)
{
    for (uint32_t i = 0; i < f->n_workers; i++) {
        struct acri_fleet_worker *w = &f->workers[i];
        struct acri_tally all = w->reported;

        if (!w->has_config || w->is_settled)
            continue;
        if (!acri_fleet_account_is_balanced(w) ||
            (!w->is_here && !w->has_left && w->observed.state != ACRI_WORKER_STOPPED)) {
            tell_unknown(w);
            if (all.started < w->observed.tally.started)
                all = w->observed.tally;
        }
        acri_fleet_account_settle(f, i, &all, stats);
    }
}

void acri_fleet_account_log(const struct acri_fleet *f)
{
    for (size_t i = 0; i < f->n_workers; i++) {
        const struct acri_fleet_worker *w = &f->workers[i];
        const struct acri_tally *t = &w->reported;

        if (w->has_config && t->started > 0)
            acri_log_info("worker %s: %llu requests started = %llu succeeded + %llu failed + %llu "
                          "cancelled + %llu lost",
                          w->info.name, (unsigned long long)t->started,
                          (unsigned long long)t->succeeded, (unsigned long long)t->failed,
                          (unsigned long long)t->cancelled, (unsigned long long)t->lost);
    }
}
