/* SPDX-License-Identifier: MIT */
/* Start, edit, stop, reset. */
#include "actions.h"

#include "user_types.h"

#include <acrida/control.h>
#include <acrida/report.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 256u
#define TRIES_MAX 200u /* to edit what has no users yet: some 10 s */

/* --- reading what is asked for -------------------------------------------------------------------
 */

double web_actions_duration(const char *text)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = { { "ms", 0.001 }, { "h", 3600 }, { "m", 60 }, { "s", 1 } };
    double total = 0;
    double number;

    if (web_form_number(text, &number))
        return number;
    while (*text != '\0') {
        char *end;
        size_t i = 0;

        if (strspn(text, "0123456789") == 0 || text[1] == 'x' || text[1] == 'X')
            return -1;
        number = strtod(text, &end);
        while (i < ACR_LEN(units) && strncmp(end, units[i].name, strlen(units[i].name)) != 0)
            i++;
        if (i == ACR_LEN(units) || !(number <= WEB_FORM_NUMBER_MAX))
            return -1;
        total += number * units[i].seconds;
        text = end + strlen(units[i].name);
    }
    return total > 0 && total <= WEB_FORM_NUMBER_MAX ? total : -1;
}

/* One number under any of its names; an empty one is as none. */
static bool number_of(const struct web_form *f, const char *name, const char *old_name,
                      double *ret_number, char *error, size_t error_bytes)
{
    const char *text = web_form_get(f, name);

    if (text == NULL && old_name != NULL)
        text = web_form_get(f, old_name);
    *ret_number = -1;
    if (text == NULL || *text == '\0' || web_form_number(text, ret_number))
        return true;
    snprintf(error, error_bytes, "%s is no number: \"%.60s\"", name, text);
    return false;
}

bool web_actions_read(const struct web_form *f, struct web_swarm *w, char *error,
                      size_t error_bytes)
{
    const char *run_time = web_form_get(f, "run_time");
    const char *shape = web_form_get(f, "shape_class");

    *w = (struct web_swarm){ .host = web_form_get(f, "host"),
                             .run_time_s = -1,
                             .stages = web_form_get(f, "stages") };
    /* Locust's word for none; a scenario has one shape, whatever it is called. */
    w->no_shape = shape != NULL && strcmp(shape, "Default") == 0;
    if (!number_of(f, "user_count", "locust_count", &w->users, error, error_bytes) ||
        !number_of(f, "spawn_rate", "hatch_rate", &w->spawn_rate, error, error_bytes) ||
        !number_of(f, "arrival_rate", NULL, &w->arrival_rate, error, error_bytes))
        return false;
    if (w->users > floor(w->users)) {
        snprintf(error, error_bytes, "user_count is a whole number");
        return false;
    }
    if (w->spawn_rate >= 0 && !(w->spawn_rate > 0)) {
        snprintf(error, error_bytes, "spawn_rate is more than 0");
        return false;
    }
    if (run_time == NULL)
        return true;
    w->run_time_s = *run_time == '\0' ? 0 : web_actions_duration(run_time);
    if (w->run_time_s < 0)
        snprintf(error, error_bytes,
                 "run_time is a time such as 20, 20s, 3m or 1h30m, not \"%.60s\"", run_time);
    return w->run_time_s >= 0;
}

/* --- what is left to the start that comes --------------------------------------------------------
 */

/* The number of the run that was started last. */
static uint64_t started;

void web_actions_done(void)
{
    web_user_types_done();
    started = 0;
}

void web_actions_user(struct web_request *q, struct web_reply *a)
{
    char error[200];

    if (!web_user_types_take(&q->body, error, sizeof(error))) {
        a->status = 400;
        web_reply_open(a, false, error);
        web_reply_close(a);
        return;
    }
    a->status = 201;
    csv_text_append(&a->json.text, "{}\n", 3);
}

/* --- start and edit ------------------------------------------------------------------------------
 */

/* What a client may set besides: the scenario's options, and those of the load. Others name files,
 * hosts and secrets of this machine. */
