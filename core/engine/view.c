/* SPDX-License-Identifier: MIT */
#include "engine/view.h"

#include "base/clock.h"
#include "stats/snapshot.h"

static void add_up_loads(struct acri_conductor *c, struct acri_run_info *info)
{
    for (size_t k = 0; k < c->common.plan->n_types; k++)
        c->type_users[k] = c->crew != NULL ? c->crew->type_users[k] : 0;
    for (size_t k = 0; k < ACR_LOAD_COUNTS; k++)
        info->load[k] = c->crew != NULL ? c->crew->load[k] : 0;
    for (size_t i = 0; i < c->n_loops; i++) {
        const struct acri_users *us = &c->loops[i];

        for (size_t k = 0; k < ACR_LOAD_COUNTS; k++)
            info->load[k] += us->load_seen[k];
        for (size_t k = 0; k < c->common.plan->n_types; k++)
            c->type_users[k] += us->type_live_seen[k];
    }
}

void acri_view_look(struct acri_conductor *c, struct acr_snapshot *ret_snapshot)
{
    uint64_t now_ns = acri_clock_now_ns();
    bool is_begun = c->start_real_ns != 0;
    struct acri_run_info info = {
        .state = c->state,
        .n_users = acri_conductor_count_live(c),
        .target_users = c->load.wanted.users,
        .arrival_rate = c->load.is_open ? c->load.wanted.arrival_rate : 0,
        .type_names = c->type_names,
        .type_users = c->type_users,
        .n_types = c->common.plan->n_types,
        .start_real_ns = c->start_real_ns,
        .elapsed_s = is_begun ? (double)(now_ns - c->common.started_ns) / 1e9 : 0,
        .seed = c->o->seed,
        .verdict = c->verdict,
        .open_requests =
            c->over_ns > 0 ? (double)c->open_ns / (double)c->over_ns * (double)c->n_loops : 0,
    };

    if (is_begun)
        info.n_stages = acri_load_stage(&c->load, &info.stage);
    add_up_loads(c, &info);
    acri_health_add_up(&c->health, &info.generator);
    if (c->crew != NULL) {
        info.generator = c->crew->generator;
        info.open_requests = c->crew->open_requests;
        info.nodes = c->crew->show(c->crew->arg, &info, now_ns);
    }
    acri_snapshot_init(ret_snapshot, c->stats, &info);
}

void acri_view_take(struct acri_conductor *c, struct acr_snapshot *ret_snapshot)
{
    acri_stats_tick(c->stats, acri_clock_now_ns());
    acri_view_look(c, ret_snapshot);
}

void acri_view_keep(struct acri_conductor *c, const struct acr_snapshot *s)
{
    const struct acri_timeline_grown grown = { .open_ns = c->open_ns,
                                               .over_ns = c->over_ns,
                                               .loop_cpu_ns = c->loop_cpu_ns };

    acri_timeline_step(&c->timeline, c->stats, s, acri_clock_now_ns(), &grown);
}

void acri_view_judge(struct acri_conductor *c, struct acr_snapshot *ret_snapshot, bool is_over)
{
    acri_view_take(c, ret_snapshot);
    if (c->verdict == NULL)
        return;
    if (c->has_crashed)
        acri_verdict_spoil(c->verdict, "the scenario crashed: what it did then is not measured");
    else if (c->is_stuck)
        acri_verdict_spoil(c->verdict, "a thread never ended: its last results are missing");
    acri_verdict_step(c->verdict, ret_snapshot, is_over);
}
