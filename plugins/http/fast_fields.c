/* SPDX-License-Identifier: MIT */
/* What header lines say about where an answer ends. */
#include "fast_fields.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct piece {
    const char *data;
    size_t bytes;
};

/* tchar of RFC 9110, 5.6.2. */
/* clang-format off */
static const bool is_token[256] = {
    ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
    ['!'] = true, ['#'] = true, ['$'] = true, ['%'] = true, ['&'] = true, ['\''] = true,
    ['*'] = true, ['+'] = true, ['-'] = true, ['.'] = true, ['^'] = true, ['_'] = true,
    ['`'] = true, ['|'] = true, ['~'] = true,
};
/* clang-format on */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline uint64_t load8(const char *at)
{
    uint64_t bytes;

    memcpy(&bytes, at, sizeof bytes);
    return bytes | UINT64_C(0x2020202020202020);
}

/*
 * Whether a text is a word in any case. `lower` is a constant in lower case, so that this becomes a
 * comparison of registers. Setting 0x20 makes letters lower, and nothing but a control byte a dash;
 * those have been refused before.
 */
static inline bool is_word(const char *text, size_t bytes, const char *lower, size_t lower_bytes)
{
    if (bytes != lower_bytes) {
        return false;
    }
    if (lower_bytes < 8) {
        bool differs = false;
        for (size_t i = 0; i < lower_bytes; i++) {
            differs |= (text[i] | 0x20) != lower[i];
        }
        return !differs;
    }
    uint64_t differs = load8(text) ^ load8(lower);
    for (size_t i = 8; i < lower_bytes; i += 8) {
        size_t at = i + 8 > lower_bytes ? lower_bytes - 8 : i;
        differs |= load8(text + at) ^ load8(lower + at);
    }
    return differs == 0;
}

#define IS_WORD(text, bytes, lower) is_word(text, bytes, lower, sizeof(lower) - 1)

static inline const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at)) {
        at++;
    }
    return at;
}

/* The next element of a list, without blanks around it; may be empty. Returns: false at the end. */
static inline bool next_element(struct piece *list, struct piece *ret_element)
{
    if (list->data == NULL) {
        return false;
    }
    const char *end = list->data + list->bytes;
    const char *at = skip_blanks(list->data, end), *stop = at;
    while (stop < end && *stop != ',') {
        stop++;
    }
    *list = stop == end ? (struct piece){ NULL, 0 }
                        : (struct piece){ stop + 1, (size_t)(end - stop - 1) };
    while (stop > at && is_blank(stop[-1])) {
        stop--;
    }
    *ret_element = (struct piece){ at, (size_t)(stop - at) };
    return true;
}

/* Digits, as far as off_t holds them. Returns: where they end, NULL when there are none. */
static inline const char *read_digits(const char *at, const char *end, uint64_t *ret_number)
{
    const char *begin = at;
    uint64_t n = 0;

    for (; at < end && (unsigned char)(*at - '0') <= 9; at++) {
        unsigned digit = (unsigned char)(*at - '0');
        if (n > ((uint64_t)INT64_MAX - digit) / 10) {
            return NULL;
        }
        n = n * 10 + digit;
    }
    *ret_number = n;
    return at == begin ? NULL : at;
}

/* Equal numbers may come more than once (RFC 9112, 6.3). Returns: NULL or why not. */
static const char *read_content_length(struct http_fast_fields *f, struct piece value)
{
    const char *at = value.data, *end = at + value.bytes;

    for (;; at++) {
        uint64_t number;
        at = read_digits(skip_blanks(at, end), end, &number);
        if (at != NULL) {
            at = skip_blanks(at, end);
        }
        if (at == NULL || (at < end && *at != ',')) {
            return "invalid HTTP in the answer: a Content-Length that is not a number";
        }
        if (f->content_length != HTTP_FAST_FIELDS_UNKNOWN && f->content_length != number) {
            return "invalid HTTP in the answer: two different Content-Lengths";
        }
        f->content_length = number;
        if (at == end) {
            return NULL;
        }
    }
}