static bool may_set(const struct acr_option_info *o)
{
    static const char *const others[] = { "tags",    "exclude-tags", "iterations", "max-users",
                                          "on-full", "stop-timeout", "seed",       "reset-stats" };

    if (o->is_of_scenario)
        return true;
    for (size_t i = 0; i < ACR_LEN(others); i++)
        if (*o->plugin == '\0' && strcmp(o->name, others[i]) == 0)
            return true;
    return false;
}

/* Scripts of Locust call "my-option" my_option. */
static bool is_called(const char *name, const char *given)
{
    for (; *name != '\0' && *given != '\0'; name++, given++)
        if (*name != *given && !(*name == '-' && *given == '_'))
            return false;
    return *name == *given;
}

/* Pairs of a name and a value, for acr_start. Names of others are passed over, as Locust does. */
static size_t list_values(const struct web_form *f, const char **values, size_t most)
{
    struct acr_option_info o;
    size_t n = 0;

    for (size_t i = 0; acr_option_at(i, &o); i++) {
        if (!may_set(&o))
            continue;
        for (size_t k = 0; k < f->n && n < most; k++) {
            if (!is_called(o.name, f->fields[k].name))
                continue;
            values[2 * n] = o.name;
            values[2 * n++ + 1] = f->fields[k].value;
        }
    }
    return n;
}

/* The user classes, separated by spaces; "" = all. Returns: NULL when none is given. Owner: the
 * caller. */
static char *list_types(const struct web_form *f, const char *name)
{
    struct csv_text t = { .length = 0 };
    const char *value;
    size_t i = 0;

    while ((value = web_form_next(f, name, &i)) != NULL) {
        csv_text_append(&t, " ", t.length > 0);
        csv_text_append(&t, value, strlen(value));
    }
    csv_text_append(&t, "", 1);
    if (web_form_get(f, name) != NULL && !t.is_incomplete)
        return t.data;
    csv_text_done(&t);
    return NULL;
}

/* Without the brackets that Locust takes out. */
static char *clean_host(const char *host)
{
    char *copy = host != NULL ? strdup(host) : NULL;
    char *to = copy;

    for (const char *from = copy; from != NULL && *from != '\0'; from++)
        if (*from != '<' && *from != '>')
            *to++ = *from;
    if (to != NULL)
        *to = '\0';
    return copy;
}

static int start(const struct web_form *f, const struct web_swarm *w, const char *host, char *error,
                 size_t error_bytes)
{
    char *types = list_types(f, "user_classes");
    char *config = web_user_types_config();
    const char *values[2 * VALUES_MAX + 2];
    size_t n = list_values(f, values, VALUES_MAX);
    int r;

    if (config != NULL) {
        values[2 * n] = "config-users";
        values[2 * n++ + 1] = config;
    }
    r = acr_start_run(error, error_bytes, .host = host,
                      .users = w->users > 0 ? (uint64_t)w->users : 0,
                      .spawn_rate = w->spawn_rate > 0 ? w->spawn_rate : 0,
                      .run_time_s = w->run_time_s > 0   ? w->run_time_s
                                    : w->run_time_s < 0 ? 0
                                                        : -1,
                      .arrival_rate = w->arrival_rate > 0   ? w->arrival_rate
                                      : w->arrival_rate < 0 ? 0
                                                            : -1,
                      .user_types = types, .stages = w->stages, .no_shape = w->no_shape,
                      .values = values, .n_values = n);
    if (r == 0)
        started = acr_run_number() + 1;
    free(config);
    free(types);
    return r;
}

static int edit(const struct web_swarm *w, char *error, size_t error_bytes)
{
    uint64_t n_users = w->users < 0 ? 0 : w->users > 0 ? (uint64_t)w->users : ACR_EDIT_NONE;
    int r = acr_edit_run(n_users, w->spawn_rate > 0 ? w->spawn_rate : 0,
                         w->arrival_rate > 0 ? w->arrival_rate : 0);

    if (r == -EBUSY)
        snprintf(error, error_bytes,
                 "A shape or stages decide over this run: it cannot be edited.");
    else if (r == -EINVAL && w->arrival_rate > 0)
        snprintf(error, error_bytes,
                 "arrival_rate cannot be edited: this run was started without one.");
    else if (r == -ENOMEM)
        snprintf(error, error_bytes,
                 "This machine does not do for so many users: the log says why.");
    else if (r == -ESRCH)
        snprintf(error, error_bytes, "The run is about to end: it cannot be edited.");
    else if (r < 0)
        snprintf(error, error_bytes, "The run cannot be edited: %s", strerror(-r));
    return r;
}

