/* SPDX-License-Identifier: MIT */
#include "support/unit.h"

#include "dist/master_past.h"

static void take(struct acri_master_past *p, struct acri_journal_record r)
{
    acri_master_past_take(p, &r);
}

static void who_there_was_and_what_they_had_reported(void **state)
{
    const struct acri_worker_info info = { .name = "north" };
    struct acri_master_past p = { 0 };

    (void)state;
    take(&p, (struct acri_journal_record){ .kind = ACRI_JOURNAL_START, .epoch = 9 });
    take(&p, (struct acri_journal_record){ .kind = ACRI_JOURNAL_START, .epoch = 4 });
    take(&p, (struct acri_journal_record){
                 .kind = ACRI_JOURNAL_WORKER, .worker = 70, .uuid = { 1, 2 }, .info = &info });
    take(&p, (struct acri_journal_record){ .kind = ACRI_JOURNAL_HAVE, .worker = 70, .seq = 5 });
    take(&p, (struct acri_journal_record){ .kind = ACRI_JOURNAL_REPORT, .worker = 70, .seq = 6 });
    /* Repeated, in another file's order. */
    take(&p, (struct acri_journal_record){ .kind = ACRI_JOURNAL_REPORT, .worker = 70, .seq = 3 });
    take(&p, (struct acri_journal_record){ .kind = ACRI_JOURNAL_NOTE, .worker = 2, .seq = 99 });
    /* Nobody has said who it is. */
    take(&p, (struct acri_journal_record){ .kind = ACRI_JOURNAL_REPORT, .worker = 1, .seq = 2 });
    assert_int_equal(p.epoch, 9);
    assert_true(p.n > 70);
    assert_true(p.workers[70].is_known);
    assert_string_equal(p.workers[70].info.name, "north");
    assert_int_equal(p.workers[70].uuid[1], 2);
    assert_int_equal(p.workers[70].have, 6);
    assert_false(p.workers[1].is_known);
    assert_int_equal(p.workers[2].have, 0);
    acri_master_past_done(&p);
    assert_int_equal(p.n, 0);
}

static void indexes_that_cannot_be_are_left_out(void **state)
{
    struct acri_master_past p = { 0 };

    (void)state;
    take(&p, (struct acri_journal_record){
                 .kind = ACRI_JOURNAL_REPORT, .worker = UINT32_MAX, .seq = 1 });
    assert_int_equal(p.n, 0);
    acri_master_past_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_there_was_and_what_they_had_reported),
        cmocka_unit_test(indexes_that_cannot_be_are_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
