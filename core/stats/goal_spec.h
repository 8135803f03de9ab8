/* SPDX-License-Identifier: MIT */
/*
 * A goal as it was read (stats/goal_parse.h): of what, which column, and its limit; and values as
 * it says them. Pure; any thread.
 */
#ifndef ACRIDA_STATS_GOAL_SPEC_H
#define ACRIDA_STATS_GOAL_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of what. */
enum acri_goal_kind {
    ACRI_GOAL_ENTRIES = 0, /* requests, by type and name; all without a selector */
    ACRI_GOAL_TAG,         /* requests that carry a tag */
    ACRI_GOAL_COUNTER,
    ACRI_GOAL_GAUGE,
    ACRI_GOAL_TREND,
    ACRI_GOAL_CHECK,
};

enum acri_goal_column {
    ACRI_GOAL_REQUESTS = 0,
    ACRI_GOAL_FAILURES,
    ACRI_GOAL_FAIL_RATIO,
    ACRI_GOAL_REQUEST_RATE,
    ACRI_GOAL_FAILURE_RATE,
    ACRI_GOAL_MIN,
    ACRI_GOAL_AVERAGE,
    ACRI_GOAL_MAX,
    ACRI_GOAL_QUANTILE,
    ACRI_GOAL_SIZE, /* mean length of a response */
    ACRI_GOAL_BYTES,
    ACRI_GOAL_ATTEMPTS,
    ACRI_GOAL_CANCELLED,
    ACRI_GOAL_UNTIMED,
    ACRI_GOAL_USERS,
    ACRI_GOAL_DROP_RATIO, /* of the arrivals of open load */
    ACRI_GOAL_COUNT,      /* of a metric: how often it was told; of a check: asked */
    ACRI_GOAL_SUM,
    ACRI_GOAL_RATE, /* of a counter: its sum per second */
    ACRI_GOAL_LAST,
    ACRI_GOAL_PASSED,
    ACRI_GOAL_PASS_RATIO,
};

enum acri_goal_operator {
    ACRI_GOAL_LESS = 0,
    ACRI_GOAL_AT_MOST,
    ACRI_GOAL_MORE,
    ACRI_GOAL_AT_LEAST,
    ACRI_GOAL_EQUAL,
    ACRI_GOAL_NOT_EQUAL,
};

/* What a value is counted in; the limit is in these. */
enum acri_goal_unit {
    ACRI_GOAL_NUMBER = 0,
    ACRI_GOAL_MS,
    ACRI_GOAL_RATIO, /* 0 to 1; shown in percent */
    ACRI_GOAL_PER_S,
    ACRI_GOAL_LENGTH, /* bytes */
};

/* Zero-initialised is empty. */
struct acri_goal_spec {
    char *text; /* as it was given */
    enum acri_goal_kind kind;
    char *type; /* of entries: NULL = any */
    char *name; /* of entries: NULL = any; of all others: required */
    enum acri_goal_column column;
    uint32_t clock;  /* of times: enum acr_clock */
    double quantile; /* 0 to 1 */
    enum acri_goal_unit unit;
    enum acri_goal_operator operator_;
    double limit;
    double over_s; /* 0 = the whole */
    double load;   /* requests per second; 0 = any */
    double hold_s; /* how long that load must be held */
    bool is_abort;
};

void acri_goal_spec_done(struct acri_goal_spec *spec);

/* Whether a value meets the limit. NaN never does. */
bool acri_goal_spec_is_met(const struct acri_goal_spec *spec, double value);

/* A value with its unit: "412 ms", "0.5 %". Returns: to. */
char *acri_goal_spec_format(const struct acri_goal_spec *spec, double value, char *to, size_t size);

/* The operator and the limit: "< 1000 ms". Returns: to. */
char *acri_goal_spec_wanted(const struct acri_goal_spec *spec, char *to, size_t size);

#endif
