/* SPDX-License-Identifier: MIT */
#include "sched/mailbox.h"

#include "base/check.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int acri_mailbox_init(struct acri_mailbox *box)
{
    *box = (struct acri_mailbox){ .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
    if (box->fd < 0)
        return -errno;
    ACRI_ASSERT(pthread_mutex_init(&box->lock, NULL) == 0);
    return 0;
}

void acri_mailbox_done(struct acri_mailbox *box)
{
    if (box->fd < 0)
        return;
    close(box->fd);
    box->fd = -1;
    pthread_mutex_destroy(&box->lock);
}

void acri_mailbox_post(struct acri_mailbox *box, struct acri_message *m)
{
    static const uint64_t one = 1;
    bool was_empty;

    m->next = NULL;
    pthread_mutex_lock(&box->lock);
    was_empty = box->first == NULL;
    if (was_empty)
        box->first = m;
    else
        box->last->next = m;
    box->last = m;
    pthread_mutex_unlock(&box->lock);
    /* The receiver empties the box in one go, so only the first message has to ring. */
    if (was_empty)
        ACRI_ASSERT(write(box->fd, &one, sizeof(one)) == (ssize_t)sizeof(one));
}

void acri_mailbox_run(struct acri_mailbox *box)
{
    struct acri_message *m;
    uint64_t count;

    if (read(box->fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
        ACRI_ASSERT(errno == EINTR);
    pthread_mutex_lock(&box->lock);
    m = box->first;
    box->first = NULL;
    box->last = NULL;
    pthread_mutex_unlock(&box->lock);
    while (m != NULL) {
        struct acri_message *next = m->next;

        m->run(m);
        m = next;
    }
}
