/* SPDX-License-Identifier: MIT */
/* JSON as text. */
#include "results/json_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_DEPTH 2 /* members of what is deeper share a line */

static void put(struct json_text *j, const char *text)
{
    csv_text_append(&j->text, text, strlen(text));
}

static void new_line(struct json_text *j)
{
    put(j, "\n");
    for (unsigned i = 0; i < j->depth; i++)
        put(j, "  ");
}

/* How many bytes of UTF-8 a character has; 0 when it is none. */
size_t json_text_character(const unsigned char *at, size_t left)
{
    size_t n = at[0] < 0x80                     ? 1
               : at[0] >= 0xc2 && at[0] <= 0xdf ? 2
               : (at[0] & 0xf0) == 0xe0         ? 3
               : at[0] >= 0xf0 && at[0] <= 0xf4 ? 4
                                                : 0;

    if (n == 0 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    /* Longer than need be, half of a pair, or past the last character. */
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
        (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
        return 0;
    return n;
}

static void escape(struct json_text *j, unsigned char c)
{
    static const char letters[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'
    };
    char text[8];

    if (c == '"' || c == '\\')
        snprintf(text, sizeof(text), "\\%c", c);
    else if (c < sizeof(letters) && letters[c] != '\0')
        snprintf(text, sizeof(text), "\\%c", letters[c]);
    else
        snprintf(text, sizeof(text), "\\u%04x", c);
    put(j, text);
}

static void quoted(struct json_text *j, const char *text, size_t bytes)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + bytes;

    put(j, "\"");
    while (at < end) {
        size_t n = json_text_character(at, (size_t)(end - at));

        if (n == 0)
            put(j, "\xef\xbf\xbd"); /* U+FFFD */
        else if (*at < ' ' || *at == '"' || *at == '\\' || *at == 0x7f)
            escape(j, *at);
        else
            csv_text_append(&j->text, (const char *)at, n);
        at += n > 0 ? n : 1;
    }
    put(j, "\"");
}

static void start_member(struct json_text *j, const char *key)
{
    if (j->has_members)
        put(j, ",");
    if (j->depth > 0 && j->depth <= LINES_DEPTH)
        new_line(j);
    else if (j->has_members)
        put(j, " ");
    j->has_members = true;
    if (key == NULL)
        return;
    quoted(j, key, strlen(key));
    put(j, ": ");
}

void json_text_open(struct json_text *j, const char *key, char bracket)
{
    start_member(j, key);
    csv_text_append(&j->text, &bracket, 1);
    j->depth++;
    j->has_members = false;
}

void json_text_close(struct json_text *j, char bracket)
{
    bool has_lines = j->has_members && j->depth <= LINES_DEPTH;

    j->depth--;
    if (has_lines)
        new_line(j);
    csv_text_append(&j->text, &bracket, 1);
    j->has_members = true;
}

void json_text_string(struct json_text *j, const char *key, const char *text)
{
    json_text_span(j, key, text, strlen(text));
}

void json_text_span(struct json_text *j, const char *key, const char *text, size_t bytes)
{
    start_member(j, key);
    quoted(j, text, bytes);
}

void json_text_count(struct json_text *j, const char *key, uint64_t n)
{
    char text[24];

    snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
    start_member(j, key);
    put(j, text);
}

void json_text_number(struct json_text *j, const char *key, double number)
{
    char text[40];

    if (!isfinite(number)) {
        json_text_null(j, key);
        return;
    }
    number += 0.0; /* zero has no sign */
    if (fabs(number) < 1e15 && nearbyint(number) == number) {
        snprintf(text, sizeof(text), "%.0f", number);
    } else {
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(text, sizeof(text), "%.*g", digits, number);
            if (strtod(text, NULL) == number)
                break;
        }
    }
    start_member(j, key);
    put(j, text);
}

void json_text_rounded(struct json_text *j, const char *key, double number, int digits)
{
    char text[40];

    if (!isfinite(number)) {
        json_text_null(j, key);
        return;
    }
    number += 0.0;
    if (fabs(number) < 1e15 && nearbyint(number) == number)
        snprintf(text, sizeof(text), "%.0f", number);
    else
        snprintf(text, sizeof(text), "%.*g", digits, number);
    start_member(j, key);
    put(j, text);
}

void json_text_null(struct json_text *j, const char *key)
{
    start_member(j, key);
    put(j, "null");
}

void json_text_bool(struct json_text *j, const char *key, bool is_true)
{
    start_member(j, key);
    put(j, is_true ? "true" : "false");
}

void json_text_end(struct json_text *j)
{
    put(j, "\n");
    j->has_members = false;
}
