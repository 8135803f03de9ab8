/* SPDX-License-Identifier: MIT */
/*
 * The text of --stages: "60s:100@10,30s:500@50" is a minute in which the number of users goes to
 * 100, 10 more each second, then 30 s in which it goes to 500. "60s:500/s@10" is open load: the
 * arrival rate goes to 500 per second, by 10 each second. What follows the @ may be left out: users
 * then come at --spawn-rate, and arrival rates are there at once. Pure.
 */
#ifndef ACRIDA_ENGINE_STAGES_H
#define ACRIDA_ENGINE_STAGES_H

#include "base/check.h"

#include <acrida/plugin.h>

#include <stdbool.h>

/* More than this is a mistake. */
#define ACRI_STAGES_LIMIT 10000

struct acri_stages {
    struct acr_stage *stages; /* n elements */
    size_t n;
    bool are_open; /* arrival rates, not users */
};

/*
 * Parse a whole text.
 *
 * Returns: 0, or -EINVAL with a line that names the stage. Owner: the caller (acri_stages_done).
 */
int acri_stages_parse(const char *text, struct acri_stages *ret_stages, struct acri_error *reterr);
void acri_stages_done(struct acri_stages *s);

#endif
