/* SPDX-License-Identifier: MIT */
/* The SDK's JSON: look-ups by path that never fail, over jansson. */
#include "base/buf.h"
#include "base/check.h"

#include <acrida/acrida.h>

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct acr_json {
    struct acr_user *user;
    json_t *root; /* NULL: the text was refused */
    const char *error;
};

static void free_json(void *arg)
{
    json_decref(arg);
}

/* jansson recurses, and a task's stack is small: what is nested deeper is no API's answer. */
#define MOST_DEEP 64

static bool is_too_deep(const char *text, size_t bytes)
{
    bool is_in_string = false;
    size_t depth = 0;

    for (size_t i = 0; i < bytes; i++) {
        if (is_in_string && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            is_in_string = !is_in_string;
        else if (!is_in_string && (text[i] == '[' || text[i] == '{') && ++depth > MOST_DEEP)
            return true;
        else if (!is_in_string && (text[i] == ']' || text[i] == '}') && depth > 0)
            depth--;
    }
    return false;
}

const struct acr_json *acr_json_parse(struct acr_user *u, const char *text, size_t bytes)
{
    struct acr_json *json = acr_alloc(u, sizeof(*json));
    json_error_t error;

    json->user = u;
    json->error = "";
    if (is_too_deep(text, bytes)) {
        json->error = "nested more than 64 deep";
        return json;
    }
    json->root = json_loadb(text, bytes, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (json->root == NULL)
        json->error = acr_fmt(u, "%s at line %d column %d", error.text, error.line, error.column);
    else
        acr_defer(u, free_json, json->root);
    return json;
}

const char *acr_json_error(const struct acr_json *json)
{
    return json->error;
}

/* One step of a path: ".name", "name" or "[index]". Returns: what follows it; NULL when it is
 * malformed. */
static const char *step(const char *path, const json_t **value)
{
    size_t n;

    if (*path == '[') {
        char *end;
        unsigned long index = strtoul(path + 1, &end, 10);

        if (!isdigit((unsigned char)path[1]) || *end != ']')
            return NULL;
        *value = json_array_get(*value, index);
        return end + 1;
    }
    if (*path == '.')
        path++;
    n = strcspn(path, ".[");
    if (n == 0)
        return NULL;
    {
        char *name = acri_alloc(n + 1);

        memcpy(name, path, n);
        *value = json_object_get(*value, name);
        free(name);
    }
    return path + n;
}

static const json_t *find(const struct acr_json *json, const char *path)
{
    const json_t *value = json->root;

    while (path != NULL && *path != '\0' && value != NULL)
        path = step(path, &value);
    return path != NULL ? value : NULL;
}

bool acr_value_exists(const struct acr_json *json, const char *path)
{
    return find(json, path) != NULL;
}

const char *acr_value_string(const struct acr_json *json, const char *path)
{
    const json_t *value = find(json, path);
    const char *copy;
    char *text;

    if (value == NULL || json_is_null(value))
        return "";
    if (json_is_string(value))
        return json_string_value(value);
    text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_PRESERVE_ORDER);
    copy = acr_dup(json->user, text);
    free(text);
    return copy;
}

int64_t acr_value_int(const struct acr_json *json, const char *path, int64_t default_value)
{
    const json_t *value = find(json, path);
    const char *text;
    char *end;
    long long parsed;

    if (json_is_integer(value))
        return (int64_t)json_integer_value(value);
    if (json_is_real(value) && json_real_value(value) > -9e18 && json_real_value(value) < 9e18)
        return (int64_t)json_real_value(value);
    text = json_string_value(value);
    if (text == NULL || *text == '\0')
        return default_value;
    errno = 0;
    parsed = strtoll(text, &end, 10);
    return *end == '\0' && errno == 0 ? (int64_t)parsed : default_value;
}

double acr_value_number(const struct acr_json *json, const char *path, double default_value)
{
    const json_t *value = find(json, path);
    const char *text;
    char *end;
    double parsed;

    if (json_is_number(value))
        return json_number_value(value);
    text = json_string_value(value);
    if (text == NULL || *text == '\0')
        return default_value;
    parsed = strtod(text, &end);
    return *end == '\0' ? parsed : default_value;
}

bool acr_value_bool(const struct acr_json *json, const char *path, bool default_value)
{
    const json_t *value = find(json, path);

    return json_is_boolean(value) ? json_is_true(value) : default_value;
}

size_t acr_value_count(const struct acr_json *json, const char *path)
{
    const json_t *value = find(json, path);

    return json_is_array(value) ? json_array_size(value) : json_object_size(value);
}

const char *acr_json_quote(struct acr_user *u, const char *text)
{
    struct acri_buf b;
    const char *quoted;

    acri_buf_init(&b, SIZE_MAX / 2);
    acri_buf_puts(&b, "\"");
    for (const char *c = text != NULL ? text : ""; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            acri_buf_printf(&b, "\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            acri_buf_printf(&b, "\\u%04x", (unsigned)(unsigned char)*c);
        else
            acri_buf_append(&b, c, 1);
    }
    acri_buf_puts(&b, "\"");
    quoted = acr_dup(u, acri_buf_text(&b));
    acri_buf_done(&b);
    return quoted;
}
