/* SPDX-License-Identifier: MIT */
/* What stands in the JSON of --json-file and of the page; of --json in json_locust.c. */
#include "results/json_rows.h"

#include "results/json_parts.h"
#include "results/patterns.h"

#include <acrida/report.h>

#include <stdlib.h>

#define SCHEMA 1
/* Points of all entries together: some 10 MB of text. The busiest entries have theirs. */
#define HISTORY_POINTS_MAX 200000u

struct rank {
    size_t index;
    uint64_t n;
};

static int compare_ranks(const void *a, const void *b)
{
    const struct rank *x = a;
    const struct rank *y = b;

    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Which entries are told over time. Returns: an element each, or NULL. Owner: the caller. */
static bool *choose(const struct acr_snapshot *s)
{
    size_t n = acr_snapshot_n_entries(s);
    size_t n_points = acr_snapshot_n_points(s);
    size_t most = n_points > 0 ? HISTORY_POINTS_MAX / n_points : 0;
    struct rank *ranks = calloc(n + 1, sizeof(*ranks));
    bool *is_chosen = calloc(n + 1, sizeof(*is_chosen));

    if (ranks == NULL || is_chosen == NULL) {
        free(ranks);
        free(is_chosen);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        ranks[i] = (struct rank){ i, acr_entry_count(acr_snapshot_entry(s, i), ACR_REQUESTS) };
    qsort(ranks, n, sizeof(*ranks), compare_ranks);
    for (size_t i = 0; i < n && i < most; i++)
        is_chosen[ranks[i].index] = true;
    free(ranks);
    return is_chosen;
}

static void entries(struct json_text *j, const struct acr_snapshot *s)
{
    bool *is_chosen = choose(s);

    if (is_chosen == NULL) {
        j->text.is_incomplete = true;
        return;
    }
    json_text_open(j, "entries", '[');
    for (size_t i = 0; i < acr_snapshot_n_entries(s); i++) {
        const struct json_entry_parts parts = { .has_histograms = true,
                                                .has_history = is_chosen[i] };

        json_entry(j, NULL, s, acr_snapshot_entry(s, i), &parts);
    }
    json_text_close(j, ']');
    free(is_chosen);
}

static void measured(struct json_text *j, const struct acr_snapshot *s, int exit_code)
{
    static const struct json_entry_parts whole = { .has_histograms = true };

    json_text_count(j, "schema", SCHEMA);
    json_verdict(j, s);
    json_run(j, s, exit_code);
    json_ledger(j, s);
    json_load(j, s);
    json_entry(j, "total", s, acr_snapshot_total(s), &whole);
    entries(j, s);
    json_failures(j, s);
    json_exceptions(j, s);
    json_metrics(j, s);
    json_workers(j, s);
    json_labels(j, s);
    json_history(j, "history", s);
    patterns_json_of(j, s);
}

void json_rows_measured(struct json_text *j, const struct acr_snapshot *s, int exit_code)
{
    json_text_open(j, NULL, '{');
    measured(j, s, exit_code);
    json_text_close(j, '}');
    json_text_end(j);
}

void json_rows_all(struct json_text *j, const struct acr_snapshot *s, int exit_code)
{
    json_text_open(j, NULL, '{');
    measured(j, s, exit_code);
    json_origin(j);
    json_text_close(j, '}');
    json_text_end(j);
}

void json_rows_live(struct json_text *j, const struct acr_snapshot *s, uint64_t run_number)
{
    static const struct json_entry_parts live = { .has_current = true };
    size_t n = acr_snapshot_n_entries(s);

    json_text_open(j, NULL, '{');
    json_text_count(j, "schema", SCHEMA);
    json_text_count(j, "run_number", run_number);
    json_verdict(j, s);
    json_run(j, s, JSON_ROWS_NO_EXIT_CODE);
    json_ledger(j, s);
    json_load(j, s);
    json_entry(j, "total", s, acr_snapshot_total(s), &live);
    json_text_count(j, "n_entries", n);
    json_text_open(j, "entries", '[');
    for (size_t i = 0; i < n && i < JSON_ROWS_LIVE_ENTRIES; i++)
        json_entry(j, NULL, s, acr_snapshot_entry(s, i), &live);
    json_text_close(j, ']');
    json_failures(j, s);
    json_exceptions(j, s);
    json_metrics(j, s);
    json_workers(j, s);
    json_text_close(j, '}');
    json_text_end(j);
}

void json_rows_history(struct json_text *j, const struct acr_snapshot *s)
{
    json_history(j, NULL, s);
    json_text_end(j);
}

void json_rows_entry_history(struct json_text *j, const struct acr_snapshot *s,
                             const struct acr_entry *e)
{
    json_entry_history(j, NULL, s, e);
    json_text_end(j);
}
