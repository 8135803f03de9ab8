/* SPDX-License-Identifier: MIT */
/* What is pushed, from a run that never was. tests/integration/81_push.sh has strict readers. */
#include "support/unit.h"

#include "formats.h"

#include "golden/golden.h"
#include "golden/sample.h"
#include "golden/sample_workers.h"

#include <acrida/http.h>
#include <jansson.h>

/* Nothing is sent here. */
struct acr_response *acr_http_send(struct acr_user *u, const struct acr_request *request)
{
    (void)u;
    (void)request;
    return NULL;
}

#define AT 1767225612.25

static void lines_are_as_they_were(void **state)
{
    struct csv_text t = { .data = NULL };
    struct sample_workers workers;
    struct sample x;
    json_t *root;

    (void)state;
    sample_make(&x, 12, true);
    sample_add_metrics(&x);
    sample_add_workers(&x, &workers);
    influx_write(&t, &x.snapshot, AT);
    assert_golden("influx.txt", t.data, t.length);
    csv_text_clear(&t);
    otlp_write(&t, &x.snapshot, AT);
    root = json_loadb(t.data, t.length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    json_decref(root);
    assert_golden("otlp.json", t.data, t.length);
    csv_text_done(&t);
    sample_done(&x);
}

static void statsd_tells_differences(void **state)
{
    struct statsd d = { .prefix = "a." };
    struct csv_text t = { .data = NULL };
    struct sample x;

    (void)state;
    sample_make(&x, 12, true);
    sample_add_metrics(&x);
    statsd_write(&d, &t, &x.snapshot);
    assert_golden("statsd.txt", t.data, t.length);
    /* One more of the second, and a new one before all. */
    sample_request(&x, "GET", "/api/products", NULL, 11900, 4, 0);
    sample_request(&x, "GET", "!", "no", 11900, 6, 0);
    acri_metrics_add(&x.block->metrics, ACR_METRIC_COUNTER, "orders", 2, 0);
    acri_stats_merge(x.stats, x.block);
    csv_text_clear(&t);
    statsd_write(&d, &t, &x.snapshot);
    csv_text_append(&t, "", 1);
    assert_non_null(strstr(t.data, "\na.requests.GET._api_products:1|c\n"));
    assert_non_null(strstr(t.data, "\na.requests.GET._:1|c\na.failures.GET._:1|c\n"));
    assert_non_null(strstr(t.data, "\na.counter.orders:2|c\n"));
    assert_null(strstr(t.data, "a.requests.POST"));
    assert_non_null(strstr(t.data, "\na.gauge.queue:0|g\na.gauge.queue:-2.5|g\n"));
    d.has_tags = true;
    csv_text_clear(&t);
    sample_request(&x, "GET", "a,b|c\n:\xff", NULL, 11900, 4, 0);
    acri_stats_merge(x.stats, x.block);
    statsd_write(&d, &t, &x.snapshot);
    csv_text_append(&t, "", 1);
    assert_non_null(strstr(t.data, "\na.requests:1|c|#method:GET,name:a\xef\xbf\xbd"
                                   "2cb\xef\xbf\xbd"
                                   "7cc\xef\xbf\xbd"
                                   "0a:\xef\xbf\xbd"
                                   "ff\n"));
    statsd_done(&d);
    csv_text_done(&t);
    sample_done(&x);
}

static void after_a_reset_it_begins_at_zero(void **state)
{
    struct statsd d = { .prefix = "" };
    struct csv_text t = { .data = NULL };
    struct sample x;

    (void)state;
    sample_make(&x, 2, false);
    statsd_write(&d, &t, &x.snapshot);
    acri_stats_reset(x.stats, SAMPLE_START_NS + 5 * ACRI_NS_PER_S,
                     SAMPLE_REAL_NS + 5 * ACRI_NS_PER_S);
    sample_second(&x, 6, false);
    acri_stats_merge(x.stats, x.block);
    csv_text_clear(&t);
    statsd_write(&d, &t, &x.snapshot);
    csv_text_append(&t, "", 1);
    assert_non_null(strstr(t.data, "\nrequests.GET._api_products:20|c\n"));
    statsd_done(&d);
    csv_text_done(&t);
    sample_done(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_as_they_were),
        cmocka_unit_test(statsd_tells_differences),
        cmocka_unit_test(after_a_reset_it_begins_at_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
