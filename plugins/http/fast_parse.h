/* SPDX-License-Identifier: MIT */
/*
 * HTTP/1.1 answers (RFC 9112), taken apart as their bytes arrive. Pull-style: the caller asks for
 * the next token until the input is used up, so nothing is called back and nothing is copied,
 * except for a line that arrives in several pieces. No I/O, no decoding of contents.
 *
 * Stricter than the RFC demands where two readers of the same bytes could disagree on where an
 * answer ends: such an answer is an error, and its connection must not be used again.
 */
#ifndef ACRIDA_HTTP_FAST_PARSE_H
#define ACRIDA_HTTP_FAST_PARSE_H

#include "fast_fields.h"
#include "text.h"

/* All heads of an answer and its trailers, line ends included. */
#define HTTP_FAST_HEAD_LIMIT ((size_t)256 << 10)
#define HTTP_FAST_LINES_LIMIT 1000
/* The line before a chunk: digits and extensions. */
#define HTTP_FAST_CHUNK_LINE_LIMIT 4096
#define HTTP_FAST_UNKNOWN HTTP_FAST_FIELDS_UNKNOWN

enum http_fast_token {
    HTTP_FAST_MORE,    /* all of the input was taken in */
    HTTP_FAST_LINE,    /* the status line or a header line, folded ones joined, without line end */
    HTTP_FAST_HEAD,    /* the head of the final answer is complete; interim ones end silently */
    HTTP_FAST_BODY,    /* a piece of the body, never empty; transfer coding undone */
    HTTP_FAST_TRAILER, /* a header line after the body */
    HTTP_FAST_DONE,    /* the answer is complete */
    HTTP_FAST_ERROR,   /* `error` says why */
};

/* Zeroed before the first use. */
struct http_fast_parse {
    const char *error;       /* a constant text */
    uint64_t content_length; /* from HEAD on, as announced, which for HEAD and 304 is not the
                                body's; HTTP_FAST_UNKNOWN = not given, or chunked */
    size_t name_bytes;       /* of the latest line: what is before its colon; 0 = a status line */
    int status;              /* of the latest status line */
    int version;             /* 10 or 11 */
    bool has_begun;          /* a byte of the answer has come */
    bool keeps_alive;        /* from HEAD on: the connection may carry another request after DONE,
                                if no input is left over then */

    /* Private. */
    uint8_t where;
    uint8_t chunk_part;
    bool is_head;  /* the method was HEAD */
    bool is_split; /* a line is being gathered in `split` */
    bool is_lent;  /* the caller looks at `split` */
    bool has_cr;   /* of that line: its CR is there */
    bool is_held;  /* of that line: whole, unless the next byte continues it */
    uint32_t n_lines;
    uint32_t chunk_line_bytes;
    size_t head_bytes;
    uint64_t remaining; /* of the body, or of the chunk */
    struct http_fast_fields fields;
    struct http_text split;
};

/* Before each answer. `is_head`: the request's method was HEAD. */
void http_fast_parse_begin(struct http_fast_parse *p, bool is_head);

/*
 * The next token of the input from *at to `end`; *at moves behind what was used. *ret_piece is set
 * with LINE, BODY and TRAILER; it points into the input or into `p`, and holds until the next call.
 *
 * After MORE all input is used; after DONE what is left belongs to no answer. DONE and ERROR stay
 * until http_fast_parse_begin.
 */
enum http_fast_token http_fast_parse_next(struct http_fast_parse *p, const char **at,
                                          const char *end, const char **ret_piece,
                                          size_t *ret_bytes);

/* The peer has closed, after MORE. Returns: DONE when that ends the answer as it should, else
 * ERROR. */
enum http_fast_token http_fast_parse_end(struct http_fast_parse *p);

/* Frees what is held; nothing is after DONE and ERROR. */
void http_fast_parse_done(struct http_fast_parse *p);

#endif
