/* SPDX-License-Identifier: MIT */
/*
 * The verdict of a run: whether its numbers are those of what was tested (else it is invalid), and
 * whether its goals were met and nothing failed. Why the limits are what they are: core/GOALS.md.
 *
 * Thread: control loop.
 */
#ifndef ACRIDA_STATS_VERDICT_H
#define ACRIDA_STATS_VERDICT_H

#include "stats/generator.h"
#include "stats/goal.h"

/* From where on the generator is the limit. Shares are 0 to 1; at or below them all is well. */
struct acri_verdict_limits {
    double late_share;  /* of requests: sent late, or held up by a loop that stood still */
    double late_ms;     /* sent later than this (or a tenth of the p99 response time) is late */
    double wait_share;  /* of time, and of the mean response time: a loop was ready, and others had
                           its CPU */
    double busy_share;  /* of time: a loop was busy */
    double busy_limit;  /* from this share of its CPU on */
    double lost_share;  /* of requests: lost, or failed for want of ports or descriptors here */
    uint64_t n_missing; /* workers */
};

/* Owner: the caller, as long as the run. */
struct acri_verdict_options {
    struct acri_goal_spec *goals; /* n_goals elements; taken over by acri_verdict_new */
    size_t n_goals;
    bool is_abort;  /* all goals stop the run when they are missed */
    double grace_s; /* but not before the statistics are so old */
    struct acri_verdict_limits limits;
    bool allow_invalid;    /* for the exit code alone */
    bool do_failures_fail; /* --exit-code-on-error is not 0 */
};

struct acri_verdict;

struct acri_verdict *acri_verdict_new(const struct acri_verdict_options *options);
/* NULL is allowed. */
void acri_verdict_free(struct acri_verdict *v);

/* Look at a snapshot, whose info says how the generator fares: about once a second, and with
 * is_over when nothing follows. The snapshot gets the verdict. */
void acri_verdict_step(struct acri_verdict *v, struct acr_snapshot *s, bool is_over);

/* The run cannot have told all: a thread never ended, the scenario crashed. why: constant. */
void acri_verdict_spoil(struct acri_verdict *v, const char *why);

/* The goal for which the run is to be stopped at once; NULL = none. */
const struct acr_goal *acri_verdict_lost_goal(const struct acri_verdict *v);

/* What it is now: enum acr_verdict; NULL is NONE. */
uint32_t acri_verdict_state(const struct acri_verdict *v);
/* Whether a goal was missed or not tested. NULL: none. */
bool acri_verdict_is_goal_missed(const struct acri_verdict *v);

#endif
