/* SPDX-License-Identifier: MIT */
/* Results that were read back (saved.h), for people. */
#ifndef ACRIDA_RESULTS_SAVED_TEXT_H
#define ACRIDA_RESULTS_SAVED_TEXT_H

#include "results/saved.h"

#include <stdio.h>

/* A text of scenarios or servers in a column: control characters are replaced; what is longer than
 * width is cut, what is shorter filled up (0 = neither). */
void saved_text_put(FILE *to, const char *text, size_t width);

/* Milliseconds with three digits that count: "0.12", "1234"; "N/A". */
const char *saved_text_ms(double ms, char *text, size_t bytes);

/* The whole run: verdict, goals, statistics, percentiles, failures. */
void saved_text_print(FILE *to, const struct saved_run *r);

/* Renders a JSON document: web_report_write of the plugin web. Returns: 0 or a negative errno with
 * a line. */
struct csv_text;
typedef int (*saved_html_fn)(const char *json, size_t n, struct csv_text *page, char *error,
                             size_t error_bytes);

/*
 * `acrida report FILE [--html NAME]` as an acr_command's function. html is what --html calls; NULL:
 * there is none, and it is refused.
 */
int saved_report_command(int argc, char **argv, saved_html_fn html);

#define SAVED_REPORT_HELP "Shows the results of a run again, from what --json-file wrote."
#define SAVED_REPORT_USAGE                                                            \
    "[options] FILE.json\n\n"                                                         \
    "  --html NAME   write them to NAME as one HTML file instead ('-' is stdout)\n\n" \
    "Exit codes: 0; 1 the file cannot be read or is none of --json-file; 2 wrong usage."

#endif
