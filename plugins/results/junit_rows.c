/* SPDX-License-Identifier: MIT */
#include "results/junit_rows.h"

#include "results/json_text.h"

#include <acrida/report.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

enum outcome { GOOD, BAD, SKIPPED };

static void put(struct csv_text *t, const char *text)
{
    csv_text_append(t, text, strlen(text));
}

/* What may stand in an attribute and between elements. */
static void put_escaped(struct csv_text *t, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + strlen(text);

    while (at < end) {
        size_t n = json_text_character(at, (size_t)(end - at));
        bool is_control = *at < ' ' && *at != '\t' && *at != '\n' && *at != '\r';
        /* U+FFFE and U+FFFF are no characters of XML. */
        bool is_odd = n == 3 && at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe;

        if (n == 0 || is_control || is_odd)
            put(t, REPLACEMENT);
        else if (*at == '&')
            put(t, "&amp;");
        else if (*at == '<')
            put(t, "&lt;");
        else if (*at == '>')
            put(t, "&gt;");
        else if (*at == '"')
            put(t, "&quot;");
        else if (*at == '\n')
            put(t, "&#10;");
        else if (*at == '\r')
            put(t, "&#13;");
        else if (*at == '\t')
            put(t, "&#9;");
        else
            csv_text_append(t, (const char *)at, n);
        at += n > 0 ? n : 1;
    }
}

__attribute__((format(printf, 2, 3))) static void put_number(struct csv_text *t, const char *format,
                                                             ...)
{
    char text[128];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    put(t, text);
}

static void open_case(struct csv_text *t, const char *class_name, const char *name)
{
    put(t, "    <testcase classname=\"");
    put(t, class_name);
    put(t, "\" name=\"");
    put_escaped(t, name);
    put(t, "\"");
}

static void open_message(struct csv_text *t, const char *element, const char *message)
{
    put(t, ">\n      <");
    put(t, element);
    put(t, " message=\"");
    put_escaped(t, message);
    put(t, "\"");
}

/* --- the cases
 * ------------------------------------------------------------------------------------- */

static void put_validity(struct csv_text *t, const struct acr_snapshot *s)
{
    const char *reason;

    open_case(t, "acrida.run", "the numbers are those of what was tested");
    if (acr_snapshot_verdict(s) != ACR_VERDICT_INVALID) {
        put(t, "/>\n");
        return;
    }
    reason = acr_snapshot_reason(s, 0);
    open_message(t, "failure", reason != NULL ? reason : "");
    put(t, ">");
    for (size_t i = 0; (reason = acr_snapshot_reason(s, i)) != NULL; i++) {
        put_escaped(t, reason);
        put(t, "\n");
    }
    put(t, "</failure>\n    </testcase>\n");
}

static uint64_t count_failures(const struct acr_snapshot *s)
{
    return acr_entry_count(acr_snapshot_total(s), ACR_FAILURES);
}

static enum outcome outcome_of_failures(const struct acr_snapshot *s, bool do_failures_count)
{
    if (count_failures(s) == 0 && acr_snapshot_n_exceptions(s) == 0)
        return GOOD;
    return do_failures_count ? BAD : SKIPPED;
}

static void put_failures(struct csv_text *t, const struct acr_snapshot *s, enum outcome outcome)
{
    const char *element = outcome == BAD ? "failure" : "skipped";
    char message[96];

    open_case(t, "acrida.run", "nothing failed");
    if (outcome == GOOD) {
        put(t, "/>\n");
        return;
    }
    snprintf(message, sizeof(message), "%" PRIu64 " failures, %zu kinds of exceptions",
             count_failures(s), acr_snapshot_n_exceptions(s));
    open_message(t, element, message);
    put(t, ">");
    for (size_t i = 0; i < acr_snapshot_n_failures(s); i++) {
        const struct acr_failure *f = acr_snapshot_failure(s, i);

        put_number(t, "%" PRIu64 " x ", acr_failure_count(f));
        put_escaped(t, acr_failure_type(f));
        put(t, " ");
        put_escaped(t, acr_failure_name(f));
        put(t, ": ");
        put_escaped(t, acr_failure_error(f));
        put(t, "\n");
    }
    put_number(t, "</%s>\n    </testcase>\n", element);
}

static enum outcome outcome_of_goal(const struct acr_goal *g)
{
    uint32_t state = acr_goal_state(g);

    return state == ACR_GOAL_MET ? GOOD : state == ACR_GOAL_MISSED ? BAD : SKIPPED;
}

static void put_goal(struct csv_text *t, const struct acr_goal *g)
{
    enum outcome outcome = outcome_of_goal(g);

    open_case(t, "acrida.goals", acr_goal_text(g));
    if (outcome == GOOD) {
        put(t, "/>\n");
        return;
    }
    open_message(t, outcome == BAD ? "failure" : "skipped", acr_goal_measured(g));
    put(t, ">wanted ");
    put_escaped(t, acr_goal_wanted(g));
    put(t, outcome == BAD ? ", measured " : ", not tested: ");
    put_escaped(t, acr_goal_measured(g));
    put_number(t, "</%s>\n    </testcase>\n", outcome == BAD ? "failure" : "skipped");
}

/* --- the whole
 * ------------------------------------------------------------------------------------- */

static void put_counts(struct csv_text *t, const struct acr_snapshot *s, enum outcome failures)
{
    size_t n_goals = acr_snapshot_n_goals(s);
    size_t n_of[3] = { 0 };

    n_of[failures]++;
    n_of[acr_snapshot_verdict(s) == ACR_VERDICT_INVALID ? BAD : GOOD]++;
    for (size_t i = 0; i < n_goals; i++)
        n_of[outcome_of_goal(acr_snapshot_goal(s, i))]++;
    put_number(t, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\"", n_goals + 2,
               n_of[BAD], n_of[SKIPPED]);
    put_number(t, " time=\"%.3f\"", acr_snapshot_elapsed(s));
}

void junit_rows_all(struct csv_text *t, const struct acr_snapshot *s, bool do_failures_count)
{
    enum outcome failures = outcome_of_failures(s, do_failures_count);

    put(t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"acrida\"");
    put_counts(t, s, failures);
    put(t, ">\n  <testsuite name=\"acrida\"");
    put_counts(t, s, failures);
    put(t, " timestamp=\"");
    csv_text_time(t, acr_snapshot_start_time(s));
    put(t, "\">\n");
    put_validity(t, s);
    put_failures(t, s, failures);
    for (size_t i = 0; i < acr_snapshot_n_goals(s); i++)
        put_goal(t, acr_snapshot_goal(s, i));
    put(t, "  </testsuite>\n</testsuites>\n");
}
