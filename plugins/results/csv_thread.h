/* SPDX-License-Identifier: MIT */
/*
 * A thread with a table of descriptors of its own. Users may take all descriptors of the process,
 * and fight for each one that becomes free: files are opened here all the same.
 */
#ifndef ACRIDA_RESULTS_CSV_THREAD_H
#define ACRIDA_RESULTS_CSV_THREAD_H

struct csv_thread;

/* Returns: NULL when there can be none. */
struct csv_thread *csv_thread_new(void);
/* NULL is allowed. */
void csv_thread_free(struct csv_thread *t);

/*
 * Call a function there and wait for it; on this thread when t is NULL. Descriptors mean nothing on
 * the other side, but for the first three.
 *
 * Returns: what the function returns.
 */
int csv_thread_run(struct csv_thread *t, int (*function)(void *arg), void *arg);

#endif
