/* SPDX-License-Identifier: MIT */
/*
 * Dealing the rows of a file to users on all loops: <acrida/data.h>.
 *
 * Rows are dealt by position: 0, 1, 2 and so on, over all passes through the file; the order says
 * which row is at a position. The control loop deals ranges of positions to loops, and each loop
 * deals them to its users.
 *
 * A loop that has none left asks; the question travels to the control loop and back as one message.
 * When the control loop has none left either (ACR_FEED_ONCE), it recalls what other loops still
 * have before it says so: no row stays behind on a loop whose users want none.
 *
 *   a loop's share:  idle -> asking -> (dealt to | dry)
 *   to the control loop a share: holds (was dealt to, since it last asked or was recalled), or not
 *
 * Messages from one thread to another arrive in order, so a recall that is sent after a range finds
 * that range there.
 *
 * ACR_FEED_UNIQUE deals one position to each user, for good: in a process of its own that is the
 * user's number. A worker has them from its master, just as many as users ask for: those who come
 * later, on whatever worker, find what nobody has had.
 */
#ifndef ACRIDA_ENGINE_FEEDER_H
#define ACRIDA_ENGINE_FEEDER_H

#include "engine/objects.h"

#include <stddef.h>
#include <stdint.h>

/* How many positions a share should get: a few rounds' worth of n rows, at most 64, and one for
 * each user that waits. */
uint64_t acri_feeder_block(uint64_t n, uint64_t n_wanted, size_t n_loops);

/* A worker's: positions that its master gives to the feeder with this number; none when from = to,
 * and then there never will be. Thread: control. */
void acri_feeder_grant(struct acri_objects *objects, uint64_t number, uint64_t from, uint64_t to);

/* A worker's that has another master: what it asked the last one may have got lost. Thread:
 * control. */
void acri_feeder_claim_again(const struct acri_objects *objects);

/* The loops are gone, and others will come: what they had is dealt again. Thread: control. */
void acri_feeder_forget_loops(const struct acri_objects *objects);

#endif
