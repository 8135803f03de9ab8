/* SPDX-License-Identifier: MIT */
/* acrida merge: the statistics of a run from what its workers and its master have left in files. */
#include "app/commands.h"

#include "app/console.h"
#include "app/fleet_state.h"
#include "app/merge_arguments.h"
#include "app/merge_once.h"
#include "app/merge_reports.h"
#include "app/reporting.h"
#include "base/clock.h"
#include "dist/journal_file.h"
#include "engine/cluster_report.h"
#include "stats/delta.h"
#include "stats/history.h"
#include "stats/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BASE_NS ACRI_MERGE_REPORTS_BASE_NS

static const char usage[] =
    "Usage: acrida merge [--run NUMBER] [--csv PREFIX] [--json-file NAME] [--html FILE] FILE...\n"
    "\n"
    "Print the statistics of a run from the reports in files: those that workers write when\n"
    "their master is gone (acrida-reports-PORT-PID.bin), and the master's journal. A report\n"
    "that is in several files counts once. Of several runs the latest is taken, or --run.\n"
    "--csv, --json-file and --html write reports, as a run does. JSON and HTML have it over time,\n"
    "as reports tell it, without users, and from a journal's latest summary on.\n"
    "What a worker's death has left unreported is lost, as far as the journal knows of it.\n";

struct worker {
    unsigned char uuid[16];
    char name[64];
    struct acri_merge_once counted; /* reports */
    uint64_t n_reports;
    struct acri_ledger ledger;
    struct acri_tally all; /* that it ever counted, when it has died; 0 = not known */
};

/* A worker by a file's own number. */
struct place {
    size_t index;  /* of the workers; SIZE_MAX = unknown */
    uint64_t have; /* reports up to this one are in the file's summary */
};

struct run {
    uint64_t id; /* when it began: unix nanoseconds */
    uint64_t n_reports;
    uint64_t epoch; /* the latest of its statistics */
};

struct merge {
    bool is_adding; /* the second time through the files */
    const char *path;
    struct worker *workers;
    size_t n_workers;
    struct place *of_file; /* n_of_file elements */
    size_t n_of_file;
    struct run *runs;
    size_t n_runs;
    struct run chosen;
    struct acri_stats *stats;
    struct acri_merge_reports reports;
    uint64_t n_repeated;
    bool has_summary;   /* this file */
    bool of_summaries;  /* of the files those that have one are to be read now */
    bool *is_summary;   /* by file */
    uint64_t n_skipped; /* summaries whose reports were there already */
    bool is_damaged;
};

/* --- records ------------------------------------------------------------------------------------
 */

static void take_worker(struct merge *m, const struct acri_journal_record *r)
{
    size_t index = 0;

    while (index < m->n_workers && memcmp(m->workers[index].uuid, r->uuid, sizeof(r->uuid)) != 0)
        index++;
    if (index == m->n_workers) {
        m->workers = acri_realloc(m->workers, (index + 1) * sizeof(*m->workers));
        m->workers[m->n_workers++] = (struct worker){ 0 };
        memcpy(m->workers[index].uuid, r->uuid, sizeof(r->uuid));
        snprintf(m->workers[index].name, sizeof(m->workers[index].name), "%s",
                 r->info != NULL ? r->info->name : "");
    }
    if (r->worker >= 1u << 20)
        return;
    while (m->n_of_file <= r->worker) {
        m->of_file = acri_realloc(m->of_file, (m->n_of_file + 1) * sizeof(*m->of_file));
        m->of_file[m->n_of_file++] = (struct place){ .index = SIZE_MAX };
    }
    m->of_file[r->worker] = (struct place){ .index = index };
}

/* Returns: NULL: the file does not name it. */
static struct worker *worker_of(const struct merge *m, uint64_t number)
{
    return number < m->n_of_file && m->of_file[number].index != SIZE_MAX
               ? &m->workers[m->of_file[number].index]
               : NULL;
}

