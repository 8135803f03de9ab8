/* SPDX-License-Identifier: MIT */
/* Answers and events in little. Thread: any. */
#ifndef ACRIDA_WEB_GZIP_H
#define ACRIDA_WEB_GZIP_H

#include "results/csv_text.h"

#include <stdbool.h>
#include <stddef.h>

/* Less than this is sent as it is. */
#define WEB_GZIP_MIN 1024u

/* Whether a client takes it. accept: its Accept-Encoding; NULL = it has none. */
bool web_gzip_is_taken(const char *accept);

/* Append all of a text. Without memory the result is incomplete. */
void web_gzip_append(struct csv_text *to, const char *text, size_t n);

/*
 * A stream without an end: the head, then pieces, each readable when it has come. A piece does not
 * refer to those before it, so that one is for all clients, whatever each has had so far.
 */
void web_gzip_append_head(struct csv_text *to);
void web_gzip_append_piece(struct csv_text *to, const char *text, size_t n);

#endif
