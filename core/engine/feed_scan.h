/* SPDX-License-Identifier: MIT */
/*
 * Where the rows of a text begin and end: records of CSV, elements of a JSON array, lines of JSON.
 * JSON is only followed as far as that needs (strings, nesting); whether a row is valid is for a
 * parser to say.
 */
#ifndef ACRIDA_ENGINE_FEED_SCAN_H
#define ACRIDA_ENGINE_FEED_SCAN_H

#include "engine/feed_file.h"

struct acri_feed_scan {
    enum acri_feed_format format;
    const char *text; /* all of it: `bytes` bytes */
    size_t bytes;
    size_t at;
    uint64_t line;     /* of `at`, from 1; after an error: the one it is on */
    bool is_after_row; /* of a JSON array: a comma or the end comes next */
    const char *error;
    /* The row that was found. */
    const char *row;
    size_t row_bytes;
    uint64_t row_line;
    size_t n_fields; /* of CSV */
};

/* Up to the first row: the byte order mark, the bracket of an array; not the heading of CSV. */
int acri_feed_scan_begin(struct acri_feed_scan *s, enum acri_feed_format format, const char *text,
                         size_t bytes);

/* Continue at an offset where a row begins. */
void acri_feed_scan_from(struct acri_feed_scan *s, enum acri_feed_format format, const char *text,
                         size_t bytes, size_t at);

/* The next row. Returns: 1; 0 at the end; -EINVAL with error and line. */
int acri_feed_scan_next(struct acri_feed_scan *s);

#endif
