/* SPDX-License-Identifier: MIT */
/* A client's connection: reads requests as they arrive and has them answered in order. */
#include "connection.h"

#include "crc.h"
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PENDING_LIMIT = 256 * 1024,    /* input kept while an answer is on its way */
    BATCH_LIMIT = 256 * 1024,      /* answers composed before they are written */
    BODY_LIMIT = 16 * 1024 * 1024, /* of bodies that are kept */
    LINGER_NS = 1000000000,
};

/* Counts the connection, or takes that back, by `sign`. */
static void count_connection(struct target_worker *worker, struct target_connection *connection,
                             int sign)
{
    connection->counted = sign > 0;
    target_counters_add(worker->counters, worker->number, TARGET_COUNTERS_OPEN, sign);
    if (sign > 0) {
        connection->epoch = target_counters_epoch(worker->counters);
    }
    if (connection->epoch == target_counters_epoch(worker->counters)) {
        target_counters_add(worker->counters, worker->number, TARGET_COUNTERS_CONNECTIONS, sign);
    }
}

void target_connection_open(struct target_worker *worker, int fd)
{
    struct target_connection *connection = calloc(1, sizeof *connection);
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };

    if (connection == NULL || epoll_ctl(worker->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        free(connection);
        close(fd);
        return;
    }
    connection->source = (struct target_source){ TARGET_SOURCE_CONNECTION, fd };
    connection->interest = EPOLLIN;
    connection->number = target_counters_connection(worker->counters);
    connection->next = worker->connections;
    if (connection->next != NULL) {
        connection->next->previous = connection;
    }
    worker->connections = connection;
    count_connection(worker, connection, 1);
}

/* An answer is no longer held, whether or not it was for a profile's sake. */
static void leave_profile(struct target_worker *worker, struct target_connection *connection)
{
    worker->profile.in_flight -= connection->profiled ? 1 : 0;
    connection->profiled = false;
}

void target_connection_close(struct target_worker *worker, struct target_connection *connection)
{
    leave_profile(worker, connection);
    if (connection->counted) {
        target_counters_add(worker->counters, worker->number, TARGET_COUNTERS_OPEN, -1);
    }
    target_timers_cancel(&worker->timers, &connection->timer);
    close(connection->source.fd);
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        worker->connections = connection->next;
    }
    target_buffer_free(&connection->input);
    target_buffer_free(&connection->head);
    target_buffer_free(&connection->body);
    target_buffer_free(&connection->out);
    target_stream_free(&connection->stream);
    target_buffer_clear(&worker->out);
    free(connection);
}

/* Watches for output if `blocked`, and for input as long as it is of use. */
static void watch(struct target_worker *worker, struct target_connection *connection, bool blocked)
{
    struct epoll_event event = { .data.ptr = connection };

    if (!connection->eof && connection->input.size < PENDING_LIMIT) {
        event.events |= EPOLLIN;
    }
    if (blocked) {
        event.events |= EPOLLOUT;
    }
    if (event.events != connection->interest) {
        connection->interest = event.events;
        epoll_ctl(worker->epoll, EPOLL_CTL_MOD, connection->source.fd, &event);
    }
}

/* Takes the connection's request, and what to work with, to the desk. */
static struct target_exchange begin_exchange(struct target_worker *worker,
                                             struct target_connection *connection)
{
    target_buffer_clear(&worker->text);
    target_buffer_clear(&worker->extra);
    return (struct target_exchange){
        .body = target_buffer_view(&connection->body),
        .body_bytes = connection->body_bytes,
        .body_crc = connection->body_crc,
        .connection = connection->number,
        .sequence = connection->sequence,
        .options = worker->options,
        .counters = worker->counters,
        .shop = worker->shop,
        .random = &worker->random,
        .text = &worker->text,
        .extra = &worker->extra,
        .out = &worker->out,
    };
}

/* What could not be read as HTTP is told so, and cut off. */
static void refuse(struct target_worker *worker, struct target_connection *connection,
                   unsigned status, const char *message)
{
    struct target_exchange exchange = begin_exchange(worker, connection);

    target_counters_add(worker->counters, worker->number, TARGET_COUNTERS_MALFORMED, 1);
    exchange.close = true;
    target_exchange_error(&exchange, status, message);
    connection->close = true;
    connection->linger = true;
    connection->state = TARGET_CONNECTION_SENDING;
}

/* Does what the rule that was chosen says; false when the route is still to answer. */
static bool apply_rule(struct target_worker *worker, const struct target_rule *rule,
                       struct target_exchange *exchange)
{
    const uint64_t ms = 1000000;

