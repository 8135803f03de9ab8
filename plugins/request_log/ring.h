/* SPDX-License-Identifier: MIT */
/*
 * From one loop thread to the writer, without locks: the bytes of requests, as they are told. What
 * does not fit is dropped and counted: a loop never waits.
 */
#ifndef ACRIDA_REQUEST_LOG_RING_H
#define ACRIDA_REQUEST_LOG_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct acr_request_event;

#define RING_BYTES (4u << 20)
/* Longer texts are cut. */
#define RING_TEXT_MAX 2000u

enum ring_text {
    RING_TYPE,
    RING_NAME,
    RING_ERROR,
    RING_URL,
    RING_CONTEXT,
    RING_USER_TYPE,
    RING_TEXTS
};

/* A request; its texts follow it, each with a terminating zero. */
struct ring_record {
    uint32_t bytes; /* with its texts, a multiple of 8; the rest up to the end, when is_gap */
    bool is_gap;    /* nothing: the next one is at the start */
    bool has_time;
    bool has_error;
    int32_t status;
    uint64_t time_us; /* since the epoch */
    uint64_t response_time_ns;
    uint64_t corrected_ns;
    uint64_t lateness_ns;
    uint64_t response_bytes;
    uint64_t user;
    uint16_t lengths[RING_TEXTS];
};

struct ring;

/* Returns: NULL when there is no memory. */
struct ring *ring_new(void);
void ring_free(struct ring *r);

/* The loop's side. */
void ring_put(struct ring *r, const struct acr_request_event *e, const char *user_type,
              uint64_t user);

/* The writer's side: the oldest, NULL when there is none; then forget it. */
const struct ring_record *ring_first(struct ring *r);
const char *ring_text(const struct ring_record *x, enum ring_text which);
void ring_drop_first(struct ring *r);

/* Any thread. */
uint64_t ring_n_dropped(struct ring *r);

#endif
