/* SPDX-License-Identifier: MIT */
/*
 * Reports of a run that are in several files, put in the order in which they were made: by the last
 * answer that each tells of. Taken in that order, second by second, they make a history; how many
 * users there were is in none of them. Thread: one.
 */
#ifndef ACRIDA_APP_MERGE_REPORTS_H
#define ACRIDA_APP_MERGE_REPORTS_H

#include "stats/stats.h"

#include <stddef.h>
#include <stdint.h>

/* When the run began, for statistics: any time will do, but 0. */
#define ACRI_MERGE_REPORTS_BASE_NS 1000000000ull

struct acri_merge_report {
    uint64_t at_ns; /* since the run began */
    uint64_t order; /* in which they were added */
    size_t worker;
    uint64_t epoch;
    void *bytes;
    size_t n_bytes;
};

struct acri_merge_reports {
    struct acri_merge_report *all; /* n elements */
    size_t n;
    size_t capacity;
    uint64_t tick_ns; /* the end of the second that reports are in now */
};

/* Copied. at_ns is filled in: of one that tells no time, that of the worker's report before it. */
void acri_merge_reports_add(struct acri_merge_reports *l, const struct acri_merge_report *r);
void acri_merge_reports_sort(struct acri_merge_reports *l);
void acri_merge_reports_done(struct acri_merge_reports *l);

/* The history begins behind what the statistics hold already. */
void acri_merge_reports_begin(struct acri_merge_reports *l, struct acri_stats *s);
/* A report of that time is to be taken in. Times rise. */
void acri_merge_reports_reach(struct acri_merge_reports *l, struct acri_stats *s, uint64_t at_ns);
/* All are. */
void acri_merge_reports_end(struct acri_merge_reports *l, struct acri_stats *s);

#endif
