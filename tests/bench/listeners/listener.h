/* SPDX-License-Identifier: MIT */
/*
 * A monitoring plugin of the size that people write: it counts requests by outcome, sums their
 * times and sorts them into powers of two, in the state of its loop. The bench includes it in a
 * file per plugin, after a #define LISTENER of its name.
 */
#include <acrida/acrida.h>
#include <acrida/events.h>

struct numbers {
    uint64_t n_requests;
    uint64_t n_failures;
    uint64_t sum_ns;
    uint64_t max_ns;
    uint64_t octaves[64];
};

static uint32_t slot;

static int on_request(struct acr_user *u, const struct acr_request_event *e)
{
    struct numbers *mine = acr_loop_state(u, slot);

    mine->n_requests++;
    mine->n_failures += e->error != NULL;
    mine->sum_ns += e->response_time_ns;
    if (e->response_time_ns > mine->max_ns)
        mine->max_ns = e->response_time_ns;
    mine->octaves[63 - __builtin_clzll(e->response_time_ns | 1)]++;
    return 0;
}

static void merge(void *into, const void *from)
{
    struct numbers *all = into;
    const struct numbers *some = from;

    all->n_requests += some->n_requests;
    all->n_failures += some->n_failures;
    all->sum_ns += some->sum_ns;
    if (some->max_ns > all->max_ns)
        all->max_ns = some->max_ns;
    for (int i = 0; i < 64; i++)
        all->octaves[i] += some->octaves[i];
}

/* The bench holds this against the ledger. */
static int on_quitting(struct acr_user *u, const struct acr_quit_event *e)
{
    const struct numbers *all = acr_loop_state(u, slot);

    (void)e;
    acr_log(u, LISTENER " heard %llu requests", (unsigned long long)all->n_requests);
    return 0;
}

static const struct acr_loop_state_type state = { .slot = &slot,
                                                  .size = sizeof(struct numbers),
                                                  .merge = merge };
static const struct acr_hooks hooks = { .request = on_request, .quitting = on_quitting };

ACR_PLUGIN(.name = LISTENER, .hooks = &hooks, .loop_state = &state);
