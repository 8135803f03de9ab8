/* SPDX-License-Identifier: MIT */
/* The value of a Set-Cookie line, taken apart. */
#include "set_cookie.h"

#include <string.h>
#include <strings.h>

/* libcurl's: what it refuses no user of the other engine has either. */
enum { LINE_MAX_BYTES = 5000, PAIR_MAX_BYTES = 4096, PIECE_MAX_BYTES = 4094 };

#define AT_ONCE 1 /* an expiry that is long over */

struct piece {
    const char *text;
    size_t bytes;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct piece trim(const char *text, size_t bytes)
{
    while (bytes > 0 && is_blank(*text)) {
        text++;
        bytes--;
    }
    while (bytes > 0 && is_blank(text[bytes - 1])) {
        bytes--;
    }
    return (struct piece){ text, bytes };
}

static bool is(struct piece p, const char *word)
{
    return p.bytes == strlen(word) && strncasecmp(p.text, word, p.bytes) == 0;
}

/* --- dates --------------------------------------------------------------------------------------
 */

/* What a date has said so far; -1 = nothing yet. */
struct date {
    int year, month, day;
    int hour, minute, second;
};

static bool is_delimiter(char c)
{
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

    return c == '\t' || (!is_letter && !is_digit(c) && c != ':' && (unsigned char)c >= ' ' &&
                         (unsigned char)c < 0x7f);
}

/* Reads a number of `least` to `most` digits with no further one after it. Returns: its digits. */
static size_t number(struct piece p, size_t least, size_t most, int *ret)
{
    size_t n = 0;
    int value = 0;

    while (n < p.bytes && n <= most && is_digit(p.text[n])) {
        value = value * 10 + (p.text[n++] - '0');
    }
    if (n < least || n > most) {
        return 0;
    }
    *ret = value;
    return n;
}

/* "1:02:03", and what is no digit after it. */
static bool take_time(struct piece p, struct date *d)
{
    int part[3];

    for (int i = 0; i < 3; i++) {
        size_t n = number(p, 1, 2, &part[i]);
        if (n == 0 || (i < 2 && (n == p.bytes || p.text[n] != ':'))) {
            return false;
        }
        n += i < 2 ? 1 : 0;
        p.text += n;
        p.bytes -= n;
    }
    d->hour = part[0];
    d->minute = part[1];
    d->second = part[2];
    return true;
}

static bool take_month(struct piece p, struct date *d)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

    for (int i = 0; p.bytes >= 3 && i < 12; i++) {
        if (strncasecmp(p.text, names + (size_t)i * 3, 3) == 0) {
            d->month = i;
            return true;
        }
    }
    return false;
}

static void take_word(struct piece p, struct date *d)
{
    if ((d->hour < 0 && take_time(p, d)) || (d->day < 0 && number(p, 1, 2, &d->day) > 0) ||
        (d->month < 0 && take_month(p, d)) || d->year >= 0) {
        return;
    }
    number(p, 2, 4, &d->year);
}

/* Days from 1970-01-01, by the rule of 400 years of 146,097 days that begin in March. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month < 2 ? year - 1 : year;
    int64_t m = month < 2 ? month + 10 : month - 2;

    return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

bool http_set_cookie_date(const char *text, size_t bytes, int64_t *ret_s)
{
    struct date d = { -1, -1, -1, -1, -1, -1 };
    const char *end = text + bytes;

    while (text < end) {
        const char *from = text;
        while (text < end && !is_delimiter(*text)) {
            text++;
        }
        take_word((struct piece){ from, (size_t)(text - from) }, &d);
        text += text < end ? 1 : 0;
    }
    if (d.year >= 0 && d.year < 100) {
        d.year += d.year < 70 ? 2000 : 1900;
    }
    if (d.hour < 0 || d.month < 0 || d.day < 1 || d.day > 31 || d.year < 1601 || d.hour > 23 ||
        d.minute > 59 || d.second > 59) {
        return false;
    }
    int64_t hours = days_of(d.year, d.month, d.day) * 24 + d.hour;
    *ret_s = (hours * 60 + d.minute) * 60 + d.second;
    return true;
}

/* --- attributes ---------------------------------------------------------------------------------
 */

