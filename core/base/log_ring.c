/* SPDX-License-Identifier: MIT */
#include "base/log_ring.h"

#include "base/check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct line {
    enum acri_log_level level;
    double unix_s;
    char *source;
    char *text;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct line lines[ACRI_LOG_RING_LINES];
static uint64_t n_lines; /* ever */

void acri_log_ring_put(double unix_s, enum acri_log_level level, const char *source,
                       const char *text)
{
    struct line new = {
        .level = level, .unix_s = unix_s, .source = acri_strdup(source), .text = acri_strdup(text)
    };
    struct line old;

    pthread_mutex_lock(&lock);
    old = lines[n_lines % ACRI_LOG_RING_LINES];
    lines[n_lines++ % ACRI_LOG_RING_LINES] = new;
    pthread_mutex_unlock(&lock);
    free(old.source);
    free(old.text);
}

bool acri_log_ring_get(uint64_t *index, struct acri_log_ring_line *ret_line)
{
    const struct line *line;
    bool is_there;

    pthread_mutex_lock(&lock);
    if (n_lines > ACRI_LOG_RING_LINES && *index < n_lines - ACRI_LOG_RING_LINES)
        *index = n_lines - ACRI_LOG_RING_LINES;
    is_there = *index < n_lines;
    if (is_there) {
        line = &lines[*index % ACRI_LOG_RING_LINES];
        ret_line->level = line->level;
        ret_line->unix_s = line->unix_s;
        snprintf(ret_line->source, sizeof(ret_line->source), "%s", line->source);
        snprintf(ret_line->text, sizeof(ret_line->text), "%s", line->text);
    }
    pthread_mutex_unlock(&lock);
    return is_there;
}
