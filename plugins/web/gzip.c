/* SPDX-License-Identifier: MIT */
#include "gzip.h"

#include <string.h>
#include <strings.h>
#include <zlib.h>

#define BLOCK_BYTES 16384u
#define LARGE_BYTES (1u << 20) /* more is done quickly rather than well */
#define MEMORY_LEVEL 8
#define RAW (-MAX_WBITS)
#define WITH_HEAD (MAX_WBITS + 16)

/* "gzip;q=0" is none. */
static bool is_refused(const char *element, size_t n)
{
    const char *q = memchr(element, ';', n);
    size_t left = q != NULL ? n - (size_t)(q - element) - 1 : 0;

    while (left > 0 && strchr(" \t", *++q) != NULL)
        left--;
    if (left < 3 || strncasecmp(q, "q=", 2) != 0)
        return false;
    for (size_t i = 2; i < left; i++)
        if (q[i] >= '1' && q[i] <= '9')
            return false;
    return true;
}

bool web_gzip_is_taken(const char *accept)
{
    while (accept != NULL && *(accept += strspn(accept, ", \t")) != '\0') {
        size_t n = strcspn(accept, ",");
        size_t n_name = strcspn(accept, ",; \t");

        if (n_name == 4 && strncasecmp(accept, "gzip", 4) == 0)
            return !is_refused(accept, n);
        accept += n;
    }
    return false;
}

static void append(struct csv_text *to, const char *text, size_t n, int bits, int flush)
{
    unsigned char block[BLOCK_BYTES];
    z_stream z = { .next_in = (unsigned char *)(size_t)text, .avail_in = (uInt)n };
    int level = n > LARGE_BYTES ? Z_BEST_SPEED : Z_DEFAULT_COMPRESSION;

    if (n > UINT32_MAX ||
        deflateInit2(&z, level, Z_DEFLATED, bits, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
        to->is_incomplete = true;
        return;
    }
    do {
        z.next_out = block;
        z.avail_out = sizeof(block);
        deflate(&z, flush);
        csv_text_append(to, (const char *)block, sizeof(block) - z.avail_out);
    } while (z.avail_out == 0);
    deflateEnd(&z);
}

void web_gzip_append(struct csv_text *to, const char *text, size_t n)
{
    append(to, text, n, WITH_HEAD, Z_FINISH);
}

void web_gzip_append_head(struct csv_text *to)
{
    static const char head[] = { '\x1f', '\x8b', Z_DEFLATED, 0, 0, 0, 0, 0, 0, '\xff' };

    csv_text_append(to, head, sizeof(head));
}

void web_gzip_append_piece(struct csv_text *to, const char *text, size_t n)
{
    append(to, text, n, RAW, Z_SYNC_FLUSH);
}
