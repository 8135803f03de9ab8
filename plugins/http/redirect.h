/* SPDX-License-Identifier: MIT */
/* What a redirect asks for, as browsers and Python's requests do it. */
#ifndef ACRIDA_HTTP_REDIRECT_H
#define ACRIDA_HTTP_REDIRECT_H

enum http_redirect {
    HTTP_REDIRECT_NONE,   /* the answer stands */
    HTTP_REDIRECT_REPEAT, /* the same method and body, elsewhere */
    HTTP_REDIRECT_GET,    /* a GET without a body, elsewhere */
};

/*
 * What becomes of a request with this method that was answered with this status and a Location.
 * HEAD is not followed; 303 always, 302 and 301 after a POST turn into GET (302 whatever the
 * method); 307 and 308 repeat.
 */
enum http_redirect http_redirect_decide(int status, const char *method);

#endif
