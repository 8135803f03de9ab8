/* SPDX-License-Identifier: MIT */
/* HTTP/1.1 answers, taken apart as their bytes arrive. */
#include "fast_parse.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
    AT_STATUS,
    AT_HEADER,
    AT_LENGTH,
    AT_CLOSE,
    AT_CHUNK_LINE,
    AT_CHUNK,
    AT_CHUNK_END,
    AT_TRAILER,
    AT_DONE,
    AT_ERROR
};

enum { CHUNK_FIRST, CHUNK_DIGITS, CHUNK_BLANKS, CHUNK_EXTENSION, CHUNK_CR };

struct piece {
    const char *data;
    size_t bytes;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

/* The first control byte other than a tab: most often the end of the line. */
static inline const char *find_control(const char *at, const char *end)
{
#ifdef __SSE2__
    const __m128i highest = _mm_set1_epi8(0x1f), del = _mm_set1_epi8(0x7f);
    const __m128i tab = _mm_set1_epi8('\t');

    for (; end - at >= 16; at += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)at);
        __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, highest), v);
        __m128i found =
            _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(v, tab), low), _mm_cmpeq_epi8(v, del));
        unsigned bits = (unsigned)_mm_movemask_epi8(found);
        if (bits != 0) {
            return at + __builtin_ctz(bits);
        }
    }
#endif
    while (at < end && !is_control(*at)) {
        at++;
    }
    return at;
}

static void release(struct http_fast_parse *p)
{
    if (p->split.data != NULL) {
        http_text_done(&p->split);
    }
    p->is_lent = false;
}

static enum http_fast_token fail(struct http_fast_parse *p, const char *error)
{
    release(p);
    p->error = error;
    p->keeps_alive = false;
    p->where = AT_ERROR;
    return HTTP_FAST_ERROR;
}

static enum http_fast_token finish(struct http_fast_parse *p)
{
    release(p);
    p->where = AT_DONE;
    return HTTP_FAST_DONE;
}

static void begin_head(struct http_fast_parse *p)
{
    p->where = AT_STATUS;
    p->content_length = HTTP_FAST_UNKNOWN;
    /* Closing is about the connection, whichever head says it. */
    p->fields = (struct http_fast_fields){ .content_length = HTTP_FAST_UNKNOWN,
                                           .says_close = p->fields.says_close };
}

void http_fast_parse_begin(struct http_fast_parse *p, bool is_head)
{
    struct http_text split = p->split;

    http_text_clear(&split);
    *p = (struct http_fast_parse){ .is_head = is_head, .split = split };
    begin_head(p);
}

void http_fast_parse_done(struct http_fast_parse *p)
{
    release(p);
}

/* Only header lines are continued by a line that begins with a blank. */
static bool may_fold(const struct http_fast_parse *p)
{
    return p->where != AT_STATUS;
}

static enum http_fast_token lend_split(struct http_fast_parse *p, struct piece *ret_line)
{
    p->is_split = false;
    p->is_held = false;
    /* An empty line ends an interim head, and the same call may begin to gather the next line. */
    p->is_lent = p->split.length > 0;
    *ret_line = (struct piece){ http_text_get(&p->split), p->split.length };
    return HTTP_FAST_LINE;
}

/* Text of the line in `split` and, when it is there, a byte of its end. Returns: NULL or an error.
 */
static const char *gather_text(struct http_fast_parse *p, const char **at, const char *end)
{
    const char *eol = p->has_cr ? *at : find_control(*at, end);

    if (!http_text_add(&p->split, *at, (size_t)(eol - *at))) {
        return "out of memory";
    }
    *at = eol;
    if (eol == end) {
        return NULL;
    }
    if (*eol != '\n' && (p->has_cr || *eol != '\r')) {
        return "invalid HTTP in the answer: a control byte in the header";
    }
    (*at)++;
    p->has_cr = *eol == '\r';
    p->is_held = *eol == '\n';
    if (p->is_held && ++p->n_lines > HTTP_FAST_LINES_LIMIT) {
        return "the answer's header has more than 1,000 lines";
    }
    return NULL;
}

