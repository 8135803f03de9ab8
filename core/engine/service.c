/* SPDX-License-Identifier: MIT */
#include "engine/service.h"

#include "engine/step.h"
#include "engine/sync.h"
#include "sched/stack.h"

struct acr_user *acri_service_new(struct acri_users *us)
{
    static const struct acr_user_type type = { .name = "service" };
    static struct acri_user_plan plan = { .type = &type };
    struct acr_user *u = acri_user_new(us, 0);

    /* Of what hooks spawn: as that of a user type that says nothing. */
    plan.stack_class = acri_stack_class_of(0);
    u->plan = &plan;
    u->phase = ACRI_USER_SERVICE;
    acri_rng_init(&u->rng, us->run->seed, UINT64_MAX);
    u->arena = acri_users_take_arena(us);
    return u;
}

void acri_service_revive(struct acr_user *u)
{
    u->is_cancelled = false;
    u->n_cancelled_calls = 0;
}

void acri_service_free(struct acr_user *u)
{
    acri_step_clean_up(u);
    acri_sync_forget_held(u);
    acri_users_give_arena(u->home, u->arena);
    acri_user_free(u);
}
