/* SPDX-License-Identifier: MIT */
/*
 * Test data from files: rows of a CSV or JSON file, dealt to users on all loops.
 *
 * A feeder is made in `init` or `test_start` and kept in a global. Its file is mapped, not read: a
 * file of any size costs an index of a few bytes per hundred rows. It must not be made shorter
 * while it is used. Included by <acrida/acrida.h>.
 */
#ifndef ACRIDA_DATA_H
#define ACRIDA_DATA_H

#include <acrida/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

enum acr_feed_order {
    ACR_FEED_SEQUENTIAL = 0, /* row after row over all users, again from the start at the end */
    ACR_FEED_ONCE = 1,       /* row after row over all users; NULL when they are used up */
    ACR_FEED_RANDOM = 2,     /* any row each time */
    ACR_FEED_SHUFFLED = 3,   /* each row once in a random order, then again in another */
    ACR_FEED_UNIQUE = 4,     /* the user's own: always the same row, which no other user gets */
};

struct acr_feeder;
struct acr_row;

/**
 * Open a file: "users.csv" (the first line names the columns), "users.json" (an array of objects)
 * or "users.jsonl" (an object per line). A relative path is looked for beside the scenario, then in
 * the working directory.
 *
 * Returns: NULL when it cannot be read; acr_raise has been called with the reason, so that
 *          `if (feeder == NULL) return ACR_RAISED;` is all a hook needs.
 * Owner:   the runtime; valid until the process ends. Thread: control loop, in init or test_start.
 */
ACR_API struct acr_feeder *acr_feeder_open(struct acr_user *u, const char *path, uint32_t order);

/** The number of rows. Thread: any. */
ACR_API uint64_t acr_feeder_rows(const struct acr_feeder *f);

/**
 * The next row for this user.
 *
 * Returns: NULL when there is none (left), or when the user is being ended. Valid until the task
 *          returns. Yields (rarely: rows are dealt to loops in blocks).
 */
ACR_API ACR_YIELDS const struct acr_row *acr_feed(struct acr_user *u, struct acr_feeder *f);

/** A value by column name (of JSON: by path), as text; "" when there is none, also of NULL. */
ACR_API const char *acr_row_get(const struct acr_row *row, const char *column);

/** The number of the row, from 0; 0 of NULL. */
ACR_API uint64_t acr_row_number(const struct acr_row *row);

#ifdef __cplusplus
}
#endif

#endif
