/* SPDX-License-Identifier: MIT */
#include "dist/master_past.h"

#include <stdlib.h>
#include <string.h>

void acri_master_past_take(void *arg, const struct acri_journal_record *r)
{
    struct acri_master_past *p = arg;
    struct acri_master_past_worker *w;

    if (r->kind == ACRI_JOURNAL_START && r->epoch > p->epoch)
        p->epoch = r->epoch;
    if ((r->kind != ACRI_JOURNAL_WORKER && r->kind != ACRI_JOURNAL_REPORT &&
         r->kind != ACRI_JOURNAL_HAVE) ||
        r->worker > UINT16_MAX)
        return;
    if (r->worker >= p->n) {
        const uint32_t n = r->worker + 64;

        p->workers = acri_realloc(p->workers, n * sizeof(*p->workers));
        memset(p->workers + p->n, 0, (n - p->n) * sizeof(*p->workers));
        p->n = n;
    }
    w = &p->workers[r->worker];
    if (r->kind != ACRI_JOURNAL_WORKER) {
        w->have = r->seq > w->have ? r->seq : w->have;
        return;
    }
    w->is_known = true;
    memcpy(w->uuid, r->uuid, sizeof(w->uuid));
    w->info = *r->info;
}

void acri_master_past_done(struct acri_master_past *p)
{
    free(p->workers);
    *p = (struct acri_master_past){ .n = 0 };
}
