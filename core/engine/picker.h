/* SPDX-License-Identifier: MIT */
/* Weighted random choice, with replacement: which task comes next. */
#ifndef ACRIDA_ENGINE_PICKER_H
#define ACRIDA_ENGINE_PICKER_H

#include "base/rng.h"

#include <stddef.h>

struct acri_picker {
    double *bounds; /* n elements: cumulative weights; the last is the total */
    size_t n;
};

/* weights: n elements, none negative, their sum positive. */
void acri_picker_init(struct acri_picker *p, const double *weights, size_t n);
void acri_picker_done(struct acri_picker *p);

/* An index from 0 to n - 1, each as likely as its weight; one of weight 0 never. */
size_t acri_picker_pick(const struct acri_picker *p, struct acri_rng *rng);

#endif
