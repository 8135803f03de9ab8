/* SPDX-License-Identifier: MIT */
/*
 * Bodies of answers, decompressed as they come in: gzip, deflate (with and without zlib's frame),
 * br, zstd, and up to three of them one over another.
 *
 * Errors are texts for the failure table. What decoders need is kept in a pool for later answers;
 * only brotli's state, which cannot be used again, is made for each.
 */
#ifndef ACRIDA_HTTP_DECODE_H
#define ACRIDA_HTTP_DECODE_H

#include <stdbool.h>
#include <stddef.h>

struct http_decode;
struct http_decode_codec;

enum { HTTP_DECODE_CODINGS_MAX = 3, HTTP_DECODE_PIECE_BYTES = 16 << 10 };

/* Of a loop, all zero when new: what its decoders share, and what waits to be used again. */
struct http_decode_pool {
    struct http_decode *decoders;
    struct http_decode_codec *codecs;
    size_t n_codecs;
    char *out[HTTP_DECODE_CODINGS_MAX]; /* what comes out, of each of codings over another */
};

/* Accept-Encoding of what can be decoded. */
const char *http_decode_encodings(void);

/*
 * For the value of Content-Encoding: names separated by commas, in the order in which they were
 * applied, in any case. "identity" and an empty list pass the body through.
 *
 * Returns: NULL, or what is wrong: an unknown name, more than three. Freed by http_decode_free.
 * Thread: the pool's loop.
 */
const char *http_decode_new(struct http_decode_pool *pool, const char *encodings,
                            struct http_decode **ret_d);

/*
 * The next piece of the body. `fn` gets what comes out, in pieces of up to 16 KiB that it may not
 * keep; it must not yield. When it returns false the rest is dropped.
 *
 * After a gzip member or a zstd frame a further one is decoded. Anything else after the end is an
 * error, but for up to four bytes after deflate without a frame, which libcurl lets pass, too.
 *
 * Returns: NULL when all is well or `fn` had enough, else what is wrong, from then on each time.
 */
const char *http_decode_feed(struct http_decode *d, const char *data, size_t bytes,
                             bool (*fn)(void *arg, const char *data, size_t bytes), void *arg);

/* The body is over. Returns: NULL, or what is wrong: it ended too early. Of nothing is nothing. */
const char *http_decode_finish(struct http_decode *d);

void http_decode_free(struct http_decode *d);

/* All of its decoders are free by now. */
void http_decode_pool_done(struct http_decode_pool *pool);

#endif
