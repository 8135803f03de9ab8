/* SPDX-License-Identifier: MIT */
/*
 * A file of rows (CSV, a JSON array of objects, a JSON object per line): mapped, read through once
 * when it is opened, and found again row by row by way of the offset of every 64th.
 *
 * Constant once it is open, so that all loops read it. A file that is changed meanwhile may give
 * other rows or none, and is never read beyond what was mapped.
 */
#ifndef ACRIDA_ENGINE_FEED_FILE_H
#define ACRIDA_ENGINE_FEED_FILE_H

#include "base/check.h"

#include <stdbool.h>

#define ACRI_FEED_STRIDE 64u
#define ACRI_FEED_ROW_BYTES (16u << 20)
#define ACRI_FEED_COLUMNS 4096u

enum acri_feed_format { ACRI_FEED_CSV = 1, ACRI_FEED_JSON, ACRI_FEED_JSONL };

struct acri_feed_file {
    enum acri_feed_format format;
    const char *text; /* mapped; `bytes` bytes */
    size_t bytes;
    uint64_t n_rows;
    size_t *offsets; /* of the rows 0, 64, 128 ...: n_offsets elements */
    size_t n_offsets;
    size_t capacity;
    char **columns; /* of CSV: n_columns elements */
    size_t n_columns;
};

/* Where the last look-up ended, one for each reader: rows in order are found without a search. */
struct acri_feed_cursor {
    uint64_t number;
    size_t
        offset; /* where row `number` begins, or what separates it from the one before; 0 = none */
};

/* Where a path leads: beside the scenarios, whose n folders these are, else to the working folder.
 * Returns: to be freed; NULL, with its line, when it lies beside several. */
char *acri_feed_file_find(const char *const *folders, size_t n, const char *path,
                          struct acri_error *reterr);

/* Returns: 0, or a negative errno with its line, which names the file. */
int acri_feed_file_open(struct acri_feed_file *f, const char *path, struct acri_error *reterr);
void acri_feed_file_done(struct acri_feed_file *f);

/* The text of a row. Returns: false when there is no such row (any more). */
bool acri_feed_file_row(const struct acri_feed_file *f, uint64_t number,
                        struct acri_feed_cursor *cursor, const char **ret_text, size_t *ret_bytes);

#endif
