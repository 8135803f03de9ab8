/* SPDX-License-Identifier: MIT */
/*
 * A plugin's own thread beside those of the run: it gets no signals, and may have descriptors of
 * its own, so that users who take all of the process's leave it some.
 */
#ifndef ACRIDA_RESULTS_SIDE_THREAD_H
#define ACRIDA_RESULTS_SIDE_THREAD_H

#include <pthread.h>

/* Start it with all signals blocked: they are for the threads of the run, or of the program that
 * embeds it. Returns: 0, or an errno as pthread_create does. */
int side_thread_start(pthread_t *ret_id, void *(*function)(void *arg), void *arg);

/*
 * A table of descriptors with nothing in it but the first three and `keep` (STDERR_FILENO: no
 * other). Before Linux 5.9, and under ThreadSanitizer, which knows one table for a process, it
 * stays the process's. Thread: the one that this is for.
 */
void side_thread_own_descriptors(int keep);

#endif
