/* SPDX-License-Identifier: MIT */
/* Cells and rows of CSV. */
#include "results/csv_text.h"
#include "results/json_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void csv_text_done(struct csv_text *t)
{
    free(t->data);
    *t = (struct csv_text){ 0 };
}

void csv_text_clear(struct csv_text *t)
{
    t->length = 0;
    t->is_row_started = false;
    t->is_incomplete = false;
}

void csv_text_append(struct csv_text *t, const char *data, size_t bytes)
{
    size_t capacity = t->capacity > 0 ? t->capacity : 4096;
    char *grown;

    if (t->is_incomplete)
        return;
    while (capacity < t->length + bytes)
        capacity *= 2;
    if (capacity != t->capacity) {
        grown = realloc(t->data, capacity);
        if (grown == NULL) {
            t->is_incomplete = true;
            return;
        }
        t->data = grown;
        t->capacity = capacity;
    }
    memcpy(t->data + t->length, data, bytes);
    t->length += bytes;
}

static void start_cell(struct csv_text *t)
{
    if (t->is_row_started)
        csv_text_append(t, ",", 1);
    t->is_row_started = true;
}

/* Readers take files for UTF-8, and stop at the first byte that is none: it stands as U+FFFD. */
static void append_utf8(struct csv_text *t, const char *text, size_t bytes)
{
    const char *end = text + bytes;
    const char *from = text;

    while (text < end) {
        const unsigned char *at = (const unsigned char *)text;
        size_t n = *at < 0x80 ? 1 : json_text_character(at, (size_t)(end - text));

        if (n == 0) {
            csv_text_append(t, from, (size_t)(text - from));
            csv_text_append(t, "\xef\xbf\xbd", 3);
            from = text + 1;
        }
        text += n > 0 ? n : 1;
    }
    csv_text_append(t, from, (size_t)(end - from));
}

static void quoted(struct csv_text *t, const char *before, const char *cell)
{
    bool is_quoted = strpbrk(cell, ",\"\r\n") != NULL;

    start_cell(t);
    if (is_quoted)
        csv_text_append(t, "\"", 1);
    csv_text_append(t, before, strlen(before));
    while (is_quoted && *cell != '\0') {
        size_t n = strcspn(cell, "\"");

        append_utf8(t, cell, n);
        cell += n;
        if (*cell == '"') {
            csv_text_append(t, "\"\"", 2);
            cell++;
        }
    }
    append_utf8(t, cell, strlen(cell));
    if (is_quoted)
        csv_text_append(t, "\"", 1);
}

void csv_text_plain(struct csv_text *t, const char *cell)
{
    quoted(t, "", cell);
}

void csv_text_foreign(struct csv_text *t, const char *cell)
{
    bool is_formula = *cell != '\0' && strchr("=+-@\t\r", *cell) != NULL;

    quoted(t, is_formula ? "'" : "", cell);
}

void csv_text_count(struct csv_text *t, uint64_t n)
{
    char text[24];

    snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
    csv_text_plain(t, text);
}

void csv_text_number(struct csv_text *t, double number)
{
    char text[40];

    if (!isfinite(number))
        number = 0;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    if (strpbrk(text, ".e") == NULL)
        memcpy(text + strlen(text), ".0", sizeof(".0"));
    csv_text_plain(t, text);
}

void csv_text_short_number(struct csv_text *t, double number)
{
    char text[40];

    if (fabs(number) < 1e15 && nearbyint(number) == number) {
        snprintf(text, sizeof(text), "%.0f", number);
        csv_text_plain(t, text);
    } else {
        csv_text_number(t, number);
    }
}

void csv_text_fixed(struct csv_text *t, double number, int decimals)
{
    char text[400];

    snprintf(text, sizeof(text), "%.*f", decimals, isfinite(number) ? number : 0);
    csv_text_plain(t, text);
}

void csv_text_time(struct csv_text *t, double unix_s)
{
    time_t seconds = (time_t)unix_s;
    struct tm utc;
    char text[64] = "";

    if (unix_s > 0 && gmtime_r(&seconds, &utc) != NULL)
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    csv_text_plain(t, text);
}

void csv_text_end_row(struct csv_text *t)
{
    csv_text_append(t, "\r\n", 2);
    t->is_row_started = false;
}
