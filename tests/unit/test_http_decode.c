/* SPDX-License-Identifier: MIT */
/* Decompressed bodies: each coding, in pieces of all sizes, broken in all ways; beside libcurl. */
#include "support/curl_pair.h"
#include "support/unit.h"

#include "decode.h"
#include "failure.h"
#include "text.h"

#include <brotli/encode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { PLAIN_BYTES = 100000, ROOM = 128 << 10 };

struct blob {
    char data[ROOM];
    size_t bytes;
};

static struct http_decode_pool pool;
static char plain[PLAIN_BYTES];
static struct http_text out;
static size_t largest;
static size_t calls_left; /* until add says stop */

static void deflate_to(struct blob *to, int window_bits, const char *data, size_t bytes)
{
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)data, .avail_in = (uInt)bytes };

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_out = (unsigned char *)to->data + to->bytes;
    z.avail_out = (uInt)(ROOM - to->bytes);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    to->bytes = ROOM - z.avail_out;
    deflateEnd(&z);
}

/* Appends what a server would send. */
static void encode(struct blob *to, const char *coding, const char *data, size_t bytes)
{
    size_t n = ROOM - to->bytes;

    if (strcmp(coding, "gzip") == 0 || strcmp(coding, "x-gzip") == 0) {
        deflate_to(to, 15 + 16, data, bytes);
    } else if (strcmp(coding, "deflate") == 0) {
        deflate_to(to, 15, data, bytes);
    } else if (strcmp(coding, "raw") == 0) {
        deflate_to(to, -15, data, bytes);
    } else if (strcmp(coding, "br") == 0) {
        assert_true(BrotliEncoderCompress(5, 22, BROTLI_MODE_GENERIC, bytes, (const uint8_t *)data,
                                          &n, (uint8_t *)to->data + to->bytes));
        to->bytes += n;
    } else {
        n = ZSTD_compress(to->data + to->bytes, n, data, bytes, 3);
        assert_false(ZSTD_isError(n));
        to->bytes += n;
    }
}

static bool add(void *arg, const char *data, size_t bytes)
{
    (void)arg;
    largest = bytes > largest ? bytes : largest;
    assert_true(http_text_add(&out, data, bytes));
    return calls_left == 0 || --calls_left > 0;
}

/* Returns: the error of feeding or of the end. */
static const char *decode(const char *encodings, const struct blob *b, size_t piece)
{
    struct http_decode *d;
    const char *error = http_decode_new(&pool, encodings, &d);

    http_text_clear(&out);
    if (error != NULL)
        return error;
    for (size_t at = 0; at < b->bytes && error == NULL; at += piece) {
        /* From memory of its own, so that a sanitizer sees what is read beyond it. */
        size_t n = b->bytes - at < piece ? b->bytes - at : piece;
        char *copy = malloc(n);
        memcpy(copy, b->data + at, n);
        error = http_decode_feed(d, copy, n, add, NULL);
        free(copy);
    }
    const char *end = http_decode_finish(d);
    http_decode_free(d);
    return error == NULL ? end : error;
}

static const struct {
    const char *made_by;
    const char *announced;
} kinds[] = {
    { "gzip", "gzip" },           { "gzip", " X-GZip " }, { "deflate", "deflate" },
    { "raw", "deflate" },         { "deflate", "gzip" },  { "br", "br" },
    { "zstd", "zstd, identity" },
};

#define N_KINDS (sizeof kinds / sizeof kinds[0])

static void what_was_encoded_comes_out(void **state)
{
    static const size_t pieces[] = { 1, 2, 7, 1000, ROOM };
    static struct blob b;

    (void)state;
    for (size_t i = 0; i < N_KINDS; i++) {
        for (size_t k = 0; k < sizeof pieces / sizeof pieces[0]; k++) {
            b.bytes = 0;
            encode(&b, kinds[i].made_by, plain, PLAIN_BYTES);
            assert_null(decode(kinds[i].announced, &b, pieces[k]));
            assert_int_equal(out.length, PLAIN_BYTES);
            assert_memory_equal(out.data, plain, PLAIN_BYTES);
        }
        b.bytes = 0;
        encode(&b, kinds[i].made_by, "", 0);
        assert_null(decode(kinds[i].announced, &b, 1));
        assert_int_equal(out.length, 0);
    }
    assert_int_equal(largest, HTTP_DECODE_PIECE_BYTES);
}

