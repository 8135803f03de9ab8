/* SPDX-License-Identifier: MIT */
/* The `.expect` of a request. */
#include "expect.h"

#include <stdbool.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads one "404" or "4xx" of three characters. Returns: false when it is neither. */
static bool check_item(const char *item, int status, bool *ret_hits)
{
    if (item[0] < '1' || item[0] > '9' || item[1] == '\0') {
        return false;
    }
    if ((item[1] == 'x' || item[1] == 'X') && (item[2] == 'x' || item[2] == 'X')) {
        *ret_hits = status / 100 == item[0] - '0';
        return true;
    }
    if (!is_digit(item[1]) || !is_digit(item[2])) {
        return false;
    }
    *ret_hits = status == (item[0] - '0') * 100 + (item[1] - '0') * 10 + (item[2] - '0');
    return true;
}

enum http_expect http_expect_check(const char *list, int status)
{
    enum http_expect result = HTTP_EXPECT_NO;

    for (;;) {
        bool hits = false;
        list += strspn(list, " ");
        if (!check_item(list, status, &hits)) {
            return HTTP_EXPECT_BAD;
        }
        if (hits) {
            result = HTTP_EXPECT_YES;
        }
        list += 3;
        list += strspn(list, " ");
        if (*list == '\0') {
            return result;
        }
        if (*list != ',') {
            return HTTP_EXPECT_BAD;
        }
        list++;
    }
}
