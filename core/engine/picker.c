/* SPDX-License-Identifier: MIT */
#include "engine/picker.h"

#include "base/check.h"

#include <stdlib.h>

void acri_picker_init(struct acri_picker *p, const double *weights, size_t n)
{
    double sum = 0;

    ACRI_ASSERT(n > 0);
    p->bounds = acri_alloc(n * sizeof(*p->bounds));
    p->n = n;
    for (size_t i = 0; i < n; i++) {
        sum += weights[i];
        p->bounds[i] = sum;
    }
    ACRI_ASSERT(sum > 0);
}

void acri_picker_done(struct acri_picker *p)
{
    free(p->bounds);
    *p = (struct acri_picker){ 0 };
}

size_t acri_picker_pick(const struct acri_picker *p, struct acri_rng *rng)
{
    double x = acri_rng_unit(rng) * p->bounds[p->n - 1];
    size_t low = 0;
    size_t high = p->n - 1;

    /* The first bound above x: an element of weight 0 shares its bound with the one before. */
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (p->bounds[middle] > x)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
