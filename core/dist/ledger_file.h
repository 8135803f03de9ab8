/* SPDX-License-Identifier: MIT */
/*
 * What a worker must not lose when it is killed, in a file that is memory: the reports that the
 * master has not acknowledged, and the live counters of each loop. Other processes on the host find
 * the files of those that have ended, and deliver them.
 *
 * A process may be killed between any two stores: a record counts once its last word is there, and
 * space is used again only after the word that gives it up. Nobody else can cut a file short (mode
 * 0600, owned by us) and every page is allocated before it is touched, so reading and writing it
 * cannot raise SIGBUS.
 *
 * Thread: one at a time; counters are their loops' own.
 */
#ifndef ACRIDA_DIST_LEDGER_FILE_H
#define ACRIDA_DIST_LEDGER_FILE_H

#include "base/check.h"
#include "base/cluster.h"
#include "dist/master.h"
#include "dist/worker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACRI_LEDGER_FILE_MAX (256u * 1024 * 1024) /* bytes of reports */

struct acri_ledger_file;

struct acri_ledger_file_owner {
    unsigned char uuid[16];
    struct acri_worker_info info;
};

struct acri_ledger_file_report {
    uint64_t seq;
    uint64_t run_id;
    uint64_t epoch;
    const void *bytes; /* borrowed for the call */
    size_t n_bytes;
};
typedef void (*acri_ledger_file_fn)(void *arg, const struct acri_ledger_file_report *r);

/* Where files are when nothing else is said: /dev/shm, or $TMPDIR, or /tmp. */
const char *acri_ledger_file_folder(void);

/* A file of this process, locked while it lives. It is known by the master's address, so that other
 * clusters leave it alone. Returns: 0, or a negative errno with its line. */
int acri_ledger_file_create(const char *folder, const char *master_host, uint16_t master_port,
                            const struct acri_ledger_file_owner *owner,
                            struct acri_ledger_file **ret_file, struct acri_error *reterr);

/* The next file of a process that has ended, locked by this call: it is not found again while it is
 * open. What cannot be read is said once and renamed to *.damaged. Returns: NULL: there is none. */
struct acri_ledger_file *acri_ledger_file_find(const char *folder, const char *master_host,
                                               uint16_t master_port);

/* NULL is allowed. is_done: the file is removed; otherwise it stays, to be found. */
void acri_ledger_file_close(struct acri_ledger_file *f, bool is_done);

/* Borrowed. */
const char *acri_ledger_file_path(const struct acri_ledger_file *f);
const struct acri_ledger_file_owner *acri_ledger_file_owner(const struct acri_ledger_file *f);
/* The owner goes by another uuid from now on. */
void acri_ledger_file_rename(struct acri_ledger_file *f, const unsigned char uuid[16]);

/* Keep a report; of a file made by acri_ledger_file_create, in rising order of seq without gaps.
 * Returns: 0; -ENOSPC: neither the limit nor the folder has room; -EINVAL: one before it is missing
 * (after -ENOSPC, until all that was kept is acknowledged). */
int acri_ledger_file_add(struct acri_ledger_file *f, const struct acri_ledger_file_report *r);
/* Reports up to seq need not be kept. */
void acri_ledger_file_acknowledge(struct acri_ledger_file *f, uint64_t seq);
uint64_t acri_ledger_file_acknowledged(const struct acri_ledger_file *f);
/* Those that are not acknowledged, in order. Returns: how many. */
uint64_t acri_ledger_file_each(const struct acri_ledger_file *f, acri_ledger_file_fn function,
                               void *arg);

/* The counters of a loop, written by plain stores; zero at the first call for another run. Returns:
 * NULL past the last of ACRI_WORKER_LOOPS. Valid until the file is closed. */
struct acri_tally *acri_ledger_file_tally(struct acri_ledger_file *f, uint64_t run_id,
                                          uint32_t loop);
/* All loops' counters together. Returns: the run they are of; 0 = none. */
uint64_t acri_ledger_file_total(const struct acri_ledger_file *f, struct acri_tally *ret_total);

/* For tests: called between any two steps that a kill may come between; NULL = no more. */
void acri_ledger_file_on_step(void (*function)(void));

#endif
