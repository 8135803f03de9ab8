/* SPDX-License-Identifier: MIT */
#include "app/reporting.h"

#include "app/options_parse.h"
#include "app/overview.h"
#include "app/scenario.h"
#include "engine/runner.h"

#include <stdlib.h>
#include <string.h>

#define EXIT_START 1
#define EXIT_USAGE 2

const char *acri_reporting_option(const char *argument)
{
    static const char *const names[] = { "--csv", "--json-file", "--html" };

    for (size_t i = 0; i < ACR_LEN(names); i++) {
        size_t n = strlen(names[i]);

        if (strncmp(argument, names[i], n) == 0 && (argument[n] == '\0' || argument[n] == '='))
            return names[i];
    }
    return NULL;
}

/* Environment and configuration files are not read: they are about runs. */
static int read_options(struct acri_options *o, int argc, char **argv, struct acri_error *reterr)
{
    char **all = acri_alloc(((size_t)argc + 2) * sizeof(*all));
    int r;

    all[0] = (char *)"acrida";
    if (argc > 0)
        memcpy(all + 1, argv, (size_t)argc * sizeof(*all));
    r = acri_options_parse_arguments(o, argc + 1, all, false, reterr);
    free(all);
    return r;
}

static int write_all(const struct acr_snapshot *s, const struct acri_scenario *scenario,
                     struct acri_options *o, struct acri_error *reterr)
{
    static const struct acri_plan_options no_users = { .has_no_users = true };
    const struct acri_run_options run = { .host = "", .n_users = 1, .n_threads = 1, .results = s };
    const struct acri_run_listener nobody = { .arg = NULL };
    struct acri_run_result result = { 0 };
    struct acri_plan plan;
    int r = acri_plan_init(&plan, scenario->plugins, scenario->n_plugins, &no_users, reterr);

    if (r < 0)
        return EXIT_START;
    acri_options_publish(o);
    acri_overview_publish(scenario, o, &plan);
    r = acri_runner_run(&plan, &run, &nobody, &result, reterr);
    acri_overview_publish(NULL, NULL, NULL);
    acri_options_publish(NULL);
    acri_plan_done(&plan);
    if (r < 0)
        return EXIT_START;
    *reterr = result.start_error;
    return result.exit_code;
}

int acri_reporting_write(const struct acr_snapshot *s, int argc, char **argv,
                         struct acri_error *reterr)
{
    struct acri_options *o = acri_options_new();
    struct acri_scenario scenario;
    int exit_code;

    *reterr = (struct acri_error){ "" };
    acri_scenario_init(&scenario);
    if (acri_scenario_load_shipped(&scenario, reterr) < 0 ||
        acri_scenario_add_options(&scenario, o, reterr) < 0)
        exit_code = EXIT_START;
    else if (read_options(o, argc, argv, reterr) < 0)
        exit_code = EXIT_USAGE;
    else
        exit_code = write_all(s, &scenario, o, reterr);
    acri_options_free(o);
    acri_scenario_done(&scenario);
    return exit_code;
}
