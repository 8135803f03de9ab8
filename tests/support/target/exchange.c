/* SPDX-License-Identifier: MIT */
/* Composes answers. */
#include "exchange.h"

#include "json.h"

#include <string.h>

struct status_line {
    unsigned status;
    struct target_text line;
};

#define STATUS(code, reason)                                   \
    {                                                          \
        code, TARGET_TEXT("HTTP/1.1 " #code " " reason "\r\n") \
    }

/* The frequent ones come first, as the search is linear. */
static const struct status_line status_lines[] = {
    STATUS(200, "OK"),
    STATUS(201, "Created"),
    STATUS(404, "Not Found"),
    STATUS(409, "Conflict"),
    STATUS(202, "Accepted"),
    STATUS(204, "No Content"),
    STATUS(206, "Partial Content"),
    STATUS(301, "Moved Permanently"),
    STATUS(302, "Found"),
    STATUS(303, "See Other"),
    STATUS(304, "Not Modified"),
    STATUS(307, "Temporary Redirect"),
    STATUS(308, "Permanent Redirect"),
    STATUS(400, "Bad Request"),
    STATUS(401, "Unauthorized"),
    STATUS(403, "Forbidden"),
    STATUS(405, "Method Not Allowed"),
    STATUS(408, "Request Timeout"),
    STATUS(410, "Gone"),
    STATUS(413, "Content Too Large"),
    STATUS(418, "I'm a teapot"),
    STATUS(422, "Unprocessable Content"),
    STATUS(429, "Too Many Requests"),
    STATUS(431, "Request Header Fields Too Large"),
    STATUS(500, "Internal Server Error"),
    STATUS(501, "Not Implemented"),
    STATUS(502, "Bad Gateway"),
    STATUS(503, "Service Unavailable"),
    STATUS(504, "Gateway Timeout"),
};

static void append_status(struct target_buffer *out, unsigned status)
{
    for (size_t i = 0; i < sizeof status_lines / sizeof status_lines[0]; i++) {
        if (status_lines[i].status == status) {
            target_buffer_text(out, status_lines[i].line);
            return;
        }
    }
    target_buffer_string(out, "HTTP/1.1 ");
    target_buffer_number(out, status);
    target_buffer_string(out, " Unnamed\r\n");
}

static bool status_has_body(unsigned status)
{
    return status >= 200 && status != 204 && status != 304;
}

/* Writes a head up to, and not including, what tells where the body ends. */
static void begin_head(struct target_exchange *exchange, unsigned status, const char *type)
{
    struct target_buffer *out = exchange->out;
    const struct target_request *request = exchange->request;

    exchange->status = status;
    exchange->outcome = TARGET_EXCHANGE_ANSWER;
    append_status(out, status);
    if (status_has_body(status)) {
        target_buffer_string(out, "Content-Type: ");
        target_buffer_string(out, type);
        target_buffer_append(out, "\r\n", 2);
    }
    target_buffer_text(out, target_buffer_view(exchange->extra));
    if (exchange->close) {
        target_buffer_string(out, "Connection: close\r\n");
    } else if (request != NULL && request->minor == 0) {
        target_buffer_string(out, "Connection: keep-alive\r\n");
    }
}

static void append_length(struct target_buffer *out, uint64_t size)
{
    target_buffer_string(out, "Content-Length: ");
    target_buffer_number(out, size);
    target_buffer_append(out, "\r\n", 2);
}

static bool wants_body(const struct target_exchange *exchange, unsigned status)
{
    bool head = exchange->request != NULL && target_text_is(exchange->request->method, "HEAD");
    return !head && status_has_body(status);
}

void target_exchange_header(struct target_exchange *exchange, const char *name,
                            struct target_text value)
{
    target_buffer_string(exchange->extra, name);
    target_buffer_append(exchange->extra, ": ", 2);
    for (size_t i = 0; i < value.size; i++) {
        if ((unsigned char)value.data[i] >= ' ' && value.data[i] != 0x7f) {
            target_buffer_append(exchange->extra, &value.data[i], 1);
        }
    }
    target_buffer_append(exchange->extra, "\r\n", 2);
}

void target_exchange_answer(struct target_exchange *exchange, unsigned status, const char *type,
                            struct target_text body)
{
    begin_head(exchange, status, type);
    if (status_has_body(status)) {
        append_length(exchange->out, body.size);
    }
    target_buffer_append(exchange->out, "\r\n", 2);
    if (!wants_body(exchange, status)) {
        return;
    }
    if (exchange->slow_parts > 0) {
        target_stream_keep(&exchange->stream, body);
        target_stream_pace(&exchange->stream, exchange->slow_parts, exchange->slow_ms);
    } else {
        target_buffer_text(exchange->out, body);
    }
}

void target_exchange_json(struct target_exchange *exchange, unsigned status)
{
    target_exchange_answer(exchange, status, "application/json",
                           target_buffer_view(exchange->text));
}

void target_exchange_error(struct target_exchange *exchange, unsigned status, const char *message)
{
    target_buffer_clear(exchange->text);
    target_buffer_string(exchange->text, "{\"error\":");
    target_json_string(exchange->text, target_text_of(message));
    target_buffer_string(exchange->text, "}\n");
    target_exchange_json(exchange, status);
}

void target_exchange_generate(struct target_exchange *exchange, uint64_t size,
                              enum target_exchange_framing framing)
{
    /* HTTP/1.0 does not know chunks. */
    if (framing == TARGET_EXCHANGE_CHUNKED && exchange->request->minor == 0) {
        framing = TARGET_EXCHANGE_UNTIL_CLOSE;
    }
    if (framing == TARGET_EXCHANGE_UNTIL_CLOSE) {
        exchange->close = true;
    }
    begin_head(exchange, 200, "application/octet-stream");
    if (framing == TARGET_EXCHANGE_LENGTH) {
        append_length(exchange->out, size);
    } else if (framing == TARGET_EXCHANGE_CHUNKED) {
        target_buffer_string(exchange->out,
                             "Transfer-Encoding: chunked\r\nTrailer: X-Target-Bytes\r\n");
    }
    target_buffer_append(exchange->out, "\r\n", 2);
    if (wants_body(exchange, 200)) {
        target_stream_generate(&exchange->stream, size, framing == TARGET_EXCHANGE_CHUNKED);
        if (exchange->slow_parts > 0) {
            target_stream_pace(&exchange->stream, exchange->slow_parts, exchange->slow_ms);
        }
    }
}

void target_exchange_garbage(struct target_exchange *exchange)
{
    exchange->outcome = TARGET_EXCHANGE_BROKEN;
    target_buffer_string(exchange->out, "\x01\x02 this is not HTTP\r\nnor is this\r\n\r\n");
}

void target_exchange_truncate(struct target_exchange *exchange)
{
    exchange->outcome = TARGET_EXCHANGE_BROKEN;
    target_buffer_string(exchange->out, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                        "Content-Length: 1000\r\n\r\n");
    for (int i = 0; i < 50; i++) {
        target_buffer_string(exchange->out, "half of it\n");
    }
}
