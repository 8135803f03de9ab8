/* SPDX-License-Identifier: MIT */
#include "engine/feed_scan.h"

#include "base/csv.h"

#include <errno.h>
#include <string.h>

/* As deep as acr_json_parse goes. */
#define MOST_DEEP 64

static int refuse(struct acri_feed_scan *s, const char *why)
{
    s->error = why;
    return -EINVAL;
}

/* Over white space. Returns: the byte after it, '\0' at the end. */
static char skip_space(struct acri_feed_scan *s)
{
    for (; s->at < s->bytes; s->at++) {
        char c = s->text[s->at];

        if (c == '\n')
            s->line++;
        else if (c != ' ' && c != '\t' && c != '\r')
            return c;
    }
    return '\0';
}

/* Over a string, whose quote is at s->at. */
static bool skip_string(struct acri_feed_scan *s, size_t end)
{
    for (s->at++; s->at < end; s->at++) {
        if (s->text[s->at] == '\\')
            s->at++;
        else if (s->text[s->at] == '"')
            return true;
        else if (s->text[s->at] == '\n')
            s->line++;
    }
    return false;
}

/* Over an object that begins at s->at and ends before `end`. */
static int skip_object(struct acri_feed_scan *s, size_t end)
{
    size_t depth = 0;

    s->row = s->text + s->at;
    s->row_line = s->line;
    if (s->text[s->at] != '{')
        return refuse(s, "a row is no JSON object: each has to be {...}");
    for (; s->at < end; s->at++) {
        char c = s->text[s->at];

        if (c == '"' && !skip_string(s, end))
            break;
        if (c == '\n')
            s->line++;
        else if ((c == '{' || c == '[') && ++depth > MOST_DEEP)
            return refuse(s, "a row is nested more than 64 deep");
        else if ((c == '}' || c == ']') && --depth == 0) {
            s->at++;
            s->row_bytes = (size_t)(s->text + s->at - s->row);
            return 1;
        }
    }
    s->at = end;
    s->line = s->row_line;
    return refuse(s, "the object that begins here is never closed");
}

static int next_element(struct acri_feed_scan *s)
{
    char c = skip_space(s);

    if (s->is_after_row && c == ',') {
        s->at++;
        c = skip_space(s);
        if (c == ']')
            return refuse(s, "a comma after the last row");
    } else if (c == ']') {
        s->at++;
        if (skip_space(s) != '\0' || s->at < s->bytes)
            return refuse(s, "something after the end of the array");
        return 0;
    } else if (s->is_after_row && s->at < s->bytes) {
        return refuse(s, "a comma or ] has to follow a row");
    }
    if (s->at == s->bytes)
        return refuse(s, "the array is never closed");
    s->is_after_row = true;
    return skip_object(s, s->bytes);
}

static int next_line(struct acri_feed_scan *s)
{
    const char *feed;
    size_t end;
    int r;

    skip_space(s);
    if (s->at == s->bytes)
        return 0;
    feed = memchr(s->text + s->at, '\n', s->bytes - s->at);
    end = feed != NULL ? (size_t)(feed - s->text) : s->bytes;
    r = skip_object(s, end);
    if (r < 0)
        return r;
    while (s->at < end && strchr(" \t\r", s->text[s->at]) != NULL && s->text[s->at] != '\0')
        s->at++;
    return s->at == end ? 1 : refuse(s, "something after the object of this line");
}

static int next_record(struct acri_feed_scan *s)
{
    struct acri_csv c;
    struct acri_csv_field field = { .is_last = false };
    int r;

    acri_csv_init(&c, s->text + s->at, s->bytes - s->at, s->line);
    if (!acri_csv_skip_blank(&c))
        return 0;
    s->row = c.at;
    s->row_line = c.line;
    s->n_fields = 0;
    do {
        r = acri_csv_next(&c, &field);
        s->n_fields++;
    } while (r > 0 && !field.is_last);
    s->at = (size_t)(c.at - s->text);
    s->line = c.line;
    s->row_bytes = (size_t)(c.at - s->row);
    return r < 0 ? refuse(s, c.error) : 1;
}

void acri_feed_scan_from(struct acri_feed_scan *s, enum acri_feed_format format, const char *text,
                         size_t bytes, size_t at)
{
    *s = (struct acri_feed_scan){
        .format = format, .text = text, .bytes = bytes, .at = at, .line = 1
    };
}

int acri_feed_scan_begin(struct acri_feed_scan *s, enum acri_feed_format format, const char *text,
                         size_t bytes)
{
    acri_feed_scan_from(s, format, text, bytes, 0);
    if (bytes >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        return refuse(s, "the file is UTF-16: save it as UTF-8");
    if (bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        s->at = 3;
    if (format != ACRI_FEED_JSON)
        return 0;
    if (skip_space(s) != '[')
        return refuse(s, "the file has to be an array of objects: [{...}, {...}]");
    s->at++;
    return 0;
}

int acri_feed_scan_next(struct acri_feed_scan *s)
{
    int r = s->format == ACRI_FEED_CSV    ? next_record(s)
            : s->format == ACRI_FEED_JSON ? next_element(s)
                                          : next_line(s);

    if (r > 0 && s->row_bytes > ACRI_FEED_ROW_BYTES) {
        s->line = s->row_line;
        return refuse(s, "the row that begins here is larger than 16 MiB");
    }
    return r;
}
