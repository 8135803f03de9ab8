/* SPDX-License-Identifier: MIT */
/* What workers ask of their master, and what goes through it: rows of feeders, files, the end of
 * the run, log lines, messages of the scenario. */
#ifndef ACRIDA_APP_FLEET_MESSAGES_H
#define ACRIDA_APP_FLEET_MESSAGES_H

#include "app/fleet.h"

/* One has come. */
void acri_fleet_on_message(struct acri_fleet *f, const struct acri_master_event *e);
/* Send the files that were asked for; when too much is waiting to be sent it is tried again. */
void acri_fleet_hand_out(struct acri_fleet *f);

#endif
