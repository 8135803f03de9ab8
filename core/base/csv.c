/* SPDX-License-Identifier: MIT */
#include "base/csv.h"

#include <errno.h>
#include <string.h>

void acri_csv_init(struct acri_csv *c, const char *text, size_t bytes, uint64_t line)
{
    *c = (struct acri_csv){ .at = text, .end = text + bytes, .line = line };
}

static int refuse(struct acri_csv *c, const char *why)
{
    c->error = why;
    return -EINVAL;
}

bool acri_csv_skip_blank(struct acri_csv *c)
{
    for (; c->at < c->end; c->line++) {
        if (*c->at == '\n')
            c->at++;
        else if (*c->at == '\r' && c->end - c->at > 1 && c->at[1] == '\n')
            c->at += 2;
        else
            return true;
    }
    return false;
}

/* What follows a field: a comma, the end of its line, or that of the text. */
static int end_field(struct acri_csv *c, struct acri_csv_field *field, const char *otherwise)
{
    char next = c->at < c->end ? *c->at : '\n';

    field->is_last = next != ',';
    c->is_in_record = next == ',';
    if (c->at == c->end)
        return 1;
    if (next == '\r' && c->end - c->at > 1 && c->at[1] == '\n')
        c->at++;
    else if (next == '\r')
        return refuse(c, "a carriage return without a line feed: end lines in LF or CRLF");
    else if (next != ',' && next != '\n')
        return refuse(c, otherwise);
    c->line += field->is_last;
    c->at++;
    return 1;
}

static int next_quoted(struct acri_csv *c, struct acri_csv_field *field)
{
    const uint64_t first_line = c->line;

    field->text = ++c->at;
    for (; c->at < c->end; c->at++) {
        if (*c->at == '"') {
            if (c->end - c->at < 2 || c->at[1] != '"') {
                field->bytes = (size_t)(c->at - field->text);
                c->at++;
                return end_field(c, field,
                                 "something after a closing quote: only a comma or the end of the "
                                 "line may follow; double the quotes inside a field");
            }
            field->has_doubled = true;
            c->at++;
        } else if (*c->at == '\n') {
            c->line++;
        } else if (*c->at == '\0') {
            return refuse(c, "a NUL byte");
        }
    }
    c->line = first_line;
    return refuse(c, "the quote that begins here is never closed");
}

int acri_csv_next(struct acri_csv *c, struct acri_csv_field *ret_field)
{
    static const bool ends[256] = {
        [0] = true, [','] = true, ['\n'] = true, ['\r'] = true, ['"'] = true
    };

    *ret_field = (struct acri_csv_field){ .text = c->at };
    if (!c->is_in_record && !acri_csv_skip_blank(c))
        return 0;
    if (c->at < c->end && *c->at == '"')
        return next_quoted(c, ret_field);
    ret_field->text = c->at;
    while (c->at < c->end && !ends[(unsigned char)*c->at])
        c->at++;
    ret_field->bytes = (size_t)(c->at - ret_field->text);
    return end_field(c, ret_field,
                     c->at < c->end && *c->at == '\0'
                         ? "a NUL byte"
                         : "a quote inside a field that does not begin with one: put the whole "
                           "field into quotes and double those in it");
}

size_t acri_csv_copy(const struct acri_csv_field *field, char *to)
{
    size_t n = 0;

    if (!field->has_doubled) {
        if (field->bytes > 0)
            memcpy(to, field->text, field->bytes);
        n = field->bytes;
    } else {
        for (size_t i = 0; i < field->bytes; i++) {
            to[n++] = field->text[i];
            if (field->text[i] == '"' && i + 1 < field->bytes && field->text[i + 1] == '"')
                i++;
        }
    }
    to[n] = '\0';
    return n;
}
