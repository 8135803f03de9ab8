/* SPDX-License-Identifier: MIT */
/* Patterns are found where they are, and not where they are not: by many made histories of each
 * kind. */
#include "support/unit.h"

#include "support/made_history.h"

#include "results/json_text.h"
#include "results/patterns.h"

#include <stdio.h>

#define SEEDS (UNIT_UNDER_SANITIZER ? 12 : 60)
#define HITS_MIN (SEEDS * 19 / 20)
#define OTHERS_MAX 2
#define ALARMS_MAX 1 /* 2 % of 60 */

static struct made m;
static struct pattern found[PATTERNS_MAX];

typedef void make_function(uint64_t seed);

static size_t find(make_function *make, uint64_t seed)
{
    make(seed);
    return patterns_find(made_input(&m), found, PATTERNS_MAX);
}

static const struct pattern *find_kind(size_t n, enum pattern_kind kind)
{
    for (size_t i = 0; i < n; i++)
        if (found[i].kind == kind)
            return &found[i];
    return NULL;
}

/* How often it is found, and found alone. */
static void expect_hits(const char *what, make_function *make, enum pattern_kind kind,
                        bool (*is_right)(const struct pattern *p))
{
    size_t n_hits = 0;
    size_t n_others = 0;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        size_t n = find(make, seed);
        const struct pattern *p = find_kind(n, kind);

        if (p != NULL && (is_right == NULL || is_right(p)))
            n_hits++;
        else
            print_message("  %s, seed %u: %s: %s\n", what, (unsigned)seed,
                          p != NULL ? p->title : found[0].title,
                          p != NULL ? p->evidence : found[0].evidence);
        for (size_t i = 0; i < n; i++) {
            if (found[i].kind == kind || found[i].kind == PATTERN_NONE)
                continue;
            n_others++;
            print_message("  %s, seed %u, besides: %s: %s\n", what, (unsigned)seed, found[i].title,
                          found[i].evidence);
        }
    }
    print_message("%-44s %2zu of %d, others %zu\n", what, n_hits, SEEDS, n_others);
    assert_true(n_hits >= HITS_MIN);
    assert_true(n_others <= OTHERS_MAX);
}

static void expect_none(const char *what, make_function *make)
{
    size_t n_alarms = 0;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        size_t n = find(make, seed);

        assert_true(n >= 1);
        if (n == 1 && found[0].kind == PATTERN_NONE)
            continue;
        n_alarms++;
        print_message("  %s, seed %u: %s: %s\n", what, (unsigned)seed, found[0].title,
                      found[0].evidence);
    }
    print_message("%-44s %2zu false alarms of %d\n", what, n_alarms, SEEDS);
    assert_true(n_alarms <= ALARMS_MAX);
}

static bool is_near(double value, double wanted, double share)
{
    return fabs(value - wanted) <= share * wanted;
}

/* --- over the load -----------------------------------------------------------------------------
 */

static void linear_ramp(uint64_t seed)
{
    made_begin(&m, seed, 80, 1);
    made_ramp(&m, 1, 50, 60);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i, (5 + 0.8 * m.users[i]) * made_noise(&m, 0, 0.12, 0), 0);
}

static void linear_steps(uint64_t seed)
{
    made_begin(&m, seed, 100, 1);
    for (size_t i = 0; i < m.n; i++) {
        m.users[i] = 10 * (1 + (double)(i / 20));
        made_answer(&m, i, (4 + 1.5 * m.users[i]) * made_noise(&m, 0, 0.1, 0.3), 20);
    }
}

static void linear_arrivals(uint64_t seed)
{
    made_begin(&m, seed, 60, 1);
    for (size_t i = 0; i < m.n; i++) {
        m.arrivals[i] = 50 + 10 * (double)i;
        m.users[i] = 1 + floor(8 * made_unit(&m));
        m.rate[0][i] = m.arrivals[i] * made_noise(&m, 1, 0.03, 0);
        m.ms[0][i] = (10 + 0.05 * m.arrivals[i]) * made_noise(&m, 0, 0.08, 0);
    }
}

