/* SPDX-License-Identifier: MIT */
/* What --once shows of each request. */
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 32 << 10 };

struct http_trace *http_trace_new(void)
{
    return calloc(1, sizeof(struct http_trace));
}

void http_trace_free(struct http_trace *t)
{
    if (t != NULL) {
        http_text_done(&t->sent_head.text);
        http_text_done(&t->sent_body.text);
        http_text_done(&t->body.text);
        free(t);
    }
}

static void clear(struct http_trace_piece *p)
{
    http_text_clear(&p->text);
    p->bytes = 0;
}

void http_trace_begin(struct http_trace *t, const char *method, const char *url)
{
    t->method = method;
    t->url = url;
    clear(&t->sent_head);
    clear(&t->sent_body);
    clear(&t->body);
}

/* Out of memory shows less, and is no reason to fail. */
static void add(struct http_trace_piece *p, size_t most, const char *data, size_t bytes)
{
    size_t room = most - p->text.length;

    http_text_add(&p->text, data, bytes < room ? bytes : room);
    p->bytes += bytes;
}

void http_trace_add_head(struct http_trace *t, const char *data, size_t bytes)
{
    add(&t->sent_head, HEAD_BYTES, data, bytes);
}

void http_trace_add_sent(struct http_trace *t, const char *data, size_t bytes)
{
    add(&t->sent_body, HTTP_TRACE_BODY_BYTES, data, bytes);
}

void http_trace_add_body(struct http_trace *t, const char *data, size_t bytes)
{
    add(&t->body, HTTP_TRACE_BODY_BYTES, data, bytes);
}

/* The length of the printable UTF-8 character that begins here; 0 when there is none. */
static size_t character(const unsigned char *c, size_t bytes)
{
    size_t length = c[0] < 0x80 ? 1 : c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;

    if (c[0] < ' ' || c[0] == 0x7f || (c[0] >= 0x80 && c[0] < 0xc2) || c[0] > 0xf4 ||
        length > bytes) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((c[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool is_overlong = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    bool is_no_character = (c[0] == 0xed && c[1] > 0x9f) || (c[0] == 0xf4 && c[1] > 0x8f);
    bool is_control = c[0] == 0xc2 && c[1] < 0xa0;
    /* U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069 turn the line round. */
    bool turns =
        c[0] == 0xe2 &&
        ((c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xaa && c[2] <= 0xae))) ||
         (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
    return is_overlong || is_no_character || is_control || turns ? 0 : length;
}

static bool put_escaped(struct http_text *out, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char escaped[4] = { '\\', 'x', hex[c >> 4], hex[c & 15] };

    return http_text_add(out, escaped, sizeof escaped);
}

bool http_trace_lines(struct http_text *out, const char *prefix, const char *data, size_t bytes)
{
    bool ok = true;
    bool is_begun = false;

    for (size_t i = 0; ok && i < bytes;) {
        if (!is_begun) {
            ok = http_text_puts(out, prefix);
            is_begun = true;
        }
        bool is_end = data[i] == '\n' || (data[i] == '\r' && i + 1 < bytes && data[i + 1] == '\n');
        size_t n = data[i] == '\t' ? 1 : character((const unsigned char *)data + i, bytes - i);
        if (is_end) {
            i += data[i] == '\r' ? 2 : 1;
            is_begun = false;
            ok = ok && http_text_put(out, '\n');
        } else if (n == 0) {
            ok = ok && put_escaped(out, (unsigned char)data[i]);
            i++;
        } else {
            ok = ok && http_text_add(out, data + i, n);
            i += n;
        }
    }
    return ok && (!is_begun || http_text_put(out, '\n'));
}

static bool put_more(struct http_text *out, const char *prefix, const struct http_trace_piece *p)
{
    char line[64];

    if (p->bytes <= p->text.length) {
        return true;
    }
    snprintf(line, sizeof line, "%s(and %llu bytes more)\n", prefix,
             (unsigned long long)(p->bytes - p->text.length));
    return http_text_puts(out, line);
}

static bool put_body(struct http_text *out, const char *prefix, const struct http_trace_piece *p)
{
    return http_trace_lines(out, prefix, http_text_get(&p->text), p->text.length) &&
           put_more(out, prefix, p);
}

bool http_trace_hop(struct http_text *out, const struct http_trace *t, const char *head,
                    size_t head_bytes, const char *error)
{
    bool ok = http_text_puts(out, "# ") && http_text_puts(out, t->method) &&
              http_text_put(out, ' ') && http_trace_lines(out, "", t->url, strlen(t->url)) &&
              put_body(out, "> ", &t->sent_head) && put_body(out, "> ", &t->sent_body);

    for (const char *line = head; ok && line < head + head_bytes; line += strlen(line) + 1) {
        ok = http_trace_lines(out, "< ", line, strlen(line));
    }
    ok = ok && (head_bytes == 0 || http_text_puts(out, "<\n")) && put_body(out, "< ", &t->body);
    if (ok && error != NULL) {
        ok = http_text_puts(out, "! ") && http_trace_lines(out, "", error, strlen(error));
    }
    return ok;
}

bool http_trace_outcome(struct http_text *out, const struct http_trace_outcome *o)
{
    struct http_text line = { NULL, 0, 0 };
    char numbers[96];

    snprintf(numbers, sizeof numbers, ": status %d, %llu bytes, %.1f ms, ", o->status,
             (unsigned long long)o->bytes, o->ms);
    bool ok = http_text_puts(&line, o->method) && http_text_put(&line, ' ') &&
              http_text_puts(&line, o->name) && http_text_puts(&line, numbers) &&
              http_text_puts(&line, o->error == NULL ? "succeeded" : "failed: ") &&
              http_text_puts(&line, o->error == NULL ? "" : o->error);
    snprintf(numbers, sizeof numbers, " [user %llu, ", (unsigned long long)o->user_number);
    ok = ok && http_text_puts(&line, numbers) && http_text_puts(&line, o->user_type) &&
         http_text_put(&line, ']') && http_trace_lines(out, "= ", line.data, line.length);
    http_text_done(&line);
    return ok;
}

void http_trace_print(const struct http_text *text)
{
    fwrite(http_text_get(text), 1, text->length, stdout);
    fflush(stdout);
}
