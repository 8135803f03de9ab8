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

/*
 * ABI history. 0.1: first version. 0.2: task sets, open load, shapes, custom events, state of
 * loops. 0.3: goals. Until 1.0 any difference is refused.
 */
#define ACR_ABI_MAJOR 0
#define ACR_ABI_MINOR 3
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
struct acr_message_event;
struct acr_usage_event;

/* How long a user waits after each task. Frozen size: by value in descriptors. */
enum acr_wait_kind {
    ACR_WAIT_NONE = 0, /* of a task set: as the set or user type around it */
    ACR_WAIT_CONSTANT = 1,
    ACR_WAIT_BETWEEN = 2,
    ACR_WAIT_PACING = 3,
    ACR_WAIT_THROUGHPUT = 4,
    ACR_WAIT_EXPONENTIAL = 5,
    ACR_WAIT_TOTAL_RATE = 6,
    ACR_WAIT_FUNCTION = 7,
};

struct acr_wait {
    uint32_t kind; /* enum acr_wait_kind */
    uint32_t flags;
    double a_s; /* seconds; for rates: per second */
    double b_s; /* seconds */
    double (*function)(struct acr_user *u);
    uint64_t reserved[2];
};

/* clang-format off */
#define ACR_WAIT_(kind_, a_, b_, function_)                                                        \
    { .kind = (kind_), .flags = 0, .a_s = (a_), .b_s = (b_), .function = (function_),              \
      .reserved = { 0, 0 } }
/* clang-format on */
/* Wait a constant number of seconds. */
#define ACR_CONSTANT(seconds) ACR_WAIT_(ACR_WAIT_CONSTANT, seconds, 0, NULL)
/* Wait a time drawn evenly between two numbers of seconds. */
#define ACR_BETWEEN(low_s, high_s) ACR_WAIT_(ACR_WAIT_BETWEEN, low_s, high_s, NULL)
/* Start a task every so many seconds, or as soon as the last one ends when it takes longer: what
 * was missed is not made up for. */
#define ACR_CONSTANT_PACING(seconds) ACR_WAIT_(ACR_WAIT_PACING, seconds, 0, NULL)
/* So many tasks per second and user: what was missed is made up for, as fast as possible. */
#define ACR_CONSTANT_THROUGHPUT(per_second) ACR_WAIT_(ACR_WAIT_THROUGHPUT, per_second, 0, NULL)
/* Wait a time with an exponential distribution of this mean. */
#define ACR_EXPONENTIAL(mean_s) ACR_WAIT_(ACR_WAIT_EXPONENTIAL, mean_s, 0, NULL)
/* The same by its rate: as after the events of a Poisson process. */
#define ACR_POISSON(per_second) ACR_WAIT_(ACR_WAIT_EXPONENTIAL, 1.0 / (per_second), 0, NULL)
/* So many tasks per second over all users of the type. */
#define ACR_TOTAL_RATE(per_second) ACR_WAIT_(ACR_WAIT_TOTAL_RATE, per_second, 0, NULL)
/* Wait what a function says, in seconds; it must not yield. */
#define ACR_WAIT_TIME(function_) ACR_WAIT_(ACR_WAIT_FUNCTION, 0, 0, function_)

/* As a weight: keep it in the scenario, but never pick it. As .catch_up: do not. */
#define ACR_NEVER (-1)

/* In which order tasks are run. */
enum acr_order {
    ACR_RANDOM = 0,     /* each time a random one, by weight */
    ACR_SEQUENTIAL = 1, /* as they stand, again and again; the weight says how often in a row */
    ACR_MARKOV = 2,     /* the first, then where its transitions lead */
};

struct acr_task_set;

/* Where a task of a Markov set leads. */
struct acr_transition {
    const char *task; /* required; of the same set */
    int weight;       /* share among the transitions; 0 = 1; ACR_NEVER */
};

/* A task: a function that a user runs again and again, or a set of tasks that it stays in. */
struct acr_task {
    const char *name;               /* required; unique within its set or user type */
    int (*run)(struct acr_user *u); /* returns 0 or an acr_outcome */
    int weight;                     /* share among the tasks; 0 = 1; ACR_NEVER */
    const char *tags;               /* words separated by spaces, or NULL; of a set: of all in it */
    const struct acr_task_set *set; /* instead of .run */
    const struct acr_transition *transitions; /* of a task of a Markov set: at least one */
    size_t n_transitions;
};