/* The first blank of the line that continues the one in `split`. Returns: NULL or an error. */
static const char *unfold(struct http_fast_parse *p, const char **at)
{
    (*at)++;
    p->is_held = false;
    return http_text_put(&p->split, ' ') ? NULL : "out of memory";
}

/*
 * A line that is not whole in the input, or folded, or ended by a bare LF. A fold becomes a space.
 *
 * Returns: LINE, MORE or ERROR.
 */
static enum http_fast_token gather_line(struct http_fast_parse *p, const char **at, const char *end,
                                        struct piece *ret_line)
{
    p->is_split = p->is_split || *at < end;
    while (*at < end) {
        if (p->is_held && !is_blank(**at)) {
            return lend_split(p, ret_line);
        }
        const char *error = p->is_held ? unfold(p, at) : gather_text(p, at, end);
        if (error != NULL) {
            return fail(p, error);
        }
        if (p->is_held && (p->split.length == 0 || !may_fold(p))) {
            return lend_split(p, ret_line);
        }
    }
    return HTTP_FAST_MORE;
}

/*
 * The next line of a head or trailer, within the limit of bytes; most often it is whole, and the
 * input shows that the next one does not continue it.
 *
 * Returns: LINE, MORE or ERROR.
 */
static inline enum http_fast_token take_line(struct http_fast_parse *p, const char **at,
                                             const char *end, struct piece *ret_line)
{
    const char *line = *at;
    size_t room = HTTP_FAST_HEAD_LIMIT - p->head_bytes;
    const char *stop = (size_t)(end - line) > room ? line + room : end;

    if (!p->is_split) {
        const char *eol = find_control(line, stop);
        size_t left = (size_t)(stop - eol);
        if (left >= 2 && eol[0] == '\r' && eol[1] == '\n' &&
            (eol == line || (left >= 3 && !is_blank(eol[2])))) {
            *at = eol + 2;
            *ret_line = (struct piece){ line, (size_t)(eol - line) };
            p->head_bytes += ret_line->bytes + 2;
            if (++p->n_lines > HTTP_FAST_LINES_LIMIT) {
                return fail(p, "the answer's header has more than 1,000 lines");
            }
            return HTTP_FAST_LINE;
        }
    }
    enum http_fast_token token = gather_line(p, at, stop, ret_line);
    p->head_bytes += (size_t)(*at - line);
    if (token == HTTP_FAST_MORE && stop < end) {
        return fail(p, "the answer's header exceeds 256 KiB");
    }
    return token;
}

/* "HTTP/1.1 200 OK"; the reason may be missing with its space, as some servers have it. */
static bool read_status_line(struct http_fast_parse *p, struct piece line)
{
    const char *s = line.data;

    if (line.bytes < 12 || memcmp(s, "HTTP/1.", 7) != 0 || !is_digit(s[7]) || s[8] != ' ' ||
        s[9] < '1' || s[9] > '9' || !is_digit(s[10]) || !is_digit(s[11]) ||
        (line.bytes > 12 && s[12] != ' ')) {
        return false;
    }
    /* A later minor version may not change what an answer means (RFC 9110, 2.5). */
    p->version = s[7] == '0' ? 10 : 11;
    p->status = (s[9] - '0') * 100 + (s[10] - '0') * 10 + (s[11] - '0');
    p->name_bytes = 0;
    return true;
}

static bool has_no_body(const struct http_fast_parse *p)
{
    return p->is_head || p->status == 204 || p->status == 304;
}

/* How the body ends (RFC 9112, 6.3), and what becomes of the connection (9.3). */
static enum http_fast_token end_head(struct http_fast_parse *p)
{
    const struct http_fast_fields *f = &p->fields;
    bool has_length = f->content_length != HTTP_FAST_UNKNOWN;

