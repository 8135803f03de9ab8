/* SPDX-License-Identifier: MIT */
/*
 * For report authors: read access to the statistics of a run, and control of it.
 *
 * A snapshot is what `tick`, `test_stop` and `quitting` get. It is read on the control loop and is
 * valid until the listener returns or yields, whichever comes first. Times are milliseconds, rates
 * per second.
 */
#ifndef ACRIDA_REPORT_H
#define ACRIDA_REPORT_H

#include <acrida/acrida.h>

#ifdef __cplusplus
extern "C" {
#endif

struct acr_entry;     /* one line of the statistics: (type, name) */
struct acr_failure;   /* one line of the failures: (entry, reason) */
struct acr_exception; /* one line of the exceptions */

/* Which of the three times. */
enum acr_clock {
    ACR_RESPONSE_TIME = 0, /* sent to answered, as Locust */
    ACR_CORRECTED = 1,     /* intended to answered */
    ACR_LATENESS = 2,      /* intended to sent */
};

/* Over what. */
enum acr_window {
    ACR_TOTAL = 0,   /* since the start, or the last reset */
    ACR_CURRENT = 1, /* the last 10 seconds */
};

enum acr_count {
    ACR_REQUESTS = 0, /* settled samples: succeeded and failed */
    ACR_FAILURES = 1,
    ACR_ATTEMPTS = 2,  /* request heads written: redirects and resends too */
    ACR_CANCELLED = 3, /* in flight when their user was ended */
    ACR_UNTIMED = 4,   /* of the requests: reported without a time */
    ACR_BYTES = 5,     /* sum of response lengths */
};

/* The ledger of requests of the whole run, never reset: started = succeeded + failed + cancelled +
 * in flight + lost. */
enum acr_ledger {
    ACR_LEDGER_STARTED = 0,
    ACR_LEDGER_SUCCEEDED = 1,
    ACR_LEDGER_FAILED = 2,
    ACR_LEDGER_CANCELLED = 3,
    ACR_LEDGER_IN_FLIGHT = 4,
    ACR_LEDGER_LOST = 5,
    ACR_LEDGER_ATTEMPTS = 6,
};

/** Entries sorted by (name, type). Returns: NULL past the end. */
ACR_API const struct acr_entry *acr_snapshot_entry(const struct acr_snapshot *s, size_t index);
ACR_API size_t acr_snapshot_n_entries(const struct acr_snapshot *s);
/** The sum of all entries; its type is "", its name "Aggregated". */
ACR_API const struct acr_entry *acr_snapshot_total(const struct acr_snapshot *s);

ACR_API const char *acr_entry_type(const struct acr_entry *e);
ACR_API const char *acr_entry_name(const struct acr_entry *e);
ACR_API uint64_t acr_entry_count(const struct acr_entry *e, uint32_t count);
/** Requests per second: total over the time from the run's start to its last request; current over
 * the last 10 s. */
ACR_API double acr_entry_request_rate(const struct acr_entry *e, uint32_t window);
ACR_API double acr_entry_failure_rate(const struct acr_entry *e, uint32_t window);
/** Times in milliseconds; 0 without a timed request. */
ACR_API double acr_entry_average_ms(const struct acr_entry *e, uint32_t clock);
ACR_API double acr_entry_min_ms(const struct acr_entry *e, uint32_t clock);
ACR_API double acr_entry_max_ms(const struct acr_entry *e, uint32_t clock);
/**
 * A quantile (0 to 1), with a relative error of at most 0.4 %.
 *
 * Returns: milliseconds; -1 when there is no timed request in the window (the current window is
 * kept for ACR_RESPONSE_TIME only; -1 for the others).
 */
ACR_API double acr_entry_quantile_ms(const struct acr_entry *e, uint32_t clock, uint32_t window,
                                     double quantile);

/**
 * The percentiles that tables and files show, rising: those of --percentiles.
 *
 * ret_quantile: 0 to 1. ret_name: "99.9", valid as long as the process. Returns: false past the
 * end.
 */
ACR_API bool acr_percentile_at(size_t index, double *ret_quantile, const char **ret_name);

/** The sum of the times of a clock. */
ACR_API double acr_entry_sum_ms(const struct acr_entry *e, uint32_t clock);
/**
 * Walk what quantiles are made of: buckets that are not empty, from the shortest times up. Start
 * with *bucket = 0 and add 1 to go on. Each stands for times at most 0.4 % away from *ret_ms (the
 * first for all up to 1 us, the last for all from one hour on); *ret_n of them were counted.
 *
 * Returns: false past the last.
 */
ACR_API bool acr_entry_bucket(const struct acr_entry *e, uint32_t clock, uint32_t *bucket,
                              double *ret_ms, uint64_t *ret_n);

/** Failures sorted by (name, type, error). */
ACR_API size_t acr_snapshot_n_failures(const struct acr_snapshot *s);
ACR_API const struct acr_failure *acr_snapshot_failure(const struct acr_snapshot *s, size_t index);
ACR_API const char *acr_failure_type(const struct acr_failure *f);
ACR_API const char *acr_failure_name(const struct acr_failure *f);
ACR_API const char *acr_failure_error(const struct acr_failure *f);
ACR_API uint64_t acr_failure_count(const struct acr_failure *f);
/** Seconds since the epoch. */
ACR_API double acr_failure_first_seen(const struct acr_failure *f);
ACR_API double acr_failure_last_seen(const struct acr_failure *f);

/** Exceptions in order of their first occurrence. */
ACR_API size_t acr_snapshot_n_exceptions(const struct acr_snapshot *s);
ACR_API const struct acr_exception *acr_snapshot_exception(const struct acr_snapshot *s,
                                                           size_t index);
ACR_API const char *acr_exception_message(const struct acr_exception *x);
ACR_API const char *acr_exception_traceback(const struct acr_exception *x);
ACR_API const char *acr_exception_nodes(const struct acr_exception *x);
ACR_API uint64_t acr_exception_count(const struct acr_exception *x);

/** "ready", "spawning", "running", "stopping" or "stopped". */
ACR_API const char *acr_snapshot_state(const struct acr_snapshot *s);
ACR_API uint64_t acr_snapshot_users(const struct acr_snapshot *s);
/** Seconds since the run started, and when it started (seconds since the epoch). */
ACR_API double acr_snapshot_elapsed(const struct acr_snapshot *s);
ACR_API double acr_snapshot_start_time(const struct acr_snapshot *s);
/** When the statistics began: at the start, or the last reset; and when the last request since then
 * was answered, 0 when none was. Seconds since the epoch. */
ACR_API double acr_snapshot_reset_time(const struct acr_snapshot *s);
ACR_API double acr_snapshot_last_request_time(const struct acr_snapshot *s);
/** What --seed repeats this run. */
ACR_API uint64_t acr_snapshot_seed(const struct acr_snapshot *s);
/** The mean number of requests open at once, integrated over time: by Little's law, rate times mean
 * response time. */
ACR_API double acr_snapshot_open_requests(const struct acr_snapshot *s);
ACR_API uint64_t acr_snapshot_ledger(const struct acr_snapshot *s, uint32_t which);

/* --- the load itself ----------------------------------------------------------------------------
 */

/* Counted since the start of the run, unless it says now. */
enum acr_load_count {
    ACR_LOAD_ITERATIONS = 0,   /* begun */
    ACR_LOAD_ARRIVALS = 1,     /* of open load: due so far */
    ACR_LOAD_DROPPED = 2,      /* of these: all users were busy */
    ACR_LOAD_QUEUED = 3,       /* of these: waited for a user */
    ACR_LOAD_QUEUE = 4,        /* waiting for a user now */
    ACR_LOAD_MISSED_SLOTS = 5, /* of ACR_CONSTANT_PACING: not made up for */
    ACR_LOAD_SPAWNED = 6,      /* coroutines of acr_spawn, live now */
    ACR_LOAD_PARKED = 7,       /* users that never returned from their task */
    ACR_LOAD_COUNTS = 8,
};

ACR_API uint64_t acr_snapshot_load(const struct acr_snapshot *s, uint32_t which);

/** How many users there should be now, and how many arrivals per second. */
ACR_API uint64_t acr_snapshot_target_users(const struct acr_snapshot *s);
ACR_API double acr_snapshot_arrival_rate(const struct acr_snapshot *s);

/**
 * The stage that a run is in, or was in when it ended, from 0, of a shape or --stages.
 *
 * ret_n_stages: how many there are; may be NULL. Returns: -1 without stages (then 0), and before
 * the run.
 */
ACR_API int64_t acr_snapshot_stage(const struct acr_snapshot *s, size_t *ret_n_stages);

/** Users by type, in the order of the scenario. Returns: NULL, 0 past the end. */
ACR_API size_t acr_snapshot_n_user_types(const struct acr_snapshot *s);
ACR_API const char *acr_snapshot_user_type(const struct acr_snapshot *s, size_t index);
ACR_API uint64_t acr_snapshot_users_of_type(const struct acr_snapshot *s, size_t index);

/* --- custom metrics (<acrida/metrics.h>) ---------------------------------------------------------
 */

enum acr_metric_kind {
    ACR_METRIC_COUNTER = 0,
    ACR_METRIC_GAUGE = 1,
    ACR_METRIC_TREND = 2,
    ACR_METRIC_CHECK = 3,
    ACR_METRIC_TAG = 4, /* requests that carry a tag: a trend of their response times in ms */
};

struct acr_metric;

/** Sorted by (kind, name). Returns: NULL past the end. */
ACR_API size_t acr_snapshot_n_metrics(const struct acr_snapshot *s);
ACR_API const struct acr_metric *acr_snapshot_metric(const struct acr_snapshot *s, size_t index);
ACR_API uint32_t acr_metric_kind(const struct acr_metric *m);
ACR_API const char *acr_metric_name(const struct acr_metric *m);
/** How often it was told a value. */
ACR_API uint64_t acr_metric_count(const struct acr_metric *m);
/** Of a check or tag: how many of these failed. */
ACR_API uint64_t acr_metric_failures(const struct acr_metric *m);
/** The sum of all values; of a counter what it stands at. */
ACR_API double acr_metric_sum(const struct acr_metric *m);
/** The sum over the time since the start or the last reset, per second. */
ACR_API double acr_metric_rate(const struct acr_metric *m);
/** The mean of all values; 0 without any. */
ACR_API double acr_metric_average(const struct acr_metric *m);
/** The last value (of the loop that told it last), the lowest, the highest; 0 without any. A gauge
 * stays where it stands when the statistics are reset. */
ACR_API double acr_metric_last(const struct acr_metric *m);
ACR_API double acr_metric_min(const struct acr_metric *m);
ACR_API double acr_metric_max(const struct acr_metric *m);
/** Of a trend or tag: a quantile (0 to 1), relative error at most 0.4 % from 0.001 on. Returns: -1
 * without a value. */
ACR_API double acr_metric_quantile(const struct acr_metric *m, double quantile);

/* --- a master's workers, and their labels --------------------------------------------------------
 */

struct acr_worker; /* one worker, from its first contact on */

/* A worker's numbers, as it last told them or as its master sees it. */
enum acr_worker_number {
    ACR_WORKER_USERS = 0,               /* now */
    ACR_WORKER_USERS_MAX = 1,           /* the most so far in this run */
    ACR_WORKER_THREADS = 2,             /* that users run on */
    ACR_WORKER_CPU_PERCENT = 3,         /* of all CPUs that it may use */
    ACR_WORKER_LOOP_PERCENT = 4,        /* of one CPU: its busiest thread */
    ACR_WORKER_MEMORY_BYTES = 5,        /* resident */
    ACR_WORKER_LATENESS_MS = 6,         /* 99 % of its requests were sent at most so late */
    ACR_WORKER_SILENT_S = 7,            /* since its last word */
    ACR_WORKER_CLOCK_OFFSET_MS = 8,     /* of its wall clock to the master's */
    ACR_WORKER_REPORTS = 9,             /* taken from it */
    ACR_WORKER_LATENESS_RECENT_MS = 10, /* as LATENESS_MS, of the last 10 s */
    ACR_WORKER_NUMBERS = 11,
};

/** In the order of their first contact, those that have gone too; 0 where there is no master.
 * Returns: NULL past the end. */
ACR_API size_t acr_snapshot_n_workers(const struct acr_snapshot *s);
ACR_API const struct acr_worker *acr_snapshot_worker(const struct acr_snapshot *s, size_t index);
ACR_API const char *acr_worker_name(const struct acr_worker *w);
ACR_API const char *acr_worker_host(const struct acr_worker *w);
/** "region=eu zone=a", or "". */
ACR_API const char *acr_worker_labels(const struct acr_worker *w);
/** "ready", "preparing", "prepared", "spawning", "running", "stopping", "stopped", "failed",
 * "missing" (no word from it) or "left". */
ACR_API const char *acr_worker_state(const struct acr_worker *w);
/** Its index in messages. */
ACR_API uint32_t acr_worker_number_of(const struct acr_worker *w);
/** which: enum acr_worker_number. */
ACR_API double acr_worker_value(const struct acr_worker *w, uint32_t which);
/** Of this run, as reported: its part of acr_snapshot_ledger. which: enum acr_ledger. */
ACR_API uint64_t acr_worker_ledger(const struct acr_worker *w, uint32_t which);
/** The sum of all its requests: counts, and response times since the start or the last reset. Other
 * clocks and the last 10 s are not kept. */
ACR_API const struct acr_entry *acr_worker_total(const struct acr_worker *w);

/**
 * The statistics by label: a view of the workers with the same label ("region=eu"), which all other
 * functions read as they read the whole. Of more than 32 labels the others share "(other labels)".
 * Custom metrics are split too, state per loop is not. Returns: NULL past the end.
 */
ACR_API size_t acr_snapshot_n_labels(const struct acr_snapshot *s);
ACR_API const char *acr_snapshot_label(const struct acr_snapshot *s, size_t index);
ACR_API const struct acr_snapshot *acr_snapshot_of_label(const struct acr_snapshot *s,
                                                         size_t index);

/* --- over time -----------------------------------------------------------------------------------
 *
 * Points at equal distances since the start of the run: 1 s at first. There are at most
 * ACR_POINTS_MAX: when there would be more, each two become one, so that a day takes no more memory
 * than an hour. Counts and times are added then, so that rates and means stay exact; of two
 * quantiles the higher is kept, never a mean. Rates are over the time since the point before that
 * has values: a second in which nothing was collected (the process was held up, or a master waited
 * for the last words of its workers) has none, and the next point is the mean of both. A reset of
 * the statistics leaves the points as they are. An entry has no value before the point in which it
 * came; the first 1,000 have a history.
 */

#define ACR_POINTS_MAX 1200

enum acr_series {
    ACR_SERIES_USERS = 0,        /* at the end of the point's time */
    ACR_SERIES_TARGET_USERS = 1, /* the same */
    ACR_SERIES_ARRIVAL_RATE = 2, /* open load, wanted: per second */
    ACR_SERIES_REQUEST_RATE = 3, /* per second, mean over the point's time */
    ACR_SERIES_FAILURE_RATE = 4, /* the same */
    ACR_SERIES_AVERAGE_MS = 5,   /* response times: mean over the point's time */
    ACR_SERIES_P50_MS = 6,       /* a quantile over 10 s; of several in one point the highest */
    ACR_SERIES_P95_MS = 7,
    ACR_SERIES_P99_MS = 8,
    ACR_SERIES_MAX_MS = 9,         /* the longest, the same */
    ACR_SERIES_OPEN_REQUESTS = 10, /* in flight, mean over the point's time; a master's: at ends */
    ACR_SERIES_LATENESS_MS = 11,   /* mean over the point's time */
    ACR_SERIES_CPU_PERCENT = 12,   /* of the busiest thread that runs users, of one CPU */
    ACR_SERIES_COUNT = 13,
};

ACR_API size_t acr_snapshot_n_points(const struct acr_snapshot *s);
/** Seconds that each point stands for, but the last, which may be younger. */
ACR_API double acr_snapshot_point_interval(const struct acr_snapshot *s);
/** The end of a point's time: seconds since the start of the run. */
ACR_API double acr_snapshot_point_time(const struct acr_snapshot *s, size_t point);
/** A series of the whole: enum acr_series. Returns: NaN where there is no value. */
ACR_API double acr_snapshot_point(const struct acr_snapshot *s, size_t point, uint32_t series);
/** The same of one entry: rates, mean and quantiles of its response times. */
ACR_API double acr_entry_point(const struct acr_entry *e, size_t point, uint32_t series);

/* --- goals and verdict ---------------------------------------------------------------------------
 */

enum acr_verdict {
    ACR_VERDICT_NONE = 0,    /* not decided yet */
    ACR_VERDICT_PASS = 1,    /* all goals were met, and with --exit-code-on-error nothing failed */
    ACR_VERDICT_FAIL = 2,    /* a goal was missed or not tested, or there were failures */
    ACR_VERDICT_INVALID = 3, /* the numbers are the generator's, not those of what was tested */
};

/** As it would be if the run ended now; of a run that is over, as it is. */
ACR_API uint32_t acr_snapshot_verdict(const struct acr_snapshot *s);
/** Why, a sentence each: for FAIL and INVALID at least one. Of PASS: what was noticed. Returns:
 * NULL past the end. */
ACR_API const char *acr_snapshot_reason(const struct acr_snapshot *s, size_t index);

struct acr_goal; /* one of --check */

enum acr_goal_state {
    ACR_GOAL_WAITING = 0, /* while the run goes on: no value yet */
    ACR_GOAL_MET = 1,
    ACR_GOAL_MISSED = 2,
    ACR_GOAL_NOT_TESTED = 3, /* no requests, or not the load that it asks for */
};

ACR_API size_t acr_snapshot_n_goals(const struct acr_snapshot *s);
ACR_API const struct acr_goal *acr_snapshot_goal(const struct acr_snapshot *s, size_t index);
/** As it was given: "GET /api: p99 < 1s over 10s". */
ACR_API const char *acr_goal_text(const struct acr_goal *g);
/** "< 1000 ms" */
ACR_API const char *acr_goal_wanted(const struct acr_goal *g);
/** "412 ms", or why there is no value. */
ACR_API const char *acr_goal_measured(const struct acr_goal *g);
/** enum acr_goal_state. */
ACR_API uint32_t acr_goal_state(const struct acr_goal *g);

/** Change the load of the run: what is wanted from now on, as a shape's tick would. Returns: 0;
 * -EBUSY when a shape or a master decides. Thread: the control loop. */
ACR_API int acr_set_load(const struct acr_load *load);

/** Ask for the end of the run, as Ctrl-C does. Thread: the control loop. */
ACR_API void acr_stop_run(void);
/** Decide the exit code of the process, whatever the results. Thread: the control loop. */
ACR_API void acr_set_exit_code(int exit_code);

#ifdef __cplusplus
}
#endif

#endif
