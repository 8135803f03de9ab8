/* SPDX-License-Identifier: MIT */
#include "engine/cluster_report.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/pack.h"
#include "engine/handover.h"
#include "stats/delta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a part's first number says. */
enum kind { KIND_STATS = 1, KIND_STATE = 2 };

/* Besides the part's own bytes. */
#define HEAD_MAX 16u

struct sending {
    const struct acri_lead *lead;
    uint64_t epoch;
};

void acri_cluster_report_init(struct acri_cluster_report *r, const struct acri_plan *plan)
{
    *r = (struct acri_cluster_report){
        .plan = plan,
        .stats = acri_stats_new(acri_clock_now_ns(), acri_clock_real_ns()),
        .states = acri_handover_new_states(plan),
        .base_ns = acri_clock_now_ns(),
        .slot_ns = acri_clock_now_ns(),
    };
    acri_window_init(&r->lateness);
}

void acri_cluster_report_done(struct acri_cluster_report *r)
{
    if (r->plan == NULL)
        return;
    acri_stats_free(r->stats);
    acri_handover_free_states(r->plan, r->states);
    acri_window_done(&r->lateness);
    *r = (struct acri_cluster_report){ 0 };
}

static void send_part(struct sending *s, enum kind kind, uint64_t index, const void *bytes,
                      size_t n_bytes)
{
    struct acri_buf b;

    acri_buf_init(&b, s->lead->part_max);
    acri_pack_u64(&b, kind);
    if (kind == KIND_STATE)
        acri_pack_u64(&b, index);
    acri_buf_append(&b, bytes, n_bytes);
    if (b.is_cut)
        acri_log_error("%zu bytes are too many for a report to the master: they are left out",
                       n_bytes);
    else
        s->lead->report(s->lead->arg, s->epoch, b.data, b.length);
    acri_buf_done(&b);
}

static void on_delta(void *arg, const void *bytes, size_t n_bytes)
{
    send_part(arg, KIND_STATS, 0, bytes, n_bytes);
}

static bool is_zero(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* A slot is about a second; after a longer interval it stands for as many as it covers. */
static void note_lateness(struct acri_cluster_report *r)
{
    uint64_t now_ns = acri_clock_now_ns();
    uint64_t n;

    acri_window_add(&r->lateness, 0, 0, &r->stats->total->times[ACR_LATENESS]);
    if (now_ns - r->slot_ns < ACRI_STATS_SLOT_NS * 9 / 10)
        return;
    n = (now_ns - r->slot_ns + ACRI_STATS_SLOT_NS / 2) / ACRI_STATS_SLOT_NS;
    for (uint64_t i = 0; i < n && i < ACRI_WINDOW_SLOTS; i++) {
        acri_window_drop(&r->lateness, r->slot);
        if (i == 0)
            acri_window_close(&r->lateness, r->slot);
        r->slot = (r->slot + 1) % ACRI_WINDOW_SLOTS;
    }
    r->slot_ns = now_ns;
}

double acri_cluster_report_lateness_ms(const struct acri_cluster_report *r)
{
    struct acri_histogram h;
    double ms = 0;

    acri_histogram_init(&h);
    acri_window_times(&r->lateness, &h);
    if (acri_histogram_count(&h) > 0)
        ms = (double)acri_histogram_quantile_ns(&h, 0.99) / 1e6;
    acri_histogram_done(&h);
    return ms;
}

void acri_cluster_report_send(struct acri_cluster_report *r, const struct acri_lead *lead,
                              uint64_t epoch, struct acri_stats *totals, void **total_states)
{
    struct sending s = { .lead = lead, .epoch = epoch };

    acri_delta_encode(r->stats, r->base_ns, lead->part_max - HEAD_MAX, on_delta, &s);
    note_lateness(r);
    acri_stats_add(totals, r->stats);
    acri_stats_clear(r->stats, acri_clock_now_ns(), acri_clock_real_ns());
    for (size_t i = 0; i < r->plan->n_loop_states; i++)
        if (!is_zero(r->states[i], r->plan->loop_states[i]->size))
            send_part(&s, KIND_STATE, i, r->states[i], r->plan->loop_states[i]->size);
    acri_handover_merge_states(r->plan, total_states, r->states);
}

static int take_state(const struct acri_plan *plan, void **states, struct acri_unpack *u)
{
    uint64_t index = acri_unpack_u64(u);
    size_t n = (size_t)(u->end - u->at);
    void *copy;

    if (u->is_bad)
        return -EBADMSG;
    if (states == NULL)
        return 0;
    if (index >= plan->n_loop_states || n != plan->loop_states[index]->size)
        return -EBADMSG;
    /* Aligned for whatever it is. */
    copy = acri_alloc(n);
    memcpy(copy, u->at, n);
    plan->loop_states[index]->merge(states[index], copy);
    free(copy);
    return 0;
}

int acri_cluster_report_take_with(const struct acri_plan *plan, struct acri_stats *stats,
                                  struct acri_stats *sum, void **states, const char *node,
                                  uint64_t base_ns, const void *bytes, size_t n_bytes)
{
    struct acri_unpack u;

    acri_unpack_init(&u, bytes, n_bytes);
    switch (acri_unpack_u64(&u)) {
    case KIND_STATS:
        return acri_delta_apply_with(stats, sum, node, base_ns, u.at, (size_t)(u.end - u.at));
    case KIND_STATE:
        return take_state(plan, states, &u);
    default:
        return -EBADMSG;
    }
}

int acri_cluster_report_take(const struct acri_plan *plan, struct acri_stats *stats, void **states,
                             const char *node, uint64_t base_ns, const void *bytes, size_t n_bytes)
{
    return acri_cluster_report_take_with(plan, stats, NULL, states, node, base_ns, bytes, n_bytes);
}
