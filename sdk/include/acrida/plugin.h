/* SPDX-License-Identifier: MIT */
/*
 * The descriptors of a plugin, and ACR_PLUGIN, which exports them.
 *
 * A plugin (a scenario, a protocol client, a report) is one shared object with one exported getter.
 * What it offers is constant data: the runtime reads it, checks it and copies it before any code of
 * the plugin runs. Included by <acrida/acrida.h>; authors do not include it themselves.
 *
 * Growth: members are only appended, and zero means the old behaviour. The getter's header carries
 * the size of each descriptor as the plugin saw it, and the runtime widens it.
 */
#ifndef ACRIDA_PLUGIN_H
#define ACRIDA_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define ACR_EXTERN_C extern "C"
/* Descriptors leave most members out, which means zero; g++ -Wextra would name each, C compilers do
 * not. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
extern "C" {
#else
#define ACR_EXTERN_C
#endif

/* ABI history. 0.1: first version. Until 1.0 any difference is refused. */
#define ACR_ABI_MAJOR 0
#define ACR_ABI_MINOR 1
#define ACR_ABI_MAGIC 0x41435231u /* "ACR1" */

#define ACR_API __attribute__((visibility("default")))
/* Marks a call that may suspend its coroutine: other users run on the loop meanwhile. */
#define ACR_YIELDS
#define ACR_PRINTF(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

/* The number of elements of an array. */
#define ACR_LEN(array) (sizeof(array) / sizeof((array)[0]))

struct acr_user;
struct acr_loop;
struct acr_http_defaults;
struct acr_snapshot;
struct acr_request_event;
struct acr_test_event;
struct acr_error_event;
struct acr_quit_event;

/* How long a user waits after each task. Frozen size: by value in descriptors. */
enum acr_wait_kind {
    ACR_WAIT_NONE = 0,
    ACR_WAIT_CONSTANT = 1,
    ACR_WAIT_BETWEEN = 2,
};

struct acr_wait {
    uint32_t kind; /* enum acr_wait_kind */
    uint32_t flags;
    double a_s; /* seconds */
    double b_s; /* seconds */
    double (*function)(struct acr_user *u);
    uint64_t reserved[2];
};

/* clang-format off */
/* Wait a constant number of seconds. */
#define ACR_CONSTANT(seconds)                                                                      \
    { .kind = ACR_WAIT_CONSTANT, .flags = 0, .a_s = (seconds), .b_s = 0, .function = NULL,         \
      .reserved = { 0, 0 } }
/* Wait a time drawn evenly between two numbers of seconds. */
#define ACR_BETWEEN(low_s, high_s)                                                                 \
    { .kind = ACR_WAIT_BETWEEN, .flags = 0, .a_s = (low_s), .b_s = (high_s), .function = NULL,     \
      .reserved = { 0, 0 } }
/* clang-format on */

/* As a weight: keep it in the scenario, but never pick it. */
#define ACR_NEVER (-1)

/* A task: a function that a user runs again and again. */
struct acr_task {
    const char *name;               /* required; unique within its user type */
    int (*run)(struct acr_user *u); /* required; returns 0 or an acr_outcome */
    int weight;                     /* share among the tasks; 0 = 1; ACR_NEVER */
    const char *tags;               /* words separated by spaces, or NULL */
};

/* A user type: what a locustfile's User class is. */
struct acr_user_type {
    const char *name;     /* required; unique over all scenarios of a run */
    double weight;        /* share among the user types; 0 = 1; ACR_NEVER */
    struct acr_wait wait; /* after each task; none when left out */
    size_t state_size;    /* bytes of acr_state(u), zeroed; at most ACR_STATE_MAX_BYTES */
    const char *host;     /* base URL; --host overrides it */
    uint32_t stack_kib;   /* 0 = 64; 16 to 1024, rounded up to a power of two */
    int (*on_start)(struct acr_user *u); /* once, before the first task */
    int (*on_stop)(struct acr_user *u);  /* once, after the last task */
    const struct acr_task *tasks;
    size_t n_tasks;
    const struct acr_http_defaults *http; /* <acrida/http.h>; NULL = the run's */
};

#define ACR_STATE_MAX_BYTES (16u << 20)

