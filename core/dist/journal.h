/* SPDX-License-Identifier: MIT */
/*
 * The master's journal: what must survive it. Records are handed over in memory; a thread writes
 * them in groups, and tells when they are on disk. When the disk fails, the run goes on without:
 * one line says so, and from then on records count as soon as they are in memory.
 */
#ifndef ACRIDA_DIST_JOURNAL_H
#define ACRIDA_DIST_JOURNAL_H

#include "dist/journal_file.h"

#define ACRI_JOURNAL_GROUP_MS 100u /* between two writes, at least */
#define ACRI_JOURNAL_HURRY_MS 10u  /* the same when somebody waits for one */
/* From here on it is worth a checkpoint. */
#define ACRI_JOURNAL_BYTES (64u * 1024 * 1024)

struct acri_journal;

/* Open or make it, and tell the records that it holds. One process has it at a time. Returns: 0, or
 * a negative errno with its line: -EBUSY: another one has it. */
int acri_journal_open(const char *path, acri_journal_fn function, void *arg,
                      struct acri_journal **ret_journal, struct acri_error *reterr);
/* Everything is written before. NULL is allowed. */
void acri_journal_close(struct acri_journal *j);

/* Add a record; its number is filled in. Thread: any. Returns: the number. */
uint64_t acri_journal_add(struct acri_journal *j, const struct acri_journal_record *r);

/* Somebody waits for what was added so far. Thread: any. */
void acri_journal_hurry(struct acri_journal *j);

/* Readable once acri_journal_durable would say more than before. For poll only. */
int acri_journal_fd(const struct acri_journal *j);
/* Returns: records up to this number are on disk. Thread: one. */
uint64_t acri_journal_durable(struct acri_journal *j);

/* Bytes of the file. Thread: any. */
uint64_t acri_journal_bytes(struct acri_journal *j);
/* Whether records still go to the disk. Thread: any. */
bool acri_journal_is_kept(struct acri_journal *j);

/*
 * A state that says all that the notes before this call and the reports up to number `up_to` say:
 * the journal is written anew, beginning with it. Copied. Thread: any.
 */
void acri_journal_checkpoint(struct acri_journal *j, uint64_t up_to, const void *bytes,
                             size_t n_bytes);

#endif
