/* SPDX-License-Identifier: MIT */
#include "engine/sample.h"

#include "base/check.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

static bool is_counted(const struct acr_user *u)
{
    return u->phase != ACRI_USER_SERVICE;
}

bool acr_user_is_counted(const struct acr_user *u)
{
    return is_counted(u);
}

struct acr_sample *acr_sample_begin(struct acr_user *u)
{
    struct acri_users *us = u->home;
    struct acr_sample *s = us->free_samples;
    uint64_t now_ns = acri_clock_now_ns();

    if (s != NULL)
        us->free_samples = s->next;
    else
        s = acri_alloc(sizeof(*s));
    us->n_unsettled++;
    *s = (struct acr_sample){ .user = u, .intended_ns = now_ns, .sent_ns = now_ns };
    if (!is_counted(u))
        return s;
    /* A later request of an iteration is intended when sent, but for what the generator itself
     * delayed. */
    if (u->intended_ns != 0 && u->intended_ns < now_ns)
        s->intended_ns = u->intended_ns;
    else
        s->intended_ns = now_ns - u->owed_ns;
    u->intended_ns = 0;
    u->owed_ns = 0;
    acri_block_started(us->block);
    acri_users_note_open(us, now_ns, 1);
    return s;
}

void acr_sample_attempt(struct acr_sample *s)
{
    s->n_attempts++;
    s->user->home->n_unsettled_attempts++;
}

void acr_sample_answered(struct acr_sample *s)
{
    if (s->answered_ns != 0)
        return;
    s->answered_ns = acri_clock_now_ns();
    if (is_counted(s->user))
        acri_users_note_open(s->user->home, s->answered_ns, -1);
}

uint64_t acr_sample_response_time_ns(const struct acr_sample *s)
{
    return (s->answered_ns != 0 ? s->answered_ns : acri_clock_now_ns()) - s->sent_ns;
}

static void tell_listeners(struct acr_user *u, const struct acri_record *r,
                           const struct acr_settlement *how)
{
    const struct acri_plan *plan = u->home->run->plan;
    struct acr_request_event e;

    if (plan->n_on_request == 0)
        return;
    e = (struct acr_request_event){
        .type = r->type,
        .name = r->name,
        .response_time_ns = r->answered_ns - r->sent_ns,
        .corrected_ns = r->answered_ns - r->intended_ns,
        .lateness_ns = r->sent_ns - r->intended_ns,
        .bytes = r->bytes,
        .status = how->status,
        .has_time = r->has_time,
        .error = r->error,
        .url = how->url,
        .response = how->response,
        .start_unix_s =
            (double)acri_clock_real_ns() / 1e9 - (double)(acri_clock_now_ns() - r->sent_ns) / 1e9,
    };
    for (size_t i = 0; i < plan->n_on_request; i++)
        plan->on_request[i](u, &e);
}

static void record(struct acr_user *u, const struct acri_record *r)
{
    struct acri_users *us = u->home;

    us->is_recording = true;
    acri_block_record(us->block, r);
    us->is_recording = false;
}

static void free_sample(struct acri_users *us, struct acr_sample *s)
{
    us->n_unsettled--;
    us->n_unsettled_attempts -= s->n_attempts;
    s->next = us->free_samples;
    us->free_samples = s;
}

void acr_sample_settle(struct acr_sample *s, const struct acr_settlement *how)
{
    struct acr_user *u = s->user;
    struct acri_record r;

    acr_sample_answered(s);
    if (is_counted(u)) {
        r = (struct acri_record){
            .type = how->type != NULL ? how->type : "",
            .name = how->name != NULL ? how->name : "",
            .error = how->error,
            .intended_ns = s->intended_ns,
            .sent_ns = s->sent_ns,
            .answered_ns = s->answered_ns,
            .real_ns = how->error != NULL ? acri_clock_real_ns() : 0,
            .bytes = how->bytes,
            .attempts = s->n_attempts,
            .has_time = true,
        };
        record(u, &r);
        tell_listeners(u, &r, how);
    }
    free_sample(u->home, s);
}

void acr_sample_cancel(struct acr_sample *s, const char *type, const char *name)
{
    struct acr_user *u = s->user;
    struct acri_record r;

    acr_sample_answered(s);
    if (is_counted(u)) {
        r = (struct acri_record){
            .type = type != NULL ? type : "",
            .name = name != NULL ? name : "",
            .intended_ns = s->intended_ns,
            .sent_ns = s->sent_ns,
            .answered_ns = s->answered_ns,
            .attempts = s->n_attempts,
            .is_cancelled = true,
        };
        record(u, &r);
    }
    free_sample(u->home, s);
}

void acr_report_sample(struct acr_user *u, const struct acr_report *report)
{
    struct acr_report given = { 0 };
    struct acri_record r;
    uint64_t now_ns = acri_clock_now_ns();
    uint64_t late_ns = 0;
    uint64_t time_ns;

    memcpy(&given, report, report->size < sizeof(given) ? report->size : sizeof(given));
    if (!is_counted(u))
        return;
    time_ns = acri_clock_ns_of(given.response_time_ms / 1e3);
    /* The time is the scenario's own; how late it reports its first is still ours to tell. */
    if (u->intended_ns != 0 && u->intended_ns < now_ns)
        late_ns = now_ns - u->intended_ns;
    u->intended_ns = 0;
    r = (struct acri_record){
        .type = given.type != NULL ? given.type : "",
        .name = given.name != NULL ? given.name : "",
        .error = given.error,
        .intended_ns = now_ns - late_ns,
        .sent_ns = now_ns,
        .answered_ns = now_ns + time_ns,
        .real_ns = given.error != NULL ? acri_clock_real_ns() : 0,
        .bytes = given.bytes,
        .has_time = !given.no_time,
    };
    acri_block_started(u->home->block);
    record(u, &r);
    tell_listeners(u, &r, &(const struct acr_settlement){ .size = sizeof(struct acr_settlement) });
}
