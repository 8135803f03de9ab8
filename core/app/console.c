/* SPDX-License-Identifier: MIT */
/* The console's tables and its progress line. */
#include "app/console.h"

#include "app/console_goals.h"
#include "app/console_metric.h"
#include "app/console_table.h"
#include "app/console_workers.h"
#include "base/duration.h"
#include "stats/percentiles.h"

#include <acrida/report.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A table of thousands of long names is still far below this; an error in a loop is not. */
#define MOST_BYTES (64u << 20)

static void add_ms(struct acri_console_table *t, double ms)
{
    char text[32];

    acri_console_table_add(t, "%s", acri_console_table_ms(ms, text, sizeof(text)));
}

static double ratio(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

/* with_cut: the column of requests that were in flight when their user was ended. */
static void add_stats_row(struct acri_console_table *t, const struct acr_entry *e, uint32_t window,
                          bool with_cut)
{
    uint64_t requests = acr_entry_count(e, ACR_REQUESTS);
    uint64_t failures = acr_entry_count(e, ACR_FAILURES);

    acri_console_table_add(t, "%s", acr_entry_type(e));
    acri_console_table_add(t, "%s", acr_entry_name(e));
    acri_console_table_add(t, "%llu", (unsigned long long)requests);
    acri_console_table_add(t, "%llu(%.2f%%)", (unsigned long long)failures,
                           100 * ratio(failures, requests));
    if (with_cut)
        acri_console_table_add(t, "%llu", (unsigned long long)acr_entry_count(e, ACR_CANCELLED));
    add_ms(t, acr_entry_average_ms(e, ACR_RESPONSE_TIME));
    add_ms(t, acr_entry_min_ms(e, ACR_RESPONSE_TIME));
    add_ms(t, acr_entry_max_ms(e, ACR_RESPONSE_TIME));
    add_ms(t, acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, ACR_TOTAL, 0.5));
    acri_console_table_add(t, "%.2f", acr_entry_request_rate(e, window));
    acri_console_table_add(t, "%.2f", acr_entry_failure_rate(e, window));
}

/* Locust's columns, with or without those in flight. */
static size_t lay_out(struct acri_console_column *layout, bool with_cut)
{
    static const struct acri_console_column columns[] = {
        { .gap = "", .title = "Type", .width = 8, .is_left = true },
        { .gap = " ", .title = "Name", .width = 10, .is_left = true, .is_cut = true },
        { .gap = " ", .title = "# reqs", .width = 7 },
        { .gap = " ", .title = "# fails", .width = 12 },
        { .gap = " ", .title = "in flight", .width = 9 },
        { .gap = " | ", .title = "Avg", .width = 6 },
        { .gap = " ", .title = "Min", .width = 7 },
        { .gap = " ", .title = "Max", .width = 7 },
        { .gap = " ", .title = "Med", .width = 7 },
        { .gap = " | ", .title = "req/s", .width = 7 },
        { .gap = " ", .title = "failures/s", .width = 11 },
    };
    size_t n = 0;

    for (size_t i = 0; i < ACR_LEN(columns); i++)
        if (i != 4 || with_cut)
            layout[n++] = columns[i];
    return n;
}

void acri_console_write_stats(struct acri_buf *out, const struct acr_snapshot *s, bool is_current,
                              unsigned columns)
{
    struct acri_console_column layout[ACRI_CONSOLE_TABLE_COLUMNS];
    bool with_cut = !is_current && acr_entry_count(acr_snapshot_total(s), ACR_CANCELLED) > 0;
    size_t n_columns = lay_out(layout, with_cut);
    uint32_t window = is_current ? ACR_CURRENT : ACR_TOTAL;
    struct acri_console_table t;

    acri_console_table_init(&t, layout, n_columns);
    for (size_t i = 0; i < acr_snapshot_n_entries(s); i++)
        add_stats_row(&t, acr_snapshot_entry(s, i), window, with_cut);
    acri_console_table_total(&t);
    add_stats_row(&t, acr_snapshot_total(s), window, with_cut);
    acri_console_table_write(&t, out, columns);
    acri_console_table_done(&t);
}

static void add_percentiles_row(struct acri_console_table *t, const struct acr_entry *e)
{
    const char *name;
    double quantile;

    acri_console_table_add(t, "%s", acr_entry_type(e));
    acri_console_table_add(t, "%s", acr_entry_name(e));
    for (size_t i = 0; acr_percentile_at(i, &quantile, &name); i++)
        add_ms(t, acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, ACR_TOTAL, quantile));
    acri_console_table_add(t, "%llu", (unsigned long long)acr_entry_count(e, ACR_REQUESTS));
}

static bool is_timed(const struct acr_entry *e)
{
    return acr_entry_count(e, ACR_REQUESTS) > acr_entry_count(e, ACR_UNTIMED);
}

