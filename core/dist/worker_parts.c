/* SPDX-License-Identifier: MIT */
#include "dist/worker_parts.h"

#include "base/check.h"
#include "base/clock.h"

#define RETRY_NS (50 * ACRI_NS_PER_MS) /* after -EAGAIN */
#define SILENCE_NS (5 * ACRI_NS_PER_S) /* then dial again */

uint64_t acri_worker_parts_between(struct acri_worker_session *s, uint64_t least_ns,
                                   uint64_t most_ns)
{
    return least_ns + acri_rng_below(&s->rng, most_ns - least_ns + 1);
}

void acri_worker_parts_heard(struct acri_worker_session *s, uint64_t now_ns)
{
    s->heard_ns = now_ns;
    s->redial_ns = now_ns + acri_worker_parts_between(s, SILENCE_NS, SILENCE_NS + ACRI_NS_PER_S);
    s->is_gone = false;
    s->has_warned = false;
}

struct acri_worker_event *acri_worker_parts_event(enum acri_worker_event_kind kind)
{
    struct acri_worker_event *e = acri_alloc(sizeof(*e));

    e->kind = kind;
    return e;
}

int acri_worker_parts_send(struct acri_worker_session *s, uint64_t now_ns, size_t n_bytes)
{
    int r = s->link.send(s->link.arg, 0, s->out.frame, n_bytes);

    if (r < 0)
        s->retry_ns = now_ns + RETRY_NS;
    return r;
}
