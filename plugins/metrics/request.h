/* SPDX-License-Identifier: MIT */
/* What a client asks for: the head of an HTTP request, and whether it may. */
#ifndef ACRIDA_METRICS_REQUEST_H
#define ACRIDA_METRICS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

struct metrics_request {
    char method[8];
    char path[64];    /* without its query; cut: longer ones are not ours */
    char accept[512]; /* "" = none, or too long */
    char token[256];  /* of "Authorization: Bearer TOKEN" */
    char host[256];   /* as in the header, with its port */
};

/* Read a head, which ends with an empty line. Returns: whether it is one. */
bool metrics_request_read(struct metrics_request *r, const char *head, size_t bytes);

/*
 * Whether it gets the page. token: what is asked for; NULL = nothing: then the host must be an
 * address or localhost, because a page of somebody else whose name leads here has that name there.
 *
 * Returns: the status of the answer: 200, or 401, 403, 404, 405.
 */
int metrics_request_judge(const struct metrics_request *r, const char *token);

#endif
