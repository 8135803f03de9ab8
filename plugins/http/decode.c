/* SPDX-License-Identifier: MIT */
/* Bodies of answers, decompressed as they come in. */
#include "decode.h"

#include "failure.h"

#include <brotli/decode.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>

enum {
    KEPT_CODECS = 8,     /* of all kinds: 40 KB each when it has been in use */
    RAW_TRAILER_MAX = 4, /* some servers end raw deflate with a checksum */
    INPUT_MAX = 1 << 30, /* zlib counts in 32 bits */
    ANY_FRAME = 32,      /* zlib: tell gzip and zlib apart; its number */
    GZIP_FRAME = 16,
};

enum kind { GZIP, DEFLATE, BROTLI, ZSTD };

struct http_decode_codec {
    enum kind kind;
    bool has_begun;
    bool is_over;          /* at an end; a further member or frame may follow */
    bool is_raw;           /* deflate without a frame */
    unsigned char head[2]; /* of deflate: what tells */
    size_t head_bytes;
    size_t trailer_bytes;
    z_stream z; /* of gzip and deflate */
    BrotliDecoderState *brotli;
    ZSTD_DStream *zstd;
    struct http_decode_codec *next; /* in the pool */
};

struct http_decode {
    struct http_decode_pool *pool;
    struct http_decode_codec *codecs[HTTP_DECODE_CODINGS_MAX]; /* the last applied one first */
    size_t n_codecs;
    bool (*fn)(void *arg, const char *data, size_t bytes);
    void *arg;
    bool has_enough; /* fn */
    const char *error;
    struct http_decode *next; /* in the pool */
};

static const struct {
    const char *name;
    enum kind kind;
} codings[] = {
    { "gzip", GZIP }, { "x-gzip", GZIP }, { "deflate", DEFLATE },
    { "br", BROTLI }, { "zstd", ZSTD },
};

static const char *run(struct http_decode *d, size_t level, const char *data, size_t bytes);

const char *http_decode_encodings(void)
{
    return "gzip, deflate, br, zstd";
}

/* --- codecs -------------------------------------------------------------------------------------
 */

static void codec_free(struct http_decode_codec *c)
{
    if (c->kind == ZSTD) {
        ZSTD_freeDStream(c->zstd);
    } else if (c->kind == BROTLI) {
        BrotliDecoderDestroyInstance(c->brotli);
    } else {
        inflateEnd(&c->z);
    }
    free(c);
}

static bool codec_init(struct http_decode_codec *c)
{
    switch (c->kind) {
    case BROTLI:
        return true;
    case ZSTD:
        c->zstd = ZSTD_createDStream();
        return c->zstd != NULL;
    default:
        return inflateInit2(&c->z, MAX_WBITS + ANY_FRAME) == Z_OK;
    }
}

/* Ready for a body. Returns: false when out of memory. */
static bool codec_begin(struct http_decode_codec *c)
{
    c->has_begun = false;
    c->is_over = false;
    c->is_raw = false;
    c->head_bytes = 0;
    c->trailer_bytes = 0;
    switch (c->kind) {
    case BROTLI:
        c->brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL);
        return c->brotli != NULL;
    case ZSTD:
        return !ZSTD_isError(ZSTD_DCtx_reset(c->zstd, ZSTD_reset_session_only));
    default:
        return inflateReset2(&c->z, MAX_WBITS + ANY_FRAME) == Z_OK;
    }
}

static struct http_decode_codec *codec_new(struct http_decode_pool *pool, enum kind kind)
{
    struct http_decode_codec **at = &pool->codecs;

    while (*at != NULL && (*at)->kind != kind) {
        at = &(*at)->next;
    }
    struct http_decode_codec *c = *at;
    if (c != NULL) {
        *at = c->next;
        pool->n_codecs--;
    } else {
        c = calloc(1, sizeof(*c));
        if (c == NULL) {
            return NULL;
        }
        c->kind = kind;
        if (!codec_init(c)) {
            free(c);
            return NULL;
        }
    }
    if (!codec_begin(c)) {
        codec_free(c);
        return NULL;
    }
    return c;
}

static void codec_give_back(struct http_decode_pool *pool, struct http_decode_codec *c)
{
    if (c->kind == BROTLI || pool->n_codecs >= KEPT_CODECS) {
        codec_free(c);
        return;
    }
    c->next = pool->codecs;
    pool->codecs = c;
    pool->n_codecs++;
}

/* --- decoding -----------------------------------------------------------------------------------
 */

static const char *pass_on(struct http_decode *d, size_t level, size_t bytes)
{
    const char *data = d->pool->out[level];

    if (bytes == 0) {
        return NULL;
    }
    if (level + 1 < d->n_codecs) {
        return run(d, level + 1, data, bytes);
    }
    d->has_enough = !d->fn(d->arg, data, bytes);
    return NULL;
}

