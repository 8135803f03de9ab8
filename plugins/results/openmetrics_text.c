/* SPDX-License-Identifier: MIT */
#include "results/openmetrics_text.h"

#include "results/clean_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *type;    /* in OpenMetrics */
    const char *classic; /* in the older format, which has fewer */
    const char *suffix;  /* of its samples */
} types[] = {
    [OPENMETRICS_GAUGE] = { "gauge", "gauge", "" },
    [OPENMETRICS_COUNTER] = { "counter", "counter", "_total" },
    [OPENMETRICS_HISTOGRAM] = { "histogram", "histogram", "" },
    [OPENMETRICS_SUMMARY] = { "summary", "summary", "" },
    [OPENMETRICS_INFO] = { "info", "gauge", "_info" },
    [OPENMETRICS_STATES] = { "stateset", "gauge", "" },
};

static void text(struct openmetrics_text *x, const char *what)
{
    csv_text_append(x->to, what, strlen(what));
}

void openmetrics_text_family(struct openmetrics_text *x, const char *name,
                             enum openmetrics_type type, const char *unit, const char *help)
{
    x->family = name;
    x->type = type;
    x->unit = unit;
    x->help = help;
    x->is_told = false;
}

/* In the older format a family is called as its samples are. */
static void heading(struct openmetrics_text *x, const char *what)
{
    text(x, "# ");
    text(x, what);
    text(x, " ");
    text(x, x->family);
    if (x->is_classic)
        text(x, types[x->type].suffix);
    text(x, " ");
}

static void tell_family(struct openmetrics_text *x)
{
    x->is_told = true;
    heading(x, "TYPE");
    text(x, x->is_classic ? types[x->type].classic : types[x->type].type);
    text(x, "\n");
    if (!x->is_classic && *x->unit != '\0') {
        heading(x, "UNIT");
        text(x, x->unit);
        text(x, "\n");
    }
    heading(x, "HELP");
    text(x, x->help);
    text(x, "\n");
}

void openmetrics_text_begin(struct openmetrics_text *x, const char *suffix)
{
    if (!x->is_told)
        tell_family(x);
    text(x, x->family);
    text(x, suffix != NULL ? suffix : types[x->type].suffix);
    x->has_labels = false;
}

/* --- labels
 * ------------------------------------------------------------------------------------------ */

/* One character that may not stay as it is. Returns: how many bytes it was. */
static size_t escape(struct openmetrics_text *x, const char *at)
{
    if (*at == '\n')
        text(x, "\\n");
    else if (*at == '"')
        text(x, "\\\"");
    else if (*at == '\\')
        text(x, "\\\\");
    else
        return clean_text_character(x->to, at);
    return 1;
}

void openmetrics_text_label(struct openmetrics_text *x, const char *name, const char *value)
{
    const char *at = value;

    text(x, x->has_labels ? "," : "{");
    x->has_labels = true;
    text(x, name);
    text(x, "=\"");
    while (*at != '\0') {
        size_t n = 0;

        while (at[n] >= 0x20 && at[n] < 0x7f && at[n] != '"' && at[n] != '\\')
            n++;
        csv_text_append(x->to, at, n);
        at += n;
        if (*at != '\0')
            at += escape(x, at);
    }
    text(x, "\"");
}

/* The shortest that reads back the same, as "0.005", "1.0": both formats call a bucket alike, so
 * that a change of the format begins no new series. */
static void print(char *to, size_t bytes, double value)
{
    if (!isfinite(value)) {
        snprintf(to, bytes, "%s", isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(to, bytes, "%.*g", digits, value);
        if (strtod(to, NULL) == value)
            break;
    }
    if (strpbrk(to, ".e") == NULL)
        memcpy(to + strlen(to), ".0", sizeof(".0"));
}

void openmetrics_text_label_number(struct openmetrics_text *x, const char *name, double value)
{
    char number[40];

    print(number, sizeof(number), value);
    openmetrics_text_label(x, name, number);
}

void openmetrics_text_label_count(struct openmetrics_text *x, const char *name, uint64_t n)
{
    char number[24];

    snprintf(number, sizeof(number), "%llu", (unsigned long long)n);
    openmetrics_text_label(x, name, number);
}

/* --- values
 * ------------------------------------------------------------------------------------------ */

static void end(struct openmetrics_text *x, const char *number)
{
    text(x, x->has_labels ? "} " : " ");
    text(x, number);
    text(x, "\n");
}

void openmetrics_text_count(struct openmetrics_text *x, uint64_t n)
{
    char number[24];

    snprintf(number, sizeof(number), "%llu", (unsigned long long)n);
    end(x, number);
}

void openmetrics_text_value(struct openmetrics_text *x, double value)
{
    char number[40];

    print(number, sizeof(number), value);
    end(x, number);
}

void openmetrics_text_end(struct openmetrics_text *x)
{
    if (!x->is_classic)
        text(x, "# EOF\n");
}
