/* SPDX-License-Identifier: MIT */
#include "app/setup.h"

#include "base/clock.h"
#include "base/log.h"
#include "stats/percentiles.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <unistd.h>

/* --once begins at once, whatever the shape and the rates of the scenario. */
#define ONCE_PER_S 1000
#define REPORT_INTERVAL_MIN_S 0.1
#define ONCE_DURATION_S (365.0 * 24 * 3600)

/* --- the log ------------------------------------------------------------------------------------
 */

static enum acri_log_level level_of(const char *name)
{
    static const struct {
        const char *name;
        enum acri_log_level level;
    } levels[] = { { "DEBUG", ACRI_LOG_DEBUG },
                   { "INFO", ACRI_LOG_INFO },
                   { "WARNING", ACRI_LOG_WARNING },
                   { "ERROR", ACRI_LOG_ERROR },
                   { "CRITICAL", ACRI_LOG_ERROR + 1 } };

    for (size_t i = 0; i < ACR_LEN(levels); i++)
        if (strcasecmp(name, levels[i].name) == 0)
            return levels[i].level;
    return ACRI_LOG_INFO;
}

int acri_setup_log(const struct acri_options *o, struct acri_error *reterr)
{
    const char *path = acri_options_string(o, "logfile");
    int r;

    acri_log_set_level(level_of(acri_options_string(o, "loglevel")));
    if (*path == '\0')
        return 0;
    r = acri_log_open(path);
    if (r < 0)
        return acri_fail(reterr, r, "the log file %s cannot be written: %s", path, strerror(-r));
    return 0;
}

/* --- descriptors --------------------------------------------------------------------------------
 */

uint64_t acri_setup_raise_files(void)
{
    struct rlimit limit;
    rlim_t before;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 0;
    before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (before < limit.rlim_max)
        setrlimit(RLIMIT_NOFILE, &limit);
    return before;
}

