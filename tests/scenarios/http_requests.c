/* SPDX-License-Identifier: MIT */
/* http_requests.c: what is sent, as the target's /echo tells it, and what comes back. */
#include "http_check.h"

#include <stdio.h>

static const char *const base = "/echo";

static int methods(struct acr_user *u)
{
    static const char *const names[] = { "PURGE", "PROPFIND", "get" };

    CHECK_TEXT("GET", acr_json_string(acr_get(u, base), "method"));
    CHECK_TEXT("POST", acr_json_string(acr_post(u, base), "method"));
    CHECK_TEXT("PUT", acr_json_string(acr_put(u, base), "method"));
    CHECK_TEXT("PATCH", acr_json_string(acr_patch(u, base), "method"));
    CHECK_TEXT("DELETE", acr_json_string(acr_delete(u, base), "method"));
    CHECK_TEXT("OPTIONS", acr_json_string(acr_options(u, base), "method"));
    for (size_t i = 0; i < ACR_LEN(names); i++) {
        struct acr_response *res = acr_request(u, names[i], .path = base);
        CHECK_TEXT(names[i], acr_json_string(res, "method"));
    }
    struct acr_response *head = acr_head(u, "/json");
    CHECK(head->status == 200 && head->body_bytes == 0);
    CHECK_TEXT("application/json", acr_header(head, "CONTENT-type"));
    CHECK_TEXT("0", acr_json_string(acr_post(u, base), "headers.Content-Length"));
    CHECK_TEXT("", acr_json_string(acr_delete(u, base), "headers.Content-Length"));
    return 0;
}

static int headers(struct acr_user *u)
{
    struct acr_response *res = acr_get(u, base);
    CHECK_TEXT("type", acr_json_string(res, "headers.X-Type"));
    CHECK_TEXT("*/*", acr_json_string(res, "headers.Accept"));
    CHECK_TEXT("acrida/0.1.0", acr_json_string(res, "headers.User-Agent"));
    CHECK(strstr(acr_json_string(res, "headers.Accept-Encoding"), "gzip") != NULL);

    acr_set_header(u, "x-type", "user");
    acr_set_header(u, "X-Mine", acr_fmt(u, "%d", (int)acr_number(u)));
    res = acr_get(u, base);
    CHECK_TEXT("", acr_json_string(res, "headers.X-Type"));
    CHECK_TEXT("user", acr_json_string(res, "headers.x-type"));
    CHECK_TEXT(acr_fmt(u, "%d", (int)acr_number(u)), acr_json_string(res, "headers.X-Mine"));

    res = acr_get(u, base,
                  .headers = "X-TYPE: request\r\nUser-Agent:\nAccept:\nX-Twice: 1\nX-Twice: 2\n");
    CHECK_TEXT("request", acr_json_string(res, "headers.X-TYPE"));
    CHECK_TEXT("1, 2", acr_json_string(res, "headers.X-Twice"));
    CHECK(!acr_value_exists(acr_response_json(res), "headers.User-Agent"));
    CHECK(!acr_value_exists(acr_response_json(res), "headers.Accept"));

    acr_set_header(u, "X-Type", NULL);
    acr_set_header(u, "X-Mine", NULL);
    res = acr_get(u, base);
    CHECK(strstr(res->body, "ype") == NULL && strstr(res->body, "X-Mine") == NULL);
    return 0;
}

static int bodies(struct acr_user *u)
{
    struct acr_response *res = acr_post(u, base, .json = "{\"a\":1}");
    CHECK_TEXT("application/json", acr_json_string(res, "headers.Content-Type"));
    CHECK_TEXT("{\"a\":1}", acr_json_string(res, "body"));

    res = acr_put(u, base, .form = acr_form(u, "a b", "c&d", "e", "\xc3\xa4"));
    CHECK_TEXT("application/x-www-form-urlencoded", acr_json_string(res, "headers.Content-Type"));
    CHECK_TEXT("a%20b=c%26d&e=%C3%A4", acr_json_string(res, "body"));

    res = acr_patch(u, base, .body = "text", .headers = "Content-Type: text/x");
    CHECK_TEXT("text/x", acr_json_string(res, "headers.Content-Type"));
    CHECK_TEXT("text", acr_json_string(res, "body"));

    res = acr_post(u, base, .body = "a\0b\xff", .body_bytes = 4);
    CHECK(acr_json_int(res, "body_bytes", 0) == 4);
    CHECK(!acr_value_exists(acr_response_json(res), "headers.Content-Type"));
    CHECK(!acr_value_exists(acr_response_json(res), "headers.Expect"));

    res = acr_get(u, base, .body = "asked");
    CHECK_TEXT("GET", acr_json_string(res, "method"));
    CHECK_TEXT("asked", acr_json_string(res, "body"));
    res = acr_get(u, base);
    CHECK_TEXT("", acr_json_string(res, "body"));
    return 0;
}

