/* SPDX-License-Identifier: MIT */
#include "user_types.h"

#include <acrida/control.h>

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_BYTES 1024u

/* What was taken: by name of the type an object of members as --config-users reads them. */
static json_t *changes;

void web_user_types_done(void)
{
    json_decref(changes);
    changes = NULL;
}

/* Returns: SIZE_MAX when there is none. */
static size_t find(const char *name)
{
    struct acr_user_type_info t;

    for (size_t i = 0; name != NULL && acr_user_type_at(i, &t); i++)
        if (strcmp(t.name, name) == 0)
            return i;
    return SIZE_MAX;
}

/* The tasks of the type itself, one after another: those in sets ("set/task") come with their set.
 * Start with *at = 0. Returns: NULL past the last; valid until the next call. */
static const char *next_own_task(size_t type, size_t *at)
{
    static char last[NAME_BYTES];
    size_t n = *at > 0 ? strlen(last) : 0;
    const char *task;

    while ((task = acr_user_type_task(type, *at)) != NULL) {
        bool is_in_set = *at > 0 && strncmp(task, last, n) == 0 && task[n] == '/';

        ++*at;
        if (is_in_set)
            continue;
        acr_copy(last, sizeof(last), task);
        return last;
    }
    return NULL;
}

static bool is_own_task(size_t type, const char *name)
{
    size_t at = 0;
    const char *task;

    while ((task = next_own_task(type, &at)) != NULL)
        if (strcmp(task, name) == 0)
            return true;
    return false;
}

/* --- taking -------------------------------------------------------------------------------------
 */

__attribute__((format(printf, 3, 4))) static bool refuse(char *error, size_t error_bytes,
                                                         const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(error, error_bytes, format, arguments);
    va_end(arguments);
    return false;
}

/* Everything but "tasks", which comes once for each. */
static bool take_member(json_t *change, const struct web_form_field *f, char *error,
                        size_t error_bytes)
{
    json_t *value = NULL;
    double number;

    if (strcmp(f->name, "weight") == 0) {
        if (!web_form_number(f->value, &number))
            return refuse(error, error_bytes, "weight is a number of 0 or more");
        value = json_real(number);
    } else if (strcmp(f->name, "fixed_count") == 0) {
        if (!web_form_number(f->value, &number) || number > floor(number))
            return refuse(error, error_bytes, "fixed_count is a whole number of 0 or more");
        value = json_integer((json_int_t)number);
    } else if (strcmp(f->name, "host") == 0) {
        value = json_string(f->value);
        if (value == NULL)
            return refuse(error, error_bytes, "host is no UTF-8");
    } else {
        return refuse(error, error_bytes,
                      "%.60s cannot be changed: weight, fixed_count, host and tasks can", f->name);
    }
    json_object_set_new(change, f->name, value);
    return true;
}

static bool take_tasks(json_t *change, size_t type, const struct web_form *f, char *error,
                       size_t error_bytes)
{
    json_t *tasks = json_array();
    const char *name;
    size_t i = 0;

    json_object_set_new(change, "tasks", tasks);
    while ((name = web_form_next(f, "tasks", &i)) != NULL) {
        json_t *text = is_own_task(type, name) ? json_string(name) : NULL;

        if (text == NULL)
            return refuse(error, error_bytes, "the user type has no task of its own called %.60s",
                          name);
        json_array_append_new(tasks, text);
    }
    return true;
}

bool web_user_types_take(const struct web_form *f, char *error, size_t error_bytes)
{
    const char *name = web_form_get(f, "user_class_name");
    size_t type = find(name);
    json_t *change;
    bool is_good = true;

    if (type == SIZE_MAX)
        return refuse(error, error_bytes, "user_class_name names no user type");
    if (changes == NULL)
        changes = json_object();
    change = json_deep_copy(json_object_get(changes, name));
    if (change == NULL)
        change = json_object();
    for (size_t i = 0; is_good && i < f->n; i++)
        if (strcmp(f->fields[i].name, "user_class_name") != 0 &&
            strcmp(f->fields[i].name, "tasks") != 0)
            is_good = take_member(change, &f->fields[i], error, error_bytes);
    if (is_good && web_form_get(f, "tasks") != NULL)
        is_good = take_tasks(change, type, f, error, error_bytes);
    if (is_good && json_object_set(changes, name, change) < 0)
        is_good = refuse(error, error_bytes, "the name of the user type is no UTF-8");
    json_decref(change);
    return is_good;
}

char *web_user_types_config(void)
{
    json_t *list;
    json_t *change;
    const char *name;
    char *text = NULL;

    if (changes == NULL || json_object_size(changes) == 0)
        return NULL;
    list = json_array();
    json_object_foreach(changes, name, change)
    {
        json_t *one = json_copy(change);

        json_object_set_new(one, "user_class_name", json_string(name));
        json_array_append_new(list, one);
    }
    text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return text;
}

/* --- telling ------------------------------------------------------------------------------------
 */

static void write_change(struct json_text *j, const char *name)
{
    const json_t *change = json_object_get(changes, name);
    const json_t *tasks = json_object_get(change, "tasks");
    const json_t *value;

    json_text_open(j, "changed", '{');
    value = json_object_get(change, "weight");
    if (value != NULL)
        json_text_number(j, "weight", json_number_value(value));
    value = json_object_get(change, "fixed_count");
    if (value != NULL)
        json_text_count(j, "fixed_count", (uint64_t)json_integer_value(value));
    value = json_object_get(change, "host");
    if (value != NULL)
        json_text_string(j, "host", json_string_value(value));
    if (tasks != NULL) {
        json_text_open(j, "tasks", '[');
        for (size_t i = 0; i < json_array_size(tasks); i++)
            json_text_string(j, NULL, json_string_value(json_array_get(tasks, i)));
        json_text_close(j, ']');
    }
    json_text_close(j, '}');
}

static void write_tasks(struct json_text *j, size_t type)
{
    const char *task;
    size_t at = 0;

    json_text_open(j, "tasks", '[');
    for (size_t k = 0; (task = acr_user_type_task(type, k)) != NULL; k++)
        json_text_string(j, NULL, task);
    json_text_close(j, ']');
    json_text_open(j, "own_tasks", '[');
    while ((task = next_own_task(type, &at)) != NULL)
        json_text_string(j, NULL, task);
    json_text_close(j, ']');
}

void web_user_types_write(struct json_text *j)
{
    struct acr_user_type_info t;

    json_text_open(j, "user_types", '[');
    for (size_t i = 0; acr_user_type_at(i, &t); i++) {
        json_text_open(j, NULL, '{');
        json_text_string(j, "name", t.name);
        json_text_string(j, "host", t.host);
        json_text_number(j, "weight", t.weight);
        json_text_count(j, "fixed_count", t.fixed_count);
        json_text_number(j, "arrival_rate", t.arrival_rate);
        json_text_bool(j, "is_wanted", t.is_wanted);
        write_tasks(j, i);
        write_change(j, t.name);
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
}
