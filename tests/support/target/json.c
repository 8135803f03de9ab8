/* SPDX-License-Identifier: MIT */
/* The little JSON the target needs: writing strings, reading one member of an object. */
#include "json.h"

#include <string.h>

/* The length of the well-formed UTF-8 sequence at `text`, 0 when there is none. */
static size_t utf8_length(struct target_text text)
{
    const unsigned char *byte = (const unsigned char *)text.data;
    size_t length;
    unsigned lowest = 0x80;
    unsigned highest = 0xbf;

    if (byte[0] >= 0xc2 && byte[0] <= 0xdf) {
        length = 2;
    } else if (byte[0] >= 0xe0 && byte[0] <= 0xef) {
        length = 3;
        lowest = byte[0] == 0xe0 ? 0xa0 : 0x80;  /* no overlong forms */
        highest = byte[0] == 0xed ? 0x9f : 0xbf; /* no surrogates */
    } else if (byte[0] >= 0xf0 && byte[0] <= 0xf4) {
        length = 4;
        lowest = byte[0] == 0xf0 ? 0x90 : 0x80;
        highest = byte[0] == 0xf4 ? 0x8f : 0xbf; /* nothing above U+10FFFF */
    } else {
        return 0;
    }
    if (text.size < length || byte[1] < lowest || byte[1] > highest) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if ((byte[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return length;
}

/* Appends the escape for one byte that cannot stand for itself. */
static void append_escape(struct target_buffer *buffer, char c)
{
    static const char digits[] = "0123456789abcdef";
    static const char raw[] = { '"', '\\', '\b', '\f', '\n', '\r', '\t' };
    static const char letters[] = { '"', '\\', 'b', 'f', 'n', 'r', 't' };
    const char *place = memchr(raw, c, sizeof raw);

    if (place != NULL) {
        char pair[2] = { '\\', letters[place - raw] };
        target_buffer_append(buffer, pair, sizeof pair);
    } else {
        char escape[6] = { '\\', 'u', '0', '0', digits[(c >> 4) & 15], digits[c & 15] };
        target_buffer_append(buffer, escape, sizeof escape);
    }
}

void target_json_string(struct target_buffer *buffer, struct target_text text)
{
    size_t start = 0; /* of the run that needs no change */
    size_t i = 0;

    target_buffer_append(buffer, "\"", 1);
    while (i < text.size) {
        unsigned char c = (unsigned char)text.data[i];
        size_t length = 1;
        bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
        if (c >= 0x80) {
            length = utf8_length(target_text_skip(text, i));
            plain = length > 0;
        }
        if (plain) {
            i += length;
            continue;
        }
        target_buffer_append(buffer, text.data + start, i - start);
        if (c >= 0x80) {
            target_buffer_string(buffer, "\\ufffd");
        } else {
            append_escape(buffer, (char)c);
        }
        start = ++i;
    }
    if (i > start) {
        target_buffer_append(buffer, text.data + start, i - start);
    }
    target_buffer_append(buffer, "\"", 1);
}

static void skip_space(struct target_text *json)
{
    while (json->size > 0 && strchr(" \t\r\n", json->data[0]) != NULL && json->data[0] != '\0') {
        *json = target_text_skip(*json, 1);
    }
}

/* Takes `wanted` off the front, after white space. */
static bool take(struct target_text *json, char wanted)
{
    skip_space(json);
    if (json->size == 0 || json->data[0] != wanted) {
        return false;
    }
    *json = target_text_skip(*json, 1);
    return true;
}

/* Takes a string off the front and gives what stands between its quotes. */
static bool take_string(struct target_text *json, struct target_text *value)
{
    if (!take(json, '"')) {
        return false;
    }
    for (size_t i = 0; i < json->size; i++) {
        if (json->data[i] == '\\') {
            i++;
        } else if (json->data[i] == '"') {
            *value = (struct target_text){ json->data, i };
            *json = target_text_skip(*json, i + 1);
            return true;
        }
    }
    return false;
}

/* Takes any value off the front: up to the comma or brace that ends it. */
static bool skip_value(struct target_text *json)
{
    size_t depth = 0;
    struct target_text ignored;

    for (skip_space(json); json->size > 0; skip_space(json)) {
        char c = json->data[0];
        if (c == '"') {
            if (!take_string(json, &ignored)) {
                return false;
            }
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
            return true;
        }
        if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        }
        *json = target_text_skip(*json, 1);
    }
    return false;
}

bool target_json_member(struct target_text json, const char *name, struct target_text *value)
{
    struct target_text key;

    if (!take(&json, '{')) {
        return false;
    }
    do {
        if (!take_string(&json, &key) || !take(&json, ':')) {
            return false;
        }
        skip_space(&json);
        if (target_text_is(key, name)) {
            return take_string(&json, value);
        }
        if (!skip_value(&json)) {
            return false;
        }
    } while (take(&json, ','));
    return false;
}
