/* SPDX-License-Identifier: MIT */
/* Percent-encoding, forms and base64. */
#include "encode.h"

#include <string.h>

static const char hex[] = "0123456789ABCDEF";

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool is_escape(const char *text, size_t bytes)
{
    return bytes >= 3 && text[0] == '%' && hex_value(text[1]) >= 0 && hex_value(text[2]) >= 0;
}

static bool escape(struct http_text *out, unsigned char c)
{
    char escaped[3] = { '%', hex[c >> 4], hex[c & 15] };
    return http_text_add(out, escaped, sizeof escaped);
}

bool http_encode_component(struct http_text *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        bool ok =
            is_plain((unsigned char)*c) ? http_text_put(out, *c) : escape(out, (unsigned char)*c);
        if (!ok) {
            return false;
        }
    }
    return true;
}

/* Whether a byte may stand in a URL as it is; '%' is judged by what follows it. */
static bool may_stand(unsigned char c)
{
    return c > ' ' && c < 0x7f && strchr("\"<>\\^`{|}", c) == NULL;
}

bool http_encode_url(struct http_text *out, const char *text, size_t bytes)
{
    size_t plain_from = 0;

    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];
        if (may_stand(c) && (c != '%' || is_escape(text + i, bytes - i))) {
            continue;
        }
        if (!http_text_add(out, text + plain_from, i - plain_from) || !escape(out, c)) {
            return false;
        }
        plain_from = i + 1;
    }
    return http_text_add(out, text + plain_from, bytes - plain_from);
}

bool http_encode_pair(struct http_text *out, const char *name, const char *value)
{
    return (out->length == 0 || http_text_put(out, '&')) && http_encode_component(out, name) &&
           http_text_put(out, '=') && http_encode_component(out, value);
}

bool http_encode_undo(struct http_text *out, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        char c = text[i];
        if (is_escape(text + i, bytes - i)) {
            c = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        }
        if (!http_text_put(out, c)) {
            return false;
        }
    }
    return true;
}

bool http_encode_base64(struct http_text *out, const char *data, size_t bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < bytes; i += 3) {
        size_t left = bytes - i;
        unsigned group = (unsigned)(unsigned char)data[i] << 16;
        group |= left > 1 ? (unsigned)(unsigned char)data[i + 1] << 8 : 0;
        group |= left > 2 ? (unsigned)(unsigned char)data[i + 2] : 0;
        char four[4] = { digits[group >> 18], digits[group >> 12 & 63],
                         left > 1 ? digits[group >> 6 & 63] : '=',
                         left > 2 ? digits[group & 63] : '=' };
        if (!http_text_add(out, four, sizeof four)) {
            return false;
        }
    }
    return true;
}
