/* SPDX-License-Identifier: MIT */
/*
 * CSV text in memory: cells as Python's csv module writes them, because scripts that read Locust's
 * files were tried on those: CRLF rows, quotes only where needed, numbers as Python prints them.
 */
#ifndef ACRIDA_RESULTS_CSV_TEXT_H
#define ACRIDA_RESULTS_CSV_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialised is empty. */
struct csv_text {
    char *data;
    size_t length;
    size_t capacity;
    bool is_row_started;
    bool is_incomplete; /* memory ran out: not to be written */
};

void csv_text_done(struct csv_text *t);
/* Empty, memory kept. */
void csv_text_clear(struct csv_text *t);

/* Bytes as they are. */
void csv_text_append(struct csv_text *t, const char *data, size_t bytes);

/* Text of our own: headings, "N/A". */
void csv_text_plain(struct csv_text *t, const char *cell);

/*
 * Text of scenarios and servers. A spreadsheet takes a cell that starts with = + - @, a tab or a
 * carriage return for a formula and may run it: such a cell gets a single quote in front, which is
 * the one difference from Locust's files. Names such as "/x" are untouched.
 */
void csv_text_foreign(struct csv_text *t, const char *cell);

void csv_text_count(struct csv_text *t, uint64_t n);
/* As Python's repr: the shortest text that reads back the same, with ".0" when it is whole. */
void csv_text_number(struct csv_text *t, double number);
/* A whole number when it is one, else as csv_text_number: 0, 12, 0.35. */
void csv_text_short_number(struct csv_text *t, double number);
/* A fixed number of decimals. */
void csv_text_fixed(struct csv_text *t, double number, int decimals);
/* UTC, "2026-01-31T12:00:00Z"; empty for 0. */
void csv_text_time(struct csv_text *t, double unix_s);

void csv_text_end_row(struct csv_text *t);

#endif
