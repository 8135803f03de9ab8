/* SPDX-License-Identifier: MIT */
#include "results/saved.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMA 1

static const char *const column_names[SAVED_COLUMNS] = {
    [SAVED_REQUEST_RATE] = "requests_per_s",
    [SAVED_FAILURE_RATE] = "failures_per_s",
    [SAVED_AVERAGE_MS] = "average_ms",
    [SAVED_P50_MS] = "p50_ms",
    [SAVED_P95_MS] = "p95_ms",
    [SAVED_P99_MS] = "p99_ms",
};

/* --- files
 * --------------------------------------------------------------------------------------- */

static int complain(char *error, size_t bytes, int r, const char *path, const char *why)
{
    snprintf(error, bytes, "%s: %s", path, why);
    return r;
}

static int read_all(int fd, char *text, size_t bytes, size_t *ret_bytes)
{
    size_t n = 0;

    while (n < bytes) {
        ssize_t got = read(fd, text + n, bytes - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    *ret_bytes = n;
    return 0;
}

int saved_slurp(const char *path, char **ret_text, size_t *ret_bytes, char *error,
                size_t error_bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe may have no writer */
    struct stat st;
    char *text;
    int r;

    if (fd < 0)
        return complain(error, error_bytes, -errno, path, strerror(errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return complain(error, error_bytes, -EINVAL, path, "it is not a file");
    }
    if (st.st_size > (off_t)SAVED_BYTES_MAX) {
        close(fd);
        return complain(error, error_bytes, -EFBIG, path,
                        "it is larger than 256 MB, which no results are");
    }
    text = malloc((size_t)st.st_size + 1);
    r = text != NULL ? read_all(fd, text, (size_t)st.st_size, ret_bytes) : -ENOMEM;
    close(fd);
    if (r < 0) {
        free(text);
        return complain(error, error_bytes, r, path, strerror(-r));
    }
    *ret_text = text;
    return 0;
}

/* --- members
 * ------------------------------------------------------------------------------------- */

static double number(const json_t *of, const char *key)
{
    const json_t *x = json_object_get(of, key);

    return json_is_number(x) ? json_number_value(x) : NAN;
}

static const char *text(const json_t *of, const char *key)
{
    const char *found = json_string_value(json_object_get(of, key));

    return found != NULL ? found : "";
}

/* A column of n; NULL when it is not there, or of another length. Owner: the caller. */
static double *column(const json_t *of, const char *key, size_t n)
{
    const json_t *list = json_object_get(of, key);
    double *values;

    if (!json_is_array(list) || json_array_size(list) != n)
        return NULL;
    values = calloc(n + 1, sizeof(*values));
    for (size_t i = 0; values != NULL && i < n; i++) {
        const json_t *x = json_array_get(list, i);

        values[i] = json_is_number(x) ? json_number_value(x) : NAN;
    }
    return values;
}

static int read_histogram(struct saved_entry *e, const json_t *list)
{
    size_t n = json_array_size(list);
    double before = 0;

    e->histogram = calloc(n + 1, sizeof(*e->histogram));
    if (e->histogram == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const json_t *pair = json_array_get(list, i);
        double ms = json_number_value(json_array_get(pair, 0));
        double count = json_number_value(json_array_get(pair, 1));

        if (!(ms > before) || !(count > 0))
            return -EINVAL;
        before = ms;
        e->histogram[e->n_buckets++] = (struct saved_bucket){ ms, count };
    }
    return 0;
}

static int read_entry(struct saved_entry *e, const json_t *of, const json_t *history, size_t n)
{
    const json_t *times = json_object_get(of, "response_time");

    e->type = text(of, "type");
    e->name = text(of, "name");
    e->requests = number(of, "requests");
    e->failures = number(of, "failures");
    e->requests_per_s = number(of, "requests_per_s");
    e->failures_per_s = number(of, "failures_per_s");
    e->timed = number(times, "count");
    e->min_ms = number(times, "min_ms");
    e->mean_ms = number(times, "mean_ms");
    e->max_ms = number(times, "max_ms");
    if (!(e->requests >= 0) || !(e->failures >= 0) || !(e->timed >= 0))
        return -EINVAL;
    for (size_t i = 0; i < SAVED_COLUMNS; i++)
        e->columns[i] = column(history, column_names[i], n);
    return read_histogram(e, json_object_get(times, "histogram"));
}

static int read_entries(struct saved_run *r, const json_t *root)
{
    const json_t *list = json_object_get(root, "entries");
    size_t n = json_array_size(list);
    int code = json_is_array(list) ? 0 : -EINVAL;

    r->entries = calloc(n + 1, sizeof(*r->entries));
    if (r->entries == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < n && code == 0; i++) {
        const json_t *of = json_array_get(list, i);

        code = read_entry(&r->entries[r->n_entries++], of, json_object_get(of, "history"),
                          r->n_points);
    }
    return code;
}

static int read_failures(struct saved_run *r, const json_t *root)
{
    const json_t *list = json_object_get(root, "failures");
    size_t n = json_array_size(list);

    r->failures = calloc(n + 1, sizeof(*r->failures));
    if (r->failures == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const json_t *of = json_array_get(list, i);

        r->failures[r->n_failures++] = (struct saved_failure){ .type = text(of, "type"),
                                                               .name = text(of, "name"),
                                                               .error = text(of, "error"),
                                                               .count = number(of, "count") };
    }
    return 0;
}

static int read_history(struct saved_run *r, const json_t *root)
{
    const json_t *of = json_object_get(root, "history");
    size_t n = json_array_size(json_object_get(of, "time_s"));
    double before = 0;

    if (of == NULL) /* of an earlier version */
        return 0;
    r->interval_s = number(of, "interval_s");
    if (n > SAVED_POINTS_MAX || !(r->interval_s > 0) || !isfinite(r->interval_s))
        return -EINVAL;
    r->n_points = n;
    r->time_s = column(of, "time_s", n);
    r->users = column(of, "users", n);
    r->target_users = column(of, "target_users", n);
    r->arrivals_per_s = column(of, "arrivals_per_s", n);
    if (r->time_s == NULL || r->users == NULL || r->target_users == NULL ||
        r->arrivals_per_s == NULL)
        return -EINVAL;
    for (size_t i = 0; i < n; i++) {
        if (!(r->time_s[i] > before))
            return -EINVAL;
        before = r->time_s[i];
    }
    return 0;
}

static int read_document(struct saved_run *r, const json_t *root)
{
    const json_t *run = json_object_get(root, "run");
    int code = read_history(r, root);

    r->verdict = text(json_object_get(root, "verdict"), "state");
    r->scenario = text(root, "scenario");
    r->start_time = number(run, "start_time");
    r->reset_s = number(run, "reset_time") - r->start_time;
    r->duration_s = number(run, "duration_s");
    r->exit_code = number(run, "exit_code");
    if (!isfinite(r->reset_s) || !(r->duration_s >= 0))
        return -EINVAL;
    if (code == 0)
        code = read_entry(&r->total, json_object_get(root, "total"),
                          json_object_get(root, "history"), r->n_points);
    if (code == 0)
        code = read_entries(r, root);
    return code == 0 ? read_failures(r, root) : code;
}

int saved_parse(struct saved_run *r, const char *name, const char *bytes_of, size_t bytes,
                char *error, size_t error_bytes)
{
    json_error_t at;
    json_t *root = json_loadb(bytes_of, bytes, 0, &at);
    char why[JSON_ERROR_TEXT_LENGTH + 64];
    int code;

    *r = (struct saved_run){ .document = root, .path = name };
    if (root == NULL) {
        snprintf(why, sizeof(why), "it is not JSON, or cut short: line %d: %s", at.line, at.text);
        return complain(error, error_bytes, -EINVAL, name,
                        bytes == 0 ? "it is empty: the run did not end" : why);
    }
    if (!json_is_integer(json_object_get(root, "schema")) ||
        !json_is_object(json_object_get(root, "run")))
        code = complain(error, error_bytes, -EINVAL, name,
                        "it is JSON, but not what --json-file writes");
    else if (json_integer_value(json_object_get(root, "schema")) != SCHEMA)
        code = complain(error, error_bytes, -EINVAL, name,
                        "its schema is another: it is of another version of acrida");
    else if ((code = read_document(r, root)) < 0)
        complain(error, error_bytes, code, name,
                 code == -ENOMEM ? strerror(ENOMEM)
                                 : "it has members of --json-file, but not as it writes them");
    if (code < 0)
        saved_free(r);
    return code;
}

int saved_read(struct saved_run *r, const char *path, char *error, size_t error_bytes)
{
    size_t bytes = 0;
    char *all = NULL;
    int code = saved_slurp(path, &all, &bytes, error, error_bytes);

    *r = (struct saved_run){ .path = path };
    if (code == 0)
        code = saved_parse(r, path, all, bytes, error, error_bytes);
    free(all);
    return code;
}

static void free_entry(struct saved_entry *e)
{
    free(e->histogram);
    for (size_t i = 0; i < SAVED_COLUMNS; i++)
        free(e->columns[i]);
}

void saved_free(struct saved_run *r)
{
    free_entry(&r->total);
    for (size_t i = 0; i < r->n_entries; i++)
        free_entry(&r->entries[i]);
    free(r->entries);
    free(r->failures);
    free(r->time_s);
    free(r->users);
    free(r->target_users);
    free(r->arrivals_per_s);
    json_decref(r->document);
    *r = (struct saved_run){ .path = r->path };
}

/* --- what is asked of it
 * ------------------------------------------------------------------------- */

const char *saved_reason(const struct saved_run *r, size_t index)
{
    const json_t *verdict = json_object_get(r->document, "verdict");

    return json_string_value(json_array_get(json_object_get(verdict, "reasons"), index));
}

const char *saved_goal(const struct saved_run *r, size_t index, char *line, size_t bytes)
{
    const json_t *g = json_array_get(json_object_get(r->document, "goals"), index);

    if (g == NULL)
        return NULL;
    snprintf(line, bytes, "%s: measured %s (%s)", text(g, "text"), text(g, "measured"),
             text(g, "state"));
    return line;
}

const char *saved_pattern(const struct saved_run *r, size_t index, char *line, size_t bytes)
{
    const json_t *p = json_array_get(json_object_get(r->document, "patterns"), index);

    if (p == NULL)
        return NULL;
    snprintf(line, bytes, "%s: %s", text(p, "title"), text(p, "evidence"));
    return line;
}

double saved_quantile(const struct saved_entry *e, double quantile)
{
    double n = 0;
    double seen = 0;
    double rank;

    for (size_t i = 0; i < e->n_buckets; i++)
        n += e->histogram[i].n;
    if (!(n > 0))
        return NAN;
    rank = ceil(quantile * n - 1e-9 * n);
    if (rank >= n)
        return e->max_ms;
    for (size_t i = 0; i < e->n_buckets; i++) {
        seen += e->histogram[i].n;
        if (seen >= rank)
            return fmin(fmax(e->histogram[i].ms, e->min_ms), e->max_ms);
    }
    return e->max_ms;
}