static void an_early_end_is_noticed_everywhere(void **state)
{
    static struct blob b;

    (void)state;
    for (size_t i = 0; i < N_KINDS; i++) {
        b.bytes = 0;
        encode(&b, kinds[i].made_by, plain, 300);
        for (size_t n = b.bytes - 1; n > 0; n--) {
            b.bytes = n;
            const char *error = decode(kinds[i].announced, &b, 5);
            if (error == NULL || strcmp(error, HTTP_FAILURE_DECODE) != 0)
                fail_msg("%s, %zu bytes: %s", kinds[i].announced, n, error);
        }
        b.bytes = 0; /* no body at all has nothing to decode */
        assert_null(decode(kinds[i].announced, &b, 5));
    }
}

static void rubbish_is_refused(void **state)
{
    static struct blob b;

    (void)state;
    for (size_t i = 0; i < N_KINDS; i++) {
        memset(b.data, 'x', b.bytes = 100);
        assert_string_equal(decode(kinds[i].announced, &b, 100), HTTP_FAILURE_DECODE);
        b.bytes = 0;
        encode(&b, kinds[i].made_by, plain, PLAIN_BYTES);
        for (size_t at = b.bytes / 2; at < b.bytes / 2 + 64; at++)
            b.data[at] = (char)~b.data[at];
        decode(kinds[i].announced, &b, 1000); /* an error or other bytes; no harm */
    }
}

static void what_follows_the_end(void **state)
{
    static struct blob b;

    (void)state;
    for (size_t i = 0; i < N_KINDS; i++) {
        b.bytes = 0;
        encode(&b, kinds[i].made_by, plain, 300);
        memcpy(b.data + b.bytes, "12345", 5);
        b.bytes += 4;
        bool is_raw = strcmp(kinds[i].made_by, "raw") == 0;
        for (size_t piece = 1; piece < ROOM; piece += ROOM - 2)
            assert_int_equal(decode(kinds[i].announced, &b, piece) == NULL, is_raw);
        b.bytes++;
        assert_non_null(decode(kinds[i].announced, &b, ROOM));
        assert_memory_equal(out.data, plain, 300);
    }
    for (size_t piece = 1; piece < ROOM; piece += ROOM - 2) {
        b.bytes = 0;
        encode(&b, "gzip", plain, 300);
        encode(&b, "gzip", plain, 200);
        assert_null(decode("gzip", &b, piece));
        assert_int_equal(out.length, 500);
        assert_memory_equal(out.data + 300, plain, 200);
        b.bytes--;
        assert_non_null(decode("gzip", &b, piece));
        b.bytes = 0;
        encode(&b, "zstd", plain, 300);
        encode(&b, "zstd", plain, 200);
        assert_null(decode("zstd", &b, piece));
        assert_int_equal(out.length, 500);
    }
}

static void codings_over_one_another(void **state)
{
    static struct blob one, two, three;

    (void)state;
    one.bytes = two.bytes = three.bytes = 0;
    encode(&one, "deflate", plain, PLAIN_BYTES);
    encode(&two, "br", one.data, one.bytes);
    encode(&three, "gzip", two.data, two.bytes);
    for (size_t piece = 1; piece < ROOM; piece += ROOM - 2) {
        assert_null(decode("deflate, br,, gzip", &three, piece));
        assert_int_equal(out.length, PLAIN_BYTES);
        assert_memory_equal(out.data, plain, PLAIN_BYTES);
    }
    two.bytes--;
    three.bytes = 0;
    encode(&three, "gzip", two.data, two.bytes);
    assert_non_null(decode("deflate, br, gzip", &three, ROOM)); /* the inner one ends early */
}

static void lists_that_cannot_be_decoded(void **state)
{
    static const char *const bad[] = { "lzma", "gzip, aws-chunked",   "gzip br", "gzip;q=1",
                                       "gzi",  "gzip,gzip,gzip,gzip", "\"gzip\"" };
    static const char *const none[] = { "", "identity", " , ,", "Identity , identity" };
    struct blob *b = malloc(sizeof *b);
    struct http_decode *d;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_string_equal(http_decode_new(&pool, bad[i], &d), HTTP_FAILURE_DECODE);
        assert_null(d);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        memcpy(b->data, "plain", b->bytes = 5);
        assert_null(decode(none[i], b, 2));
        assert_string_equal(out.data, "plain");
    }
    assert_string_equal(http_decode_encodings(), "gzip, deflate, br, zstd");
    free(b);
}

