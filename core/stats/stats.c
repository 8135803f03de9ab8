/* SPDX-License-Identifier: MIT */
#include "stats/stats.h"

#include "stats/history.h"

#include <stdlib.h>
#include <string.h>

#define ENTRY_OF(k) ACRI_CONTAINER_OF(k, struct acr_entry, key)
#define FAILURE_OF(k) ACRI_CONTAINER_OF(k, struct acr_failure, key)
#define EXCEPTION_OF(k) ACRI_CONTAINER_OF(k, struct acr_exception, key)

/* The window may be half a slot longer than it is called, lest a late tick makes it one shorter. */
#define WINDOW_MAX_NS (ACRI_STATS_WINDOW_NS + ACRI_STATS_SLOT_NS / 2)

/* --- rows
 * ------------------------------------------------------------------------------------------ */

/* By name, type, error. */
static int compare_keys(const struct acri_key *a, const struct acri_key *b)
{
    int order = strcmp(a->text[1], b->text[1]);

    if (order == 0)
        order = strcmp(a->text[0], b->text[0]);
    if (order == 0 && a->n > 2)
        order = strcmp(a->text[2], b->text[2]);
    return order;
}

static size_t sorted_place(const struct acri_stats_rows *rows, const struct acri_key *k)
{
    size_t low = 0;
    size_t high = rows->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_keys(rows->keys[middle], k) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert_row(struct acri_stats_rows *rows, struct acri_key *k, size_t at)
{
    if (rows->n == rows->n_capacity) {
        rows->n_capacity = rows->n_capacity > 0 ? rows->n_capacity * 2 : 16;
        rows->keys = acri_realloc(rows->keys, rows->n_capacity * sizeof(struct acri_key *));
    }
    memmove(&rows->keys[at + 1], &rows->keys[at], (rows->n - at) * sizeof(struct acri_key *));
    rows->keys[at] = k;
    rows->n++;
    acri_table_add(&rows->table, k);
}

/*
 * The row of a key: found; or NULL, and the key is one to make a row of. When all rows that are
 * allowed exist, the key is first replaced by that of a row of others.
 */
static struct acri_key *find_row(struct acri_stats_rows *rows, struct acri_key *k,
                                 const struct acri_key *others)
{
    struct acri_key *found = acri_table_find(&rows->table, k);

    if (found != NULL)
        return found;
    /* Rows of others do not count: so it does not matter when they come. */
    if (rows->n_named < rows->limit && !acri_key_equals(k, others)) {
        rows->n_named++;
        return NULL;
    }
    *k = *others;
    return acri_table_find(&rows->table, k);
}

static void clear_rows(struct acri_stats_rows *rows)
{
    acri_table_clear(&rows->table);
    rows->n = rows->n_named = 0;
}

static void free_rows(struct acri_stats_rows *rows)
{
    free(rows->keys);
    acri_table_done(&rows->table);
}

/* --- entries
 * --------------------------------------------------------------------------------------- */

static struct acr_entry *new_entry(struct acri_stats *s, const struct acri_key *key)
{
    struct acr_entry *e = acri_alloc(sizeof(*e));

    acri_key_copy(&e->key, key);
    e->stats = s;
    for (size_t i = 0; i < ACRI_STATS_CLOCKS; i++)
        acri_histogram_init(&e->times[i]);
    acri_window_init(&e->window);
    return e;
}

static void free_entry(struct acr_entry *e)
{
    for (size_t i = 0; i < ACRI_STATS_CLOCKS; i++)
        acri_histogram_done(&e->times[i]);
    acri_window_done(&e->window);
    acri_history_free_entry(e->history);
    acri_key_done(&e->key);
    free(e);
}

struct acr_entry *acri_stats_entry_row(struct acri_stats *s, const struct acri_key *of)
{
    struct acri_key key = *of;
    struct acri_key others;
    struct acri_key *found;
    struct acr_entry *e;

    acri_key_init(&others, "", ACRI_STATS_OTHER_NAMES);
    found = find_row(&s->entries, &key, &others);
    if (found != NULL)
        return ENTRY_OF(found);
    e = new_entry(s, &key);
    insert_row(&s->entries, &e->key, sorted_place(&s->entries, &key));
    return e;
}

static void add_entry(struct acr_entry *into, const struct acri_counts *counts,
                      const struct acri_histogram *times)
{
    acri_counts_add(&into->counts, counts);
    for (size_t i = 0; i < ACRI_STATS_CLOCKS; i++)
        acri_histogram_merge(&into->times[i], &times[i]);
    acri_window_add(&into->window, counts->requests, counts->failures, &times[ACR_RESPONSE_TIME]);
}

static void reset_entry(struct acr_entry *e)
{
    e->counts = (struct acri_counts){ 0 };
    for (size_t i = 0; i < ACRI_STATS_CLOCKS; i++)
        acri_histogram_clear(&e->times[i]);
    acri_window_clear(&e->window);
}

static size_t entry_bytes(const struct acr_entry *e)
{
    size_t bytes = sizeof(*e) + acri_key_bytes(&e->key) + acri_window_bytes(&e->window);

    for (size_t i = 0; i < ACRI_STATS_CLOCKS; i++)
        bytes += acri_histogram_bytes(&e->times[i]);
    return bytes;
}

/* --- failures and exceptions
 * ------------------------------------------------------------------------ */

static struct acr_failure *failure_of(struct acri_stats *s, const struct acr_entry *e,
                                      const char *error, size_t bytes)
{
    struct acri_key key;
    struct acri_key others;
    struct acri_key *found;
    struct acr_failure *f;

    acri_key_extend_span(&key, &e->key, error, bytes);
    acri_key_extend(&others, &e->key, ACRI_STATS_OTHER_ERRORS);
    found = find_row(&s->failures, &key, &others);
    if (found != NULL)
        return FAILURE_OF(found);
    f = acri_alloc(sizeof(*f));
    acri_key_copy(&f->key, &key);
    f->first_real_ns = UINT64_MAX;
    insert_row(&s->failures, &f->key, sorted_place(&s->failures, &f->key));
    return f;
}

void acri_stats_add_failure(struct acri_stats *s, const struct acr_failure *from)
{
    const struct acri_key *k = &from->key;
    struct acri_key entry_key;
    struct acr_failure *f;

    acri_key_init_spans(&entry_key, k->text[0], k->bytes[0], k->text[1], k->bytes[1]);
    f = failure_of(s, acri_stats_entry_row(s, &entry_key), k->text[2], k->bytes[2]);
    f->count += from->count;
    if (from->first_real_ns < f->first_real_ns)
        f->first_real_ns = from->first_real_ns;
    if (from->last_real_ns > f->last_real_ns)
        f->last_real_ns = from->last_real_ns;
}

static void clear_failures(struct acri_stats *s)
{
    for (size_t i = 0; i < s->failures.n; i++) {
        struct acr_failure *f = FAILURE_OF(s->failures.keys[i]);

        acri_key_done(&f->key);
        free(f);
    }
    clear_rows(&s->failures);
}

static void clear_exceptions(struct acri_stats *s)
{
    for (size_t i = 0; i < s->exceptions.n; i++) {
        struct acr_exception *x = EXCEPTION_OF(s->exceptions.keys[i]);

        acri_buf_done(&x->nodes);
        acri_key_done(&x->key);
        free(x);
    }
    clear_rows(&s->exceptions);
}

static bool has_node(const char *nodes, const char *node)
{
    size_t bytes = strlen(node);

    for (const char *at = nodes; (at = strstr(at, node)) != NULL; at++) {
        bool starts = at == nodes || (at - nodes >= 2 && memcmp(at - 2, ", ", 2) == 0);

        if (starts && (at[bytes] == '\0' || memcmp(at + bytes, ", ", 2) == 0))
            return true;
    }
    return false;
}

static void add_node(struct acri_buf *nodes, const char *node)
{
    size_t bytes = strlen(node) + 2;

    if (bytes == 2 || has_node(acri_buf_text(nodes), node))
        return;
    if (nodes->length + bytes > nodes->limit)
        return;
    if (nodes->length > 0)
        acri_buf_puts(nodes, ", ");
    acri_buf_puts(nodes, node);
}

static struct acr_exception *exception_of(struct acri_stats *s, const struct acri_key *of)
{
    struct acri_key key = *of;
    struct acri_key others;
    struct acri_key *found;
    struct acr_exception *x;

    acri_key_init(&others, "", ACRI_STATS_OTHER_EXCEPTIONS);
    found = find_row(&s->exceptions, &key, &others);
    if (found != NULL)
        return EXCEPTION_OF(found);
    x = acri_alloc(sizeof(*x));
    acri_key_copy(&x->key, &key);
    acri_buf_init(&x->nodes, ACRI_STATS_NODES_MAX);
    insert_row(&s->exceptions, &x->key, s->exceptions.n);
    return x;
}

void acri_stats_exception_n(struct acri_stats *s, const char *message, const char *traceback,
                            const char *node, uint64_t n)
{
    struct acri_key key;
    struct acr_exception *x;

    acri_key_init(&key, traceback, message);
    x = exception_of(s, &key);
    x->count += n;
    add_node(&x->nodes, node != NULL ? node : "");
}

void acri_stats_add_exception(struct acri_stats *s, const struct acri_key *key, uint64_t n,
                              const char *nodes)
{
    struct acr_exception *x = exception_of(s, key);
    char *list;
    char *next;

    x->count += n;
    if (x->nodes.length == 0) {
        acri_buf_puts(&x->nodes, nodes);
        return;
    }
    list = acri_strdup(nodes);
    for (char *node = list; node != NULL; node = next) {
        next = strstr(node, ", ");
        if (next != NULL) {
            *next = '\0';
            next += 2;
        }
        add_node(&x->nodes, node);
    }
    free(list);
}

void acri_stats_exception(struct acri_stats *s, const char *message, const char *traceback,
                          const char *node)
{
    acri_stats_exception_n(s, message, traceback, node, 1);
}

/* --- the whole
 * ------------------------------------------------------------------------------------- */

struct acri_stats *acri_stats_new(uint64_t start_ns, uint64_t start_real_ns)
{
    const struct acri_stats_limits limits = { .n_entries = ACRI_STATS_ENTRY_LIMIT,
                                              .n_failures = ACRI_STATS_FAILURE_LIMIT,
                                              .n_exceptions = ACRI_STATS_EXCEPTION_LIMIT };

    return acri_stats_new_limited(start_ns, start_real_ns, limits);
}

struct acri_stats *acri_stats_new_limited(uint64_t start_ns, uint64_t start_real_ns,
                                          struct acri_stats_limits limits)
{
    struct acri_stats *s = acri_alloc(sizeof(*s));
    struct acri_key key;

    s->entries.limit = limits.n_entries;
    s->failures.limit = limits.n_failures;
    s->exceptions.limit = limits.n_exceptions;
    acri_key_init(&key, "", "Aggregated");
    s->total = new_entry(s, &key);
    acri_histogram_init(&s->scratch);
    acri_metrics_init(&s->metrics, ACRI_METRIC_LIMIT);
    acri_stats_reset(s, start_ns, start_real_ns);
    return s;
}

void acri_stats_free(struct acri_stats *s)
{
    if (s == NULL)
        return;
    clear_failures(s);
    clear_exceptions(s);
    for (size_t i = 0; i < s->entries.n; i++)
        free_entry(ENTRY_OF(s->entries.keys[i]));
    free_entry(s->total);
    free_rows(&s->entries);
    free_rows(&s->failures);
    free_rows(&s->exceptions);
    acri_histogram_done(&s->scratch);
    acri_metrics_done(&s->metrics);
    acri_history_free(s->history);
    free(s);
}

void acri_stats_merge(struct acri_stats *s, struct acri_block *b)
{
    for (const struct acri_block_entry *e = b->active; e != NULL; e = e->next_active) {
        add_entry(acri_stats_entry_row(s, &e->key), &e->counts, e->times);
        add_entry(s->total, &e->counts, e->times);
    }
    for (const struct acri_block_failure *f = b->failures; f != NULL; f = f->next) {
        const struct acr_failure failure = { .key = f->key,
                                             .count = f->count,
                                             .first_real_ns = f->first_real_ns,
                                             .last_real_ns = f->last_real_ns };

        acri_stats_add_failure(s, &failure);
    }
    acri_metrics_merge(&s->metrics, &b->metrics);
    acri_ledger_add(&s->ledger, &b->ledger);
    if (b->last_ns > s->last_ns)
        s->last_ns = b->last_ns;
    acri_block_clear(b);
}

void acri_stats_add(struct acri_stats *into, const struct acri_stats *from)
{
    for (size_t i = 0; i < from->entries.n; i++) {
        const struct acr_entry *e = ENTRY_OF(from->entries.keys[i]);

        if (acri_counts_are_zero(&e->counts))
            continue;
        add_entry(acri_stats_entry_row(into, &e->key), &e->counts, e->times);
        add_entry(into->total, &e->counts, e->times);
    }
    for (size_t i = 0; i < from->failures.n; i++)
        acri_stats_add_failure(into, FAILURE_OF(from->failures.keys[i]));
    for (size_t i = 0; i < from->exceptions.n; i++) {
        const struct acr_exception *x = EXCEPTION_OF(from->exceptions.keys[i]);

        acri_stats_add_exception(into, &x->key, x->count, acri_buf_text(&x->nodes));
    }
    acri_metrics_merge(&into->metrics, &from->metrics);
    acri_ledger_add(&into->ledger, &from->ledger);
    if (from->last_ns > into->last_ns)
        into->last_ns = from->last_ns;
}

void acri_stats_lost(struct acri_stats *s, uint64_t n)
{
    s->ledger.lost += n;
}

void acri_stats_reset(struct acri_stats *s, uint64_t now_ns, uint64_t real_ns)
{
    acri_history_note_reset(s);
    for (size_t i = 0; i < s->entries.n; i++)
        reset_entry(ENTRY_OF(s->entries.keys[i]));
    reset_entry(s->total);
    clear_failures(s);
    acri_metrics_reset(&s->metrics, now_ns);
    s->start_ns = s->now_ns = now_ns;
    s->start_real_ns = real_ns;
    s->last_ns = 0;
    s->ring = (struct acri_stats_ring){ .open_start_ns = now_ns };
    s->scratch_of = NULL;
}

void acri_stats_clear(struct acri_stats *s, uint64_t now_ns, uint64_t real_ns)
{
    acri_stats_reset(s, now_ns, real_ns);
    acri_metrics_forget(&s->metrics, now_ns);
    clear_exceptions(s);
    s->ledger = (struct acri_ledger){ 0 };
    s->foreign = (struct acri_stats_foreign){ 0 };
}

void acri_stats_restart_window(struct acri_stats *s, uint64_t now_ns)
{
    for (size_t i = 0; i < s->entries.n; i++)
        acri_window_clear(&ENTRY_OF(s->entries.keys[i])->window);
    acri_window_clear(&s->total->window);
    s->ring = (struct acri_stats_ring){ .open_start_ns = now_ns };
    s->scratch_of = NULL;
}

size_t acri_stats_bytes(const struct acri_stats *s)
{
    const struct acri_stats_rows *rows[] = { &s->entries, &s->failures, &s->exceptions };
    size_t bytes = sizeof(*s) + entry_bytes(s->total) + acri_histogram_bytes(&s->scratch) +
                   acri_metrics_bytes(&s->metrics) + acri_history_bytes(s);

    for (size_t i = 0; i < ACR_LEN(rows); i++)
        bytes +=
            rows[i]->n_capacity * sizeof(struct acri_key *) + acri_table_bytes(&rows[i]->table);
    for (size_t i = 0; i < s->entries.n; i++)
        bytes += entry_bytes(ENTRY_OF(s->entries.keys[i]));
    for (size_t i = 0; i < s->failures.n; i++)
        bytes += sizeof(struct acr_failure) + acri_key_bytes(s->failures.keys[i]);
    for (size_t i = 0; i < s->exceptions.n; i++)
        bytes += sizeof(struct acr_exception) + acri_key_bytes(s->exceptions.keys[i]) +
                 EXCEPTION_OF(s->exceptions.keys[i])->nodes.capacity;
    return bytes;
}

/* --- the window
 * ------------------------------------------------------------------------------------ */

static void drop_oldest(struct acri_stats *s)
{
    for (size_t i = 0; i < s->entries.n; i++)
        acri_window_drop(&ENTRY_OF(s->entries.keys[i])->window, s->ring.first);
    acri_window_drop(&s->total->window, s->ring.first);
    s->ring.first = (s->ring.first + 1) % ACRI_WINDOW_SLOTS;
    s->ring.n--;
}

static void close_slot(struct acri_stats *s, uint64_t now_ns)
{
    size_t slot = (s->ring.first + s->ring.n) % ACRI_WINDOW_SLOTS;

    for (size_t i = 0; i < s->entries.n; i++)
        acri_window_close(&ENTRY_OF(s->entries.keys[i])->window, slot);
    acri_window_close(&s->total->window, slot);
    s->ring.start_ns[slot] = s->ring.open_start_ns;
    s->ring.n++;
    s->ring.open_start_ns = now_ns;
}

void acri_stats_tick(struct acri_stats *s, uint64_t now_ns)
{
    if (now_ns <= s->now_ns)
        return;
    s->now_ns = s->metrics.now_ns = now_ns;
    /* A sample reported by hand may claim to end later than it was reported. */
    if (s->last_ns > now_ns)
        s->last_ns = now_ns;
    if (now_ns - s->ring.open_start_ns < ACRI_STATS_SLOT_NS)
        return;
    while (s->ring.n > 0 && now_ns - s->ring.start_ns[s->ring.first] > WINDOW_MAX_NS)
        drop_oldest(s);
    /* With this one, no more slots of a second fit the window. */
    ACRI_ASSERT(s->ring.n < ACRI_WINDOW_SLOTS);
    close_slot(s, now_ns);
    s->scratch_of = NULL;
}

static double rate(uint64_t n, uint64_t from_ns, uint64_t to_ns)
{
    return to_ns > from_ns ? (double)n * 1e9 / (double)(to_ns - from_ns) : 0;
}

double acri_stats_total_rate(const struct acri_stats *s, uint64_t n)
{
    return rate(n, s->start_ns, s->last_ns);
}

static double current_rate(const struct acri_stats *s, uint64_t n_closed, uint64_t n_open)
{
    const struct acri_stats_ring *ring = &s->ring;

    if (ring->n == 0)
        return rate(n_open, ring->open_start_ns, s->now_ns);
    return rate(n_closed, ring->start_ns[ring->first], ring->open_start_ns);
}

double acri_stats_current_requests(const struct acr_entry *e)
{
    return current_rate(e->stats, acri_window_requests(&e->window), e->window.open_requests);
}

double acri_stats_current_failures(const struct acr_entry *e)
{
    return current_rate(e->stats, acri_window_failures(&e->window), e->window.open_failures);
}

const struct acri_histogram *acri_stats_current_times(const struct acr_entry *e)
{
    struct acri_stats *s = e->stats;

    if (s->ring.n == 0)
        return &e->window.open;
    if (s->scratch_of != e) {
        acri_histogram_clear(&s->scratch);
        acri_window_times(&e->window, &s->scratch);
        s->scratch_of = e;
    }
    return &s->scratch;
}

/* --- rows by index
 * --------------------------------------------------------------------------------- */

const struct acr_entry *acri_stats_entry(const struct acri_stats *s, size_t index)
{
    return index < s->entries.n ? ENTRY_OF(s->entries.keys[index]) : NULL;
}

const struct acr_failure *acri_stats_failure(const struct acri_stats *s, size_t index)
{
    return index < s->failures.n ? FAILURE_OF(s->failures.keys[index]) : NULL;
}

const struct acr_exception *acri_stats_exception_at(const struct acri_stats *s, size_t index)
{
    return index < s->exceptions.n ? EXCEPTION_OF(s->exceptions.keys[index]) : NULL;
}
