/* SPDX-License-Identifier: MIT */
/*
 * Results read back from what --json-file wrote. Whatever a file holds is checked: it may be cut
 * short, of something else, or made to harm.
 *
 * A number that there is not is NaN. Texts live as long as the run.
 */
#ifndef ACRIDA_RESULTS_SAVED_H
#define ACRIDA_RESULTS_SAVED_H

#include <stdbool.h>
#include <stddef.h>

#define SAVED_BYTES_MAX (256u << 20)
#define SAVED_POINTS_MAX 100000u

enum saved_column {
    SAVED_REQUEST_RATE = 0,
    SAVED_FAILURE_RATE = 1,
    SAVED_AVERAGE_MS = 2,
    SAVED_P50_MS = 3,
    SAVED_P95_MS = 4,
    SAVED_P99_MS = 5,
    SAVED_COLUMNS = 6,
};

struct saved_bucket {
    double ms;
    double n;
};

struct saved_entry {
    const char *type;
    const char *name;
    double requests;
    double failures;
    double timed; /* requests with a time */
    double requests_per_s;
    double failures_per_s;
    double min_ms;
    double mean_ms;
    double max_ms;
    struct saved_bucket *histogram; /* rising; n_buckets elements */
    size_t n_buckets;
    double *columns[SAVED_COLUMNS]; /* n_points elements each; NULL = it has none */
};

struct saved_failure {
    const char *type;
    const char *name;
    const char *error;
    double count;
};

struct saved_run {
    void *document; /* that the texts are part of */
    const char *path;
    const char *verdict; /* "pass", "fail", "invalid", "none" */
    const char *scenario;
    double start_time; /* seconds since the epoch */
    double reset_s;    /* when the statistics began: seconds since the start */
    double duration_s;
    double exit_code;
    size_t n_points; /* of the history */
    double interval_s;
    double *time_s; /* n_points elements, rising; the same for the next three */
    double *users;
    double *target_users;
    double *arrivals_per_s;
    struct saved_entry total;
    struct saved_entry *entries;
    size_t n_entries;
    struct saved_failure *failures;
    size_t n_failures;
};

/*
 * Read a file. path is borrowed.
 *
 * error: why not, as "FILE: reason". Returns: 0, -EINVAL (it is no such document), -ENOMEM, or the
 * negative errno of reading.
 */
int saved_read(struct saved_run *r, const char *path, char *error, size_t error_bytes);
/* The same from memory; name is for messages. */
int saved_parse(struct saved_run *r, const char *name, const char *text, size_t bytes, char *error,
                size_t error_bytes);
void saved_free(struct saved_run *r);

/* A whole file in memory. Owner: the caller. Returns: 0 or a negative errno with its line. */
int saved_slurp(const char *path, char **ret_text, size_t *ret_bytes, char *error,
                size_t error_bytes);

/* The list of it: reasons of the verdict, and goals as "goal: wanted, measured (state)". Returns:
 * NULL past the end; a goal is valid until the next call. */
const char *saved_reason(const struct saved_run *r, size_t index);
const char *saved_goal(const struct saved_run *r, size_t index, char *text, size_t bytes);

/* A pattern in which it degraded: "title: evidence". The same. */
const char *saved_pattern(const struct saved_run *r, size_t index, char *text, size_t bytes);

/* Of the response times, within 0.4 %. Returns: NaN without any. */
double saved_quantile(const struct saved_entry *e, double quantile);

#endif
