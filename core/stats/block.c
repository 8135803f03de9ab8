/* SPDX-License-Identifier: MIT */
#include "stats/block.h"

#include <stdlib.h>
#include <string.h>

#include <acrida/report.h>

/* Every so many ticks, entries that were not touched for as many are freed. */
#define SWEEP_TICKS 256u

#define ENTRY_OF(k) ACRI_CONTAINER_OF(k, struct acri_block_entry, key)
#define FAILURE_OF(k) ACRI_CONTAINER_OF(k, struct acri_block_failure, key)

struct acri_block *acri_block_new(void)
{
    return acri_block_new_limited(ACRI_STATS_ENTRY_LIMIT, ACRI_STATS_FAILURE_LIMIT);
}

struct acri_block *acri_block_new_limited(size_t n_entries, size_t n_failures)
{
    struct acri_block *b = acri_alloc(sizeof(*b));

    b->live = &b->own;
    b->entry_limit = n_entries;
    b->failure_limit = n_failures;
    b->n_ticks = 1;
    acri_metrics_init(&b->metrics, ACRI_METRIC_LIMIT);
    return b;
}

/* --- entries
 * --------------------------------------------------------------------------------------- */

static struct acri_block_entry *new_entry(struct acri_block *b, const struct acri_key *key)
{
    struct acri_block_entry *e = acri_alloc(sizeof(*e));

    acri_key_copy(&e->key, key);
    for (size_t i = 0; i < ACRI_STATS_CLOCKS; i++)
        acri_histogram_init(&e->times[i]);
    if (b->n_entries == b->n_capacity) {
        b->n_capacity = b->n_capacity > 0 ? b->n_capacity * 2 : 16;
        b->entries = acri_realloc(b->entries, b->n_capacity * sizeof(struct acri_block_entry *));
    }
    b->entries[b->n_entries++] = e;
    acri_table_add(&b->entry_table, &e->key);
    return e;
}

static void free_entry(struct acri_block_entry *e)
{
    for (size_t i = 0; i < ACRI_STATS_CLOCKS; i++)
        acri_histogram_done(&e->times[i]);
    acri_key_done(&e->key);
    free(e);
}

static struct acri_block_entry *find_entry(struct acri_block *b, const char *type, const char *name)
{
    struct acri_key key;
    struct acri_key *found;

    acri_key_init(&key, type, name);
    found = acri_table_find(&b->entry_table, &key);
    if (found != NULL)
        return ENTRY_OF(found);
    if (b->n_entries - (b->others != NULL) < b->entry_limit)
        return new_entry(b, &key);
    if (b->others == NULL) {
        acri_key_init(&key, "", ACRI_STATS_OTHER_NAMES);
        found = acri_table_find(&b->entry_table, &key);
        b->others = found != NULL ? ENTRY_OF(found) : new_entry(b, &key);
    }
    return b->others;
}

/* The entry of a record, on the list of those touched. */
static struct acri_block_entry *entry_of(struct acri_block *b, const char *type, const char *name)
{
    /* Most names are literals, so the addresses tell which it is; the texts have to prove it. */
    size_t guess =
        ((uintptr_t)name >> 2 ^ (uintptr_t)name >> 8 ^ (uintptr_t)type) % ACRI_BLOCK_HITS;
    struct acri_block_entry *e = b->hits[guess];

    if (e == NULL || strcmp(name, e->key.text[1]) != 0 || strcmp(type, e->key.text[0]) != 0)
        b->hits[guess] = e = find_entry(b, type, name);
    if (e->last_tick != b->n_ticks) {
        e->last_tick = b->n_ticks;
        e->next_active = b->active;
        b->active = e;
    }
    return e;
}

static void free_idle_entries(struct acri_block *b)
{
    size_t n_kept = 0;

    acri_table_clear(&b->entry_table);
    memset(b->hits, 0, sizeof(b->hits));
    for (size_t i = 0; i < b->n_entries; i++) {
        struct acri_block_entry *e = b->entries[i];

        if (b->n_ticks - e->last_tick <= SWEEP_TICKS) {
            b->entries[n_kept++] = e;
            acri_table_add(&b->entry_table, &e->key);
            continue;
        }
        if (e == b->others)
            b->others = NULL;
        free_entry(e);
    }
    b->n_entries = n_kept;
}

/* --- failures
 * -------------------------------------------------------------------------------------- */

static struct acri_block_failure *new_failure(struct acri_block *b, const struct acri_key *key,
                                              struct acri_block_entry *e)
{
    struct acri_block_failure *f = acri_alloc(sizeof(*f));

    acri_key_copy(&f->key, key);
    f->entry = e;
    f->next = b->failures;
    b->failures = f;
    acri_table_add(&b->failure_table, &f->key);
    return f;
}

static struct acri_block_failure *find_failure(struct acri_block *b, struct acri_block_entry *e,
                                               const char *error)
{
    struct acri_key key;
    struct acri_key *found;

    acri_key_extend(&key, &e->key, error);
    found = acri_table_find(&b->failure_table, &key);
    if (found != NULL)
        return FAILURE_OF(found);
    if (b->n_failures < b->failure_limit) {
        b->n_failures++;
        return new_failure(b, &key, e);
    }
    acri_key_extend(&key, &e->key, ACRI_STATS_OTHER_ERRORS);
    found = acri_table_find(&b->failure_table, &key);
    return found != NULL ? FAILURE_OF(found) : new_failure(b, &key, e);
}