static void note_run(struct merge *m, uint64_t run_id, uint64_t epoch, uint64_t n_reports)
{
    size_t i = 0;

    while (i < m->n_runs && m->runs[i].id != run_id)
        i++;
    if (i == m->n_runs) {
        m->runs = acri_realloc(m->runs, (i + 1) * sizeof(*m->runs));
        m->runs[m->n_runs++] = (struct run){ .id = run_id };
    }
    m->runs[i].n_reports += n_reports;
    if (epoch > m->runs[i].epoch)
        m->runs[i].epoch = epoch;
}

static void complain(struct merge *m, const char *what)
{
    fprintf(stderr, "acrida merge: %s: %s\n", m->path, what);
    m->is_damaged = true;
}

static void add_difference(struct acri_ledger *to, const struct acri_ledger *before,
                           const struct acri_ledger *after)
{
    to->started += after->started - before->started;
    to->succeeded += after->succeeded - before->succeeded;
    to->failed += after->failed - before->failed;
    to->cancelled += after->cancelled - before->cancelled;
    to->lost += after->lost - before->lost;
    to->attempts += after->attempts - before->attempts;
}

/* Of statistics that were reset later, the ledger counts only, and what was over time. */
static void add_report(struct merge *m, const struct acri_merge_report *r)
{
    static const struct acri_plan no_plan = { 0 };
    struct worker *w = &m->workers[r->worker];
    bool is_current = r->epoch == m->chosen.epoch;
    struct acri_stats *to = is_current ? m->stats : acri_stats_new(BASE_NS, m->chosen.id);
    struct acri_ledger before = to->ledger;

    acri_merge_reports_reach(&m->reports, m->stats, r->at_ns);
    if (acri_cluster_report_take(&no_plan, to, NULL, w->name, BASE_NS, r->bytes, r->n_bytes) < 0) {
        m->path = w->name;
        complain(m, "a report of this worker cannot be read: it is left out");
    } else {
        w->n_reports++;
        add_difference(&w->ledger, &before, &to->ledger);
    }
    if (is_current)
        return;
    acri_ledger_add(&m->stats->ledger, &to->ledger);
    acri_history_note_late(m->stats, to);
    acri_stats_free(to);
}

static void add_reports(struct merge *m)
{
    acri_merge_reports_sort(&m->reports);
    acri_merge_reports_begin(&m->reports, m->stats);
    for (size_t i = 0; i < m->reports.n; i++)
        add_report(m, &m->reports.all[i]);
    acri_merge_reports_end(&m->reports, m->stats);
}

static void take_report(struct merge *m, const struct acri_journal_record *r)
{
    struct worker *w = worker_of(m, r->worker);

    if (!m->is_adding) {
        note_run(m, r->run_id, r->epoch, 1);
        return;
    }
    if (r->run_id != m->chosen.id)
        return;
    if (w == NULL)
        complain(m, "a report of a worker that the file does not name is left out");
    else if (acri_merge_once_mark(&w->counted, r->seq))
        acri_merge_reports_add(&m->reports,
                               &(struct acri_merge_report){ .worker = (size_t)(w - m->workers),
                                                            .epoch = r->epoch,
                                                            .bytes = (void *)(uintptr_t)r->bytes,
                                                            .n_bytes = r->n_bytes });
    else
        m->n_repeated++;
}

/* --- a summary ----------------------------------------------------------------------------------
 */

struct summary {
    struct merge *merge;
    struct acri_stats *stats;
    uint64_t n_reports;
};

static void count_worker(void *arg, uint32_t index, const struct acri_fleet_state_worker *state)
{
    struct summary *s = arg;

    (void)index;
    s->n_reports += state->n_reports;
}

static void add_worker(void *arg, uint32_t index, const struct acri_fleet_state_worker *state)
{
    const struct summary *s = arg;
    struct worker *w = worker_of(s->merge, index);
    const struct acri_tally *t = &state->reported;

    if (w == NULL)
        return;
    w->n_reports += state->n_reports;
    acri_ledger_add(&w->ledger, &(struct acri_ledger){ .started = t->started,
                                                       .succeeded = t->succeeded,
                                                       .failed = t->failed,
                                                       .cancelled = t->cancelled,
                                                       .lost = t->lost,
                                                       .attempts = t->attempts });
}

