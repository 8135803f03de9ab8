/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <acrida/events.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct ring {
    /* Bytes put and taken, ever. Each side has its own line of the cache. */
    _Alignas(64) atomic_size_t put;
    size_t taken_seen; /* the loop's: at least so much was taken */
    atomic_uint_fast64_t n_dropped;
    _Alignas(64) atomic_size_t taken;
    _Alignas(64) unsigned char data[RING_BYTES];
};

struct ring *ring_new(void)
{
    struct ring *r = aligned_alloc(64, sizeof(struct ring));

    if (r == NULL)
        return NULL;
    atomic_init(&r->put, 0);
    atomic_init(&r->taken, 0);
    atomic_init(&r->n_dropped, 0);
    r->taken_seen = 0;
    return r; /* its data is touched as it is used */
}

void ring_free(struct ring *r)
{
    free(r);
}

static bool has_room(struct ring *r, size_t put, size_t bytes)
{
    if (put + bytes - r->taken_seen <= RING_BYTES)
        return true;
    r->taken_seen = atomic_load_explicit(&r->taken, memory_order_acquire);
    return put + bytes - r->taken_seen <= RING_BYTES;
}

static void fill(struct ring_record *x, const struct acr_request_event *e, const char *const *texts)
{
    char *to = (char *)(x + 1);

    x->is_gap = false;
    x->has_time = e->has_time;
    x->has_error = e->error != NULL;
    x->status = e->status;
    x->time_us = (uint64_t)(e->start_unix_s * 1e6);
    x->response_time_ns = e->response_time_ns;
    x->corrected_ns = e->corrected_ns;
    x->lateness_ns = e->lateness_ns;
    x->response_bytes = e->bytes;
    for (int i = 0; i < RING_TEXTS; i++) {
        memcpy(to, texts[i], x->lengths[i]);
        to[x->lengths[i]] = '\0';
        to += x->lengths[i] + 1;
    }
}

/* Half a character is left out. */
static uint16_t length_of(const char *text)
{
    size_t n = strnlen(text, RING_TEXT_MAX);

    for (int i = 0; n == RING_TEXT_MAX - (size_t)i && i < 3 && (text[n] & 0xc0) == 0x80; i++)
        n--;
    return (uint16_t)n;
}

void ring_put(struct ring *r, const struct acr_request_event *e, const char *user_type,
              uint64_t user)
{
    const char *const texts[RING_TEXTS] = {
        [RING_TYPE] = e->type,
        [RING_NAME] = e->name,
        [RING_ERROR] = e->error != NULL ? e->error : "",
        [RING_URL] = e->url != NULL ? e->url : "",
        [RING_CONTEXT] = e->context,
        [RING_USER_TYPE] = user_type,
    };
    size_t put = atomic_load_explicit(&r->put, memory_order_relaxed);
    size_t at = put % RING_BYTES;
    struct ring_record head = { .user = user };
    size_t bytes = sizeof(head);
    size_t gap;

    for (int i = 0; i < RING_TEXTS; i++) {
        head.lengths[i] = length_of(texts[i]);
        bytes += head.lengths[i] + 1u;
    }
    bytes = (bytes + 7) & ~(size_t)7;
    gap = at + bytes > RING_BYTES ? RING_BYTES - at : 0;
    if (!has_room(r, put, gap + bytes)) {
        atomic_fetch_add_explicit(&r->n_dropped, 1, memory_order_relaxed);
        return;
    }
    if (gap >= sizeof(uint64_t)) {
        const struct ring_record mark = { .bytes = (uint32_t)gap, .is_gap = true };

        memcpy(r->data + at, &mark, sizeof(uint64_t));
    }
    at = (at + gap) % RING_BYTES;
    head.bytes = (uint32_t)bytes;
    memcpy(r->data + at, &head, sizeof(head));
    fill((struct ring_record *)(void *)(r->data + at), e, texts);
    atomic_store_explicit(&r->put, put + gap + bytes, memory_order_release);
}

/* --- the writer
 * --------------------------------------------------------------------------------------- */

static const struct ring_record *oldest(struct ring *r)
{
    size_t taken = atomic_load_explicit(&r->taken, memory_order_relaxed);

    if (taken == atomic_load_explicit(&r->put, memory_order_acquire))
        return NULL;
    return (const struct ring_record *)(const void *)(r->data + taken % RING_BYTES);
}

void ring_drop_first(struct ring *r)
{
    const struct ring_record *x = oldest(r);

    if (x != NULL)
        atomic_fetch_add_explicit(&r->taken, x->bytes, memory_order_release);
}

const struct ring_record *ring_first(struct ring *r)
{
    const struct ring_record *x = oldest(r);

    if (x == NULL || !x->is_gap)
        return x;
    ring_drop_first(r);
    return oldest(r);
}

const char *ring_text(const struct ring_record *x, enum ring_text which)
{
    const char *at = (const char *)(x + 1);

    for (int i = 0; i < (int)which; i++)
        at += x->lengths[i] + 1;
    return at;
}

uint64_t ring_n_dropped(struct ring *r)
{
    return atomic_load_explicit(&r->n_dropped, memory_order_relaxed);
}
