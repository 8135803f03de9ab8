/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "stats/goal_parse.h"

#include <acrida/report.h>

#include <errno.h>
#include <math.h>
#include <string.h>

static struct acri_goal_spec spec;

static void parse(const char *text)
{
    struct acri_error error = { "" };

    if (acri_goal_parse(text, &spec, &error) < 0)
        fail_msg("%s", error.text);
    assert_string_equal(spec.text, text);
}

static void assert_near(double a, double b)
{
    assert_true(fabs(a - b) <= 1e-9 * (1 + fabs(b)));
}

static void limits_are_read_in_the_unit_of_their_column(void **state)
{
    static const struct {
        const char *text;
        enum acri_goal_column column;
        uint32_t clock;
        double quantile;
        enum acri_goal_operator operator_;
        double limit;
        const char *wanted;
    } cases[] = {
        { "p95 < 500ms", ACRI_GOAL_QUANTILE, 0, 0.95, ACRI_GOAL_LESS, 500, "< 500 ms" },
        { "p99.9<=1.5 s", ACRI_GOAL_QUANTILE, 0, 0.999, ACRI_GOAL_AT_MOST, 1500, "<= 1500 ms" },
        { "  median <20us ", ACRI_GOAL_QUANTILE, 0, 0.5, ACRI_GOAL_LESS, 0.02, "< 0.02 ms" },
        { "p100 < 1m", ACRI_GOAL_QUANTILE, 0, 1, ACRI_GOAL_LESS, 60000, "< 60000 ms" },
        { "max < 250ns", ACRI_GOAL_MAX, 0, 0.5, ACRI_GOAL_LESS, 0.00025, "< 0.00025 ms" },
        { "corrected p99 < 1s", ACRI_GOAL_QUANTILE, ACR_CORRECTED, 0.99, ACRI_GOAL_LESS, 1000,
          "< 1000 ms" },
        { "lateness_avg < 1ms", ACRI_GOAL_AVERAGE, ACR_LATENESS, 0.5, ACRI_GOAL_LESS, 1, "< 1 ms" },
        { "fail_ratio < 1%", ACRI_GOAL_FAIL_RATIO, 0, 0.5, ACRI_GOAL_LESS, 0.01, "< 1 %" },
        { "fail_ratio <= 0.005", ACRI_GOAL_FAIL_RATIO, 0, 0.5, ACRI_GOAL_AT_MOST, 0.005,
          "<= 0.5 %" },
        { "rps > 1000", ACRI_GOAL_REQUEST_RATE, 0, 0.5, ACRI_GOAL_MORE, 1000, "> 1000/s" },
        { "rps >= 30/m", ACRI_GOAL_REQUEST_RATE, 0, 0.5, ACRI_GOAL_AT_LEAST, 0.5, ">= 0.5/s" },
        { "fails_per_s == 0", ACRI_GOAL_FAILURE_RATE, 0, 0.5, ACRI_GOAL_EQUAL, 0, "== 0/s" },
        { "failures != 3", ACRI_GOAL_FAILURES, 0, 0.5, ACRI_GOAL_NOT_EQUAL, 3, "!= 3" },
        { "size < 10kB", ACRI_GOAL_SIZE, 0, 0.5, ACRI_GOAL_LESS, 10000, "< 10000 B" },
        { "users >= 1e3", ACRI_GOAL_USERS, 0, 0.5, ACRI_GOAL_AT_LEAST, 1000, ">= 1000" },
    };
    char wanted[96];

    (void)state;
    for (size_t i = 0; i < ACR_LEN(cases); i++) {
        parse(cases[i].text);
        assert_int_equal(spec.kind, ACRI_GOAL_ENTRIES);
        assert_int_equal(spec.column, cases[i].column);
        assert_int_equal(spec.clock, cases[i].clock);
        assert_near(spec.quantile, cases[i].quantile);
        assert_int_equal(spec.operator_, cases[i].operator_);
        assert_near(spec.limit, cases[i].limit);
        assert_string_equal(acri_goal_spec_wanted(&spec, wanted, sizeof(wanted)), cases[i].wanted);
        acri_goal_spec_done(&spec);
    }
}

