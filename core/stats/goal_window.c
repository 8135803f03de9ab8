/* SPDX-License-Identifier: MIT */
#include "stats/goal_window.h"

#include <stdlib.h>
#include <string.h>

#define SHORTEST_SLICE_NS 1000000000ull
#define SLICES_PER_WINDOW 60u

void acri_goal_window_init(struct acri_goal_window *w, const struct acri_goal_spec *spec,
                           uint64_t length_ns)
{
    *w = (struct acri_goal_window){ .length_ns = length_ns, .slice_ns = SHORTEST_SLICE_NS };
    if (length_ns / SLICES_PER_WINDOW > SHORTEST_SLICE_NS)
        w->slice_ns = length_ns / SLICES_PER_WINDOW;
    if (!acri_goal_source_has_keys(spec))
        return;
    w->n_keys = acri_goal_source_n_keys(spec);
    w->keys = acri_alloc(w->n_keys * sizeof(*w->keys));
    w->last_keys = acri_alloc(w->n_keys * sizeof(*w->last_keys));
}

void acri_goal_window_done(struct acri_goal_window *w)
{
    for (size_t i = 0; i < ACRI_GOAL_SLICES; i++) {
        free(w->slices[i].keys);
        free(w->slices[i].n_of_key);
    }
    free(w->keys);
    free(w->last_keys);
    *w = (struct acri_goal_window){ .length_ns = 0 };
}

static void note_key(void *arg, uint32_t key, uint64_t n)
{
    struct acri_goal_window *w = arg;

    w->last_keys[key] = n;
}

void acri_goal_window_begin(struct acri_goal_window *w, const struct acri_goal_reading *reading,
                            uint64_t now_ns)
{
    w->first = w->n = 0;
    w->counts = (struct acri_goal_counts){ 0 };
    w->last = reading->counts;
    w->start_ns = w->end_ns = now_ns;
    if (w->n_keys == 0)
        return;
    memset(w->keys, 0, w->n_keys * sizeof(*w->keys));
    memset(w->last_keys, 0, w->n_keys * sizeof(*w->last_keys));
    acri_goal_source_keys(reading, note_key, w);
}

/* --- slices
 * ---------------------------------------------------------------------------------------- */

static struct acri_goal_slice *slice_at(struct acri_goal_window *w, size_t i)
{
    return &w->slices[(w->first + i) % ACRI_GOAL_SLICES];
}

static void drop_oldest(struct acri_goal_window *w)
{
    struct acri_goal_slice *s = slice_at(w, 0);

    acri_goal_counts_subtract(&w->counts, &s->counts);
    for (size_t i = 0; i < s->n_keys; i++)
        w->keys[s->keys[i]] -= s->n_of_key[i];
    w->first = (w->first + 1) % ACRI_GOAL_SLICES;
    w->n--;
    w->start_ns = w->n > 0 ? slice_at(w, 0)->start_ns : w->end_ns;
}

static void put_key(struct acri_goal_slice *s, uint32_t key, uint64_t n)
{
    if (s->n_keys == s->capacity) {
        s->capacity = s->capacity > 0 ? s->capacity * 2 : 32;
        s->keys = acri_realloc(s->keys, s->capacity * sizeof(*s->keys));
        s->n_of_key = acri_realloc(s->n_of_key, s->capacity * sizeof(*s->n_of_key));
    }
    s->keys[s->n_keys] = key;
    s->n_of_key[s->n_keys++] = (uint32_t)n;
}

struct adding {
    struct acri_goal_window *w;
    struct acri_goal_slice *slice; /* NULL = none is kept */
};

static void add_key(void *arg, uint32_t key, uint64_t n)
{
    struct adding *a = arg;
    uint64_t more = n - a->w->last_keys[key];

    if (more == 0)
        return;
    a->w->last_keys[key] = n;
    a->w->keys[key] += more;
    for (; a->slice != NULL && more > 0; more -= more < UINT32_MAX ? more : UINT32_MAX)
        put_key(a->slice, key, more < UINT32_MAX ? more : UINT32_MAX);
}

/* What has happened since the last slice becomes one. */
static void add_slice(struct acri_goal_window *w, const struct acri_goal_reading *reading,
                      uint64_t now_ns)
{
    struct adding a = { .w = w };
    struct acri_goal_counts counts = reading->counts;

    acri_goal_counts_subtract(&counts, &w->last);
    if (w->length_ns > 0) {
        a.slice = slice_at(w, w->n++);
        a.slice->start_ns = w->end_ns;
        a.slice->counts = counts;
        a.slice->n_keys = 0;
    }
    acri_goal_counts_add(&w->counts, &counts);
    w->last = reading->counts;
    if (w->n_keys > 0)
        acri_goal_source_keys(reading, add_key, &a);
    w->end_ns = now_ns;
}

bool acri_goal_window_step(struct acri_goal_window *w, const struct acri_goal_reading *reading,
                           uint64_t now_ns)
{
    uint64_t slack_ns = w->slice_ns / 2;

    if (w->length_ns == 0) {
        add_slice(w, reading, now_ns);
        return w->end_ns > w->start_ns;
    }
    if (now_ns < w->end_ns + w->slice_ns - w->slice_ns / 20)
        return false;
    /* Late ticks make it a little longer than it should be, not one slice shorter. */
    while (w->n > 0 && (w->n == ACRI_GOAL_SLICES || now_ns - w->start_ns > w->length_ns + slack_ns))
        drop_oldest(w);
    add_slice(w, reading, now_ns);
    return now_ns - w->start_ns + slack_ns >= w->length_ns;
}
