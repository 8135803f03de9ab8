/* SPDX-License-Identifier: MIT */
/* The table of options: a new option is one entry here. */
#include "app/options_table.h"

#include <string.h>

#define SCENARIO "Scenario"
#define DEVELOPING "Writing a scenario"
#define LOAD "Load"
#define OPEN_LOAD "Open load"
#define CONNECTIONS "Connections"
#define STOPPING "Stopping"
#define OUTPUT "Output"
#define OTHER "Other"

static const struct acri_option_spec table[] = {
    { .name = "scenario",
      .letter = 'f',
      .kind = ACRI_OPTION_LIST,
      .aliases = "locustfile",
      .separators = ",",
      .metavar = "FILE",
      .section = SCENARIO,
      .help = "Scenario to run: a .c file (compiled first), a .so, or a folder of them; several "
              "separated by commas. Without it scenario.c, else scenario.so, of this folder." },
    { .name = "plugin",
      .kind = ACRI_OPTION_LIST,
      .separators = ",",
      .metavar = "FILE",
      .section = SCENARIO,
      .help =
          "Load a plugin beside the scenario: a client, a report, monitoring. Repeat for more." },
    { .name = "tags",
      .letter = 'T',
      .kind = ACRI_OPTION_LIST,
      .separators = ", \t\r\n",
      .takes_words = true,
      .metavar = "TAG ...",
      .section = SCENARIO,
      .help = "Run only tasks with one of these tags, their own or of a task set around them. A -- "
              "ends the tags." },
    { .name = "exclude-tags",
      .letter = 'E',
      .kind = ACRI_OPTION_LIST,
      .separators = ", \t\r\n",
      .takes_words = true,
      .metavar = "TAG ...",
      .section = SCENARIO,
      .help = "Run no task that has one of these tags. Wins over --tags." },
    { .name = "config-users",
      .kind = ACRI_OPTION_LIST,
      .separators = "",
      .takes_words = true,
      .metavar = "JSON ...",
      .section = SCENARIO,
      .help = "Change user types: objects such as {\"user_type_name\": \"buyer\", \"weight\": 3, "
              "\"fixed_count\": 2, \"host\": \"http://...\", \"tasks\": [\"view\"]}, an array of "
              "them, or "
              "a .json file." },
    { .name = "equal-weights",
      .kind = ACRI_OPTION_FLAG,
      .section = SCENARIO,
      .help = "Give all user types the same weight, and all tasks of each; task sets are "
              "dissolved." },
    { .name = "list",
      .letter = 'l',
      .kind = ACRI_OPTION_FLAG,
      .section = SCENARIO,
      .help = "Print the user types of the scenario and exit.",
      .is_command = true },
    { .name = "show-task-ratio",
      .kind = ACRI_OPTION_FLAG,
      .section = SCENARIO,
      .help = "Print how often each task runs and exit.",
      .is_command = true },
    { .name = "show-task-ratio-json",
      .kind = ACRI_OPTION_FLAG,
      .section = SCENARIO,
      .help = "The same as JSON.",
      .is_command = true },
    /* What the names without dashes set; as an option of its own for environment and files. */
    { .name = "user-types",
      .kind = ACRI_OPTION_LIST,
      .aliases = "user-classes",
      .separators = ", \t\r\n",
      .metavar = "TYPE",
      .help = "User types to run; all without it." },

    { .name = "once",
      .kind = ACRI_OPTION_STRING,
      .metavar = "TYPE",
      .section = DEVELOPING,
      .help =
          "Run one user of this type for one iteration (or -i N), without waits, and print each "
          "request with its response.",
      .is_command = true },
    { .name = "watch",
      .kind = ACRI_OPTION_FLAG,
      .section = DEVELOPING,
      .help = "Compile and run again whenever the scenario, or what it includes, changes.",
      .is_command = true },

    { .name = "host",
      .letter = 'H',
      .kind = ACRI_OPTION_STRING,
      .metavar = "URL",
      .section = LOAD,
      .help =
          "Base URL of what is tested, such as https://example.com. Overrides the scenario's." },
    { .name = "users",
      .letter = 'u',
      .kind = ACRI_OPTION_INT,
      .rule = ACRI_OPTION_NOT_NEGATIVE,
      .metavar = "N",
      .default_value = "1",
      .section = LOAD,
      .help = "Number of users at the peak." },
    { .name = "spawn-rate",
      .letter = 'r',
      .kind = ACRI_OPTION_NUMBER,
      .rule = ACRI_OPTION_ABOVE_ZERO,
      .metavar = "RATE",
      .default_value = "1",
      .section = LOAD,
      .help = "Users started per second until the peak is reached." },
    { .name = "run-time",
      .letter = 't',
      .kind = ACRI_OPTION_DURATION,
      .metavar = "TIME",
      .section = LOAD,
      .help = "End after this time, such as 90s, 20m or 1h30m, ramp included. Without it the run "
              "lasts until Ctrl-C." },
    { .name = "iterations",
      .letter = 'i',
      .kind = ACRI_OPTION_INT,
      .rule = ACRI_OPTION_NOT_NEGATIVE,
      .metavar = "N",
      .section = LOAD,
      .help = "End after so many iterations (one task each), all users together." },
    { .name = "stages",
      .kind = ACRI_OPTION_STRING,
      .metavar = "STAGES",
      .section = LOAD,
      .help = "Instead of --users and --run-time: DURATION:USERS@SPAWN_RATE, separated by commas, "
              "such as 60s:100@10,30s:500@50. For open load DURATION:RATE@RAMP: 60s:500/s@10 goes "
              "to 500/s by 10/s each second. The @ part may be left out." },
    { .name = "warmup",
      .kind = ACRI_OPTION_DURATION,
      .metavar = "TIME",
      .section = LOAD,
      .help = "Keep what happens in this time at the start out of the totals." },
    { .name = "seed",
      .kind = ACRI_OPTION_INT,
      .metavar = "N",
      .section = LOAD,
      .help = "Seed of the users' random streams; the same seed gives the same streams. A new one "
              "for each run without it." },
    { .name = "threads",
      .kind = ACRI_OPTION_INT,
      .rule = ACRI_OPTION_THREADS,
      .metavar = "N",
      .section = LOAD,
      .help = "Loop threads that run the users. One per CPU without it." },

    { .name = "arrival-rate",
      .kind = ACRI_OPTION_RATE,
      .rule = ACRI_OPTION_ABOVE_ZERO,
      .metavar = "RATE",
      .section = OPEN_LOAD,
      .help = "Begin so many iterations per second (500/s or 500), minute (30/m) or hour (2/h), "
              "however long they take; users are added as needed. Over the user types by their own "
              "rates, else by weight." },
    { .name = "arrivals",
      .kind = ACRI_OPTION_STRING,
      .choices = "constant poisson",
      .metavar = "HOW",
      .default_value = "constant",
      .section = OPEN_LOAD,
      .help = "How --arrival-rate is spread: evenly, or independently as real visitors come." },
    { .name = "max-users",
      .kind = ACRI_OPTION_INT,
      .rule = ACRI_OPTION_ABOVE_ZERO,
      .metavar = "N",
      .default_value = "10000",
      .section = OPEN_LOAD,
      .help = "Add no more users than these of each user type, unless the type says otherwise." },
    { .name = "on-full",
      .kind = ACRI_OPTION_STRING,
      .choices = "drop queue",
      .metavar = "HOW",
      .default_value = "drop",
      .section = OPEN_LOAD,
      .help = "What becomes of an arrival when all users are busy: counted and dropped, or queued "
              "until one is free." },

    { .name = "dns-select",
      .kind = ACRI_OPTION_STRING,
      .choices = "first random round-robin",
      .metavar = "HOW",
      .default_value = "first",
      .section = CONNECTIONS,
      .help = "Which address of a name with several is tried first: the system's first, a random "
              "one, or each in turn (on each loop thread). The others are tried when it fails." },
    { .name = "source-address",
      .kind = ACRI_OPTION_LIST,
      .separators = ", \t\r\n",
      .metavar = "ADDRESS[/PREFIX],...",
      .section = CONNECTIONS,
      .help = "Local addresses that connections leave from, in turn: 10.0.0.5,10.0.0.6 or "
              "127.0.0.0/24, IPv6 too. Each has local ports of its own for each server." },
    { .name = "ignore-preflight",
      .kind = ACRI_OPTION_FLAG,
      .section = CONNECTIONS,
      .help = "Run even when descriptors, local ports or memory will not do for so many users: "
              "warn only." },

    { .name = "stop-timeout",
      .letter = 's',
      .kind = ACRI_OPTION_DURATION,
      .metavar = "TIME",
      .default_value = "0",
      .section = STOPPING,
      .help = "At the end, let running tasks finish for this long." },
    { .name = "on-stop-timeout",
      .kind = ACRI_OPTION_DURATION,
      .metavar = "TIME",
      .default_value = "10s",
      .section = STOPPING,
      .help = "Time that each user's on_stop has." },
    { .name = "exit-code-on-error",
      .kind = ACRI_OPTION_INT,
      .rule = ACRI_OPTION_EXIT_CODE,
      .metavar = "CODE",
      .default_value = "1",
      .section = STOPPING,
      .help = "Exit code of a run with failures or exceptions." },

    { .name = "headless",
      .kind = ACRI_OPTION_FLAG,
      .section = OUTPUT,
      .help = "Start at once and print statistics here, without a web UI." },
    { .name = "only-summary",
      .kind = ACRI_OPTION_FLAG,
      .section = OUTPUT,
      .help = "Print the tables at the end only, not during the run." },
    { .name = "print-stats",
      .kind = ACRI_OPTION_FLAG,
      .section = OUTPUT,
      .help = "Print the table during the run even when not headless." },
    { .name = "reset-stats",
      .kind = ACRI_OPTION_FLAG,
      .section = OUTPUT,
      .help = "Reset the statistics when all users have been started." },
    { .name = "loglevel",
      .letter = 'L',
      .kind = ACRI_OPTION_STRING,
      .rule = ACRI_OPTION_LOG_LEVEL,
      .metavar = "LEVEL",
      .default_value = "INFO",
      .section = OUTPUT,
      .help = "Least level that is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL." },
    { .name = "logfile",
      .kind = ACRI_OPTION_STRING,
      .metavar = "FILE",
      .section = OUTPUT,
      .help = "Append the log to this file instead of stderr." },

    { .name = "config",
      .kind = ACRI_OPTION_STRING,
      .metavar = "FILE",
      .section = OTHER,
      .help = "Read options from this file too: lines such as \"users = 100\". ./acrida.conf and "
              "~/.acrida.conf are read anyway.",
      .is_command = true },
    { .name = "version",
      .letter = 'V',
      .kind = ACRI_OPTION_FLAG,
      .section = OTHER,
      .help = "Print the version and exit.",
      .is_command = true },
    { .name = "help",
      .letter = 'h',
      .kind = ACRI_OPTION_FLAG,
      .section = OTHER,
      .help = "Print this text and exit.",
      .is_command = true },
};

