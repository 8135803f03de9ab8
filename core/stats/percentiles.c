/* SPDX-License-Identifier: MIT */
#include "stats/percentiles.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <acrida/report.h>

#define NAME_BYTES 16

struct percentile {
    double percent;
    char name[NAME_BYTES];
};

static struct {
    struct percentile all[ACRI_PERCENTILES_MAX];
    size_t n;
} shown;

static int refuse(const char *list, struct acri_error *reterr)
{
    return acri_fail(reterr, -EINVAL,
                     "--percentiles: '%.100s' is not a list of up to %u numbers from above 0 to "
                     "100, such as 50,90,99.9",
                     list, ACRI_PERCENTILES_MAX);
}

static int compare(const void *a, const void *b)
{
    const struct percentile *x = a;
    const struct percentile *y = b;

    return (x->percent > y->percent) - (x->percent < y->percent);
}

int acri_percentiles_set(const char *list, struct acri_error *reterr)
{
    struct percentile all[ACRI_PERCENTILES_MAX];
    const char *at = list;
    size_t n = 0;
    size_t n_kept = 0;

    for (;;) {
        double percent;
        char *end;

        at += strspn(at, " ");
        percent = strtod(at, &end);
        /* What strtod takes besides is none of a percentage: signs, "inf", "0x1". */
        if (end == at || strspn(at, "0123456789.") < (size_t)(end - at) || !isfinite(percent) ||
            percent <= 0 || percent > 100 || n == ACRI_PERCENTILES_MAX)
            return refuse(list, reterr);
        all[n].percent = percent;
        snprintf(all[n].name, sizeof(all[n].name), "%.8g", percent);
        n++;
        at = end + strspn(end, " ");
        if (*at == '\0')
            break;
        if (*at++ != ',')
            return refuse(list, reterr);
    }
    qsort(all, n, sizeof(all[0]), compare);
    for (size_t i = 0; i < n; i++)
        if (n_kept == 0 || strcmp(shown.all[n_kept - 1].name, all[i].name) != 0)
            shown.all[n_kept++] = all[i];
    shown.n = n_kept;
    return 0;
}

bool acr_percentile_at(size_t index, double *ret_quantile, const char **ret_name)
{
    if (shown.n == 0)
        acri_percentiles_set(ACRI_PERCENTILES, NULL);
    if (index >= shown.n)
        return false;
    *ret_quantile = shown.all[index].percent / 100;
    *ret_name = shown.all[index].name;
    return true;
}
