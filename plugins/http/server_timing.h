/* SPDX-License-Identifier: MIT */
/* The Server-Timing header of a response: what a server says that its parts took (W3C Server
 * Timing). */
#ifndef ACRIDA_HTTP_SERVER_TIMING_H
#define ACRIDA_HTTP_SERVER_TIMING_H

#include <stdbool.h>
#include <stddef.h>

struct http_server_timing {
    const char *name; /* a token, borrowed from the header */
    size_t name_bytes;
    double ms;
    bool has_ms; /* a duration was given, and is a number */
};

/*
 * The next metric of a header such as `db;dur=53.2, app;dur=47.2;desc="a, b"`; what is not
 * well-formed is skipped.
 *
 * Returns: where to go on; NULL when there is none any more.
 */
const char *http_server_timing_next(const char *at, struct http_server_timing *ret_metric);

/* A finite decimal number with nothing but blanks around it. Returns: false when it is not one. */
bool http_server_timing_number(const char *text, size_t bytes, double *ret_number);

#endif
