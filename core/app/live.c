/* SPDX-License-Identifier: MIT */
#include "app/live.h"

#include "app/console_table.h"
#include "base/duration.h"

#include <acrida/report.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PICTURE_BYTES (1u << 20)
#define LINE_BYTES 4096u
/* Endless names are cut long before. */
#define NAME_BYTES 300u
/* Entries that are looked at: a picture must not take long. */
#define MOST_ENTRIES 1000u
#define NARROWEST 20
#define LOWEST 8
/* From the cursor to the end of the screen. */
#define CLEAR "\r\033[J"

/* --- what can be shown --------------------------------------------------------------------------
 */

bool acri_live_can(int fd)
{
    const char *term = getenv("TERM");
    struct winsize size = { .ws_col = 0 };

    if (!isatty(fd) || term == NULL || *term == '\0' || strcmp(term, "dumb") == 0)
        return false;
    /* A terminal that does not know its size has the usual one. */
    if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0)
        return true;
    return size.ws_col >= NARROWEST && size.ws_row >= LOWEST;
}

bool acri_live_is_utf8(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

    for (size_t i = 0; i < ACR_LEN(names); i++) {
        const char *text = getenv(names[i]);

        if (text != NULL && *text != '\0')
            return strcasestr(text, "utf-8") != NULL || strcasestr(text, "utf8") != NULL;
    }
    return false;
}

void acri_live_init(struct acri_live *live, FILE *to, bool is_utf8)
{
    *live = (struct acri_live){ .to = to, .is_utf8 = is_utf8 };
}

/* --- lines --------------------------------------------------------------------------------------
 */

/* At most columns - 1 characters of a line: one as wide as the terminal would wrap. */
static void add_line(struct acri_buf *out, const struct acri_buf *line, unsigned columns)
{
    const char *text = acri_buf_text(line);
    size_t n_characters = 0;
    size_t n = 0;

    while (text[n] != '\0') {
        /* Not the second and later bytes of a character. */
        if (((unsigned char)text[n] & 0xc0) != 0x80 && ++n_characters >= columns)
            break;
        n++;
    }
    acri_buf_append(out, text, n);
    acri_buf_puts(out, "\n");
}

static void write_state(struct acri_buf *line, const struct acr_snapshot *s, double run_time_s)
{
    double elapsed_s = acr_snapshot_elapsed(s);
    uint64_t n_wanted = acr_snapshot_target_users(s);
    char text[32];

    acri_buf_printf(line, "%-9s %s", acr_snapshot_state(s),
                    acri_duration_format(elapsed_s, text, sizeof(text)));
    if (run_time_s > 0)
        acri_buf_printf(line, ", %s left",
                        acri_duration_format(run_time_s > elapsed_s ? run_time_s - elapsed_s : 0,
                                             text, sizeof(text)));
    acri_buf_printf(line, "   %llu", (unsigned long long)acr_snapshot_users(s));
    if (n_wanted > 0)
        acri_buf_printf(line, "/%llu", (unsigned long long)n_wanted);
    acri_buf_puts(line, " users");
    if (acr_snapshot_arrival_rate(s) > 0)
        acri_buf_printf(
            line, "   %s arrivals/s",
            acri_console_table_number(acr_snapshot_arrival_rate(s), text, sizeof(text)));
    if (acr_snapshot_n_workers(s) > 0)
        acri_buf_printf(line, "   %zu workers", acr_snapshot_n_workers(s));
}

static void write_sparkline(struct acri_buf *line, const struct acri_live *live)
{
    static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    static const char *const plain[] = { "_", ".", "-", "=", "+", "*", "%", "#" };
    const char *const *levels = live->is_utf8 ? blocks : plain;
    double most = 0;

    for (size_t i = 0; i < live->n; i++)
        most = live->rates[i] > most ? live->rates[i] : most;
    for (size_t i = 0; i < live->n; i++) {
        double rate = live->rates[(live->first + i) % ACRI_LIVE_SECONDS];
        double level = most > 0 ? rate / most * (double)(ACR_LEN(blocks) - 1) + 0.5 : 0;

        acri_buf_puts(line, levels[(size_t)level]);
    }
}

static void write_rate(struct acri_buf *line, const struct acri_live *live,
                       const struct acr_snapshot *s)
{
    acri_buf_printf(line, "req/s     %-9.1f ",
                    acr_entry_request_rate(acr_snapshot_total(s), ACR_CURRENT));
    write_sparkline(line, live);
}

static double share(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

static void write_failures(struct acri_buf *line, const struct acr_snapshot *s)
{
    const struct acr_entry *total = acr_snapshot_total(s);
    uint64_t n_failures = acr_entry_count(total, ACR_FAILURES);

    acri_buf_printf(line, "failures  %.2f %%   %llu of %llu requests",
                    share(acr_entry_failure_rate(total, ACR_CURRENT),
                          acr_entry_request_rate(total, ACR_CURRENT)),
                    (unsigned long long)n_failures,
                    (unsigned long long)acr_entry_count(total, ACR_REQUESTS));
    if (acr_snapshot_n_exceptions(s) > 0)
        acri_buf_printf(line, "   %zu kinds of exceptions", acr_snapshot_n_exceptions(s));
}

static void write_ms(struct acri_buf *line, const char *what, const struct acr_entry *e, double q)
{
    double ms = acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, ACR_CURRENT, q);
    char text[32];

    acri_buf_printf(line, "%s %s   ", what,
                    ms < 0 ? "-" : acri_console_table_ms(ms, text, sizeof(text)));
}

