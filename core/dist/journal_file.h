/* SPDX-License-Identifier: MIT */
/*
 * A journal as a file: a line that says what it is, then records, each with a head of 16 bytes:
 *
 *     0  u32  0x4c4e524a
 *     4  u32  bytes that follow the head
 *     8  u32  CRC-32C of these
 *     12 u32  CRC-32C of the 12 bytes before
 *
 * (little-endian). Reading goes on behind a record that is damaged. The end of a file that a crash
 * has left half written is told from its sums, and cut off by who writes on.
 */
#ifndef ACRIDA_DIST_JOURNAL_FILE_H
#define ACRIDA_DIST_JOURNAL_FILE_H

#include "base/buf.h"
#include "base/check.h"
#include "dist/master.h"

#include <stdint.h>
#include <sys/types.h>

#define ACRI_JOURNAL_RECORD_MAX (256u * 1024 * 1024) /* bytes */

enum acri_journal_kind {
    ACRI_JOURNAL_START = 1, /* a master began: `epoch` */
    ACRI_JOURNAL_WORKER,    /* one is known: `worker`, `uuid`, `info` */
    ACRI_JOURNAL_REPORT,    /* `worker`, `seq`, `run_id`, `epoch`, `bytes` */
    ACRI_JOURNAL_HAVE,      /* reports of `worker` up to `seq` are in the state that follows */
    ACRI_JOURNAL_STATE,     /* `bytes`: what the main thread has made of all records before */
    ACRI_JOURNAL_NOTE,      /* `bytes`: the main thread's own */
};

struct acri_journal_record {
    uint32_t kind;   /* enum acri_journal_kind */
    uint64_t number; /* of its adding: later ones have higher ones, as long as the journal lives */
    uint32_t worker;
    uint64_t seq;
    uint64_t run_id;
    uint64_t epoch;
    unsigned char uuid[16];
    const struct acri_worker_info *info; /* borrowed for the call; NULL but of a worker */
    const void *bytes;                   /* borrowed for the call */
    size_t n_bytes;
};
typedef void (*acri_journal_fn)(void *arg, const struct acri_journal_record *r);

/* What reading has found. */
struct acri_journal_found {
    uint64_t n_records;
    uint64_t n_damaged;   /* places where records are missing, before the last good one */
    uint64_t last_number; /* of the records */
    off_t end;            /* of the last good record */
    off_t n_torn;         /* bytes behind it: what was being written when its writer ended */
};

/* Append to a buffer: what a file begins with; a record. */
void acri_journal_file_put_begin(struct acri_buf *b);
void acri_journal_file_put(struct acri_buf *b, const struct acri_journal_record *r);

/* Write all of it. Returns: 0 or a negative errno. */
int acri_journal_file_write(int fd, const void *bytes, size_t n_bytes);
/* A whole file, on disk when this returns, mode 0600; takes the place of one that is there.
 * Returns: 0 or a negative errno. */
int acri_journal_file_save(const char *path, const struct acri_buf *b);

/* Tell each record. Returns: 0; -EBADMSG: it is no journal, or of a later version; another negative
 * errno: it cannot be read. */
int acri_journal_file_walk(int fd, acri_journal_fn function, void *arg,
                           struct acri_journal_found *ret_found);

/* The same by name, read only, whoever writes to it. Returns: as above, with a line. */
int acri_journal_replay(const char *path, acri_journal_fn function, void *arg,
                        struct acri_journal_found *ret_found, struct acri_error *reterr);

#endif
