/* SPDX-License-Identifier: MIT */
/* Takes the framing off request bodies, with a length or in chunks, piece by piece. */
#include "body.h"

enum { MOST_DIGITS = 15, MOST_FRAMING = 64 * 1024 };

void target_body_start(struct target_body *body, const struct target_request *request)
{
    *body = (struct target_body){
        .state = request->chunked ? TARGET_BODY_SIZE : TARGET_BODY_LENGTH,
        .left = request->content_length,
    };
    if (!target_request_has_body(request)) {
        body->state = TARGET_BODY_ENDED;
    }
}

static enum target_body_status read_size(struct target_body *body, char c)
{
    unsigned digit = 16;
    if (c >= '0' && c <= '9') {
        digit = (unsigned)(c - '0');
    } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
        digit = (unsigned)((c | 0x20) - 'a') + 10;
    }
    if (digit < 16) {
        body->left = body->left * 16 + digit;
        return ++body->digits > MOST_DIGITS ? TARGET_BODY_BAD : TARGET_BODY_MORE;
    }
    if (body->digits == 0) {
        return TARGET_BODY_BAD;
    }
    if (c == '\n') {
        body->state = body->left > 0 ? TARGET_BODY_DATA : TARGET_BODY_TRAILER;
        return TARGET_BODY_MORE;
    }
    body->state = TARGET_BODY_EXTENSION;
    return c == '\r' || c == ';' || c == ' ' || c == '\t' ? TARGET_BODY_MORE : TARGET_BODY_BAD;
}

/* Reads one byte of what stands around the content. */
static enum target_body_status read_framing(struct target_body *body, char c)
{
    switch (body->state) {
    case TARGET_BODY_SIZE:
        return read_size(body, c);
    case TARGET_BODY_EXTENSION:
        if (c == '\n') {
            body->state = body->left > 0 ? TARGET_BODY_DATA : TARGET_BODY_TRAILER;
        }
        break;
    case TARGET_BODY_DATA_END:
        if (c == '\n') {
            body->state = TARGET_BODY_SIZE;
            body->left = 0;
            body->digits = 0;
            body->framing = 0;
        } else if (c != '\r') {
            return TARGET_BODY_BAD;
        }
        break;
    case TARGET_BODY_TRAILER:
        if (c == '\n') {
            body->state = TARGET_BODY_ENDED;
            return TARGET_BODY_DONE;
        }
        if (c != '\r') {
            body->state = TARGET_BODY_TRAILER_LINE;
        }
        break;
    case TARGET_BODY_TRAILER_LINE:
        if (c == '\n') {
            body->state = TARGET_BODY_TRAILER;
        }
        break;
    case TARGET_BODY_LENGTH:
    case TARGET_BODY_DATA:
    case TARGET_BODY_ENDED:
        return TARGET_BODY_BAD;
    }
    return ++body->framing > MOST_FRAMING ? TARGET_BODY_BAD : TARGET_BODY_MORE;
}

enum target_body_status target_body_read(struct target_body *body, const char *data, size_t size,
                                         size_t *used, struct target_text *content)
{
    enum target_body_status status = TARGET_BODY_MORE;

    *content = (struct target_text){ data, 0 };
    *used = 0;
    if (body->state == TARGET_BODY_ENDED) {
        return TARGET_BODY_DONE;
    }
    if (body->state == TARGET_BODY_LENGTH || body->state == TARGET_BODY_DATA) {
        *used = content->size = size < body->left ? size : (size_t)body->left;
        body->left -= *used;
        if (body->left > 0) {
            return TARGET_BODY_MORE;
        }
        bool last = body->state == TARGET_BODY_LENGTH;
        body->state = last ? TARGET_BODY_ENDED : TARGET_BODY_DATA_END;
        return last ? TARGET_BODY_DONE : TARGET_BODY_MORE;
    }
    while (*used < size && status == TARGET_BODY_MORE && body->state != TARGET_BODY_DATA) {
        status = read_framing(body, data[(*used)++]);
    }
    return status;
}
