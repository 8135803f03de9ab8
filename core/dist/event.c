/* SPDX-License-Identifier: MIT */
/* The end of events, of masters and workers. */
#include "dist/master.h"
#include "dist/worker.h"

#include <stdlib.h>

void acri_master_event_free(struct acri_master_event *e)
{
    if (e == NULL)
        return;
    free(e->type);
    free(e->bytes);
    free(e);
}

void acri_worker_event_free(struct acri_worker_event *e)
{
    if (e == NULL)
        return;
    free(e->type);
    free(e->bytes);
    free(e);
}