/* A task set: tasks that belong together. A user that picks it runs its tasks until one of them
 * returns ACR_INTERRUPT. */
struct acr_task_set {
    const struct acr_task *tasks; /* required */
    size_t n_tasks;
    uint32_t order;       /* enum acr_order */
    int catch_up;         /* of its own paced wait: as in the user type */
    struct acr_wait wait; /* none = that of the set or user type around it */
    size_t state_size;    /* bytes of acr_set_state(u), zeroed whenever the set is entered */
    int (*on_start)(struct acr_user *u); /* on entering */
    int (*on_stop)(struct acr_user *u);  /* on leaving, also when the user is stopped */
};

/* How arrivals are spread. */
enum acr_arrivals {
    ACR_ARRIVALS_CONSTANT = 0, /* evenly */
    ACR_ARRIVALS_POISSON = 1,  /* independently of each other */
};

/* What becomes of an arrival when all users are busy and there may be no more. */
enum acr_on_full {
    ACR_ON_FULL_UNSET = 0, /* as --on-full says: drop */
    ACR_ON_FULL_DROP = 1,  /* counted, and gone */
    ACR_ON_FULL_QUEUE = 2, /* waits for a user; its intended time stays */
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
    uint32_t order;                       /* of its tasks: enum acr_order */
    int catch_up;         /* of a paced wait: 0 = as its kind does, 1 = do, ACR_NEVER = do not */
    uint64_t fixed_count; /* exactly so many, before all weighted users; 0 = by weight */
    double arrival_rate;  /* open load: iterations begun per second; 0 = a number of users */
    uint32_t arrivals;    /* enum acr_arrivals */
    uint32_t on_full;     /* enum acr_on_full */
    uint64_t max_users;   /* of open load; 0 = as --max-users says */
    bool fresh;           /* of open load: a new user for each arrival, ended after its iteration */
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
    bool is_secret;            /* its value is shown nowhere; not on the command line of others */
    bool is_required;          /* a run without it is refused */
    const char *choices;       /* the values allowed, separated by spaces; NULL = any */
    bool is_local; /* concerns this process only: a master does not hand it to its workers */
    char letter;   /* short form; 0 = none; not one of acrida's own */
};

/*
 * Event hooks: see <acrida/events.h>. All but `request` run on the control loop as a coroutine of a
 * service user: they may yield and use HTTP, and their requests are not counted. A negative return
 * is the listener's error: logged, exit code 2; from `init` and `test_start` it keeps the run from
 * starting, exit code 1. From `request` an acr_outcome takes the place of the task's when it
 * returns: ACR_STOP_USER ends a user that had a failure.
 */
struct acr_hooks {
    int (*init)(struct acr_user *u);                                       /* every process */
    int (*test_start)(struct acr_user *u, const struct acr_test_event *e); /* every process */
    int (*spawning_complete)(struct acr_user *u, const struct acr_test_event *e);
    int (*request)(struct acr_user *u, const struct acr_request_event *e);    /* its own loop */
    int (*user_error)(struct acr_user *u, const struct acr_error_event *e);   /* where users run */
    int (*tick)(struct acr_user *u, const struct acr_snapshot *s);            /* reporting node */
    int (*reset_stats)(struct acr_user *u);                                   /* reporting node */
    int (*test_stopping)(struct acr_user *u, const struct acr_test_event *e); /* every process */
    int (*test_stop)(struct acr_user *u, const struct acr_snapshot *s);       /* every process */
    int (*quitting)(struct acr_user *u, const struct acr_quit_event *e);      /* every process */
    int (*usage)(struct acr_user *u, const struct acr_usage_event *e); /* every process, 10 s */
    int (*cpu_warning)(struct acr_user *u, const struct acr_usage_event *e); /* above 90 % */
    int (*quit)(struct acr_user *u, const struct acr_quit_event *e); /* after the last results */
    int (*message)(struct acr_user *u, const struct acr_message_event *e); /* where it came to */
    /* An option without which `request` has nothing to do: requests are told to nobody when none of
     * the listeners has its own set. NULL = always. */
    const char *request_option;
};

/* A custom event: declared by one plugin, listened to by any (acr_fire in <acrida/acrida.h>). */
struct acr_event {
    const char *name;    /* required; unique over all plugins: "shop.order_placed" */
    uint32_t *slot;      /* required; written once before any user runs: names the event in calls */
    size_t payload_size; /* of the structure that listeners get; 0 = none */
};

/* A listener of a custom event. It runs in the coroutine that fires it, in load order. Its result
 * is read as that of `request`. */
