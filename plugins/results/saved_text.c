/* SPDX-License-Identifier: MIT */
#include "results/saved_text.h"

#include "results/csv_text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_FAILURES 50
#define NAME_WIDTH 40

/* Whether a terminal might act on the character that begins here, in bytes; 0 when not. */
static size_t control_bytes(const unsigned char *at)
{
    if (*at < 0x20 || *at == 0x7f)
        return 1;
    return *at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0 ? 2 : 0; /* C1 */
}

void saved_text_put(FILE *to, const char *text, size_t width)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t n = 0;

    while (*at != '\0' && (width == 0 || n < width)) {
        size_t control = control_bytes(at);

        if (control > 0)
            fputc('?', to);
        else
            fputc(*at, to);
        at += control > 0 ? control : 1;
        while ((*at & 0xc0) == 0x80) /* the rest of a character */
            fputc(*at++, to);
        n++;
    }
    for (; n < width; n++)
        fputc(' ', to);
}

const char *saved_text_ms(double ms, char *text, size_t bytes)
{
    if (!isfinite(ms))
        snprintf(text, bytes, "N/A");
    else
        snprintf(text, bytes, "%.*f", ms < 10 ? 2 : ms < 100 ? 1 : 0, ms);
    return text;
}

static void print_when(FILE *to, const struct saved_run *r)
{
    time_t seconds = (time_t)r->start_time;
    struct tm tm;
    char text[64] = "";

    if (isfinite(r->start_time) && fabs(r->start_time) < 1e12 && gmtime_r(&seconds, &tm) != NULL)
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm);
    saved_text_put(to, *r->scenario != '\0' ? r->scenario : r->path, 0);
    fprintf(to, ", %s, %.0f s\n", text, r->duration_s);
}

static void print_verdict(FILE *to, const struct saved_run *r)
{
    char line[1024];
    const char *reason;

    fputs("Verdict: ", to);
    saved_text_put(to, *r->verdict != '\0' ? r->verdict : "none", 0);
    fputc('\n', to);
    for (size_t i = 0; (reason = saved_reason(r, i)) != NULL; i++) {
        fputs("  ", to);
        saved_text_put(to, reason, 0);
        fputc('\n', to);
    }
    for (size_t i = 0; saved_goal(r, i, line, sizeof(line)) != NULL; i++) {
        fputs("  goal ", to);
        saved_text_put(to, line, 0);
        fputc('\n', to);
    }
    for (size_t i = 0; saved_pattern(r, i, line, sizeof(line)) != NULL; i++) {
        fputs("Pattern: ", to);
        saved_text_put(to, line, 0);
        fputc('\n', to);
    }
}

static void print_entry(FILE *to, const struct saved_entry *e)
{
    static const double quantiles[] = { 0.5, 0.9, 0.95, 0.99, 0.999 };
    char text[32];

    saved_text_put(to, e->type, 8);
    fputc(' ', to);
    saved_text_put(to, e->name, NAME_WIDTH);
    fprintf(to, " %9.0f %9.0f %6.2f%%", e->requests, e->failures,
            e->requests > 0 ? 100 * e->failures / e->requests : 0);
    fprintf(to, " %9.2f | %8s", isfinite(e->requests_per_s) ? e->requests_per_s : 0,
            saved_text_ms(e->mean_ms, text, sizeof(text)));
    for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
        fprintf(to, " %8s", saved_text_ms(saved_quantile(e, quantiles[i]), text, sizeof(text)));
    fprintf(to, " %8s\n", saved_text_ms(e->max_ms, text, sizeof(text)));
}

static void print_failures(FILE *to, const struct saved_run *r)
{
    if (r->n_failures > 0)
        fprintf(to, "\nFailures\n%9s  what\n", "times");
    for (size_t i = 0; i < r->n_failures && i < MOST_FAILURES; i++) {
        const struct saved_failure *f = &r->failures[i];

        fprintf(to, "%9.0f  ", f->count);
        saved_text_put(to, f->type, 0);
        fputc(' ', to);
        saved_text_put(to, f->name, 0);
        fputs(": ", to);
        saved_text_put(to, f->error, 0);
        fputc('\n', to);
    }
    if (r->n_failures > MOST_FAILURES)
        fprintf(to, "%9s  and %zu more\n", "", r->n_failures - MOST_FAILURES);
}

void saved_text_print(FILE *to, const struct saved_run *r)
{
    print_when(to, r);
    print_verdict(to, r);
    fprintf(to, "\n%-8s %-*s %9s %9s %7s %9s | %8s %8s %8s %8s %8s %8s %8s\n", "Type", NAME_WIDTH,
            "Name", "# reqs", "# fails", "", "req/s", "Avg ms", "50%", "90%", "95%", "99%", "99.9%",
            "Max");
    for (size_t i = 0; i < r->n_entries; i++)
        print_entry(to, &r->entries[i]);
    print_entry(to, &r->total);
    print_failures(to, r);
}

/* --- the command
 * --------------------------------------------------------------------------------- */

static int fail(int exit_code, const char *text)
{
    fputs("acrida report: ", stderr);
    saved_text_put(stderr, text, 0);
    fputc('\n', stderr);
    return exit_code;
}

static int write_html(const char *path, const char *name, saved_html_fn html)
{
    struct csv_text page = { .length = 0 };
    char error[1024];
    char line[1200];
    size_t bytes = 0;
    char *json = NULL;
    FILE *to;
    int r = saved_slurp(path, &json, &bytes, error, sizeof(error));

    if (r < 0)
        return fail(1, error);
    r = html(json, bytes, &page, error, sizeof(error));
    free(json);
    if (r < 0) {
        csv_text_done(&page);
        snprintf(line, sizeof(line), "%.600s: %.500s", path, error);
        return fail(1, line);
    }
    to = strcmp(name, "-") == 0 ? stdout : fopen(name, "we");
    r = to != NULL && fwrite(page.data, 1, page.length, to) == page.length && fflush(to) == 0
            ? 0
            : errno;
    if (to != NULL && to != stdout && fclose(to) != 0 && r == 0)
        r = errno;
    csv_text_done(&page);
    if (r == 0)
        return 0;
    snprintf(line, sizeof(line), "%.1000s cannot be written: %s", name, strerror(r));
    return fail(1, line);
}

int saved_report_command(int argc, char **argv, saved_html_fn html)
{
    const char *path = NULL;
    const char *name = NULL;
    struct saved_run run;
    char error[1024];

    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--html=", 7) == 0)
            name = argv[i] + 7;
        else if (strcmp(argv[i], "--html") == 0 && i + 1 < argc)
            name = argv[++i];
        else if (argv[i][0] == '-' || path != NULL)
            return fail(2, "one file, and --html NAME; see acrida report --help");
        else
            path = argv[i];
    }
    if (path == NULL || (name != NULL && *name == '\0'))
        return fail(2, "one file, and --html NAME; see acrida report --help");
    if (name != NULL)
        return html != NULL ? write_html(path, name, html)
                            : fail(1, "--html needs the plugin web, which is not installed");
    if (saved_read(&run, path, error, sizeof(error)) < 0)
        return fail(1, error);
    saved_text_print(stdout, &run);
    saved_free(&run);
    return fflush(stdout) == 0 ? 0 : fail(1, "stdout cannot be written");
}