    exchange->delay_ns += target_random_between(&worker->random, rule->delay_lowest_ms * ms,
                                                rule->delay_highest_ms * ms);
    exchange->slow_parts = rule->slow_parts;
    exchange->slow_ms = rule->slow_ms;
    if (rule->stall_ms > 0) {
        target_counters_set_stall(worker->counters, target_timers_now() + rule->stall_ms * ms);
        exchange->delay_ns += rule->stall_ms * ms;
    }
    switch (rule->action) {
    case TARGET_RULE_PASS:
        return false;
    case TARGET_RULE_STATUS:
        target_exchange_error(exchange, rule->status, "a rule says so");
        return true;
    case TARGET_RULE_DROP:
        exchange->outcome = TARGET_EXCHANGE_DROP;
        return true;
    case TARGET_RULE_GARBAGE:
        target_exchange_garbage(exchange);
        return true;
    case TARGET_RULE_TRUNCATE:
        target_exchange_truncate(exchange);
        return true;
    }
    return false;
}

/* Delays an answer, or makes it an error, as the profile of its path says; true when it is
 * answered. */
static bool apply_profile(struct target_worker *worker, struct target_connection *connection,
                          struct target_exchange *exchange)
{
    const struct target_options *options = worker->options;
    const struct target_profile *profile =
        options->profiles.count > 0 && !connection->route->control
            ? target_profiles_find(&options->profiles, worker->request.path)
            : NULL;
    struct target_profile_answer answer;
    double now_s;

    if (profile == NULL) {
        return false;
    }
    now_s = (double)(target_timers_now() - target_counters_first(worker->counters)) / 1e9;
    answer =
        target_profile_decide(profile, &worker->profile, now_s, options->seed, &worker->random);
    exchange->delay_ns += answer.delay_ns;
    connection->profiled = true;
    worker->profile.in_flight++;
    if (answer.is_failure) {
        target_exchange_error(exchange, 503, "a profile says so");
    }
    return answer.is_failure;
}

/* Draws the conclusions for the connection from what came of a request. */
static void settle(struct target_worker *worker, struct target_connection *connection,
                   struct target_exchange *exchange, size_t start)
{
    bool control = connection->route->control;

    connection->close = exchange->close || exchange->outcome == TARGET_EXCHANGE_DROP ||
                        exchange->outcome == TARGET_EXCHANGE_BROKEN;
    connection->announced = exchange->close && exchange->outcome == TARGET_EXCHANGE_ANSWER;
    connection->stream = exchange->stream;
    if (exchange->outcome == TARGET_EXCHANGE_ANSWER && !control) {
        target_counters_add(worker->counters, worker->number,
                            TARGET_COUNTERS_1XX + exchange->status / 100 - 1, 1);
        connection->last = 1;
        connection->answers++;
        if (worker->options->close_after > 0 &&
            connection->answers >= worker->options->close_after) {
            connection->close = true;
        }
    }
    if (exchange->delay_ns > 0) {
        target_output_hold(worker, connection, start, exchange->delay_ns);
    } else if (!connection->stream.active) {
        connection->ready += connection->last;
        connection->last = 0;
    }
    if (exchange->outcome == TARGET_EXCHANGE_SILENCE) {
        connection->state = TARGET_CONNECTION_SILENT;
    } else if (connection->close || connection->held || connection->stream.active) {
        connection->state = TARGET_CONNECTION_SENDING;
    } else {
        connection->state = TARGET_CONNECTION_HEAD;
    }
}

/* Answers worker->request, whose body has been read as far as it has to be. */
static void answer(struct target_worker *worker, struct target_connection *connection)
{
    struct target_exchange exchange = begin_exchange(worker, connection);
    size_t start = worker->out.size;

    exchange.request = &worker->request;
    exchange.close = !worker->request.keep_alive;
    if ((connection->rule == NULL || !apply_rule(worker, connection->rule, &exchange)) &&
        !apply_profile(worker, connection, &exchange)) {
        target_routes_run(connection->route, &exchange);
    }
    settle(worker, connection, &exchange, start);
    if (connection->head.size > 0 || connection->body.size > 0) {
        target_buffer_clear(&connection->head);
        target_buffer_clear(&connection->body);
    }
    connection->scan = (struct target_request_scan){ 0 };
}

/* Counts a head and decides which rule meets it. */
static void register_head(struct target_worker *worker, struct target_connection *connection)
{
    const struct target_request *request = &worker->request;

    connection->rule = NULL;
    if (connection->route->control) {
        if (connection->counted && connection->sequence == 0) {
            count_connection(worker, connection, -1);
        }
        return;
    }
    if (!connection->counted) {
        count_connection(worker, connection, 1);
    }
    connection->sequence++;
    target_counters_head(worker->counters, worker->number, request->method, request->path);
    if ((worker->options->stall_every_ms > 0 || worker->options->profiles.count > 0) &&
        target_counters_first(worker->counters) == 0) {
        target_counters_offer_first(worker->counters, target_timers_now());
    }
    if (worker->options->rules.count > 0) {
        connection->rule = target_rules_choose(&worker->options->rules, request->method,
                                               request->path, &worker->random);
    }
}

