/* SPDX-License-Identifier: MIT */
/* Whether one run is slower than another: on runs that never were, whose difference is known. */
#include "support/unit.h"

#include "compare.h"
#include "compare_math.h"
#include "compare_pair.h"
#include "compare_show.h"
#include "results/json_rows.h"

#include "base/clock.h"
#include "base/rng.h"
#include "stats/history.h"
#include "stats/snapshot.h"
#include "stats/stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EQUAL_PAIRS (UNIT_UNDER_SANITIZER ? 20 : 60)
#define UNEQUAL_PAIRS (UNIT_UNDER_SANITIZER ? 5 : 10)

#define START_NS (1000 * ACRI_NS_PER_S)

static const struct compare_options options = { .threshold = 0.05, .confidence = 0.95 };

/* What a run is like. Its speed wanders: neighbouring seconds are alike, as on real machines. */
struct kind {
    double slower;     /* 1 = as it is */
    double rate;       /* requests per second */
    double fail_ratio; /* of them */
    double wander;     /* deviation of the logarithm of the speed */
    double memory;     /* of one second of the one before */
    double other_runs; /* deviation of a run's own speed */
    unsigned n_seconds;
    unsigned n_users;
    double ramp; /* by how much times grow from the first to the last second */
};

static const struct kind usual = {
    .slower = 1, .rate = 20, .wander = 0.05, .memory = 0.7, .n_seconds = 120, .n_users = 10
};

