/* SPDX-License-Identifier: MIT */
/* The run-wide --http-... options. */
#ifndef ACRIDA_HTTP_OPTIONS_H
#define ACRIDA_HTTP_OPTIONS_H

#include "profile.h"

/* What the plugin's descriptor lists. */
#define HTTP_OPTIONS_COUNT 12
/* What fits into a sockaddr_un, with its NUL. */
#define HTTP_OPTIONS_SOCKET_PATH 108
extern const struct acr_option http_options_table[HTTP_OPTIONS_COUNT];

/* Complains about each unusable option in one line. Returns: 0 or -EINVAL. */
int http_options_check(void);

/* Settings before any user type has its say. */
void http_options_read(struct http_settings *ret_settings);

/* A time limit that fits into any unit: 0, none, for what is negative or beyond 30 years. */
double http_options_limit(double seconds);

/* NULL, or why a text cannot be the address of a proxy. */
const char *http_options_proxy(const char *text);

/* "auto", "curl" or "fast"; NULL and "" change nothing. Returns: false when it is something else.
 */
bool http_options_engine(const char *text, enum http_engine_kind *ret_engine);

/* "1.1" or "2"; NULL and "" mean any. Returns: false when it is something else. */
bool http_options_version(const char *text, enum http_version *ret_version);

#endif
