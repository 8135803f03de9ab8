/* SPDX-License-Identifier: MIT */
#include "engine/measure.h"

#include "base/check.h"
#include "base/clock.h"
#include "engine/sample.h"

#include <stdlib.h>
#include <string.h>

static void note_error(struct acr_measure *first, const char *error)
{
    for (struct acr_measure *m = first; m != NULL; m = m->next)
        if (m->error == NULL)
            m->error = acri_strdup(error);
}

void acri_measure_note_error(struct acr_user *u, const char *error)
{
    note_error(u->measures, error);
    if (u->root != u)
        note_error(u->root->measures, error);
}

void acri_measure_note_begin(struct acr_user *u, uint64_t intended_ns)
{
    /* What is around one that has had its first request has had it too. */
    for (struct acr_measure *m = u->measures; m != NULL && m->intended_ns == 0; m = m->next)
        m->intended_ns = intended_ns;
}

static struct acr_measure *take(struct acri_users *us)
{
    struct acr_measure *m = us->free_measures;

    if (m == NULL)
        return acri_alloc(sizeof(*m));
    us->free_measures = m->next;
    return m;
}

/* Its memory stays: one that is ended twice is then known by its user. */
static void give(struct acri_users *us, struct acr_measure *m)
{
    free(m->error);
    m->error = NULL;
    m->user = NULL;
    m->next = us->free_measures;
    us->free_measures = m;
}

void acri_measure_free_pool(struct acri_users *us)
{
    while (us->free_measures != NULL) {
        struct acr_measure *m = us->free_measures;

        us->free_measures = m->next;
        free(m->texts);
        free(m);
    }
}

static void set_texts(struct acr_measure *m, const char *type, const char *name)
{
    size_t type_bytes = strlen(type) + 1;
    size_t name_bytes = strlen(name) + 1;

    if (m->texts_capacity < type_bytes + name_bytes) {
        m->texts_capacity = type_bytes + name_bytes;
        m->texts = acri_realloc(m->texts, m->texts_capacity);
    }
    memcpy(m->texts, type, type_bytes);
    memcpy(m->texts + type_bytes, name, name_bytes);
    m->name_at = type_bytes;
}

static void settle(struct acr_user *u, const struct acr_measure *m, const char *error)
{
    uint64_t now_ns = acri_clock_now_ns();
    const struct acri_record r = {
        .type = m->texts,
        .name = m->texts + m->name_at,
        .error = error,
        /* A sleep before the first request may have moved that behind our own begin. */
        .intended_ns =
            m->intended_ns != 0 && m->intended_ns < m->begun_ns ? m->intended_ns : m->begun_ns,
        .sent_ns = m->begun_ns,
        .answered_ns = now_ns,
        .real_ns = error != NULL ? acri_clock_real_ns() : 0,
        .has_time = true,
        .is_cancelled = acr_is_cancelled(u),
    };

    u->home->n_unsettled--;
    acri_sample_record(u, &r, &(const struct acr_settlement){ 0 });
}

static void unlink_measure(struct acr_measure *m)
{
    struct acr_measure **at = &m->user->measures;

    while (*at != m)
        at = &(*at)->next;
    *at = m->next;
}

void acr_measure_end(struct acr_measure *m, const char *error)
{
    struct acr_user *u = m != NULL ? m->user : NULL;

    if (u == NULL)
        return;
    unlink_measure(m);
    m->user = NULL; /* before listeners, which may end it again */
    if (acr_user_is_counted(u))
        settle(u, m, error != NULL ? error : m->error);
    give(u->home, m);
}

/* Those that the task has left. */
static void end_all(void *arg)
{
    struct acr_user *u = arg;

    u->will_end_measures = false;
    while (u->measures != NULL)
        acr_measure_end(u->measures, NULL);
}

struct acr_measure *acr_measure_begin(struct acr_user *u, const char *type, const char *name)
{
    struct acri_users *us = u->home;
    struct acr_measure *m = take(us);

    set_texts(m, type != NULL ? type : "", name != NULL ? name : "");
    m->user = u;
    m->begun_ns = acri_clock_now_ns();
    m->intended_ns = 0;
    m->next = u->measures;
    u->measures = m;
    if (!u->will_end_measures) {
        u->will_end_measures = true;
        acr_defer(u, end_all, u);
    }
    if (acr_user_is_counted(u)) {
        acri_block_started(us->block);
        us->n_unsettled++;
    }
    return m;
}
