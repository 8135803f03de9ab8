/* SPDX-License-Identifier: MIT */
#include "stats/nodes.h"

static const struct acri_nodes *nodes_of(const struct acr_snapshot *s)
{
    static const struct acri_nodes none = { .n_workers = 0 };

    return s != NULL && s->info.nodes != NULL ? s->info.nodes : &none;
}

/* --- workers
 * --------------------------------------------------------------------------------------- */

size_t acr_snapshot_n_workers(const struct acr_snapshot *s)
{
    return nodes_of(s)->n_workers;
}

const struct acr_worker *acr_snapshot_worker(const struct acr_snapshot *s, size_t index)
{
    const struct acri_nodes *nodes = nodes_of(s);

    return index < nodes->n_workers ? &nodes->workers[index] : NULL;
}

static const char *text_of(const char *text)
{
    return text != NULL ? text : "";
}

const char *acr_worker_name(const struct acr_worker *w)
{
    return w != NULL ? text_of(w->name) : "";
}

const char *acr_worker_host(const struct acr_worker *w)
{
    return w != NULL ? text_of(w->host) : "";
}

const char *acr_worker_labels(const struct acr_worker *w)
{
    return w != NULL ? text_of(w->labels) : "";
}

const char *acr_worker_state(const struct acr_worker *w)
{
    return w != NULL ? text_of(w->state) : "";
}

uint32_t acr_worker_number_of(const struct acr_worker *w)
{
    return w != NULL ? w->index : 0;
}

double acr_worker_value(const struct acr_worker *w, uint32_t which)
{
    return w != NULL && which < ACR_WORKER_NUMBERS ? w->numbers[which] : 0;
}

uint64_t acr_worker_ledger(const struct acr_worker *w, uint32_t which)
{
    return w != NULL ? acri_snapshot_ledger(&w->ledger, which) : 0;
}

const struct acr_entry *acr_worker_total(const struct acr_worker *w)
{
    return w != NULL && w->stats != NULL ? w->stats->total : NULL;
}

/* --- labels
 * ---------------------------------------------------------------------------------------- */

size_t acr_snapshot_n_labels(const struct acr_snapshot *s)
{
    return nodes_of(s)->n_labels;
}

const char *acr_snapshot_label(const struct acr_snapshot *s, size_t index)
{
    const struct acri_nodes *nodes = nodes_of(s);

    return index < nodes->n_labels ? text_of(nodes->labels[index].name) : NULL;
}

const struct acr_snapshot *acr_snapshot_of_label(const struct acr_snapshot *s, size_t index)
{
    const struct acri_nodes *nodes = nodes_of(s);

    return index < nodes->n_labels ? &nodes->labels[index].snapshot : NULL;
}
