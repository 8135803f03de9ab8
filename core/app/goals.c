/* SPDX-License-Identifier: MIT */
#include "app/goals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_GOALS 1000u

static int add(struct acri_verdict_options *v, const char *text, size_t length, const char *who,
               struct acri_error *reterr)
{
    char *goal = acri_printf("%.*s", (int)length, text);
    struct acri_goal_spec spec;
    struct acri_error why;
    int r = acri_goal_parse(goal, &spec, &why);

    free(goal);
    if (r < 0)
        return acri_fail(reterr, -EINVAL, "%s: %.800s", who, why.text);
    if (v->n_goals == MOST_GOALS) {
        acri_goal_spec_done(&spec);
        return acri_fail(reterr, -EINVAL, "%s: more than %u goals", who, MOST_GOALS);
    }
    v->goals = acri_realloc(v->goals, (v->n_goals + 1) * sizeof(*v->goals));
    v->goals[v->n_goals++] = spec;
    return 0;
}

static int add_all(struct acri_verdict_options *v, const char *text, const char *who,
                   struct acri_error *reterr)
{
    const char *goal;
    size_t length;
    int r = 0;

    while (r == 0 && (length = acri_goal_parse_split(&text, &goal)) > 0)
        r = add(v, goal, length, who, reterr);
    return r;
}

static int add_of_plugin(struct acri_verdict_options *v, const struct acr_plugin *plugin,
                         struct acri_error *reterr)
{
    char who[128];
    int r = 0;

    for (size_t i = 0; i < plugin->n_goals && r == 0; i++) {
        snprintf(who, sizeof(who), "plugin '%.60s', .goals[%zu]", plugin->name, i);
        if (plugin->goals[i] == NULL || plugin->goals[i][0] == '\0')
            r = acri_fail(reterr, -EINVAL, "%s is empty: leave it out", who);
        else
            r = add(v, plugin->goals[i], strlen(plugin->goals[i]), who, reterr);
    }
    return r;
}

static double share_of(const struct acri_options *o, const char *name)
{
    return acri_options_number(o, name) / 100;
}

static void read_limits(struct acri_verdict_options *v, const struct acri_options *o)
{
    v->is_abort = acri_options_flag(o, "abort-on-check");
    v->grace_s = acri_options_duration(o, "check-grace");
    v->allow_invalid = acri_options_flag(o, "allow-invalid");
    v->do_failures_fail = acri_options_int(o, "exit-code-on-error") != 0;
    v->limits = (struct acri_verdict_limits){
        .late_share = share_of(o, "max-late"),
        .late_ms = acri_options_duration(o, "late-after") * 1e3,
        .wait_share = share_of(o, "max-cpu-wait"),
        .busy_share = share_of(o, "max-busy"),
        .busy_limit = share_of(o, "busy-above"),
        .lost_share = share_of(o, "max-lost"),
        .n_missing = (uint64_t)acri_options_int(o, "max-lost-workers"),
    };
}

int acri_goals_read(struct acri_verdict_options *ret_verdict, const struct acri_options *o,
                    const struct acr_plugin *const *plugins, size_t n_plugins,
                    struct acri_error *reterr)
{
    size_t n;
    const char *const *texts = acri_options_list(o, "check", &n);
    int r = 0;

    *ret_verdict = (struct acri_verdict_options){ .goals = NULL };
    read_limits(ret_verdict, o);
    for (size_t i = 0; i < n && r == 0; i++)
        r = add_all(ret_verdict, texts[i], acri_options_origin(o, "check"), reterr);
    for (size_t i = 0; i < n_plugins && r == 0; i++)
        r = add_of_plugin(ret_verdict, plugins[i], reterr);
    if (r < 0)
        acri_goals_done(ret_verdict);
    return r;
}

void acri_goals_done(struct acri_verdict_options *verdict)
{
    for (size_t i = 0; i < verdict->n_goals; i++)
        acri_goal_spec_done(&verdict->goals[i]);
    free(verdict->goals);
    verdict->goals = NULL;
    verdict->n_goals = 0;
}

int acri_goals_check(const struct acr_plugin *plugin, struct acri_error *reterr)
{
    struct acri_verdict_options v = { .goals = NULL };
    int r = add_of_plugin(&v, plugin, reterr);

    acri_goals_done(&v);
    return r;
}