/* A head is complete; `more` tells whether bytes after it are at hand. */
static void begin_request(struct target_worker *worker, struct target_connection *connection,
                          bool more)
{
    const struct target_request *request = &worker->request;

    connection->route = target_routes_find(request);
    register_head(worker, connection);
    connection->body_bytes = 0;
    connection->body_crc = 0;
    if (!target_request_has_body(request) || connection->route->body == TARGET_ROUTE_UNREAD ||
        (connection->rule != NULL && connection->rule->action == TARGET_RULE_DROP)) {
        answer(worker, connection);
        return;
    }
    target_body_start(&connection->framing, request);
    connection->state = TARGET_CONNECTION_BODY;
    if (request->expect_continue && request->minor == 1 && !more) {
        target_buffer_string(&worker->out, "HTTP/1.1 100 Continue\r\n\r\n");
        if (!connection->route->control) {
            target_counters_add(worker->counters, worker->number, TARGET_COUNTERS_1XX, 1);
        }
    }
}

/* Puts content where the route wants it; false when it is too much to keep. */
static bool take_content(struct target_worker *worker, struct target_connection *connection,
                         struct target_text content)
{
    connection->body_bytes += content.size;
    if (!connection->route->control) {
        target_counters_add(worker->counters, worker->number, TARGET_COUNTERS_BODY_BYTES,
                            (int64_t)content.size);
    }
    if (connection->route->body == TARGET_ROUTE_SUM) {
        connection->body_crc = target_crc_update(connection->body_crc, content.data, content.size);
    } else if (connection->route->body == TARGET_ROUTE_KEEP) {
        if (connection->body_bytes > BODY_LIMIT) {
            return false;
        }
        target_buffer_text(&connection->body, content);
    }
    return true;
}

/* Reads body bytes and, after the last one, answers. Returns how many it used. */
static size_t read_body(struct target_worker *worker, struct target_connection *connection,
                        struct target_text data)
{
    struct target_text content;
    size_t used;
    enum target_body_status status =
        target_body_read(&connection->framing, data.data, data.size, &used, &content);

    if (content.size > 0 && !take_content(worker, connection, content)) {
        refuse(worker, connection, 413, "the body is too large to be kept");
    } else if (status == TARGET_BODY_BAD) {
        refuse(worker, connection, 400, "the chunks cannot be read");
    } else if (status == TARGET_BODY_DONE) {
        if (connection->head.size > 0) { /* worker->request is somebody else's by now */
            struct target_request_scan scan = { 0 };
            target_request_read(&scan, &worker->request, connection->head.data,
                                connection->head.size);
        }
        answer(worker, connection);
    }
    return used;
}

/* Reads a head if it is complete. Returns how many bytes it used. */
static size_t read_head(struct target_worker *worker, struct target_connection *connection,
                        struct target_text data)
{
    switch (target_request_read(&connection->scan, &worker->request, data.data, data.size)) {
    case TARGET_REQUEST_MORE:
        return 0;
    case TARGET_REQUEST_DONE:
        worker->head = (struct target_text){ data.data, worker->request.head_size };
        begin_request(worker, connection, data.size > worker->request.head_size);
        return worker->head.size;
    case TARGET_REQUEST_BAD:
        refuse(worker, connection, 400, "this is not an HTTP/1.1 request");
        break;
    case TARGET_REQUEST_TOO_LARGE:
        refuse(worker, connection, 431, "the request head is too large");
        break;
    }
    return data.size;
}

/* Whether input can be used now, or has to wait for an answer to be out. */
static bool is_receptive(const struct target_connection *connection)
{
    return connection->state <= TARGET_CONNECTION_BODY && connection->out.size == 0;
}

/* Uses as much of `data` as it can now, and keeps the head of an unfinished request. */
static size_t use_input(struct target_worker *worker, struct target_connection *connection,
                        struct target_text data)
{
    size_t used = 0;

    while (used < data.size && is_receptive(connection) && worker->out.size < BATCH_LIMIT) {
        struct target_text rest = target_text_skip(data, used);
        size_t count;
        if (connection->state == TARGET_CONNECTION_BODY) {
            count = read_body(worker, connection, rest);
        } else {
            count = read_head(worker, connection, rest);
        }
        if (count == 0) {
            break;
        }
        used += count;
    }
    if (connection->state == TARGET_CONNECTION_BODY && connection->head.size == 0) {
        target_buffer_text(&connection->head, worker->head);
    }
    return used;
}

