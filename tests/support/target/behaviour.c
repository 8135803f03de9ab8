/* SPDX-License-Identifier: MIT */
/* Routes whose answers have a certain shape, size or speed, or are none at all. */
#include "handlers.h"

#include "crc.h"

#include <string.h>

enum { LONGEST_MS = 3600 * 1000, MOST_PARTS = 100000, PART_SIZE = 10 };

static void answer_usage(struct target_exchange *exchange)
{
    target_exchange_error(exchange, 400, "the numbers in the path are missing or out of range");
}

void target_behaviour_root(struct target_exchange *exchange, struct target_text rest)
{
    static const struct target_text body = TARGET_TEXT(
        "This is acrida-target, a small HTTP server that load generators are tested with.\n"
        "Ask for /json, /delay/MS, /bytes/N or /_target/counters, say.\n");
    (void)rest;
    target_exchange_answer(exchange, 200, "text/plain", body);
}

void target_behaviour_status(struct target_exchange *exchange, struct target_text rest)
{
    uint64_t status;
    if (!target_text_number(rest, &status) || status < 200 || status > 599) {
        answer_usage(exchange);
        return;
    }
    target_buffer_string(exchange->text, "status ");
    target_buffer_number(exchange->text, status);
    target_buffer_string(exchange->text, "\n");
    target_exchange_answer(exchange, (unsigned)status, "text/plain",
                           target_buffer_view(exchange->text));
}

void target_behaviour_delay(struct target_exchange *exchange, struct target_text rest)
{
    uint64_t ms;
    if (!target_text_number(rest, &ms) || ms > LONGEST_MS) {
        answer_usage(exchange);
        return;
    }
    exchange->delay_ns += ms * 1000000;
    target_buffer_string(exchange->text, "delayed by ");
    target_buffer_number(exchange->text, ms);
    target_buffer_string(exchange->text, " ms\n");
    target_exchange_answer(exchange, 200, "text/plain", target_buffer_view(exchange->text));
}

static void generate(struct target_exchange *exchange, struct target_text rest,
                     enum target_exchange_framing framing)
{
    uint64_t size;
    if (target_text_number(rest, &size)) {
        target_exchange_generate(exchange, size, framing);
    } else {
        answer_usage(exchange);
    }
}

void target_behaviour_bytes(struct target_exchange *exchange, struct target_text rest)
{
    generate(exchange, rest, TARGET_EXCHANGE_LENGTH);
}

void target_behaviour_chunked(struct target_exchange *exchange, struct target_text rest)
{
    generate(exchange, rest, TARGET_EXCHANGE_CHUNKED);
}

void target_behaviour_until_close(struct target_exchange *exchange, struct target_text rest)
{
    generate(exchange, rest, TARGET_EXCHANGE_UNTIL_CLOSE);
}

void target_behaviour_slow(struct target_exchange *exchange, struct target_text rest)
{
    uint64_t parts;
    uint64_t ms;
    struct target_text first = target_text_cut(&rest, '/');
    if (!target_text_number(first, &parts) || !target_text_number(rest, &ms) || parts == 0 ||
        parts > MOST_PARTS || ms > LONGEST_MS) {
        answer_usage(exchange);
        return;
    }
    exchange->slow_parts = parts;
    exchange->slow_ms = ms;
    target_exchange_generate(exchange, parts * PART_SIZE, TARGET_EXCHANGE_LENGTH);
}

void target_behaviour_drop(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    exchange->outcome = TARGET_EXCHANGE_DROP;
}

void target_behaviour_garbage(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    target_exchange_garbage(exchange);
}

void target_behaviour_truncate(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    target_exchange_truncate(exchange);
}

void target_behaviour_never(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    exchange->outcome = TARGET_EXCHANGE_SILENCE;
}

void target_behaviour_close(struct target_exchange *exchange, struct target_text rest)
{
    static const struct target_text body = TARGET_TEXT("closing now\n");
    (void)rest;
    exchange->close = true;
    target_exchange_answer(exchange, 200, "text/plain", body);
}

static void append_little_endian(struct target_buffer *buffer, uint32_t number, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        char byte = (char)(number >> (8 * i) & 0xff);
        target_buffer_append(buffer, &byte, 1);
    }
}

/* A gzip member with one stored block: valid, and made without a compressor. */
void target_behaviour_gzip(struct target_exchange *exchange, struct target_text rest)
{
    static const struct target_text content =
        TARGET_TEXT("{\"gzipped\":true,\"text\":\"unpacked, this is a JSON object\"}\n");
    static const char head[] = { 0x1f, (char)0x8b, 8, 0, 0, 0, 0, 0, 0, (char)0xff };
    struct target_buffer *text = exchange->text;
    uint32_t size = (uint32_t)content.size;

    (void)rest;
    target_buffer_append(text, head, sizeof head);
    target_buffer_append(text, "\1", 1); /* the last block, stored */
    append_little_endian(text, size, 2);
    append_little_endian(text, ~size, 2);
    target_buffer_text(text, content);
    append_little_endian(text, target_crc_update(0, content.data, content.size), 4);
    append_little_endian(text, size, 4);
    target_exchange_header(exchange, "Content-Encoding", target_text_of("gzip"));
    target_exchange_json(exchange, 200);
}

void target_behaviour_json(struct target_exchange *exchange, struct target_text rest)
{
    static const struct target_text body =
        TARGET_TEXT("{\"name\":\"acrida-target\",\"ok\":true,\"count\":3,\"items\":[1,2,3],"
                    "\"nested\":{\"key\":\"value\",\"none\":null}}\n");
    (void)rest;
    target_exchange_answer(exchange, 200, "application/json", body);
}

void target_behaviour_timing(struct target_exchange *exchange, struct target_text rest)
{
    static const struct target_text body = TARGET_TEXT("see the Server-Timing header\n");
    (void)rest;
    target_exchange_header(exchange, "Server-Timing",
                           target_text_of("db;dur=12.5, cache;desc=\"hit\";dur=0.3, app;dur=20"));
    target_exchange_answer(exchange, 200, "text/plain", body);
}
