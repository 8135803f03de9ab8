/* SPDX-License-Identifier: MIT */
/* http_odd.c: servers that answer early, late, in part or not at all
 * (tests/integration/odd_server.py). */
#include "http_check.h"

#include <errno.h>
#include <stdlib.h>

#define LARGE_BYTES ((size_t)8 << 20)

static const char large[LARGE_BYTES];

/* The error of a request, which then counts as passed. */
static const char *error_of(struct acr_response *res, int status)
{
    acr_pass(res);
    return res->status == status ? res->error : "the status is another";
}

#define FAIL(...) acr_get(u, __VA_ARGS__, .catch_response = true)
#define POST(...) acr_post(u, __VA_ARGS__, .timeout_s = 20, .catch_response = true)

static size_t send_zeros(void *arg, char *buffer, size_t bytes)
{
    size_t *left = arg;
    size_t n = bytes < *left ? bytes : *left;

    memset(buffer, 0, n);
    *left -= n;
    return n;
}

static bool count_zeros(void *arg, const char *data, size_t bytes)
{
    size_t *n = arg;

    for (size_t i = 0; i < bytes; i++) {
        if (data[i] != 0)
            return false;
    }
    *n += bytes;
    return true;
}

/* --- uploads ------------------------------------------------------------------------------------
 */

static int interim(struct acr_user *u)
{
    size_t left = LARGE_BYTES;
    struct acr_response *res = POST("/hundred", .body = large, .body_bytes = LARGE_BYTES,
                                    .headers = "Expect: 100-continue");
    CHECK_TEXT("", error_of(res, 200));
    CHECK_TEXT("8388608", res->body);
    res = POST("/hundred", .send = send_zeros, .send_arg = &left);
    CHECK_TEXT("", error_of(res, 200));
    CHECK_TEXT("8388608", res->body);
    CHECK_TEXT("5", acr_post(u, "/hundred", .body = "hello", .timeout_s = 20)->body);
    CHECK_TEXT("0", acr_get(u, "/hundred", .timeout_s = 20)->body);
    return ACR_STOP_USER;
}

/* Refused before it is sent; by a server that reads no further, or closes at once. */
static int refused(struct acr_user *u)
{
    struct acr_response *res = POST("/refuse", .body = large, .body_bytes = LARGE_BYTES);
    error_of(res, 413);
    CHECK(res->status == 413);
    CHECK_TEXT("too large", res->body);
    size_t left = LARGE_BYTES;
    res = POST("/refuse", .send = send_zeros, .send_arg = &left);
    error_of(res, 413);
    CHECK(res->status == 413 && left > 0);
    CHECK_TEXT("0", acr_get(u, "/fine", .timeout_s = 20)->body);
    return ACR_STOP_USER;
}

static int echoed(struct acr_user *u)
{
    size_t n = 0, left = LARGE_BYTES;
    struct acr_response *res = POST("/echo", .send = send_zeros, .send_arg = &left,
                                    .receive = count_zeros, .receive_arg = &n);
    CHECK_TEXT("", error_of(res, 200));
    CHECK(n == LARGE_BYTES);
    n = 0;
    res = POST("/echo", .body = large, .body_bytes = LARGE_BYTES, .receive = count_zeros,
               .receive_arg = &n);
    CHECK_TEXT("", error_of(res, 200));
    CHECK(n == LARGE_BYTES);
    CHECK_TEXT("0", acr_get(u, "/fine", .timeout_s = 20)->body);
    return ACR_STOP_USER;
}

static int early(struct acr_user *u)
{
    struct acr_response *res = POST("/early", .body = large, .body_bytes = LARGE_BYTES);
    CHECK_TEXT("", error_of(res, 200));
    CHECK_TEXT("early", res->body);
    /* What was not sent is no beginning of the next request. */
    CHECK_TEXT("0", acr_get(u, "/fine", .timeout_s = 20)->body);
    return ACR_STOP_USER;
}

/* --- answers ------------------------------------------------------------------------------------
 */

