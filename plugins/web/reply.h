/* SPDX-License-Identifier: MIT */
/*
 * A request as those who answer it see it, and the answer.
 *
 * Views run on the control loop, where alone results and options may be read; the thread of the
 * server hands them a request and gets the answer back, as text, to send at the client's pace.
 */
#ifndef ACRIDA_WEB_REPLY_H
#define ACRIDA_WEB_REPLY_H

#include "form.h"
#include "results/csv_text.h"
#include "results/json_text.h"

#include <stdbool.h>
#include <stdint.h>

/* Both forms are empty when there is none. */
struct web_request {
    struct web_form query;
    struct web_form body;
    uint64_t note; /* a view's own, which it finds again when it has answered "later"; 0 at first */
    bool is_again; /* it did so */
    char accept[256]; /* the header of that name, as far as it goes; "" = none */
};

/* Zero-initialised, then filled by the view. */
struct web_reply {
    int status;            /* 0 = 200 */
    const char *type;      /* of the content; NULL = JSON */
    char file_name[192];   /* to be saved under this name; "" = to be shown */
    struct json_text json; /* its .text is what is sent, whatever the type */
    bool is_later;         /* not yet: ask again in a moment */
};

typedef void (*web_view)(struct web_request *q, struct web_reply *a);

#define WEB_TYPE_JSON "application/json; charset=utf-8"
#define WEB_TYPE_HTML "text/html; charset=utf-8"
#define WEB_TYPE_TEXT "text/plain; charset=utf-8"
#define WEB_TYPE_CSV "text/csv; charset=utf-8"

/* Free what both hold. */
void web_request_done(struct web_request *q);
void web_reply_done(struct web_reply *a);

/* A line of plain text. */
void web_reply_text(struct web_reply *a, int status, const char *text);

/* As a form or a script of Locust expects it: {"success", "message"}; leaves the object open. */
void web_reply_open(struct web_reply *a, bool is_success, const char *message);
void web_reply_close(struct web_reply *a);

#endif
