/* SPDX-License-Identifier: MIT */
/* <acrida/control.h>, but for what the application knows: app/overview.c. */
#include "base/clock.h"
#include "base/log_ring.h"
#include "engine/course.h"
#include "engine/view.h"
#include "stats/snapshot.h"

#include <acrida/control.h>

#include <errno.h>
#include <string.h>

/* How fast the keys at the terminal take effect, as in Locust. */
#define BY_HAND_PER_S 100

int acr_control_post(void (*function)(void *arg), void *arg)
{
    return acri_course_post(function, arg);
}

/* --- the process --------------------------------------------------------------------------------
 */

void acr_control_hold(void)
{
    struct acri_conductor *c = acri_runner_conductor();

    if (c != NULL && c->is_in_init && c->lead == NULL && c->listener->keeper != NULL)
        c->is_held = true;
}

bool acr_control_is_held(void)
{
    const struct acri_conductor *c = acri_runner_conductor();

    return c != NULL && c->is_held;
}

void acr_quit(void)
{
    struct acri_conductor *c = acri_runner_conductor();

    if (c == NULL)
        return;
    if (c->lead == NULL)
        c->must_quit = true;
    acri_runner_ask_stop();
    acri_conductor_wake(c);
}

/* --- runs ---------------------------------------------------------------------------------------
 */

int acr_start_load(const struct acr_start *start, char *error, size_t error_bytes)
{
    struct acri_conductor *c = acri_runner_conductor();
    struct acr_start whole = { .size = sizeof(whole) };
    struct acri_error why = { "" };
    int r;

    if (c == NULL) {
        r = acri_fail(&why, -ESHUTDOWN, "the process is ending");
    } else if (start == NULL || start->size > sizeof(whole)) {
        r = acri_fail(&why, -EINVAL, "the plugin was built against another SDK: rebuild it");
    } else {
        memcpy(&whole, start, start->size);
        r = acri_course_start(c, &whole, &why);
    }
    if (error != NULL && error_bytes > 0)
        acr_copy(error, error_bytes, why.text);
    return r;
}

/* Returns: NULL: no load could be changed now. */
static struct acri_conductor *running(void)
{
    struct acri_conductor *c = acri_runner_conductor();
    bool is_running =
        c != NULL && c->is_in_run && c->stop == ACRI_RUN_ON && c->load.spawner.control != NULL;

    return is_running && strcmp(c->state, "stopping") != 0 ? c : NULL;
}

static int check_growth(const struct acri_conductor *c, uint64_t users)
{
    const struct acri_run_keeper *keeper = c->listener->keeper;
    uint64_t before = c->load.wanted.users;
    struct acri_error why = { "" };

    if (users <= before || keeper == NULL || keeper->grow == NULL ||
        keeper->grow(keeper->arg, c->o, users - before, &why) == 0)
        return 0;
    acri_log_error("the run stays as it is: %s", why.text);
    return -ENOMEM;
}

int acr_edit_run(uint64_t users, double spawn_rate, double arrival_rate)
{
    struct acri_conductor *c = running();
    struct acr_load load;
    int r;

    if (c == NULL)
        return -ESRCH;
    if (c->load.shape != NULL || c->lead != NULL)
        return -EBUSY;
    if (!(spawn_rate >= 0) || !(arrival_rate >= 0) || (arrival_rate > 0 && !c->load.is_open))
        return -EINVAL;
    r = check_growth(c, users);
    if (r < 0)
        return r;
    load = c->load.wanted;
    if (users > 0)
        load.users = users == ACR_EDIT_NONE ? 0 : users;
    if (spawn_rate > 0)
        load.spawn_rate = spawn_rate;
    if (arrival_rate > 0)
        load.arrival_rate = arrival_rate;
    r = acri_load_apply(&c->load, &load);
    c->is_edited = c->is_edited || r == 0;
    acri_conductor_wake(c);
    return r;
}

int acri_runner_add_users(int64_t n, uint64_t *ret_n_wanted)
{
    struct acri_conductor *c = running();
    struct acr_load load;
    int r;

    if (c == NULL)
        return -ESRCH;
    if (c->load.shape != NULL || c->lead != NULL)
        return -EBUSY;
    if (!c->load.is_closed)
        return -EINVAL;
    load = c->load.wanted;
    load.users = n < 0 && load.users < (uint64_t)-n ? 0 : load.users + (uint64_t)n;
    load.spawn_rate = BY_HAND_PER_S;
    *ret_n_wanted = load.users;
    r = acri_load_apply(&c->load, &load);
    c->is_edited = c->is_edited || r == 0;
    acri_conductor_wake(c);
    return r;
}

void acr_reset_stats(void)
{
    struct acri_conductor *c = acri_runner_conductor();

    if (c == NULL || c->lead != NULL)
        return;
    c->must_reset = true;
    acri_conductor_wake(c);
}

uint64_t acr_run_number(void)
{
    const struct acri_conductor *c = acri_runner_conductor();

    return c != NULL ? c->run_number : 0;
}

/* --- what there is to see -----------------------------------------------------------------------
 */

const struct acr_snapshot *acr_snapshot_now(void)
{
    static struct acri_stats *nothing;
    static struct acr_snapshot empty;
    struct acri_conductor *c = acri_runner_conductor();
    struct acr_snapshot *s;

    if (c == NULL || c->coroutine == NULL) {
        if (nothing == NULL)
            nothing = acri_stats_new(0, 0);
        acri_snapshot_init(&empty, nothing, &(struct acri_run_info){ .state = "stopped" });
        return &empty;
    }
    s = &c->shown;
    if (c->is_in_run) {
        acri_view_look(c, s);
        return s;
    }
    *s = c->last;
    /* Workers come and go between runs, too. */
    if (c->crew != NULL)
        s->info.nodes = c->crew->show(c->crew->arg, &s->info, acri_clock_now_ns());
    return s;
}

bool acr_log_line_at(uint64_t *index, struct acr_log_line *ret_line)
{
    static struct acri_log_ring_line line;

    if (!acri_log_ring_get(index, &line))
        return false;
    *ret_line = (struct acr_log_line){ .unix_s = line.unix_s,
                                       .level = (uint32_t)line.level,
                                       .source = line.source,
                                       .text = line.text };
    return true;
}
