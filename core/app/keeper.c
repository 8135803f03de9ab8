/* SPDX-License-Identifier: MIT */
#include "app/keeper.h"

#include "app/overview.h"
#include "app/preflight.h"
#include "app/suggest.h"

#include <acrida/control.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_BYTES 400

/* --- options ------------------------------------------------------------------------------------
 */

static int fail_unknown(const struct acri_options *o, const char *name, struct acri_error *reterr)
{
    size_t n = acri_options_count(o);
    const char **names = acri_alloc(n * sizeof(*names));
    const char *nearest;

    for (size_t i = 0; i < n; i++)
        names[i] = acri_options_spec(o, i)->name;
    nearest = acri_suggest_nearest(name, names, n);
    free((void *)names);
    if (nearest != NULL)
        return acri_fail(reterr, -EINVAL, "there is no option %.80s: did you mean %s?", name,
                         nearest);
    return acri_fail(reterr, -EINVAL, "there is no option %.80s", name);
}

/* What a process is does not change between two runs; what a run is does. */
static bool may_change(const struct acri_options *o, size_t index)
{
    static const char *const changeable[] = {
        "tags",         "exclude-tags",    "config-users",   "equal-weights",      "user-types",
        "host",         "users",           "spawn-rate",     "run-time",           "iterations",
        "stages",       "warmup",          "seed",           "arrival-rate",       "arrivals",
        "max-users",    "on-full",         "dns-select",     "ignore-preflight",   "reset-stats",
        "stop-timeout", "on-stop-timeout", "source-address", "exit-code-on-error",
    };

    if (acri_options_plugin(o, index) != NULL)
        return true;
    for (size_t i = 0; i < ACR_LEN(changeable); i++)
        if (strcmp(changeable[i], acri_options_spec(o, index)->name) == 0)
            return true;
    return false;
}

/* Of what no empty text can be a value, it is as none: a field of a form that was left empty. */
static bool is_none(const struct acri_option_spec *spec, const char *text)
{
    return *text == '\0' && (spec->kind == ACRI_OPTION_INT || spec->kind == ACRI_OPTION_NUMBER ||
                             spec->kind == ACRI_OPTION_DURATION ||
                             (spec->choices != NULL && *spec->choices != '\0'));
}

/* What a start says of user types adds to what the process was told of them. */
static int add_config_users(struct acri_keeper *k, const char *text, struct acri_error *reterr)
{
    int at = acri_options_find(k->options, "config-users", strlen("config-users"));
    int r = 0;

    for (size_t i = 0; i < k->n_config_users && !k->has_config_users && r == 0; i++)
        r = acri_options_change(k->options, (size_t)at, "--config-users", k->config_users[i],
                                reterr);
    k->has_config_users = true;
    return r == 0 ? acri_options_change(k->options, (size_t)at, "--config-users", text, reterr) : r;
}

/* text: NULL = as if it had never been given. */
static int change(struct acri_keeper *k, const char *name, const char *text,
                  struct acri_error *reterr)
{
    int at = acri_options_find(k->options, name, strlen(name));
    char who[128];

    if (at < 0)
        return fail_unknown(k->options, name, reterr);
    if (!may_change(k->options, (size_t)at))
        return acri_fail(reterr, -EINVAL,
                         "--%s is the process's: it cannot change from one run to the next",
                         acri_options_spec(k->options, (size_t)at)->name);
    if (text != NULL && is_none(acri_options_spec(k->options, (size_t)at), text))
        text = NULL;
    if (text != NULL &&
        strcmp(acri_options_spec(k->options, (size_t)at)->name, "config-users") == 0)
        return add_config_users(k, text, reterr);
    snprintf(who, sizeof(who), "--%s", acri_options_spec(k->options, (size_t)at)->name);
    return acri_options_change(k->options, (size_t)at, who, text, reterr);
}

/* 0 = as it was; less than 0, where none is something: none. */
static int change_number(struct acri_keeper *k, const char *name, double value, bool can_be_none,
                         struct acri_error *reterr)
{
    char text[NUMBER_BYTES];
    int n;

    if (value >= 0 && value <= 0)
        return 0;
    if (value < 0 && can_be_none)
        return change(k, name, NULL, reterr);
    n = snprintf(text, sizeof(text), "%.9f", value);
    /* As a person would write it: it is shown in reports. */
    while (strchr(text, '.') != NULL && strchr("0.", text[n - 1]) != NULL)
        text[--n] = '\0';
    return change(k, name, text, reterr);
}

/* NULL = as it was; "", where none is something: none. */
static int change_text(struct acri_keeper *k, const char *name, const char *text, bool can_be_none,
                       struct acri_error *reterr)
{
    if (text == NULL)
        return 0;
    if (can_be_none && text[strspn(text, " \t\r\n")] == '\0')
        text = NULL;
    return change(k, name, text, reterr);
}

