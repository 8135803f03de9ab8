/* SPDX-License-Identifier: MIT */
#include "outlet.h"

#include "results/clean_text.h"

#include <acrida/client.h>
#include <acrida/http.h>
#include <acrida/io.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define QUEUE_BYTES (16u << 20)
#define DATAGRAM_BYTES 1432u /* fits into a frame of Ethernet */
#define TIMEOUT_S 10.0
#define PAUSE_S 1.0 /* after the first failure; then twice as long each time */
#define MAX_PAUSE_S 60.0
#define ANSWER_BYTES 200u

void outlet_init(struct outlet *o, const char *name, const char *url, char *headers)
{
    *o = (struct outlet){ .name = name, .url = url, .headers = headers };
}

void outlet_done(struct outlet *o)
{
    for (size_t i = 0; i < OUTLET_QUEUE; i++)
        csv_text_done(&o->queue[i]);
    free(o->headers);
    *o = (struct outlet){ .name = NULL };
}

/* --- the queue
 * ---------------------------------------------------------------------------------------- */

static struct csv_text *at(struct outlet *o, size_t i)
{
    return &o->queue[(o->first + i) % OUTLET_QUEUE];
}

static void remove_first(struct outlet *o)
{
    csv_text_done(at(o, 0));
    o->first = (o->first + 1) % OUTLET_QUEUE;
    o->n--;
    o->n_sent = 0;
}

static size_t bytes_of(struct outlet *o)
{
    size_t sum = 0;

    for (size_t i = 0; i < o->n; i++)
        sum += at(o, i)->length;
    return sum;
}

/* The first may be on its way: the one after it makes room. */
static void make_room(struct outlet *o, size_t bytes)
{
    while (o->n > 1 && (o->n == OUTLET_QUEUE || bytes_of(o) + bytes > QUEUE_BYTES)) {
        struct csv_text first = *at(o, 0);

        csv_text_done(at(o, 1));
        *at(o, 1) = first;
        *at(o, 0) = (struct csv_text){ .data = NULL };
        o->first = (o->first + 1) % OUTLET_QUEUE;
        o->n--;
        o->n_dropped++;
    }
}

void outlet_offer(struct outlet *o, struct csv_text *text)
{
    o->n_offered++;
    if (text->is_incomplete) {
        csv_text_done(text);
        o->n_dropped++;
        return;
    }
    make_room(o, text->length);
    *at(o, o->n++) = *text;
    *text = (struct csv_text){ .data = NULL };
    if (o->waiter != NULL)
        acr_wake(o->waiter, 0);
}

/* --- one delivery
 * ------------------------------------------------------------------------------------- */

enum outcome {
    DELIVERED,
    REFUSED, /* it is of no use to try again */
    FAILED,
};

struct answer {
    char text[ANSWER_BYTES + 1];
    size_t n;
};

static bool receive(void *arg, const char *data, size_t bytes)
{
    struct answer *a = arg;
    size_t n = ANSWER_BYTES - a->n < bytes ? ANSWER_BYTES - a->n : bytes;

    memcpy(a->text + a->n, data, n);
    a->n += n;
    return true;
}

/* Told once: what comes of it is told at the end. */
static void complain(struct outlet *o, const char *why, const char *more)
{
    struct csv_text line = { .data = NULL };

    o->is_failing = true;
    if (o->did_warn)
        return;
    o->did_warn = true;
    clean_text(&line, why, "");
    if (*more != '\0') {
        csv_text_append(&line, ": ", 2);
        clean_text(&line, more, "");
    }
    csv_text_append(&line, "", 1);
    acr_log_at(NULL, ACR_LOG_WARNING, "--%s: cannot deliver numbers: %s; the run goes on", o->name,
               line.is_incomplete ? "" : line.data);
    csv_text_done(&line);
}

static enum outcome post(struct acr_user *u, struct outlet *o, const struct csv_text *text,
                         double timeout_s)
{
    struct answer answer = { .n = 0 };
    size_t mark = acr_mark(u);
    struct acr_response *res =
        acr_post(u, o->url, .headers = o->headers, .body = text->length > 0 ? text->data : "",
                 .body_bytes = text->length, .receive = receive, .receive_arg = &answer,
                 .timeout_s = timeout_s, .max_redirects = -1, .expect = "2xx");
    enum outcome outcome = FAILED;

    answer.text[strcspn(answer.text, "\r\n")] = '\0';
    if (res->status >= 200 && res->status < 300 && *res->error == '\0')
        outcome = DELIVERED;
    else if (res->status >= 300 && res->status < 500 && res->status != 408 && res->status != 429)
        outcome = REFUSED;
    if (outcome != DELIVERED && !acr_is_cancelled(u)) /* the end of the run is no failure */
        complain(o, res->error, answer.text);
    acr_rewind(u, mark);
    return outcome;
}

