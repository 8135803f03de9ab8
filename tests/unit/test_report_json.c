/* SPDX-License-Identifier: MIT */
/* The JSON of --json and --json-file, from a run that never was. */
#include "support/unit.h"

#include "results/json_rows.h"

#include "golden/golden.h"
#include "golden/sample.h"
#include "golden/sample_workers.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <unistd.h>

static json_t *parse(const struct csv_text *t)
{
    json_error_t why;
    json_t *root = json_loadb(t->data, t->length, JSON_REJECT_DUPLICATES, &why);

    if (root == NULL)
        fail_msg("line %d, column %d: %s\n%.*s", why.line, why.column, why.text, (int)t->length,
                 t->data);
    return root;
}

static json_t *at(json_t *x, const char *key)
{
    json_t *found = json_object_get(x, key);

    assert_non_null(found);
    return found;
}

static json_int_t integer(json_t *x, const char *key)
{
    assert_true(json_is_integer(at(x, key)));
    return json_integer_value(at(x, key));
}

static void what_is_written_is_as_it_was(void **state)
{
    struct json_text j = { .depth = 0 };
    struct sample_workers workers;
    struct sample x;

    (void)state;
    sample_make(&x, 12, true);
    sample_add_metrics(&x);
    x.snapshot.info.seed = 42;
    sample_add_workers(&x, &workers);
    json_rows_measured(&j, &x.snapshot, 3);
    json_decref(parse(&j.text));
    assert_golden("report.json", j.text.data, j.text.length);
    csv_text_clear(&j.text);
    json_rows_locust(&j, &x.snapshot);
    json_decref(parse(&j.text));
    assert_golden("locust.json", j.text.data, j.text.length);
    csv_text_done(&j.text);
    sample_done(&x);
}

static void without_requests_it_is_whole_too(void **state)
{
    struct json_text j = { .depth = 0 };
    struct sample x;
    json_t *root;

    (void)state;
    sample_make(&x, 0, false);
    json_rows_measured(&j, &x.snapshot, 0);
    root = parse(&j.text);
    assert_int_equal(integer(root, "schema"), 1);
    assert_int_equal(json_array_size(at(root, "entries")), 0);
    assert_true(json_is_null(at(at(at(root, "total"), "lateness"), "min_ms")));
    assert_true(json_is_null(at(at(root, "run"), "last_request_time")));
    json_decref(root);
    csv_text_clear(&j.text);
    json_rows_locust(&j, &x.snapshot);
    assert_int_equal(j.text.length, 3);
    assert_memory_equal(j.text.data, "[]\n", 3);
    csv_text_done(&j.text);
    sample_done(&x);
}

/* Each histogram has as many times as were counted, in rising order. */
static void assert_histogram(json_t *entry, const char *clock)
{
    json_t *times = at(entry, clock), *pair;
    json_int_t n = 0;
    double before = 0;
    size_t i;

    json_array_foreach(at(times, "histogram"), i, pair)
    {
        double ms = json_number_value(json_array_get(pair, 0));

        assert_true(ms > before);
        before = ms;
        n += json_integer_value(json_array_get(pair, 1));
    }
    assert_int_equal(n, integer(times, "count"));
    assert_int_equal(n, integer(entry, "requests") - integer(entry, "untimed"));
}

static void numbers_add_up(void **state)
{
    struct json_text j = { .depth = 0 };
    struct sample x;
    json_t *root, *list, *entry, *value;
    json_int_t requests = 0;
    const char *key;
    size_t i;

    (void)state;
    sample_make(&x, 12, true);
    json_rows_measured(&j, &x.snapshot, 0);
    root = parse(&j.text);
    json_array_foreach(at(root, "entries"), i, entry)
    {
        requests += integer(entry, "requests");
        assert_histogram(entry, "response_time");
        assert_histogram(entry, "corrected");
        assert_histogram(entry, "lateness");
    }
    assert_int_equal(requests, integer(at(root, "total"), "requests"));
    assert_int_equal(requests, integer(at(root, "ledger"), "succeeded") +
                                   integer(at(root, "ledger"), "failed"));
    csv_text_clear(&j.text);
    json_rows_locust(&j, &x.snapshot);
    list = parse(&j.text);
    assert_int_equal(json_array_size(list), json_array_size(at(root, "entries")));
    json_array_foreach(list, i, entry)
    {
        json_int_t n = 0;

        json_object_foreach(at(entry, "response_times"), key, value) n += json_integer_value(value);
        assert_int_equal(n, integer(entry, "num_requests") - integer(entry, "num_none_requests"));
        requests -= integer(entry, "num_requests");
    }
    assert_int_equal(requests, 0);
    json_decref(list);
    json_decref(root);
    csv_text_done(&j.text);
    sample_done(&x);
}

static void what_is_live_is_short(void **state)
{
    struct json_text j = { .depth = 0 };
    json_t *root, *entry, *current;
    struct sample x;

    (void)state;
    sample_make(&x, 12, true);
    json_rows_live(&j, &x.snapshot, 3);
    root = parse(&j.text);
    assert_int_equal(integer(root, "run_number"), 3);
    assert_int_equal(integer(root, "n_entries"), 5);
    assert_null(json_object_get(root, "history"));
    entry = json_array_get(at(root, "entries"), 0);
    assert_null(json_object_get(entry, "history"));
    assert_null(json_object_get(at(entry, "response_time"), "histogram"));
    current = at(at(root, "total"), "current");
    assert_true(json_number_value(at(current, "requests_per_s")) == 24);
    assert_true(json_number_value(at(current, "p99_ms")) > 0);
    assert_true(json_is_null(at(at(json_array_get(at(root, "entries"), 4), "current"), "p50_ms")));
    json_decref(root);
    csv_text_done(&j.text);
    sample_done(&x);
}