static double normal(struct acri_rng *rng)
{
    double u = ((double)acri_rng_below(rng, 1u << 30) + 0.5) / (1u << 30);
    double v = ((double)acri_rng_below(rng, 1u << 30) + 0.5) / (1u << 30);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static void second(const struct kind *k, struct acri_rng *rng, struct acri_block *b, unsigned at,
                   double speed)
{
    double rate = k->rate * exp(-(speed < 0 ? 0 : speed) / 4) / sqrt(k->slower);
    unsigned n = (unsigned)(rate + sqrt(rate) / 4 * normal(rng) + 0.5);

    for (unsigned i = 0; i < n; i++) {
        double ms = 20 * k->slower * exp(speed + 0.4 * normal(rng)) *
                    (1 + k->ramp * (double)at / k->n_seconds);
        uint64_t sent_ns = START_NS + at * ACRI_NS_PER_S + i * ACRI_NS_PER_US;
        bool fails = (double)acri_rng_below(rng, 1000000) < k->fail_ratio * 1e6;
        const struct acri_record record = { .type = "GET",
                                            .name = i % 4 == 0 ? "/b" : "/a",
                                            .error = fails ? "no" : NULL,
                                            .intended_ns = sent_ns,
                                            .sent_ns = sent_ns,
                                            .answered_ns = sent_ns + (uint64_t)(ms * 1e6),
                                            .attempts = 1,
                                            .has_time = true };

        acri_block_started(b);
        acri_block_record(b, &record);
    }
}

/* Its JSON. Owner: the caller. */
static struct csv_text write_run(const struct kind *k, uint64_t seed)
{
    struct acri_stats *stats = acri_stats_new(START_NS, ACRI_NS_PER_S);
    struct acri_block *b = acri_block_new();
    const struct acri_history_sample sample = { .n_users = k->n_users, .target_users = k->n_users };
    const struct acri_run_info info = { .state = "stopped",
                                        .start_real_ns = ACRI_NS_PER_S,
                                        .elapsed_s = k->n_seconds };
    struct json_text j = { .depth = 0 };
    struct acr_snapshot s;
    struct acri_rng rng;
    double speed;
    double own;

    acri_rng_init(&rng, seed, 7);
    own = k->other_runs * normal(&rng);
    speed = k->wander * normal(&rng);
    acri_history_begin(stats, START_NS, START_NS);
    for (unsigned i = 0; i < k->n_seconds; i++) {
        speed = k->memory * speed + sqrt(1 - k->memory * k->memory) * k->wander * normal(&rng);
        second(k, &rng, b, i, own + speed);
        acri_stats_merge(stats, b);
        acri_stats_tick(stats, START_NS + (i + 1) * ACRI_NS_PER_S);
        acri_history_step(stats, START_NS + (i + 1) * ACRI_NS_PER_S, &sample);
    }
    acri_snapshot_init(&s, stats, &info);
    json_rows_measured(&j, &s, 0);
    acri_block_free(b);
    acri_stats_free(stats);
    return j.text;
}

static void make_run(struct saved_run *r, const struct kind *k, uint64_t seed)
{
    struct csv_text json = write_run(k, seed);
    char error[512];

    if (saved_parse(r, seed % 2 == 0 ? "a.json" : "b.json", json.data, json.length, error,
                    sizeof(error)) < 0)
        fail_msg("%s", error);
    csv_text_done(&json);
}

static enum compare_result result_of(const struct kind *a, const struct kind *b, uint64_t seed,
                                     const struct compare_options *o)
{
    struct saved_run runs[2];
    enum compare_result result;
    struct compare c;

    make_run(&runs[0], a, 2 * seed);
    make_run(&runs[1], b, 2 * seed + 1);
    assert_int_equal(compare_runs(&c, &runs[0], 1, &runs[1], 1, o), 0);
    result = c.result;
    compare_free(&c);
    saved_free(&runs[0]);
    saved_free(&runs[1]);
    return result;
}

/* Of so many pairs, how many end in each result. */
static void count_results(const struct kind *a, const struct kind *b, size_t n_pairs,
                          const char *what, size_t *n)
{
    memset(n, 0, (COMPARE_MIXED + 1) * sizeof(*n));
    for (uint64_t seed = 1; seed <= n_pairs; seed++)
        n[result_of(a, b, seed, &options)]++;
    print_message("%s: of %zu pairs %zu worse, %zu better, %zu mixed, %zu same, %zu cannot tell\n",
                  what, n_pairs, n[COMPARE_WORSE], n[COMPARE_BETTER], n[COMPARE_MIXED],
                  n[COMPARE_SAME], n[COMPARE_UNSURE]);
}

static void equal_runs_are_seldom_told_apart(void **state)
{
    struct kind wandering = usual;
    struct kind failing = usual;
    size_t n[COMPARE_MIXED + 1];

    (void)state;
    count_results(&usual, &usual, EQUAL_PAIRS, "equal", n);
    assert_true(n[COMPARE_WORSE] + n[COMPARE_BETTER] + n[COMPARE_MIXED] <= EQUAL_PAIRS / 20);
    wandering.memory = 0.95;
    wandering.wander = 0.1;
    wandering.n_seconds = 180;
    count_results(&wandering, &wandering, EQUAL_PAIRS, "equal, wandering slowly", n);
    assert_true(n[COMPARE_WORSE] + n[COMPARE_BETTER] + n[COMPARE_MIXED] <= EQUAL_PAIRS / 20);
    failing.fail_ratio = 0.02;
    failing.n_seconds = 60;
    count_results(&failing, &failing, EQUAL_PAIRS, "equal, short, with failures", n);
    assert_true(n[COMPARE_WORSE] + n[COMPARE_BETTER] + n[COMPARE_MIXED] <= EQUAL_PAIRS / 20);
}

static void a_tenth_is_found(void **state)
{
    struct kind longer = usual;
    struct kind ramp;
    struct kind slower_ramp;
    struct kind slower;
    size_t n[COMPARE_MIXED + 1];

    (void)state;
    longer.n_seconds = 180;
    slower = longer;
    slower.slower = 1.1;
    count_results(&longer, &slower, UNEQUAL_PAIRS, "10 % slower", n);
    assert_true(n[COMPARE_WORSE] >= UNEQUAL_PAIRS * 9 / 10);
    count_results(&slower, &longer, UNEQUAL_PAIRS, "10 % faster", n);
    assert_true(n[COMPARE_BETTER] >= UNEQUAL_PAIRS * 9 / 10);
    /* What both do at the same time is no noise. */
    ramp = longer;
    ramp.ramp = 3;
    slower_ramp = ramp;
    slower_ramp.slower = 1.1;
    count_results(&ramp, &slower_ramp, UNEQUAL_PAIRS, "10 % slower on a ramp", n);
    assert_true(n[COMPARE_WORSE] >= UNEQUAL_PAIRS * 9 / 10);
}

static void more_failures_are_worse(void **state)
{
    struct kind failing = usual;
    size_t n[COMPARE_MIXED + 1];

    (void)state;
    failing.fail_ratio = 0.02;
    count_results(&usual, &failing, 10, "2 % failures", n);
    assert_true(n[COMPARE_WORSE] >= 9);
}

static void a_small_difference_does_not_matter(void **state)
{
    const struct compare_options coarse = { .threshold = 0.1, .confidence = 0.95 };
    struct kind steady = usual;
    struct kind slower;
    size_t n_same = 0;

    (void)state;
    steady.rate = 60;
    steady.wander = 0.01;
    steady.n_seconds = 300;
    slower = steady;
    slower.slower = 1.01;
    for (uint64_t seed = 1; seed <= 10; seed++)
        n_same += result_of(&steady, &slower, seed, &coarse) == COMPARE_SAME;
    print_message("1 %% slower, where 10 %% matter: %zu of 10 pairs same\n", n_same);
    assert_true(n_same >= 9);
}

/* Each run has a speed of its own, which one of each cannot know. */
static void several_runs_know_what_varies_between_them(void **state)
{
    struct saved_run runs[10];
    struct kind varied = usual;
    struct kind slower;
    const uint64_t n = UNEQUAL_PAIRS;
    size_t n_wrong = 0;
    size_t n_found = 0;

    (void)state;
    varied.other_runs = 0.05;
    varied.n_seconds = 60;
    slower = varied;
    slower.slower = 1.4;
    for (uint64_t seed = 0; seed < 3 * n; seed++) {
        bool is_equal = seed % 3 != 0;
        struct compare c;

        for (uint64_t i = 0; i < 10; i++)
            make_run(&runs[i], i < 5 || is_equal ? &varied : &slower, 1000 + seed * 10 + i);
        assert_int_equal(compare_runs(&c, runs, 5, runs + 5, 5, &options), 0);
        n_wrong += is_equal && c.result != COMPARE_UNSURE && c.result != COMPARE_SAME;
        n_found += !is_equal && c.result == COMPARE_WORSE;
        compare_free(&c);
        for (size_t i = 0; i < 10; i++)
            saved_free(&runs[i]);
    }
    print_message("5 runs each: %zu of %u equal ones told apart, %zu of %u found\n", n_wrong,
                  2 * (unsigned)n, n_found, (unsigned)n);
    assert_true(n_wrong <= 1);
    assert_true(n_found >= n - 1);
}

static void compare_kinds(struct compare *c, struct saved_run *runs, const struct kind *a,
                          const struct kind *b)
{
    make_run(&runs[0], a, 2);
    make_run(&runs[1], b, 3);
    assert_int_equal(compare_runs(c, &runs[0], 1, &runs[1], 1, &options), 0);
}

static void end_kinds(struct compare *c, struct saved_run *runs)
{
    compare_free(c);
    saved_free(&runs[0]);
    saved_free(&runs[1]);
}

static void unlike_runs_are_not_compared(void **state)
{
    struct saved_run runs[2];
    struct kind other = usual;
    struct compare c;

    (void)state;
    other.n_users = 11;
    other.slower = 2;
    compare_kinds(&c, runs, &usual, &other);
    assert_true(c.is_refused);
    assert_int_equal(c.result, COMPARE_UNSURE);
    assert_non_null(strstr(c.notes[0], "the loads differ: 10 users on average in a.json, 11"));
    end_kinds(&c, runs);

    other = usual;
    other.slower = 2;
    make_run(&runs[0], &usual, 2);
    make_run(&runs[1], &other, 3);
    runs[1].verdict = "invalid";
    assert_int_equal(compare_runs(&c, &runs[0], 1, &runs[1], 1, &options), 0);
    assert_true(c.is_refused);
    assert_int_equal(c.result, COMPARE_UNSURE);
    assert_non_null(strstr(c.notes[0], "cannot tell: b.json: the run is invalid"));
    end_kinds(&c, runs);
}

static void too_little_says_nothing(void **state)
{
    struct saved_run runs[2];
    struct kind brief = usual;
    struct kind slow;
    struct compare c;

    (void)state;
    brief.n_seconds = 3;
    slow = brief;
    slow.slower = 10;
    compare_kinds(&c, runs, &brief, &slow);
    assert_int_equal(c.result, COMPARE_UNSURE);
    assert_string_equal(c.rows[COMPARE_RATE].why, "too short");
    assert_string_equal(c.rows[COMPARE_P99].why, "too few requests");
    end_kinds(&c, runs);
    brief.n_seconds = 0;
    compare_kinds(&c, runs, &brief, &brief);
    assert_true(c.is_refused);
    assert_int_equal(c.result, COMPARE_UNSURE);
    end_kinds(&c, runs);
}

/* A run of 25 minutes has points of 2 s, a short one of 1 s. */
static void lengths_may_differ(void **state)
{
    struct saved_run runs[2];
    struct kind longer = usual;
    struct compare_pair p;
    struct compare c;

    (void)state;
    longer.n_seconds = 1500;
    longer.rate = 10;
    longer.slower = 1.5;
    compare_kinds(&c, runs, &usual, &longer);
    assert_int_equal(c.result, COMPARE_WORSE);
    assert_null(compare_pair_align(&p, &runs[0], &runs[1]));
    assert_true(p.interval_s == 2);
    assert_int_equal(p.every_a, 2);
    assert_int_equal(p.every_b, 1);
    assert_int_equal(p.n, 60);
    runs[1].reset_s = 30.5; /* what was before a reset is left out */
    assert_null(compare_pair_align(&p, &runs[0], &runs[1]));
    assert_int_equal(p.first, 16);
    assert_int_equal(p.n, 44);
    runs[1].reset_s = 1e300;
    assert_non_null(compare_pair_align(&p, &runs[0], &runs[1]));
    end_kinds(&c, runs);
}

static void the_quantile_of_t_is_that_of_tables(void **state)
{
    (void)state;
    assert_true(fabs(compare_t_quantile(0.975, 1) - 12.7062) < 1e-4);
    assert_true(fabs(compare_t_quantile(0.975, 5) - 2.57058) < 1e-5);
    assert_true(fabs(compare_t_quantile(0.95, 10) - 1.81246) < 1e-5);
    assert_true(fabs(compare_t_quantile(0.9995, 30) - 3.64596) < 1e-5);
    assert_true(fabs(compare_t_quantile(0.975, 1e6) - 1.95997) < 1e-4);
    assert_true(compare_t_quantile(0.5, 7) < 1e-9);
    assert_true(isnan(compare_t_quantile(1, 7)));
}

/* --- the command
 * --------------------------------------------------------------------------------- */

static char folder[] = "/tmp/acrida-compare-XXXXXX";

static char *in_folder(const char *name)
{
    static char paths[4][300];
    static unsigned n;
    char *path = paths[n++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static void put_file(const char *name, const char *data, size_t bytes)
{
    FILE *f = fopen(in_folder(name), "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, bytes, f), bytes);
    fclose(f);
}

static char said[100000];

/* With stdout and stderr in `said`. */
static int run_command(int argc, char **argv)
{
    int saved[2] = { dup(1), dup(2) };
    FILE *f = tmpfile();
    int exit_code;
    size_t n;

    assert_non_null(f);
    fflush(NULL);
    dup2(fileno(f), 1);
    dup2(fileno(f), 2);
    exit_code = compare_command(argc, argv);
    fflush(NULL);
    dup2(saved[0], 1);
    dup2(saved[1], 2);
    close(saved[0]);
    close(saved[1]);
    rewind(f);
    n = fread(said, 1, sizeof(said) - 1, f);
    said[n] = '\0';
    fclose(f);
    return exit_code;
}

#define RUN(...)                                                                \
    run_command((int)(sizeof((char *[]){ "x", __VA_ARGS__ }) / sizeof(char *)), \
                (char *[]){ "compare", __VA_ARGS__, NULL })

static void the_command_tells_and_fails(void **state)
{
    struct kind slower = usual;
    struct csv_text json;
    char *a, *b;

    (void)state;
    slower.slower = 1.3;
    json = write_run(&usual, 2);
    put_file("a.json", json.data, json.length);
    csv_text_done(&json);
    json = write_run(&slower, 3);
    put_file("b.json", json.data, json.length);
    a = in_folder("a.json");
    b = in_folder("b.json");
    assert_int_equal(RUN(a, b), 0);
    assert_non_null(strstr(said, "B is slower than A, or fails more: "));
    assert_non_null(strstr(said, "Aggregated"));
    assert_int_equal(RUN("--fail", a, b), 3);
    assert_int_equal(RUN("--fail", b, a), 0);
    assert_non_null(strstr(said, "B is faster than A"));
    assert_int_equal(RUN("--fail", "--threshold=90 %", a, b), 0);
    assert_int_equal(RUN("--json", a, b), 0);
    assert_non_null(strstr(said, "\"result\": \"worse\""));
    assert_int_equal(RUN("--baseline", a, b), 0);
    /* Not what it should be. */
    put_file("cut.json", json.data, json.length / 2);
    csv_text_done(&json);
    assert_int_equal(RUN(a, in_folder("cut.json")), 1);
    assert_non_null(strstr(said, "cut.json: it is not JSON, or cut short: line "));
}

static void what_is_no_result_is_refused(void **state)
{
    static const struct {
        const char *text;
        const char *line;
    } bad[] = {
        { "", "it is empty: the run did not end" },
        { "a,b,c\n1,2,3\n", "it is not JSON" },
        { "[]", "not what --json-file writes" },
        { "{\"schema\": 1}", "not what --json-file writes" },
        { "{\"schema\": 2, \"run\": {}}", "its schema is another" },
        { "{\"schema\": 1, \"run\": {}}", "not as it writes them" },
        { "{\"schema\": 1, \"run\": {\"start_time\": \"x\", \"reset_time\": [], "
          "\"duration_s\": -1}}",
          "not as it writes them" },
        { "{\"schema\": 1, \"run\": {\"start_time\": 1, \"reset_time\": 1, \"duration_s\": 1}, "
          "\"history\": {\"interval_s\": 0, \"time_s\": []}}",
          "not as it writes them" },
        { "{\"schema\": 1, \"run\": {\"start_time\": 1, \"reset_time\": 1, \"duration_s\": 1}, "
          "\"total\": {\"requests\": -1}, \"entries\": []}",
          "not as it writes them" },
    };
    char nested[5000];

    (void)state;
    for (size_t i = 0; i < ACR_LEN(bad); i++) {
        put_file("bad.json", bad[i].text, strlen(bad[i].text));
        assert_int_equal(RUN(in_folder("a.json"), in_folder("bad.json")), 1);
        if (strstr(said, bad[i].line) == NULL)
            fail_msg("%s\nsays: %s", bad[i].text, said);
    }
    memset(nested, '[', sizeof(nested));
    put_file("bad.json", nested, sizeof(nested));
    assert_int_equal(RUN(in_folder("a.json"), in_folder("bad.json")), 1);
    put_file("bad.json", "", 0);
    assert_int_equal(truncate(in_folder("bad.json"), (off_t)SAVED_BYTES_MAX + 1), 0);
    assert_int_equal(RUN(in_folder("a.json"), in_folder("bad.json")), 1);
    assert_non_null(strstr(said, "larger than 256 MB"));
    assert_int_equal(RUN(in_folder("a.json"), folder), 1);
    assert_non_null(strstr(said, "it is not a file"));
    assert_int_equal(RUN(in_folder("a.json"), in_folder("none.json")), 1);
    assert_non_null(strstr(said, "No such file"));
}

static void wrong_usage_is_told(void **state)
{
    char *none[] = { "compare", NULL };

    (void)state;
    assert_int_equal(run_command(1, none), 2);
    assert_int_equal(RUN("a"), 2);
    assert_int_equal(RUN("a", "b", "c"), 2);
    assert_int_equal(RUN("--baseline", "a,b", "c"), 2);
    assert_non_null(strstr(said, "one side has one alone"));
    assert_int_equal(RUN("--baseline", "a,b"), 2);
    assert_int_equal(RUN("--baseline", ","), 2);
    assert_int_equal(RUN("a", "--baseline", "b"), 2);
    assert_int_equal(RUN("a", "b", "--threshold"), 2);
    assert_int_equal(RUN("a", "b", "--threshold", "x"), 2);
    assert_int_equal(RUN("a", "b", "--threshold", "-1"), 2);
    assert_int_equal(RUN("a", "b", "--confidence=100%"), 2);
    assert_int_equal(RUN("a", "b", "--frob"), 2);
    assert_non_null(strstr(said, "there is no option '--frob'; see acrida compare --help"));
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const names[] = { "a.json", "b.json", "cut.json", "bad.json" };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(names); i++)
        unlink(in_folder(names[i]));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_quantile_of_t_is_that_of_tables),
        cmocka_unit_test(equal_runs_are_seldom_told_apart),
        cmocka_unit_test(a_tenth_is_found),
        cmocka_unit_test(more_failures_are_worse),
        cmocka_unit_test(a_small_difference_does_not_matter),
        cmocka_unit_test(several_runs_know_what_varies_between_them),
        cmocka_unit_test(unlike_runs_are_not_compared),
        cmocka_unit_test(too_little_says_nothing),
        cmocka_unit_test(lengths_may_differ),
        cmocka_unit_test(the_command_tells_and_fails),
        cmocka_unit_test(what_is_no_result_is_refused),
        cmocka_unit_test(wrong_usage_is_told),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
