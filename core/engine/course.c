/* SPDX-License-Identifier: MIT */
#include "engine/course.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/crash.h"
#include "engine/follow.h"
#include "engine/handover.h"
#include "engine/loops.h"
#include "engine/objects.h"
#include "engine/roster.h"
#include "engine/service.h"
#include "engine/view.h"
#include "sched/mailbox_door.h"

#include <acrida/control.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_NS ACRI_NS_PER_S
/* How long the reports may take when a thread is stuck. */
#define REPORT_S 10

/* --- what other threads post --------------------------------------------------------------------
 */

static struct acri_mailbox_door door = ACRI_MAILBOX_DOOR_INIT;

void acri_course_open(struct acri_conductor *c)
{
    acri_mailbox_door_open(&door, &c->control.loop.mailbox);
}

int acri_course_post(void (*function)(void *arg), void *arg)
{
    return acri_mailbox_door_post(&door, function, arg);
}

void acri_course_end_posts(struct acri_conductor *c)
{
    acri_mailbox_door_close(&door);
    while (acri_mailbox_door_inside(&door) > 0)
        acri_conductor_wait(c, acri_clock_now_ns() + ACRI_NS_PER_MS);
}

/* --- what is made for each run ------------------------------------------------------------------
 */

static bool has_others(const struct acri_conductor *c)
{
    return c->crew != NULL || c->lead != NULL;
}

static int check_types(const struct acri_conductor *c, const struct acri_plan *plan,
                       struct acri_error *reterr)
{
    if (has_others(c) && plan->n_types > ACRI_CLUSTER_TYPES)
        return acri_fail(reterr, -EINVAL,
                         "%zu user types are too many for a cluster: leave some out (at most %u)",
                         (size_t)plan->n_types, ACRI_CLUSTER_TYPES);
    return 0;
}

/* Whether no listener of requests has anything to do. */
static bool is_quiet(const struct acri_plan *plan)
{
    for (size_t i = 0; i < plan->n_on_request; i++)
        if (plan->on_request[i].option == NULL ||
            *acr_option_string(plan->on_request[i].option) != '\0')
            return false;
    return true;
}

/* Once the load is known. */
static void take_plan(struct acri_conductor *c)
{
    const struct acri_plan *plan = c->common.plan;

    c->common.is_quiet = is_quiet(plan);
    c->common.open_types = c->load.open_types;
    /* Under open load each loop has a stock from the start; a worker's come from its master. */
    if (c->lead != NULL)
        acri_budget_init_led(&c->budget);
    else
        acri_budget_init(&c->budget, c->o->n_iterations, c->load.is_open ? 0 : c->o->n_iterations);
    /* Numbers of users that arrivals make do not meet those of the spawner. */
    c->common.first_open_number = c->load.is_closed ? 1ull << 32
                                  : c->o->has_users ? c->o->n_users
                                                    : 0;
    c->type_names = acri_alloc((plan->n_types + 1) * sizeof(const char *));
    c->type_users = acri_alloc((plan->n_types + 1) * sizeof(uint64_t));
    c->loop_cpu_ns = acri_alloc(c->o->n_threads * sizeof(uint64_t));
    acri_health_init(&c->health, c->o->n_threads,
                     c->o->verdict != NULL ? c->o->verdict->limits.busy_limit : 1);
    if (c->o->verdict != NULL && c->lead == NULL)
        c->verdict = acri_verdict_new(c->o->verdict);
    for (size_t i = 0; i < plan->n_types; i++)
        c->type_names[i] = plan->types[i].type->name;
}

int acri_course_set_up(struct acri_conductor *c, struct acri_error *reterr)
{
    int code = acri_load_init(&c->load, c->common.plan, c->o, reterr);

    if (code == 0)
        code = check_types(c, c->common.plan, reterr);
    if (code == 0)
        take_plan(c);
    return code;
}

