/* SPDX-License-Identifier: MIT */
/* What the command line of acrida merge says. */
#ifndef ACRIDA_APP_MERGE_ARGUMENTS_H
#define ACRIDA_APP_MERGE_ARGUMENTS_H

#include "base/check.h"

#include <stdint.h>

struct acri_merge_arguments {
    uint64_t run;   /* 0 = the latest */
    char **paths;   /* n_paths elements, which are borrowed */
    char **reports; /* n_reports elements: options of reports with their values; borrowed */
    int n_paths;
    int n_reports;
};

/* argv[0] is the command. Returns: 0, or -EINVAL with its line. acri_merge_arguments_done follows
 * in any case. */
int acri_merge_arguments_read(struct acri_merge_arguments *ret_arguments, int argc, char **argv,
                              struct acri_error *reterr);
void acri_merge_arguments_done(struct acri_merge_arguments *a);

#endif
