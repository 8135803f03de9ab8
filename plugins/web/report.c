/* SPDX-License-Identifier: MIT */
/* HTML reports. */
#include "report.h"

#include "html.h"
#include "results/json_rows.h"

#include <acrida/acrida.h>
#include <acrida/report.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        int r;

        *slash = '\0';
        r = mkdir(path, 0777) < 0 && errno != EEXIST ? -errno : 0;
        *slash = '/';
        if (r < 0)
            return r;
    }
    return 0;
}

int web_report_open(struct web_report *w, const char *path)
{
    int r;

    *w = (struct web_report){ .fd = -1 };
    acr_copy(w->path, sizeof(w->path), path);
    if (strlen(path) >= sizeof(w->path))
        return -ENAMETOOLONG;
    r = make_folders(w->path);
    if (r < 0)
        return r;
    w->fd = open(w->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    return w->fd < 0 ? -errno : 0;
}

static int write_all(int fd, const char *data, size_t n)
{
    if (ftruncate(fd, 0) < 0 && errno != EINVAL) /* a pipe or terminal has no length */
        return -errno;
    while (n > 0) {
        ssize_t written = write(fd, data, n);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? -errno : -EIO;
        data += written;
        n -= (size_t)written;
    }
    return 0;
}

int web_report_final(struct web_report *w, const struct acr_snapshot *s, int exit_code)
{
    struct json_text document = { .depth = 0 };
    struct csv_text page = { .length = 0 };
    int r = -ENOMEM;

    if (w->path[0] == '\0')
        return 0;
    json_rows_all(&document, s, exit_code);
    if (!document.text.is_incomplete)
        web_html_report(&page, document.text.data, document.text.length, NULL);
    csv_text_done(&document.text);
    if (page.length > 0 && !page.is_incomplete)
        r = write_all(w->fd, page.data, page.length);
    csv_text_done(&page);
    return r;
}

void web_report_close(struct web_report *w)
{
    if (w->path[0] != '\0' && w->fd >= 0)
        close(w->fd);
    *w = (struct web_report){ .fd = -1 };
}

int web_report_write(const char *json, size_t n, struct csv_text *t, char *error,
                     size_t error_bytes)
{
    json_error_t at;
    json_t *document = json_loadb(json, n, 0, &at);
    bool is_ours = json_is_integer(json_object_get(document, "schema")) &&
                   json_is_object(json_object_get(document, "run")) &&
                   json_is_array(json_object_get(document, "entries"));

    if (document == NULL)
        snprintf(error, error_bytes, "it is not JSON: line %d: %s", at.line, at.text);
    else if (!is_ours)
        snprintf(error, error_bytes, "it is JSON, but not what --json-file writes");
    json_decref(document);
    if (!is_ours)
        return -EINVAL;
    web_html_report(t, json, n, NULL);
    return t->is_incomplete ? -ENOMEM : 0;
}
