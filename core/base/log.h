/* SPDX-License-Identifier: MIT */
/*
 * The log: one line per record, "[time] host/LEVEL/source: text", to stderr or a file.
 */
#ifndef ACRIDA_BASE_LOG_H
#define ACRIDA_BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

/* The values of enum acr_log_level. */
enum acri_log_level {
    ACRI_LOG_DEBUG = 1,
    ACRI_LOG_INFO = 2,
    ACRI_LOG_WARNING = 3,
    ACRI_LOG_ERROR = 4,
};

/* Records below the level are dropped. The default is info. */
void acri_log_set_level(enum acri_log_level level);
bool acri_log_is_on(enum acri_log_level level);

/* Append to a file from now on. Returns: 0 or a negative errno. */
int acri_log_open(const char *path);
void acri_log_close(void);

/* What stands on the screen below the cursor is cleared before each record that goes to stderr.
 * Thread: any. */
void acri_log_clear_screen(bool must_clear);

/*
 * Give each record that is written to a function, too: after its level was found high enough, as it
 * was written, without head and newline. It is called on whichever thread logs; what it logs itself
 * is not given to it. NULL ends it. Thread: main, while no other thread logs.
 */
void acri_log_copy_to(void (*function)(void *arg, enum acri_log_level level, const char *source,
                                       const char *text),
                      void *arg);

/* Write one record; source names who speaks ("acrida", "shop"). Control characters are made
 * visible. Thread: any. */
void acri_log(enum acri_log_level level, const char *source, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void acri_logv(enum acri_log_level level, const char *source, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* The same for what a worker has logged: its line names the worker, too, and among the last lines
 * (base/log_ring.h) the worker is its source. */
void acri_log_relayed(enum acri_log_level level, const char *worker, const char *source,
                      const char *text);

#define acri_log_debug(...) acri_log(ACRI_LOG_DEBUG, "acrida", __VA_ARGS__)
#define acri_log_info(...) acri_log(ACRI_LOG_INFO, "acrida", __VA_ARGS__)
#define acri_log_warning(...) acri_log(ACRI_LOG_WARNING, "acrida", __VA_ARGS__)
#define acri_log_error(...) acri_log(ACRI_LOG_ERROR, "acrida", __VA_ARGS__)

/* At most one record per interval from one place; owned by one thread. */
struct acri_log_limit {
    uint64_t next_ns;
    uint64_t n_left_out;
};
/* Whether to speak now; *ret_n_left_out is the number of records left out since the last one. */
bool acri_log_may(struct acri_log_limit *limit, uint64_t now_ns, uint64_t interval_ns,
                  uint64_t *ret_n_left_out);

#endif