/* What comes after an end: a further gzip member, or what may be there and means nothing. */
static const char *take_trailer(struct http_decode_codec *c, bool *ret_goes_on)
{
    *ret_goes_on = false;
    if (c->kind == GZIP && c->z.next_in[0] == 0x1f) {
        if (inflateReset2(&c->z, MAX_WBITS + GZIP_FRAME) != Z_OK) {
            return HTTP_FAILURE_DECODE;
        }
        c->is_over = false;
        *ret_goes_on = true;
        return NULL;
    }
    c->trailer_bytes += c->z.avail_in;
    return c->is_raw && c->trailer_bytes <= RAW_TRAILER_MAX ? NULL : HTTP_FAILURE_DECODE;
}

static const char *run_zlib(struct http_decode *d, size_t level, const unsigned char *data,
                            size_t bytes)
{
    struct http_decode_codec *c = d->codecs[level];
    const char *error = NULL;
    bool goes_on = true;

    c->z.next_in = (unsigned char *)(uintptr_t)data; /* only read */
    c->z.avail_in = (uInt)bytes;
    while (error == NULL && goes_on && !d->has_enough) {
        if (c->is_over) {
            if (c->z.avail_in == 0) {
                return NULL;
            }
            error = take_trailer(c, &goes_on);
            continue;
        }
        c->z.next_out = (unsigned char *)d->pool->out[level];
        c->z.avail_out = HTTP_DECODE_PIECE_BYTES;
        int r = inflate(&c->z, Z_NO_FLUSH);
        if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR) {
            return r == Z_MEM_ERROR ? HTTP_FAILURE_MEMORY : HTTP_FAILURE_DECODE;
        }
        c->is_over = r == Z_STREAM_END;
        /* A piece that was filled may have left more within. */
        goes_on = c->is_over || c->z.avail_in > 0 || c->z.avail_out == 0;
        error = pass_on(d, level, HTTP_DECODE_PIECE_BYTES - c->z.avail_out);
    }
    return error;
}

/* "deflate" is zlib's frame, or what some servers send: none. Two bytes tell. */
static const char *run_deflate(struct http_decode *d, size_t level, const unsigned char *data,
                               size_t bytes)
{
    struct http_decode_codec *c = d->codecs[level];

    if (c->head_bytes < sizeof c->head) {
        while (c->head_bytes < sizeof c->head && bytes > 0) {
            c->head[c->head_bytes++] = *data++;
            bytes--;
        }
        if (c->head_bytes < sizeof c->head) {
            return NULL;
        }
        c->is_raw = (c->head[0] & 0x0f) != Z_DEFLATED || c->head[0] >> 4 > MAX_WBITS - 8 ||
                    (c->head[0] << 8 | c->head[1]) % 31 != 0;
        if (inflateReset2(&c->z, c->is_raw ? -MAX_WBITS : MAX_WBITS) != Z_OK) {
            return HTTP_FAILURE_DECODE;
        }
        const char *error = run_zlib(d, level, c->head, sizeof c->head);
        if (error != NULL) {
            return error;
        }
    }
    return run_zlib(d, level, data, bytes);
}

static const char *run_brotli(struct http_decode *d, size_t level, const unsigned char *data,
                              size_t bytes)
{
    struct http_decode_codec *c = d->codecs[level];
    BrotliDecoderResult r = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    const char *error = NULL;

    if (c->is_over) {
        return bytes == 0 ? NULL : HTTP_FAILURE_DECODE;
    }
    while (error == NULL && !d->has_enough && r == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
        uint8_t *out = (uint8_t *)d->pool->out[level];
        size_t room = HTTP_DECODE_PIECE_BYTES;
        r = BrotliDecoderDecompressStream(c->brotli, &bytes, &data, &room, &out, NULL);
        if (r == BROTLI_DECODER_RESULT_ERROR) {
            return HTTP_FAILURE_DECODE;
        }
        error = pass_on(d, level, HTTP_DECODE_PIECE_BYTES - room);
    }
    c->is_over = r == BROTLI_DECODER_RESULT_SUCCESS;
    return error == NULL && c->is_over && bytes > 0 ? HTTP_FAILURE_DECODE : error;
}

static const char *run_zstd(struct http_decode *d, size_t level, const unsigned char *data,
                            size_t bytes)
{
    struct http_decode_codec *c = d->codecs[level];
    ZSTD_inBuffer in = { data, bytes, 0 };
    bool goes_on = bytes > 0;
    const char *error = NULL;

    while (error == NULL && !d->has_enough && goes_on) {
        ZSTD_outBuffer out = { d->pool->out[level], HTTP_DECODE_PIECE_BYTES, 0 };
        size_t r = ZSTD_decompressStream(c->zstd, &out, &in);
        if (ZSTD_isError(r)) {
            return HTTP_FAILURE_DECODE;
        }
        c->is_over = r == 0;
        goes_on = in.pos < in.size || (out.pos == out.size && !c->is_over);
        error = pass_on(d, level, out.pos);
    }
    return error;
}

