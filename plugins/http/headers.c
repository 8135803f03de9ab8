/* SPDX-License-Identifier: MIT */
/* Lists of header lines. */
#include "headers.h"

#include <string.h>
#include <strings.h>

bool http_headers_name_ok(const char *name, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c <= ' ' || c >= 0x7f || strchr("()<>@,;:\\\"/[]?={}", c) != NULL) {
            return false;
        }
    }
    return bytes > 0;
}

bool http_headers_value_ok(const char *value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)value[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) {
            return false;
        }
    }
    return true;
}

size_t http_headers_count(const char *text)
{
    size_t count = 1;

    for (; *text != '\0'; text++) {
        count += *text == '\n';
    }
    return count;
}

struct http_header http_headers_item(const char *line)
{
    size_t name = strcspn(line, ":");
    const char *value = line + name + (line[name] == ':');

    return (struct http_header){ line, name, value[strspn(value, " \t")] == '\0' };
}

const char *http_headers_parse(char *text, struct http_header *items, size_t *ret_count)
{
    size_t count = 0;

    *ret_count = 0;
    while (text != NULL) {
        char *line = text + strspn(text, " \t\r");
        char *end = strchr(line, '\n');
        text = end == NULL ? NULL : end + 1;
        end = end == NULL ? line + strlen(line) : end;
        while (end > line && strchr(" \t\r", end[-1]) != NULL) {
            end--;
        }
        if (end == line) {
            continue; /* an empty line, such as after the last \n */
        }
        *end = '\0';
        size_t name = strcspn(line, ":");
        if (line[name] != ':') {
            return "a header line has no colon: use \"Name: value\"";
        }
        if (!http_headers_name_ok(line, name)) {
            return "a header's name has characters that are not allowed";
        }
        if (!http_headers_value_ok(line + name, strlen(line + name))) {
            return "a header's value has control characters";
        }
        items[count++] = http_headers_item(line);
    }
    *ret_count = count;
    return NULL;
}

bool http_headers_is(const struct http_header *h, const char *name, size_t name_bytes)
{
    return h->name_bytes == name_bytes && strncasecmp(h->line, name, name_bytes) == 0;
}

static bool mentions(struct http_headers headers, const struct http_header *h)
{
    for (size_t i = 0; i < headers.count; i++) {
        if (http_headers_is(&headers.items[i], h->line, h->name_bytes)) {
            return true;
        }
    }
    return false;
}

size_t http_headers_merge(struct http_headers lower, struct http_headers upper,
                          struct http_header *out)
{
    size_t count = 0;

    for (size_t i = 0; i < lower.count; i++) {
        if (!mentions(upper, &lower.items[i])) {
            out[count++] = lower.items[i];
        }
    }
    for (size_t i = 0; i < upper.count; i++) {
        out[count++] = upper.items[i];
    }
    return count;
}

const struct http_header *http_headers_find(struct http_headers headers, const char *name)
{
    size_t name_bytes = strlen(name);

    for (size_t i = 0; i < headers.count; i++) {
        if (http_headers_is(&headers.items[i], name, name_bytes)) {
            return &headers.items[i];
        }
    }
    return NULL;
}
