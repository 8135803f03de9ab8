/* SPDX-License-Identifier: MIT */
/*
 * --processes: workers on this machine as children of this process. One that was killed is started
 * again; it delivers what the killed one has left.
 */
#ifndef ACRIDA_APP_PROCESSES_H
#define ACRIDA_APP_PROCESSES_H

#include "app/options.h"
#include "app/words.h"
#include "base/check.h"

#include <sys/types.h>

struct acri_processes {
    struct acri_words words; /* a child's command line */
    struct acri_process {
        pid_t pid; /* 0 = none */
        uint64_t started_ns;
        unsigned n_restarts;
    } * children; /* n elements */
    size_t n;
    double patience_s; /* at the end: what a stop may take */
    bool is_ending;
    int exit_code; /* the greatest of those that have ended by themselves */
};

/* Start them. is_master: they are led by this process, at master_port of this machine; otherwise by
 * --master-host. Returns: 0, or a negative errno with its line. */
int acri_processes_start(struct acri_processes *p, const struct acri_options *o, bool is_master,
                         unsigned master_port, struct acri_error *reterr);
/* Look after them: start those again that were killed. Returns: how many are running. */
size_t acri_processes_step(struct acri_processes *p);
/* Tell them to end (a signal, or 0 = they know), wait, and kill those that do not. */
void acri_processes_end(struct acri_processes *p, int signal);

/* Be nothing but their parent, until all have ended or a signal comes. Returns: the exit code. */
int acri_processes_supervise(const struct acri_options *o);

/* A port of this machine that nobody listens on now; 0 = none. */
unsigned acri_processes_free_port(void);

#endif
