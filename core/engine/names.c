/* SPDX-License-Identifier: MIT */
#include "engine/names.h"

#include "base/clock.h"
#include "engine/call.h"
#include "sched/offload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* More names than this push out the oldest; few scenarios have more than a handful. */
#define NAMES_MAX 256u

struct name {
    struct name *next;
    struct acri_offload_job job; /* on the control loop */
    struct acri_calls calls;     /* on the control loop: for its answer */
    bool is_asking;
    size_t turn; /* of its addresses, on the loops */
    uint64_t until_ns;
    int result;
    struct acri_addresses addresses;
    struct acri_error error;
    char host[ACRI_HOST_MAX];
};

struct acri_names {
    struct name *first; /* the newest */
    size_t n;
    size_t index;        /* of the loop */
    struct acri_rng rng; /* not a user's: what the scenario draws must not depend on look-ups */
};

/* What a call asks for, and gets: on the caller's stack. */
struct question {
    const char *host;
    struct acri_names *names; /* the control loop's */
    struct acri_offload *offload;
    struct acri_addresses *addresses;
    struct acri_error *error;
    uint64_t until_ns;
};

struct acri_names *acri_names_new(uint64_t seed, size_t index)
{
    struct acri_names *names = acri_alloc(sizeof(*names));

    names->index = index;
    acri_rng_init(&names->rng, seed, index);
    return names;
}

void acri_names_free(struct acri_names *names, bool are_threads_gone)
{
    struct name *next;

    if (names == NULL)
        return;
    for (struct name *n = names->first; n != NULL; n = next) {
        next = n->next;
        if (!n->is_asking || are_threads_gone)
            free(n);
    }
    free(names);
}

static struct name *find(struct acri_names *names, const char *host)
{
    for (struct name *n = names->first; n != NULL; n = n->next)
        if (strcmp(n->host, host) == 0)
            return n;
    return NULL;
}

/* The oldest that nobody waits for goes. */
static void make_room(struct acri_names *names)
{
    struct name **oldest = NULL;

    for (struct name **at = &names->first; *at != NULL; at = &(*at)->next)
        if (!(*at)->is_asking && (*at)->calls.n == 0)
            oldest = at;
    if (oldest != NULL) {
        struct name *gone = *oldest;

        *oldest = gone->next;
        names->n--;
        free(gone);
    }
}

static struct name *add(struct acri_names *names, const char *host)
{
    struct name *n;

    if (names->n >= NAMES_MAX)
        make_room(names);
    n = acri_alloc(sizeof(*n));
    memcpy(n->host, host, strlen(host) + 1);
    n->turn = names->index;
    n->next = names->first;
    names->first = n;
    names->n++;
    return n;
}

/* --- on the control loop ------------------------------------------------------------------------
 */

static void answer(struct name *n, struct acri_call *call)
{
    struct question *q = call->value;

    *q->addresses = n->addresses;
    *q->error = n->error;
    q->until_ns = n->until_ns;
    acri_call_answer(call, n->result);
}

/* On an offload thread. */
static void ask_system(struct acri_offload_job *job)
{
    struct name *n = ACRI_CONTAINER_OF(job, struct name, job);

    n->result = acri_address_look_up(n->host, &n->addresses, &n->error);
}

static void settle(struct name *n)
{
    uint64_t ttl_s = n->result == 0 ? ACRI_NAMES_TTL_S : ACRI_NAMES_FAILED_TTL_S;
    struct acri_call *call;

    n->is_asking = false;
    n->until_ns = acri_clock_now_ns() + ttl_s * ACRI_NS_PER_S;
    while ((call = acri_call_take(&n->calls)) != NULL)
        answer(n, call);
}

static void on_answer(struct acri_offload_job *job)
{
    settle(ACRI_CONTAINER_OF(job, struct name, job));
}

static void ask_name(struct acri_call *call)
{
    struct question *q = call->value;
    struct name *n = find(q->names, q->host);
    int r;

    if (n != NULL && !n->is_asking && acri_clock_now_ns() < n->until_ns) {
        answer(n, call);
        return;
    }
    if (n == NULL)
        n = add(q->names, q->host);
    acri_call_queue(&n->calls, call);
    if (n->is_asking)
        return;
    n->is_asking = true;
    n->error.text[0] = '\0';
    n->job = (struct acri_offload_job){ .run = ask_system, .done = on_answer };
    r = acri_offload_submit(q->offload, &n->job);
    if (r < 0) {
        n->result =
            acri_fail(&n->error, r, "the name '%s' was not looked up: %s", n->host, strerror(-r));
        settle(n);
    }
}

/* --- on the caller's loop -----------------------------------------------------------------------
 */

/* What is none is asked for without trying: most hosts are names. */
static bool may_be_number(const char *host)
{
    return strchr(host, ':') != NULL || host[strspn(host, "0123456789.")] == '\0';
}

static void choose(struct acri_names *mine, struct name *n, enum acri_address_order order,
                   struct acri_addresses *addresses)
{
    if (addresses->n < 2 || order == ACRI_ADDRESS_FIRST)
        return;
    if (order == ACRI_ADDRESS_RANDOM)
        acri_address_rotate(addresses, acri_rng_below(&mine->rng, addresses->n));
    else
        acri_address_rotate(addresses, n->turn++ % addresses->n);
}

int acri_names_look_up(struct acr_user *u, const char *host, double timeout_s,
                       struct acri_addresses *ret_addresses, struct acri_error *reterr)
{
    const struct acri_run_common *run = u->home->run;
    struct acri_names *mine = u->home->names;
    struct question q = { .host = host,
                          .names = run->names,
                          .offload = run->offload,
                          .addresses = ret_addresses,
                          .error = reterr };
    struct acri_call call = { .ask = ask_name, .value = &q };
    struct name *n;
    int r;

    if (may_be_number(host) && acri_address_of_number(host, ret_addresses))
        return acri_allow_filter(run->allow, host, ret_addresses, reterr);
    n = find(mine, host);
    if (n == NULL || acri_clock_now_ns() >= n->until_ns) {
        r = acri_call(u, &call, timeout_s);
        if (!call.is_answered)
            return r;
        n = find(mine, host); /* another may have added it meanwhile */
        if (n == NULL)
            n = add(mine, host);
        n->result = r;
        n->addresses = *ret_addresses;
        n->error = *reterr;
        n->until_ns = q.until_ns;
    }
    *ret_addresses = n->addresses;
    *reterr = n->error;
    if (n->result < 0)
        return n->result;
    r = acri_allow_filter(run->allow, host, ret_addresses, reterr);
    choose(mine, n, run->address_order, ret_addresses);
    return r;
}
