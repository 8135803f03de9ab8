/* SPDX-License-Identifier: MIT */
/* How answers become slow with load or with time, read from text such as
 * "cliff /api base=5 knee=20". */
#ifndef ACRIDA_TARGET_PROFILE_H
#define ACRIDA_TARGET_PROFILE_H

#include "random.h"
#include "text.h"

enum target_profile_kind {
    TARGET_PROFILE_STEADY,
    TARGET_PROFILE_NOISE,      /* changes at random, every half second and with each answer */
    TARGET_PROFILE_LINEAR,     /* twice as slow with `knee` requests in flight, and so on */
    TARGET_PROFILE_CLIFF,      /* from `knee` in flight on twenty times as slow */
    TARGET_PROFILE_SATURATION, /* `knee` are served at a time, the others wait in line */
    TARGET_PROFILE_SAWTOOTH,   /* up to four times as slow within `over`, then as before */
    TARGET_PROFILE_SPIKE,      /* after `over` fifteen times as slow */
    TARGET_PROFILE_DRIFT,      /* 40 % slower within `over`, and so on */
};

struct target_profile {
    char *text; /* owned; pattern points into it */
    struct target_text pattern;
    enum target_profile_kind kind;
    double base_ms;
    double knee;
    double over_s;
    double fail; /* of CLIFF and SPIKE: what share of the slow answers are errors */
};

struct target_profiles {
    struct target_profile *items;
    size_t count;
};

/* What the requests so far have left behind, in one process. */
struct target_profile_state {
    uint64_t in_flight; /* requests that are waiting for a profile's delay */
    double free_s;      /* of SATURATION: when the line is empty */
};

struct target_profile_answer {
    uint64_t delay_ns;
    bool is_failure;
};

/* Adds a profile; on a bad one says why in `error` and returns false. */
bool target_profiles_add(struct target_profiles *profiles, const char *text, char *error,
                         size_t error_size);

/* The first profile whose pattern fits, or NULL. */
const struct target_profile *target_profiles_find(const struct target_profiles *profiles,
                                                  struct target_text path);

/* What becomes of a request `now_s` seconds after the first one. Equal seeds decide equally. */
struct target_profile_answer target_profile_decide(const struct target_profile *profile,
                                                   struct target_profile_state *state, double now_s,
                                                   uint64_t seed, struct target_random *random);
void target_profiles_free(struct target_profiles *profiles);

#endif
