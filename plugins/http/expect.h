/* SPDX-License-Identifier: MIT */
/* The `.expect` of a request: which statuses count as success. */
#ifndef ACRIDA_HTTP_EXPECT_H
#define ACRIDA_HTTP_EXPECT_H

enum http_expect { HTTP_EXPECT_NO, HTTP_EXPECT_YES, HTTP_EXPECT_BAD };

/*
 * Whether a status is in a list such as "404", "200,409", "2xx, 304". Spaces are allowed around
 * commas. Returns: HTTP_EXPECT_BAD when the list itself is malformed, whatever the status.
 */
enum http_expect http_expect_check(const char *list, int status);

#endif