    p->keeps_alive = !f->says_close && (p->version == 11 || f->says_keep_alive);
    p->content_length = f->is_chunked ? HTTP_FAST_UNKNOWN : f->content_length;
    p->remaining = 0;
    /* Lengths that contradict each other, and what HTTP/1.0 does not know: faulty framing. */
    if ((f->is_coded && has_length) || (f->is_chunked && p->version == 10)) {
        p->keeps_alive = false;
    }
    if (has_no_body(p)) {
        p->where = AT_LENGTH;
        /* Whoever announces a body where there is none may well send it. */
        if (p->status == 204 && (f->is_coded || (has_length && f->content_length > 0))) {
            p->keeps_alive = false;
        }
    } else if (f->is_chunked) {
        p->where = AT_CHUNK_LINE;
    } else if (has_length) {
        p->where = AT_LENGTH;
        p->remaining = f->content_length;
    } else {
        p->where = AT_CLOSE;
        p->keeps_alive = false;
    }
    return HTTP_FAST_HEAD;
}

/* Lines of heads. Returns: any but BODY, TRAILER and DONE. */
static enum http_fast_token next_of_head(struct http_fast_parse *p, const char **at,
                                         const char *end, struct piece *ret_line)
{
    p->has_begun = p->has_begun || *at < end;
    for (;;) {
        enum http_fast_token token = take_line(p, at, end, ret_line);
        if (token != HTTP_FAST_LINE) {
            return token;
        }
        if (p->where == AT_STATUS) {
            if (!read_status_line(p, *ret_line)) {
                return fail(p, "invalid HTTP in the answer");
            }
            p->where = AT_HEADER;
            return HTTP_FAST_LINE;
        }
        if (ret_line->bytes > 0) {
            const char *error =
                http_fast_fields_read(&p->fields, ret_line->data, ret_line->bytes, &p->name_bytes);
            return error == NULL ? HTTP_FAST_LINE : fail(p, error);
        }
        if (p->status >= 200) {
            return end_head(p);
        }
        if (p->status == 101) {
            return fail(p,
                        "invalid HTTP in the answer: a change of protocol that nobody asked for");
        }
        begin_head(p);
    }
}

static enum http_fast_token next_of_trailer(struct http_fast_parse *p, const char **at,
                                            const char *end, struct piece *ret_line)
{
    enum http_fast_token token = take_line(p, at, end, ret_line);

    if (token != HTTP_FAST_LINE) {
        return token;
    }
    if (ret_line->bytes == 0) {
        return finish(p);
    }
    return http_fast_fields_name(ret_line->data, ret_line->bytes, &p->name_bytes)
               ? HTTP_FAST_TRAILER
               : fail(p, "invalid HTTP in the answer: a trailer that is none");
}