/* As many whole lines as fit into a datagram; a longer one goes alone. */
static size_t cut(const char *data, size_t bytes)
{
    size_t n = 0;

    while (n < bytes) {
        const char *newline = memchr(data + n, '\n', bytes - n);
        size_t end = newline != NULL ? (size_t)(newline - data) + 1 : bytes;

        if (end > DATAGRAM_BYTES && n > 0)
            break;
        n = end;
    }
    return n;
}

static enum outcome send_lines(struct acr_user *u, struct outlet *o, const struct csv_text *text,
                               size_t *sent, double timeout_s)
{
    struct acr_socket *s =
        acr_connect(u, o->url, .connect_timeout_s = timeout_s, .timeout_s = timeout_s);
    int64_t r = acr_socket_status(s);

    for (unsigned i = 1; r >= 0 && *sent < text->length; i++) {
        size_t n = cut(text->data + *sent, text->length - *sent);

        r = acr_send(u, s, text->data + *sent, n - (text->data[*sent + n - 1] == '\n'));
        if (r == -EMSGSIZE) /* a name of some kilobytes: without it */
            r = 0;
        if (r >= 0)
            *sent += n;
        if (r >= 0 && i % 32 == 0) /* neither the loop nor the receiver is to be flooded */
            r = acr_sleep(u, 0.001);
    }
    if (r < 0 && !acr_is_cancelled(u))
        complain(o, acr_socket_error(s), "");
    acr_close(u, s);
    return r < 0 ? FAILED : DELIVERED;
}

static bool is_udp(const struct outlet *o)
{
    return strncasecmp(o->url, "udp:", 4) == 0;
}

static enum outcome deliver(struct acr_user *u, struct outlet *o, const struct csv_text *text,
                            size_t *sent, double timeout_s)
{
    enum outcome outcome =
        is_udp(o) ? send_lines(u, o, text, sent, timeout_s) : post(u, o, text, timeout_s);

    o->n_delivered += outcome == DELIVERED;
    o->n_refused += outcome == REFUSED;
    if (outcome == DELIVERED && o->is_failing && !o->did_recover) {
        o->did_recover = true;
        acr_log(NULL, "--%s: numbers are delivered again", o->name);
    }
    if (outcome == DELIVERED)
        o->is_failing = false;
    return outcome;
}

/* --- all of them
 * -------------------------------------------------------------------------------------- */

int outlet_run(struct acr_user *u, struct outlet *o)
{
    double pause_s = PAUSE_S;

    while (!acr_is_cancelled(u)) {
        enum outcome outcome;

        if (o->n == 0) {
            o->waiter = acr_coroutine_self(u);
            (void)acr_suspend(u, 0);
            o->waiter = NULL;
            continue;
        }
        /* The queue moves its texts, not their bytes. */
        outcome = deliver(
            u, o, &(const struct csv_text){ .data = at(o, 0)->data, .length = at(o, 0)->length },
            &o->n_sent, TIMEOUT_S);
        if (acr_is_cancelled(u))
            break;
        if (outcome != FAILED) {
            remove_first(o);
            pause_s = PAUSE_S;
            continue;
        }
        (void)acr_sleep(u, pause_s * acr_random_double(u, 0.75, 1.25));
        pause_s = pause_s * 2 < MAX_PAUSE_S ? pause_s * 2 : MAX_PAUSE_S;
    }
    return 0;
}

static double left_s(uint64_t end_ns)
{
    uint64_t now_ns = acr_now_ns();

    return now_ns < end_ns ? (double)(end_ns - now_ns) / 1e9 : 0;
}

/* One that has been begun (its datagrams) goes on where it was. */
static void finish_one(struct acr_user *u, struct outlet *o, size_t i, uint64_t end_ns)
{
    size_t sent = i == 0 ? o->n_sent : 0;
    double pause_s = 0.2;

    while (left_s(end_ns) > 0.01) {
        if (deliver(u, o, at(o, i), &sent, left_s(end_ns)) != FAILED) {
            at(o, i)->length = 0;
            return;
        }
        if (acr_sleep(u, pause_s < left_s(end_ns) ? pause_s : left_s(end_ns)) < 0)
            return;
        pause_s *= 2;
    }
}

void outlet_finish(struct acr_user *u, struct outlet *o, uint64_t end_ns)
{
    uint64_t n_lost = 0;

    /* The last counts most, where each says when it is of: StatsD's lines do not. */
    for (size_t i = 0; i < o->n; i++)
        finish_one(u, o, is_udp(o) ? i : o->n - 1 - i, end_ns);
    for (size_t i = 0; i < o->n; i++)
        n_lost += at(o, i)->length > 0;
    n_lost += o->n_dropped + o->n_refused;
    while (o->n > 0)
        remove_first(o);
    if (n_lost > 0)
        acr_log_at(NULL, ACR_LOG_WARNING, "--%s: %llu of %llu deliveries failed", o->name,
                   (unsigned long long)n_lost, (unsigned long long)o->n_offered);
}
