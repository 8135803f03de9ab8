/* SPDX-License-Identifier: MIT */
#include "stats/verdict.h"

#include "base/buf.h"
#include "stats/nodes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Shares of time are judged from here on: in a shorter run they are chance. */
#define LEAST_S 5.0
/* A share of fewer requests is judged when they come from several moments. */
#define LEAST_REQUESTS 1000u
#define LEAST_MOMENTS 3u
/* A tenth of the 99th percentile is within what two runs of the same differ by. */
#define LATE_PART 0.1
/* A wait for the CPU that matters to nobody, however fast the target is. */
#define LEAST_WAIT_MS 0.05
#define REASONS_MAX 32u

struct acri_verdict {
    struct acri_verdict_limits limits;
    bool is_abort;
    double grace_s;
    bool do_failures_fail;
    struct acr_goal *goals; /* n_goals elements */
    size_t n_goals;
    const struct acr_goal *lost; /* for which to stop */
    const char *spoilt;
    uint32_t state;
    char *reasons[REASONS_MAX];
    size_t n_reasons;
    bool is_invalid;            /* found by the current step */
    uint64_t start_ns;          /* of the statistics that it has seen; UINT64_MAX = none */
    struct acri_generator seen; /* at the last step */
    struct acri_generator base; /* stalls before these */
    uint64_t n_late;            /* later than limits.late_ms, at the last step */
    uint64_t n_late_moments;    /* steps in which there were more of them */
};

struct acri_verdict *acri_verdict_new(const struct acri_verdict_options *o)
{
    struct acri_verdict *v = acri_alloc(sizeof(*v));

    *v = (struct acri_verdict){ .limits = o->limits,
                                .is_abort = o->is_abort,
                                .grace_s = o->grace_s,
                                .do_failures_fail = o->do_failures_fail,
                                .n_goals = o->n_goals,
                                .start_ns = UINT64_MAX };
    v->goals = acri_alloc((o->n_goals + 1) * sizeof(*v->goals));
    for (size_t i = 0; i < o->n_goals; i++)
        acri_goal_init(&v->goals[i], &o->goals[i]);
    return v;
}

static void clear_reasons(struct acri_verdict *v)
{
    for (size_t i = 0; i < v->n_reasons; i++)
        free(v->reasons[i]);
    v->n_reasons = 0;
}

void acri_verdict_free(struct acri_verdict *v)
{
    if (v == NULL)
        return;
    clear_reasons(v);
    for (size_t i = 0; i < v->n_goals; i++)
        acri_goal_done(&v->goals[i]);
    free(v->goals);
    free(v);
}

__attribute__((format(printf, 2, 3))) static void add_reason(struct acri_verdict *v,
                                                             const char *format, ...)
{
    struct acri_buf text;
    va_list args;

    if (v->n_reasons == REASONS_MAX)
        return;
    acri_buf_init(&text, 4096);
    va_start(args, format);
    acri_buf_vprintf(&text, format, args);
    va_end(args);
    v->reasons[v->n_reasons++] = acri_strdup(acri_buf_text(&text));
    acri_buf_done(&text);
}

/* --- is it the generator?
 * -------------------------------------------------------------------------- */