struct acr_listener {
    const char *event;                                        /* required */
    int (*function)(struct acr_user *u, const void *payload); /* required */
    size_t payload_size; /* as the listener knows it; at most the event's */
};

/* State that each loop has for itself, for listeners and tasks: written without locks, and merged
 * into that of the control loop once a tick. */
struct acr_loop_state_type {
    uint32_t *slot;                              /* required; written once before any user runs */
    size_t size;                                 /* required; bytes, zeroed after each merge */
    void (*merge)(void *into, const void *from); /* required; on the control loop */
};

/* One stage of a shape. */
struct acr_stage {
    double duration_s;      /* more than 0 */
    uint64_t users;         /* how many there should be; 0 is legal */
    double spawn_rate;      /* users started or ended per second; 0 = that of --spawn-rate */
    double arrival_rate;    /* open load: arrivals per second */
    double ramp_per_s;      /* by so much per second the arrival rate moves; 0 = at once */
    const char *user_types; /* only these are added, separated by spaces; NULL = all */
};

struct acr_load;

/* How the load changes over a run: stages, or a function that is asked once a second. */
struct acr_shape {
    const struct acr_stage *stages;
    size_t n_stages;
    /* Instead of stages: fill in what should be and return 0, or ACR_STOP_TEST. May yield. */
    int (*tick)(struct acr_user *u, struct acr_load *load);
    bool use_common_options; /* --users, --spawn-rate and --run-time are for the tick to read */
};

/*
 * A subcommand: `acrida NAME ...` of a plugin that is installed with acrida. It is an ordinary
 * program: there is no run, no user and no option of a run, and stdout is its own.
 */
struct acr_command {
    const char *name;  /* required; lower-case letters, digits and dashes; none of acrida's own */
    const char *help;  /* required; one sentence */
    const char *usage; /* of `acrida NAME --help`: what follows the name, then lines; or NULL */
    /* argv[0] is the name. Returns: the exit code. Thread: main. */
    int (*run)(int argc, char **argv);
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
    const struct acr_event *events;
    size_t n_events;
    const struct acr_listener *listeners;
    size_t n_listeners;
    const struct acr_loop_state_type *loop_state;
    const struct acr_shape *shape;
    const char *const *goals; /* as of --check: "p95 < 500ms", "GET /api: p99 < 1s over 10s" */
    size_t n_goals;
    const struct acr_command *commands;
    size_t n_commands;
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
    uint32_t task_set_size;
    uint32_t transition_size;
    uint32_t event_size;
    uint32_t listener_size;
    uint32_t loop_state_size;
    uint32_t shape_size;
    uint32_t stage_size;
    uint32_t command_size;
};

struct acr_module {
    struct acr_abi abi;
    const struct acr_plugin *plugin;
};

#ifdef __cplusplus
}
#endif

/* Export what this object offers: once per object, with members of struct acr_plugin. */
#define ACR_PLUGIN(...)                                                                         \
    ACR_EXTERN_C ACR_API const struct acr_module *acr_plugin_v1(void);                          \
    const struct acr_module *acr_plugin_v1(void)                                                \
    {                                                                                           \
        static const struct acr_plugin plugin = { __VA_ARGS__ };                                \
        static const struct acr_module module_ = {                                              \
            { ACR_ABI_MAGIC, (uint32_t)sizeof(struct acr_abi), ACR_ABI_MAJOR, ACR_ABI_MINOR,    \
              (uint32_t)sizeof(struct acr_plugin), (uint32_t)sizeof(struct acr_user_type),      \
              (uint32_t)sizeof(struct acr_task), (uint32_t)sizeof(struct acr_client),           \
              (uint32_t)sizeof(struct acr_option), (uint32_t)sizeof(struct acr_hooks),          \
              (uint32_t)sizeof(struct acr_task_set), (uint32_t)sizeof(struct acr_transition),   \
              (uint32_t)sizeof(struct acr_event), (uint32_t)sizeof(struct acr_listener),        \
              (uint32_t)sizeof(struct acr_loop_state_type), (uint32_t)sizeof(struct acr_shape), \
              (uint32_t)sizeof(struct acr_stage), (uint32_t)sizeof(struct acr_command) },       \
            &plugin                                                                             \
        };                                                                                      \
        return &module_;                                                                        \
    }                                                                                           \
    ACR_EXTERN_C ACR_API const struct acr_module *acr_plugin_v1(void)

#endif
