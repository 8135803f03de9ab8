/* SPDX-License-Identifier: MIT */
/* Configuration files: text to items. Which keys there are is not decided here. */
#include "app/config_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGEST (1u << 20)

/* A stretch of the text. */
struct part {
    const char *at;
    size_t length;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static struct part trimmed(struct part p)
{
    while (p.length > 0 && is_blank(p.at[0])) {
        p.at++;
        p.length--;
    }
    while (p.length > 0 && is_blank(p.at[p.length - 1]))
        p.length--;
    return p;
}

/* Without a comment: "#" or ";" at the start or after a blank, outside quotes (a URL may hold
 * both). */
static struct part without_comment(struct part p)
{
    char quote = '\0';

    for (size_t i = 0; i < p.length; i++) {
        char c = p.at[i];
        bool is_start = i == 0 || is_blank(p.at[i - 1]);

        if (quote != '\0') {
            if (c == quote)
                quote = '\0';
        } else if (is_start && (c == '"' || c == '\'')) {
            /* An apostrophe that is never closed is just that. */
            if (memchr(p.at + i + 1, c, p.length - i - 1) != NULL)
                quote = c;
        } else if (is_start && (c == '#' || c == ';')) {
            p.length = i;
        }
    }
    return trimmed(p);
}

static struct part unquoted(struct part p)
{
    p = trimmed(p);
    if (p.length >= 2 && (p.at[0] == '"' || p.at[0] == '\'') && p.at[p.length - 1] == p.at[0])
        return (struct part){ p.at + 1, p.length - 2 };
    return p;
}

static char *copied(struct part p)
{
    char *text = acri_alloc(p.length + 1);

    memcpy(text, p.at, p.length);
    return text;
}

static void add_value(struct acri_config_item *item, struct part value)
{
    item->values = acri_realloc(item->values, (item->n_values + 1) * sizeof(*item->values));
    item->values[item->n_values++] = copied(unquoted(value));
}

/* The inside of "[a, b]". */
static void add_values(struct acri_config_item *item, struct part inside)
{
    while (inside.length > 0) {
        const char *comma = memchr(inside.at, ',', inside.length);
        size_t n = comma != NULL ? (size_t)(comma - inside.at) : inside.length;
        struct part value = trimmed((struct part){ inside.at, n });

        if (value.length > 0)
            add_value(item, value);
        if (comma == NULL)
            break;
        inside.at += n + 1;
        inside.length -= n + 1;
    }
}

static struct acri_config_item *add_item(struct acri_config_file *file, struct part key,
                                         unsigned line)
{
    struct acri_config_item *item;

    file->items = acri_realloc(file->items, (file->n_items + 1) * sizeof(*file->items));
    item = &file->items[file->n_items++];
    *item = (struct acri_config_item){ .key = copied(key), .line = line };
    return item;
}

static int parse_line(struct part p, const char *name, unsigned line, struct acri_config_file *file,
                      struct acri_error *reterr)
{
    struct acri_config_item *item;
    struct part key = { p.at, 0 };
    struct part value;

    while (key.length < p.length && !is_blank(p.at[key.length]) && p.at[key.length] != '=' &&
           p.at[key.length] != ':')
        key.length++;
    if (key.length == 0)
        return acri_fail(reterr, -EINVAL, "%s:%u: a line starts with the name of an option", name,
                         line);
    value = trimmed((struct part){ p.at + key.length, p.length - key.length });
    item = add_item(file, key, line);
    if (value.length == 0)
        return 0;
    if (value.at[0] == '=' || value.at[0] == ':')
        value = trimmed((struct part){ value.at + 1, value.length - 1 });
    if (value.length == 0)
        return acri_fail(reterr, -EINVAL, "%s:%u: %s has no value", name, line, item->key);
    if (value.at[0] == '[' && value.at[value.length - 1] == ']') {
        item->is_list = true;
        item->text = copied(value);
        add_values(item, (struct part){ value.at + 1, value.length - 2 });
    } else {
        add_value(item, value);
    }
    return 0;
}

int acri_config_file_parse(const char *text, size_t bytes, const char *name,
                           struct acri_config_file *ret_file, struct acri_error *reterr)
{
    struct acri_config_file file = { 0 };
    unsigned line = 0;

    if (bytes > 0 && memchr(text, '\0', bytes) != NULL)
        return acri_fail(reterr, -EINVAL, "%s: is not a text file", name);
    if (bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        bytes -= 3;
    }
    while (bytes > 0) {
        const char *newline = memchr(text, '\n', bytes);
        size_t n = newline != NULL ? (size_t)(newline - text) : bytes;
        struct part p = without_comment(trimmed((struct part){ text, n }));
        int r = 0;

        line++;
        if (p.length > 0 && p.at[0] != '[')
            r = parse_line(p, name, line, &file, reterr);
        if (r < 0) {
            acri_config_file_done(&file);
            return r;
        }
        text += newline != NULL ? n + 1 : n;
        bytes -= newline != NULL ? n + 1 : n;
    }
    *ret_file = file;
    return 0;
}

static int read_whole(const char *path, char *to, size_t size, size_t *ret_bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t bytes = 0;
    int r = 0;

    if (fd < 0)
        return -errno;
    while (bytes < size) {
        ssize_t n = read(fd, to + bytes, size - bytes);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            r = -errno;
        if (n <= 0)
            break;
        bytes += (size_t)n;
    }
    close(fd);
    *ret_bytes = bytes;
    return r;
}

int acri_config_file_read(const char *path, struct acri_config_file *ret_file,
                          struct acri_error *reterr)
{
    char *text = acri_alloc(LARGEST + 1);
    size_t bytes = 0;
    int r = read_whole(path, text, LARGEST + 1, &bytes);

    if (r < 0)
        acri_fail(reterr, r, "cannot read %s: %s", path, strerror(-r));
    else if (bytes > LARGEST)
        r = acri_fail(reterr, -EFBIG, "%s is too large for a configuration file", path);
    else
        r = acri_config_file_parse(text, bytes, path, ret_file, reterr);
    free(text);
    return r;
}

void acri_config_file_done(struct acri_config_file *file)
{
    for (size_t i = 0; i < file->n_items; i++) {
        for (size_t j = 0; j < file->items[i].n_values; j++)
            free(file->items[i].values[j]);
        free(file->items[i].values);
        free(file->items[i].text);
        free(file->items[i].key);
    }
    free(file->items);
    *file = (struct acri_config_file){ 0 };
}
