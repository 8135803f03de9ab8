/* SPDX-License-Identifier: MIT */
/*
 * The JSON of --config-users, Locust's: an object {"user_class_name": "buyer", "weight": 3,
 * "fixed_count": 2, "host": "http://...", "tasks": ["view"]}, or an array of them; also with
 * "user_type_name". Given as it is, or as the path of a file that ends in .json.
 */
#ifndef ACRIDA_APP_CONFIG_USERS_H
#define ACRIDA_APP_CONFIG_USERS_H

#include "base/check.h"
#include "engine/plan.h"

/* One change for each user type: a later object adds to what an earlier one of that type says. */
struct acri_config_users {
    struct acri_type_change *changes; /* n elements; their texts are owned */
    size_t n;
};

/*
 * Read n texts.
 *
 * Returns: 0, or -EINVAL with one line. Owner: the caller (acri_config_users_done).
 */
int acri_config_users_read(const char *const *texts, size_t n, struct acri_config_users *ret_users,
                           struct acri_error *reterr);
/* The change of a user type; one that changes nothing is added if there is none. Borrowed until the
 * next call. */
struct acri_type_change *acri_config_users_change(struct acri_config_users *c, const char *name);
void acri_config_users_done(struct acri_config_users *c);

#endif