void acri_console_write_percentiles(struct acri_buf *out, const struct acr_snapshot *s,
                                    unsigned columns)
{
    struct acri_console_column layout[ACRI_CONSOLE_TABLE_COLUMNS] = {
        { .gap = "", .title = "Type", .width = 8, .is_left = true },
        { .gap = " ", .title = "Name", .width = 10, .is_left = true, .is_cut = true },
    };
    char titles[ACRI_PERCENTILES_MAX][24];
    struct acri_console_table t;
    size_t n = 2;
    const char *name;
    double quantile;

    for (size_t i = 0; acr_percentile_at(i, &quantile, &name); i++) {
        snprintf(titles[i], sizeof(titles[i]), "%s%%", name);
        layout[n++] = (struct acri_console_column){ .gap = " ", .title = titles[i], .width = 6 };
    }
    layout[n++] = (struct acri_console_column){ .gap = " ", .title = "# reqs", .width = 6 };
    acri_console_table_init(&t, layout, n);
    for (size_t i = 0; i < acr_snapshot_n_entries(s); i++)
        if (is_timed(acr_snapshot_entry(s, i)))
            add_percentiles_row(&t, acr_snapshot_entry(s, i));
    acri_console_table_total(&t);
    if (is_timed(acr_snapshot_total(s)))
        add_percentiles_row(&t, acr_snapshot_total(s));
    acri_buf_puts(out, "Response time percentiles (approximated)\n");
    acri_console_table_write(&t, out, columns);
    acri_console_table_done(&t);
}

void acri_console_write_extras(struct acri_buf *out, const struct acr_snapshot *s)
{
    static const struct {
        const char *name;
        uint32_t clock;
    } clocks[] = { { "response", ACR_RESPONSE_TIME },
                   { "corrected", ACR_CORRECTED },
                   { "lateness", ACR_LATENESS } };
    const struct acr_entry *total = acr_snapshot_total(s);
    uint64_t in_flight =
        acr_snapshot_ledger(s, ACR_LEDGER_CANCELLED) + acr_snapshot_ledger(s, ACR_LEDGER_IN_FLIGHT);

    acri_buf_puts(out, "p99 in ms:");
    for (size_t i = 0; i < ACR_LEN(clocks); i++) {
        char ms[32];
        double p99 = acr_entry_quantile_ms(total, clocks[i].clock, ACR_TOTAL, 0.99);

        acri_buf_printf(out, "%s %s %s", i > 0 ? "," : "", clocks[i].name,
                        acri_console_table_ms(p99, ms, sizeof(ms)));
    }
    acri_buf_printf(out, " | attempts: %llu | in flight at the stop: %llu\n",
                    (unsigned long long)acr_entry_count(total, ACR_ATTEMPTS),
                    (unsigned long long)in_flight);
}

void acri_console_write_errors(struct acri_buf *out, const struct acr_snapshot *s)
{
    static const struct acri_console_column layout[] = {
        { .gap = "", .title = "# occurrences", .width = 18, .is_left = true },
        { .gap = " ", .title = "Error", .width = 60, .is_left = true },
    };
    struct acri_console_table t;
    size_t n = acr_snapshot_n_failures(s);

    if (n == 0)
        return;
    acri_console_table_init(&t, layout, ACR_LEN(layout));
    for (size_t i = 0; i < n; i++) {
        const struct acr_failure *f = acr_snapshot_failure(s, i);
        const char *type = acr_failure_type(f);

        acri_console_table_add(&t, "%llu", (unsigned long long)acr_failure_count(f));
        acri_console_table_add(&t, "%s%s%s: %s", type, *type != '\0' ? " " : "",
                               acr_failure_name(f), acr_failure_error(f));
    }
    acri_buf_puts(out, "Error report\n");
    acri_console_table_write(&t, out, 0);
    acri_console_table_done(&t);
}

/* The lines of a backtrace, each below the message. */
static void write_traceback(struct acri_buf *out, const char *traceback)
{
    struct acri_buf clean;
    char *line;
    char *rest;

    acri_buf_init(&clean, 1u << 20);
    acri_console_table_text(&clean, traceback, true);
    rest = clean.data;
    while (rest != NULL && (line = strsep(&rest, "\n")) != NULL)
        if (*line != '\0')
            acri_buf_printf(out, "%19s%s\n", "", line);
    acri_buf_done(&clean);
}

void acri_console_write_exceptions(struct acri_buf *out, const struct acr_snapshot *s)
{
    size_t n = acr_snapshot_n_exceptions(s);

    if (n == 0)
        return;
    acri_buf_puts(out, "Exceptions\n");
    acri_buf_printf(out, "%-18s %s\n", "# occurrences", "Message");
    acri_buf_puts(
        out, "------------------|------------------------------------------------------------\n");
    for (size_t i = 0; i < n; i++) {
        const struct acr_exception *x = acr_snapshot_exception(s, i);

        acri_buf_printf(out, "%-18llu ", (unsigned long long)acr_exception_count(x));
        acri_console_table_text(out, acr_exception_message(x), false);
        acri_buf_puts(out, "\n");
        write_traceback(out, acr_exception_traceback(x));
    }
}

/* --- to a stream
 * ---------------------------------------------------------------------------------- */