static int take_members(struct acri_keeper *k, const struct acr_start *s, struct acri_error *reterr)
{
    char users[32];
    int r;

    snprintf(users, sizeof(users), "%llu", (unsigned long long)s->users);
    r = change_text(k, "host", s->host, false, reterr);
    if (r == 0 && s->users > 0)
        r = change(k, "users", users, reterr);
    if (r == 0)
        r = change_number(k, "spawn-rate", s->spawn_rate, false, reterr);
    if (r == 0)
        r = change_number(k, "run-time", s->run_time_s, true, reterr);
    if (r == 0)
        r = change_number(k, "arrival-rate", s->arrival_rate, true, reterr);
    if (r == 0)
        r = change_text(k, "user-types", s->user_types, true, reterr);
    if (r == 0)
        r = change_text(k, "stages", s->stages, true, reterr);
    for (size_t i = 0; r == 0 && i < s->n_values; i++) {
        const char *name = s->values[2 * i];
        const char *text = s->values[2 * i + 1];

        r = name == NULL || text == NULL
                ? acri_fail(reterr, -EINVAL, "an option wants a name and a value")
                : change(k, name, text, reterr);
    }
    return r;
}

/* --- the next run -------------------------------------------------------------------------------
 */

static void clear(struct acri_keeper_slot *slot)
{
    if (!slot->is_used)
        return;
    acri_plan_done(&slot->plan);
    acri_setup_done(&slot->setup);
    slot->is_used = false;
}

/* What the process is stays. */
static void copy_process(struct acri_run_options *to, const struct acri_run_options *from)
{
    to->crew = from->crew;
    to->own_signals = from->own_signals;
    to->folders = from->folders;
    to->n_folders = from->n_folders;
    to->n_threads = from->n_threads;
}

static int fill(struct acri_keeper *k, struct acri_keeper_slot *slot, const struct acr_start *start,
                const struct acri_run_options *now, struct acri_error *reterr)
{
    const struct acri_scenario *s = k->scenario;
    int r = acri_setup_read(&slot->setup, k->options, s->plugins, s->n_plugins, reterr);

    if (r < 0)
        return r;
    copy_process(&slot->setup.run, now);
    slot->setup.run.no_shape = start->no_shape;
    r = acri_plan_init(&slot->plan, s->plugins, s->n_plugins, &slot->setup.plan, reterr);
    if (r < 0) {
        acri_setup_done(&slot->setup);
        return r;
    }
    slot->is_used = true;
    r = acri_options_check_required(k->options, k->is_embedded, reterr);
    if (r == 0 && now->crew == NULL)
        r = acri_preflight_run(&slot->plan, &slot->setup.run,
                               acri_options_flag(k->options, "ignore-preflight"), reterr);
    return r;
}

static int prepare(void *arg, const struct acr_start *start, const struct acri_run_options *now,
                   const struct acri_plan **ret_plan, const struct acri_run_options **ret_options,
                   struct acri_error *reterr)
{
    struct acri_keeper *k = arg;
    struct acri_keeper_slot *slot = &k->slots[now == &k->slots[0].setup.run ? 1 : 0];
    int r;

    clear(slot);
    k->has_config_users = false;
    acri_options_change_begin(k->options);
    r = take_members(k, start, reterr);
    if (r == 0)
        r = fill(k, slot, start, now, reterr);
    if (r < 0) {
        acri_options_change_end(k->options, false);
        return -EINVAL; /* whatever of it makes no sense */
    }
    k->next = slot;
    *ret_plan = &slot->plan;
    *ret_options = &slot->setup.run;
    return 0;
}

static void settle(void *arg, bool did_take)
{
    struct acri_keeper *k = arg;

    acri_options_change_end(k->options, did_take);
    if (did_take)
        acri_overview_replan(&k->next->plan);
}

static int grow(void *arg, const struct acri_run_options *now, uint64_t n_more,
                struct acri_error *reterr)
{
    const struct acri_keeper *k = arg;

    for (size_t i = 0; i < ACR_LEN(k->slots); i++) {
        const struct acri_keeper_slot *slot = &k->slots[i];
        struct acri_run_options more = *now;

        more.n_users = n_more;
        if (now == &slot->setup.run && now->crew == NULL)
            return acri_preflight_run(&slot->plan, &more,
                                      acri_options_flag(k->options, "ignore-preflight"), reterr);
    }
    return 0;
}

void acri_keeper_init(struct acri_keeper *k, struct acri_options *o,
                      const struct acri_scenario *scenario, bool is_embedded)
{
    size_t n = 0;
    const char *const *texts = acri_options_list(o, "config-users", &n);

    *k = (struct acri_keeper){
        .run = { .arg = k, .prepare = prepare, .settle = settle, .grow = grow },
        .options = o,
        .scenario = scenario,
        .is_embedded = is_embedded,
        .config_users = acri_alloc((n + 1) * sizeof(*k->config_users)),
        .n_config_users = n,
    };
    for (size_t i = 0; i < n; i++)
        k->config_users[i] = acri_strdup(texts[i]);
}

void acri_keeper_done(struct acri_keeper *k)
{
    clear(&k->slots[0]);
    clear(&k->slots[1]);
    for (size_t i = 0; i < k->n_config_users; i++)
        free(k->config_users[i]);
    free(k->config_users);
    k->config_users = NULL;
    k->n_config_users = 0;
}
