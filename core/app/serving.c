/* SPDX-License-Identifier: MIT */
#include "app/serving.h"

#include "app/fleet.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/pack.h"

#include <poll.h>
#include <stdio.h>

/* So long the end of a run waits for the master to have all reports. */
#define SETTLE_NS (3 * ACRI_NS_PER_S)

static void add_tally(struct acri_tally *to, const struct acri_tally *from)
{
    to->started += from->started;
    to->succeeded += from->succeeded;
    to->failed += from->failed;
    to->cancelled += from->cancelled;
    to->lost += from->lost;
    to->attempts += from->attempts;
    to->iterations += from->iterations;
}

static void on_logged(void *arg, enum acri_log_level level, const char *source, const char *text)
{
    acri_log_relay_put(arg, acri_clock_now_ns(), level, source, text);
}

static void relay_log(struct acri_serving *s)
{
    if (!acri_options_flag(s->own, "log-shared"))
        acri_log_copy_to(on_logged, &s->log);
}

void acri_serving_send_log(struct acri_serving *s, bool is_last)
{
    struct acri_log_relay_line line;
    struct acri_buf b;

    while (acri_log_relay_take(&s->log, acri_clock_now_ns(), is_last, &line)) {
        acri_buf_init(&b, sizeof(line) + 64);
        acri_log_relay_pack(&b, &line);
        /* That the log does not get through is nothing to log. */
        acri_worker_send(s->worker, ACRI_LOG_RELAY_MESSAGE, b.data, b.length);
        acri_buf_done(&b);
    }
}

/* The master ends the run at that word: what it counts by the requests only, such as the metrics of
 * test_stop, has to be there before. */
static void await_reports(struct acri_serving *s)
{
    uint64_t end_ns = acri_clock_now_ns() + SETTLE_NS;

    while (!s->lead.must_stop && acri_worker_unacknowledged(s->worker) > 0 &&
           acri_clock_now_ns() < end_ns)
        poll(NULL, 0, 2);
}

void acri_serving_observe(struct acri_serving *s, const struct acri_observed *o)
{
    acri_serving_send_log(s, false);
    if (o->state == ACRI_WORKER_STOPPED && s->observed.state != ACRI_WORKER_STOPPED)
        await_reports(s);
    s->observed = *o;
    add_tally(&s->observed.tally, &s->carried);
    acri_worker_observe(s->worker, &s->observed);
}

static void observe(void *arg, const struct acri_observed *o)
{
    acri_serving_observe(arg, o);
}

static void report(void *arg, uint64_t epoch, const void *bytes, size_t n_bytes)
{
    struct acri_serving *s = arg;

    acri_worker_report(s->worker, s->lead.run_id, epoch, bytes, n_bytes);
}

static int send_message(void *arg, const char *type, const void *bytes, size_t n_bytes)
{
    struct acri_serving *s = arg;

    return acri_worker_send(s->worker, type, bytes, n_bytes);
}

static void claim(void *arg, uint64_t feeder, uint64_t n_wanted, uint64_t end, bool is_exact)
{
    struct acri_serving *s = arg;
    struct acri_buf b;

    acri_buf_init(&b, 64);
    acri_pack_u64(&b, s->lead.run_id);
    acri_pack_u64(&b, feeder);
    acri_pack_u64(&b, n_wanted);
    acri_pack_u64(&b, end);
    acri_pack_u64(&b, is_exact ? 1 : 0);
    if (acri_worker_ask(s->worker, ACRI_FLEET_CLAIM, b.data, b.length) < 0)
        acri_log_error("the master could not be asked for rows");
    acri_buf_done(&b);
}

static void ask_stop(void *arg)
{
    struct acri_serving *s = arg;

    if (acri_worker_ask(s->worker, ".stop", "", 0) < 0)
        acri_log_error("the master could not be asked to end the run");
}

static struct acri_tally *live_tally(void *arg, uint32_t loop)
{
    struct acri_serving *s = arg;

    return acri_worker_live_tally(s->worker, s->lead.run_id, loop);
}

void acri_serving_tell_failure(struct acri_serving *s, const struct acri_error *error)
{
    struct acri_observed o = { .run_id = s->lead.run_id,
                               .generation = s->lead.desired.generation,
                               .state = ACRI_WORKER_FAILED };

    snprintf(o.error, sizeof(o.error), "%.*s", (int)sizeof(o.error) - 1, error->text);
    acri_serving_observe(s, &o);
}

void acri_serving_observe_failure(struct acri_serving *s, const struct acri_error *error)
{
    /* The master says it itself. */
    acri_log_copy_to(NULL, NULL);
    acri_log_error("%s", error->text);
    relay_log(s);
    acri_serving_tell_failure(s, error);
}

void acri_serving_init_lead(struct acri_serving *s, void (*drain)(void *arg))
{
    s->lead = (struct acri_lead){ .arg = s,
                                  .fd = acri_worker_fd(s->worker),
                                  .drain = drain,
                                  .observe = observe,
                                  .report = report,
                                  .send = send_message,
                                  .claim = claim,
                                  .ask_stop = ask_stop,
                                  .live_tally = live_tally,
                                  .part_max = ACRI_WORKER_REPORT_MAX };
}

void acri_serving_start_log(struct acri_serving *s)
{
    acri_log_relay_init(&s->log);
    relay_log(s);
}

void acri_serving_stop_log(struct acri_serving *s, bool is_thread_stuck)
{
    acri_log_copy_to(NULL, NULL);
    if (!is_thread_stuck) /* it may log */
        acri_log_relay_done(&s->log);
}
