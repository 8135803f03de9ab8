/* SPDX-License-Identifier: MIT */
/* Reads HTTP/1.x request heads, however they arrive in pieces. */
#ifndef ACRIDA_TARGET_REQUEST_H
#define ACRIDA_TARGET_REQUEST_H

#include "text.h"

enum {
    TARGET_REQUEST_HEAD_LIMIT = 64 * 1024,
    TARGET_REQUEST_HEADER_LIMIT = 256,
};

enum target_request_status {
    TARGET_REQUEST_MORE, /* the head is not complete yet */
    TARGET_REQUEST_DONE,
    TARGET_REQUEST_BAD,
    TARGET_REQUEST_TOO_LARGE,
};

struct target_header {
    struct target_text name;
    struct target_text value;
};

/* A complete head; all texts point into the bytes it was read from. */
struct target_request {
    struct target_text method;
    struct target_text path;
    struct target_text query;
    unsigned minor; /* of the version: 0 or 1 */
    bool keep_alive;
    bool expect_continue;
    bool chunked;
    bool has_length;
    uint64_t content_length;
    size_t head_size; /* with the empty line that ends it */
    size_t header_count;
    struct target_header headers[TARGET_REQUEST_HEADER_LIMIT];
};

/* How far the search for the end of a head has come; all zero before its first byte. */
struct target_request_scan {
    uint32_t line;    /* start of the line not complete yet */
    uint32_t scanned; /* bytes already searched */
    bool started;     /* the request line has been seen */
};

/* Looks at the bytes of one head read so far; `data` starts at its first byte and only
 * grows from call to call. Fills `request` once the head is complete. */
enum target_request_status target_request_read(struct target_request_scan *scan,
                                               struct target_request *request, const char *data,
                                               size_t size);

/* The value of the first header with that name; NULL when there is none. */
const struct target_text *target_request_header(const struct target_request *request,
                                                const char *name);

/* Whether a body, even an empty one in chunks, follows the head. */
bool target_request_has_body(const struct target_request *request);

#endif
