/* SPDX-License-Identifier: MIT */
/* What is kept of earlier runs. */
#include "support/unit.h"

#include "past.h"

#include "golden/sample.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static json_t *read_back(struct json_text *j)
{
    json_error_t why;
    json_t *root = json_loadb(j->text.data, j->text.length, JSON_REJECT_DUPLICATES, &why);

    assert_non_null(root);
    csv_text_done(&j->text);
    *j = (struct json_text){ .depth = 0 };
    return root;
}

static double value(json_t *history, const char *column, size_t i)
{
    return json_number_value(json_array_get(json_object_get(history, column), i));
}

static void runs_are_kept_with_their_entries(void **state)
{
    struct json_text j = { .depth = 0 };
    struct sample x;
    json_t *root;

    (void)state;
    sample_make(&x, 12, true);
    web_past_keep(&x.snapshot, 1);
    assert_true(web_past_write(&j, 1, NULL, NULL));
    root = read_back(&j);
    assert_int_equal(json_array_size(json_object_get(root, "time_s")), 12);
    for (size_t i = 0; i < 12; i++) {
        assert_true(value(root, "time_s", i) == (double)(i + 1));
        assert_true(value(root, "users", i) == 40 * (double)(i + 1));
        assert_true(value(root, "requests_per_s", i) > 0);
    }
    json_decref(root);
    for (size_t i = 0; i < acr_snapshot_n_entries(&x.snapshot); i++) {
        const struct acr_entry *e = acr_snapshot_entry(&x.snapshot, i);

        assert_true(web_past_write(&j, 1, acr_entry_type(e), acr_entry_name(e)));
        root = read_back(&j);
        assert_int_equal(json_object_size(root), 6);
        assert_int_equal(json_array_size(json_object_get(root, "p95_ms")), 12);
        json_decref(root);
    }
    assert_true(web_past_write(&j, 1, "GET", "none"));
    root = read_back(&j);
    assert_int_equal(json_object_size(root), 0);
    json_decref(root);
    web_past_done();
    assert_false(web_past_write(&j, 1, NULL, NULL));
    sample_done(&x);
}

static void the_oldest_goes(void **state)
{
    struct json_text j = { .depth = 0 };
    struct sample x;
    json_t *root, *list;

    (void)state;
    sample_make(&x, 2, false);
    for (uint64_t n = 1; n <= 6; n++)
        web_past_keep(&x.snapshot, n);
    assert_false(web_past_write(&j, 1, NULL, NULL));
    assert_false(web_past_write(&j, 0, NULL, NULL));
    assert_false(web_past_write(&j, UINT64_MAX, NULL, NULL));
    web_past_list(&j, 6);
    root = read_back(&j);
    list = json_object_get(root, "runs");
    assert_int_equal(json_array_size(list), 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(json_integer_value(json_array_get(list, i)), i + 2);
    json_decref(root);
    web_past_list(&j, 7);
    root = read_back(&j);
    assert_int_equal(json_array_size(json_object_get(root, "runs")), 4);
    json_decref(root);
    web_past_list(&j, 0);
    root = read_back(&j);
    assert_int_equal(json_array_size(json_object_get(root, "runs")), 0);
    json_decref(root);
    web_past_done();
    sample_done(&x);
    /* A run without a history is not kept. */
    sample_make(&x, 0, false);
    web_past_keep(&x.snapshot, 1);
    assert_false(web_past_write(&j, 1, NULL, NULL));
    sample_done(&x);
}

static void long_runs_are_thinned(void **state)
{
    struct json_text j = { .depth = 0 };
    struct sample x;
    json_t *root;

    (void)state;
    sample_make(&x, 601, false);
    web_past_keep(&x.snapshot, 1);
    assert_true(web_past_write(&j, 1, NULL, NULL));
    root = read_back(&j);
    assert_int_equal(json_array_size(json_object_get(root, "time_s")), 201);
    assert_true(json_number_value(json_object_get(root, "interval_s")) == 3);
    assert_true(value(root, "time_s", 0) == 3);
    assert_true(value(root, "time_s", 200) == 601);
    assert_true(value(root, "users", 0) == 80); /* of 40, 80, 120 */
    assert_true(value(root, "users", 200) == 601 * 40);
    assert_true(fabs(value(root, "max_ms", 0) -
                     acr_snapshot_point(&x.snapshot, 2, ACR_SERIES_MAX_MS)) < 0.01);
    json_decref(root);
    web_past_done();
    sample_done(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_kept_with_their_entries),
        cmocka_unit_test(the_oldest_goes),
        cmocka_unit_test(long_runs_are_thinned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
