/* SPDX-License-Identifier: MIT */
#include "engine/runner.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/terminal.h"
#include "engine/course.h"
#include "engine/crash.h"
#include "engine/feeder.h"
#include "engine/follow.h"
#include "engine/loops.h"
#include "engine/names.h"
#include "engine/objects.h"
#include "engine/park.h"
#include "engine/service.h"
#include "engine/share.h"
#include "engine/signals.h"
#include "engine/traceback.h"
#include "sched/offload.h"

#include <acrida/report.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long the reports may take after a crash. */
#define CRASH_REPORT_S 5

struct runner {
    struct acri_conductor c;
    struct acri_objects objects;
    struct acr_watch *crash_watch;
    struct acr_watch *others_watch; /* of a master's workers, or a worker's master */
    struct acri_signals signals;
    int crash_fd;
};

/* One run per process at a time: hooks and signals have no other way to name it. */
static struct runner *the_runner;

static void request_stop(enum acri_stop_level level);

/* --- what loops report --------------------------------------------------------------------------
 */

static void on_handover(struct acri_users *from)
{
    acri_conductor_take_in(&the_runner->c, from);
    acri_conductor_wake(&the_runner->c);
}

static void on_empty(struct acri_users *from)
{
    (void)from;
    the_runner->c.n_empty++;
    acri_conductor_wake(&the_runner->c);
}

/* Users that come and go while others are spawned say nothing. */
static void on_deserted(struct acri_users *from)
{
    struct acri_conductor *c = &the_runner->c;

    (void)from;
    if (c->load.is_open || c->load.spawner.is_moving || c->lead != NULL)
        return;
    c->may_be_deserted = true;
    acri_conductor_wake(c);
}

static void on_finished(struct acri_users *from)
{
    (void)from;
    the_runner->c.n_finished++;
    acri_conductor_wake(&the_runner->c);
}

static void on_iterations(struct acri_users *from, const struct acri_budget_report *report)
{
    struct acri_conductor *c = &the_runner->c;

    acri_budget_hear(&c->budget, c->loops, c->n_loops, from, report);
    if (c->lead != NULL)
        acri_follow_iterations(c);
}

static void on_failed(struct acri_users *from)
{
    (void)from;
    the_runner->c.hook_results.did_start_fail = true;
    request_stop(ACRI_STOP_REQUESTED);
}

static void on_spawned(void)
{
    the_runner->c.is_spawned = true;
    acri_conductor_wake(&the_runner->c);
}

static void request_stop(enum acri_stop_level level)
{
    struct acri_conductor *c = the_runner != NULL ? &the_runner->c : NULL;

    if (c == NULL || c->stop >= level)
        return;
    c->stop = level;
    if (!c->is_waiting)
        acri_user_stop(c->service, ACRI_STOP_CANCEL, 0);
    acri_conductor_wake(c);
}

struct acri_conductor *acri_runner_conductor(void)
{
    return the_runner != NULL ? &the_runner->c : NULL;
}

/* Of a worker the master decides; it stops all. */
void acri_runner_ask_stop(void)
{
    struct acri_conductor *c = acri_runner_conductor();

    if (c != NULL && c->is_held && !c->is_in_run) {
        acri_course_forget_next(c);
        return;
    }
    if (c != NULL && c->lead != NULL && c->did_ask_stop)
        return;
    if (c != NULL && c->lead != NULL) {
        c->did_ask_stop = true;
        c->lead->ask_stop(c->lead->arg);
        return;
    }
    request_stop(ACRI_STOP_REQUESTED);
}

static void on_stop_test(void)
{
    if (the_runner->c.stop == ACRI_RUN_ON && !the_runner->c.did_ask_stop)
        acri_log_info("a task has stopped the test");
    acri_runner_ask_stop();
}

void acr_stop_run(void)
{
    acri_runner_ask_stop();
}

void acr_set_exit_code(int exit_code)
{
    if (the_runner != NULL)
        the_runner->c.exit_code = exit_code;
}

static void on_stop_signal(const char *name)
{
    /* Between runs it is still as the last one was stopped. */
    bool is_idle = the_runner->c.is_held && !the_runner->c.is_in_run;

    if (is_idle && !the_runner->c.must_quit)
        the_runner->c.stop = ACRI_RUN_ON;
    the_runner->c.must_quit = true;
    if (the_runner->c.stop == ACRI_RUN_ON) {
        acri_log_info("got %s: stopping; once more to stop at once", name);
        request_stop(ACRI_STOP_REQUESTED);
    } else if (the_runner->c.stop == ACRI_STOP_AT_ONCE) {
        acri_log_error("stopped a third time: ending without the last results");
        acri_terminal_restore();
        _exit(4);
    } else {
        acri_log_info("stopping at once");
        request_stop(ACRI_STOP_AT_ONCE);
    }
}

/* --- a cluster's --------------------------------------------------------------------------------
 */

