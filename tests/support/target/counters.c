/* SPDX-License-Identifier: MIT */
/* The shared counters: totals, and a table of "METHOD path" rows that only ever grows. */
#include "counters.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ROWS = 65536,
    SLOTS = 2 * ROWS, /* at most half full, so that probing stays short */
    NAME_SIZE = 252,
    OVERFLOW_ROW = 0, /* stands for every name too long or too late for a row */
};

struct row_name {
    uint32_t size; /* 0: lost the race for a slot, never used */
    char text[NAME_SIZE];
};

struct process_cells {
    _Alignas(64) _Atomic int64_t totals[TARGET_COUNTERS_TOTALS];
    _Atomic uint64_t rows[ROWS];
};

struct target_counters {
    _Atomic uint64_t connection;
    _Atomic uint64_t first;
    _Atomic uint64_t stall;
    _Atomic uint32_t epoch;
    _Atomic uint32_t used;         /* rows handed out */
    _Atomic uint32_t slots[SLOTS]; /* row number; 0 is free, as row 0 is the overflow */
    struct row_name names[ROWS];
    struct process_cells processes[TARGET_COUNTERS_PROCESSES];
};

static const struct target_text overflow_name = TARGET_TEXT("(other)");

struct target_counters *target_counters_create(void)
{
    /* Pages nobody touches cost nothing, so room for all processes is always there. */
    struct target_counters *counters = mmap(NULL, sizeof *counters, PROT_READ | PROT_WRITE,
                                            MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (counters == MAP_FAILED) {
        return NULL;
    }
    memcpy(counters->names[OVERFLOW_ROW].text, overflow_name.data, overflow_name.size);
    counters->names[OVERFLOW_ROW].size = (uint32_t)overflow_name.size;
    atomic_store(&counters->used, OVERFLOW_ROW + 1);
    return counters;
}

void target_counters_destroy(struct target_counters *counters)
{
    munmap(counters, sizeof *counters);
}

void target_counters_add(struct target_counters *counters, unsigned process,
                         enum target_counters_total total, int64_t amount)
{
    atomic_fetch_add_explicit(&counters->processes[process].totals[total], amount,
                              memory_order_relaxed);
}

static uint32_t hash_name(struct target_text method, struct target_text path)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < method.size; i++) {
        hash = (hash ^ (unsigned char)method.data[i]) * UINT64_C(0x100000001b3);
    }
    for (size_t i = 0; i < path.size; i++) {
        hash = (hash ^ (unsigned char)path.data[i]) * UINT64_C(0x100000001b3);
    }
    return (uint32_t)(hash ^ (hash >> 32));
}

static bool has_name(const struct row_name *name, struct target_text method,
                     struct target_text path)
{
    return name->size == method.size + 1 + path.size &&
           memcmp(name->text, method.data, method.size) == 0 &&
           memcmp(name->text + method.size + 1, path.data, path.size) == 0;
}

static bool fits(struct target_text method, struct target_text path)
{
    return method.size < NAME_SIZE && path.size < NAME_SIZE &&
           method.size + 1 + path.size <= NAME_SIZE;
}

/* Names a row not used yet; the overflow row when there is none. */
static uint32_t new_row(struct target_counters *counters, struct target_text method,
                        struct target_text path)
{
    uint32_t row = atomic_load_explicit(&counters->used, memory_order_relaxed);
    do {
        if (row >= ROWS) {
            return OVERFLOW_ROW;
        }
    } while (!atomic_compare_exchange_weak(&counters->used, &row, row + 1));
    struct row_name *name = &counters->names[row];
    memcpy(name->text, method.data, method.size);
    name->text[method.size] = ' ';
    memcpy(name->text + method.size + 1, path.data, path.size);
    name->size = (uint32_t)(method.size + 1 + path.size);
    return row;
}