static void selectors_name_entries_tags_and_metrics(void **state)
{
    static const struct {
        const char *text;
        enum acri_goal_kind kind;
        const char *type;
        const char *name;
    } cases[] = {
        { "/api: p95 < 1s", ACRI_GOAL_ENTRIES, NULL, "/api" },
        { "GET /api/[id]: p95 < 1s", ACRI_GOAL_ENTRIES, "GET", "/api/[id]" },
        { "GET *: p95 < 1s", ACRI_GOAL_ENTRIES, "GET", NULL },
        { "GET \"*\" : p95 < 1s", ACRI_GOAL_ENTRIES, "GET", "*" },
        { "GET \"/a b:c; \\\"d\\\"\": p95 < 1s", ACRI_GOAL_ENTRIES, "GET", "/a b:c; \"d\"" },
        { "'' 'x:y': p95 < 1s", ACRI_GOAL_ENTRIES, "", "x:y" },
        { "\"tag=x\": p95 < 1s", ACRI_GOAL_ENTRIES, NULL, "tag=x" },
        { "tag=shop: p95 < 1s", ACRI_GOAL_TAG, NULL, "shop" },
        { "counter=\"orders: all\": sum > 5", ACRI_GOAL_COUNTER, NULL, "orders: all" },
        { "gauge=queue: last < 10", ACRI_GOAL_GAUGE, NULL, "queue" },
        { "trend=items: p99.99 < 10", ACRI_GOAL_TREND, NULL, "items" },
        { "check=answered: ratio > 99%", ACRI_GOAL_CHECK, NULL, "answered" },
    };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(cases); i++) {
        parse(cases[i].text);
        assert_int_equal(spec.kind, cases[i].kind);
        assert_true((spec.type == NULL) == (cases[i].type == NULL));
        assert_true((spec.name == NULL) == (cases[i].name == NULL));
        if (spec.type != NULL)
            assert_string_equal(spec.type, cases[i].type);
        if (spec.name != NULL)
            assert_string_equal(spec.name, cases[i].name);
        acri_goal_spec_done(&spec);
    }
}

static void what_follows_the_limit_says_when_it_counts(void **state)
{
    (void)state;
    parse("GET /users: p50 < 20 ms over 10s at 100 rps for 30m abort");
    assert_near(spec.limit, 20);
    assert_near(spec.over_s, 10);
    assert_near(spec.load, 100);
    assert_near(spec.hold_s, 1800);
    assert_true(spec.is_abort);
    acri_goal_spec_done(&spec);
    parse("requests > 5 abort at 2.5/s over 1h30m");
    assert_near(spec.over_s, 5400);
    assert_near(spec.load, 2.5);
    assert_near(spec.hold_s, 10);
    assert_true(spec.is_abort);
    acri_goal_spec_done(&spec);
}