bool acr_is_master(void)
{
    return the_runner != NULL && the_runner->c.crew != NULL;
}

bool acr_is_worker(void)
{
    return the_runner != NULL && the_runner->c.lead != NULL;
}

uint32_t acr_worker_index(void)
{
    return acr_is_worker() ? the_runner->c.lead->worker_index : 0;
}

/* To this process itself, from whichever thread. */
struct own_message {
    struct acri_message message;
    char *type;
    char *text;
};

static void run_own_message(struct acri_message *m)
{
    struct own_message *own = (struct own_message *)(void *)m;

    acri_runner_deliver(0, own->type, own->text, strlen(own->text));
    free(own->type);
    free(own->text);
    free(own);
}

static int send_to_self(struct acri_conductor *c, const char *type, const char *text)
{
    struct own_message *own = acri_alloc(sizeof(*own));

    *own = (struct own_message){ .message = { .run = run_own_message },
                                 .type = acri_strdup(type),
                                 .text = acri_strdup(text) };
    acri_loop_post(&c->control.loop, &own->message);
    return 0;
}

int acr_send_message(uint32_t to, const char *type, const char *text)
{
    struct acri_conductor *c = the_runner != NULL ? &the_runner->c : NULL;

    if (c == NULL || type == NULL || *type == '\0' || *type == '.')
        return -EINVAL;
    text = text != NULL ? text : "";
    if (strlen(text) > ACRI_CLUSTER_MESSAGE_MAX)
        return -EMSGSIZE;
    if (c->crew != NULL)
        return c->crew->send(c->crew->arg, to, type, text, strlen(text));
    if (c->lead != NULL)
        return c->lead->send(c->lead->arg, type, text, strlen(text));
    return to == 0 || to == ACR_ALL_WORKERS ? send_to_self(c, type, text) : -ENOENT;
}

/* What came before the run: a master's test_start is over when its workers' begin. */
static struct acri_inbox early;

void acri_runner_deliver(uint32_t from, const char *type, const void *bytes, size_t n_bytes)
{
    if (the_runner == NULL) {
        acri_messages_put(&early, from, type, bytes, n_bytes);
        return;
    }
    acri_messages_put(&the_runner->c.inbox, from, type, bytes, n_bytes);
    acri_conductor_wake(&the_runner->c);
}

void acri_runner_grant(uint64_t feeder, uint64_t from, uint64_t to)
{
    if (the_runner != NULL)
        acri_feeder_grant(&the_runner->objects, feeder, from, to);
}

void acri_runner_claim_again(void)
{
    if (the_runner != NULL)
        acri_feeder_claim_again(&the_runner->objects);
}

int acr_set_load(const struct acr_load *load)
{
    if (the_runner == NULL || the_runner->c.load.spawner.control == NULL)
        return -EPERM;
    if (the_runner->c.load.shape != NULL || the_runner->c.lead != NULL)
        return -EBUSY;
    return acri_load_apply(&the_runner->c.load, load);
}

static void on_crash(int fd, uint32_t ready, void *arg)
{
    struct acri_conductor *c = arg;
    struct acri_users *us;

    (void)ready;
    if (read(fd, &us, sizeof(us)) != (ssize_t)sizeof(us))
        return;
    acri_crash_watchdog(CRASH_REPORT_S, 5);
    acri_traceback_report_crash(us);
    if (!us->is_recording)
        acri_stats_merge(c->stats, us->block);
    acri_exceptions_move(&c->exceptions, &us->exceptions);
    acri_conductor_give_up(c, us);
    c->has_crashed = true;
    if (!us->did_report_empty)
        c->n_empty++;
    request_stop(ACRI_STOP_AT_ONCE);
    acri_conductor_wake(c);
}

/* --- set-up
 * ---------------------------------------------------------------------------------------- */

static bool has_others(const struct runner *r)
{
    return r->c.crew != NULL || r->c.lead != NULL;
}

static void on_others(int fd, uint32_t ready, void *arg)
{
    struct acri_conductor *c = arg;

    (void)fd;
    (void)ready;
    if (c->crew != NULL)
        c->crew->drain(c->crew->arg, c->is_mustered ? c->stats : NULL);
    else
        c->lead->drain(c->lead->arg);
    acri_conductor_wake(c);
}

static struct acr_watch *watch_others(struct runner *r)
{
    struct acri_conductor *c = &r->c;

    if (!has_others(r))
        return NULL;
    return acr_watch_new(&c->control.loop, c->crew != NULL ? c->crew->fd : c->lead->fd, ACR_READ,
                         on_others, c);
}