/* Until when seconds from now last; what is no number is over at once. */
static int64_t expiry_of(struct piece value, int64_t now_s)
{
    int64_t age_s = 0;
    size_t at = value.bytes > 0 && value.text[0] == '"' ? 1 : 0;

    at += at < value.bytes && value.text[at] == '+' ? 1 : 0;
    for (; at < value.bytes && is_digit(value.text[at]); at++) {
        int digit = value.text[at] - '0';
        if (age_s > (INT64_MAX - digit) / 10) {
            return INT64_MAX;
        }
        age_s = age_s * 10 + digit;
    }
    if (age_s == 0) {
        return AT_ONCE;
    }
    return age_s > INT64_MAX - now_s ? INT64_MAX : now_s + age_s;
}

static void take_path(struct piece value, struct http_set_cookie *c)
{
    if (value.bytes > 0 && value.text[0] == '"') {
        value.text++;
        value.bytes--;
    }
    if (value.bytes > 0 && value.text[value.bytes - 1] == '"') {
        value.bytes--;
    }
    bool is_path = value.bytes > 0 && value.text[0] == '/';
    c->path = is_path ? value.text : NULL;
    c->path_bytes = is_path ? value.bytes : 0;
}

static void take_attribute(struct piece name, struct piece value, int64_t now_s, bool *has_max_age,
                           struct http_set_cookie *c)
{
    int64_t when_s;

    if (is(name, "Path")) {
        take_path(value, c);
    } else if (is(name, "Domain") && value.bytes > 0) {
        size_t dot = value.text[0] == '.' ? 1 : 0;
        c->domain = value.text + dot;
        c->domain_bytes = value.bytes - dot;
    } else if (is(name, "Max-Age")) {
        *has_max_age = true;
        c->expires_s = expiry_of(value, now_s);
    } else if (is(name, "Expires") && !*has_max_age) {
        bool is_date = http_set_cookie_date(value.text, value.bytes, &when_s);
        c->expires_s = !is_date ? 0 : when_s < AT_ONCE ? AT_ONCE : when_s;
    } else if (is(name, "Secure")) {
        c->is_secure = true;
    } else if (is(name, "HttpOnly")) {
        c->is_http_only = true;
    }
}

/* The next pair, up to a semicolon. Returns: whether it has a sign of equality. */
static bool next_pair(const char **at, struct piece *ret_name, struct piece *ret_value)
{
    const char *text = *at;
    size_t bytes = strcspn(text, ";");
    const char *equals = memchr(text, '=', bytes);
    size_t name_bytes = equals == NULL ? bytes : (size_t)(equals - text);

    *ret_name = trim(text, name_bytes);
    *ret_value = equals == NULL ? (struct piece){ text + bytes, 0 }
                                : trim(equals + 1, bytes - name_bytes - 1);
    *at = text + bytes + (text[bytes] == ';' ? 1 : 0);
    return equals != NULL;
}

static bool is_acceptable(struct piece name, struct piece value)
{
    return name.bytes <= PIECE_MAX_BYTES && value.bytes <= PIECE_MAX_BYTES &&
           name.bytes + value.bytes <= PAIR_MAX_BYTES &&
           memchr(value.text, '\t', value.bytes) == NULL;
}

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++) {
        if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f) {
            return true;
        }
    }
    return false;
}

bool http_set_cookie_parse(const char *line, int64_t now_s, struct http_set_cookie *c)
{
    struct piece name, value;
    bool has_max_age = false;

    *c = (struct http_set_cookie){ .name = NULL };
    if (strlen(line) > LINE_MAX_BYTES || has_control(line)) {
        return false;
    }
    bool is_pair = next_pair(&line, &name, &value);
    if (!is_pair || name.bytes == 0 || memchr(name.text, '\t', name.bytes) != NULL ||
        !is_acceptable(name, value)) {
        return false;
    }
    c->name = name.text;
    c->name_bytes = name.bytes;
    c->value = value.text;
    c->value_bytes = value.bytes;
    while (*line != '\0') {
        next_pair(&line, &name, &value);
        if (!is_acceptable(name, value)) {
            return false;
        }
        take_attribute(name, value, now_s, &has_max_age, c);
    }
    return true;
}