static void each_error_says_where_and_what_is_expected(void **state)
{
    static const struct {
        const char *text;
        const char *line;
    } cases[] = {
        { "", "at its end a column (p95, " },
        { "p95", "at its end <, <=, >, >=, == or != is expected" },
        { "p95 << 500ms", "at character 6, \"< 500ms\": a time with its unit" },
        { "p95 = 500ms", "at character 5, \"= 500ms\": <, <=" },
        { "p95 < 500", "at character 7, \"500\": a time with its unit" },
        { "p95 < 500 xs", "a time with its unit" },
        { "p95 < nan", "a time with its unit" },
        { "p95 < 0x10ms", "a time with its unit" },
        { "p101 < 1s", "at character 1, \"p101 < 1s\": a column" },
        { "p0 < 1s", "a column" },
        { "p < 1s", "a column" },
        { "fail_ratio < 1ms", "a share, such as 1% or 0.01" },
        { "rps > 10ms", "a rate, such as 1000" },
        { "requests > 1%", "a plain number" },
        { "size < 1s", "a length" },
        { "corrected rps > 1", "a time (p99" },
        { "speed < 1s", "at character 1, \"speed < 1s\": a column" },
        { "http://x/api: p95 < 1s", "at character 6, \"//x/api: p95 < 1s\": a column" },
        { "GET /a b: p95 < 1s", "at character 8, \"b: p95 < 1s\": ':' (a name with spaces" },
        { ": p95 < 1s", "at character 1, \": p95 < 1s\": a name" },
        { "tag=*: p95 < 1s", "the name of one" },
        { "tag=shop: size < 1", "a column of tags" },
        { "counter=x: p95 < 1", "sum, rate or count" },
        { "gauge=x: avg < 1", "last, min, max or count" },
        { "gauge=x: max < 1 over 10s", "of a gauge only \"last\" has a mean" },
        { "trend=x: p95 < 1ms", "a plain number" },
        { "check=x: rate > 1", "ratio, passed, failed or count" },
        { "/x: users > 1", "this is one of the whole" },
        { "p95 < 1s over", "at its end a time from 1s on" },
        { "p95 < 1s over 10ms", "a time from 1s on" },
        { "p95 < 1s over 10s over 20s", "\"over 10s\", \"at 100 rps for 5m\"" },
        { "p95 < 1s at 0 rps", "a load, such as 100 rps" },
        { "p95 < 1s at 100", "at its end \"rps\" is expected" },
        { "p95 < 1s at 100 rps for x", "a time from 1s on" },
        { "p95 < 1s please", "at character 10, \"please\"" },
        { "p95 < 1s\033[31m", "\"1s?[31m\"" },
    };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(cases); i++) {
        struct acri_error error = { "" };

        assert_int_equal(acri_goal_parse(cases[i].text, &spec, &error), -EINVAL);
        if (strstr(error.text, cases[i].line) == NULL)
            fail_msg("'%s': %s", cases[i].text, error.text);
        assert_null(strchr(error.text, '\n'));
        assert_null(spec.text);
    }
}

static void a_long_text_is_refused(void **state)
{
    char text[ACRI_GOAL_TEXT_MAX + 2];
    struct acri_error error;

    (void)state;
    memset(text, 'p', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(acri_goal_parse(text, &spec, &error), -EINVAL);
    assert_non_null(strstr(error.text, "longer than 1000 bytes"));
}

static void several_goals_are_cut_at_semicolons_outside_of_quotes(void **state)
{
    const char *text = " ; p95 < 1s ;; \"a;b\": rps > 1 ; \"open ; end";
    const char *goal;

    (void)state;
    assert_int_equal(acri_goal_parse_split(&text, &goal), strlen("p95 < 1s"));
    assert_memory_equal(goal, "p95 < 1s", 8);
    assert_int_equal(acri_goal_parse_split(&text, &goal), strlen("\"a;b\": rps > 1"));
    assert_int_equal(acri_goal_parse_split(&text, &goal), strlen("\"open"));
    assert_int_equal(acri_goal_parse_split(&text, &goal), strlen("end"));
    assert_int_equal(acri_goal_parse_split(&text, &goal), 0);
}

static void operators_compare_and_nothing_is_never_enough(void **state)
{
    static const struct {
        const char *text;
        bool below, same, above;
    } cases[] = {
        { "requests < 5", true, false, false },  { "requests <= 5", true, true, false },
        { "requests > 5", false, false, true },  { "requests >= 5", false, true, true },
        { "requests == 5", false, true, false }, { "requests != 5", true, false, true },
    };

    (void)state;
    for (size_t i = 0; i < ACR_LEN(cases); i++) {
        parse(cases[i].text);
        assert_int_equal(acri_goal_spec_is_met(&spec, 4), cases[i].below);
        assert_int_equal(acri_goal_spec_is_met(&spec, 5), cases[i].same);
        assert_int_equal(acri_goal_spec_is_met(&spec, 6), cases[i].above);
        assert_false(acri_goal_spec_is_met(&spec, NAN));
        acri_goal_spec_done(&spec);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_read_in_the_unit_of_their_column),
        cmocka_unit_test(selectors_name_entries_tags_and_metrics),
        cmocka_unit_test(what_follows_the_limit_says_when_it_counts),
        cmocka_unit_test(each_error_says_where_and_what_is_expected),
        cmocka_unit_test(a_long_text_is_refused),
        cmocka_unit_test(several_goals_are_cut_at_semicolons_outside_of_quotes),
        cmocka_unit_test(operators_compare_and_nothing_is_never_enough),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
