/* SPDX-License-Identifier: MIT */
/*
 * What a worker with -f - is given by its master (app/hand_out.h): written to a folder of its own,
 * which nobody else may enter, and loaded from there. Names that lead elsewhere and what is too
 * large are refused.
 *
 * Thread: main.
 */
#ifndef ACRIDA_APP_FETCH_H
#define ACRIDA_APP_FETCH_H

#include "app/hand_out.h"

/* Bytes in all. */
#define ACRI_FETCH_MAX (256u * 1024 * 1024)

struct acri_fetch;

/* Owner: the caller. */
struct acri_fetch *acri_fetch_new(void);
/* Remove all files, too. NULL is allowed. */
void acri_fetch_free(struct acri_fetch *f);

/* The request for the next file. */
void acri_fetch_want(const struct acri_fetch *f, struct acri_buf *to);
/*
 * Take an answer. One that was asked for before is passed over; one of another master starts from
 * the beginning.
 *
 * Returns: 1: all are there; 0: the next one is to be asked for; a negative errno with its line.
 */
int acri_fetch_take(struct acri_fetch *f, const void *bytes, size_t n_bytes,
                    struct acri_error *reterr);
/* Load the objects. Returns: 0, or a negative errno with its line. */
int acri_fetch_load(const struct acri_fetch *f, struct acri_scenario *scenario,
                    struct acri_error *reterr);

/* How many there are, and their bytes. */
size_t acri_fetch_count(const struct acri_fetch *f, uint64_t *ret_bytes);

#endif