static int watch(struct runner *r, struct acri_error *reterr)
{
    struct acr_loop *control = &r->c.control.loop;
    int code = 0;

    if (r->c.o->own_signals)
        code = acri_signals_watch(&r->signals, control, on_stop_signal);
    if (code == 0)
        code = acri_crash_init(&r->crash_fd);
    if (code == 0)
        r->crash_watch = acr_watch_new(control, r->crash_fd, ACR_READ, on_crash, &r->c);
    if (code == 0)
        r->others_watch = watch_others(r);
    if (r->crash_watch == NULL || (has_others(r) && r->others_watch == NULL))
        return acri_fail(reterr, -EMFILE,
                         "signals could not be watched: raise the limit of open "
                         "files (ulimit -n)");
    return 0;
}

static void set_up_others(struct acri_conductor *c)
{
    if (c->crew != NULL) {
        c->crew->run = &c->common;
        c->crew->states = c->control.states;
    }
    if (c->lead == NULL)
        return;
    c->inbox = early;
    early = (struct acri_inbox){ 0 };
    acri_cluster_report_init(&c->report, c->common.plan);
    for (size_t i = 0; i < c->lead->n_shared; i++)
        acri_share_take(&c->common, c->lead->shared[2 * i], c->lead->shared[2 * i + 1]);
}

static int set_up(struct runner *r, struct acri_error *reterr)
{
    struct acri_conductor *c = &r->c;
    int code = acri_course_set_up(c, reterr);

    if (code == 0)
        code = acri_users_init(&c->control, c->o->n_threads, true, &c->common, reterr);
    if (code < 0)
        return code;
    c->service = acri_service_new(&c->control);
    set_up_others(c);
    c->common.names = acri_names_new(0, 0);
    code = acri_offload_new(&c->control.loop, &c->common.offload);
    if (code < 0)
        return acri_fail(reterr, code, "the offload threads cannot be set up: %s", strerror(-code));
    return watch(r, reterr);
}

static void tear_down(struct runner *r)
{
    struct acri_conductor *c = &r->c;

    acri_loops_end(c);
    acri_signals_done(&r->signals);
    acr_watch_free(r->crash_watch);
    acr_watch_free(r->others_watch);
    acri_cluster_report_done(&c->report);
    acri_messages_done(&c->inbox);
    if (r->crash_fd >= 0)
        close(r->crash_fd);
    acri_names_free(c->common.names, acri_offload_free(c->common.offload));
    if (c->service != NULL) {
        acri_park_free_all(&c->control);
        acri_service_free(c->service);
        acri_users_done(&c->control);
    }
    acri_share_done(&c->common);
    acri_objects_done(&r->objects);
    acri_stats_free(c->stats);
    acri_course_done(c);
}

int acri_runner_run(const struct acri_plan *plan, const struct acri_run_options *options,
                    const struct acri_run_listener *listener, struct acri_run_result *ret_result,
                    struct acri_error *reterr)
{
    static struct runner r; /* kept when a stuck thread still uses it */
    struct acri_conductor *c = &r.c;
    int code;

    r = (struct runner){
        .c = { .common = { .plan = plan,
                           .host = options->host,
                           .seed = options->seed,
                           .started_ns = acri_clock_now_ns(),
                           .control = &r.c.control.loop,
                           .objects = &r.objects,
                           .folders = options->folders,
                           .n_folders = options->n_folders,
                           .n_loops = options->n_threads,
                           .n_iterations = options->n_iterations,
                           .address_order = options->address_order,
                           .sources = options->sources,
                           .allow = options->allow,
                           .stop_timeout_s = options->stop_timeout_s,
                           .ignore_waits = options->ignore_waits,
                           .lead = options->lead,
                           .first_number =
                               options->lead != NULL ? options->lead->desired.first_number : 0,
                           .number_step =
                               options->lead != NULL ? options->lead->desired.number_step : 1,
                           .on_handover = on_handover,
                           .on_empty = on_empty,
                           .on_deserted = on_deserted,
                           .on_failed = on_failed,
                           .on_stop_test = on_stop_test,
                           .on_spawned = on_spawned,
                           .on_iterations = on_iterations,
                           .on_finished = on_finished },
               .o = options,
               .listener = listener,
               .crew = options->crew,
               .lead = options->lead,
               .state = "ready",
               .exit_code = -1 },
        .signals = { .fd = -1 },
        .crash_fd = -1,
    };
    the_runner = &r;
    c->stats = acri_stats_new(c->common.started_ns, acri_clock_real_ns());
    code = set_up(&r, reterr);
    if (code == 0) {
        acri_course_open(c);
        acri_loop_go(&c->control.loop, acri_stack_class_of(256), acri_course, c, NULL, c->service);
        acri_loop_run(&c->control.loop);
        *ret_result = (struct acri_run_result){ .exit_code = c->exit_code,
                                                .was_stopped = c->stop != ACRI_RUN_ON,
                                                .must_exit = c->is_stuck || c->has_crashed,
                                                .start_error = c->hook_results.start_error };
    }
    if (code < 0 || !ret_result->must_exit)
        tear_down(&r);
    the_runner = NULL;
    return code;
}