static bool add_part(void *arg, const void *bytes, size_t n)
{
    const struct summary *s = arg;

    return acri_delta_apply(s->stats, NULL, BASE_NS, bytes, n) == 0;
}

/* Returns: false: the same ones were in another summary. */
static bool mark_summary(struct merge *m)
{
    for (size_t i = 0; i < m->n_of_file; i++) {
        const struct worker *w = worker_of(m, i);

        if (w != NULL && m->of_file[i].have > 0 &&
            !acri_merge_once_is_free(&w->counted, m->of_file[i].have))
            return false;
    }
    for (size_t i = 0; i < m->n_of_file; i++)
        if (worker_of(m, i) != NULL && m->of_file[i].have > 0)
            acri_merge_once_mark_up_to(&worker_of(m, i)->counted, m->of_file[i].have);
    return true;
}

/* All of it, or nothing: a sum cannot be taken apart. */
static void add_summary(struct merge *m, uint64_t epoch, const struct acri_journal_record *r)
{
    static const struct acri_fleet_state_reader reader = { .worker = add_worker, .part = add_part };
    bool is_current = epoch == m->chosen.epoch;
    struct summary s = { .merge = m,
                         .stats = is_current ? m->stats : acri_stats_new(BASE_NS, m->chosen.id) };

    if (!mark_summary(m))
        m->n_skipped++;
    else if (!acri_fleet_state_read(&reader, &s, r->bytes, r->n_bytes))
        complain(m, "the summary of earlier reports cannot be read: parts of it are missing");
    if (is_current)
        return;
    acri_ledger_add(&m->stats->ledger, &s.stats->ledger);
    acri_stats_free(s.stats);
}

static void take_summary(struct merge *m, const struct acri_journal_record *r)
{
    static const struct acri_fleet_state_reader counter = { .worker = count_worker };
    struct summary s = { .merge = m };
    struct acri_unpack note;
    uint64_t run_id;
    uint64_t epoch;

    m->has_summary = true;
    if (!acri_fleet_state_run(r->bytes, r->n_bytes, &note)) {
        complain(m, "the summary of earlier reports cannot be read: it is left out");
        return;
    }
    run_id = acri_unpack_u64(&note);
    epoch = acri_unpack_u64(&note);
    if (m->is_adding && run_id == m->chosen.id) {
        add_summary(m, epoch, r);
    } else if (!m->is_adding) {
        acri_fleet_state_read(&counter, &s, r->bytes, r->n_bytes);
        note_run(m, run_id, epoch, s.n_reports);
    }
}

/* All that a worker ever counted, from what it left when it died. */
static void take_note(struct merge *m, const struct acri_journal_record *r)
{
    struct acri_unpack u;
    struct acri_tally all;
    struct worker *w;

    acri_unpack_init(&u, r->bytes, r->n_bytes);
    if (!m->is_adding || acri_unpack_u64(&u) != ACRI_FLEET_NOTE_DECEASED ||
        acri_unpack_u64(&u) != m->chosen.id)
        return;
    w = worker_of(m, acri_unpack_u64(&u));
    acri_fleet_state_unpack_tally(&u, &all);
    if (w != NULL && acri_unpack_is_done(&u) && all.started > w->all.started)
        w->all = all;
}

static void on_record(void *arg, const struct acri_journal_record *r)
{
    struct merge *m = arg;

    if (r->kind == ACRI_JOURNAL_WORKER)
        take_worker(m, r);
    else if (r->kind == ACRI_JOURNAL_REPORT)
        take_report(m, r);
    else if (r->kind == ACRI_JOURNAL_HAVE && worker_of(m, r->worker) != NULL)
        m->of_file[r->worker].have = r->seq;
    else if (r->kind == ACRI_JOURNAL_STATE)
        take_summary(m, r);
    else if (r->kind == ACRI_JOURNAL_NOTE)
        take_note(m, r);
}

