/* SPDX-License-Identifier: MIT */
#include "app/merge_once.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

bool acri_merge_once_mark(struct acri_merge_once *o, uint64_t seq)
{
    size_t i = o->n;

    while (i > 0 && o->ranges[i - 1].first > seq)
        i--;
    /* Now ranges[i - 1] begins at or before it, and ranges[i] behind it. */
    if (i > 0 && seq <= o->ranges[i - 1].last)
        return false;
    if (i > 0 && seq == o->ranges[i - 1].last + 1) {
        o->ranges[i - 1].last = seq;
        if (i < o->n && o->ranges[i].first == seq + 1) {
            o->ranges[i - 1].last = o->ranges[i].last;
            memmove(&o->ranges[i], &o->ranges[i + 1], (--o->n - i) * sizeof(*o->ranges));
        }
    } else if (i < o->n && o->ranges[i].first == seq + 1) {
        o->ranges[i].first = seq;
    } else {
        o->ranges = acri_realloc(o->ranges, (o->n + 1) * sizeof(*o->ranges));
        memmove(&o->ranges[i + 1], &o->ranges[i], (o->n++ - i) * sizeof(*o->ranges));
        o->ranges[i] = (struct acri_merge_once_range){ seq, seq };
    }
    return true;
}

bool acri_merge_once_is_free(const struct acri_merge_once *o, uint64_t seq)
{
    return o->n == 0 || o->ranges[0].first > seq;
}

void acri_merge_once_mark_up_to(struct acri_merge_once *o, uint64_t seq)
{
    if (o->n > 0 && o->ranges[0].first == seq + 1) {
        o->ranges[0].first = 1;
        return;
    }
    o->ranges = acri_realloc(o->ranges, (o->n + 1) * sizeof(*o->ranges));
    memmove(&o->ranges[1], &o->ranges[0], o->n++ * sizeof(*o->ranges));
    o->ranges[0] = (struct acri_merge_once_range){ 1, seq };
}

void acri_merge_once_done(struct acri_merge_once *o)
{
    free(o->ranges);
    *o = (struct acri_merge_once){ 0 };
}
