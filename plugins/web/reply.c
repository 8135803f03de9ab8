/* SPDX-License-Identifier: MIT */
/* Requests and answers. */
#include "reply.h"

#include <string.h>

void web_request_done(struct web_request *q)
{
    web_form_done(&q->query);
    web_form_done(&q->body);
}

void web_reply_done(struct web_reply *a)
{
    csv_text_done(&a->json.text);
}

void web_reply_text(struct web_reply *a, int status, const char *text)
{
    a->status = status;
    a->type = WEB_TYPE_TEXT;
    csv_text_append(&a->json.text, text, strlen(text));
}

void web_reply_open(struct web_reply *a, bool is_success, const char *message)
{
    json_text_open(&a->json, NULL, '{');
    json_text_bool(&a->json, "success", is_success);
    json_text_string(&a->json, "message", message);
}

void web_reply_close(struct web_reply *a)
{
    json_text_close(&a->json, '}');
    json_text_end(&a->json);
}
