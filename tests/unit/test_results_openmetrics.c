/* SPDX-License-Identifier: MIT */
/* A run that never was, as a page for Prometheus. tests/integration/80_metrics.sh has the grammar
 * checked by a strict reader. */
#include "support/unit.h"

#include "results/openmetrics.h"

#include "golden/golden.h"
#include "golden/sample.h"
#include "golden/sample_workers.h"

#include <acrida/events.h>

#include <errno.h>

static const struct openmetrics_options defaults = { .run_number = 2 };

static const char *page(struct csv_text *t, const struct acr_snapshot *s,
                        const struct openmetrics_options *o)
{
    csv_text_clear(t);
    openmetrics_write(t, s, o);
    csv_text_append(t, "", 1);
    assert_false(t->is_incomplete);
    return t->data;
}

static void what_is_written_is_as_it_was(void **state)
{
    const struct acr_usage_event usage = { .cpu_percent = 12.5,
                                           .loop_percent = 50,
                                           .memory_bytes = 1048576 };
    struct openmetrics_options o = { .run_number = 2, .usage = &usage };
    struct csv_text t = { .data = NULL };
    struct sample_workers workers;
    struct sample x;

    (void)state;
    sample_make(&x, 12, true);
    sample_add_metrics(&x);
    sample_add_workers(&x, &workers);
    x.snapshot.info.seed = 42;
    page(&t, &x.snapshot, &o);
    assert_golden("openmetrics.txt", t.data, t.length - 1);
    o.is_classic = true;
    page(&t, &x.snapshot, &o);
    assert_golden("prometheus.txt", t.data, t.length - 1);
    csv_text_done(&t);
    sample_done(&x);
}

static void before_a_run_there_is_a_page(void **state)
{
    struct csv_text t = { .data = NULL };
    struct sample x;
    const char *text = page(&t, NULL, &(struct openmetrics_options){ .is_classic = true });

    (void)state;
    assert_non_null(strstr(text, "acrida_state{acrida_state=\"ready\"} 1\n"));
    assert_null(strstr(text, "# EOF"));
    sample_make(&x, 0, false);
    text = page(&t, &x.snapshot, &defaults);
    assert_non_null(strstr(text, "acrida_all_response_times_seconds_count 0\n"));
    assert_null(strstr(text, "quantile")); /* of nothing */
    assert_string_equal(text + strlen(text) - 6, "# EOF\n");
    csv_text_done(&t);
    sample_done(&x);
}

/* How often it is there. */
static size_t occurrences(const char *text, const char *what)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        n++;
    return n;
}

static void different_names_stay_different(void **state)
{
    static const char *const names[] = { "\xff",
                                         "\xfe",
                                         "\xef\xbf\xbd",
                                         "\xef\xbf\xbd"
                                         "ff",
                                         "\xed\xa0\x80",
                                         "\xc2\x9b",
                                         "a\nb",
                                         "a\\nb",
                                         "a\"b",
                                         "\033[31m",
                                         "\xc3\xa4",
                                         "\xf4\x90\x80\x80",
                                         "\xe2\x82" };
    static const char *const shown[] = { "\xef\xbf\xbd"
                                         "ff",
                                         "\xef\xbf\xbd"
                                         "fe",
                                         "\xef\xbf\xbd"
                                         "u",
                                         "\xef\xbf\xbd"
                                         "uff",
                                         "\xef\xbf\xbd"
                                         "ed\xef\xbf\xbd"
                                         "a0\xef\xbf\xbd"
                                         "80",
                                         "\xef\xbf\xbd"
                                         "c2\xef\xbf\xbd"
                                         "9b",
                                         "a\\nb",
                                         "a\\\\nb",
                                         "a\\\"b",
                                         "\xef\xbf\xbd"
                                         "1b[31m",
                                         "\xc3\xa4",
                                         "\xef\xbf\xbd"
                                         "f4\xef\xbf\xbd"
                                         "90\xef\xbf\xbd"
                                         "80\xef\xbf\xbd"
                                         "80",
                                         "\xef\xbf\xbd"
                                         "e2\xef\xbf\xbd"
                                         "82" };
    struct csv_text t = { .data = NULL };
    struct sample x;
    const char *text;
    char wanted[256];

    (void)state;
    sample_make(&x, 0, false);
    for (size_t i = 0; i < ACR_LEN(names); i++)
        sample_request(&x, "GET", names[i], NULL, 10, 5, 0);
    acri_stats_merge(x.stats, x.block);
    text = page(&t, &x.snapshot, &defaults);
    for (size_t i = 0; i < ACR_LEN(shown); i++) {
        snprintf(wanted, sizeof(wanted),
                 "\nacrida_requests_total{method=\"GET\",name=\"%s\",status=\"success\"} 1\n",
                 shown[i]);
        if (occurrences(text, wanted) != 1)
            fail_msg("%zu times in the page: %s", occurrences(text, wanted), wanted);
    }
    for (const char *at = text; *at != '\0'; at++)
        assert_true(*at == '\n' || ((unsigned char)*at >= 0x20 && *at != 0x7f));
    csv_text_done(&t);
    sample_done(&x);
}

