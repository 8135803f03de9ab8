/* SPDX-License-Identifier: MIT */
/*
 * What a journal says to the master that opens it: which workers there were, and which of their
 * reports it has.
 */
#ifndef ACRIDA_DIST_MASTER_PAST_H
#define ACRIDA_DIST_MASTER_PAST_H

#include "dist/journal_file.h"

#include <stdbool.h>
#include <stdint.h>

struct acri_master_past_worker {
    bool is_known; /* who it is; reports alone do not say */
    unsigned char uuid[16];
    struct acri_worker_info info;
    uint64_t have; /* reports up to this one */
};

/* All zeros is an empty one. */
struct acri_master_past {
    struct acri_master_past_worker *workers; /* n elements, by index */
    uint32_t n;
    uint64_t epoch; /* the highest that a master has had */
};

/* arg: a struct acri_master_past. The function of acri_journal_open. */
void acri_master_past_take(void *arg, const struct acri_journal_record *r);
void acri_master_past_done(struct acri_master_past *p);

#endif
