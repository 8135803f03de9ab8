/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "app/roles.h"

#include <acrida/acrida.h>

#include <stdlib.h>
#include <unistd.h>

static const struct acr_option added[] = {
    { .name = "csv", .metavar = "PREFIX", .help = "Files.", .is_local = true },
    { .name = "pace", .metavar = "N", .help = "Of the run." },
};

static const struct acr_option foreign[] = {
    { .name = "data", .metavar = "FOLDER", .help = "Of each process.", .is_local = true },
};

/* Neither home nor folder may bring options into these tests. */
static int isolate(void **state)
{
    (void)state;
    setenv("HOME", "/nonexistent", 1);
    return chdir("/");
}

/* The line for arguments in a role; words end with NULL. */
static void expect_line(enum acri_cluster_role role, const char *line, char *const *words)
{
    const struct acr_plugin shipped = { .name = "report" };
    const struct acr_plugin own = { .name = "own" };
    const struct acr_plugin *plugins[] = { &shipped, &own };
    const struct acri_scenario scenario = { .plugins = plugins, .n_plugins = 2, .n_shipped = 1 };
    struct acri_options *o = acri_options_new();
    struct acri_error error;
    struct acri_buf b;
    int n = 0;

    while (words[n] != NULL)
        n++;
    acri_buf_init(&b, 4096);
    assert_int_equal(acri_options_add(o, "report", added, ACR_LEN(added), &error), 0);
    assert_int_equal(acri_options_add(o, "own", foreign, ACR_LEN(foreign), &error), 0);
    assert_int_equal(acri_options_parse(o, n, words, &error), 0);
    acri_roles_idle(o, role, &scenario, &b);
    assert_string_equal(acri_buf_text(&b), line);
    acri_buf_done(&b);
    acri_options_free(o);
}

#define WORDS(...) ((char *[]){ "acrida", __VA_ARGS__, NULL })

static void what_a_worker_has_from_its_master_is_said(void **state)
{
    (void)state;
    expect_line(ACRI_CLUSTER_WORKER, "",
                WORDS("--worker", "--master-host=h", "--label=a=b", "--threads=2", "--data=d", "-f",
                      "x.c", "--allow-host=h"));
    expect_line(ACRI_CLUSTER_WORKER, "--users has no effect on a worker: say it to its master",
                WORDS("--worker", "-u", "5"));
    expect_line(ACRI_CLUSTER_WORKER,
                "--headless, --csv, --pace have no effect on a worker: say it to its master",
                WORDS("--worker", "--pace=1", "--csv=r", "--headless"));
}

static void what_only_workers_have_is_said_to_a_master(void **state)
{
    (void)state;
    expect_line(ACRI_CLUSTER_MASTER, "",
                WORDS("--master", "--users=5", "--csv=r", "--expect-workers=2", "--data=d"));
    expect_line(ACRI_CLUSTER_MASTER,
                "--master-host, --label have no effect on a master: say it to its workers",
                WORDS("--master", "--label=a=b", "--master-host=h"));
    expect_line(ACRI_CLUSTER_MASTER, "", WORDS("--processes=2", "--label=a=b"));
}

static void what_needs_a_cluster_is_said(void **state)
{
    (void)state;
    expect_line(ACRI_CLUSTER_LOCAL, "", WORDS("--users=5", "--csv=r", "--allow-host=h"));
    expect_line(ACRI_CLUSTER_LOCAL,
                "--expect-workers has no effect without --master, --worker or --processes",
                WORDS("--expect-workers=2"));
}

/* It may be meant for all of a cluster. */
static void what_the_environment_says_is_no_mistake(void **state)
{
    (void)state;
    setenv("ACRIDA_USERS", "5", 1);
    setenv("ACRIDA_MASTER_HOST", "h", 1);
    expect_line(ACRI_CLUSTER_WORKER, "", WORDS("--worker"));
    expect_line(ACRI_CLUSTER_MASTER, "", WORDS("--master"));
    unsetenv("ACRIDA_USERS");
    unsetenv("ACRIDA_MASTER_HOST");
}

static void options_of_a_cluster_are_known(void **state)
{
    (void)state;
    assert_true(acri_roles_is_of_cluster("master"));
    assert_true(acri_roles_is_of_cluster("worker-name"));
    assert_true(acri_roles_is_of_cluster("cluster-key-file"));
    assert_false(acri_roles_is_of_cluster("allow-host"));
    assert_false(acri_roles_is_of_cluster("check"));
    assert_false(acri_roles_is_of_cluster("users"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_worker_has_from_its_master_is_said),
        cmocka_unit_test(what_only_workers_have_is_said_to_a_master),
        cmocka_unit_test(what_needs_a_cluster_is_said),
        cmocka_unit_test(what_the_environment_says_is_no_mistake),
        cmocka_unit_test(options_of_a_cluster_are_known),
    };

    return cmocka_run_group_tests(tests, isolate, NULL);
}
