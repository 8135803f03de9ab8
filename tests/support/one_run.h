/* SPDX-License-Identifier: MIT */
/* For unit tests: one run of a plugin made in the test, without network, and what came of it. */
#ifndef ACRIDA_TESTS_ONE_RUN_H
#define ACRIDA_TESTS_ONE_RUN_H

#include "support/unit.h"

#include "engine/runner.h"
#include "stats/snapshot.h"

#include <acrida/report.h>

#include <string.h>

static struct {
    uint64_t ledger[ACR_LEDGER_ATTEMPTS + 1];
    uint64_t load[ACR_LOAD_COUNTS];
    uint64_t exceptions;
    struct acri_error error;
} outcome;

static void note_outcome(void *arg, const struct acr_snapshot *s)
{
    (void)arg;
    for (uint32_t i = 0; i <= ACR_LEDGER_ATTEMPTS; i++)
        outcome.ledger[i] = acr_snapshot_ledger(s, i);
    for (uint32_t i = 0; i < ACR_LOAD_COUNTS; i++)
        outcome.load[i] = s->info.load[i];
    for (size_t i = 0; i < acr_snapshot_n_exceptions(s); i++)
        outcome.exceptions += acr_exception_count(acr_snapshot_exception(s, i));
}

/* 1 user, 1 thread, all at once, unless `o` says otherwise. Returns: the exit code, or -1 when
 * nothing was run. */
static int one_run(const struct acr_plugin *plugin, struct acri_run_options o)
{
    const struct acri_run_listener listener = { .final = note_outcome };
    struct acri_run_result result = { 0 };
    struct acri_plan plan;
    int r;

    memset(&outcome, 0, sizeof(outcome));
    o.host = "";
    o.n_users = o.n_users > 0 ? o.n_users : 1;
    o.n_threads = o.n_threads > 0 ? o.n_threads : 1;
    o.spawn_rate = o.spawn_rate > 0 ? o.spawn_rate : 100000;
    o.on_stop_timeout_s = o.on_stop_timeout_s > 0 ? o.on_stop_timeout_s : 10;
    o.exit_code_on_error = 1;
    assert_int_equal(acri_plan_init(&plan, &plugin, 1, NULL, &outcome.error), 0);
    r = acri_runner_run(&plan, &o, &listener, &result, &outcome.error);
    acri_plan_done(&plan);
    if (r < 0 || result.start_error.text[0] != '\0')
        return -1;
    assert_false(result.must_exit);
    assert_int_equal(outcome.ledger[ACR_LEDGER_IN_FLIGHT], 0);
    return result.exit_code;
}

#endif
