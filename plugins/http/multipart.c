/* SPDX-License-Identifier: MIT */
/* The body of a form with files, read piece by piece. */
#include "multipart.h"

#include "failure.h"
#include "headers.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static const char no_memory[] = HTTP_FAILURE_MEMORY;
static const char too_short[] = "the file of a part became shorter while it was sent";

struct item {
    size_t head_at; /* in `text`: boundary and header lines */
    size_t head_bytes;
    const char *file; /* NULL = `data` */
    const char *data;
    uint64_t bytes; /* of file or data; HTTP_MULTIPART_UNKNOWN = until its end */
};

enum stage { HEAD, CONTENT, CLOSE, OVER };

struct http_multipart {
    struct http_text text; /* the heads, and the end */
    size_t close_at;
    char type_line[96];
    char boundary[48];
    uint64_t bytes;
    /* What comes next. */
    size_t at;
    enum stage stage;
    uint64_t done; /* bytes of the stage */
    int fd;        /* of the part's file; -1 = not open */
    size_t n;
    struct item items[];
};

/* --- heads --------------------------------------------------------------------------------------
 */

/* By the end of a name, as libcurl; NULL when unknown. */
static const char *type_of(const char *name)
{
    static const struct {
        const char *ending;
        const char *type;
    } types[] = {
        { ".gif", "image/gif" },       { ".jpg", "image/jpeg" },    { ".jpeg", "image/jpeg" },
        { ".png", "image/png" },       { ".svg", "image/svg+xml" }, { ".txt", "text/plain" },
        { ".htm", "text/html" },       { ".html", "text/html" },    { ".pdf", "application/pdf" },
        { ".xml", "application/xml" },
    };
    size_t bytes = name == NULL ? 0 : strlen(name);

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t n = strlen(types[i].ending);
        if (bytes >= n && strcasecmp(name + bytes - n, types[i].ending) == 0) {
            return types[i].type;
        }
    }
    return NULL;
}

/* In quotes; what would end them, or the line, is percent-encoded as browsers do. */
static bool put_quoted(struct http_text *out, const char *key, const char *value, size_t bytes)
{
    bool ok = http_text_puts(out, key) && http_text_put(out, '"');

    for (size_t i = 0; ok && i < bytes; i++) {
        switch (value[i]) {
        case '"':
            ok = http_text_puts(out, "%22");
            break;
        case '\r':
            ok = http_text_puts(out, "%0D");
            break;
        case '\n':
            ok = http_text_puts(out, "%0A");
            break;
        default:
            ok = http_text_put(out, value[i]);
        }
    }
    return ok && http_text_put(out, '"');
}

/* The last component of a path, without slashes after it. */
static const char *last_of(const char *path, size_t *ret_bytes)
{
    size_t end = strlen(path);

    while (end > 1 && path[end - 1] == '/') {
        end--;
    }
    size_t from = end;
    while (from > 0 && path[from - 1] != '/') {
        from--;
    }
    *ret_bytes = end - from;
    return path + from;
}

static const char *type_for(const struct acr_part *p)
{
    if (p->content_type != NULL) {
        return p->content_type;
    }
    const char *type = type_of(p->file_name);
    if (p->file == NULL) {
        return type;
    }
    type = type == NULL ? type_of(p->file) : type;
    return type == NULL ? "application/octet-stream" : type;
}

static bool put_head(struct http_multipart *m, const struct acr_part *p, size_t i)
{
    struct http_text *out = &m->text;
    const char *name = p->name == NULL ? "" : p->name;
    const char *type = type_for(p);
    bool ok = http_text_puts(out, i == 0 ? "--" : "\r\n--") && http_text_puts(out, m->boundary) &&
              http_text_puts(out, "\r\nContent-Disposition: form-data") &&
              put_quoted(out, "; name=", name, strlen(name));

    if (ok && (p->file_name != NULL || p->file != NULL)) {
        const char *shown = p->file_name;
        size_t bytes = shown == NULL ? 0 : strlen(shown);
        shown = shown == NULL ? last_of(p->file, &bytes) : shown;
        ok = put_quoted(out, "; filename=", shown, bytes);
    }
    if (ok && type != NULL) {
        ok = http_text_puts(out, "\r\nContent-Type: ") && http_text_puts(out, type);
    }
    return ok && http_text_puts(out, "\r\n\r\n");
}

/* --- opening ------------------------------------------------------------------------------------
 */

static const char *measure_file(const char *path, uint64_t *ret_bytes)
{
    struct stat s;

    if (stat(path, &s) != 0 || S_ISDIR(s.st_mode) || access(path, R_OK) != 0) {
        return HTTP_FAILURE_PART_FILE;
    }
    *ret_bytes = S_ISREG(s.st_mode) ? (uint64_t)s.st_size : HTTP_MULTIPART_UNKNOWN;
    return NULL;
}

static const char *add_part(struct http_multipart *m, const struct acr_part *p, size_t i)
{
    struct item *item = &m->items[i];

    if (p->content_type != NULL &&
        !http_headers_value_ok(p->content_type, strlen(p->content_type))) {
        return HTTP_FAILURE_PART_TYPE;
    }
    item->head_at = m->text.length;
    if (!put_head(m, p, i)) {
        return no_memory;
    }
    item->head_bytes = m->text.length - item->head_at;
    m->bytes += item->head_bytes;
    if (p->file != NULL) {
        item->file = p->file;
        const char *error = measure_file(p->file, &item->bytes);
        if (error != NULL) {
            return error;
        }
    } else {
        const char *value = p->value == NULL ? "" : p->value;
        item->data = p->data != NULL ? p->data : value;
        item->bytes = p->data != NULL ? p->data_bytes : strlen(value);
    }
    return NULL;
}