unsigned acri_console_columns(int fd)
{
    const char *text = getenv("COLUMNS");
    struct winsize size = { 0 };
    unsigned long columns = 0;

    if (!isatty(fd))
        return 0;
    if (text != NULL)
        columns = strtoul(text, NULL, 10);
    if (columns == 0 && ioctl(fd, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    return columns == 0 || columns > 10000 ? 80 : (unsigned)columns;
}

void acri_console_init(struct acri_console *c, FILE *to, unsigned columns)
{
    *c = (struct acri_console){ .to = to, .is_terminal = columns > 0, .columns = columns };
}

static void emit(struct acri_console *c, const struct acri_buf *out)
{
    acri_console_clear(c);
    fwrite(acri_buf_text(out), 1, out->length, c->to);
    fflush(c->to);
}

void acri_console_periodic(struct acri_console *c, const struct acr_snapshot *s)
{
    struct acri_buf out;
    size_t length;

    acri_buf_init(&out, MOST_BYTES);
    acri_console_write_stats(&out, s, true, c->columns);
    acri_buf_puts(&out, "\n");
    length = out.length;
    acri_console_metric_brief(&out, s, c->columns);
    if (out.length > length)
        acri_buf_puts(&out, "\n");
    emit(c, &out);
    acri_buf_done(&out);
}

void acri_console_final(struct acri_console *c, const struct acr_snapshot *s)
{
    struct acri_buf out;
    size_t length;

    acri_buf_init(&out, MOST_BYTES);
    acri_console_write_stats(&out, s, false, c->columns);
    acri_console_write_extras(&out, s);
    acri_console_metric_load(&out, s);
    acri_buf_puts(&out, "\n");
    acri_console_write_percentiles(&out, s, c->columns);
    acri_buf_puts(&out, "\n");
    acri_console_metric_final(&out, s, c->columns);
    length = out.length;
    acri_console_workers(&out, s, c->columns);
    if (out.length > length)
        acri_buf_puts(&out, "\n");
    length = out.length;
    acri_console_write_errors(&out, s);
    if (out.length > length)
        acri_buf_puts(&out, "\n");
    length = out.length;
    acri_console_write_exceptions(&out, s);
    if (out.length > length)
        acri_buf_puts(&out, "\n");
    length = out.length;
    acri_console_goals(&out, s, c->columns);
    if (out.length > length)
        acri_buf_puts(&out, "\n");
    acri_console_verdict(&out, s);
    emit(c, &out);
    acri_buf_done(&out);
}

/* Users of those wanted; under open load nobody wants a number of users, but arrivals. */
static void write_load(char *to, size_t size, const struct acr_snapshot *s, uint64_t target_users)
{
    unsigned long long n_users = acr_snapshot_users(s);
    unsigned long long n_wanted = acr_snapshot_target_users(s);
    unsigned long long n_waiting = acr_snapshot_load(s, ACR_LOAD_QUEUE);
    char rate[32];
    int n;

    if (acr_snapshot_arrival_rate(s) <= 0) {
        snprintf(to, size, "%llu/%llu users", n_users, n_wanted > 0 ? n_wanted : target_users);
        return;
    }
    acri_console_table_number(acr_snapshot_arrival_rate(s), rate, sizeof(rate));
    n = snprintf(to, size, "%llu users  %s arrivals/s", n_users, rate);
    if (n_waiting > 0 && n > 0 && (size_t)n < size)
        snprintf(to + n, size - (size_t)n, "  %llu waiting", n_waiting);
}

void acri_console_progress(struct acri_console *c, const struct acr_snapshot *s,
                           uint64_t target_users, double run_time_s)
{
    char line[256];
    char load[96];
    char elapsed[32];
    char total[32];
    const char *state = acr_snapshot_state(s);
    bool is_running = strcmp(state, "running") == 0;
    int n;

    if (!c->is_terminal)
        return;
    acri_duration_format(acr_snapshot_elapsed(s), elapsed, sizeof(elapsed));
    acri_duration_format(run_time_s, total, sizeof(total));
    write_load(load, sizeof(load), s, target_users);
    n = snprintf(line, sizeof(line), "%s%s%s  %s  %.0f req/s%s%s", elapsed,
                 run_time_s > 0 ? " / " : "", run_time_s > 0 ? total : "", load,
                 acr_entry_request_rate(acr_snapshot_total(s), ACR_CURRENT), is_running ? "" : "  ",
                 is_running ? "" : state);
    /* A line as wide as the terminal would wrap, and the next one would not overwrite it. */
    if (n >= (int)c->columns)
        line[n = (int)c->columns - 1] = '\0';
    /* Back at the line's start, so that a log record overwrites it instead of following it. */
    fprintf(c->to, "%s%*s\r", line, (int)c->n_progress > n ? (int)c->n_progress - n : 0, "");
    fflush(c->to);
    c->n_progress = (size_t)n;
}

void acri_console_clear(struct acri_console *c)
{
    if (c->n_progress == 0)
        return;
    fprintf(c->to, "%*s\r", (int)c->n_progress, "");
    fflush(c->to);
    c->n_progress = 0;
}