/* A protocol client: see <acrida/client.h>. */
struct acr_client {
    const char *name; /* required; unique */
    uint32_t *slot;   /* required; written once before any loop runs: names this client in calls */
    size_t loop_size; /* bytes of state per loop, zeroed */
    size_t user_size; /* bytes of state per user, zeroed, allocated at its first use */
    int (*loop_init)(struct acr_loop *l, void *loop_state);
    void (*loop_done)(struct acr_loop *l, void *loop_state);
    int (*user_init)(struct acr_user *u, void *user_state);
    void (*user_done)(struct acr_user *u, void *user_state);
    /* After each task (and on_start, on_stop, hook) of a user that has state: settle, free. */
    void (*task_done)(struct acr_user *u, void *user_state);
};

enum acr_option_kind {
    ACR_OPTION_STRING = 0,
    ACR_OPTION_FLAG = 1,
    ACR_OPTION_INT = 2,
    ACR_OPTION_NUMBER = 3,
    ACR_OPTION_DURATION = 4, /* "90", "90s", "1h30m" */
};

/* A command-line option of a plugin; also read from ACRIDA_<NAME> and configuration files. */
struct acr_option {
    const char *name;          /* required; long form without dashes: "csv" */
    const char *metavar;       /* shown in --help: "PREFIX" */
    const char *help;          /* required; one sentence */
    const char *default_value; /* NULL = unset */
    uint32_t kind;             /* enum acr_option_kind */
};

/*
 * Event hooks: see <acrida/events.h>. All but `request` run on the control loop as a coroutine of a
 * service user: they may yield and use HTTP, and their requests are not counted. A negative return
 * (not of `request`, whose result is ignored for now) is the listener's error: logged, exit code 2;
 * from `init` and `test_start` it keeps the run from starting, exit code 1.
 */
struct acr_hooks {
    int (*init)(struct acr_user *u);                                       /* every process */
    int (*test_start)(struct acr_user *u, const struct acr_test_event *e); /* every process */
    int (*spawning_complete)(struct acr_user *u, const struct acr_test_event *e);
    int (*request)(struct acr_user *u, const struct acr_request_event *e);    /* its own loop */
    int (*user_error)(struct acr_user *u, const struct acr_error_event *e);   /* reporting node */
    int (*tick)(struct acr_user *u, const struct acr_snapshot *s);            /* reporting node */
    int (*reset_stats)(struct acr_user *u);                                   /* reporting node */
    int (*test_stopping)(struct acr_user *u, const struct acr_test_event *e); /* every process */
    int (*test_stop)(struct acr_user *u, const struct acr_snapshot *s);       /* every process */
    int (*quitting)(struct acr_user *u, const struct acr_quit_event *e);      /* every process */
};

/* What a plugin offers. */
struct acr_plugin {
    const char *name; /* required */
    const char *version;
    const struct acr_user_type *user_types;
    size_t n_user_types;
    const struct acr_client *clients;
    size_t n_clients;
    const struct acr_option *options;
    size_t n_options;
    const struct acr_hooks *hooks;
};

/* Filled by ACR_PLUGIN: the ABI as the plugin saw it. */
struct acr_abi {
    uint32_t magic;
    uint32_t header_size;
    uint32_t major;
    uint32_t minor;
    uint32_t plugin_size;
    uint32_t user_type_size;
    uint32_t task_size;
    uint32_t client_size;
    uint32_t option_size;
    uint32_t hooks_size;
};

struct acr_module {
    struct acr_abi abi;
    const struct acr_plugin *plugin;
};

#ifdef __cplusplus
}
#endif

/* Export what this object offers: once per object, with members of struct acr_plugin. */
#define ACR_PLUGIN(...)                                                                      \
    ACR_EXTERN_C ACR_API const struct acr_module *acr_plugin_v1(void);                       \
    const struct acr_module *acr_plugin_v1(void)                                             \
    {                                                                                        \
        static const struct acr_plugin plugin = { __VA_ARGS__ };                             \
        static const struct acr_module module_ = {                                           \
            { ACR_ABI_MAGIC, (uint32_t)sizeof(struct acr_abi), ACR_ABI_MAJOR, ACR_ABI_MINOR, \
              (uint32_t)sizeof(struct acr_plugin), (uint32_t)sizeof(struct acr_user_type),   \
              (uint32_t)sizeof(struct acr_task), (uint32_t)sizeof(struct acr_client),        \
              (uint32_t)sizeof(struct acr_option), (uint32_t)sizeof(struct acr_hooks) },     \
            &plugin                                                                          \
        };                                                                                   \
        return &module_;                                                                     \
    }                                                                                        \
    ACR_EXTERN_C ACR_API const struct acr_module *acr_plugin_v1(void)

#endif
