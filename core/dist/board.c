/* SPDX-License-Identifier: MIT */
#include "dist/board.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

struct acri_board_entry {
    bool is_known;
    struct acri_master_health health;
    uint64_t at_ns;
};

void acri_board_init(struct acri_board *b)
{
    *b = (struct acri_board){ .n = 0 };
    ACRI_ASSERT(pthread_mutex_init(&b->lock, NULL) == 0);
}

void acri_board_done(struct acri_board *b)
{
    pthread_mutex_destroy(&b->lock);
    free(b->entries);
}

void acri_board_put(struct acri_board *b, uint64_t now_ns, uint32_t worker,
                    const struct acri_master_health *health)
{
    pthread_mutex_lock(&b->lock);
    b->entries = acri_grow(b->entries, &b->n, (size_t)worker + 1, sizeof(*b->entries));
    b->entries[worker] =
        (struct acri_board_entry){ .is_known = true, .health = *health, .at_ns = now_ns };
    pthread_mutex_unlock(&b->lock);
}

bool acri_board_get(struct acri_board *b, uint64_t now_ns, uint32_t worker,
                    struct acri_master_health *ret_health)
{
    bool is_known;

    pthread_mutex_lock(&b->lock);
    is_known = worker < b->n && b->entries[worker].is_known;
    if (is_known) {
        const struct acri_board_entry *e = &b->entries[worker];

        *ret_health = e->health;
        if (now_ns > e->at_ns)
            ret_health->silent_s += (double)(now_ns - e->at_ns) / (double)ACRI_NS_PER_S;
    }
    pthread_mutex_unlock(&b->lock);
    return is_known;
}

bool acri_board_is_here(struct acri_board *b, uint32_t worker)
{
    bool is_here;

    pthread_mutex_lock(&b->lock);
    is_here = worker < b->n && b->entries[worker].health.is_here;
    pthread_mutex_unlock(&b->lock);
    return is_here;
}

size_t acri_board_size(struct acri_board *b)
{
    size_t n;

    pthread_mutex_lock(&b->lock);
    n = b->n;
    pthread_mutex_unlock(&b->lock);
    return n;
}

void acri_board_put_dropped(struct acri_board *b, uint64_t n_dropped)
{
    pthread_mutex_lock(&b->lock);
    b->n_dropped = n_dropped;
    pthread_mutex_unlock(&b->lock);
}

uint64_t acri_board_dropped(struct acri_board *b)
{
    uint64_t n;

    pthread_mutex_lock(&b->lock);
    n = b->n_dropped;
    pthread_mutex_unlock(&b->lock);
    return n;
}
