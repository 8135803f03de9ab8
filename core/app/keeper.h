/* SPDX-License-Identifier: MIT */
/*
 * Of a process that is kept: what the next run is made of, as somebody who starts it wants it
 * (acr_start_load). Its members go through the options, as if the command line had said them.
 */
#ifndef ACRIDA_APP_KEEPER_H
#define ACRIDA_APP_KEEPER_H

#include "app/options.h"
#include "app/scenario.h"
#include "app/setup.h"

struct acri_keeper {
    struct acri_run_keeper run; /* for the engine */
    struct acri_options *options;
    const struct acri_scenario *scenario;
    bool is_embedded;
    char **config_users; /* n_config_users elements: as the process was told */
    size_t n_config_users;
    bool has_config_users; /* they are in the options of the next run already */
    /* What one of them holds is in use; the other one is for the next run. */
    struct acri_keeper_slot {
        struct acri_setup setup;
        struct acri_plan plan;
        bool is_used;
    } slots[2];
    struct acri_keeper_slot *next;
};

/* o and scenario are borrowed; k must stay where it is. */
void acri_keeper_init(struct acri_keeper *k, struct acri_options *o,
                      const struct acri_scenario *scenario, bool is_embedded);
void acri_keeper_done(struct acri_keeper *k);

#endif