static int encodings(struct acr_user *u)
{
    static const char *const paths[] = { "/gzip", "/deflate", "/raw", "/twice" };

    for (size_t i = 0; i < ACR_LEN(paths); i++)
        CHECK(acr_json_string(acr_get(u, paths[i]), "text")[0] == 'o');
    CHECK_TEXT("hello, brotli", acr_get(u, "/br")->body);
    CHECK_TEXT("hello, zstd", acr_get(u, "/zstd")->body);
    CHECK(error_of(FAIL("/half"), 0)[0] != '\0');
    CHECK(acr_get(u, "/gzip", .discard_body = true)->bytes == 712);
    return ACR_STOP_USER;
}

/* An answer that is cut off anywhere is a failure, at once; whole, it is none. */
static int cuts(struct acr_user *u)
{
    int bytes = atoi(acr_env("TEST_BYTES", "0"));

    for (int i = 0; i <= bytes; i++) {
        struct acr_response *res = FAIL(acr_fmt(u, "/cut/%d", i), .name = "cut", .timeout_s = 20);
        acr_pass(res);
        CHECK((i == bytes) == (res->error[0] == '\0'));
        CHECK(strncmp(res->error, "timed out", 9) != 0);
        CHECK(i != 0 || strcmp(res->error, "connection closed without an answer") == 0);
    }
    return ACR_STOP_USER;
}

/* Before it libcurl has had an answer, on whose header such a line must not be appended. */
static int folded(struct acr_user *u)
{
    for (int i = 0; i < 5; i++) {
        CHECK(acr_get(u, "/fine")->status == 200);
        const char *error = error_of(FAIL("/blank", .timeout_s = 20), 0);
        CHECK(strncmp(error, "invalid HTTP in the answer", 26) == 0);
        struct acr_response *res = acr_get(u, "/blanks");
        CHECK_TEXT("b c", acr_header(res, "A"));
        CHECK_TEXT("ab", res->body);
        /* libcurl's lines have a limit that the fast engine's do not. */
        res = FAIL("/wide", .timeout_s = 20);
        acr_pass(res);
        if (strcmp(acr_option_string("http-engine"), "curl") == 0)
            CHECK_TEXT("a line of the answer's header exceeds 100 KiB", res->error);
        else
            CHECK_TEXT("ab", res->body);
    }
    return ACR_STOP_USER;
}

/* A connection that is kept in vain: what may be sent twice is. */
static int stale(struct acr_user *u)
{
    for (int i = 0; i < 20; i++) {
        acr_get(u, "/last");
        CHECK(acr_get(u, "/fine")->status == 200);
        acr_get(u, "/leave");
        CHECK(acr_post(u, "/fine", .body = "x")->status == 200);
        acr_get(u, "/unread");
        CHECK(acr_put(u, "/fine", .body = "x")->status == 200);
        acr_get(u, "/unread");
        CHECK_TEXT("connection closed without an answer",
                   error_of(POST("/fine", .name = "again", .body = "x"), 0));
        acr_get(u, acr_fmt(u, "/last/%p-%d", (void *)u, i), .name = "/last");
        acr_get(u, acr_fmt(u, "%s/closed/%p-%d", acr_env("TEST_OTHER", ""), (void *)u, i),
                .name = "/closed");
        CHECK(acr_post(u, "/fine", .body = "x")->status == 200);
        acr_get(u, "/fine");
        acr_close_connections(u);
    }
    return ACR_STOP_USER;
}

static int endless(struct acr_user *u)
{
    CHECK_TEXT("timed out after 0.3 s",
               error_of(FAIL("/endless", .timeout_s = 0.3, .discard_body = true), 0));
    return ACR_STOP_USER;
}

/* --- functions of the scenario ------------------------------------------------------------------
 */

static bool sleep_within(void *arg, const char *data, size_t bytes)
{
    struct acr_user *u = arg;

    (void)data;
    (void)bytes;
    return acr_sleep(u, 0.05) == 0; /* refused: it must not yield */
}

static size_t fail_once(void *arg, char *buffer, size_t bytes)
{
    int *n = arg;

    (void)buffer;
    (void)bytes;
    ++*n;
    return SIZE_MAX;
}

