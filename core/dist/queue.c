/* SPDX-License-Identifier: MIT */
#include "dist/queue.h"

#include "base/check.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct acri_queue_entry {
    struct acri_queue_entry *next;
    struct acri_queue_entry *before;
    void *item;
    uint64_t tag;
    uint32_t key;
};

int acri_queue_init(struct acri_queue *q)
{
    *q = (struct acri_queue){ .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
    if (q->fd < 0)
        return -errno;
    ACRI_ASSERT(pthread_mutex_init(&q->lock, NULL) == 0);
    return 0;
}

static struct acri_queue_entry **slot(struct acri_queue *q, uint32_t key)
{
    q->keyed = acri_grow(q->keyed, &q->n_keyed, (size_t)key + 1, sizeof(struct acri_queue_entry *));
    return &q->keyed[key];
}

static void unlink_entry(struct acri_queue *q, struct acri_queue_entry *e)
{
    if (e->before != NULL)
        e->before->next = e->next;
    else
        q->first = e->next;
    if (e->next != NULL)
        e->next->before = e->before;
    else
        q->last = e->before;
    e->next = NULL;
    e->before = NULL;
}

static void link_last(struct acri_queue *q, struct acri_queue_entry *e)
{
    e->before = q->last;
    if (q->last != NULL)
        q->last->next = e;
    else
        q->first = e;
    q->last = e;
}

void *acri_queue_put(struct acri_queue *q, uint32_t key, uint64_t tag, void *item)
{
    const uint64_t one = 1;
    struct acri_queue_entry *e = NULL;
    void *replaced = NULL;

    pthread_mutex_lock(&q->lock);
    if (q->first == NULL)
        ACRI_ASSERT(write(q->fd, &one, sizeof(one)) == (ssize_t)sizeof(one));
    if (key != 0)
        e = *slot(q, key);
    if (e != NULL) {
        replaced = e->item;
        unlink_entry(q, e);
    } else {
        e = acri_alloc(sizeof(*e));
    }
    e->item = item;
    e->tag = tag;
    e->key = key;
    link_last(q, e);
    if (key != 0)
        q->keyed[key] = e;
    pthread_mutex_unlock(&q->lock);
    return replaced;
}

void *acri_queue_take(struct acri_queue *q, uint64_t *ret_tag)
{
    struct acri_queue_entry *e;
    void *item = NULL;
    uint64_t count;

    pthread_mutex_lock(&q->lock);
    e = q->first;
    if (e != NULL) {
        unlink_entry(q, e);
        if (e->key != 0)
            q->keyed[e->key] = NULL;
        if (q->first == NULL)
            ACRI_ASSERT(read(q->fd, &count, sizeof(count)) == (ssize_t)sizeof(count));
        item = e->item;
        if (ret_tag != NULL)
            *ret_tag = e->tag;
    }
    pthread_mutex_unlock(&q->lock);
    free(e);
    return item;
}

void acri_queue_done(struct acri_queue *q, void (*free_item)(void *item))
{
    void *item;

    if (q->fd < 0)
        return;
    while ((item = acri_queue_take(q, NULL)) != NULL)
        free_item(item);
    close(q->fd);
    q->fd = -1;
    free(q->keyed);
    pthread_mutex_destroy(&q->lock);
}
