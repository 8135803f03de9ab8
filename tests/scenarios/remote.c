/* SPDX-License-Identifier: MIT */
/*
 * A plugin that is steered through <acrida/control.h> by lines of text: a thread of its own reads
 * them from the pipe `commands`, has each done on the control loop, and appends one line each to
 * the file `answers`. REMOTE_EARLY=1: the first run is started in `init`.
 */
#define _GNU_SOURCE

#include <acrida/cluster.h>
#include <acrida/control.h>
#include <acrida/events.h>

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_VALUES 8

static struct {
    pthread_t thread;
    FILE *commands;
    FILE *answers;
    FILE *hooks;
    sem_t is_done;
    char line[1024];
    char answer[65536];
} remote;

static void say(const char *text)
{
    fprintf(remote.hooks, "%s\n", text);
    fflush(remote.hooks);
}

static void start(char *rest)
{
    struct acr_start s = { .size = sizeof(s) };
    const char *values[2 * MOST_VALUES];
    char error[512] = "";
    char *at;
    int r;

    s.values = values;
    while ((at = strsep(&rest, " ")) != NULL) {
        char *value = strchr(at, '=');

        if (value == NULL)
            continue;
        *value++ = '\0';
        for (char *c = value; *c != '\0'; c++)
            *c = *c == '+' ? ' ' : *c;
        if (strcmp(at, "users") == 0)
            s.users = strtoull(value, NULL, 10);
        else if (strcmp(at, "rate") == 0)
            s.spawn_rate = strtod(value, NULL);
        else if (strcmp(at, "time") == 0)
            s.run_time_s = strtod(value, NULL);
        else if (strcmp(at, "arrivals") == 0)
            s.arrival_rate = strtod(value, NULL);
        else if (strcmp(at, "host") == 0)
            s.host = value;
        else if (strcmp(at, "types") == 0)
            s.user_types = value;
        else if (strcmp(at, "stages") == 0)
            s.stages = value;
        else if (strcmp(at, "noshape") == 0)
            s.no_shape = true;
        else if (s.n_values < MOST_VALUES) {
            values[2 * s.n_values] = at;
            values[2 * s.n_values++ + 1] = value;
        }
    }
    r = acr_start_load(&s, error, sizeof(error));
    snprintf(remote.answer, sizeof(remote.answer), "%s %s", r == 0 ? "0" : strerrorname_np(-r),
             error);
}

static void edit(const char *rest)
{
    unsigned long long users = 0;
    double spawn_rate = 0;
    double arrival_rate = 0;
    int r;

    sscanf(rest, "%llu %lf %lf", &users, &spawn_rate, &arrival_rate);
    r = acr_edit_run(users, spawn_rate, arrival_rate);
    acr_copy(remote.answer, sizeof(remote.answer), r == 0 ? "0" : strerrorname_np(-r));
}

static void tell_state(void)
{
    const struct acr_snapshot *s = acr_snapshot_now();
    const struct acr_entry *total = acr_snapshot_total(s);

    snprintf(
        remote.answer, sizeof(remote.answer),
        "run %llu %s users %llu/%llu requests %llu started %llu attempts %llu workers %zu",
        (unsigned long long)acr_run_number(), acr_snapshot_state(s),
        (unsigned long long)acr_snapshot_users(s), (unsigned long long)acr_snapshot_target_users(s),
        (unsigned long long)acr_entry_count(total, ACR_REQUESTS),
        (unsigned long long)acr_snapshot_ledger(s, ACR_LEDGER_STARTED),
        (unsigned long long)acr_snapshot_ledger(s, ACR_LEDGER_ATTEMPTS), acr_snapshot_n_workers(s));
}

static void tell_option(const char *name)
{
    struct acr_option_info o;

    for (size_t i = 0; acr_option_at(i, &o); i++)
        if (strcmp(o.name, name) == 0)
            snprintf(remote.answer, sizeof(remote.answer), "%s|%s|%s|%u|%d%d%d", o.value,
                     o.default_value, o.plugin, o.kind, o.is_secret, o.is_required,
                     o.is_of_scenario);
}

static void tell_types(void)
{
    struct acr_user_type_info t;
    size_t used = 0;

    for (size_t i = 0; acr_user_type_at(i, &t); i++) {
        used += (size_t)snprintf(remote.answer + used, sizeof(remote.answer) - used, "%s%s:%d",
                                 i > 0 ? " " : "", t.name, t.is_wanted);
        for (size_t k = 0; k < t.n_tasks; k++)
            used += (size_t)snprintf(remote.answer + used, sizeof(remote.answer) - used, ",%s",
                                     acr_user_type_task(i, k));
    }
}

