/* SPDX-License-Identifier: MIT */
#include "engine/feed_file.h"

#include "base/csv.h"
#include "engine/feed_scan.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* So much of a file that is read through is kept mapped in. */
#define WINDOW_BYTES ((size_t)16 << 20)

static int format_of(const char *path, enum acri_feed_format *ret_format, struct acri_error *reterr)
{
    static const struct {
        const char *ending;
        enum acri_feed_format format;
    } formats[] = { { ".csv", ACRI_FEED_CSV },
                    { ".json", ACRI_FEED_JSON },
                    { ".jsonl", ACRI_FEED_JSONL },
                    { ".ndjson", ACRI_FEED_JSONL } };
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot != NULL && i < sizeof(formats) / sizeof(formats[0]); i++)
        if (strcasecmp(dot, formats[i].ending) == 0) {
            *ret_format = formats[i].format;
            return 0;
        }
    return acri_fail(reterr, -EINVAL,
                     "%s: the name of a data file has to end in .csv, .json or .jsonl", path);
}

static int map(struct acri_feed_file *f, const char *path, struct acri_error *reterr)
{
    /* Non-blocking: a pipe without a writer would hang the run. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    void *text;
    int code = 0;

    if (fd < 0 || fstat(fd, &st) < 0)
        code = acri_fail(reterr, -errno, "%s cannot be read: %s", path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        code = acri_fail(reterr, -EINVAL, "%s is no regular file", path);
    else if (st.st_size == 0)
        code = acri_fail(reterr, -EINVAL, "%s is empty", path);
    else {
        text = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (text == MAP_FAILED)
            code = acri_fail(reterr, -errno, "%s cannot be mapped: %s", path, strerror(errno));
        else {
            f->text = text;
            f->bytes = (size_t)st.st_size;
        }
    }
    if (fd >= 0)
        close(fd);
    return code;
}

/* The pages up to here are in the page cache; this process need not hold them. */
static void let_go(const struct acri_feed_file *f, size_t from, size_t to)
{
    if (to > from)
        madvise((char *)(uintptr_t)f->text + from, to - from, MADV_DONTNEED);
}

/* --- reading it through -------------------------------------------------------------------------
 */

static int add_column(struct acri_feed_file *f, const struct acri_csv_field *field,
                      struct acri_error *reterr)
{
    char *name;

    if (f->n_columns == ACRI_FEED_COLUMNS)
        return acri_fail(reterr, -EINVAL, "line 1: more than %u columns", ACRI_FEED_COLUMNS);
    f->columns = acri_realloc(f->columns, (f->n_columns + 1) * sizeof(*f->columns));
    name = acri_alloc(field->bytes + 1);
    f->columns[f->n_columns++] = name;
    acri_csv_copy(field, name);
    if (*name == '\0')
        return acri_fail(reterr, -EINVAL,
                         "line 1: column %zu has no name: the first line has to name the columns",
                         f->n_columns);
    for (size_t i = 0; i + 1 < f->n_columns; i++)
        if (strcmp(f->columns[i], name) == 0)
            return acri_fail(reterr, -EINVAL, "line 1: two columns are named '%.100s'", name);
    return 0;
}

static int read_heading(struct acri_feed_file *f, struct acri_feed_scan *s,
                        struct acri_error *reterr)
{
    struct acri_csv_field field = { .is_last = false };
    struct acri_csv c;
    int r = acri_feed_scan_next(s);

    if (r <= 0)
        return r;
    acri_csv_init(&c, s->row, s->row_bytes, s->row_line);
    while (!field.is_last) {
        if (acri_csv_next(&c, &field) <= 0)
            return -EINVAL;
        r = add_column(f, &field, reterr);
        if (r < 0)
            return r;
    }
    return 0;
}

static int check_row(const struct acri_feed_file *f, const struct acri_feed_scan *s,
                     struct acri_error *reterr)
{
    json_error_t error;
    json_t *parsed;

    if (f->format == ACRI_FEED_CSV) {
        if (s->n_fields == f->n_columns)
            return 0;
        return acri_fail(reterr, -EINVAL, "line %llu: %zu fields, where the first line names %zu",
                         (unsigned long long)s->row_line, s->n_fields, f->n_columns);
    }
    parsed = json_loadb(s->row, s->row_bytes, JSON_REJECT_DUPLICATES, &error);
    if (parsed == NULL)
        return acri_fail(reterr, -EINVAL, "line %llu: %s",
                         (unsigned long long)s->row_line +
                             (error.line > 0 ? (unsigned long long)error.line - 1 : 0),
                         error.text);
    json_decref(parsed);
    return 0;
}

static void add_row(struct acri_feed_file *f, const struct acri_feed_scan *s)
{
    if (f->n_rows++ % ACRI_FEED_STRIDE != 0)
        return;
    if (f->n_offsets == f->capacity) {
        f->capacity = f->capacity > 0 ? f->capacity * 2 : 64;
        f->offsets = acri_realloc(f->offsets, f->capacity * sizeof(*f->offsets));
    }
    f->offsets[f->n_offsets++] = (size_t)(s->row - f->text);
}

static int read_through(struct acri_feed_file *f, struct acri_error *reterr)
{
    struct acri_feed_scan s;
    size_t kept_from = 0;
    int r = acri_feed_scan_begin(&s, f->format, f->text, f->bytes);

    if (r == 0 && f->format == ACRI_FEED_CSV)
        r = read_heading(f, &s, reterr);
    while (r >= 0 && (r = acri_feed_scan_next(&s)) > 0) {
        r = check_row(f, &s, reterr);
        add_row(f, &s);
        if (s.at - kept_from > WINDOW_BYTES) {
            /* Whole pages, as the mapping begins with one. */
            size_t to = s.at / WINDOW_BYTES * WINDOW_BYTES;

            let_go(f, kept_from, to);
            kept_from = to;
        }
    }
    if (r < 0 && s.error != NULL)
        return acri_fail(reterr, r, "line %llu: %s", (unsigned long long)s.line, s.error);
    if (r == 0 && f->n_rows == 0)
        return acri_fail(reterr, -EINVAL,
                         f->format == ACRI_FEED_CSV ? "no row follows the names of the columns"
                                                    : "no row in it");
    let_go(f, kept_from, f->bytes);
    return r;
}

int acri_feed_file_open(struct acri_feed_file *f, const char *path, struct acri_error *reterr)
{
    struct acri_error why = { "" };
    int code;

    *f = (struct acri_feed_file){ .text = NULL };
    code = format_of(path, &f->format, reterr);
    if (code == 0)
        code = map(f, path, reterr);
    if (code < 0)
        return code;
    code = read_through(f, &why);
    if (code < 0) {
        acri_feed_file_done(f);
        /* What a parser quotes from the file may be anything. */
        for (char *c = why.text; *c != '\0'; c++)
            if (iscntrl((unsigned char)*c))
                *c = ' ';
        return acri_fail(reterr, code, "%s, %s", path, why.text);
    }
    return 0;
}

void acri_feed_file_done(struct acri_feed_file *f)
{
    if (f->text != NULL)
        munmap((char *)(uintptr_t)f->text, f->bytes);
    for (size_t i = 0; i < f->n_columns; i++)
        free(f->columns[i]);
    free(f->columns);
    free(f->offsets);
    *f = (struct acri_feed_file){ .text = NULL };
}

/* --- finding a row ------------------------------------------------------------------------------
 */

bool acri_feed_file_row(const struct acri_feed_file *f, uint64_t number,
                        struct acri_feed_cursor *cursor, const char **ret_text, size_t *ret_bytes)
{
    uint64_t at = number / ACRI_FEED_STRIDE * ACRI_FEED_STRIDE;
    struct acri_feed_scan s;

    if (number >= f->n_rows)
        return false;
    acri_feed_scan_from(&s, f->format, f->text, f->bytes, f->offsets[number / ACRI_FEED_STRIDE]);
    if (cursor->offset != 0 && cursor->number >= at && cursor->number <= number) {
        s.at = cursor->offset;
        s.is_after_row = true;
        at = cursor->number;
    }
    for (; at <= number; at++)
        if (acri_feed_scan_next(&s) <= 0)
            return false;
    *cursor = (struct acri_feed_cursor){ .number = number + 1, .offset = s.at };
    *ret_text = s.row;
    *ret_bytes = s.row_bytes;
    return true;
}

char *acri_feed_file_find(const char *const *folders, size_t n, const char *path,
                          struct acri_error *reterr)
{
    char *found = NULL;
    struct stat first = { 0 };
    struct stat at;

    for (size_t i = 0; i < n && *path != '/'; i++) {
        char *candidate = acri_printf("%s/%s", folders[i], path);

        if (stat(candidate, &at) == 0 && found == NULL) {
            first = at;
            found = candidate;
            continue;
        }
        if (found != NULL && stat(candidate, &at) == 0 &&
            (at.st_ino != first.st_ino || at.st_dev != first.st_dev)) {
            acri_fail(reterr, 0,
                      "%s lies beside more than one scenario, as %.300s and %.300s: name it by its "
                      "whole path",
                      path, found, candidate);
            free(candidate);
            free(found);
            return NULL;
        }
        free(candidate);
    }
    return found != NULL ? found : acri_strdup(path);
}
