/* SPDX-License-Identifier: MIT */
/*
 * Keys at the terminal while the process runs, Locust's: w and W add a user or ten, s and S take
 * them away, Enter opens the page. Thread: main.
 */
#ifndef ACRIDA_APP_KEYS_H
#define ACRIDA_APP_KEYS_H

#include "sched/timer.h"

#include <acrida/client.h>

#include <sys/types.h>

struct acri_keys {
    struct acr_loop *loop;
    struct acr_watch *watch; /* NULL = not in the foreground now */
    struct acri_timer timer; /* looks whether it is again */
    bool is_open;
    pid_t opener; /* the program that opens the page; 0 = none */
};

/* Listen on the control loop, when standard input is a terminal of ours; otherwise do nothing. */
void acri_keys_open(struct acri_keys *k, struct acr_loop *control);
void acri_keys_close(struct acri_keys *k);

#endif
