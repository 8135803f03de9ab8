/* SPDX-License-Identifier: MIT */
/*
 * A program that runs loads by itself, without the acrida command: two of them, one after the
 * other, against the URL it is given.
 *
 *   cc -o load main.c $(pkg-config --cflags --libs acrida acrida-http) \
 *     -Wl,-rpath,$(pkg-config --variable=libdir acrida) \
 *     -Wl,-rpath,$(pkg-config --variable=plugindir acrida)
 */
#include <acrida/http.h>
#include <acrida/report.h>
#include <acrida/run.h>

#include <inttypes.h>
#include <stdio.h>

static int visit(struct acr_user *u)
{
    acr_get(u, "/");
    return 0;
}

static const struct acr_task tasks[] = { { .name = "visit", .run = visit } };
static const struct acr_user_type users[] = {
    { .name = "visitor", .wait = ACR_CONSTANT(0.01), .tasks = tasks, .n_tasks = ACR_LEN(tasks) },
};
static const struct acr_plugin plugin = { .name = "library",
                                          .user_types = users,
                                          .n_user_types = ACR_LEN(users) };

struct result {
    uint64_t n_requests;
    double p95_ms;
};

/* The snapshot is gone when this returns: take from it what is wanted. */
static void on_end(void *arg, const struct acr_snapshot *s)
{
    const struct acr_entry *total = acr_snapshot_total(s);
    struct result *result = arg;

    result->n_requests = acr_entry_count(total, ACR_REQUESTS);
    result->p95_ms = acr_entry_quantile_ms(total, ACR_RESPONSE_TIME, ACR_TOTAL, 0.95);
}

int main(int argc, char **argv)
{
    struct result first = { 0, 0 };
    struct result second = { 0, 0 };
    int exit_code;

    if (argc != 2) {
        fprintf(stderr, "usage: %s URL\n", argv[0]);
        return 2;
    }
    exit_code = acr_run(.plugin = &plugin, .host = argv[1], .users = 10, .spawn_rate = 100,
                        .iterations = 200, .on_end = on_end, .arg = &first);
    if (exit_code == 0)
        exit_code =
            acr_run(.plugin = &plugin, .host = argv[1], .arrival_rate = 200, .iterations = 100,
                    .options = "--arrivals poisson -L ERROR", .on_end = on_end, .arg = &second);
    printf("%" PRIu64 " requests by 10 users: p95 %.3f ms\n", first.n_requests, first.p95_ms);
    printf("%" PRIu64 " requests, 200/s: p95 %.3f ms\n", second.n_requests, second.p95_ms);
    return exit_code;
}
