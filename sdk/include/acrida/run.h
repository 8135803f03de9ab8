/* SPDX-License-Identifier: MIT */
/* The command as a function, for programs that carry the runtime with them. */
#ifndef ACRIDA_RUN_H
#define ACRIDA_RUN_H

#include <acrida/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Do what the `acrida` command does with these arguments (argv[0] is its name).
 *
 * Returns: the exit code of the command. Thread: main, once per process.
 */
ACR_API int acr_main(int argc, char **argv);

/* A load that a program runs by itself. */
struct acr_run {
    size_t size;                     /* filled by the macro */
    const struct acr_plugin *plugin; /* required: its user types, hooks, events */
    const char *host;                /* NULL = the user types' own */
    uint64_t users;                  /* 0 = 1 */
    double spawn_rate;               /* users per second; 0 = 1 */
    double run_time_s;               /* 0 = until stopped */
    double stop_timeout_s;           /* 0 = running tasks are cancelled */
    uint32_t threads;                /* 0 = one per CPU */
    uint64_t seed;                   /* 0 = another each time */
    uint64_t iterations;             /* 0 = no limit */
    double arrival_rate;             /* open load: per second; 0 = none */
    uint64_t max_users;              /* of open load; 0 = 10,000 */
    const char *stages;              /* as --stages; NULL = none */
    const char *options;             /* more options, as on the command line; NULL = none */
    /* About once a second, and once at the end with the last results. Valid until it returns. */
    void (*on_tick)(void *arg, const struct acr_snapshot *s);
    void (*on_end)(void *arg, const struct acr_snapshot *s);
    void *arg;
};

/** What acr_run calls; use acr_run. */
ACR_API int acr_run_load(const struct acr_run *run);

/**
 * Run a load from a program, without the command: `acr_run(.plugin = &shop, .host = "http://...",
 * .users = 100, .run_time_s = 60, .on_end = print);`. The program's own signals stay its own
 * (but faults of tasks, which end the run with exit code 5, and after which there is no other), and
 * nothing is printed but log lines from level WARNING on (.options = "-L INFO" for more). Neither
 * the environment nor configuration files are read. May be called again after it has returned.
 *
 * Returns: the exit code that the command would end with; 2 with one line on stderr when what is
 *          asked for makes no sense. Thread: any, one at a time.
 */
#ifdef __cplusplus
#define acr_run(...)                                                                     \
    ([&]() {                                                                             \
        const struct acr_run acr_run_ = { .size = sizeof(struct acr_run), __VA_ARGS__ }; \
        return acr_run_load(&acr_run_);                                                  \
    }())
#else
#define acr_run(...) \
    acr_run_load(&(const struct acr_run){ .size = sizeof(struct acr_run), __VA_ARGS__ })
#endif

/** The version of the runtime, "0.1.0". Thread: any. */
ACR_API const char *acr_version(void);

#ifdef __cplusplus
}
#endif

#endif
