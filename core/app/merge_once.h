/* SPDX-License-Identifier: MIT */
/* Which reports of a worker have been counted: a set of numbers from 1 on, few ranges. */
#ifndef ACRIDA_APP_MERGE_ONCE_H
#define ACRIDA_APP_MERGE_ONCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acri_merge_once_range {
    uint64_t first;
    uint64_t last;
};

struct acri_merge_once {
    struct acri_merge_once_range *ranges; /* n elements, ascending, with gaps between them */
    size_t n;
};

/* Returns: false: it was there already. */
bool acri_merge_once_mark(struct acri_merge_once *o, uint64_t seq);
/* Whether none of the numbers up to this one is there. */
bool acri_merge_once_is_free(const struct acri_merge_once *o, uint64_t seq);
/* All up to this one, which are free. */
void acri_merge_once_mark_up_to(struct acri_merge_once *o, uint64_t seq);
void acri_merge_once_done(struct acri_merge_once *o);

#endif
