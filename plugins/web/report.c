/* SPDX-License-Identifier: MIT */
/* HTML reports. */
#include "report.h"

#include "html.h"
#include "results/json_rows.h"
#include "results/report_file.h"

#include <acrida/report.h>

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

int web_report_save(struct report_file *f, const struct acr_snapshot *s, int exit_code)
{
    struct json_text document = { .depth = 0 };
    struct csv_text page = { .length = 0 };
    int r = -ENOMEM;

    if (f->path[0] == '\0')
        return 0;
    json_rows_all(&document, s, exit_code);
    if (!document.text.is_incomplete)
        web_html_report(&page, document.text.data, document.text.length, NULL);
    csv_text_done(&document.text);
    if (page.length > 0)
        r = report_file_write(f, &page);
    csv_text_done(&page);
    return r;
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
