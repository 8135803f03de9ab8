/* SPDX-License-Identifier: MIT */
/*
 * Users that stay connected, ask for a small page and think 5 to 15 seconds. With BENCH_STARTS each
 * process writes when its first user began: wall clock, ns.
 */
#include <acrida/acrida.h>
#include <acrida/http.h>

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static atomic_flag has_begun = ATOMIC_FLAG_INIT;

static int on_start(struct acr_user *u)
{
    const char *prefix = acr_env("BENCH_STARTS", "");
    struct timespec now;
    FILE *f;

    if (*prefix == '\0' || atomic_flag_test_and_set(&has_begun))
        return 0;
    clock_gettime(CLOCK_REALTIME, &now);
    f = fopen(acr_fmt(u, "%s.%d", prefix, (int)getpid()), "w");
    if (f == NULL)
        return acr_raise(u, "%s cannot be written", prefix);
    fprintf(f, "%lld%09ld\n", (long long)now.tv_sec, now.tv_nsec);
    fclose(f);
    return 0;
}

static int visit(struct acr_user *u)
{
    acr_get(u, "/");
    return 0;
}

static const struct acr_task tasks[] = { { .name = "visit", .run = visit } };
static const struct acr_user_type users[] = {
    { .name = "thinker",
      .wait = ACR_BETWEEN(5, 15),
      .on_start = on_start,
      .tasks = tasks,
      .n_tasks = ACR_LEN(tasks) },
};

ACR_PLUGIN(.name = "think-bench", .user_types = users, .n_user_types = ACR_LEN(users));
