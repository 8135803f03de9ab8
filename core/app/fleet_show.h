/* SPDX-License-Identifier: MIT */
/*
 * What a master shows of its workers: each one's state, numbers and sum, and the statistics by
 * label. Thread: main.
 */
#ifndef ACRIDA_APP_FLEET_SHOW_H
#define ACRIDA_APP_FLEET_SHOW_H

#include "stats/nodes.h"

#include "base/cluster.h"

#include <stddef.h>
#include <stdint.h>

struct acri_fleet;
struct acri_fleet_worker;

#define ACRI_FLEET_LABELS 32u /* with statistics of their own */
#define ACRI_FLEET_OTHER_LABELS "(other labels)"

/* The workers with one label, together. */
struct acri_fleet_label {
    char name[ACRI_CLUSTER_TEXT];
    struct acri_stats *stats;
    uint64_t type_users[ACRI_CLUSTER_TYPES];
};

/* Zero-initialised is empty. */
struct acri_fleet_shown {
    struct acri_fleet_label *labels[ACRI_FLEET_LABELS + 1]; /* NULL = not used yet; others last */
    struct acri_node_label views[ACRI_FLEET_LABELS + 1];
    struct acr_worker *workers; /* as many as the fleet had */
    size_t n_workers;
    struct acri_nodes nodes;
};

void acri_fleet_show_done(struct acri_fleet *f);

/* It has joined: its labels are known. */
void acri_fleet_show_joined(struct acri_fleet *f, struct acri_fleet_worker *w);
/* A run begins: all that was measured is forgotten. */
void acri_fleet_show_begin(struct acri_fleet *f);
/* The statistics begin again; ledgers stay. */
void acri_fleet_show_reset(struct acri_fleet *f);
/* A report of the current statistics that was taken into the whole and the worker's sum: into those
 * of its labels. */
void acri_fleet_show_report(struct acri_fleet *f, struct acri_fleet_worker *w, const void *bytes,
                            size_t n_bytes);
/* What counts in the ledger alone. */
void acri_fleet_show_ledger(struct acri_fleet *f, struct acri_fleet_worker *w,
                            const struct acri_ledger *ledger);

/* How it fares, into the whole. */
void acri_fleet_show_fared(const struct acri_fleet_worker *w, struct acri_generator *into);

/* "running", "missing" and so on: see acr_worker_state. */
const char *acri_fleet_show_state(const struct acri_fleet *f, const struct acri_fleet_worker *w);

/* For the crew of a conductor; arg is the fleet. */
const struct acri_nodes *acri_fleet_show(void *arg, const struct acri_run_info *run,
                                         uint64_t now_ns);

#endif
