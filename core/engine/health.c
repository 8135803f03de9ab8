/* SPDX-License-Identifier: MIT */
#include "engine/health.h"

#include "base/check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define NOWHERE (-1)

void acri_health_init(struct acri_health *h, size_t n_loops, double busy_limit)
{
    *h = (struct acri_health){ .loops = acri_alloc((n_loops + 1) * sizeof(*h->loops)),
                               .n_loops = n_loops,
                               .busy_limit = busy_limit };
}

void acri_health_done(struct acri_health *h)
{
    free(h->loops);
    *h = (struct acri_health){ .loops = NULL };
}

void acri_health_take(struct acri_health *h, size_t loop, const struct acri_handover *from)
{
    struct acri_health_loop *l = &h->loops[loop];
    const struct acri_fared *now = &from->fared;

    /* The first one has nothing to be compared with: what setting up took is in it. */
    if (l->is_known) {
        const struct acri_generator_loop tick = { .over_ns = from->over_ns,
                                                  .wait_ns = now->wait_ns - l->last.wait_ns,
                                                  .n_runs = now->n_runs - l->last.n_runs };

        acri_generator_note(&l->sums, &tick, now->cpu_ns - l->last.cpu_ns, h->busy_limit);
    }
    l->last = *now;
    l->is_known = true;
}

void acri_health_reset(struct acri_health *h)
{
    for (size_t i = 0; i < h->n_loops; i++)
        h->loops[i].sums = (struct acri_generator_loop){ 0 };
}

void acri_health_add_up(const struct acri_health *h, struct acri_generator *ret_generator)
{
    struct acri_generator *g = ret_generator;

    *g = (struct acri_generator){ 0 };
    for (size_t i = 0; i < h->n_loops; i++) {
        const struct acri_fared *f = &h->loops[i].last;
        double longest_ms = (double)f->longest_stall_ns / 1e6;

        acri_generator_add_loop(g, &h->loops[i].sums);
        g->n_stalls += f->n_stalls;
        g->n_stalled += f->n_stalled;
        if (longest_ms > g->longest_stall_ms)
            g->longest_stall_ms = longest_ms;
    }
}

/* "RUN WAIT TIMESLICES", the first two in ns. */
void acri_health_read_wait(int *fd, struct acri_fared *to)
{
    char text[96];
    char *at;
    ssize_t n;

    if (*fd == 0) {
        *fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
        if (*fd <= 0)
            *fd = NOWHERE;
    }
    if (*fd == NOWHERE)
        return;
    n = pread(*fd, text, sizeof(text) - 1, 0);
    if (n <= 0)
        return;
    text[n] = '\0';
    strtoull(text, &at, 10);
    to->wait_ns = strtoull(at, &at, 10);
    to->n_runs = strtoull(at, NULL, 10);
}

void acri_health_close(int *fd)
{
    if (*fd > 0)
        close(*fd);
    *fd = NOWHERE;
}
