/* SPDX-License-Identifier: MIT */
/* http_failures.c: what goes wrong, and how it is called. Each is passed when it is right. */
#include "http_check.h"

/* The error of a request, which then counts as passed. */
static const char *error_of(struct acr_response *res, int status)
{
    acr_pass(res);
    return res->status == status ? res->error : "the status is another";
}

#define FAIL(path_, ...) acr_get(u, path_, __VA_ARGS__, .catch_response = true)

static int broken_answers(struct acr_user *u)
{
    const char *truncated = "connection closed before the answer was complete";

    CHECK_TEXT("connection closed without an answer", error_of(FAIL("/drop", .name = "d"), 0));
    /* An engine may add what is invalid. */
    CHECK(strncmp("invalid HTTP in the answer", error_of(FAIL("/garbage", .name = "g"), 0), 26) == 0);
    CHECK_TEXT(truncated, error_of(FAIL("/truncate", .name = "t"), 0));
    CHECK_TEXT("500 Server Error: Internal Server Error for url: s",
               error_of(FAIL("/status/500", .name = "s"), 500));
    CHECK(acr_get(u, "/json")->status == 200);
    return 0;
}

static int no_connection(struct acr_user *u)
{
    CHECK_TEXT("Connection refused", error_of(FAIL("http://127.0.0.1:1/", .name = "r"), 0));
    CHECK_TEXT("the host's name could not be resolved",
               error_of(FAIL("http://no.such.host.invalid/", .name = "h"), 0));
    CHECK_TEXT("invalid URL", error_of(FAIL("http://127.0.0.1:99999/", .name = "u"), 0));
    return 0;
}

static int time_limits(struct acr_user *u)
{
    struct acr_response *res = FAIL("/never", .timeout_s = 0.25);
    CHECK(res->phases.total_ms >= 250);
    CHECK_TEXT("timed out after 0.25 s", error_of(res, 0));
    res = FAIL("/slow/100/20", .timeout_s = 0.2);
    CHECK_TEXT("timed out after 0.2 s", error_of(res, 0));
    CHECK(acr_get(u, "/delay/100", .timeout_s = -1)->status == 200);
    return 0;
}

static int redirects(struct acr_user *u)
{
    CHECK_TEXT("more than 30 redirects", error_of(FAIL("/redirect/40", .name = "m"), 302));
    CHECK_TEXT("more than 2 redirects", error_of(FAIL("/redirect/3", .max_redirects = 2), 302));
    CHECK_TEXT("redirected to an invalid URL",
               error_of(FAIL("/redirect-to?url=ftp://h/", .name = "f"), 302));
    return 0;
}

static int mistakes(struct acr_user *u)
{
    CHECK(strstr(error_of(FAIL("/", .headers = "no colon"), 0), "no colon") != NULL);
    CHECK_TEXT("the body file does not exist", error_of(FAIL("/", .body_file = "none"), 0));
    CHECK(acr_get(u, "/")->status == 200);
    return 0;
}

static bool stop_early(void *arg, const char *data, size_t bytes)
{
    size_t *n = arg;

    (void)data;
    *n += bytes;
    return false;
}

/* What a request from within the callback comes to. */
static bool ask_within(void *arg, const char *data, size_t bytes)
{
    struct acr_user *u = arg;

    (void)data;
    (void)bytes;
    return acr_get(u, "/json")->error[0] != '\0';
}

/* Six bytes, or as many as there is room for. */
static size_t send_six(void *arg, char *buffer, size_t bytes)
{
    size_t *calls = arg;
    size_t n = bytes < 6 ? bytes : 6;

    if ((*calls)++ > 0)
        return 0;
    memcpy(buffer, "sixsix", n);
    return n;
}

static size_t fail_to_send(void *arg, char *buffer, size_t bytes)
{
    (void)arg;
    (void)buffer;
    (void)bytes;
    return SIZE_MAX;
}

static int bodies(struct acr_user *u)
{
    size_t received = 0;
    struct acr_response *res =
        FAIL("/bytes/1000000", .receive = stop_early, .receive_arg = &received);
    CHECK_TEXT("the receive function gave up", error_of(res, 200));
    CHECK(received > 0 && received < 1000000);
    res = acr_post(u, "/upload", .send = fail_to_send, .catch_response = true);
    CHECK_TEXT("the send function failed", error_of(res, 0));
    res = FAIL("/bytes/80000000", .name = "large");
    CHECK_TEXT("response body exceeds 64 MiB; use .receive or .discard_body", error_of(res, 200));
    return 0;
}

/* A function that gives another number of bytes than it said. */
static int lengths(struct acr_user *u)
{
    size_t calls = 0;
    struct acr_response *res =
        acr_post(u, "/echo", .name = "l", .send = send_six, .send_arg = &calls, .send_bytes = 100,
                 .timeout_s = 20, .catch_response = true);
    CHECK_TEXT("the send function ended before send_bytes", error_of(res, 0));
    calls = 0;
    res = acr_post(u, "/echo", .send = send_six, .send_arg = &calls, .send_bytes = 4);
    CHECK_TEXT("sixs", acr_json_string(res, "body"));
    CHECK(acr_get(u, "/echo")->status == 200);

    calls = 0;
    res = acr_post(u, "/redirect-to?url=/echo&status=307", .name = "l", .send = send_six,
                   .send_arg = &calls, .catch_response = true);
    CHECK_TEXT("redirected, but the body cannot be sent twice", error_of(res, 307));
    return 0;
}

static int callbacks(struct acr_user *u)
{
    struct acr_response *res =
        acr_get(u, "/bytes/10", .receive = ask_within, .receive_arg = u, .name = "c");
    CHECK(res->status == 200 && res->bytes == 10);

    const struct acr_part part = { .name = "a", .value = "b", .content_type = "x\r\nX-Evil: 1" };
    res = acr_post(u, "/echo", .name = "c", .parts = &part, .n_parts = 1, .catch_response = true);
    CHECK_TEXT("a part's content type has control characters", error_of(res, 0));
    return 0;
}

/* Each "a&" of the query comes back as a line of the header: some 500 KB. */
static int large_header(struct acr_user *u)
{
    char *query = acr_alloc(u, 40001);

    for (size_t i = 0; i < 40000; i += 2)
        memcpy(query + i, "a&", 2);
    struct acr_response *res = FAIL("/cookies/set", .name = "h", .query = query);
    /* Too large, or, for an engine that counts them, of too many lines. */
    CHECK(strncmp("the answer's header ", error_of(res, 0), 20) == 0);
    CHECK(acr_get(u, "/json")->status == 200);
    return 0;
}

static int all(struct acr_user *u)
{
    static http_step *const steps[] = { broken_answers, no_connection, time_limits,
                                        redirects,      mistakes,      bodies,
                                        lengths,        callbacks,     large_header };
    return http_run_steps(u, steps, ACR_LEN(steps));
}

static int plain(struct acr_user *u)
{
    acr_get(u, "/json");
    return ACR_STOP_USER;
}

static const struct acr_task all_tasks[] = { { .name = "all", .run = all } };
static const struct acr_task plain_tasks[] = { { .name = "plain", .run = plain } };
static const struct acr_user_type users[] = {
    { .name = "failures", .tasks = all_tasks, .n_tasks = 1 },
    { .name = "plain", .tasks = plain_tasks, .n_tasks = 1 },
};

ACR_PLUGIN(.name = "http_failures", .user_types = users, .n_user_types = ACR_LEN(users));