/* Where most fails; where nothing does, the slowest. */
static const struct acr_entry *find_worst(const struct acr_snapshot *s)
{
    const struct acr_entry *worst = NULL;
    double worst_share = 0;
    double worst_ms = -1; /* as of entries without a time */

    for (size_t i = 0; i < acr_snapshot_n_entries(s) && i < MOST_ENTRIES; i++) {
        const struct acr_entry *e = acr_snapshot_entry(s, i);
        double failed =
            share(acr_entry_failure_rate(e, ACR_CURRENT), acr_entry_request_rate(e, ACR_CURRENT));
        double ms = acr_entry_quantile_ms(e, ACR_RESPONSE_TIME, ACR_CURRENT, 0.95);

        if (failed < worst_share || (failed <= worst_share && ms <= worst_ms))
            continue;
        worst = e;
        worst_share = failed;
        worst_ms = ms;
    }
    return worst;
}

static void write_worst(struct acri_buf *line, const struct acr_snapshot *s)
{
    const struct acr_entry *e = find_worst(s);
    char name[NAME_BYTES];

    acri_buf_puts(line, "worst     ");
    if (e == NULL)
        return;
    acri_console_table_text(line, acr_entry_type(e), false);
    acri_buf_puts(line, *acr_entry_type(e) != '\0' ? " " : "");
    acr_copy(name, sizeof(name), acr_entry_name(e));
    acri_console_table_text(line, name, false);
    acri_buf_puts(line, "   ");
    write_ms(line, "p95", e, 0.95);
    acri_buf_printf(
        line, "%.2f %% failed",
        share(acr_entry_failure_rate(e, ACR_CURRENT), acr_entry_request_rate(e, ACR_CURRENT)));
}

/* --- the picture --------------------------------------------------------------------------------
 */

/* The statistics may have begun again meanwhile, and so may the run. */
static void note_rate(struct acri_live *live, const struct acr_snapshot *s)
{
    uint64_t n = acr_entry_count(acr_snapshot_total(s), ACR_REQUESTS);
    double elapsed_s = acr_snapshot_elapsed(s);
    bool is_new_run = elapsed_s < live->elapsed_s;
    uint64_t n_before = is_new_run || n < live->n_requests ? 0 : live->n_requests;
    double over_s = elapsed_s - (is_new_run ? 0 : live->elapsed_s);
    size_t at;

    if (is_new_run)
        live->n = live->first = 0;
    live->n_requests = n;
    live->elapsed_s = elapsed_s;
    if (over_s <= 0)
        return;
    at = (live->first + live->n) % ACRI_LIVE_SECONDS;
    if (live->n < ACRI_LIVE_SECONDS)
        live->n++;
    else
        live->first = (live->first + 1) % ACRI_LIVE_SECONDS;
    live->rates[at] = (double)(n - n_before) / over_s;
}

void acri_live_write(struct acri_live *live, struct acri_buf *out, const struct acr_snapshot *s,
                     double run_time_s, unsigned columns)
{
    const struct acr_entry *total = acr_snapshot_total(s);
    struct acri_buf lines[ACRI_LIVE_LINES];

    note_rate(live, s);
    for (size_t i = 0; i < ACRI_LIVE_LINES; i++)
        acri_buf_init(&lines[i], LINE_BYTES);
    write_state(&lines[0], s, run_time_s);
    write_rate(&lines[1], live, s);
    write_failures(&lines[2], s);
    acri_buf_puts(&lines[3], "ms        ");
    write_ms(&lines[3], "p50", total, 0.5);
    write_ms(&lines[3], "p95", total, 0.95);
    write_ms(&lines[3], "p99", total, 0.99);
    acri_buf_puts(&lines[3], "(last 10 s)");
    write_worst(&lines[4], s);
    for (size_t i = 0; i < ACRI_LIVE_LINES; i++) {
        add_line(out, &lines[i], columns);
        acri_buf_done(&lines[i]);
    }
}

void acri_live_draw(struct acri_live *live, const struct acr_snapshot *s, double run_time_s,
                    unsigned columns)
{
    struct acri_buf out;

    acri_buf_init(&out, PICTURE_BYTES);
    acri_buf_puts(&out, CLEAR);
    acri_live_write(live, &out, s, run_time_s, columns);
    acri_buf_printf(&out, "\033[%uA", ACRI_LIVE_LINES);
    fwrite(acri_buf_text(&out), 1, out.length, live->to);
    fflush(live->to);
    acri_buf_done(&out);
    live->is_drawn = true;
}

void acri_live_clear(struct acri_live *live)
{
    if (!live->is_drawn)
        return;
    fputs(CLEAR, live->to);
    fflush(live->to);
    live->is_drawn = false;
}
