/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include "base/clock.h"
#include "base/log_ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Set before threads start, and by the main thread only. */
static enum acri_log_level lowest = ACRI_LOG_INFO;
static int log_fd = STDERR_FILENO;
static void (*copy_to)(void *arg, enum acri_log_level level, const char *source, const char *text);
static void *copy_arg;
static bool must_clear_screen;
/* Whether this thread is in that function. */
static _Thread_local bool is_copying;

void acri_log_set_level(enum acri_log_level level)
{
    lowest = level;
}

bool acri_log_is_on(enum acri_log_level level)
{
    return level >= lowest;
}

int acri_log_open(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

    if (fd < 0)
        return -errno;
    acri_log_close();
    log_fd = fd;
    return 0;
}

void acri_log_close(void)
{
    if (log_fd != STDERR_FILENO)
        close(log_fd);
    log_fd = STDERR_FILENO;
}

void acri_log_clear_screen(bool must_clear)
{
    __atomic_store_n(&must_clear_screen, must_clear, __ATOMIC_RELAXED);
}

void acri_log_copy_to(void (*function)(void *arg, enum acri_log_level level, const char *source,
                                       const char *text),
                      void *arg)
{
    copy_to = function;
    copy_arg = arg;
}

static void copy(enum acri_log_level level, const char *source, const char *text)
{
    if (copy_to == NULL || is_copying)
        return;
    is_copying = true;
    copy_to(copy_arg, level, source, text);
    is_copying = false;
}

static const char *level_name(enum acri_log_level level)
{
    static const char *const names[] = { "", "DEBUG", "INFO", "WARNING", "ERROR" };

    return level >= ACRI_LOG_DEBUG && level <= ACRI_LOG_ERROR ? names[level] : "INFO";
}

static size_t write_head(char *line, size_t size, enum acri_log_level level, const char *source)
{
    char host[65] = "localhost";
    char when[32];
    uint64_t now_ns = acri_clock_real_ns();
    time_t seconds = (time_t)(now_ns / ACRI_NS_PER_S);
    struct tm local;
    bool must_clear = __atomic_load_n(&must_clear_screen, __ATOMIC_RELAXED);
    int n;

    localtime_r(&seconds, &local);
    strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &local);
    gethostname(host, sizeof(host) - 1);
    n = snprintf(line, size,
                 "%s[%s,%03u] %s/%s/%s: ", must_clear && log_fd == STDERR_FILENO ? "\r\033[J" : "",
                 when, (unsigned)(now_ns / ACRI_NS_PER_MS % 1000), host, level_name(level), source);
    return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

static void keep(enum acri_log_level level, const char *source, const char *text)
{
    acri_log_ring_put((double)acri_clock_real_ns() / 1e9, level, source, text);
}

/* worker: who logged it; NULL = this process. */
static __attribute__((format(printf, 4, 0))) void write_line(enum acri_log_level level,
                                                             const char *worker, const char *source,
                                                             const char *format, va_list args)
{
    char line[4096];
    size_t head;
    size_t own;
    size_t length;
    int n;

    if (!acri_log_is_on(level))
        return;
    head = own = write_head(line, sizeof(line) - 1, level, source);
    if (worker != NULL) {
        n = snprintf(line + head, sizeof(line) - 1 - head, "worker %s: ", worker);
        own += n > 0 && (size_t)n < sizeof(line) - 1 - head ? (size_t)n : 0;
    }
    n = vsnprintf(line + own, sizeof(line) - 1 - own, format, args);
    length = own + (n > 0 ? (size_t)n : 0);
    if (length > sizeof(line) - 2)
        length = sizeof(line) - 2;
    /* Text from servers and scenarios may carry terminal sequences; tabs and newlines are harmless.
     */
    for (size_t i = head; i < length; i++)
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t' && line[i] != '\n') ||
            line[i] == 0x7f)
            line[i] = '?';
    line[length] = '\n';
    /* One write, so that lines of several threads do not mix. */
    if (write(log_fd, line, length + 1) < 0) {
        /* There is nobody to tell. */
    }
    line[length] = '\0';
    keep(level, worker != NULL ? worker : source, line + own);
    copy(level, source, line + head);
}

void acri_logv(enum acri_log_level level, const char *source, const char *format, va_list args)
{
    write_line(level, NULL, source, format, args);
}

static __attribute__((format(printf, 4, 5))) void write_relayed(enum acri_log_level level,
                                                                const char *worker,
                                                                const char *source,
                                                                const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_line(level, worker, source, format, args);
    va_end(args);
}

void acri_log_relayed(enum acri_log_level level, const char *worker, const char *source,
                      const char *text)
{
    write_relayed(level, worker, source, "%s", text);
}

void acri_log(enum acri_log_level level, const char *source, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    acri_logv(level, source, format, args);
    va_end(args);
}

bool acri_log_may(struct acri_log_limit *limit, uint64_t now_ns, uint64_t interval_ns,
                  uint64_t *ret_n_left_out)
{
    if (now_ns < limit->next_ns) {
        limit->n_left_out++;
        return false;
    }
    *ret_n_left_out = limit->n_left_out;
    limit->n_left_out = 0;
    limit->next_ns = now_ns + interval_ns;
    return true;
}
