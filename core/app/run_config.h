/* SPDX-License-Identifier: MIT */
/*
 * What a master hands to a worker so that it can prepare a run: which scenarios, the options, what
 * test_start has shared. As bytes, and back.
 */
#ifndef ACRIDA_APP_RUN_CONFIG_H
#define ACRIDA_APP_RUN_CONFIG_H

#include "app/options.h"
#include "app/scenario.h"
#include "app/words.h"
#include "base/buf.h"
#include "engine/users.h"

/* The type of the message that carries it. */
#define ACRI_RUN_CONFIG_MESSAGE ".run"

/* A worker's copy. */
struct acri_run_config {
    uint64_t run_id;
    struct acri_words scenarios; /* name, hash and where it is in turn */
    struct acri_words options;   /* "--users=5" */
    struct acri_words shared;    /* key and text in turn */
};

/*
 * Write it. Options are those that are set and not is_local, and the seed. n_iterations: of
 * all workers; 0 = no limit.
 */
void acri_run_config_write(struct acri_buf *to, uint64_t run_id, const struct acri_options *o,
                           const struct acri_scenario *scenario, const struct acri_run_common *run,
                           uint64_t seed, uint64_t n_iterations);

/* Returns: 0 or -EBADMSG. To be given to acri_run_config_done in both cases. */
int acri_run_config_read(struct acri_run_config *ret_config, const void *bytes, size_t n_bytes);
void acri_run_config_done(struct acri_run_config *c);

/* Whether this worker has loaded what the master runs. Returns: 0, or -EINVAL with a line that
 * names both sides, short enough for struct acri_observed. */
int acri_run_config_check(const struct acri_run_config *c, const struct acri_scenario *scenario,
                          struct acri_error *reterr);

/* A worker's options for the run: its own is_local ones, and the master's. */
void acri_run_config_words(const struct acri_run_config *c, const struct acri_options *own,
                           struct acri_words *ret_words);

/* What a run's journal tells it by: scenarios and options. */
void acri_run_config_identity(struct acri_buf *to, const struct acri_options *o,
                              const struct acri_scenario *scenario);

#endif