void acri_setup_restore_files(uint64_t n)
{
    struct rlimit limit;

    if (n == 0 || getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    limit.rlim_cur = n;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* --- the run ------------------------------------------------------------------------------------
 */

static uint64_t seed_of(const struct acri_options *o)
{
    if (acri_options_is_set(o, "seed"))
        return (uint64_t)acri_options_int(o, "seed");
    return acri_clock_real_ns() >> 1; /* positive, so that --seed takes it */
}

unsigned acri_setup_threads(const struct acri_options *o)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    if (acri_options_is_set(o, "threads"))
        return (unsigned)acri_options_int(o, "threads");
    return cpus > 0 ? (unsigned)cpus : 1;
}

static int check_interval(const struct acri_options *o, struct acri_error *reterr)
{
    if (acri_options_duration(o, "report-interval") < REPORT_INTERVAL_MIN_S)
        return acri_fail(
            reterr, -EINVAL,
            "%s: reports of workers are at least 100 ms apart: --report-interval 100ms "
            "or more",
            acri_options_origin(o, "report-interval"));
    return 0;
}

static void read_run(struct acri_run_options *run, const struct acri_options *o)
{
    *run = (struct acri_run_options){
        .host = acri_options_string(o, "host"),
        .n_users = (uint64_t)acri_options_int(o, "users"),
        .spawn_rate = acri_options_number(o, "spawn-rate"),
        .run_time_s = acri_options_duration(o, "run-time"),
        .stop_timeout_s = acri_options_duration(o, "stop-timeout"),
        .on_stop_timeout_s = acri_options_duration(o, "on-stop-timeout"),
        .warmup_s = acri_options_duration(o, "warmup"),
        .reset_stats = acri_options_flag(o, "reset-stats"),
        .seed = seed_of(o),
        .n_threads = acri_setup_threads(o),
        .exit_code_on_error = (int)acri_options_int(o, "exit-code-on-error"),
        .arrival_rate = acri_options_number(o, "arrival-rate"),
        .arrivals = strcmp(acri_options_string(o, "arrivals"), "poisson") == 0
                        ? ACR_ARRIVALS_POISSON
                        : ACR_ARRIVALS_CONSTANT,
        .on_full = strcmp(acri_options_string(o, "on-full"), "queue") == 0 ? ACR_ON_FULL_QUEUE
                                                                           : ACR_ON_FULL_DROP,
        .max_users = (uint64_t)acri_options_int(o, "max-users"),
        .n_iterations = (uint64_t)acri_options_int(o, "iterations"),
        .has_users = acri_options_is_set(o, "users"),
    };
}

static int read_plan(struct acri_setup *s, const struct acri_options *o, struct acri_error *reterr)
{
    size_t n;
    const char *const *texts = acri_options_list(o, "config-users", &n);
    int r = acri_config_users_read(texts, n, &s->users, reterr);

    s->plan.names = acri_options_list(o, "user-types", &s->plan.n_names);
    s->plan.tags = acri_options_list(o, "tags", &s->plan.n_tags);
    s->plan.exclude_tags = acri_options_list(o, "exclude-tags", &s->plan.n_exclude_tags);
    s->plan.equal_weights = acri_options_flag(o, "equal-weights");
    s->plan.changes = s->users.changes;
    s->plan.n_changes = s->users.n;
    return r;
}

static enum acri_address_order order_of(const char *text)
{
    return strcmp(text, "random") == 0        ? ACRI_ADDRESS_RANDOM
           : strcmp(text, "round-robin") == 0 ? ACRI_ADDRESS_ROUND_ROBIN
                                              : ACRI_ADDRESS_FIRST;
}

static int read_connections(struct acri_setup *s, const struct acri_options *o,
                            struct acri_error *reterr)
{
    struct acri_error why;
    size_t n;
    const char *const *texts = acri_options_list(o, "source-address", &n);

    s->run.address_order = order_of(acri_options_string(o, "dns-select"));
    for (size_t i = 0; i < n; i++)
        if (acri_source_add(&s->sources, texts[i], &why) < 0)
            return acri_fail(reterr, -EINVAL, "%s: %.800s",
                             acri_options_origin(o, "source-address"), why.text);
    s->run.sources = s->sources.n > 0 ? &s->sources : NULL;
    return 0;
}

static int read_allowed(struct acri_setup *s, const struct acri_options *o,
                        struct acri_error *reterr)
{
    struct acri_error why;
    size_t n;
    const char *const *texts = acri_options_list(o, "allow-host", &n);

    for (size_t i = 0; i < n; i++)
        if (acri_allow_add(&s->allow, texts[i], &why) < 0)
            return acri_fail(reterr, -EINVAL, "%s: %.800s", acri_options_origin(o, "allow-host"),
                             why.text);
    s->run.allow = s->allow.n > 0 ? &s->allow : NULL;
    if (acri_allow_check_url(s->run.allow, s->run.host, &why) < 0)
        return acri_fail(reterr, -EACCES, "--host: %.800s", why.text);
    return 0;
}

static int read_stages(struct acri_setup *s, const struct acri_options *o,
                       struct acri_error *reterr)
{
    struct acri_error why;

    if (!acri_options_is_set(o, "stages"))
        return 0;
    if (acri_stages_parse(acri_options_string(o, "stages"), &s->stages, &why) < 0)
        return acri_fail(reterr, -EINVAL, "%s: %.800s", acri_options_origin(o, "stages"), why.text);
    s->shape = (struct acr_shape){ .stages = s->stages.stages, .n_stages = s->stages.n };
    s->run.shape = &s->shape;
    return 0;
}

/* --- once ---------------------------------------------------------------------------------------
 */

static const struct acr_user_type *find_type(const struct acr_plugin *const *plugins, size_t n,
                                             const char *name)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < plugins[i]->n_user_types; k++)
            if (strcmp(plugins[i]->user_types[k].name, name) == 0)
                return &plugins[i]->user_types[k];
    return NULL;
}

