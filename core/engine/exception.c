/* SPDX-License-Identifier: MIT */
#include "engine/exception.h"

#include "base/check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_same(const struct acri_exception *x, const struct acri_raised *raised,
                    const char *user_type, const char *task)
{
    return x->n_frames == raised->n_frames && strcmp(x->task, task) == 0 &&
           strcmp(x->user_type, user_type) == 0 &&
           memcmp(x->frames, raised->frames, (size_t)x->n_frames * sizeof(x->frames[0])) == 0 &&
           strcmp(x->message, raised->message) == 0;
}

void acri_exceptions_add(struct acri_exceptions *list, const struct acri_raised *raised,
                         const char *user_type, const char *task, uint64_t user_number)
{
    static const struct acri_raised others = { .message = ACRI_EXCEPTION_OTHERS };
    struct acri_exception *x = list->first;

    while (x != NULL && !is_same(x, raised, user_type, task))
        x = x->next;
    if (x == NULL && list->n >= ACRI_EXCEPTION_LIMIT && raised->message != others.message) {
        acri_exceptions_add(list, &others, "", "", user_number);
        return;
    }
    if (x == NULL) {
        x = acri_alloc(sizeof(*x));
        x->message = acri_strdup(raised->message);
        x->user_type = user_type;
        x->task = task;
        x->user_number = user_number;
        x->n_frames = raised->n_frames;
        memcpy(x->frames, raised->frames, (size_t)raised->n_frames * sizeof(x->frames[0]));
        x->next = list->first;
        list->first = x;
        list->n++;
    }
    x->count++;
}

void acri_exceptions_move(struct acri_exceptions *to, struct acri_exceptions *from)
{
    struct acri_exception **end = &to->first;

    while (*end != NULL)
        end = &(*end)->next;
    *end = from->first;
    to->n += from->n;
    *from = (struct acri_exceptions){ 0 };
}

void acri_exceptions_clear(struct acri_exceptions *list)
{
    while (list->first != NULL) {
        struct acri_exception *x = list->first;

        list->first = x->next;
        free(x->message);
        free(x);
    }
    list->n = 0;
}
