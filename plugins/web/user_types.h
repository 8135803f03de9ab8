/* SPDX-License-Identifier: MIT */
/*
 * User types as clients see them, and what they change about them for the starts that come: weight,
 * fixed count, host, and which tasks are run.
 *
 * Thread: the control loop.
 */
#ifndef ACRIDA_WEB_USER_TYPES_H
#define ACRIDA_WEB_USER_TYPES_H

#include "form.h"
#include "results/json_text.h"

#include <stddef.h>

/* Take what a client wants of the type that it calls user_class_name: all of it, or nothing. error:
 * a line for a person. Returns: false when it makes no sense. */
bool web_user_types_take(const struct web_form *f, char *error, size_t error_bytes);
/* All that was taken, as --config-users reads it. Returns: NULL when there is none. Owner: the
 * caller (free). */
char *web_user_types_config(void);
/* The member "user_types" of /api/setup. */
void web_user_types_write(struct json_text *j);
/* Forget what was taken. */
void web_user_types_done(void);

#endif
