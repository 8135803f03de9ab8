/* SPDX-License-Identifier: MIT */
/* acrida merge: the statistics of a run from what its workers and its master have left in files. */
#include "app/commands.h"

#include "app/console.h"
#include "base/clock.h"
#include "dist/journal_file.h"
#include "engine/cluster_report.h"
#include "stats/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Any time will do, but 0. */
#define BASE_NS ACRI_NS_PER_S

static const char usage[] =
    "Usage: acrida merge [--run NUMBER] FILE...\n"
    "\n"
    "Print the statistics of a run from the reports in files: those that workers write when\n"
    "their master is gone (acrida-reports-PORT-PID.bin), and the master's journal. A report\n"
    "that is in several files counts once. Of several runs the latest is taken, or --run.\n";

/* Reports from first to last are counted. */
struct range {
    uint64_t first;
    uint64_t last;
};

struct worker {
    unsigned char uuid[16];
    char name[64];
    struct range *ranges; /* n_ranges elements, ascending, with gaps between them */
    size_t n_ranges;
    uint64_t n_reports;
    struct acri_ledger ledger;
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
    size_t *of_file; /* n_of_file elements: by the file's own numbers; SIZE_MAX = unknown */
    size_t n_of_file;
    struct run *runs;
    size_t n_runs;
    struct run chosen;
    struct acri_stats *stats;
    uint64_t n_repeated;
    bool has_summary; /* this file */
    bool is_damaged;
};

/* --- once each ----------------------------------------------------------------------------------
 */

/* Returns: false: it is there already. */
static bool mark(struct worker *w, uint64_t seq)
{
    size_t i = w->n_ranges;

    while (i > 0 && w->ranges[i - 1].first > seq)
        i--;
    /* Now ranges[i - 1] begins at or before it, and ranges[i] behind it. */
    if (i > 0 && seq <= w->ranges[i - 1].last)
        return false;
    if (i > 0 && seq == w->ranges[i - 1].last + 1) {
        w->ranges[i - 1].last = seq;
        if (i < w->n_ranges && w->ranges[i].first == seq + 1) {
            w->ranges[i - 1].last = w->ranges[i].last;
            memmove(&w->ranges[i], &w->ranges[i + 1], (--w->n_ranges - i) * sizeof(*w->ranges));
        }
    } else if (i < w->n_ranges && w->ranges[i].first == seq + 1) {
        w->ranges[i].first = seq;
    } else {
        w->ranges = acri_realloc(w->ranges, (w->n_ranges + 1) * sizeof(*w->ranges));
        memmove(&w->ranges[i + 1], &w->ranges[i], (w->n_ranges++ - i) * sizeof(*w->ranges));
        w->ranges[i] = (struct range){ seq, seq };
    }
    return true;
}

/* --- records ------------------------------------------------------------------------------------
 */

static void take_worker(struct merge *m, const struct acri_journal_record *r)
{
    size_t index = 0;

    while (index < m->n_workers && memcmp(m->workers[index].uuid, r->uuid, sizeof(r->uuid)) != 0)
        index++;
    if (index == m->n_workers) {
        m->workers = acri_realloc(m->workers, (index + 1) * sizeof(*m->workers));
        m->workers[m->n_workers++] = (struct worker){ .ranges = NULL };
        memcpy(m->workers[index].uuid, r->uuid, sizeof(r->uuid));
        snprintf(m->workers[index].name, sizeof(m->workers[index].name), "%s",
                 r->info != NULL ? r->info->name : "");
    }
    if (r->worker >= 1u << 20)
        return;
    while (m->n_of_file <= r->worker) {
        m->of_file = acri_realloc(m->of_file, (m->n_of_file + 1) * sizeof(*m->of_file));
        m->of_file[m->n_of_file++] = SIZE_MAX;
    }
    m->of_file[r->worker] = index;
}

