/* SPDX-License-Identifier: MIT */
/*
 * For pages, terminals and monitoring: a process that stays, and is watched and steered from other
 * threads.
 *
 * All calls are made on the control loop (a hook, or what acr_control_post calls there), but for
 * acr_control_post, which any thread may call: it is the way in for a plugin with a thread of its
 * own.
 */
#ifndef ACRIDA_CONTROL_H
#define ACRIDA_CONTROL_H

#include <acrida/acrida.h>
#include <acrida/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Have function(arg) called on the control loop, in the order of the calls; soon, whether a run is
 * going on or not. It must not yield.
 *
 * Returns: 0; -ESHUTDOWN when the process is ending, or has no control loop yet: it will not be
 * called. What was taken is called before `quit`. Thread: any.
 */
ACR_API int acr_control_post(void (*function)(void *arg), void *arg);

/**
 * Keep this process: no run starts by itself, and none ends it. Called in `init` by a plugin that
 * starts runs; the first run is acr_start_run's, and acr_quit (or Ctrl-C) ends the process. Not for
 * workers, whose master decides: there it does nothing.
 */
ACR_API void acr_control_hold(void);
ACR_API bool acr_control_is_held(void);

/** End the process: stop the run, if there is one, then the hooks `quitting` and `quit`. */
ACR_API void acr_quit(void);

/* What to run. Members left out are as the command line said. */
struct acr_start {
    size_t size;               /* filled by the macro */
    const char *host;          /* NULL = as it was; "" = the user types' own */
    uint64_t users;            /* 0 = as it was */
    double spawn_rate;         /* users per second; 0 = as it was */
    double run_time_s;         /* 0 = as it was; less than 0 = no limit */
    double arrival_rate;       /* open load: per second; 0 = as it was; less than 0 = none */
    const char *user_types;    /* only these, separated by spaces; NULL = as it was; "" = all */
    const char *stages;        /* as --stages; NULL = as it was; "" = none */
    bool no_shape;             /* without the scenario's shape; for this run only */
    const char *const *values; /* other options: n_values pairs of a name and a value; an empty one
                                  of a number, a duration or a choice = as if never given */
    size_t n_values;
};

/**
 * Start a run, as `acr_start_run(error, sizeof(error), .users = 100, .spawn_rate = 10)`. It returns
 * at once; what follows is seen in acr_snapshot_state. What it says stays for the next one.
 *
 * error: a line for a person when it is refused. Returns: 0; -EINVAL (a value makes no sense);
 * -EBUSY (a run is going on); -EAGAIN (a master without workers); -ESHUTDOWN.
 */
ACR_API int acr_start_load(const struct acr_start *start, char *error, size_t error_bytes);
#ifdef __cplusplus
#define acr_start_run(error, bytes, ...)                                                       \
    ([&]() {                                                                                   \
        const struct acr_start acr_start_ = { .size = sizeof(struct acr_start), __VA_ARGS__ }; \
        return acr_start_load(&acr_start_, error, bytes);                                      \
    }())
#else
#define acr_start_run(error, bytes, ...)                                                       \
    acr_start_load(&(const struct acr_start){ .size = sizeof(struct acr_start), __VA_ARGS__ }, \
                   error, bytes)
#endif

/* As the users of acr_edit_run: none. The run goes on without any. */
#define ACR_EDIT_NONE UINT64_MAX

/** Change the run that is going on: users and their rate, or the arrival rate; 0 = as it is.
 * users: may be ACR_EDIT_NONE. Returns: 0; -EBUSY when a shape decides; -ESRCH without a run;
 * -EINVAL when a number makes no sense, or for an arrival rate without open load; -ENOMEM when this
 * machine does not do for so many users (the log says why). */
ACR_API int acr_edit_run(uint64_t users, double spawn_rate, double arrival_rate);

/** The statistics begin again now; the hook `reset_stats` is called soon. */
ACR_API void acr_reset_stats(void);

/** What there is to see now: of the run that is going on, or of the last one; empty before the
 * first. Never NULL; valid until the caller returns. */
ACR_API const struct acr_snapshot *acr_snapshot_now(void);

/** 1 for the first run of this process, 0 before it. */
ACR_API uint64_t acr_run_number(void);

/* --- what a page asks for -----------------------------------------------------------------------
 */

/* One option: of acrida or of a plugin. */
struct acr_option_info {
    const char *name;
    const char *plugin; /* "" = acrida's own */
    const char *help;
    const char *value;         /* as it stands; "" when it is secret */
    const char *default_value; /* "" = none */
    const char *choices;       /* separated by spaces; "" = any */
    uint32_t kind;             /* enum acr_option_kind */
    bool is_secret;
    bool is_required;
    bool is_of_scenario; /* brought by a plugin that has user types */
};

/** The options, those of scenarios last. Texts stay valid. Returns: false past the end. */
ACR_API bool acr_option_at(size_t index, struct acr_option_info *ret_option);

/* A user type as the scenario has it. */
struct acr_user_type_info {
    const char *name;
    const char *host; /* its own, or "" */
    double weight;
    uint64_t fixed_count;
    double arrival_rate; /* open load; 0 = none */
    bool is_wanted;      /* by the names on the command line or of acr_start */
    size_t n_tasks;      /* all of them, those of its sets too */
};

/** The user types of all scenarios. Returns: false past the end. */
ACR_API bool acr_user_type_at(size_t index, struct acr_user_type_info *ret_type);
/** The name of one of its tasks; a set is followed by its own ("set/task"). Valid until the next
 * call. Returns: NULL past the end. */
ACR_API const char *acr_user_type_task(size_t type_index, size_t index);
/** Whether a scenario brings a shape. */
ACR_API bool acr_has_shape(void);

/** The ratio of tasks as JSON with Locust's members per_class and total; by the users there are
 * now, or by weights when there are none. Valid until the next call. */
ACR_API const char *acr_ratio_json(void);

/* A line of the log. */
struct acr_log_line {
    double unix_s;
    uint32_t level;     /* enum acr_log_level */
    const char *source; /* who spoke: "acrida", a plugin, a worker's name */
    const char *text;
};

/** The last 1,000 lines, numbered from 0 since the start of the process: the first at or after
 * *index, which becomes its number. Valid until the caller returns. Returns: false when there is
 * none. */
ACR_API bool acr_log_line_at(uint64_t *index, struct acr_log_line *ret_line);

/** Where the page is, for a person at the terminal who presses Enter; copied. NULL = nowhere any
 * more. */
ACR_API void acr_set_page_url(const char *url);

/** Where the scenarios were given: "shop.c", several with ", " between. */
ACR_API const char *acr_scenario_name(void);

#ifdef __cplusplus
}
#endif

#endif
