/* SPDX-License-Identifier: MIT */
/*
 * Users without a loop's thread: enough of a loop for what is told about samples, at times that the
 * test gives. Listeners are those of `listeners`.
 */
#ifndef ACRIDA_TESTS_USER_H
#define ACRIDA_TESTS_USER_H

#include "base/clock.h"
#include "engine/measure.h"
#include "engine/sample.h"
#include "engine/step.h"

#include <acrida/report.h>

#include <stdlib.h>
#include <string.h>

#define USER_START_NS (1000 * ACRI_NS_PER_S)

struct user_home {
    struct acri_plan plan;
    struct acri_run_common run;
    struct acri_users users;
    struct acri_request_listener listeners[4];
};

static inline void user_home_init(struct user_home *h)
{
    *h = (struct user_home){ 0 };
    h->plan.on_request = h->listeners;
    h->run.plan = &h->plan;
    h->run.host = "";
    h->users.run = &h->run;
    h->users.block = acri_block_new();
    h->users.open_since_ns = USER_START_NS;
    acri_clock_fake(USER_START_NS);
}

static inline void user_home_done(struct user_home *h)
{
    while (h->users.free_samples != NULL) {
        struct acr_sample *s = h->users.free_samples;

        h->users.free_samples = s->next;
        free(s);
    }
    acri_measure_free_pool(&h->users);
    acri_block_free(h->users.block);
    acri_clock_fake(0);
}

/* root: NULL, or the user that it was spawned by. */
static inline struct acr_user *user_new(struct user_home *h, struct acr_user *root)
{
    struct acr_user *u = acri_alloc(sizeof(*u));

    u->home = &h->users;
    u->root = root != NULL ? root : u;
    u->phase = ACRI_USER_RUNNING;
    return u;
}

static inline void user_free(struct acr_user *u)
{
    acri_step_clean_up(u);
    free(u->context);
    free(u);
}

/* A request of 1 ms. */
static inline void user_request(struct acr_user *u, const char *error)
{
    struct acr_sample *s = acr_sample_begin(u);

    acr_sample_attempt(s);
    acri_clock_fake(acri_clock_now_ns() + ACRI_NS_PER_MS);
    acr_sample_settle(s, &(const struct acr_settlement){ .size = sizeof(struct acr_settlement),
                                                         .type = "GET",
                                                         .name = "/x",
                                                         .error = error });
}

static inline void user_pass_ms(uint64_t ms)
{
    acri_clock_fake(acri_clock_now_ns() + ms * ACRI_NS_PER_MS);
}

static inline const struct acri_block_entry *user_entry(const struct user_home *h, const char *name)
{
    for (const struct acri_block_entry *e = h->users.block->active; e != NULL; e = e->next_active)
        if (strcmp(e->key.text[1], name) == 0)
            return e;
    return NULL;
}

static inline const struct acr_metric *user_metric(const struct user_home *h, uint32_t kind,
                                                   const char *name)
{
    const struct acri_metrics *m = &h->users.block->metrics;

    for (size_t i = 0; i < m->n; i++)
        if (m->rows[i]->kind == kind && strcmp(m->rows[i]->key.text[1], name) == 0)
            return m->rows[i];
    return NULL;
}

#endif
