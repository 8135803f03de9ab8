/* SPDX-License-Identifier: MIT */
#include "engine/load.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/arrivals.h"
#include "engine/crew.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TICK_NS ACRI_NS_PER_S
#define MAX_USERS 10000u

/* --- which types are under open load ------------------------------------------------------------
 */

static bool shape_has_arrivals(const struct acr_shape *shape)
{
    for (size_t i = 0; shape != NULL && i < shape->n_stages; i++)
        if (shape->stages[i].arrival_rate > 0)
            return true;
    return false;
}

static double sum_of_rates(const struct acri_plan *plan)
{
    double sum = 0;

    for (size_t i = 0; i < plan->n_types; i++)
        sum += plan->types[i].type->arrival_rate;
    return sum;
}

/* Types with a rate of their own share a rate of the run by these; without any, by weight. */
static void share_out(struct acri_load *l)
{
    double own = sum_of_rates(l->plan);
    bool is_by_run = l->o->arrival_rate > 0 || shape_has_arrivals(l->shape);
    double sum = 0;

    for (size_t i = 0; i < l->plan->n_types; i++) {
        const struct acri_user_plan *p = &l->plan->types[i];

        if (own > 0)
            l->shares[i] = p->type->arrival_rate;
        else if (is_by_run && p->fixed_count == 0)
            l->shares[i] = p->weight;
        sum += l->shares[i];
    }
    for (size_t i = 0; i < l->plan->n_types; i++) {
        l->shares[i] = sum > 0 ? l->shares[i] / sum : 0;
        l->open_types[i].is_open = l->shares[i] > 0;
        l->is_open = l->is_open || l->shares[i] > 0;
        l->is_closed = l->is_closed || l->shares[i] <= 0;
    }
    l->base_rate = l->o->arrival_rate > 0 ? l->o->arrival_rate : own;
}

static void configure_open(struct acri_load *l)
{
    for (size_t i = 0; i < l->plan->n_types; i++) {
        const struct acr_user_type *type = l->plan->types[i].type;
        struct acri_open_type *open = &l->open_types[i];

        open->arrivals =
            type->arrival_rate > 0 ? (enum acr_arrivals)type->arrivals : l->o->arrivals;
        open->on_full = type->on_full != ACR_ON_FULL_UNSET   ? (enum acr_on_full)type->on_full
                        : l->o->on_full != ACR_ON_FULL_UNSET ? l->o->on_full
                                                             : ACR_ON_FULL_DROP;
        open->max_users = type->max_users > 0   ? type->max_users
                          : l->o->max_users > 0 ? l->o->max_users
                                                : MAX_USERS;
    }
}

/* --- what a shape says --------------------------------------------------------------------------
 */

/* Which types a list of names allows. Returns: the first name that is none, or NULL. */
static const char *read_types(const struct acri_plan *plan, const char *names, bool *allowed)
{
    for (size_t i = 0; i < plan->n_types; i++)
        allowed[i] = names == NULL || acri_task_plan_has_word(names, plan->types[i].type->name);
    while (names != NULL && *names != '\0') {
        size_t n = strcspn(names, " ");
        size_t i = 0;

        while (i < plan->n_types && (strlen(plan->types[i].type->name) != n ||
                                     memcmp(plan->types[i].type->name, names, n) != 0))
            i++;
        if (n > 0 && i == plan->n_types)
            return names;
        names += n;
        names += strspn(names, " ");
    }
    return NULL;
}

static int check_shape(struct acri_load *l, struct acri_error *reterr)
{
    for (size_t i = 0; l->shape != NULL && i < l->shape->n_stages; i++) {
        const char *unknown = read_types(l->plan, l->shape->stages[i].user_types, l->allowed);

        if (unknown != NULL)
            return acri_fail(reterr, -EINVAL,
                             "stage %zu of the shape names the user type '%.*s', which is not run",
                             i + 1, (int)strcspn(unknown, " "), unknown);
    }
    if (l->shape != NULL && l->o->has_users && !l->shape->use_common_options) {
        acri_log_warning("--users and --spawn-rate have no effect: the shape decides");
        if (l->shape->tick != NULL)
            acri_log_warning(".use_common_options of the shape lets its tick read them");
    }
    return 0;
}

int acri_load_init(struct acri_load *l, const struct acri_plan *plan,
                   const struct acri_run_options *o, struct acri_error *reterr)
{
    int r;

    *l = (struct acri_load){
        .plan = plan,
        .o = o,
        .shape = o->shape != NULL ? o->shape
                 : o->no_shape    ? NULL
                                  : plan->shape,
        .open_types = acri_alloc((plan->n_types + 1) * sizeof(*l->open_types)),
        .shares = acri_alloc((plan->n_types + 1) * sizeof(*l->shares)),
        .allowed = acri_alloc((plan->n_types + 1) * sizeof(*l->allowed)),
        .next_ns = UINT64_MAX,
    };
    share_out(l);
    configure_open(l);
    r = check_shape(l, reterr);
    if (r < 0)
        acri_load_done(l);
    return r;
}