static void there_are_only_so_many_series(void **state)
{
    struct openmetrics_options o = { .max_series = 2 };
    struct csv_text t = { .data = NULL };
    struct sample x;
    const char *text;

    (void)state;
    sample_make(&x, 0, false);
    for (unsigned i = 0; i < 5; i++) {
        char name[16];

        snprintf(name, sizeof(name), "/%u", i);
        sample_request(&x, "GET", name, i > 0 ? "late" : NULL, 10, 10 * (i + 1), 0);
    }
    /* A name as ours is counted with ours. */
    sample_request(&x, "", "(other entries)", NULL, 10, 3, 0);
    acri_stats_merge(x.stats, x.block);
    text = page(&t, &x.snapshot, &o);
    assert_non_null(strstr(text, "acrida_requests_total{method=\"\",name=\"(other entries)\","
                                 "status=\"failure\"} 4\n"));
    assert_non_null(strstr(text, "acrida_left_out{what=\"entries\"} 4\n"));
    assert_non_null(strstr(text, "acrida_errors_total{method=\"\",name=\"(other entries)\","
                                 "error=\"(other errors)\"} 2\n"));
    assert_int_equal(occurrences(text, "acrida_response_time_seconds_count"), 2);
    assert_non_null(strstr(text, "acrida_response_time_seconds_bucket{method=\"\",name=\"(other "
                                 "entries)\",le=\"0.025\"} 2\n"));
    csv_text_done(&t);
    sample_done(&x);
}

static void buckets_are_as_asked_for(void **state)
{
    struct openmetrics_options o = { .n_buckets = 0 };
    struct csv_text t = { .data = NULL };
    struct sample x;
    char error[200];
    const char *text;

    (void)state;
    assert_int_equal(openmetrics_read_buckets(&o, "500us, 5ms,0.3 1s", error, sizeof(error)), 0);
    assert_int_equal(o.n_buckets, 4);
    sample_make(&x, 12, false);
    text = page(&t, &x.snapshot, &o);
    assert_non_null(strstr(text, "name=\"/api/products\",le=\"0.0005\"} 24\n"));
    assert_non_null(strstr(text, "name=\"/api/products\",le=\"0.005\"} 240\n"));
    assert_non_null(strstr(text, "name=\"/api/orders\",le=\"0.3\"} 0\n"));
    assert_non_null(strstr(text, "name=\"/api/orders\",le=\"1.0\"} 12\n"));
    csv_text_done(&t);
    sample_done(&x);
    assert_int_equal(openmetrics_read_buckets(&o, "", error, sizeof(error)), 0);
    assert_int_equal(o.n_buckets, 0);
    assert_int_equal(openmetrics_read_buckets(&o, "1s,0.5s", error, sizeof(error)), -EINVAL);
    assert_string_equal(error, "'0.5s' is not above the one before: let them rise");
    assert_int_equal(openmetrics_read_buckets(&o, "1s,fast", error, sizeof(error)), -EINVAL);
    assert_string_equal(error, "'fast' is no time: write 5ms, 0.5s or seconds");
    assert_int_equal(openmetrics_read_buckets(&o, "1h", error, sizeof(error)), -EINVAL);
    assert_int_equal(openmetrics_read_buckets(&o, "-1", error, sizeof(error)), -EINVAL);
    assert_int_equal(openmetrics_read_buckets(&o, "inf", error, sizeof(error)), -EINVAL);
}

static void too_many_buckets_are_refused(void **state)
{
    struct openmetrics_options o = { .n_buckets = 0 };
    char text[65 * 4 + 1];
    char error[200];

    (void)state;
    for (int i = 0; i < 65; i++)
        snprintf(text + 4 * i, sizeof(text) - 4 * (size_t)i, "%3d,", i + 1);
    assert_int_equal(openmetrics_read_buckets(&o, text, error, sizeof(error)), -EINVAL);
    assert_string_equal(error, "'65' is one too many: 64 will do");
    text[64 * 4] = '\0';
    assert_int_equal(openmetrics_read_buckets(&o, text, error, sizeof(error)), 0);
    assert_int_equal(o.n_buckets, 64);
}

static void the_client_chooses_the_format(void **state)
{
    (void)state;
    assert_true(openmetrics_is_classic(NULL));
    assert_true(openmetrics_is_classic(""));
    assert_true(openmetrics_is_classic("*/*"));
    assert_true(openmetrics_is_classic("text/plain;version=0.0.4;q=1,*/*;q=0.1"));
    assert_true(openmetrics_is_classic("application/openmetrics-text;q=0, text/plain"));
    assert_false(openmetrics_is_classic("text/plain, Application/OpenMetrics-Text"));
    assert_false(openmetrics_is_classic("application/openmetrics-text;version=1.0.0,"
                                        "application/openmetrics-text;version=0.0.1;q=0.75,"
                                        "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_as_it_was),
        cmocka_unit_test(before_a_run_there_is_a_page),
        cmocka_unit_test(different_names_stay_different),
        cmocka_unit_test(there_are_only_so_many_series),
        cmocka_unit_test(buckets_are_as_asked_for),
        cmocka_unit_test(too_many_buckets_are_refused),
        cmocka_unit_test(the_client_chooses_the_format),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