static void cliff(uint64_t seed)
{
    made_begin(&m, seed, 80, 1);
    made_ramp(&m, 1, 60, 60);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i,
                    (m.users[i] <= 40 ? 8 + 0.02 * m.users[i] : 120) *
                        made_noise(&m, 0, m.users[i] <= 40 ? 0.1 : 0.25, 0.2),
                    50);
}

static void cliff_steps(uint64_t seed)
{
    made_begin(&m, seed, 75, 1);
    for (size_t i = 0; i < m.n; i++) {
        m.users[i] = 20 * (1 + (double)(i / 15));
        made_answer(&m, i, (m.users[i] <= 60 ? 8 : 60) * made_noise(&m, 0, 0.15, 0), 50);
    }
}

static void cliff_of_failures(uint64_t seed)
{
    made_begin(&m, seed, 80, 1);
    made_ramp(&m, 1, 60, 60);
    for (size_t i = 0; i < m.n; i++) {
        made_answer(&m, i, 8 * made_noise(&m, 0, 0.1, 0), 50);
        m.failures[0][i] =
            m.rate[0][i] * (m.users[i] > 40 ? 0.3 * made_noise(&m, 1, 0.2, 0) : 0.001);
    }
}

/* Six servers of 20 ms and a second to think: by Little's law. */
static void saturation(uint64_t seed)
{
    made_begin(&m, seed, 120, 1);
    made_ramp(&m, 4, 600, 100);
    for (size_t i = 0; i < m.n; i++) {
        double busy = m.users[i] / 300 * 1000 - 1000;

        made_answer(&m, i, fmax(20, busy) * made_noise(&m, 0, 0.1, 0.2), 1000);
    }
}

static bool has_line(const struct pattern *p)
{
    return !p->is_broken && p->at_what == PATTERN_AT_NOTHING && p->goodness > 0.6;
}

static bool has_slope_of_ramp(const struct pattern *p)
{
    return has_line(p) && is_near(p->slope, 0.8, 0.15) && p->recovery_s != p->recovery_s;
}

static bool has_slope_of_arrivals(const struct pattern *p)
{
    return p->is_open && is_near(p->slope, 0.05, 0.2);
}

static bool has_knee_at_40(const struct pattern *p)
{
    return p->at_what == PATTERN_AT_USERS && is_near(p->at, 40, 0.1) && p->to_s == 80;
}

static bool has_knee_at_60(const struct pattern *p)
{
    return is_near(p->at, 60, 0.01) && is_near(p->after_ms, 60, 0.2);
}

static bool is_failing_from_40(const struct pattern *p)
{
    return p->is_broken && is_near(p->at, 40, 0.1);
}

static bool has_ceiling(const struct pattern *p)
{
    return !p->is_broken && is_near(p->at, 306, 0.2) && strstr(p->title, "Saturated") != NULL;
}

static void patterns_over_the_load_are_found(void **state)
{
    (void)state;
    expect_hits("linear, ramp", linear_ramp, PATTERN_LINEAR, has_slope_of_ramp);
    expect_hits("linear, steps", linear_steps, PATTERN_LINEAR, has_line);
    expect_hits("linear, arrivals", linear_arrivals, PATTERN_LINEAR, has_slope_of_arrivals);
    expect_hits("cliff, ramp", cliff, PATTERN_CLIFF, has_knee_at_40);
    expect_hits("cliff, steps", cliff_steps, PATTERN_CLIFF, has_knee_at_60);
    expect_hits("cliff, failures alone", cliff_of_failures, PATTERN_CLIFF, is_failing_from_40);
    expect_hits("saturation", saturation, PATTERN_SATURATION, has_ceiling);
}

/* --- over time ---------------------------------------------------------------------------------
 */

