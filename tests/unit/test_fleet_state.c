/* SPDX-License-Identifier: MIT */
/* A run that is put down as one piece: a master goes on with it, and `acrida merge` reads it. */
#include "support/unit.h"

#include "app/commands.h"
#include "app/fleet.h"
#include "app/fleet_journal.h"
#include "app/fleet_state.h"
#include "app/options.h"
#include "dist/journal_file.h"
#include "engine/cluster_report.h"
#include "engine/users.h"
#include "golden/sample.h"
#include "stats/delta.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RUN = 77, HAVE = 5 };

static char folder[] = "/tmp/acrida-state-XXXXXX";
static char journal[64], other[64];
static struct acri_plan plan;
static struct acri_run_common common = { .plan = &plan };
static struct acri_scenario scenario;
static struct acri_options *options;
static struct acri_buf state;
static struct sample sample;
static const struct acri_worker_info info = { .name = "north", .n_threads = 2 };

static void fleet_init(struct acri_fleet *f)
{
    *f = (struct acri_fleet){ .crew = { .run = &common },
                              .options = options,
                              .scenario = &scenario,
                              .run_id = RUN,
                              .epoch = 1,
                              .started_ns = SAMPLE_START_NS };
}

static void copy_ledger(struct acri_tally *to, const struct acri_ledger *from)
{
    *to = (struct acri_tally){ .started = from->started,
                               .succeeded = from->succeeded,
                               .failed = from->failed,
                               .cancelled = from->cancelled,
                               .lost = from->lost,
                               .attempts = from->attempts };
}

static void make_state(void)
{
    struct acri_fleet f;
    struct acri_fleet_worker *w;

    fleet_init(&f);
    w = acri_fleet_worker(&f, 0);
    copy_ledger(&w->reported, &sample.stats->ledger);
    w->n_reports = HAVE;
    w->iterations = (struct acri_fleet_iterations){ .given = 50, .returned = 3, .done = 20 };
    f.feeders[1] = 12;
    acri_buf_init(&state, 1u << 24);
    acri_fleet_journal_state(&f, sample.stats, &state);
    assert_false(state.is_cut);
    acri_fleet_done(&f);
}

static void put(struct acri_buf *b, uint64_t *number, struct acri_journal_record r)
{
    r.number = ++*number;
    acri_journal_file_put(b, &r);
}

static void put_report(void *arg, const void *bytes, size_t n)
{
    acri_pack_u64(arg, 1); /* statistics: see cluster_report.c */
    acri_buf_append(arg, bytes, n);
}

/* The worker, reports up to HAVE as a sum, one more; then all that it counted until it died. */
static void write_journal(const char *path, bool with_state, uint64_t first_seq, uint64_t lost)
{
    struct acri_buf b;
    struct acri_buf report;
    struct acri_buf note;
    struct acri_tally all;
    uint64_t number = 0;

    acri_buf_init(&b, 1u << 24);
    acri_buf_init(&report, 1u << 24);
    acri_buf_init(&note, 1024);
    acri_journal_file_put_begin(&b);
    put(&b, &number,
        (struct acri_journal_record){
            .kind = ACRI_JOURNAL_WORKER, .uuid = { 9, 8, 7 }, .info = &info });
    if (with_state) {
        put(&b, &number, (struct acri_journal_record){ .kind = ACRI_JOURNAL_HAVE, .seq = HAVE });
        put(&b, &number,
            (struct acri_journal_record){
                .kind = ACRI_JOURNAL_STATE, .bytes = state.data, .n_bytes = state.length });
    }
    acri_delta_encode(sample.stats, SAMPLE_START_NS, 1u << 23, put_report, &report);
    for (uint64_t seq = first_seq; seq <= HAVE + 1; seq++)
        put(&b, &number,
            (struct acri_journal_record){ .kind = ACRI_JOURNAL_REPORT,
                                          .seq = seq,
                                          .run_id = RUN,
                                          .epoch = 1,
                                          .bytes = report.data,
                                          .n_bytes = report.length });
    if (lost > 0) {
        copy_ledger(&all, &sample.stats->ledger);
        all.started = 2 * all.started + lost;
        all.attempts = 2 * all.attempts + lost;
        acri_pack_u64(&note, ACRI_FLEET_NOTE_DECEASED);
        acri_pack_u64(&note, RUN);
        acri_pack_u64(&note, 0);
        acri_fleet_state_pack_tally(&note, &all);
        put(&b, &number,
            (struct acri_journal_record){
                .kind = ACRI_JOURNAL_NOTE, .bytes = note.data, .n_bytes = note.length });
    }
    assert_int_equal(acri_journal_file_save(path, &b), 0);
    acri_buf_done(&note);
    acri_buf_done(&report);
    acri_buf_done(&b);
}

