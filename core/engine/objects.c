/* SPDX-License-Identifier: MIT */
#include "engine/objects.h"

#include "engine/user.h"

#include <acrida/acrida.h>

bool acri_objects_may_make(struct acr_user *u, const char *what)
{
    const struct acri_objects *objects = u->home->run->objects;

    /* What is kept in a global must be there before the first user reads it. */
    if (u->home->is_control && objects != NULL && objects->may_make)
        return true;
    (void)acr_raise(u, "%s can be made in the hooks init and test_start only", what);
    return false;
}

size_t acri_objects_add(struct acr_user *u, struct acri_object *object)
{
    struct acri_objects *objects = u->home->run->objects;

    object->next = objects->first;
    objects->first = object;
    return objects->n++;
}

struct acri_object *acri_objects_find(const struct acri_objects *objects, uint64_t number,
                                      void (*of_kind)(struct acri_object *object))
{
    struct acri_object *object = objects->first;

    if (number >= objects->n)
        return NULL;
    for (size_t i = objects->n - 1; i > number; i--)
        object = object->next;
    return object->free == of_kind ? object : NULL;
}

void acri_objects_keep(struct acri_objects *objects, size_t n)
{
    while (objects->n > n) {
        struct acri_object *object = objects->first;

        objects->first = object->next;
        objects->n--;
        object->free(object);
    }
}

void acri_objects_done(struct acri_objects *objects)
{
    acri_objects_keep(objects, 0);
}
