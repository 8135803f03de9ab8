/* SPDX-License-Identifier: MIT */
/* libacrida-request_log: --request-log FILE, a row for each request. */
#include "writer.h"

#include <acrida/acrida.h>
#include <acrida/events.h>
#include <acrida/report.h>

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* How long a disk that hangs may hold the end. */
#define LAST_S 3.0

/* One per process. Set while no users run, but for such as were given up. */
static struct writer *_Atomic writer;
static uint64_t run;                        /* counts them: loops of an earlier one have no ring */
static atomic_uint_fast64_t n_without_ring; /* dropped: there was no memory for it */
static char path[PATH_MAX];

/* This loop's, and of which run. */
static _Thread_local struct ring *own;
static _Thread_local uint64_t own_run;

static int on_request(struct acr_user *u, const struct acr_request_event *e)
{
    struct writer *w = atomic_load_explicit(&writer, memory_order_relaxed);

    if (w == NULL)
        return 0;
    if (own_run != run) {
        own_run = run;
        own = writer_add_ring(w);
    }
    if (own != NULL)
        ring_put(own, e, acr_type_name(u), acr_number(u));
    else
        atomic_fetch_add(&n_without_ring, 1);
    return 0;
}

/* A worker's has its number in the name: several may be on one machine. */
static bool make_path(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *dot = strchr(slash != NULL ? slash : name, '.');
    int before = dot != NULL ? (int)(dot - name) : (int)strlen(name);
    int n = acr_is_worker() ? snprintf(path, sizeof(path), "%.*s-%u%s", before, name,
                                       acr_worker_index(), name + before)
                            : snprintf(path, sizeof(path), "%s", name);

    return n < (int)sizeof(path);
}

static int on_test_start(struct acr_user *u, const struct acr_test_event *e)
{
    const char *name = acr_option_string("request-log");
    struct writer *begun = NULL;
    int r;

    (void)e;
    if (*name == '\0' || acr_is_master()) /* whose users are on its workers */
        return 0;
    r = make_path(name) ? writer_new(path, &begun) : -ENAMETOOLONG;
    atomic_store(&writer, begun);
    run++;
    atomic_store(&n_without_ring, 0);
    if (r == -EEXIST)
        return acr_raise(u, "--request-log: %s is there, and is no log of requests: name another",
                         path);
    return r < 0 ? acr_raise(u, "--request-log: cannot write %s: %s", path, strerror(-r)) : 0;
}

static int tell(struct acr_user *u, const struct writer_result *result)
{
    uint64_t n_dropped = result->n_dropped + atomic_load(&n_without_ring);

    if (n_dropped > 0)
        acr_log_at(NULL, ACR_LOG_WARNING,
                   "--request-log: %llu requests are missing in %s: it was too slow for them",
                   (unsigned long long)n_dropped, path);
    if (result->error == 0)
        return 0;
    return acr_raise(u, "--request-log: cannot write %s: %s; %llu requests are missing", path,
                     strerror(-result->error), (unsigned long long)result->n_failed);
}

/* All loops have ended, or were given up: those are a loss already. */
static int on_test_stop(struct acr_user *u, const struct acr_snapshot *s)
{
    uint64_t end_ns = acr_now_ns() + (uint64_t)(LAST_S * 1e9);
    struct writer *ending = atomic_exchange(&writer, NULL);
    struct writer_result result;

    (void)s;
    if (ending == NULL)
        return 0;
    writer_end(ending);
    while (!writer_has_ended(ending) && acr_now_ns() < end_ns && acr_sleep(u, 0.01) == 0)
        ;
    if (!writer_has_ended(ending))
        return acr_raise(u, "--request-log: %s takes no more: its end is missing", path);
    writer_free(ending, &result);
    return tell(u, &result);
}

static const struct acr_option options[] = {
    { .name = "request-log",
      .metavar = "FILE",
      .help = "Write a row for each request to this CSV file, compressed if it ends in .gz. On a "
              "cluster each worker writes its own: requests.csv becomes requests-0.csv." },
};

static const struct acr_hooks hooks = { .test_start = on_test_start,
                                        .request = on_request,
                                        .test_stop = on_test_stop,
                                        .request_option = "request-log" };

ACR_PLUGIN(.name = "request-log", .version = ACRIDA_VERSION, .options = options,
           .n_options = ACR_LEN(options), .hooks = &hooks);