/* Only "chunked", once; "identity", which older servers say, is none. */
static const char *read_transfer_encoding(struct http_fast_fields *f, struct piece value)
{
    struct piece element;

    f->is_coded = true;
    while (next_element(&value, &element)) {
        if (element.bytes == 0) {
            continue;
        }
        if (f->is_chunked || (!IS_WORD(element.data, element.bytes, "chunked") &&
                              !IS_WORD(element.data, element.bytes, "identity"))) {
            return "invalid HTTP in the answer: a Transfer-Encoding other than chunked";
        }
        f->is_chunked = IS_WORD(element.data, element.bytes, "chunked");
    }
    return NULL;
}

static void read_connection(struct http_fast_fields *f, struct piece value)
{
    struct piece element;

    while (next_element(&value, &element)) {
        if (IS_WORD(element.data, element.bytes, "close")) {
            f->says_close = true;
        } else if (IS_WORD(element.data, element.bytes, "keep-alive")) {
            f->says_keep_alive = true;
        }
    }
}

/* How many letters, digits and dashes a text begins with: most names are nothing else. */
static inline size_t plain_bytes(const char *text, size_t bytes)
{
    size_t n = 0;
#ifdef __SSE2__
    const __m128i before_a = _mm_set1_epi8('a' - 1), after_z = _mm_set1_epi8('z' + 1);
    const __m128i before_0 = _mm_set1_epi8('0' - 1), after_9 = _mm_set1_epi8('9' + 1);

    for (; bytes - n >= 16; n += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text + n));
        __m128i lower = _mm_or_si128(v, _mm_set1_epi8(0x20));
        __m128i letters =
            _mm_and_si128(_mm_cmpgt_epi8(lower, before_a), _mm_cmplt_epi8(lower, after_z));
        __m128i digits = _mm_and_si128(_mm_cmpgt_epi8(v, before_0), _mm_cmplt_epi8(v, after_9));
        __m128i dashes = _mm_cmpeq_epi8(v, _mm_set1_epi8('-'));
        __m128i plain = _mm_or_si128(_mm_or_si128(letters, digits), dashes);
        unsigned others = (unsigned)_mm_movemask_epi8(plain) ^ 0xffff;
        if (others != 0) {
            return n + (unsigned)__builtin_ctz(others);
        }
    }
#else
    (void)text;
    (void)bytes;
#endif
    return n;
}

static inline bool read_name(const char *line, size_t bytes, size_t *ret_name_bytes)
{
    size_t n = plain_bytes(line, bytes);

    while (n < bytes && is_token[(unsigned char)line[n]]) {
        n++;
    }
    *ret_name_bytes = n;
    return n > 0 && n < bytes && line[n] == ':';
}

bool http_fast_fields_name(const char *line, size_t bytes, size_t *ret_name_bytes)
{
    return read_name(line, bytes, ret_name_bytes);
}

const char *http_fast_fields_read(struct http_fast_fields *f, const char *line, size_t bytes,
                                  size_t *ret_name_bytes)
{
    size_t name_bytes;
    bool is_header = read_name(line, bytes, &name_bytes);

    *ret_name_bytes = name_bytes;
    if (!is_header) {
        return "invalid HTTP in the answer: a header line that is none";
    }
    struct piece value = { line + name_bytes + 1, bytes - name_bytes - 1 };
    switch (name_bytes) {
    case sizeof "Connection" - 1:
        if (IS_WORD(line, name_bytes, "connection")) {
            read_connection(f, value);
        }
        return NULL;
    case sizeof "Content-Length" - 1:
        return IS_WORD(line, name_bytes, "content-length") ? read_content_length(f, value) : NULL;
    case sizeof "Transfer-Encoding" - 1:
        return IS_WORD(line, name_bytes, "transfer-encoding") ? read_transfer_encoding(f, value)
                                                              : NULL;
    default:
        return NULL;
    }
}
