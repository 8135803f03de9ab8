/* SPDX-License-Identifier: MIT */
/* Routes whose answers tell what arrived: headers, cookies, credentials, bodies; and the
 * redirects. */
#include "handlers.h"

#include "json.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MOST_REDIRECTS = 1000000 };

static void answer_redirect(struct target_exchange *exchange, unsigned status,
                            struct target_text location)
{
    static const struct target_text body = TARGET_TEXT("look there\n");
    target_exchange_header(exchange, "Location", location);
    target_exchange_answer(exchange, status, "text/plain", body);
}

void target_inspect_redirect(struct target_exchange *exchange, struct target_text rest)
{
    uint64_t left;
    if (!target_text_number(rest, &left) || left > MOST_REDIRECTS) {
        target_exchange_error(exchange, 400, "use /redirect/N");
        return;
    }
    if (left <= 1) {
        answer_redirect(exchange, 302, target_text_of("/"));
        return;
    }
    target_buffer_string(exchange->text, "/redirect/");
    target_buffer_number(exchange->text, left - 1);
    answer_redirect(exchange, 302, target_buffer_view(exchange->text));
}

void target_inspect_redirect_to(struct target_exchange *exchange, struct target_text rest)
{
    const struct target_request *request = exchange->request;
    struct target_text url;
    struct target_text code;
    uint64_t status = 302;

    (void)rest;
    if (!target_text_query(request->query, "url", &url) || url.size == 0 ||
        (target_text_query(request->query, "status", &code) &&
         (!target_text_number(code, &status) || status < 300 || status > 399))) {
        target_exchange_error(exchange, 400, "use /redirect-to?url=URL&status=3XX");
        return;
    }
    target_buffer_decoded(exchange->text, url, true);
    answer_redirect(exchange, (unsigned)status, target_buffer_view(exchange->text));
}

void target_inspect_set_cookies(struct target_exchange *exchange, struct target_text rest)
{
    static const struct target_text body = TARGET_TEXT("{\"set\":true}\n");
    struct target_text query = exchange->request->query;

    (void)rest;
    while (query.size > 0) {
        struct target_text pair = target_text_cut(&query, '&');
        target_buffer_clear(exchange->text);
        target_buffer_decoded(exchange->text, pair, true);
        target_buffer_string(exchange->text, "; Path=/");
        target_exchange_header(exchange, "Set-Cookie", target_buffer_view(exchange->text));
    }
    target_exchange_answer(exchange, 200, "application/json", body);
}

void target_inspect_cookies(struct target_exchange *exchange, struct target_text rest)
{
    const struct target_request *request = exchange->request;
    const char *separator = "";

    (void)rest;
    target_buffer_string(exchange->text, "{");
    for (size_t i = 0; i < request->header_count; i++) {
        struct target_text value = request->headers[i].value;
        if (!target_text_alike(request->headers[i].name, "cookie")) {
            continue;
        }
        while (value.size > 0) {
            struct target_text pair = target_text_trim(target_text_cut(&value, ';'));
            struct target_text name = target_text_cut(&pair, '=');
            target_buffer_string(exchange->text, separator);
            target_json_string(exchange->text, name);
            target_buffer_string(exchange->text, ":");
            target_json_string(exchange->text, pair);
            separator = ",";
        }
    }
    target_buffer_string(exchange->text, "}\n");
    target_exchange_json(exchange, 200);
}

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *place = c != '\0' ? strchr(digits, c) : NULL;
    return place != NULL ? (int)(place - digits) : -1;
}

/* Decodes up to the first byte that is not base64, usually the padding. */
static size_t decode_base64(struct target_text text, char *to, size_t room)
{
    size_t size = 0;
    unsigned bits = 0;
    unsigned count = 0;
    int digit;

    for (size_t i = 0; i < text.size && size < room; i++) {
        digit = base64_digit(text.data[i]);
        if (digit < 0) {
            break;
        }
        bits = (bits << 6 | (unsigned)digit) & 0xffffff;
        count += 6;
        if (count >= 8) {
            count -= 8;
            to[size++] = (char)(bits >> count & 0xff);
        }
    }
    return size;
}

