/* SPDX-License-Identifier: MIT */
#include "app/serve_master.h"

#include "app/cluster.h"
#include "base/clock.h"
#include "app/fleet_journal.h"
#include "base/log.h"

#include <acrida/run.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAIT_MS 200
/* After so long of waiting for workers it is said once. */
#define TELL_NS (5 * ACRI_NS_PER_S)
/* Workers of a run that goes on come back within this. */
#define RETURN_NS (8 * ACRI_NS_PER_S)
/* Workers that were told to end are given so long. */
#define DISMISS_NS (5 * ACRI_NS_PER_S)

/* --- the journal's place ------------------------------------------------------------------------
 */

/* Make the folders of a path. */
static void make_folders(char *path)
{
    for (char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdir(path, 0700);
        *at = '/';
    }
}

/* Returns: NULL without one; to be freed. */
static char *journal_path(const struct acri_options *o, unsigned port)
{
    const char *given = acri_options_string(o, "journal");
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char *path;

    if (strcmp(given, "none") == 0)
        return NULL;
    if (*given != '\0')
        return acri_strdup(given);
    if (state != NULL && *state == '/')
        path = acri_printf("%s/acrida/master-%u.journal", state, port);
    else if (home != NULL && *home == '/')
        path = acri_printf("%s/.local/state/acrida/master-%u.journal", home, port);
    else
        return NULL;
    make_folders(path);
    return path;
}

/* --- waiting ------------------------------------------------------------------------------------
 */

static size_t n_expected(const struct acri_fleet *f, const struct acri_processes *processes)
{
    size_t n = (size_t)acri_options_int(f->options, "expect-workers");

    /* Of a run that goes on, whoever was still there. */
    if (f->past != NULL)
        n = f->past->n_numbered > f->past->n_gone ? f->past->n_numbered - f->past->n_gone : 1;
    n = n > 0 ? n : 1; /* without any there is no run */
    return processes->n > n ? processes->n : n;
}

/* The crew's. */
static int gather(void *arg)
{
    struct acri_fleet *f = arg;
    struct acri_processes *processes = f->processes;
    double patience_s = acri_options_duration(f->options, "expect-workers-max-wait");
    size_t n = acri_fleet_gather(f);
    size_t n_wanted = n_expected(f, processes);
    uint64_t waited_ns;

    if (f->gather_ns == 0)
        f->gather_ns = acri_clock_now_ns();
    waited_ns = acri_clock_now_ns() - f->gather_ns;
    if (n >= n_wanted || (f->past != NULL && waited_ns > RETURN_NS))
        return 0;
    if (!f->did_tell_gather && waited_ns > TELL_NS) {
        acri_log_info("waiting for workers: %zu of %zu are here", n, n_wanted);
        f->did_tell_gather = true;
    }
    if (patience_s > 0 && (double)waited_ns / 1e9 > patience_s) {
        acri_log_error("only %zu of %zu workers are here after %g s: giving up", n, n_wanted,
                       patience_s);
        return -ETIMEDOUT;
    }
    if (processes->n > 0 && acri_processes_step(processes) == 0) {
        acri_log_error("all worker processes have ended: giving up");
        return -ECHILD;
    }
    return 1;
}

/* --- all of it ----------------------------------------------------------------------------------
 */

/* Children of this process are told the port: any will do. */
static unsigned port_of(const struct acri_options *o)
{
    unsigned port = 0;

    if (acri_options_int(o, "processes") != 0 && !acri_options_is_set(o, "master-bind-port"))
        port = acri_processes_free_port();
    return port != 0 ? port : (unsigned)acri_options_int(o, "master-bind-port");
}

static int start(const struct acri_options *o, unsigned port, const char *journal,
                 struct acri_master **ret_master, struct acri_error *reterr)
{
    unsigned char key[32];
    int has_key = acri_cluster_read_key(o, key, reterr);
    const char *host = acri_options_string(o, "master-bind-host");
    struct acri_master_options options = {
        .bind_host = *host != '\0'                                          ? host
                     : has_key > 0 && acri_options_int(o, "processes") == 0 ? "*"
                                                                            : "127.0.0.1",
        .bind_port = (uint16_t)port,
        .key = has_key > 0 ? key : NULL,
        .version = acr_version(),
        .journal = journal,
    };
    int r = has_key;

    if (r >= 0)
        r = acri_master_start(&options, ret_master, reterr);
    if (r == 0)
        acri_log_info("master for workers at %s:%u%s", options.bind_host, port,
                      has_key > 0 ? ""
                                  : "; without a key (--cluster-key-file) for this machine only");
    explicit_bzero(key, sizeof(key));
    return r;
}

/* A run was cut off: its workers go on with it, and so does this process. */
static void go_on(struct acri_fleet *f, struct acri_fleet_past *past)
{
    uint64_t now_ns = acri_clock_real_ns();

    f->past = past;
    f->run_id = past->run_id;
    f->epoch = past->epoch;
    f->seed = past->seed;
    f->is_holding = true;
    f->crew.resumed_ns = now_ns > past->start_real_ns ? now_ns - past->start_real_ns : 1;
    acri_log_info(
        "the journal holds a run that was cut off: going on with it (--new-run begins anew)");
}

int acri_serve_master_listen(const struct acri_options *o, const struct acri_scenario *scenario,
                             struct acri_fleet *ret_fleet, unsigned *ret_port,
                             struct acri_error *reterr)
{
    struct acri_master *master = NULL;
    struct acri_fleet_past *past = acri_alloc(sizeof(*past));
    char *journal;
    int r;

    *ret_port = port_of(o);
    journal = journal_path(o, *ret_port);
    acri_fleet_past_look(journal, o, scenario, acri_options_flag(o, "new-run"), past);
    r = start(o, *ret_port, journal, &master, reterr);
    if (r == 0) {
        acri_fleet_init(ret_fleet, master, o, scenario);
        ret_fleet->journal = journal;
        ret_fleet->crew.gather = gather;
        journal = NULL;
    }
    if (r == 0 && past->is_there) {
        go_on(ret_fleet, past);
        past = NULL;
    }
    if (past != NULL)
        acri_fleet_past_done(past);
    free(past);
    free(journal);
    return r;
}

void acri_serve_master_dismiss(struct acri_fleet *f)
{
    uint64_t begun_ns = acri_clock_now_ns();

    while (acri_fleet_dismiss(f) > 0 && acri_clock_now_ns() - begun_ns < DISMISS_NS) {
        struct pollfd fd = { .fd = f->crew.fd, .events = POLLIN };

        poll(&fd, 1, WAIT_MS);
    }
    acri_master_stop(f->master);
    /* Nobody needs it any more. */
    if (f->is_over && f->journal != NULL)
        unlink(f->journal);
    acri_fleet_done(f);
}
