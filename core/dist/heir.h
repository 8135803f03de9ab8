/* SPDX-License-Identifier: MIT */
/*
 * Delivers what workers of the same master have left on this machine: a ledger file at a time, over
 * a connection and a session of its own, in the name of the worker that has ended.
 */
#ifndef ACRIDA_DIST_HEIR_H
#define ACRIDA_DIST_HEIR_H

#include "dist/worker_session.h"

struct acri_heir;

struct acri_heir_options {
    const char *folder; /* of ledger files */
    const char *master_host;
    uint16_t master_port;
    bool needs_loopback;
    unsigned char key[32];
};

/* Texts are copied. */
struct acri_heir *acri_heir_new(const struct acri_heir_options *o);
/* What is being delivered stays for another one. NULL is allowed. */
void acri_heir_free(struct acri_heir *h);

/* For poll; -1: nothing is waited for. It changes with each step. */
int acri_heir_fd(const struct acri_heir *h);
/* Take what has come, and do what is due; is_ending: begin nothing new. Returns: when to call again
 * at the latest. */
uint64_t acri_heir_step(struct acri_heir *h, uint64_t now_ns, bool is_ending);
/* Whether something is being delivered. */
bool acri_heir_is_busy(const struct acri_heir *h);

#endif
