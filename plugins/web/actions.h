/* SPDX-License-Identifier: MIT */
/*
 * What clients do: start, edit, stop, reset. As Locust: what makes no sense is answered with
 * "success": false, and status 200.
 *
 * Thread: the control loop. Nothing here yields.
 */
#ifndef ACRIDA_WEB_ACTIONS_H
#define ACRIDA_WEB_ACTIONS_H

#include "reply.h"

/* Start a run, or edit the one that is going on. */
void web_actions_swarm(struct web_request *q, struct web_reply *a);
/* Answers when the run is over. */
void web_actions_stop(struct web_request *q, struct web_reply *a);
void web_actions_reset(struct web_request *q, struct web_reply *a);
/* Attributes of a user type, for the next start. */
void web_actions_user(struct web_request *q, struct web_reply *a);
/* Forget what web_actions_user was told. */
void web_actions_done(void);

/* What /swarm asks for. */
struct web_swarm {
    const char *host;    /* NULL = not given; "<" and ">" are left out by the action */
    double users;        /* -1 = not given */
    double spawn_rate;   /* the same */
    double arrival_rate; /* the same */
    double run_time_s;   /* -1 = not given; 0 = none */
    const char *stages;
    bool no_shape;
};

/* Read it. error: a line for a person. Returns: false when it makes no sense. */
bool web_actions_read(const struct web_form *f, struct web_swarm *w, char *error,
                      size_t error_bytes);

/* "90", "1.5", "90s", "1h30m", "500ms". Returns: seconds; -1 when it is none. */
double web_actions_duration(const char *text);

#endif
