/* SPDX-License-Identifier: MIT */
/*
 * What every scenario includes: user types, tasks, waiting, memory, random values, reporting by
 * hand.
 *
 * Unless a call says otherwise, it is for a task, on_start, on_stop or hook, with the user given to
 * it, on that user's loop. Calls marked ACR_YIELDS may suspend the caller; other users run
 * meanwhile.
 */
#ifndef ACRIDA_ACRIDA_H
#define ACRIDA_ACRIDA_H

#include <acrida/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a task may return. A negative value is an exception (see acr_raise). */
enum acr_outcome {
    ACR_DONE = 0,
    ACR_RESCHEDULE = 1,     /* as 0: wait, then the next task */
    ACR_RESCHEDULE_NOW = 2, /* the next task without waiting */
    ACR_INTERRUPT = 3,      /* leave the task set; the next task of what is around it at once */
    ACR_INTERRUPT_WAIT = 4, /* leave the task set, then wait, then the next task */
    ACR_STOP_USER = 5,      /* this user ends: on_stop, then gone */
    ACR_STOP_TEST = 6,      /* the whole run ends */
};

#define ACR_RAISED (-1)

/* --- the user ------------------------------------------------------------------------------- */

/**
 * The user's state block: state_size zeroed bytes, its own from start to end.
 *
 * Returns: the block; NULL when the user type has no state_size.
 * Owner:   the runtime; freed after on_stop.
 */
ACR_API void *acr_state(struct acr_user *u);

/**
 * The user's number: 0 for the first user of the run, counting up over all loops. The same user has
 * the same number whatever the number of threads, and the number seeds its random stream.
 */
ACR_API uint64_t acr_number(const struct acr_user *u);

/** The name of the user's type; "service" in hooks. */
ACR_API const char *acr_type_name(const struct acr_user *u);

/** The base URL of the user: --host, else its type's host, else "". */
ACR_API const char *acr_host(const struct acr_user *u);

/** Whether the user is being ended: calls that yield answer at once as cancelled. */
ACR_API bool acr_is_cancelled(const struct acr_user *u);

/* --- tasks ----------------------------------------------------------------------------------- */

/** The name of the task that runs; "on_start" or "on_stop" in these. */
ACR_API const char *acr_task_name(const struct acr_user *u);

/**
 * The state of the task set that the user is in: state_size zeroed bytes at each entry.
 *
 * Returns: NULL outside of sets, and in sets without state_size. Owner: the runtime.
 */
ACR_API void *acr_set_state(struct acr_user *u);

/**
 * Run a task of the current set (or user type) next, by name, before any is picked; after those
 * scheduled before, or first of all.
 *
 * Returns: 0; -ENOENT when the set has no such task.
 */
ACR_API int acr_schedule(struct acr_user *u, const char *task, bool first);

/* --- more than one thing at a time -------------------------------------------------------------
 */

struct acr_spawned;

/**
 * Start a coroutine beside the caller: `function` gets a user of its own to work with, which shares
 * state, connections and host with this one and has its own memory and random values. It returns
 * what a task returns: an acr_outcome other than 0 is the user's. The argument
 * is copied. It ends with the user: from then on its calls answer as cancelled. In a hook: it ends
 * with the run.
 *
 * Returns: what acr_join takes, valid until the current task returns; NULL (logged, and counted as
 *          an exception) above 1,000 live ones of one user. Thread: the user's loop.
 */
ACR_API struct acr_spawned *acr_spawn(struct acr_user *u,
                                      int (*function)(struct acr_user *u, void *arg),
                                      const void *arg, size_t arg_bytes);

/**
 * Wait until it has returned.
 *
 * Units:   seconds; 0 = as long as it takes.
 * Returns: its result; -ETIMEDOUT; -ECANCELED when the caller's user is being ended; -EINVAL for
 *          NULL. Yields.
 */
ACR_API ACR_YIELDS int acr_join(struct acr_user *u, struct acr_spawned *spawned, double timeout_s);

/** Wait for all that this task has started. Returns: 0, or the first negative result. Yields. */
ACR_API ACR_YIELDS int acr_join_all(struct acr_user *u);

/* --- between plugins, loops and nodes ------------------------------------------------------------
 */

/**
 * Fire a custom event that this plugin has declared: its listeners run now, in load order.
 *
 * payload: payload_size bytes of the declaration; NULL when that is 0.
 * Returns: 0, or the first outcome other than 0 of a listener (its error is logged).
 */
