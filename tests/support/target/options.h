/* SPDX-License-Identifier: MIT */
/* The command line. */
#ifndef ACRIDA_TARGET_OPTIONS_H
#define ACRIDA_TARGET_OPTIONS_H

#include "profile.h"
#include "rules.h"

struct target_options {
    const char *address;
    const char *unix_path; /* NULL: none */
    unsigned port;         /* 0: any free one */
    unsigned processes;
    int cpu; /* -1: not pinned */
    bool busy;
    bool things_error;
    uint64_t seed;
    uint64_t stall_every_ms; /* 0: no periodic stalls */
    uint64_t stall_for_ms;
    uint64_t close_after; /* 0: connections are kept */
    struct target_rules rules;
    struct target_profiles profiles;
};

enum target_options_result { TARGET_OPTIONS_RUN, TARGET_OPTIONS_HELP, TARGET_OPTIONS_WRONG };

/* Reads the command line; complains itself, in one line on standard error. */
enum target_options_result target_options_read(struct target_options *options, int argc,
                                               char **argv);
void target_options_free(struct target_options *options);

#endif