static void sawtooth(uint64_t seed)
{
    made_begin(&m, seed, 60, 1);
    made_ramp(&m, 20, 20, 0);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i, 10 * (1 + 2 * fmod(m.t[i], 10) / 10) * made_noise(&m, 0, 0.1, 0), 100);
}

/* Every 12.5 s a second and a half is four times as slow. */
static void collector(uint64_t seed)
{
    made_begin(&m, seed, 150, 1);
    made_ramp(&m, 1, 20, 10);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i, 10 * (fmod(m.t[i], 12.5) < 1.5 ? 4 : 1) * made_noise(&m, 0, 0.12, 0.2),
                    100);
}

static void short_sawtooth(uint64_t seed)
{
    made_begin(&m, seed, 22, 1);
    made_ramp(&m, 20, 20, 0);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i, 10 * (1 + 3 * fmod(m.t[i], 4) / 4) * made_noise(&m, 0, 0.08, 0), 100);
}

static void drift(uint64_t seed)
{
    made_begin(&m, seed, 900, 2);
    made_ramp(&m, 1, 30, 15);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i, (16 + 6 * m.t[i] / 1800) * made_noise(&m, 0, 0.15, 0.5), 200);
}

static void short_drift(uint64_t seed)
{
    made_begin(&m, seed, 30, 1);
    made_ramp(&m, 30, 30, 0);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i, (16 + 8 * m.t[i] / 30) * made_noise(&m, 0, 0.05, 0), 200);
}

static void all_slow(uint64_t seed)
{
    made_begin(&m, seed, 90, 1);
    made_ramp(&m, 1, 30, 10);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i, (m.t[i] < 50 ? 12 : 40) * made_noise(&m, 0, 0.15, 0.2), 200);
}

static bool has_period_of_10(const struct pattern *p)
{
    return is_near(p->period_s, 10, 0.03) && isnan(p->slope);
}

static bool has_period_of_12_5(const struct pattern *p)
{
    return is_near(p->period_s, 12.5, 0.03);
}

static bool has_period_of_4(const struct pattern *p)
{
    return is_near(p->period_s, 4, 0.05);
}

static bool is_leak(const struct pattern *p)
{
    return is_near(p->slope, 0.2, 0.35) && p->slope_low > 0 && p->slope_high > p->slope &&
           is_near(p->before_ms, 16, 0.1) && is_near(p->after_ms, 22, 0.1) && !p->is_broken;
}

static bool is_slow_from_50(const struct pattern *p)
{
    return p->at_what == PATTERN_AT_TIME && fabs(p->at - 50) <= 1 && p->name[0] == '\0';
}

static void patterns_over_time_are_found(void **state)
{
    (void)state;
    expect_hits("sawtooth", sawtooth, PATTERN_SAWTOOTH, has_period_of_10);
    expect_hits("sawtooth, collector", collector, PATTERN_SAWTOOTH, has_period_of_12_5);
    expect_hits("sawtooth, 22 points", short_sawtooth, PATTERN_SAWTOOTH, has_period_of_4);
    expect_hits("drift, 16 to 22 ms in 30 min", drift, PATTERN_DRIFT, is_leak);
    expect_hits("drift, 30 points", short_drift, PATTERN_DRIFT, NULL);
    expect_hits("slow at once, constant load", all_slow, PATTERN_SPIKE, is_slow_from_50);
}

/* --- of one endpoint ---------------------------------------------------------------------------
 */

static void endpoint(size_t e, size_t i, double ms, double sigma)
{
    made_entry(&m, e, i, ms * made_noise(&m, e + 1, sigma, 0.2),
               m.users[i] * (0.5 + 0.1 * (double)e) * made_noise(&m, 0, 0.05, 0));
}