/* Ends a connection whose last answer is out. */
static void finish(struct target_worker *worker, struct target_connection *connection)
{
    if (!connection->linger && !(connection->announced && connection->input.size > 0)) {
        target_connection_close(worker, connection);
        return;
    }
    /* Closing with input unread would make the kernel reset the connection, and the client
     * might lose the answer. */
    shutdown(connection->source.fd, SHUT_WR);
    target_buffer_free(&connection->input);
    connection->state = TARGET_CONNECTION_LINGERING;
    target_timers_set(&worker->timers, &connection->timer, target_timers_now() + LINGER_NS);
    watch(worker, connection, false);
    if (connection->eof) {
        target_connection_close(worker, connection);
    }
}

/* Sends what there is to send. True when more input can be used; false when not, which may
 * mean that the connection is gone. */
static bool flush(struct target_worker *worker, struct target_connection *connection)
{
    enum target_output_result result = target_output_flush(worker, connection);

    if (result == TARGET_OUTPUT_FAILED) {
        target_connection_close(worker, connection);
        return false;
    }
    watch(worker, connection, result == TARGET_OUTPUT_BLOCKED);
    if (result != TARGET_OUTPUT_DONE) {
        return false;
    }
    if (connection->state == TARGET_CONNECTION_SENDING) {
        if (connection->close) {
            finish(worker, connection);
            return false;
        }
        connection->state = TARGET_CONNECTION_HEAD;
    }
    if (connection->state == TARGET_CONNECTION_SILENT) {
        if (connection->eof) {
            target_connection_close(worker, connection);
        }
        return false;
    }
    return true;
}

/* Uses input, new in `data` or kept from before, until something has to be waited for. */
static void advance(struct target_worker *worker, struct target_connection *connection,
                    struct target_text data)
{
    bool fresh = data.size > 0;
    size_t used;

    do {
        if (!fresh) {
            data = target_buffer_view(&connection->input);
        }
        used = use_input(worker, connection, data);
        if (fresh) {
            target_buffer_text(&connection->input, target_text_skip(data, used));
            fresh = false;
        } else {
            target_buffer_consume(&connection->input, used);
        }
        if (!flush(worker, connection)) {
            return;
        }
    } while (used > 0 && connection->input.size > 0);
    if (connection->eof) {
        target_connection_close(worker, connection);
    }
}

static void on_end(struct target_worker *worker, struct target_connection *connection)
{
    connection->eof = true;
    if (connection->state != TARGET_CONNECTION_SENDING && connection->out.size == 0) {
        target_connection_close(worker, connection);
        return;
    }
    watch(worker, connection, (connection->interest & EPOLLOUT) != 0);
}

static void on_readable(struct target_worker *worker, struct target_connection *connection)
{
    ssize_t count = recv(connection->source.fd, worker->scratch, TARGET_WORKER_SCRATCH, 0);
    struct target_text data = { worker->scratch, count > 0 ? (size_t)count : 0 };
    bool deaf = connection->state == TARGET_CONNECTION_SILENT ||
                connection->state == TARGET_CONNECTION_LINGERING;

    if (count < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            target_connection_close(worker, connection);
        }
    } else if (count == 0) {
        on_end(worker, connection);
    } else if (deaf) {
        return;
    } else if (!is_receptive(connection)) {
        target_buffer_text(&connection->input, data);
        watch(worker, connection, (connection->interest & EPOLLOUT) != 0);
    } else if (connection->input.size > 0) {
        target_buffer_text(&connection->input, data);
        advance(worker, connection, (struct target_text){ NULL, 0 });
    } else {
        advance(worker, connection, data);
    }
}

void target_connection_event(struct target_worker *worker, struct target_connection *connection,
                             uint32_t events)
{
    if ((events & EPOLLOUT) != 0) {
        /* What becomes readable meanwhile is reported again. */
        if (flush(worker, connection)) {
            advance(worker, connection, (struct target_text){ NULL, 0 });
        }
    } else if ((events & EPOLLIN) != 0) {
        on_readable(worker, connection);
    } else {
        target_connection_close(worker, connection);
    }
}

void target_connection_timer(struct target_worker *worker, struct target_timer *timer)
{
    struct target_connection *connection =
        (struct target_connection *)((char *)timer - offsetof(struct target_connection, timer));

    if (connection->state == TARGET_CONNECTION_LINGERING) {
        target_connection_close(worker, connection);
        return;
    }
    leave_profile(worker, connection);
    target_output_release(connection);
    if (flush(worker, connection)) {
        advance(worker, connection, (struct target_text){ NULL, 0 });
    }
}