/* How many lines of the log have this in their text, and the source of the last one. */
static void tell_logs(const char *part)
{
    struct acr_log_line line;
    uint64_t i = 0;
    unsigned n = 0;
    char source[64] = "";

    for (; acr_log_line_at(&i, &line); i++)
        if (strstr(line.text, part) != NULL) {
            n++;
            acr_copy(source, sizeof(source), line.source);
        }
    snprintf(remote.answer, sizeof(remote.answer), "%u %s", n, source);
}

/* Without blanks: it is laid out over many lines. */
static void tell_ratio(void)
{
    const char *from = acr_ratio_json();
    size_t n = 0;

    for (; *from != '\0' && n + 1 < sizeof(remote.answer); from++)
        if (*from != '\n' && *from != ' ')
            remote.answer[n++] = *from;
    remote.answer[n] = '\0';
}

/* On the control loop. */
static void obey(void *arg)
{
    char *rest = remote.line + strcspn(remote.line, " ");

    (void)arg;
    if (*rest != '\0')
        *rest++ = '\0';
    acr_copy(remote.answer, sizeof(remote.answer), "0");
    if (strcmp(remote.line, "start") == 0)
        start(rest);
    else if (strcmp(remote.line, "edit") == 0)
        edit(rest);
    else if (strcmp(remote.line, "stop") == 0)
        acr_stop_run();
    else if (strcmp(remote.line, "reset") == 0)
        acr_reset_stats();
    else if (strcmp(remote.line, "quit") == 0)
        acr_quit();
    else if (strcmp(remote.line, "state") == 0)
        tell_state();
    else if (strcmp(remote.line, "option") == 0)
        tell_option(rest);
    else if (strcmp(remote.line, "types") == 0)
        tell_types();
    else if (strcmp(remote.line, "ratio") == 0)
        tell_ratio();
    else if (strcmp(remote.line, "logs") == 0)
        tell_logs(rest);
    else if (strcmp(remote.line, "name") == 0)
        acr_copy(remote.answer, sizeof(remote.answer), acr_scenario_name());
    sem_post(&remote.is_done);
}

static void *listen(void *arg)
{
    (void)arg;
    while (fgets(remote.line, sizeof(remote.line), remote.commands) != NULL) {
        remote.line[strcspn(remote.line, "\n")] = '\0';
        if (acr_control_post(obey, NULL) < 0)
            acr_copy(remote.answer, sizeof(remote.answer), "ESHUTDOWN");
        else
            while (sem_wait(&remote.is_done) < 0 && errno == EINTR)
                ;
        fprintf(remote.answers, "%s\n", remote.answer);
        fflush(remote.answers);
    }
    return NULL;
}

static int on_init(struct acr_user *u)
{
    char error[256] = "";

    if (acr_is_worker())
        return 0;
    acr_control_hold();
    remote.hooks = fopen("hooks", "w");
    remote.answers = fopen("answers", "w");
    remote.commands = fopen("commands", "r+"); /* both ends: it never ends */
    if (remote.hooks == NULL || remote.answers == NULL || remote.commands == NULL)
        return acr_raise(u, "a file cannot be opened");
    sem_init(&remote.is_done, 0, 0);
    if (getenv("REMOTE_EARLY") != NULL &&
        acr_start_run(error, sizeof(error), .users = 2, .spawn_rate = 100) < 0)
        return acr_raise(u, "the run does not start: %s", error);
    say(acr_control_is_held() ? "init, held" : "init");
    return pthread_create(&remote.thread, NULL, listen, NULL) == 0 ? 0 : -1;
}

static int on_start(struct acr_user *u, const struct acr_test_event *e)
{
    (void)u;
    (void)e;
    if (!acr_is_worker())
        say("test_start");
    return 0;
}

static int on_reset(struct acr_user *u)
{
    (void)u;
    say("reset_stats");
    return 0;
}

static int on_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    char line[64];

    (void)u;
    snprintf(line, sizeof(line), "test_stop %s", acr_snapshot_state(s));
    if (!acr_is_worker())
        say(line);
    return 0;
}

static int on_quit(struct acr_user *u, const struct acr_quit_event *e)
{
    (void)u;
    (void)e;
    if (!acr_is_worker())
        say("quit");
    return 0;
}

static const struct acr_hooks hooks = { .init = on_init,
                                        .test_start = on_start,
                                        .reset_stats = on_reset,
                                        .test_stop = on_stop,
                                        .quit = on_quit };

ACR_PLUGIN(.name = "remote", .hooks = &hooks);
