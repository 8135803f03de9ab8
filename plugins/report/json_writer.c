/* SPDX-License-Identifier: MIT */
/* Where JSON goes. */
#include "json_writer.h"

#include "csv_files.h"
#include "csv_thread.h"
#include "results/json_rows.h"

#include <acrida/acrida.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ENDING ".json"

static int replace_here(void *arg)
{
    const struct json_writer *w = arg;

    return csv_files_replace(w->path, &w->json.text);
}

int json_writer_open(struct json_writer *w, const char *name)
{
    size_t length = strlen(name);
    size_t n_ending = sizeof(ENDING) - 1;
    bool has_ending = length >= n_ending && strcmp(name + length - n_ending, ENDING) == 0;
    int r;

    *w = (struct json_writer){ .thread = NULL };
    acr_copy(w->path, sizeof(w->path), name);
    if (length + sizeof(ENDING) > sizeof(w->path))
        return -ENAMETOOLONG;
    if (!has_ending)
        acr_copy(w->path + length, sizeof(w->path) - length, ENDING);
    w->thread = csv_thread_new();
    r = csv_files_make_folders(w->path);
    if (r == 0)
        r = csv_thread_run(w->thread, replace_here, w);
    if (r < 0) {
        csv_thread_free(w->thread);
        w->thread = NULL;
    }
    return r;
}

int json_writer_final(struct json_writer *w, const struct acr_snapshot *s, int exit_code)
{
    if (w->path[0] == '\0')
        return 0;
    csv_text_clear(&w->json.text);
    json_rows_all(&w->json, s, exit_code);
    return csv_thread_run(w->thread, replace_here, w);
}

void json_writer_close(struct json_writer *w)
{
    csv_text_done(&w->json.text);
    csv_thread_free(w->thread);
    *w = (struct json_writer){ .thread = NULL };
}

int json_writer_print(const struct acr_snapshot *s)
{
    struct json_text j = { .depth = 0 };
    int r = 0;

    json_rows_locust(&j, s);
    errno = EIO;
    if (j.text.is_incomplete)
        r = -ENOMEM;
    else if (fwrite(j.text.data, 1, j.text.length, stdout) != j.text.length || fflush(stdout) != 0)
        r = -errno;
    csv_text_done(&j.text);
    return r;
}