static void note_run(struct merge *m, const struct acri_journal_record *r)
{
    size_t i = 0;

    while (i < m->n_runs && m->runs[i].id != r->run_id)
        i++;
    if (i == m->n_runs) {
        m->runs = acri_realloc(m->runs, (i + 1) * sizeof(*m->runs));
        m->runs[m->n_runs++] = (struct run){ .id = r->run_id };
    }
    m->runs[i].n_reports++;
    if (r->epoch > m->runs[i].epoch)
        m->runs[i].epoch = r->epoch;
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

/* Of statistics that were reset later, the ledger counts only. */
static void add_report(struct merge *m, struct worker *w, const struct acri_journal_record *r)
{
    static const struct acri_plan no_plan = { 0 };
    bool is_current = r->epoch == m->chosen.epoch;
    struct acri_stats *to = is_current ? m->stats : acri_stats_new(BASE_NS, m->chosen.id);
    struct acri_ledger before = to->ledger;

    if (acri_cluster_report_take(&no_plan, to, NULL, w->name, BASE_NS, r->bytes, r->n_bytes) < 0) {
        complain(m, "a report cannot be read: it is left out");
    } else {
        w->n_reports++;
        add_difference(&w->ledger, &before, &to->ledger);
    }
    if (is_current)
        return;
    acri_ledger_add(&m->stats->ledger, &to->ledger);
    acri_stats_free(to);
}

static void take_report(struct merge *m, const struct acri_journal_record *r)
{
    size_t index = r->worker < m->n_of_file ? m->of_file[r->worker] : SIZE_MAX;

    if (!m->is_adding) {
        note_run(m, r);
        return;
    }
    if (r->run_id != m->chosen.id)
        return;
    if (index == SIZE_MAX)
        complain(m, "a report of a worker that the file does not name is left out");
    else if (mark(&m->workers[index], r->seq))
        add_report(m, &m->workers[index], r);
    else
        m->n_repeated++;
}

static void on_record(void *arg, const struct acri_journal_record *r)
{
    struct merge *m = arg;

    if (r->kind == ACRI_JOURNAL_WORKER)
        take_worker(m, r);
    else if (r->kind == ACRI_JOURNAL_REPORT)
        take_report(m, r);
    else if (r->kind == ACRI_JOURNAL_STATE || r->kind == ACRI_JOURNAL_HAVE)
        m->has_summary = true;
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
    if (m->has_summary)
        return acri_fail(reterr, -ENOTSUP,
                         "%s holds earlier reports as a summary, which only a master can go on "
                         "with: start the master again with --journal %s",
                         path, path);
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

    for (int i = 0; i < n && r == 0; i++)
        r = read_file(m, paths[i], reterr);
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

static void print_all(struct merge *m)
{
    uint64_t end_ns = m->stats->last_ns > BASE_NS ? m->stats->last_ns : BASE_NS;
    struct acri_run_info info = { .state = "stopped",
                                  .start_real_ns = m->chosen.id,
                                  .elapsed_s = (double)(end_ns - BASE_NS) / 1e9 };
    struct acri_console console;
    struct acr_snapshot snapshot;
    char when[32];

    print_time(when, sizeof(when), m->chosen.id);
    printf("Run %llu of %s\n", (unsigned long long)m->chosen.id, when);
    acri_stats_tick(m->stats, end_ns);
    acri_snapshot_init(&snapshot, m->stats, &info);
    acri_console_init(&console, stdout, acri_console_columns(STDOUT_FILENO));
    acri_console_final(&console, &snapshot);
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
}

static void done(struct merge *m)
{
    for (size_t i = 0; i < m->n_workers; i++)
        free(m->workers[i].ranges);
    free(m->workers);
    free(m->of_file);
    free(m->runs);
    acri_stats_free(m->stats);
}

static int merge(char **paths, int n, uint64_t wanted)
{
    struct merge m = { .is_adding = false };
    struct acri_error error = { "" };
    int r = read_all(&m, paths, n, &error);

    if (r == 0)
        r = choose(&m, wanted, &error);
    if (r == 0) {
        m.is_adding = true;
        m.stats = acri_stats_new(BASE_NS, m.chosen.id);
        r = read_all(&m, paths, n, &error);
    }
    if (r == 0)
        print_all(&m);
    else
        fprintf(stderr, "acrida merge: %s\n", error.text);
    done(&m);
    return r < 0 || m.is_damaged ? 1 : 0;
}

int acri_command_merge(int argc, char **argv)
{
    uint64_t wanted = 0;
    int first = 1;

    if (acri_commands_wants_help(argc, argv, usage))
        return 0;
    if (argc > 2 && strcmp(argv[1], "--run") == 0) {
        char *end;

        errno = 0;
        wanted = strtoull(argv[2], &end, 10);
        if (errno != 0 || *end != '\0' || argv[2][0] == '-' || wanted == 0) {
            fprintf(stderr, "acrida merge: --run wants the number of a run, not '%s'\n", argv[2]);
            return 2;
        }
        first = 3;
    }
    if (first >= argc) {
        fprintf(stderr, "acrida merge: give it at least one file; see acrida merge --help\n");
        return 2;
    }
    return merge(argv + first, argc - first, wanted);
}