static const char *add_parts(struct http_multipart *m, const struct acr_part *parts, size_t n,
                             size_t part_size)
{
    bool is_known = true;

    for (size_t i = 0; i < n; i++) {
        struct acr_part p = { .name = NULL };
        const char *at = (const char *)parts + i * part_size;
        memcpy(&p, at, part_size < sizeof p ? part_size : sizeof p);
        const char *error = add_part(m, &p, i);
        if (error != NULL) {
            return error;
        }
        is_known = is_known && m->items[i].bytes != HTTP_MULTIPART_UNKNOWN;
        m->bytes += is_known ? m->items[i].bytes : 0;
    }
    m->close_at = m->text.length;
    bool ok = http_text_puts(&m->text, n == 0 ? "--" : "\r\n--") &&
              http_text_puts(&m->text, m->boundary) && http_text_puts(&m->text, "--\r\n");
    m->bytes += m->text.length - m->close_at;
    if (!is_known) {
        m->bytes = HTTP_MULTIPART_UNKNOWN;
    }
    return ok ? NULL : no_memory;
}

const char *http_multipart_open(const struct acr_part *parts, size_t n, size_t part_size,
                                struct http_multipart **ret_m)
{
    uint64_t number = 0;
    struct http_multipart *m = NULL;

    *ret_m = NULL;
    if (n < (SIZE_MAX - sizeof(*m)) / sizeof(m->items[0])) {
        m = calloc(1, sizeof(*m) + n * sizeof(m->items[0]));
    }
    if (m == NULL) {
        return no_memory;
    }
    m->fd = -1;
    m->n = n;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != (ssize_t)sizeof number) {
        number = (uint64_t)(uintptr_t)m; /* early at boot: any number will do */
    }
    snprintf(m->boundary, sizeof m->boundary, "------------------------%016llx",
             (unsigned long long)number);
    snprintf(m->type_line, sizeof m->type_line, "Content-Type: multipart/form-data; boundary=%s",
             m->boundary);
    const char *error = add_parts(m, parts, n, part_size);
    if (error != NULL) {
        http_multipart_free(m);
        return error;
    }
    http_multipart_rewind(m);
    *ret_m = m;
    return NULL;
}

const char *http_multipart_type_line(const struct http_multipart *m)
{
    return m->type_line;
}

uint64_t http_multipart_bytes(const struct http_multipart *m)
{
    return m->bytes;
}

/* --- reading ------------------------------------------------------------------------------------
 */

static void close_file(struct http_multipart *m)
{
    if (m->fd >= 0) {
        close(m->fd);
        m->fd = -1;
    }
}

static void next_stage(struct http_multipart *m)
{
    close_file(m);
    m->done = 0;
    switch (m->stage) {
    case HEAD:
        m->stage = CONTENT;
        break;
    case CONTENT:
        m->at++;
        m->stage = m->at < m->n ? HEAD : CLOSE;
        break;
    default:
        m->stage = OVER;
    }
}

/* From memory. Returns: the bytes; 0 when the stage is over. */
static size_t copy(struct http_multipart *m, const char *from, uint64_t total, char *to,
                   size_t bytes)
{
    uint64_t left = total - m->done;

    bytes = left < bytes ? (size_t)left : bytes;
    if (bytes > 0) {
        memcpy(to, from + m->done, bytes);
    }
    return bytes;
}

/* Returns: the bytes, 0 at the end of what was announced, SIZE_MAX with *ret_error. */
static size_t read_file(struct http_multipart *m, char *to, size_t bytes, const char **ret_error)
{
    const struct item *item = &m->items[m->at];
    bool is_known = item->bytes != HTTP_MULTIPART_UNKNOWN;
    ssize_t n;

    if (is_known && bytes > item->bytes - m->done) {
        bytes = (size_t)(item->bytes - m->done);
    }
    if (bytes == 0) {
        return 0;
    }
    if (m->fd < 0) {
        m->fd = open(item->file, O_RDONLY | O_CLOEXEC);
    }
    do {
        n = m->fd < 0 ? -1 : read(m->fd, to, bytes);
    } while (n < 0 && m->fd >= 0 && errno == EINTR);
    if (n < 0 || (n == 0 && is_known)) {
        *ret_error = n < 0 ? HTTP_FAILURE_PART_FILE : too_short;
        return SIZE_MAX;
    }
    return (size_t)n;
}

static size_t read_stage(struct http_multipart *m, char *to, size_t bytes, const char **ret_error)
{
    const struct item *item = &m->items[m->at];

    switch (m->stage) {
    case HEAD:
        return copy(m, m->text.data + item->head_at, item->head_bytes, to, bytes);
    case CONTENT:
        return item->file != NULL ? read_file(m, to, bytes, ret_error)
                                  : copy(m, item->data, item->bytes, to, bytes);
    default:
        return copy(m, m->text.data + m->close_at, m->text.length - m->close_at, to, bytes);
    }
}

size_t http_multipart_read(struct http_multipart *m, char *to, size_t bytes, const char **ret_error)
{
    size_t total = 0;

    while (total < bytes && m->stage != OVER) {
        size_t n = read_stage(m, to + total, bytes - total, ret_error);
        if (n == SIZE_MAX) {
            return SIZE_MAX;
        }
        m->done += n;
        total += n;
        if (n == 0) {
            next_stage(m);
        }
    }
    return total;
}

void http_multipart_rewind(struct http_multipart *m)
{
    close_file(m);
    m->at = 0;
    m->done = 0;
    m->stage = m->n > 0 ? HEAD : CLOSE;
}

void http_multipart_free(struct http_multipart *m)
{
    if (m != NULL) {
        close_file(m);
        http_text_done(&m->text);
        free(m);
    }
}