void acri_course_done(struct acri_conductor *c)
{
    acri_load_done(&c->load);
    acri_usage_done(&c->usage);
    free((void *)c->type_names);
    free(c->type_users);
    free(c->loop_cpu_ns);
    acri_timeline_done(&c->timeline);
    acri_health_done(&c->health);
    acri_verdict_free(c->verdict);
    c->verdict = NULL;
    c->type_names = NULL;
    c->type_users = NULL;
    c->loop_cpu_ns = NULL;
}

static void take_options(struct acri_conductor *c)
{
    struct acri_run_common *r = &c->common;
    const struct acri_run_options *o = c->o;

    r->host = o->host;
    r->seed = o->seed;
    r->n_loops = o->n_threads;
    r->n_iterations = o->n_iterations;
    r->address_order = o->address_order;
    r->sources = o->sources;
    r->allow = o->allow;
    r->stop_timeout_s = o->stop_timeout_s;
    r->ignore_waits = o->ignore_waits;
    r->is_share_closed = false;
}

/* Nothing of the run before is left but what hooks have made. */
static void clear(struct acri_conductor *c)
{
    const struct acri_plan *plan = c->common.plan;

    acri_stats_free(c->stats);
    c->common.started_ns = acri_clock_now_ns();
    c->stats = acri_stats_new(c->common.started_ns, acri_clock_real_ns());
    acri_exceptions_clear(&c->exceptions);
    for (size_t i = 0; i < plan->n_loop_states; i++)
        memset(c->control.states[i], 0, plan->loop_states[i]->size);
    c->state = "ready";
    c->start_real_ns = c->tick_due_ns = c->report_due_ns = c->warmup_due_ns = 0;
    c->iterations_end_ns = c->open_ns = c->over_ns = c->n_told = 0;
    c->n_empty = c->n_finished = 0;
    c->hook_results = (struct acri_hook_results){ .did_fail = false };
    c->stop = ACRI_RUN_ON;
    c->may_be_deserted = false;
    c->is_spawned = c->did_spawn = c->did_ask_stop = c->is_edited = c->must_reset = false;
    c->exit_code = -1;
}

/* The next run's plan and options are this one's. */
static void begin_next(struct acri_conductor *c)
{
    acri_course_done(c);
    clear(c);
    acri_roster_done(&c->control);
    c->common.plan = c->next_plan;
    c->o = c->next_o;
    c->load = c->next_load;
    c->next_plan = NULL;
    take_options(c);
    c->common.open_types = NULL; /* the control loop has none */
    acri_roster_init(&c->control);
    take_plan(c);
}

/* --- starting -----------------------------------------------------------------------------------
 */

static int refuse(const struct acri_conductor *c, struct acri_error *reterr)
{
    if (c->must_quit)
        return acri_fail(reterr, -ESHUTDOWN, "the process is ending");
    if (!c->is_held)
        return acri_fail(reterr, -EBUSY, "this process does one run, as its options say");
    if (c->is_stuck)
        return acri_fail(reterr, -ESHUTDOWN,
                         "a thread of the last run never ended: end this process, and start it "
                         "again");
    if (c->is_in_run || c->next_plan != NULL)
        return acri_fail(reterr, -EBUSY, "a run is going on: stop it first");
    if (c->crew != NULL && c->crew->n_here == 0)
        return acri_fail(reterr, -EAGAIN, "no worker is here yet: start some (acrida --worker)");
    return 0;
}

int acri_course_start(struct acri_conductor *c, const struct acr_start *start,
                      struct acri_error *reterr)
{
    const struct acri_run_keeper *keeper = c->listener->keeper;
    const struct acri_plan *plan;
    const struct acri_run_options *o;
    int r = refuse(c, reterr);

    if (r == 0)
        r = keeper->prepare(keeper->arg, start, c->o, &plan, &o, reterr);
    if (r < 0)
        return r;
    r = check_types(c, plan, reterr);
    if (r == 0)
        r = acri_load_init(&c->next_load, plan, o, reterr);
    keeper->settle(keeper->arg, r == 0);
    if (r < 0)
        return r;
    c->next_plan = plan;
    c->next_o = o;
    acri_conductor_wake(c);
    return 0;
}

