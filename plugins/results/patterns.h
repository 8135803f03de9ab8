/* SPDX-License-Identifier: MIT */
/*
 * How the system degraded: names the pattern that response times show over a run, with the numbers
 * that speak for it, or says that none is clear.
 *
 * Nothing is named that noise would make as well: each detector wants a model that is better than
 * the simpler one by far (the difference of BIC, see patterns_fit.h), on as many points as are
 * worth something given their autocorrelation (patterns_series.h), and an effect that matters: a
 * rise by 10 to 100 %, see each. With more endpoints it wants more, because more are tried.
 */
#ifndef ACRIDA_RESULTS_PATTERNS_H
#define ACRIDA_RESULTS_PATTERNS_H

#include <stdbool.h>
#include <stddef.h>

struct acr_snapshot;
struct json_text;

/* Below so many points with requests nothing is looked for. */
#define PATTERNS_POINTS_MIN 10
/* No run shows more of them. */
#define PATTERNS_MAX 8

enum pattern_kind {
    PATTERN_NONE = 0,       /* none is clear */
    PATTERN_LINEAR = 1,     /* times grow with the load, steadily */
    PATTERN_CLIFF = 2,      /* fine up to a knee, then at least twice as slow, or failing */
    PATTERN_SAWTOOTH = 3,   /* times rise and fall back, again and again */
    PATTERN_SPIKE = 4,      /* flat, then slow at once: one endpoint, or all at constant load */
    PATTERN_DRIFT = 5,      /* slower and slower at constant load */
    PATTERN_SATURATION = 6, /* from a knee on more load makes times longer, not answers more */
};

/* What `at` is measured in. */
enum pattern_at {
    PATTERN_AT_NOTHING = 0,
    PATTERN_AT_USERS = 1,
    PATTERN_AT_REQUEST_RATE = 2,
    PATTERN_AT_ARRIVAL_RATE = 3,
    PATTERN_AT_TIME = 4, /* seconds since the start of the run */
};

/* One endpoint's columns, or the sum's; NaN where there is no value, NULL for a column that there
 * is not. Either average_ms or p50_ms is required, requests_per_s is always. */
struct patterns_series {
    const char *type;
    const char *name;
    const double *requests_per_s;
    const double *failures_per_s;
    const double *average_ms;
    const double *p50_ms;
    const double *p95_ms;
    const double *p99_ms;
};

/* The history of a run, in columns of n. */
struct patterns_input {
    size_t n;
    const double *time_s; /* required, rising */
    const double *users;
    const double *target_users;
    const double *arrivals_per_s; /* of open load, wanted */
    const double *cpu_percent;    /* of the load generator's busiest thread */
    struct patterns_series total;
    const struct patterns_series *entries;
    size_t n_entries;
};

/* Numbers are NaN where they do not apply. */
struct pattern {
    enum pattern_kind kind;
    bool is_broken;         /* answers failed or became fewer; otherwise it was graceful */
    bool is_open;           /* the load is arrivals per second, not users */
    bool is_generator_busy; /* its own CPU may be what is seen */
    const char *type;       /* of the endpoint, the input's own; "" = all */
    const char *name;
    double from_s; /* the part of the run in which it shows */
    double to_s;
    enum pattern_at at_what;
    double at;
    double period_s;
    double slope;     /* ms per user, per arrival per second, or of DRIFT: per minute */
    double slope_low; /* of DRIFT: 95 % confidence */
    double slope_high;
    double recovery_s; /* after a peak of the load; infinite: not within the run */
    double goodness;   /* 0 to 1: the share of the variation that the pattern explains */
    double before_ms;  /* at its best, and at its worst */
    double after_ms;
    char title[96];
    char evidence[512];
};

/**
 * What the history shows, the worst first; one of PATTERN_NONE when none is clear.
 *
 * Returns: how many were written: 1 to n_max; 0 without memory, or when n_max is 0.
 * Thread: any; nothing is kept.
 */
size_t patterns_find(const struct patterns_input *in, struct pattern *ret, size_t n_max);

/** Usual causes (or, with is_fix, classes of fix), a sentence each. Returns: NULL past the end. */
const char *patterns_advice(const struct pattern *p, bool is_fix, size_t index);
/** "linear", "cliff", ... */
const char *patterns_name(enum pattern_kind kind);

/** Write the member `patterns`: see plugins/report/README.md. */
void patterns_json(struct json_text *j, const struct pattern *found, size_t n);

/** The same of a snapshot. */
void patterns_json_of(struct json_text *j, const struct acr_snapshot *s);

/* What patterns_history_read took, and must be given back. */
struct patterns_history {
    struct patterns_input input;
    struct patterns_series *entries;
    double *values;
};

/**
 * The columns of a snapshot: of the whole, and of the endpoints that took the most time. Names stay
 * the snapshot's own.
 *
 * Returns: 0, -ENOMEM. Owner: the caller, who frees it in either case.
 */
int patterns_history_read(struct patterns_history *h, const struct acr_snapshot *s);
void patterns_history_free(struct patterns_history *h);

/** All of it: patterns_history_read and patterns_find. Returns: as patterns_find. */
size_t patterns_of_snapshot(const struct acr_snapshot *s, struct pattern *ret, size_t n_max);

#endif
