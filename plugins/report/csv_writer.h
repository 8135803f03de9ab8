/* SPDX-License-Identifier: MIT */
/*
 * The files of one --csv PREFIX over a run: PREFIX_stats.csv, _stats_history.csv, _failures.csv,
 * _exceptions.csv and _metrics.csv; of a master also _workers.csv and _labels_stats.csv, when there
 * are some.
 *
 * Thread: the control loop. Nothing here yields.
 */
#ifndef ACRIDA_REPORT_CSV_WRITER_H
#define ACRIDA_REPORT_CSV_WRITER_H

#include "results/csv_text.h"

#include <limits.h>

struct acr_snapshot;
struct csv_thread;

/* Zero-initialised is closed. */
struct csv_writer {
    bool is_open;
    bool is_full_history;
    char path[PATH_MAX]; /* of the file that the last call was about: for messages */
    size_t prefix_length;
    int history_fd;
    double last_history_s; /* whole seconds since the epoch */
    uint64_t n_ticks;
    uint64_t next_metrics_tick;
    uint64_t next_write_ns; /* of the replaced files */
    struct csv_text text;
    struct csv_thread *thread; /* that opens the replaced files, or NULL */
};

/* Make folders and all files with their headings. Returns: 0, or a negative errno about w->path. */
int csv_writer_open(struct csv_writer *w, const char *prefix, bool is_full_history);

/* Once a second. With very many entries the replaced files come less often, so that writing takes
 * at most a twentieth of the time. Returns: 0, or a negative errno about w->path; the next call
 * tries again. */
int csv_writer_tick(struct csv_writer *w, const struct acr_snapshot *s);

/* All files as of now. Returns: 0, or a negative errno about w->path. */
int csv_writer_final(struct csv_writer *w, const struct acr_snapshot *s);

void csv_writer_close(struct csv_writer *w);

#endif
