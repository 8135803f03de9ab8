/* SPDX-License-Identifier: MIT */
/* Views of bytes owned by somebody else, and the small questions asked of them. */
#include "text.h"

#include <string.h>
#include <strings.h>

struct target_text target_text_of(const char *string)
{
    return (struct target_text){ string, strlen(string) };
}

bool target_text_equal(struct target_text a, struct target_text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool target_text_is(struct target_text text, const char *string)
{
    return target_text_equal(text, target_text_of(string));
}

bool target_text_alike(struct target_text text, const char *string)
{
    size_t size = strlen(string);
    return text.size == size && (size == 0 || strncasecmp(text.data, string, size) == 0);
}

bool target_text_starts(struct target_text text, struct target_text prefix)
{
    return text.size >= prefix.size && memcmp(text.data, prefix.data, prefix.size) == 0;
}

struct target_text target_text_skip(struct target_text text, size_t count)
{
    if (count > text.size) {
        count = text.size;
    }
    return (struct target_text){ text.data + count, text.size - count };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct target_text target_text_trim(struct target_text text)
{
    while (text.size > 0 && is_blank(text.data[0])) {
        text = target_text_skip(text, 1);
    }
    while (text.size > 0 && is_blank(text.data[text.size - 1])) {
        text.size--;
    }
    return text;
}

struct target_text target_text_cut(struct target_text *rest, char separator)
{
    struct target_text part = *rest;
    const char *found = rest->size > 0 ? memchr(rest->data, separator, rest->size) : NULL;
    if (found == NULL) {
        *rest = target_text_skip(*rest, rest->size);
        return part;
    }
    part.size = (size_t)(found - rest->data);
    *rest = target_text_skip(*rest, part.size + 1);
    return part;
}

bool target_text_number(struct target_text text, uint64_t *value)
{
    uint64_t number = 0;
    if (text.size == 0) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        unsigned digit = (unsigned)(unsigned char)text.data[i] - '0';
        if (digit > 9 || number > (UINT64_MAX - digit) / 10) {
            return false;
        }
        number = number * 10 + digit;
    }
    *value = number;
    return true;
}

bool target_text_query(struct target_text query, const char *name, struct target_text *value)
{
    while (query.size > 0) {
        struct target_text pair = target_text_cut(&query, '&');
        struct target_text key = target_text_cut(&pair, '=');
        if (target_text_is(key, name)) {
            *value = pair;
            return true;
        }
    }
    return false;
}

bool target_text_glob(struct target_text pattern, struct target_text text)
{
    size_t p = 0;
    size_t t = 0;
    size_t star = SIZE_MAX; /* where to come back to when a guess was too short */
    size_t mark = 0;

    while (t < text.size) {
        if (p < pattern.size && pattern.data[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size && pattern.data[p] == text.data[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size && pattern.data[p] == '*') {
        p++;
    }
    return p == pattern.size;
}