static void one_spikes(uint64_t seed)
{
    made_begin(&m, seed, 80, 1);
    made_ramp(&m, 1, 40, 60);
    for (size_t i = 0; i < m.n; i++)
        for (size_t e = 0; e < 5; e++)
            endpoint(e, i, e == 2 && m.t[i] > 45 ? 150 : 10 + 5 * (double)e, 0.15);
}

static void one_comes_late(uint64_t seed)
{
    made_begin(&m, seed, 60, 1);
    made_ramp(&m, 20, 20, 0);
    for (size_t i = 0; i < m.n; i++) {
        for (size_t e = 0; e < 3; e++)
            endpoint(e, i, 10 + 5 * (double)e, 0.15);
        made_entry(&m, 3, i, 300 * made_noise(&m, 4, 0.3, 0), m.t[i] > 30 ? 10 : 0);
    }
}

static void one_drifts(uint64_t seed)
{
    made_begin(&m, seed, 360, 5);
    made_ramp(&m, 10, 10, 0);
    for (size_t i = 0; i < m.n; i++)
        for (size_t e = 0; e < 3; e++)
            endpoint(e, i, e == 1 ? 16 + 6 * m.t[i] / 1800 : 25, 0.1);
}

static void one_falls_off_a_cliff(uint64_t seed)
{
    made_begin(&m, seed, 80, 1);
    made_ramp(&m, 1, 60, 60);
    for (size_t i = 0; i < m.n; i++)
        for (size_t e = 0; e < 4; e++)
            endpoint(e, i, e == 3 && m.users[i] > 40 ? 200 : 20, 0.1);
}

static bool is_c_from_45(const struct pattern *p)
{
    return strcmp(p->name, "/c") == 0 && strcmp(p->type, "GET") == 0 && fabs(p->at - 46) <= 2;
}

static bool is_d(const struct pattern *p)
{
    return strcmp(p->name, "/d") == 0;
}

static bool is_b(const struct pattern *p)
{
    return strcmp(p->name, "/b") == 0 && is_near(p->slope, 0.2, 0.3);
}

static void the_endpoint_that_is_slow_is_named(void **state)
{
    (void)state;
    expect_hits("one endpoint of 5 becomes slow", one_spikes, PATTERN_SPIKE, is_c_from_45);
    expect_hits("a slow endpoint comes late", one_comes_late, PATTERN_SPIKE, is_d);
    expect_hits("one endpoint of 3 drifts", one_drifts, PATTERN_DRIFT, is_b);
    expect_hits("one endpoint has a knee", one_falls_off_a_cliff, PATTERN_SPIKE, is_d);
}

/* --- none --------------------------------------------------------------------------------------
 */

static void flat(uint64_t seed, size_t n, double sigma, double phi)
{
    made_begin(&m, seed, n, 1);
    made_ramp(&m, 20, 20, 0);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i, 20 * made_noise(&m, 0, sigma, phi), 100);
}

static void quiet(uint64_t seed)
{
    flat(seed, 60, 0.02, 0);
}

static void noisy(uint64_t seed)
{
    flat(seed, 120, 0.4, 0);
}

static void slow_noise(uint64_t seed)
{
    flat(seed, 120, 0.3, 0.6);
}

static void very_slow_noise(uint64_t seed)
{
    flat(seed, 300, 0.3, 0.85);
}

static void long_noise(uint64_t seed)
{
    flat(seed, 1200, 0.3, 0.5);
}

static void short_noise(uint64_t seed)
{
    flat(seed, 8 + seed % 14, 0.2, 0.2);
}

static void five_points(uint64_t seed)
{
    flat(seed, 5, 0.2, 0);
}

static void no_points(uint64_t seed)
{
    made_begin(&m, seed, 0, 1);
}

static void ramp(uint64_t seed)
{
    made_begin(&m, seed, 90, 1);
    made_ramp(&m, 1, 100, 60);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i, 20 * made_noise(&m, 0, 0.25, 0.4), 500);
}

