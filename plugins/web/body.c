/* SPDX-License-Identifier: MIT */
/* Answers with a count of users. */
#include "body.h"

#include <event2/buffer.h>

#include <stdlib.h>

struct web_body *web_body_new(struct web_reply *reply)
{
    struct web_body *b = calloc(1, sizeof(*b));

    if (b == NULL)
        abort();
    b->n_users = 1;
    b->reply = *reply;
    *reply = (struct web_reply){ .status = 0 };
    if (b->reply.json.text.is_incomplete) {
        csv_text_done(&b->reply.json.text);
        web_reply_text(&b->reply, 500, "There is no memory for this answer.\n");
    }
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
    free(b);
}

static void sent(const void *data, size_t n, void *arg)
{
    (void)data;
    (void)n;
    web_body_drop(arg);
}

void web_body_send(struct web_body *b, struct evbuffer *to)
{
    const struct csv_text *t = &b->reply.json.text;

    if (t->length > 0 && evbuffer_add_reference(to, t->data, t->length, sent, web_body_use(b)) < 0)
        web_body_drop(b);
}
