/* SPDX-License-Identifier: MIT */
/*
 * One value of one option: its text checked against the option's kind and rule.
 */
#ifndef ACRIDA_APP_OPTIONS_VALUE_H
#define ACRIDA_APP_OPTIONS_VALUE_H

#include "app/options_table.h"
#include "base/check.h"

#include <stdbool.h>
#include <stdint.h>

struct acri_option_value {
    int64_t integer; /* INT */
    double number;   /* INT, NUMBER, DURATION (seconds), RATE (per second) */
    bool flag;       /* FLAG */
};

/*
 * Check a text. who names the option in the error: "--users", "ACRIDA_USERS", "acrida.conf:3:
 * users".
 *
 * Returns: 0, or -EINVAL with "<who> wants a whole number, got 'abc'" (of a secret without what it
 * got).
 */
int acri_options_value_parse(const struct acri_option_spec *spec, const char *who, const char *text,
                             struct acri_option_value *ret_value, struct acri_error *reterr);

/* Words separated by spaces as "a, b, c". Returns: to. */
char *acri_options_value_choices(const char *choices, char *to, size_t size);

/* A text as it can be shown within one line: cut, without control characters. Returns: to. */
char *acri_options_value_shown(const char *text, char *to, size_t size);

#endif