ACR_API int acr_fire(struct acr_user *u, uint32_t slot, const void *payload);

/**
 * The plugin's state of the caller's loop; on the control loop (in hooks): that of all loops
 * merged.
 *
 * Returns: size bytes of struct acr_loop_state_type. Owner: the runtime; do not keep it over a
 * yield.
 */
ACR_API void *acr_loop_state(struct acr_user *u, uint32_t slot);

/**
 * In test_start: leave a text to all users of the run, on all nodes. Both are copied.
 *
 * Returns: 0; -EPERM once users run.
 */
ACR_API int acr_share(struct acr_user *u, const char *key, const char *text);

/** What was shared under a key; "" when nothing was. Valid to the end of the run. */
ACR_API const char *acr_shared(const struct acr_user *u, const char *key);

/* --- load: what a shape's tick fills in ----------------------------------------------------------
 */

/* Made by the runtime, filled with what is wanted now. */
struct acr_load {
    uint64_t current_users; /* how many there are */
    uint64_t users;         /* how many there should be */
    double spawn_rate;      /* started or ended per second */
    double arrival_rate;    /* open load: arrivals per second */
    double ramp_per_s;      /* by so much per second the arrival rate moves; 0 = at once */
    const char *user_types; /* only these are added, separated by spaces; NULL = all */
};

/* --- waiting and clocks ---------------------------------------------------------------------- */

/**
 * Suspend the caller for a time.
 *
 * Units:   seconds; 0 lets others run once.
 * Returns: 0; -ECANCELED when the user is being ended.
 * Yields.
 */
ACR_API ACR_YIELDS int acr_sleep(struct acr_user *u, double seconds);

/** A monotonic clock, in nanoseconds since no time in particular: for differences. Thread: any. */
ACR_API uint64_t acr_now_ns(void);

/** Seconds since the run started. */
ACR_API double acr_run_time(const struct acr_user *u);

/** Seconds since this user started. */
ACR_API double acr_user_time(const struct acr_user *u);

/* --- memory ----------------------------------------------------------------------------------- */

/**
 * Zeroed memory that lives until the task returns. Aligned for any type.
 *
 * Returns: never NULL; a user whose task exceeds its limit (64 MiB) ends, with an exception.
 */
ACR_API void *acr_alloc(struct acr_user *u, size_t bytes);

/** Zeroed memory that lives as long as the user. Never NULL. */
ACR_API void *acr_keep(struct acr_user *u, size_t bytes);

/** A formatted string that lives until the task returns. Never NULL. */
ACR_API const char *acr_fmt(struct acr_user *u, const char *format, ...) ACR_PRINTF(2, 3);

/** A copy of a string that lives until the task returns; NULL is copied as "". */
ACR_API const char *acr_dup(struct acr_user *u, const char *text);

/** Copy a string into a buffer, cut to fit and terminated. NULL is copied as "". Thread: any. */
ACR_API void acr_copy(char *to, size_t to_bytes, const char *from);

/** A position in the task's memory, for acr_rewind. */
ACR_API size_t acr_mark(struct acr_user *u);

/** Free all that was obtained from the task's memory since the mark. */
ACR_API void acr_rewind(struct acr_user *u, size_t mark);

/**
 * Call a function when the current task returns (last registered first). It must not yield.
 *
 * Thread:  the user's loop.
 */
ACR_API void acr_defer(struct acr_user *u, void (*function)(void *arg), void *arg);

/* --- random values: each user has its own stream, the same for the same --seed -----------------
 */

/** A whole number from low to high, both included; low when high < low. */
ACR_API int64_t acr_random_int(struct acr_user *u, int64_t low, int64_t high);

/** A number from low up to, but not including, high. */
ACR_API double acr_random_double(struct acr_user *u, double low, double high);

/** Letters and digits; lives until the task returns. */
ACR_API const char *acr_random_string(struct acr_user *u, size_t length);

/** A random (version 4) UUID, 36 characters; lives until the task returns. */
ACR_API const char *acr_random_uuid(struct acr_user *u);

/** An index from 0 to n - 1; 0 when n is 0. */
ACR_API size_t acr_random_index(struct acr_user *u, size_t n);

/** A random element of an array. */
#define acr_random_choice(u, array) ((array)[acr_random_index((u), ACR_LEN(array))])

/* --- log, environment, errors ------------------------------------------------------------------
 */

