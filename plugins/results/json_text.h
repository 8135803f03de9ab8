/* SPDX-License-Identifier: MIT */
/*
 * JSON text in memory, which is the same for the same values: members in the order of the calls,
 * numbers as the shortest text that reads back the same, what is no UTF-8 replaced.
 *
 * A key is NULL within an array.
 */
#ifndef ACRIDA_RESULTS_JSON_TEXT_H
#define ACRIDA_RESULTS_JSON_TEXT_H

#include "results/csv_text.h"

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialised is empty. The text is freed by csv_text_done. */
struct json_text {
    struct csv_text text;
    unsigned depth;
    bool has_members; /* of what is open */
};

/* Open and close an object ('{') or array ('['). Down to the second level each member has a line of
 * its own. */
void json_text_open(struct json_text *j, const char *key, char bracket);
void json_text_close(struct json_text *j, char bracket);

void json_text_string(struct json_text *j, const char *key, const char *text);
void json_text_span(struct json_text *j, const char *key, const char *text, size_t bytes);
void json_text_count(struct json_text *j, const char *key, uint64_t n);
/* null when it is not finite. */
void json_text_number(struct json_text *j, const char *key, double number);
/* The same with so many significant digits. */
void json_text_rounded(struct json_text *j, const char *key, double number, int digits);
void json_text_null(struct json_text *j, const char *key);
void json_text_bool(struct json_text *j, const char *key, bool is_true);
/* How many bytes of UTF-8 a character has; 0 when it is none. */
size_t json_text_character(const unsigned char *at, size_t left);
/* The end of the outermost: a newline. */
void json_text_end(struct json_text *j);

#endif
