/* SPDX-License-Identifier: MIT */
#include "dist/self.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

static void copy_text(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text != NULL ? text : "");
}

void acri_self_describe(struct acri_worker_info *ret_info, const struct acri_worker_options *o)
{
    const long n_pages = sysconf(_SC_PHYS_PAGES);
    const long page = sysconf(_SC_PAGESIZE);
    struct acri_worker_info *info = ret_info;
    cpu_set_t cpus;

    *info = (struct acri_worker_info){ .pid = (uint32_t)getpid(), .n_threads = o->n_threads };
    if (gethostname(info->host, sizeof(info->host)) != 0)
        copy_text(info->host, sizeof(info->host), "localhost");
    info->host[sizeof(info->host) - 1] = '\0';
    if (o->name != NULL && o->name[0] != '\0')
        copy_text(info->name, sizeof(info->name), o->name);
    else
        snprintf(info->name, sizeof(info->name), "%.48s-%" PRIu32, info->host, info->pid);
    copy_text(info->labels, sizeof(info->labels), o->labels);
    copy_text(info->version, sizeof(info->version), o->version);
    info->n_cpus = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? (uint32_t)CPU_COUNT(&cpus) : 1;
    if (n_pages > 0 && page > 0)
        info->memory_bytes = (uint64_t)n_pages * (uint64_t)page;
}
