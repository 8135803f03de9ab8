/* SPDX-License-Identifier: MIT */
/*
 * The course of a process, as one coroutine on the control loop: init, one run, or, when a plugin
 * holds the process, any number of runs as they are asked for, then the end.
 */
#ifndef ACRIDA_ENGINE_COURSE_H
#define ACRIDA_ENGINE_COURSE_H

#include "engine/conductor.h"

/* The coroutine's function; arg is the conductor. Ends the control loop when it is done. */
void acri_course(void *arg);

/* What a run's plan and options decide, for the first one. Returns: 0, or a negative errno with its
 * line. */
int acri_course_set_up(struct acri_conductor *c, struct acri_error *reterr);
void acri_course_done(struct acri_conductor *c);

/* Functions from other threads are taken from here on: acr_control_post. */
void acri_course_open(struct acri_conductor *c);
/* Not any more; what was taken is still called. Yields. */
void acri_course_end_posts(struct acri_conductor *c);
int acri_course_post(void (*function)(void *arg), void *arg);

/* As acr_start_load. */
int acri_course_start(struct acri_conductor *c, const struct acr_start *start,
                      struct acri_error *reterr);
/* A run that was to start does not. */
void acri_course_forget_next(struct acri_conductor *c);

#endif
