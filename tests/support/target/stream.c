/* SPDX-License-Identifier: MIT */
/* Bodies produced while they are sent. */
#include "stream.h"

#include <stdio.h>
#include <string.h>

enum {
    PIECE = 32 * 1024, /* at most this much waits in memory for a slow reader */
    CHUNK = 8 * 1024,
    LINE = 64, /* generated bodies repeat one line of this length */
};

static const char pattern[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-\n";
_Static_assert(sizeof pattern == LINE + 1, "the generated line has its length");

void target_stream_generate(struct target_stream *stream, uint64_t size, bool chunked)
{
    stream->active = size > 0 || chunked;
    stream->chunked = chunked;
    stream->size = size;
    stream->boundary = size;
}

void target_stream_keep(struct target_stream *stream, struct target_text body)
{
    target_buffer_text(&stream->kept, body);
    target_stream_generate(stream, body.size, false);
}

void target_stream_pace(struct target_stream *stream, uint64_t parts, uint64_t ms)
{
    stream->part = stream->size / parts + (stream->size % parts > 0 ? 1 : 0);
    stream->pause_ms = ms;
    if (stream->part > 0) {
        stream->boundary = stream->part;
    }
}

static void append_content(struct target_stream *stream, struct target_buffer *out, size_t size)
{
    if (stream->kept.size > 0) {
        target_buffer_append(out, stream->kept.data + stream->done, size);
        stream->done += size;
        return;
    }
    while (size > 0) {
        size_t column = (size_t)(stream->done % LINE);
        size_t count = LINE - column < size ? LINE - column : size;
        target_buffer_append(out, pattern + column, count);
        stream->done += count;
        size -= count;
    }
}

static size_t next_size(const struct target_stream *stream, size_t limit)
{
    uint64_t left = stream->boundary - stream->done;
    return left < limit ? (size_t)left : limit;
}

void target_stream_produce(struct target_stream *stream, struct target_buffer *out)
{
    size_t room = PIECE;
    size_t size;
    char line[64];

    while (room > 0 && (size = next_size(stream, stream->chunked ? CHUNK : room)) > 0) {
        if (stream->chunked) {
            snprintf(line, sizeof line, "%zx\r\n", size);
            target_buffer_string(out, line);
        }
        append_content(stream, out, size);
        if (stream->chunked) {
            target_buffer_append(out, "\r\n", 2);
        }
        room -= size < room ? size : room;
    }
    if (stream->done < stream->size) {
        return;
    }
    if (stream->chunked) {
        snprintf(line, sizeof line, "0\r\nX-Target-Bytes: %llu\r\n\r\n",
                 (unsigned long long)stream->size);
        target_buffer_string(out, line);
    }
    target_stream_free(stream);
}

bool target_stream_pauses(const struct target_stream *stream)
{
    return stream->active && stream->done == stream->boundary && stream->done < stream->size;
}

void target_stream_resume(struct target_stream *stream)
{
    uint64_t left = stream->size - stream->boundary;
    stream->boundary += stream->part < left ? stream->part : left;
}

void target_stream_free(struct target_stream *stream)
{
    target_buffer_free(&stream->kept);
    *stream = (struct target_stream){ 0 };
}
