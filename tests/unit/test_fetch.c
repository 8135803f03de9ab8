/* SPDX-License-Identifier: MIT */
/* What a worker takes from its master, and what it refuses. */
#include "support/unit.h"

#include "app/fetch.h"
#include "base/pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct acri_fetch *f;
static struct acri_error error;
static char folder[] = "/tmp/test-fetch-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL || setenv("TMPDIR", folder, 1) < 0)
        return -1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    /* It fails when something was left there. */
    return rmdir(folder);
}

static int begin(void **state)
{
    (void)state;
    f = acri_fetch_new();
    error.text[0] = '\0';
    return 0;
}

static int end(void **state)
{
    (void)state;
    acri_fetch_free(f);
    return 0;
}

static int take(uint64_t id, uint64_t n_all, uint64_t index, uint64_t kind, uint64_t number,
                const char *name, const char *text)
{
    struct acri_buf b;
    int r;

    acri_buf_init(&b, 1 << 20);
    acri_pack_u64(&b, id);
    acri_pack_text(&b, "");
    acri_pack_u64(&b, n_all);
    acri_pack_u64(&b, index);
    acri_pack_u64(&b, kind);
    acri_pack_u64(&b, number);
    acri_pack_text(&b, name);
    acri_pack_text(&b, "made.c");
    acri_pack_text(&b, "");
    acri_pack_bytes(&b, text, strlen(text));
    r = acri_fetch_take(f, b.data, b.length, &error);
    acri_buf_done(&b);
    return r;
}

static uint64_t wanted(void)
{
    struct acri_buf b;
    struct acri_unpack u;
    uint64_t n;

    acri_buf_init(&b, 64);
    acri_fetch_want(f, &b);
    acri_unpack_init(&u, b.data, b.length);
    n = acri_unpack_u64(&u);
    acri_buf_done(&b);
    return n;
}

static uint64_t n_bytes(void)
{
    uint64_t n;

    acri_fetch_count(f, &n);
    return n;
}

static void files_come_one_after_another(void **state)
{
    (void)state;
    assert_int_equal(wanted(), 0);
    assert_int_equal(take(7, 2, 0, ACRI_HAND_OUT_DATA, 0, "rows.csv", "id\n1\n"), 0);
    assert_int_equal(wanted(), 1);
    assert_int_equal(take(7, 2, 0, ACRI_HAND_OUT_DATA, 0, "rows.csv", "id\n1\n"), 0);
    assert_int_equal(wanted(), 1);
    assert_int_equal(take(7, 2, 1, ACRI_HAND_OUT_DATA, 0, "a b.txt", "x"), 1);
    assert_int_equal(n_bytes(), 6);
}

static void another_master_begins_anew(void **state)
{
    (void)state;
    assert_int_equal(take(7, 3, 0, ACRI_HAND_OUT_DATA, 0, "rows.csv", "id\n1\n"), 0);
    assert_int_equal(take(8, 3, 1, ACRI_HAND_OUT_DATA, 0, "more.csv", "id\n"), 0);
    assert_int_equal(wanted(), 0);
    assert_int_equal(n_bytes(), 0);
    assert_int_equal(take(8, 1, 0, ACRI_HAND_OUT_DATA, 0, "rows.csv", "id\n"), 1);
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
    static const char *const names[] = { "",    ".",    "..",   "../x", "/etc/passwd",
                                         "a/b", "a\nb", "x\177" };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_int_equal(take(7, 2, 0, ACRI_HAND_OUT_DATA, 0, names[i], "x"), -EBADMSG);
        assert_non_null(strstr(error.text, "refused"));
    }
    assert_int_equal(wanted(), 0);
}

static void one_name_comes_once(void **state)
{
    (void)state;
    assert_int_equal(take(7, 3, 0, ACRI_HAND_OUT_DATA, 0, "rows.csv", "x"), 0);
    assert_int_equal(take(7, 3, 1, ACRI_HAND_OUT_DATA, 0, "rows.csv", "y"), -EEXIST);
    assert_int_equal(take(7, 3, 1, ACRI_HAND_OUT_DATA, 1, "rows.csv", "y"), 0);
}

static void what_cannot_be_read_is_refused(void **state)
{
    (void)state;
    assert_int_equal(acri_fetch_take(f, "", 0, &error), -EBADMSG);
    assert_int_equal(acri_fetch_take(f, "\377\377\377", 3, &error), -EBADMSG);
    assert_int_equal(take(7, 2, 0, 9, 0, "rows.csv", "x"), -EBADMSG);
    assert_int_equal(take(7, 2, 0, 0, 0, "rows.csv", "x"), -EBADMSG);
    assert_int_equal(take(7, 2, 0, ACRI_HAND_OUT_DATA, 1u << 30, "rows.csv", "x"), -EBADMSG);
    assert_int_equal(take(7, 1u << 30, 0, ACRI_HAND_OUT_DATA, 0, "rows.csv", "x"), -EBADMSG);
    assert_int_equal(wanted(), 0);
}

static void the_masters_reason_is_told(void **state)
{
    struct acri_buf b;

    (void)state;
    acri_buf_init(&b, 1 << 20);
    acri_pack_u64(&b, 7);
    acri_pack_text(&b, "too much of it");
    assert_int_equal(acri_fetch_take(f, b.data, b.length, &error), -EREMOTEIO);
    assert_string_equal(error.text, "the master cannot hand out its scenario: too much of it");
    acri_buf_done(&b);
}

static void what_is_no_object_is_not_loaded(void **state)
{
    struct acri_scenario s;

    (void)state;
    acri_scenario_init(&s);
    assert_int_equal(take(7, 1, 0, ACRI_HAND_OUT_SCENARIO, 0, "x.so", "not an object"), 1);
    assert_int_equal(acri_fetch_load(f, &s, &error), -EBADMSG);
    assert_non_null(strstr(error.text, "made.c of the master is "));
    acri_scenario_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_come_one_after_another, begin, end),
        cmocka_unit_test_setup_teardown(another_master_begins_anew, begin, end),
        cmocka_unit_test_setup_teardown(names_that_lead_elsewhere_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(one_name_comes_once, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(the_masters_reason_is_told, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_object_is_not_loaded, begin, end),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
