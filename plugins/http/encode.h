/* SPDX-License-Identifier: MIT */
/* Percent-encoding, forms and base64. All append to a text and return false when out of memory. */
#ifndef ACRIDA_HTTP_ENCODE_H
#define ACRIDA_HTTP_ENCODE_H

#include "text.h"

/* For use inside a path segment or a query: all but letters, digits and "-._~" is encoded. */
bool http_encode_component(struct http_text *out, const char *text);

/* For what is already a URL: only what may never stand in one is encoded, "%41" is left alone. */
bool http_encode_url(struct http_text *out, const char *text, size_t bytes);

/* "name=value", with & before it unless it is the first in `out`. */
bool http_encode_pair(struct http_text *out, const char *name, const char *value);

/* Undo percent-encoding; what is not valid stays as it is. */
bool http_encode_undo(struct http_text *out, const char *text, size_t bytes);

bool http_encode_base64(struct http_text *out, const char *data, size_t bytes);

#endif