static int set_up(void **unused)
{
    (void)unused;
    assert_non_null(mkdtemp(folder));
    snprintf(journal, sizeof(journal), "%s/journal", folder);
    snprintf(other, sizeof(other), "%s/other", folder);
    options = acri_options_new();
    sample_make(&sample, 5, false);
    make_state();
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    unlink(journal);
    unlink(other);
    rmdir(folder);
    acri_buf_done(&state);
    sample_done(&sample);
    acri_options_free(options);
    return 0;
}

static void a_master_goes_on_with_it(void **unused)
{
    struct acri_fleet_past past = { .path = journal, .run_id = RUN, .last_number = UINT64_MAX };
    struct acri_stats *stats = acri_stats_new(SAMPLE_START_NS, SAMPLE_REAL_NS);
    struct acri_fleet f;

    (void)unused;
    write_journal(journal, true, HAVE + 1, 4);
    fleet_init(&f);
    acri_fleet_past_restore(&past, &f, stats);
    assert_int_equal(f.n_workers, 1);
    assert_string_equal(f.workers[0].info.name, "north");
    assert_int_equal(f.workers[0].n_reports, HAVE + 1);
    assert_int_equal(f.workers[0].iterations.given, 50);
    assert_int_equal(f.workers[0].iterations.returned, 3);
    assert_int_equal(f.feeders[1], 12);
    assert_int_equal(stats->ledger.started, 2 * sample.stats->ledger.started + 4);
    assert_int_equal(stats->total->counts.requests, 2 * sample.stats->total->counts.requests);
    acri_fleet_done(&f);
    acri_stats_free(stats);
}

/* Returns: the number before a word in the line of all workers. */
static uint64_t merged(int argc, char **argv, const char *word)
{
    char path[96], line[512];
    uint64_t n = UINT64_MAX;
    int out = dup(STDOUT_FILENO);
    FILE *f;

    snprintf(path, sizeof(path), "%s/out", folder);
    fflush(stdout);
    assert_non_null(freopen(path, "w", stdout));
    assert_int_equal(acri_command_merge(argc, argv), 0);
    fflush(stdout);
    assert_true(dup2(out, STDOUT_FILENO) >= 0);
    close(out);
    f = fopen(path, "r");
    while (fgets(line, sizeof(line), f) != NULL) {
        char *at = strncmp(line, "all:", 4) == 0 ? strstr(line, word) : NULL;

        if (at == NULL)
            continue;
        at--;
        while (at > line && at[-1] >= '0' && at[-1] <= '9')
            at--;
        n = strtoull(at, NULL, 10);
    }
    fclose(f);
    unlink(path);
    return n;
}

static void merge_reads_it(void **unused)
{
    char *argv[] = { "merge", journal, other, journal };
    const struct acri_ledger *l = &sample.stats->ledger;
    uint64_t n = l->started;
    uint64_t n_ended = l->succeeded + l->failed + l->cancelled;

    (void)unused;
    write_journal(journal, true, HAVE + 1, 4);
    write_journal(other, false, HAVE, 0);
    assert_int_equal(merged(2, argv, "requests started"), 2 * n + 4);
    /* What was in flight, too: its worker is dead. */
    assert_int_equal(merged(2, argv, "lost"), 2 * (n - n_ended) + 4);
    assert_int_equal(merged(2, argv, "in flight"), 0);
    /* The other file has the last that is in the sum, and the one behind it; in any order. */
    assert_int_equal(merged(3, argv, "requests started"), 2 * n + 4);
    assert_int_equal(merged(4, argv, "requests started"), 2 * n + 4);
    argv[1] = other;
    argv[2] = journal;
    assert_int_equal(merged(3, argv, "requests started"), 2 * n + 4);
}

static void a_state_that_is_cut_is_told(void **unused)
{
    static const struct acri_fleet_state_reader reader = { .worker = NULL };
    struct acri_unpack note;

    (void)unused;
    assert_true(acri_fleet_state_read(&reader, NULL, state.data, state.length));
    assert_true(acri_fleet_state_run(state.data, state.length, &note));
    assert_int_equal(acri_unpack_u64(&note), RUN);
    for (size_t n = 0; n < state.length; n++)
        assert_false(acri_fleet_state_read(&reader, NULL, state.data, n));
    assert_false(acri_fleet_state_run("", 0, &note));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_master_goes_on_with_it),
        cmocka_unit_test(merge_reads_it),
        cmocka_unit_test(a_state_that_is_cut_is_told),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