static void slight_ramp(uint64_t seed)
{
    made_begin(&m, seed, 90, 1);
    made_ramp(&m, 1, 100, 60);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i, (20 + 0.03 * m.users[i]) * made_noise(&m, 0, 0.03, 0), 500);
}

static void short_ramp(uint64_t seed)
{
    made_begin(&m, seed, 10 + seed % 8, 1);
    made_ramp(&m, 2, 50, 12);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i, 20 * made_noise(&m, 0, 0.2, 0.2), 500);
}

static void warm_up(uint64_t seed)
{
    made_begin(&m, seed, 90, 1);
    made_ramp(&m, 1, 40, 20);
    for (size_t i = 0; i < m.n; i++)
        made_answer(&m, i, 20 * (1 + 8 * exp(-m.t[i] / 4)) * made_noise(&m, 0, 0.1, 0), 500);
}

static void one_outlier(uint64_t seed)
{
    flat(seed, 80, 0.1, 0);
    m.ms[0][10 + seed] = 2000;
}

static void outliers_at_random(uint64_t seed)
{
    flat(seed, 200, 0.1, 0);
    for (size_t i = 0; i < m.n; i++)
        m.ms[0][i] *= made_unit(&m) < 0.06 ? 6 : 1;
}

static void gaps(uint64_t seed)
{
    flat(seed, 150, 0.2, 0.3);
    for (size_t i = 0; i < m.n; i++) {
        if (made_unit(&m) < 0.2)
            m.ms[0][i] = NAN;
        if (made_unit(&m) < 0.1)
            m.rate[0][i] = 0;
        if (i > 60 && i < 80)
            m.rate[0][i] = NAN;
    }
}

static void waves_of_load(uint64_t seed)
{
    made_begin(&m, seed, 200, 1);
    for (size_t i = 0; i < m.n; i++) {
        m.users[i] = floor(50 + 40 * sin(m.t[i] / 10));
        made_answer(&m, i, 20 * made_noise(&m, 0, 0.2, 0.2), 500);
    }
}

static void many_endpoints(uint64_t seed)
{
    made_begin(&m, seed, 100, 1);
    made_ramp(&m, 2, 40, 40);
    for (size_t i = 0; i < m.n; i++)
        for (size_t e = 0; e < MADE_ENTRIES; e++)
            endpoint(e, i, 10 + 5 * (double)e, 0.3);
}

static void noise_is_not_taken_for_a_pattern(void **state)
{
    (void)state;
    expect_none("flat, 2 % noise", quiet);
    expect_none("flat, 40 % noise", noisy);
    expect_none("flat, noise with memory 0.6", slow_noise);
    expect_none("flat, noise with memory 0.85", very_slow_noise);
    expect_none("flat, 1,200 points", long_noise);
    expect_none("flat, 8 to 21 points", short_noise);
    expect_none("5 points", five_points);
    expect_none("no points", no_points);
    expect_none("a ramp that changes nothing", ramp);
    expect_none("a ramp of 10 to 17 points", short_ramp);
    expect_none("a ramp that changes too little to matter", slight_ramp);
    expect_none("warm-up", warm_up);
    expect_none("one outlier", one_outlier);
    expect_none("outliers at random", outliers_at_random);
    expect_none("gaps", gaps);
    expect_none("waves of load", waves_of_load);
    expect_none("20 endpoints", many_endpoints);
}

/* --- what is told --------------------------------------------------------------------------------
 */

static void a_peak_that_is_not_recovered_from_is_broken(void **state)
{
    size_t n;

    (void)state;
    made_begin(&m, 1, 100, 1);
    for (size_t i = 0; i < m.n; i++) {
        m.users[i] = i < 60 ? 1 + (double)i : 10;
        made_answer(&m, i, (i < 40 ? 8 : 120) * made_noise(&m, 0, 0.1, 0), 500);
    }
    n = patterns_find(made_input(&m), found, PATTERNS_MAX);
    assert_int_equal(n, 1);
    assert_int_equal(found[0].kind, PATTERN_CLIFF);
    assert_true(found[0].is_broken && isinf(found[0].recovery_s));
    assert_non_null(strstr(found[0].evidence, "did not come back"));
}