/* What a dead worker counted and nobody has reported. */
static void settle(struct merge *m)
{
    for (size_t i = 0; i < m->n_workers; i++) {
        struct worker *w = &m->workers[i];
        const struct acri_ledger *l = &w->ledger;
        uint64_t n_settled = l->succeeded + l->failed + l->cancelled + l->lost;
        struct acri_ledger ledger = { .started = w->all.started - l->started,
                                      .lost = w->all.started - n_settled,
                                      .attempts = w->all.attempts - l->attempts };

        if (w->all.started < l->started || w->all.started < n_settled ||
            w->all.attempts < l->attempts)
            continue;
        acri_ledger_add(&w->ledger, &ledger);
        acri_ledger_add(&m->stats->ledger, &ledger);
    }
}

/* --- files --------------------------------------------------------------------------------------
 */

static int read_file(struct merge *m, const char *path, struct acri_error *reterr)
{
    struct acri_journal_found found;
    int r;

    m->path = path;
    m->has_summary = false;
    m->n_of_file = 0; /* numbers are the file's own */
    r = acri_journal_replay(path, on_record, m, &found, reterr);
    if (r < 0)
        return r;
    if (found.n_records == 0 && found.n_torn > 0)
        return acri_fail(reterr, -EBADMSG, "%s is damaged: nothing in it can be read", path);
    if (m->is_adding)
        return 0;
    if (found.n_damaged > 0) {
        fprintf(stderr, "acrida merge: %s is damaged at %llu places: reports are missing\n", path,
                (unsigned long long)found.n_damaged);
        m->is_damaged = true;
    }
    if (found.n_torn > 0)
        fprintf(stderr,
                "acrida merge: %s ends in %lld bytes that were being written when its writer "
                "ended: they are left out\n",
                path, (long long)found.n_torn);
    return 0;
}

static int read_all(struct merge *m, char **paths, int n, struct acri_error *reterr)
{
    int r = 0;

    for (int i = 0; i < n && r == 0; i++) {
        if (m->is_adding && m->is_summary[i] != m->of_summaries)
            continue;
        r = read_file(m, paths[i], reterr);
        if (!m->is_adding)
            m->is_summary[i] = m->has_summary;
    }
    return r;
}

static void print_time(char *to, size_t size, uint64_t real_ns)
{
    time_t s = (time_t)(real_ns / ACRI_NS_PER_S);
    struct tm parts;

    if (localtime_r(&s, &parts) == NULL || strftime(to, size, "%Y-%m-%d %H:%M:%S", &parts) == 0)
        snprintf(to, size, "?");
}

/* wanted: 0 = the latest. */
static int choose(struct merge *m, uint64_t wanted, struct acri_error *reterr)
{
    const struct run *found = NULL;
    char when[32];

    for (size_t i = 0; i < m->n_runs; i++)
        if (wanted != 0 ? m->runs[i].id == wanted : found == NULL || m->runs[i].id > found->id)
            found = &m->runs[i];
    if (found == NULL && wanted != 0)
        return acri_fail(reterr, -ENOENT, "there is no report of run %llu",
                         (unsigned long long)wanted);
    if (found == NULL)
        return acri_fail(reterr, -ENOENT, "there are no reports in what was given");
    m->chosen = *found;
    for (size_t i = 0; i < m->n_runs && m->n_runs > 1; i++) {
        print_time(when, sizeof(when), m->runs[i].id);
        fprintf(stderr, "acrida merge: run %llu of %s: %llu reports%s\n",
                (unsigned long long)m->runs[i].id, when, (unsigned long long)m->runs[i].n_reports,
                m->runs[i].id == m->chosen.id ? ", taken" : ", left out");
    }
    return 0;
}

/* --- what is printed ----------------------------------------------------------------------------
 */

static void print_ledger(const char *who, const struct acri_ledger *l)
{
    uint64_t n_settled = l->succeeded + l->failed + l->cancelled + l->lost;

    printf("%s: %llu requests started = %llu succeeded + %llu failed + %llu cancelled + %llu in "
           "flight + %llu lost; %llu attempts\n",
           who, (unsigned long long)l->started, (unsigned long long)l->succeeded,
           (unsigned long long)l->failed, (unsigned long long)l->cancelled,
           (unsigned long long)(l->started > n_settled ? l->started - n_settled : 0),
           (unsigned long long)l->lost, (unsigned long long)l->attempts);
}

