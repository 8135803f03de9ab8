/* SPDX-License-Identifier: MIT */
/* The command line. */
#include "options.h"

#include "counters.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

enum { LONGEST_MS = 24 * 3600 * 1000 };

static const char help[] =
    "usage: acrida-target [OPTION]...\n"
    "\n"
    "A programmable HTTP/1.1 server to test load generators against.\n"
    "\n"
    "  --port N            TCP port to listen on; 0, the default, picks a free one\n"
    "  --bind ADDR         numeric address to listen on (default 127.0.0.1)\n"
    "  --unix PATH         listen on this Unix socket too\n"
    "  --processes N       answer from N processes that share all counters\n"
    "  --busy              poll without ever sleeping\n"
    "  --cpu N             run on CPU N (further processes on the following ones)\n"
    "  --rule RULE         make requests slow or wrong; may be repeated, the first that\n"
    "                      hits wins: METHOD PATH ACTION... [p=PROBABILITY], where * in\n"
    "                      METHOD and PATH stands for anything and ACTION is one of\n"
    "                        status=CODE  drop  garbage  truncate\n"
    "                        delay=MS  delay=LOW..HIGH  stall=MS  slow=MSxPARTS\n"
    "  --profile PROFILE   let answers become slow by a pattern; may be repeated, the first\n"
    "                      whose PATH fits counts: KIND [PATH] [base=MS] [knee=N] [over=S]\n"
    "                      [fail=SHARE]; PATH is that of a rule, all others apply to steady\n"
    "                      answers of 5 ms, 10 requests in flight, 10 s and none; KIND is\n"
    "                        steady  noise    nothing changes; at random\n"
    "                        linear           base more with each KNEE in flight\n"
    "                        cliff            20 times the base from KNEE in flight on\n"
    "                        saturation       KNEE at a time, the others wait in line\n"
    "                        sawtooth         up to 4 times the base in S, then anew\n"
    "                        spike            15 times the base after S\n"
    "                        drift            40 % more in S, and so on\n"
    "                      in flight: of one process, counting what waits for a profile\n"
    "  --seed N            seed of the random decisions (default 1)\n"
    "  --stall-every MS    stop answering anything this often, counted from the first\n"
    "  --stall-for MS      request, for this long\n"
    "  --close-after N     close a connection after N answers without announcing it\n"
    "  --things-error      every tenth of the /things ends as ERROR\n"
    "  --help              show this text\n"
    "\n"
    "Once ready it prints one line: listening on ADDR:PORT\n";

enum choice {
    OPTION_PORT = 256,
    OPTION_BIND,
    OPTION_UNIX,
    OPTION_PROCESSES,
    OPTION_BUSY,
    OPTION_CPU,
    OPTION_RULE,
    OPTION_PROFILE,
    OPTION_SEED,
    OPTION_STALL_EVERY,
    OPTION_STALL_FOR,
    OPTION_CLOSE_AFTER,
    OPTION_THINGS_ERROR,
    OPTION_HELP,
};

static const struct option names[] = {
    { "port", required_argument, NULL, OPTION_PORT },
    { "bind", required_argument, NULL, OPTION_BIND },
    { "unix", required_argument, NULL, OPTION_UNIX },
    { "processes", required_argument, NULL, OPTION_PROCESSES },
    { "busy", no_argument, NULL, OPTION_BUSY },
    { "cpu", required_argument, NULL, OPTION_CPU },
    { "rule", required_argument, NULL, OPTION_RULE },
    { "profile", required_argument, NULL, OPTION_PROFILE },
    { "seed", required_argument, NULL, OPTION_SEED },
    { "stall-every", required_argument, NULL, OPTION_STALL_EVERY },
    { "stall-for", required_argument, NULL, OPTION_STALL_FOR },
    { "close-after", required_argument, NULL, OPTION_CLOSE_AFTER },
    { "things-error", no_argument, NULL, OPTION_THINGS_ERROR },
    { "help", no_argument, NULL, OPTION_HELP },
    { NULL, 0, NULL, 0 },
};

__attribute__((format(printf, 1, 2))) static bool complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("acrida-target: ", stderr);
    vfprintf(stderr, format, arguments);
    fputs(" (see --help)\n", stderr);
    va_end(arguments);
    return false;
}

