/* SPDX-License-Identifier: MIT */
/*
 * What scenarios make for all loops (feeders, semaphores, gates, pools): made before users run,
 * freed after the last of them.
 *
 * Thread: control.
 */
#ifndef ACRIDA_ENGINE_OBJECTS_H
#define ACRIDA_ENGINE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acr_user;

/* First in what is made. */
struct acri_object {
    struct acri_object *next;
    void (*free)(struct acri_object *object);
};

struct acri_objects {
    struct acri_object *first;
    size_t n;
    bool may_make; /* init and test_start run */
};

/* Whether this caller may make an object now; raises when it may not. what: "a feeder". */
bool acri_objects_may_make(struct acr_user *u, const char *what);

/* Hand it over; its number, from 0. */
size_t acri_objects_add(struct acr_user *u, struct acri_object *object);

/* By its number, if it is of that kind: is freed by that function. Returns: NULL when there is
 * none. */
struct acri_object *acri_objects_find(const struct acri_objects *objects, uint64_t number,
                                      void (*of_kind)(struct acri_object *object));

/* Free those made after the first n. No loop may run any more. */
void acri_objects_keep(struct acri_objects *objects, size_t n);
/* Free all. The same. */
void acri_objects_done(struct acri_objects *objects);

#endif
