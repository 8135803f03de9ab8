/* SPDX-License-Identifier: MIT */
/* What stands in JSON of what went wrong. */
#include "results/json_parts.h"

#include <acrida/report.h>

#include <stdlib.h>
#include <string.h>

void json_failures(struct json_text *j, const struct acr_snapshot *s)
{
    json_text_open(j, "failures", '[');
    for (size_t i = 0; i < acr_snapshot_n_failures(s); i++) {
        const struct acr_failure *f = acr_snapshot_failure(s, i);

        json_text_open(j, NULL, '{');
        json_text_string(j, "type", acr_failure_type(f));
        json_text_string(j, "name", acr_failure_name(f));
        json_text_string(j, "error", acr_failure_error(f));
        json_text_count(j, "count", acr_failure_count(f));
        json_text_number(j, "first_seen", acr_failure_first_seen(f));
        json_text_number(j, "last_seen", acr_failure_last_seen(f));
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
}

static int compare_exceptions(const void *a, const void *b)
{
    const struct acr_exception *x = *(const struct acr_exception *const *)a;
    const struct acr_exception *y = *(const struct acr_exception *const *)b;
    int order = strcmp(acr_exception_message(x), acr_exception_message(y));

    return order != 0 ? order : strcmp(acr_exception_traceback(x), acr_exception_traceback(y));
}

struct span {
    const char *text;
    size_t bytes;
};

static int compare_spans(const void *a, const void *b)
{
    const struct span *x = a;
    const struct span *y = b;
    int order = memcmp(x->text, y->text, x->bytes < y->bytes ? x->bytes : y->bytes);

    return order != 0 ? order : (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

/* Which node was first depends on the network: in the order of their names. */
static void nodes(struct json_text *j, const char *list)
{
    size_t most = strlen(list) / 2 + 1;
    struct span *all = calloc(most, sizeof(*all));
    size_t n = 0;

    if (all == NULL) {
        j->text.is_incomplete = true;
        return;
    }
    for (const char *at = list; *at != '\0' && n < most;) {
        const char *comma = strstr(at, ", ");

        all[n].text = at;
        all[n++].bytes = comma != NULL ? (size_t)(comma - at) : strlen(at);
        at = comma != NULL ? comma + 2 : at + strlen(at);
    }
    qsort(all, n, sizeof(*all), compare_spans);
    json_text_open(j, "nodes", '[');
    for (size_t i = 0; i < n; i++)
        json_text_span(j, NULL, all[i].text, all[i].bytes);
    json_text_close(j, ']');
    free(all);
}

void json_exceptions(struct json_text *j, const struct acr_snapshot *s)
{
    size_t n = acr_snapshot_n_exceptions(s);
    const struct acr_exception **all = calloc(n > 0 ? n : 1, sizeof(const struct acr_exception *));

    if (all == NULL) {
        j->text.is_incomplete = true;
        return;
    }
    for (size_t i = 0; i < n; i++)
        all[i] = acr_snapshot_exception(s, i);
    qsort(all, n, sizeof(const struct acr_exception *), compare_exceptions);
    json_text_open(j, "exceptions", '[');
    for (size_t i = 0; i < n; i++) {
        json_text_open(j, NULL, '{');
        json_text_string(j, "message", acr_exception_message(all[i]));
        json_text_string(j, "traceback", acr_exception_traceback(all[i]));
        json_text_count(j, "count", acr_exception_count(all[i]));
        nodes(j, acr_exception_nodes(all[i]));
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
    free(all);
}