static void assert_column(json_t *history, const char *key, size_t n)
{
    assert_int_equal(json_array_size(at(history, key)), n);
}

static void columns_have_one_length(void **state)
{
    static const char *const shared[] = { "requests_per_s", "failures_per_s", "average_ms",
                                          "p50_ms",         "p95_ms",         "p99_ms" };
    static const char *const whole[] = { "time_s",         "users",      "target_users",
                                         "arrivals_per_s", "max_ms",     "open_requests",
                                         "lateness_ms",    "cpu_percent" };
    struct json_text j = { .depth = 0 };
    struct sample x;
    json_t *root;

    (void)state;
    sample_make(&x, 12, true);
    json_rows_history(&j, &x.snapshot);
    root = parse(&j.text);
    assert_int_equal(json_object_size(root), 1 + ACR_LEN(shared) + ACR_LEN(whole));
    assert_int_equal(integer(root, "interval_s"), 1);
    for (size_t i = 0; i < ACR_LEN(whole); i++)
        assert_column(root, whole[i], 12);
    for (size_t i = 0; i < ACR_LEN(shared); i++)
        assert_column(root, shared[i], 12);
    assert_int_equal(json_integer_value(json_array_get(at(root, "users"), 11)), 480);
    assert_true(json_real_value(json_array_get(at(root, "cpu_percent"), 0)) == 33.3333);
    json_decref(root);
    csv_text_clear(&j.text);
    json_rows_entry_history(&j, &x.snapshot, acr_snapshot_entry(&x.snapshot, 1));
    root = parse(&j.text);
    assert_int_equal(json_object_size(root), ACR_LEN(shared));
    for (size_t i = 0; i < ACR_LEN(shared); i++)
        assert_column(root, shared[i], 12);
    json_decref(root);
    csv_text_done(&j.text);
    sample_done(&x);
}

static void it_says_where_it_comes_from(void **state)
{
    struct json_text j = { .depth = 0 };
    json_t *root, *environment;
    struct sample x;

    (void)state;
    sample_make(&x, 1, false);
    json_rows_all(&j, &x.snapshot, 0);
    root = parse(&j.text);
    environment = at(root, "environment");
    assert_true(strchr(json_string_value(at(environment, "abi")), '.') != NULL);
    assert_true(strncmp(json_string_value(at(environment, "kernel")), "Linux ", 6) == 0);
    assert_true(integer(environment, "n_cpus") > 0);
    assert_true(integer(environment, "memory_bytes") > 1000000);
    assert_true(integer(environment, "time") > 1700000000);
    assert_true(json_is_string(at(root, "scenario")));
    assert_true(json_is_array(at(root, "options")));
    json_decref(root);
    csv_text_done(&j.text);
    sample_done(&x);
}

static void assert_text(const char *text, const char *wanted)
{
    struct json_text j = { .depth = 3 };

    json_text_string(&j, NULL, text);
    assert_int_equal(j.text.length, strlen(wanted));
    assert_memory_equal(j.text.data, wanted, j.text.length);
    csv_text_done(&j.text);
}

static void any_text_becomes_json(void **state)
{
    (void)state;
    assert_text("", "\"\"");
    assert_text("a\"b\\c\n\t\x01\x7f", "\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\"");
    assert_text("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
                "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"");
    /* No UTF-8: alone, cut off, too long, half of a pair, past the last. */
#define NONE "\xef\xbf\xbd"
    assert_text("\xff|\xc3|\xe2\x82", "\"" NONE "|" NONE "|" NONE NONE "\"");
    assert_text("\xc0\xaf", "\"" NONE NONE "\"");
    assert_text("\xed\xa0\x80", "\"" NONE NONE NONE "\"");
    assert_text("\xf4\x90\x80\x80", "\"" NONE NONE NONE NONE "\"");
}

static void assert_number(double number, const char *wanted)
{
    struct json_text j = { .depth = 3 };

    json_text_number(&j, NULL, number);
    assert_int_equal(j.text.length, strlen(wanted));
    assert_memory_equal(j.text.data, wanted, j.text.length);
    csv_text_done(&j.text);
}

static void numbers_are_short_and_exact(void **state)
{
    (void)state;
    assert_number(0, "0");
    assert_number(-0.0, "0");
    assert_number(12, "12");
    assert_number(0.1, "0.1");
    assert_number(1.0 / 3, "0.3333333333333333");
    assert_number(1e300, "1e+300");
    assert_number(NAN, "null");
    assert_number(-INFINITY, "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_as_it_was),
        cmocka_unit_test(without_requests_it_is_whole_too),
        cmocka_unit_test(numbers_add_up),
        cmocka_unit_test(what_is_live_is_short),
        cmocka_unit_test(columns_have_one_length),
        cmocka_unit_test(it_says_where_it_comes_from),
        cmocka_unit_test(any_text_becomes_json),
        cmocka_unit_test(numbers_are_short_and_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
