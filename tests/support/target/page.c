/* SPDX-License-Identifier: MIT */
/* A small site of HTML pages. Whoever asks for the login form gets a session cookie, and a hidden
 * token that belongs to it; what belongs to what is computed, so any process can tell. */
#include "handlers.h"

#include <stdio.h>
#include <string.h>

enum { ITEMS = 1000, RESULTS = 10, PICTURES = 8, PICTURE_SIZE = 2000, HEX_SIZE = 16 };

static const char html[] = "text/html; charset=utf-8";

/* A number that belongs to a session, one for each purpose, as 16 hexadecimal digits. */
static void derive(uint64_t session, uint64_t purpose, char hex[HEX_SIZE + 1])
{
    struct target_random random = { session ^ (purpose * UINT64_C(0x9e3779b97f4a7c15)) };
    snprintf(hex, HEX_SIZE + 1, "%016llx", (unsigned long long)target_random_next(&random));
}

enum { FORM_TOKEN = 1, LOGGED_IN = 2 };

/* Finds a cookie among those sent. */
static bool find_cookie(const struct target_exchange *exchange, const char *name,
                        struct target_text *value)
{
    const struct target_request *request = exchange->request;

    for (size_t i = 0; i < request->header_count; i++) {
        struct target_text rest = request->headers[i].value;
        if (!target_text_alike(request->headers[i].name, "cookie")) {
            continue;
        }
        while (rest.size > 0) {
            struct target_text pair = target_text_trim(target_text_cut(&rest, ';'));
            struct target_text key = target_text_cut(&pair, '=');
            if (target_text_is(key, name)) {
                *value = pair;
                return true;
            }
        }
    }
    return false;
}

/* The session that the cookie names. */
static bool find_session(const struct target_exchange *exchange, uint64_t *session)
{
    struct target_text value;
    char digits[HEX_SIZE + 1];
    unsigned long long number;

    if (!find_cookie(exchange, "session", &value) || value.size != HEX_SIZE) {
        return false;
    }
    memcpy(digits, value.data, HEX_SIZE);
    digits[HEX_SIZE] = '\0';
    if (strspn(digits, "0123456789abcdef") != HEX_SIZE || sscanf(digits, "%llx", &number) != 1) {
        return false;
    }
    *session = number;
    return true;
}

static bool is_logged_in(const struct target_exchange *exchange)
{
    struct target_text given;
    uint64_t session;
    char expected[HEX_SIZE + 1];

    if (!find_session(exchange, &session) || !find_cookie(exchange, "login", &given)) {
        return false;
    }
    derive(session, LOGGED_IN, expected);
    return target_text_is(given, expected);
}

static void send_to(struct target_exchange *exchange, const char *path)
{
    target_exchange_header(exchange, "Location", target_text_of(path));
    target_exchange_answer(exchange, 303, html, target_text_of("<p>Look there.</p>\n"));
}

static void set_cookie(struct target_exchange *exchange, const char *name, const char *value)
{
    char line[64];
    snprintf(line, sizeof line, "%s=%s; Path=/page/; HttpOnly", name, value);
    target_exchange_header(exchange, "Set-Cookie", target_text_of(line));
}

/* What may stand between tags and quotes. */
static void append_escaped(struct target_buffer *text, struct target_text raw)
{
    for (size_t i = 0; i < raw.size; i++) {
        switch (raw.data[i]) {
        case '&':
            target_buffer_string(text, "&amp;");
            break;
        case '<':
            target_buffer_string(text, "&lt;");
            break;
        case '"':
            target_buffer_string(text, "&quot;");
            break;
        default:
            target_buffer_append(text, &raw.data[i], 1);
        }
    }
}

static void begin_page(struct target_buffer *text, const char *title)
{
    target_buffer_string(text, "<!doctype html>\n<html><head><title>");
    target_buffer_string(text, title);
    target_buffer_string(text, "</title>\n<link rel=\"stylesheet\" href=\"/page/file/style.css\">\n"
                               "<link rel=\"canonical\" href=\"/page/search\">\n"
                               "<script src=\"/page/file/page.js\"></script></head>\n<body>\n");
}

static void end_page(struct target_exchange *exchange)
{
    target_buffer_string(exchange->text, "</body></html>\n");
    target_exchange_answer(exchange, 200, html, target_buffer_view(exchange->text));
}

