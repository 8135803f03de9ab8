/* SPDX-License-Identifier: MIT */
/*
 * The parser of the fast engine beside libcurl: a server on the loopback interface sends odd
 * answers to the one, the other is given the same bytes. Differences must be those that the table
 * names: one that it does not name fails, and so does one that is not there any more.
 */
#include "support/unit.h"

#include "differential/answers.h"
#include "support/fast_feed.h"

#include <curl/curl.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

struct outcome {
    bool is_accepted;
    int status;
    bool is_kept; /* the connection, for another request */
    struct http_text body;
    const char *error;
};

/* What the server sends next, to one connection. */
static _Atomic(const struct http_text *) to_send;
static atomic_uint n_taken; /* by the server; `to_send` may change then */
static unsigned n_asked;
static int listener = -1;
static pthread_t server;
static char url[64];
static bool has_left_intact;

/* Up to the empty line. Returns: false when nobody asks any more. */
static bool read_request(int fd)
{
    char request[4096];
    size_t n = 0;

    while (n < sizeof request - 1) {
        ssize_t r = recv(fd, request + n, sizeof request - 1 - n, 0);
        if (r <= 0) {
            return false;
        }
        n += (size_t)r;
        request[n] = '\0';
        if (strstr(request, "\r\n\r\n") != NULL) {
            return true;
        }
    }
    return false;
}

static void answer(int fd, const struct http_text *raw)
{
    size_t sent = 0;

    while (sent < raw->length) {
        ssize_t n = send(fd, raw->data + sent, raw->length - sent, MSG_NOSIGNAL);
        if (n <= 0) {
            return; /* who asked has seen enough */
        }
        sent += (size_t)n;
    }
}

static void *serve(void *arg)
{
    /* A copy: who has read all of it goes on, and frees it, before `send` is back. */
    struct http_text copy = { NULL, 0, 0 };

    for (;;) {
        int fd = accept(listener, NULL, NULL);
        const struct http_text *raw = atomic_load(&to_send);
        if (fd < 0 || raw == NULL) {
            close(fd);
            http_text_done(&copy);
            return arg;
        }
        http_text_clear(&copy);
        http_text_add(&copy, raw->data, raw->length);
        atomic_fetch_add(&n_taken, 1);
        if (read_request(fd)) {
            answer(fd, &copy);
        }
        close(fd);
    }
}

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
    struct http_text *body = arg;

    return http_text_add(body, data, size * n) ? size * n : 0;
}

/* The only way to learn what libcurl does with a connection is what it says about it. */
static int on_debug(CURL *handle, curl_infotype type, char *data, size_t bytes, void *arg)
{
    static const char intact[] = "left intact";

    (void)handle;
    (void)arg;
    if (type == CURLINFO_TEXT && memmem(data, bytes, intact, sizeof intact - 1) != NULL) {
        has_left_intact = true;
    }
    return 0;
}

static int set_up(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t bytes = sizeof address;

    (void)state;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(listener >= 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 16), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &bytes), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    assert_int_equal(pthread_create(&server, NULL, serve, NULL), 0);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    return 0;
}

static int tear_down(void **state)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address;
    socklen_t bytes = sizeof address;

    (void)state;
    atomic_store(&to_send, NULL);
    getsockname(listener, (struct sockaddr *)&address, &bytes);
    connect(fd, (struct sockaddr *)&address, bytes);
    pthread_join(server, NULL);
    close(fd);
    close(listener);
    curl_global_cleanup();
    return 0;
}

/*
 * A handle of its own for each answer: 7.88 looks at freed memory when an answer's first header
 * line begins with a blank, and the handle has had another answer before.
 */
static CURL *new_handle(bool is_head, struct http_text *body)
{
    CURL *easy = curl_easy_init();

    assert_non_null(easy);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NOBODY, is_head ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 60L); /* never, or the test fails */
    return easy;
}

static void ask_curl(const struct http_text *raw, bool is_head, struct outcome *out)
{
    long status = 0;

    *out = (struct outcome){ .is_accepted = false };
    has_left_intact = false;
    atomic_store(&to_send, raw);
    CURL *easy = new_handle(is_head, &out->body);
    CURLcode code = curl_easy_perform(easy);
    assert_int_equal(atomic_load(&n_taken), ++n_asked); /* one connection for one answer */
    assert_int_not_equal(code, CURLE_OPERATION_TIMEDOUT);
    assert_int_not_equal(code, CURLE_COULDNT_CONNECT);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(easy);
    out->is_accepted = code == CURLE_OK;
    out->error = out->is_accepted ? "" : curl_easy_strerror(code);
    out->status = (int)status;
    out->is_kept = has_left_intact;
}