void acri_load_done(struct acri_load *l)
{
    acri_spawner_done(&l->spawner);
    free(l->open_types);
    free(l->shares);
    free(l->allowed);
    free(l->wanted_types);
    *l = (struct acri_load){ 0 };
}

/* --- bringing it about --------------------------------------------------------------------------
 */

static void aim_users(struct acri_load *l, uint64_t n_users, double spawn_rate)
{
    l->wanted.users = n_users;
    l->wanted.spawn_rate = spawn_rate > 0 ? spawn_rate : l->o->spawn_rate;
    acri_spawner_aim(&l->spawner, n_users, l->wanted.spawn_rate,
                     l->wanted_types != NULL ? l->allowed : NULL);
}

static void set_arrival_rate(struct acri_load *l, double rate, double ramp_per_s)
{
    uint64_t now_ns = acri_clock_now_ns();

    l->wanted.arrival_rate = rate;
    l->wanted.ramp_per_s = ramp_per_s;
    if (l->crew != NULL)
        l->crew->want_arrivals(l->crew->arg, rate, ramp_per_s);
    for (size_t i = 0; i < l->plan->n_types; i++)
        for (size_t k = 0; l->shares[i] > 0 && k < l->n_loops; k++)
            acri_arrivals_post_rate(&l->loops[k], (uint32_t)i, now_ns, rate * l->shares[i],
                                    ramp_per_s * l->shares[i]);
}

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool is_same(double a, double b)
{
    return !(a < b) && !(a > b);
}

int acri_load_apply(struct acri_load *l, const struct acr_load *load)
{
    double spawn_rate = load->spawn_rate > 0 ? load->spawn_rate : l->o->spawn_rate;
    bool is_other_type = !is_same_text(load->user_types, l->wanted_types);

    if (!isfinite(spawn_rate) || !isfinite(load->arrival_rate) || load->arrival_rate < 0 ||
        !isfinite(load->ramp_per_s) || load->ramp_per_s < 0 ||
        read_types(l->plan, load->user_types, l->allowed) != NULL) {
        read_types(l->plan, l->wanted_types, l->allowed);
        return -EINVAL;
    }
    if (is_other_type) {
        char *types = load->user_types != NULL ? acri_strdup(load->user_types) : NULL;

        free(l->wanted_types);
        l->wanted.user_types = l->wanted_types = types;
    }
    if (is_other_type || load->users != l->wanted.users ||
        !is_same(spawn_rate, l->wanted.spawn_rate))
        aim_users(l, load->users, spawn_rate);
    if (!is_same(load->arrival_rate, l->wanted.arrival_rate) ||
        !is_same(load->ramp_per_s, l->wanted.ramp_per_s))
        set_arrival_rate(l, load->arrival_rate, load->ramp_per_s);
    return 0;
}

/* Stages of users leave arrivals alone. */
static void apply_stage(struct acri_load *l)
{
    const struct acr_stage *stage = &l->shape->stages[l->stage];
    double arrival_rate = shape_has_arrivals(l->shape) ? stage->arrival_rate : l->base_rate;

    if (l->is_open)
        acri_log_info("stage %zu of %zu: %g arrivals/s, for %g s", l->stage + 1, l->shape->n_stages,
                      arrival_rate, stage->duration_s);
    if (l->is_closed)
        acri_log_info("stage %zu of %zu: %llu users at %g per second, for %g s", l->stage + 1,
                      l->shape->n_stages, (unsigned long long)stage->users,
                      stage->spawn_rate > 0 ? stage->spawn_rate : l->o->spawn_rate,
                      stage->duration_s);
    acri_load_apply(l, &(struct acr_load){ .users = stage->users,
                                           .spawn_rate = stage->spawn_rate,
                                           .arrival_rate = arrival_rate,
                                           .ramp_per_s = stage->ramp_per_s,
                                           .user_types = stage->user_types });
    l->next_ns += acri_clock_ns_of(stage->duration_s);
}

/* Users under open load are made by arrivals; with --users that many are there in advance. */
static void fill_dispatch(const struct acri_load *l, struct acri_dispatch_type *types)
{
    for (size_t i = 0; i < l->plan->n_types; i++)
        if (!l->open_types[i].is_open || !l->is_closed) {
            types[i].weight = l->plan->types[i].weight;
            types[i].fixed_count = l->plan->types[i].fixed_count;
        }
}