static const char *run(struct http_decode *d, size_t level, const char *data, size_t bytes)
{
    struct http_decode_codec *c = d->codecs[level];
    const unsigned char *at = (const unsigned char *)data;

    c->has_begun = c->has_begun || bytes > 0;
    switch (c->kind) {
    case GZIP:
        return run_zlib(d, level, at, bytes);
    case DEFLATE:
        return run_deflate(d, level, at, bytes);
    case BROTLI:
        return run_brotli(d, level, at, bytes);
    default:
        return run_zstd(d, level, at, bytes);
    }
}

/* --- a body -------------------------------------------------------------------------------------
 */

/* Returns: its row; -1 when it is none, -2 when it is "identity". */
static int find_coding(const char *name, size_t bytes)
{
    if (bytes == 8 && strncasecmp(name, "identity", bytes) == 0) {
        return -2;
    }
    for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++) {
        if (strlen(codings[i].name) == bytes && strncasecmp(name, codings[i].name, bytes) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* Puts a codec before those of the codings that were applied earlier. */
static const char *add_coding(struct http_decode *d, enum kind kind)
{
    char **out = &d->pool->out[d->n_codecs < HTTP_DECODE_CODINGS_MAX ? d->n_codecs : 0];

    if (d->n_codecs == HTTP_DECODE_CODINGS_MAX) {
        return HTTP_FAILURE_DECODE;
    }
    if (*out == NULL && (*out = malloc(HTTP_DECODE_PIECE_BYTES)) == NULL) {
        return HTTP_FAILURE_MEMORY;
    }
    struct http_decode_codec *c = codec_new(d->pool, kind);
    if (c == NULL) {
        return HTTP_FAILURE_MEMORY;
    }
    memmove(&d->codecs[1], &d->codecs[0], d->n_codecs * sizeof(void *));
    d->codecs[0] = c;
    d->n_codecs++;
    return NULL;
}

static const char *add_codings(struct http_decode *d, const char *list)
{
    const char *error = NULL;

    while (error == NULL && *(list += strspn(list, " \t,")) != '\0') {
        const char *end = list + strcspn(list, ",");
        const char *name = list;
        list = end;
        while (end > name && (end[-1] == ' ' || end[-1] == '\t')) {
            end--;
        }
        int i = find_coding(name, (size_t)(end - name));
        if (i != -2) {
            error = i < 0 ? HTTP_FAILURE_DECODE : add_coding(d, codings[i].kind);
        }
    }
    return error;
}

const char *http_decode_new(struct http_decode_pool *pool, const char *encodings,
                            struct http_decode **ret_d)
{
    struct http_decode *d = pool->decoders;

    *ret_d = NULL;
    if (d != NULL) {
        pool->decoders = d->next;
    } else {
        d = malloc(sizeof(*d));
        if (d == NULL) {
            return HTTP_FAILURE_MEMORY;
        }
    }
    *d = (struct http_decode){ .pool = pool };
    const char *error = add_codings(d, encodings);
    if (error != NULL) {
        http_decode_free(d);
        return error;
    }
    *ret_d = d;
    return NULL;
}

const char *http_decode_feed(struct http_decode *d, const char *data, size_t bytes,
                             bool (*fn)(void *arg, const char *data, size_t bytes), void *arg)
{
    d->fn = fn;
    d->arg = arg;
    while (bytes > 0 && d->error == NULL && !d->has_enough) {
        size_t piece = bytes < INPUT_MAX ? bytes : INPUT_MAX;
        if (d->n_codecs == 0) {
            d->has_enough = !fn(arg, data, piece);
        } else {
            d->error = run(d, 0, data, piece);
        }
        data += piece;
        bytes -= piece;
    }
    return d->error;
}

const char *http_decode_finish(struct http_decode *d)
{
    for (size_t i = 0; d->error == NULL && !d->has_enough && i < d->n_codecs; i++) {
        if (d->codecs[i]->has_begun && !d->codecs[i]->is_over) {
            d->error = HTTP_FAILURE_DECODE;
        }
    }
    return d->error;
}

void http_decode_free(struct http_decode *d)
{
    struct http_decode_pool *pool = d->pool;

    for (size_t i = 0; i < d->n_codecs; i++) {
        codec_give_back(pool, d->codecs[i]);
    }
    d->next = pool->decoders;
    pool->decoders = d;
}

void http_decode_pool_done(struct http_decode_pool *pool)
{
    while (pool->decoders != NULL) {
        struct http_decode *d = pool->decoders;
        pool->decoders = d->next;
        free(d);
    }
    while (pool->codecs != NULL) {
        struct http_decode_codec *c = pool->codecs;
        pool->codecs = c->next;
        codec_free(c);
    }
    for (size_t i = 0; i < HTTP_DECODE_CODINGS_MAX; i++) {
        free(pool->out[i]);
    }
    *pool = (struct http_decode_pool){ .decoders = NULL };
}
