/* SPDX-License-Identifier: MIT */
/*
 * A listener for the benchmarks: what the runtime says of itself, each second, into the file named
 * by BENCH_TICKS. The row "before" is written when no user exists yet.
 */
#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/report.h>

#include <stdio.h>
#include <string.h>

static FILE *out;

static long rss_kib(void)
{
    char line[256];
    long kib = 0;
    FILE *f = fopen("/proc/self/smaps_rollup", "r");

    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "Rss: %ld", &kib) == 1)
            break;
    }
    if (f != NULL)
        fclose(f);
    return kib;
}

static void write_row(const char *what, const struct acr_snapshot *s)
{
    const struct acr_entry *total = s == NULL ? NULL : acr_snapshot_total(s);

    if (out == NULL)
        return;
    if (s != NULL && strcmp(what, "tick") == 0 && strcmp(acr_snapshot_state(s), "stopping") == 0)
        what = "stopping";
    fprintf(out, "%s,%.6f,%llu,%.3f,%llu,%llu,%ld\n", what, s == NULL ? 0 : acr_snapshot_elapsed(s),
            s == NULL ? 0 : (unsigned long long)acr_snapshot_users(s),
            s == NULL ? 0 : acr_snapshot_open_requests(s),
            total == NULL ? 0 : (unsigned long long)acr_entry_count(total, ACR_REQUESTS),
            total == NULL ? 0 : (unsigned long long)acr_entry_count(total, ACR_FAILURES),
            s == NULL ? rss_kib() : 0);
    fflush(out);
}

static int on_start(struct acr_user *u, const struct acr_test_event *e)
{
    const char *path = acr_env("BENCH_TICKS", "");

    (void)u;
    (void)e;
    out = path[0] != '\0' ? fopen(path, "w") : NULL;
    if (out != NULL)
        fputs("what,elapsed_s,users,open,requests,failures,rss_kib\n", out);
    write_row("before", NULL);
    return 0;
}

static int on_tick(struct acr_user *u, const struct acr_snapshot *s)
{
    (void)u;
    write_row("tick", s);
    return 0;
}

static int on_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    (void)u;
    write_row("end", s);
    if (out != NULL)
        fclose(out);
    return 0;
}

static const struct acr_hooks hooks = {
    .test_start = on_start,
    .tick = on_tick,
    .test_stop = on_stop,
};

ACR_PLUGIN(.name = "ticks", .hooks = &hooks);
