/* SPDX-License-Identifier: MIT */
#include "junit_writer.h"

#include "csv_files.h"
#include "csv_thread.h"
#include "results/junit_rows.h"

#include <acrida/acrida.h>

#include <errno.h>
#include <string.h>

static int replace_here(void *arg)
{
    const struct junit_writer *w = arg;

    return csv_files_replace(w->path, &w->text);
}

int junit_writer_open(struct junit_writer *w, const char *path)
{
    int r;

    *w = (struct junit_writer){ .thread = NULL };
    acr_copy(w->path, sizeof(w->path), path);
    if (strlen(path) >= sizeof(w->path))
        return -ENAMETOOLONG;
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

int junit_writer_final(struct junit_writer *w, const struct acr_snapshot *s)
{
    if (w->path[0] == '\0')
        return 0;
    csv_text_clear(&w->text);
    junit_rows_all(&w->text, s, acr_option_int("exit-code-on-error", 1) != 0);
    return csv_thread_run(w->thread, replace_here, w);
}

void junit_writer_close(struct junit_writer *w)
{
    csv_text_done(&w->text);
    csv_thread_free(w->thread);
    *w = (struct junit_writer){ .thread = NULL };
}