enum acr_log_level {
    ACR_LOG_DEBUG = 1,
    ACR_LOG_INFO = 2,
    ACR_LOG_WARNING = 3,
    ACR_LOG_ERROR = 4,
};

/** Log a line at level info, as the user's type and number. Thread: any, with u NULL off its loop.
 */
ACR_API void acr_log(const struct acr_user *u, const char *format, ...) ACR_PRINTF(2, 3);

/** Log a line at a level (enum acr_log_level). */
ACR_API void acr_log_at(const struct acr_user *u, uint32_t level, const char *format, ...)
    ACR_PRINTF(3, 4);

/** An environment variable, or the default when it is not set. Thread: any. */
ACR_API const char *acr_env(const char *name, const char *default_value);

/**
 * Raise an exception: `return acr_raise(u, "no token");`. It is listed with its message, task,
 * backtrace and count; the user waits and goes on with its next task. In on_start it ends the user.
 *
 * Returns: ACR_RAISED.
 */
ACR_API int acr_raise(struct acr_user *u, const char *format, ...) ACR_PRINTF(2, 3);

/* --- options ------------------------------------------------------------------------------------
 */

/** The value of an option of any plugin or of the command line; "" when unset. Thread: any. */
ACR_API const char *acr_option_string(const char *name);
/** Whether a flag is set. Thread: any. */
ACR_API bool acr_option_flag(const char *name);
/** A whole number; the default when unset. Thread: any. */
ACR_API int64_t acr_option_int(const char *name, int64_t default_value);
/** A number, or a duration in seconds; the default when unset. Thread: any. */
ACR_API double acr_option_number(const char *name, double default_value);

/* --- samples reported by hand -------------------------------------------------------------------
 */

struct acr_report {
    size_t size;             /* filled by the macro */
    const char *type;        /* "" when left out */
    const char *name;        /* required */
    double response_time_ms; /* ignored with no_time */
    bool no_time;            /* counted, but kept out of the response times */
    uint64_t bytes;          /* response length */
    const char *error;       /* NULL = succeeded */
    const char *context;     /* for listeners; NULL = the user's (acr_set_context) */
    const char *tags;        /* words separated by spaces: also counted under each of them */
};

/** What acr_report calls; use acr_report. */
ACR_API void acr_report_sample(struct acr_user *u, const struct acr_report *report);

/**
 * Put a sample into the statistics: `acr_report(u, .type = "job", .name = "encode",
 * .response_time_ms = 12.5);`
 */
#ifdef __cplusplus
#define acr_report(u, ...)                                                                        \
    do {                                                                                          \
        const struct acr_report acr_report_ = { .size = sizeof(struct acr_report), __VA_ARGS__ }; \
        acr_report_sample((u), &acr_report_);                                                     \
    } while (0)
#else
#define acr_report(u, ...) \
    acr_report_sample(     \
        (u), &(const struct acr_report){ .size = sizeof(struct acr_report), __VA_ARGS__ })
#endif

/* --- JSON: a missing value is "" or the default given, never a crash -----------------------------
 */

struct acr_json;

/**
 * Parse a JSON text.
 *
 * Returns: never NULL; of an invalid text everything is missing.
 * Owner:   the runtime; valid until the task returns.
 */
ACR_API const struct acr_json *acr_json_parse(struct acr_user *u, const char *text, size_t bytes);

/** Why the text was refused, with line and column; "" when it was not. */
ACR_API const char *acr_json_error(const struct acr_json *json);

/**
 * Values by path: "token", "user.name", "items[0].id", "" for the root. Numbers and booleans read
 * as strings have their JSON text.
 */
ACR_API bool acr_value_exists(const struct acr_json *json, const char *path);
ACR_API const char *acr_value_string(const struct acr_json *json, const char *path);
ACR_API int64_t acr_value_int(const struct acr_json *json, const char *path, int64_t default_value);
ACR_API double acr_value_number(const struct acr_json *json, const char *path,
                                double default_value);
ACR_API bool acr_value_bool(const struct acr_json *json, const char *path, bool default_value);
/** The number of elements of an array or members of an object; 0 otherwise. */
ACR_API size_t acr_value_count(const struct acr_json *json, const char *path);

/** The text quoted and escaped as a JSON string; lives until the task returns. */
ACR_API const char *acr_json_quote(struct acr_user *u, const char *text);

#ifdef __cplusplus
}
#endif

#include <acrida/cluster.h>
#include <acrida/data.h>
#include <acrida/metrics.h>
#include <acrida/sync.h>

#endif
