/* SPDX-License-Identifier: MIT */
#include "base/duration.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_S (100.0 * 365 * 24 * 3600)

static const struct unit {
    const char *name;
    double seconds;
} units[] = { { "d", 86400 }, { "h", 3600 }, { "m", 60 }, { "s", 1 }, { "ms", 0.001 } };

#define N_UNITS (sizeof(units) / sizeof(units[0]))

/* Digits with at most one point; strtod alone would take "inf", "0x1" and exponents. */
static size_t number_length(const char *text)
{
    size_t n = strspn(text, "0123456789");

    if (n > 0 && text[n] == '.' && isdigit((unsigned char)text[n + 1]))
        n += 1 + strspn(text + n + 1, "0123456789");
    return n;
}

int acri_duration_parse(const char *text, double *ret_seconds)
{
    size_t next_unit = 0;
    double total = 0;

    if (*text == '\0')
        return -EINVAL;
    while (*text != '\0') {
        size_t n = number_length(text);
        double value = strtod(text, NULL);
        size_t unit_length;
        size_t i;

        if (n == 0)
            return -EINVAL;
        text += n;
        unit_length = strspn(text, "dhms");
        if (unit_length == 0) {
            /* A bare number is seconds, and only as the whole text. */
            if (*text != '\0' || next_unit > 0)
                return -EINVAL;
            total = value;
            break;
        }
        for (i = next_unit; i < N_UNITS; i++)
            if (strlen(units[i].name) == unit_length &&
                strncmp(units[i].name, text, unit_length) == 0)
                break;
        if (i == N_UNITS)
            return -EINVAL;
        total += value * units[i].seconds;
        text += unit_length;
        next_unit = i + 1;
    }
    if (total > LONGEST_S)
        return -EINVAL;
    *ret_seconds = total;
    return 0;
}

char *acri_duration_format(double seconds, char *to, size_t size)
{
    unsigned long s = seconds > 0 ? (unsigned long)seconds : 0;

    if (s >= 3600)
        snprintf(to, size, "%luh%02lum%02lus", s / 3600, s / 60 % 60, s % 60);
    else if (s >= 60)
        snprintf(to, size, "%lum%02lus", s / 60, s % 60);
    else
        snprintf(to, size, "%lus", s);
    return to;
}