static void a_busy_generator_is_the_first_cause(void **state)
{
    static double cpu[MADE_POINTS];
    struct patterns_input in;

    (void)state;
    linear_ramp(1);
    in = *made_input(&m);
    for (size_t i = 0; i < m.n; i++)
        cpu[i] = i < 30 ? 40 : 99;
    in.cpu_percent = cpu;
    assert_int_equal(patterns_find(&in, found, PATTERNS_MAX), 1);
    assert_true(found[0].is_generator_busy);
    assert_non_null(strstr(patterns_advice(&found[0], false, 0), "generator"));
    assert_null(strstr(patterns_advice(&found[0], false, 1), "generator"));
    assert_null(strstr(patterns_advice(&found[0], true, 0), "generator"));
}

static void each_pattern_has_advice(void **state)
{
    (void)state;
    for (enum pattern_kind kind = PATTERN_LINEAR; kind <= PATTERN_SATURATION; kind++) {
        const struct pattern p = { .kind = kind };

        assert_non_null(patterns_name(kind));
        for (unsigned is_fix = 0; is_fix < 2; is_fix++) {
            assert_non_null(patterns_advice(&p, is_fix == 1, 0));
            assert_null(patterns_advice(&p, is_fix == 1, 10));
        }
    }
    assert_null(patterns_advice(&(struct pattern){ .kind = PATTERN_NONE }, false, 0));
}

static void json_tells_all(void **state)
{
    struct json_text j = { .depth = 0 };
    const char *text;

    (void)state;
    one_drifts(1);
    json_text_open(&j, NULL, '{');
    made_input(&m);
    m.entries[1].name = "/\"<\x1b";
    patterns_json(&j, found, patterns_find(&m.input, found, PATTERNS_MAX));
    json_text_close(&j, '}');
    csv_text_append(&j.text, "", 1);
    text = j.text.data;
    assert_non_null(strstr(text, "\"patterns\": ["));
    assert_non_null(strstr(text, "\"pattern\": \"drift\", \"title\": \"Slower and slower"));
    assert_non_null(strstr(text, "\"name\": \"/\\\"<\\u001b\", \"is_broken\": false"));
    assert_non_null(strstr(text, "\"at\": null"));
    assert_non_null(strstr(text, "\"slope_unit\": \"ms per minute\""));
    assert_non_null(strstr(text, "\"recovery_s\": null"));
    assert_non_null(strstr(text, "\"causes\": [\"Something grows"));
    csv_text_done(&j.text);
}

static void what_is_asked_for_is_what_is_written(void **state)
{
    (void)state;
    cliff_of_failures(1);
    assert_int_equal(patterns_find(made_input(&m), found, 0), 0);
    assert_int_equal(patterns_find(made_input(&m), found, 1), 1);
    m.input.total.average_ms = NULL; /* the median will do */
    m.input.total.p50_ms = m.ms[0];
    m.input.total.failures_per_s = NULL;
    m.input.arrivals_per_s = NULL;
    assert_int_equal(patterns_find(&m.input, found, 1), 1);
    assert_int_equal(found[0].kind, PATTERN_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_over_the_load_are_found),
        cmocka_unit_test(patterns_over_time_are_found),
        cmocka_unit_test(the_endpoint_that_is_slow_is_named),
        cmocka_unit_test(noise_is_not_taken_for_a_pattern),
        cmocka_unit_test(a_peak_that_is_not_recovered_from_is_broken),
        cmocka_unit_test(a_busy_generator_is_the_first_cause),
        cmocka_unit_test(each_pattern_has_advice),
        cmocka_unit_test(json_tells_all),
        cmocka_unit_test(what_is_asked_for_is_what_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