static void record_failure(struct acri_block *b, struct acri_block_entry *e, const char *error,
                           uint64_t real_ns)
{
    struct acri_block_failure *f = b->hit_failure;

    if (f == NULL || f->entry != e || strcmp(error, f->key.text[2]) != 0)
        b->hit_failure = f = find_failure(b, e, error);
    if (f->count == 0 || real_ns < f->first_real_ns)
        f->first_real_ns = real_ns;
    if (real_ns > f->last_real_ns)
        f->last_real_ns = real_ns;
    f->count++;
}

static void clear_failures(struct acri_block *b)
{
    struct acri_block_failure *next;

    for (struct acri_block_failure *f = b->failures; f != NULL; f = next) {
        next = f->next;
        acri_key_done(&f->key);
        free(f);
    }
    b->failures = b->hit_failure = NULL;
    b->n_failures = 0;
    acri_table_clear(&b->failure_table);
}

/* --- samples
 * --------------------------------------------------------------------------------------- */

void acri_block_keep(struct acri_block *b, struct acri_tally *live)
{
    b->live = live;
}

void acri_block_started(struct acri_block *b)
{
    b->ledger.started++;
    b->live->started++;
}

void acri_block_lost(struct acri_block *b, uint64_t n)
{
    b->ledger.lost += n;
    b->live->lost += n;
}

static void record_times(struct acri_block_entry *e, const struct acri_record *r)
{
    uint64_t sent_ns = r->sent_ns;
    uint64_t answered_ns = r->answered_ns > sent_ns ? r->answered_ns : sent_ns;
    uint64_t intended_ns =
        r->intended_ns != 0 && r->intended_ns < sent_ns ? r->intended_ns : sent_ns;

    acri_histogram_record(&e->times[ACR_RESPONSE_TIME], answered_ns - sent_ns);
    acri_histogram_record(&e->times[ACR_CORRECTED], answered_ns - intended_ns);
    acri_histogram_record(&e->times[ACR_LATENESS], sent_ns - intended_ns);
}

void acri_block_record(struct acri_block *b, const struct acri_record *r)
{
    struct acri_block_entry *e =
        entry_of(b, r->type != NULL ? r->type : "", r->name != NULL ? r->name : "");

    e->counts.attempts += r->attempts;
    b->ledger.attempts += r->attempts;
    if (r->is_cancelled) {
        e->counts.cancelled++;
        b->ledger.cancelled++;
        b->live->cancelled++;
        return;
    }
    e->counts.requests++;
    e->counts.bytes += r->bytes;
    if (r->answered_ns > b->last_ns)
        b->last_ns = r->answered_ns;
    if (ACRI_LIKELY(r->has_time))
        record_times(e, r);
    else
        e->counts.untimed++;
    if (ACRI_LIKELY(r->error == NULL)) {
        b->ledger.succeeded++;
        b->live->succeeded++;
        return;
    }
    b->ledger.failed++;
    b->live->failed++;
    e->counts.failures++;
    record_failure(b, e, r->error, r->real_ns);
}

/* --- the end of a tick
 * ------------------------------------------------------------------------------ */

void acri_block_clear(struct acri_block *b)
{
    for (struct acri_block_entry *e = b->active; e != NULL; e = e->next_active) {
        for (size_t i = 0; i < ACRI_STATS_CLOCKS; i++)
            acri_histogram_clear(&e->times[i]);
        e->counts = (struct acri_counts){ 0 };
    }
    clear_failures(b);
    acri_metrics_clear(&b->metrics);
    b->active = NULL;
    b->ledger = (struct acri_ledger){ 0 };
    b->last_ns = 0;
    b->n_ticks++;
    if (b->n_ticks % SWEEP_TICKS == 0)
        free_idle_entries(b);
}

void acri_block_free(struct acri_block *b)
{
    if (b == NULL)
        return;
    clear_failures(b);
    for (size_t i = 0; i < b->n_entries; i++)
        free_entry(b->entries[i]);
    free(b->entries);
    acri_table_done(&b->entry_table);
    acri_table_done(&b->failure_table);
    acri_metrics_done(&b->metrics);
    free(b);
}

size_t acri_block_bytes(const struct acri_block *b)
{
    size_t bytes = sizeof(*b) + b->n_capacity * sizeof(struct acri_block_entry *) +
                   acri_table_bytes(&b->entry_table) + acri_table_bytes(&b->failure_table) +
                   acri_metrics_bytes(&b->metrics);

    for (size_t i = 0; i < b->n_entries; i++) {
        bytes += sizeof(*b->entries[i]) + acri_key_bytes(&b->entries[i]->key);
        for (size_t j = 0; j < ACRI_STATS_CLOCKS; j++)
            bytes += acri_histogram_bytes(&b->entries[i]->times[j]);
    }
    for (const struct acri_block_failure *f = b->failures; f != NULL; f = f->next)
        bytes += sizeof(*f) + acri_key_bytes(&f->key);
    return bytes;
}