/* A run was started that has no users yet, nor a number maybe. */
static bool is_beginning(void)
{
    bool is_ready = strcmp(acr_snapshot_state(acr_snapshot_now()), "ready") == 0;

    return acr_run_number() < started || (is_ready && acr_run_number() > 0);
}

static bool is_running(void)
{
    const char *state = acr_snapshot_state(acr_snapshot_now());

    return strcmp(state, "spawning") == 0 || strcmp(state, "running") == 0;
}

/* Locust wants both numbers, unless a shape decides. */
static bool is_complete(const struct web_swarm *w, char *error, size_t error_bytes)
{
    bool has_shape = (acr_has_shape() && !w->no_shape) || w->arrival_rate > 0 ||
                     (w->stages != NULL && *w->stages != '\0');

    if (has_shape || (w->users > 0 && w->spawn_rate > 0))
        return true;
    if (w->users >= 0 && w->users <= 0)
        snprintf(error, error_bytes, "user_count is 1 or more at the start");
    else
        snprintf(error, error_bytes, "%s is missing", w->users > 0 ? "spawn_rate" : "user_count");
    return false;
}

static void answer(struct web_reply *a, const struct web_form *f, const char *host,
                   const struct web_swarm *w, bool is_success, const char *message)
{
    const char *value;
    size_t i = 0;

    web_reply_open(a, is_success, message);
    if (host != NULL)
        json_text_string(&a->json, "host", host);
    else if (*acr_option_string("host") != '\0')
        json_text_string(&a->json, "host", acr_option_string("host"));
    else
        json_text_null(&a->json, "host");
    if (is_success && w->run_time_s > 0)
        json_text_number(&a->json, "run_time", w->run_time_s);
    if (is_success && web_form_get(f, "user_classes") != NULL) {
        json_text_open(&a->json, "user_classes", '[');
        while ((value = web_form_next(f, "user_classes", &i)) != NULL)
            json_text_string(&a->json, NULL, value);
        json_text_close(&a->json, ']');
    }
    web_reply_close(a);
}

void web_actions_swarm(struct web_request *q, struct web_reply *a)
{
    char error[400] = "";
    struct web_swarm w;
    bool is_good = web_actions_read(&q->body, &w, error, sizeof(error));
    char *host = clean_host(w.host);

    if (is_good && is_beginning() && q->note++ < TRIES_MAX) {
        a->is_later = true; /* then it is an edit */
        free(host);
        return;
    }
    if (is_good && is_running())
        is_good = edit(&w, error, sizeof(error)) == 0;
    else if (is_good)
        is_good = is_complete(&w, error, sizeof(error)) &&
                  start(&q->body, &w, host, error, sizeof(error)) == 0;
    answer(a, &q->body, host, &w, is_good, is_good ? "Swarming started" : error);
    free(host);
}

/* --- stop and reset ------------------------------------------------------------------------------
 */

void web_actions_stop(struct web_request *q, struct web_reply *a)
{
    uint64_t number = acr_run_number();
    const char *state = acr_snapshot_state(acr_snapshot_now());
    bool is_over = strcmp(state, "stopped") == 0 || (strcmp(state, "ready") == 0 && number == 0);

    /* note: the run that was told to stop, once. A later one is somebody else's, whether it has
     * begun or not. */
    if (!q->is_again && number < started) {
        acr_stop_run(); /* it has not begun, and will not */
        started = number;
    }
    is_over = is_over || (q->note > 0 && number > q->note);
    if (!is_over && q->note == 0) {
        q->note = number;
        acr_stop_run();
    }
    a->is_later = !is_over;
    if (!is_over)
        return;
    web_reply_open(a, true, "Test stopped");
    web_reply_close(a);
}

void web_actions_reset(struct web_request *q, struct web_reply *a)
{
    (void)q;
    acr_reset_stats();
    web_reply_text(a, 200, "ok");
}
