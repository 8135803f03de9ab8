/* SPDX-License-Identifier: MIT */
/*
 * Responses: making them, settling their samples, and what a scenario asks of them.
 *
 * A response lives in the task's memory, so that acr_rewind frees it. One that is to be settled
 * later (catch_response), or is large, is "kept" outside of it until the task is done or its memory
 * was rewound.
 */
#ifndef ACRIDA_HTTP_RESPONSE_H
#define ACRIDA_HTTP_RESPONSE_H

#include "prepare.h"
#include "user.h"

struct http_response {
    struct acr_response shown; /* what the scenario sees */
    struct acr_user *u;
    const char *head; /* as in struct http_exchange */
    size_t head_bytes;
    const struct acr_json *json; /* parsed at the first question */
    struct http_kept *kept;      /* NULL: in the task's memory */
};

/* The response of an exchange that is over, settled or put among the kept. Never NULL. */
struct acr_response *http_response_make(struct http_exchange *x, const struct http_plan *plan,
                                        struct http_span first_url, int redirects);

/* A response with nothing but an error, whose sample (NULL = none) is settled as failed. */
struct acr_response *http_response_refuse(struct acr_user *u, struct acr_sample *sample,
                                          const char *method, const char *name, const char *error);

/* Settles and frees the kept responses of `u` (NULL: of all), or those whose memory it has rewound.
 */
void http_response_end_all(struct http_user *user, const struct acr_user *u);
void http_response_end_rewound(struct http_user *user, struct acr_user *u);

#endif
