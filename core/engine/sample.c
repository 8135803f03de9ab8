/* SPDX-License-Identifier: MIT */
#include "engine/sample.h"

#include "base/check.h"
#include "base/clock.h"
#include "engine/listener.h"
#include "engine/measure.h"

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
    u->n_open++;
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
    if (u->measures != NULL)
        acri_measure_note_begin(u, s->intended_ns);
    acri_block_started(us->block);
    acri_users_note_open(us, now_ns, 1);
    return s;
}

void acr_sample_attempt(struct acr_sample *s)
{
    s->n_attempts++;
    s->user->home->n_unsettled_attempts++;
    s->user->home->block->live->attempts++;
}

void acr_sample_answered(struct acr_sample *s)
{
    if (s->answered_ns != 0)
        return;
    s->answered_ns = acri_clock_now_ns();
    s->user->n_open--;
    if (is_counted(s->user))
        acri_users_note_open(s->user->home, s->answered_ns, -1);
}

uint64_t acr_sample_sent_ns(const struct acr_sample *s)
{
    return s->sent_ns;
}

uint64_t acr_sample_response_time_ns(const struct acr_sample *s)
{
    return (s->answered_ns != 0 ? s->answered_ns : acri_clock_now_ns()) - s->sent_ns;
}

/* --- what becomes of it
 * ---------------------------------------------------------------------------- */

static void count_tags(struct acri_block *b, const struct acri_record *r, const char *tags)
{
    const char *seen[ACRI_SAMPLE_TAGS];
    size_t lengths[ACRI_SAMPLE_TAGS];
    size_t n = 0;

    for (const char *at = tags; n < ACRI_SAMPLE_TAGS; at = seen[n - 1] + lengths[n - 1]) {
        size_t i = 0;

        seen[n] = at + strspn(at, " \t\r\n");
        lengths[n] = strcspn(seen[n], " \t\r\n");
        if (lengths[n] == 0)
            return;
        while (i < n && (lengths[i] != lengths[n] || memcmp(seen[i], seen[n], lengths[n]) != 0))
            i++;
        /* A tag given twice is one tag. */
        if (i == n)
            acri_metrics_tag(&b->metrics, seen[n], lengths[n], r->error != NULL, r->has_time,
                             r->answered_ns > r->sent_ns ? r->answered_ns - r->sent_ns : 0);
        n++;
    }
}

static const char *context_of(const struct acr_user *u, const struct acr_settlement *how)
{
    if (how->context != NULL)
        return how->context;
    return u->root->context != NULL ? u->root->context : "";
}

/* Listeners are told of every sample: the clocks are compared once a second. */
static double unix_s(struct acri_users *us, uint64_t at_ns)
{
    if (us->real_from_ns == 0 || at_ns > us->real_from_ns + ACRI_NS_PER_S) {
        us->real_from_ns = acri_clock_now_ns();
        us->real_ahead_ns = acri_clock_real_ns() - us->real_from_ns;
    }
    return (double)(at_ns + us->real_ahead_ns) / 1e9;
}

static void tell_listeners(struct acr_user *u, const struct acri_record *r,
                           const struct acr_settlement *how)
{
    const struct acri_plan *plan = u->home->run->plan;
    struct acr_request_event e;

    /* A listener that reports samples would hear of these without end. */
    if (plan->n_on_request == 0 || u->is_telling || u->home->run->is_quiet)
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
        .start_unix_s = unix_s(u->home, r->sent_ns),
        .tags = how->tags != NULL ? how->tags : "",
    };
    u->is_telling = true;
    for (size_t i = 0; i < plan->n_on_request; i++) {
        e.context = context_of(u, how);
        struct acri_raised *put_aside = acri_listener_begin(u);
        int result = plan->on_request[i].function(u, &e);

        acri_listener_end(u, put_aside, result, plan->on_request[i].plugin, "request");
    }
    u->is_telling = false;
}

void acri_sample_record(struct acr_user *u, const struct acri_record *r,
                        const struct acr_settlement *how)
{
    struct acri_users *us = u->home;

    us->is_recording = true;
    acri_block_record(us->block, r);
    if (how->tags != NULL && !r->is_cancelled)
        count_tags(us->block, r, how->tags);
    us->is_recording = false;
    /* What a parked user leaves is cleaned up after the last hook: nobody listens any more. */
    if (r->is_cancelled || u->phase == ACRI_USER_PARKED)
        return;
    if (ACRI_UNLIKELY(r->error != NULL))
        acri_measure_note_error(u, r->error);
    tell_listeners(u, r, how);
}

/* --- requests
 * -------------------------------------------------------------------------------------- */

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
    struct acr_settlement given = { 0 };
    struct acri_record r;

    acr_sample_answered(s);
    if (is_counted(u)) {
        if (ACRI_UNLIKELY(how->size < sizeof(given))) { /* a client may know fewer members */
            memcpy(&given, how, how->size);
            how = &given;
        }
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
        acri_sample_record(u, &r, how);
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
        acri_sample_record(u, &r, &(const struct acr_settlement){ 0 });
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
    if (u->measures != NULL)
        acri_measure_note_begin(u, r.intended_ns);
    acri_sample_record(
        u, &r, &(const struct acr_settlement){ .context = given.context, .tags = given.tags });
}