static bool read_number(const char *name, uint64_t lowest, uint64_t highest, uint64_t *number)
{
    if (!target_text_number(target_text_of(optarg), number) || *number < lowest ||
        *number > highest) {
        return complain("--%s must be a number from %llu to %llu, not '%s'", name,
                        (unsigned long long)lowest, (unsigned long long)highest, optarg);
    }
    return true;
}

static bool read_unsigned(const char *name, unsigned lowest, unsigned highest, unsigned *number)
{
    uint64_t wide;
    if (!read_number(name, lowest, highest, &wide)) {
        return false;
    }
    *number = (unsigned)wide;
    return true;
}

static bool read_rule(struct target_options *options)
{
    char error[128];
    return target_rules_add(&options->rules, optarg, error, sizeof error) ||
           complain("bad rule '%s': %s", optarg, error);
}

static bool read_profile(struct target_options *options)
{
    char error[128];
    return target_profiles_add(&options->profiles, optarg, error, sizeof error) ||
           complain("bad profile '%s': %s", optarg, error);
}

static bool read_cpu(struct target_options *options)
{
    unsigned cpu;
    if (!read_unsigned("cpu", 0, 1023, &cpu)) {
        return false;
    }
    options->cpu = (int)cpu;
    return true;
}

static bool read_option(struct target_options *options, int option)
{
    switch (option) {
    case OPTION_PORT:
        return read_unsigned("port", 0, 65535, &options->port);
    case OPTION_BIND:
        options->address = optarg;
        return true;
    case OPTION_UNIX:
        options->unix_path = optarg;
        return true;
    case OPTION_PROCESSES:
        return read_unsigned("processes", 1, TARGET_COUNTERS_PROCESSES, &options->processes);
    case OPTION_BUSY:
        options->busy = true;
        return true;
    case OPTION_CPU:
        return read_cpu(options);
    case OPTION_RULE:
        return read_rule(options);
    case OPTION_PROFILE:
        return read_profile(options);
    case OPTION_SEED:
        return read_number("seed", 0, UINT64_MAX, &options->seed);
    case OPTION_STALL_EVERY:
        return read_number("stall-every", 1, LONGEST_MS, &options->stall_every_ms);
    case OPTION_STALL_FOR:
        return read_number("stall-for", 1, LONGEST_MS, &options->stall_for_ms);
    case OPTION_CLOSE_AFTER:
        return read_number("close-after", 1, UINT64_MAX, &options->close_after);
    case OPTION_THINGS_ERROR:
        options->things_error = true;
        return true;
    default:
        return complain("unknown option or missing value");
    }
}

static bool is_consistent(const struct target_options *options)
{
    if ((options->stall_every_ms > 0) != (options->stall_for_ms > 0)) {
        return complain("--stall-every and --stall-for need each other");
    }
    if (options->stall_every_ms > 0 && options->stall_for_ms >= options->stall_every_ms) {
        return complain("--stall-for must be less than --stall-every");
    }
    return true;
}

enum target_options_result target_options_read(struct target_options *options, int argc,
                                               char **argv)
{
    int option;

    *options =
        (struct target_options){ .address = "127.0.0.1", .processes = 1, .cpu = -1, .seed = 1 };
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", names, NULL)) != -1) {
        if (option == OPTION_HELP) {
            fputs(help, stdout);
            return TARGET_OPTIONS_HELP;
        }
        if (option == ':' || option == '?') {
            complain(option == ':' ? "'%s' needs a value" : "unknown option '%s'",
                     argv[optind - 1]);
            return TARGET_OPTIONS_WRONG;
        }
        if (!read_option(options, option)) {
            return TARGET_OPTIONS_WRONG;
        }
    }
    if (optind < argc) {
        complain("unexpected argument '%s'", argv[optind]);
        return TARGET_OPTIONS_WRONG;
    }
    return is_consistent(options) ? TARGET_OPTIONS_RUN : TARGET_OPTIONS_WRONG;
}

void target_options_free(struct target_options *options)
{
    target_rules_free(&options->rules);
    target_profiles_free(&options->profiles);
}