static void ask_parser(const struct http_text *raw, bool is_head, struct outcome *out)
{
    struct fast_feed f;

    fast_feed_begin(&f, is_head);
    fast_feed(&f, http_text_get(raw), raw->length);
    out->is_accepted = fast_feed_end(&f) == HTTP_FAST_DONE;
    out->error = out->is_accepted ? "" : f.parse.error;
    out->status = f.parse.status;
    out->is_kept = f.parse.keeps_alive && f.used == raw->length;
    out->body = f.body;
    f.body = (struct http_text){ NULL, 0, 0 };
    fast_feed_done(&f);
}

static unsigned difference(const struct outcome *curl, const struct outcome *parser)
{
    unsigned differs = SAME;

    if (curl->is_accepted != parser->is_accepted) {
        return curl->is_accepted ? REFUSES : ACCEPTS;
    }
    if (!curl->is_accepted) {
        return SAME;
    }
    if (curl->status != parser->status) {
        differs |= STATUS;
    }
    if (curl->body.length != parser->body.length ||
        memcmp(http_text_get(&curl->body), http_text_get(&parser->body), curl->body.length) != 0) {
        differs |= BODY;
    }
    if (curl->is_kept != parser->is_kept) {
        differs |= curl->is_kept ? CLOSES : KEEPS;
    }
    return differs;
}

static void describe(const char *who, const struct outcome *o)
{
    print_error("  %s: %s%s, status %d, %zu bytes, connection %s\n", who,
                o->is_accepted ? "accepted" : "refused: ", o->error, o->status, o->body.length,
                o->is_kept ? "kept" : "closed");
}

/* Returns: whether the two are as different as expected. */
static bool compare(const char *name, const struct http_text *raw, bool is_head, unsigned expected)
{
    struct outcome curl, parser;

    ask_curl(raw, is_head, &curl);
    ask_parser(raw, is_head, &parser);
    unsigned differs = difference(&curl, &parser);
    if (differs != expected) {
        print_error("%s, %zu bytes: differs by %u, not by %u\n", name, raw->length, differs,
                    expected);
        describe("libcurl", &curl);
        describe("parser", &parser);
    }
    http_text_done(&curl.body);
    http_text_done(&parser.body);
    return differs == expected;
}

static void odd_answers_are_read_as_libcurl_does(void **state)
{
    size_t n = sizeof answers / sizeof answers[0];
    int failed = 0;

    (void)state;
    assert_true(n >= 100);
    for (size_t i = 0; i < n; i++) {
        const struct odd_answer *a = &answers[i];
        struct http_text raw = { NULL, 0, 0 };
        http_text_add(&raw, a->raw, a->raw_bytes);
        for (size_t k = 0; k < a->times; k++) {
            http_text_puts(&raw, a->unit);
        }
        http_text_puts(&raw, a->after != NULL ? a->after : "");
        if ((a->differs != SAME) != (a->reason != NULL)) {
            print_error("%s: a difference has a reason, and nothing else has\n", a->name);
            failed++;
        }
        failed += !compare(a->name, &raw, a->is_head, a->differs);
        http_text_done(&raw);
    }
    assert_int_equal(failed, 0);
}

static unsigned expected_cut(const struct cut_answer *a, size_t bytes)
{
    for (size_t i = 0; i < sizeof a->differences / sizeof a->differences[0]; i++) {
        if (bytes >= a->differences[i].from && bytes < a->differences[i].to) {
            assert_non_null(a->differences[i].reason);
            return a->differences[i].differs;
        }
    }
    return SAME;
}

static void answers_may_be_cut_anywhere(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cut_answers / sizeof cut_answers[0]; i++) {
        const struct cut_answer *a = &cut_answers[i];
        for (size_t bytes = 0; bytes <= a->raw_bytes; bytes++) {
            struct http_text raw = { NULL, 0, 0 };
            http_text_add(&raw, a->raw, bytes);
            failed += !compare(a->name, &raw, a->is_head, expected_cut(a, bytes));
            http_text_done(&raw);
        }
    }
    assert_int_equal(failed, 0);
}

int main(void)
{
    /* Each version has its own mistakes; the table is about that of Debian 12. */
    if (curl_version_info(CURLVERSION_NOW)->version_num >> 8 != 0x0758) {
        printf("skipped: the table is about libcurl 7.88, and this is %s\n", curl_version());
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_answers_are_read_as_libcurl_does),
        cmocka_unit_test(answers_may_be_cut_anywhere),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
