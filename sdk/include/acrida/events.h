/* SPDX-License-Identifier: MIT */
/*
 * For monitoring: the payloads of the hooks in struct acr_hooks.
 *
 * `request` runs on the loop that made the request, possibly on several loops at once, and must not
 * yield; a sample that it reports is counted, but told to nobody. All others run one after another
 * on the control loop, in the order in which plugins were loaded (`quitting` in reverse), and may
 * yield. Payloads are valid until the listener returns; they are made by the runtime and may grow.
 */
#ifndef ACRIDA_EVENTS_H
#define ACRIDA_EVENTS_H

#include <acrida/acrida.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A sample was settled: by a protocol client or by acr_report. */
struct acr_request_event {
    const char *type;
    const char *name;
    uint64_t response_time_ns; /* sent to answered */
    uint64_t corrected_ns;     /* intended to answered: free of coordinated omission */
    uint64_t lateness_ns;      /* intended to sent: the generator's own delay */
    uint64_t bytes;
    int status;
    bool has_time;     /* false: reported without a time */
    const char *error; /* NULL = succeeded */
    const char *url;   /* NULL = none */
    const void
        *response; /* the client's own type (struct acr_response of <acrida/http.h>) or NULL */
    double start_unix_s; /* when it was sent, seconds since the epoch */
    const char *context; /* of the request, or the user's (acr_set_context); "" = none */
    const char *tags;    /* of the request, separated by spaces; "" = none */
};

/* Start, end of spawning, and stop of a run. */
struct acr_test_event {
    const char *host; /* --host, or "" */
    uint64_t n_users;
    uint64_t target_users;
    double spawn_rate;
    double run_time_s;   /* 0 = no limit */
    const char *role;    /* "local", "master" or "worker" */
    uint64_t n_requests; /* so far, and of these */
    uint64_t n_failures;
    double arrival_rate; /* open load: per second; 0 = none */
};

/* What the process needs, about every 10 s. */
struct acr_usage_event {
    double cpu_percent;  /* of all CPUs that it may use, since the last event */
    double loop_percent; /* of the busiest loop thread; above 90 the numbers are the generator's */
    uint64_t memory_bytes; /* resident */
};

/* Tasks raised an exception; told once a tick for each message and place. */
struct acr_error_event {
    const char *message;
    const char *traceback;
    const char *user_type;
    const char *task;
    uint64_t user_number; /* of the first */
    uint64_t count;       /* how many since the last event */
};

/* A message of acr_send_message has come. */
struct acr_message_event {
    const char *type;
    const char *text; /* n_bytes, and a NUL */
    size_t n_bytes;
    uint32_t from; /* the worker's index, or ACR_FROM_MASTER; a process that runs alone is its own
                      worker 0 */
};

/* The process is about to end. */
struct acr_quit_event {
    const struct acr_snapshot *snapshot;
    int exit_code; /* as decided so far; see acr_set_exit_code in <acrida/report.h> */
};

#ifdef __cplusplus
}
#endif

#endif