static double share(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

static uint64_t count_later(const struct acr_entry *e, double limit_ms)
{
    uint64_t sum = 0;
    uint64_t n;
    double ms;

    for (uint32_t bucket = 0; acr_entry_bucket(e, ACR_LATENESS, &bucket, &ms, &n); bucket++)
        if (ms > limit_ms)
            sum += n;
    return sum;
}

/* Enough of them that it is no chance. */
static bool is_too_many(uint64_t n, uint64_t n_requests, uint64_t n_moments, double limit)
{
    return share(n, n_requests) > limit &&
           (n_requests >= LEAST_REQUESTS || n_moments >= LEAST_MOMENTS);
}

static void judge_lateness(struct acri_verdict *v, const struct acr_snapshot *s)
{
    const struct acr_entry *total = acr_snapshot_total(s);
    uint64_t n = acri_histogram_count(&total->times[ACR_LATENESS]);
    double p99 = acr_entry_quantile_ms(total, ACR_RESPONSE_TIME, ACR_TOTAL, 0.99);
    double limit_ms = p99 * LATE_PART > v->limits.late_ms ? p99 * LATE_PART : v->limits.late_ms;
    uint64_t n_above = count_later(total, v->limits.late_ms);
    uint64_t n_late = count_later(total, limit_ms);

    v->n_late_moments += n_above > v->n_late;
    v->n_late = n_above;
    if (!is_too_many(n_late, n, v->n_late_moments, v->limits.late_share))
        return;
    v->is_invalid = true;
    add_reason(v,
               "%.3g %% of the requests were sent more than %.3g ms late (limit %g %%): the "
               "generator did not keep up; use more threads or machines",
               100 * share(n_late, n), limit_ms, 100 * v->limits.late_share);
}

static void judge_stalls(struct acri_verdict *v, const struct acr_snapshot *s)
{
    const struct acri_generator *g = &s->info.generator;
    uint64_t n_requests = acr_entry_count(acr_snapshot_total(s), ACR_REQUESTS);
    uint64_t n_stalls = g->n_stalls - v->base.n_stalls;
    uint64_t n_stalled = g->n_stalled - v->base.n_stalled;
    /* As of lateness: what is little of the response time is no harm. */
    double p99 = acr_entry_quantile_ms(acr_snapshot_total(s), ACR_RESPONSE_TIME, ACR_TOTAL, 0.99);
    bool is_bad;

    if (g->n_stalls <= v->base.n_stalls)
        return;
    is_bad = is_too_many(n_stalled, n_requests, n_stalls, v->limits.late_share) &&
             !(g->longest_stall_ms <= p99 * LATE_PART);
    v->is_invalid = v->is_invalid || is_bad;
    add_reason(v,
               "threads that run users stood still for more than 100 ms: %" PRIu64
               " time%s, at most for %.0f ms, with %" PRIu64
               " requests in flight (%.3g %%, limit %g %%)%s",
               n_stalls, n_stalls == 1 ? "" : "s", g->longest_stall_ms, n_stalled,
               100 * share(n_stalled, n_requests), 100 * v->limits.late_share,
               is_bad ? "; look for calls that block, or give it a CPU of its own" : "");
}

static void judge_cpu(struct acri_verdict *v, const struct acr_snapshot *s)
{
    const struct acri_generator *g = &s->info.generator;
    double mean_ms = acr_entry_average_ms(acr_snapshot_total(s), ACR_RESPONSE_TIME);

    if (g->seconds < LEAST_S)
        return;
    if (g->busy_share > v->limits.busy_share) {
        v->is_invalid = true;
        add_reason(v,
                   "a thread that runs users needed more than %g %% of its CPU for %.0f %% of the "
                   "time (limit %g %%): use more threads or machines",
                   100 * v->limits.busy_limit, 100 * g->busy_share, 100 * v->limits.busy_share);
    }
    if (g->wait_ms > LEAST_WAIT_MS && g->wait_ms > v->limits.wait_share * mean_ms) {
        v->is_invalid = true;
        add_reason(
            v,
            "a thread that runs users waited %.2g ms for its CPU each time, and the mean "
            "response time is %.3g ms (limit %g %% of it): give the generator CPUs of its own",
            g->wait_ms, mean_ms, 100 * v->limits.wait_share);
    }
    if (g->wait_share > v->limits.wait_share) {
        v->is_invalid = true;
        add_reason(v,
                   "a thread that runs users waited for a CPU %.0f %% of the time (limit %g %%): "
                   "others had it; give the generator CPUs of its own",
                   100 * g->wait_share, 100 * v->limits.wait_share);
    }
}

/* What the system says when a process or machine has no descriptor, port or memory left. */
static bool is_ours(const char *error)
{
    static const int codes[] = { EADDRNOTAVAIL, EMFILE, ENFILE, ENOBUFS };
    size_t length = strlen(error);

    for (size_t i = 0; i < ACR_LEN(codes); i++) {
        const char *text = strerror(codes[i]);
        size_t n = strlen(text);

        if (length >= n && memcmp(error + length - n, text, n) == 0)
            return true;
    }
    return false;
}

static void judge_failures(struct acri_verdict *v, const struct acr_snapshot *s)
{
    uint64_t n_requests = acr_entry_count(acr_snapshot_total(s), ACR_REQUESTS);
    uint64_t n_lost = acr_snapshot_ledger(s, ACR_LEDGER_LOST);
    uint64_t n_ours = 0;

    for (size_t i = 0; i < acr_snapshot_n_failures(s); i++) {
        const struct acr_failure *f = acr_snapshot_failure(s, i);

        if (is_ours(acr_failure_error(f)))
            n_ours += acr_failure_count(f);
    }
    if (n_ours > 0 && share(n_ours, n_requests) > v->limits.lost_share) {
        v->is_invalid = true;
        add_reason(v,
                   "%" PRIu64 " requests failed because the generator had no local port or "
                   "descriptor left (%.3g %%, limit %g %%): keep connections, or add source "
                   "addresses or machines",
                   n_ours, 100 * share(n_ours, n_requests), 100 * v->limits.lost_share);
    }
    if (n_lost > 0 &&
        share(n_lost, acr_snapshot_ledger(s, ACR_LEDGER_STARTED)) > v->limits.lost_share) {
        v->is_invalid = true;
        add_reason(v,
                   "%" PRIu64 " requests are lost: what became of them is not known (limit %g %%)",
                   n_lost, 100 * v->limits.lost_share);
    }
}

static void judge_workers(struct acri_verdict *v, const struct acr_snapshot *s)
{
    uint64_t n_missing = 0;

    for (size_t i = 0; i < acr_snapshot_n_workers(s); i++)
        n_missing += strcmp(acr_worker_state(acr_snapshot_worker(s, i)), "missing") == 0;
    if (n_missing <= v->limits.n_missing)
        return;
    v->is_invalid = true;
    add_reason(v, "%" PRIu64 " of %zu workers %s missing: the load was not what it should be",
               n_missing, acr_snapshot_n_workers(s), n_missing == 1 ? "is" : "are");
}

static void judge_generator(struct acri_verdict *v, const struct acr_snapshot *s)
{
    v->is_invalid = v->spoilt != NULL;
    if (v->spoilt != NULL)
        add_reason(v, "%s", v->spoilt);
    judge_lateness(v, s);
    judge_cpu(v, s);
    judge_failures(v, s);
    judge_workers(v, s);
    judge_stalls(v, s);
}

/* --- is it good?
 * ----------------------------------------------------------------------------------- */

static bool is_missed(const struct acr_goal *g)
{
    return g->state == ACR_GOAL_MISSED || g->state == ACR_GOAL_NOT_TESTED;
}

bool acri_verdict_is_goal_missed(const struct acri_verdict *v)
{
    for (size_t i = 0; v != NULL && i < v->n_goals; i++)
        if (is_missed(&v->goals[i]))
            return true;
    return false;
}

static bool judge_results(struct acri_verdict *v, const struct acr_snapshot *s)
{
    uint64_t n_failures = acr_entry_count(acr_snapshot_total(s), ACR_FAILURES);
    bool did_fail = false;

    for (size_t i = 0; i < v->n_goals; i++) {
        const struct acr_goal *g = &v->goals[i];

        if (!is_missed(g))
            continue;
        did_fail = true;
        if (g->state == ACR_GOAL_MISSED)
            add_reason(v, "%s: missed, measured %s", g->spec.text, g->measured);
        else
            add_reason(v, "%s: not tested, %s", g->spec.text, g->measured);
    }
    if (!v->do_failures_fail)
        return did_fail;
    if (n_failures > 0)
        add_reason(v, "%" PRIu64 " requests failed", n_failures);
    if (acr_snapshot_n_exceptions(s) > 0)
        add_reason(v, "tasks raised exceptions");
    return did_fail || n_failures > 0 || acr_snapshot_n_exceptions(s) > 0;
}

/* Arrivals that found all users busy say that what is tested was too slow for them: told, no more.
 */
static void tell_dropped(struct acri_verdict *v, const struct acr_snapshot *s)
{
    uint64_t n = acr_snapshot_load(s, ACR_LOAD_DROPPED);

    if (n > 0)
        add_reason(v,
                   "%" PRIu64 " of %" PRIu64
                   " arrivals were dropped: all users were busy, and what "
                   "they would have measured is missing",
                   n, acr_snapshot_load(s, ACR_LOAD_ARRIVALS));
}

static void look_for_lost(struct acri_verdict *v, const struct acr_snapshot *s)
{
    v->lost = NULL;
    if ((double)(s->stats->now_ns - s->stats->start_ns) / 1e9 < v->grace_s)
        return;
    for (size_t i = 0; i < v->n_goals && v->lost == NULL; i++)
        if ((v->is_abort || v->goals[i].spec.is_abort) && acri_goal_is_lost(&v->goals[i]))
            v->lost = &v->goals[i];
}

void acri_verdict_step(struct acri_verdict *v, struct acr_snapshot *s, bool is_over)
{
    bool did_fail;

    s->info.verdict = v;
    if (v->start_ns != s->stats->start_ns) {
        v->start_ns = s->stats->start_ns;
        v->base = v->seen;
        v->n_late = v->n_late_moments = 0;
    }
    v->seen = s->info.generator;
    for (size_t i = 0; i < v->n_goals; i++)
        acri_goal_step(&v->goals[i], s, is_over);
    clear_reasons(v);
    judge_generator(v, s);
    did_fail = judge_results(v, s);
    tell_dropped(v, s);
    v->state = v->is_invalid ? ACR_VERDICT_INVALID : did_fail ? ACR_VERDICT_FAIL : ACR_VERDICT_PASS;
    look_for_lost(v, s);
}

void acri_verdict_spoil(struct acri_verdict *v, const char *why)
{
    v->spoilt = why;
}

const struct acr_goal *acri_verdict_lost_goal(const struct acri_verdict *v)
{
    return v->lost;
}

uint32_t acri_verdict_state(const struct acri_verdict *v)
{
    return v != NULL ? v->state : ACR_VERDICT_NONE;
}

/* --- <acrida/report.h>
 * ----------------------------------------------------------------------------- */

static const struct acri_verdict *verdict_of(const struct acr_snapshot *s)
{
    return s != NULL ? s->info.verdict : NULL;
}

uint32_t acr_snapshot_verdict(const struct acr_snapshot *s)
{
    return acri_verdict_state(verdict_of(s));
}

const char *acr_snapshot_reason(const struct acr_snapshot *s, size_t index)
{
    const struct acri_verdict *v = verdict_of(s);

    return v != NULL && index < v->n_reasons ? v->reasons[index] : NULL;
}

size_t acr_snapshot_n_goals(const struct acr_snapshot *s)
{
    const struct acri_verdict *v = verdict_of(s);

    return v != NULL ? v->n_goals : 0;
}

const struct acr_goal *acr_snapshot_goal(const struct acr_snapshot *s, size_t index)
{
    return index < acr_snapshot_n_goals(s) ? &verdict_of(s)->goals[index] : NULL;
}

const char *acr_goal_text(const struct acr_goal *g)
{
    return g != NULL ? g->spec.text : "";
}

const char *acr_goal_wanted(const struct acr_goal *g)
{
    return g != NULL ? g->wanted : "";
}

const char *acr_goal_measured(const struct acr_goal *g)
{
    return g != NULL ? g->measured : "";
}

uint32_t acr_goal_state(const struct acr_goal *g)
{
    return g != NULL ? g->state : ACR_GOAL_WAITING;
}
