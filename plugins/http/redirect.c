/* SPDX-License-Identifier: MIT */
/* What a redirect asks for. */
#include "redirect.h"

#include <string.h>

enum http_redirect http_redirect_decide(int status, const char *method)
{
    if (strcmp(method, "HEAD") == 0) {
        return HTTP_REDIRECT_NONE;
    }
    switch (status) {
    case 301:
        return strcmp(method, "POST") == 0 ? HTTP_REDIRECT_GET : HTTP_REDIRECT_REPEAT;
    case 302:
    case 303:
        return strcmp(method, "GET") == 0 ? HTTP_REDIRECT_REPEAT : HTTP_REDIRECT_GET;
    case 307:
    case 308:
        return HTTP_REDIRECT_REPEAT;
    default:
        return HTTP_REDIRECT_NONE;
    }
}
