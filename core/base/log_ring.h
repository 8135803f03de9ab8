/* SPDX-License-Identifier: MIT */
/*
 * The last lines of the log, for those who come later: the log puts them in, a page reads them.
 * Thread: any.
 */
#ifndef ACRIDA_BASE_LOG_RING_H
#define ACRIDA_BASE_LOG_RING_H

#include "base/log.h"

#include <stddef.h>

#define ACRI_LOG_RING_LINES 1000u
#define ACRI_LOG_RING_TEXT 4096u /* bytes of a line, with its NUL; more are cut */

struct acri_log_ring_line {
    enum acri_log_level level;
    double unix_s;
    char source[96];
    char text[ACRI_LOG_RING_TEXT];
};

/* Keep a line. Never logs. */
void acri_log_ring_put(double unix_s, enum acri_log_level level, const char *source,
                       const char *text);

/* The first line at or after *index, which becomes its number; they are numbered from 0 since the
 * start of the process. Returns: false: there is none. */
bool acri_log_ring_get(uint64_t *index, struct acri_log_ring_line *ret_line);

#endif
