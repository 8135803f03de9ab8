/* SPDX-License-Identifier: MIT */
/*
 * A worker's warnings and errors on their way to its master: any thread logs, main hands them over.
 * At most so many in a time; of the others the number is told.
 */
#ifndef ACRIDA_DIST_LOG_RELAY_H
#define ACRIDA_DIST_LOG_RELAY_H

#include "base/buf.h"
#include "base/log.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACRI_LOG_RELAY_MESSAGE ".log"
#define ACRI_LOG_RELAY_LINES 50u
#define ACRI_LOG_RELAY_NS (10 * 1000000000ull)
#define ACRI_LOG_RELAY_TEXT 4096u /* bytes of a line, with its NUL; more are cut */

/* One line; of another process too. */
struct acri_log_relay_line {
    enum acri_log_level level;
    char source[64];
    char text[ACRI_LOG_RELAY_TEXT];
};

struct acri_log_relay {
    pthread_mutex_t lock;
    struct acri_log_relay_line *lines; /* ACRI_LOG_RELAY_LINES elements, used as a ring */
    size_t first;
    size_t n;
    uint64_t since_ns;   /* when the time began; 0 = no line yet */
    unsigned n_in_time;  /* lines since */
    uint64_t n_left_out; /* not told yet */
};

void acri_log_relay_init(struct acri_log_relay *r);
void acri_log_relay_done(struct acri_log_relay *r);

/* Keep a line; below a warning it is left out. Thread: any. Never logs. */
void acri_log_relay_put(struct acri_log_relay *r, uint64_t now_ns, enum acri_log_level level,
                        const char *source, const char *text);
/*
 * The next line, or one that says how many were left out: of the time that is over, with is_last
 * also of this one. Thread: any. Returns: false: there is none.
 */
bool acri_log_relay_take(struct acri_log_relay *r, uint64_t now_ns, bool is_last,
                         struct acri_log_relay_line *ret_line);

/* As the bytes of a message, and back. Returns: false: they are not a line's. */
void acri_log_relay_pack(struct acri_buf *b, const struct acri_log_relay_line *line);
bool acri_log_relay_unpack(struct acri_log_relay_line *line, const void *bytes, size_t n);

#endif
