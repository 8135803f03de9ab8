/* SPDX-License-Identifier: MIT */
/*
 * Names and errors come from scenarios and servers: any bytes. Cleaned they are UTF-8 without
 * anything that a terminal obeys, and different ones stay different: a byte that cannot stay is
 * U+FFFD and its two hexadecimal digits; U+FFFD itself is followed by a 'u'.
 */
#ifndef ACRIDA_RESULTS_CLEAN_TEXT_H
#define ACRIDA_RESULTS_CLEAN_TEXT_H

#include "results/csv_text.h"

/* Append the character that begins here, clean. Returns: how many bytes it was. */
size_t clean_text_character(struct csv_text *t, const char *at);
/* Append one byte as U+FFFD and its digits. */
void clean_text_byte(struct csv_text *t, char byte);
/* All of it; what is in `banned` (printable ASCII) becomes digits, too. */
void clean_text(struct csv_text *t, const char *text, const char *banned);

#endif