void target_page_form(struct target_exchange *exchange, struct target_text rest)
{
    uint64_t session = target_random_next(exchange->random);
    char hex[HEX_SIZE + 1];

    (void)rest;
    snprintf(hex, sizeof hex, "%016llx", (unsigned long long)session);
    set_cookie(exchange, "session", hex);
    derive(session, FORM_TOKEN, hex);
    begin_page(exchange->text, "Log in");
    target_buffer_string(exchange->text, "<form method=post action=\"login\">\n"
                                         "<input type=hidden name=\"token\" value=\"");
    target_buffer_string(exchange->text, hex);
    target_buffer_string(exchange->text, "\">\n<input name=user><input name=password type=password>"
                                         "<button>Log in</button>\n</form>\n");
    end_page(exchange);
}

void target_page_login(struct target_exchange *exchange, struct target_text rest)
{
    struct target_text token;
    struct target_text user;
    uint64_t session;
    char hex[HEX_SIZE + 1];

    (void)rest;
    if (!find_session(exchange, &session)) {
        target_exchange_error(exchange, 403, "no session: ask for the form first");
        return;
    }
    derive(session, FORM_TOKEN, hex);
    if (!target_text_query(exchange->body, "token", &token) || !target_text_is(token, hex)) {
        target_exchange_error(exchange, 403, "the form's token is not the session's");
        return;
    }
    if (!target_text_query(exchange->body, "user", &user) || user.size == 0) {
        target_exchange_error(exchange, 400, "a user is needed");
        return;
    }
    derive(session, LOGGED_IN, hex);
    set_cookie(exchange, "login", hex);
    send_to(exchange, "/page/search");
}

/* The item that a question leads to first. */
static uint64_t first_item(struct target_text question)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < question.size; i++) {
        sum = sum * 31 + (unsigned char)question.data[i];
    }
    return 1 + sum % (ITEMS - RESULTS);
}

void target_page_search(struct target_exchange *exchange, struct target_text rest)
{
    struct target_buffer *text = exchange->text;
    struct target_buffer question = { 0 };
    struct target_text raw = { "", 0 };
    char line[128];

    (void)rest;
    if (!is_logged_in(exchange)) {
        send_to(exchange, "/page/login");
        return;
    }
    target_text_query(exchange->request->query, "q", &raw);
    target_buffer_decoded(&question, raw, true);
    begin_page(text, "Search");
    target_buffer_string(text, "<form action=\"/page/search\"><input name=q value=\"");
    append_escaped(text, target_buffer_view(&question));
    target_buffer_string(text, "\"></form>\n<ol class=\"results\">\n");
    uint64_t first = first_item(target_buffer_view(&question));
    for (uint64_t i = 0; i < RESULTS && question.size > 0; i++) {
        snprintf(line, sizeof line,
                 "<li><a href=\"item/%llu\">Item %llu</a> <img src=\"file/%llu.png\" alt=\"\">\n",
                 (unsigned long long)(first + i), (unsigned long long)(first + i),
                 (unsigned long long)(i % PICTURES));
        target_buffer_string(text, line);
    }
    target_buffer_string(text, "</ol>\n");
    target_buffer_free(&question);
    end_page(exchange);
}

void target_page_item(struct target_exchange *exchange, struct target_text rest)
{
    uint64_t number;
    char line[128];

    if (!is_logged_in(exchange)) {
        send_to(exchange, "/page/login");
        return;
    }
    if (!target_text_number(rest, &number) || number < 1 || number > ITEMS) {
        target_exchange_error(exchange, 404, "no such item");
        return;
    }
    begin_page(exchange->text, "Item");
    for (unsigned i = 0; i < PICTURES; i++) {
        snprintf(line, sizeof line, "<img src=\"../file/%u.png\" alt=\"view %u\">\n", i, i);
        target_buffer_string(exchange->text, line);
    }
    snprintf(line, sizeof line, "<p>Item %llu</p>\n", (unsigned long long)number);
    target_buffer_string(exchange->text, line);
    end_page(exchange);
}

void target_page_file(struct target_exchange *exchange, struct target_text rest)
{
    uint64_t number;

    if (target_text_is(rest, "style.css")) {
        target_exchange_answer(exchange, 200, "text/css", target_text_of("img { width: 4em }\n"));
    } else if (target_text_is(rest, "page.js")) {
        target_exchange_answer(exchange, 200, "text/javascript", target_text_of("void 0;\n"));
    } else if (target_text_number(target_text_cut(&rest, '.'), &number) && number < PICTURES &&
               target_text_is(rest, "png")) {
        target_exchange_generate(exchange, PICTURE_SIZE, TARGET_EXCHANGE_LENGTH);
    } else {
        target_exchange_error(exchange, 404, "no such file");
    }
}
