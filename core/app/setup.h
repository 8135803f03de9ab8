/* SPDX-License-Identifier: MIT */
/*
 * What the options say about a run, in the engine's terms: for the command and for acr_run alike.
 */
#ifndef ACRIDA_APP_SETUP_H
#define ACRIDA_APP_SETUP_H

#include "app/config_users.h"
#include "app/goals.h"
#include "app/options.h"
#include "engine/runner.h"
#include "engine/stages.h"

struct acri_setup {
    struct acri_plan_options plan;
    struct acri_run_options run;
    struct acri_verdict_options verdict;
    struct acri_config_users users;
    struct acri_stages stages;
    struct acri_sources sources;
    struct acri_allow allow;
    struct acr_stage once_stage;
    struct acr_shape shape;
    const char *once; /* the one user type's name; "" = not --once */
};

/*
 * Read all that concerns a run. Options that contradict each other are settled or refused.
 *
 * o: parsed; borrowed, with plugins, as long as the set-up. ret_setup: must stay where it is.
 * Returns: 0, or -EINVAL with its line (usage: exit code 2).
 */
int acri_setup_read(struct acri_setup *ret_setup, struct acri_options *o,
                    const struct acr_plugin *const *plugins, size_t n_plugins,
                    struct acri_error *reterr);
void acri_setup_done(struct acri_setup *s);

/* The options that DEBUG, INFO and so on of --loglevel and --logfile ask for. Returns: 0, or a
 * negative errno with its line. */
int acri_setup_log(const struct acri_options *o, struct acri_error *reterr);

/* --threads, or one per CPU; of several processes on one machine, each its part of the CPUs. */
unsigned acri_setup_threads(const struct acri_options *o);

/* Every connection is a descriptor, and the soft limit is often 1,024: raise it to the hard one.
 * Returns: what it was, for acri_setup_restore_files. */
uint64_t acri_setup_raise_files(void);
void acri_setup_restore_files(uint64_t n);

#endif
