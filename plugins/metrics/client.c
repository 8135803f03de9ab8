/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE 1 /* memmem */
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define S 1000000000ull
#define READ_NS (5 * S)
#define AWAIT_NS (3 * S) /* ticks come each second */
#define WRITE_NS (20 * S)
#define DRAIN_NS (1 * S)

static void enter(struct metrics_client *c, enum metrics_client_state state, uint64_t deadline_ns)
{
    c->state = state;
    c->deadline_ns = deadline_ns;
}

void metrics_client_begin(struct metrics_client *c, int fd, uint64_t now_ns)
{
    *c = (struct metrics_client){ .fd = fd };
    enter(c, METRICS_CLIENT_READS, now_ns + READ_NS);
}

void metrics_client_end(struct metrics_client *c, struct metrics_page *page)
{
    if (c->state == METRICS_CLIENT_FREE)
        return;
    if (c->text != NULL)
        metrics_page_drop(page, c->text, false);
    close(c->fd);
    *c = (struct metrics_client){ .state = METRICS_CLIENT_FREE };
}

static void begin_answer(struct metrics_client *c, const char *status, const char *more,
                         size_t body_bytes, uint64_t now_ns)
{
    c->n_answer = (size_t)snprintf(c->answer, sizeof(c->answer),
                                   "HTTP/1.1 %s\r\nConnection: close\r\nCache-Control: no-store\r\n"
                                   "X-Content-Type-Options: nosniff\r\n%s"
                                   "Content-Length: %zu\r\n\r\n",
                                   status, more, body_bytes);
    enter(c, METRICS_CLIENT_WRITES, now_ns + WRITE_NS);
}

static void refuse(struct metrics_client *c, int status, uint64_t now_ns)
{
    static const struct {
        int status;
        const char *line;
        const char *more;
        const char *body;
    } refusals[] = {
        { 400, "400 Bad Request", "", "This is no HTTP request.\n" },
        { 401, "401 Unauthorized", "WWW-Authenticate: Bearer\r\n",
          "Show the token: Authorization: Bearer TOKEN\n" },
        { 403, "403 Forbidden", "", "Ask by address, or as localhost.\n" },
        { 404, "404 Not Found", "", "There is /metrics.\n" },
        { 405, "405 Method Not Allowed", "Allow: GET, HEAD\r\n", "There is GET.\n" },
        { 408, "408 Request Timeout", "", "That took too long.\n" },
        { 431, "431 Request Header Fields Too Large", "",
          "The head of the request is too long.\n" },
        { 503, "503 Service Unavailable", "Retry-After: 1\r\n", "There are no numbers yet.\n" },
    };

    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        size_t bytes = strlen(refusals[i].body);
        char more[128];

        if (refusals[i].status != status)
            continue;
        snprintf(more, sizeof(more), "Content-Type: text/plain\r\n%s", refusals[i].more);
        begin_answer(c, refusals[i].line, more, bytes, now_ns);
        if (!c->is_head) {
            memcpy(c->answer + c->n_answer, refusals[i].body, bytes);
            c->n_answer += bytes;
        }
    }
}

static void answer(struct metrics_client *c, struct metrics_page *page, bool is_patient,
                   uint64_t now_ns)
{
    char type[128];

    c->text = metrics_page_take(page, c->is_classic, is_patient);
    if (c->text == NULL && is_patient) {
        enter(c, METRICS_CLIENT_AWAITS, now_ns + AWAIT_NS);
    } else if (c->text == NULL) {
        refuse(c, 503, now_ns);
    } else {
        snprintf(type, sizeof(type), "Vary: Accept\r\nContent-Type: %s\r\n",
                 openmetrics_content_type(c->is_classic));
        begin_answer(c, "200 OK", type, c->text->text.length, now_ns);
    }
}

/* --- reading
 * ------------------------------------------------------------------------------------------ */

static void understand(struct metrics_client *c, struct metrics_page *page, const char *token,
                       size_t bytes, uint64_t now_ns)
{
    struct metrics_request request;
    int status = metrics_request_read(&request, c->head, bytes)
                     ? metrics_request_judge(&request, token)
                     : 400;

    c->is_head = strcmp(request.method, "HEAD") == 0;
    c->is_classic = openmetrics_is_classic(request.accept);
    if (status == 200)
        answer(c, page, true, now_ns);
    else
        refuse(c, status, now_ns);
}

static void read_head(struct metrics_client *c, struct metrics_page *page, const char *token,
                      uint64_t now_ns)
{
    ssize_t n = recv(c->fd, c->head + c->n_head, sizeof(c->head) - c->n_head, MSG_DONTWAIT);
    const char *end;

    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        if (now_ns >= c->deadline_ns)
            refuse(c, 408, now_ns);
        return;
    }
    if (n <= 0) {
        metrics_client_end(c, page);
        return;
    }
    c->n_head += (size_t)n;
    end = memmem(c->head, c->n_head, "\r\n\r\n", 4);
    if (end != NULL)
        understand(c, page, token, (size_t)(end - c->head) + 2, now_ns);
    else if (c->n_head == sizeof(c->head))
        refuse(c, 431, now_ns);
    else if (now_ns >= c->deadline_ns) /* byte by byte */
        refuse(c, 408, now_ns);
}

/* --- writing
 * ------------------------------------------------------------------------------------------ */

static void write_on(struct metrics_client *c, struct metrics_page *page, uint64_t now_ns)
{
    size_t n_text = c->text != NULL && !c->is_head ? c->text->text.length : 0;
    size_t at = c->n_written;
    size_t at_text = at > c->n_answer ? at - c->n_answer : 0;
    struct iovec parts[2] = {
        { .iov_base = c->answer + (at < c->n_answer ? at : c->n_answer),
          .iov_len = at < c->n_answer ? c->n_answer - at : 0 },
        { .iov_base = n_text > 0 ? c->text->text.data + at_text : NULL,
          .iov_len = n_text - at_text },
    };
    const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
    ssize_t n = sendmsg(c->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        metrics_client_end(c, page);
        return;
    }
    c->n_written += n > 0 ? (size_t)n : 0;
    if (c->n_written == c->n_answer + n_text) {
        if (c->text != NULL)
            metrics_page_drop(page, c->text, true);
        c->text = NULL;
        shutdown(c->fd, SHUT_WR);
        enter(c, METRICS_CLIENT_DRAINS, now_ns + DRAIN_NS);
    } else if (now_ns >= c->deadline_ns) {
        metrics_client_end(c, page);
    }
}

/* What it still sends would reset the connection before it has read the answer. */
static void drain(struct metrics_client *c, struct metrics_page *page, uint64_t now_ns)
{
    ssize_t n = recv(c->fd, c->head, sizeof(c->head), MSG_DONTWAIT);

    if (now_ns >= c->deadline_ns || n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        metrics_client_end(c, page);
}

void metrics_client_step(struct metrics_client *c, struct metrics_page *page, const char *token,
                         uint64_t now_ns)
{
    if (c->state == METRICS_CLIENT_READS)
        read_head(c, page, token, now_ns);
    else if (c->state == METRICS_CLIENT_AWAITS)
        answer(c, page, now_ns < c->deadline_ns, now_ns);
    if (c->state == METRICS_CLIENT_WRITES)
        write_on(c, page, now_ns);
    else if (c->state == METRICS_CLIENT_DRAINS)
        drain(c, page, now_ns);
}
