/* SPDX-License-Identifier: MIT */
#include "app/merge_reports.h"

#include "base/check.h"
#include "base/clock.h"
#include "engine/cluster_report.h"
#include "stats/history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BASE_NS ACRI_MERGE_REPORTS_BASE_NS
#define MOST_NS (ACRI_NS_PER_S * 1000000000ull) /* files may say anything */

/* Returns: 0: none is told. */
static uint64_t last_answer(const struct acri_merge_report *r)
{
    static const struct acri_plan no_plan = { 0 };
    struct acri_stats *s = acri_stats_new(BASE_NS, 0);
    uint64_t at_ns = 0;

    if (acri_cluster_report_take(&no_plan, s, NULL, "", BASE_NS, r->bytes, r->n_bytes) == 0 &&
        s->last_ns > BASE_NS)
        at_ns = s->last_ns - BASE_NS < MOST_NS ? s->last_ns - BASE_NS : MOST_NS;
    acri_stats_free(s);
    return at_ns;
}

void acri_merge_reports_add(struct acri_merge_reports *l, const struct acri_merge_report *r)
{
    struct acri_merge_report *to;

    l->all = acri_grow(l->all, &l->capacity, l->n + 1, sizeof(*l->all));
    to = &l->all[l->n];
    *to = *r;
    to->at_ns = last_answer(r);
    to->order = l->n;
    for (size_t i = l->n; i > 0 && to->at_ns == 0; i--)
        if (l->all[i - 1].worker == r->worker) {
            to->at_ns = l->all[i - 1].at_ns;
            break;
        }
    to->bytes = acri_alloc(r->n_bytes);
    if (r->n_bytes > 0)
        memcpy(to->bytes, r->bytes, r->n_bytes);
    l->n++;
}

static int compare(const void *a, const void *b)
{
    const struct acri_merge_report *x = a;
    const struct acri_merge_report *y = b;

    if (x->at_ns != y->at_ns)
        return x->at_ns < y->at_ns ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

void acri_merge_reports_sort(struct acri_merge_reports *l)
{
    if (l->n > 1)
        qsort(l->all, l->n, sizeof(*l->all), compare);
}

void acri_merge_reports_done(struct acri_merge_reports *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->all[i].bytes);
    free(l->all);
    *l = (struct acri_merge_reports){ 0 };
}

static void step(struct acri_stats *s, uint64_t now_ns)
{
    const struct acri_ledger *l = &s->ledger;
    uint64_t n_settled = l->succeeded + l->failed + l->cancelled + l->lost;
    const struct acri_history_sample sample = {
        .n_users = ACRI_HISTORY_UNKNOWN,
        .target_users = ACRI_HISTORY_UNKNOWN,
        .arrival_rate = NAN,
        .open_requests = l->started > n_settled ? (double)(l->started - n_settled) : 0,
        .cpu_percent = NAN,
    };

    acri_stats_tick(s, now_ns);
    acri_history_step(s, now_ns, &sample);
}

/* The second that a time is in ends there. */
static uint64_t end_of_second(uint64_t at_ns)
{
    return BASE_NS + (at_ns / ACRI_NS_PER_S + 1) * ACRI_NS_PER_S;
}

void acri_merge_reports_begin(struct acri_merge_reports *l, struct acri_stats *s)
{
    uint64_t now_ns = s->last_ns > BASE_NS ? s->last_ns : BASE_NS;

    acri_stats_tick(s, now_ns);
    acri_history_begin(s, BASE_NS, now_ns);
    l->tick_ns = end_of_second(now_ns - BASE_NS);
}

void acri_merge_reports_reach(struct acri_merge_reports *l, struct acri_stats *s, uint64_t at_ns)
{
    uint64_t end_ns = end_of_second(at_ns);

    if (end_ns <= l->tick_ns)
        return;
    step(s, l->tick_ns);
    /* Seconds without an answer are not part of the next one's. */
    if (end_ns - ACRI_NS_PER_S > l->tick_ns)
        step(s, end_ns - ACRI_NS_PER_S);
    l->tick_ns = end_ns;
}

void acri_merge_reports_end(struct acri_merge_reports *l, struct acri_stats *s)
{
    uint64_t now_ns = s->last_ns > BASE_NS ? s->last_ns : BASE_NS;

    step(s, now_ns < l->tick_ns ? now_ns : l->tick_ns);
}
