/* SPDX-License-Identifier: MIT */
#include "dist/unsure.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

struct acri_unsure_report {
    uint64_t number;
    uint64_t seq;
    uint32_t worker;
};

void acri_unsure_done(struct acri_unsure *u)
{
    free(u->ring);
    free(u->workers);
    free(u->seqs);
    *u = (struct acri_unsure){ 0 };
}

bool acri_unsure_is_empty(const struct acri_unsure *u)
{
    return u->n == 0;
}

void acri_unsure_put(struct acri_unsure *u, uint64_t number, uint32_t worker, uint64_t seq)
{
    if (u->n == u->capacity) {
        const size_t n = u->n > 0 ? 2 * u->n : 1024;
        struct acri_unsure_report *ring = acri_alloc(n * sizeof(*ring));

        for (size_t i = 0; i < u->n; i++)
            ring[i] = u->ring[(u->first + i) % u->capacity];
        free(u->ring);
        u->ring = ring;
        u->capacity = n;
        u->first = 0;
    }
    u->ring[(u->first + u->n++) % u->capacity] = (struct acri_unsure_report){ number, seq, worker };
}

static void mark(struct acri_unsure *u, uint32_t worker, uint64_t seq)
{
    u->seqs = acri_grow(u->seqs, &u->seqs_capacity, (size_t)worker + 1, sizeof(*u->seqs));
    if (u->seqs[worker] == 0) {
        if (u->n_workers == u->workers_capacity) {
            u->workers_capacity = u->n_workers > 0 ? 2 * u->n_workers : 64;
            u->workers = acri_realloc(u->workers, u->workers_capacity * sizeof(*u->workers));
        }
        u->workers[u->n_workers++] = worker;
    }
    u->seqs[worker] = seq;
}

void acri_unsure_settle(struct acri_unsure *u, uint64_t number,
                        void (*tell)(void *arg, uint32_t worker, uint64_t seq), void *arg)
{
    while (u->n > 0 && u->ring[u->first].number <= number) {
        mark(u, u->ring[u->first].worker, u->ring[u->first].seq);
        u->first = (u->first + 1) % u->capacity;
        u->n--;
    }
    for (size_t i = 0; i < u->n_workers; i++) {
        const uint64_t seq = u->seqs[u->workers[i]];

        u->seqs[u->workers[i]] = 0;
        tell(arg, u->workers[i], seq);
    }
    u->n_workers = 0;
}