/* What reports read. */
static void look(struct merge *m, struct acr_snapshot *ret_snapshot)
{
    uint64_t end_ns = m->stats->last_ns > BASE_NS ? m->stats->last_ns : BASE_NS;
    struct acri_run_info info = { .state = "stopped",
                                  .start_real_ns = m->chosen.id,
                                  .elapsed_s = (double)(end_ns - BASE_NS) / 1e9 };

    acri_stats_tick(m->stats, end_ns);
    acri_snapshot_init(ret_snapshot, m->stats, &info);
}

static void print_all(const struct merge *m, const struct acr_snapshot *s)
{
    struct acri_console console;
    char when[32];

    print_time(when, sizeof(when), m->chosen.id);
    printf("Run %llu of %s\n", (unsigned long long)m->chosen.id, when);
    acri_console_init(&console, stdout, acri_console_columns(STDOUT_FILENO));
    acri_console_final(&console, s);
    for (size_t i = 0; i < m->n_workers; i++) {
        char who[128];

        snprintf(who, sizeof(who), "worker %s, %llu reports", m->workers[i].name,
                 (unsigned long long)m->workers[i].n_reports);
        if (m->workers[i].n_reports > 0)
            print_ledger(who, &m->workers[i].ledger);
    }
    print_ledger("all", &m->stats->ledger);
    if (m->n_repeated > 0)
        printf("%llu reports were there more than once, and are counted once\n",
               (unsigned long long)m->n_repeated);
    if (m->n_skipped > 0)
        printf("%llu journals begin with a summary of reports that others have, too: these are "
               "counted once\n",
               (unsigned long long)m->n_skipped);
}

static void done(struct merge *m)
{
    for (size_t i = 0; i < m->n_workers; i++)
        acri_merge_once_done(&m->workers[i].counted);
    free(m->workers);
    free(m->of_file);
    free(m->is_summary);
    free(m->runs);
    acri_merge_reports_done(&m->reports);
    acri_stats_free(m->stats);
}

/* Returns: the exit code. */
static int report(struct merge *m, const struct acri_merge_arguments *w)
{
    struct acri_error error;
    struct acr_snapshot s;
    int exit_code;

    look(m, &s);
    print_all(m, &s);
    if (w->n_reports == 0)
        return 0;
    exit_code = acri_reporting_write(&s, w->n_reports, w->reports, &error);
    if (error.text[0] != '\0')
        fprintf(stderr, "acrida merge: %s\n", error.text);
    return exit_code;
}

static int merge(const struct acri_merge_arguments *w)
{
    struct merge m = { .is_summary = acri_alloc((size_t)w->n_paths * sizeof(bool)) };
    struct acri_error error = { "" };
    int r = read_all(&m, w->paths, w->n_paths, &error);
    int exit_code = 1;

    if (r == 0)
        r = choose(&m, w->run, &error);
    if (r == 0) {
        m.is_adding = true;
        m.stats = acri_stats_new(BASE_NS, m.chosen.id);
        /* Sums first: single reports can be left out. */
        m.of_summaries = true;
        r = read_all(&m, w->paths, w->n_paths, &error);
        m.of_summaries = false;
        if (r == 0)
            r = read_all(&m, w->paths, w->n_paths, &error);
        add_reports(&m);
        settle(&m);
    }
    if (r == 0)
        exit_code = report(&m, w);
    else
        fprintf(stderr, "acrida merge: %s\n", error.text);
    done(&m);
    return exit_code == 0 && m.is_damaged ? 1 : exit_code;
}

int acri_command_merge(int argc, char **argv)
{
    struct acri_merge_arguments w;
    struct acri_error error = { "" };
    int exit_code = 2;

    if (acri_commands_wants_help(argc, argv, usage))
        return 0;
    if (acri_merge_arguments_read(&w, argc, argv, &error) == 0)
        exit_code = merge(&w);
    else
        fprintf(stderr, "acrida merge: %s\n", error.text);
    acri_merge_arguments_done(&w);
    return exit_code;
}