static int functions(struct acr_user *u)
{
    int n = 0;
    struct acr_response *res =
        FAIL("/fine", .receive = sleep_within, .receive_arg = u, .name = "within");
    acr_pass(res);
    CHECK_TEXT("the receive function gave up", res->error);
    CHECK(acr_get(u, "/fine")->status == 200);
    res = acr_put(u, "/fine", .send = fail_once, .send_arg = &n, .send_bytes = 3,
                  .catch_response = true);
    CHECK_TEXT("the send function failed", error_of(res, 0));
    CHECK(n == 1);
    return ACR_STOP_USER;
}

static int fields(struct acr_user *u)
{
    CHECK(strstr(acr_get(u, "/fields")->body, "accept-encoding: gzip") != NULL);
    const char *body =
        acr_post(u, "/fields", .body = "12", .headers = "Content-Length: 2\nX-A: b")->body;
    CHECK(strstr(body, "content-length: 2\n") != NULL && strstr(body, "x-a: b") != NULL);
    body = acr_post(u, "/fields", .body = "12", .headers = "Transfer-Encoding: chunked")->body;
    CHECK(strstr(body, "content-length") == NULL &&
          strstr(body, "transfer-encoding: chunked") != NULL);
    /* A body that the server knows nothing of must not become the next request. */
    CHECK(acr_post(u, "/fields", .body = "GET /fields HTTP/1.1\r\nX: y\r\n\r\n",
                   .headers = "Content-Length:")
              ->status == 200);
    CHECK(strstr(acr_get(u, "/fields")->body, "accept") != NULL);
    body = acr_get(u, "/fields", .headers = "Host: other\nAccept:\nCookie: a=b")->body;
    CHECK(strstr(body, "host: other") != NULL && strstr(body, "accept:") == NULL);
    CHECK(strstr(body, "cookie: a=b") != NULL);
    CHECK(acr_get(u, "/fine", .headers = "X: a\r\nEvil: b", .catch_response = true)->status >= 0);
    return ACR_STOP_USER;
}

static int plain(struct acr_user *u)
{
    acr_get(u, "/fine");
    return ACR_STOP_USER;
}

static const struct acr_http_defaults by_curl = ACR_HTTP_DEFAULTS(.engine = "curl");
static const struct acr_http_defaults by_fast = ACR_HTTP_DEFAULTS(.engine = "fast");
static const struct acr_http_defaults fast_2 =
    ACR_HTTP_DEFAULTS(.engine = "fast", .http_version = "2");
static const struct acr_http_defaults fast_proxy =
    ACR_HTTP_DEFAULTS(.engine = "fast", .proxy = "http://127.0.0.1:9");

#define TASK(name_) \
    static const struct acr_task name_##_task[] = { { .name = #name_, .run = name_ } }
TASK(interim);
TASK(refused);
TASK(echoed);
TASK(early);
TASK(encodings);
TASK(cuts);
TASK(folded);
TASK(stale);
TASK(endless);
TASK(functions);
TASK(fields);
TASK(plain);

#define TYPE(name_)                                         \
    {                                                       \
        .name = #name_, .tasks = name_##_task, .n_tasks = 1 \
    }
static const struct acr_user_type users[] = {
    TYPE(interim),
    TYPE(refused),
    TYPE(echoed),
    TYPE(early),
    TYPE(encodings),
    TYPE(cuts),
    TYPE(folded),
    TYPE(stale),
    TYPE(endless),
    TYPE(functions),
    TYPE(fields),
    TYPE(plain),
    { .name = "by_curl", .tasks = plain_task, .n_tasks = 1, .http = &by_curl },
    { .name = "by_fast", .tasks = plain_task, .n_tasks = 1, .http = &by_fast },
    { .name = "fast_2", .tasks = plain_task, .n_tasks = 1, .http = &fast_2 },
    { .name = "fast_proxy", .tasks = plain_task, .n_tasks = 1, .http = &fast_proxy },
};

ACR_PLUGIN(.name = "http_odd", .user_types = users, .n_user_types = ACR_LEN(users));
