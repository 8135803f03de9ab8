/* SPDX-License-Identifier: MIT */
#include "results/clean_text.h"

#include <stdio.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

static bool is_follower(const unsigned char *at, unsigned low, unsigned high)
{
    return *at >= low && *at <= high;
}

/* The bytes of the UTF-8 sequence that begins here; 0 when there is none, or one that a terminal
 * obeys (U+0080 to U+009F). */
static size_t sequence(const unsigned char *at)
{
    unsigned c = at[0];

    if (c >= 0xc2 && c <= 0xdf)
        return is_follower(at + 1, c == 0xc2 ? 0xa0 : 0x80, 0xbf) ? 2 : 0;
    if (c >= 0xe0 && c <= 0xef)
        return is_follower(at + 1, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf) &&
                       is_follower(at + 2, 0x80, 0xbf)
                   ? 3
                   : 0;
    if (c >= 0xf0 && c <= 0xf4)
        return is_follower(at + 1, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf) &&
                       is_follower(at + 2, 0x80, 0xbf) && is_follower(at + 3, 0x80, 0xbf)
                   ? 4
                   : 0;
    return 0;
}

void clean_text_byte(struct csv_text *t, char byte)
{
    char hex[8];

    snprintf(hex, sizeof(hex), REPLACEMENT "%02x", (unsigned char)byte);
    csv_text_append(t, hex, 5);
}

size_t clean_text_character(struct csv_text *t, const char *at)
{
    size_t n = sequence((const unsigned char *)at);

    if (n > 0) {
        csv_text_append(t, at, n);
        if (n == 3 && memcmp(at, REPLACEMENT, 3) == 0)
            csv_text_append(t, "u", 1); /* not to be taken for one of ours */
        return n;
    }
    if ((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f)
        csv_text_append(t, at, 1);
    else
        clean_text_byte(t, *at);
    return 1;
}

void clean_text(struct csv_text *t, const char *text, const char *banned)
{
    while (*text != '\0') {
        if (strchr(banned, *text) != NULL)
            clean_text_byte(t, *text++);
        else
            text += clean_text_character(t, text);
    }
}
