/* SPDX-License-Identifier: MIT */
/* The thread that writes the file: one for all loops. */
#ifndef ACRIDA_REQUEST_LOG_WRITER_H
#define ACRIDA_REQUEST_LOG_WRITER_H

#include "ring.h"

struct writer;

/* What became of it all. */
struct writer_result {
    uint64_t n_written;
    uint64_t n_dropped; /* the file was too slow */
    uint64_t n_failed;  /* it could not be written */
    int error;          /* why: a negative errno; 0 = all is well */
};

/*
 * Open a file and begin; ".gz" at its end compresses it. A file that is there is replaced when it
 * is empty or a log of requests.
 *
 * Returns: 0; -EEXIST when it is something else; another negative errno.
 */
int writer_new(const char *path, struct writer **ret_writer);

/* A loop's own ring; any thread, once for each loop. Returns: NULL when there is no memory. */
struct ring *writer_add_ring(struct writer *w);

/* Write what there is, and end; then ask whether it has. */
void writer_end(struct writer *w);
bool writer_has_ended(struct writer *w);
/* After that. Rings must not be used any more. */
void writer_free(struct writer *w, struct writer_result *ret_result);

#endif
