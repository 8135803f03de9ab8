/* SPDX-License-Identifier: MIT */
/* Which file is written when. */
#include "csv_writer.h"

#include "results/csv_files.h"
#include "results/csv_rows.h"
#include "results/csv_thread.h"

#include <acrida/acrida.h>
#include <acrida/report.h>

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Writing may take this share of the control loop's time. */
#define SHARE 0.05
/* Percentiles of three clocks cost most and serve after the run: every so many ticks is enough. */
#define TICKS_PER_METRICS 10

#define HISTORY "_stats_history.csv" /* the longest of all */

/* The files that are replaced. */
static const struct {
    const char *suffix;
    void (*rows)(struct csv_text *t, const struct acr_snapshot *s);
    bool is_seldom;
    /* Written only when there are some; NULL = always. */
    size_t (*n_rows)(const struct acr_snapshot *s);
} files[] = {
    { .suffix = "_stats.csv", .rows = csv_rows_stats },
    { .suffix = "_failures.csv", .rows = csv_rows_failures },
    { .suffix = "_exceptions.csv", .rows = csv_rows_exceptions },
    { .suffix = "_metrics.csv", .rows = csv_rows_metrics, .is_seldom = true },
    { .suffix = "_workers.csv", .rows = csv_rows_workers, .n_rows = acr_snapshot_n_workers },
    { .suffix = "_labels_stats.csv", .rows = csv_rows_labels, .n_rows = acr_snapshot_n_labels },
};

static const char *path_of(struct csv_writer *w, const char *suffix)
{
    acr_copy(w->path + w->prefix_length, sizeof(w->path) - w->prefix_length, suffix);
    return w->path;
}

static int replace_here(void *arg)
{
    const struct csv_writer *w = arg;

    return csv_files_replace(w->path, &w->text);
}

static int replace(struct csv_writer *w, const char *suffix)
{
    path_of(w, suffix);
    return csv_thread_run(w->thread, replace_here, w);
}

static int open_history(struct csv_writer *w)
{
    int r;

    csv_text_clear(&w->text);
    csv_rows_history_heading(&w->text);
    r = csv_files_create(path_of(w, HISTORY), &w->text);
    if (r < 0)
        return r;
    w->history_fd = r;
    return 0;
}

int csv_writer_open(struct csv_writer *w, const char *prefix, bool is_full_history)
{
    int r;

    *w = (struct csv_writer){ .is_full_history = is_full_history,
                              .prefix_length = strlen(prefix),
                              .next_metrics_tick = TICKS_PER_METRICS };
    acr_copy(w->path, sizeof(w->path), prefix);
    if (w->prefix_length + sizeof(HISTORY) > sizeof(w->path))
        return -ENAMETOOLONG;
    w->thread = csv_thread_new();
    r = csv_files_make_folders(prefix);
    for (size_t i = 0; i < ACR_LEN(files) && r == 0; i++) {
        if (files[i].n_rows != NULL)
            continue;
        csv_text_clear(&w->text);
        files[i].rows(&w->text, NULL);
        r = replace(w, files[i].suffix);
    }
    if (r == 0)
        r = open_history(w);
    w->is_open = r == 0;
    if (r < 0)
        csv_writer_close(w);
    return r;
}

static int write_history(struct csv_writer *w, const struct acr_snapshot *s)
{
    double now_s = floor(acr_snapshot_start_time(s) + acr_snapshot_elapsed(s));

    if (acr_snapshot_start_time(s) <= 0)
        now_s = (double)time(NULL);
    /* The last tick and the end of the run may fall into one second. */
    if (now_s <= w->last_history_s)
        return 0;
    w->last_history_s = now_s;
    csv_text_clear(&w->text);
    csv_rows_history(&w->text, s, now_s, w->is_full_history);
    path_of(w, HISTORY);
    return csv_files_append(w->history_fd, &w->text);
}

static int write_files(struct csv_writer *w, const struct acr_snapshot *s, bool is_final)
{
    uint64_t started_ns = acr_now_ns();
    uint64_t took_ns;
    int r = 0;

    if (!is_final && started_ns < w->next_write_ns)
        return 0;
    for (size_t i = 0; i < ACR_LEN(files) && r == 0; i++) {
        if (files[i].n_rows != NULL && files[i].n_rows(s) == 0)
            continue;
        if (files[i].is_seldom && !is_final) {
            /* Not at fixed ticks: writing may leave out just these. */
            if (w->n_ticks < w->next_metrics_tick)
                continue;
            w->next_metrics_tick = w->n_ticks + TICKS_PER_METRICS;
        }
        csv_text_clear(&w->text);
        files[i].rows(&w->text, s);
        r = replace(w, files[i].suffix);
    }
    took_ns = acr_now_ns() - started_ns;
    w->next_write_ns = started_ns + (uint64_t)((double)took_ns / SHARE);
    return r;
}

int csv_writer_tick(struct csv_writer *w, const struct acr_snapshot *s)
{
    int r;

    if (!w->is_open)
        return 0;
    w->n_ticks++;
    r = write_history(w, s);
    return r < 0 ? r : write_files(w, s, false);
}

int csv_writer_final(struct csv_writer *w, const struct acr_snapshot *s)
{
    int r;

    if (!w->is_open)
        return 0;
    r = write_history(w, s);
    return r < 0 ? r : write_files(w, s, true);
}

void csv_writer_close(struct csv_writer *w)
{
    if (w->is_open)
        close(w->history_fd);
    csv_text_done(&w->text);
    csv_thread_free(w->thread);
    w->thread = NULL;
    w->is_open = false;
}