static int hex_value(char c)
{
    if (is_digit(c)) {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte of "5;name=value" and its line end. Returns: false when it may not stand there. */
static bool take_chunk_byte(struct http_fast_parse *p, char c)
{
    int digit = hex_value(c);

    if (++p->chunk_line_bytes > HTTP_FAST_CHUNK_LINE_LIMIT) {
        return false;
    }
    if (p->chunk_part <= CHUNK_DIGITS && digit >= 0) {
        if (p->remaining > INT64_MAX >> 4) {
            return false;
        }
        p->remaining = p->remaining << 4 | (unsigned)digit;
        p->chunk_part = CHUNK_DIGITS;
        return true;
    }
    if (p->chunk_part == CHUNK_FIRST || (p->chunk_part == CHUNK_CR && c != '\n')) {
        return false;
    }
    if (c == '\n') {
        p->where = p->remaining == 0 ? AT_TRAILER : AT_CHUNK;
        p->chunk_part = CHUNK_FIRST;
        p->chunk_line_bytes = 0;
        return true;
    }
    if (c == '\r') {
        p->chunk_part = CHUNK_CR;
        return true;
    }
    if (p->chunk_part == CHUNK_EXTENSION) {
        return !is_control(c);
    }
    p->chunk_part = c == ';' ? CHUNK_EXTENSION : CHUNK_BLANKS;
    return c == ';' || is_blank(c);
}

/* The CRLF behind a chunk's bytes. */
static bool take_chunk_end(struct http_fast_parse *p, char c)
{
    if (c == '\r' && p->chunk_part == CHUNK_FIRST) {
        p->chunk_part = CHUNK_CR;
        return true;
    }
    p->chunk_part = CHUNK_FIRST;
    p->where = AT_CHUNK_LINE;
    return c == '\n';
}

static enum http_fast_token next_of_chunks(struct http_fast_parse *p, const char **at,
                                           const char *end)
{
    while (*at < end && (p->where == AT_CHUNK_LINE || p->where == AT_CHUNK_END)) {
        char c = *(*at)++;
        if (!(p->where == AT_CHUNK_LINE ? take_chunk_byte(p, c) : take_chunk_end(p, c))) {
            return fail(p, "invalid HTTP in the answer: a malformed chunk");
        }
    }
    return HTTP_FAST_MORE;
}

/* A body that is counted: all of it, or a chunk. Returns: BODY, or MORE. */
static enum http_fast_token take_counted(struct http_fast_parse *p, const char **at,
                                         const char *end, struct piece *ret_piece)
{
    size_t bytes = (size_t)(end - *at);

    if (bytes > p->remaining) {
        bytes = (size_t)p->remaining;
    }
    *ret_piece = (struct piece){ *at, bytes };
    *at += bytes;
    p->remaining -= bytes;
    if (p->remaining == 0 && p->where == AT_CHUNK) {
        p->where = AT_CHUNK_END;
    }
    return bytes == 0 ? HTTP_FAST_MORE : HTTP_FAST_BODY;
}

static enum http_fast_token next_token(struct http_fast_parse *p, const char **at, const char *end,
                                       struct piece *ret_piece)
{
    for (;;) {
        switch (p->where) {
        case AT_STATUS:
        case AT_HEADER:
            return next_of_head(p, at, end, ret_piece);
        case AT_LENGTH:
            return p->remaining == 0 ? finish(p) : take_counted(p, at, end, ret_piece);
        case AT_CLOSE:
            *ret_piece = (struct piece){ *at, (size_t)(end - *at) };
            *at = end;
            return ret_piece->bytes == 0 ? HTTP_FAST_MORE : HTTP_FAST_BODY;
        case AT_CHUNK:
            return take_counted(p, at, end, ret_piece);
        case AT_TRAILER:
            return next_of_trailer(p, at, end, ret_piece);
        case AT_DONE:
            return HTTP_FAST_DONE;
        case AT_ERROR:
            return HTTP_FAST_ERROR;
        default: {
            enum http_fast_token token = next_of_chunks(p, at, end);
            if (token != HTTP_FAST_MORE || *at == end) {
                return token;
            }
        }
        }
    }
}

enum http_fast_token http_fast_parse_next(struct http_fast_parse *p, const char **at,
                                          const char *end, const char **ret_piece,
                                          size_t *ret_bytes)
{
    struct piece piece = { NULL, 0 };

    if (p->is_lent) {
        http_text_clear(&p->split);
        p->is_lent = false;
    }
    enum http_fast_token token = next_token(p, at, end, &piece);
    *ret_piece = piece.data;
    *ret_bytes = piece.bytes;
    return token;
}

enum http_fast_token http_fast_parse_end(struct http_fast_parse *p)
{
    if (p->where == AT_ERROR) {
        return HTTP_FAST_ERROR;
    }
    if (p->where == AT_DONE || p->where == AT_CLOSE ||
        (p->where == AT_LENGTH && p->remaining == 0)) {
        p->keeps_alive = false;
        return finish(p);
    }
    return fail(p, p->has_begun ? "connection closed before the answer was complete"
                                : "connection closed without an answer");
}