static int parts(struct acr_user *u)
{
    static const char image[] = { 1, 0, 2 };
    const struct acr_part all[] = {
        { .name = "word", .value = "hello" },
        { .name = "file", .file = acr_env("TEST_FILE", "") },
        { .name = "data",
          .file_name = "x.png",
          .content_type = "image/png",
          .data = image,
          .data_bytes = 3 },
    };
    struct acr_response *res = acr_post(u, base, .parts = all, .n_parts = ACR_LEN(all));
    const char *body = acr_json_string(res, "body");

    CHECK(strncmp(acr_json_string(res, "headers.Content-Type"),
                  "multipart/form-data; boundary=", 30) == 0);
    CHECK(strstr(body, "name=\"word\"\r\n\r\nhello\r\n") != NULL);
    CHECK(
        strstr(
            body,
            "name=\"file\"; filename=\"some.txt\"\r\nContent-Type: text/plain\r\n\r\nof a file") !=
        NULL);
    CHECK(
        strstr(body, "name=\"data\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n\001") !=
        NULL);
    return 0;
}

static int urls(struct acr_user *u)
{
    struct acr_response *res = acr_get(u, "echo?a=1#b", .query = "c=d e");
    CHECK_TEXT("/echo", acr_json_string(res, "path"));
    CHECK_TEXT("a=1&c=d%20e", acr_json_string(res, "query"));
    CHECK_TEXT(acr_fmt(u, "%s/echo?a=1&c=d%%20e", acr_host(u)), res->url);

    res = acr_get(u, acr_fmt(u, "%s/echo", acr_host(u)));
    CHECK_TEXT("/echo", acr_json_string(res, "path"));
    CHECK_TEXT("a%2Fb%20%C3%A4", acr_urlencode(u, "a/b \xc3\xa4"));
    return 0;
}

static int redirects(struct acr_user *u)
{
    struct acr_response *res = acr_get(u, "/redirect/3");
    CHECK(res->status == 200 && res->redirects == 3);
    CHECK_TEXT(acr_fmt(u, "%s/redirect/3", acr_host(u)), res->url);
    CHECK_TEXT(acr_fmt(u, "%s/", acr_host(u)), res->final_url);

    res = acr_get(u, "/redirect/3", .max_redirects = -1);
    CHECK(res->status == 302 && res->redirects == 0);
    CHECK_TEXT("/redirect/2", acr_header(res, "location"));
    CHECK(acr_head(u, "/redirect/1")->status == 302);

    res = acr_post(u, "/redirect-to?url=/echo&status=303", .json = "{}");
    CHECK_TEXT("GET", acr_json_string(res, "method"));
    CHECK_TEXT("", acr_json_string(res, "body"));
    CHECK(!acr_value_exists(acr_response_json(res), "headers.Content-Type"));
    res = acr_post(u, "/redirect-to?url=echo%3Fx&status=307", .json = "{}");
    CHECK_TEXT("POST", acr_json_string(res, "method"));
    CHECK_TEXT("{}", acr_json_string(res, "body"));
    CHECK_TEXT("x", acr_json_string(res, "query"));
    return 0;
}

static int secrets(struct acr_user *u)
{
    CHECK(acr_get(u, "/basic-auth/me/p%40ss", .auth = "me:p@ss")->status == 200);
    CHECK(acr_get(u, "/basic-auth/me/word", .expect = "401")->status == 401);
    acr_set_auth(u, "me:word");
    CHECK(acr_get(u, "/basic-auth/me/word")->status == 200);

    /* Another port is another server: it does not get to see them. */
    const char *elsewhere = acr_env("TEST_OTHER", "");
    const char *path = acr_fmt(u, "/redirect-to?url=%s/echo", elsewhere);
    struct acr_response *res = acr_get(u, path, .headers = "Cookie: secret=1");
    CHECK(res->status == 200 && res->redirects == 1);
    CHECK(!acr_value_exists(acr_response_json(res), "headers.Authorization"));
    CHECK(!acr_value_exists(acr_response_json(res), "headers.Cookie"));
    res = acr_get(u, "/redirect-to?url=/echo");
    CHECK(acr_value_exists(acr_response_json(res), "headers.Authorization"));
    acr_set_auth(u, NULL);
    CHECK(acr_get(u, "/basic-auth/me/word", .expect = "401")->status == 401);
    return 0;
}

