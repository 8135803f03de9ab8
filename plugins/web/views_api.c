/* SPDX-License-Identifier: MIT */
/* What the page asks for, and what Prometheus does. */
#include "views.h"

#include "past.h"
#include "user_types.h"

#include "results/json_rows.h"
#include "results/openmetrics.h"

#include <acrida/cluster.h>
#include <acrida/control.h>
#include <acrida/events.h>
#include <acrida/report.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- the form that starts a run
 * ----------------------------------------------------------------------- */

static const char *const kinds[] = {
    [ACR_OPTION_STRING] = "string", [ACR_OPTION_FLAG] = "flag",         [ACR_OPTION_INT] = "int",
    [ACR_OPTION_NUMBER] = "number", [ACR_OPTION_DURATION] = "duration",
};

static void choices(struct json_text *j, const char *list)
{
    json_text_open(j, "choices", '[');
    while (*(list += strspn(list, " ")) != '\0') {
        size_t n = strcspn(list, " ");

        json_text_span(j, NULL, list, n);
        list += n;
    }
    json_text_close(j, ']');
}

static void options(struct json_text *j)
{
    struct acr_option_info o;

    json_text_open(j, "options", '[');
    for (size_t i = 0; acr_option_at(i, &o); i++) {
        json_text_open(j, NULL, '{');
        json_text_string(j, "name", o.name);
        json_text_string(j, "plugin", o.plugin);
        json_text_string(j, "help", o.help);
        json_text_string(j, "value", o.is_secret ? "" : o.value);
        json_text_string(j, "default_value", o.is_secret ? "" : o.default_value);
        choices(j, o.choices);
        json_text_string(j, "kind", o.kind < ACR_LEN(kinds) ? kinds[o.kind] : "string");
        json_text_bool(j, "is_secret", o.is_secret);
        json_text_bool(j, "is_required", o.is_required);
        json_text_bool(j, "is_of_scenario", o.is_of_scenario);
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
}

/* An option's number, or null when it is not set. */
static void number_of(struct json_text *j, const char *key, const char *option)
{
    if (*acr_option_string(option) != '\0')
        json_text_number(j, key, acr_option_number(option, 0));
    else
        json_text_null(j, key);
}

void web_views_setup(struct web_request *q, struct web_reply *a)
{
    struct json_text *j = &a->json;

    (void)q;
    json_text_open(j, NULL, '{');
    json_text_string(j, "version", ACRIDA_VERSION);
    json_text_string(j, "scenario", acr_scenario_name());
    json_text_string(j, "host", acr_option_string("host"));
    number_of(j, "users", "users");
    number_of(j, "spawn_rate", "spawn-rate");
    number_of(j, "run_time_s", "run-time");
    number_of(j, "arrival_rate", "arrival-rate");
    json_text_string(j, "stages", acr_option_string("stages"));
    json_text_bool(j, "has_shape", acr_has_shape());
    json_text_bool(j, "is_master", acr_is_master());
    json_text_count(j, "n_workers", acr_snapshot_n_workers(acr_snapshot_now()));
    json_text_bool(j, "has_login",
                   acr_option_flag("web-login") || *acr_option_string("web-users-file") != '\0' ||
                       *acr_option_string("web-token") != '\0' ||
                       *acr_option_string("web-token-file") != '\0');
    json_text_bool(j, "has_class_picker", acr_option_flag("class-picker"));
    json_text_bool(j, "has_full_history",
                   acr_option_flag("csv-full-history") && *acr_option_string("csv") != '\0');
    web_user_types_write(j);
    options(j);
    json_text_close(j, '}');
    json_text_end(j);
}

/* --- results
 * ------------------------------------------------------------------------------------------ */

void web_views_state(struct web_request *q, struct web_reply *a)
{
    (void)q;
    json_rows_live(&a->json, acr_snapshot_now(), acr_run_number());
}

/* A number that a client gives. Returns: false when it is none. */
static bool read_count(const char *text, uint64_t *ret_n)
{
    char *end;

    if (text == NULL || *text == '\0' || strspn(text, "0123456789") != strlen(text))
        return text == NULL;
    errno = 0;
    *ret_n = strtoull(text, &end, 10);
    return errno == 0;
}

static const struct acr_entry *find_entry(const struct acr_snapshot *s, const char *type,
                                          const char *name)
{
    const struct acr_entry *e;

    for (size_t i = 0; (e = acr_snapshot_entry(s, i)) != NULL; i++)
        if (strcmp(acr_entry_name(e), name) == 0 && strcmp(acr_entry_type(e), type) == 0)
            return e;
    return NULL;
}

void web_views_history(struct web_request *q, struct web_reply *a)
{
    const struct acr_snapshot *s = acr_snapshot_now();
    const char *type = web_form_get(&q->query, "type");
    const char *name = web_form_get(&q->query, "name");
    uint64_t run = acr_run_number();
    const struct acr_entry *e;

    if (!read_count(web_form_get(&q->query, "run"), &run)) {
        web_reply_text(a, 400, "\"run\" is a whole number.\n");
    } else if (run != acr_run_number()) {
        if (!web_past_write(&a->json, run, type != NULL ? type : "", name))
            web_reply_text(a, 404, "There is no such run any more.\n");
    } else if (name == NULL) {
        json_rows_history(&a->json, s);
    } else {
        e = find_entry(s, type != NULL ? type : "", name);
        if (e != NULL)
            json_rows_entry_history(&a->json, s, e);
        else
            web_reply_text(a, 404, "There is no such entry.\n");
    }
}

void web_views_runs(struct web_request *q, struct web_reply *a)
{
    (void)q;
    web_past_list(&a->json, acr_run_number());
}

void web_views_log_lines(struct web_request *q, struct web_reply *a)
{
    static const char *const levels[] = {
        [ACR_LOG_DEBUG] = "DEBUG",
        [ACR_LOG_INFO] = "INFO",
        [ACR_LOG_WARNING] = "WARNING",
        [ACR_LOG_ERROR] = "ERROR",
    };
    struct json_text *j = &a->json;
    struct acr_log_line line;
    uint64_t next = 0;

    if (!read_count(web_form_get(&q->query, "after"), &next)) {
        web_reply_text(a, 400, "\"after\" is a whole number.\n");
        return;
    }
    json_text_open(j, NULL, '{');
    json_text_open(j, "lines", '[');
    for (; acr_log_line_at(&next, &line); next++) {
        const char *level = line.level < ACR_LEN(levels) ? levels[line.level] : NULL;

        json_text_open(j, NULL, '{');
        json_text_count(j, "n", next);
        json_text_number(j, "time", line.unix_s);
        json_text_string(j, "level", level != NULL ? level : "INFO");
        json_text_string(j, "source", line.source);
        json_text_string(j, "text", line.text);
        json_text_close(j, '}');
    }
    json_text_close(j, ']');
    json_text_count(j, "next", next);
    json_text_close(j, '}');
    json_text_end(j);
}

/* --- for Prometheus
 * ----------------------------------------------------------------------------------- */

static struct acr_usage_event usage;
static bool has_usage;

void web_views_set_usage(const struct acr_usage_event *e)
{
    has_usage = e != NULL;
    if (e != NULL)
        usage = *e;
}

void web_views_metrics(struct web_request *q, struct web_reply *a)
{
    struct openmetrics_options o = {
        .run_number = acr_run_number(),
        .usage = has_usage ? &usage : NULL,
        .is_classic = openmetrics_is_classic(q->accept),
    };
    char error[200];

    /* A bad list was refused at the start. */
    openmetrics_read_buckets(&o, acr_option_string("metrics-buckets"), error, sizeof(error));
    a->type = openmetrics_content_type(o.is_classic);
    openmetrics_write(&a->json.text, acr_snapshot_now(), &o);
}
