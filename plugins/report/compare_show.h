/* SPDX-License-Identifier: MIT */
/* A comparison (compare.h), as a table or as JSON. */
#ifndef ACRIDA_REPORT_COMPARE_SHOW_H
#define ACRIDA_REPORT_COMPARE_SHOW_H

#include "compare.h"

#include <stdio.h>

void compare_show_table(FILE *to, const struct compare *c, const struct compare_options *o);
/* The members: see README.md. Returns: 0, -ENOMEM, or the negative errno of writing. */
int compare_show_json(FILE *to, const struct compare *c, const struct compare_options *o,
                      const struct saved_run *runs, size_t n_a, size_t n);

/* `acrida compare`, as an acr_command's function. */
int compare_command(int argc, char **argv);

#define COMPARE_HELP "Says whether a run was slower than another, with a confidence interval."
#define COMPARE_USAGE                                                                      \
    "[options] A.json B.json\n"                                                            \
    "       acrida compare [options] --baseline A1.json,A2.json B1.json B2.json\n\n"       \
    "  --baseline LIST   the runs before the change; with two or more on each side what\n" \
    "                    varies from run to run is taken into account\n"                   \
    "  --threshold 5%    the smallest difference that matters\n"                           \
    "  --confidence 95%  that of the whole table\n"                                        \
    "  --fail            exit with 3 when B is worse\n"                                    \
    "  --json            print JSON instead of a table\n\n"                                \
    "Files are those of --json-file. Runs must have had the same load.\n"                  \
    "Exit codes: 0; 1 a file cannot be read; 2 wrong usage; 3 with --fail: B is worse."

#endif
