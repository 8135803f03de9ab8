/* SPDX-License-Identifier: MIT */
/* library.c: a program on acr_run, for 47_library.sh: what it refuses, what options a plugin of a
 * program gets, and whose signals the program's are. */
#include <acrida/http.h>
#include <acrida/report.h>
#include <acrida/run.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t n_signals;
static int n_ticks;
static char last_state[32];

static void on_signal(int number)
{
    (void)number;
    n_signals++;
}

static int look(struct acr_user *u)
{
    acr_report(u, .name = "look", .response_time_ms = 1);
    if (acr_number(u) == 0)
        kill(getpid(), SIGINT);
    acr_sleep(u, 1.2);
    return ACR_STOP_TEST;
}

static int fail_once(struct acr_user *u)
{
    acr_report(u, .name = "look", .response_time_ms = 1, .error = "no");
    return ACR_STOP_TEST;
}

static int crash(struct acr_user *u)
{
    *(volatile int *)(acr_number(u) * 8) = 1;
    return 0;
}

static const struct acr_plugin inner = { .name = "inner" };

static int print_options(struct acr_user *u)
{
    (void)u;
    printf("a load in a load: %d\n", acr_run(.plugin = &inner));
    printf("region: %s, batch: %d\n", acr_option_string("region"), (int)acr_option_int("batch", 0));
    return 0;
}

static const struct acr_task tasks[] = { { .name = "look", .run = look } };
static const struct acr_task failing_tasks[] = { { .name = "fail", .run = fail_once } };
static const struct acr_task crashing_tasks[] = { { .name = "crash", .run = crash } };
static const struct acr_task no_name[] = { { .run = look } };
static const struct acr_user_type type = { .name = "visitor", .tasks = tasks, .n_tasks = 1 };
static const struct acr_user_type failing_type = { .name = "failing",
                                                   .tasks = failing_tasks,
                                                   .n_tasks = 1 };
static const struct acr_user_type crashing_type = { .name = "crashing",
                                                    .tasks = crashing_tasks,
                                                    .n_tasks = 1 };
static const struct acr_user_type empty = { .name = "empty", .tasks = no_name, .n_tasks = 1 };
static const struct acr_option options[] = {
    { .name = "region", .help = "Where.", .is_required = true, .choices = "north south" },
    { .name = "batch", .help = "How many.", .kind = ACR_OPTION_INT, .default_value = "7" },
};
static const struct acr_hooks hooks = { .init = print_options };
static const struct acr_plugin plain = { .name = "plain", .user_types = &type, .n_user_types = 1 };
static const struct acr_plugin failing = { .name = "failing",
                                           .user_types = &failing_type,
                                           .n_user_types = 1 };
static const struct acr_plugin crashing = { .name = "crashing",
                                            .user_types = &crashing_type,
                                            .n_user_types = 1 };
static const struct acr_plugin bad = { .name = "bad", .user_types = &empty, .n_user_types = 1 };
static const struct acr_plugin demanding = { .name = "demanding",
                                             .user_types = &type,
                                             .n_user_types = 1,
                                             .options = options,
                                             .n_options = 2,
                                             .hooks = &hooks };

static void refused(int exit_code)
{
    if (exit_code != 2) {
        printf("exit code %d, not 2\n", exit_code);
        exit(1);
    }
}

static void on_tick(void *arg, const struct acr_snapshot *s)
{
    (void)s;
    *(int *)arg += 1;
}

static void on_end(void *arg, const struct acr_snapshot *s)
{
    (void)arg;
    acr_copy(last_state, sizeof(last_state), acr_snapshot_state(s));
}

/* The program goes on after a crash of a task; only loads it can run no more. */
static int run_crash(void)
{
    int first = acr_run(.plugin = &crashing, .on_end = on_end);
    int second = acr_run(.plugin = &plain);

    printf("exit codes: %d, %d; handler: %s\n", first, second,
           signal(SIGSEGV, SIG_DFL) == on_signal ? "its own" : "another's");
    return 0;
}

int main(int argc, char **argv)
{
    const char *url = argc > 1 ? argv[1] : "";
    int exit_code;

    signal(SIGSEGV, on_signal);
    if (argc > 2)
        return run_crash();

    refused(acr_run(.plugin = &plain, .host = url, .spawn_rate = -1));
    refused(acr_run(.plugin = &plain, .host = url, .run_time_s = nan("")));
    refused(acr_run(.plugin = &plain, .options = "--no-such-option 5"));
    refused(acr_run(.plugin = &plain, .options = "--host 'http://x"));
    refused(acr_run(.plugin = &plain, .options = "--list"));
    refused(acr_run(.plugin = &plain, .options = "--processes 2"));
    refused(acr_run(.plugin = &plain, .stages = "x"));
    refused(acr_run(.host = url));
    refused(acr_run(.plugin = &bad));
    refused(acr_run(.plugin = &demanding));
    signal(SIGINT, on_signal);
    exit_code = acr_run(.plugin = &demanding, .options = "--region north", .on_tick = on_tick,
                        .on_end = on_end, .arg = &n_ticks);
    printf("handled %d signal\n", (int)n_signals);
    printf("ticks: %d, states: %s\n", n_ticks, last_state);
    printf("exit code with a failure: %d\n", acr_run(.plugin = &failing));
    return exit_code;
}