/* A plugin that brings one of these is asked first: an entry only speaks while nobody has the
 * option. */
static const struct acri_option_absent absent[] = {
    { .name = "master" },
    { .name = "worker" },
    { .name = "master-host" },
    { .name = "master-port" },
    { .name = "master-bind-host" },
    { .name = "master-bind-port" },
    { .name = "expect-workers" },
    { .name = "expect-workers-max-wait" },
    { .name = "enable-rebalancing" },
    { .name = "processes",
      .text = "is not there yet, and seldom needed: one process uses all CPUs (see --threads)" },
    { .name = "html" },
    { .name = "json" },
    { .name = "json-file" },
    { .name = "profile" },
    { .name = "otel" },
    { .name = "web-host" },
    { .name = "web-host-display-name" },
    { .name = "web-port", .letter = 'P' },
    { .name = "web-login" },
    { .name = "web-base-path" },
    { .name = "tls-cert" },
    { .name = "tls-key" },
    { .name = "autostart" },
    { .name = "autoquit" },
    { .name = "class-picker" },
    { .name = "build-path" },
    { .name = "headful", .text = "is called --no-headless here" },
    { .name = "skip-log-setup", .text = "has no meaning here: leave it out" },
    { .name = "web-auth", .text = "was removed from Locust too" },
    { .name = "legacy-ui", .text = "was removed from Locust too" },
    { .name = "slave", .text = "is the old name of --worker, which is not there yet" },
    { .name = "expect-slaves",
      .text = "is the old name of --expect-workers, which is not there yet" },
};

const struct acri_option_spec *acri_options_table(size_t *ret_n)
{
    *ret_n = ACR_LEN(table);
    return table;
}

const struct acri_option_absent *acri_options_table_absent(const char *name, size_t length)
{
    for (size_t i = 0; i < ACR_LEN(absent); i++)
        if (strlen(absent[i].name) == length && memcmp(absent[i].name, name, length) == 0)
            return &absent[i];
    return NULL;
}

const struct acri_option_absent *acri_options_table_absent_letter(char letter)
{
    for (size_t i = 0; i < ACR_LEN(absent); i++)
        if (letter != '\0' && absent[i].letter == letter)
            return &absent[i];
    return NULL;
}