/* The row of a name, made if `create`; the overflow row when there is none. */
static uint32_t find_row(struct target_counters *counters, struct target_text method,
                         struct target_text path, bool create)
{
    if (!fits(method, path)) {
        return OVERFLOW_ROW;
    }
    uint32_t slot = hash_name(method, path) % SLOTS;
    for (;;) {
        uint32_t row = atomic_load_explicit(&counters->slots[slot], memory_order_acquire);
        if (row == 0) {
            uint32_t fresh = create ? new_row(counters, method, path) : OVERFLOW_ROW;
            if (fresh == OVERFLOW_ROW ||
                atomic_compare_exchange_strong(&counters->slots[slot], &row, fresh)) {
                return fresh;
            }
            counters->names[fresh].size = 0; /* another process took the slot; look at it */
        }
        if (has_name(&counters->names[row], method, path)) {
            return row;
        }
        slot = (slot + 1) % SLOTS;
    }
}

void target_counters_head(struct target_counters *counters, unsigned process,
                          struct target_text method, struct target_text path)
{
    uint32_t row = find_row(counters, method, path, true);
    target_counters_add(counters, process, TARGET_COUNTERS_HEADS, 1);
    atomic_fetch_add_explicit(&counters->processes[process].rows[row], 1, memory_order_relaxed);
}

uint64_t target_counters_total(struct target_counters *counters, enum target_counters_total total)
{
    int64_t sum = 0;
    for (size_t i = 0; i < TARGET_COUNTERS_PROCESSES; i++) {
        sum += atomic_load_explicit(&counters->processes[i].totals[total], memory_order_relaxed);
    }
    return sum > 0 ? (uint64_t)sum : 0;
}

static uint64_t row_count(struct target_counters *counters, size_t row)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < TARGET_COUNTERS_PROCESSES; i++) {
        sum += atomic_load_explicit(&counters->processes[i].rows[row], memory_order_relaxed);
    }
    return sum;
}

uint64_t target_counters_path(struct target_counters *counters, struct target_text name)
{
    if (target_text_equal(name, overflow_name)) {
        return row_count(counters, OVERFLOW_ROW);
    }
    struct target_text path = name;
    struct target_text method = target_text_cut(&path, ' ');
    uint32_t row = find_row(counters, method, path, false);
    return row == OVERFLOW_ROW ? 0 : row_count(counters, row);
}

bool target_counters_next(struct target_counters *counters, size_t *row, struct target_text *name,
                          uint64_t *count)
{
    size_t used = atomic_load(&counters->used);
    for (; *row < used; (*row)++) {
        const struct row_name *candidate = &counters->names[*row];
        *count = row_count(counters, *row);
        if (*count > 0 && candidate->size > 0) {
            *name = (struct target_text){ candidate->text, candidate->size };
            (*row)++;
            return true;
        }
    }
    return false;
}

void target_counters_reset(struct target_counters *counters)
{
    size_t used = atomic_load(&counters->used);
    for (size_t i = 0; i < TARGET_COUNTERS_PROCESSES; i++) {
        struct process_cells *cells = &counters->processes[i];
        for (size_t total = 0; total < TARGET_COUNTERS_TOTALS; total++) {
            if (total != TARGET_COUNTERS_OPEN) {
                atomic_store(&cells->totals[total], 0);
            }
        }
        for (size_t row = 0; row < used; row++) {
            if (atomic_load(&cells->rows[row]) > 0) {
                atomic_store(&cells->rows[row], 0);
            }
        }
    }
    atomic_store(&counters->first, 0);
    atomic_fetch_add(&counters->epoch, 1);
}

uint32_t target_counters_epoch(struct target_counters *counters)
{
    return atomic_load_explicit(&counters->epoch, memory_order_relaxed);
}

uint64_t target_counters_connection(struct target_counters *counters)
{
    return atomic_fetch_add_explicit(&counters->connection, 1, memory_order_relaxed) + 1;
}

uint64_t target_counters_first(struct target_counters *counters)
{
    return atomic_load_explicit(&counters->first, memory_order_relaxed);
}

void target_counters_offer_first(struct target_counters *counters, uint64_t now)
{
    uint64_t none = 0;
    if (target_counters_first(counters) == 0) {
        atomic_compare_exchange_strong(&counters->first, &none, now);
    }
}

uint64_t target_counters_stall(struct target_counters *counters)
{
    return atomic_load_explicit(&counters->stall, memory_order_relaxed);
}

void target_counters_set_stall(struct target_counters *counters, uint64_t until)
{
    uint64_t now = target_counters_stall(counters);
    while (now < until && !atomic_compare_exchange_weak(&counters->stall, &now, until)) {
    }
}
