/* SPDX-License-Identifier: MIT */
/* Answers with a count of users. */
#include "body.h"

#include "gzip.h"

#include <event2/buffer.h>

#include <stdlib.h>

#define SMALL_BYTES (64u << 10)

/* Of all bodies that there are. */
static _Thread_local size_t all_bytes;

static void count(struct web_body *b)
{
    all_bytes -= b->counted;
    b->counted = b->reply.json.text.length + b->gzip.length;
    all_bytes += b->counted;
}

struct web_body *web_body_new(struct web_reply *reply)
{
    struct web_body *b = calloc(1, sizeof(*b));
    const char *wrong = NULL;

    if (b == NULL)
        abort();
    b->n_users = 1;
    b->reply = *reply;
    *reply = (struct web_reply){ .status = 0 };
    if (b->reply.json.text.is_incomplete)
        wrong = "There is no memory for this answer.\n";
    else if (all_bytes > WEB_BODY_ALL_BYTES && b->reply.json.text.length > SMALL_BYTES)
        wrong = "Too much is on its way to others: try again later.\n";
    if (wrong != NULL) {
        web_reply_done(&b->reply);
        b->reply.file_name[0] = '\0';
        web_reply_text(&b->reply, 503, wrong);
    }
    count(b);
    return b;
}

struct web_body *web_body_text(int status, const char *text)
{
    struct web_reply reply = { .status = 0 };

    web_reply_text(&reply, status, text);
    return web_body_new(&reply);
}

struct web_body *web_body_use(struct web_body *b)
{
    b->n_users++;
    return b;
}

void web_body_drop(struct web_body *b)
{
    if (b == NULL || --b->n_users > 0)
        return;
    web_reply_done(&b->reply);
    csv_text_done(&b->gzip);
    count(b);
    free(b);
}

bool web_body_make_gzip(struct web_body *b)
{
    const struct csv_text *t = &b->reply.json.text;

    if (b->gzip.length == 0 && t->length >= WEB_GZIP_MIN) {
        web_gzip_append(&b->gzip, t->data, t->length);
        count(b);
    }
    return b->gzip.length > 0 && !b->gzip.is_incomplete;
}

static void sent(const void *data, size_t n, void *arg)
{
    (void)data;
    (void)n;
    web_body_drop(arg);
}

size_t web_body_send(struct web_body *b, struct evbuffer *to, bool is_gzip)
{
    const struct csv_text *t = is_gzip ? &b->gzip : &b->reply.json.text;

    if (t->length > 0 && evbuffer_add_reference(to, t->data, t->length, sent, web_body_use(b)) < 0)
        web_body_drop(b);
    return t->length;
}
