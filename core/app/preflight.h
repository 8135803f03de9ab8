/* SPDX-License-Identifier: MIT */
/*
 * Before a run: will descriptors, local ports and memory do for so many users? What cannot work is
 * refused, what may not is warned of.
 *
 * Only what is known counts. A user type with `.http`, or with a host of its own that begins with
 * http:// or https://, keeps a connection per user; one with another host, or with that of --host
 * only, may. One without any is taken to need none: its tasks may well only report by hand.
 */
#ifndef ACRIDA_APP_PREFLIGHT_H
#define ACRIDA_APP_PREFLIGHT_H

#include "engine/plan.h"
#include "engine/runner.h"

/* What the machine has, and options that the plan does not know. 0 = unknown: not checked. */
struct acri_preflight_facts {
    uint64_t files;      /* descriptors that the process may have */
    uint64_t files_open; /* that it has now */
    uint64_t ports;      /* local ports for each pair of own address and server */
    uint64_t memory;     /* bytes that it may still take */
    bool no_keep_alive;  /* --http-no-keep-alive */
    bool has_detour;     /* a proxy, or a Unix socket: nobody connects to the host itself */
};

struct acri_preflight_verdict {
    struct acri_error refusal; /* "" = none */
    struct acri_error warnings[3];
    size_t n_warnings;
};

/* Pure. */
void acri_preflight_judge(const struct acri_plan *plan, const struct acri_run_options *run,
                          const struct acri_preflight_facts *facts,
                          struct acri_preflight_verdict *ret_verdict);

/* What this machine has. */
void acri_preflight_look(struct acri_preflight_facts *ret_facts);

/*
 * Look, judge, and bind to the addresses of --source-address for a try. Warnings are logged; with
 * is_ignored what would be refused is a warning, too.
 *
 * Returns: 0, or a negative errno with its line.
 */
int acri_preflight_run(const struct acri_plan *plan, const struct acri_run_options *run,
                       bool is_ignored, struct acri_error *reterr);

#endif
