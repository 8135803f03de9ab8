/* SPDX-License-Identifier: MIT */
/* The sending side of a connection: small answers go straight from the worker's buffer;
 * the connection keeps only what could not be written at once. */
#include "output.h"

#include <errno.h>
#include <sys/socket.h>

enum { PIECES_PER_TURN = 32 }; /* of a stream, before other connections get theirs */

/* Writes, and counts the answers that end there. They are counted first and taken back if
 * need be: a client that has its answer must find it counted. */
static ssize_t write_counted(struct target_worker *worker, struct target_connection *connection,
                             struct target_text data)
{
    unsigned ready = connection->ready;
    ssize_t written;

    if (ready > 0) {
        target_counters_add(worker->counters, worker->number, TARGET_COUNTERS_ANSWERS, ready);
    }
    do {
        written = send(connection->source.fd, data.data, data.size, MSG_NOSIGNAL);
    } while (written < 0 && errno == EINTR);
    if (written == (ssize_t)data.size) {
        connection->ready = 0;
    } else if (ready > 0) {
        target_counters_add(worker->counters, worker->number, TARGET_COUNTERS_ANSWERS,
                            -(int64_t)ready);
    }
    return written;
}

/* Writes the worker's buffer for a connection that has nothing older to send. */
static enum target_output_result send_fresh(struct target_worker *worker,
                                            struct target_connection *connection)
{
    struct target_text data = target_buffer_view(&worker->out);
    ssize_t written = write_counted(worker, connection, data);

    if (written < 0) {
        if (errno != EAGAIN) {
            return TARGET_OUTPUT_FAILED;
        }
        written = 0;
    }
    target_buffer_text(&connection->out, target_text_skip(data, (size_t)written));
    target_buffer_clear(&worker->out);
    return (size_t)written == data.size ? TARGET_OUTPUT_DONE : TARGET_OUTPUT_BLOCKED;
}

/* Writes what the connection itself keeps. */
static enum target_output_result send_kept(struct target_worker *worker,
                                           struct target_connection *connection)
{
    size_t end = connection->held ? connection->limit : connection->out.size;
    struct target_text data = { connection->out.data + connection->sent, end - connection->sent };

    if (data.size > 0) {
        ssize_t written = write_counted(worker, connection, data);
        if (written < 0) {
            return errno == EAGAIN ? TARGET_OUTPUT_BLOCKED : TARGET_OUTPUT_FAILED;
        }
        connection->sent += (size_t)written;
        if (connection->sent < end) {
            return TARGET_OUTPUT_BLOCKED;
        }
    }
    if (!connection->held) {
        target_buffer_clear(&connection->out);
        connection->sent = 0;
    }
    return TARGET_OUTPUT_DONE;
}

static enum target_output_result send_bytes(struct target_worker *worker,
                                            struct target_connection *connection)
{
    if (connection->out.size == 0 && !connection->held) {
        return worker->out.size > 0 ? send_fresh(worker, connection) : TARGET_OUTPUT_DONE;
    }
    target_buffer_text(&connection->out, target_buffer_view(&worker->out));
    target_buffer_clear(&worker->out);
    return send_kept(worker, connection);
}

/* The answer whose end was still to come has all its bytes in a buffer now. */
static void complete_last(struct target_connection *connection)
{
    if (!connection->held && !connection->stream.active) {
        connection->ready += connection->last;
        connection->last = 0;
    }
}

enum target_output_result target_output_flush(struct target_worker *worker,
                                              struct target_connection *connection)
{
    struct target_stream *stream = &connection->stream;

    complete_last(connection);
    for (int pieces = 0; pieces <= PIECES_PER_TURN; pieces++) {
        enum target_output_result result = send_bytes(worker, connection);
        if (result != TARGET_OUTPUT_DONE) {
            return result;
        }
        if (connection->held) {
            return TARGET_OUTPUT_WAITING;
        }
        if (!stream->active) {
            return TARGET_OUTPUT_DONE;
        }
        if (target_stream_pauses(stream)) {
            if (connection->timer.place == 0) {
                target_timers_set(&worker->timers, &connection->timer,
                                  target_timers_now() + stream->pause_ms * 1000000);
            }
            return TARGET_OUTPUT_WAITING;
        }
        target_stream_produce(stream, &worker->out);
        complete_last(connection);
    }
    /* Others come first; being writable, this connection is back in the next turn. */
    target_buffer_text(&connection->out, target_buffer_view(&worker->out));
    target_buffer_clear(&worker->out);
    return TARGET_OUTPUT_BLOCKED;
}

void target_output_hold(struct target_worker *worker, struct target_connection *connection,
                        size_t start, uint64_t ns)
{
    connection->limit = connection->out.size + start;
    connection->held = true;
    target_buffer_text(&connection->out, target_buffer_view(&worker->out));
    target_buffer_clear(&worker->out);
    target_timers_set(&worker->timers, &connection->timer, target_timers_now() + ns);
}

void target_output_release(struct target_connection *connection)
{
    if (connection->held) {
        connection->held = false;
    } else if (target_stream_pauses(&connection->stream)) {
        target_stream_resume(&connection->stream);
    }
}
