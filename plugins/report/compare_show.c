/* SPDX-License-Identifier: MIT */
#include "compare_show.h"

#include "results/json_text.h"
#include "results/saved_text.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define NAME_WIDTH 32
#define SCHEMA 1

static const char *value_text(const struct compare_row *row, double value, char *text, size_t bytes)
{
    if (isnan(value))
        snprintf(text, bytes, "N/A");
    else if (row->metric == COMPARE_FAIL_RATIO)
        snprintf(text, bytes, "%.2f %%", 100 * value);
    else if (row->metric == COMPARE_RATE)
        snprintf(text, bytes, "%.1f", value);
    else
        saved_text_ms(value, text, bytes);
    return text;
}

static const char *change_text(double change, char *text, size_t bytes)
{
    if (isnan(change))
        snprintf(text, bytes, "N/A");
    else
        snprintf(text, bytes, "%+.1f", 100 * change);
    return text;
}

static void show_row(FILE *to, const struct compare_row *row, bool is_first)
{
    char a[32], b[32], change[32], low[32], high[32], interval[80];

    saved_text_put(to, is_first ? row->type : "", 8);
    fputc(' ', to);
    saved_text_put(to, is_first ? row->name : "", NAME_WIDTH);
    if (isnan(row->low))
        snprintf(interval, sizeof(interval), "N/A");
    else
        snprintf(interval, sizeof(interval), "%s to %s", change_text(row->low, low, sizeof(low)),
                 change_text(row->high, high, sizeof(high)));
    fprintf(to, " %-10s %10s %10s %8s  %-18s %s%s%s\n", compare_metric_name(row->metric),
            value_text(row, row->a, a, sizeof(a)), value_text(row, row->b, b, sizeof(b)),
            change_text(row->difference, change, sizeof(change)), interval,
            compare_result_name(row->result), row->why != NULL ? ": " : "",
            row->why != NULL ? row->why : "");
}

static void conclude(FILE *to, const struct compare *c, const struct compare_options *o)
{
    static const char *const texts[] = {
        [COMPARE_UNSURE] = "Cannot tell whether B is slower or faster than A.",
        [COMPARE_SAME] = "B is neither slower nor faster than A by what matters.",
        [COMPARE_WORSE] = "B is slower than A, or fails more:",
        [COMPARE_BETTER] = "B is faster than A, or fails less:",
        [COMPARE_MIXED] = "B is worse than A in some numbers, and better in others:",
    };
    size_t n[COMPARE_MIXED + 1] = { 0 };

    for (size_t i = 0; i < c->n_rows; i++)
        n[c->rows[i].result]++;
    fprintf(to, "\n%s", texts[c->result]);
    if (c->result >= COMPARE_WORSE)
        fprintf(to, " %zu of %zu numbers are worse, %zu better.", n[COMPARE_WORSE], c->n_rows,
                n[COMPARE_BETTER]);
    fprintf(to, "\n(Differences from %g %% on matter; confidence %g %% over the whole table.)\n",
            100 * o->threshold, 100 * o->confidence);
}

void compare_show_table(FILE *to, const struct compare *c, const struct compare_options *o)
{
    fprintf(to, "%-8s %-*s %-10s %10s %10s %8s  %-18s %s\n", "Type", NAME_WIDTH, "Name", "", "A",
            "B", "%", "interval", "B is");
    for (size_t i = 0; i < c->n_rows; i++)
        show_row(to, &c->rows[i], i % COMPARE_METRICS == 0);
    if (c->n_notes > 0)
        fputc('\n', to);
    for (size_t i = 0; i < c->n_notes; i++) {
        saved_text_put(to, c->notes[i], 0);
        fputc('\n', to);
    }
    conclude(to, c, o);
}

static void files(struct json_text *j, const char *key, const struct saved_run *runs, size_t n)
{
    json_text_open(j, key, '[');
    for (size_t i = 0; i < n; i++)
        json_text_string(j, NULL, runs[i].path);
    json_text_close(j, ']');
}

static void row_json(struct json_text *j, const struct compare_row *row)
{
    json_text_open(j, NULL, '{');
    json_text_string(j, "type", row->type);
    json_text_string(j, "name", row->name);
    json_text_string(j, "metric", compare_metric_name(row->metric));
    json_text_number(j, "a", row->a);
    json_text_number(j, "b", row->b);
    json_text_number(j, "difference", row->difference);
    json_text_number(j, "low", row->low);
    json_text_number(j, "high", row->high);
    json_text_string(j, "result", compare_result_name(row->result));
    json_text_string(j, "why", row->why != NULL ? row->why : "");
    json_text_close(j, '}');
}

int compare_show_json(FILE *to, const struct compare *c, const struct compare_options *o,
                      const struct saved_run *runs, size_t n_a, size_t n)
{
    struct json_text j = { .depth = 0 };
    int r = 0;

    json_text_open(&j, NULL, '{');
    json_text_count(&j, "schema", SCHEMA);
    files(&j, "a", runs, n_a);
    files(&j, "b", runs + n_a, n - n_a);
    json_text_number(&j, "threshold", o->threshold);
    json_text_number(&j, "confidence", o->confidence);
    json_text_string(&j, "result", compare_result_name(c->result));
    json_text_open(&j, "notes", '[');
    for (size_t i = 0; i < c->n_notes; i++)
        json_text_string(&j, NULL, c->notes[i]);
    json_text_close(&j, ']');
    json_text_open(&j, "rows", '[');
    for (size_t i = 0; i < c->n_rows; i++)
        row_json(&j, &c->rows[i]);
    json_text_close(&j, ']');
    json_text_close(&j, '}');
    json_text_end(&j);
    errno = EIO;
    if (j.text.is_incomplete)
        r = -ENOMEM;
    else if (fwrite(j.text.data, 1, j.text.length, to) != j.text.length || fflush(to) != 0)
        r = -errno;
    csv_text_done(&j.text);
    return r;
}
