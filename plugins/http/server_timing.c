/* SPDX-License-Identifier: MIT */
/* The Server-Timing header of a response. */
#include "server_timing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LONGEST_NUMBER = 63 };

static bool is_token(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

static const char *skip_token(const char *at)
{
    while (is_token(*at)) {
        at++;
    }
    return at;
}

/* `at` is at a quote. Returns: behind the closing one, or the end. */
static const char *skip_quoted(const char *at)
{
    for (at++; *at != '\0'; at++) {
        if (*at == '\\' && at[1] != '\0') {
            at++;
        } else if (*at == '"') {
            return at + 1;
        }
    }
    return at;
}

/* To the next of the two separators that is not within quotes, or the end. */
static const char *skip_to(const char *at, const char *separators)
{
    while (*at != '\0' && strchr(separators, *at) == NULL) {
        at = *at == '"' ? skip_quoted(at) : at + 1;
    }
    return at;
}

bool http_server_timing_number(const char *text, size_t bytes, double *ret_number)
{
    char digits[LONGEST_NUMBER + 1];
    char *end;

    while (bytes > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        bytes--;
    }
    while (bytes > 0 && (text[bytes - 1] == ' ' || text[bytes - 1] == '\t')) {
        bytes--;
    }
    /* strtod would also take "nan", "inf" and hexadecimal. */
    if (bytes == 0 || bytes > LONGEST_NUMBER || memchr(text, '\0', bytes) != NULL) {
        return false;
    }
    memcpy(digits, text, bytes);
    digits[bytes] = '\0';
    if (strspn(digits, "0123456789.eE+-") != bytes) {
        return false;
    }
    double number = strtod(digits, &end);
    if (end == digits || *end != '\0' || !isfinite(number)) {
        return false;
    }
    *ret_number = number;
    return true;
}

/* One "name=value" of a metric; the first `dur` counts. Returns: at the separator behind it. */
static const char *read_parameter(const char *at, struct http_server_timing *metric, bool *had_dur)
{
    const char *name = skip_blanks(at);
    const char *name_end = skip_token(name);
    const char *value = skip_blanks(name_end);

    if (*value != '=') {
        return skip_to(value, ";,");
    }
    value = skip_blanks(value + 1);
    const char *end = skip_to(value, ";,");
    if (name_end - name != 3 || strncasecmp(name, "dur", 3) != 0 || *had_dur) {
        return end;
    }
    *had_dur = true;
    size_t bytes = (size_t)(end - value);
    if (*value == '"') {
        const char *close = skip_quoted(value);
        bool is_closed = close > value + 1 && close[-1] == '"';
        value++;
        bytes = is_closed ? (size_t)(close - 1 - value) : 0;
    }
    metric->has_ms = http_server_timing_number(value, bytes, &metric->ms);
    return end;
}

const char *http_server_timing_next(const char *at, struct http_server_timing *ret_metric)
{
    for (;;) {
        at = at + strspn(at, " \t,");
        if (*at == '\0') {
            return NULL;
        }
        const char *name = at;
        at = skip_token(at);
        *ret_metric =
            (struct http_server_timing){ .name = name, .name_bytes = (size_t)(at - name) };
        if (ret_metric->name_bytes == 0) {
            at = skip_to(at, ",");
            continue;
        }
        bool had_dur = false;
        at = skip_to(at, ";,");
        while (*at == ';') {
            at = read_parameter(at + 1, ret_metric, &had_dur);
        }
        return at;
    }
}
