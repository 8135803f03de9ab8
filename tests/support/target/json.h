/* SPDX-License-Identifier: MIT */
/* The little JSON the target needs: writing strings, reading one member of an object. */
#ifndef ACRIDA_TARGET_JSON_H
#define ACRIDA_TARGET_JSON_H

#include "buffer.h"

/* Appends a quoted JSON string; bytes that are not UTF-8 become U+FFFD. */
void target_json_string(struct target_buffer *buffer, struct target_text text);

/* Finds the string member `name` of the object in `json`. The value is the raw
 * text between its quotes, escapes untouched. False when there is none. */
bool target_json_member(struct target_text json, const char *name, struct target_text *value);

#endif
