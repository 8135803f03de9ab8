/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "app/goals.h"

#include <acrida/acrida.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct acri_verdict_options verdict;
static struct acri_error error;

static struct acri_options *parse(const char *const *words, size_t n)
{
    struct acri_options *o = acri_options_new();
    char *argv[8] = { "acrida" };

    for (size_t i = 0; i < n; i++)
        argv[i + 1] = acri_strdup(words[i]);
    if (acri_options_parse(o, (int)n + 1, argv, &error) < 0)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < n; i++)
        free(argv[i + 1]);
    return o;
}

static void goals_of_options_come_before_those_of_plugins(void **state)
{
    static const char *const words[] = { "--check=p95 < 1s; rps > 5", "--check=max < 9s",
                                         "--max-late=2.5%", "--late-after=20ms",
                                         "--exit-code-on-error=0" };
    static const char *const goals[] = { "\"a;b\": p50 < 1s" };
    const struct acr_plugin plugin = { .name = "x", .goals = goals, .n_goals = 1 };
    const struct acr_plugin *const plugins[] = { &plugin };
    struct acri_options *o = parse(words, ACR_LEN(words));

    (void)state;
    assert_int_equal(acri_goals_read(&verdict, o, plugins, 1, &error), 0);
    assert_int_equal(verdict.n_goals, 4);
    assert_string_equal(verdict.goals[1].text, "rps > 5");
    assert_string_equal(verdict.goals[2].text, "max < 9s");
    assert_string_equal(verdict.goals[3].name, "a;b");
    assert_true(fabs(verdict.limits.late_share - 0.025) < 1e-9);
    assert_true(fabs(verdict.limits.late_ms - 20) < 1e-9);
    assert_true(fabs(verdict.limits.busy_limit - 0.9) < 1e-9);
    assert_true(fabs(verdict.grace_s - 30) < 1e-9);
    assert_false(verdict.do_failures_fail);
    acri_goals_done(&verdict);
    acri_options_free(o);
}

static void a_bad_goal_is_refused_with_where_it_stands(void **state)
{
    static const char *const words[] = { "--check=p95 < 1s; speed > 5" };
    static const char *const goals[] = { "p95 < 1s", "p95 < x" };
    static const char *const empty[] = { NULL };
    struct acr_plugin plugin = { .name = "x", .goals = goals, .n_goals = 2 };
    struct acri_options *o = parse(words, 1);

    (void)state;
    assert_int_equal(acri_goals_read(&verdict, o, NULL, 0, &error), -EINVAL);
    assert_non_null(strstr(error.text, "--check: goal \"speed > 5\": at character 1"));
    assert_int_equal(verdict.n_goals, 0);
    assert_int_equal(acri_goals_check(&plugin, &error), -EINVAL);
    assert_non_null(strstr(error.text, "plugin 'x', .goals[1]: goal \"p95 < x\""));
    plugin = (struct acr_plugin){ .name = "x", .goals = empty, .n_goals = 1 };
    assert_int_equal(acri_goals_check(&plugin, &error), -EINVAL);
    assert_non_null(strstr(error.text, ".goals[0] is empty"));
    acri_options_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goals_of_options_come_before_those_of_plugins),
        cmocka_unit_test(a_bad_goal_is_refused_with_where_it_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
