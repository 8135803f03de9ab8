/* SPDX-License-Identifier: MIT */
#include "app/config_users.h"

#include "app/options_value.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_USERS 1000000000000

/* What is read, and where from. */
struct reading {
    struct acri_config_users *users;
    const char *from; /* the file, or "--config-users" */
    struct acri_error *reterr;
};

static void free_tasks(struct acri_type_change *c)
{
    for (size_t i = 0; i < c->n_tasks; i++)
        free((char *)(uintptr_t)c->tasks[i]);
    free((void *)(uintptr_t)c->tasks);
    c->tasks = NULL;
    c->n_tasks = 0;
}

static void free_text(const char *text)
{
    free((void *)(uintptr_t)text);
}

void acri_config_users_done(struct acri_config_users *c)
{
    for (size_t i = 0; i < c->n; i++) {
        free_tasks(&c->changes[i]);
        free_text(c->changes[i].name);
        free_text(c->changes[i].host);
    }
    free(c->changes);
    *c = (struct acri_config_users){ 0 };
}

struct acri_type_change *acri_config_users_change(struct acri_config_users *c, const char *name)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->changes[i].name, name) == 0)
            return &c->changes[i];
    c->changes = acri_realloc(c->changes, (c->n + 1) * sizeof(*c->changes));
    c->changes[c->n] = (struct acri_type_change){ .name = acri_strdup(name) };
    return &c->changes[c->n++];
}

static int refuse(const struct reading *r, const char *name, const char *key, const char *what)
{
    char shown_name[80];
    char shown_key[80];

    return acri_fail(r->reterr, -EINVAL, "%s: user type '%s': \"%s\" %s", r->from,
                     acri_options_value_shown(name, shown_name, sizeof(shown_name)),
                     acri_options_value_shown(key, shown_key, sizeof(shown_key)), what);
}

static int set_weight(const struct reading *r, struct acri_type_change *c, const json_t *value)
{
    double weight = json_number_value(value);

    if (!json_is_number(value) || !isfinite(weight) || weight < 0)
        return refuse(r, c->name, "weight", "wants a number, 0 or more");
    c->has_weight = true;
    c->weight = weight;
    return 0;
}

static int set_fixed_count(const struct reading *r, struct acri_type_change *c, const json_t *value)
{
    json_int_t count = json_integer_value(value);

    if (!json_is_integer(value) || count < 0 || count > MOST_USERS)
        return refuse(r, c->name, "fixed_count", "wants a number of users, 0 or more");
    c->has_fixed_count = true;
    c->fixed_count = (uint64_t)count;
    return 0;
}

static int set_host(const struct reading *r, struct acri_type_change *c, const json_t *value)
{
    if (!json_is_string(value))
        return refuse(r, c->name, "host", "wants a text, such as \"http://localhost:8080\"");
    free_text(c->host);
    c->host = acri_strdup(json_string_value(value));
    return 0;
}

static int set_tasks(const struct reading *r, struct acri_type_change *c, const json_t *value)
{
    size_t n = json_array_size(value);
    const char **tasks;

    if (n == 0)
        return refuse(r, c->name, "tasks", "wants an array of names of tasks, at least one");
    for (size_t i = 0; i < n; i++)
        if (!json_is_string(json_array_get(value, i)))
            return refuse(r, c->name, "tasks", "wants names of tasks, which are texts");
    free_tasks(c);
    tasks = acri_alloc(n * sizeof(*tasks));
    for (size_t i = 0; i < n; i++)
        tasks[i] = acri_strdup(json_string_value(json_array_get(value, i)));
    c->tasks = tasks;
    c->n_tasks = n;
    return 0;
}

static const struct key {
    const char *name;
    int (*set)(const struct reading *r, struct acri_type_change *c, const json_t *value);
} keys[] = { { "weight", set_weight },
             { "fixed_count", set_fixed_count },
             { "host", set_host },
             { "tasks", set_tasks } };

static int set_key(const struct reading *r, struct acri_type_change *c, const char *name,
                   const json_t *value)
{
    if (strcmp(name, "user_type_name") == 0 || strcmp(name, "user_class_name") == 0)
        return 0;
    for (size_t i = 0; i < ACR_LEN(keys); i++)
        if (strcmp(name, keys[i].name) == 0)
            return keys[i].set(r, c, value);
    return refuse(r, c->name, name,
                  "cannot be changed: \"weight\", \"fixed_count\", \"host\" and \"tasks\" can");
}

static int read_object(const struct reading *r, json_t *object)
{
    const json_t *name = json_object_get(object, "user_type_name");
    struct acri_type_change *change;
    const char *key;
    json_t *value;

    if (!json_is_object(object))
        return acri_fail(r->reterr, -EINVAL,
                         "%s wants JSON objects such as {\"user_type_name\": \"buyer\", "
                         "\"weight\": 3}",
                         r->from);
    if (name == NULL)
        name = json_object_get(object, "user_class_name");
    if (!json_is_string(name))
        return acri_fail(r->reterr, -EINVAL,
                         "%s: an object lacks its \"user_type_name\", the name of a user type",
                         r->from);
    change = acri_config_users_change(r->users, json_string_value(name));
    json_object_foreach(object, key, value)
    {
        int code = set_key(r, change, key, value);

        if (code < 0)
            return code;
    }
    return 0;
}

static int read_root(const struct reading *r, json_t *root)
{
    int code = 0;

    if (!json_is_array(root))
        return read_object(r, root);
    for (size_t i = 0; i < json_array_size(root) && code == 0; i++)
        code = read_object(r, json_array_get(root, i));
    return code;
}

static bool is_path(const char *text)
{
    size_t n = strlen(text);

    return n > 5 && strcmp(text + n - 5, ".json") == 0;
}

static int read_text(struct acri_config_users *users, const char *text, struct acri_error *reterr)
{
    bool is_file = is_path(text);
    const struct reading r = { .users = users,
                               .from = is_file ? text : "--config-users",
                               .reterr = reterr };
    const size_t flags = JSON_REJECT_DUPLICATES;
    json_error_t why;
    json_t *root;
    char shown[200];
    int code;

    if (is_file && access(text, R_OK) < 0)
        return acri_fail(reterr, -EINVAL, "--config-users: %s cannot be read: %s", text,
                         strerror(errno));
    root = is_file ? json_load_file(text, flags, &why) : json_loads(text, flags, &why);
    if (root == NULL)
        return acri_fail(
            reterr, -EINVAL, "%s is no JSON: line %d, column %d: %s (a file is called *.json)",
            r.from, why.line, why.column, acri_options_value_shown(why.text, shown, sizeof(shown)));
    code = read_root(&r, root);
    json_decref(root);
    return code;
}

int acri_config_users_read(const char *const *texts, size_t n, struct acri_config_users *ret_users,
                           struct acri_error *reterr)
{
    struct acri_config_users users = { 0 };
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++)
        r = read_text(&users, texts[i], reterr);
    if (r < 0)
        acri_config_users_done(&users);
    else
        *ret_users = users;
    return r;
}
