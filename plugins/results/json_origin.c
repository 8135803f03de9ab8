/* SPDX-License-Identifier: MIT */
/* What stands in JSON of where results come from: the machine, the scenario, the options. */
#include "results/json_parts.h"

#include <acrida/control.h>
#include <acrida/run.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 512

/* What stands behind a key in a file of lines: "key<separator>value", with quotes around it or not.
 * Returns: whether there is one. */
static bool look_up(const char *path, const char *key, char separator, char *value, size_t bytes)
{
    char line[LINE_MAX_BYTES];
    FILE *f = fopen(path, "re");
    bool found = false;

    while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL) {
        char *at = strchr(line, separator);
        size_t n;

        if (at == NULL || strncmp(line, key, strlen(key)) != 0)
            continue;
        at += 1 + strspn(at + 1, " \t\"");
        for (n = strcspn(at, "\"\n"); n > 0 && at[n - 1] == ' ';)
            n--;
        at[n] = '\0';
        acr_copy(value, bytes, at);
        found = true;
    }
    if (f != NULL)
        fclose(f);
    return found;
}

static void member(struct json_text *j, const char *key, bool is_there, const char *value)
{
    if (is_there)
        json_text_string(j, key, value);
    else
        json_text_null(j, key);
}

static void environment(struct json_text *j)
{
    char abi[32], host[256] = "", value[LINE_MAX_BYTES];
    struct utsname kernel;
    struct timespec now;
    long pages = sysconf(_SC_PHYS_PAGES);
    bool is_known;

    json_text_open(j, "environment", '{');
    json_text_string(j, "acrida", acr_version());
    snprintf(abi, sizeof(abi), "%d.%d", ACR_ABI_MAJOR, ACR_ABI_MINOR);
    json_text_string(j, "abi", abi);
    clock_gettime(CLOCK_REALTIME, &now);
    json_text_number(j, "time", (double)now.tv_sec);
    member(j, "host", gethostname(host, sizeof(host) - 1) == 0, host);
    is_known = look_up("/etc/os-release", "PRETTY_NAME", '=', value, sizeof(value));
    member(j, "os", is_known, value);
    is_known = uname(&kernel) == 0;
    if (is_known)
        snprintf(value, sizeof(value), "%s %s %s", kernel.sysname, kernel.release, kernel.machine);
    member(j, "kernel", is_known, value);
    is_known = look_up("/proc/cpuinfo", "model name", ':', value, sizeof(value));
    member(j, "cpu", is_known, value);
    json_text_number(j, "n_cpus", (double)sysconf(_SC_NPROCESSORS_ONLN));
    json_number_or_null(j, "memory_bytes", pages > 0,
                        (double)pages * (double)sysconf(_SC_PAGESIZE));
    json_text_close(j, '}');
}

/* A URL may carry a user's name and password: "http://name:password@host" loses them. */
static void value_without_login(struct json_text *j, const char *value)
{
    const char *scheme = strstr(value, "://");
    size_t before = scheme != NULL ? (size_t)(scheme + 3 - value) : 0;
    size_t authority = scheme != NULL ? strcspn(value + before, "/?#") : 0;
    char *text;

    while (authority > 0 && value[before + authority - 1] != '@')
        authority--;
    text = strdup(value);
    if (text != NULL)
        memmove(text + before, value + before + authority, strlen(value + before + authority) + 1);
    json_text_string(j, "value", text != NULL ? text : "");
    free(text);
}

static void options(struct json_text *j)
{
    struct acr_option_info o;

    json_text_open(j, "options", '[');
    for (size_t i = 0; acr_option_at(i, &o); i++) {
        if (o.is_secret || o.value == NULL || *o.value == '\0' ||
            (o.default_value != NULL && strcmp(o.value, o.default_value) == 0))
            continue;
        json_text_open(j, NULL, '{');
        json_text_string(j, "name", o.name);
        value_without_login(j, o.value);
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
}

void json_origin(struct json_text *j)
{
    const char *scenario = acr_scenario_name();

    environment(j);
    json_text_string(j, "scenario", scenario != NULL ? scenario : "");
    options(j);
}
