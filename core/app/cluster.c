/* SPDX-License-Identifier: MIT */
#include "app/cluster.h"

#include "base/cluster.h"
#include "dist/cluster_key.h"
#include "plugin/where.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

/* Workers need the bind of the command (bind.c). A master needs nothing: it binds to a port that is
 * said. */
static int check_program(enum acri_cluster_role role, int64_t n_processes,
                         struct acri_error *reterr)
{
    if ((role != ACRI_CLUSTER_WORKER && n_processes == 0) || acri_where_is_of_program("bind"))
        return 0;
    if (n_processes != 0)
        return acri_fail(reterr, -EINVAL,
                         "--processes starts the program once more for each worker, and this one "
                         "is not the acrida command: start workers with `acrida --worker`");
    return acri_fail(reterr, -EINVAL,
                     "--worker is for the acrida command: in another program nanomsg may end the "
                     "process when no port is free");
}

/* Returns: whether it is a name or an address, and nothing else. */
static bool is_host(const char *text)
{
    const char *colon = strchr(text, ':');

    return *text != '\0' && strpbrk(text, "/ \t[]@") == NULL &&
           (colon == NULL || strchr(colon + 1, ':') != NULL);
}

static int check_labels(const struct acri_options *o, struct acri_error *reterr)
{
    size_t n;
    const char *const *labels = acri_options_list(o, "label", &n);
    size_t n_bytes = 0;

    for (size_t i = 0; i < n; i++) {
        const char *equals = strchr(labels[i], '=');

        n_bytes += strlen(labels[i]) + 1;
        if (equals == NULL || equals == labels[i] || equals[1] == '\0')
            return acri_fail(reterr, -EINVAL, "--label wants NAME=VALUE, got '%.100s'", labels[i]);
    }
    if (n_bytes > ACRI_CLUSTER_TEXT)
        return acri_fail(reterr, -EINVAL, "all --label together may have %u characters, not %zu",
                         ACRI_CLUSTER_TEXT - 1, n_bytes - 1);
    return 0;
}

/* What only prints something, or runs a user here and now. */
static int check_commands(const struct acri_options *o, bool is_worker, struct acri_error *reterr)
{
    static const char *const flags[] = { "list", "show-task-ratio", "show-task-ratio-json" };
    const char *role = acri_options_flag(o, "worker")          ? "worker"
                       : acri_options_int(o, "processes") != 0 ? "processes"
                       : acri_options_flag(o, "master")        ? "master"
                                                               : "mode";
    const char *name = acri_options_is_set(o, "once") ? "once" : NULL;

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]) && is_worker; i++)
        name = acri_options_flag(o, flags[i]) ? flags[i] : name;
    if (name != NULL)
        return acri_fail(reterr, -EINVAL, "--%s is for one process alone: leave --%s out", name,
                         role);
    return 0;
}

static int check_worker(const struct acri_options *o, struct acri_error *reterr)
{
    const char *host = acri_options_string(o, "master-host");

    if (!is_host(host))
        return acri_fail(reterr, -EINVAL,
                         "--master-host wants a name or an address, and the port goes into "
                         "--master-port: got '%.200s'",
                         host);
    return check_labels(o, reterr);
}

int acri_cluster_role(const struct acri_options *o, enum acri_cluster_role *ret_role,
                      struct acri_error *reterr)
{
    const char *mode = acri_options_string(o, "mode");
    bool is_master = acri_options_flag(o, "master");
    bool is_worker = acri_options_flag(o, "worker");
    int64_t n_processes = acri_options_int(o, "processes");

    *ret_role = ACRI_CLUSTER_LOCAL;
    if (is_master && is_worker)
        return acri_fail(reterr, -EINVAL, "--master and --worker contradict each other");
    if (n_processes < -1)
        return acri_fail(reterr, -EINVAL,
                         "--processes wants a number from 1 on, or -1: one for each CPU");
    if (n_processes != 0 && is_master)
        return acri_fail(reterr, -EINVAL,
                         "--processes makes this process the master: leave --master out");
    if (n_processes != 0 && acri_options_source_of(o, "worker-name") == ACRI_OPTIONS_COMMAND_LINE)
        return acri_fail(reterr, -EINVAL,
                         "--worker-name is for one worker, and --processes starts several: leave "
                         "one of them out");
    if (!is_master && !is_worker) {
        is_master = strcmp(mode, "master") == 0;
        is_worker = strcmp(mode, "worker") == 0;
    }
    if (is_worker)
        *ret_role = ACRI_CLUSTER_WORKER;
    else if (is_master || n_processes != 0)
        *ret_role = ACRI_CLUSTER_MASTER;
    if (*ret_role != ACRI_CLUSTER_LOCAL && check_commands(o, is_worker, reterr) < 0)
        return -EINVAL;
    if ((is_worker || n_processes != 0) && check_worker(o, reterr) < 0)
        return -EINVAL;
    return check_program(*ret_role, n_processes, reterr);
}

bool acri_cluster_is_fetched(const struct acri_options *o)
{
    size_t n;
    const char *const *given = acri_options_list(o, "scenario", &n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(given[i], "-") == 0)
            return true;
    return false;
}

int acri_cluster_check_fetched(const struct acri_options *o, enum acri_cluster_role role,
                               struct acri_error *reterr)
{
    size_t n;

    if (role != ACRI_CLUSTER_WORKER)
        return acri_fail(reterr, -EINVAL,
                         "-f - is for workers, which get the scenario from their master: give "
                         "--worker as well, or name the scenario");
    acri_options_list(o, "scenario", &n);
    if (n > 1)
        return acri_fail(reterr, -EINVAL,
                         "-f - takes all scenarios from the master: name no others beside it");
    acri_options_list(o, "plugin", &n);
    if (n > 0)
        return acri_fail(reterr, -EINVAL,
                         "-f - takes plugins from the master, too: leave --plugin out");
    if (acri_options_flag(o, "watch"))
        return acri_fail(reterr, -EINVAL, "-f - has no files that --watch could look at");
    return 0;
}

int acri_cluster_read_key(const struct acri_options *o, unsigned char *ret_key,
                          struct acri_error *reterr)
{
    const char *path = acri_options_string(o, "cluster-key-file");

    return acri_cluster_key_find(*path != '\0' ? path : NULL, ret_key, reterr);
}

int acri_cluster_watch_signals(void)
{
    sigset_t stops;

    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    return signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK);
}