void acri_course_forget_next(struct acri_conductor *c)
{
    if (c->next_plan != NULL)
        acri_load_done(&c->next_load);
    c->next_plan = NULL;
}

/* --- the course ---------------------------------------------------------------------------------
 */

static bool open_process(struct acri_conductor *c)
{
    struct acri_hook_results *results = &c->hook_results;
    bool is_fine;

    c->is_in_init = true;
    is_fine = acri_hooks_fire_init(results, c->service);
    c->is_in_init = false;
    c->n_kept = c->common.objects->n;
    if (c->is_held && is_fine)
        return true;
    if (c->listener->check != NULL) {
        int code = c->listener->check(c->listener->arg, &results->start_error);

        is_fine = is_fine && code == 0;
        c->exit_code = code > 0 ? code : c->exit_code;
    }
    if (is_fine && !acri_crew_gather(c)) {
        c->exit_code = 1;
        is_fine = false;
    }
    return is_fine;
}

/* After a run, when another may follow. */
static void clean_up(struct acri_conductor *c)
{
    struct acri_error error = { "" };

    if (c->hook_results.start_error.text[0] != '\0')
        acri_log_error("the run did not start: %s", c->hook_results.start_error.text);
    c->hook_results.start_error.text[0] = '\0'; /* it is told */
    /* That the run was stopped is no signal: the first Ctrl-C from here on is the first. */
    if (!c->must_quit)
        c->stop = ACRI_RUN_ON;
    if (c->has_crashed) {
        c->must_quit = true;
    } else if (c->is_stuck) {
        acri_crash_watchdog(0, 0);
        acri_log_error("a thread of this run never ended: no other run can start here");
    } else if (acri_loops_renew(c, &error) < 0) {
        acri_log_error("%s", error.text);
        c->must_quit = true;
    } else {
        acri_objects_keep(c->common.objects, c->n_kept);
    }
}

static void wait_idle(struct acri_conductor *c)
{
    if (c->listener->idle != NULL)
        c->listener->idle(c->listener->arg);
    acri_conductor_wait(c, acri_clock_now_ns() + IDLE_NS);
    if (c->crew != NULL)
        c->crew->step(c->crew->arg, c->is_mustered ? c->stats : NULL);
    acri_messages_tell(&c->inbox, &c->hook_results, c->service);
    if (c->must_reset)
        acri_conductor_reset(c);
}

/* Returns: whether the last run has begun. */
static bool keep(struct acri_conductor *c)
{
    bool did_run = false;

    if (c->crew != NULL && c->crew->resumed_ns > 0 && !c->must_quit) {
        did_run = acri_crew_gather(c) && acri_conductor_run(c);
        clean_up(c);
    }
    while (!c->must_quit) {
        if (c->next_plan == NULL) {
            wait_idle(c);
            continue;
        }
        begin_next(c);
        did_run = acri_conductor_run(c);
        clean_up(c);
    }
    acri_course_forget_next(c);
    if (c->is_stuck)
        acri_crash_watchdog(REPORT_S, 4);
    return did_run;
}

/* Returns: whether a run has begun: the last one, or the one that there are results of. */
static bool run(struct acri_conductor *c)
{
    if (c->o->results == NULL)
        return c->is_held ? keep(c) : acri_conductor_run(c);
    c->last = *c->o->results;
    return true;
}

void acri_course(void *arg)
{
    struct acri_conductor *c = arg;
    bool did_run = false;

    c->coroutine = acri_loop_current(&c->control.loop);
    c->service->coroutine = c->coroutine;
    acri_view_look(c, &c->last);
    if (c->listener->open != NULL)
        c->listener->open(c->listener->arg, &c->control.loop);
    if (open_process(c))
        did_run = run(c);
    c->state = "stopped";
    c->last.info.state = "stopped";
    acri_conductor_quit(c, did_run);
    if (c->listener->close != NULL)
        c->listener->close(c->listener->arg);
    if (c->lead != NULL)
        acri_follow_end(c);
    acri_loop_end(&c->control.loop);
}
