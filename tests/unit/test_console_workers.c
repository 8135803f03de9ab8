/* SPDX-License-Identifier: MIT */
/* The console's tables of workers and labels. */
#include "support/unit.h"

#include "app/console_workers.h"
#include "golden/golden.h"
#include "golden/sample_workers.h"

#include <stdlib.h>

static struct acri_buf out;

static int set_up(void **state)
{
    (void)state;
    acri_buf_init(&out, 1u << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    acri_buf_done(&out);
    return 0;
}

static void a_run_without_workers_has_no_table(void **state)
{
    struct sample x;

    (void)state;
    sample_make(&x, 1, false);
    acri_console_workers(&out, &x.snapshot, 0);
    assert_int_equal(out.length, 0);
    sample_done(&x);
}

static void workers_and_labels_are_as_agreed(void **state)
{
    struct sample x;
    struct sample_workers w;

    (void)state;
    sample_make(&x, 12, true);
    sample_add_workers(&x, &w);
    acri_console_workers(&out, &x.snapshot, 0);
    assert_golden("console_workers.txt", out.data, out.length);
    sample_done(&x);
}

static void of_very_many_workers_some_are_shown(void **state)
{
    static struct acr_worker many[1000];
    static const struct acri_nodes nodes = { .workers = many, .n_workers = 1000 };
    struct sample x;

    (void)state;
    sample_make(&x, 1, false);
    x.snapshot.info.nodes = &nodes;
    acri_console_workers(&out, &x.snapshot, 0);
    assert_non_null(strstr(acri_buf_text(&out), "\nand 900 more: --csv has them all\n"));
    assert_null(strstr(acri_buf_text(&out), "Labels\n"));
    sample_done(&x);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_without_workers_has_no_table),
        TEST(workers_and_labels_are_as_agreed),
        TEST(of_very_many_workers_some_are_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