static void the_reader_may_have_enough(void **state)
{
    static struct blob b;

    (void)state;
    for (size_t i = 0; i < N_KINDS; i++) {
        b.bytes = 0;
        encode(&b, kinds[i].made_by, plain, PLAIN_BYTES);
        calls_left = 2;
        assert_null(decode(kinds[i].announced, &b, ROOM));
        assert_int_equal(calls_left, 0);
        assert_true(out.length <= 2 * HTTP_DECODE_PIECE_BYTES);
    }
}

/* What is left of one body must not be found in the next. */
static void decoders_are_used_again(void **state)
{
    static struct blob b;

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < N_KINDS; i++) {
            b.bytes = 0;
            encode(&b, kinds[i].made_by, plain, 5000);
            b.bytes /= 2;
            assert_non_null(decode(kinds[i].announced, &b, 100));
            b.bytes = 0;
            encode(&b, kinds[i].made_by, plain, 5000);
            assert_null(decode(kinds[i].announced, &b, 100));
            assert_memory_equal(out.data, plain, 5000);
        }
    }
    size_t n_kept = pool.n_codecs;
    b.bytes = 0;
    encode(&b, "gzip", plain, 5000);
    assert_null(decode("gzip", &b, 100));
    assert_int_equal(pool.n_codecs, n_kept);
    assert_true(n_kept <= 8);
}

/* --- beside libcurl ----------------------------------------------------------------------------
 */

static size_t add_theirs(char *data, size_t one, size_t bytes, void *arg)
{
    (void)one;
    assert_true(http_text_add(arg, data, bytes));
    return bytes;
}

static void compare(CURL *easy, const char *encodings, const struct blob *b, const char *why)
{
    static struct blob answer;
    struct http_text theirs = { NULL, 0, 0 };

    int n = snprintf(answer.data, ROOM,
                     "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %zu\r\n\r\n",
                     encodings, b->bytes);
    memcpy(answer.data + n, b->data, b->bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &theirs);
    CURLcode code =
        curl_pair_run(easy, "http://h/", answer.data, (size_t)n + b->bytes, NULL, 0, NULL);
    const char *error = decode(encodings, b, ROOM);
    bool is_same = (error == NULL) == (code == CURLE_OK) &&
                   (error != NULL || (theirs.length == out.length &&
                                      strcmp(http_text_get(&theirs), http_text_get(&out)) == 0));
    if (is_same != (why == NULL))
        fail_msg("%s: here %s, curl %d", encodings, error, (int)code);
    http_text_done(&theirs);
}

static void the_same_comes_out_of_curl(void **state)
{
    static struct blob b;
    CURL *easy = curl_easy_init();

    (void)state;
    curl_pair_setup(easy);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, add_theirs);
    for (size_t i = 0; i < N_KINDS; i++) {
        b.bytes = 0;
        encode(&b, kinds[i].made_by, plain, 5000);
        compare(easy, kinds[i].announced, &b, NULL);
        compare(easy, "lzma", &b, NULL);
        b.bytes--;
        compare(easy, kinds[i].announced, &b, "an early end: curl does not look");
        b.bytes++;
        memcpy(b.data + b.bytes, "1234", 4);
        b.bytes += 4;
        compare(easy, kinds[i].announced, &b, NULL);
        b.bytes++;
        compare(easy, kinds[i].announced, &b, NULL);
        memset(b.data, 'x', b.bytes = 100);
        compare(easy, kinds[i].announced, &b, NULL);
    }
    b.bytes = 0;
    encode(&b, "gzip", "a", 1);
    encode(&b, "gzip", "b", 1);
    compare(easy, "gzip", &b, "RFC 1952, 2.2: members follow one another; curl refuses them");
    curl_easy_cleanup(easy);
}

static int setup(void **state)
{
    uint32_t r = 1;

    (void)state;
    for (size_t i = 0; i < PLAIN_BYTES; i++) {
        r = r * 1103515245 + 12345;
        plain[i] = (char)('a' + (r >> 16) % 26);
    }
    return 0;
}

static int tidy(void **state)
{
    (void)state;
    http_decode_pool_done(&pool);
    http_text_done(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_encoded_comes_out),
        cmocka_unit_test(an_early_end_is_noticed_everywhere),
        cmocka_unit_test(rubbish_is_refused),
        cmocka_unit_test(what_follows_the_end),
        cmocka_unit_test(codings_over_one_another),
        cmocka_unit_test(lists_that_cannot_be_decoded),
        cmocka_unit_test(the_reader_may_have_enough),
        cmocka_unit_test(decoders_are_used_again),
        cmocka_unit_test(the_same_comes_out_of_curl),
    };
    return cmocka_run_group_tests(tests, setup, tidy);
}
