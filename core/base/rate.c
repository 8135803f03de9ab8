/* SPDX-License-Identifier: MIT */
#include "base/rate.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_PER_S 1e12

/* Digits with at most one point; strtod alone would take "inf", "0x1" and signs. */
static size_t number_length(const char *text)
{
    size_t n = strspn(text, "0123456789");

    if (n > 0 && text[n] == '.' && isdigit((unsigned char)text[n + 1]))
        n += 1 + strspn(text + n + 1, "0123456789");
    return n;
}

int acri_rate_parse(const char *text, double *ret_per_s)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = { { "", 1 }, { "/s", 1 }, { "/m", 60 }, { "/h", 3600 } };
    size_t n = number_length(text);
    double number = strtod(text, NULL);

    if (n == 0)
        return -EINVAL;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(text + n, units[i].name) == 0 && number / units[i].seconds <= LARGEST_PER_S) {
            *ret_per_s = number / units[i].seconds;
            return 0;
        }
    return -EINVAL;
}
