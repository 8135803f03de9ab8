/* SPDX-License-Identifier: MIT */
#include "stats/goal_spec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void acri_goal_spec_done(struct acri_goal_spec *spec)
{
    free(spec->text);
    free(spec->type);
    free(spec->name);
    *spec = (struct acri_goal_spec){ .text = NULL };
}

bool acri_goal_spec_is_met(const struct acri_goal_spec *spec, double value)
{
    /* 99.9 % in binary is not what 999 of 1,000 are. */
    double rounding = 1e-12 * fabs(spec->limit);
    bool is_less = value < spec->limit - rounding;
    bool is_more = value > spec->limit + rounding;

    if (isnan(value))
        return false;
    switch (spec->operator_) {
    case ACRI_GOAL_LESS:
        return is_less;
    case ACRI_GOAL_AT_MOST:
        return !is_more;
    case ACRI_GOAL_MORE:
        return is_more;
    case ACRI_GOAL_AT_LEAST:
        return !is_less;
    case ACRI_GOAL_EQUAL:
        return !is_less && !is_more;
    case ACRI_GOAL_NOT_EQUAL:
        return is_less || is_more;
    }
    return false;
}

char *acri_goal_spec_format(const struct acri_goal_spec *spec, double value, char *to, size_t size)
{
    static const char *const names[] = { [ACRI_GOAL_NUMBER] = "",
                                         [ACRI_GOAL_MS] = " ms",
                                         [ACRI_GOAL_RATIO] = " %",
                                         [ACRI_GOAL_PER_S] = "/s",
                                         [ACRI_GOAL_LENGTH] = " B" };
    double shown = spec->unit == ACRI_GOAL_RATIO ? 100 * value : value;
    bool is_whole = fabs(shown - nearbyint(shown)) < 1e-9;
    char text[40];

    /* Counts in full; of the rest as many digits as a quantile is exact to, and two more. */
    snprintf(text, sizeof(text),
             fabs(shown) < 1e15 && (is_whole || fabs(shown) >= 1e5) ? "%.0f" : "%.5g", shown);
    snprintf(to, size, "%s%s", text, names[spec->unit]);
    return to;
}

char *acri_goal_spec_wanted(const struct acri_goal_spec *spec, char *to, size_t size)
{
    static const char *const signs[] = {
        [ACRI_GOAL_LESS] = "<",      [ACRI_GOAL_AT_MOST] = "<=", [ACRI_GOAL_MORE] = ">",
        [ACRI_GOAL_AT_LEAST] = ">=", [ACRI_GOAL_EQUAL] = "==",   [ACRI_GOAL_NOT_EQUAL] = "!=",
    };
    char limit[64];

    snprintf(to, size, "%s %s", signs[spec->operator_],
             acri_goal_spec_format(spec, spec->limit, limit, sizeof(limit)));
    return to;
}