void target_inspect_basic_auth(struct target_exchange *exchange, struct target_text rest)
{
    static const struct target_text right = TARGET_TEXT("{\"authenticated\":true}\n");
    const struct target_text *header = target_request_header(exchange->request, "Authorization");
    struct target_text user = target_text_cut(&rest, '/');
    struct target_text given = { "", 0 };
    char credentials[512];

    target_buffer_decoded(exchange->text, user, false);
    target_buffer_string(exchange->text, ":");
    target_buffer_decoded(exchange->text, rest, false);
    if (header != NULL) {
        struct target_text value = *header;
        struct target_text scheme = target_text_cut(&value, ' ');
        if (target_text_alike(scheme, "basic")) {
            given.data = credentials;
            given.size = decode_base64(target_text_trim(value), credentials, sizeof credentials);
        }
    }
    if (target_text_equal(given, target_buffer_view(exchange->text))) {
        target_exchange_answer(exchange, 200, "application/json", right);
        return;
    }
    target_exchange_header(exchange, "WWW-Authenticate",
                           target_text_of("Basic realm=\"acrida-target\""));
    target_exchange_error(exchange, 401, "wrong or missing credentials");
}

/* Whether a header of that name stands before `index`. */
static bool seen_before(const struct target_request *request, size_t index)
{
    struct target_text name = request->headers[index].name;
    for (size_t i = 0; i < index; i++) {
        if (request->headers[i].name.size == name.size &&
            strncasecmp(request->headers[i].name.data, name.data, name.size) == 0) {
            return true;
        }
    }
    return false;
}

/* All values of the name at `index`, joined by commas. */
static void append_values(struct target_buffer *text, const struct target_request *request,
                          size_t index)
{
    struct target_text name = request->headers[index].name;
    struct target_buffer joined = { 0 };
    for (size_t i = index; i < request->header_count; i++) {
        if (request->headers[i].name.size == name.size &&
            strncasecmp(request->headers[i].name.data, name.data, name.size) == 0) {
            target_buffer_string(&joined, joined.size > 0 ? ", " : "");
            target_buffer_text(&joined, request->headers[i].value);
        }
    }
    target_json_string(text, target_buffer_view(&joined));
    target_buffer_free(&joined);
}

static void append_headers(struct target_buffer *text, const struct target_request *request)
{
    target_buffer_string(text, "{");
    for (size_t i = 0; i < request->header_count; i++) {
        if (!seen_before(request, i)) {
            target_buffer_string(text, i > 0 ? "," : "");
            target_json_string(text, request->headers[i].name);
            target_buffer_string(text, ":");
            append_values(text, request, i);
        }
    }
    target_buffer_string(text, "}");
}

void target_inspect_headers(struct target_exchange *exchange, struct target_text rest)
{
    (void)rest;
    append_headers(exchange->text, exchange->request);
    target_buffer_string(exchange->text, "\n");
    target_exchange_json(exchange, 200);
}

void target_inspect_echo(struct target_exchange *exchange, struct target_text rest)
{
    const struct target_request *request = exchange->request;
    struct target_buffer *text = exchange->text;

    (void)rest;
    target_buffer_string(text, "{\"method\":");
    target_json_string(text, request->method);
    target_buffer_string(text, ",\"path\":");
    target_json_string(text, request->path);
    target_buffer_string(text, ",\"query\":");
    target_json_string(text, request->query);
    target_buffer_string(text, ",\"headers\":");
    append_headers(text, request);
    target_buffer_string(text, ",\"body\":");
    target_json_string(text, exchange->body);
    target_buffer_string(text, ",\"body_bytes\":");
    target_buffer_number(text, exchange->body_bytes);
    target_buffer_string(text, ",\"connection\":");
    target_buffer_number(text, exchange->connection);
    target_buffer_string(text, ",\"request\":");
    target_buffer_number(text, exchange->sequence);
    target_buffer_string(text, "}\n");
    target_exchange_json(exchange, 200);
}

void target_inspect_upload(struct target_exchange *exchange, struct target_text rest)
{
    char sum[16];

    (void)rest;
    snprintf(sum, sizeof sum, "%08x", (unsigned)exchange->body_crc);
    target_buffer_string(exchange->text, "{\"bytes\":");
    target_buffer_number(exchange->text, exchange->body_bytes);
    target_buffer_string(exchange->text, ",\"crc32\":\"");
    target_buffer_string(exchange->text, sum);
    target_buffer_string(exchange->text, "\"}\n");
    target_exchange_json(exchange, 200);
}
