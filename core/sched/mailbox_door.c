/* SPDX-License-Identifier: MIT */
#include "sched/mailbox_door.h"

#include "base/check.h"

#include <errno.h>
#include <stdlib.h>

struct visit {
    struct acri_message message;
    struct acri_mailbox_door *door;
    void (*function)(void *arg);
    void *arg;
};

void acri_mailbox_door_open(struct acri_mailbox_door *door, struct acri_mailbox *box)
{
    pthread_mutex_lock(&door->lock);
    door->box = box;
    door->n_inside = 0;
    pthread_mutex_unlock(&door->lock);
}

void acri_mailbox_door_close(struct acri_mailbox_door *door)
{
    pthread_mutex_lock(&door->lock);
    door->box = NULL;
    pthread_mutex_unlock(&door->lock);
}

uint64_t acri_mailbox_door_inside(struct acri_mailbox_door *door)
{
    uint64_t n;

    pthread_mutex_lock(&door->lock);
    n = door->n_inside;
    pthread_mutex_unlock(&door->lock);
    return n;
}

static void run_visit(struct acri_message *m)
{
    struct visit *v = ACRI_CONTAINER_OF(m, struct visit, message);

    v->function(v->arg);
    pthread_mutex_lock(&v->door->lock);
    v->door->n_inside--;
    pthread_mutex_unlock(&v->door->lock);
    free(v);
}

int acri_mailbox_door_post(struct acri_mailbox_door *door, void (*function)(void *arg), void *arg)
{
    struct visit *v = acri_alloc(sizeof(*v));
    int r = -ESHUTDOWN;

    *v = (struct visit){
        .message = { .run = run_visit }, .door = door, .function = function, .arg = arg
    };
    /* The lock is held over the post: a mailbox is not taken away under it. */
    pthread_mutex_lock(&door->lock);
    if (door->box != NULL) {
        door->n_inside++;
        acri_mailbox_post(door->box, &v->message);
        r = 0;
    }
    pthread_mutex_unlock(&door->lock);
    if (r < 0)
        free(v);
    return r;
}
