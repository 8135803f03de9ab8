/* SPDX-License-Identifier: MIT */
#include "request.h"

#include <acrida/acrida.h>

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

/* Copy a word; one that does not fit becomes "". */
static void take(char *to, size_t to_bytes, const char *from, size_t bytes)
{
    if (bytes >= to_bytes || memchr(from, '\0', bytes) != NULL)
        bytes = 0;
    memcpy(to, from, bytes);
    to[bytes] = '\0';
}

static bool read_first_line(struct metrics_request *r, const char *line, const char *end)
{
    const char *space = memchr(line, ' ', (size_t)(end - line));
    const char *path = space != NULL ? space + 1 : end;
    const char *after = memchr(path, ' ', (size_t)(end - path));
    const char *query;

    if (space == NULL || after == NULL || end - after < 9 || strncmp(after, " HTTP/1.", 8) != 0)
        return false;
    query = memchr(path, '?', (size_t)(after - path));
    take(r->method, sizeof(r->method), line, (size_t)(space - line));
    take(r->path, sizeof(r->path), path, (size_t)((query != NULL ? query : after) - path));
    return *path == '/';
}

static void read_field(struct metrics_request *r, const char *line, const char *end)
{
    static const struct {
        const char *name;
        size_t offset;
        size_t bytes;
        const char *before; /* of the value */
    } fields[] = {
        { "Accept:", offsetof(struct metrics_request, accept), sizeof(r->accept), "" },
        { "Host:", offsetof(struct metrics_request, host), sizeof(r->host), "" },
        { "Authorization:", offsetof(struct metrics_request, token), sizeof(r->token), "Bearer " },
    };

    for (size_t i = 0; i < ACR_LEN(fields); i++) {
        const char *value = line + strlen(fields[i].name);
        size_t before = strlen(fields[i].before);

        if (end < value || strncasecmp(line, fields[i].name, strlen(fields[i].name)) != 0)
            continue;
        while (value < end && (*value == ' ' || *value == '\t'))
            value++;
        while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
            end--;
        if ((size_t)(end - value) < before || strncasecmp(value, fields[i].before, before) != 0)
            return;
        take((char *)r + fields[i].offset, fields[i].bytes, value + before,
             (size_t)(end - value) - before);
        return;
    }
}

bool metrics_request_read(struct metrics_request *r, const char *head, size_t bytes)
{
    const char *at = head;
    const char *end = head + bytes;
    bool is_first = true;

    memset(r, 0, sizeof(*r));
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = newline != NULL ? newline : end;
        const char *text_end = line_end > at && line_end[-1] == '\r' ? line_end - 1 : line_end;

        if (is_first && !read_first_line(r, at, text_end))
            return false;
        if (!is_first)
            read_field(r, at, text_end);
        is_first = false;
        at = line_end + 1;
    }
    return !is_first;
}

/* --- whether it may
 * ----------------------------------------------------------------------------------- */

/* As long for any two of the same length. */
static bool is_same(const char *a, const char *b)
{
    size_t n = strlen(b);
    unsigned char difference = strlen(a) != n;

    for (size_t i = 0; i < n && a[i] != '\0'; i++)
        difference |= (unsigned char)(a[i] ^ b[i]);
    return difference == 0;
}

static bool is_address(const char *host)
{
    char name[256];
    unsigned char address[16];
    size_t n = strlen(host);

    if (*host == '[') {
        n = strcspn(++host, "]");
        take(name, sizeof(name), host, n);
        return inet_pton(AF_INET6, name, address) == 1;
    }
    take(name, sizeof(name), host, strcspn(host, ":"));
    return inet_pton(AF_INET, name, address) == 1 || strcasecmp(name, "localhost") == 0;
}

int metrics_request_judge(const struct metrics_request *r, const char *token)
{
    if (token != NULL && !is_same(r->token, token))
        return 401;
    if (token == NULL && *r->host != '\0' && !is_address(r->host))
        return 403;
    if (strcmp(r->method, "GET") != 0 && strcmp(r->method, "HEAD") != 0)
        return 405;
    return strcmp(r->path, "/metrics") == 0 ? 200 : 404;
}
