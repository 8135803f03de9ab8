/* SPDX-License-Identifier: MIT */
#include "stats/window.h"

#include <stdlib.h>

#define ITEM_MAX 65535u

void acri_window_init(struct acri_window *w)
{
    *w = (struct acri_window){ 0 };
    acri_histogram_init(&w->open);
}

void acri_window_done(struct acri_window *w)
{
    acri_window_clear(w);
    acri_histogram_done(&w->open);
}

void acri_window_add(struct acri_window *w, uint64_t n_requests, uint64_t n_failures,
                     const struct acri_histogram *times)
{
    w->open_requests += n_requests;
    w->open_failures += n_failures;
    acri_histogram_merge(&w->open, times);
}

static size_t count_items(const struct acri_histogram *h)
{
    size_t n_items = 0;
    uint32_t bucket = 0;
    uint64_t n;

    for (; acri_histogram_next(h, &bucket, &n); bucket++)
        n_items += (size_t)((n + ITEM_MAX - 1) / ITEM_MAX);
    return n_items;
}

static void list_items(const struct acri_histogram *h, uint32_t *items)
{
    uint32_t bucket = 0;
    uint64_t n;

    for (; acri_histogram_next(h, &bucket, &n); bucket++)
        while (n > 0) {
            uint32_t part = n < ITEM_MAX ? (uint32_t)n : ITEM_MAX;

            *items++ = bucket << 16 | part;
            n -= part;
        }
}

void acri_window_close(struct acri_window *w, size_t slot)
{
    struct acri_window_slot *s = &w->slots[slot];

    ACRI_ASSERT(s->items == NULL && s->requests == 0);
    if (w->open_requests == 0 && acri_histogram_count(&w->open) == 0)
        return;
    s->requests = w->open_requests;
    s->failures = w->open_failures;
    s->min_ns = w->open.min_ns;
    s->max_ns = w->open.max_ns;
    s->n_items = count_items(&w->open);
    if (s->n_items > 0) {
        s->items = acri_alloc(s->n_items * sizeof(*s->items));
        list_items(&w->open, s->items);
    }
    w->open_requests = w->open_failures = 0;
    acri_histogram_clear(&w->open);
}

void acri_window_drop(struct acri_window *w, size_t slot)
{
    free(w->slots[slot].items);
    w->slots[slot] = (struct acri_window_slot){ 0 };
}

void acri_window_clear(struct acri_window *w)
{
    for (size_t i = 0; i < ACRI_WINDOW_SLOTS; i++)
        acri_window_drop(w, i);
    w->open_requests = w->open_failures = 0;
    acri_histogram_clear(&w->open);
}

uint64_t acri_window_requests(const struct acri_window *w)
{
    uint64_t n = 0;

    for (size_t i = 0; i < ACRI_WINDOW_SLOTS; i++)
        n += w->slots[i].requests;
    return n;
}

uint64_t acri_window_failures(const struct acri_window *w)
{
    uint64_t n = 0;

    for (size_t i = 0; i < ACRI_WINDOW_SLOTS; i++)
        n += w->slots[i].failures;
    return n;
}

void acri_window_times(const struct acri_window *w, struct acri_histogram *into)
{
    for (size_t i = 0; i < ACRI_WINDOW_SLOTS; i++) {
        const struct acri_window_slot *s = &w->slots[i];

        for (size_t j = 0; j < s->n_items; j++)
            acri_histogram_put(into, s->items[j] >> 16, s->items[j] & ITEM_MAX);
        if (s->n_items > 0)
            acri_histogram_widen(into, s->min_ns, s->max_ns);
    }
}

size_t acri_window_bytes(const struct acri_window *w)
{
    size_t bytes = acri_histogram_bytes(&w->open);

    for (size_t i = 0; i < ACRI_WINDOW_SLOTS; i++)
        bytes += w->slots[i].n_items * sizeof(*w->slots[i].items);
    return bytes;
}