static bool has_shape(const struct acr_plugin *const *plugins, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (plugins[i]->shape != NULL)
            return true;
    return false;
}

static void read_once(struct acri_setup *s, const struct acr_plugin *const *plugins,
                      size_t n_plugins)
{
    const struct acr_user_type *type = find_type(plugins, n_plugins, s->once);
    struct acri_type_change *change = acri_config_users_change(&s->users, s->once);

    change->has_weight = change->has_fixed_count = true;
    change->weight = 1;
    change->fixed_count = 0;
    s->plan.names = &s->once;
    s->plan.n_names = 1;
    s->plan.changes = s->users.changes;
    s->plan.n_changes = s->users.n;
    s->run.n_users = 1;
    s->run.spawn_rate = ONCE_PER_S;
    s->run.n_threads = 1;
    s->run.ignore_waits = true;
    s->run.has_users = false;
    if (s->run.n_iterations == 0)
        s->run.n_iterations = 1;
    if (type == NULL || (type->arrival_rate <= 0 && !has_shape(plugins, n_plugins)))
        return;
    s->once_stage = (struct acr_stage){ .duration_s = ONCE_DURATION_S };
    if (type->arrival_rate > 0)
        s->once_stage.arrival_rate = ONCE_PER_S;
    else
        s->once_stage.users = 1;
    s->shape = (struct acr_shape){ .stages = &s->once_stage, .n_stages = 1 };
    s->run.shape = &s->shape;
    s->run.max_users = 1;
}

/* --- all of it ----------------------------------------------------------------------------------
 */

static int settle(struct acri_options *o, struct acri_error *reterr)
{
    static const char *const pairs[][2] = { { "once", "users" },
                                            { "once", "stages" },
                                            { "once", "arrival-rate" },
                                            { "once", "user-types" },
                                            { "stages", "arrival-rate" } };
    int r = 0;

    for (size_t i = 0; i < ACR_LEN(pairs) && r == 0; i++)
        r = acri_options_exclude(o, pairs[i][0], pairs[i][1], reterr);
    return r;
}

int acri_setup_read(struct acri_setup *ret_setup, struct acri_options *o,
                    const struct acr_plugin *const *plugins, size_t n_plugins,
                    struct acri_error *reterr)
{
    struct acri_setup *s = ret_setup;
    int r = settle(o, reterr);

    *s = (struct acri_setup){ .once = "" };
    if (r == 0)
        r = read_plan(s, o, reterr);
    read_run(&s->run, o);
    if (r == 0)
        r = check_interval(o, reterr);
    if (r == 0)
        r = read_connections(s, o, reterr);
    if (r == 0)
        r = read_allowed(s, o, reterr);
    if (r == 0)
        r = read_stages(s, o, reterr);
    if (r == 0)
        r = acri_percentiles_set(acri_options_string(o, "percentiles"), reterr);
    if (r == 0)
        r = acri_goals_read(&s->verdict, o, plugins, n_plugins, reterr);
    s->run.verdict = &s->verdict;
    s->once = acri_options_string(o, "once");
    if (r == 0 && acri_options_is_set(o, "once"))
        read_once(s, plugins, n_plugins);
    if (r == 0 && s->run.warmup_s > 0 && s->run.run_time_s > 0 &&
        s->run.warmup_s >= s->run.run_time_s)
        r = acri_fail(reterr, -EINVAL,
                      "--warmup must be shorter than --run-time: nothing would be measured");
    if (r < 0)
        acri_setup_done(s);
    return r;
}

void acri_setup_done(struct acri_setup *s)
{
    acri_config_users_done(&s->users);
    acri_stages_done(&s->stages);
    acri_allow_done(&s->allow);
    acri_goals_done(&s->verdict);
    *s = (struct acri_setup){ .once = "" };
}
