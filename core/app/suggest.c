/* SPDX-License-Identifier: MIT */
/* Optimal string alignment distance, over names of options: short, and few. */
#include "app/suggest.h"

#include <string.h>

#define LONGEST 64

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t acri_suggest_distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1];
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);
    size_t *before = rows[0]; /* the row above the row above */
    size_t *above = rows[1];
    size_t *row = rows[2];

    if (a_length > LONGEST || b_length > LONGEST)
        return a_length > b_length ? a_length : b_length;
    for (size_t j = 0; j <= b_length; j++)
        above[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *recycled = before;

        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(above[j], row[j - 1]) + 1;
            row[j] = least(row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        before = above;
        above = row;
        row = recycled;
    }
    return above[b_length];
}

const char *acri_suggest_nearest(const char *word, const char *const *names, size_t n)
{
    /* A third of the letters wrong is still a typing error; more is another word. */
    size_t best = least((strlen(word) + 2) / 3, 3);
    const char *nearest = NULL;

    for (size_t i = 0; i < n; i++) {
        size_t distance = acri_suggest_distance(word, names[i]);

        if (distance < best + (nearest == NULL) && distance < strlen(names[i])) {
            best = distance;
            nearest = names[i];
        }
    }
    return nearest;
}