static int cookies(struct acr_user *u)
{
    const char *mine = acr_fmt(u, "%d", (int)acr_number(u));

    CHECK_TEXT("{}\n", acr_get(u, "/cookies")->body);
    acr_get(u, acr_fmt(u, "/cookies/set?who=%s&other=1", mine), .name = "/cookies/set");
    acr_sleep(u, 0.05); /* the others set theirs */
    struct acr_response *res = acr_get(u, "/cookies");
    CHECK_TEXT(mine, acr_json_string(res, "who"));
    CHECK_TEXT("1", acr_json_string(res, "other"));
    CHECK_TEXT(mine, acr_cookie(u, "who"));
    CHECK_TEXT("", acr_cookie(u, "wh"));
    acr_set_cookie(u, "who", "me");
    acr_set_cookie(u, "bad", "1; Path=/nowhere");
    acr_set_cookie(u, "more", "");
    res = acr_get(u, "/cookies");
    CHECK_TEXT("me", acr_json_string(res, "who"));
    CHECK_TEXT("me", acr_cookie(u, "who"));
    CHECK(!acr_value_exists(acr_response_json(res), "bad"));
    CHECK(acr_value_exists(acr_response_json(res), "more"));
    acr_clear_cookies(u);
    CHECK_TEXT("", acr_cookie(u, "who"));
    CHECK_TEXT("{}\n", acr_get(u, "/cookies")->body);
    return 0;
}

/* The target numbers its connections and the requests on each: nobody else used mine. */
static int connections(struct acr_user *u)
{
    acr_close_connections(u);
    struct acr_response *res = acr_get(u, base);
    int64_t mine = acr_json_int(res, "connection", -1);
    CHECK(mine > 0 && acr_json_int(res, "request", -1) == 1);
    CHECK(res->phases.connect_ms > 0);
    for (int i = 2; i <= 20; i++) {
        res = acr_get(u, base);
        CHECK(acr_json_int(res, "connection", -1) == mine);
        CHECK(acr_json_int(res, "request", -1) == i);
        CHECK(res->phases.connect_ms == 0);
        CHECK(res->phases.first_byte_ms > 0 && res->phases.total_ms >= res->phases.first_byte_ms);
        acr_sleep(u, 0.002);
    }
    acr_close_connections(u);
    CHECK(acr_json_int(acr_get(u, base), "connection", -1) != mine);
    return 0;
}

static int answers(struct acr_user *u)
{
    struct acr_response *res = acr_get(u, "/gzip");
    CHECK(acr_json_bool(res, "gzipped", false) && res->http_version == 11);
    CHECK(res->bytes == res->body_bytes && strlen(res->body) == res->body_bytes);
    CHECK(acr_get(u, "/chunked/100000")->bytes == 100000);
    CHECK(acr_get(u, "/until-close/1000")->bytes == 1000);
    CHECK(acr_get(u, "/slow/3/10")->phases.total_ms >= 20);
    CHECK(acr_get(u, "/status/204")->status == 204);
    CHECK_TEXT("", acr_json_string(acr_get(u, "/"), "none"));
    CHECK_TEXT("", acr_header(acr_get(u, "/"), "none"));

    res = acr_get(u, "/bytes/1000000");
    CHECK(res->body_bytes == 1000000);
    res = acr_get(u, "/json");
    CHECK(acr_json_int(res, "items[1]", 0) == 2 && acr_json_count(res, "items") == 3);
    CHECK_TEXT("value", acr_json_string(res, "nested.key"));
    return 0;
}

static int expectations(struct acr_user *u)
{
    CHECK_TEXT("", acr_get(u, "/status/404", .expect = "404")->error);
    CHECK_TEXT("", acr_get(u, "/status/503", .expect = "2xx, 5xx")->error);
    struct acr_response *res =
        acr_get(u, "/json", .name = "named", .expect = "404", .catch_response = true);
    CHECK_TEXT("unexpected status 200 OK for url: named", res->error);
    acr_pass(res);
    res = acr_get(u, "/status/404", .catch_response = true);
    CHECK_TEXT("404 Client Error: Not Found for url: /status/404", res->error);
    acr_pass(res);
    res = acr_get(u, "/json", .expect = "20", .catch_response = true);
    CHECK(res->status == 0 && strstr(res->error, "expect") != NULL);
    acr_pass(res);
    return 0;
}

static int all(struct acr_user *u)
{
    static http_step *const steps[] = { methods,     headers,   bodies,      parts,
                                        urls,        redirects, secrets,     cookies,
                                        connections, answers,   expectations };
    return http_run_steps(u, steps, ACR_LEN(steps));
}

static const struct acr_http_defaults http = ACR_HTTP_DEFAULTS(.headers = "X-Type: type");
static const struct acr_task tasks[] = { { .name = "all", .run = all } };
static const struct acr_user_type users[] = {
    { .name = "requests", .tasks = tasks, .n_tasks = ACR_LEN(tasks), .http = &http },
};

ACR_PLUGIN(.name = "http_requests", .user_types = users, .n_user_types = ACR_LEN(users));
