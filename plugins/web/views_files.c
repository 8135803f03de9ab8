/* SPDX-License-Identifier: MIT */
/* Results to be saved. */
#include "views.h"

#include "html.h"
#include "results/csv_rows.h"
#include "results/json_rows.h"

#include <acrida/control.h>
#include <acrida/report.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#define PART_MAX 60u

/* What may stand in a name of a file anywhere, of a name that may be anything. */
static void append(char *name, size_t bytes, const char *part)
{
    size_t n = strlen(name);
    size_t end = n + PART_MAX;

    for (; *part != '\0' && n + 1 < bytes && n < end; part++) {
        bool is_plain = (*part >= 'a' && *part <= 'z') || (*part >= 'A' && *part <= 'Z') ||
                        (*part >= '0' && *part <= '9') || strchr("._-", *part) != NULL;

        name[n++] = *part;
        if (!is_plain)
            name[n - 1] = '-';
    }
    name[n] = '\0';
}

void web_views_file_name(char *name, size_t bytes, const char *what)
{
    const char *host = acr_option_string("host");
    const char *slashes = strstr(host, "://");
    time_t now = time(NULL);
    struct tm local;

    name[0] = '\0';
    if (localtime_r(&now, &local) == NULL ||
        strftime(name, bytes, "acrida_%Y-%m-%d-%Hh%M_", &local) == 0)
        snprintf(name, bytes, "acrida_");
    append(name, bytes, acr_scenario_name());
    if (*host != '\0') {
        append(name, bytes, "_");
        append(name, bytes, slashes != NULL ? slashes + 3 : host);
    }
    append(name, bytes, what);
}

static struct csv_text *csv(struct web_reply *a, const char *what)
{
    a->type = WEB_TYPE_CSV;
    web_views_file_name(a->file_name, sizeof(a->file_name), what);
    return &a->json.text;
}

void web_views_requests_csv(struct web_request *q, struct web_reply *a)
{
    (void)q;
    csv_rows_stats(csv(a, "_requests.csv"), acr_snapshot_now());
}

void web_views_failures_csv(struct web_request *q, struct web_reply *a)
{
    (void)q;
    csv_rows_failures(csv(a, "_failures.csv"), acr_snapshot_now());
}

void web_views_exceptions_csv(struct web_request *q, struct web_reply *a)
{
    (void)q;
    csv_rows_exceptions(csv(a, "_exceptions.csv"), acr_snapshot_now());
}

void web_views_report(struct web_request *q, struct web_reply *a)
{
    const char *download = web_form_get(&q->query, "download");
    const char *theme = web_form_get(&q->query, "theme");
    struct json_text document = { .depth = 0 };

    if (theme != NULL && strcmp(theme, "dark") != 0 && strcmp(theme, "light") != 0)
        theme = NULL;
    a->type = WEB_TYPE_HTML;
    if (download != NULL && *download != '\0' && strcmp(download, "0") != 0)
        web_views_file_name(a->file_name, sizeof(a->file_name), ".html");
    json_rows_all(&document, acr_snapshot_now(), JSON_ROWS_NO_EXIT_CODE);
    a->json.text.is_incomplete = document.text.is_incomplete;
    if (!document.text.is_incomplete)
        web_html_report(&a->json.text, document.text.data, document.text.length, theme);
    csv_text_done(&document.text);
}

void web_views_document(struct web_request *q, struct web_reply *a)
{
    const char *download = web_form_get(&q->query, "download");

    if (download != NULL && *download != '\0' && strcmp(download, "0") != 0)
        web_views_file_name(a->file_name, sizeof(a->file_name), ".json");
    json_rows_all(&a->json, acr_snapshot_now(), JSON_ROWS_NO_EXIT_CODE);
}
