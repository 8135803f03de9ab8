/* SPDX-License-Identifier: MIT */
/* What this machine has: limits of the process, the kernel and the control group. */
#include "app/preflight.h"
#include "base/log.h"

#include <acrida/acrida.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* The first number of a file. Returns: whether there is one ("max" is none). */
static bool read_number(const char *path, uint64_t *ret_n)
{
    FILE *f = fopen(path, "re");
    unsigned long long n = 0;
    bool is_read = f != NULL && fscanf(f, "%llu", &n) == 1;

    if (f != NULL)
        fclose(f);
    *ret_n = n;
    return is_read;
}

static uint64_t count_files(void)
{
    DIR *d = opendir("/proc/self/fd");
    uint64_t n = 0;

    if (d == NULL)
        return 0;
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

static uint64_t count_ports(void)
{
    FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
    unsigned from = 0;
    unsigned to = 0;
    bool is_read = f != NULL && fscanf(f, "%u %u", &from, &to) == 2;

    if (f != NULL)
        fclose(f);
    return is_read && to >= from ? to - from + 1 : 0;
}

static uint64_t free_memory(void)
{
    FILE *f = fopen("/proc/meminfo", "re");
    char line[128];
    uint64_t kib = 0;
    unsigned long long n;

    if (f == NULL)
        return 0;
    while (fgets(line, sizeof(line), f) != NULL)
        if (sscanf(line, "MemAvailable: %llu", &n) == 1 || sscanf(line, "SwapFree: %llu", &n) == 1)
            kib += n;
    fclose(f);
    return kib << 10;
}

/* Less where a group and those above it allow less: root is where they are mounted, path the
 * process's own within. */
static uint64_t limit_by_groups(uint64_t memory, const char *root, char *path, const char *limit,
                                const char *used)
{
    for (;;) {
        char file[600];
        uint64_t may;
        uint64_t has;
        char *slash;

        snprintf(file, sizeof(file), "%s%s/%s", root, path, limit);
        if (read_number(file, &may)) {
            snprintf(file, sizeof(file), "%s%s/%s", root, path, used);
            has = read_number(file, &has) && has < may ? has : 0;
            if (may - has < memory)
                memory = may - has;
        }
        slash = strrchr(path, '/');
        if (slash == NULL)
            return memory;
        *slash = '\0';
    }
}

static uint64_t group_memory(uint64_t memory)
{
    FILE *f = fopen("/proc/self/cgroup", "re");
    char line[512];

    while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "0::", 3) == 0) {
            memory =
                limit_by_groups(memory, "/sys/fs/cgroup", line + 3, "memory.max", "memory.current");
        } else if (strstr(line, ":memory:") != NULL) {
            memory = limit_by_groups(memory, "/sys/fs/cgroup/memory", strstr(line, ":memory:") + 8,
                                     "memory.limit_in_bytes", "memory.usage_in_bytes");
        }
    }
    if (f != NULL)
        fclose(f);
    return memory;
}

void acri_preflight_look(struct acri_preflight_facts *ret_facts)
{
    struct rlimit limit;

    *ret_facts = (struct acri_preflight_facts){
        .files_open = count_files(),
        .ports = count_ports(),
        .memory = group_memory(free_memory()),
        .no_keep_alive = acr_option_flag("http-no-keep-alive"),
        .has_detour = acr_option_string("http-unix-socket")[0] != '\0' ||
                      acr_option_string("http-proxy")[0] != '\0',
    };
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        ret_facts->files = limit.rlim_cur;
}

int acri_preflight_run(const struct acri_plan *plan, const struct acri_run_options *run,
                       bool is_ignored, struct acri_error *reterr)
{
    struct acri_preflight_facts facts;
    struct acri_preflight_verdict v;

    acri_preflight_look(&facts);
    acri_preflight_judge(plan, run, &facts, &v);
    if (v.refusal.text[0] != '\0') {
        if (!is_ignored)
            return acri_fail(reterr, -EMFILE, "%.900s; --ignore-preflight runs all the same",
                             v.refusal.text);
        acri_log_warning("%s", v.refusal.text);
    }
    for (size_t i = 0; i < v.n_warnings; i++)
        acri_log_warning("%s", v.warnings[i].text);
    return run->sources != NULL ? acri_source_try(run->sources, reterr) : 0;
}
