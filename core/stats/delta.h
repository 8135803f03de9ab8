/* SPDX-License-Identifier: MIT */
/*
 * Statistics as bytes and back: what a worker reports to its master, and what a master keeps of a
 * run.
 *
 * The bytes are parts, each complete in itself: a part holds whole rows (the ledger, entries,
 * failures, exceptions, metrics) and can be applied alone, in any order, with the same result as
 * merging the blocks that the rows came from. Rows that hold nothing are left out, and the window
 * of the last seconds is not kept.
 *
 * A part, byte by byte (integers are LEB128, see base/pack.h):
 *
 *     version: 1
 *     rows, each a kind (1 to 5) and
 *       1 ledger     started succeeded failed cancelled lost attempts, time of the last answer
 *       2 entry      type name, requests failures attempts cancelled untimed bytes, form, times
 *       3 failure    type name error, count, first and last time (unix, ns; the last relative)
 *       4 exception  traceback message, count, nodes
 *       5 metric     kind, flags, name, count failures n_values, what the flags say
 *
 *     a monotonic time   0 = none; else 1 + zigzag(time - base): clocks of two machines have
 *                        nothing in common, so both sides name a base that means the same instant
 *     times of an entry  form 0: response, corrected, lateness; form 1: all were sent when they
 *                        were due, so response alone says it
 *     a histogram        for each bucket that is not empty a token (steps from the one before * 2 +
 *                        whether more than one is in it), then that count - 2; 0; and unless empty
 *                        the least, the greatest - the least, the sum - count * the least, as far
 *                        as the count leaves them open
 *     flags of a metric  1: has values: sum in two doubles; 2: has a last value: it, its time;
 *                        1 or 2: least, greatest; 4: has times: near zero, a byte with a bit for
 *                        each band (four above zero, four below), their histograms
 *
 * Thread: the one that owns the statistics.
 */
#ifndef ACRIDA_STATS_DELTA_H
#define ACRIDA_STATS_DELTA_H

#include <stddef.h>
#include <stdint.h>

#include "stats/stats.h"

/* No part is longer than part_max, if that is at least this: room for the longest row, an entry
 * with 2 x 16 KiB of texts and 3 x 4096 buckets at 2^52 requests. With less, a row that is longer
 * has a part of its own. */
#define ACRI_DELTA_PART_MIN ((size_t)120 * 1024)

/* So many events (requests, attempts, failures ...) and bytes are taken altogether: no sum can
 * overflow, and a double holds each count exactly. */
#define ACRI_DELTA_EVENTS_MAX (1ull << 52)
#define ACRI_DELTA_BYTES_MAX (1ull << 62)

/*
 * Hand all that the statistics hold to a function, part by part.
 *
 * base_ns: what monotonic times are told relative to; part: is called with bytes borrowed for the
 * call. Returns: how many parts; 0 when there is nothing to tell.
 */
size_t acri_delta_encode(const struct acri_stats *s, uint64_t base_ns, size_t part_max,
                         void (*part)(void *arg, const void *bytes, size_t n), void *arg);

/*
 * Merge one part, exactly, as acri_stats_merge does with a block. What is counted goes into the
 * slot of the window that is being filled, too.
 *
 * node: where exceptions were raised; NULL: as the part says (for what this process wrote itself).
 * base_ns: the same instant as the base that the part was encoded with, by the clock of here.
 * Returns: 0; -EBADMSG and nothing is changed when the bytes are not a part, or their numbers
 * contradict one another (more failures than requests, a mean outside the range ...).
 */
int acri_delta_apply(struct acri_stats *s, const char *node, uint64_t base_ns, const void *bytes,
                     size_t n);

/*
 * The same, and beside it into the sum of whoever has sent it: counts and response times of all
 * entries into its total, and the ledger; not the window, and no rows. sum may be NULL. Cheap,
 * because all is decoded once.
 */
int acri_delta_apply_with(struct acri_stats *s, struct acri_stats *sum, const char *node,
                          uint64_t base_ns, const void *bytes, size_t n);

#endif