static void start_by_options(struct acri_load *l)
{
    uint64_t n_fixed = 0;

    for (size_t i = 0; i < l->plan->n_types; i++)
        n_fixed += l->plan->types[i].fixed_count;
    if (n_fixed > l->o->n_users && l->is_closed)
        acri_log_info("fixed counts want %llu users, --users allows %llu",
                      (unsigned long long)n_fixed, (unsigned long long)l->o->n_users);
    aim_users(l, l->is_closed || l->o->has_users ? l->o->n_users : 0, l->o->spawn_rate);
    if (l->is_open)
        set_arrival_rate(l, l->base_rate, 0);
}

static void start_spawner(struct acri_load *l, struct acr_loop *control, void (*on_complete)(void))
{
    struct acri_dispatch_type *types = acri_alloc((l->plan->n_types + 1) * sizeof(*types));

    fill_dispatch(l, types);
    acri_spawner_init(&l->spawner, l->plan, types, control, l->loops, l->n_loops, l->crew,
                      on_complete);
    free(types);
}

void acri_load_start_led(struct acri_load *l, struct acr_loop *control, struct acri_users *loops,
                         size_t n_loops, void (*on_complete)(void))
{
    l->shape = NULL;
    l->loops = loops;
    l->n_loops = n_loops;
    start_spawner(l, control, on_complete);
}

void acri_load_follow(struct acri_load *l, const struct acri_desired *d)
{
    uint64_t n = 0;

    for (size_t i = 0; i < l->plan->n_types; i++)
        n += d->users[i];
    if (memcmp(l->spawner.wanted_of_type, d->users, l->plan->n_types * sizeof(*d->users)) != 0 ||
        !l->spawner.is_by_type)
        acri_spawner_aim_types(&l->spawner, d->users, d->reach_in_ns);
    l->wanted.users = n;
    if (l->is_open && (!is_same(d->arrival_rate, l->wanted.arrival_rate) ||
                       !is_same(d->ramp_per_s, l->wanted.ramp_per_s)))
        set_arrival_rate(l, d->arrival_rate, d->ramp_per_s);
}

void acri_load_start(struct acri_load *l, struct acr_loop *control, struct acri_users *loops,
                     size_t n_loops, struct acri_crew *crew, uint64_t since_ns,
                     void (*on_complete)(void))
{
    l->loops = loops;
    l->n_loops = n_loops;
    l->crew = crew;
    start_spawner(l, control, on_complete);
    if (l->shape == NULL) {
        start_by_options(l);
        acri_spawner_since(&l->spawner, since_ns);
        return;
    }
    l->next_ns = l->shape->n_stages > 0 ? since_ns : acri_clock_now_ns();
    if (l->shape->n_stages > 0)
        apply_stage(l);
    else if (l->is_open)
        set_arrival_rate(l, l->base_rate, 0);
}

void acri_load_stop(struct acri_load *l)
{
    acri_spawner_stop(&l->spawner);
    l->next_ns = UINT64_MAX;
}

uint64_t acri_load_next_ns(const struct acri_load *l)
{
    return l->next_ns;
}

size_t acri_load_stage(const struct acri_load *l, size_t *ret_stage)
{
    size_t n = l->shape != NULL ? l->shape->n_stages : 0;

    /* A shape that is over is past its last stage. */
    *ret_stage = l->stage < n ? l->stage : n - (n > 0);
    return n;
}

static bool run_tick(struct acri_load *l, struct acri_hook_results *results,
                     struct acr_user *service, uint64_t n_users)
{
    struct acr_load load = l->wanted;
    int r;

    load.current_users = n_users;
    r = l->shape->tick(service, &load);
    if (r == 0 && acri_load_apply(l, &load) < 0)
        r = acr_raise(service,
                      "the tick of the shape asks for what makes no sense: %llu users at %g "
                      "per second, %g arrivals/s, user types '%s'",
                      (unsigned long long)load.users, load.spawn_rate, load.arrival_rate,
                      load.user_types != NULL ? load.user_types : "");
    acri_hooks_settle(results, service, r, "shape", "tick");
    /* Late ticks do not pile up. */
    while (l->next_ns <= acri_clock_now_ns())
        l->next_ns += TICK_NS;
    return r == 0;
}

bool acri_load_step(struct acri_load *l, struct acri_hook_results *results,
                    struct acr_user *service, uint64_t n_users)
{
    if (l->shape->n_stages == 0)
        return run_tick(l, results, service, n_users);
    while (l->next_ns <= acri_clock_now_ns()) {
        if (++l->stage == l->shape->n_stages)
            return false;
        apply_stage(l);
    }
    return true;
}
