/* SPDX-License-Identifier: MIT */
/* Names and values of queries, forms and JSON objects. */
#include "form.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void web_form_done(struct web_form *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free((char *)f->fields[i].name);
        free((char *)f->fields[i].value);
    }
    free(f->fields);
    f->fields = NULL;
    f->n = 0;
}

static bool refuse(struct web_form *f, const char *why)
{
    web_form_done(f);
    snprintf(f->error, sizeof(f->error), "%s", why);
    return false;
}

/* Takes both, which malloc made. */
static bool add(struct web_form *f, char *name, char *value)
{
    if (f->fields == NULL)
        f->fields = calloc(WEB_FORM_FIELDS_MAX, sizeof(*f->fields));
    if (name == NULL || value == NULL || f->fields == NULL || f->n == WEB_FORM_FIELDS_MAX) {
        bool is_many = f->fields != NULL && f->n == WEB_FORM_FIELDS_MAX;

        free(name);
        free(value);
        return refuse(f, is_many ? "there are more than 256 fields" : "there is no memory");
    }
    f->fields[f->n].name = name;
    f->fields[f->n++].value = value;
    return true;
}

/* --- queries and forms --------------------------------------------------------------------------
 */

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

size_t web_form_decode(char *text, size_t n, bool is_form)
{
    size_t to = 0;

    for (size_t at = 0; at < n; at++) {
        char c = text[at];

        if (c == '%' && n - at > 2 && hex(text[at + 1]) >= 0 && hex(text[at + 2]) >= 0) {
            c = (char)(hex(text[at + 1]) * 16 + hex(text[at + 2]));
            at += 2;
        } else if (c == '+' && is_form) {
            c = ' ';
        }
        text[to++] = c;
    }
    return to;
}

/* A copy of a part, decoded. Returns: NULL when it holds a NUL, or there is no memory. */
static char *part(const char *text, size_t n)
{
    char *copy = malloc(n + 1);
    size_t length;

    if (copy == NULL)
        return NULL;
    memcpy(copy, text, n);
    length = web_form_decode(copy, n, true);
    copy[length] = '\0';
    if (strlen(copy) == length)
        return copy;
    free(copy);
    return NULL;
}

static bool add_pair(struct web_form *f, const char *text, size_t n)
{
    const char *equals = memchr(text, '=', n);
    size_t n_name = equals != NULL ? (size_t)(equals - text) : n;
    char *name = part(text, n_name);
    char *value = equals != NULL ? part(equals + 1, n - n_name - 1) : strdup("");

    if (name == NULL || value == NULL || strpbrk(name, "\r\n") != NULL) {
        free(name);
        free(value);
        return refuse(f, "a field holds a character that it must not");
    }
    return add(f, name, value);
}

bool web_form_query(struct web_form *f, const char *text, size_t n)
{
    const char *end = text + n;

    while (text < end) {
        const char *and = memchr(text, '&', (size_t)(end - text));
        size_t length = (size_t)((and != NULL ? and : end) - text);

        if (length > 0 && !add_pair(f, text, length))
            return false;
        text += length + 1;
    }
    return true;
}

/* --- JSON ---------------------------------------------------------------------------------------
 */

static char *value_text(const json_t *value)
{
    char text[40];

    switch (json_typeof(value)) {
    case JSON_STRING:
        return strdup(json_string_value(value));
    case JSON_TRUE:
        return strdup("true");
    case JSON_FALSE:
        return strdup("false");
    case JSON_INTEGER:
        snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
        return strdup(text);
    case JSON_REAL:
        snprintf(text, sizeof(text), "%.17g", json_real_value(value));
        return strdup(text);
    default:
        return NULL;
    }
}

static bool add_member(struct web_form *f, const char *name, json_t *value)
{
    size_t n = json_is_array(value) ? json_array_size(value) : 1;

    if (strpbrk(name, "\r\n") != NULL)
        return refuse(f, "a field holds a character that it must not");
    if (json_is_null(value))
        return true;
    for (size_t i = 0; i < n; i++) {
        json_t *one = json_is_array(value) ? json_array_get(value, i) : value;

        if (json_is_object(one) || json_is_array(one) || json_is_null(one))
            return refuse(f, "values are texts, numbers, true, false, or lists of these");
        if (!add(f, strdup(name), value_text(one)))
            return false;
    }
    return true;
}

bool web_form_json(struct web_form *f, const char *text, size_t n)
{
    json_error_t error;
    json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
    const char *name;
    json_t *value;
    bool is_good = json_is_object(root);

    if (root == NULL)
        snprintf(f->error, sizeof(f->error), "it is not JSON: line %d: %.120s", error.line,
                 error.text);
    else if (!is_good)
        refuse(f, "it is JSON, but not an object");
    json_object_foreach(root, name, value)
    {
        if (is_good)
            is_good = add_member(f, name, value);
    }
    json_decref(root);
    return is_good;
}

/* Whether a content type is this one, whatever its parameters. */
static bool is_type(const char *content_type, const char *type)
{
    size_t n = strcspn(content_type, "; \t");

    return n == strlen(type) && strncasecmp(content_type, type, n) == 0;
}

bool web_form_body(struct web_form *f, const char *content_type, const char *text, size_t n)
{
    if (content_type == NULL || *content_type == '\0' ||
        is_type(content_type, "application/x-www-form-urlencoded"))
        return web_form_query(f, text, n);
    if (is_type(content_type, "application/json"))
        return web_form_json(f, text, n);
    return refuse(f, "send a form (application/x-www-form-urlencoded) or JSON (application/json)");
}

/* --- reading it ---------------------------------------------------------------------------------
 */

const char *web_form_get(const struct web_form *f, const char *name)
{
    for (size_t i = f->n; i > 0; i--)
        if (strcmp(f->fields[i - 1].name, name) == 0)
            return f->fields[i - 1].value;
    return NULL;
}

const char *web_form_next(const struct web_form *f, const char *name, size_t *index)
{
    while (*index < f->n) {
        const struct web_form_field *field = &f->fields[(*index)++];

        if (strcmp(field->name, name) == 0)
            return field->value;
    }
    return NULL;
}

bool web_form_number(const char *text, double *ret_number)
{
    char *end;
    bool is_plain = *text != '\0' && strspn(text, "0123456789.eE+-") == strlen(text);

    *ret_number = is_plain ? strtod(text, &end) : -1;
    if (is_plain && *end == '\0' && *ret_number >= 0 && *ret_number <= WEB_FORM_NUMBER_MAX)
        return true;
    *ret_number = -1;
    return false;
}
