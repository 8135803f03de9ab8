/* SPDX-License-Identifier: MIT */
/*
 * monitor.c: not a scenario, but a plugin that watches any: `acrida -f shop.c --plugin monitor.c`.
 *
 * It logs slow requests and failures while they happen, and sums up at the end. Requests are told
 * on the loop that made them, so what is counted is kept per loop and merged once a second.
 */
#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/report.h>

static uint32_t counts; /* the loop state; the runtime numbers it */

struct counts {
    uint64_t n_requests;
    uint64_t n_slow;
    uint64_t n_failed;
    uint64_t slowest_ns;
};

static int on_request(struct acr_user *u, const struct acr_request_event *e)
{
    struct counts *mine = acr_loop_state(u, counts);
    double time_ms = (double)e->response_time_ns / 1e6;

    mine->n_requests++;
    if (e->response_time_ns > mine->slowest_ns)
        mine->slowest_ns = e->response_time_ns;
    if (time_ms > acr_option_number("slow", 5) * 1e3) {
        mine->n_slow++;
        acr_log(u, "SLOW: %s %s took %.1f ms", e->type, e->name, time_ms);
    }
    if (e->error != NULL) {
        mine->n_failed++;
        acr_log(u, "FAILED: %s %s: %s", e->type, e->name, e->error);
    }
    return 0;
}

static void merge(void *into, const void *from)
{
    struct counts *all = into;
    const struct counts *more = from;

    all->n_requests += more->n_requests;
    all->n_slow += more->n_slow;
    all->n_failed += more->n_failed;
    if (more->slowest_ns > all->slowest_ns)
        all->slowest_ns = more->slowest_ns;
}

static int on_test_start(struct acr_user *u, const struct acr_test_event *e)
{
    acr_log(u, "load test of %s, up to %llu users", e->host, (unsigned long long)e->target_users);
    return 0;
}

static int on_test_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    const struct acr_entry *total = acr_snapshot_total(s);
    const struct counts *all = acr_loop_state(u, counts); /* in a hook: of all loops */

    acr_log(u, "complete: %llu requests, %llu failures, on average %.1f ms",
            (unsigned long long)acr_entry_count(total, ACR_REQUESTS),
            (unsigned long long)acr_entry_count(total, ACR_FAILURES),
            acr_entry_average_ms(total, ACR_RESPONSE_TIME));
    acr_log(u, "seen: %llu requests, %llu slow, %llu failed, the slowest took %.1f ms",
            (unsigned long long)all->n_requests, (unsigned long long)all->n_slow,
            (unsigned long long)all->n_failed, (double)all->slowest_ns / 1e6);
    return 0;
}

static const struct acr_hooks hooks = { .test_start = on_test_start,
                                        .request = on_request,
                                        .test_stop = on_test_stop };

static const struct acr_loop_state_type loop_state = { .slot = &counts,
                                                       .size = sizeof(struct counts),
                                                       .merge = merge };

static const struct acr_option options[] = {
    { .name = "slow",
      .metavar = "TIME",
      .help = "Log requests that take longer than this.",
      .kind = ACR_OPTION_DURATION,
      .default_value = "5s" },
};

ACR_PLUGIN(.name = "monitor", .hooks = &hooks, .loop_state = &loop_state, .options = options,
           .n_options = ACR_LEN(options));
