/* SPDX-License-Identifier: MIT */
/* The text of --stages. */
#include "support/unit.h"

#include "engine/stages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void users_come_with_or_without_a_rate(void **state)
{
    struct acri_stages s;

    (void)state;
    assert_int_equal(acri_stages_parse("60s:100@10, 1m30s:500@30/m ,10:0", &s, NULL), 0);
    assert_int_equal(s.n, 3);
    assert_false(s.are_open);
    assert_true(s.stages[0].duration_s == 60);
    assert_int_equal(s.stages[0].users, 100);
    assert_true(s.stages[0].spawn_rate == 10);
    assert_true(s.stages[1].duration_s == 90);
    assert_true(s.stages[1].spawn_rate == 0.5);
    assert_true(s.stages[2].duration_s == 10);
    assert_int_equal(s.stages[2].users, 0);
    assert_true(s.stages[2].spawn_rate == 0);
    assert_null(s.stages[2].user_types);
    acri_stages_done(&s);
}

static void arrival_rates_come_with_or_without_a_ramp(void **state)
{
    struct acri_stages s;

    (void)state;
    assert_int_equal(acri_stages_parse("60s:500/s@10,1h:30/m,5s:0/s", &s, NULL), 0);
    assert_int_equal(s.n, 3);
    assert_true(s.are_open);
    assert_true(s.stages[0].arrival_rate == 500);
    assert_true(s.stages[0].ramp_per_s == 10);
    assert_true(s.stages[0].spawn_rate == 0);
    assert_int_equal(s.stages[0].users, 0);
    assert_true(s.stages[1].arrival_rate == 0.5);
    assert_true(s.stages[1].ramp_per_s == 0);
    assert_true(s.stages[2].arrival_rate == 0);
    acri_stages_done(&s);
}

static void assert_refused(const char *text, const char *line)
{
    struct acri_stages s = { .n = 7 };
    struct acri_error error = { "" };

    assert_int_equal(acri_stages_parse(text, &s, &error), -EINVAL);
    assert_string_equal(error.text, line);
    assert_int_equal(s.n, 7);
}

static void errors_name_the_stage(void **state)
{
    (void)state;
    assert_refused("60s:100,30s", "stage 2, '30s': a stage is DURATION:USERS, such as 60s:100, or "
                                  "DURATION:RATE, such as 60s:500/s");
    assert_refused("x:1", "stage 1, 'x:1': it starts with a duration above 0, such as 90s, 20m or "
                          "1h30m");
    assert_refused("0s:1", "stage 1, '0s:1': it starts with a duration above 0, such as 90s, 20m "
                           "or 1h30m");
    assert_refused("1s:1,1s:-1", "stage 2, '1s:-1': behind the colon comes a number of users, such "
                                 "as 100, or an arrival rate, such as 500/s");
    assert_refused("1s:1/d", "stage 1, '1s:1/d': behind the colon comes a rate, such as 500/s, "
                             "30/m or 2/h");
    assert_refused("1s:1@0", "stage 1, '1s:1@0': behind the @ comes how many users are started per "
                             "second, such as 10");
    assert_refused("1s:1/s@", "stage 1, '1s:1/s@': behind the @ comes by how much per second the "
                              "rate moves, such as 10");
    assert_refused("1s:1,1s:1/s", "stage 2, '1s:1/s': users and arrival rates cannot take turns: "
                                  "0/s is a stage without arrivals, 0 one without users");
    assert_refused("1s:1,", "stage 2, '': there is nothing in it: one comma too many?");
    assert_refused("", "stage 1, '': there is nothing in it: one comma too many?");
    assert_refused("1s:\n1", "stage 1, '1s:?1': behind the colon comes a number of users, such as "
                             "100, or an arrival rate, such as 500/s");
    assert_refused("1s:9999999999999999",
                   "stage 1, '1s:9999999999999999': behind the colon comes a number of users, such "
                   "as 100, or an arrival rate, such as 500/s");
}

static void long_texts_are_refused(void **state)
{
    char *text = malloc(300);
    struct acri_stages s;
    struct acri_error error = { "" };

    (void)state;
    memset(text, '1', 299);
    text[299] = '\0';
    assert_int_equal(acri_stages_parse(text, &s, &error), -EINVAL);
    assert_string_equal(error.text, "stage 1, '': this is too long for a stage");
    free(text);
    text = malloc((ACRI_STAGES_LIMIT + 1) * 5 + 1);
    for (size_t i = 0; i <= ACRI_STAGES_LIMIT; i++)
        memcpy(text + i * 5, "1s:1,", 6);
    text[(ACRI_STAGES_LIMIT + 1) * 5 - 1] = '\0';
    assert_int_equal(acri_stages_parse(text, &s, &error), -EINVAL);
    assert_string_equal(error.text, "stage 10001, '1s:1': there are more stages than make sense");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_come_with_or_without_a_rate),
        cmocka_unit_test(arrival_rates_come_with_or_without_a_ramp),
        cmocka_unit_test(errors_name_the_stage),
        cmocka_unit_test(long_texts_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
