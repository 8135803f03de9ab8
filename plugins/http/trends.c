/* SPDX-License-Identifier: MIT */
/* Numbers in response headers that are kept as trends. */
#include "trends.h"

#include "server_timing.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <strings.h>

enum { NUMBERS_MAX = 64, NAME_MAX_BYTES = 64 };

static const char separators[] = " ,\t\n";
static const char server_timing[] = "Server-Timing";

struct taking {
    http_trends_fn *fn;
    void *arg;
    int n_left;
};

/* The next word; its bytes are 0 at the end. */
static const char *next_word(const char *at, size_t *ret_bytes)
{
    at += strspn(at, separators);
    *ret_bytes = strcspn(at, separators);
    return at;
}

static bool lists(const char *list, const char *name, size_t name_bytes)
{
    size_t bytes;

    if (list == NULL) {
        return false;
    }
    for (list = next_word(list, &bytes); bytes > 0; list = next_word(list + bytes, &bytes)) {
        if (bytes == name_bytes && strncasecmp(list, name, bytes) == 0) {
            return true;
        }
    }
    return false;
}

static void give(struct taking *t, const char *name, double value)
{
    if (t->n_left > 0) {
        t->n_left--;
        t->fn(t->arg, name, value);
    }
}

static void take_timing(struct taking *t, const char *value)
{
    struct http_server_timing metric;
    char name[sizeof server_timing + 1 + NAME_MAX_BYTES];

    while (t->n_left > 0 && (value = http_server_timing_next(value, &metric)) != NULL) {
        if (metric.has_ms && metric.name_bytes <= NAME_MAX_BYTES) {
            snprintf(name, sizeof name, "%s %.*s", server_timing, (int)metric.name_bytes,
                     metric.name);
            give(t, name, metric.ms);
        }
    }
}

static void take_number(struct taking *t, const char *word, size_t word_bytes, const char *value)
{
    char name[NAME_MAX_BYTES + 1];
    double number;

    if (word_bytes < sizeof name && http_server_timing_number(value, strlen(value), &number)) {
        memcpy(name, word, word_bytes);
        name[word_bytes] = '\0';
        give(t, name, number);
    }
}

/* All lines of the head with that name. */
static void take_header(struct taking *t, const char *word, size_t bytes, const char *head,
                        size_t head_bytes)
{
    bool is_timing =
        bytes == sizeof server_timing - 1 && strncasecmp(word, server_timing, bytes) == 0;

    for (const char *line = head; line < head + head_bytes; line += strlen(line) + 1) {
        if (strncasecmp(line, word, bytes) != 0 || line[bytes] != ':') {
            continue;
        }
        if (is_timing) {
            take_timing(t, line + bytes + 1);
        } else {
            take_number(t, word, bytes, line + bytes + 1);
        }
    }
}

void http_trends_each(const char *list, const char *more, const char *head, size_t head_bytes,
                      http_trends_fn *fn, void *arg)
{
    struct taking t = { fn, arg, NUMBERS_MAX };
    const char *both[] = { list, more };

    for (size_t i = 0; i < 2; i++) {
        size_t bytes = 0;
        const char *word = both[i] == NULL ? "" : next_word(both[i], &bytes);
        for (; bytes > 0; word = next_word(word + bytes, &bytes)) {
            if (i == 0 || !lists(list, word, bytes)) {
                take_header(&t, word, bytes, head, head_bytes);
            }
        }
    }
}
